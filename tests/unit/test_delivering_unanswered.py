"""Slack that does not answer is tried later and later, looked at soon, and never asked to repeat what stands."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from riskbot.delivery import DeliveryReport, Manner, deliver
from riskbot.model import DeliveryState, Level
from riskbot.policy.resending import LONGEST_UNANSWERED, absent
from tests.builders import NOW, entry, later
from tests.fakes import FakeNotifier, FakeStore, Lost, refused, unknown
from tests.rounds import MIND, polled

TICK = timedelta(seconds=10)


async def story(level: Level | None = None) -> FakeStore:
    store = FakeStore()
    await polled(store, entry(entry_id="1"))
    if level:
        await store.write(lambda tx: tx.set_story("s1", level=level, score=90))
    return store


async def rounds(store: FakeStore, notifier: FakeNotifier, begin: datetime, end: datetime) -> list[timedelta]:
    """Rounds every ten seconds; when each post was tried, counted from the beginning."""
    tried, at = [], begin
    while at <= end:
        before = [what for what, _ in notifier.calls].count("send")
        await deliver(store=store, notifier=notifier, mind=MIND, now=at, manner=Manner())
        if [what for what, _ in notifier.calls].count("send") > before:
            tried.append(at - NOW)
        at += TICK
    return tried


async def test_a_post_that_slack_never_answers_is_tried_later_and_later_up_to_a_quarter_of_an_hour() -> None:
    store, notifier = await story(), FakeNotifier([unknown()] * 99)
    tried = await rounds(store, notifier, NOW, later(hours=2))
    waits = [after - before for before, after in pairwise(tried)]
    assert [wait.total_seconds() for wait in waits[:6]] == [30, 60, 120, 240, 480, 900]
    assert max(waits) <= LONGEST_UNANSWERED + TICK
    finds = [what for what, _ in notifier.calls].count("find")
    assert finds <= 3 * len(tried)


async def test_what_waits_when_slack_is_well_again_is_sent_within_the_longest_wait_and_once() -> None:
    store, notifier = await story(), FakeNotifier([unknown()] * 7)
    tried = await rounds(store, notifier, NOW, later(hours=1))
    assert len(tried) == 8
    assert notifier.posted == [(await store.deliveries())[0].key]
    assert (await store.deliveries())[0].state is DeliveryState.SENT


async def test_a_post_that_was_taken_all_the_same_is_found_two_seconds_later_however_often_it_was_tried() -> None:
    store, notifier = await story(), FakeNotifier([unknown(), unknown(), Lost(unknown())])
    await rounds(store, notifier, NOW, later(seconds=90))
    assert len(notifier.posted) == 1
    await rounds(store, notifier, later(seconds=100), later(seconds=100))
    (delivery,) = await store.deliveries()
    assert (delivery.state, delivery.attempts) == (DeliveryState.SENT, 3)


async def test_what_was_not_there_when_it_had_settled_is_sent_although_nobody_can_look_once_more() -> None:
    store, notifier = await story(), FakeNotifier([unknown(), unknown()])
    await rounds(store, notifier, NOW, later(seconds=70))
    (delivery,) = await store.deliveries()
    assert absent(delivery)
    notifier._finds = [refused("missing_scope")]
    await rounds(store, notifier, later(seconds=80), later(seconds=90))
    (delivery,) = await store.deliveries()
    assert (delivery.state, delivery.may_repeat, notifier.repeats) == (DeliveryState.SENT, False, [])
    assert len(notifier.posted) == 1


async def test_an_edit_that_slack_never_answers_waits_like_a_post() -> None:
    store, notifier = await story(), FakeNotifier([None, *[unknown()] * 3])
    await rounds(store, notifier, NOW, NOW)
    await store.write(lambda tx: tx.refresh("s1", NOW))
    tried = await rounds(store, notifier, NOW, later(minutes=10))
    assert [each.total_seconds() for each in tried] == [0, 30, 90, 210]
    assert len(notifier.posted) == 1


# ── Slack that is down altogether ────────────────────────────────────────────────────────────────────────────────


async def test_while_slack_takes_nothing_at_all_nobody_is_asked_about_what_it_may_have_taken() -> None:
    store, notifier = await story(Level.MEDIUM), FakeNotifier([unknown()], [refused("http-503", retry_after=5.0)] * 999)
    for hours in range(5):
        await rounds(store, notifier, later(hours=hours), later(hours=hours, minutes=10))
    assert [each.state for each in await store.deliveries()] == [DeliveryState.SENDING]


@pytest.mark.parametrize(("level", "state"), [(Level.MEDIUM, DeliveryState.PARKED), (Level.HIGH, DeliveryState.SENT)])
async def test_when_history_alone_fails_for_an_hour_the_choice_is_made(level: Level, state: DeliveryState) -> None:
    store, notifier = await story(level), FakeNotifier([unknown()], [refused("http-503", retry_after=5.0)] * 999)
    await rounds(store, notifier, NOW, later(minutes=1))
    await store.write(lambda tx: tx.notice("ops", "Rules live", later(minutes=2)))
    for minutes in (2, 30, 61, 75):
        await rounds(store, notifier, later(minutes=minutes), later(minutes=minutes))
    post, notice = await store.deliveries()
    assert (post.state, notice.state) == (state, DeliveryState.SENT)


@pytest.mark.parametrize(("level", "sent"), [(Level.MEDIUM, 0), (Level.HIGH, 1)])
async def test_what_an_outage_left_is_looked_for_and_left_to_the_digest_unless_it_is_grave(
    level: Level, sent: int
) -> None:
    store, notifier = await story(Level.MEDIUM), FakeNotifier([unknown()], [refused("unreachable")] * 3)
    for minutes in (0, 1, 20, 40):
        await rounds(store, notifier, later(minutes=minutes), later(minutes=minutes))
    await store.write(lambda tx: tx.set_story("s1", level=level, score=90))
    assert await deliver(store=store, notifier=notifier, mind=MIND, now=later(hours=2)) == DeliveryReport(
        sent=sent, waiting=1 - sent
    )
    assert (await store.write(lambda tx: tx.fold_backlog(later(hours=1)))) == ({} if sent else {"risk": ["s1"]})
    assert (await rounds(store, notifier, later(hours=3), later(hours=3)), len(notifier.posted)) == ([], sent)


async def test_what_no_digest_took_goes_out_by_itself() -> None:
    store, notifier = await story(Level.MEDIUM), FakeNotifier([unknown()], [refused("unreachable")] * 3)
    for minutes in (0, 1, 20, 40, 120):
        await rounds(store, notifier, later(minutes=minutes), later(minutes=minutes))
    assert notifier.posted == []
    await rounds(store, notifier, later(hours=2) + LONGEST_UNANSWERED, later(hours=2) + LONGEST_UNANSWERED)
    assert len(notifier.posted) == 1
