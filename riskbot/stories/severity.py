"""How grave a story is: 0-100, in parts that can be taken apart, and the level that follows.

What always holds: the rule's level is the floor; a possibility outside title and lead raises nothing; time has no
part in it. A story's level never falls by itself: the caller keeps the higher of the stored and the computed one.
"""

from __future__ import annotations

from dataclasses import dataclass

from riskbot.model import Level, Modality, Standing, Story
from riskbot.stories.clustering import counts

_FLOOR = {Level.LOW: 20, Level.MEDIUM: 40, Level.HIGH: 60, Level.CRITICAL: 85}


@dataclass(frozen=True, slots=True)
class Gravity:
    """A score and what it is made of."""

    score: int
    parts: tuple[tuple[str, int], ...]  # in words, with the points each gave

    @property
    def level(self) -> Level:
        """The level the score amounts to."""
        return max(
            (level for level in Level if self.score >= _FLOOR[level]), key=lambda level: level.rank, default=Level.LOW
        )


def gravity(story: Story) -> Gravity:
    """How grave the story is, from all its articles."""
    hits = [hit for member in story.members for hit in member.reading.hits if counts(hit)]
    if not hits:
        return Gravity(0, ())
    level = max((hit.level for hit in hits), key=lambda value: value.rank)
    parts = [(f"rule level {level}", _FLOOR[level])]
    if any(span.field == "title" and span.topic for hit in hits for span in hit.spans):
        parts.append(("in a title", 5))
    topics = {topic for hit in hits if hit.modality is Modality.ACTUAL for topic in hit.topics}
    if len(topics) > 1:
        parts.append((f"{len(topics)} topics met together", 5))
    if any(c.status is Standing.OFFICIAL for m in story.members for c in m.reading.claims):
        parts.append(("an official act", 10))
    return Gravity(min(100, sum(points for _, points in parts)), tuple(parts))


def higher(a: Level, b: Level) -> Level:
    """The graver of two levels."""
    return max(a, b, key=lambda level: level.rank)
