"""What a message says besides a story's summary: the replies in its thread, and digests."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from riskbot.model.stories import Summary
from riskbot.model.words import Level, Reason


@dataclass(frozen=True, slots=True)
class News:
    """One thing that is new in a story."""

    reason: Reason
    why: str  # the decision's words
    article: str  # id of the article that brought it
    at: datetime  # when it was decided, UTC
    first: bool = True  # whether it is the first of its kind in the story: a further denier is not


@dataclass(frozen=True, slots=True)
class Reply:
    """What is said in the thread of a story's message, or, where that is gone, in a message of its own."""

    summary: Summary  # the story as it is now
    news: tuple[News, ...]  # oldest first; bundled where several came within one broadcast's time
    link: str | None = None  # the permalink of the story's first message, where this is a message of its own
    uneditable: bool = False  # the story's message can no longer be edited, and this is where that is said
    sources: bool = False  # it lists every source, for the message that has room for five
    owner: str | None = None  # who is on the story, where this is a message of its own


@dataclass(frozen=True, slots=True)
class DigestLine:
    """A story in a digest."""

    story: str
    level: Level
    headline: str
    url: str | None
    outlet: str | None
    articles: int
    standings: str  # in words: "alleged, denied"
    owner: str | None = None
    permalink: str | None = None  # of the story's own message, where it has one
    at: datetime | None = None  # when its first article was published, else when it was read, UTC


@dataclass(frozen=True, slots=True)
class Digest:
    """Several stories in one message, the gravest first."""

    title: str  # "Daily digest", "While I was away", "Quiet hours", "More than 20 alerts this hour", "Silence ended: …"
    since: datetime
    until: datetime
    lines: tuple[DigestLine, ...]
    blind: tuple[str, ...] = ()  # what could not be seen meanwhile: unhealthy feeds, in words
    muted: tuple[str, ...] = ()  # what silences held back meanwhile, in words
    articles: int = field(default=0)  # all articles of these stories
