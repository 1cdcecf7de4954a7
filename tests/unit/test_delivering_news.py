"""Material news gets out although the first message of its story is parked, and never twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from riskbot.delivery import DeliveryReport, deliver
from riskbot.mind import Mind
from riskbot.model import DeliveryKind, DeliveryState, Level
from riskbot.model.calm import ChannelPlan, Plan, WhenUnsure
from riskbot.parking import TOLD_AFTER
from riskbot.policy.resending import to_resend
from tests.builders import NOW, later
from tests.fakes import FakeNotifier, FakeStore, Lost, refused, unknown
from tests.rounds import RETOLD, mind, polled
from tests.unit.test_calm_pipeline import DENIAL, FIRST

UNREADABLE = refused("missing_scope", "add the scope")


def wishing(when_unsure: WhenUnsure | None = None) -> Mind:
    plan = Plan({"risk": ChannelPlan("risk", when_unsure=when_unsure)})
    return mind(plan=plan, ops_channel="ops")


async def sent(store: FakeStore, notifier: FakeNotifier, at: datetime, by: Mind) -> DeliveryReport:
    return await deliver(store=store, notifier=notifier, mind=by, now=at)


async def unsure(notifier: FakeNotifier, by: Mind) -> FakeStore:
    """A medium story of whose message nobody knows whether it stands."""
    store = FakeStore()
    await polled(store, FIRST, by=by)
    await store.write(lambda tx: tx.set_story("s1", level=Level.MEDIUM, score=50))
    await sent(store, notifier, NOW, by)
    assert len((await sent(store, notifier, later(seconds=2), by)).parked) == 1
    return store


async def refused_once(notifier: FakeNotifier, by: Mind) -> FakeStore:
    """A story whose message Slack refused for good."""
    store = FakeStore()
    await polled(store, FIRST, by=by)
    assert len((await sent(store, notifier, NOW, by)).parked) == 1
    return store


async def denied(store: FakeStore, by: Mind, at: datetime, level: Level | None = None) -> None:
    await polled(store, DENIAL, at=at, by=by, source="third")
    if level:
        await store.write(lambda tx: tx.set_story("s1", level=level, score=90))


async def states(store: FakeStore) -> list[DeliveryState]:
    return [each.state for each in await store.deliveries() if each.kind is DeliveryKind.POST]


async def test_a_story_that_has_become_grave_is_sent_again_although_nobody_can_look_and_says_so() -> None:
    by, notifier = wishing(), FakeNotifier([unknown()], [UNREADABLE] * 9)
    store = await unsure(notifier, by)
    await denied(store, by, later(minutes=2), Level.CRITICAL)
    await sent(store, notifier, later(minutes=2), by)
    assert await states(store) == [DeliveryState.SENT]
    assert len(notifier.repeats) == 1
    assert [kind for kind, *_ in notifier.replied] == [DeliveryKind.BROADCAST]
    shown = next(iter(notifier.shown.values()))
    assert (shown.level, shown.articles) == (Level.CRITICAL, 2)


async def test_a_message_that_can_be_found_meanwhile_is_found_and_not_repeated() -> None:
    by, notifier = wishing(), FakeNotifier([Lost(unknown())], [UNREADABLE])
    store = await unsure(notifier, by)
    await denied(store, by, later(minutes=2), Level.CRITICAL)
    await sent(store, notifier, later(minutes=2), by)
    assert await states(store) == [DeliveryState.SENT]
    assert (len([key for key in notifier.posted if key == (await store.deliveries())[0].key]), notifier.repeats) == (
        1,
        [],
    )


async def test_where_people_are_to_be_asked_they_are_asked_anew_with_the_level_it_has_now() -> None:
    by, notifier = wishing("ask"), FakeNotifier([unknown()], [UNREADABLE] * 9)
    store = await unsure(notifier, by)
    await sent(store, notifier, later(minutes=11), by)
    (first,) = await store.notices()
    assert first.body["lines"][0].startswith("Medium · Alibaba · ")
    await denied(store, by, later(minutes=12), Level.CRITICAL)
    await sent(store, notifier, later(minutes=12), by)
    assert await states(store) == [DeliveryState.PARKED]
    await sent(store, notifier, later(minutes=12) + TOLD_AFTER, by)
    _, second = await store.notices()
    assert second.body["parked"] == ["d1"]
    assert second.body["lines"][0].startswith("Critical · Alibaba · ")
    assert "story s1; a1: its message" in second.body["lines"][0]
    await sent(store, notifier, later(days=1), by)
    assert len(await store.notices()) == 2, "once for that news"


@pytest.mark.parametrize(("mended", "state"), [(True, DeliveryState.SENT), (False, DeliveryState.PARKED)])
async def test_what_was_refused_for_good_is_tried_once_more_for_the_news(mended: bool, state: DeliveryState) -> None:
    by = wishing()
    notifier = FakeNotifier([refused("not_in_channel"), None, None if mended else refused("not_in_channel")])
    store = await refused_once(notifier, by)
    await sent(store, notifier, later(minutes=10), by)
    await denied(store, by, later(minutes=12))
    for minutes in (12, 13, 22, 60):
        await sent(store, notifier, later(minutes=minutes), by)
    assert await states(store) == [state]
    assert [what for what, _ in notifier.calls].count("send") == 2
    assert len(await store.notices()) == (1 if mended else 2)
    assert len(notifier.replied) == (1 if mended else 0)


async def test_lesser_news_leaves_a_parked_message_as_it_is() -> None:
    by, notifier = wishing(), FakeNotifier([refused("not_in_channel")])
    store = await refused_once(notifier, by)
    await polled(store, RETOLD, at=later(minutes=2), by=by, source="other")
    assert await sent(store, notifier, later(minutes=2), by) == DeliveryReport()
    assert await states(store) == [DeliveryState.PARKED]


async def test_a_first_message_after_one_that_was_dropped_in_doubt_says_so_and_is_dropped_in_doubt_itself() -> None:
    by, notifier = wishing("drop"), FakeNotifier([Lost(unknown()), Lost(unknown())], [UNREADABLE] * 9)
    store = FakeStore()
    await polled(store, FIRST, by=by)
    for seconds in (0, 2):
        await sent(store, notifier, later(seconds=seconds), by)
    assert await states(store) == [DeliveryState.DROPPED]
    await denied(store, by, later(minutes=2))
    for minutes in (2, 3):
        await sent(store, notifier, later(minutes=minutes), by)
    assert await states(store) == [DeliveryState.DROPPED, DeliveryState.DROPPED]
    assert (len(notifier.posted), notifier.repeats) == (2, [notifier.posted[1]])


async def test_a_first_message_after_one_that_was_dropped_and_surely_does_not_stand_says_nothing_of_it() -> None:
    by, notifier = wishing(), FakeNotifier([refused("not_in_channel")])
    store = await refused_once(notifier, by)
    (parked,) = await store.deliveries(DeliveryState.PARKED)
    dropped = replace(parked, state=DeliveryState.DROPPED)
    await store.write(lambda tx: tx.set_delivery(dropped, was=DeliveryState.PARKED))
    await denied(store, by, later(minutes=2))
    await sent(store, notifier, later(minutes=2), by)
    assert (await states(store), notifier.repeats) == ([DeliveryState.DROPPED, DeliveryState.SENT], [])


async def test_what_a_person_sends_again_meanwhile_is_sent_once() -> None:
    by, notifier = wishing("ask"), FakeNotifier([unknown()], [UNREADABLE] * 9)
    store = await unsure(notifier, by)
    (parked,) = await store.deliveries(DeliveryState.PARKED)
    await store.write(lambda tx: tx.set_delivery(to_resend(parked), was=DeliveryState.PARKED))
    await denied(store, by, later(minutes=2), Level.CRITICAL)
    await sent(store, notifier, later(minutes=2), by)
    assert await states(store) == [DeliveryState.SENT]
    assert notifier.posted.count(parked.key) == 1
