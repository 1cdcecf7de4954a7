"""Durations as people write them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from riskbot.text.durations import parse_duration


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("30s", timedelta(seconds=30)),
        ("5m", timedelta(minutes=5)),
        ("24h", timedelta(hours=24)),
        ("90d", timedelta(days=90)),
        (" 5m ", timedelta(minutes=5)),
        ("999999d", timedelta(days=999999)),
    ],
)
def test_a_number_and_a_unit_are_a_duration(written: str, meant: timedelta) -> None:
    assert parse_duration(written) == meant


@pytest.mark.parametrize(
    "written", ["", "5", "m", "5 m", "5M", "-5m", "1.5h", "1h30m", "5min", "٥m", "1000000d", "0s", "00d"]
)
def test_anything_else_is_refused_with_a_sentence(written: str) -> None:
    with pytest.raises(ValueError, match=r"is no (duration|time at all): write "):
        parse_duration(written)
