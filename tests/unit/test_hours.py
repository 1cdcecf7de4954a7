"""When a channel is quiet and when its digests are due, on clocks that jump."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbot.model.calm import ChannelPlan, DigestTime, QuietHours
from riskbot.policy.hours import loud, next_digest, quiet_until

HOUR = timedelta(hours=1)
START = datetime(2020, 1, 2, tzinfo=UTC)
NIGHT = QuietHours(22 * 60, 7 * 60, zone="Europe/Berlin")
WEEKEND = QuietHours(0, 24 * 60, frozenset({5, 6}), "Europe/Berlin")
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia")


def at(written: str, zone: str = "Europe/Berlin") -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2025-11-17 21:59", None),
        ("2025-11-17 22:00", "2025-11-18 07:00"),
        ("2025-11-18 00:00", "2025-11-18 07:00"),
        ("2025-11-18 06:59", "2025-11-18 07:00"),
        ("2025-11-18 07:00", None),
    ],
)
def test_a_night_over_midnight_is_quiet_from_its_first_minute_to_the_last(now: str, until: str | None) -> None:
    assert quiet_until([NIGHT], at(now)) == (at(until) if until else None)


def test_hours_begin_only_on_their_days_and_may_end_on_another() -> None:
    friday = QuietHours(22 * 60, 7 * 60, frozenset({4}), "Europe/Berlin")
    assert quiet_until([friday], at("2025-11-22 03:00")) == at("2025-11-22 07:00")  # the night from Friday on
    assert quiet_until([friday], at("2025-11-21 03:00")) is None
    assert quiet_until([friday], at("2025-11-22 23:00")) is None


def test_hours_that_meet_are_one_quiet_time() -> None:
    assert quiet_until([NIGHT, WEEKEND], at("2025-11-21 23:00")) == at("2025-11-24 07:00")
    assert quiet_until([NIGHT, WEEKEND], at("2025-11-23 12:00")) == at("2025-11-24 07:00")


def test_the_night_in_which_the_clocks_go_forward_is_an_hour_shorter() -> None:
    begin = at("2025-03-29 22:00")
    assert quiet_until([NIGHT], begin) == at("2025-03-30 07:00") == begin + 8 * HOUR


def test_the_night_in_which_the_clocks_go_back_is_an_hour_longer() -> None:
    begin = at("2025-10-25 22:00")
    assert quiet_until([NIGHT], begin) == at("2025-10-26 07:00") == begin + 10 * HOUR


def test_an_end_that_the_clocks_show_twice_is_the_second_one() -> None:
    short = QuietHours(60, 150, zone="Europe/Berlin")  # 01:00 to 02:30
    assert quiet_until([short], datetime(2025, 10, 26, 0, 45, tzinfo=UTC)) == datetime(2025, 10, 26, 1, 30, tzinfo=UTC)


def test_an_end_that_the_clocks_skip_counts_as_the_one_an_hour_later() -> None:
    short = QuietHours(60, 150, zone="Europe/Berlin")
    assert quiet_until([short], datetime(2025, 3, 30, 0, 15, tzinfo=UTC)) == at("2025-03-30 03:30")


def test_a_channel_without_quiet_hours_is_always_loud() -> None:
    assert quiet_until([], at("2025-11-17 03:00")) is None
    assert loud(ChannelPlan("risk"), at("2025-11-17 03:00")) == at("2025-11-17 03:00")


moments = st.integers(0, 10 * 365 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))
days = st.frozensets(st.integers(0, 6), min_size=1)


@st.composite
def hours(draw: st.DrawFn) -> QuietHours:
    begin = draw(st.integers(0, 24 * 60 - 1))
    end = draw(st.integers(1, 24 * 60).filter(lambda minutes: minutes != begin))
    return QuietHours(begin, end, draw(days), draw(st.sampled_from(ZONES)))


@given(hours(), moments)
def test_quiet_is_what_the_wall_clock_says_except_around_a_jump(quiet: QuietHours, now: datetime) -> None:
    wall = now.astimezone(ZoneInfo(quiet.zone))
    steady = {(now + n * HOUR).astimezone(ZoneInfo(quiet.zone)).utcoffset() for n in range(-49, 50)}
    if len(steady) > 1:
        return
    minute = wall.hour * 60 + wall.minute + wall.second / 60 + wall.microsecond / 6e7
    today, yesterday = wall.weekday() in quiet.days, (wall.weekday() - 1) % 7 in quiet.days
    if quiet.end > quiet.begin:
        expected = today and quiet.begin <= minute < quiet.end
    else:
        expected = (today and minute >= quiet.begin) or (yesterday and minute < quiet.end)
    assert (quiet_until([quiet], now) is not None) == expected


@given(st.lists(hours(), max_size=3), moments)
def test_when_the_quiet_time_ends_it_is_loud(quiet: list[QuietHours], now: datetime) -> None:
    until = quiet_until(quiet, now)
    if until is not None and until - now < timedelta(days=14):
        assert until > now
        assert quiet_until(quiet, until) is None


@given(st.lists(hours(), max_size=3), moments, st.floats(0, 1))
def test_until_it_ends_it_stays_quiet(quiet: list[QuietHours], now: datetime, share: float) -> None:
    until = quiet_until(quiet, now)
    if until is not None and until - now < timedelta(days=14):
        between = now + share * (until - now)
        assert between == until or quiet_until(quiet, between) == until


# ── digests ──────────────────────────────────────────────────────────────────────────────────────────────────────

DAILY = DigestTime(8 * 60)


def test_a_daily_digest_is_due_today_or_tomorrow() -> None:
    assert next_digest(DAILY, "Europe/Berlin", at("2025-11-17 07:59")) == at("2025-11-17 08:00")
    assert next_digest(DAILY, "Europe/Berlin", at("2025-11-17 08:00")) == at("2025-11-18 08:00")


def test_a_digest_keeps_its_hour_when_the_clocks_change() -> None:
    assert next_digest(DAILY, "Europe/Berlin", at("2025-03-29 09:00")) - at("2025-03-29 08:00") == 23 * HOUR
    assert next_digest(DAILY, "Europe/Berlin", at("2025-10-25 09:00")) - at("2025-10-25 08:00") == 25 * HOUR


def test_a_weekly_digest_waits_for_its_day_and_its_own_zone_wins() -> None:
    monday = DigestTime(8 * 60, frozenset({0}), "America/New_York")
    due = at("2025-11-24 08:00", "America/New_York")
    assert next_digest(monday, "Europe/Berlin", at("2025-11-17 08:00", "America/New_York")) == due


@given(st.integers(0, 24 * 60 - 1), days, st.sampled_from(ZONES), moments)
def test_a_digest_is_due_after_now_within_eight_days_and_once(
    minutes: int, on: frozenset[int], zone: str, now: datetime
) -> None:
    when = DigestTime(minutes, on)
    due = next_digest(when, zone, now)
    assert now < due <= now + timedelta(days=8, hours=25)
    assert next_digest(when, zone, due) > due + timedelta(hours=12)
