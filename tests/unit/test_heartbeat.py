"""When the daily heartbeat is due, and what it says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbot.policy.heartbeat import Activity, Beat, Daily, due, latest, lines, parse_daily
from tests.builders import NOW, later

BERLIN = Daily(8, 0, "Europe/Berlin")


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def beat(**fields: object) -> Beat:
    plain: dict[str, object] = {
        "since": later(days=-1),
        "until": NOW,
        "activity": Activity(5, 2, 1, 3, (timedelta(minutes=4), timedelta(minutes=2), timedelta(minutes=9))),
        "feeds": ("bbc", "cnbc"),
        "unhealthy": {},
        "parked": 0,
        "rules": 7,
        "live_since": later(days=-3),
    }
    return Beat(**(plain | fields))


def text(of: Beat) -> str:
    first, more = lines(of)
    return "\n".join([first, *more])


@pytest.mark.parametrize(
    ("written", "meant"),
    [("08:00", Daily(8)), ("8:30", Daily(8, 30)), (" 23:59 Europe/Berlin ", Daily(23, 59, "Europe/Berlin"))],
)
def test_a_time_of_day_is_read_with_or_without_a_zone(written: str, meant: Daily) -> None:
    assert parse_daily(written) == meant
    assert parse_daily(str(meant)) == meant


@pytest.mark.parametrize(
    "written", ["", "24:00", "8", "08:60", "daily", "08:00 Mars/Olympus", "08:00 ../../etc/passwd"]
)
def test_what_is_no_time_of_day_is_refused_in_words(written: str) -> None:
    with pytest.raises(ValueError, match="write"):
        parse_daily(written)


@pytest.mark.parametrize(
    ("now", "last"),
    [
        (utc(2025, 11, 17, 7, 0), utc(2025, 11, 17, 7, 0)),
        (utc(2025, 11, 17, 6, 59), utc(2025, 11, 16, 7, 0)),
        (utc(2025, 7, 1, 6, 0), utc(2025, 7, 1, 6, 0)),  # summer: 08:00 there is 06:00 UTC
        (utc(2025, 10, 26, 12, 0), utc(2025, 10, 26, 7, 0)),  # the day the clocks went back
    ],
)
def test_a_time_of_day_is_that_of_the_zones_clocks(now: datetime, last: datetime) -> None:
    assert latest(BERLIN, now) == last


@given(st.integers(0, 10 * 365 * 24 * 60), st.integers(0, 23))
def test_the_latest_time_is_never_later_than_now_and_never_two_days_ago(minutes: int, hour: int) -> None:
    now = utc(2020, 1, 1) + timedelta(minutes=minutes)
    at = latest(Daily(hour, 30, "Europe/Berlin"), now)
    assert timedelta() <= now - at < timedelta(hours=26)


def test_one_heartbeat_is_due_for_each_day() -> None:
    assert due(BERLIN, utc(2025, 11, 16, 7, 0), utc(2025, 11, 17, 7, 0))
    assert not due(BERLIN, utc(2025, 11, 17, 7, 0), utc(2025, 11, 17, 23, 0))
    assert due(BERLIN, utc(2025, 11, 1, 7, 0), utc(2025, 11, 17, 23, 0))  # once, however long it was away


def test_the_first_heartbeat_waits_for_its_time_and_none_is_due_when_it_is_off() -> None:
    assert not due(BERLIN, None, utc(2025, 11, 17, 7, 0))
    assert not due(None, utc(2025, 11, 1, 7, 0), utc(2025, 11, 17, 7, 0))


def test_a_heartbeat_tells_everything_at_a_glance() -> None:
    assert text(beat()).splitlines() == [
        "riskbot is well: the last 24 hours",
        "Feeds well: 2: bbc, cnbc",
        "Feeds ill: none",
        "5 articles read, 2 hits, 1 new story, 3 messages sent",
        "Published → told: median 4 minutes (of 3 articles)",
        "Parked: none",
        "7 rules in force since 2025-11-14 12:00 UTC",
    ]


def test_what_is_ill_is_named_with_why() -> None:
    said = text(beat(unhealthy={"bbc": "failing: it times out"}, parked=1, refused="rules.yaml:3 unknown topic"))

    assert said.startswith("riskbot needs a look")
    assert "Feeds well: 1: cnbc" in said
    assert "Feeds ill: 1: bbc (failing: it times out)" in said
    assert "Parked: 1 message, see `riskbot status`" in said
    assert "the last edit is refused: rules.yaml:3 unknown topic" in said


def test_a_riskbot_whose_messages_slack_does_not_take_is_not_well() -> None:
    said = text(beat(overdue="a message to #risk waits since 07:00 UTC: Slack does not take it (status 503)"))
    assert said.startswith("riskbot needs a look")
    assert "Not told: a message to #risk waits since 07:00 UTC: Slack does not take it (status 503)" in said


def test_what_is_not_known_is_said_to_be_not_known() -> None:
    said = text(beat(activity=Activity(), rules=None))
    assert "Published → told: not known" in said
    assert "Rules in force: not known yet" in said


@pytest.mark.parametrize(
    ("lags", "said"),
    [((30,), "30 s (of 1 article)"), ((20, 40), "30 s (of 2 articles)"), ((-5,), "under 1 s (of 1 article)")],
)
def test_the_median_is_that_of_what_was_told(lags: tuple[int, ...], said: str) -> None:
    assert f"median {said}" in text(beat(activity=Activity(lags=tuple(timedelta(seconds=each) for each in lags))))


@pytest.mark.parametrize(
    ("since", "said"),
    [
        (timedelta(), "the last minute"),
        (timedelta(seconds=70), "the last minute"),
        (timedelta(minutes=5), "the last 5 minutes"),
        (timedelta(days=7), "the last 7 days"),
    ],
)
def test_the_time_it_tells_of_is_never_no_minutes(since: timedelta, said: str) -> None:
    assert text(beat(since=NOW - since)).splitlines()[0] == f"riskbot is well: {said}"


def test_one_of_each_is_told_as_one() -> None:
    assert "1 article read, 1 hit, 1 new story, 1 message sent" in text(beat(activity=Activity(1, 1, 1, 1)))
    assert "0 articles read, 0 hits, 0 new stories, 0 messages sent" in text(beat(activity=Activity()))
    assert "1 rule in force since" in text(beat(rules=1))


def test_a_feed_that_was_never_polled_is_neither_well_nor_ill() -> None:
    said = text(beat(unread=frozenset({"cnbc"})))
    assert "Feeds well: 1: bbc" in said
    assert "Feeds not polled yet: 1: cnbc" in said


def test_many_feeds_are_counted() -> None:
    said = text(beat(feeds=tuple(f"feed{n:02}" for n in range(12))))
    assert "Feeds well: 12: feed00, feed01, feed02, feed03, feed04, feed05, feed06, feed07 +4 more" in said
