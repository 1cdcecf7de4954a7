"""Feeds as they fare, for the tests of their health."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from riskbot.errors import FetchError
from riskbot.model import Feed, FeedState
from riskbot.policy.alerting import Policy
from riskbot.policy.health import illness, kind
from tests.builders import NOW, feed, later

POLICY = Policy()
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FEED = feed()
HOURLY = tuple(later(hours=-n) for n in reversed(range(30)))
MONDAY = datetime(2025, 11, 10, tzinfo=UTC)
DOWN = FetchError("timed-out", "it did not answer", "wait")
NOT_THERE = FetchError("http-404", "the server answered 404")
PAGE = FetchError("html-not-feed", "it is a web page, not a feed", "correct the `url`")


def state(**fields: Any) -> FeedState:
    """A feed that was read just now and is well, unless the fields say otherwise."""
    fields.setdefault("succeeded_at", NOW)
    fields.setdefault("polled_at", NOW)
    fields.setdefault("body_hash", "abc")
    fields.setdefault("entries", 20)
    fields.setdefault("newest_at", later(minutes=-10))
    return FeedState("example", **fields)


def failing(failures: int = 3, error: str = "timed-out: it did not answer", **fields: Any) -> FeedState:
    fields.setdefault("succeeded_at", later(minutes=-35))
    return state(failures=failures, error=error, **fields)


def ill(of: FeedState, source: Feed = FEED, now: datetime = NOW, policy: Policy = POLICY) -> str | None:
    return illness(source, of, policy, now)


def kind_of(of: FeedState, source: Feed = FEED, now: datetime = NOW) -> str | None:
    return kind(ill(of, source, now))
