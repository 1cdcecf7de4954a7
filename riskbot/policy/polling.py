"""When a feed is due again.

What always holds: a success clears every failure; failures back off exponentially, up to the longest interval; what
an unchanged poll leaves out (ETag, hash) stays as it was.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from riskbot.errors import FetchError
from riskbot.model import Feed, FeedState

USUAL = timedelta(minutes=5)


def interval(feed: Feed, shortest: timedelta, longest: timedelta) -> timedelta:
    """How long after a success a feed is due again: its own fixed interval, else the usual one within the bounds."""
    return feed.every or min(max(USUAL, shortest), longest)


def after_success(
    state: FeedState,
    now: datetime,
    every: timedelta,
    *,
    etag: str | None,
    last_modified: str | None,
    body_hash: str | None,
) -> FeedState:
    """The state after a poll that brought an answer; what the answer leaves out stays as it was."""
    return replace(
        state,
        etag=etag or state.etag,
        last_modified=last_modified or state.last_modified,
        body_hash=body_hash or state.body_hash,
        due_at=now + every,
        polled_at=now,
        succeeded_at=now,
        failures=0,
        error=None,
    )


def after_failure(
    state: FeedState, error: FetchError, now: datetime, every: timedelta, longest: timedelta
) -> FeedState:
    """The state after a poll that failed: each failure in a row doubles the wait, up to `longest`."""
    failures = state.failures + 1
    wait = min(every * 2 ** min(failures - 1, 16), max(longest, every))
    return replace(state, due_at=now + wait, polled_at=now, failures=failures, error=f"{error.reason}: {error}")
