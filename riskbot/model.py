"""The values that every part of riskbot shares: frozen, timezone-aware, one comment per field.

What always holds: a `datetime` here is aware and in UTC; a missing time means unknown and is never replaced by an
invented one; offsets count characters of the text they belong to. Values that only one room needs live in that room
(compiled rules in `matching/rules.py`, table rows in `store/`). Deliberately absent: anything that does I/O.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

Field = Literal["title", "text"]


class Level(StrEnum):
    """How grave: ordered by `rank`, compared by `max(levels, key=rank)`."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        return list(Level).index(self)


class Modality(StrEnum):
    """Whether a hit speaks of a fact or of a possibility."""

    ACTUAL = "actual"
    POSSIBLE = "possible"


class Standing(StrEnum):
    """A claim's standing, in the order in which certainty grows; a retraction takes all of it back."""

    ALLEGED = "alleged"
    DENIED = "denied"
    UNVERIFIED = "unverified"
    CONFIRMED = "confirmed"
    OFFICIAL = "official"
    RETRACTED = "retracted"


class Reason(StrEnum):
    """Why riskbot told people of an article, or stayed quiet. Every decision carries exactly one."""

    # to tell
    NEW_STORY = "new_story"
    MORE_ARTICLES = "more_articles"
    NEW_ORIGIN = "new_origin"
    DENIED = "denied"
    CONFIRMED = "confirmed"
    OFFICIAL_ACTION = "official_action"
    RETRACTED = "retracted"
    LEVEL_RAISED = "level_raised"
    NEW_TOPIC = "new_topic"
    HEADLINE_EDITED = "headline_edited"
    # to stay quiet
    BELOW_LEVEL = "below_level"
    SILENCED = "silenced"
    SAME_ORIGIN_REPEAT = "same_origin_repeat"
    ONLY_POSSIBLE = "only_possible"
    TOO_OLD = "too_old"
    FIRST_POLL = "first_poll"
    COOLDOWN = "cooldown"


# ── feeds ────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Feed:
    """A source that is polled, as the rule files describe it. A feed *is* its name."""

    name: str  # unique; its history hangs on it
    url: str  # http or https
    outlet: str | None = None  # the publisher of its articles, where the feed has one
    kind: str = "newspaper"  # government, wire, newspaper, aggregator, …
    every: timedelta | None = None  # fixed interval; None adapts to the feed
    full_text: bool = False  # fetch each new article's page
    allow_private: bool = False  # the configured host and port may be inside one's own network
    tags: tuple[str, ...] = ()


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
    error: str | None = None  # why the last one failed, in words


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


# ── articles ─────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Article:
    """A normalised entry."""

    id: str  # opaque; the same for every version of the article
    title: str
    text: str
    url: str | None = None  # canonical; None when not known
    identity: str | None = None  # the canonical link again, where it can say which article is meant
    outlet: str | None = None  # its publisher; None when not known, never a credited source
    published: datetime | None = None  # the publisher's claim; None when not known or not believable
    feed: str | None = None  # the name of the feed that brought it
    entry_id: str | None = None  # the feed's own id
    language: str | None = None
    seen: datetime | None = None  # when riskbot read it
    fingerprint: str = ""  # of title and text: two versions with one fingerprint are the same

    @property
    def at(self) -> datetime | None:
        """Its own time: the publisher's, else when we saw it."""
        return self.published or self.seen


@dataclass(frozen=True, slots=True)
class Known:
    """What is already held of an article: enough to tell new from edited from known."""

    article: str  # its id
    fingerprint: str  # of its latest version
    version: int  # 1-based


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Where in an article a term stands; `text` equals the field's characters from start to end."""

    field: Field
    start: int
    end: int
    text: str
    term: str  # the term as the rule file writes it
    topic: str | None = None  # the topic's id; None: the term names the company


@dataclass(frozen=True, slots=True)
class Hit:
    """One rule met by one article for one company, with its evidence."""

    rule: str  # the rule's id
    company: str  # the company's id
    company_name: str  # as people know it
    topics: tuple[str, ...]  # ids of the topics met, in the rule's order
    modality: Modality
    level: Level  # the rule's floor
    score: int  # 0-100, how strongly this article meets this rule
    spans: tuple[Span, ...]  # the evidence, in order of place
    sentence: str = ""  # the sentence that made it fire
    salient: bool = True  # the article is about the company, rather than mentioning it
    prominent: bool = True  # the evidence stands in title or lead
    channel: str | None = None  # where the rule wants it told; None: the default channel
    trial: bool = False  # of a rule on trial: recorded, not told
    rules_hash: str = ""  # content hash of the rule set that decided


@dataclass(frozen=True, slots=True)
class Claim:
    """Who says what of the event: a statement's standing."""

    status: Standing
    speaker: str | None  # as the text names them; None when nobody is named
    sentence: str  # the sentence it stands in
    article: str = ""  # id of the article
    at: datetime | None = None  # the article's own time


@dataclass(frozen=True, slots=True)
class Reading:
    """What the pure core reads in one article before any story is looked at."""

    article: Article
    hits: tuple[Hit, ...] = ()
    origin: str | None = None  # the outlet whose reporting it retells; None when it names none
    credits: tuple[str, ...] = ()  # further outlets it names as having carried it, nearest first ("CNBC" on a repost)
    claims: tuple[Claim, ...] = ()
    links: tuple[str, ...] = ()  # source links found in the body


