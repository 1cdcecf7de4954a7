"""The Store port: who holds a feed, for how long, and what whoever comes back late may still do."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from riskbot.model import FeedState
from riskbot.ports import Store, Transaction
from tests.builders import NOW, feed, later, reading

LEASE = timedelta(minutes=2)


async def claimed(store: Store, at: datetime = NOW, limit: int = 100) -> list[str]:
    return [name for name, _ in await store.claim_feeds(at, LEASE, limit)]


async def finish(store: Store, state: FeedState) -> None:
    await store.write(lambda transaction: transaction.finish_poll(state))


async def test_a_lease_that_is_renewed_lasts_longer_and_never_shorter(store: Store, second: Store) -> None:
    await store.sync_feeds([feed("a"), feed("b")], NOW)
    await claimed(store)
    await store.renew_feeds(["a", "nobody"], NOW + 3 * LEASE)
    await store.renew_feeds(["a"], NOW + LEASE / 2)
    assert await claimed(second, NOW + LEASE) == ["b"]
    assert await claimed(second, NOW + 3 * LEASE - timedelta(seconds=1)) == ["b"]
    assert await claimed(second, NOW + 3 * LEASE) == ["a"]


async def test_thousands_of_leases_are_renewed_at_once(store: Store, second: Store) -> None:
    names = [f"feed-{n:04}" for n in range(1200)]
    await store.sync_feeds([feed(name) for name in names], NOW)
    assert await claimed(store, limit=2000) == names
    await store.renew_feeds(names, NOW + 2 * LEASE)
    assert await claimed(second, NOW + LEASE) == []


async def test_a_lease_that_was_given_back_is_not_renewed(store: Store, second: Store) -> None:
    await store.sync_feeds([feed("a")], NOW)
    await claimed(store)
    await finish(store, FeedState("a"))
    await store.renew_feeds(["a"], NOW + LEASE)
    assert await claimed(second) == ["a"]


async def test_whoever_comes_back_late_neither_renews_nor_ends_anothers_lease(store: Store, second: Store) -> None:
    await store.sync_feeds([feed("a")], NOW)
    await claimed(store)
    assert await claimed(second, NOW + LEASE) == ["a"]
    await store.renew_feeds(["a"], NOW + 9 * LEASE)
    await finish(store, FeedState("a", "late"))
    assert await claimed(store, NOW + 2 * LEASE - timedelta(seconds=1)) == []
    await finish(second, FeedState("a", "newer", due_at=later(hours=1)))
    await finish(store, FeedState("a", "later still"))
    assert (await store.counts()).feeds == {"a": FeedState("a", "newer", due_at=later(hours=1))}
    assert await claimed(store, later(hours=1)) == ["a"]
    await finish(store, FeedState("a", "its turn again"))
    assert (await second.counts()).feeds == {"a": FeedState("a", "its turn again")}


async def test_nobody_lengthens_anothers_lease(store: Store, second: Store) -> None:
    await store.sync_feeds([feed("a")], NOW)
    await claimed(store)
    await claimed(second, NOW + LEASE)
    await store.renew_feeds(["a"], NOW + 9 * LEASE)
    assert await claimed(store, NOW + 2 * LEASE) == ["a"]


async def test_a_poll_that_comes_back_late_keeps_what_else_it_wrote(store: Store, second: Store) -> None:
    await store.sync_feeds([feed("a")], NOW)
    await claimed(store)
    await claimed(second, NOW + LEASE)

    def work(transaction: Transaction) -> None:
        transaction.add_article(reading(), 1)
        transaction.finish_poll(FeedState("a", "late"))

    await store.write(work)
    counts = await store.counts()
    assert (counts.articles, counts.feeds) == (1, {"a": FeedState("a")})


async def test_a_lease_that_ended_may_still_be_renewed_while_nobody_took_the_feed(store: Store, second: Store) -> None:
    await store.sync_feeds([feed("a")], NOW)
    await claimed(store)
    await store.renew_feeds(["a"], NOW + 3 * LEASE)  # it is past NOW + LEASE already
    assert await claimed(second, NOW + 2 * LEASE) == []
    await finish(store, FeedState("a", "1"))
    assert (await store.counts()).feeds == {"a": FeedState("a", "1")}


@pytest.mark.parametrize("who", ["the same process", "another process"])
async def test_a_poll_in_hand_while_the_address_is_edited_leaves_nothing_of_the_old_one(
    store: Store, second: Store, who: str
) -> None:
    await store.sync_feeds([feed("a")], NOW)
    await claimed(store)
    edits = store if who == "the same process" else second
    await edits.sync_feeds([feed("a", url="https://edited.example/")], NOW)
    assert await claimed(second) == []  # it is being polled
    await store.renew_feeds(["a"], NOW + 9 * LEASE)
    for _ in range(2):
        await finish(store, FeedState("a", "of the old one", moved_to="https://old.example/", due_at=later(hours=1)))
    assert (await store.counts()).feeds == {"a": FeedState("a")}
    assert await claimed(second) == ["a"]
    await finish(second, FeedState("a", "of the new one"))
    assert (await store.counts()).feeds == {"a": FeedState("a", "of the new one")}


async def test_a_poll_by_hand_leaves_alone_what_the_clock_polls(store: Store, second: Store) -> None:
    await store.sync_feeds([feed("a")], NOW)
    await claimed(store)
    await second.keep_feed(feed("a"))
    await finish(second, FeedState("a", "by hand"))
    assert await claimed(second) == []
    await finish(store, FeedState("a", "by the clock"))
    await second.keep_feed(feed("a"))
    await finish(second, FeedState("a", "by hand"))
    assert (await store.counts()).feeds == {"a": FeedState("a", "by hand")}
