"""One notice for a channel that is lost, however long it is lost; and what is left when a first message is dropped."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from riskbot.delivery import DeliveryReport, deliver
from riskbot.mind import Mind
from riskbot.model import Delivery, DeliveryKind, DeliveryState, Level
from riskbot.model.answers import Answer, AnswerKind
from riskbot.model.calm import ChannelPlan, Plan
from riskbot.parking import TOLD_AFTER, TOLD_EVERY
from tests.builders import NOW, entry, later, rule
from tests.fakes import FakeNotifier, FakeStore, Lost, refused, unknown
from tests.rounds import delivered, mind, polled
from tests.unit.test_calm_pipeline import DENIAL, FIRST, PORT, SANCTIONED

BY = mind(ops_channel="ops")


class LostChannel(FakeNotifier):
    """Takes what is for `ops`, and refuses every digest."""

    async def digest(self, delivery: Delivery, digest: object) -> object:  # type: ignore[override]
        raise refused("not_in_channel", "invite the app")


async def sent(store: FakeStore, notifier: FakeNotifier, at: datetime, by: Mind = BY) -> DeliveryReport:
    return await deliver(store=store, notifier=notifier, mind=by, now=at)


async def lose(store: FakeStore, notifier: FakeNotifier, at: datetime) -> None:
    """One more message for the channel that is lost."""
    body = {"title": "t", "since": NOW.isoformat(), "until": NOW.isoformat(), "stories": []}
    await store.write(lambda tx: tx.owe(DeliveryKind.DIGEST, "risk", body, at))
    assert len((await sent(store, notifier, at)).parked) == 1


# ── what is parked is told ───────────────────────────────────────────────────────────────────────────────────────


async def test_a_channel_that_is_lost_is_told_of_once_and_then_once_an_hour_with_all_that_came() -> None:
    store, notifier = FakeStore(), LostChannel()
    for minutes in range(0, 60, 12):
        await lose(store, notifier, later(minutes=minutes))
    assert len(notifier.noted) == 1
    await sent(store, notifier, NOW + TOLD_AFTER + TOLD_EVERY - timedelta(seconds=1))
    assert [each.body["parked"] for each in await store.notices()] == [["d1"]]
    await sent(store, notifier, NOW + TOLD_AFTER + TOLD_EVERY)
    assert [each.body["parked"] for each in await store.notices()] == [["d1"], ["d2", "d4", "d5", "d6"]]
    assert len(notifier.noted) == 2
    await sent(store, notifier, later(days=1))
    assert len(notifier.noted) == 2, "nothing is told twice"


class NoMessages(FakeNotifier):
    """Takes notices, and no story's message."""

    async def send(self, delivery: Delivery, summary: object, owner: str | None = None) -> object:  # type: ignore[override]
        raise refused("not_in_channel", "invite the app")


async def test_a_critical_story_is_told_although_the_reason_is_known() -> None:
    grave = rule("Alibaba and sanctions", topics=("sanctions",), level=Level.CRITICAL)
    by = mind(rule(level=Level.LOW), grave, ops_channel="ops")
    store, notifier = FakeStore(), NoMessages()
    await polled(store, FIRST, by=by)
    await sent(store, notifier, NOW, by)
    await sent(store, notifier, NOW + TOLD_AFTER, by)
    await polled(store, PORT, at=later(minutes=11), source="other", by=by)
    await polled(store, SANCTIONED, at=later(minutes=11), source="third", by=by)
    await sent(store, notifier, later(minutes=11), by)
    await sent(store, notifier, later(minutes=11) + TOLD_AFTER, by)
    parked = {each.id: each.story for each in await store.deliveries()}
    levels = {story.id: story.level for story in await store.stories()}
    told = [[parked[id_] for id_ in each.body["parked"]] for each in await store.notices()]
    assert [[levels[story or ""] for story in of] for of in told] == [[Level.LOW], [Level.CRITICAL]]


async def test_another_reason_is_told_at_once() -> None:
    store, notifier = FakeStore(), LostChannel()
    await lose(store, notifier, NOW)
    await sent(store, notifier, NOW + TOLD_AFTER)
    await lose(store, notifier, later(minutes=12))
    (other,) = [each for each in await store.deliveries(DeliveryState.PARKED) if not each.reported]
    await store.set_delivery(replace(other, error="Slack said account_inactive"))
    await sent(store, notifier, later(minutes=22))
    assert len(notifier.noted) == 2


# ── a first message that was dropped ─────────────────────────────────────────────────────────────────────────────


