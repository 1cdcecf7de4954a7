"""A story, the articles in it, and what people are told of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from riskbot.model.articles import Claim, Reading
from riskbot.model.words import Level, Standing


@dataclass(frozen=True, slots=True)
class Placement:
    """Where an article belongs among the stories, and why."""

    story: str | None  # the id of the story it joins
    opens: bool  # it opens a story of its own; neither: it stays apart, recorded but not told
    similarity: float  # 0-1 with the story it joined, or with the nearest one it did not
    why: str  # in words, kept with the article
    merges: tuple[str, ...] = ()  # stories that this article shows to be the same one; it swallows them


@dataclass(frozen=True, slots=True)
class Member:
    """An article as its story sees it."""

    reading: Reading  # of its latest version
    placement: Placement
    first_seen: datetime | None = None  # when its first version was read; None: its latest is its first
    first_published: datetime | None = None  # what its first version gave as its date


@dataclass(frozen=True, slots=True)
class Story:
    """The articles that tell of one event."""

    id: str  # as people cite it: `s12`
    members: tuple[Member, ...]  # in the order in which they joined
    level: Level = Level.LOW  # rises by itself, never falls by itself
    score: int = 0  # gravity, 0-100
    told: Mapping[str, str] = field(default_factory=dict)  # channel → id of its `new` alert
    merged_into: str | None = None  # the older story that swallowed it: then it has no articles; None: it lives


@dataclass(frozen=True, slots=True)
class Rearranged:
    """That two stories turned out to be one, or one to be two."""

    kind: Literal["merged", "split"]
    story: str  # the older of the two: which swallowed, or was taken from
    other: str
    at: datetime
    by: str | None = None  # who decided it; None: riskbot, because of an article
    why: str = ""  # in words
    articles: tuple[str, ...] = ()  # ids of those taken out, which never come back


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
class Figure:
    """A figure in which the articles of a story differ, as one of them gives it."""

    what: str  # in words: "share-price fall"
    value: str  # as written: "nearly 4.7%"
    outlet: str | None  # who writes it; None: not known
    article: str  # the id of the article
    percent: float  # the value as a number, below zero for a fall
    company: str | None = None  # whose, where that is clear


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
    figures: tuple[Figure, ...] = ()  # in which the articles differ, as each gives them
    merged_into: str | None = None  # `story` was merged into this one, of which all the rest speaks; None: it was not
    muted: str | None = None  # by whom and until when the story is muted, in words; None: it is not
