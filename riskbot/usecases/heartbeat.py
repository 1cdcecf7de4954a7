"""The heartbeat, and the reminders of stories that nobody is on: what is owed because time passes.

What always holds: each is owed once, by its key in the outbox, however many processes look; what is said was read from
the store. Deliberately absent: the clock, and sending.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from riskbot.mind import Mind
from riskbot.model import DeliveryKind, Feed
from riskbot.model.answers import Answer, AnswerKind, Waiting
from riskbot.policy.calm import quiet
from riskbot.policy.health import illness
from riskbot.policy.heartbeat import Beat, Daily, due, latest, lines
from riskbot.policy.ownership import GRAVE, Reminder, reminders, window
from riskbot.policy.silences import silenced
from riskbot.ports import Store, Transaction
from riskbot.stories.summary import summarise

TICK = "heartbeat"  # as the store knows when the last one was owed
DAY = timedelta(days=1)


async def beat(store: Store, feeds: Collection[Feed], mind: Mind, since: datetime, now: datetime) -> Beat:
    """Everything that a heartbeat tells of the time since `since`."""
    counts, rules = await store.counts(), await store.rules_state()
    unhealthy = {
        feed.name: why
        for feed in feeds
        if feed.name in counts.feeds and (why := illness(feed, counts.feeds[feed.name], mind.policy, now))
    }

    def polled(name: str) -> bool:
        return name in counts.feeds and counts.feeds[name].polled_at is not None

    return Beat(
        since=since,
        until=now,
        activity=await store.activity(since, now),
        feeds=tuple(sorted(feed.name for feed in feeds)),
        unhealthy=unhealthy,
        parked=counts.parked,
        unread=frozenset(feed.name for feed in feeds if not polled(feed.name)),
        rules=rules.rules if rules else None,
        live_since=rules.live_since if rules else None,
        refused=rules.refused if rules else None,
    )


async def daily(store: Store, feeds: Collection[Feed], mind: Mind, at: Daily | None, now: datetime) -> bool:
    """Owe the day's heartbeat to the operations channel, when its time has come; whether it was owed now."""
    channel = mind.policy.ops_channel
    if at is None or channel is None:
        return False
    last = (await store.ticks()).get(TICK)
    if last is None:
        await store.tick(TICK, now)  # the first one waits for its time of day
    if not due(at, last, now):
        return False
    # One who died between owing and noting owes the same again, under the same key: once.
    key = f"heartbeat-{latest(at, now):%Y-%m-%dT%H:%M}"
    await tell(store, await beat(store, feeds, mind, max(last or now, now - 7 * DAY), now), channel, now, key=key)
    await store.tick(TICK, now)
    return True


async def tell(store: Store, of: Beat, channel: str, now: datetime, *, key: str | None = None) -> None:
    """Owe a heartbeat to a channel."""
    text, listed = lines(of)
    body = {"text": text, "lines": list(listed)}
    await store.write(lambda tx: tx.owe(DeliveryKind.NOTICE, channel, body, now, key=key))


async def remind(store: Store, mind: Mind, after: timedelta, now: datetime) -> int:
    """Owe a reminder for each grave story that nobody is on, once in a channel; how many were owed."""
    bounds = window(after, now)
    if bounds is None:
        return 0
    waiting = [await _described(store, mind, each, now) for each in await store.waiting(GRAVE, *bounds)]
    owed = 0
    for reminder in reminders([each for each in waiting if each], after, now):
        owed += await store.write(lambda tx, reminder=reminder: _owe(tx, reminder, now))  # type: ignore[misc]
    return owed


def _owe(tx: Transaction, reminder: Reminder, now: datetime) -> bool:
    of = reminder.waiting
    key = f"reminder-{of.story}-{of.channel}"
    if tx.owner(of.story) or not tx.answer(Answer(AnswerKind.REMINDED, of.story, "", "riskbot", now, key, of.channel)):
        return False
    body = {"text": reminder.text, "mention": list(reminder.mention)}
    tx.owe(DeliveryKind.BROADCAST, of.channel, body, now, story=of.story, key=key)
    return True


async def _described(store: Store, mind: Mind, each: Waiting, now: datetime) -> Waiting | None:
    """With its headline and whom it calls; None where a silence covers it, for somebody has dealt with it then, and
    in the channel's quiet hours."""
    if quiet(mind.policy.plan.channel(each.channel), each.level, now):
        return None
    story = await store.story(each.story)
    if story is None or not story.members:
        return None
    hits = [hit for member in story.members for hit in member.reading.hits if not hit.trial]
    outlet = story.members[-1].reading.article.outlet
    active = await store.silences(now)
    if silenced(hits, story=story.id, level=story.level, outlet=outlet, silences=active, now=now):
        return None
    plans = [mind.policy.plan.rules.get(hit.rule) for hit in hits]
    mention = tuple(dict.fromkeys(plan.mention for plan in plans if plan and plan.mention))
    headline = summarise(story, mind.outlets).headline
    return Waiting(each.story, each.channel, each.level, each.told_at, headline, mention)
