"""One poll of a feed that succeeded or failed, for the tests of when feeds are due and how they are."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from riskbot.errors import FetchError
from riskbot.model import Article, Document, Feed, FeedState
from riskbot.policy.alerting import Policy
from riskbot.policy.polling import after_failure, after_success
from riskbot.ports import Polled
from tests.builders import NOW, feed, later

POLICY = Policy()
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
BUSY = tuple(later(minutes=-4 * n) for n in reversed(range(10)))  # every four minutes: asked every two
RARE = tuple(later(days=-n) for n in reversed(range(10)))  # every day: asked as seldom as may be
DOWN = FetchError("timed-out", "it did not answer")
NOT_THERE = FetchError("http-404", "the server answered 404", "correct the `url`")
GONE = FetchError("gone", "it is gone for good (410)")
UNCHANGED = Polled("unchanged")
FEED = feed()
GOVERNMENT = feed(kind="government")


def state(**fields: Any) -> FeedState:
    return FeedState("example", **fields)


def read(
    before: FeedState | None = None,
    answer: Polled = UNCHANGED,
    *fresh: Article,
    of: Feed = FEED,
    policy: Policy = POLICY,
    now: datetime = NOW,
    jitter: float = 0.0,
) -> FeedState:
    """The state after a success."""
    return after_success(before or state(), answer, fresh, of, policy, now, jitter)


def failed(
    before: FeedState | None = None,
    error: FetchError = DOWN,
    *,
    of: Feed = FEED,
    policy: Policy = POLICY,
    now: datetime = NOW,
    jitter: float = 0.0,
) -> FeedState:
    """The state after a failure."""
    return after_failure(before or state(), error, of, policy, now, jitter)


def wait(after: FeedState) -> float:
    """How long until it is due, in minutes."""
    assert after.due_at
    assert after.polled_at
    return (after.due_at - after.polled_at) / MINUTE


def entries(*given_: Any, **fields: Any) -> Polled:
    fields.setdefault("document", Document(entries=len(given_)))
    return Polled("entries", given_, **fields)
