"""Who is on a story, and when a story that nobody is on is to be brought to mind.

What always holds: pure; a press of "I'm on it" takes a free story, gives back one's own, and never takes another's;
only grave stories are reminded of, each once in a channel, and none that was told so long ago that everybody knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from riskbot.model import Level
from riskbot.model.answers import Answer, AnswerKind, Owner, Waiting
from riskbot.policy.health import span

GRAVE = (Level.HIGH, Level.CRITICAL)
FORGOTTEN = timedelta(days=1)  # a reminder of what was told longer ago comes from a long absence, and helps nobody

Outcome = Literal["taken", "given back", "another's"]


@dataclass(frozen=True, slots=True)
class Reminder:
    """What is said of a story that nobody is on."""

    waiting: Waiting
    text: str  # may quote a headline: as hostile as an article
    mention: tuple[str, ...]  # whom it calls: critical stories only


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


def window(after: timedelta, now: datetime) -> tuple[datetime, datetime] | None:
    """From when to when a story must have been told to be reminded of now; None: reminders are off."""
    return (now - after - FORGOTTEN, now - after) if after > timedelta() else None


def reminders(waiting: Iterable[Waiting], after: timedelta, now: datetime) -> Sequence[Reminder]:
    """What is to be said now, the gravest first."""
    bounds = window(after, now)
    if bounds is None:
        return []
    due = [each for each in waiting if each.level in GRAVE and bounds[0] <= each.told_at <= bounds[1]]
    return [_reminder(each, now) for each in sorted(due, key=lambda each: (-each.level.rank, each.told_at))]


def _reminder(waiting: Waiting, now: datetime) -> Reminder:
    level = waiting.level.capitalize()
    text = f"Nobody is on story {waiting.story} ({level}), told {span(now - waiting.told_at)} ago"
    text += f": {waiting.headline}" if waiting.headline else ""
    return Reminder(waiting, text, waiting.mention if waiting.level is Level.CRITICAL else ())
