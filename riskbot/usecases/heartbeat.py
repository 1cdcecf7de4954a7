"""The heartbeat, and the reminders of stories that nobody is on: what is owed because time passes.

What always holds: each is owed once, by its key in the outbox, however many processes look; what is said was read from
the store. Deliberately absent: the clock, and sending.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from riskbot.mind import Mind
from riskbot.model import DeliveryKind, Feed
from riskbot.model.answers import Answer, AnswerKind, Waiting
from riskbot.policy.calm import quiet
from riskbot.policy.health import illness
from riskbot.policy.heartbeat import Beat, Daily, due, latest, lines
from riskbot.policy.overdue import overdue
from riskbot.policy.ownership import GRAVE, Reminder, reached, reminders, told_at, window
from riskbot.policy.replying import BROADCAST_EVERY
from riskbot.policy.silences import silenced
from riskbot.ports import Silenceable, Store, Transaction
from riskbot.stories.summary import summarise

TICK = "heartbeat"  # as the store knows when the last one was owed
DAY = timedelta(days=1)
NOTHING = Silenceable((), None)  # no hit and no outlet is known: only a story, or its level, can be meant


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
        overdue=overdue(counts.waits, now),
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
    """Owe a reminder for each grave story that nobody is on, once for each of its levels; how many were owed."""
    bounds = window(after, now)
    if bounds is None:
        return 0
    waiting = await _heard(store, mind, await store.waiting(GRAVE, *bounds), now)
    described = [await _described(store, mind, each) for each in waiting]
    owed = 0
    for reminder in reminders([each for each in described if each], after, now):
        owed += await store.write(lambda tx, reminder=reminder: _owe(tx, reminder, now))  # type: ignore[misc]
    return owed


def _owe(tx: Transaction, reminder: Reminder, now: datetime) -> bool:
    """Owe it, unless the channel was just rung for this story, or will be: then the next look does."""
    of = reminder.waiting
    rung = tx.thread(of.story, of.channel).broadcast_at if of.thread else None
    if rung and rung + BROADCAST_EVERY > now:
        return False
    # Kept once for a story and level: whichever channel another process would choose, one of them is reminded.
    key, value = f"reminder-{of.story}-{of.level}", f"{of.channel} {of.level}"
    if tx.owner(of.story) or not tx.answer(Answer(AnswerKind.REMINDED, of.story, "", "riskbot", now, key, value)):
        return False
    about = dict(reminder.about)  # it is worded anew when it is said
    body = {"text": reminder.text, "mention": list(reminder.mention), "own": of.story, "reminder": about}
    kind, key = DeliveryKind.BROADCAST, f"reminder-{of.story}-{of.channel}-{of.level}"
    if of.thread:
        tx.owe(kind, of.channel, body, now, story=of.story, key=key)
    else:  # only digests told of it: there is no thread
        tx.owe(DeliveryKind.NOTICE, of.channel, body, now, key=key)
    return True


async def _heard(store: Store, mind: Mind, waiting: Iterable[Waiting], now: datetime) -> list[Waiting]:
    """Those in whose channels it is not quiet, and that no silence covers: with such a one somebody has dealt."""
    loud = [each for each in waiting if not quiet(mind.policy.plan.channel(each.channel), each.level, now)]
    silences = await store.silences(now) if loud else ()

    def muted(each: Waiting, of: Silenceable) -> bool:
        by = silenced(of.hits, story=each.story, level=each.level, outlet=of.outlet, silences=silences, now=now)
        return by is not None

    # A silence that names stories or levels alone needs no look at what is told of them, and most are such.
    heard = [each for each in loud if not muted(each, NOTHING)]
    about = await store.silenceable({each.story for each in heard}) if silences and heard else {}
    return [each for each in heard if not muted(each, about.get(each.story, NOTHING))]


async def _described(store: Store, mind: Mind, each: Waiting) -> Waiting | None:
    """With since when the channel knows of its level, its headline and whom it calls; None: nothing is left of it."""
    story = await store.story(each.story)
    if story is None or not story.members:
        return None
    hits = [hit for member in story.members for hit in member.reading.hits if not hit.trial]
    raised_at = reached(story, await store.decided(story.id), each.channel, mind.outlets)
    plans = [mind.policy.plan.rules.get(hit.rule) for hit in hits]
    return replace(
        each,
        level=story.level,
        told_at=told_at(each.told, raised_at),
        meant=any(mind.policy.channel_of(hit, story.level) == each.channel for hit in hits),
        headline=summarise(story, mind.outlets).headline,
        mention=tuple(dict.fromkeys(plan.mention for plan in plans if plan and plan.mention)),
    )
