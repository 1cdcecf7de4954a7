"""How grave a story is and how sure: two values, shown side by side, each of which can be taken apart.

What always holds: the rule's level is the floor; a possibility outside title and lead raises nothing; time has no
part in it. A story's level never falls by itself: the caller keeps the higher of the stored and the computed one.
Gravity says nothing of certainty, nor certainty of gravity.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from riskbot.model import Hit, Level, Modality, Standing, Story, Summary
from riskbot.stories.clustering import counts
from riskbot.stories.evidence import acts, publisher
from riskbot.stories.figures import market_move
from riskbot.stories.outlets import Outlets

_FLOOR = {Level.LOW: 20, Level.MEDIUM: 40, Level.HIGH: 60, Level.CRITICAL: 85}
# Everything beside the rule's level together is worth a little more than one level: a story climbs by one where all of
# it comes together, and an authority's act alone takes it half of the way.
_TITLE, _LEAD = 5, 2
_TOPIC, _TOPICS = 2, 4  # for each further topic met as a fact, and at most
_TIER = {1: 3, 2: 1}  # of the best outlet that tells of it
_OFFICIAL = 8
_MOVES = ((10.0, 6), (5.0, 4), (3.0, 2))  # percent that a share fell → points

Degree = Literal["retracted", "official", "confirmed", "several origins", "one origin", "no known origin"]


@dataclass(frozen=True, slots=True)
class Gravity:
    """A score and what it is made of."""

    score: int  # 0-100
    parts: tuple[tuple[str, int], ...]  # in words, with the points each gave

    @property
    def level(self) -> Level:
        """The level the score amounts to."""
        return max(
            (level for level in Level if self.score >= _FLOOR[level]), key=lambda level: level.rank, default=Level.LOW
        )


def gravity(story: Story, outlets: Outlets) -> Gravity:
    """How grave the story is, from all its articles."""
    hits = [hit for member in story.members for hit in member.reading.hits if counts(hit)]
    if not hits:
        return Gravity(0, ())
    level = max((hit.level for hit in hits), key=lambda value: value.rank)
    parts = [(f"rule level {level}", _FLOOR[level])]
    parts += _place(hits)
    topics = {topic for hit in hits if hit.modality is Modality.ACTUAL for topic in hit.topics}
    if len(topics) > 1:
        parts.append((f"{len(topics)} topics met together", min(_TOPICS, _TOPIC * (len(topics) - 1))))
    tiers = [outlet.tier for member in story.members if (outlet := publisher(member, outlets))]
    if tiers and min(tiers) in _TIER:
        parts.append((f"told by an outlet of tier {min(tiers)}", _TIER[min(tiers)]))
    if acts(story.members, outlets):
        parts.append(("an official act", _OFFICIAL))
    fall = market_move(story.members)
    points = next((points for least, points in _MOVES if fall is not None and fall >= least), 0)
    if points:
        parts.append((f"shares fell {fall:g} %", points))
    return Gravity(min(100, sum(points for _, points in parts)), tuple(parts))


def risen(story: Story, found: Gravity) -> tuple[Level, int]:
    """The level and score of a story whose articles now amount to so much.

    They rise when it is graver than it ever was, and fall never by themselves; so a story that people lowered stays
    low until something comes that is graver than what they judged.
    """
    if found.score <= story.score:
        return story.level, story.score
    return higher(story.level, found.level), found.score


def _place(hits: list[Hit]) -> list[tuple[str, int]]:
    if any(span.field == "title" and span.topic for hit in hits for span in hit.spans):
        return [("in a title", _TITLE)]
    return [("in a lead", _LEAD)] if any(hit.prominent for hit in hits) else []


def higher(a: Level, b: Level) -> Level:
    """The graver of two levels."""
    return max(a, b, key=lambda level: level.rank)


@dataclass(frozen=True, slots=True)
class Certainty:
    """How sure a story is, and by what."""

    degree: Degree
    why: str  # in words: "1 origin (Financial Times), 0 confirmations; denied"


def certainty(summary: Summary) -> Certainty:
    """How sure the story is, from its standing, its origins and its confirmations."""
    standings = frozenset(summary.standings)
    degree: Degree = "no known origin"
    if Standing.RETRACTED in standings:
        degree = "retracted"
    elif summary.official:
        degree = "official"
    elif summary.confirmations:
        degree = "confirmed"
    elif len(summary.origins) > 1:
        degree = "several origins"
    elif summary.origins:
        degree = "one origin"
    origins = f"{_number(len(summary.origins), 'origin')}" + (
        f" ({', '.join(summary.origins)})" * bool(summary.origins)
    )
    said = [standing.value for standing in (Standing.DENIED, Standing.UNVERIFIED) if standing in standings]
    denied = f"; {', '.join(said)}" if said else ""
    return Certainty(degree, f"{origins}, {_number(summary.confirmations, 'confirmation')}{denied}")


def _number(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"
