"""HTML fragments become clean text."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbot.feeds.html import decoded, feed_links, linked, to_line, to_text
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


# ── pages ────────────────────────────────────────────────────────────────────────────────────────────────────────

BASE = "https://news.example/world/"


@pytest.mark.parametrize(
    ("page", "content_type", "text"),
    [
        ("café".encode(), None, "café"),
        ("cafés".encode("cp1252"), None, "cafés"),
        ("café".encode(), "text/html; charset=ISO-8859-1", "café"),
        ("café".encode()[:-1], "text/html", "caf"),
        ("Ж".encode("cp1251"), 'text/html; charset="windows-1251"', "Ж"),
        ("Ж".encode("koi8-r"), "text/html; Charset = KOI8-R", "Ж"),
        ("ก".encode("cp874"), "text/html; charset=windows-874", "ก"),
        ("備".encode("cp932"), "text/html;charset=x-sjis", "備"),
        (b"\xef\xbb\xbf" + "é".encode(), "text/html; charset=koi8-r", "é"),
        ("\ufeff中".encode("utf-16-le"), "text/html; charset=utf-8", "中"),
        ("\ufeff中".encode("utf-16-be"), None, "中"),
        ("中".encode("utf-16-le"), "text/html; charset=utf-16", "中"),
        (b"caf\xe9s", "text/html; charset=utf-8", "caf\ufffds"),
        (b"caf\xe9s", "text/html; charset=punycode", "cafés"),
        (b"caf\xe9s", "text/html; charset=\xff\x00", "cafés"),
    ],
)
def test_a_page_is_decoded_as_its_labels_say_where_they_can_be_right(
    page: bytes, content_type: str | None, text: str
) -> None:
    assert decoded(page, content_type) == text


@pytest.mark.parametrize(
    "meta",
    [
        "<meta charset=gb2312>",
        '<META  CHARSET = "GBK" >',
        '<meta http-equiv="Content-Type" content="text/html; charset=gb18030">',
        '<meta name="x"><meta charset="nonsense"><meta charset="gbk">',
    ],
)
def test_a_page_may_name_its_encoding_itself(meta: str) -> None:
    assert decoded(f"{meta}阿里巴巴".encode("gb18030")).endswith("阿里巴巴")


def test_a_label_that_could_be_read_names_no_encoding_in_which_it_could_not() -> None:
    assert decoded('<meta charset="utf-16">é'.encode()).endswith("é")


@given(st.binary(max_size=200), st.text(max_size=40))
def test_whatever_the_label_a_page_is_decoded(page: bytes, label: str) -> None:
    assert isinstance(decoded(page, f"text/html; charset={label}"), str)


def test_the_feeds_a_page_announces_are_found_in_its_order() -> None:
    page = """<head><base href="/b/"><link rel="stylesheet" type="text/css" href="s.css">
    <link rel="ALTERNATE" type="application/rss+xml; charset=utf-8" title="All &amp; everything" href="all.xml">
    <link href="//other.example/atom" type="application/atom+xml" rel="alternate">
    <link rel="home feed" href="https://news.example/f.json" title="JSON">
    <link rel="alternate" type="application/feed+json" href="all.xml" title="again">
    <link rel="alternate" type="application/rdf+xml" href="r.rdf#top">
    <link rel="alternate stylesheet" type="application/rss+xml" href="no">
    <link rel="alternate" type="application/json" href="/wp-json/1"><link rel="alternate" hreflang="de" href="/de">
    <link rel="alternate" type="application/rss+xml" href="javascript:void(0)">
    <link rel="alternate" type="application/rss+xml" href="feed://news.example/x"><link rel=alternate></head>
    <body><a href="/rss">not needed</a></body>"""
    assert feed_links(page.encode(), base=BASE) == [
        ("https://news.example/b/all.xml", "All & everything"),
        ("https://other.example/atom", ""),
        ("https://news.example/f.json", "JSON"),
        ("https://news.example/b/r.rdf", ""),
    ]


def test_where_a_page_announces_none_its_links_that_look_like_feeds_are_found() -> None:
    looks = ["/rss", "world/feed/", "/feeds/all", "/x.rss", "news.atom", "/out.xml", "/r.rdf", "/?feed=rss2", "/a/Atom"]
    others = ["/", "/rssfeeds-explained.html", "/sitemap.xml", "/feedback", "mailto:a@b.example", "/a?feed=no", "#rss"]
    page = "".join(f'<a href="{link}"><b>{link}</b></a>' for link in [*others, *looks, *looks])
    found = feed_links(page.encode(), base=BASE)
    assert [title for _, title in found] == looks
    assert found[1][0] == "https://news.example/world/world/feed/"


def test_titles_of_feeds_are_read_in_the_pages_encoding() -> None:
    page = '<link rel="alternate" type="application/rss+xml" href="/rss" title="Новости">'.encode("cp1251")
    assert feed_links(page, base=BASE, content_type="text/html; charset=windows-1251") == [
        ("https://news.example/rss", "Новости")
    ]


@pytest.mark.parametrize(
    "page",
    [
        b"",
        b"\0" * 100,
        b"<link " * 300_000,
        b'<a href="/rss">' * 100_000,
        b"".join(b'<a href="/%d/rss">x</a>' % n for n in range(50_000)),
        b'<link rel="alternate" type="application/rss+xml" href="' + b"/x" * 100_000 + b'">',
        b'<base href="http://[nonsense/"><a href="http://[no/rss">x</a>',
        b"<div>" * 400_000 + b'<a href="/rss">x</a>',
    ],
    ids=lambda page: repr(page[:12]),
)
def test_hostile_pages_have_few_links_and_all_can_be_asked_for(page: bytes) -> None:
    found = feed_links(page, base=BASE)
    assert len(found) <= 50
    assert all(url.startswith("https://news.example/") for url, _ in found)


@given(st.text(st.sampled_from("<>/ abefhiklnrstx=\"'.:#?\n"), max_size=200))
def test_whatever_a_page_holds_its_links_are_web_addresses(page: str) -> None:
    for url, title in feed_links(f'<link rel="feed" href="/f">{page}'.encode(), base=BASE):
        assert url.startswith(("http://", "https://"))
        assert clean(title) == title


@pytest.mark.parametrize(
    ("fragment", "share"),
    [("", 0), ("<p>one two", 0), ("<a href=/x>one two</a>", 1), ("<p>one <a href=/x>two</a></p>", 0.5)],
)
def test_how_much_of_a_text_is_links_can_be_told(fragment: str, share: float) -> None:
    assert linked(fragment) == share
