"""When a message waits for too long, and when a complete round is no sign of life."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from riskbot.model import DeliveryKind, FeedState
from riskbot.policy.overdue import PATIENCE, Waits, due_since, overdue, unwell
from tests.builders import NOW, later

READ, FAILED = FeedState("bbc", polled_at=NOW), FeedState("cnbc", polled_at=NOW, failures=1)
STUCK = Waits("risk", NOW, "Slack answered with status 503")


def since(kind: DeliveryKind = DeliveryKind.POST, **fields: Any) -> datetime:
    fields = {"owed_at": NOW, "due_at": None, "tried_at": None, "attempts": 0} | fields
    return due_since(kind, **fields)


def test_a_message_is_due_from_when_it_came_to_be_owed_and_what_we_put_off_from_its_time() -> None:
    assert since() == NOW
    assert since(due_at=later(minutes=30)) == later(minutes=30)
    assert since(due_at=later(minutes=-1)) == NOW


def test_a_message_that_slack_puts_off_is_due_since_it_came_to_be_owed() -> None:
    tried = {"tried_at": later(minutes=20), "due_at": later(minutes=40), "attempts": 7}
    assert since(**tried) == NOW
    assert since(DeliveryKind.BROADCAST, **tried) == NOW


def test_what_we_put_off_and_tried_once_is_due_since_that_try() -> None:
    tried = {"tried_at": later(hours=9), "due_at": later(hours=9, seconds=2), "attempts": 1}
    assert since(DeliveryKind.BROADCAST, **tried) == later(hours=9)
    assert since(DeliveryKind.POST, **tried) == NOW


@pytest.mark.parametrize(
    ("waits", "minutes", "said"),
    [
        (None, 300, None),
        (STUCK, 15, None),
        (Waits("risk", later(hours=1)), 16, None),
        (
            Waits("C00000001", NOW),
            16,
            "a message to C00000001 waits since 2025-11-17 12:00 UTC (16 minutes): it was not sent yet",
        ),
        (
            STUCK,
            300,
            "a message to #risk waits since 2025-11-17 12:00 UTC (5 hours): Slack does not take it "
            "(Slack answered with status 503)",
        ),
        (
            Waits("#risk", NOW),
            16,
            "a message to #risk waits since 2025-11-17 12:00 UTC (16 minutes): it was not sent yet",
        ),
    ],
)
def test_a_message_is_overdue_after_a_quarter_of_an_hour(waits: Waits | None, minutes: int, said: str | None) -> None:
    assert overdue(waits, later(minutes=minutes)) == said


@pytest.mark.parametrize(
    ("states", "lost", "why"),
    [
        ([], (), None),
        ([FeedState("new")], (), None),
        ([READ, FAILED], (), None),
        ([FAILED], (), "the feed cnbc could not be read"),
        ([FAILED, FeedState("new")], (), "the feed cnbc could not be read"),
        ([READ, FAILED], ("bbc",), "no feed could be read"),
        ([FeedState("new")], ("new",), "the feed new could not be read"),
    ],
)
def test_a_watch_of_which_no_feed_can_be_read_is_not_alive(
    states: list[FeedState], lost: tuple[str, ...], why: str | None
) -> None:
    assert unwell(states, lost, None, NOW, PATIENCE) == why


def test_a_watch_whose_messages_do_not_get_out_is_not_alive() -> None:
    assert unwell([READ], (), STUCK, later(minutes=10), PATIENCE) is None
    assert (unwell([READ], (), STUCK, later(minutes=16), PATIENCE) or "").startswith("a message to #risk waits since")
    assert unwell([READ], (), STUCK, later(seconds=1), timedelta()) is not None
