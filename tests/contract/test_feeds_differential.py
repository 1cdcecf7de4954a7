"""What is read of a made document in part is what is read in the whole: every entry, every key of it, identical."""

from __future__ import annotations

import random
import re
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskbot.feeds.parse import parse_new
from riskbot.feeds.split import Refusal, Split, split
from riskbot.model import Entry, Feed
from tests.feedreads import URL, XML, Memory, Read, difference

NOW = datetime(2025, 11, 17, 12, 0, tzinfo=UTC)
ATOM = "http://www.w3.org/2005/Atom"
MRSS = "http://search.yahoo.com/mrss/"


def taken_apart(body: bytes, content_type: str | None = XML) -> Split:
    found = split(body, url=URL, content_type=content_type)
    assert isinstance(found, Split), found
    return found


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


def assert_part_of(
    entries: Sequence[Entry], known: Collection[bytes], whole: Read, found: Split | Refusal, now: datetime = NOW
) -> None:
    """These are the entries of the items that were not known; and before each, those that its id was given to first."""
    made = whole.made(now)
    if isinstance(found, Refusal):
        assert list(entries) == [one for one in made if one]
        return
    assert len(found.items) == len(made)
    left = list(entries)
    new_ids = set()
    for item, one in reversed(list(zip(found.items, made, strict=True))):
        if item.hash not in known:
            new_ids.add(one.entry_id if one else None)
            assert not one or left.pop() == one
        elif one and left and left[-1] == one:
            left.pop()
        else:
            assert not one or one.entry_id is None or one.entry_id not in new_ids
    assert not left


@settings(max_examples=80, deadline=None)
@given(st.data(), kinds)
def test_polls_in_part_bring_what_is_new_in_whole_reads(data: st.DataObject, kind: str) -> None:
    """Items change places, leave, come back, are edited; the feed's own language changes; some polls are refused."""
    pool = data.draw(st.lists(contents, min_size=2, max_size=6))
    known: set[bytes] = set()
    for _ in range(4):
        items = data.draw(st.lists(st.sampled_from([*pool, "<summary>ill & formed</summary>"]), min_size=1, max_size=6))
        language = data.draw(st.sampled_from(["", "<language>nl</language>", "<language>en</language>"]))
        body = document(kind, items, head=language)
        body = body.replace(b' xml:lang="de"', data.draw(st.sampled_from([b' xml:lang="nl"', b""])))
        parsed = parse_new(body, url=URL, content_type=XML, now=NOW, limit=100, known=known)
        whole = Read(body)
        assert parsed.count == len(whole.entries)
        assert_part_of(parsed.entries, known, whole, split(body, url=URL, content_type=XML))
        known = {hash_ for hash_, _ in parsed.items}


@pytest.mark.parametrize("kind", sorted(HEADS))
def test_a_feed_of_many_items_polled_in_part_tells_what_whole_reads_tell(kind: str) -> None:
    """A window of fifty over two hundred items; every poll some are new, edited, moved, back again, or ill-formed."""
    chance = random.Random(11)
    pool = [_item(chance, kind, number) for number in range(200)]
    feed = Feed("f", URL)
    in_part, in_whole = Memory(feed), Memory(feed)
    known: dict[bytes, bytes] = {}
    apart = 0
    for poll in range(24):
        now = NOW + timedelta(minutes=poll)
        items = pool[max(0, 150 - poll * 6) :][:50]
        items[chance.randrange(50)] = pool[chance.randrange(200)]
        edited = chance.randrange(50)
        items[edited] = items[edited].replace("</title>", f" edit {poll}</title>", 1)
        if poll % 3 == 0:
            chance.shuffle(items)
        # The same id once more, further down: the one above it counts.
        items[49] = items[(poll * 5) % 40].replace("</title>", " below</title>", 1)
        if poll % 7 == 6:
            items[chance.randrange(50)] = "<title>ill & formed</title>"
        body = document(kind, items)
        if poll % 5 == 4:
            text = re.sub(r"^<\?xml.*\?>\n", "", body.decode())
            text = f'<?xml version="1.0" encoding="iso-8859-1"?>\n{text}'
            body = text.encode("iso-8859-1", "xmlcharrefreplace")
        parsed = parse_new(body, url=URL, content_type=XML, now=now, limit=100, known=known.keys())
        whole = Read(body)
        assert_part_of(parsed.entries, known, whole, split(body, url=URL, content_type=XML), now)
        known = {hash_: known.get(hash_, b"") if key is None else key for hash_, key in parsed.items}
        apart += parsed.whole is None
        assert in_part.tell(parsed.entries, now, known) == in_whole.tell([one for one in whole.made(now) if one], now)
        if known:
            again = parse_new(body, url=URL, content_type=XML, now=now, limit=100, known=known.keys())
            assert (again.entries, again.count, again.wishes) == ((), 50, None)
    assert apart > 15


def _item(chance: random.Random, kind: str, number: int) -> str:
    """An item with an id of its own and any parts that may stand beside others."""
    plain = [part for part in PARTS if not re.search("<(id|guid|x:y|description><div|content type='xhtml)", part)]
    identity = f"<id>i{number}</id>" if kind == "feed" else f"<guid isPermaLink='false'>i{number}</guid>"
    link = f"<link>https://news.example/{number % 150}</link>"
    return f"<title>Number {number}</title>{identity}{link}" + "".join(chance.sample(plain, 4))


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
