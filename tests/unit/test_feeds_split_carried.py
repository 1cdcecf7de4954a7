"""What feedparser carries over from one part of a document to the next is refused; and it does carry it over."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import feedparser
import pytest

from riskbot.feeds.split import Refusal, split

URL = "https://news.example/feed.xml"
XML = "application/xml"
MRSS = "http://search.yahoo.com/mrss/"


def document(kind: str, items: Sequence[str], head: str = "") -> bytes:
    if kind == "feed":
        made = "".join(f"<entry>{item}</entry>" for item in items)
        return f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title>T</title>{head}{made}</feed>'.encode()
    made = "".join(f"<item>{item}</item>" for item in items)
    return (
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel>'
        f"<title>T</title><image><url>i.png</url></image>{head}{made}</channel></rss>"
    ).encode()


def entries(body: bytes) -> list[dict[str, Any]]:
    """As the room has feedparser read them."""
    parsed = feedparser.parse(
        io.BytesIO(body),
        response_headers={"content-location": URL, "content-type": XML},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    return [dict(entry) for entry in parsed.entries]


PLAIN = "<title>t &amp;lt;i&amp;gt;</title><description>one &lt;b&gt;</description><guid>g</guid>"
MORE = PLAIN + "<description>two</description><image><description>three</description></image>"
# What one part of a document does to the reading of the part behind it: (feed kind, in the head, first item, second).
CARRIED = {
    "a closing tag in a text": ("rss", "", "<description><p>a</p><summary>b</summary></description>", PLAIN),
    "a div with a base": (
        "rss",
        "",
        "<description base='/q/'><div>a</div><div>b</div></description>",
        PLAIN + "<link>l</link>",
    ),
    "a div in a text of two types": (
        "feed",
        "",
        "<content type='xhtml' TYPE='html' lang='ja'><div/><div/><div/></content>",
        PLAIN,
    ),
    "a div with a language": (
        "feed",
        "",
        "<content type='html' xml:lang='ja'><div>a</div><div/><div/></content>",
        PLAIN,
    ),
    "a prefix that means another thing later": (
        "rss",
        "",
        f"<q:credit xmlns:q='{MRSS}'>a</q:credit>",
        "<q:credit xmlns:q='urn:x'>b</q:credit>",
    ),
    "a prefix that names the elements of another item": (
        "rss",
        "",
        "<q:a xmlns:q='urn:x'>a</q:a>",
        "<b xmlns='urn:x'>b</b>",
    ),
    "a usual prefix that the feed uses otherwise": (
        "rss",
        "<thr:a xmlns:thr='urn:x'>a</thr:a>",
        "<thr:a xmlns:thr='http://purl.org/rss/1.0/modules/threading/'>a</thr:a>",
        "<a xmlns='urn:x'>b</a>",
    ),
    "an item's text in its image": (
        "rss",
        "",
        "<image><content:encoded>a</content:encoded></image>",
        "<image><description>b</description></image>",
    ),
    "an item that is not well-formed": ("rss", "", "<title>a &nbsp; b</title>", PLAIN + "<x a='&#38;amp;'>y</x>"),
}


@pytest.mark.parametrize("name", sorted(CARRIED))
def test_what_feedparser_carries_over_is_refused(name: str) -> None:
    kind, head, first, second = CARRIED[name]
    assert isinstance(split(document(kind, [first, second], head=head), url=URL, content_type=XML), Refusal)


@pytest.mark.parametrize("name", sorted(CARRIED))
def test_what_is_refused_does_read_differently(name: str) -> None:
    """Were feedparser to forget it one day, this says that the refusal is no longer needed."""
    kind, head, first, second = CARRIED[name]
    whole, part = (entries(document(kind, items, head)) for items in ([first, second], [second]))
    assert whole[-1] != part[-1]


def test_a_summary_of_the_feed_that_reaches_into_its_first_item_is_refused() -> None:
    head = "<itunes:summary>s</itunes:summary><description>d</description>"
    item = "<summary>s</summary><description>d</description>"
    body = document("rss", [item, item], head=head)
    first, second = entries(body)
    assert first != second
    assert split(body, url=URL, content_type=XML) == Refusal("carried-over")


def test_an_item_in_another_encoding_than_the_label_is_refused() -> None:
    body = document("rss", ["<title>a</title>", "<title>Genf \u2013 Z\u00fcrich</title>"])
    mixed = body.replace(b"<title>a</title>", b"<title>\xe9</title>")
    assert entries(mixed)[1] != entries(body)[1]
    assert split(mixed, url=URL, content_type=XML) == Refusal("malformed")
