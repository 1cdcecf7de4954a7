"""Which story an article belongs to.

What always holds: the placement is decided by the article, the candidate stories and the document frequencies alone,
so that it can be repeated exactly; an article without a hit never opens a story; a mere possibility outside title
and lead opens none either; the reason is kept in words.

Method: one pass in order of arrival, average linkage (T. Brants et al., "A system for new event detection", 2003).
"""

from __future__ import annotations

from collections.abc import Sequence

from riskbot.model import Hit, Modality, Placement, Reading, Story
from riskbot.stories.similarity import Frequencies, closeness, cosine, shared_words, weights

JOIN_FROM = 0.20  # average likeness with the story's articles
NEAREST_ONLY = 8  # the most recent articles of a long story stand for it


def opens_story(hits: Sequence[Hit]) -> bool:
    """Whether an article with these hits may open a story."""
    return any(counts(hit) for hit in hits)


def counts(hit: Hit) -> bool:
    """Whether a hit weighs for a story: of a live rule, and not a mere possibility outside title and lead."""
    return not hit.trial and (hit.modality is Modality.ACTUAL or hit.prominent)


def place(reading: Reading, candidates: Sequence[Story], frequencies: Frequencies) -> Placement:
    """Where an article belongs among the candidate stories (newest first); without a hit, its text alone decides."""
    own = weights(reading.article, frequencies)
    best: tuple[float, Story] | None = None
    for story in candidates:
        if reading.hits and not _companies(reading.hits) & {
            c for m in story.members for c in _companies(m.reading.hits)
        }:
            continue
        recent = story.members[-NEAREST_ONLY:]
        likeness = sum(
            cosine(own, weights(member.reading.article, frequencies))
            * closeness(reading.article.at, member.reading.article.at)
            for member in recent
        ) / len(recent)
        if best is None or likeness > best[0]:
            best = (likeness, story)
    if best and best[0] >= JOIN_FROM:
        return Placement(best[1].id, False, round(best[0], 3), _why(reading, best[0], best[1], frequencies))
    opens = opens_story(reading.hits)
    nearest = f"; the nearest story is {best[1].id} at {best[0]:.2f}, {JOIN_FROM:.2f} needed" if best else ""
    why = "no live story is like it"
    if not opens:
        quiet = "only a possibility outside title and lead" if reading.hits else "it meets no rule"
        why = f"{quiet}, and {why}"
    return Placement(None, opens, round(best[0], 3) if best else 0.0, why + nearest)


def _companies(hits: Sequence[Hit]) -> set[str]:
    """What the article is about; where a rule asked for mere mentions and there is nothing else, those."""
    return {hit.company for hit in hits if hit.salient} or {hit.company for hit in hits}


def _why(reading: Reading, likeness: float, story: Story, frequencies: Frequencies) -> str:
    members = story.members[-NEAREST_ONLY:]
    own = weights(reading.article, frequencies)
    vectors = [weights(member.reading.article, frequencies) for member in members]
    alike = sum(cosine(own, vector) >= JOIN_FROM for vector in vectors)
    closest = max(vectors, key=lambda vector: cosine(own, vector))
    words = ", ".join(shared_words(own, closest))
    company = "same company; " if reading.hits else ""
    return f"{likeness:.2f} with {alike} of {len(members)} articles; {company}shared: {words}"
