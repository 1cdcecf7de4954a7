"""What becomes of a delivery that Slack did not take."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from riskbot.errors import SlackError
from riskbot.model import Alert, Delivery, DeliveryKind, DeliveryState, Level, Reason
from riskbot.model.calm import WhenUnsure
from riskbot.policy.resending import (
    ASKED_AGAIN,
    IN_DOUBT,
    LONGEST_UNANSWERED,
    LONGEST_WAIT,
    SPREAD,
    absent,
    after_refusal,
    asked_again,
    cannot_look,
    defective,
    for_the_moment,
    left_to_fold,
    long_unseen,
    marked,
    not_seen,
    not_there,
    to_resend,
    unreadable,
    unsure,
    when_unsure,
)
from tests.builders import NOW, later
from tests.fakes import refused, unknown

TRYING = Delivery(
    "d1",
    DeliveryKind.POST,
    "risk",
    key="k",
    alert=Alert("a1", "s1", "risk", "new", Reason.NEW_STORY, "a", NOW),
    story="s1",
    state=DeliveryState.SENDING,
    attempts=1,
    tried_at=NOW,
)


def test_a_refusal_for_good_is_parked_with_its_mend() -> None:
    parked = after_refusal(TRYING, refused("channel_not_found", "invite the app"), NOW)
    why = "Slack said channel_not_found (invite the app)"
    assert parked == replace(TRYING, state=DeliveryState.PARKED, error=why, parked_at=NOW)


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


@pytest.mark.parametrize("jitter", [-1.0, 0.5, 1.0])
def test_waits_of_our_own_are_spread_and_never_shorter_than_slack_asked(jitter: float) -> None:
    ours = after_refusal(TRYING, refused("unreachable"), NOW, jitter)
    assert ours.due_at == NOW + timedelta(seconds=4) * (1 + SPREAD * jitter)
    slacks = after_refusal(TRYING, refused("ratelimited", retry_after=7.25), NOW, jitter)
    assert slacks.due_at == later(seconds=7.25)
    guessed = after_refusal(replace(TRYING, attempts=5), refused("request_timeout", retry_after=5.0), NOW, jitter)
    assert guessed.due_at is not None
    assert guessed.due_at >= later(seconds=48), "five seconds are our own guess, and wear out"


def test_a_post_that_may_have_been_made_stays_sending_to_be_looked_up() -> None:
    waiting = after_refusal(TRYING, unknown(), NOW)
    assert (waiting.state, waiting.error) == (DeliveryState.SENDING, "Slack said timed_out")
    assert (waiting.due_at, waiting.lost_at) == (later(seconds=2), NOW)
    assert waiting.unsure


# ── looking ──────────────────────────────────────────────────────────────────────────────────────────────────────

LOST = replace(TRYING, tried_at=later(seconds=-30), lost_at=NOW)
SETTLE = timedelta(seconds=30)


def test_what_is_not_there_is_looked_for_again_until_it_has_had_time_to_settle() -> None:
    again = not_seen(LOST, later(seconds=2), SETTLE)
    assert again is not None
    assert (again.state, again.due_at) == (DeliveryState.SENDING, later(seconds=30))
    assert not_seen(LOST, later(seconds=30), SETTLE) is None


def test_what_nobody_saw_end_settles_from_its_beginning() -> None:
    died = replace(TRYING, tried_at=NOW)
    assert not_seen(died, later(seconds=29), SETTLE) is not None
    assert not_seen(died, later(seconds=31), SETTLE) is None
    assert not_seen(replace(died, tried_at=None), NOW, SETTLE) is None


def unanswered(times: int, attempts: int = 0) -> Delivery:
    """A message whose last tries, so many, had no answer; the last one ended now."""
    message = replace(TRYING, attempts=attempts or times)
    for _ in range(times):
        message = after_refusal(message, unknown(), NOW)
    return message


@pytest.mark.parametrize(
    ("times", "seconds"), [(1, 30), (2, 60), (3, 120), (4, 240), (5, 480), (6, 900), (7, 900), (5_000, 900)]
)
def test_what_is_never_answered_is_tried_later_and_later(times: int, seconds: int) -> None:
    lost = unanswered(times)
    assert lost.due_at == later(seconds=2), "the first look is as early as ever"
    waiting = not_seen(lost, later(seconds=30), SETTLE)
    assert (waiting.due_at if waiting else later(seconds=30)) == later(seconds=seconds)
    if waiting:
        assert absent(waiting)
        assert not waiting.unsure
        assert not_seen(waiting, later(seconds=31), SETTLE) is None, "whoever takes it up again sends it"


@pytest.mark.parametrize("jitter", [-1.0, -0.3, 0.5, 1.0])
def test_unanswered_tries_are_spread_and_no_wait_is_longer_than_the_longest(jitter: float) -> None:
    waiting = not_seen(unanswered(3), later(seconds=30), SETTLE, jitter)
    assert waiting is not None
    assert waiting.due_at == NOW + timedelta(seconds=120) * (1 + SPREAD * jitter)
    longest = not_seen(unanswered(9), later(seconds=30), SETTLE, jitter)
    assert longest is not None
    assert longest.due_at is not None
    assert NOW + LONGEST_UNANSWERED * (1 - SPREAD) <= longest.due_at <= NOW + LONGEST_UNANSWERED


def test_what_is_grave_waits_for_two_minutes_at_most() -> None:
    for level, seconds in ((Level.HIGH, 120), (Level.CRITICAL, 120), (Level.MEDIUM, 480)):
        waiting = not_seen(unanswered(5), later(seconds=30), SETTLE, level=level)
        assert waiting is not None
        assert waiting.due_at == later(seconds=seconds)


def test_tries_that_slack_answered_are_no_reason_to_wait_longer() -> None:
    limited = after_refusal(unanswered(5), refused("ratelimited", retry_after=1.0), NOW)
    assert not_seen(after_refusal(limited, unknown(), NOW), later(seconds=30), SETTLE) is None
    away = after_refusal(unanswered(2), refused("unreachable"), NOW)
    waiting = not_seen(after_refusal(away, unknown(), NOW), later(seconds=30), SETTLE)
    assert waiting is not None
    assert waiting.due_at == later(seconds=120)


def test_a_message_that_somebody_died_over_is_not_known_to_be_absent() -> None:
    died = replace(TRYING, due_at=None)
    assert not absent(died)
    for looked in (not_seen(died, NOW, SETTLE), unsure(died, refused("unreachable"), NOW)):
        assert looked is not None
        assert (absent(looked), looked.lost_at) == (False, NOW)


OUTAGE = replace(TRYING, lost_at=NOW)


@pytest.mark.parametrize(
    ("message", "old"),
    [
        (OUTAGE, True),
        (replace(OUTAGE, kind=DeliveryKind.EDIT), False),
        (replace(OUTAGE, may_repeat=True), False),
        (not_there(OUTAGE, NOW), False),
        (replace(OUTAGE, lost_at=None, tried_at=None), False),
        (replace(OUTAGE, lost_at=later(hours=1)), False),
    ],
)
def test_a_first_message_lost_longer_than_an_outage_ago_may_be_left_to_a_digest(message: Delivery, old: bool) -> None:
    assert long_unseen(message, later(hours=2)) is old


@pytest.mark.parametrize(
    ("level", "left"), [(Level.LOW, True), (Level.MEDIUM, True), (Level.HIGH, False), (Level.CRITICAL, False)]
)
def test_what_is_grave_is_never_left_to_a_digest(level: Level, left: bool) -> None:
    found = left_to_fold(OUTAGE, level, later(hours=2))
    assert (found is not None) is left
    assert found is None or (absent(found) and found.due_at == later(hours=2) + LONGEST_UNANSWERED)
    assert left_to_fold(OUTAGE, None, NOW) is None


def test_a_look_up_that_fails_for_the_moment_is_repeated_later_and_later() -> None:
    waits = []
    for seconds in (0, 10, 100, 10_000):
        now = later(seconds=seconds)
        waiting = unsure(LOST, refused("http-500", retry_after=5.0), now)
        assert waiting.due_at is not None
        waits.append((waiting.due_at - now).total_seconds())
    assert waits == [5, 10, 100, LONGEST_WAIT.total_seconds()]


@pytest.mark.parametrize(
    ("error", "ends"),
    [
        (refused("missing_scope"), True),
        (refused("channel_not_found"), True),
        (refused("ratelimited", retry_after=3.0), False),
        (refused("http-500", retry_after=5.0), False),
        (refused("unreachable"), False),
        (unknown(), False),
    ],
)
def test_a_look_up_refused_for_good_is_not_repeated_for_ever(error: SlackError, ends: bool) -> None:
    assert cannot_look(LOST, error, later(minutes=1)) is ends
    assert cannot_look(LOST, error, later(hours=2)), "what fails for the moment for two hours fails for good"


@pytest.mark.parametrize(
    ("level", "wish", "choice"),
    [
        (Level.CRITICAL, None, "resend"),
        (Level.HIGH, None, "resend"),
        (Level.MEDIUM, None, "ask"),
        (Level.LOW, None, "ask"),
        (None, None, "resend"),
        (Level.CRITICAL, "ask", "ask"),
        (Level.LOW, "drop", "drop"),
    ],
)
def test_gravity_chooses_between_repeating_and_asking_unless_the_channel_does(
    level: Level | None, wish: WhenUnsure | None, choice: WhenUnsure
) -> None:
    assert when_unsure(LOST, level, wish) == choice
    assert when_unsure(replace(LOST, may_repeat=True), level, wish) == "resend", "a person has decided"


def test_what_nobody_can_look_for_is_parked_dropped_or_sent_as_chosen() -> None:
    error = refused("missing_scope", "add the scope")
    parked = unreadable(LOST, error, "ask", NOW)
    assert parked is not None
    assert (parked.state, parked.parked_at, parked.unsure) == (DeliveryState.PARKED, NOW, True)
    assert "nobody can look: Slack said missing_scope (add the scope)" in str(parked.error)
    dropped = unreadable(LOST, error, "drop", NOW)
    assert dropped is not None
    assert dropped.state is DeliveryState.DROPPED
    assert unreadable(LOST, error, "resend", NOW) is None


def test_a_parked_message_that_may_stand_is_looked_for_before_it_is_sent_again() -> None:
    error = refused("missing_scope")
    parked = unreadable(LOST, error, "ask", NOW)
    assert parked is not None
    again = to_resend(replace(parked, reported=True))
    assert (again.state, again.due_at, again.may_repeat, again.reported) == (DeliveryState.SENDING, None, True, False)
    refused_ = after_refusal(TRYING, refused(), NOW)
    plain = to_resend(refused_)
    assert (plain.state, plain.may_repeat, plain.parked_at) == (DeliveryState.OWED, False, None)


def test_news_takes_a_parked_message_up_again_without_deciding_that_it_may_repeat() -> None:
    unsure_ = unreadable(LOST, refused("missing_scope"), "ask", NOW)
    assert unsure_ is not None
    again = asked_again(replace(unsure_, reported=True, body={ASKED_AGAIN: True}))
    assert (again.state, again.due_at, again.may_repeat, again.reported) == (DeliveryState.SENDING, None, False, False)
    assert not absent(again)
    assert again.unsure
    assert asked_again(after_refusal(TRYING, refused(), NOW)).state is DeliveryState.OWED


def test_a_message_says_that_it_may_repeat_when_it_or_one_before_it_may_stand() -> None:
    assert not marked(TRYING)
    assert marked(replace(TRYING, may_repeat=True))
    follows = replace(LOST, body={IN_DOUBT: True})
    assert marked(follows)
    assert when_unsure(follows, Level.LOW, "drop") == "drop", "nobody has chosen for this one yet"


def test_a_mend_that_is_a_sentence_ends_none_in_the_middle() -> None:
    assert after_refusal(TRYING, refused("odd", "Set it."), NOW).error == "Slack said odd (Set it)"


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


# ── a defect of riskbot ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("state", "before", "lost_at"),
    [
        (DeliveryState.SENDING, None, NOW),
        (DeliveryState.SENDING, later(seconds=5), later(seconds=5)),
        (DeliveryState.OWED, None, None),
    ],
)
def test_what_riskbot_failed_at_is_parked_and_unsure_only_where_its_post_was_begun(
    state: DeliveryState, before: datetime | None, lost_at: datetime | None
) -> None:
    held = defective(replace(TRYING, state=state, lost_at=before), KeyError("xoxb-secret"), later(minutes=1))
    assert (held.state, held.error) == (DeliveryState.PARKED, "a defect of riskbot: KeyError")
    assert (held.lost_at, held.parked_at, held.reported) == (lost_at, later(minutes=1), False)


@pytest.mark.parametrize(
    ("error", "passes"),
    [
        (refused("ratelimited", retry_after=0.0), True),
        (refused("unreachable"), True),
        (unknown(), True),
        (refused("channel_not_found"), False),
    ],
)
def test_whether_a_refusal_is_one_for_the_moment(error: SlackError, passes: bool) -> None:
    assert for_the_moment(error) is passes
