"""Whether a feed is healthy, why not, and when that is worth a word."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskbot.errors import FetchError
from riskbot.model import FeedState
from riskbot.policy.alerting import Policy
from riskbot.policy.health import examined, illness, kind, span, turned
from riskbot.policy.polling import after_failure, after_success
from riskbot.ports import Polled
from tests.builders import NOW, feed, later
from tests.feedhealth import (
    DAY,
    DOWN,
    FEED,
    HOUR,
    HOURLY,
    MINUTE,
    NOT_THERE,
    PAGE,
    POLICY,
    failing,
    ill,
    kind_of,
    state,
)


def test_a_feed_that_is_read_and_brings_entries_is_well() -> None:
    assert ill(state()) is None
    assert ill(state(arrivals=HOURLY)) is None


def test_a_feed_that_was_never_polled_is_well_until_it_is() -> None:
    assert ill(FeedState("example")) is None


# ── failing ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_first_hiccups_are_nothing_and_the_third_failure_in_a_row_is() -> None:
    assert ill(failing(1)) is None
    assert ill(failing(2)) is None
    assert ill(failing(3)) == (
        "failing: 3 polls in a row failed, nothing read since 2025-11-17 11:25 UTC; timed-out: it did not answer"
    )


def test_nothing_read_for_an_hour_is_no_hiccup_unless_it_is_the_first_failure() -> None:
    assert kind_of(failing(2, succeeded_at=later(hours=-1))) == "failing"
    assert ill(failing(2, succeeded_at=later(minutes=-59))) is None
    assert ill(failing(1, succeeded_at=later(hours=-6)), feed(every=6 * HOUR)) is None


def test_a_new_feed_whose_address_is_wrong_is_told_of_at_its_first_poll() -> None:
    new = state(failures=1, error="http-404: the server answered 404", succeeded_at=None, entries=None, newest_at=None)
    assert ill(new) == "failing: 1 poll failed, nothing read ever; http-404: the server answered 404"


def test_a_new_feed_that_fails_for_what_may_pass_is_told_of_at_its_second_poll() -> None:
    new = state(failures=1, error="dns: no such host", succeeded_at=None, entries=None, newest_at=None)
    assert ill(new) is None
    assert kind_of(replace(new, failures=2)) == "failing"


def test_an_edited_address_that_is_wrong_is_told_of_as_soon_as_that_of_a_new_feed() -> None:
    edited = replace(state(body_hash=None, entries=None), failures=1, error="http-404: status 404", polled_at=NOW)
    assert kind_of(edited) == "failing"


def test_a_feed_that_asks_to_be_left_alone_for_long_is_told_of_at_once() -> None:
    away = failing(1, "http-429: too many requests", due_at=later(hours=5))
    assert "it asked to be left alone until 2025-11-17 17:00 UTC; http-429" in (ill(away) or "")
    assert ill(replace(away, due_at=later(minutes=50))) is None
    assert kind_of(replace(away, succeeded_at=None, body_hash=None)) == "failing"


def test_a_fixed_interval_of_a_day_is_no_wish_to_be_left_alone() -> None:
    assert ill(failing(1, due_at=later(days=1), succeeded_at=later(days=-1)), feed(every=DAY)) is None


def test_a_page_instead_of_a_feed_is_an_illness_of_its_own() -> None:
    page = failing(3, "html-not-feed: it is a web page, not a feed (correct the `url`)")
    assert kind_of(page) == "web page"
    assert (ill(page) or "").endswith("html-not-feed: it is a web page, not a feed (correct the `url`)")


def test_a_run_of_failures_keeps_the_kind_it_was_told_with() -> None:
    page, down = "html-not-feed: a web page", "timed-out: no answer"
    assert kind_of(failing(4, page, ill="failing: 3 polls …")) == "failing"
    assert kind_of(failing(4, down, ill="web page: 3 polls …")) == "web page"
    assert kind_of(failing(4, down, ill="stale: …")) == "failing"


def test_while_a_feed_fails_nothing_is_said_of_the_silence_that_is_ours() -> None:
    unread = failing(2, arrivals=HOURLY, newest_at=NOW, succeeded_at=later(minutes=1))
    assert ill(unread, now=later(minutes=30)) is None
    assert kind_of(replace(unread, failures=3), now=later(days=60)) == "failing"
    assert ill(failing(2, newest_at=later(days=-30, minutes=-10), succeeded_at=later(minutes=-30))) is None


def test_what_a_feed_was_ill_of_before_it_hiccups_it_still_is() -> None:
    assert kind_of(failing(1, newest_at=later(days=-90))) == "stale"


def test_a_feed_that_turned_well_today_is_called_failing_again_only_after_an_hour_without_it() -> None:
    flapping = failing(5, ill=None, ill_since=later(hours=-2))
    assert ill(flapping) is None
    assert kind_of(replace(flapping, succeeded_at=later(hours=-1))) == "failing"
    assert kind_of(replace(flapping, ill_since=later(hours=-24))) == "failing"


def test_a_failure_whose_reason_was_not_kept_is_told_all_the_same() -> None:
    assert "for a reason that was not kept" in (ill(state(failures=3)) or "")


# ── gone ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_feed_that_is_gone_says_since_when_and_what_to_do() -> None:
    assert ill(failing(1, "gone: it is gone for good (410)", gone_at=NOW)) == (
        "gone: it said at 2025-11-17 12:00 UTC that it is gone for good (410) and is polled no more; "
        "remove the feed or give it its new `url`"
    )


# ── empty, undated, stale ────────────────────────────────────────────────────────────────────────────────────────


def test_a_document_without_entries_is_empty_unless_something_came_just_before() -> None:
    assert kind_of(state(entries=0, newest_at=None)) == "empty"
    assert kind_of(state(entries=0, newest_at=later(hours=-1))) == "empty"
    assert ill(state(entries=0, newest_at=later(minutes=-59))) is None
    assert ill(state(entries=0, newest_at=None, arrivals=(later(minutes=-30),))) is None


def test_entries_without_any_date_are_told_of() -> None:
    assert kind_of(state(undated=True, newest_at=None, arrivals=(NOW,))) == "undated"


def test_a_feed_whose_newest_entry_is_too_old_is_stale_though_it_answers() -> None:
    old = state(newest_at=later(days=-31))
    assert ill(old) == (
        "stale: its newest entry is of 2025-10-17, 31 days old, and 30 days are allowed; "
        "see whether another feed replaced it, or give it a longer `stale_after`"
    )
    assert ill(state(newest_at=later(days=-30))) is None


def test_a_feeds_own_patience_wins_over_that_of_the_settings() -> None:
    old = state(newest_at=later(days=-31))
    assert ill(old, feed(stale_after=90 * DAY)) is None
    assert kind_of(state(newest_at=later(days=-2)), feed(stale_after=DAY)) == "stale"
    assert ill(old, policy=Policy(stale_after=60 * DAY)) is None


def test_a_feed_that_is_years_old_is_stale_at_its_first_poll_though_everything_in_it_is_new() -> None:
    years_ago = tuple(later(days=-700 - n) for n in reversed(range(20)))
    assert kind_of(state(arrivals=years_ago, newest_at=years_ago[-1], new_at=NOW)) == "stale"


# ── turns ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_turn_is_told_in_one_line() -> None:
    well, sick = FeedState("ft"), FeedState("ft", ill="failing: 3 polls\nin a row", ill_since=NOW)
    assert turned(well, sick) == "Feed ft is unhealthy: failing: 3 polls in a row"
    assert turned(sick, replace(sick, ill=None, ill_since=later(hours=3))) == (
        "Feed ft is healthy again after 3 hours; it was failing"
    )
    assert turned(sick, replace(sick, ill="stale: old")) == (
        "Feed ft is no longer failing but still unhealthy: stale: old"
    )


def test_figures_that_change_within_a_sentence_are_no_turn() -> None:
    assert turned(FeedState("ft", ill="failing: 3 polls"), FeedState("ft", ill="failing: 4 polls")) is None
    assert turned(FeedState("ft"), FeedState("ft")) is None


def test_a_feed_that_turns_well_says_so_though_nobody_noted_since_when_it_was_ill() -> None:
    assert turned(FeedState("ft", ill="stale: old"), FeedState("ft")) == "Feed ft is healthy again; it was stale"


class Life:
    """A feed that is polled every five minutes, judged after each poll; keeps what was told."""

    def __init__(self) -> None:
        self.state, self.now = FeedState("example"), NOW
        self.told: list[str] = []

    def poll(self, *outcomes: FetchError | None) -> Life:
        for outcome in outcomes:
            before = self.state
            if outcome is None:
                answer = Polled("unchanged", body_hash="abc")
                after = after_success(before, answer, (), FEED, POLICY, self.now, 0.0)
            else:
                after = after_failure(before, outcome, FEED, POLICY, self.now, 0.0)
            self.state, notice = examined(FEED, before, after, POLICY, self.now)
            self.told += [notice] if notice else []
            self.now += 5 * MINUTE
        return self


def test_an_outage_is_told_once_and_so_is_its_end() -> None:
    life = Life().poll(None, *[DOWN] * 30, None, None)
    assert len(life.told) == 2
    assert life.told[0].startswith("Feed example is unhealthy: failing: 3 polls in a row failed")
    assert life.told[1] == "Feed example is healthy again after 2 hours; it was failing"
    assert life.state.ill is None


def test_the_words_of_an_illness_are_kept_up_to_date_while_it_lasts() -> None:
    life = Life().poll(None, *[DOWN] * 5)
    assert (life.state.ill or "").startswith("failing: 5 polls in a row failed")
    assert life.state.ill_since == later(minutes=15)  # when the third of them failed


def test_a_feed_that_flaps_is_told_of_once_and_not_all_day() -> None:
    life = Life().poll(None, *[DOWN, DOWN, DOWN, None] * 60)
    assert len(life.told) == 2


def test_a_server_that_answers_now_with_a_page_and_now_not_at_all_is_one_illness() -> None:
    life = Life().poll(None, *[DOWN, PAGE] * 20)
    assert len(life.told) == 1


def test_a_new_feed_with_a_slip_in_its_address_is_told_of_at_once_and_once() -> None:
    life = Life().poll(*[NOT_THERE] * 10)
    assert len(life.told) == 1
    assert life.state.ill_since == NOW


def test_a_feed_that_was_always_well_has_no_turn_to_its_name() -> None:
    life = Life().poll(None, None, DOWN, None)
    assert (life.told, life.state.ill, life.state.ill_since) == ([], None, None)


# ── for any state ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(0), "0 seconds"),
        (timedelta(seconds=61), "1 minute"),
        (90 * MINUTE, "90 minutes"),
        (26 * HOUR, "26 hours"),
        (3 * DAY, "3 days"),
        (1700 * DAY, "1,700 days"),
    ],
)
def test_lengths_of_time_are_said_as_people_say_them(length: timedelta, words: str) -> None:
    assert span(length) == words


instants = st.integers(0, 2**31).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
times = st.one_of(st.none(), instants)
states = st.builds(
    FeedState,
    feed=st.just("example"),
    due_at=times,
    polled_at=times,
    succeeded_at=times,
    failures=st.integers(0, 10**6),
    error=st.one_of(st.none(), st.text(), st.sampled_from(["html-not-feed: x", "http-404: y"])),
    gone_at=st.one_of(st.none(), times),
    entries=st.one_of(st.none(), st.integers(0, 100)),
    undated=st.booleans(),
    newest_at=times,
    arrivals=st.lists(instants, max_size=32).map(lambda at: tuple(sorted(at))),
    ill=st.one_of(st.none(), st.sampled_from(["failing: x", "web page: y", "stale: z"])),
    ill_since=times,
)


@settings(max_examples=300, deadline=None)
@given(states, states, instants, st.one_of(st.none(), st.integers(1, 10**8)))
def test_whatever_the_state_it_is_well_or_ill_in_one_sentence_and_told_in_one_line(
    before: FeedState, after: FeedState, now: datetime, stale: int | None
) -> None:
    of = feed(stale_after=None if stale is None else timedelta(seconds=stale))
    judged, told = examined(of, before, after, POLICY, now)
    assert judged.ill == illness(of, replace(after, ill=before.ill, ill_since=before.ill_since), POLICY, now)
    if judged.ill is not None:
        assert kind(judged.ill) in (
            "failing",
            "web page",
            "gone",
            "partly unread",
            "empty",
            "undated",
            "stale",
            "silent",
        )
        assert judged.ill_since is not None or kind(before.ill) == kind(judged.ill)
    assert (told is None) == (kind(before.ill) == kind(judged.ill))
    assert told is None or len(told.splitlines()) == 1


def test_a_feed_with_an_entry_that_cannot_be_read_is_unhealthy_though_the_others_were() -> None:
    lost = "the entry that begins “Poison” could not be read"
    assert (ill(state(error=lost)) or "").startswith(f"partly unread: {lost}; ")
