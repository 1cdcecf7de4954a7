"""The words of a text as stories compare them, and what a headline says was done."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskbot.stories.deeds import NO_DEEDS, deeds, main_clause
from riskbot.stories.nations import differ, nations
from riskbot.stories.words import figures, stem, words


def test_words_are_folded_and_little_ones_are_left_out() -> None:
    assert words("The Société says it will ban the memo.") == ["societe", "ban", "memo"]
    assert words("the of and it on Monday") == []


@pytest.mark.parametrize(
    ("kin", "form"),
    [
        ("bans banned banning ban", "ban"),
        ("companies company firm corporations", "compan"),
        ("sanctions sanctioned sanction", "sanction"),
        ("vessel vessels ships boat", "ship"),
        ("pauses paused pausing pause", "paus"),
    ],
)
def test_the_forms_of_a_word_are_one(kin: str, form: str) -> None:
    assert {stem(word) for word in kin.split()} == {stem(kin.split()[0])}
    assert stem(kin.split()[0]).startswith(form[:3])


@pytest.mark.parametrize("word", ["business", "virus", "crisis", "gas", "usa", "f35", "news1", "москвы", "解放"])
def test_words_that_only_look_inflected_stay(word: str) -> None:
    assert stem(word) == word


@pytest.mark.parametrize("written", ["$300 million", "$300m", "$300mn", "$300M", "US$300 million", "$ 300 million"])
def test_an_amount_is_one_word_however_it_is_written(written: str) -> None:
    assert figures(f"a fine of {written} it paid") == ["#$300m"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("fell 4.7%", ["#4.7%"]),
        ("fell 4.7 percent", ["#4.7%"]),
        ("fell 4.7 per cent", ["#4.7%"]),
        ("1,200 articles", ["#1200"]),
        ("£160bn", ["#$160b"]),
        ("in 2009", ["#2009"]),
        ("one of 3", []),
        ("an F-35 at 10.1.2.3", ["#35"]),
    ],
)
def test_figures_that_say_something_are_kept(text: str, found: list[str]) -> None:
    assert figures(text) == found


def test_scripts_without_blanks_come_in_pairs_of_characters() -> None:
    assert words("解放军") == ["解放", "放军"]
    assert set(words("中国禁止苹果")) & set(words("苹果被禁止")) == {"禁止", "苹果"}
    assert words("军") == ["军"]
    assert "알리" in words("알리바바가")


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=200))
def test_no_text_is_beyond_it(text: str) -> None:
    assert all(words(text))
    assert all(stem(word) for word in words(text))
    deeds(text)


# ── deeds ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_verb_and_its_noun_are_one_deed() -> None:
    assert deeds("Canada bans the app").main == deeds("A ban by Canada").main == {"restrict"}


def test_what_stands_behind_after_or_as_is_the_occasion_not_the_deed() -> None:
    found = deeds("Shares of the maker tumble after Canada bans its chips")
    assert "market" in found.main
    assert found.main.isdisjoint({"restrict"})
    assert found.beside == {"restrict"}
    assert deeds("After the ban of its chips, the maker sues").main == {"sue"}


def test_a_clause_of_two_words_is_none() -> None:
    assert main_clause("As expected") == "As expected"
    assert main_clause("Ban follows after the vote of the house") == "Ban follows after the vote of the house"
    assert main_clause("Maker pauses all shipments after attacks").strip() == "Maker pauses all shipments"


@pytest.mark.parametrize(
    ("headline", "actor"),
    [
        ("Canada bans the app on government phones", "ca"),
        ("The U.S. fines the maker", "us"),
        ("US fines the maker", "us"),
        ("White House condemns the ban", "us"),
        ("Brussels opens probe of the maker", "eu"),
        ("App banned by Canada", "ca"),
        ("App banned in Italy", "it"),
        ("Montana bans the app", "us-mt"),
        ("New York bans the app", "us-ny"),
        ("Hong Kong arrests the founder", "hk"),
        ("Maker pauses shipments to China", None),
        ("US chipmaker pauses shipments", None),
        ("Minister tells us to ban the app", None),
        ("Bosses polish their speeches", None),
        ("The maker sues", None),
        ("", None),
    ],
)
def test_who_acts_stands_before_the_deed_and_is_nobodys_adjective_or_aim(headline: str, actor: str | None) -> None:
    assert deeds(headline).actor == actor


def test_a_state_of_a_federation_is_not_its_sister_but_may_be_the_federation() -> None:
    assert differ("us-mt", "us-tx")
    assert not differ("us", "us-tx")
    assert not differ("us-tx", "us")
    assert differ("us", "cn")
    assert not differ("us", None)
    assert not differ("cn", "cn")


def test_states_of_two_words_are_found_whole() -> None:
    assert nations("South Korea and New Zealand".split()) == [(0, 2, "kr"), (3, 5, "nz")]
    assert nations([]) == []


def test_a_headline_without_known_words_has_no_deeds() -> None:
    assert deeds("Cheese and cricket") == NO_DEEDS
