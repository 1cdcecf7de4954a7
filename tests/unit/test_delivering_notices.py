"""Notices are delivered by the rules of alerts: nothing lost, nothing said twice, and in order."""

from __future__ import annotations

from datetime import datetime

import pytest

from riskbot.delivery import LEASE, DeliveryReport, deliver
from riskbot.model import DeliveryState
from tests.builders import NOW, later
from tests.fakes import FakeDatabase, FakeNotifier, FakeStore, Lost, PowerCutError, refused, unknown
from tests.rounds import MIND


async def owe(store: FakeStore, *texts: str, channel: str = "ops") -> None:
    for text in texts:
        await store.write(lambda tx, text=text: tx.notice(channel, text, NOW))  # type: ignore[misc]


async def noted(store: FakeStore, notifier: FakeNotifier, at: datetime = NOW) -> DeliveryReport:
    return await deliver(store=store, notifier=notifier, mind=MIND, now=at)


async def test_what_is_owed_is_sent_once_and_in_order() -> None:
    store, notifier = FakeStore(), FakeNotifier()
    await owe(store, "one", "two", "three")
    assert await noted(store, notifier) == DeliveryReport(sent=3)
    assert await noted(store, notifier, later(days=1)) == DeliveryReport()
    assert notifier.noted == ["one", "two", "three"]
    (first, *_) = await store.notices()
    assert (first.state, first.attempts, first.ts, first.sent_as) == (DeliveryState.SENT, 1, "1.0", "C-ops")


@pytest.mark.parametrize("posted", [True, False])
async def test_a_crash_around_the_post_is_looked_up_before_anything_else(posted: bool) -> None:
    database = FakeDatabase()
    notifier = FakeNotifier([Lost(PowerCutError()) if posted else PowerCutError()])
    await owe(FakeStore(database), "one")
    with pytest.raises(PowerCutError):
        await noted(FakeStore(database), notifier)
    assert await noted(FakeStore(database), notifier) == DeliveryReport()  # the lease of the dead one still runs
    assert await noted(FakeStore(database), notifier, NOW + LEASE) == DeliveryReport(sent=1)
    assert [what for what, _ in notifier.calls] == (["note", "find"] if posted else ["note", "find", "note"])
    assert notifier.noted == ["one"]


async def test_a_look_up_that_fails_never_turns_into_a_resend() -> None:
    store, notifier = FakeStore(), FakeNotifier([unknown()], [refused("ratelimited", retry_after=30.0)])
    await owe(store, "one")
    for seconds in (0, 2):
        assert await noted(store, notifier, later(seconds=seconds)) == DeliveryReport(waiting=1)
    assert await noted(store, notifier, later(seconds=32)) == DeliveryReport(sent=1)
    assert [what for what, _ in notifier.calls] == ["note", "find", "find", "note"]


async def test_a_notice_that_waits_is_not_overtaken_by_the_next_one_in_its_channel() -> None:
    store, notifier = FakeStore(), FakeNotifier([refused("ratelimited", retry_after=30.0)])
    await owe(store, "refused", "live")
    await owe(store, "elsewhere", channel="risk")
    assert await noted(store, notifier) == DeliveryReport(sent=1, waiting=1)
    assert await noted(store, notifier, later(seconds=30)) == DeliveryReport(sent=2)
    assert notifier.noted == ["elsewhere", "refused", "live"]


async def test_a_refusal_for_good_parks_with_its_mend_and_blocks_nothing() -> None:
    store, notifier = FakeStore(), FakeNotifier([refused("channel_not_found", "invite the app")])
    await owe(store, "one", "two")
    report = await noted(store, notifier)
    assert report == DeliveryReport(sent=1, parked=("Slack said channel_not_found (invite the app)",))
    assert (await store.counts()).parked == 1
