"""feedparser finds in a part of a document what it finds in the whole: every entry, every key of it, identical.

Nothing is left out of the comparison: an entry has no key that speaks of the whole document. Of what feedparser says
beside the entries, the feed's language is compared too, because entries without one of their own are given it.
"""

from __future__ import annotations

import io
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.sax import SAXException

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskbot.feeds.split import Refusal, Split, join, split
from tests.places import SHARED

URL = "https://news.example/a/feed.xml"
XML = "application/xml"
CORPUS = SHARED / "feeds"
ATOM = "http://www.w3.org/2005/Atom"
MRSS = "http://search.yahoo.com/mrss/"


class Read:
    """A document as the room has feedparser read it."""

    def __init__(self, body: bytes, content_type: str | None = XML) -> None:
        headers = {"content-location": URL} | ({"content-type": content_type} if content_type else {})
        parsed = feedparser.parse(
            io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
        self.entries: list[dict[str, Any]] = [dict(entry) for entry in parsed.entries]
        self.language = dict(parsed.feed).get("language")
        self.strict = bool(parsed.encoding) and not isinstance(parsed.get("bozo_exception"), SAXException)


def taken_apart(body: bytes, content_type: str | None = XML) -> Split:
    found = split(body, url=URL, content_type=content_type)
    assert isinstance(found, Split), found
    return found


def difference(found: Split, keep: set[int], whole: Read, content_type: str | None = XML) -> str:
    """Where the part differs from the whole; empty where it does not."""
    part = Read(join(found, keep), content_type)
    if part.language != whole.language or not part.strict:
        return f"language {part.language} for {whole.language}, strict: {part.strict}"
    expected = [whole.entries[place] for place in sorted(keep)]
    if len(part.entries) != len(expected):
        return f"{len(part.entries)} entries for {len(expected)}"
    for place, one, other in zip(sorted(keep), part.entries, expected, strict=True):
        for key in (*other, *one):
            # repr: a coordinate may be NaN, which is not even equal to itself
            if repr(one.get(key)) != repr(other.get(key)) and one.get(key) != other.get(key):
                return f"item {place}: {key} is {one.get(key)!r}, in the whole {other.get(key)!r}"
    return ""


def assert_identical(body: bytes, subsets: Sequence[set[int]], content_type: str | None = XML) -> None:
    found = taken_apart(body, content_type)
    whole = Read(body, content_type)
    assert whole.strict
    assert len(whole.entries) == len(found.items)
    for keep in subsets:
        assert not difference(found, keep, whole, content_type)


# ── documents made here ──────────────────────────────────────────────────────────────────────────────────────────

PREFIXES = (
    f'xmlns:atom="{ATOM}" xmlns:media="{MRSS}" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:odd="urn:odd" '
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
)
HEADS = {
    "rss": (
        f'<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0" {PREFIXES} xml:lang="en_GB"><channel>'
        "<title>T</title><link>/home</link><language>fr</language><image><url>i.png</url></image><dc:creator>F"
        "</dc:creator><lastBuildDate>Mon, 17 Nov 2025 08:00:00 GMT</lastBuildDate>",
        "<title>late</title><managingEditor>e@x.example</managingEditor></channel></rss>",
    ),
    "feed": (
        f'<feed xmlns="{ATOM}" {PREFIXES} xml:lang="de" xml:base="/b/"><title type="html">T</title><id>f</id>'
        "<author><name>Feed's own</name></author><updated>2025-11-17T08:00:00Z</updated><rights>r</rights>",
        "<subtitle>late</subtitle></feed>",
    ),
    "rdf": (
        f'<rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" {PREFIXES}>'
        '<channel rdf:about="c"><title>T</title><items><rdf:Seq><rdf:li rdf:resource="1"/><rdf:li rdf:resource="2"/>'
        "</rdf:Seq></items><dc:language>en</dc:language></channel>",
        "<textinput><title>search</title><link>s</link></textinput></rdf:RDF>",
    ),
}
ITEM = {"rss": "item", "feed": "entry", "rdf": "item"}

# Parts that an item is made of, each alone harmless, together in any order.
PARTS = [
    "<title>A &amp;amp; B</title>",
    '<title type="html">&lt;b&gt;bold&lt;/b&gt;</title>',
    "<title><![CDATA[</item></entry><item> ]] > <b>x</b>]]></title>",
    "<!-- <item><entry> </item> -- >-->".replace("-- >", "- >"),
    "<?php <item> </entry> ?>",
    '<link href="../x?a=1&amp;b=2>3" rel="alternate"/>',
    "<link>rel/ative?a=1&amp;b=2</link>",
    "<guid>g</guid>",
    '<guid isPermaLink="false">same</guid>',
    "<id>same</id>",
    "<description>eins</description>",
    "<description><![CDATA[<div lang='xx'>zwei</div> &nbsp;]]></description>",
    "<description><p>inline <i>marked</i></p></description>",
    "<description><div>inline<p>leaks</p></div></description>",
    "<summary>drei &lt;b&gt;</summary>",
    "<content:encoded><![CDATA[<p>vier</p>]]></content:encoded>",
    '<content type="xhtml" xml:lang="it"><div xmlns="http://www.w3.org/1999/xhtml"><p>fünf</p></div></content>',
    '<content type="html" xml:base="/deep/">&lt;a href="x"&gt;y&lt;/a&gt;</content>',
    '<content type="image/svg+xml"><svg xmlns="http://www.w3.org/2000/svg"><g/></svg></content>',
    '<content src="movie.mp4" type="video/mp4"/>',
    "<author><name>N</name><uri>u</uri></author>",
    "<author>a@x.example (A)</author>",
    "<dc:creator>C</dc:creator>",
    "<dc:language>pt_BR</dc:language>",
    "<dc:title>dc</dc:title>",
    "<pubDate>Mon, 17 Nov 2025 08:00:00 GMT</pubDate>",
    "<updated>2025-11-17T08:00:00+01:00</updated>",
    "<category>k</category>",
    '<category term="t" scheme="s"/>',
    f'<media:group><media:title>m</media:title><media:content url="u>v" xmlns:media="{MRSS}"/></media:group>',
    "<media:content url='u'><media:description>d</media:description></media:content>",
    '<source url="http://o.example/">Other</source>',
    "<source><title>S</title><id>s</id></source>",
    "<image><url>own.png</url><title>own</title></image>",
    '<itunes:image href="cover.png"/>',
    "<odd:thing>o</odd:thing>",
    "<odd:thing odd:lang='zz'/>",
    '<enclosure url="e.mp3" length="1" type="audio/mpeg"/>',
    "<contributor><name>K</name></contributor>",
    "<x:y xmlns:x='urn:odd'>u</x:y>",
    "<x xmlns='urn:odd'>default</x>",
    "<thing xmlns=''>none</thing>",
    "<title>\u00c3\u00a9 caf\u00e9 \U0001f600</title>",
]
BETWEEN = [
    "",
    "\n",
    "  ",
    "<!-- between -->",
    "<generator>g</generator>",
    "<image><title>late</title></image>",
    "<ttl>5</ttl>",
]
START = [
    "",
    ' xml:lang="es"',
    ' xml:base="http://other.example/o/"',
    ' rdf:about="a>b"',
    f' xmlns="{ATOM}"',
    " lastmod='x'",
]


def document(
    kind: str, items: Sequence[str], between: Sequence[str] = (), head: str = "", start: Sequence[str] = ()
) -> bytes:
    """A feed of items given as what they hold, with what stands behind each, and attributes for each."""
    before, after = HEADS[kind]
    name = ITEM[kind]
    made = (
        f"<{name}{start[at] if at < len(start) else ''}>{item}</{name} >{between[at] if at < len(between) else ''}"
        for at, item in enumerate(items)
    )
    return (before + head + "".join(made) + after).encode()


kinds = st.sampled_from(sorted(HEADS))
contents = st.lists(st.sampled_from(PARTS), max_size=6).map("".join)


@settings(max_examples=250, deadline=None)
@given(st.data(), kinds)
def test_any_part_of_a_made_feed_reads_as_in_the_whole(data: st.DataObject, kind: str) -> None:
    items = data.draw(st.lists(contents, min_size=1, max_size=6))
    starts = [one for one in START if kind == "rdf" or "rdf:" not in one]
    between = data.draw(st.lists(st.sampled_from(BETWEEN), max_size=6))
    body = document(kind, items, between, start=data.draw(st.lists(st.sampled_from(starts), max_size=6)))
    found = split(body, url=URL, content_type=XML)
    if isinstance(found, Refusal):
        assert found.reason in ("carried-over", "namespaces")
        return
    whole = Read(body)
    assert whole.strict
    assert len(whole.entries) == len(items)
    assert not difference(found, data.draw(st.sets(st.integers(0, len(items) - 1))), whole)


@pytest.mark.parametrize("kind", sorted(HEADS))
def test_no_part_is_refused_by_itself_without_need(kind: str) -> None:
    refused = {part for part in PARTS if isinstance(split(document(kind, [part]), url=URL, content_type=XML), Refusal)}
    assert refused == {"<x:y xmlns:x='urn:odd'>u</x:y>"}


@settings(max_examples=60, deadline=None)
@given(st.data(), kinds)
def test_polls_that_read_only_what_is_new_end_up_with_the_entries_of_whole_reads(
    data: st.DataObject, kind: str
) -> None:
    """Items change places, leave, come back, are edited; the feed's own language changes; some polls are refused."""
    pool = data.draw(st.lists(contents, min_size=2, max_size=6))
    read: dict[bytes, dict[str, Any]] = {}
    for _ in range(4):
        items = data.draw(st.lists(st.sampled_from([*pool, "<summary>ill & formed</summary>"]), min_size=1, max_size=6))
        body = document(kind, items).replace(b' xml:lang="de"', data.draw(st.sampled_from([b' xml:lang="nl"', b""])))
        found = split(body, url=URL, content_type=XML, known=frozenset(read))
        if isinstance(found, Refusal):
            continue
        new = Read(join(found, found.new)).entries if found.new else []
        read.update(zip((found.items[place].hash for place in found.new), new, strict=True))
        whole = Read(body)
        assert whole.strict
        assert [read[item.hash] for item in found.items] == whole.entries


@pytest.mark.parametrize("content_type", [None, XML, "text/xml", "text/html", "application/rss+xml; charset=utf-8"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "iso-8859-1", "windows-1252", "iso-8859-15"])
def test_every_listed_encoding_reads_the_same_in_part(encoding: str, content_type: str | None) -> None:
    label = encoding.removesuffix("-sig")
    items = ["<title>only ASCII</title>", "<title>Z\u00fcrich</title>", "<title>caf\u00e9 \u00a3</title>"]
    text = document("rss", items).decode().replace('encoding="utf-8"', f'encoding="{label}"')
    body = text.encode(encoding)
    if isinstance(split(body, url=URL, content_type=content_type), Refusal):
        assert label != "utf-8"
        assert "charset" in (content_type or "")  # which says something else than the document
        return
    assert_identical(body, [{0}, {1}, {0, 2}, {1, 2}], content_type)


# ── documents from the world ─────────────────────────────────────────────────────────────────────────────────────


def _documents(sample: int | None = None) -> list[Path]:
    if not CORPUS.is_dir():
        pytest.skip("the corpus of feeds does not lie beside the repository")
    documents = sorted(path for path in CORPUS.glob("*/*/*") if path.is_file())
    if sample is None:
        return documents
    folders: dict[Path, list[Path]] = {}
    for path in documents:
        folders.setdefault(path.parent, []).append(path)
    share = max(1, sample // len(folders))
    chosen = [path for each in folders.values() for path in each[:: max(1, len(each) // share)][:share]]
    left = [path for path in documents if path not in set(chosen)]
    return chosen + random.Random(4).sample(left, max(0, sample - len(chosen)))


def _compare(documents: Sequence[Path]) -> Counter[str]:
    """How many of them were split, and how many items were left out and read again; each compared with a whole read."""
    chance = random.Random(2025)
    told: Counter[str] = Counter()
    for path in documents:
        body = path.read_bytes()
        found = split(body, url=URL, content_type=XML)
        if isinstance(found, Refusal):
            told[found.reason] += 1
            continue
        whole = Read(body)
        places = range(len(found.items))
        assert whole.strict, path
        assert len(whole.entries) == len(found.items), path
        for keep in ({0}, {places[-1]}, {place for place in places if chance.random() < 0.4}):
            assert not difference(found, keep, whole), path
        told["split"] += 1
        told["several"] += len(found.items) > 1
    return told


def test_a_sample_of_real_feeds_reads_the_same_in_part() -> None:
    told = _compare(_documents(300))
    assert told["split"] > 150
    assert told["several"] > 60


@pytest.mark.slow
def test_all_real_feeds_read_the_same_in_part() -> None:
    told = _compare(_documents())
    assert told["split"] > 2_000
    assert told["several"] > 600


@pytest.mark.slow
def test_items_of_real_feeds_mixed_in_one_document_read_the_same_in_part() -> None:
    """Most real documents at hand have one item: here they stand side by side and may disturb each other."""
    chance = random.Random(7)
    pool: dict[str, set[str]] = {"rss": set(), "feed": set()}
    for path in _documents():
        body = path.read_bytes()
        found = split(body, url=URL, content_type=XML)
        kind = "feed" if isinstance(found, Split) and b"<feed" in found.head else "rss"
        if isinstance(found, Split) and b"<rdf:" not in found.head and body.isascii():
            pool[kind] |= {body[item.start : item.end].decode() for item in found.items[:3]}
    compared = 0
    for kind, items in pool.items():
        before, after = HEADS[kind]
        alone = [one for one in sorted(items) if isinstance(_made(before, [one], after), Split)]
        for _ in range(400):
            found = _made(before, chance.sample(alone, 8), after)
            if isinstance(found, Split):
                assert not difference(found, {place for place in range(8) if chance.random() < 0.4}, Read(found.body))
                compared += 1
    assert compared > 500


def _made(before: str, items: Sequence[str], after: str) -> Split | Refusal:
    return split((before + "\n".join(items) + after).encode(), url=URL, content_type=XML)
