"""Whether a feed is healthy, why not, and when that is worth a word to the people who run riskbot.

What always holds: an illness is one sentence that begins with its kind and a colon (`failing: …`); only a turn of the
kind is told, so that figures may change within a sentence unheard; a feed that fails is well again by a success, and
by nothing else. While a feed fails, nothing is said of what its documents hold. Deliberately absent: telling.

A run of failures keeps the kind it was told with, and a feed that turned well within `FLAPPING` is called failing again
only after `BLIND`: one that comes and goes is told at most once for each real hour without it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from riskbot.model import Feed, FeedState
from riskbot.policy.alerting import Policy
from riskbot.policy.rhythm import median_gap, patience

FAILURES = 3  # in a row: the first two are hiccups
BLIND = timedelta(hours=1)  # nothing read for so long is no hiccup, however few polls failed
FLAPPING = timedelta(days=1)
# A silence is longer than all of these. Played on five newspapers' feeds over ten months, they
# take 5 pauses in 1,618 days of polling for a silence.
LEAST_SILENCE = timedelta(days=1)  # a night is none, and busy feeds keep too few arrivals to know their nights
_OF_MEDIAN, _OF_LONGEST = 3, 2  # usual gaps; longest pauses
_EMPTY_AFTER = timedelta(hours=1)  # since anything came: publishers' machines now and then send one document of nothing

_PAGE = "html-not-feed"
# Reasons that say that the address itself is wrong: where nothing was ever read they need no second poll.
_WRONG_ADDRESS = frozenset(
    {
        _PAGE,
        "not-a-feed",
        "http-401",
        "http-403",
        "http-404",
        "bad-address",
        "bad-scheme",
        "bad-port",
        "private-address",
    }
)
_SATURDAY = 5
_HOUR, _DAY, _WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
_A_MONDAY = datetime(1970, 1, 5, tzinfo=UTC)


def examined(
    feed: Feed, before: FeedState, after: FeedState, policy: Policy, now: datetime
) -> tuple[FeedState, str | None]:
    """The state after a poll with what ails the feed, and the line to tell of it, if its health turned.

    `ill_since` is then the time of the last turn, to either side; None while it has always been well.
    """
    why = illness(feed, replace(after, ill=before.ill, ill_since=before.ill_since), policy, now)
    since = before.ill_since if kind(why) == kind(before.ill) else now
    judged = replace(after, ill=why, ill_since=since)
    return judged, turned(before, judged)


def illness(feed: Feed, state: FeedState, policy: Policy, now: datetime) -> str | None:
    """Why a feed is unhealthy, in one sentence with its mend; None: it is well. `state.ill` is what was said so far."""
    if state.gone_at:
        return (
            f"gone: it said at {_when(state.gone_at)} that it is gone for good (410) and is polled no more; "
            "remove the feed or give it its new `url`"
        )
    if state.failures:
        failing = _failing(feed, state, policy, now)
        if failing:
            return failing
    elif state.error:
        return f"partly unread: {state.error}; ask its publisher to mend the entry, or use another feed"
    # What a feed does not bring while it cannot be read is no sign of its own.
    until = state.succeeded_at if state.failures and state.succeeded_at else now
    return _empty(state, until) or _undated(state) or _stale(feed, state, policy, until) or _silent(state, until)


def kind(why: str | None) -> str | None:
    """The kind of an illness: what stands before the first colon."""
    return why.partition(":")[0] if why else None


def turned(before: FeedState, after: FeedState) -> str | None:
    """The line that tells that a feed turned unhealthy, healthy, or ill of another kind; None: nothing to tell."""
    was, is_ = kind(before.ill), kind(after.ill)
    if was == is_:
        return None
    if is_ is None:
        long = after.ill_since - before.ill_since if after.ill_since and before.ill_since else None
        return f"Feed {after.feed} is healthy again{f' after {span(long)}' if long else ''}; it was {was}"
    how = "unhealthy" if was is None else f"no longer {was} but still unhealthy"
    return " ".join(f"Feed {after.feed} is {how}: {after.ill}".split())


def span(length: timedelta) -> str:
    """A length of time as people say it."""
    if length < timedelta(seconds=59.5):
        number, unit = round(length / timedelta(seconds=1)), "second"
    elif length < 2 * _HOUR:
        number, unit = round(length / timedelta(minutes=1)), "minute"
    elif length < 3 * _DAY:
        number, unit = round(length / _HOUR), "hour"
    else:
        number, unit = round(length / _DAY), "day"
    return f"{number:,} {unit}{'s' * (number != 1)}"


# ── it cannot be read ────────────────────────────────────────────────────────────────────────────────────────────


def _failing(feed: Feed, state: FeedState, policy: Policy, now: datetime) -> str | None:
    error = state.error or "for a reason that was not kept"
    reason = error.partition(":")[0]
    told = kind(state.ill) in ("failing", "web page")
    if not (told or _worth_telling(feed, state, policy, now, reason)):
        return None
    polls = "1 poll" if state.failures == 1 else f"{state.failures} polls in a row"
    read = f"nothing read since {_when(state.succeeded_at)}" if state.succeeded_at else "nothing read ever"
    until = _sent_away(feed, state, policy)
    away = f", it asked to be left alone until {_when(until)}" if until else ""
    page = kind(state.ill) == "web page" if told else reason == _PAGE
    if page:
        return f"web page: it answers with a page instead of a feed, {polls} failed, {read}{away}; {error}"
    return f"failing: {polls} failed, {read}{away}; {error}"


def _worth_telling(feed: Feed, state: FeedState, policy: Policy, now: datetime, reason: str) -> bool:
    if _sent_away(feed, state, policy) is not None:
        return True
    if state.succeeded_at is None or state.body_hash is None:
        # Nothing was read at this address: somebody has just written it, and waits to hear of a slip.
        return state.failures > 1 or reason in _WRONG_ADDRESS
    blind = state.failures > 1 and now - state.succeeded_at >= BLIND
    flapping = state.ill_since is not None and now - state.ill_since < FLAPPING
    return blind or (state.failures >= FAILURES and not flapping)


def _sent_away(feed: Feed, state: FeedState, policy: Policy) -> datetime | None:
    """Until when it asked (Retry-After) to be left alone, if that is longer than we would by ourselves."""
    if state.due_at is None or state.polled_at is None:
        return None
    return state.due_at if state.due_at - state.polled_at > max(patience(feed, policy), BLIND) else None


# ── it can be read, but ──────────────────────────────────────────────────────────────────────────────────────────


def _empty(state: FeedState, until: datetime) -> str | None:
    came = _last_sign(state)
    if state.entries != 0 or (came is not None and until - came < _EMPTY_AFTER):
        return None
    return "empty: its document holds no entry; open its `url` in a browser and see whether it is the feed you mean"


def _undated(state: FeedState) -> str | None:
    if not state.undated:
        return None
    return (
        "undated: none of its entries has a date, so that nothing its first poll found is told, and nobody can see "
        "whether it is stale; ask the publisher for dates, or use another feed"
    )


def _stale(feed: Feed, state: FeedState, policy: Policy, until: datetime) -> str | None:
    allowed = feed.stale_after if feed.stale_after is not None else policy.stale_after
    if state.newest_at is None or until - state.newest_at <= allowed:
        return None
    return (
        f"stale: its newest entry is of {state.newest_at:%Y-%m-%d}, {span(until - state.newest_at)} old, and "
        f"{span(allowed)} are allowed; see whether another feed replaced it, or give it a longer `stale_after`"
    )


def _silent(state: FeedState, until: datetime) -> str | None:
    """Nothing for much longer than its own rhythm. Weekends count only for a feed that publishes on them as ever."""
    came, usual = _last_sign(state), median_gap(state.arrivals)
    if came is None or usual is None:
        return None
    always = _WEEK * sum(at.weekday() >= _SATURDAY for at in state.arrivals) >= 2 * _DAY * len(state.arrivals)
    quiet, *pauses = (
        later - earlier if always else _working(earlier, later)
        for earlier, later in [(came, until), *pairwise(state.arrivals)]
    )
    if quiet <= max(LEAST_SILENCE, _OF_MEDIAN * usual, _OF_LONGEST * max(pauses)):
        return None
    return (
        f"silent: nothing new since {_when(came)}, {span(until - came)}, though it brought something every "
        f"{span(usual)} and never paused longer than {span(max(pauses))}{'' if always else ', weekends apart'}; "
        "see at its site whether it moved or was given up"
    )


def _last_sign(state: FeedState) -> datetime | None:
    """When anything came of it last; an entry that another feed brought first counts by its date."""
    return max([*state.arrivals[-1:], *([state.newest_at] if state.newest_at else [])], default=None)


def _working(start: datetime, end: datetime) -> timedelta:
    """The time between without Saturdays and Sundays (UTC)."""
    return (end - start) - (_weekends_before(end) - _weekends_before(start))


def _weekends_before(at: datetime) -> timedelta:
    weeks, rest = divmod(at - _A_MONDAY, _WEEK)
    return weeks * 2 * _DAY + max(rest - 5 * _DAY, timedelta(0))


def _when(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
