"""The Store port: which feeds there are, and whose turn it is."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from riskbot.errors import StoreError
from riskbot.model import FeedState
from riskbot.ports import Store
from tests.builders import NOW, feed, later

LEASE = timedelta(minutes=2)


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
    left = FeedState(
        feed="a",
        etag='W/"1"',
        last_modified="Mon, 17 Nov 2025 12:00:00 GMT",
        body_hash="abc",
        due_at=later(seconds=30),
        polled_at=NOW,
        succeeded_at=later(minutes=-1),
        failures=2,
        error="the server answered 404",
    )
    await finish(store, left)
    assert (await store.counts()).feeds == {"a": left}
    assert await claimed(store, later(seconds=29)) == []
    assert await claimed(store, later(seconds=30)) == ["a"]


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


async def test_a_changed_address_forgets_what_the_old_one_answered(store: Store) -> None:
    await store.sync_feeds([feed("a"), feed("b")], NOW)
    for name in ("a", "b"):
        await finish(store, FeedState(name, "1", "Mon", "abc", due_at=later(hours=1), succeeded_at=NOW))
    await store.sync_feeds([feed("a", url="https://elsewhere.example/"), feed("b")], NOW)
    feeds = (await store.counts()).feeds
    assert feeds["a"] == FeedState("a", succeeded_at=NOW)
    assert feeds["b"] == FeedState("b", "1", "Mon", "abc", due_at=later(hours=1), succeeded_at=NOW)


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
