"""Tables of what keeps riskbot calm: silences, what was held back, and that riskbot was away.

What always holds: a silence is never deleted; what is held back is settled once, by a message, a digest or the summary
of its silence.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, Index
from sqlmodel import Field

from riskbot.store.base import Row, UtcTime


class SilenceRow(Row, table=True):
    """A timed mute; cited as `m<id>`."""

    __tablename__ = "silence"
    __table_args__ = (Index("ix_silence_summed_at", "summed_at"), {"sqlite_autoincrement": True})

    id: int | None = Field(default=None, primary_key=True)
    matchers: dict[str, list[str]] = Field(sa_type=JSON)
    starts: datetime = Field(sa_type=UtcTime)
    ends: datetime | None = Field(default=None, sa_type=UtcTime)  # None: until somebody or something ends it
    until_material: bool = False
    author: str
    comment: str = ""
    created_at: datetime = Field(sa_type=UtcTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)  # early; None: it was not
    ended_by: str | None = None
    summed_at: datetime | None = Field(default=None, sa_type=UtcTime)  # its summary was owed; None: not yet


class HeldBackRow(Row, table=True):
    """A decision to tell that waits for a digest, or for the end of its silence."""

    __tablename__ = "held_back"
    __table_args__ = (
        Index("ix_held_back_story_channel", "story", "channel"),
        Index("ix_held_back_settled_at_due_at", "settled_at", "due_at"),
        Index("ix_held_back_silence", "silence"),
        Index("ix_held_back_channel_at", "channel", "at"),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    story: int = Field(foreign_key="story.id")
    channel: str
    article: str = Field(foreign_key="article.id")
    cause: str
    reason: str
    title: str = ""
    at: datetime = Field(sa_type=UtcTime)
    due_at: datetime | None = Field(default=None, sa_type=UtcTime)  # None: when the silence ends
    silence: int | None = Field(default=None, foreign_key="silence.id")
    settled_at: datetime | None = Field(default=None, sa_type=UtcTime)  # None: it waits
    settled_as: str | None = None  # the digest's delivery; None: a message of the story's own told it sooner


class AwayRow(Row, table=True):
    """That riskbot was not there for a while."""

    __tablename__ = "away"

    id: int | None = Field(default=None, primary_key=True)
    since: datetime = Field(sa_type=UtcTime)
    until: datetime = Field(sa_type=UtcTime, index=True)
