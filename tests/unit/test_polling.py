"""When a feed is due again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskbot.errors import FetchError
from riskbot.model import Document, Feed, Wishes
from riskbot.policy.alerting import Policy
from riskbot.policy.rhythm import bounds, patience
from riskbot.ports import Polled
from tests.builders import NOW, article, entry, feed, later
from tests.polls import (
    BUSY,
    DAY,
    DOWN,
    FEED,
    GONE,
    GOVERNMENT,
    HOUR,
    MINUTE,
    NOT_THERE,
    RARE,
    SECOND,
    UNCHANGED,
    entries,
    failed,
    read,
    state,
    wait,
)  # fmt: skip

# ── after a success ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_feed_that_publishes_often_is_due_sooner_than_one_that_seldom_does() -> None:
    assert wait(read(state(arrivals=BUSY))) == pytest.approx(2)
    assert wait(read(state(arrivals=RARE))) == pytest.approx(14.25)  # in the middle of what chance may make of 15
    assert wait(read()) == 5


def test_what_is_new_by_a_poll_counts_at_once() -> None:
    asleep = state(arrivals=BUSY, succeeded_at=later(hours=8))
    now = later(hours=8, minutes=15)
    assert wait(read(asleep, now=now)) > 13
    assert wait(read(asleep, UNCHANGED, article(published=now), now=now)) == pytest.approx(2)


def test_chance_moves_the_time_by_a_tenth_at_most_and_never_out_of_the_bounds() -> None:
    assert [wait(read(jitter=j)) for j in (-1, 0, 1)] == pytest.approx([4.5, 5, 5.5])
    assert [wait(read(state(arrivals=RARE), jitter=j)) for j in (-1, 0, 1)] == pytest.approx([13.5, 14.25, 15])
    quick = state(arrivals=tuple(later(minutes=-n) for n in reversed(range(10))))
    assert [wait(read(quick, jitter=j)) for j in (-1, 0, 1)] == pytest.approx([1, 1.05, 1.1])


def test_feeds_at_the_longest_interval_do_not_meet_again() -> None:
    waits = {wait(read(state(arrivals=RARE), jitter=n / 10)) for n in range(-10, 11)}
    assert len(waits) == 21


def test_a_fixed_interval_knows_neither_chance_nor_wishes() -> None:
    wishes = Wishes(every=HOUR, skip_hours=frozenset(range(24)))
    for fixed in (20 * SECOND, 6 * HOUR):
        after = read(state(wishes=wishes), Polled("unchanged", max_age=DAY), of=feed(every=fixed), jitter=1)
        assert after.due_at == NOW + fixed


def test_a_success_clears_every_failure_and_the_normal_interval_is_back_at_once() -> None:
    ill = state(
        arrivals=BUSY, failures=7, error="timed-out: …", succeeded_at=later(minutes=-1), gone_at=later(hours=-2)
    )
    well = read(ill)
    assert (well.failures, well.error, well.gone_at) == (0, None, None)
    assert (well.polled_at, well.succeeded_at) == (NOW, NOW)
    assert wait(well) == pytest.approx(2)


# ── what publishers wish for ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("jitter", [-1.0, 0.0, 1.0])
def test_a_wish_lengthens_the_wait_up_to_the_longest_interval(jitter: float) -> None:
    for asked, least in ((MINUTE, 4.5), (7 * MINUTE, 7), (HOUR, 13.5), (3650 * DAY, 13.5)):
        for waited in (
            wait(read(answer=Polled("unchanged", max_age=asked), jitter=jitter)),
            wait(read(state(wishes=Wishes(every=asked)), jitter=jitter)),
        ):
            assert least <= round(waited, 9) <= 15


def test_no_wish_slows_a_governments_feed_beyond_five_minutes() -> None:
    wishes = Wishes(every=HOUR, skip_hours=frozenset(range(24)), skip_days=frozenset(range(7)))
    after = read(state(wishes=wishes, arrivals=BUSY), Polled("unchanged", max_age=DAY), of=GOVERNMENT, jitter=1)
    assert wait(after) == 5


def test_a_wish_never_makes_a_feed_due_sooner() -> None:
    assert wait(read(state(arrivals=RARE, wishes=Wishes(every=MINUTE)), Polled("unchanged", max_age=MINUTE))) > 14


def test_an_hour_to_be_skipped_is_waited_out_but_no_longer_than_the_longest_interval() -> None:
    noon = Wishes(skip_hours=frozenset({12}))
    assert wait(read(state(wishes=noon), now=later(minutes=50), jitter=-1)) == 10  # until 13:00
    assert wait(read(state(wishes=noon), now=later(minutes=20), jitter=1)) == 15
    assert wait(read(state(wishes=noon), now=later(minutes=-3))) == pytest.approx(14.25)  # it would have been 12:02
    assert wait(read(state(wishes=noon), now=later(minutes=57))) == 5


def test_a_day_to_be_skipped_is_waited_out_likewise() -> None:
    sunday = Wishes(skip_days=frozenset({6}))
    night = datetime(2025, 11, 16, 23, 52, tzinfo=NOW.tzinfo)
    assert wait(read(state(wishes=sunday), now=night, jitter=-1)) == 8
    assert wait(read(state(wishes=sunday), now=night - 6 * HOUR, jitter=1)) == 15


def test_a_feed_that_says_it_never_changes_is_asked_all_the_same() -> None:
    never = Wishes(skip_hours=frozenset(range(24)), skip_days=frozenset(range(7)))
    assert wait(read(state(wishes=never), jitter=1)) == 15
    assert wait(read(state(wishes=never), policy=Policy(max_interval=3650 * DAY), jitter=1)) == 3650 * 24 * 60


def test_the_wishes_of_the_last_document_hold_while_its_head_is_not_read_again() -> None:
    wishes = Wishes(every=10 * MINUTE)
    first = read(answer=entries(entry(), document=Document(1, wishes=wishes)))
    assert first.wishes == wishes
    assert wait(first) >= 10
    assert read(first, entries(entry())).wishes == wishes
    assert read(first, entries(entry(), document=Document(1, wishes=Wishes()))).wishes == Wishes()


# ── after a failure ──────────────────────────────────────────────────────────────────────────────────────────────


def run(times: int, **given_: Any) -> list[float]:
    """The waits of so many failures in a row, in minutes."""
    now, waits = NOW, []
    current = given_.pop("before", None) or state()
    for _ in range(times):
        current = failed(current, now=now, **given_)
        waits.append(wait(current))
        assert current.due_at
        now = current.due_at
    assert current.failures == times
    return waits


def test_each_failure_in_a_row_doubles_the_wait_up_to_an_hour() -> None:
    assert run(8) == pytest.approx([5.25, 10, 20, 40, 57, 57, 57, 57])  # in the middle of what chance may make of 60
    assert run(40, jitter=1.0)[-1] == 60


def test_a_busy_feed_is_tried_again_sooner_and_its_silence_while_it_fails_is_not_held_against_it() -> None:
    waits = run(4, before=state(arrivals=BUSY, succeeded_at=NOW), jitter=-1.0)
    assert waits == pytest.approx([2, 3.6, 7.2, 14.4])


def test_a_governments_feed_that_fails_is_tried_every_twenty_minutes() -> None:
    assert run(9, of=GOVERNMENT, jitter=1.0)[-1] == 20


def test_a_feed_with_a_fixed_interval_backs_off_from_it_without_chance() -> None:
    assert run(4, of=feed(every=6 * HOUR), jitter=1.0) == [360, 720, 1440, 1440]
    assert run(12, of=feed(every=20 * SECOND), jitter=-1.0)[-1] == 60


def test_a_failing_feed_is_not_asked_more_often_than_it_wishes() -> None:
    assert wait(failed(state(wishes=Wishes(every=12 * MINUTE)), jitter=-1)) >= 12


@pytest.mark.parametrize("of", [FEED, GOVERNMENT, feed(every=20 * SECOND)])
def test_retry_after_is_waited_out_beyond_every_bound(of: Feed) -> None:
    busy = FetchError("http-429", "too many requests", retry_after=30 * HOUR)
    assert failed(error=busy, of=of).due_at == later(hours=30)


def test_a_short_retry_after_does_not_undo_the_backing_off() -> None:
    soon = FetchError("http-503", "unavailable", retry_after=SECOND)
    assert wait(failed(state(failures=3), soon)) == 40


def test_a_retry_after_beyond_all_time_is_the_end_of_time_and_no_accident() -> None:
    assert failed(error=FetchError("http-503", "unavailable", retry_after=timedelta.max)).due_at


# ── for any history ──────────────────────────────────────────────────────────────────────────────────────────────

spans = st.integers(1, 10**6).map(lambda seconds: timedelta(seconds=seconds))
errors = st.sampled_from([DOWN, NOT_THERE, GONE, FetchError("http-429", "slow down", retry_after=2 * HOUR)])
published = st.one_of(st.none(), st.integers(-(10**7), 10**5))
wishes_ = st.builds(
    Wishes,
    every=st.one_of(st.none(), spans),
    skip_hours=st.frozensets(st.integers(0, 23)),
    skip_days=st.frozensets(st.integers(0, 6)),
)
successes = st.tuples(
    st.lists(published, max_size=5), st.one_of(st.none(), spans), st.one_of(st.none(), wishes_), st.booleans()
)
histories = st.lists(st.tuples(st.integers(0, 10**5), st.floats(-1, 1), st.one_of(errors, successes)), max_size=12)
feeds = st.builds(feed, kind=st.sampled_from(["wire", "government"]), every=st.one_of(st.none(), st.none(), spans))
policies = st.builds(Policy, min_interval=spans, max_interval=spans)


@settings(max_examples=300, deadline=None)
@given(histories, feeds, policies)
def test_whatever_has_happened_a_feed_is_due_within_its_bounds(
    history: list[tuple[int, float, Any]], of: Feed, policy: Policy
) -> None:
    current, now = state(), NOW
    least, most = bounds(of, policy)
    for elapsed, jitter, event in history:
        now += timedelta(seconds=elapsed)
        if isinstance(event, FetchError):
            current = failed(current, event, of=of, policy=policy, now=now, jitter=jitter)
            if current.gone_at:
                assert current.due_at is None
            elif event.retry_after is None:
                assert current.due_at
                assert (of.every or least) <= current.due_at - now <= patience(of, policy)
            else:
                assert current.due_at
                assert current.due_at - now >= event.retry_after
            assert current.failures > 0
            continue
        dates, max_age, wishes, moved = event
        new = [
            article(str(n), published=None if d is None else now + timedelta(seconds=d)) for n, d in enumerate(dates)
        ]
        answer = entries(
            *(entry(published=each.published) for each in new),
            max_age=max_age,
            moved="https://new.example/rss" if moved else None,
            document=Document(len(new), wishes=wishes),
        )
        current = read(current, answer, *new, of=of, policy=policy, now=now, jitter=jitter)
        assert (current.failures, current.error, current.gone_at) == (0, None, None)
        assert current.due_at
        if of.every is None:
            assert least <= current.due_at - now <= most
        else:
            assert current.due_at - now == of.every
        assert all(at <= now for at in current.arrivals)
        assert current.newest_at is None or current.newest_at <= now


@settings(max_examples=100, deadline=None)
@given(feeds, policies, st.floats(-1, 1), st.lists(st.integers(-(10**6), 0), max_size=32), st.integers(2, 40))
def test_no_further_failure_ever_shortens_the_wait(
    of: Feed, policy: Policy, jitter: float, arrivals: list[int], times: int
) -> None:
    before = state(arrivals=tuple(sorted(later(seconds=s) for s in arrivals)), succeeded_at=NOW)
    waits = run(times, before=before, of=of, policy=policy, jitter=jitter)
    assert waits == sorted(waits)
