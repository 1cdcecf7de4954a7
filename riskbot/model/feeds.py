"""A feed, what its polls left behind, and what its document holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Feed:
    """A source that is polled, as the rule files describe it. A feed *is* its name."""

    name: str  # unique; its history hangs on it
    url: str  # http or https
    outlet: str | None = None  # the publisher of its articles, where the feed has one
    kind: str = "newspaper"  # government, wire, newspaper, aggregator, …
    every: timedelta | None = None  # fixed interval; None adapts to the feed
    stale_after: timedelta | None = None  # its newest entry may be so old; None: as the settings say
    full_text: bool = False  # fetch each new article's page
    allow_private: bool = False  # the configured host and port may be inside one's own network
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wishes:
    """How seldom a document asks to be fetched."""

    every: timedelta | None = None  # the longest of what RSS `ttl` and `updatePeriod` say
    skip_hours: frozenset[int] = frozenset()  # 0-23, UTC, in which it does not change
    skip_days: frozenset[int] = frozenset()  # 0 is Monday


@dataclass(frozen=True, slots=True)
class Document:
    """What is known of a document as a whole, though only what is new in it was parsed."""

    entries: int  # how many it holds
    items: Mapping[bytes, bytes] = field(default_factory=dict)  # as FeedState keeps them; empty where parsed whole
    whole: str | None = None  # why it had to be parsed whole; None: it was taken apart
    wishes: Wishes | None = None  # None: its head was not read again
    lost: str | None = None  # what of it could not be read, in words; None: nothing


@dataclass(frozen=True, slots=True)
class FeedState:
    """What the last polls of a feed left behind."""

    feed: str  # the feed's name
    etag: str | None = None  # verbatim, for If-None-Match
    last_modified: str | None = None  # verbatim, for If-Modified-Since
    body_hash: str | None = None  # of the last body read in full; the same again is not parsed
    due_at: datetime | None = None  # when it is to be polled next; None: at once
    polled_at: datetime | None = None  # the last poll, whatever came of it; None: never polled
    succeeded_at: datetime | None = None  # the last poll that brought an answer we could read
    failures: int = 0  # polls failed in a row
    error: str | None = None  # why the last one failed, in words; without failures: what of it could not be read
    moved_to: str | None = None  # where permanent redirects said it lives now; asked instead of the feed's `url`
    gone_at: datetime | None = None  # since when it is gone for good (410): not due by itself any more
    items: Mapping[bytes, bytes] = field(default_factory=dict)  # of the last document: item's hash → its link's key
    parses: int = 0  # documents parsed
    whole: int = 0  # of them those that had to be parsed whole, because they could not be taken apart
    whole_why: str | None = None  # why the last one of these, in a word
    wishes: Wishes = Wishes()  # of the last document that was parsed
    entries: int | None = None  # how many the last document held; None: none was read yet
    undated: bool = False  # it held entries, and none with a date
    newest_at: datetime | None = None  # the latest date of any entry so far, never later than its poll
    arrivals: tuple[datetime, ...] = ()  # when the latest new entries came out (else were seen), oldest first
    new_at: datetime | None = None  # the last poll that brought a new entry
    ill: str | None = None  # why it is unhealthy, in words; None: it is well
    ill_since: datetime | None = None  # when its health last turned, to ill or to well; None: it was always well


@dataclass(frozen=True, slots=True)
class Entry:
    """One raw item of a feed, already clean text."""

    title: str
    text: str
    entry_id: str | None = None  # the feed's own id of it
    url: str | None = None  # as the feed links it, absolute
    outlet: str | None = None  # what the entry names as its source
    published: datetime | None = None  # the publisher's claim
    language: str | None = None  # BCP 47, as the feed says


@dataclass(frozen=True, slots=True)
class Outlet:
    """A publisher as people know it, with the names under which others credit it."""

    name: str
    aliases: tuple[str, ...] = ()  # terms: any case, or `=Exact`
    domains: tuple[str, ...] = ()  # hosts (and their subdomains) that are its own
    kind: str = "newspaper"  # wire, newspaper, broadcaster, government, aggregator, repost, state-media, …
    tier: int = 2  # 1 is best
    family: str = ""  # the publisher family; empty: its own
