"""What people answer to a message: that they are on it, that it was useful, that it is the same as another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from riskbot.model.words import Level


class AnswerKind(StrEnum):
    """What somebody pressed or typed."""

    OWN = "own"  # I'm on it
    TRIED = "tried"  # to take a story that somebody else is on
    RELEASE = "release"  # given back by whoever had it
    WHY = "why"
    MUTE = "mute"
    UNMUTE = "unmute"  # the end of a story's mutes, before their time
    USEFUL = "useful"
    USELESS = "useless"
    SAME = "same"  # the same as another story
    RESEND = "resend"  # a parked message
    DROP = "drop"  # likewise
    LOWERED = "lowered"  # the story's level, at the command line; its value says from what to what, and why
    REMINDED = "reminded"  # of nobody's being on it, by riskbot itself; its value is the channel and the level


@dataclass(frozen=True, slots=True)
class Answer:
    """Who pressed what, and when."""

    kind: AnswerKind
    story: str | None  # its id; None: it concerns no single story
    user: str  # Slack's id of the person
    user_name: str  # as Slack shows it; the id where it says none
    at: datetime  # UTC
    key: str  # opaque, one for each press: the same key again is the same press
    value: str = ""  # what was chosen: `1h`, another story's id, …


@dataclass(frozen=True, slots=True)
class Owner:
    """Who is on a story."""

    story: str
    user: str  # Slack's id of the person
    user_name: str
    since: datetime  # UTC


@dataclass(frozen=True, slots=True)
class Waiting:
    """A story that a channel was told of, that nobody is on, and of whose level nobody was reminded."""

    story: str
    channel: str
    level: Level
    told: tuple[datetime, ...]  # when what tells of it went out there, digests included, oldest first, UTC
    thread: bool = True  # whether a message of its own stands there; else only digests told of it
    told_at: datetime | None = None  # when the channel was told of this level; None: not yet, or not looked at
    meant: bool = True  # whether the rules would tell a story of this level there, and not elsewhere
    headline: str = ""  # for the reminder; hostile like every headline
    mention: tuple[str, ...] = ()  # whom its rules name for critical stories
