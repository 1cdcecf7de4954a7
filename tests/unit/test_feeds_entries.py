"""Raw items become entries: clean, dated only by what was written, linked only by http(s)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from time import gmtime
from typing import Any

import pytest

from riskbot.feeds.dates import believable
from riskbot.feeds.entries import entry, settled
from riskbot.model import Entry

NOW = datetime(2025, 11, 17, 12, 0, tzinfo=UTC)
BASE = "https://news.example/feeds/top.xml"


def _entry(**raw: Any) -> Entry:
    made = entry({"title": "T", **raw}, base=BASE, now=NOW)
    assert made is not None
    return made


def test_an_item_without_title_text_and_link_is_none() -> None:
    assert entry({"id": "1", "title": " <p> </p> "}, base=BASE, now=NOW) is None


def test_the_fullest_content_is_the_text_and_the_summary_only_stands_in() -> None:
    contents = [{"value": "<p>Short</p>", "type": "text/html"}, {"value": "<p>The longer one</p>", "type": "text/html"}]
    assert _entry(content=contents, summary="S").text == "The longer one"
    assert _entry(content=[{"value": " ", "type": "text/html"}], summary="S").text == "S"
    assert _entry(content=[{"value": "JVBERi0x" * 50, "type": "application/pdf"}], summary="S").text == "S"


def test_plain_text_keeps_its_lines_and_its_signs() -> None:
    made = _entry(content=[{"value": "a < b\nnext\n\nlast List<T>", "type": "text/plain"}])
    assert made.text == "a < b\nnext\n\nlast List<T>"


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("https://news.example/a?b=1&c=2", "https://news.example/a?b=1&c=2"),
        ("/a/1", "https://news.example/a/1"),
        ("//cdn.example/a", "https://cdn.example/a"),
        ("  http://news.example/a ", "http://news.example/a"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("mailto:a@b.example", None),
        ("urn:uuid:1", None),
        ("http://", None),
        ("http://[bad", None),
        ("https://news.example/a\nb", None),
        ("https://news.example/" + "a" * 5_000, None),
        ("", None),
    ],
)
def test_links_are_absolute_http_or_nothing(link: str, url: str | None) -> None:
    assert _entry(link=link).url == url


def test_an_outlet_is_what_the_item_names_and_else_nothing() -> None:
    assert _entry(source={"title": "Financial <b>Times</b>", "href": "x"}).outlet == "Financial Times"
    assert _entry(source={"href": "https://ft.example"}).outlet is None
    assert _entry(author="Someone").outlet is None


def test_the_language_is_the_contents_then_the_titles_then_the_feeds() -> None:
    raw = {"title": "T", "title_detail": {"language": "de_AT"}}
    content = [{"value": "x", "type": "text/html", "language": "fr"}]
    made = [
        entry({**raw, "content": content}, base=BASE, now=NOW, language="en"),
        entry(raw, base=BASE, now=NOW, language="en"),
        entry({"title": "T"}, base=BASE, now=NOW, language="en"),
        entry({"title": "T"}, base=BASE, now=NOW, language="not a language!"),
    ]
    assert [one.language for one in made if one] == ["fr", "de-AT", "en", None]


def test_values_of_the_wrong_type_count_as_absent() -> None:
    odd = {"title": 3, "summary": ["x"], "content": "x", "link": "https://n.example/", "id": None, "source": "x"}
    made = entry(odd | {"published": 5, "published_parsed": "x", "summary_detail": 1}, base=BASE, now=NOW)
    assert made == Entry(title="", text="", url="https://n.example/")


@pytest.mark.parametrize(
    ("words", "at"),
    [
        ("2025-11-17T09:00:00Z", datetime(2025, 11, 17, 9, tzinfo=UTC)),
        ("2025-11-17T09:00:00+08:00", datetime(2025, 11, 17, 1, tzinfo=UTC)),
        ("2025-11-17", datetime(2025, 11, 17, tzinfo=UTC)),
        ("Monday, November 17, 2025 - 09:30", datetime(2025, 11, 17, 9, 30, tzinfo=UTC)),
        ("17 November 2025 09:30 +0100", datetime(2025, 11, 17, 8, 30, tzinfo=UTC)),
        ("09:30", None),  # no day: today is not filled in
        ("November 2025", None),  # nor is a day
        ("Monday", None),
        ("04/03/2025", None),  # April or March?
        ("17 November 2025 09:30 XYZT", None),  # a zone nobody knows
        ("yesterday", None),
        ("", None),
        ("9" * 90, None),
        ("1 " * 400, None),
        ("0001-01-01T00:00:00+14:00", None),
    ],
)
def test_dates_feedparser_cannot_read_are_read_strictly_or_not_at_all(words: str, at: datetime | None) -> None:
    assert believable(None, words, NOW) == at


@pytest.mark.parametrize(
    ("age", "believed"),
    [
        (timedelta(0), True),
        (timedelta(days=-1), True),
        (timedelta(days=-1, seconds=-1), False),
        (timedelta(days=3650), True),
        (timedelta(days=3660), False),
    ],
)
def test_dates_far_from_now_are_not_believed(age: timedelta, believed: bool) -> None:
    claimed = NOW - age
    made = _entry(published="x", published_parsed=gmtime(claimed.timestamp()))
    assert made.published == (claimed if believed else None)


def test_an_update_dates_only_what_has_no_other_date() -> None:
    early, late = gmtime((NOW - timedelta(days=2)).timestamp()), gmtime(NOW.timestamp())
    assert _entry(published_parsed=early, updated_parsed=late).published == NOW - timedelta(days=2)
    assert _entry(updated_parsed=late).published == NOW


@pytest.mark.parametrize(
    ("days", "is_settled"), [(-4000, True), (-30, True), (0, True), (1, True), (2, False), (1000, False), (4000, True)]
)
def test_an_entry_is_settled_unless_its_date_will_be_believed_one_day(days: int, is_settled: bool) -> None:
    at = gmtime((NOW + timedelta(days=days)).timestamp())
    assert settled({"published_parsed": at}, NOW) is is_settled


def test_an_entry_whose_date_says_nothing_is_settled() -> None:
    assert settled({}, NOW)
    assert settled({"published": "soon"}, NOW)


def test_the_original_link_that_an_item_names_wins_where_it_is_one() -> None:
    through = {"link": "http://feedproxy.google.com/~r/x/~3/y/"}
    assert _entry(**through, feedburner_origlink="https://n.example/a").url == "https://n.example/a"
    assert _entry(**through, pheedo_origlink="https://n.example/b").url == "https://n.example/b"
    assert _entry(**through, feedburner_origlink="javascript:x").url == through["link"]


@pytest.mark.parametrize(
    ("title", "kind", "line"),
    [
        ("safe<applet code='x'></applet> &amp; sound", "text/html", "safe & sound"),
        ("<blink>One</blink>\n<p>two</p>", "application/xhtml+xml", "One two"),
        ("What Vec<String> means", "text/plain", "What Vec<String> means"),
        ("<a", "text/html", "<a"),
        ("x" * 2_000, "text/html", "x" * 999 + "…"),
    ],
)
def test_a_title_that_says_it_is_html_is_read_as_such(title: str, kind: str, line: str) -> None:
    assert _entry(title=title, title_detail={"type": kind}).title == line
