"""How often a feed publishes, and how often it is worth asking.

What always holds: an interval lies within the feed's bounds, unless the rule file fixes it; rarity never slows a
government's feed beyond `GOVERNMENT`; what the arrivals cannot tell yet is None, never a guess. Deliberately absent:
chance, what publishers wish for, failures (`polling.py`).

A feed asked every τ is read τ/2 late on average and costs 1/τ requests. Over feeds whose entries come every `gap`, the
delays of all entries together are smallest, for a given number of requests, where τ grows with the square root of the
gap (Sia, Cho and Cho, "Efficient Monitoring Algorithm for Fast News Alerts", IEEE Transactions on Knowledge and Data
Engineering 19(7), 2007). Its scale is the shortest interval: what comes as often as we may ask is asked for as often.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from riskbot.model import Feed, FeedState
from riskbot.policy.alerting import Policy

USUAL = timedelta(minutes=5)  # while a feed's rhythm is not known
GOVERNMENT = timedelta(minutes=5)  # the longest for a government's feed: it publishes seldom, and what matters most
FAILING = 4  # how many times its longest interval a failing feed may be left alone
MOST_ARRIVALS = 32  # kept of a feed
LEAST_GAPS = 3  # fewer are no rhythm
_BURST = timedelta(minutes=1)  # what comes within it came at one moment: twenty entries with one time are one event
_DAY = timedelta(days=1)


def bounds(feed: Feed, policy: Policy) -> tuple[timedelta, timedelta]:
    """The shortest and the longest interval of a feed that has no fixed one. Where they conflict, the longest holds."""
    government = feed.kind.casefold() == "government"
    longest = min(policy.max_interval, GOVERNMENT) if government else policy.max_interval
    return min(policy.min_interval, longest), longest


def interval(feed: Feed, state: FeedState, policy: Policy, now: datetime) -> timedelta:
    """How long after a success a feed is worth asking again, before chance and wishes.

    Its fixed interval; else `√(shortest · gap)` within its bounds, where the gap is the median of its gaps, or the
    present silence where that is longer: the longer nothing came, the less is lost by waiting (at night, say), and the
    first new entry ends it. `USUAL` while its rhythm is not known.
    """
    if feed.every is not None:
        return feed.every
    shortest, longest = bounds(feed, policy)
    gap = median_gap(state.arrivals)
    if gap is None:
        return min(max(USUAL, shortest), longest)
    expected = max(gap, now - state.arrivals[-1])
    worth = timedelta(seconds=math.sqrt(shortest.total_seconds() * expected.total_seconds()))
    return min(max(worth, shortest), longest)


def patience(feed: Feed, policy: Policy) -> timedelta:
    """The longest that riskbot stays away from a feed that fails, by itself: `FAILING` times its longest interval.

    Long enough to be no burden to a publisher in trouble (a request an hour), short enough that a mended feed is read
    again soon (20 minutes for a government's), since nobody else tells us that it is.
    """
    longest = bounds(feed, policy)[1]
    return FAILING * (longest if feed.every is None else max(feed.every, longest))


def gaps(arrivals: Sequence[datetime]) -> list[timedelta]:
    """The times between the moments at which something came; arrivals within a minute are one moment."""
    moments: list[datetime] = []
    for at in arrivals:
        if not moments or at - moments[-1] >= _BURST:
            moments.append(at)
    return [later - earlier for earlier, later in pairwise(moments)]


def median_gap(arrivals: Sequence[datetime]) -> timedelta | None:
    """The feed's rhythm: half of the waits between its moments are longer. None while there are too few."""
    between = gaps(arrivals)
    return timedelta(seconds=median(gap.total_seconds() for gap in between)) if len(between) >= LEAST_GAPS else None


def per_day(state: FeedState, now: datetime) -> float | None:
    """Entries a day at the pace of the last ones kept, the present silence included.

    Counts what came after the first moment, over the time since: what a first poll finds at once is no pace. None
    while less than a day and fewer than `LEAST_GAPS` entries stand behind it, and where all that is kept came at once.
    """
    if not state.arrivals:
        return None
    first = state.arrivals[0]
    after = sum(at - first >= _BURST for at in state.arrivals)
    since = now - first
    if (after < LEAST_GAPS and since < _DAY) or (after == 0 and len(state.arrivals) >= MOST_ARRIVALS):
        return None
    return after / (since / _DAY)


def with_arrivals(arrivals: Sequence[datetime], more: Sequence[datetime]) -> tuple[datetime, ...]:
    """The latest of both, oldest first."""
    return tuple(sorted([*arrivals, *more])[-MOST_ARRIVALS:])
