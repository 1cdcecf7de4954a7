"""Whether an article is about a company, and where its title, lead, sentences and furniture are."""

from __future__ import annotations

import pytest

from riskbot.matching.layout import TITLE, Layout
from riskbot.matching.occurrences import Vocabulary
from riskbot.matching.salience import Salience, salience
from tests.builders import article, company, ruleset

RULES = ruleset(companies=(company("Alibaba"), company("Baidu"), company("Tencent")))
BODY = "One thing happened. Then another did. Then a third. "


def about(text: str, title: str = "News of the day", name: str = "alibaba") -> Salience:
    layout = Layout(article(title=title, text=text))
    return salience(name, Vocabulary(RULES).find(layout), layout)


# ── salience ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_company_alone_in_the_title_is_the_subject() -> None:
    result = about(BODY, title="Alibaba denies it")
    assert result.subject
    assert result == Salience(85, "in the title, 1 of 1 mentions of companies")


def test_a_company_alone_in_the_lead_is_the_subject() -> None:
    result = about("On Monday Alibaba denied it. " + BODY)
    assert result.subject
    assert result.why == "in the lead, 1 of 1 mentions of companies"


def test_a_company_far_down_among_others_is_a_mention() -> None:
    result = about("Baidu grew. Baidu fell. Baidu rose. " + BODY + "Alibaba too.", title="Baidu reports")
    assert not result.subject
    assert result.why == "1 of 5 mentions of companies"


def test_one_of_three_companies_in_the_lead_is_a_mention() -> None:
    assert not about("Baidu, Tencent and Alibaba fell.").subject


def test_a_company_named_again_and_again_gains_with_its_share() -> None:
    once = about(BODY + "Alibaba.")
    often = about(BODY + "Alibaba. Alibaba. Alibaba.")
    assert often.score == once.score + 30
    assert often.subject
    assert often.why.endswith("named again and again")
    shared = about(BODY + "Alibaba. Alibaba. Alibaba. Baidu. Baidu. Baidu.")
    assert shared.score == 12 + 10  # half of all mentions
    crowded = about(BODY + "Alibaba. Alibaba. Alibaba. " + "Baidu. " * 9)
    assert crowded.score == 6


def test_title_and_lead_do_not_add_up() -> None:
    assert about("Alibaba.", title="Alibaba").score == 60 + 25


@pytest.mark.parametrize(
    "text",
    [
        "A founder of the chip giant Alibaba supports the rules.",
        "The former Alibaba engineer spoke.",
        "Jane Doe, chief executive of Alibaba, spoke.",
        "A video released on Alibaba showed soldiers.",
        "More knives are sold on Alibaba.",
        "He posted several remarks about it on “Alibaba”.",
    ],
)
def test_a_name_that_only_introduces_a_person_or_a_medium_does_not_stand_in_the_lead(text: str) -> None:
    assert not about(text).subject
    assert about(text).why == "1 of 1 mentions of companies"


@pytest.mark.parametrize(
    "text",
    [
        "A ban on Alibaba was announced.",
        "Officials said sanctions on Alibaba were near.",
        "Seagate sold seven million drives to Alibaba.",
        "The ministry released a report on Alibaba.",
        "The minister took action on Alibaba.",
    ],
)
def test_what_is_done_about_a_company_is_about_it(text: str) -> None:
    assert about(text).subject


def test_other_names_take_their_share() -> None:
    alone, shared = about("Alibaba.", title="Alibaba"), about("Alibaba. Baidu. Tencent.", title="Alibaba")
    assert alone.score > shared.score


# ── layout ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_title_is_a_sentence_and_a_paragraph_of_its_own() -> None:
    layout = Layout(article(title="A title. With two", text="One. Two.\n\nThree"))
    assert layout.sentence("title", 10) == layout.paragraph("title", 10) == TITLE
    assert layout.sentence_text(TITLE) == "A title. With two"
    assert [layout.sentence("text", place) for place in (0, 5, 11)] == [0, 1, 2]
    assert [layout.paragraph("text", place) for place in (0, 5, 11)] == [0, 0, 1]
    assert layout.sentence_text(2) == "Three"


def test_a_paragraph_goes_over_a_line_broken_in_mid_sentence() -> None:
    layout = Layout(article(text="The memo names\nthe company. And\nmore."))
    assert layout.paragraph("text", 20) == layout.paragraph("text", 0) == 0


def test_the_lead_is_three_sentences() -> None:
    text = "One. Two. Three. Four."
    layout = Layout(article(text=text))
    assert text[: layout.lead_end] == "One. Two. Three."
    assert layout.is_prominent("text", 10)
    assert not layout.is_prominent("text", 17)
    assert layout.is_prominent("title", 999)


def test_a_lead_of_long_sentences_ends_sooner() -> None:
    long = "It went " + "on and " * 60 + "on."
    assert Layout(article(text=f"{long} Two. Three.")).lead_end == len(long)


@pytest.mark.parametrize(("text", "end"), [("", 0), ("One.", 4), ("One. Two", 8)])
def test_a_short_text_is_all_lead(text: str, end: int) -> None:
    assert Layout(article(text=text)).lead_end == end


def test_furniture_belongs_to_no_lead() -> None:
    first = "The regulator said on Tuesday that the shipyard had delivered two vessels to the navy without a licence."
    text = f"Share on Facebook\n\n{first}\n\nYou may also like\nAlibaba helps the military\nBaidu too\n"
    layout = Layout(article(text=text))
    assert layout.is_furniture("text", text.index("Alibaba"), text.index("Alibaba") + 7)
    assert not layout.is_furniture("text", text.index("navy"), text.index("navy") + 4)
    assert not layout.is_furniture("title", 0, 5)
    assert layout.is_prominent("text", text.index("navy"))


def test_a_text_that_is_all_furniture_has_no_lead() -> None:
    text = "Subscribe to our newsletter"
    layout = Layout(article(text=text))
    assert layout.is_furniture("text", 0, len(text))
    assert layout.lead_end == 0


def test_words_between_are_counted_from_where_words_begin() -> None:
    layout = Layout(article(text="Alibaba's old-new (and dear) friends, the military"))
    start, end = 7, layout.text.index("military")
    assert layout.words_between("text", start, end) == len("old new and dear friends the".split())
    assert layout.words_between("text", end, start) == 0
    assert layout.words_between("title", 0, 5) == 1
