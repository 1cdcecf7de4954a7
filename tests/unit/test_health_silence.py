"""When a feed that answers is silent for much longer than its own rhythm."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.builders import later
from tests.feedhealth import (
    DAY,
    HOUR,
    HOURLY,
    MINUTE,
    MONDAY,
    ill,
    kind_of,
    state,
)

# ── silent ───────────────────────────────────────────────────────────────────────────────────────────────────────


def silent(arrivals: tuple[datetime, ...], after: timedelta) -> bool:
    """Whether a feed with these arrivals is silent so long after the last."""
    now = arrivals[-1] + after
    return kind_of(state(arrivals=arrivals, newest_at=arrivals[-1], succeeded_at=now), now=now) == "silent"


def test_a_feed_is_silent_when_nothing_came_for_much_longer_than_ever() -> None:
    steady = tuple(MONDAY - 6 * DAY + 6 * HOUR * n for n in range(25))  # weekend and all, until Monday at midnight
    assert not silent(steady, timedelta(hours=24))
    assert silent(steady, timedelta(hours=25))
    now = steady[-1] + 30 * HOUR
    assert ill(state(arrivals=steady, newest_at=None, succeeded_at=now), now=now) == (
        "silent: nothing new since 2025-11-10 00:00 UTC, 30 hours, though it brought something every 6 hours and never "
        "paused longer than 6 hours; see at its site whether it moved or was given up"
    )


def test_a_rare_feed_may_be_silent_for_long() -> None:
    weekly = tuple(MONDAY - n * 7 * DAY for n in reversed(range(10)))
    assert not silent(weekly, 14 * DAY)
    assert silent(weekly, 30 * DAY)


def test_a_feed_that_never_paused_may_leave_out_two_of_its_times() -> None:
    twice_a_day = tuple(MONDAY - 6 * DAY + 12 * HOUR * n for n in range(13))
    assert not silent(twice_a_day, timedelta(hours=36))
    assert silent(twice_a_day, timedelta(hours=37))


def test_nights_are_no_silence_to_a_feed_too_busy_to_remember_one() -> None:
    day = tuple(MONDAY + 9 * HOUR + 15 * MINUTE * n for n in range(32))
    assert not silent(day, timedelta(hours=16))
    assert silent(day, timedelta(hours=25))


def test_weekends_are_no_silence_to_a_feed_that_publishes_on_working_days() -> None:
    friday = tuple(MONDAY + 4 * DAY + 9 * HOUR + 15 * MINUTE * n for n in range(32))
    assert not silent(friday, 2 * DAY)  # Sunday, a quarter to five in the afternoon
    assert not silent(friday, 3 * DAY)
    assert silent(friday, 3 * DAY + 12 * HOUR)
    assert "weekends apart" in (ill(state(arrivals=friday), now=friday[-1] + 4 * DAY) or "")


def test_a_single_piece_on_a_saturday_makes_no_weekend_paper() -> None:
    week = tuple(MONDAY + n * DAY + h * HOUR for n in range(5) for h in (9, 11, 13, 15, 17))
    assert not silent((*week, MONDAY + 5 * DAY + 12 * HOUR), timedelta(hours=40))  # Monday at four in the morning


def test_weekends_count_for_a_feed_that_publishes_on_them_as_on_other_days() -> None:
    always = tuple(MONDAY + 6 * HOUR * n for n in range(20, 52))
    assert always[-1] == MONDAY + 12 * DAY + 18 * HOUR  # a Saturday evening
    assert silent(always, 26 * HOUR)


def test_a_long_pause_that_it_made_before_is_no_silence() -> None:
    holidays = tuple(MONDAY + n * HOUR for n in (*range(10), *range(200, 210)))
    assert not silent(holidays, 8 * DAY)


def test_a_feed_whose_rhythm_is_not_known_is_never_called_silent() -> None:
    assert not silent((MONDAY,) * 20, 29 * DAY)


def test_an_entry_that_another_feed_brought_first_is_a_sign_of_life() -> None:
    now = later(days=9)
    assert kind_of(state(arrivals=HOURLY, newest_at=None), now=now) == "silent"
    assert ill(state(arrivals=HOURLY, newest_at=later(days=8, hours=20)), now=now) is None
