"""The words of a message: figures that differ, and words that are quoted."""

from __future__ import annotations

from dataclasses import replace

from riskbot.model import Claim, Figure, Member, Outlet, Standing, Story
from riskbot.slack.wording import both, evidence, figures, quoted
from riskbot.stories.outlets import Outlets
from riskbot.stories.summary import summarise
from tests.builders import article, claim, placement, reading

SAID = summarise(Story("s1", (Member(reading(article(url="https://news.example/a")), placement("s1")),)), Outlets([]))
(MEMBER,) = SAID.sources


def fall(value: str, outlet: str | None, company: str | None = None) -> Figure:
    return Figure("share-price fall", value, outlet, MEMBER.article, -3.78, company)


def test_figures_that_differ_are_shown_with_whoever_gives_them() -> None:
    both = replace(SAID, figures=(fall("3.78%", "CNBC"), fall("nearly 4.7%", None)))
    assert figures(both) == f"share-price fall 3.78% (CNBC), nearly 4.7% ({MEMBER.label})"
    assert figures(SAID) == ""


def test_figures_of_several_companies_name_them_and_those_beyond_the_fourth_are_counted() -> None:
    many = replace(SAID, figures=tuple(fall(f"{n}%", "CNBC", f"Firm {n}") for n in range(6)))
    assert figures(many).startswith("share-price fall of Firm 0 0% (CNBC), share-price fall of Firm 1 1% (CNBC), ")
    assert figures(many).endswith(" +2 more")


def test_marks_within_a_quotation_are_single_ones() -> None:
    assert quoted("“It is false,” it said.") == "“‘It is false,’ it said.”"
    assert quoted('"It is false," it said, a "lie".') == "“‘It is false,’ it said, a ‘lie’.”"


def test_words_are_joined_as_in_a_sentence() -> None:
    assert [both(["alleged", "denied", "official"][:n]) for n in range(4)] == [
        "",
        "alleged",
        "alleged and denied",
        "alleged, denied and official",
    ]


def told_by(outlet: str, *claims: Claim) -> str:
    told = reading(article(outlet=outlet), claims=claims)
    return evidence(summarise(Story("s1", (Member(told, placement("s1")),)), Outlets([Outlet("CNBC")])))


def test_an_act_that_the_lines_show_and_the_count_does_not_is_explained() -> None:
    act = claim(Standing.OFFICIAL, "Treasury", bearing="entitled")
    assert told_by("The Daily Nobody", act).endswith(
        " · 0 confirmations · 0 official acts (told by no outlet that counts)"
    )
    assert told_by("CNBC", act).endswith(" · 1 confirmation · 1 official act")


def test_a_confirmation_that_does_not_count_says_why() -> None:
    entitled = claim(Standing.CONFIRMED, "Treasury", bearing="entitled")
    anybody = claim(Standing.CONFIRMED, "Kyle Chan", bearing="told")
    assert told_by("The Daily Nobody", entitled).endswith(
        " · 0 confirmations (told by no outlet that counts) · 0 official acts"
    )
    assert told_by("CNBC", anybody).endswith(" · 0 confirmations (by nobody entitled to it) · 0 official acts")
    assert told_by("CNBC", entitled, anybody).endswith(" · 1 confirmation · 0 official acts")


def test_figures_of_what_nobody_says_stand_alone() -> None:
    assert told_by("The Daily Nobody").endswith(" · 0 confirmations · 0 official acts")
