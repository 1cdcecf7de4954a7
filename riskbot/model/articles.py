"""An article and what the pure core reads in it by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from riskbot.model.words import Level, Modality, Standing

Field = Literal["title", "text"]
Bearing = Literal["told", "entitled", "aside"]


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
    fingerprint: str = ""  # of title and text as the feed gave them: versions with one fingerprint are the same
    page: str | None = None  # of its own page: "read", or why its text is the feed's after all; None: nobody asked

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
    bearing: Bearing = "told"  # entitled: whoever says so is whom it concerns or an authority; aside: of somebody else


@dataclass(frozen=True, slots=True)
class Reading:
    """What the pure core reads in one article before any story is looked at."""

    article: Article
    hits: tuple[Hit, ...] = ()
    origin: str | None = None  # the outlet whose reporting it retells; None when it names none
    credits: tuple[str, ...] = ()  # further outlets it names as having carried it, nearest first ("CNBC" on a repost)
    claims: tuple[Claim, ...] = ()
    links: tuple[str, ...] = ()  # source links found in the body
