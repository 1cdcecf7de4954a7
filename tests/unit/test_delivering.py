"""Nothing is lost and nothing is said twice, whatever dies and whatever Slack answers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

import pytest

from riskbot.delivery import LEASE, DeliveryReport, Manner, deliver
from riskbot.model import Delivery, DeliveryState, Summary
from riskbot.ports import Sent, Transaction
from tests.builders import NOW, entry, feed, later, rule
from tests.fakes import FakeDatabase, FakeNotifier, FakeStore, Lost, PowerCutError, entries, refused, unknown
from tests.rounds import MIND, RETOLD, delivered, mind, polled

T = TypeVar("T")


class DyingStore(FakeStore):
    """Dies when all the work is done but not yet kept."""

    async def write(self, work: Callable[[Transaction], T]) -> T:
        def dying(transaction: Transaction) -> T:
            work(transaction)
            raise PowerCutError

        return await super().write(dying)


# ── crashes ──────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_crash_before_everything_is_kept_keeps_nothing_and_loses_nothing() -> None:
    database = FakeDatabase()
    with pytest.raises(PowerCutError):
        await polled(DyingStore(database), entries(entry(entry_id="1"), etag='"1"'))
    store = FakeStore(database)
    counts = await store.counts()
    assert (counts.articles, counts.stories, counts.alerts, counts.owed) == (0, 0, 0, 0)
    assert (await store.keep_feed(feed())).etag is None
    assert (await polled(store, entry(entry_id="1"))).told == 1


async def test_a_crash_between_keeping_and_delivering_loses_nothing() -> None:
    database, notifier = FakeDatabase(), FakeNotifier()
    await polled(FakeStore(database), entry(entry_id="1"))
    assert await delivered(FakeStore(database), notifier) == DeliveryReport(sent=1)
    assert len(notifier.posted) == 1


async def test_a_crash_right_after_the_post_is_looked_up_and_not_posted_again() -> None:
    database, notifier = FakeDatabase(), FakeNotifier([Lost(PowerCutError())])
    await polled(FakeStore(database), entry(entry_id="1"))
    with pytest.raises(PowerCutError):
        await delivered(FakeStore(database), notifier)
    store = FakeStore(database)
    assert [delivery.state for delivery in await store.deliveries()] == [DeliveryState.SENDING]
    assert await delivered(store, notifier) == DeliveryReport()  # the lease of the dead one still runs
    assert await delivered(store, notifier, NOW + LEASE) == DeliveryReport(sent=1)
    assert notifier.calls == [("send", "a1"), ("find", "a1")]
    assert len(notifier.posted) == 1
    (sent,) = await store.deliveries()
    assert (sent.state, sent.ts, sent.sent_as) == (DeliveryState.SENT, "1.0", "C-risk")


async def test_a_crash_right_before_the_post_is_looked_up_and_then_posted() -> None:
    database, notifier = FakeDatabase(), FakeNotifier([PowerCutError()])
    await polled(FakeStore(database), entry(entry_id="1"))
    with pytest.raises(PowerCutError):
        await delivered(FakeStore(database), notifier)
    assert await delivered(FakeStore(database), notifier, NOW + LEASE) == DeliveryReport(sent=1)
    assert notifier.calls == [("send", "a1"), ("find", "a1"), ("send", "a1")]
    assert len(notifier.posted) == 1


async def test_an_update_whose_fate_is_unknown_is_not_posted_as_a_second_message() -> None:
    store, notifier = FakeStore(), FakeNotifier([None, Lost(unknown())])
    await polled(store, entry(entry_id="1"))
    await delivered(store, notifier)
    await polled(store, RETOLD)
    await delivered(store, notifier)
    await delivered(store, notifier, later(minutes=1))
    assert [delivery.state for delivery in await store.deliveries()] == [DeliveryState.SENT] * 2
    assert len(notifier.posted) == 1


# ── what Slack refuses ───────────────────────────────────────────────────────────────────────────────────────────


async def test_a_post_whose_answer_is_unknown_is_looked_up_before_anything_else() -> None:
    store, notifier = FakeStore(), FakeNotifier([Lost(unknown())])
    await polled(store, entry(entry_id="1"))
    assert await delivered(store, notifier) == DeliveryReport(waiting=1)
    assert await delivered(store, notifier, later(seconds=2)) == DeliveryReport(sent=1)
    assert notifier.calls == [("send", "a1"), ("find", "a1")]


async def test_a_rate_limited_look_up_never_turns_into_a_resend() -> None:
    store = FakeStore()
    notifier = FakeNotifier([unknown()], [refused("ratelimited", retry_after=30.0), unknown(), refused("unreachable")])
    await polled(store, entry(entry_id="1"))
    for seconds in (0, 2, 32, 64):
        assert await delivered(store, notifier, later(seconds=seconds)) == DeliveryReport(waiting=1)
    assert notifier.calls == [("send", "a1"), ("find", "a1"), ("find", "a1"), ("find", "a1")]
    assert await delivered(store, notifier, later(seconds=128)) == DeliveryReport(sent=1)
    assert len(notifier.posted) == 1


async def test_a_refusal_for_good_parks_with_its_mend_and_blocks_no_other_channel() -> None:
    store, notifier = FakeStore(), FakeNotifier([refused("channel_not_found", "invite the app")])
    two = mind(rule(), rule("Alibaba memos", topics=("memo",), channel="china"))
    await polled(store, entry(entry_id="1"), by=two)
    report = await delivered(store, notifier)
    assert (report.sent, report.waiting) == (1, 0)
    assert report.parked == ("Slack said channel_not_found (invite the app)",)
    counts = await store.counts()
    assert (counts.owed, counts.parked) == (0, 1)
    assert await delivered(store, notifier, later(days=1)) == DeliveryReport()


@pytest.mark.parametrize("seconds", [0.0, 30.0])
async def test_a_rate_limited_post_waits_and_is_sent_without_a_look_up(seconds: float) -> None:
    store, notifier = FakeStore(), FakeNotifier([refused("ratelimited", retry_after=seconds)])
    await polled(store, entry(entry_id="1"))
    assert await delivered(store, notifier) == DeliveryReport(waiting=1)
    assert await delivered(store, notifier, later(seconds=seconds + 1)) == DeliveryReport(sent=1)
    assert notifier.calls == [("send", "a1"), ("send", "a1")]


async def test_attempts_are_counted() -> None:
    store, notifier = FakeStore(), FakeNotifier([refused("unreachable")])
    await polled(store, entry(entry_id="1"))
    await delivered(store, notifier)
    await delivered(store, notifier, later(minutes=1))
    (delivery,) = await store.deliveries()
    assert (delivery.attempts, delivery.tried_at, delivery.error) == (2, later(minutes=1), None)


async def test_an_alert_of_a_story_that_is_gone_is_parked_and_stops_nothing() -> None:
    store, notifier = FakeStore(), FakeNotifier()
    await polled(store, entry(entry_id="1"))
    store.database.tables.stories.clear()
    assert await delivered(store, notifier) == DeliveryReport(parked=("story s1 is gone",))
    assert notifier.calls == []


@pytest.mark.parametrize("channels", [1, 2, 16])
async def test_everything_that_is_due_is_sent_however_many_channels_are_served_at_a_time(channels: int) -> None:
    store, notifier = FakeStore(), FakeNotifier()
    many = [rule(f"Alibaba {n}", channel=f"channel-{n}") for n in range(5)]
    await polled(store, entry(entry_id="1"), by=mind(*many))
    manner = Manner(channels=channels)
    assert await deliver(store=store, notifier=notifier, mind=MIND, now=NOW, manner=manner) == DeliveryReport(sent=5)


# ── the pace ─────────────────────────────────────────────────────────────────────────────────────────────────────


class Clock:
    """Stands still but for the pauses that are taken."""

    def __init__(self) -> None:
        self.now = NOW
        self.pauses: list[float] = []

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += timedelta(seconds=seconds)


async def test_a_channel_rests_between_two_messages_and_others_do_not_wait_for_it() -> None:
    store, notifier, clock = FakeStore(), FakeNotifier(), Clock()
    for channel, text in (("ops", "1"), ("ops", "2"), ("risk", "3")):
        await store.write(lambda tx, channel=channel, text=text: tx.notice(channel, text, NOW))  # type: ignore[misc]
    manner = Manner(spacing=timedelta(seconds=2), channels=16, pause=clock.pause)
    report = await deliver(store=store, notifier=notifier, mind=MIND, now=NOW, clock=lambda: clock.now, manner=manner)
    assert report == DeliveryReport(sent=3)
    tried = {each.text: each.tried_at for each in await store.notices()}
    assert tried["2"] is not None
    assert tried["1"] is not None
    assert tried["2"] - tried["1"] >= timedelta(seconds=2)
    assert all(pause <= 2 for pause in clock.pauses)


async def test_a_send_that_outlives_its_lease_is_given_up_and_looked_up_by_the_next() -> None:
    class Stalling(FakeNotifier):
        async def send(self, delivery: Delivery, summary: Summary, owner: str | None = None) -> Sent:
            await super().send(delivery, summary)
            await asyncio.sleep(60)
            raise AssertionError

    store, notifier = FakeStore(), Stalling()
    await polled(store, entry(entry_id="1"))
    manner = Manner(lease=timedelta(milliseconds=40))
    assert await deliver(store=store, notifier=notifier, mind=MIND, now=NOW, manner=manner) == DeliveryReport(waiting=1)
    (held,) = await store.deliveries()
    assert held.state is DeliveryState.SENDING
    assert await delivered(store, notifier, later(seconds=1)) == DeliveryReport(sent=1)
    assert notifier.calls == [("send", "a1"), ("find", "a1")]
