"""The Store port: writes that wait together share a transaction, and each stands or falls alone."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import TypeVar

import pytest
from sqlalchemy import Connection, event, text

from riskbot.errors import StoreError
from riskbot.model import FeedState, Reading
from riskbot.ports import Store, Transaction
from riskbot.store import open_store
from tests.builders import NOW, article, feed, placement, reading
from tests.contract.test_store_opening import END_ALL_OTHERS, in_database

ENTRY = {"feed": "f", "entry_id": "e"}  # two articles with these are one too many


T = TypeVar("T")


class WentWrongError(Exception):
    """What a work raises by itself."""


def keep(title: str, transaction: Transaction) -> str:
    """An article in a story of its own."""
    return kept(reading(article(title)), transaction)


def kept(given: Reading, transaction: Transaction) -> str:
    transaction.add_article(given, 1)
    return transaction.open_story(given, placement()).id


@asynccontextmanager
async def held_up(store: Store) -> AsyncIterator[None]:
    """The writer thread has its hands full until the end of the block: what is written in it comes to wait together."""
    begun, over = threading.Event(), threading.Event()

    def work(_: Transaction) -> None:
        begun.set()
        over.wait(60)

    holding = asyncio.create_task(store.write(work))
    await asyncio.to_thread(begun.wait)
    try:
        yield
    finally:
        over.set()
        await holding


async def at_once(store: Store, *works: Callable[[Transaction], T]) -> list[T | BaseException]:
    """What comes of works that wait together."""
    async with held_up(store):
        waiting = [asyncio.ensure_future(store.write(work)) for work in works]
        await asyncio.sleep(0)  # each has begun to wait
    return await asyncio.gather(*waiting, return_exceptions=True)


def commits(store: Store) -> list[Connection]:
    """Grows with every transaction that is committed from now on."""
    seen: list[Connection] = []
    event.listen(store._writing, "commit", seen.append)  # type: ignore[attr-defined]
    return seen


def connection_of(transaction: Transaction) -> Connection:
    connection: Connection = transaction._session.connection()  # type: ignore[attr-defined]
    return connection


async def test_one_of_fifty_fails_alone_and_only_its_caller_hears_of_it(store: Store) -> None:
    def work(number: int, transaction: Transaction) -> int:
        keep(f"Story {number}", transaction)
        if number == 20:
            raise WentWrongError
        return number

    results = await asyncio.gather(*(store.write(partial(work, n)) for n in range(50)), return_exceptions=True)
    assert [n for n, result in enumerate(results) if isinstance(result, WentWrongError)] == [20]
    assert [result for result in results if not isinstance(result, BaseException)] == [*range(20), *range(21, 50)]
    counts = await store.counts()
    assert (counts.articles, counts.hits, counts.stories) == (49, 49, 49)
    assert "Story 20" not in {story.members[0].reading.article.title for story in await store.stories()}


@pytest.mark.usefixtures("address")
async def test_what_waits_together_is_committed_together(store: Store) -> None:
    seen = commits(store)
    results = await at_once(store, *(partial(keep, f"Story {n}") for n in range(250)))
    assert results == [f"s{n}" for n in range(1, 251)]
    assert len(seen) == 1 + 3  # the one that held them up, and 100, 100 and 50


@pytest.mark.usefixtures("address")
async def test_works_run_in_the_order_in_which_they_came(store: Store) -> None:
    await at_once(store, *(lambda tx, n=n: tx.notice("ops", str(n), NOW) for n in range(150)))
    assert [notice.text for notice in await store.notices()] == [str(n) for n in range(150)]


@pytest.mark.usefixtures("address")
async def test_a_work_sees_what_those_before_it_wrote(store: Store) -> None:
    given = article(id="a")

    def look(transaction: Transaction) -> int:
        return len(transaction.known([given]))

    def fail(transaction: Transaction) -> int:
        transaction.add_article(reading(given), 1)
        raise WentWrongError

    def add(transaction: Transaction) -> int:
        transaction.add_article(reading(given), 1)
        return 1

    _, before, added, after = await at_once(store, fail, look, add, look)
    assert (before, added, after) == (0, 1, 1)


@pytest.mark.usefixtures("address")
async def test_what_the_database_refuses_concerns_only_who_wrote_it(store: Store) -> None:
    good, twin = reading(article("Good", id="a", **ENTRY)), reading(article("Twin", id="b", **ENTRY))
    naive = reading(article("Naive", seen=NOW.replace(tzinfo=None)))
    torn = reading(article("half a character: \ud83d"))
    works = [partial(kept, given) for given in (good, twin, naive, torn)]
    first, *refused, last = await at_once(store, *works, partial(keep, "Last"))
    assert (first, last) == ("s1", "s2")
    for result, words in zip(refused, ("refused to keep", "no time zone", "not valid Unicode"), strict=True):
        assert isinstance(result, StoreError)
        assert words in str(result)
    assert {story.members[0].reading.article.title for story in await store.stories()} == {"Good", "Last"}


@pytest.mark.usefixtures("address")
async def test_a_work_that_looks_away_from_a_refusal_has_failed_all_the_same(store: Store) -> None:
    def work(transaction: Transaction) -> str:
        transaction.add_article(reading(article("Half", id="a", **ENTRY)), 1)
        with suppress(Exception):
            kept(reading(article("Twin", id="b", **ENTRY)), transaction)
        return "as if nothing had been"

    one, half, two = await at_once(store, partial(keep, "One"), work, partial(keep, "Two"))
    assert isinstance(half, StoreError)
    assert (one, two) == ("s1", "s2")
    assert (await store.counts()).articles == 2


@pytest.mark.usefixtures("address")
async def test_nobody_is_told_of_a_result_before_the_commit(store: Store, second: Store) -> None:
    begun, over = threading.Event(), threading.Event()

    def slow(_: Transaction) -> None:
        begun.set()
        over.wait(60)

    async with held_up(store):
        first = asyncio.create_task(store.write(partial(keep, "First")))
        last = asyncio.create_task(store.write(slow))
        await asyncio.sleep(0)
    await asyncio.to_thread(begun.wait)
    for _ in range(20):
        await asyncio.sleep(0)
    assert not first.done()
    assert (await second.counts()).stories == 0
    over.set()
    await first
    assert (await second.counts()).stories == 1
    await last


async def test_a_commit_that_fails_fails_every_work_of_it(address: str, store: Store) -> None:
    """The database is made to look at a reference only when it commits."""
    if address.startswith("postgresql"):
        in_database(address, "ALTER TABLE story_article ALTER CONSTRAINT fk_story_article_article DEFERRABLE")

    def dangle(transaction: Transaction) -> str:
        connection = connection_of(transaction)
        late = "SET CONSTRAINTS ALL DEFERRED" if address.startswith("postgresql") else "PRAGMA defer_foreign_keys = ON"
        connection.execute(text(late))
        connection.execute(
            text("INSERT INTO story_article (article, story, joined, similarity, why) VALUES ('nobody', 1, 9, 0, '')")
        )
        return "dangling"

    await store.write(partial(keep, "Zero"))
    results = await at_once(store, partial(keep, "One"), dangle, partial(keep, "Two"))
    assert [type(result) for result in results] == [StoreError] * 3
    assert (await store.counts()).stories == 1
    assert await at_once(store, partial(keep, "Three"), partial(keep, "Four"))
    assert (await store.counts()).stories == 3


async def test_a_connection_lost_half_way_fails_every_work_of_the_transaction(upgraded_postgresql: str) -> None:
    store = open_store(upgraded_postgresql)

    def cut(transaction: Transaction) -> str:
        in_database(upgraded_postgresql, END_ALL_OTHERS)
        return keep("Two", transaction)

    results = await at_once(store, partial(keep, "One"), cut, partial(keep, "Three"))
    assert ["was lost" in str(result) for result in results] == [True] * 3
    assert (await store.counts()).stories == 0
    assert await store.write(partial(keep, "Again"))
    await store.close()


async def test_a_database_that_has_no_room_gives_up_the_whole_transaction_and_every_caller_hears_of_it(
    upgraded_sqlite: str,
) -> None:
    """SQLite takes all of it back by itself, so that no savepoint is left to go back to."""
    store = open_store(upgraded_sqlite)

    def limit(transaction: Transaction) -> None:
        connection = connection_of(transaction)
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 20}")

    await store.write(limit)
    large = reading(article("Large", "much " * 100_000))
    results = await at_once(store, partial(keep, "One"), partial(kept, large), partial(keep, "Two"))
    assert ["the disk is full" in str(result) for result in results] == [True] * 3
    assert (await store.counts()).stories == 0
    assert await at_once(store, partial(keep, "Three"), partial(keep, "Four")) == ["s1", "s2"]
    await store.close()


async def test_who_shares_a_transaction_that_is_lost_is_not_told_the_reasons_of_another(upgraded_sqlite: str) -> None:
    store = open_store(upgraded_sqlite)

    def lose(transaction: Transaction) -> str:
        connection_of(transaction).exec_driver_sql("ROLLBACK")
        raise WentWrongError

    results = await at_once(store, partial(keep, "One"), lose, partial(keep, "Three"))
    assert [type(result) for result in results] == [StoreError, WentWrongError, StoreError]
    assert (await store.counts()).stories == 0
    await store.close()


async def test_a_database_that_stays_locked_fails_all_that_wait_and_later_writes_go_on(upgraded_sqlite: str) -> None:
    store = open_store(upgraded_sqlite)
    await store.write(lambda tx: connection_of(tx).exec_driver_sql("PRAGMA busy_timeout = 50").close())
    other = sqlite3.connect(upgraded_sqlite.removeprefix("sqlite:///"), isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        waiting = [store.write(partial(keep, f"Story {n}")) for n in range(3)]
        results = await asyncio.gather(*waiting, return_exceptions=True)
        assert [isinstance(result, StoreError) and "is busy" in str(result) for result in results] == [True] * 3
        other.execute("ROLLBACK")
        assert await store.write(partial(keep, "Later")) == "s1"
    finally:
        other.close()
        await store.close()


@pytest.mark.usefixtures("address")
async def test_a_caller_that_gives_up_before_its_work_began_takes_it_along(store: Store) -> None:
    async with held_up(store):
        waiting = [asyncio.create_task(store.write(partial(keep, f"Story {n}"))) for n in range(3)]
        await asyncio.sleep(0)
        waiting[1].cancel()
        await asyncio.sleep(0)  # the thread is told
    with pytest.raises(asyncio.CancelledError):
        await waiting[1]
    await asyncio.gather(waiting[0], waiting[2])
    held = {story.members[0].reading.article.title for story in await store.stories()}
    assert held == {"Story 0", "Story 2"}


@pytest.mark.usefixtures("address")
async def test_a_caller_that_gives_up_once_its_work_began_does_not_undo_it(store: Store) -> None:
    begun, over = threading.Event(), threading.Event()

    def slow(transaction: Transaction) -> None:
        keep("Slow", transaction)
        begun.set()
        over.wait(60)

    async with held_up(store):
        waiting = [asyncio.create_task(store.write(work)) for work in (slow, partial(keep, "Next"))]
        await asyncio.sleep(0)
    await asyncio.to_thread(begun.wait)
    for task in waiting:
        task.cancel()
    await asyncio.wait(waiting)
    over.set()
    assert (await store.counts()).stories == 2


@pytest.mark.usefixtures("address")
async def test_every_kind_of_write_shares_and_each_is_kept(store: Store) -> None:
    await store.sync_feeds([feed("a"), feed("b")], NOW)
    seen = commits(store)
    async with held_up(store):
        writes: list[Awaitable[object]] = [
            store.tick("poll", NOW),
            store.keep_feed(feed("by-hand")),
            store.write(lambda tx: tx.finish_poll(FeedState("a", "1"))),
            store.sync_feeds([feed("a"), feed("b"), feed("c")], NOW),
            store.write(lambda tx: tx.notice("ops", "Rules live", NOW)),
        ]
        waiting = [asyncio.ensure_future(write) for write in writes]
        await asyncio.sleep(0)
    await asyncio.gather(*waiting)
    assert len(seen) == 2
    assert await store.ticks() == {"poll": NOW}
    assert (await store.counts()).feeds == {"a": FeedState("a", "1"), "b": FeedState("b"), "c": FeedState("c")}
    assert [notice.text for notice in await store.notices()] == ["Rules live"]
