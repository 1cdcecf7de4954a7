"""What becomes of a delivery that Slack did not take."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from riskbot.errors import SlackError
from riskbot.model import Alert, Delivery, DeliveryState, Reason
from riskbot.policy.resending import LONGEST_WAIT, after_refusal, unsure
from tests.builders import NOW, later
from tests.fakes import refused, unknown

TRYING = Delivery(
    "d1",
    Alert("a1", "s1", "risk", "new", Reason.NEW_STORY, "a", NOW),
    key="k",
    state=DeliveryState.SENDING,
    attempts=1,
    tried_at=NOW,
)


def test_a_refusal_for_good_is_parked_with_its_mend() -> None:
    parked = after_refusal(TRYING, refused("channel_not_found", "invite the app"), NOW)
    assert parked == replace(TRYING, state=DeliveryState.PARKED, error="Slack said channel_not_found (invite the app)")


def test_a_refusal_without_a_mend_says_only_what_is_wrong() -> None:
    assert after_refusal(TRYING, refused("odd", ""), NOW).error == "Slack said odd"


@pytest.mark.parametrize("seconds", [0.5, 1.0, 30.0])
def test_when_slack_names_a_time_it_is_kept_fractions_too(seconds: float) -> None:
    waiting = after_refusal(TRYING, refused("ratelimited", retry_after=seconds), NOW)
    assert waiting.state is DeliveryState.OWED
    assert waiting.due_at == later(seconds=seconds)


@pytest.mark.parametrize("seconds", [0.0, -3.0])
def test_a_time_that_has_passed_already_is_still_a_wait(seconds: float) -> None:
    """Else one round of deliveries would knock at Slack's door without end."""
    for error in (refused("ratelimited", retry_after=seconds), refused("busy", ambiguous=True, retry_after=seconds)):
        waiting = after_refusal(TRYING, error, NOW)
        assert waiting.due_at is not None
        assert NOW < waiting.due_at <= later(seconds=2)


@pytest.mark.parametrize("code", ["ratelimited", "unreachable"])
def test_what_passes_by_itself_is_tried_again_later_and_later(code: str) -> None:
    waits = []
    for attempts in (1, 2, 3, 50):
        waiting = after_refusal(replace(TRYING, attempts=attempts), refused(code), NOW)
        assert waiting.state is DeliveryState.OWED
        assert waiting.due_at is not None
        waits.append(waiting.due_at - NOW)
    assert waits == [timedelta(seconds=4), timedelta(seconds=8), timedelta(seconds=16), LONGEST_WAIT]


def test_a_post_that_may_have_been_made_stays_sending_to_be_looked_up() -> None:
    waiting = after_refusal(TRYING, unknown(), NOW)
    assert (waiting.state, waiting.error) == (DeliveryState.SENDING, "Slack said timed_out")
    assert waiting.due_at == later(seconds=2)


def test_a_rate_limited_look_up_waits_as_long_as_slack_says_and_stays_a_look_up() -> None:
    waiting = unsure(TRYING, refused("ratelimited", retry_after=30.0), NOW)
    assert (waiting.state, waiting.due_at) == (DeliveryState.SENDING, later(seconds=30))


@pytest.mark.parametrize(
    "error", [refused(), refused("ratelimited", retry_after=1.0), refused("unreachable"), unknown()]
)
def test_no_refusal_forgets_key_attempts_or_place(error: SlackError) -> None:
    standing = replace(TRYING, ts="17.1", sent_as="C1")
    after = after_refusal(standing, error, NOW)
    assert (after.key, after.attempts, after.ts, after.sent_as, after.tried_at) == ("k", 1, "17.1", "C1", NOW)
