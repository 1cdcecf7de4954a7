"""The tick that keeps riskbot calm: digests that are due, silences that are over, and that riskbot was away.

What always holds: a digest is owed in the transaction that settles what it tells, so that nothing is told twice or
forgotten whatever dies when; of one channel and one cause it is one message. Deliberately absent: when it ticks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from riskbot.model import DeliveryKind
from riskbot.model.calm import Away, Cause, HeldBack, Plan, Silence
from riskbot.policy.calm import AWAY, OUTAGE, absence, missed_in, rounds, title
from riskbot.policy.gathering import Gathered
from riskbot.policy.health import kind
from riskbot.policy.hours import loud
from riskbot.policy.muting import story_of
from riskbot.policy.silences import words
from riskbot.ports import Store, Transaction

TICK = "poll"  # the tick whose silence means that riskbot was away
DIGEST = "digest "  # with a channel: when its own digest was last looked at


async def note_absence(store: Store, now: datetime) -> Away | None:
    """Note that riskbot was away, where its last tick is so long ago. Call it before that tick is noted anew."""
    away = absence((await store.ticks()).get(TICK), now)
    if away:
        await store.write(lambda tx: tx.was_away(away))
    return away


async def tell_held(store: Store, plan: Plan, now: datetime) -> int:
    """Owe the digests that are due and the summaries of silences that are over; how many."""
    await store.write(lambda tx: tx.fold_backlog(now - OUTAGE))
    ticks = await store.ticks()
    passed = rounds(plan, {name.removeprefix(DIGEST): at for name, at in ticks.items() if name.startswith(DIGEST)}, now)
    if not passed and not await store.write(lambda tx: bool(tx.held_due(now) or tx.finished_silences(now))):
        return 0
    blind = await _blind(store)
    return await store.write(lambda tx: _digests(tx, plan, passed, blind, now) + _summaries(tx, plan, now))


async def _blind(store: Store) -> list[str]:
    """What cannot be seen: feeds that are unhealthy, in words."""
    states = (await store.pulse()).feeds
    return [f"{name}: {kind(state.ill)}" for name, state in sorted(states.items()) if state.ill]


def _digests(tx: Transaction, plan: Plan, passed: Mapping[str, datetime], blind: Sequence[str], now: datetime) -> int:
    """What is due. A channel's own digest without any story still says what was not seen and what was held back: to
    somebody who waits for it, its absence would mean that all is well. Of several digests of a channel the first tells
    of a story."""
    mine = [channel for channel, since in passed.items() if tx.tick(DIGEST + channel, now) == since]
    groups: dict[tuple[str, str], list[HeldBack]] = {}
    waiting: dict[str, Gathered | None] = {}
    named: dict[tuple[str, str], str] = {}
    for held in tx.held_due(now):
        if held.cause is Cause.AWAY and loud(plan.channel(held.channel), now) > now:
            continue  # what piled up is due whenever that is noticed, and it may be night
        if held.channel not in waiting:
            waiting[held.channel] = tx.gathering(DeliveryKind.DIGEST, held.channel, AWAY).waiting
            named |= {(held.channel, story): AWAY for story in _stories(waiting[held.channel])}
        name = named.setdefault((held.channel, held.story), held.title)
        groups.setdefault((held.channel, name), []).append(held)
    silences: dict[str, Silence] = {}
    for (channel, name), group in groups.items():
        # What comes to wait in an outage, before the digest of what waited could be sent, is told with it.
        into = waiting[channel] if name == AWAY else None
        since, until = _span(tx, plan, group, into, now)
        since = min(since, passed[channel]) if channel in mine else since
        muted = _muted(tx.silenced_since(channel, since), silences, tx, now)
        _owe(tx, channel, name, group, now, since=since, until=until, blind=blind, muted=muted, into=into)
    owed, told = len(groups), {channel for channel, _ in groups}
    for channel in mine:
        digest, since = plan.channel(channel).digest, passed[channel]
        muted = _muted(tx.silenced_since(channel, since), silences, tx, now)
        if digest and channel not in told and (blind or muted):
            _owe(tx, channel, title(digest), (), now, since=since, blind=blind, muted=muted)
            owed += 1
    return owed


def _span(
    tx: Transaction, plan: Plan, group: Sequence[HeldBack], into: Gathered | None, now: datetime
) -> tuple[datetime, datetime]:
    """From when to when a digest tells: from the first decision to now, or as long as riskbot was away."""
    spans = []
    if into:
        spans.append((datetime.fromisoformat(into.body["since"]), datetime.fromisoformat(into.body["until"])))
    for held in group:
        away = missed_in(tx.last_away(held.at), held, plan.channel(held.channel))
        spans.append((away.since, away.until) if away else (held.at, now))
    return min(since for since, _ in spans), max(until for _, until in spans)


def _stories(waiting: Gathered | None) -> Sequence[str]:
    return waiting.body["stories"] if waiting else ()


def _summaries(tx: Transaction, plan: Plan, now: datetime) -> int:
    """Of each silence that is over, one summary for each channel that it kept something from. What another silence
    still keeps from the channel is told by that one's summary."""
    owed = 0
    finished = tx.finished_silences(now)
    lasting = tx.silences(now) if finished else ()
    still = {(held.story, held.channel) for silence in lasting for held in tx.held_by(silence.id)}
    for silence in finished:
        groups: dict[str, list[HeldBack]] = {}
        kept = tx.held_by(silence.id)
        for held in kept:
            if (held.story, held.channel) not in still:
                groups.setdefault(held.channel, []).append(held)
        tx.tell_in_digest([held.id for held in kept if (held.story, held.channel) in still], None, now)
        for channel, group in groups.items():
            due = loud(plan.channel(channel), now)
            muted = [f"{_named(silence)}: {_many(group)}"]
            ended = f"Silence ended: {words(silence)}"
            _owe(tx, channel, ended, group, now, since=silence.starts, muted=muted, due_at=due if due > now else None)
        of_silence = {story} if (story := story_of(silence)) else set()
        for story in sorted({held.story for group in groups.values() for held in group} | of_silence):
            tx.refresh(story, now)  # messages that stand were not edited meanwhile, and may say that they are muted
        tx.sum_up(silence.id, now)
        owed += len(groups)
    return owed


