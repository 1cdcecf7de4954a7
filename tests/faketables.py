"""What the store in memory keeps, and what can be seen of it without writing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime

from riskbot.model import (
    Alert,
    Article,
    Decision,
    Delivery,
    FeedState,
    Known,
    Level,
    Member,
    Notice,
    Placement,
    Reading,
    RulesState,
    Story,
)
from riskbot.ports import Sent


@dataclass(frozen=True, slots=True)
class KeptStory:
    """A story without its articles."""

    opened_at: datetime
    last_at: datetime
    level: Level = Level.LOW
    score: int = 0
    companies: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class KeptFeed:
    """A feed with whose turn it is."""

    url: str
    state: FeedState
    paused: bool = False
    lease: datetime | None = None


@dataclass(slots=True)
class Tables:
    """All that is kept. Values are frozen, so a copy of the dictionaries is a copy of everything."""

    versions: dict[str, tuple[Reading, ...]] = field(default_factory=dict)  # by the article's id, oldest first
    places: dict[str, tuple[str, Placement]] = field(default_factory=dict)  # article → story; in order of joining
    stories: dict[str, KeptStory] = field(default_factory=dict)
    decisions: dict[tuple[str, int, str], Decision] = field(default_factory=dict)  # (article, version, channel)
    alerts: dict[str, Alert] = field(default_factory=dict)
    deliveries: dict[str, Delivery] = field(default_factory=dict)
    leases: dict[str, datetime] = field(default_factory=dict)  # of deliveries and notices
    messages: dict[tuple[str, str], Sent] = field(default_factory=dict)  # (story, channel)
    feeds: dict[str, KeptFeed] = field(default_factory=dict)
    ticks: dict[str, datetime] = field(default_factory=dict)
    notices: dict[str, Notice] = field(default_factory=dict)
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
                members.append(Member(self.versions[article][-1], where))
        told = {a.channel: a.id for a in self.alerts.values() if a.story == story and a.kind == "new"}
        return Story(story, tuple(members), kept.level, kept.score, told)

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

    def _known(self, article: str) -> Known:
        versions = self.versions[article]
        return Known(article, versions[-1].article.fingerprint, len(versions))
