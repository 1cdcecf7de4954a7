"""Documents become entries, whatever is wrong with them."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from riskbot.errors import FetchError
from riskbot.feeds.parse import parse, parse_new
from riskbot.model import Entry
from tests.feeddocs import NOW, URL, read_new, rss
from tests.feedserver import RSS


def _parse(body: bytes, content_type: str | None = None, limit: int = 100) -> tuple[Entry, ...]:
    return parse(body, url=URL, content_type=content_type, now=NOW, limit=limit)


def _reason(body: bytes, limit: int = 100) -> str:
    with pytest.raises(FetchError) as caught:
        _parse(body, limit=limit)
    return caught.value.reason


def test_rss_is_read_whole() -> None:
    assert _parse(RSS) == (
        Entry(
            title="White House memo names Alibaba",
            text="It helps the military.",
            entry_id="n-1",
            url="https://news.example/a/1",
            published=datetime(2025, 11, 17, 8, 0, tzinfo=UTC),
        ),
    )


def test_atom_is_read_whole() -> None:
    body = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de" xml:base="https://b.example/x/">
      <title>f</title><entry><id>tag:1</id><title type="html">A &amp;amp; B</title><link href="../1"/>
      <updated>2025-11-17T08:00:00Z</updated>
      <source><title>Quelle</title></source>
      <content type="xhtml"><div
      xmlns="http://www.w3.org/1999/xhtml"><p>Eins</p><p>Zwei</p></div></content></entry></feed>"""
    (one,) = _parse(body)
    assert (one.title, one.text, one.url, one.language) == ("A & B", "Eins\n\nZwei", "https://b.example/1", "de")
    assert (one.outlet, one.published) == ("Quelle", datetime(2025, 11, 17, 8, 0, tzinfo=UTC))


def test_rdf_is_read() -> None:
    body = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
      xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>c</title></channel><item rdf:about="i1">
      <title>T</title><link>https://n.example/1</link><dc:date>2025-11-17T08:00:00Z</dc:date></item></rdf:RDF>"""
    (one,) = _parse(body)
    assert (one.title, one.url, one.published) == ("T", "https://n.example/1", datetime(2025, 11, 17, 8, tzinfo=UTC))


CDF = b"""<?xml version="1.0"?><CHANNEL HREF="https://n.example/"><TITLE>c</TITLE>
  <ITEM HREF="https://n.example/1"><TITLE>T</TITLE><ABSTRACT>A</ABSTRACT></ITEM></CHANNEL>"""
NETSCAPE = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
  xmlns="http://my.netscape.com/rdf/simple/0.9/"><channel><title>c</title></channel>
  <item><title>T</title><link>https://n.example/1</link></item></rdf:RDF>"""
VERSIONS = ["0.91", "0.92", "0.93", "0.94", "2.0", "2.0.11", ""]


@pytest.mark.parametrize(
    "body", [CDF, NETSCAPE, *(f'<rss version="{version}">{{}}</rss>'.encode() for version in VERSIONS)]
)
def test_every_kind_of_feed_is_read(body: bytes) -> None:
    item = b"<channel><title>c</title><item><title>T</title><link>https://n.example/1</link></item></channel>"
    (one,) = _parse(body.replace(b"{}", item))
    assert (one.title, one.url) == ("T", "https://n.example/1")


def test_json_feed_is_read_whole_and_a_bad_item_costs_only_itself() -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "language": "en",
        "items": [
            {
                "id": 7,
                "title": "T",
                "content_html": "<p>A</p><p>B</p>",
                "url": "/1",
                "date_published": "2025-11-17T08:00:00Z",
            },
            "not an item",
            {"id": "8", "content_text": "a < b", "language": "fr", "external_url": "https://o.example/"},
        ],
    }
    first, second = _parse(json.dumps(feed).encode())
    assert (first.entry_id, first.text, first.url) == ("7", "A\n\nB", "https://news.example/1")
    assert (first.published, first.language) == (datetime(2025, 11, 17, 8, tzinfo=UTC), "en")
    assert (second.text, second.url, second.language) == ("a < b", "https://o.example/", "fr")


@pytest.mark.parametrize(
    "body", [b'{"items": []}', b'{"version": "https://jsonfeed.org/version/1"}', b"{", b"{" * 100_000]
)
def test_json_that_is_no_feed_is_refused(body: bytes) -> None:
    assert _reason(body) == "not-a-feed"


def test_a_feed_without_items_is_a_feed() -> None:
    assert _parse(rss("")) == ()


@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE html><html><body>x</body></html>",
        b"\xef\xbb\xbf \n<html lang='en'><head></head></html>",
        b'<?xml version="1.0"?><!-- page --><!DOCTYPE html PUBLIC "x"><html><item><title>no</title></item></html>',
        b"<div><body class='x'><p>page</p></body></div>",
    ],
)
def test_a_web_page_is_told_apart(body: bytes) -> None:
    assert _reason(body) == "html-not-feed"


