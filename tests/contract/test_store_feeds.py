"""The Store port: which feeds there are, and whose turn it is."""

from __future__ import annotations

import asyncio
from dataclasses import fields, replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event

from riskbot.errors import StoreError
from riskbot.model import FeedState, Wishes
from riskbot.ports import Store
from riskbot.store import open_store
from tests.builders import NOW, feed, later

LEASE = timedelta(minutes=2)

# Everything a poll can leave behind, each field unlike what a feed that was never polled has there.
FULL = FeedState(
    feed="a",
    etag='W/"1"',
    last_modified="Mon, 17 Nov 2025 12:00:00 GMT",
    body_hash="abc",
    due_at=later(seconds=30),
    polled_at=NOW,
    succeeded_at=later(minutes=-1),
    failures=2,
    error="the server answered 404",
    moved_to="https://elsewhere.example/rss",
    gone_at=later(minutes=-2),
    items={bytes([n]) * 32: bytes([n]) * 8 for n in range(50)} | {b"\0" * 32: b""},
    parses=7,
    whole=3,
    whole_why="doctype",
    wishes=Wishes(timedelta(minutes=15.5), frozenset({0, 23}), frozenset({5, 6})),
    entries=0,
    undated=True,
    newest_at=later(hours=-1),
    arrivals=(later(hours=-3), later(hours=-2, microseconds=1), later(hours=-1)),
    new_at=later(minutes=-3),
    ill="nothing new for 3 days",
    ill_since=later(minutes=-4),
)


async def claimed(store: Store, at: datetime = NOW, limit: int = 100, *, due_only: bool = True) -> list[str]:
    return [name for name, _ in await store.claim_feeds(at, LEASE, limit, due_only=due_only)]


async def finish(store: Store, state: FeedState) -> None:
    await store.write(lambda transaction: transaction.finish_poll(state))


async def test_a_new_feed_is_due_at_once_and_was_never_polled(store: Store) -> None:
    await store.sync_feeds([feed("b"), feed("a")], NOW)
    assert await store.claim_feeds(later(days=-9), LEASE, 10) == [("a", FeedState("a")), ("b", FeedState("b"))]


async def test_a_poll_leaves_its_state_behind_and_gives_the_lease_back(store: Store) -> None:
    await store.sync_feeds([feed("a")], NOW)
    assert await claimed(store) == ["a"]
    left = replace(FULL, gone_at=None)
    await finish(store, left)
    assert (await store.counts()).feeds == {"a": left}
    assert await claimed(store, later(seconds=29)) == []
    assert await claimed(store, later(seconds=30)) == ["a"]


async def test_all_that_a_poll_leaves_behind_comes_back(store: Store, second: Store) -> None:
    unlike = [part.name for part in fields(FULL) if getattr(FULL, part.name) == getattr(FeedState("b"), part.name)]
    assert unlike == [], "a field that is like new proves nothing"
    await store.sync_feeds([feed("a")], NOW)
    await finish(store, FULL)
    assert (await second.counts()).feeds == {"a": FULL}
    assert await second.claim_feeds(later(days=1), LEASE, 1, due_only=False) == [("a", FULL)]
    assert await second.keep_feed(feed("a")) == FULL
    (came_back,) = (await store.counts()).feeds.values()
    await store.sync_feeds([feed("a"), feed("b")], NOW)
    await finish(store, replace(came_back, feed="b"))
    assert (await store.counts()).feeds["b"] == replace(FULL, feed="b")
    await finish(store, FeedState("b"))
    assert (await store.counts()).feeds["b"] == FeedState("b")


@pytest.mark.parametrize("items", [{b"h" * 33: b"k"}, {b"h": b"k" * 9}])
async def test_an_item_that_is_none_is_refused(store: Store, items: dict[bytes, bytes]) -> None:
    await store.sync_feeds([feed("a")], NOW)
    with pytest.raises(StoreError, match="at most 32 bytes"):
        await finish(store, FeedState("a", items=items))


async def test_nobody_else_gets_a_claimed_feed_until_its_lease_ends(store: Store, second: Store) -> None:
    await store.sync_feeds([feed("a")], NOW)
    assert await claimed(store) == ["a"]
    assert await claimed(second) == []
    assert await claimed(second, due_only=False) == []
    assert await claimed(second, NOW + LEASE) == ["a"]


async def test_all_feeds_may_be_claimed_though_none_is_due(store: Store) -> None:
    await store.sync_feeds([feed("a"), feed("b")], NOW)
    for name in ("a", "b"):
        await finish(store, FeedState(name, due_at=later(hours=1)))
    assert await claimed(store) == []
    assert await claimed(store, due_only=False) == ["a", "b"]


async def test_a_feed_that_is_gone_is_due_to_nobody_but_who_asks_for_all(store: Store) -> None:
    await store.sync_feeds([feed("a"), feed("b")], NOW)
    await finish(store, FeedState("a", gone_at=NOW))
    await finish(store, FeedState("b", due_at=NOW))
    assert await claimed(store, later(days=99)) == ["b"]
    assert await claimed(store, later(days=199), due_only=False) == ["a", "b"]
    await finish(store, FeedState("a", due_at=later(days=200)))  # it was there after all
    assert await claimed(store, later(days=200)) == ["b", "a"]


