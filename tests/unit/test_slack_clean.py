"""Text and addresses from outside are fit to be shown."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbot.slack.clean import clean, clean_marked, clean_url, width


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        ("two\nlines\t and  spaces ", "two lines and spaces"),
        ("a\u202egnp.exe\u2069b", "agnp.exeb"),
        ("\x1b[31mred\x00", "[31mred"),
        ("half \ud83d pair", "half pair"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("para\u2029graph", "para graph"),
        ("\u3164\u115f\u2800", ""),
        ("\u200d\ufe0f\u0301", ""),
        ("e\u0301 \u0301a", "e\u0301 a"),
    ],
)
def test_what_can_mislead_is_dropped_and_what_is_writing_stays(given_text: str, shown: str) -> None:
    assert clean(given_text, 100) == shown


def test_a_cut_falls_between_words_and_is_shown() -> None:
    assert clean("one two three four", 12) == "one two…"
    assert clean("one two", 7) == "one two"


def test_one_endless_word_is_cut_anywhere() -> None:
    assert clean("x" * 50, 10) == "x" * 9 + "…"


def test_a_cut_never_leaves_half_an_emoji_sequence() -> None:
    assert clean("👩‍👩‍👧" * 5, 4) == "👩…"


def test_length_is_counted_in_units_of_utf_16() -> None:
    assert width("🟠a") == 3
    assert width(clean("🟠" * 100, 11)) <= 11


def test_marks_follow_their_words_through_the_cleaning() -> None:
    text = "the \u202e memo\n\nnames  Alibaba"
    found = (text.index("memo"), text.index("memo") + 4), (text.index("Alibaba"), len(text))
    assert clean_marked(text, found, 100) == [("the ", False), ("memo", True), (" names ", False), ("Alibaba", True)]


def test_marks_outside_the_text_are_ignored() -> None:
    assert clean_marked("short", ((-4, 2), (90, 99)), 10) == [("sh", True), ("ort", False)]


@given(st.text(), st.lists(st.tuples(st.integers(-5, 300), st.integers(-5, 300))), st.integers(10, 200))
def test_whatever_comes_in_one_clean_line_within_the_limit_goes_out(
    text: str, marks: list[tuple[int, int]], limit: int
) -> None:
    shown = "".join(run for run, _ in clean_marked(text, marks, limit))
    assert width(shown) <= limit
    assert not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in shown)
    assert shown == shown.strip()
    assert clean(shown, limit) == shown


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://host.example/x",
        "//host.example/x",
        "https://",
        "https://ft.com@evil.example/",
        "https://host.example/a b",
        "https://host.example/\u202egnp",
        "https://host.example/>|<!channel>",
        "https://[::1",
        "https://host.example:99999/",
        "https://host.example/" + "x" * 2000,
        "",
        None,
    ],
)
def test_an_address_that_is_not_plainly_a_web_page_is_not_linked(url: str | None) -> None:
    assert clean_url(url) is None


@pytest.mark.parametrize(
    "url", ["https://host.example/a?b=c&d=*e*#f", "HTTP://host.example:8080/", "https://例え.jp/道"]
)
def test_a_web_address_is_linked_as_it_is(url: str) -> None:
    assert clean_url(url) == url
