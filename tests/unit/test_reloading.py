"""When an edit counts, and what people are told of it."""

from __future__ import annotations

from dataclasses import replace

from riskbot.errors import InputError, Problem, RulesError
from riskbot.model import RulesState
from riskbot.policy.reloading import (
    Refusal,
    Signature,
    Told,
    Watched,
    defect,
    edited_files,
    joined,
    live,
    refusal,
    refused,
    started,
    switched,
)
from tests.builders import NOW, later, rule, ruleset
from tests.unit.test_changes import Said

OLD = Said(ruleset(hash="h1"), hash="w1")
NEW = Said(ruleset(rule(), rule("B"), hash="h2"), hash="w2")
STATE = started(None, OLD, NOW).state
MILITRY = Problem("rules/watch.yaml", 14, 9, "unknown-topic", "unknown topic 'militry'", "did you mean 'military'?")
WHY = Refusal("Edit refused: militry", "k1")


def look(**sizes: int) -> Signature:
    return tuple((name, size, 1) for name, size in sorted(sizes.items()))


# ── when an edit counts ──────────────────────────────────────────────────────────────────────────────────────────


def test_an_edit_counts_when_two_looks_saw_the_same_files() -> None:
    first, half, whole = look(a=1), look(a=0), look(a=2)
    watched = Watched(first, first)
    assert not watched.edited(first)
    assert not watched.edited(half)
    assert not replace(watched, seen=half).edited(whole)
    assert replace(watched, seen=whole).edited(whole)
    assert not Watched(whole, whole).edited(whole)


def test_an_edit_that_is_taken_back_before_it_counts_is_none() -> None:
    assert not Watched(look(a=1), look(a=1)).edited(look(a=1))


def test_files_that_are_new_gone_or_different_are_named() -> None:
    assert edited_files(look(a=1, b=1, c=1), look(a=1, b=2, d=1)) == ("b", "c", "d")


def test_of_two_looks_the_earlier_one_counts_so_that_no_edit_between_them_is_lost() -> None:
    assert joined(look(a=1), look(a=2, b=1)) == look(a=1, b=1)


# ── refusals ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_refusal_names_place_mistake_and_mend_and_counts_the_others() -> None:
    one = refusal(RulesError([MILITRY]), "rules")
    assert one.sentence == (
        "Edit refused, old rules still live: watch.yaml:14:9 unknown topic 'militry', did you mean 'military'?"
    )
    warning = replace(MILITRY, severity="warning", code="w")
    three = refusal(RulesError([MILITRY, replace(MILITRY, line=20, mend=""), replace(MILITRY, line=21), warning]), ".")
    assert three.sentence.endswith(
        "rules/watch.yaml:14:9 unknown topic 'militry', did you mean 'military'? (and 2 more)"
    )
    assert three.problems[1] == "rules/watch.yaml:20:9 unknown topic 'militry'"
    assert len(three.problems) == 3


def test_the_same_mistakes_are_the_same_wherever_they_stand() -> None:
    moved, other = replace(MILITRY, line=99, column=1), replace(MILITRY, message="unknown topic 'memoo'")
    key = refusal(RulesError([MILITRY, other]), "rules").key
    assert refusal(RulesError([other, moved]), "rules").key == key
    assert refusal(RulesError([MILITRY]), "rules").key != key


def test_a_folder_that_is_gone_is_a_refusal_too() -> None:
    gone = refusal(InputError("there is no rules folder rules", "make one"), "rules")
    assert gone.sentence == "Edit refused, old rules still live: there is no rules folder rules, make one"


def test_an_edit_over_which_riskbot_fails_is_refused_with_the_failure() -> None:
    assert "ZeroDivisionError: division by zero" in defect(ZeroDivisionError("division by zero")).sentence


def test_a_refusal_is_told_once_until_the_mistakes_change() -> None:
    first = refused(STATE, OLD, WHY, later(minutes=1))
    assert first.notice == "Edit refused: militry"
    assert (first.state.refused_at, first.state.hash) == (later(minutes=1), "h1")
    moved = refused(first.state, OLD, replace(WHY, sentence="Edit refused: militry, moved"), later(minutes=2))
    assert moved.notice is None
    assert (moved.state.refused, moved.state.refused_at) == ("Edit refused: militry, moved", later(minutes=1))
    assert refused(moved.state, OLD, Refusal("Edit refused: memoo", "k2"), NOW).notice == "Edit refused: memoo"


