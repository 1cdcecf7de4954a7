"""Times in words, as the commands show them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from riskbot.cli.feedsview import ago, lasting
from tests.builders import NOW, later


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "less than a second"),
        (0.4, "less than a second"),
        (1, "1 second"),
        (15, "15 seconds"),
        (59, "59 seconds"),
        (59.7, "1 minute"),
        (60, "1 minute"),
        (300, "5 minutes"),
        (3 * 3600, "3 hours"),
    ],
)
def test_a_length_is_never_no_minutes(seconds: float, said: str) -> None:
    assert lasting(timedelta(seconds=seconds)) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "just now"),
        (30, "just now"),
        (-30, "just now"),
        (60, "1 minute ago"),
        (90, "2 minutes ago"),
        (-60, "in 1 minute"),
    ],
)
def test_a_moment_is_never_no_minutes_ago(seconds: float, said: str) -> None:
    assert ago(later(seconds=-seconds), NOW) == said


def test_a_moment_that_never_came_is_never() -> None:
    assert ago(None, NOW) == "never"