def test_what_is_neither_is_refused() -> None:
    assert _reason(b"just words") == "not-a-feed"
    assert _reason(b"\x89PNG\r\n\x1a\n\0\0\0") == "not-a-feed"
    assert _reason(b" \n\0") == "empty"


def test_a_body_that_is_the_name_of_a_file_is_not_opened(tmp_path: Path) -> None:
    secret = tmp_path / "secret.xml"
    secret.write_bytes(RSS)
    assert _reason(str(secret).encode()) == "not-a-feed"
    assert _reason(f"file://{secret}".encode()) == "not-a-feed"


def test_external_entities_are_not_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET")
    body = (
        f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file://{secret}">]>'
        + rss("<item><title>a &x; b</title></item>", "").decode()
    )
    assert "SECRET" not in repr(_parse(body.encode()))


def test_a_billion_laughs_are_not_laughed() -> None:
    layers = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
    body = (
        f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "ha">{layers}]>'
        + rss("<item><title>a &l9; b</title></item>", "").decode()
    )
    before = time.process_time()
    assert sum(len(one.title) for one in _parse(body.encode())) < 1_000
    assert time.process_time() - before < 60  # no speed: only an explosion takes so long


def test_a_document_that_is_cut_off_gives_its_whole_items() -> None:
    body = rss("<item><title>One</title></item><item><title>Two</title></item>")
    assert [one.title for one in _parse(body[: body.index(b"Two") + 3])] == ["One"]


def test_bytes_that_are_not_utf8_are_survived() -> None:
    (one,) = _parse(rss("<item><title>caf\xe9 ok</title></item>", encoding="latin-1"))
    assert one.title == "café ok"
    assert [one.title for one in _parse(RSS.replace(b"names", b"\xff\xfe\x80names"))] != []


def test_a_wrong_label_of_encoding_is_seen_through() -> None:
    (one,) = _parse(rss("<item><title>中国</title></item>"), content_type="text/xml; charset=us-ascii")
    assert one.title == "中国"
    for encoding in ("utf-16", "gb18030", "shift_jis"):
        (one,) = _parse(
            rss("<item><title>中国</title></item>", f'<?xml version="1.0" encoding="{encoding}"?>', encoding)
        )
        assert one.title == "中国"


def test_more_entries_than_allowed_are_refused_aloud() -> None:
    assert _reason(rss("<item><title>T</title></item>" * 11), limit=10) == "too-many-entries"


def test_an_id_stays_as_it_is_wherever_the_feed_is_read_from() -> None:
    body = rss("<item><title>t</title><guid>12345</guid></item>")
    atom = (
        b'<feed xmlns="http://www.w3.org/2005/Atom" xml:base="/x/"><entry><id>a/7</id><title>t</title></entry></feed>'
    )
    for url in (URL, "https://other.example/elsewhere/"):
        assert [one.entry_id for one in read_new(body, url=url).entries] == ["12345"]
        assert [one.entry_id for one in read_new(atom, url=url).entries] == ["a/7"]


def test_an_id_that_is_a_link_is_one_wherever_it_is_relative_to() -> None:
    (one,) = _parse(rss("<item><title>t</title><guid>/a/1</guid></item>"))
    assert (one.entry_id, one.url) == ("/a/1", "https://news.example/a/1")


def test_the_link_is_the_one_that_the_feed_calls_the_original() -> None:
    body = b"""<rss version="2.0" xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"><channel><item>
      <title>t</title><link>http://feedproxy.google.com/~r/x/~3/y/</link>
      <feedburner:origLink>https://n.example/a</feedburner:origLink></item></channel></rss>"""
    assert [one.url for one in _parse(body)] == ["https://n.example/a"]


@pytest.mark.parametrize("label", ["iso-8859-1", "windows-1252", "us-ascii", "utf-8", None])
@pytest.mark.parametrize("header", ["text/xml", "application/rss+xml", "text/xml; charset=ISO-8859-1", None])
def test_utf_8_is_read_as_such_whatever_western_encoding_it_is_labelled_as(
    label: str | None, header: str | None
) -> None:
    declaration = f'<?xml version="1.0" encoding="{label}"?>' if label else ""
    body = rss("<item><title>Zürich – Brøndby</title></item>", declaration)
    parsed = parse_new(body, url=URL, content_type=header, now=NOW, limit=10, known=())
    assert [one.title for one in parsed.entries] == ["Zürich – Brøndby"]
    assert parsed.whole is None


def test_western_text_that_is_labelled_rightly_is_left_alone() -> None:
    for label in ("iso-8859-1", "windows-1252"):
        body = rss("<item><title>Zürich</title></item>", f'<?xml version="1.0" encoding="{label}"?>', label)
        assert [one.title for one in _parse(body)] == ["Zürich"]