def test_a_refusal_is_noted_even_where_nothing_was_noted_before() -> None:
    assert refused(None, OLD, WHY, NOW).state.hash == "h1"


# ── live ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_edit_that_can_be_used_is_told_with_what_changed_by_which_file() -> None:
    told = live(STATE, OLD, NEW, ["watch.yaml"], later(hours=1))
    assert told.notice == "Rules live: +1 rule, by watch.yaml"
    assert told.state == RulesState("h2", "w2", later(hours=1), rules=2, companies=1, topics=1, feeds=0)


def test_many_files_are_counted() -> None:
    told = live(STATE, OLD, NEW, ["a.yaml", "b.yaml", "c.yaml", "d.yaml", "e.yaml"], NOW)
    assert str(told.notice).endswith(", by a.yaml, b.yaml, c.yaml and 2 more")


def test_comments_and_white_space_are_not_worth_a_word() -> None:
    assert live(STATE, OLD, replace(OLD), ["watch.yaml"], later(hours=1)) == Told(STATE)


def test_what_another_process_has_told_is_not_told_again() -> None:
    first = live(STATE, OLD, NEW, ["watch.yaml"], NOW)
    assert live(first.state, OLD, NEW, ["watch.yaml"], later(seconds=1)) == Told(first.state)


def test_a_change_that_is_not_counted_is_told_all_the_same() -> None:
    reordered = replace(OLD, hash="w9")
    assert live(STATE, OLD, reordered, ["a.yaml"], NOW).notice == "Rules live: changed in the small, by a.yaml"


def test_whoever_was_told_of_a_refusal_is_told_that_it_is_mended_even_by_the_old_rules() -> None:
    off = switched(STATE, OLD, {"r": "why"}, NOW).state
    told = live(refused(off, OLD, WHY, NOW).state, OLD, OLD, ["watch.yaml"], later(hours=1))
    assert told.notice == "Rules live: as before the refusal, by watch.yaml"
    assert told.state == off  # live since then, and what was switched off was not compiled anew


# ── starting ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_first_start_is_not_worth_a_word() -> None:
    told = started(None, OLD, NOW)
    assert told.notice is None
    assert told.state == RulesState("h1", "w1", NOW, rules=1, companies=1, topics=1, feeds=0)


def test_a_start_with_the_same_rules_leaves_them_live_since_they_were() -> None:
    off = switched(STATE, OLD, {"r": "why"}, NOW).state
    assert started(off, OLD, later(days=1)) == Told(STATE)  # and what failed is given another chance


def test_a_start_with_other_rules_or_after_a_refusal_is_told() -> None:
    assert started(STATE, NEW, NOW).notice == "Rules live: 2 rules, 1 company, 0 feeds, read at the start"
    mended = started(refused(STATE, OLD, WHY, NOW).state, OLD, later(hours=1))
    assert mended.notice == "Rules live: 1 rule, 1 company, 0 feeds, read at the start"
    assert mended.state == STATE


# ── failures at run time ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_rule_that_was_switched_off_is_told_once_and_goes_on_with_the_next_edit() -> None:
    first = switched(STATE, OLD, {"alibaba-memo": "IndexError: out of range"}, NOW)
    assert first.notice == (
        "Rule switched off until the rules are edited, because of a failure, the others go on: "
        "alibaba-memo (IndexError: out of range)"
    )
    off = {"alibaba-memo": "IndexError: out of range", "b": "why", "c": "why"}
    second = switched(first.state, OLD, off, NOW)
    assert str(second.notice).startswith("Rules switched off ")
    assert "alibaba-memo" not in str(second.notice)
    assert switched(second.state, OLD, off, NOW) == Told(second.state)
    assert second.state.switched_off == off
    assert live(second.state, OLD, NEW, ["a.yaml"], NOW).state.switched_off == {}
