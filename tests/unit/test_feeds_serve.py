"""What the replay server serves comes back as it was."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from riskbot.feeds.parse import parse
from riskbot.feeds.serve import ReplayServer, rss
from riskbot.model import Article, Entry
from riskbot.text.normalise import clean

NOW = datetime(2025, 11, 17, 12, 0, tzinfo=UTC)
URL = "http://127.0.0.1:1/replay.xml"
AWKWARD = "<>&;#/!?-='\" \n\t\xa0éÃ©â€™中文ab12\u2028\u200d😀\x85\U0010ffff|ltgpamp"
MARKUP = [
    "&lt;",
    "&amp;",
    "&#39;",
    "&amp;lt;",
    "<p>",
    "</p>",
    "<br>",
    "<b",
    "<!--",
    "-->",
    "]]>",
    "<![CDATA[",
    "&nbsp;",
]

text_like = st.lists(
    st.one_of(st.text(AWKWARD, max_size=12), st.sampled_from(MARKUP), st.text(max_size=8), st.just("\n\n")), max_size=14
).map(lambda parts: clean("".join(parts).replace("\ufffe", "").replace("\uffff", "")))


def _back(articles: Sequence[Article]) -> tuple[Entry, ...]:
    return parse(
        rss("replay", URL, articles), url=URL, content_type="application/rss+xml; charset=utf-8", now=NOW, limit=99
    )


@given(title=text_like, text=text_like)
@example(title="Ã©", text="Ã© café")
@example(title="&amp;lt;b&amp;gt;", text="<p>one</p> &lt;p&gt; &amp;amp; & co\nline\n\nnext")
@example(title="A", text="line one\nline two\n\n3 < 4 & 5 > 4")
def test_title_and_text_come_back_exactly(title: str, text: str) -> None:
    title = clean(title.replace("\n", " "), 900) or "T"
    (entry,) = _back([Article(id="a1", title=title, text=text)])
    assert entry.title == title
    assert entry.text == text


@given(outlet=text_like)
def test_an_outlet_comes_back_exactly(outlet: str) -> None:
    outlet = clean(outlet.replace("\n", " "), 100)
    (entry,) = _back([Article(id="a1", title="T", text="x", outlet=outlet or None)])
    assert entry.outlet == (outlet or None)


def test_a_long_text_comes_back_whole() -> None:
    text = "\n\n".join(f"Paragraph {n}: sales < costs & more.\nSecond line." for n in range(15_000))
    (entry,) = _back([Article(id="a1", title="T", text=text)])
    assert entry.text == text


def test_what_is_known_comes_back_and_what_is_not_stays_unknown() -> None:
    known = Article(
        id="a1",
        title="T",
        text="x",
        url="https://n.example/1?a=1&b=2",
        outlet="FT",
        published=NOW - timedelta(hours=2),
        entry_id="e1",
    )
    assert _back([known, Article("a2", "U", "y")]) == (
        Entry("T", "x", "e1", "https://n.example/1?a=1&b=2", "FT", NOW - timedelta(hours=2)),
        Entry("U", "y", "a2"),
    )


def test_the_document_is_rss_2() -> None:
    root = ET.fromstring(rss("replay", URL, [Article("a1", "T\x00\ufffe", "x\x01", outlet="FT", published=NOW)]))
    assert (root.tag, root.get("version")) == ("rss", "2.0")
    channel = root.find("channel")
    assert channel is not None
    assert all(channel.findtext(name) for name in ("title", "link", "description"))
    item = channel.find("item")
    assert item is not None
    guid, source = item.find("guid"), item.find("source")
    assert guid is not None
    assert (guid.text, guid.get("isPermaLink")) == ("a1", "false")
    assert source is not None
    assert (source.text, source.get("url")) == ("FT", URL)
    assert item.findtext("pubDate") == "Mon, 17 Nov 2025 12:00:00 GMT"
    assert item.find("link") is None


def test_only_what_was_released_is_served_and_the_etag_follows() -> None:
    with ReplayServer() as server:
        server.release(Article("a1", "One", "x"))
        with urllib.request.urlopen(server.url) as response:
            etag, body = response.headers["ETag"], response.read()
        assert b"One" in body
        assert b"Two" not in body
        asked = urllib.request.Request(server.url, headers={"If-None-Match": etag})
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(asked)
        with caught.value as unchanged:
            assert unchanged.code == 304
        server.release(Article("a2", "Two", "y"))
        with urllib.request.urlopen(asked) as response:
            assert response.headers["ETag"] != etag
            body = response.read()
            assert body.index(b"Two") < body.index(b"One")
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(server.url + "/other")
        with caught.value as missing:
            assert missing.code == 404
        assert server.feed("seeds").name == "seeds"
        assert server.feed().allow_private
    with pytest.raises(RuntimeError):
        _ = server.url
