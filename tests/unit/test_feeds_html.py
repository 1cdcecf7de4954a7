"""HTML fragments become clean text."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbot.feeds.html import to_line, to_text
from riskbot.text.normalise import clean

CASES = {
    "paragraphs are apart by an empty line": ("<p>One.</p><p>Two.</p>", "One.\n\nTwo."),
    "layout between paragraphs is nothing": ("<p>One.</p>\n\n   <p>Two.</p>\n", "One.\n\nTwo."),
    "a break is a line break": ("One<br>two<br/>\n three", "One\ntwo\nthree"),
    "many breaks are one empty line": ("One<br><br><br><br>two", "One\n\ntwo"),
    "blocks nest without adding lines": ("<div><div><p>One</p></div></div><div>Two</div>", "One\n\nTwo"),
    "inline markup leaves words whole": ("Ali<b>baba</b> and <a href='x'>others</a>.", "Alibaba and others."),
    "list items are lines": ("<ul><li>One</li><li>Two</li></ul>Three", "One\nTwo\n\nThree"),
    "cells do not run together": ("<table><tr><td>BABA</td><td>-3.78%</td></tr></table>", "BABA -3.78%"),
    "scripts and styles are dropped": ("A<script>alert(1)</script><style>p{}</style>B", "AB"),
    "frames and templates are dropped": ("A<iframe>x</iframe><template>y</template><noscript>z</noscript>B", "AB"),
    "comments are dropped": ("A<!-- hidden -->B", "AB"),
    "entities are decoded": ("AT&amp;T &#8217; &eacute; &#x4e2d; 3 &lt; 4", "AT&T ’ é 中 3 < 4"),
    "entities escaped twice are decoded": ("Q&amp;amp;A &amp;#8217; &amp;lt;", "Q&A ’ <"),
    "markup escaped twice is markup": (
        "&lt;p&gt;One &amp;amp; two&lt;/p&gt;&lt;p&gt;Three&lt;/p&gt;",
        "One & two\n\nThree",
    ),
    "what is not an entity stays": ("R&D, B&Q; &nosuchthing;", "R&D, B&Q; &nosuchthing;"),
    "a sign of comparison stays": ("sales < costs > nothing", "sales < costs > nothing"),
    "empty lines count where there are no tags": ("One\nstill one\n\nTwo", "One still one\n\nTwo"),
    "blanks collapse": ("  a \t b\n c  ", "a b c"),
    "unclosed tags are forgiven": ("<p>One<p>Two<b>bold", "One\n\nTwobold"),
    "control and direction characters are dropped": ("a\u202eb\u200bc\x07d&#8238;e&#1;", "abcde"),
    "a whole page is read without its head": ("<html><head><title>T</title></head><body>B</body></html>", "B"),
    "nothing is nothing": ("", ""),
}


@pytest.mark.parametrize(("fragment", "text"), CASES.values(), ids=CASES.keys())
def test_fragments_become_text(fragment: str, text: str) -> None:
    assert to_text(fragment) == text


@pytest.mark.parametrize(
    ("fragment", "line"),
    [
        ("  White House\n memo ", "White House memo"),
        ("<b>White</b> House &amp; memo", "White House & memo"),
        ("AT&amp;amp;T", "AT&T"),
        ("What Vec<String> means", "What Vec<String> means"),
        ("<p>One</p><p>Two</p>", "One Two"),
        ("a < b", "a < b"),
    ],
)
def test_titles_become_one_line(fragment: str, line: str) -> None:
    assert to_line(fragment) == line


def test_a_title_has_an_end() -> None:
    assert len(to_line("word " * 10_000)) <= 1_000


@given(st.text(st.sampled_from("<>&;/!-# apbrscipt\n\"'=x0"), max_size=120))
def test_whatever_comes_the_text_is_clean(fragment: str) -> None:
    text = to_text(fragment)
    assert clean(text) == text
    assert "\n" not in to_line(fragment)


@pytest.mark.parametrize(
    "fragment",
    [
        "<div>" * 200000 + "end",
        "<b a=1>" * 100000,
        " \n" * 400000,
        "<p> </p>" * 100000,
        "\x01 " * 400000,
        "<" * 1000000,
        "&" * 1000000,
        "<!--" * 200000,
        "<table><td>" * 90000,
        "&amp;" * 200000,
        "<a" * 500000,
        "<!" * 500000,
        "x" * 3000000,
        "\n" * 1000000,
        "<p " * 300000,
    ],
    ids=lambda fragment: fragment[:6],
)
def test_hostile_fragments_cost_little(fragment: str) -> None:
    before = time.process_time()
    to_text(fragment)
    to_line(fragment)
    assert time.process_time() - before < 60  # no speed: only an explosion takes so long


def test_text_beyond_the_deepest_nesting_is_kept() -> None:
    assert to_text("<div>" * 1_000 + "deep" + "</div>" * 1_000 + "after").split() == ["deep", "after"]