async def test_a_denial_of_a_story_whose_message_was_dropped_is_told_and_nothing_stays_owed() -> None:
    by = mind(plan=Plan({"risk": ChannelPlan("risk", when_unsure="drop")}))
    store, notifier = FakeStore(), FakeNotifier([unknown()], [refused("missing_scope")])
    await polled(store, FIRST, by=by)
    await sent(store, notifier, NOW, by)
    await sent(store, notifier, later(minutes=1), by)
    assert [each.state for each in await store.deliveries()] == [DeliveryState.DROPPED]
    await polled(store, DENIAL, at=later(minutes=2), by=by, source="third")
    await sent(store, notifier, later(days=30), by)
    assert (await store.counts()).owed == 0
    assert len(notifier.posted) == 1
    (shown,) = notifier.shown.values()
    assert shown.articles == 2


# ── a reminder whose thread is gone ──────────────────────────────────────────────────────────────────────────────


async def reminded(notifier: FakeNotifier) -> FakeStore:
    """A story whose message stands, and a reminder of it that was owed and tried."""
    store = FakeStore()
    await polled(store, entry(entry_id="1"))
    await delivered(store, notifier)
    await store.write(
        lambda tx: tx.owe(DeliveryKind.BROADCAST, "risk", {"text": "Nobody is on it"}, NOW, story="s1", key="r1")
    )
    assert (await delivered(store, notifier)).parked == ()
    return store


class Placing(FakeNotifier):
    """Notes the thread in which each line stands."""

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.threads: list[str | None] = []

    async def note(self, delivery: Delivery) -> object:  # type: ignore[override]
        self.threads.append(delivery.thread)
        return await super().note(delivery)


async def test_a_reminder_whose_thread_is_gone_is_said_outside_of_it() -> None:
    notifier = Placing([None, refused("thread_not_found")])
    store = await reminded(notifier)
    assert (notifier.noted, notifier.threads) == (["Nobody is on it"], ["1.0", None])
    (reminder,) = [each for each in await store.deliveries() if each.kind is DeliveryKind.BROADCAST]
    assert (reminder.state, reminder.attempts) == (DeliveryState.SENT, 2)
    assert reminder.frozen == "thread_not_found"


async def owed_reminder() -> FakeStore:
    """A story whose message stands, and a reminder of it."""
    store = FakeStore()
    await polled(store, entry(entry_id="1"))
    await delivered(store, FakeNotifier())
    about = {"level": "high", "headline": "", "told_at": NOW.isoformat(), "thread": "yes"}
    body = {"text": "told 30 minutes ago", "own": "s1", "reminder": about}
    await store.write(lambda tx: tx.owe(DeliveryKind.BROADCAST, "risk", body, NOW, story="s1", key="r1"))
    return store


async def test_a_reminder_that_had_to_wait_says_how_long_ago_it_is_by_now() -> None:
    store, notifier = await owed_reminder(), FakeNotifier()
    await delivered(store, notifier, later(hours=5))
    assert notifier.noted == ["Nobody is on story s1 (High), told 5 hours ago"]


async def test_a_reminder_of_a_story_that_somebody_is_on_by_now_is_left() -> None:
    store, notifier = await owed_reminder(), FakeNotifier()
    await store.write(lambda tx: tx.answer(Answer(AnswerKind.OWN, "s1", "U1", "ann", later(hours=1), "k")))
    await delivered(store, notifier, later(hours=5))
    (reminder,) = [each for each in await store.deliveries() if each.kind is DeliveryKind.BROADCAST]
    assert (reminder.state, reminder.error) == (DeliveryState.REPLACED, "ann is on story s1 by now")
    assert notifier.noted == []


async def test_a_reminder_that_slack_puts_nowhere_is_left() -> None:
    store = await reminded(FakeNotifier([None, refused("thread_not_found"), refused("message_not_found")]))
    (reminder,) = [each for each in await store.deliveries() if each.kind is DeliveryKind.BROADCAST]
    assert reminder.state is DeliveryState.REPLACED


async def test_a_reminder_said_outside_of_its_thread_whose_answer_is_lost_is_looked_up() -> None:
    notifier = FakeNotifier([None, refused("thread_not_found"), Lost(unknown())])
    store = await reminded(notifier)
    assert await delivered(store, notifier, later(minutes=1)) == DeliveryReport(sent=1)
    assert notifier.noted == ["Nobody is on it"]
    assert [what for what, _ in notifier.calls] == ["send", "note", "note", "find"]
