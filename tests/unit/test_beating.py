"""Heartbeats and reminders become owed: once, in time, and never in quiet hours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from riskbot.matching.match import Matcher
from riskbot.mind import Mind
from riskbot.model import Delivery, DeliveryKind, DeliveryState, FeedState, Level
from riskbot.model.answers import Answer, AnswerKind
from riskbot.model.calm import ChannelPlan, Plan, QuietHours, RulePlan, Silence
from riskbot.policy.alerting import Policy
from riskbot.policy.heartbeat import Daily
from riskbot.ports import Transaction
from riskbot.stories.outlets import Outlets
from riskbot.usecases.heartbeat import beat, daily, remind
from tests.builders import NOW, article, decision, feed, later, placement, reading, ruleset
from tests.fakes import FakeStore

AFTER = timedelta(minutes=30)
NOON = Daily(12)


def mind(plan: Plan | None = None, **policy: Any) -> Mind:
    policy.setdefault("ops_channel", "ops")
    return Mind(Matcher(ruleset()), Outlets(()), Policy(plan=plan or Plan(), **policy))


async def told(store: FakeStore, level: Level = Level.HIGH) -> str:
    given = reading(article())
    made = decision(given.article.id, "risk")

    def work(tx: Transaction) -> str:
        tx.add_article(given, 1)
        story = tx.open_story(given, placement())
        tx.set_story(story.id, level=level, score=60)
        tx.decide(made, NOW)
        tx.alert(story.id, made, "new", NOW)
        return story.id

    story = await store.write(work)
    (post,) = await store.claim_deliveries(NOW, AFTER, 1)
    await store.set_delivery(replace(post, state=DeliveryState.SENT, ts="17.000001", sent_as="C1", tried_at=NOW))
    return story


async def owed(store: FakeStore) -> Sequence[Delivery]:
    return await store.deliveries(DeliveryState.OWED)


async def beaten(store: FakeStore, now: datetime, at: Daily | None = NOON, of: Mind | None = None) -> bool:
    return await daily(store, [feed("bbc")], of or mind(), at, now)


async def test_a_heartbeat_is_owed_once_a_day_and_not_at_the_first_start() -> None:
    store = FakeStore()

    assert not await beaten(store, later(hours=-1))
    assert await beaten(store, NOW)
    assert not await beaten(store, later(hours=1))
    assert await beaten(store, later(days=1))

    notices = await owed(store)
    assert [(each.kind, each.channel) for each in notices] == [(DeliveryKind.NOTICE, "ops")] * 2


async def test_two_processes_owe_one_heartbeat() -> None:
    store = FakeStore()
    await beaten(store, later(hours=-1))
    before = await store.ticks()
    await beaten(store, NOW)
    store.database.tables.ticks = dict(before)  # the other one looked before this one noted it

    await beaten(store, NOW)

    assert len(await owed(store)) == 1


async def test_no_heartbeat_without_a_time_or_a_channel_for_it() -> None:
    store = FakeStore()
    await beaten(store, later(hours=-1))

    assert not await beaten(store, NOW, None)
    assert not await beaten(store, NOW, of=mind(ops_channel=None))


async def test_a_heartbeat_knows_which_feeds_are_ill_and_what_was_done() -> None:
    store = FakeStore()
    await store.sync_feeds([feed("bbc"), feed("cnbc")], NOW)
    ((_, state),) = await store.claim_feeds(NOW, AFTER, 1)
    ill = replace(state, failures=9, error="it times out", polled_at=NOW, ill="failing: it times out", ill_since=NOW)
    await store.write(lambda tx: tx.finish_poll(ill))
    await told(store)

    found = await beat(store, [feed("bbc"), feed("cnbc")], mind(), NOW, later(hours=1))

    assert isinstance(state, FeedState)
    assert list(found.unhealthy) == ["bbc"]
    assert found.unread == {"cnbc"}
    assert (found.activity.articles, found.activity.hits, found.activity.stories, found.activity.told) == (1, 1, 1, 1)
    assert (found.rules, found.parked) == (None, 0)


async def test_a_grave_story_that_nobody_is_on_is_reminded_of_once() -> None:
    store = FakeStore()
    story = await told(store)

    assert await remind(store, mind(), AFTER, later(minutes=29)) == 0
    assert await remind(store, mind(), AFTER, later(minutes=31)) == 1
    assert await remind(store, mind(), AFTER, later(minutes=32)) == 0

    (reminder,) = await owed(store)
    assert (reminder.kind, reminder.channel, reminder.story) == (DeliveryKind.BROADCAST, "risk", story)
    assert reminder.text.startswith(f"Nobody is on story {story} (High), told 31 minutes ago: White House memo")


async def test_nobody_is_reminded_of_what_somebody_is_on_or_what_is_silenced() -> None:
    store = FakeStore()
    story = await told(store)
    silence = Silence("", {"story": (story,)}, NOW, later(hours=1), "ann")
    await store.write(lambda tx: tx.add_silence(silence))
    assert await remind(store, mind(), AFTER, later(minutes=40)) == 0

    taken = Answer(AnswerKind.OWN, story, "U1", "ann", NOW, "k")
    await store.write(lambda tx: tx.answer(taken))
    assert await remind(store, mind(), AFTER, later(hours=2)) == 0


async def test_a_critical_story_calls_whom_its_rule_names() -> None:
    store = FakeStore()
    await told(store, Level.CRITICAL)
    plan = Plan(rules={"alibaba-military": RulePlan(mention="here")})

    await remind(store, mind(plan), AFTER, later(hours=1))

    (reminder,) = await owed(store)
    assert reminder.body["mention"] == ["here"]


async def test_quiet_hours_are_kept_but_by_what_is_critical() -> None:
    quiet = Plan(channels={"risk": ChannelPlan("risk", quiet=(QuietHours(12 * 60, 14 * 60),))})
    for level, reminded in ((Level.HIGH, 0), (Level.CRITICAL, 1)):
        store = FakeStore()
        await told(store, level)
        assert await remind(store, mind(quiet), AFTER, later(hours=1)) == reminded
        assert await remind(store, mind(quiet), AFTER, later(hours=3)) == 1 - reminded


async def test_reminders_can_be_off() -> None:
    store = FakeStore()
    await told(store)

    assert await remind(store, mind(), timedelta(), later(hours=1)) == 0
