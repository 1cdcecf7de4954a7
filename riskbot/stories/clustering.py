"""What counts for a story, and what may open one.

What always holds: an article without a hit never opens a story; a mere possibility outside title and lead opens none
either. How alike articles are, and which story that makes, stands in `similarity` and `placing`.
"""

from __future__ import annotations

from collections.abc import Sequence

from riskbot.model import Hit, Modality


def opens_story(hits: Sequence[Hit]) -> bool:
    """Whether an article with these hits may open a story."""
    return any(counts(hit) for hit in hits)


def counts(hit: Hit) -> bool:
    """Whether a hit weighs for a story: of a live rule, and not a mere possibility outside title and lead."""
    return not hit.trial and (hit.modality is Modality.ACTUAL or hit.prominent)
