"""How an alert is told: now, or in which digest; and what a silence makes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbot.model import Decision, Level, Reason, Story
from riskbot.model.calm import Away, Cause, ChannelPlan, DigestTime, HeldBack, Plan, QuietHours, RulePlan, Silence
from riskbot.policy.calm import GATHERING, Wait, absence, hour_of, missed_in, quiet, waits
from riskbot.policy.holding import Calmed, calmed
from tests.builders import NOW, article, decision, hit, later

NIGHT = QuietHours(11 * 60, 13 * 60)  # around NOW, which is noon in UTC
MORNING = DigestTime(8 * 60)
TOMORROW = NOW.replace(hour=8) + timedelta(days=1)
AWAY = Away(later(hours=-6), later(minutes=-1))
OLD = article(published=later(hours=-3))


def plan(**wishes: Any) -> Plan:
    return Plan({"risk": ChannelPlan("risk", **wishes)})


def wait(of: Plan, level: Level = Level.MEDIUM, **fields: Any) -> Wait | None:
    return waits(of, "risk", level, fields.pop("now", NOW), **fields)


def found(waiting: Wait | None) -> tuple[Cause, datetime, str] | None:
    return (waiting.cause, waiting.due_at, waiting.title) if waiting else None


# ── which digest ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_channel_that_says_nothing_is_told_at_once() -> None:
    assert wait(Plan()) is None


def test_in_quiet_hours_a_story_waits_for_their_end_and_a_critical_one_does_not() -> None:
    calm = plan(quiet=(NIGHT,))
    assert found(wait(calm)) == (Cause.QUIET, later(hours=1), "Quiet hours")
    assert quiet(calm.channel("risk"), Level.HIGH, NOW) == later(hours=1)
    assert quiet(calm.channel("risk"), Level.CRITICAL, NOW) is None
    assert wait(calm, now=later(hours=1)) is None


def test_a_channel_that_wants_a_digest_hears_of_everything_but_critical_stories_then() -> None:
    assert found(wait(plan(digest=MORNING))) == (Cause.DIGEST, TOMORROW, "Daily digest")
    assert wait(plan(digest=MORNING), Level.CRITICAL) is None
    weekly = plan(digest=DigestTime(8 * 60, frozenset({0})))
    assert found(wait(weekly)) == (Cause.DIGEST, NOW.replace(hour=8) + timedelta(days=7), "Weekly digest")


def test_a_rule_that_wants_a_digest_waits_unless_another_rule_hits_too() -> None:
    calm = Plan(rules={"alibaba-memo": RulePlan(digest=MORNING), "alibaba-military": RulePlan(mention="here")})
    assert found(wait(calm, hits=[hit("alibaba", "memo")])) == (Cause.DIGEST, TOMORROW, "Daily digest")
    assert wait(calm, hits=[hit("alibaba", "memo"), hit()]) is None
    assert wait(calm, hits=[hit("alibaba", "memo"), hit("tencent")]) is None


def test_a_digest_never_rings_in_quiet_hours() -> None:
    early = plan(digest=MORNING, quiet=(QuietHours(22 * 60, 9 * 60),))
    assert found(wait(early)) == (Cause.DIGEST, TOMORROW + timedelta(hours=1), "Daily digest")


def test_what_is_too_much_for_an_hour_comes_as_one_digest_when_the_next_begins() -> None:
    capped = plan(alerts_per_hour=2)
    now = later(minutes=20)
    assert wait(capped, told=1, now=now) is None
    assert found(wait(capped, told=2, now=now)) == (Cause.CAP, later(hours=1), "More than 2 alerts this hour")
    assert wait(capped, Level.CRITICAL, told=99, now=now) is None
    assert hour_of(now) == NOW


def test_a_channel_may_have_a_cap_of_its_own_or_none() -> None:
    assert Plan({"risk": ChannelPlan("risk", alerts_per_hour=0)}, alerts_per_hour=5).cap("risk") == 0
    assert Plan(alerts_per_hour=5).cap("risk") == 5
    assert found(wait(Plan(alerts_per_hour=1), told=1)) == (Cause.CAP, later(hours=1), "More than 1 alert this hour")


def test_what_came_out_while_riskbot_was_away_is_one_digest_unless_it_is_grave() -> None:
    due = AWAY.until + GATHERING
    assert found(wait(Plan(), article=OLD, away=AWAY)) == (Cause.AWAY, due, "While I was away")
    assert found(wait(Plan(), Level.LOW, article=OLD, away=AWAY)) == (Cause.AWAY, due, "While I was away")
    assert wait(Plan(), Level.HIGH, article=OLD, away=AWAY) is None
    assert wait(Plan(), Level.CRITICAL, article=OLD, away=AWAY) is None


def test_what_is_fresh_or_undated_or_read_later_is_told_as_ever() -> None:
    assert wait(Plan(), article=article(published=later(minutes=-30)), away=AWAY) is None
    assert wait(Plan(), article=article(), away=AWAY) is None
    assert wait(Plan(), article=OLD, away=AWAY, now=AWAY.until + GATHERING) is None
    assert wait(Plan(), article=OLD, away=AWAY, now=later(hours=-2)) is None  # a replay of what was before


def test_riskbot_was_away_when_its_last_tick_is_more_than_an_hour_ago() -> None:
    assert absence(later(hours=-2), NOW) == Away(later(hours=-2), NOW)
    assert absence(later(hours=-1), NOW) is None
    assert absence(None, NOW) is None


# ── silences ─────────────────────────────────────────────────────────────────────────────────────────────────────

UNTOLD, TOLD = Story("s7", (), level=Level.MEDIUM), Story("s7", (), level=Level.MEDIUM, told={"risk": "a1"})
MUTE = Silence("m1", {"story": ("s7",)}, NOW, None, "anna", "known", until_material=True)


def made(given: Decision | None = None, **fields: Any) -> Calmed:
    fields = {
        "hits": [hit()],
        "story": UNTOLD,
        "article": article(),
        "material": None,
        "plan": Plan(),
        "silences": [],
        "told": 0,
        "away": None,
        "now": NOW,
    } | fields
    return calmed(given or decision("a", "risk", why="the first article"), **fields)


def test_what_is_silenced_is_not_told_and_says_by_whom_and_what_it_would_have_been() -> None:
    done = made(silences=[MUTE])
    assert (done.decision.tell, done.decision.reason) == (False, Reason.SILENCED)
    assert done.decision.why == "silence m1 of anna (story s7): known; new_story: the first article"
    assert done.held
    assert (done.held.cause, done.held.silence, done.held.due_at) == (Cause.SILENCE, "m1", None)
    assert done.held.reason is Reason.NEW_STORY


def test_something_material_ends_a_silence_that_waits_for_it_and_no_other() -> None:
    steady = replace(MUTE, id="m2", until_material=False)
    assert made(silences=[MUTE], material="first denied") == Calmed(
        decision("a", "risk", why="the first article"), None, (MUTE,)
    )
    both = made(silences=[MUTE, steady], material="first denied")
    assert (both.decision.reason, both.lifted) == (Reason.SILENCED, (MUTE,))
    assert both.held
    assert both.held.silence == "m2"


def test_something_material_ends_a_silence_that_waits_for_it_behind_an_older_one_too() -> None:
    steady, later_one = replace(MUTE, id="m1", until_material=False), replace(MUTE, id="m2")
    both = made(silences=[steady, later_one], material="first denied")
    assert (both.decision.reason, both.lifted) == (Reason.SILENCED, (later_one,))
    assert both.held
    assert both.held.silence == "m1"
    assert made(silences=[steady, later_one]).lifted == ()


def test_something_material_ends_no_silence_of_what_it_is_not_about_or_that_stops_only_a_part() -> None:
    of_tencent = replace(MUTE, id="m2", matchers={"company": ("tencent",)})
    of_alibaba = replace(MUTE, id="m3", matchers={"company": ("alibaba",)})
    assert made(silences=[MUTE, of_tencent], material="first denied").lifted == (MUTE,)
    told = made(silences=[of_alibaba], hits=[hit(), hit("tencent")], material="first denied")
    assert (told.decision.tell, told.lifted) == (True, ())
    both = made(silences=[of_alibaba, of_tencent], hits=[hit(), hit("tencent")], material="first denied")
    assert (both.decision.tell, both.lifted) == (True, (of_alibaba, of_tencent))


def test_a_silence_holds_back_critical_stories_too_because_somebody_asked_for_it() -> None:
    assert not made(silences=[MUTE], story=replace(UNTOLD, level=Level.CRITICAL)).decision.tell


def test_in_quiet_hours_a_standing_message_is_edited_without_a_bell_and_a_digest_rings_later() -> None:
    calm, update = plan(quiet=(NIGHT,)), decision("a", "risk", reason=Reason.DENIED)
    done = made(update, story=TOLD, plan=calm, material="first denied")
    assert (done.decision.tell, done.decision.hushed) == (True, True)
    assert done.held
    assert (done.held.cause, done.held.due_at) == (Cause.QUIET, later(hours=1))
    assert made(update, story=TOLD, plan=calm) == Calmed(update)
    grave = replace(TOLD, level=Level.CRITICAL)
    assert made(update, story=grave, plan=calm, material="first denied") == Calmed(update)


def test_news_of_a_story_that_only_a_digest_told_rings_no_bell_in_quiet_hours_either() -> None:
    night = plan(quiet=(NIGHT,))
    edited = made(story=TOLD, plan=night)
    assert (edited.decision.hushed, edited.held) == (False, None)  # its message is edited
    alone = made(story=TOLD, plan=night, stands=False)
    assert alone.decision.hushed
    assert alone.held is not None
    assert alone.held.due_at == later(hours=1)


def test_what_stays_quiet_anyway_stays_as_it_is() -> None:
    quiet_one = decision("a", "risk", tell=False, reason=Reason.TOO_OLD)
    assert made(quiet_one, silences=[MUTE], plan=plan(quiet=(NIGHT,))) == Calmed(quiet_one)


levels = st.sampled_from(Level)
plans = st.builds(
    lambda **wishes: Plan({"risk": ChannelPlan("risk", **wishes)}, alerts_per_hour=3),
    quiet=st.lists(st.just(NIGHT), max_size=1).map(tuple),
    digest=st.none() | st.just(MORNING),
    alerts_per_hour=st.none() | st.integers(0, 3),
)


@given(levels, plans, st.booleans(), st.booleans(), st.integers(0, 9), st.none() | st.just(AWAY), st.booleans())
def test_every_decision_to_tell_is_told_now_or_in_one_digest_and_a_critical_one_now(
    level: Level, calm: Plan, told: bool, muted: bool, many: int, away: Away | None, material: bool
) -> None:
    story = replace(TOLD if told else UNTOLD, level=level)
    silences = [replace(MUTE, until_material=False)] if muted else []
    done = made(
        story=story, plan=calm, told=many, away=away, silences=silences, article=OLD, material="x" if material else None
    )
    if muted:
        assert done.decision.reason is Reason.SILENCED
        assert done.held
        assert done.held.silence == "m1"
    elif level is Level.CRITICAL:
        assert done == Calmed(decision("a", "risk", why="the first article"))
    elif done.decision.tell:
        assert (done.held is not None) == done.decision.hushed
    else:
        assert done.held
        assert done.held.due_at
        assert done.held.due_at > later(minutes=-1)
        assert done.held.title


@pytest.mark.parametrize(
    ("fields", "absent"),
    [
        ({}, AWAY),
        ({"cause": Cause.QUIET}, None),
        ({"at": AWAY.until - timedelta(minutes=1)}, None),
        ({"at": AWAY.until + GATHERING}, None),
        ({"due_at": NOW + timedelta(hours=1)}, None),  # its message was owed then, and could not be sent
    ],
)
def test_what_an_absence_kept_back_is_told_from_what_its_channel_could_not_be_told(
    fields: dict[str, Any], absent: Away | None
) -> None:
    about = {"cause": Cause.AWAY, "at": NOW, "due_at": AWAY.until + GATHERING} | fields
    held = HeldBack("s1", "risk", "a", reason=Reason.NEW_STORY, **about)
    assert missed_in(AWAY, held, ChannelPlan("risk")) == absent
    assert missed_in(None, held, ChannelPlan("risk")) is None