# ── stories, decisions, deliveries ───────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Placement:
    """Where an article belongs among the stories, and why."""

    story: str | None  # the id of the story it joins
    opens: bool  # it opens a story of its own; neither: it stays apart, recorded but not told
    similarity: float  # 0-1 with the story it joined, or with the nearest one it did not
    why: str  # in words, kept with the article


@dataclass(frozen=True, slots=True)
class Member:
    """An article as its story sees it."""

    reading: Reading
    placement: Placement


@dataclass(frozen=True, slots=True)
class Story:
    """The articles that tell of one event."""

    id: str  # as people cite it: `s12`
    members: tuple[Member, ...]  # in the order in which they joined
    level: Level = Level.LOW  # rises by itself, never falls by itself
    score: int = 0  # gravity, 0-100
    told: Mapping[str, str] = field(default_factory=dict)  # channel → id of its `new` alert


@dataclass(frozen=True, slots=True)
class Decision:
    """What came of an article with a hit, for one channel."""

    article: str
    channel: str
    tell: bool
    reason: Reason
    why: str = ""  # the reason in words, with the figures that led to it


@dataclass(frozen=True, slots=True)
class Alert:
    """The decision to tell one channel of a story."""

    id: str  # as people cite it: `a7`
    story: str
    channel: str
    kind: Literal["new", "update"]
    reason: Reason
    article: str  # the article that led to it
    at: datetime


@dataclass(frozen=True, slots=True)
class Source:
    """One article of a story, as a reader is pointed to it."""

    article: str
    title: str
    outlet: str | None  # None: not known, and shown so
    url: str | None  # its own address, else a source link found in its body, else None
    label: str  # what the link is called: the outlet, the host of a link found in a body, or "unknown outlet"
    published: datetime | None  # None: not known
    origin: str | None  # whose reporting it retells
    repost_of: str | None = None  # the outlet whose article it repeats word for word


@dataclass(frozen=True, slots=True)
class Summary:
    """A story as people are told of it; everything a message, a page or a table needs."""

    story: str
    headline: str
    headline_url: str | None
    headline_outlet: str | None
    level: Level
    score: int  # gravity, 0-100
    companies: tuple[str, ...]  # names, the most prominent first
    topics: tuple[str, ...]  # ids met as fact, gravest first
    possible: Mapping[str, int]  # topic met only as a possibility → number of articles
    sentence: str  # the sentence that made it fire
    marks: tuple[tuple[int, int], ...]  # the matched words in it, as offsets; in order, not overlapping
    standings: tuple[Standing, ...]  # those present, in the order of `Standing`
    claims: tuple[Claim, ...]  # one for each standing and speaker, earliest first
    articles: int
    outlets: tuple[str, ...]  # known ones, in order of appearance
    origins: tuple[str, ...]  # whose reporting it all retells
    origins_read: tuple[str, ...]  # those of them of which an own article is among the sources
    confirmations: int
    official: int  # official acts
    sources: tuple[Source, ...]  # newest last
    rules: tuple[str, ...]  # ids of the rules that hit
    published: datetime | None  # the earliest known
    seen: datetime | None  # the earliest


class DeliveryState(StrEnum):
    """Where the send of an alert or a notice stands."""

    OWED = "owed"  # to be sent, at once or at `due_at`
    SENDING = "sending"  # a post may be on its way: look it up before anything else
    SENT = "sent"
    REPLACED = "replaced"  # a later update carries everything this one would have said
    PARKED = "parked"  # cannot be sent until a person mends something


@dataclass(frozen=True, slots=True)
class Delivery:
    """The record of one send of an alert to one channel."""

    id: str
    alert: Alert
    key: str  # opaque; travels in the message's metadata so that it can be found again
    state: DeliveryState = DeliveryState.OWED
    attempts: int = 0  # sends tried so far
    due_at: datetime | None = None  # not before; None: at once
    ts: str | None = None  # Slack's id of the story's message in the channel, once posted
    sent_as: str | None = None  # Slack's id of the channel it stands in (updates need the id, not the name)
    error: str | None = None  # why the last try failed, in words
    tried_at: datetime | None = None  # when the last try began

    @property
    def channel(self) -> str:
        """The channel as the rule or the settings name it."""
        return self.alert.channel


@dataclass(frozen=True, slots=True)
class Notice:
    """One line to the people who run riskbot, owed and sent like an alert."""

    id: str  # as people cite it: `n3`
    channel: str  # as the settings name it
    text: str  # one line; may quote files, so it is as hostile as an article
    at: datetime  # when it came to be owed
    key: str  # opaque; travels in the message's metadata so that it can be found again
    state: DeliveryState = DeliveryState.OWED
    attempts: int = 0  # sends tried so far
    due_at: datetime | None = None  # not before; None: at once
    ts: str | None = None  # Slack's id of the message, once posted
    sent_as: str | None = None  # Slack's id of the channel it stands in
    error: str | None = None  # why the last try failed, in words
    tried_at: datetime | None = None  # when the last try began


@dataclass(frozen=True, slots=True)
class RulesState:
    """The rules in force, for whoever asks from another process."""

    hash: str  # of companies, topics and rules, as every hit records it
    whole: str  # of everything the files say, feeds and outlets included
    live_since: datetime
    rules: int  # how many there are of each
    companies: int
    topics: int
    feeds: int
    refused: str | None = None  # what is wrong with the last edit and where; None: it is live
    refused_key: str | None = None  # the same for the same mistakes, wherever in their files they stand now
    refused_at: datetime | None = None  # when it was first refused
    switched_off: Mapping[str, str] = field(default_factory=dict)  # rule that failed at run time → why
