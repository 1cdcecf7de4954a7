"""The Store port in memory.

What always holds: it keeps what a database keeps and refuses what a database refuses (the contract suite runs on all
of them); whatever `work` raises undoes all of it. Deliberately absent: threads, clocks, queries that must be fast.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Literal, TypeVar

from riskbot.errors import RiskbotError, StoreError
from riskbot.model import (
    Alert,
    Article,
    Decision,
    Delivery,
    DeliveryKind,
    DeliveryState,
    Feed,
    FeedState,
    Known,
    Level,
    Reading,
    Rearranged,
    RulesState,
    Story,
)
from riskbot.model.calm import Silence
from riskbot.policy.overdue import Waits, due_since
from riskbot.policy.replying import lists
from riskbot.ports import Counts, Delay, Pulse, Sent, Transaction
from riskbot.stories.frequencies import Frequencies
from tests import fakeoutbox
from tests.fakeanswers import FakeAnswered, FakeAnswering
from tests.fakecalm import FakeCalm, every_silence
from tests.fakeoutbox import LONE, OPEN, FakeOutbox
from tests.fakestories import FakeStories
from tests.faketables import NOBODY, KeptFeed, Tables, as_kept

T = TypeVar("T")


class FakeTransaction(FakeAnswering, FakeCalm, FakeOutbox, FakeStories):
    """One write, on a copy of the tables that the store takes over when all of it is done."""

    def __init__(self, tables: Tables, by: object) -> None:
        FakeStories.__init__(self, tables)
        FakeOutbox.__init__(self, tables, by)  # the store, as feeds and deliveries know who took them

    def known(self, articles: Sequence[Article]) -> Mapping[str, Known]:
        return self._t.known(articles)

    def add_article(self, reading: Reading, version: int) -> None:
        reading = as_kept(reading)
        article, before = reading.article, self._t.versions.get(reading.article.id, ())
        if version != len(before) + 1:
            raise StoreError(f"version {version} of the article {article.id!r} cannot follow version {len(before)}")
        if before:  # the first feed that brought it keeps it; a later version changes its words and its link
            last = before[-1].article
            kept = replace(
                article,
                feed=last.feed,
                entry_id=last.entry_id,
                url=article.url or last.url,
                identity=article.identity or last.identity,
            )
            reading = replace(reading, article=kept)
        elif article.entry_id is not None and article.feed is not None:
            for other in self._t.versions.values():
                if (other[0].article.feed, other[0].article.entry_id) == (article.feed, article.entry_id):
                    raise StoreError(f"the store refused to keep an entry of {article.feed} twice")
        if len({(hit.rule, hit.company) for hit in reading.hits}) < len(reading.hits):
            raise StoreError("the store refused to keep two hits of one rule for one company")
        self._t.versions[article.id] = (*before, reading)

    def set_story(self, story: str, *, level: Level, score: int) -> None:
        self._t.stories[story] = replace(self._kept(story), level=level, score=score)

    def decide(self, decision: Decision, now: datetime) -> None:
        key = (decision.article, len(self._t.versions[decision.article]), decision.channel)
        if key in self._t.decisions:
            raise StoreError("the store refused to keep a second decision on one version for one channel")
        self._t.decisions[key] = decision
        self._t.decided_at[key] = now

    def alert(self, story: str, decision: Decision, kind: Literal["new", "update"], now: datetime) -> Alert:
        self._kept(story)
        article, channel = decision.article, decision.channel
        earlier = [a for a in self._t.alerts.values() if (a.story, a.channel) == (story, channel)]
        if kind == "new" and any(a.kind == "new" for a in earlier):
            raise StoreError(f"the store refused to keep a second new alert of {story} for {channel}")
        if (article, len(self._t.versions[article]), channel) not in self._t.decisions:
            raise StoreError(f"the alert for {article!r} in {channel} follows from no decision kept")
        made = self._owe(story, decision, kind, now)
        self._t.told_in[made.id] = len(self._t.versions[article])
        return made

    def finish_poll(self, state: FeedState) -> bool:
        kept = self._t.feeds.get(state.feed)
        if kept is None:
            raise StoreError(f"the feed {state.feed!r} is not among those stored")
        if any(len(hashed) > 32 or len(key) > 8 for hashed, key in state.items.items()):
            raise StoreError("an item's hash has at most 32 bytes and its key 8")
        if kept.holder in (None, self._by):
            self._t.feeds[state.feed] = replace(kept, state=state, lease=None)
        elif kept.holder is NOBODY:
            self._t.feeds[state.feed] = replace(kept, lease=None)
        return kept.holder in (None, self._by)

    def rules_state(self) -> RulesState | None:
        return self._t.rules_state.get(None)

    def set_rules_state(self, state: RulesState) -> None:
        self._t.rules_state[None] = state


class FakeDatabase:
    """What stays when a store is closed; two stores on one database are two processes."""

    def __init__(self) -> None:
        self.tables = Tables()


class FakeStore(FakeAnswered):
    """The Store port in memory."""

    def __init__(self, database: FakeDatabase | None = None) -> None:
        self.database = database or FakeDatabase()
        self._closed = False

    @property
    def _t(self) -> Tables:
        if self._closed:
            raise RiskbotError("the store is used after it was closed")
        return self.database.tables

    @property
    def decisions(self) -> list[Decision]:
        """Every decision, oldest first."""
        return list(self._t.decisions.values())

    async def write(self, work: Callable[[Transaction], T]) -> T:
        tables = self._t.copy()
        done = work(FakeTransaction(tables, self))
        self.database.tables = tables
        return done

    async def known(self, articles: Sequence[Article]) -> Mapping[str, Known]:
        return self._t.known(articles)

    async def sync_feeds(self, feeds: Iterable[Feed], now: datetime, *, edited: Collection[str] = ()) -> None:
        wanted = {feed.name: feed.url for feed in feeds}
        for name, kept in self._t.feeds.items():
            url = wanted.get(name)
            if url is None:
                self._t.feeds[name] = replace(kept, paused=True)
            elif kept.paused or kept.url != url or name in edited:
                self._t.feeds[name] = kept.at(url).due()
        for name, url in wanted.items():
            self._t.feeds.setdefault(name, KeptFeed(url, FeedState(name)))

    async def keep_feed(self, feed: Feed) -> FeedState:
        kept = self._t.feeds.get(feed.name, KeptFeed(feed.url, FeedState(feed.name), paused=True)).at(feed.url)
        self._t.feeds[feed.name] = kept if kept.lease else replace(kept, holder=self)
        return kept.state

    async def claim_feeds(
        self, now: datetime, lease: timedelta, limit: int, *, due_only: bool = True
    ) -> Sequence[tuple[str, FeedState]]:
        free = [
            (kept.state.due_at or datetime.min.replace(tzinfo=UTC), name)
            for name, kept in self._t.feeds.items()
            if not kept.paused
            and (kept.lease is None or kept.lease <= now)
            and (not due_only or (not kept.state.gone_at and (not kept.state.due_at or kept.state.due_at <= now)))
        ]
        taken = [name for _, name in sorted(free)[:limit]]
        for name in taken:
            self._t.feeds[name] = replace(self._t.feeds[name], lease=now + lease, holder=self)
        return [(name, self._t.feeds[name].state) for name in taken]

    async def renew_feeds(self, feeds: Collection[str], until: datetime) -> None:
        for name in feeds:
            kept = self._t.feeds.get(name)
            if kept and kept.holder is self and kept.lease and kept.lease < until:
                self._t.feeds[name] = replace(kept, lease=until)

    async def claim_deliveries(
        self,
        now: datetime,
        lease: timedelta,
        limit: int,
        *,
        spacing: timedelta = timedelta(0),
        channel: str | None = None,
    ) -> Sequence[Delivery]:
        return fakeoutbox.claim(self._t, now, lease, limit, self, spacing, channel)

    async def set_delivery(self, delivery: Delivery) -> bool:
        return fakeoutbox.put(self._t, delivery, self)

    async def parked(self, since: datetime) -> Sequence[Delivery]:
        return fakeoutbox.parked(self._t, since)

    async def deliveries(self, *states: DeliveryState, most: int | None = None) -> Sequence[Delivery]:
        held = [fakeoutbox.read(self._t, id_) for id_ in self._t.deliveries]
        found = [each for each in held if not states or each.state in states]
        return found if most is None else found[len(found) - min(most, len(found)) :]

    async def delivery(self, cited_as: str) -> Delivery | None:
        held = [fakeoutbox.read(self._t, id_) for id_ in self._t.deliveries]
        return next((each for each in held if cited_as in (each.id, each.alert.id if each.alert else "")), None)

    async def message(self, story: str, channel: str) -> Sent | None:
        return self._t.messages.get((story, channel))

    async def notices(self) -> Sequence[Delivery]:
        held = [fakeoutbox.read(self._t, id_) for id_ in self._t.deliveries]
        return [each for each in held if each.kind is DeliveryKind.NOTICE]

    async def asking(self, parked: Collection[str]) -> Sequence[Delivery]:
        return [each for each in await self.notices() if each.ts and set(each.body.get("parked", ())) & set(parked)]

    async def pulse(self) -> Pulse:
        counts = await self.counts()
        return Pulse(counts.waits, counts.feeds)

    async def rules_state(self) -> RulesState | None:
        return self._t.rules_state.get(None)

    async def silences(self, now: datetime | None = None) -> Sequence[Silence]:
        return every_silence(self._t, now)

    async def readings(self, articles: Sequence[str]) -> Mapping[str, tuple[Reading, str | None]]:
        held = [article for article in articles if article in self._t.versions]
        return {a: (self._t.versions[a][-1], self._t.places.get(a, (None, None))[0]) for a in held}

    async def story(self, story: str) -> Story | None:
        return self._t.story(story)

    async def stories(self) -> Sequence[Story]:
        return [story for story in map(self._t.story, self._t.stories) if story and story.merged_into is None]

    async def rearranged(self, story: str) -> Sequence[Rearranged]:
        if story not in self._t.stories:
            raise StoreError(f"there is no story {story!r}")
        merges = [kept.merged for kept in self._t.stories.values() if kept.merged]
        every = [each for each in (*merges, *self._t.splits.values()) if story in (each.story, each.other)]
        return sorted(every, key=lambda each: (each.at, each.other))

    async def decided(self, of: str) -> Sequence[tuple[Decision, datetime]]:
        joined = {article: number for number, article in enumerate(self._t.places)}
        found = [
            (self._t.decided_at[key], joined.get(key[0], -1), key, decision)
            for key, decision in self._t.decisions.items()
            if of in (key[0], self._t.places.get(key[0], ("",))[0])
        ]
        return [(decision, at) for at, _, _, decision in sorted(found, key=lambda each: each[:3])]

    async def texts(
        self, since: datetime, until: datetime, most: int, after: str = ""
    ) -> Sequence[tuple[str, str, str]]:
        first = {id_: versions[0].article for id_, versions in self._t.versions.items()}
        found = [
            (id_, each.title, each.text) for id_, each in first.items() if since <= each.seen < until and id_ > after
        ]
        return sorted(found)[:most]

    async def frequencies(self, id_: str | None = None) -> Frequencies | None:
        if id_ is not None:
            return self._t.snapshots.get(id_, (None, None))[1]
        return max(self._t.snapshots.values(), key=lambda kept: (kept[0], kept[1].id), default=(None, None))[1]

    async def keep_frequencies(self, snapshot: Frequencies, now: datetime) -> None:
        if self._t.snapshots.setdefault(snapshot.id, (now, snapshot))[1] != snapshot:
            raise StoreError(f"there are other word frequencies of the id {snapshot.id!r}")

    async def alerts(self) -> Sequence[Alert]:
        return list(self._t.alerts.values())

    async def tick(self, name: str, now: datetime) -> None:
        await self.write(lambda tx: tx.tick(name, now))

    async def ticks(self) -> Mapping[str, datetime]:
        return dict(self._t.ticks)

    async def delays(self, most: int = 1000) -> Sequence[Delay]:
        return self._t.delays()[:most]

    async def counts(self) -> Counts:
        states = [delivery.state for delivery in self._t.deliveries.values()]
        return Counts(
            articles=len(self._t.versions),
            hits=sum(len(versions[-1].hits) for versions in self._t.versions.values()),
            stories=sum(kept.merged is None for kept in self._t.stories.values()),
            alerts=len(self._t.alerts),
            owed=sum(state in OPEN for state in states),
            parked=states.count(DeliveryState.PARKED),
            waits=self._waits(),
            feeds={name: kept.state for name, kept in sorted(self._t.feeds.items()) if not kept.paused},
        )

    async def listed(self, story: str, channel: str) -> int:
        return max(
            (
                lists(each.body)
                for each in self._t.deliveries.values()
                if (each.story, each.channel, each.kind) == (story, channel, DeliveryKind.REPLY)
                and each.state in (*OPEN, DeliveryState.SENT)
            ),
            default=0,
        )

    def _waits(self) -> Waits | None:
        found = [
            Waits(each.channel, due_since(each.kind, each.at, each.due_at, each.tried_at, each.attempts), why)
            for each in self._t.deliveries.values()
            if each.state in OPEN and each.at
            if each.kind in (DeliveryKind.POST, *LONE) or (each.story or "", each.channel) in self._t.messages
            for why in [each.error if each.tried_at else None]
        ]
        return min(found, key=lambda each: each.since, default=None)

    async def close(self) -> None:
        self._closed = True
