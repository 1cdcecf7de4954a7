"""How often a feed publishes, and how often it is worth asking."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskbot.model import FeedState
from riskbot.policy.alerting import Policy
from riskbot.policy.rhythm import MOST_ARRIVALS, bounds, gaps, interval, median_gap, patience, per_day, with_arrivals
from tests.builders import NOW, feed, later

POLICY = Policy()
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SHORTEST, USUAL, LONGEST = MINUTE, 5 * MINUTE, 15 * MINUTE


def every(gap: timedelta, number: int = 20, until: datetime = NOW) -> tuple[datetime, ...]:
    """Arrivals at equal distances, the last of them at `until`."""
    return tuple(until - gap * n for n in reversed(range(number)))


def after(arrivals: Sequence[datetime], now: datetime = NOW, kind: str = "newspaper", policy: Policy = POLICY) -> float:
    """The interval in minutes."""
    return interval(feed(kind=kind), FeedState("example", arrivals=tuple(arrivals)), policy, now) / MINUTE


# ── the interval ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("gap", "minutes"),
    [
        (MINUTE, 1),  # as often as we may ask
        (4 * MINUTE, 2),
        (25 * MINUTE, 5),
        (64 * MINUTE, 8),
        (225 * MINUTE, 15),
        (30 * DAY, 15),
    ],
)
def test_the_interval_grows_with_the_square_root_of_the_gap_up_to_the_longest(gap: timedelta, minutes: float) -> None:
    assert after(every(gap)) == pytest.approx(minutes)


@pytest.mark.parametrize("arrivals", [(), every(HOUR, 1), every(HOUR, 3), (NOW,) * 32, every(timedelta(seconds=1), 32)])
def test_a_feed_whose_rhythm_is_not_known_is_asked_after_the_usual_time(arrivals: tuple[datetime, ...]) -> None:
    assert after(arrivals) == 5


def test_the_usual_time_keeps_within_the_bounds() -> None:
    assert after((), policy=Policy(min_interval=10 * MINUTE)) == 10
    assert after((), policy=Policy(max_interval=2 * MINUTE)) == 2


def test_silence_slows_a_feed_down_and_the_first_new_entry_ends_that() -> None:
    evening = every(4 * MINUTE, until=NOW)
    waits = [after(evening, later(minutes=n)) for n in (0, 4, 16, 64, 480)]
    assert waits == pytest.approx([2, 2, 4, 8, 15])
    morning = with_arrivals(evening, [later(hours=8)])
    assert after(morning, later(hours=8)) == pytest.approx(2)


def test_twenty_entries_with_one_time_are_one_event_and_no_haste() -> None:
    bursts = [at for at in every(64 * MINUTE, 6) for _ in range(20)]
    assert after(with_arrivals((), bursts)) == 5  # 32 of them are two events: too few for a rhythm
    assert after(bursts) == pytest.approx(8)


def test_entries_that_a_first_poll_finds_tell_the_rhythm_of_weeks() -> None:
    assert after(every(6 * HOUR, 50)) == 15


def test_a_fixed_interval_wins_over_the_bounds_and_over_the_rhythm() -> None:
    for fixed in (timedelta(seconds=20), timedelta(hours=6)):
        state = FeedState("example", arrivals=every(4 * MINUTE))
        assert interval(feed(every=fixed), state, POLICY, NOW) == fixed
        assert interval(feed(every=fixed, kind="government"), state, POLICY, NOW) == fixed


@pytest.mark.parametrize("kind", ["government", "Government", "GOVERNMENT"])
def test_rarity_never_slows_a_governments_feed_beyond_five_minutes(kind: str) -> None:
    assert after(every(30 * DAY), kind=kind) == 5
    assert after(every(30 * DAY), kind=kind, policy=Policy(max_interval=6 * HOUR)) == 5
    assert after(every(30 * DAY), kind=kind, policy=Policy(min_interval=HOUR, max_interval=6 * HOUR)) == 5
    assert after(every(4 * MINUTE), kind=kind) == pytest.approx(2)


def test_a_longest_interval_below_the_five_minutes_holds_for_governments_too() -> None:
    assert bounds(feed(kind="government"), Policy(max_interval=2 * MINUTE)) == (MINUTE, 2 * MINUTE)


def test_where_the_bounds_conflict_the_longest_holds() -> None:
    assert bounds(feed(), Policy(min_interval=HOUR, max_interval=15 * MINUTE)) == (15 * MINUTE, 15 * MINUTE)


def test_the_longest_a_failing_feed_is_left_alone_is_four_times_its_longest_interval() -> None:
    assert patience(feed(), POLICY) == HOUR
    assert patience(feed(kind="government"), POLICY) == 20 * MINUTE
    assert patience(feed(every=6 * HOUR), POLICY) == DAY
    assert patience(feed(every=timedelta(seconds=20)), POLICY) == HOUR


moments = st.lists(st.integers(-(10**7), 0), max_size=MOST_ARRIVALS)


@settings(max_examples=200, deadline=None)
@given(moments, st.integers(-(10**4), 10**8), st.sampled_from(["wire", "government"]), st.integers(1, 10**6))
def test_whatever_the_history_the_interval_lies_within_the_bounds(
    seconds: list[int], elapsed: int, kind: str, shortest: int
) -> None:
    policy = Policy(min_interval=timedelta(seconds=shortest))
    of = feed(kind=kind)
    state = FeedState("example", arrivals=tuple(sorted(later(seconds=s) for s in seconds)))
    least, most = bounds(of, policy)
    assert least <= interval(of, state, policy, later(seconds=elapsed)) <= most


@settings(max_examples=100, deadline=None)
@given(moments, st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_longer_silence_never_makes_the_interval_shorter(seconds: list[int], one: int, more: int) -> None:
    arrivals = sorted(later(seconds=s) for s in seconds)
    assert after(arrivals, later(seconds=one)) <= after(arrivals, later(seconds=one + more))


# ── the rhythm ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_rhythm_is_the_median_gap_so_that_nights_do_not_count_for_much() -> None:
    day = [later(hours=h) for h in (0, 1, 2, 3, 4, 20, 21, 22, 23, 24)]
    assert median_gap(day) == HOUR


def test_gaps_are_between_moments_and_a_minute_is_one_moment() -> None:
    at = [later(seconds=s) for s in (0, 0, 59, 61, 120, 3661)]
    assert gaps(at) == [timedelta(seconds=61), HOUR]


def test_a_feed_that_publishes_without_a_pause_has_gaps_of_a_minute() -> None:
    assert median_gap(every(timedelta(seconds=20), 32)) == MINUTE


@pytest.mark.parametrize("arrivals", [(), (NOW,), every(HOUR, 3), (NOW,) * 32])
def test_too_few_moments_are_no_rhythm(arrivals: tuple[datetime, ...]) -> None:
    assert median_gap(arrivals) is None


def test_four_moments_are_a_rhythm() -> None:
    assert median_gap(every(HOUR, 4)) == HOUR


# ── entries a day ────────────────────────────────────────────────────────────────────────────────────────────────


def pace(arrivals: Sequence[datetime], now: datetime = NOW) -> float | None:
    return per_day(FeedState("example", arrivals=tuple(arrivals)), now)


def test_entries_a_day_are_what_came_after_the_first_over_the_time_since() -> None:
    assert pace(every(HOUR, 25)) == pytest.approx(24)
    assert pace(every(DAY, 8)) == pytest.approx(1)
    assert pace(every(HOUR, 25), later(days=9)) == pytest.approx(2.4)


def test_a_short_history_that_proves_nothing_has_no_pace() -> None:
    assert pace(()) is None
    assert pace(every(10 * MINUTE, 3)) is None
    assert pace([NOW] * 20, later(hours=23)) is None


def test_what_a_first_poll_finds_at_once_is_no_pace() -> None:
    assert pace([NOW] * 20, later(days=1)) == 0
    assert pace([NOW] * 20 + [later(days=1)], later(days=2)) == pytest.approx(0.5)


def test_where_all_that_is_kept_came_at_once_the_pace_is_not_known() -> None:
    assert pace([NOW] * MOST_ARRIVALS, later(days=2)) is None


# ── what is kept ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_latest_arrivals_are_kept_oldest_first() -> None:
    kept = with_arrivals(every(HOUR, 30), [later(minutes=5), later(hours=-40), later(minutes=3), later(minutes=4)])
    assert len(kept) == MOST_ARRIVALS == 32
    assert list(kept) == sorted(kept)
    assert kept[-3:] == (later(minutes=3), later(minutes=4), later(minutes=5))
    assert kept[0] == later(hours=-28)
