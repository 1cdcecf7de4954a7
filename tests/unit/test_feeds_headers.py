"""What an answer's headers say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbot.feeds.headers import LONGEST_AWAY, kept, max_age, retry_after

NOW = datetime(2025, 11, 17, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cache_control", "age", "seconds"),
    [
        ("max-age=600", None, 600),
        ("public, Max-Age = 600 , must-revalidate", None, 600),
        ('max-age="600"', None, 600),
        ("max-age=600", "60", 540),
        ("max-age=600", "nonsense", 600),
        ("max-age=600", "-60", 600),
        ("max-age=600, max-age=60", None, 600),
        ("s-maxage=60, max-age=600", None, 600),
        ('no-cache="set-cookie, max-age=1", max-age=600', None, 600),
        ("private;max-age=600", None, 600),
        ("max-age=99999999999", None, 2**31),
        ("max-age=600", "599", 1),
    ],
)
def test_an_answer_is_fresh_for_so_long(cache_control: str, age: str | None, seconds: int) -> None:
    assert max_age(cache_control, age) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("cache_control", "age"),
    [
        ("", None),
        ("public", None),
        ("max-age", None),
        ("max-age=0", None),
        ("max-age=-5", None),
        ("max-age=5.5", None),
        ("max-age=many", None),
        ("max-age=" + "9" * 5_000, None),
        ("s-maxage=600", None),
        ("no-cache, max-age=600", None),
        ("max-age=600, no-store", None),
        ("x-max-age=600", None),
        ("max-age=٦٠٠", None),
        ("max-age=600", "600"),
        ("max-age=600", "9999"),
        ("max-age=, max-age=600", None),
    ],
)
def test_an_answer_says_nothing_of_being_fresh(cache_control: str, age: str | None) -> None:
    assert max_age(cache_control, age) is None


@pytest.mark.parametrize(
    ("value", "away"),
    [
        ("120", timedelta(minutes=2)),
        (" 120 ", timedelta(minutes=2)),
        ("3600.0", timedelta(hours=1)),
        ("604800", timedelta(days=7)),
        ("99999999", LONGEST_AWAY),
        ("9" * 15, LONGEST_AWAY),
        ("Mon, 17 Nov 2025 12:05:00 GMT", timedelta(minutes=5)),
        ("Monday, 17-Nov-25 12:05:00 GMT", timedelta(minutes=5)),
        ("Mon Nov 17 12:05:00 2025", timedelta(minutes=5)),
        ("Mon, 17 Nov 2025 13:05:00 +0100", timedelta(minutes=5)),
        ("Mon, 17 Nov 2025 12:05:00 -0000", timedelta(minutes=5)),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_AWAY),
    ],
)
def test_a_server_asks_us_to_stay_away_for_so_long(value: str, away: timedelta) -> None:
    assert retry_after(value, None, NOW) == away


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "0",
        "-5",
        "soon",
        "1e9",
        "٣",
        "Mon, 17 Nov 2025 11:59:00 GMT",
        "Mon, 99 Nov 2025 12:05:00 GMT",
        "9" * 40,
    ],
)
def test_what_is_past_or_cannot_be_read_asks_for_nothing(value: str | None) -> None:
    assert retry_after(value, None, NOW) is None


def test_a_date_is_read_against_the_servers_own_clock() -> None:
    until = "Mon, 17 Nov 2025 12:05:00 GMT"
    assert retry_after(until, "Mon, 17 Nov 2025 11:05:00 GMT", NOW) == timedelta(hours=1)
    assert retry_after(until, "Mon, 17 Nov 2025 13:05:00 GMT", NOW) is None
    assert retry_after(until, "nonsense", NOW) == timedelta(minutes=5)
    assert retry_after("60", "Mon, 17 Nov 2025 13:05:00 GMT", NOW) == timedelta(minutes=1)


@pytest.mark.parametrize("value", ['W/"a  b"', "Whenever, it was", "naïve", "a\tb"])
def test_a_value_that_can_be_sent_again_is_kept_as_it_is(value: str) -> None:
    assert kept(value) == value


@pytest.mark.parametrize("value", [None, "", "  ", "caf\udce9", "a\r\n b", "a\0", "a\x7f"])
def test_a_value_that_cannot_be_sent_again_is_not_kept(value: str | None) -> None:
    assert kept(value) is None


@given(st.text(), st.none() | st.text())
def test_no_header_can_do_harm(value: str, other: str | None) -> None:
    fresh = max_age(value, other)
    assert fresh is None or fresh > timedelta(0)
    away = retry_after(value, other, NOW)
    assert away is None or timedelta(0) < away <= LONGEST_AWAY
    kept(value)


@given(st.integers(-100, 10**7), st.integers(0, 10**7))
def test_age_is_taken_off(seconds: int, age: int) -> None:
    left = seconds - age
    assert max_age(f"max-age={seconds}", str(age)) == (timedelta(seconds=left) if left > 0 else None)
