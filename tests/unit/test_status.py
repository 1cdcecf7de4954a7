"""What `riskbot status` decides: what is unhealthy, what of it needs a person, and how long articles took."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from riskbot.model import FeedState, RulesState
from riskbot.policy.alerting import Policy
from riskbot.policy.overdue import Waits
from riskbot.ports import Counts, Delay
from riskbot.usecases.status import BEGIN, NEVER, Lag, Status, examine, lags, standing_still, status_form
from tests.builders import NOW, feed, later

EVERY = timedelta(seconds=15)
RULES = RulesState("h" * 64, "w" * 64, NOW, rules=9, companies=819, topics=3, feeds=2)


def state(name: str = "example", **fields: Any) -> FeedState:
    """A feed that was read a moment ago and brought something today, unless the fields say otherwise."""
    fields = {"polled_at": NOW, "succeeded_at": NOW, "entries": 20, "newest_at": later(hours=-2), **fields}
    return FeedState(name, **fields)


def status(*states: FeedState, **fields: Any) -> Status:
    """The status of a watch that runs, with these feeds."""
    given: dict[str, Any] = {
        "files": (1, 2),
        "feeds": tuple(feed(each.feed) for each in states),
        "exists": True,
        "counts": Counts(feeds={each.feed: each for each in states}),
        "ticks": {"poll": NOW},
        "in_force": RULES,
        "delays": (),
        "policy": Policy(),
        "poll_interval": EVERY,
        "now": NOW,
    }
    return examine(**(given | fields))


# ── what needs a person ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_watch_that_runs_with_healthy_feeds_needs_nobody() -> None:
    found = status(state())
    assert (found.needs, dict(found.unhealthy), found.stands_still) == ((), {}, None)
    assert (found.rules, found.companies, found.feeds) == (9, 819, 1)


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"gone_at": later(days=-1)}, "gone"),
        ({"failures": 3, "error": "timed-out: no answer", "succeeded_at": later(hours=-3)}, "failing"),
        ({"failures": 1, "error": "html-not-feed: a page", "succeeded_at": None}, "web page"),
        ({"newest_at": later(days=-40)}, "stale"),
    ],
)
def test_a_feed_that_somebody_can_mend_needs_a_person(fields: dict[str, Any], kind: str) -> None:
    found = status(state(**fields), state("other"))
    assert list(found.unhealthy) == ["example"]
    (need,) = found.needs
    assert need == f"feed example: {found.unhealthy['example']}"
    assert need.startswith(f"feed example: {kind}: ")


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"entries": 0, "newest_at": None}, "empty"),
        ({"undated": True, "newest_at": None}, "undated"),
        (
            {"newest_at": later(days=-9), "arrivals": tuple(later(days=-10, hours=n) for n in range(24))},
            "silent",
        ),
    ],
)
def test_a_feed_that_nobody_can_mend_is_shown_and_needs_nobody(fields: dict[str, Any], kind: str) -> None:
    found = status(state(**fields))
    assert found.unhealthy["example"].startswith(f"{kind}: ")
    assert found.needs == ()


def test_the_first_failures_are_hiccups() -> None:
    found = status(state(failures=1, error="timed-out: no answer"))
    assert (dict(found.unhealthy), found.needs) == ({}, ())
    assert status_form(found)["failing"] == {"example": "timed-out: no answer"}


def test_a_feeds_own_stale_after_says_that_its_age_is_as_it_should_be() -> None:
    old = state(newest_at=later(days=-40))
    assert status(old, feeds=(feed(stale_after=timedelta(days=90)),)).needs == ()
    assert status(old, feeds=(feed(),), policy=Policy(stale_after=timedelta(days=90))).needs == ()


def test_while_the_rule_files_are_broken_feeds_are_as_their_last_poll_found_them() -> None:
    found = status(state(ill="stale: old"), state("other"), feeds=None, files=None)
    assert dict(found.unhealthy) == {"example": "stale: old"}
    assert found.needs == ("feed example: stale: old",)


def test_parked_messages_refused_edits_and_rules_switched_off_need_a_person() -> None:
    in_force = RulesState(
        "h", "w", NOW, rules=1, companies=1, topics=1, feeds=0, refused="x.yaml:1 wrong", switched_off={"r": "failed"}
    )
    found = status(in_force=in_force, counts=Counts(parked=2))
    assert found.needs == ("2 messages parked", "x.yaml:1 wrong", "rule r is switched off: failed")
    assert status(counts=Counts(parked=1)).needs == ("1 message parked",)


def test_a_message_that_slack_does_not_take_for_long_needs_a_person_and_a_young_one_nobody() -> None:
    stuck = Counts(owed=1, waits=Waits("risk", later(hours=-5), "Slack answered with status 503"))
    found = status(counts=stuck)
    assert found.needs == (
        "a message to #risk waits since 2025-11-17 07:00 UTC (5 hours): Slack does not take it (Slack answered with "
        "status 503); `riskbot slack check` looks what is wrong",
    )
    assert status_form(found)["waits"]["since"] == later(hours=-5)
    assert status(counts=Counts(owed=1, waits=Waits("risk", later(minutes=-10)))).needs == ()
    assert status(counts=Counts(owed=1, waits=Waits("risk", later(hours=9)))).needs == ()
    assert status_form(status())["waits"] is None


# ── whether it runs ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_watch_that_stands_still_needs_a_person() -> None:
    found = status(now=later(minutes=3))
    assert found.stands_still == "the last tick was 3 minutes ago"
    assert found.needs == ("the watch stands still: the last tick was 3 minutes ago",)


@pytest.mark.parametrize(
    ("every", "age", "still"),
    [
        (timedelta(seconds=1), timedelta(minutes=2), False),
        (timedelta(seconds=1), timedelta(minutes=2, seconds=1), True),
        (timedelta(minutes=1), timedelta(minutes=8), False),
        (timedelta(minutes=1), timedelta(minutes=9), True),
    ],
)
def test_eight_ticks_without_one_and_at_least_two_minutes_are_standing_still(
    every: timedelta, age: timedelta, still: bool
) -> None:
    assert (standing_still(NOW, every, NOW + age) is not None) == still


def test_without_a_database_riskbot_has_not_run_and_the_files_are_counted() -> None:
    found = status(exists=False, counts=Counts(), ticks={}, in_force=None, feeds=(feed(), feed("other")))
    assert (found.rules, found.companies, found.feeds) == (1, 2, 2)
    assert found.needs == (f"{NEVER}: {BEGIN}",)


def test_a_database_without_a_trace_of_riskbot_is_as_one_that_is_not_there() -> None:
    nothing: dict[str, Any] = {"counts": Counts(), "ticks": {}, "in_force": None}
    assert status_form(status(exists=True, **nothing)) == status_form(status(exists=False, **nothing))


@pytest.mark.parametrize(
    "trace", [{"counts": Counts(articles=1)}, {"counts": Counts(feeds={"example": state()})}, {"in_force": RULES}]
)
def test_whoever_replayed_or_polled_by_hand_is_not_told_to_begin(trace: dict[str, Any]) -> None:
    nothing: dict[str, Any] = {"counts": Counts(), "ticks": {}, "in_force": None}
    assert status(**(nothing | trace)).needs == ()


def test_one_who_polls_by_hand_has_no_ticks_and_is_not_told_off() -> None:
    found = status(ticks={})
    assert (found.stands_still, found.needs) == (NEVER, ())


# ── how long articles took ───────────────────────────────────────────────────────────────────────────────────────


def delay(seen: float, told: float, *, dated: bool = True) -> Delay:
    """An article seen and told so many seconds after it was published."""
    return Delay(NOW if dated else None, later(seconds=seen), later(seconds=told))


def seconds(lag: Lag) -> tuple[float | None, float | None]:
    return (
        lag.median.total_seconds() if lag.median is not None else None,
        lag.p95.total_seconds() if lag.p95 is not None else None,
    )


def test_nothing_told_has_no_figures() -> None:
    assert [(lag.articles, *seconds(lag)) for lag in lags([])] == [(0, None, None)] * 3


def test_one_article_is_its_own_median_and_has_no_percentile() -> None:
    assert [(lag.start, lag.end, *seconds(lag)) for lag in lags([delay(60, 65)])] == [
        ("published", "seen", 60, None),
        ("seen", "told", 5, None),
        ("published", "told", 65, None),
    ]


def test_a_percentile_needs_twenty_articles() -> None:
    nineteen = [delay(n, 2 * n) for n in range(19)]
    assert seconds(lags(nineteen)[0]) == (9, None)
    twenty_one = [delay(n, 2 * n) for n in range(21)]
    assert [seconds(lag) for lag in lags(twenty_one)] == [(10, 19), (10, 19), (20, 38)]


def test_undated_articles_count_only_from_when_they_were_seen() -> None:
    found = lags([delay(10, 20), delay(5, 6, dated=False)])
    assert [lag.articles for lag in found] == [1, 2, 1]


def test_an_article_seen_before_its_date_took_no_time() -> None:
    assert [seconds(lag)[0] for lag in lags([delay(-3600, -3590)])] == [0, 10, 0]


def test_the_json_form_tells_everything() -> None:
    form = status_form(status(state(ill=None, newest_at=later(days=-40)), delays=[delay(60, 65)]))
    assert list(form["unhealthy"]) == ["example"]
    assert form["delays"] == {
        "published_to_seen": {"articles": 1, "median_seconds": 60.0, "p95_seconds": None},
        "seen_to_told": {"articles": 1, "median_seconds": 5.0, "p95_seconds": None},
        "published_to_told": {"articles": 1, "median_seconds": 65.0, "p95_seconds": None},
    }
    assert form["rules_live"]["hash"] == "h" * 64
    assert len(form["needs_a_person"]) == 1
