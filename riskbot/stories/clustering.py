"""From readings to stories: what counts for a story, what may open one, and the placing of a reading.

What always holds: an article without a hit never opens a story; a mere possibility outside title and lead opens none
either. How alike articles are, and which story that makes, stands in `similarity` and `placing`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from riskbot.model import Hit, Modality, Placement, Reading, Story
from riskbot.stories.frequencies import Frequencies
from riskbot.stories.placing import Candidate
from riskbot.stories.placing import place as place_among
from riskbot.stories.similarity import weigh
from riskbot.stories.sketch import sketch

QUIET_AFTER = timedelta(hours=72)


def opens_story(hits: Sequence[Hit]) -> bool:
    """Whether an article with these hits may open a story."""
    return any(counts(hit) for hit in hits)


def counts(hit: Hit) -> bool:
    """Whether a hit weighs for a story: of a live rule, and not a mere possibility outside title and lead."""
    return not hit.trial and (hit.modality is Modality.ACTUAL or hit.prominent)


def place(
    reading: Reading, candidates: Sequence[Story], frequencies: Frequencies, quiet_after: timedelta = QUIET_AFTER
) -> Placement:
    """Where an article belongs among whole stories; without a hit, its text alone decides."""
    among = [
        Candidate(story.id, [weigh(sketch(member.reading), frequencies) for member in story.members])
        for story in candidates
    ]
    own = weigh(sketch(reading), frequencies)
    return place_among(own, among, opens=opens_story(reading.hits), quiet_after=quiet_after)
