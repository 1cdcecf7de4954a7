"""What the store in memory keeps, and what can be seen of it without writing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta

from riskbot.errors import StoreError
from riskbot.model import (
    Alert,
    Article,
    Decision,
    Delivery,
    DeliveryState,
    FeedState,
    Known,
    Level,
    Member,
    Placement,
    Reading,
    Rearranged,
    RulesState,
    Story,
)
from riskbot.model.answers import Answer
from riskbot.model.calm import Away, HeldBack, Silence
from riskbot.ports import Delay, Nominee, Sent
from riskbot.stories.frequencies import Frequencies
from riskbot.stories.index import Index
from riskbot.stories.keys import nominate
from riskbot.stories.placing import NEVER_AFTER
from riskbot.stories.sketch import Sketch, sketch

MEMBERS = 12  # of a story that stand for it

NOBODY = object()  # holds a feed whose address was changed: what a poll in hand says is of the old one


@dataclass(frozen=True, slots=True)
class KeptStory:
    """A story without its articles."""

    opened_at: datetime
    last_at: datetime
    level: Level = Level.LOW
    score: int = 0
    merged: Rearranged | None = None  # into which story, and why; None: it lives


@dataclass(frozen=True, slots=True)
class KeptFeed:
    """A feed with whose turn it is."""

    url: str
    state: FeedState
    paused: bool = False
    lease: datetime | None = None
    holder: object = None  # who took it last

    def due(self) -> KeptFeed:
        """Polled again at once, even when it was gone."""
        return replace(self, paused=False, state=replace(self.state, due_at=None, gone_at=None))

    def at(self, url: str) -> KeptFeed:
        """At this address: what another one answered says nothing about it."""
        if self.url == url:
            return self
        state, history = self.state, ("polled_at", "succeeded_at", "arrivals", "new_at", "ill", "ill_since")
        anew = replace(FeedState(state.feed), **{name: getattr(state, name) for name in history})
        return replace(self, url=url, state=anew, holder=NOBODY)


@dataclass(slots=True)
class Tables:
    """All that is kept. Values are frozen, so a copy of the dictionaries is a copy of everything."""

    versions: dict[str, tuple[Reading, ...]] = field(default_factory=dict)  # by the article's id, oldest first
    places: dict[str, tuple[str, Placement]] = field(default_factory=dict)  # article → story; in order of joining
    stories: dict[str, KeptStory] = field(default_factory=dict)
    sketches: dict[str, Sketch] = field(default_factory=dict)  # by the article's id
    keys: dict[tuple[str, int, str], None] = field(default_factory=dict)  # (key, hour, story)
    splits: dict[tuple[str, str], Rearranged] = field(default_factory=dict)  # (story, the one taken out of it)
    snapshots: dict[str, tuple[datetime, Frequencies]] = field(default_factory=dict)
    decisions: dict[tuple[str, int, str], Decision] = field(default_factory=dict)  # (article, version, channel)
    decided_at: dict[tuple[str, int, str], datetime] = field(default_factory=dict)
    alerts: dict[str, Alert] = field(default_factory=dict)
    told_in: dict[str, int] = field(default_factory=dict)  # alert → the version of its article that led to it, if any
    deliveries: dict[str, Delivery] = field(default_factory=dict)
    leases: dict[str, tuple[datetime, object]] = field(default_factory=dict)  # of deliveries, and who has each
    holders: dict[str, object] = field(default_factory=dict)  # delivery → who took it last
    messages: dict[tuple[str, str], Sent] = field(default_factory=dict)  # (story, channel)
    frozen: dict[tuple[str, str], str] = field(default_factory=dict)  # (story, channel) → why
    feeds: dict[str, KeptFeed] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)  # by the key of the press; oldest first
    ticks: dict[str, datetime] = field(default_factory=dict)
    silences: dict[str, Silence] = field(default_factory=dict)
    summed: dict[str, datetime] = field(default_factory=dict)  # silences of which a summary was owed
    held: dict[str, HeldBack] = field(default_factory=dict)
    settled: dict[str, tuple[datetime, str | None]] = field(default_factory=dict)  # held back → when, by which delivery
    aways: dict[int, Away] = field(default_factory=dict)
    rules_state: dict[None, RulesState] = field(default_factory=dict)  # one at most

    def copy(self) -> Tables:
        return Tables(**{part.name: dict(getattr(self, part.name)) for part in fields(self)})

    def story(self, story: str) -> Story | None:
        kept = self.stories.get(story)
        if kept is None:
            return None
        members: list[Member] = []
        for article, (of, placement) in self.places.items():
            if of == story:
                where = replace(placement, story=story if members else None, opens=not members)
                first, last = self.versions[article][0].article, self.versions[article][-1]
                members.append(Member(last, where, first.seen, first.published))
        told = {a.channel: a.id for a in self.alerts.values() if a.story == story and a.kind == "new"}
        return Story(story, tuple(members), kept.level, kept.score, told, kept.merged.story if kept.merged else None)

    def nominees(self, own: Sketch, keyed: Mapping[str, float]) -> list[Nominee]:
        hours = own.at.timestamp() / 3600 if own.at else None
        index = Index()
        for key, hour, story in self.keys:
            if hours is None or abs(hour - hours // 1) <= NEVER_AFTER.total_seconds() // 3600 + 1:
                index.add(int(story[1:]), [key], hour)
        rows = index.find(keyed, hours, lambda _: True)
        found = [self._nominee(f"s{number}", own) for number in nominate(rows, keyed, hours)]
        return [nominee for nominee in found if nominee.sketches]

    def _nominee(self, story: str, own: Sketch) -> Nominee:
        articles = [article for article, (of, _) in self.places.items() if of == story]
        sketches = [self.sketches.get(article) or sketch(self.versions[article][-1]) for article in articles]
        sketches.sort(key=lambda each: (abs(each.at - own.at) if each.at and own.at else timedelta(), each.article))
        splits = [split for split in self.splits.values() if story in (split.story, split.other)]
        return Nominee(
            story,
            sketches[:MEMBERS],
            len(articles),
            frozenset(article for split in splits if split.story == story for article in split.articles),
            frozenset(id_ for split in splits for id_ in (split.story, split.other) if id_ != story),
        )

    def known(self, articles: Sequence[Article]) -> dict[str, Known]:
        held = {a.id: self._known(a.id) for a in articles if a.id in self.versions}
        for given in articles:
            if given.id in held or given.identity is None:
                continue
            firsts = sorted((v[0].article for v in self.versions.values()), key=lambda a: (a.seen or a.at, a.id))
            for first in firsts:
                apart = first.feed == given.feed and first.entry_id is not None and given.entry_id is not None
                if self.versions[first.id][-1].article.identity == given.identity and not apart:
                    held[given.id] = self._known(first.id)
                    break
        return held

    def delays(self) -> list[Delay]:
        """Of what was really sent for an article's first version, newest first."""
        sent = [
            (delivery.tried_at, int(delivery.id[1:]), self.versions[delivery.alert.article][0].article)
            for delivery in self.deliveries.values()
            if delivery.state is DeliveryState.SENT
            and delivery.tried_at
            and delivery.alert
            and self.told_in.get(delivery.alert.id) == 1
        ]
        newest_first = sorted(sent, key=lambda told: told[:2], reverse=True)
        return [Delay(first.published, first.seen, told) for told, _, first in newest_first if first.seen]

    def _known(self, article: str) -> Known:
        versions = self.versions[article]
        return Known(article, versions[-1].article.fingerprint, len(versions))


def as_kept(reading: Reading) -> Reading:
    """The reading as a database gives it back; refused where a database refuses."""
    article = reading.article
    try:
        f"{article.title}{article.text}".encode()
    except UnicodeEncodeError as error:
        raise StoreError("the store cannot keep a text that is not valid Unicode") from error
    seen, published = _utc(article.seen or time_of(article)), _utc(article.published)
    return replace(
        reading,
        article=replace(article, seen=seen, published=published),
        claims=tuple(replace(claim, article=article.id, at=_utc(claim.at)) for claim in reading.claims),
    )


def time_of(article: Article) -> datetime:
    if article.at is None:
        raise StoreError(f"the article {article.id!r} cannot be kept: it does not say when it was seen")
    return article.at


def _utc(at: datetime | None) -> datetime | None:
    if at is not None and at.tzinfo is None:
        raise StoreError(f"the store refused the work: {at} has no time zone")
    return at.astimezone(UTC) if at else None
