"""Word frequencies follow the news, a whole day at a time."""

from __future__ import annotations

from datetime import datetime, timedelta

from riskbot.ports import Transaction
from riskbot.stories.frequencies import Frequencies, Tally, learned
from riskbot.usecases.learning import learn
from tests.builders import NOW, article, reading
from tests.fakes import FakeStore

START = Frequencies(1000, {"memo": 200, "ban": 100}, "start", {"memo": 150})
MIDNIGHT = NOW.replace(hour=0, minute=0, second=0, microsecond=0)
YESTERDAY = MIDNIGHT - timedelta(hours=9)


async def keep(store: FakeStore, *titles: str, seen: datetime = YESTERDAY) -> None:
    def work(tx: Transaction) -> None:
        for title in titles:
            tx.add_article(reading(article(title, "", seen=seen)), 1)

    await store.write(work)


async def test_where_nothing_was_read_yet_the_start_stays() -> None:
    store = FakeStore()
    assert await learn(store, START, NOW) is START
    assert await store.frequencies() is None


async def test_the_days_before_are_counted_in_and_today_is_not() -> None:
    store = FakeStore()
    await keep(store, "a memo", "a new memo", seen=YESTERDAY)
    await keep(store, "the youngest memo", seen=MIDNIGHT)
    today = await learn(store, START, NOW)
    assert today.id == NOW.date().isoformat()
    assert (today.documents, today.counts["memo"], today.counts["ban"]) == (1002, 202, 100)
    assert await store.frequencies() == today


async def test_a_day_is_learned_once_and_the_next_goes_on_where_it_ended() -> None:
    store = FakeStore()
    await keep(store, "a memo")
    first = await learn(store, START, NOW)
    await keep(store, "a late memo")  # came to be known after its day was counted
    assert await learn(store, START, NOW + timedelta(hours=1)) == first
    await keep(store, "a memo again", seen=MIDNIGHT + timedelta(hours=1))
    third_day = NOW + timedelta(days=3)
    second = await learn(store, START, third_day)
    tally = Tally()
    tally.add("a memo again", "")
    assert second == learned(first, tally, 3, third_day.date().isoformat())
    assert await store.frequencies(first.id) == first


async def test_a_day_without_news_leaves_the_last_snapshot_in_force_unfaded() -> None:
    store = FakeStore()
    await keep(store, "a memo")
    first = await learn(store, START, NOW)
    assert await learn(store, START, NOW + timedelta(days=1)) == first


async def test_where_another_process_was_faster_its_snapshot_counts() -> None:
    class Behind(FakeStore):
        """Does not see what was just kept, as a process that looked a moment earlier."""

        async def frequencies(self, id_: str | None = None) -> Frequencies | None:
            return None if id_ is None else await super().frequencies(id_)

    store = Behind()
    await keep(store, "a memo")
    theirs = Frequencies(7, {"memo": 7}, NOW.date().isoformat())
    await store.keep_frequencies(theirs, NOW)
    assert await learn(store, START, NOW) == theirs


async def test_more_than_a_page_is_counted_whole() -> None:
    store = FakeStore()
    await keep(store, *(f"memo number {number}" for number in range(1201)))
    assert (await learn(store, START, NOW)).documents == 2201
