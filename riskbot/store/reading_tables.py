"""Tables of what was read: feeds, articles with their versions, hits and claims.

What always holds: an article keeps its identity for ever, also when its texts are deleted; every version of it that
was read is a row of its own, and hits and claims hang on the version in which they were found. Deliberately absent:
a foreign key from article to feed, because articles also come from files that no feed brought.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKeyConstraint, Index, LargeBinary, UniqueConstraint, false, text
from sqlmodel import Field

from riskbot.store.base import Json, Row, UtcTime

OF_OLD = {"server_default": text("0")}  # what a database has counted of which an older riskbot knew nothing


class FeedRow(Row, table=True):
    """A source that is polled. Paused, not deleted, when it leaves the rule files."""

    __tablename__ = "feed"
    # Whose turn it is, in that order: feeds that are not due are passed over in the index, their rows not looked at.
    __table_args__ = (Index("ix_feed_turn", "paused", "gone_at", "due_at", "name"),)

    name: str = Field(primary_key=True)
    url: str
    paused: bool = False
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    due_at: datetime | None = Field(default=None, sa_type=UtcTime)  # None: at once
    lease_until: datetime | None = Field(default=None, sa_type=UtcTime)  # None: nobody polls it now
    polled_at: datetime | None = Field(default=None, sa_type=UtcTime)
    succeeded_at: datetime | None = Field(default=None, sa_type=UtcTime)
    failures: int = 0
    error: str | None = None
    holder: str | None = None  # the store that took it last; "": whoever took it holds an address that is no more
    moved_to: str | None = None
    gone_at: datetime | None = Field(default=None, sa_type=UtcTime)
    parses: int = Field(default=0, sa_column_kwargs=OF_OLD)
    whole: int = Field(default=0, sa_column_kwargs=OF_OLD)
    whole_why: str | None = None
    wishes: dict[str, Any] | None = Field(default=None, sa_type=Json)  # None: none
    entries: int | None = None
    undated: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    newest_at: datetime | None = Field(default=None, sa_type=UtcTime)
    arrivals: list[str] | None = Field(default=None, sa_type=Json)  # ISO 8601, oldest first; None: none
    new_at: datetime | None = Field(default=None, sa_type=UtcTime)
    ill: str | None = None
    ill_since: datetime | None = Field(default=None, sa_type=UtcTime)
    items: bytes | None = Field(default=None, sa_type=LargeBinary)  # packed (`items.py`); None: none


class ArticleRow(Row, table=True):
    """An article's identity and what decides whether it is known; its words stand in its versions."""

    __tablename__ = "article"
    __table_args__ = (UniqueConstraint("feed", "entry_id"),)

    id: str = Field(primary_key=True)
    feed: str | None = None
    entry_id: str | None = None
    url: str | None = None  # as the latest version gives it
    identity: str | None = Field(default=None, index=True)  # the link where it says which article is meant
    fingerprint: str  # of the latest version
    version: int  # number of the latest version
    first_seen: datetime = Field(sa_type=UtcTime)


class VersionRow(Row, table=True):
    """One wording of an article."""

    __tablename__ = "version"

    article: str = Field(primary_key=True, foreign_key="article.id")
    number: int = Field(primary_key=True)  # 1-based
    title: str
    text: str
    outlet: str | None = None
    language: str | None = None
    published: datetime | None = Field(default=None, sa_type=UtcTime)
    seen: datetime = Field(sa_type=UtcTime)
    fingerprint: str
    origin: str | None = None
    credits: list[str] = Field(sa_type=JSON)
    links: list[str] = Field(sa_type=JSON)
    page: str | None = None


class HitRow(Row, table=True):
    """One rule met by one version of an article for one company."""

    __tablename__ = "hit"
    __table_args__ = (
        UniqueConstraint("article", "number", "rule", "company"),
        ForeignKeyConstraint(["article", "number"], ["version.article", "version.number"]),
    )

    article: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    position: int = Field(primary_key=True)  # its place among the version's hits
    rule: str
    company: str
    company_name: str
    topics: list[str] = Field(sa_type=JSON)
    modality: str
    level: str
    score: int
    spans: list[dict[str, Any]] = Field(sa_type=JSON)  # a Span's fields by name
    sentence: str
    salient: bool
    prominent: bool
    channel: str | None = None
    trial: bool
    rules_hash: str


class ClaimRow(Row, table=True):
    """A statement's standing, as one version of an article tells it."""

    __tablename__ = "claim"
    __table_args__ = (ForeignKeyConstraint(["article", "number"], ["version.article", "version.number"]),)

    article: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    position: int = Field(primary_key=True)
    status: str
    speaker: str | None = None
    sentence: str
    at: datetime | None = Field(default=None, sa_type=UtcTime)
    bearing: str = Field(default="told", sa_column_kwargs={"server_default": "told"})
