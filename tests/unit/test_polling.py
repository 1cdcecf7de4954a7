"""When a feed is due again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from riskbot.errors import FetchError
from riskbot.model import FeedState
from riskbot.policy.polling import after_failure, after_success, interval
from tests.builders import NOW, feed, later

MINUTE = timedelta(minutes=1)
EVERY, LONGEST = 5 * MINUTE, 15 * MINUTE
GONE = FetchError("http-404", "the server answered 404")


@pytest.mark.parametrize(
    ("shortest", "longest", "expected"),
    [
        (MINUTE, LONGEST, 5 * MINUTE),
        (10 * MINUTE, LONGEST, 10 * MINUTE),
        (MINUTE, 2 * MINUTE, 2 * MINUTE),
    ],
)
def test_a_feed_is_due_after_the_usual_time_within_the_bounds(
    shortest: timedelta, longest: timedelta, expected: timedelta
) -> None:
    assert interval(feed(), shortest, longest) == expected


def test_a_feeds_own_interval_wins_over_the_bounds() -> None:
    assert interval(feed(every=timedelta(seconds=20)), MINUTE, LONGEST) == timedelta(seconds=20)
    assert interval(feed(every=timedelta(hours=6)), MINUTE, LONGEST) == timedelta(hours=6)


def test_a_success_clears_every_failure() -> None:
    ill = FeedState("example", failures=7, error="http-404: gone", polled_at=later(hours=-1))
    well = after_success(ill, NOW, EVERY, etag='"1"', last_modified="Mon", body_hash="abc")
    assert well == FeedState(
        "example", '"1"', "Mon", "abc", due_at=later(minutes=5), polled_at=NOW, succeeded_at=NOW, failures=0, error=None
    )


def test_what_an_answer_leaves_out_stays_as_it_was() -> None:
    state = FeedState("example", '"1"', "Mon", "abc")
    again = after_success(state, NOW, EVERY, etag=None, last_modified=None, body_hash=None)
    assert (again.etag, again.last_modified, again.body_hash) == ('"1"', "Mon", "abc")


def test_each_failure_in_a_row_doubles_the_wait_up_to_the_longest() -> None:
    state, waits = FeedState("example"), []
    for _ in range(40):
        state = after_failure(state, GONE, NOW, EVERY, LONGEST)
        assert state.due_at is not None
        waits.append((state.due_at - NOW) / MINUTE)
    assert waits[:4] == [5, 10, 15, 15]
    assert waits[-1] == 15
    assert state.failures == 40


def test_a_failure_leaves_what_the_last_success_brought() -> None:
    well = FeedState("example", '"1"', "Mon", "abc", succeeded_at=later(hours=-1), polled_at=later(hours=-1))
    ill = after_failure(well, GONE, NOW, EVERY, LONGEST)
    assert ill == FeedState(
        "example",
        '"1"',
        "Mon",
        "abc",
        due_at=later(minutes=5),
        polled_at=NOW,
        succeeded_at=later(hours=-1),
        failures=1,
        error="http-404: the server answered 404",
    )


def test_a_slow_feeds_own_interval_is_never_shortened_by_its_failures() -> None:
    ill = after_failure(FeedState("example"), GONE, NOW, timedelta(hours=6), LONGEST)
    assert ill.due_at == later(hours=6)
