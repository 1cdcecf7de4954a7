"""The terms by which claims are told: shipped, added to, replaced, and refused with their place."""

from __future__ import annotations

from pathlib import Path

import pytest

from riskbot.errors import RulesError
from riskbot.rulefiles.load import Loaded, load_rules
from riskbot.stories.claims import Group
from tests.places import ROOT

SHIPPED = ROOT / "rules"
BASE = """\
companies: [{name: Acme Works}]
topics: [{id: military, terms: [army]}]
rules: [{title: Watch, companies: [Acme Works], topics: [military], tests: [{quiet: Nothing.}]}]
"""


def load(folder: Path, more: str = "", packaged: Path | None = SHIPPED) -> Loaded:
    (folder / "watch.yaml").write_text(BASE + more, encoding="utf-8")
    return load_rules(folder, packaged)


def words(loaded: Loaded, group: Group) -> set[str]:
    return {term.written for term in loaded.claims.of(group)}


def test_the_shipped_terms_fill_every_group() -> None:
    loaded = load_rules(SHIPPED, SHIPPED)
    assert loaded.claims.missing() == ()
    assert {"denies", "denied"} <= words(loaded, Group.DENY)


def test_a_folder_that_says_nothing_of_claims_has_the_shipped_terms(tmp_path: Path) -> None:
    loaded = load(tmp_path)
    assert loaded.claims == load_rules(SHIPPED, SHIPPED).claims
    assert SHIPPED / "claims.yaml" in loaded.files  # so that a change of it is seen


def test_without_shipped_files_there_are_no_terms(tmp_path: Path) -> None:
    assert load(tmp_path, packaged=None).claims.groups == ()


def test_terms_are_added_to_the_shipped_ones_by_using_them(tmp_path: Path) -> None:
    loaded = load(tmp_path, "use: [riskbot/claims]\nclaims: [{group: deny, terms: [pooh-poohs, rebuff*]}]\n")
    assert {"denies", "pooh-poohs", "rebuff*"} <= words(loaded, Group.DENY)
    assert loaded.problems == ()


def test_terms_of_ones_own_alone_are_taken_with_a_warning(tmp_path: Path) -> None:
    loaded = load(tmp_path, "claims: [{group: DENY, terms: [denies], not_in: [denies bail]}]\n")
    assert words(loaded, Group.DENY) == {"denies"}
    (problem,) = loaded.problems
    assert (problem.severity, problem.code, problem.line) == ("warning", "claims-incomplete", 4)
    assert "riskbot/claims" in problem.mend


def test_terms_are_part_of_what_the_files_say_but_not_of_what_decides_hits(tmp_path: Path) -> None:
    plain = load(tmp_path)
    more = load(tmp_path, "use: [riskbot/claims]\nclaims: [{group: deny, terms: [pooh-poohs]}]\n")
    assert plain.hash != more.hash
    assert plain.rule_set.hash == more.rule_set.hash


def test_the_hash_does_not_depend_on_how_groups_are_split(tmp_path: Path) -> None:
    one = load(tmp_path, "claims: [{group: deny, terms: [denies, denied]}]\n")
    two = load(tmp_path, "claims: [{group: deny, terms: [denied]}, {group: deny, terms: [denies]}]\n")
    assert one.hash == two.hash


@pytest.mark.parametrize(
    ("entry", "place", "code", "mend"),
    [
        ("{group: denny, terms: [denies]}", (4, 18), "unknown-value", "did you mean 'deny'?"),
        ("{group: zzzzzz, terms: [denies]}", (4, 18), "unknown-value", "the groups are accuse, "),
        ("{group: deny, terms: ['*']}", (4, 32), "bad-term", "write a phrase"),
        ("{group: deny, terms: []}", (4, 31), "no-value", "write at least one"),
        ("{group: deny, words: [denies]}", (4, 24), "unknown-key", ""),
        ("{terms: [denies]}", (4, 11), "missing-key", "add `group: …`"),
    ],
)
def test_a_mistake_is_told_at_its_place(
    tmp_path: Path, entry: str, place: tuple[int, int], code: str, mend: str
) -> None:
    with pytest.raises(RulesError) as caught:
        load(tmp_path, f"claims: [{entry}]\n")
    problem = next(problem for problem in caught.value.problems if problem.code == code)
    assert (problem.line, problem.column) == place
    assert problem.mend.startswith(mend)


def test_a_broken_entry_brings_no_second_mistake(tmp_path: Path) -> None:
    with pytest.raises(RulesError) as caught:
        load(tmp_path, "claims: [{group: denny, terms: [denies]}]\n")
    assert [problem.code for problem in caught.value.problems if problem.severity == "error"] == ["unknown-value"]
