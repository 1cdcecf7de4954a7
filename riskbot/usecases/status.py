"""How riskbot is, and what of it needs a person.

What always holds: something needs a person when waiting will not mend it and a person can, or has to know: parked
messages, messages that do not get out for long (`policy/overdue.py`), refused edits, rules switched off, a watch that
stands still, and feeds that fail, are gone, answer with a page, or are stale (the feed's own `stale_after` says that an
age is as it should be). A feed that is merely silent, empty or undated is shown as unhealthy and needs nobody: there is
nothing to do but wait or choose another feed, and a check that never comes clean is soon ignored. A database without a
trace of riskbot is as one that is not there. Figures of few articles say how few; a percentile that they cannot bear is
not given.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import quantiles

from riskbot.model import Feed, RulesState
from riskbot.policy.alerting import Policy
from riskbot.policy.health import illness, kind, span
from riskbot.policy.heartbeat import counted
from riskbot.policy.overdue import Waits, overdue
from riskbot.ports import Counts, Delay
from riskbot.usecases.forms import Form

NEVER = "riskbot has not run on this database yet"
BEGIN = "start `riskbot run`, or name the right one with --database or RISKBOT_DATABASE_URL"
FOR_A_PERSON = frozenset({"failing", "gone", "web page", "stale"})  # kinds of illness
STALE_TICKS = 8  # so many ticks without one means that the scheduler stands still
_LEAST_STALE = timedelta(minutes=2)
_LEAST_FOR_P95 = 20  # fewer values have no five in a hundred


@dataclass(frozen=True, slots=True)
class Lag:
    """How long one leg of an article's way took, over the latest articles told."""

    start: str  # what came before: published, seen
    end: str  # what it led to: seen, told
    articles: int  # for which both times are known
    median: timedelta | None
    p95: timedelta | None  # 95 of 100 were as fast; None where too few are known


@dataclass(frozen=True, slots=True)
class Status:
    """Everything `riskbot status` tells."""

    rules: int
    companies: int
    feeds: int
    in_force: RulesState | None
    counts: Counts
    last_tick: datetime | None
    stands_still: str | None  # why the watch is not live, in words
    unhealthy: Mapping[str, str]  # feed → why
    lags: tuple[Lag, ...]
    needs: tuple[str, ...]  # what needs a person


def examine(
    *,
    files: tuple[int, int] | None,
    feeds: Iterable[Feed] | None,
    exists: bool,
    counts: Counts,
    ticks: Mapping[str, datetime],
    in_force: RulesState | None,
    delays: Sequence[Delay],
    policy: Policy,
    poll_interval: timedelta,
    now: datetime,
) -> Status:
    """Judge what the store holds.

    `files` are the numbers of rules and companies of the rule files, `feeds` their feeds; None where they are broken.
    `exists`: whether there is a database at all.
    """
    feeds = None if feeds is None else tuple(feeds)
    numbers = (in_force.rules, in_force.companies) if in_force else files or (0, 0)
    unhealthy = _unhealthy(feeds, counts, policy, now)
    last = ticks.get("poll")
    still = standing_still(last, poll_interval, now)
    needs = [f"{NEVER}: {BEGIN}"] if untouched(counts, ticks, in_force, exists=exists) else []
    needs += [f"the watch stands still: {still}"] if still and last else []
    needs += [f"{counted(counts.parked, 'message')} parked"] if counts.parked else []
    late = overdue(counts.waits, now)
    needs += [f"{late}; `riskbot slack check` looks what is wrong"] if late else []
    needs += [f"feed {name}: {why}" for name, why in unhealthy.items() if kind(why) in FOR_A_PERSON]
    if in_force:
        needs += [in_force.refused] if in_force.refused else []
        needs += [f"rule {rule} is switched off: {why}" for rule, why in in_force.switched_off.items()]
    polled = len(counts.feeds) or len(feeds or ())  # the store knows the feeds only once riskbot has run
    return Status(*numbers, polled, in_force, counts, last, still, unhealthy, lags(delays), tuple(needs))


