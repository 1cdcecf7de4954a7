"""Tables of what came of it: stories, decisions, alerts, and the outbox from which everything is sent.

What always holds, because the database itself refuses anything else: an article belongs to at most one story; a
version of an article is decided once for each channel; a story has at most one `new` alert for each channel; an alert
has at most one delivery; no number that people cite (`s12`, `a7`) is ever given twice. A story that was merged into
another keeps its row, its number and what its message needs, and has no articles.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKeyConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field

from riskbot.store.base import Row, UtcTime


class StoryRow(Row, table=True):
    """The articles that tell of one event; cited as `s<id>`."""

    __tablename__ = "story"
    __table_args__ = (
        # Of those that were merged alone: SQLite would take a whole index for finding those that were not.
        Index(
            "ix_story_merged_into",
            "merged_into",
            sqlite_where=text("merged_into IS NOT NULL"),
            postgresql_where=text("merged_into IS NOT NULL"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    level: str
    score: int
    opened_at: datetime = Field(sa_type=UtcTime)  # the earliest of its articles' own times
    last_at: datetime = Field(sa_type=UtcTime, index=True)  # the latest of them
    merged_into: int | None = Field(default=None, foreign_key="story.id")  # None: it lives
    merged_by: str | None = None  # None: riskbot, because of an article
    merged_why: str | None = None
    merged_at: datetime | None = Field(default=None, sa_type=UtcTime)


class StoryArticleRow(Row, table=True):
    """An article's place in its story."""

    __tablename__ = "story_article"
    __table_args__ = (Index("ix_story_article_story_at", "story", "at"),)

    article: str = Field(primary_key=True, foreign_key="article.id")
    story: int = Field(foreign_key="story.id")
    joined: int  # its place in the order of joining, 1-based; gaps where articles were taken out
    at: datetime | None = Field(default=None, sa_type=UtcTime)  # the article's own time; always filled
    similarity: float
    why: str
    sketch: str | None = None  # packed; None: of an older riskbot, made when the story is met


class StoryKeyRow(Row, table=True):
    """Under which keys a story is found, and when: in the order in which they are looked through."""

    __tablename__ = "story_key"
    __table_args__ = ({"sqlite_with_rowid": False},)

    key: str = Field(primary_key=True)
    hour: int = Field(primary_key=True)  # of an article that has the key, since 1970
    story: int = Field(primary_key=True, foreign_key="story.id", index=True)


class KeptApartRow(Row, table=True):
    """What people decided: an article is barred from a story, or two stories are two."""

    __tablename__ = "kept_apart"

    id: int | None = Field(default=None, primary_key=True)
    story: int = Field(foreign_key="story.id", index=True)
    article: str | None = Field(default=None, foreign_key="article.id")  # it never joins `story`
    other: int | None = Field(default=None, foreign_key="story.id", index=True)  # never merged with `story` by itself
    by: str
    at: datetime = Field(sa_type=UtcTime)


class FrequenciesRow(Row, table=True):
    """A snapshot of word frequencies: kept for ever, because reasons name it."""

    __tablename__ = "frequencies"

    id: str = Field(primary_key=True)
    day: datetime = Field(sa_type=UtcTime)  # when it was learned
    body: bytes = Field(sa_type=LargeBinary)


class AlertRow(Row, table=True):
    """The decision to tell one channel of a story; cited as `a<id>`."""

    __tablename__ = "alert"
    __table_args__ = (
        Index(
            "uq_alert_one_new",
            "story",
            "channel",
            unique=True,
            sqlite_where=text("kind = 'new'"),
            postgresql_where=text("kind = 'new'"),
        ),
        Index("ix_alert_story_channel", "story", "channel"),
        Index("ix_alert_channel_at", "channel", "at"),
        Index("ix_alert_at", "at"),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    story: int = Field(foreign_key="story.id")
    channel: str
    kind: str
    reason: str
    article: str = Field(foreign_key="article.id")
    at: datetime = Field(sa_type=UtcTime)


class DecisionRow(Row, table=True):
    """What came of one version of an article for one channel, and why."""

    __tablename__ = "decision"
    __table_args__ = (ForeignKeyConstraint(["article", "version"], ["version.article", "version.number"]),)

    article: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    tell: bool
    reason: str
    why: str
    at: datetime = Field(sa_type=UtcTime)
    alert: int | None = Field(default=None, foreign_key="alert.id")  # what it led to


class MessageRow(Row, table=True):
    """Where a story's message stands in a channel: one message, however many alerts."""

    __tablename__ = "message"

    story: int = Field(primary_key=True, foreign_key="story.id")
    channel: str = Field(primary_key=True)
    ts: str
    sent_as: str | None = None
    frozen: str | None = None  # why it can no longer be edited; None: it can


class DeliveryRow(Row, table=True):
    """The record of one send, whatever is sent; cited as `d<id>`."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("alert"),
        UniqueConstraint("key"),
        Index("ix_delivery_state_due_at", "state", "due_at"),
        Index("ix_delivery_state_tried_at", "state", "tried_at"),
        Index("ix_delivery_story_channel", "story", "channel"),
        Index("ix_delivery_tried_at", "tried_at"),
        # Of what is of no one story alone: SQLite would take a whole index for what is of one story, and read all of
        # that kind.
        Index(
            "ix_delivery_kind_channel",
            "kind",
            "channel",
            sqlite_where=text("story IS NULL"),
            postgresql_where=text("story IS NULL"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    channel: str
    story: int | None = Field(default=None, foreign_key="story.id")  # None: of no one story
    alert: int | None = Field(default=None, foreign_key="alert.id")  # None: it follows from no decision
    body: dict[str, Any] = Field(sa_type=JSON)
    key: str
    state: str
    attempts: int = 0
    created_at: datetime = Field(sa_type=UtcTime)
    due_at: datetime | None = Field(default=None, sa_type=UtcTime)  # None: at once
    lease_until: datetime | None = Field(default=None, sa_type=UtcTime)  # None: nobody works on it
    holder: str | None = None  # the store that took it last
    error: str | None = None
    tried_at: datetime | None = Field(default=None, sa_type=UtcTime)
    lost_at: datetime | None = Field(default=None, sa_type=UtcTime)
    parked_at: datetime | None = Field(default=None, sa_type=UtcTime)
    reported: bool = False
    may_repeat: bool = False
    ts: str | None = None  # of its own message; a story's stands in `message`
    sent_as: str | None = None
