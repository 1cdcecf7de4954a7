"""What a document asks of those who poll it: read strictly, and nothing that nobody can mean."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbot.feeds.wishes import wishes
from riskbot.model import Wishes

WEEK = timedelta(days=7)


@pytest.mark.parametrize(
    ("feed", "every"),
    [
        ({}, None),
        ({"ttl": "60"}, timedelta(hours=1)),
        ({"ttl": " 5\n"}, timedelta(minutes=5)),
        ({"ttl": "0"}, None),
        ({"ttl": "-5"}, None),
        ({"ttl": "1.5"}, None),
        ({"ttl": "٦٠"}, None),
        ({"ttl": "soon"}, None),
        ({"ttl": 60}, None),
        ({"ttl": "525600"}, WEEK),
        ({"ttl": "9" * 30}, None),
        ({"sy_updateperiod": "hourly"}, timedelta(hours=1)),
        ({"sy_updateperiod": " Hourly ", "sy_updatefrequency": "4"}, timedelta(minutes=15)),
        ({"sy_updateperiod": "yearly"}, WEEK),
        ({"sy_updatefrequency": "2"}, timedelta(hours=12)),  # daily is what the module assumes
        ({"sy_updateperiod": "hourly", "sy_updatefrequency": "0"}, None),
        ({"sy_updateperiod": "hourly", "sy_updatefrequency": "-1"}, None),
        ({"sy_updateperiod": "now and then"}, None),
        ({"ttl": "30", "sy_updateperiod": "hourly"}, timedelta(hours=1)),
        ({"ttl": "90", "sy_updateperiod": "hourly"}, timedelta(minutes=90)),
    ],
)
def test_the_longest_interval_asked_for_counts_up_to_a_week(feed: dict[str, Any], every: timedelta | None) -> None:
    assert wishes(feed, b"") == Wishes(every)


def _hours(*hours: object) -> bytes:
    return b"<skipHours>" + b"".join(f"<hour>{hour}</hour>".encode() for hour in hours) + b"</skipHours>"


@pytest.mark.parametrize(
    ("around", "hours"),
    [
        (_hours(0, 5, 23), {0, 5, 23}),
        (_hours(24), {0}),  # RSS 0.91 counts from 1 to 24
        (_hours(25, 99), set()),
        (_hours(*range(24)), set()),  # a feed that may never be asked
        (_hours(*range(1, 24)), set(range(1, 24))),
        (_hours("", "x", "-1"), set()),
        (b"<skipHours>\n <hour> 7 </hour>\n</skipHours>", {7}),
        (b"<SKIPHOURS><Hour>07</Hour></SKIPHOURS>", {7}),
        (b"<!-- " + _hours(1) + b" --><description><![CDATA[" + _hours(2) + b"]]></description>", set()),
        (b"<!-- " + _hours(1), set()),
        (b"<skipHours></skipHours>", set()),
        (b"<skipHours>", set()),
    ],
)
def test_hours_are_read_as_they_are_written(around: bytes, hours: set[int]) -> None:
    assert wishes({}, around) == Wishes(skip_hours=frozenset(hours))


@pytest.mark.parametrize(
    ("named", "days"),
    [
        ("<day>Monday</day><day>SUNDAY</day>", {0, 6}),
        ("<day>Montag</day><day> Tuesday </day>", {1}),
        ("".join(f"<day>{day}day</day>" for day in "Mon Tues Wednes Thurs Fri Satur Sun".split()), set()),
    ],
)
def test_days_are_read_by_their_english_names(named: str, days: set[int]) -> None:
    assert wishes({}, f"<skipDays>{named}</skipDays>".encode()) == Wishes(skip_days=frozenset(days))


@given(st.lists(st.sampled_from("<skipHours> </skipHours> <hour> </hour> <!-- --> <![CDATA[ ]]> 1 24 day < >".split())))
def test_whatever_stands_there_is_read(pieces: list[str]) -> None:
    assert all(0 <= hour < 24 for hour in wishes({}, "".join(pieces).encode()).skip_hours)
