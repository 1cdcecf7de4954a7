"""How an alert is told: in a message now, or as a line of a digest later.

What always holds: what is critical is told now, whatever the plan says; whatever else waits has a digest and a time at
which that is due, so that nothing is ever dropped. A story whose message stands is brought up to date at any hour,
because an edit disturbs nobody; only what would ring a bell waits (`Decision.hushed`). Pure: `now` is an argument.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from riskbot.model import Article, Hit, Level
from riskbot.model.calm import Away, Cause, ChannelPlan, DigestTime, HeldBack, Plan
from riskbot.policy.hours import last_digest, loud, next_digest, quiet_until

HOUR = timedelta(hours=1)
OUTAGE = HOUR  # away for longer, and what is not grave comes as one digest
AWAY = "While I was away"  # what its digest is called
GATHERING = timedelta(minutes=10)  # after coming back: until then every feed has been read


@dataclass(frozen=True, slots=True)
class Wait:
    """That something is told in a digest, which and when."""

    cause: Cause
    due_at: datetime
    title: str  # of the digest
    why: str  # in words, for the decision


def quiet(plan: ChannelPlan, level: Level, now: datetime) -> datetime | None:
    """When the quiet hours end that keep a story of this level from a channel; None: it may be told now."""
    return None if level is Level.CRITICAL else quiet_until(plan.quiet, now)


def waits(
    plan: Plan,
    channel: str,
    level: Level,
    now: datetime,
    *,
    hits: Iterable[Hit] = (),
    article: Article | None = None,
    told: int = 0,
    away: Away | None = None,
) -> Wait | None:
    """Which digest tells the channel of a story it has not heard of; None: a message of its own, now.

    `hits` are those that concern the channel, `article` the one that led to it, `told` how many new stories the
    channel was told of since the hour began.
    """
    if level is Level.CRITICAL:
        return None
    of = plan.channel(channel)
    digest = _digest(plan, of, hits)
    if digest:
        due = loud(of, next_digest(digest, of.zone, now))
        return Wait(Cause.DIGEST, due, title(digest), f"the digest due {_when(due)} tells of it")
    until = quiet_until(of.quiet, now)
    if until:
        return Wait(Cause.QUIET, until, "Quiet hours", f"quiet hours until {_when(until)}")
    if away and _missed(article, level, away, now):
        due = loud(of, away.until + GATHERING)
        why = f"it happened while riskbot was away ({_when(away.since)} to {_when(away.until)})"
        return Wait(Cause.AWAY, due, AWAY, why)
    most = plan.cap(channel)
    if most and told >= most:
        due = loud(of, hour_of(now) + HOUR)
        many = f"More than {most} alert{'s' * (most != 1)} this hour"
        return Wait(Cause.CAP, due, many, f"the channel was told of {told} new stories this hour, the most is {most}")
    return None


def title(digest: DigestTime) -> str:
    """What a digest of a channel or a rule is called."""
    return "Daily digest" if len(digest.days) > 1 else "Weekly digest"


def rounds(plan: Plan, last: Mapping[str, datetime], now: datetime) -> dict[str, datetime]:
    """The channels whose own digest came due since they were last looked at, and when that was; `last` is by channel.

    A channel that was never looked at counts from now: what was before it wanted a digest is no concern of it.
    """
    found = {}
    for name, of in plan.channels.items():
        if of.digest is None:
            continue
        due, since = loud(of, last_digest(of.digest, of.zone, now)), last.get(name)
        if since is None or since < due <= now:
            found[name] = since or now
    return found


def hour_of(now: datetime) -> datetime:
    """When the hour began that is counted."""
    return now.replace(minute=0, second=0, microsecond=0)


def absence(last: datetime | None, now: datetime) -> Away | None:
    """That riskbot was away, when its last tick was then; None: it was here, or has never been."""
    return Away(last, now) if last is not None and now - last > OUTAGE else None


def missed_in(away: Away | None, held: HeldBack, of: ChannelPlan) -> Away | None:
    """The absence because of which something is held, when it was the last before that; None: it is held for another
    reason, such as that its channel could not be told."""
    if away is None or held.cause is not Cause.AWAY or not away.until <= held.at < away.until + GATHERING:
        return None
    return away if held.due_at == loud(of, away.until + GATHERING) else None


def _digest(plan: Plan, of: ChannelPlan, hits: Iterable[Hit]) -> DigestTime | None:
    """The digest that the channel wants, or every one of the hits' rules; of several the first."""
    rules = [plan.rules.get(hit.rule) for hit in hits]
    wanted = [rule.digest if rule else None for rule in rules]
    return of.digest or (next(iter(wanted), None) if all(wanted) else None)


def _missed(article: Article | None, level: Level, away: Away, now: datetime) -> bool:
    """Whether an article came out while riskbot was away, and is grave enough for nothing but a line."""
    if level.rank >= Level.HIGH.rank or not away.until <= now < away.until + GATHERING:
        return False
    published = article.published if article else None
    return published is not None and published < away.until - OUTAGE


def _when(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
