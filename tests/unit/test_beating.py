"""Heartbeats and reminders become owed: once, in time, and never in quiet hours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from riskbot.matching.match import Matcher
from riskbot.mind import Mind
from riskbot.model import Delivery, DeliveryKind, DeliveryState, FeedState, Level, Reason
from riskbot.model.answers import Answer, AnswerKind
from riskbot.model.calm import ChannelPlan, Plan, QuietHours, RulePlan, Silence
from riskbot.policy.alerting import Policy
from riskbot.policy.heartbeat import Daily
from riskbot.ports import Transaction
from riskbot.stories.outlets import Outlets
from riskbot.usecases.heartbeat import beat, daily, remind
from tests.builders import NOW, article, decision, feed, hit, later, placement, reading, ruleset
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


async def test_a_reminder_can_be_answered_where_it_stands() -> None:
    store = FakeStore()
    story = await told(store)

    await remind(store, mind(), AFTER, later(hours=1))

    assert [each.body["own"] for each in await owed(store)] == [story]


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


async def raised(store: FakeStore, story: str, at: datetime, reason: Reason, *, aloud: bool = True) -> None:
    """An article makes the story critical, and the channel is told: by an edit, and by a broadcast."""
    given = reading(article("Treasury lists Alibaba"), hits=(hit(level=Level.CRITICAL),))
    made = decision(given.article.id, "risk", reason=reason)

    def work(tx: Transaction) -> None:
        tx.add_article(given, 1)
        tx.join_story(story, given, placement(story))
        tx.set_story(story, level=Level.CRITICAL, score=90)
        tx.decide(made, at)
        tx.alert(story, made, "update", at)
        if aloud:
            tx.owe(DeliveryKind.BROADCAST, "risk", {"news": []}, at, story=story)

    await store.write(work)
    await send(store, at)


async def send(store: FakeStore, at: datetime) -> None:
    while claimed := await store.claim_deliveries(at, AFTER, 10):
        for each in claimed:
            await store.set_delivery(
                replace(each, state=DeliveryState.SENT, ts="17.000002", sent_as="C1", tried_at=at, due_at=None)
            )


async def reminders(store: FakeStore, of: Mind | None = None, *, until: datetime, since: datetime = NOW) -> list[Any]:
    """What reminders say when somebody looks every ten minutes, each with the time at which it was owed."""
    found, now = [], since
    while now <= until:
        before = {each.id for each in await owed(store)}
        await remind(store, of or mind(), AFTER, now)
        found += [(now, each) for each in await owed(store) if each.id not in before]
        await send(store, now)
        now += timedelta(minutes=10)
    return found


@pytest.mark.parametrize("reason", [Reason.OFFICIAL_ACTION, Reason.CONFIRMED, Reason.LEVEL_RAISED])
async def test_a_story_is_reminded_of_at_each_level_whatever_raised_it(reason: Reason) -> None:
    store = FakeStore()
    story = await told(store)
    plan = mind(Plan(rules={"alibaba-military": RulePlan(mention="here")}))

    first = await reminders(store, plan, until=later(hours=1))
    await raised(store, story, later(hours=2), reason)
    second = await reminders(store, plan, since=later(hours=2), until=later(hours=6))

    assert [(at, each.body["mention"]) for at, each in first + second] == [
        (later(minutes=30), []),
        (later(hours=2, minutes=30), ["here"]),
    ]
    assert "(Critical), told 30 minutes ago" in second[0][1].text


async def test_a_story_that_becomes_grave_days_later_is_reminded_of_in_its_time() -> None:
    store = FakeStore()
    story = await told(store, Level.MEDIUM)
    await raised(store, story, later(hours=40), Reason.OFFICIAL_ACTION)

    found = await reminders(store, since=later(hours=40), until=later(hours=42))

    assert [at for at, _ in found] == [later(hours=40, minutes=30)]


async def test_time_runs_from_when_the_message_went_out_and_not_from_the_decision() -> None:
    store = FakeStore()
    given = reading(article())
    made = decision(given.article.id, "risk")

    def work(tx: Transaction) -> None:
        tx.add_article(given, 1)
        tx.set_story(tx.open_story(given, placement()).id, level=Level.HIGH, score=60)
        tx.decide(made, NOW)
        tx.alert("s1", made, "new", NOW)

    await store.write(work)
    await send(store, later(hours=5))  # Slack was away

    found = await reminders(store, until=later(hours=6), since=later(hours=5))

    assert [at for at, _ in found] == [later(hours=5, minutes=30)]


async def test_a_reminder_waits_until_half_an_hour_after_a_broadcast_of_its_story() -> None:
    store = FakeStore()
    story = await told(store)
    await store.write(lambda tx: tx.owe(DeliveryKind.BROADCAST, "risk", {"news": []}, later(minutes=20), story=story))
    await send(store, later(minutes=20))

    found = await reminders(store, since=later(minutes=20), until=later(hours=2))

    assert [at for at, _ in found] == [later(minutes=50)]


async def test_a_story_told_in_two_channels_is_reminded_of_in_one() -> None:
    store = FakeStore()
    story = await told(store)
    again = decision("a", "desk")
    (member,) = (await store.story(story)).members  # type: ignore[union-attr]

    def work(tx: Transaction) -> None:
        made = replace(again, article=member.reading.article.id)
        tx.decide(made, later(minutes=5))
        tx.alert(story, made, "new", later(minutes=5))

    await store.write(work)
    await send(store, later(minutes=5))

    found = await reminders(store, until=later(hours=3))

    assert [(at, each.channel) for at, each in found] == [(later(minutes=30), "risk")]


async def test_a_story_that_only_a_digest_told_is_reminded_of_by_a_line_of_its_own() -> None:
    store = FakeStore()
    given = reading(article())
    held = decision(given.article.id, "risk", tell=False, reason=Reason.HELD_FOR_DIGEST)

    def work(tx: Transaction) -> str:
        tx.add_article(given, 1)
        story = tx.open_story(given, placement()).id
        tx.set_story(story, level=Level.HIGH, score=60)
        tx.decide(held, NOW)
        body = {"title": "Daily digest", "stories": [story]}
        tx.owe(DeliveryKind.DIGEST, "risk", body, NOW, due_at=later(hours=8))
        return story

    story = await store.write(work)
    assert await reminders(store, until=later(hours=2)) == []
    await send(store, later(hours=8))

    ((at, reminder),) = await reminders(store, since=later(hours=8), until=later(hours=12))

    assert at == later(hours=8, minutes=30)
    assert (reminder.kind, reminder.channel, reminder.story) == (DeliveryKind.NOTICE, "risk", None)
    assert reminder.text.endswith(f"(/riskbot own {story} takes it on)")


async def test_reminders_can_be_off() -> None:
    store = FakeStore()
    await told(store)

    assert await remind(store, mind(), timedelta(), later(hours=1)) == 0