def _owe(
    tx: Transaction,
    channel: str,
    name: str,
    group: Sequence[HeldBack],
    now: datetime,
    *,
    since: datetime,
    until: datetime | None = None,
    blind: Sequence[str] = (),
    muted: Sequence[str] = (),
    due_at: datetime | None = None,
    into: Gathered | None = None,
) -> None:
    body = _body(name, (*_stories(into), *(held.story for held in group)), since, until or now)
    body |= {"blind": list(blind), "muted": list(muted)}
    if into and into.into:
        delivery = into.into
        tx.add_body(delivery, body, into.due_at)
    else:
        delivery = tx.owe(DeliveryKind.DIGEST, channel, body, now, due_at=due_at)
    tx.tell_in_digest([held.id for held in group], delivery, now)


def _body(name: str, stories: Iterable[str], since: datetime, until: datetime) -> dict[str, Any]:
    """What the outbox keeps of a digest."""
    return {
        "title": name,
        "since": since.isoformat(),
        "until": until.isoformat(),
        "stories": list(dict.fromkeys(stories)),
        "blind": [],
        "muted": [],
    }


def _muted(held: Iterable[HeldBack], known: dict[str, Silence], tx: Transaction, now: datetime) -> list[str]:
    """What silences that still hold kept from a channel meanwhile, a line for each."""
    groups: dict[str, list[HeldBack]] = {}
    for each in held:
        groups.setdefault(each.silence or "", []).append(each)
    if groups and not known:
        known.update({silence.id: silence for silence in tx.silences(now)})
    return [f"{_named(known[id_])}: {_many(group)}" for id_, group in groups.items() if id_ in known]


def _named(silence: Silence) -> str:
    comment = f", {silence.comment}" if silence.comment else ""
    return f"{words(silence)} (silence {silence.id} of {silence.author}{comment})"


def _many(group: Sequence[HeldBack]) -> str:
    articles, stories = len({held.article for held in group}), len({held.story for held in group})
    return f"{articles} article{'s' * (articles != 1)} of {stories} {'stories' if stories != 1 else 'story'}"