async def test_the_feeds_that_have_waited_longest_come_first(store: Store) -> None:
    await store.sync_feeds([feed(name) for name in "abcd"], NOW)
    for name, minutes in (("a", -1), ("b", -3), ("c", -2)):
        await finish(store, FeedState(name, due_at=later(minutes=minutes)))
    assert await claimed(store, limit=3) == ["d", "b", "c"]
    assert await claimed(store, limit=3) == ["a"]


async def test_a_feed_that_leaves_the_files_is_paused_and_keeps_its_history(store: Store) -> None:
    await store.sync_feeds([feed("a"), feed("b")], NOW)
    await finish(store, FeedState("a", etag="1", due_at=later(hours=1), failures=3))
    await store.sync_feeds([feed("b")], NOW)
    assert await claimed(store, later(days=1)) == ["b"]
    assert set((await store.counts()).feeds) == {"b"}
    await store.sync_feeds([feed("a"), feed("b")], NOW)
    assert (await store.counts()).feeds["a"] == FeedState("a", etag="1", due_at=None, failures=3)


# What belongs to the feed's name, not to its address.
READDRESSED = FeedState(
    "a",
    polled_at=FULL.polled_at,
    succeeded_at=FULL.succeeded_at,
    arrivals=FULL.arrivals,
    new_at=FULL.new_at,
    ill=FULL.ill,
    ill_since=FULL.ill_since,
)


async def test_a_changed_address_forgets_what_the_old_one_answered_and_where_it_led(store: Store) -> None:
    await store.sync_feeds([feed("a"), feed("b")], NOW)
    other = FeedState("b", "1", "Mon", "abc", due_at=later(hours=1), succeeded_at=NOW, moved_to="https://new.example/")
    await finish(store, FULL)
    await finish(store, other)
    await store.sync_feeds([feed("a", url="https://edited.example/"), feed("b")], NOW)
    assert (await store.counts()).feeds == {"a": READDRESSED, "b": other}
    assert await claimed(store, NOW) == ["a"]


async def test_a_feed_polled_by_hand_forgets_its_old_address_likewise(store: Store) -> None:
    await store.keep_feed(feed("a"))
    await finish(store, FULL)
    assert await store.keep_feed(feed("a", url="https://edited.example/")) == READDRESSED
    await finish(store, FULL)
    assert await store.keep_feed(feed("a", url="https://edited.example/")) == FULL
    assert await claimed(store, later(days=9), due_only=False) == []


async def test_a_gone_feed_that_somebody_edits_or_brings_back_is_asked_again(store: Store) -> None:
    feeds = [feed("a"), feed("b"), feed("c")]
    await store.sync_feeds(feeds, NOW)
    for each in feeds:
        await finish(store, FeedState(each.name, "1", gone_at=NOW, due_at=later(hours=1)))
    await store.sync_feeds(feeds[1:], NOW)
    await store.sync_feeds(feeds, NOW, edited=["b"])
    assert await claimed(store) == ["a", "b"]
    assert (await store.counts()).feeds["a"] == FeedState("a", "1")


async def test_a_feed_that_was_edited_is_due_at_once_and_keeps_what_it_knows(store: Store) -> None:
    feeds = [feed("a"), feed("b")]
    await store.sync_feeds(feeds, NOW)
    for name in ("a", "b"):
        await finish(store, FeedState(name, "1", due_at=later(hours=1)))
    await store.sync_feeds(feeds, NOW, edited={"a", "gone"})
    assert (await store.counts()).feeds == {
        "a": FeedState("a", "1"),
        "b": FeedState("b", "1", due_at=later(hours=1)),
    }


async def test_a_poll_of_a_feed_that_was_never_stored_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="'nobody' is not among"):
        await finish(store, FeedState("nobody"))


async def test_two_stores_that_claim_at_once_share_the_feeds_out(store: Store, second: Store) -> None:
    names = [f"feed-{n:03}" for n in range(200)]
    await store.sync_feeds([feed(name) for name in names], NOW)
    rounds = await asyncio.gather(*(claimed(which, limit=10) for _ in range(10) for which in (store, second)))
    taken = [name for part in rounds for name in part]
    assert len(taken) == len(set(taken))
    taken += await claimed(store, limit=200)  # what was skipped because the other one was just taking it
    assert sorted(taken) == names


async def test_claiming_walks_the_feeds_whose_turn_it_is_and_sorts_nothing(upgraded_sqlite: str) -> None:
    """The cost of a claim must not grow with the feeds that are not due: SQLite's own plan says whether it does."""
    store = open_store(upgraded_sqlite)
    plans: list[str] = []

    def explain(connection, cursor, statement, parameters, context, many) -> None:  # type: ignore[no-untyped-def]
        if "UPDATE feed" in statement:
            asked = connection.connection.cursor()
            plans.extend(row[3] for row in asked.execute(f"EXPLAIN QUERY PLAN {statement}", parameters))

    event.listen(store._writing, "before_cursor_execute", explain)
    await store.claim_feeds(NOW, LEASE, 1)
    await store.close()
    assert "SEARCH feed USING INDEX ix_feed_turn (paused=? AND gone_at=?)" in plans
    assert not [step for step in plans if "TEMP B-TREE" in step or step.startswith("SCAN feed")]
