"""The Store port over SQLModel: every access runs on the one thread that owns the database's one connection.

What always holds: what one call writes is kept whole or not at all, and has been committed when the call returns;
writes that wait for the thread at the same time share a transaction (`together.py`), claims and reads have one of
their own. Reads run on the same thread, so a store sees what it has written. A caller that is cancelled while it waits
does not undo work that has begun: the thread finishes it. Deliberately absent: the clock, and migrations
(`upgrade.py`).
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import uuid4

from sqlalchemy import Engine
from sqlmodel import Session, and_, col, func, select

from riskbot.errors import RiskbotError
from riskbot.model import (
    Alert,
    Article,
    Decision,
    Delivery,
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
from riskbot.model.answers import Answer, Owner, Waiting
from riskbot.model.calm import Silence
from riskbot.policy.heartbeat import Activity
from riskbot.ports import Counts, Delay, Pulse, Sent, Silenceable, Transaction
from riskbot.store import activity as happened
from riskbot.store import (
    answers,
    delays,
    outbox,
    polling,
    rearranging,
    rules_state,
    silenceable,
    silences,
    snapshots,
    telling,
    ticks,
    unsent,
)
from riskbot.store import articles as kept
from riskbot.store.engine import name_of, open_engine, reading
from riskbot.store.reading_tables import ArticleRow, HitRow
from riskbot.store.refusals import in_sentences
from riskbot.store.stories import load_readings, load_stories, load_story
from riskbot.store.story_tables import AlertRow, StoryRow
from riskbot.store.together import Writer
from riskbot.store.transaction import SqlTransaction
from riskbot.store.values import alert_value, number_of
from riskbot.stories.frequencies import Frequencies

T = TypeVar("T")
PART = 200  # stories loaded at a time


def open_store(url: str) -> SqlStore:
    """Connect to a database that has been upgraded.

    Raises InputError when `url` is malformed, unsupported or names no place for a database; StoreError when the
    server cannot be reached.
    """
    thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="riskbot-store")
    try:
        return SqlStore(thread.submit(open_engine, url).result(), thread)
    except BaseException:
        thread.shutdown()
        raise


class SqlStore:
    """A store in a database. Every method raises StoreError when the database cannot be reached or refuses."""

    def __init__(self, engine: Engine, thread: ThreadPoolExecutor) -> None:
        self._writing = engine
        self._reading = reading(engine)
        self._name = name_of(engine.url)
        self._thread = thread
        self._writer = Writer(engine, thread)
        self._me = uuid4().hex  # as feeds know who took them; no two stores, and no two runs, are the same
        self._closed = False

    async def write(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` in one write transaction; whatever it raises undoes all of it, and is raised here."""

        def settled(session: Session) -> T:
            transaction = SqlTransaction(session, self._me)
            result = work(transaction)
            transaction.settle()
            return result

        return await self._write(settled)

    async def known(self, articles: Sequence[Article]) -> Mapping[str, Known]:
        """What of these is held, by the id of the one given."""
        return await self._read(lambda session: kept.known(session, articles))

    async def sync_feeds(self, feeds: Iterable[Feed], now: datetime, *, edited: Collection[str] = ()) -> None:
        """Make the stored feeds those given; a feed that is due at once needs no time, so `now` is not asked."""
        await self._write(lambda session: polling.sync_feeds(session, feeds, edited))

    async def claim_feeds(
        self, now: datetime, lease: timedelta, limit: int, *, due_only: bool = True
    ) -> Sequence[tuple[str, FeedState]]:
        """Take a lease on feeds that are due, or on all."""
        return await self._claim(
            lambda session: polling.claim_feeds(session, now, lease, limit, self._me, due_only=due_only)
        )

    async def renew_feeds(self, feeds: Collection[str], until: datetime) -> None:
        """Hold these feeds longer, where this store still holds them."""
        # Takes its turn: on PostgreSQL two that lock the same rows in another order would wait for each other.
        await self._write(lambda session: polling.renew_feeds(session, feeds, until, self._me))

    async def claim_deliveries(
        self,
        now: datetime,
        lease: timedelta,
        limit: int,
        *,
        spacing: timedelta = timedelta(0),
        channel: str | None = None,
    ) -> Sequence[Delivery]:
        """Take a lease on the next delivery of each channel, or of one."""
        # Takes its turn: of two that looked at once, each would take another delivery of one channel.
        return await self._write(
            lambda session: outbox.claim_deliveries(
                session, now, lease, limit, self._me, spacing=spacing, channel=channel
            )
        )

    async def set_delivery(self, delivery: Delivery) -> bool:
        """Write where a delivery stands; nothing, and false, when another has taken it since."""
        return await self._write(lambda session: outbox.set_delivery(session, delivery, self._me))

    async def parked(self, since: datetime) -> Sequence[Delivery]:
        """What bears on whether people are to be told of parked deliveries."""
        return await self._read(lambda session: outbox.parked(session, since))

    async def deliveries(self, *states: DeliveryState, most: int | None = None) -> Sequence[Delivery]:
        """Every delivery in one of these states, or the last of them, oldest first."""
        return await self._read(lambda session: outbox.deliveries(session, states, most))

    async def delivery(self, cited_as: str) -> Delivery | None:
        """The delivery of this id, or of the alert of this id."""
        return await self._read(lambda session: outbox.delivery(session, cited_as))

    async def message(self, story: str, channel: str) -> Sent | None:
        """Where a story's message stands in a channel."""
        return await self._read(lambda session: outbox.message(session, story, channel))

    async def notices(self) -> Sequence[Delivery]:
        """Every notice, oldest first."""
        return await self._read(outbox.notices)

    async def asking(self, parked: Collection[str]) -> Sequence[Delivery]:
        """The notices that stand and tell of any of these parked deliveries."""
        return await self._read(lambda session: outbox.asking(session, parked))

    async def settled(self, deliveries: Collection[str]) -> Mapping[str, Answer]:
        """Who had each of these deliveries sent again, or gave it up, last."""
        return await self._read(lambda session: answers.settled(session, deliveries))

    async def silenceable(self, stories: Collection[str]) -> Mapping[str, Silenceable]:
        """What silences can mean of these stories."""
        return await self._read(lambda session: silenceable.silenceable(session, stories))

    async def pulse(self) -> Pulse:
        """What a sign of life depends on."""
        return await self._read(lambda session: Pulse(unsent.longest(session), polling.feed_states(session)))

    async def owner(self, story: str) -> Owner | None:
        """Who is on a story, or on one that it swallowed."""
        return (await self.owners([story])).get(story)

    async def owners(self, stories: Collection[str]) -> Mapping[str, Owner]:
        """Who is on these stories."""
        return await self._read(lambda session: answers.owners(session, stories))

    async def answers(self, story: str | None = None) -> Sequence[Answer]:
        """What people answered, oldest first."""
        return await self._read(lambda session: answers.every(session, story))

    async def waiting(self, levels: Collection[Level], since: datetime, until: datetime) -> Sequence[Waiting]:
        """Grave stories that nobody is on."""
        return await self._read(lambda session: answers.waiting(session, levels, since, until))

    async def listed(self, story: str, channel: str) -> int:
        """Of how many articles the thread of a story's message lists the sources."""
        return await self._read(lambda session: unsent.listed(session, story, channel))

    async def activity(self, since: datetime, until: datetime) -> Activity:
        """What happened between two moments."""
        return await self._read(lambda session: happened.activity(session, since, until))

    async def rules_state(self) -> RulesState | None:
        """The rules last noted to be in force."""
        return await self._read(rules_state.load)

    async def keep_feed(self, feed: Feed) -> FeedState:
        """The state of a feed that is polled by hand, kept from now on but never due by itself."""
        return await self._write(lambda session: polling.keep_feed(session, feed, self._me))

    async def tick(self, name: str, now: datetime) -> None:
        """Note that a tick of the scheduler ran."""
        await self.write(lambda tx: tx.tick(name, now))

    async def ticks(self) -> Mapping[str, datetime]:
        """When each tick last ran."""
        return await self._read(ticks.last)

    async def silences(self, now: datetime | None = None) -> Sequence[Silence]:
        """Those that hold now, or all there ever were, oldest first."""
        return await self._read(lambda session: silences.every(session, now))

    async def readings(self, articles: Sequence[str]) -> Mapping[str, tuple[Reading, str | None]]:
        """What is kept of these articles (latest version), by id, each with the story it belongs to."""
        return await self._read(lambda session: load_readings(session, articles))

    async def story(self, story: str) -> Story | None:
        """One story, whole."""
        return await self._read(lambda session: load_story(session, number_of("s", story)))

    async def rearranged(self, story: str) -> Sequence[Rearranged]:
        """What was merged into a story or taken out of it, and what became of it itself, oldest first."""
        return await self._read(lambda session: rearranging.rearranged(session, story))

    async def decided(self, of: str) -> Sequence[tuple[Decision, datetime]]:
        """What came of an article, or of every article of a story, and when, oldest first."""
        return await self._read(lambda session: telling.decisions(session, of))

    async def frequencies(self, id_: str | None = None) -> Frequencies | None:
        """The snapshot of this id; without one, the latest."""
        return await self._read(lambda session: snapshots.load(session, id_))

    async def keep_frequencies(self, snapshot: Frequencies, now: datetime) -> None:
        """Keep a snapshot for good."""
        await self._write(lambda session: snapshots.put(session, snapshot, now))

    async def texts(
        self, since: datetime, until: datetime, most: int, after: str = ""
    ) -> Sequence[tuple[str, str, str]]:
        """Id, title and text of articles first seen in a time, by id."""
        return await self._read(lambda session: snapshots.texts(session, since, until, most, after))

    async def stories(self) -> Sequence[Story]:
        """Every story that was not merged into another, oldest first."""
        return await self._read(_stories)

    async def alerts(self) -> Sequence[Alert]:
        """Every alert, oldest first."""
        oldest_first = select(AlertRow).order_by(col(AlertRow.id))
        return await self._read(lambda session: [alert_value(row) for row in session.exec(oldest_first)])

    async def delays(self, most: int = 1000) -> Sequence[Delay]:
        """How long the latest told articles took, newest first."""
        return await self._read(lambda session: delays.latest(session, most))

    async def counts(self) -> Counts:
        """How much is held: hits of the latest versions; owed are messages not yet sent, replaced or parked."""
        return await self._read(_counts)

    async def close(self) -> None:
        """Give the connection back; once is enough, twice is harmless."""
        if not self._closed:
            self._closed = True
            await asyncio.get_running_loop().run_in_executor(self._thread, self._writing.dispose)
            self._thread.shutdown()

    # ── on the thread ────────────────────────────────────────────────────────────────────────────────────────────

    async def _write(self, work: Callable[[Session], T]) -> T:
        self._check_open()
        return await self._writer.write(work)

    async def _claim(self, work: Callable[[Session], T]) -> T:
        # Skips what others hold instead of waiting for them, so on PostgreSQL it takes no turn.
        return await self._run(lambda: self._in_transaction(self._writing, work))

    async def _read(self, work: Callable[[Session], T]) -> T:
        return await self._run(lambda: self._in_transaction(self._reading, work))

    async def _run(self, work: Callable[[], T]) -> T:
        self._check_open()
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _check_open(self) -> None:
        if self._closed:
            raise RiskbotError(f"{self._name} is used after it was closed")

    def _in_transaction(self, engine: Engine, work: Callable[[Session], T]) -> T:
        with in_sentences(self._name), Session(engine) as session, session.begin():
            session.connection()  # begins here, so that a claim holds its lock before it looks
            return work(session)


def _stories(session: Session) -> list[Story]:
    live = select(StoryRow.id).where(col(StoryRow.merged_into).is_(None)).order_by(col(StoryRow.id))
    numbers = [number for number in session.exec(live) if number is not None]
    return [story for at in range(0, len(numbers), PART) for story in load_stories(session, numbers[at : at + PART])]


def _counts(session: Session) -> Counts:
    latest = and_(col(ArticleRow.id) == HitRow.article, col(ArticleRow.version) == HitRow.number)
    states = Counter(outbox.states(session))
    return Counts(
        articles=session.exec(select(func.count()).select_from(ArticleRow)).one(),
        hits=session.exec(select(func.count()).select_from(HitRow).join(ArticleRow, latest)).one(),
        stories=session.exec(
            select(func.count()).select_from(StoryRow).where(col(StoryRow.merged_into).is_(None))
        ).one(),
        alerts=session.exec(select(func.count()).select_from(AlertRow)).one(),
        owed=sum(states[state] for state in outbox.OPEN),
        parked=states[DeliveryState.PARKED.value],
        waits=unsent.longest(session),
        feeds=polling.feed_states(session),
    )