def untouched(counts: Counts, ticks: Mapping[str, datetime], in_force: RulesState | None, *, exists: bool) -> bool:
    """Whether nothing of riskbot's was ever here: not a run, not a poll by hand, not a replay."""
    return not exists or not (ticks or in_force or counts.articles or counts.feeds)


def standing_still(last: datetime | None, every: timedelta, now: datetime) -> str | None:
    """Why the scheduler does not run, or None: `last` is its last tick, `every` the time between two."""
    if last is None:
        return NEVER
    longest = max(every * STALE_TICKS, _LEAST_STALE)
    return f"the last tick was {span(now - last)} ago" if now - last > longest else None


def lags(delays: Sequence[Delay]) -> tuple[Lag, ...]:
    """The three legs of the way. An article seen before the time its publisher gives it took no time."""
    known = [(delay, delay.published) for delay in delays if delay.published]
    return (
        _lag("published", "seen", [delay.seen - published for delay, published in known]),
        _lag("seen", "told", [delay.told - delay.seen for delay in delays]),
        _lag("published", "told", [delay.told - published for delay, published in known]),
    )


def status_form(status: Status) -> Form:
    """The status as one JSON document."""
    counts = status.counts
    return {
        "rules": status.rules,
        "companies": status.companies,
        "rules_live": _rules_form(status.in_force),
        "feeds": status.feeds,
        "failing": {name: state.error for name, state in counts.feeds.items() if state.failures},
        "unhealthy": dict(status.unhealthy),
        "articles": counts.articles,
        "hits": counts.hits,
        "stories": counts.stories,
        "alerts": counts.alerts,
        "owed": counts.owed,
        "parked": counts.parked,
        "waits": _waits_form(counts.waits),
        "last_tick": status.last_tick,
        "delays": {f"{lag.start}_to_{lag.end}": _lag_form(lag) for lag in status.lags},
        "needs_a_person": list(status.needs),
    }


def _unhealthy(feeds: Iterable[Feed] | None, counts: Counts, policy: Policy, now: datetime) -> dict[str, str]:
    """Why each unhealthy feed is so: judged now, or, where its description cannot be read, at its last poll."""
    if feeds is None:
        return {name: state.ill for name, state in counts.feeds.items() if state.ill}
    judged = (
        (feed.name, illness(feed, counts.feeds[feed.name], policy, now)) for feed in feeds if feed.name in counts.feeds
    )
    return {name: why for name, why in judged if why}


def _lag(start: str, end: str, spans: list[timedelta]) -> Lag:
    seconds = [max(0.0, each.total_seconds()) for each in spans]
    if len(seconds) < 2:
        return Lag(start, end, len(seconds), timedelta(seconds=seconds[0]) if seconds else None, None)
    # Inclusive: these articles are all we speak of, not a sample of others (Python's `statistics.quantiles`).
    cuts = quantiles(seconds, n=20, method="inclusive")
    p95 = timedelta(seconds=cuts[18]) if len(seconds) >= _LEAST_FOR_P95 else None
    return Lag(start, end, len(seconds), timedelta(seconds=cuts[9]), p95)


def _lag_form(lag: Lag) -> Form:
    return {
        "articles": lag.articles,
        "median_seconds": lag.median.total_seconds() if lag.median is not None else None,
        "p95_seconds": lag.p95.total_seconds() if lag.p95 is not None else None,
    }


def _waits_form(waits: Waits | None) -> Form | None:
    """Of what was put off by riskbot itself, `since` is the time to which it was."""
    return {"channel": waits.channel, "since": waits.since, "why": waits.why} if waits else None


def _rules_form(state: RulesState | None) -> Form | None:
    if state is None:
        return None
    return {
        "hash": state.hash,
        "live_since": state.live_since,
        "refused": state.refused,
        "refused_at": state.refused_at,
        "switched_off": dict(state.switched_off),
    }
