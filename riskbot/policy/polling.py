"""When a feed is due again, and what a poll leaves behind of it.

What always holds: between two polls that succeed lies no less than the shortest and no more than the longest interval
of the feed, or exactly its fixed one; a publisher's wishes lengthen a wait, never beyond that; `Retry-After` is waited
out in full, whatever else holds; failures double the wait up to `patience`, and one success ends them; a feed that is
gone (410) is not due. Chance moves a wait by a tenth at most, and never out of its bounds, so that feeds that were
polled together drift apart.

Deliberately absent: whether all this is healthy (`health.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

from riskbot.errors import FetchError
from riskbot.model import Article, Document, Entry, Feed, FeedState, Wishes
from riskbot.policy.alerting import Policy
from riskbot.policy.rhythm import bounds, interval, patience, with_arrivals

GONE = "gone"  # the reason of a 410
DOUBTS = 3  # failures in a row after which a remembered redirect is forgotten
_CHANCE = 0.1
_HOUR = timedelta(hours=1)
_HOURS_A_WEEK = 24 * 7
_END_OF_TIME = datetime(9999, 1, 1, tzinfo=UTC)


class Answer(Protocol):
    """A poll that brought an answer, as `ports.Polled` says it."""

    @property
    def entries(self) -> Sequence[Entry]: ...
    @property
    def etag(self) -> str | None: ...
    @property
    def last_modified(self) -> str | None: ...
    @property
    def body_hash(self) -> str | None: ...
    @property
    def document(self) -> Document | None: ...
    @property
    def moved(self) -> str | None: ...
    @property
    def max_age(self) -> timedelta | None: ...


def after_success(
    state: FeedState, answer: Answer, fresh: Sequence[Article], feed: Feed, policy: Policy, now: datetime, jitter: float
) -> FeedState:
    """The state after a poll that brought an answer. `fresh` are the articles new by it; `jitter` is within [-1, 1]."""
    document = answer.document
    moved_to = _moved(state, answer.moved, feed)
    # A body read anew, or from elsewhere, comes with its own validators or with none (RFC 9110, section 8.8).
    anew = moved_to != state.moved_to or answer.body_hash not in (None, state.body_hash)
    dates = [entry.published for entry in answer.entries if entry.published]
    done = replace(
        state,
        etag=answer.etag if anew else answer.etag or state.etag,
        last_modified=answer.last_modified if anew else answer.last_modified or state.last_modified,
        body_hash=answer.body_hash or state.body_hash,
        polled_at=now,
        succeeded_at=now,
        failures=0,
        error=document.lost if document else None,
        moved_to=moved_to,
        gone_at=None,
        undated=_undated(state, answer),
        newest_at=max([min(at, now) for at in dates] + ([state.newest_at] if state.newest_at else []), default=None),
        arrivals=with_arrivals(state.arrivals, [_arrival(article, state, now) for article in fresh]),
        new_at=now if fresh else state.new_at,
    )
    if document is not None:
        done = replace(
            done,
            items=document.items,
            parses=state.parses + 1,
            whole=state.whole + (document.whole is not None),
            whole_why=document.whole or state.whole_why,
            wishes=document.wishes if document.wishes is not None else state.wishes,
            entries=document.entries,
        )
    return replace(done, due_at=_at(now, _wait(feed, done, policy, now, jitter, answer.max_age)))


def after_failure(
    state: FeedState, error: FetchError, feed: Feed, policy: Policy, now: datetime, jitter: float
) -> FeedState:
    """The state after a poll that failed; what the last success left stays.

    A remembered redirect is forgotten when its address is gone, or after `DOUBTS` failures in a row of any kind: asking
    the configured address again costs one redirect where it still leads there, and finds the feed where it does not.
    """
    failures = state.failures + 1
    gone_at, moved_to = state.gone_at, state.moved_to
    if error.reason == GONE and moved_to is None:
        gone_at = gone_at or now
    elif error.reason == GONE or failures >= DOUBTS:
        moved_to = None
    elsewhere = moved_to != state.moved_to
    wait = max(_backoff(feed, state, policy, now, failures, jitter), error.retry_after or timedelta(0))
    return replace(
        state,
        etag=None if elsewhere else state.etag,
        last_modified=None if elsewhere else state.last_modified,
        due_at=None if gone_at else _at(now, wait),
        polled_at=now,
        failures=failures,
        error=f"{error.reason}: {error}" + (f" ({error.mend})" if error.mend else ""),
        moved_to=moved_to,
        gone_at=gone_at,
    )


# ── when ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _wait(
    feed: Feed, state: FeedState, policy: Policy, now: datetime, jitter: float, max_age: timedelta | None
) -> timedelta:
    usual = interval(feed, state, policy, now)
    if feed.every is not None:
        return usual
    shortest, longest = bounds(feed, policy)
    asked = min(max(max_age or timedelta(0), state.wishes.every or timedelta(0)), longest)
    wait = max(usual, asked)
    awake = _awake(state.wishes, now + wait, now + longest) - now
    if awake > wait:
        wait = asked = awake
    # A wish that can be granted is; one that reaches beyond the bound is not, and leaves room for chance.
    return _spread(wait, jitter, max(shortest, asked if asked < longest else shortest), longest)


def _awake(wishes: Wishes, due: datetime, until: datetime) -> datetime:
    """When the hours and days in which the feed says it does not change are over; at `until` at the latest."""
    for _ in range(_HOURS_A_WEEK):
        if due >= until or not (due.hour in wishes.skip_hours or due.weekday() in wishes.skip_days):
            return min(due, until)
        due = due.replace(minute=0, second=0, microsecond=0) + _HOUR
    return until  # it never changes, it says


def _backoff(feed: Feed, state: FeedState, policy: Policy, now: datetime, failures: int, jitter: float) -> timedelta:
    # As it was at the last success: the silence since then is ours.
    base = interval(feed, state, policy, state.succeeded_at or now)
    if feed.every is None:
        base = max(base, min(state.wishes.every or timedelta(0), bounds(feed, policy)[1]))
    most = patience(feed, policy)
    wait = min(base * min(2.0 ** min(failures - 1, 32), most / base), most)
    return wait if feed.every is not None else _spread(wait, jitter, base, most)


def _spread(wait: timedelta, jitter: float, least: timedelta, most: timedelta) -> timedelta:
    """Chance over what of a tenth either way is allowed, not cut off at a bound: there, all would meet again."""
    low, high = max(wait * (1 - _CHANCE), least), min(wait * (1 + _CHANCE), most)
    return low + (high - low) * ((jitter + 1) / 2)


def _at(now: datetime, wait: timedelta) -> datetime:
    return now + min(wait, _END_OF_TIME - now)


# ── what ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _moved(state: FeedState, moved: str | None, feed: Feed) -> str | None:
    """Where the feed is to be asked from now on, if not at its own address."""
    if moved is None:
        return state.moved_to
    return None if moved == feed.url else moved


def _arrival(article: Article, state: FeedState, now: datetime) -> datetime:
    """When an article that is new by this poll came out: when it says, but after the last poll that did not see it.

    So dates without a time of day, and old articles put in late, do not hide a feed's rhythm.
    """
    at = article.published or now
    return min(max(at, state.succeeded_at) if state.succeeded_at else at, now)


def _undated(state: FeedState, answer: Answer) -> bool:
    """Whether the document held entries and none with a date, as far as those that were read again can say."""
    document = answer.document
    if document is None:
        return state.undated
    if document.entries == 0 or any(entry.published for entry in answer.entries):
        return False
    all_read = not document.items or len(answer.entries) >= document.entries
    return (all_read and bool(answer.entries)) or state.undated
