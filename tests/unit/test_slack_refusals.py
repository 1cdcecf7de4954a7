"""Slack's refusals become sentences that say what to do."""

from __future__ import annotations

import pytest

from riskbot.errors import SlackError
from riskbot.slack.refusals import AMBIGUOUS, refusal, require_fit, unanswered

FOR_GOOD = [
    *("channel_not_found", "not_in_channel", "is_archived", "restricted_action", "invalid_auth", "token_revoked"),
    *("missing_scope", "invalid_blocks", "msg_too_long", "message_not_found", "edit_window_closed", "is_inactive"),
    *("restricted_action_thread_locked", "message_limit_exceeded", "ekm_access_denied", "thread_not_found"),
    *("not_allowed_token_type", "team_access_not_granted", "no_permission", "cant_update_message", "token_expired"),
]


@pytest.mark.parametrize("code", FOR_GOOD)
def test_a_definitive_refusal_has_a_sentence_and_a_mend_and_no_time_to_retry(code: str) -> None:
    error = refusal(code, "#risk")
    assert error.code == code
    assert (error.ambiguous, error.retry_after) == (False, None)
    assert code not in str(error)
    assert "{channel}" not in str(error)
    assert error.mend[0].islower()  # it stands in brackets and behind a dash, in sentences of others
    assert not error.mend.endswith(".")


@pytest.mark.parametrize("code", sorted(AMBIGUOUS))
def test_an_error_within_slack_leaves_the_outcome_unknown(code: str) -> None:
    assert refusal(code, "#risk").ambiguous


def test_a_rate_limit_may_be_tried_again_when_slack_says_and_is_never_ambiguous() -> None:
    assert refusal("ratelimited", "#risk", retry_after=1.5).retry_after == 1.5
    silent = refusal("rate_limited", "#risk")
    assert (silent.code, silent.retry_after, silent.ambiguous) == ("ratelimited", None, False)


def test_a_missing_scope_is_named() -> None:
    assert "channels:history" in refusal("missing_scope", "#risk", needed="channels:history").mend


@pytest.mark.parametrize(("channel", "said"), [("risk", "#risk"), ("#risk", "#risk"), ("C00000001", "C00000001")])
def test_a_channel_is_named_as_people_know_it(channel: str, said: str) -> None:
    assert str(refusal("not_in_channel", channel)) == f"the app is not a member of {said}"


def test_a_rate_limit_names_what_is_limited() -> None:
    assert str(refusal("ratelimited", "risk")) == "Slack limits the rate of messages to #risk"
    assert str(refusal("ratelimited", "")) == "Slack limits the rate of calls"
    assert str(refusal("ratelimited", "C1", call="conversations.list", retry_after=2)) == (
        "Slack limits the rate of conversations.list; it asks to wait 2 s"
    )


@pytest.mark.parametrize("code", ["invalid_auth", "token_revoked", "not_allowed_token_type", "missing_scope"])
def test_a_refused_app_level_token_is_told_from_the_bot_token(code: str) -> None:
    ours, bots = refusal(code, "", app_level=True, needed="connections:write"), refusal(code, "")
    assert "app-level token" in str(ours)
    assert "RISKBOT_SLACK_APP_TOKEN" in ours.mend
    assert "APP_TOKEN" not in bots.mend


def test_a_call_that_only_looks_and_is_not_answered_may_be_made_again() -> None:
    error = unanswered("http-503", "auth.test", "it answered with status 503")
    assert str(error) == "Slack gave no usable answer to auth.test: it answered with status 503"
    assert not error.ambiguous
    assert error.retry_after
    assert "again in a minute" in error.mend


def test_an_unknown_refusal_names_slacks_own_word() -> None:
    error = refusal("brand_new_error", "#risk")
    assert "brand_new_error" in str(error)
    assert not error.ambiguous


def test_an_unfit_payload_is_named_before_any_call() -> None:
    with pytest.raises(SlackError, match="there are no blocks") as caught:
        require_fit({"channel": "risk", "text": "x", "parse": "none", "blocks": []})
    assert caught.value.code == "invalid_blocks"
