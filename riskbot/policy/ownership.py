"""Who is on a story, and when a story that nobody is on is to be brought to mind.

What always holds: pure; a press of "I'm on it" takes a free story, gives back one's own, and never takes another's;
only grave stories are reminded of, once for each level that they come to, and none that was told so long ago that
everybody knows. A story is reminded of in one channel, because nobody can know whether channels have the same readers:
where the rules tell stories of its level, and of several such channels where it has been waiting longest.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from riskbot.model import Decision, Level, Reason, Story
from riskbot.model.answers import Answer, AnswerKind, Owner, Waiting
from riskbot.policy.health import span
from riskbot.policy.replying import MATERIAL
from riskbot.stories.outlets import Outlets
from riskbot.stories.severity import gravity

# A decision that may stand for a raised level: told as such, or held back, when its reason says no more than that.
WEIGHTY = MATERIAL | {Reason.NEW_STORY, Reason.HELD_FOR_DIGEST, Reason.SILENCED}
GRAVE = (Level.HIGH, Level.CRITICAL)
FORGOTTEN = timedelta(days=1)  # a reminder of what was told longer ago comes from a long absence, and helps nobody

Outcome = Literal["taken", "given back", "another's"]


@dataclass(frozen=True, slots=True)
class Reminder:
    """What is said of a story that nobody is on."""

    waiting: Waiting
    text: str  # may quote a headline: as hostile as an article
    mention: tuple[str, ...]  # whom it calls: critical stories only
    about: Mapping[str, str]  # what it is worded from


def pressed(owner: Owner | None, user: str) -> Outcome:
    """What a press of "I'm on it" by this person comes to."""
    if owner is None:
        return "taken"
    return "given back" if owner.user == user else "another's"


def owner_of(story: str, answers: Iterable[Answer]) -> Owner | None:
    """Who is on a story; `answers` are those to it and to the stories it swallowed, oldest first.

    Its own owner comes before that of a swallowed one, of those the last; giving back gives back all one has of it.
    """
    held: dict[str | None, Answer] = {}
    for answer in answers:
        if answer.kind is AnswerKind.OWN:
            held[answer.story] = answer
        elif answer.kind is AnswerKind.RELEASE:
            mine = [id_ for id_, each in held.items() if each.user == answer.user and answer.story in (story, id_)]
            for id_ in mine:
                del held[id_]
    best = held.get(story) or max(held.values(), key=lambda each: each.at, default=None)
    return Owner(story, best.user, best.user_name, best.at) if best else None


def voices(answers: Iterable[Answer]) -> list[Answer]:
    """Who finds a story useful and who does not, of answers oldest first: the last word of each person."""
    said = [each for each in answers if each.kind in (AnswerKind.USEFUL, AnswerKind.USELESS)]
    return list({each.user: each for each in said}.values())


def window(after: timedelta, now: datetime) -> tuple[datetime, datetime] | None:
    """From when to when a story must have been told to be reminded of now; None: reminders are off."""
    return (now - after - FORGOTTEN, now - after) if after > timedelta() else None


def reached(
    story: Story, decided: Sequence[tuple[Decision, datetime]], channel: str, outlets: Outlets
) -> datetime | None:
    """When an article brought the story to the level it has; None: nobody knows, because it was judged otherwise then.

    `decided` is what came of its articles, oldest first; of one that was edited its last weighty decision counts.
    """

    def grave_enough(articles: int) -> bool:
        so_far = replace(story, members=story.members[:articles])
        return gravity(so_far, outlets).level.rank >= story.level.rank

    # No article makes a story less grave, so that the first that is enough is found by halving.
    enough = bisect_left(range(1, len(story.members) + 1), True, key=grave_enough)
    if enough == len(story.members):
        return None
    article = story.members[enough].reading.article.id
    of_it = [(each, at) for each, at in decided if each.article == article]
    of_it = [(each, at) for each, at in of_it if each.channel == channel] or of_it
    weighty = [at for each, at in of_it if each.reason in WEIGHTY]
    return weighty[-1] if weighty else next((at for _, at in of_it), None)


def told_at(told: Sequence[datetime], reached_at: datetime | None) -> datetime | None:
    """When a channel was told of a level: with the first of what went out there, oldest first, since the story came to
    it, or where nobody knows when that was, with the first of all. None: not yet."""
    return next((at for at in told if reached_at is None or at >= reached_at), None)


def reminded(value: str) -> Level:
    """Of which level riskbot reminded, by what was kept of it: the channel and the level, once the channel alone."""
    level = value.rpartition(" ")[2]
    return Level(level) if " " in value and level in set(Level) else Level.HIGH


def reminders(waiting: Iterable[Waiting], after: timedelta, now: datetime) -> Sequence[Reminder]:
    """What is to be said now, the gravest first: of each story once."""
    bounds = window(after, now)
    if bounds is None:
        return []
    grave = [(each.told_at, each) for each in waiting if each.level in GRAVE and each.told_at]
    place: dict[str, tuple[datetime, Waiting]] = {}
    for at, each in sorted(grave, key=lambda told: (not told[1].meant, told[0], told[1].channel)):
        place.setdefault(each.story, (at, each))
    due = [(at, each) for at, each in place.values() if bounds[0] <= at <= bounds[1]]
    due.sort(key=lambda told: (-told[1].level.rank, told[0]))
    return [_reminder(each, at, now) for at, each in due]


def _reminder(waiting: Waiting, told_at: datetime, now: datetime) -> Reminder:
    about = {"level": waiting.level.value, "headline": waiting.headline or "", "told_at": told_at.isoformat()}
    about["thread"] = "yes" if waiting.thread else ""
    mention = waiting.mention if waiting.level is Level.CRITICAL else ()
    return Reminder(waiting, worded(waiting.story, about, now), mention, about)


def worded(story: str, about: Mapping[str, str], now: datetime) -> str:
    """What a reminder says when it is said, which may be long after it came to be owed; `about` is of `Reminder`."""
    ago = span(now - datetime.fromisoformat(about["told_at"]))
    text = f"Nobody is on story {story} ({about['level'].capitalize()}), told {ago} ago"
    text += f": {about['headline']}" if about["headline"] else ""
    # Where no message of its own stands, there may be no button above it either.
    return text if about["thread"] else f"{text} (/riskbot own {story} takes it on)"
