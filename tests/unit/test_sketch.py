"""A sketch holds what stories need of an article: bounded, without furniture, free of how common words are."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskbot.stories.sketch import (
    FORM,
    PRINTS,
    QUOTATIONS,
    TEXT_WORDS,
    TITLE_WORDS,
    Sketch,
    companies,
    pack,
    sketch,
    unpack,
)
from tests.builders import NOW, article, hit, later, reading

MENTIONED = {"salient": False, "prominent": False}


def of(title: str = "", text: str = "", **fields: object) -> Sketch:
    return sketch(reading(article(title, text, **fields), hits=()))


def test_words_stand_once_in_their_first_form_and_those_of_the_title_not_again() -> None:
    found = of("Bans and a ban", "The bans hit chips; a chip is a chip. Memo.")
    assert found.title == ("bans",)
    assert found.text == ("hit", "chips", "memo")


def test_time_companies_and_topics_are_those_of_the_article_and_its_hits() -> None:
    found = sketch(
        reading(article(published=later(hours=1)), hit("alibaba", "military", "memo"), hit("alibaba", "sanctions"))
    )
    assert (found.at, found.companies) == (later(hours=1), ("alibaba",))
    assert found.topics == ("memo", "military", "sanctions")
    assert found.hit
    assert of("A title").at == NOW
    assert not of("A title").hit


def test_it_is_about_what_is_not_merely_mentioned_unless_all_is() -> None:
    assert companies([hit("alibaba"), hit("tencent", **MENTIONED)]) == ("alibaba",)
    assert companies([hit("tencent", **MENTIONED)]) == ("tencent",)
    assert companies([]) == ()


def test_an_article_without_a_title_is_headed_by_its_first_sentence() -> None:
    bare = of("", "Canada bans the app. It gave no reason.")
    assert bare.deeds == of("Canada bans the app").deeds
    assert bare.title == of("Canada bans the app").title


def test_furniture_is_no_part_of_it() -> None:
    teasers = "\n\nYou may also like\nMeme coin doubles in a week\nAirline cancels a thousand flights\n"
    assert (
        "airline"
        not in of("Shares fall", f"Shares of the group fell four percent in Hong Kong on Monday.{teasers}").text
    )


@pytest.mark.parametrize(
    ("title", "series"),
    [
        ("Third-quarter profit doubles", ("3 quarter",)),
        ("Maker's Q3 profit", ("3 quarter",)),
        ("EU adopts 14th sanctions package", ("14 package",)),
        ("Second wave of layoffs", ("2 wave",)),
        ("First half results", ("1 half",)),
        ("H2 outlook", ("2 half",)),
        ("A quarter of all chips", ()),
    ],
)
def test_which_of_a_series_it_is_about(title: str, series: tuple[str, ...]) -> None:
    assert of(title).series == series


def test_quotations_of_some_length_are_kept_folded() -> None:
    found = of("Row", 'It called the report “completely false and malicious” and "nonsense".')
    assert found.quotations == ("completely false and malicious",)


def test_the_same_text_has_the_same_prints_whatever_its_letter_case_and_marks() -> None:
    text = "The carrier ordered forty aircraft, its largest purchase so far, from two makers on Friday."
    assert of("Airline", text).prints == of("AIRLINE", text.replace(",", " —")).prints
    assert set(of("Airline", text).prints).isdisjoint(of("Memo", "A memo names another company entirely.").prints)


def test_nothing_at_all_has_a_sketch_too() -> None:
    assert of() == Sketch(of().article, NOW)
    assert of(" \n", " \n ").title == ()


def test_its_size_is_bounded_however_long_the_article() -> None:
    many = " ".join(f"word{n}x{'y' * 200} “a quotation of number {n}”" for n in range(20_000))
    assert len(many) > 1_000_000
    found = of(many, many, id="a1")
    assert len(found.title) <= TITLE_WORDS
    assert len(found.text) <= TEXT_WORDS
    assert len(found.quotations) <= QUOTATIONS
    assert len(found.prints) == PRINTS
    assert len(pack(found)) < 10_000


def test_a_packed_sketch_is_the_sketch() -> None:
    whole = sketch(
        reading(article("EU adopts 14th package", 'It was "a day of good news" for all.', published=later(hours=3)))
    )
    assert unpack(pack(whole)) == whole
    undated = of("Title", seen=None)
    assert undated.at is None
    assert unpack(pack(undated)) == undated


NEWER = pack(Sketch("a")).replace(f"[{FORM},", f"[{FORM + 1},", 1)


@pytest.mark.parametrize("line", ["", "{}", "null", "[]", "[1]", NEWER])
def test_what_is_no_sketch_of_this_form_is_refused_so_that_it_is_made_anew(line: str) -> None:
    with pytest.raises(ValueError, match="packed sketch"):
        unpack(line)


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=120), st.text(max_size=300))
def test_every_article_has_one_sketch_and_it_survives_packing(title: str, text: str) -> None:
    made = of(title, text)
    assert made == of(title, text)
    assert unpack(pack(made)) == made
