"""A document comes apart into its items, or is refused; that its parts read alike is proved in the contract."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskbot.feeds.split import Refusal, Split, join, split

URL = "https://news.example/feed.xml"
XML = "application/xml"


def _rss(*items: str, head: str = "", tail: str = "", before: str = "", root: str = 'rss version="2.0"') -> bytes:
    made = "\n".join(items)
    return f"{before}<{root}><channel><title>c</title>{head}{made}{tail}</channel></rss>".encode()


def _found(body: bytes, content_type: str | None = XML, known: frozenset[bytes] = frozenset()) -> Split:
    found = split(body, url=URL, content_type=content_type, known=known)
    assert isinstance(found, Split), found
    return found


def _reason(body: bytes, content_type: str | None = XML) -> str:
    found = split(body, url=URL, content_type=content_type)
    assert isinstance(found, Refusal)
    return found.reason


def _items(body: bytes) -> list[bytes]:
    return [body[item.start : item.end] for item in _found(body).items]


def test_head_items_and_tail_are_the_document() -> None:
    body = _rss("<item>1</item>", '<item a="&gt;>">2</item \n>', tail="<ttl>5</ttl>")
    found = _found(body)
    assert _items(body) == [b"<item>1</item>", b'<item a="&gt;>">2</item \n>']
    assert found.head.endswith(b"<title>c</title>")
    assert found.tail == b"<ttl>5</ttl></channel></rss>"
    assert join(found, (0, 1)) == body


def test_what_is_left_out_leaves_what_belongs_to_the_feed() -> None:
    body = _rss("<item>1</item>", "<ttl>5</ttl>", "<item>2</item>", "<item>3</item>")
    assert join(_found(body), {2}) == _rss("\n<ttl>5</ttl>", "\n<item>3</item>")


@pytest.mark.parametrize("between", ["", "\n\t ", "text", "<!-- -->", "<ttl>5</ttl>", "<![CDATA[<item>]]>", "<?x?>"])
def test_items_are_items_whatever_stands_between_them(between: str) -> None:
    body = _rss(f"<item>1</item>{between}<item>2</item>{between}<item>3</item>")
    assert _items(body) == [b"<item>1</item>", b"<item>2</item>", b"<item>3</item>"]
    assert [one.start for one in _found(body).items] == [body.index(b"<item>%d" % number) for number in (1, 2, 3)]


@pytest.mark.parametrize(
    "inside",
    [
        "<title><![CDATA[</item> <item> ]]></title>",
        "<!-- </item> <item> -->",
        "<?x </item> <item> ?>",
        "<title a='/item>' b=\"<\">&lt;/item></title>".replace('"<"', '"&lt;"'),
        "<items>not one</items><itemised/>",
        "<title>]]&gt; --> ?></title>",
    ],
)
def test_what_only_looks_like_an_item_is_none(inside: str) -> None:
    body = _rss(f"<item>{inside}</item>", f"<item>{inside}</item>", head=f"<x>{inside}</x>", tail=inside)
    assert _items(body) == [f"<item>{inside}</item>".encode()] * 2


def test_items_of_rdf_stand_outside_the_channel() -> None:
    body = b"""<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
      xmlns="http://purl.org/rss/1.0/"><channel><items><rdf:Seq><rdf:li rdf:resource="1"/></rdf:Seq></items></channel>
      <item rdf:about="1"/></rdf:RDF>"""
    assert _items(body.replace(b'"1"/></rdf:RDF', b'"1"></item></rdf:RDF')) == [b'<item rdf:about="1"></item>']
    assert _reason(body) == "unbalanced"


ITEM = "<item><title>t</title></item>"
REFUSED: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "unknown-root"),
    "JSON": (b'{"version": "https://jsonfeed.org/version/1.1"}', "unknown-root"),
    "a page": (b"<html><item></item></html>", "unknown-root"),
    "CDF": (b"<CHANNEL><ITEM></ITEM></CHANNEL>", "unknown-root"),
    "a root with a prefix": (b'<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry/></a:feed>', "unknown-root"),
    "RDF of no known version": (
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><item></item></rdf:RDF>',
        "unknown-root",
    ),
    "no items": (_rss(), "no-items"),
    "a zero byte": (_rss(ITEM) + b"\0", "nul"),
    "UTF-16": (_rss(ITEM).decode().encode("utf-16"), "nul"),
    "a document type": (b"<!DOCTYPE rss [<!ENTITY a 'b'>]>" + _rss(ITEM), "doctype"),
    "a document type after other things": (b"<?xml version='1.0'?>\n<!-- -->\n<!doctype rss>" + _rss(ITEM), "doctype"),
    "an entity in a comment": (b"<!-- <!ENTITY a 'b'> -->" + _rss(ITEM), "doctype"),
    "nested items": (_rss("<item><item></item></item>"), "unbalanced"),
    "an item that closes itself": (_rss("<item/>", ITEM), "unbalanced"),
    "an item that is not closed": (_rss(ITEM, "<item>"), "unbalanced"),
    "an item that was never opened": (_rss(ITEM, "</item>"), "unbalanced"),
    "CDATA without end": (_rss(ITEM, "<![CDATA["), "unclosed"),
    "a comment without end": (_rss(ITEM, "<!-- "), "unclosed"),
    "an instruction without end": (b"<?x " + _rss(ITEM), "unclosed"),
    "a tag that is not closed in an item": (_rss(ITEM, "<item><b></item>"), "malformed"),
    "an entity nobody declared": (_rss("<item>&nbsp;</item>"), "malformed"),
    "a prefix nobody declared": (_rss("<item><dc:x/></item>"), "malformed"),
    "what no XML may hold between items": (_rss(ITEM + "\x0c" + ITEM), "malformed"),
    "items on both sides of the end of what is around them": (_rss(ITEM + "</channel>" + ITEM), "stray-item"),
    "an item in something else after items": (_rss(ITEM, ITEM + f"<more>{ITEM}</more>", ITEM), "stray-item"),
    "something after the end": (_rss(ITEM) + b"<rss/>", "malformed"),
    "nothing after the last item": (_rss(ITEM).removesuffix(b"</channel></rss>"), "malformed"),
    "an item in other letters": (_rss(ITEM, "<ITEM></ITEM>"), "stray-item"),
    "an item by another name": (_rss(ITEM, "<entry></entry>"), "stray-item"),
    "an item with a prefix": (_rss(ITEM, '<a:item xmlns:a="http://purl.org/rss/1.0/"></a:item>'), "stray-item"),
    "an item deeper than others": (_rss(ITEM, f"<more>{ITEM}</more>"), "stray-item"),
    "an item by another name in an item": (_rss("<item><entry/></item>"), "stray-item"),
    "items in something beside the channel": (
        _rss().replace(b"</rss>", f"<more>{ITEM}</more></rss>".encode()),
        "stray-item",
    ),
    "items outside the channel as well": (_rss(ITEM).replace(b"</rss>", ITEM.encode() + b"</rss>"), "stray-item"),
    "a second channel": (_rss(ITEM).replace(b"</rss>", b"<channel></channel></rss>"), "stray-item"),
    "a feed in an item": (_rss("<item><feed/></item>"), "carried-over"),
    "an item in a text of the feed": (_rss(f"<description>{ITEM}</description>"), "stray-item"),
    "a prefix with two meanings": (_rss(ITEM, head="<a:b xmlns:a='x'/><a:b xmlns:a='y'/>"), "namespaces"),
    "a prefix of an item's own": (_rss("<item><a:b xmlns:a='x'/></item>"), "namespaces"),
    "a feed's own content": (_rss(ITEM, head="<content>x</content>"), "carried-over"),
}


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_document_that_is_not_surely_divisible_is_refused(name: str) -> None:
    body, reason = REFUSED[name]
    assert _reason(body) == reason


def test_prefixes_of_the_root_and_usual_ones_may_be_declared_again() -> None:
    usual = 'xmlns:media="http://search.yahoo.com/mrss/"'
    body = _rss(f"<item {usual}><media:text/></item>", "<item><a:b xmlns:a='x'/></item>", root="rss xmlns:a='x'")
    assert len(_found(body).items) == 2
    other = _rss(f"<item {usual}><media:text/></item>", root="rss xmlns:media='x'")
    assert _reason(other) == "namespaces"


def test_without_an_address_for_links_a_document_is_refused() -> None:
    assert split(_rss(ITEM), url="") == Refusal("carried-over")


def _declared(encoding: str, text: str = "\u00e9") -> bytes:
    return _rss(f"<item>{text}</item>", before=f'<?xml version="1.0" encoding="{encoding}"?>')


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (_declared("gb2312"), XML),
        (_declared("shift_jis", "a"), XML),
        (_declared("utf-16", "a"), XML),
        (_declared("utf-8"), "application/xml; charset=utf-7"),
        (_declared("utf-8").replace(b"\xc3\xa9", b"\xe9"), "text/xml; charset=windows-1257x"),
        (_declared("windows-1252").replace(b"\xc3\xa9", b"\x81"), XML),
        (_rss("<item>\u00e9</item>"), "text/xml"),  # neither says: feedparser guesses
        (_declared("utf-8").replace(b"?><", b"?><?x encoding='big5'?><"), XML),  # feedparser believes the last
        (_declared("utf-8").replace(b"</item>", b" encoding='big5' ?></item>"), XML),
        (_declared("utf-8").replace(b"?>", b' encoding="big5"?>'), XML),
    ],
)
def test_an_encoding_that_parts_may_not_share_is_refused(body: bytes, content_type: str) -> None:
    assert _reason(body, content_type) == "encoding"


@pytest.mark.parametrize("content_type", [None, XML, "text/xml; charset=utf-8", "application/rss+xml", "x/y"])
def test_utf_8_is_taken_apart_however_it_is_labelled(content_type: str | None) -> None:
    found = _found(b"\xef\xbb\xbf" + _declared("UTF-8"), content_type)
    assert found.body[found.items[0].start : found.items[0].end].decode() == "<item>\u00e9</item>"


def test_invalid_utf_8_is_malformed() -> None:
    assert _reason(_declared("utf-8").replace(b"\xc3\xa9", b"\xe9")) == "malformed"


# ── what is known ────────────────────────────────────────────────────────────────────────────────────────────────


def test_known_items_are_not_new() -> None:
    one, two, three = (f"<item>{number}</item>" for number in (1, 2, 3))
    known = frozenset(item.hash for item in _found(_rss(one, two)).items)
    assert _found(_rss(two, three, one), known=known).new == (1,)
    assert _found(_rss(two, one), known=known).new == ()


def test_the_same_item_twice_has_one_hash() -> None:
    first, second = _found(_rss(ITEM, ITEM)).items
    assert first.hash == second.hash


@pytest.mark.parametrize(
    "body",
    [
        _rss(ITEM, root='rss version="2.0" xml:lang="de"'),
        _rss(ITEM, root='rss version="0.92"'),
        _rss(ITEM, root='rss version="2.0" xmlns:a="x"'),
        _rss(ITEM).replace(b"<channel>", b'<channel xml:base="/b/">'),
        _rss(ITEM, before='<?xml version="1.0" encoding="iso-8859-1"?>'),
        _rss("<item ><title>t</title></item>"),
    ],
)
def test_an_item_in_other_surroundings_is_new(body: bytes) -> None:
    known = frozenset(item.hash for item in _found(_rss(ITEM)).items)
    assert _found(body, known=known).new == (0,)


def test_an_item_from_another_address_is_new() -> None:
    known = frozenset(item.hash for item in _found(_rss(ITEM)).items)
    found = split(_rss(ITEM), url="https://other.example/feed.xml", content_type=XML, known=known)
    assert isinstance(found, Split)
    assert found.new == (0,)


def test_other_news_of_the_feed_itself_make_no_item_new() -> None:
    known = frozenset(item.hash for item in _found(_rss(ITEM)).items)
    assert not _found(_rss(ITEM, head="<lastBuildDate>later</lastBuildDate>", tail="<ttl>1</ttl>"), known=known).new


def test_a_malformed_item_among_known_ones_is_refused() -> None:
    known = frozenset(item.hash for item in _found(_rss(ITEM)).items)
    assert split(_rss(ITEM, "<item><b></item>"), url=URL, content_type=XML, known=known) == Refusal("malformed")


# ── hostile input ────────────────────────────────────────────────────────────────────────────────────────────────


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            "<item> </item> <item/> <item <entry> <![CDATA[ ]]> <!-- --> <? ?> <rss> </rss> <channel> </channel> a > &"
            " \" ' = <title> </title> <?xml <!DOCTYPE".split(" ")
        ),
        max_size=30,
    )
)
def test_whatever_comes_is_split_into_its_own_bytes_or_refused(pieces: list[str]) -> None:
    for body in ("".join(pieces).encode(), _rss("".join(pieces))):
        found = split(body, url=URL, content_type=XML)
        if isinstance(found, Split):
            assert join(found, range(len(found.items))) == body


@pytest.mark.parametrize(
    "unit",
    [
        "<!--",
        "<![CDATA[",
        "<?",
        "<item>",
        "<item></item>",
        "<item ",
        "</item>",
        "<",
        "'\"",
        "<b>",
        "<a:b>",
        "encoding=''",
        "&a;",
        " ",
    ],
)
@pytest.mark.parametrize("before", ["", "<?xml ", "<rss><channel>", "<rss><channel><item></item><item>"])
def test_a_megabyte_of_anything_takes_no_longer_than_it_should(unit: str, before: str) -> None:
    body = (before + unit * (1_000_000 // len(unit))).encode()
    begun = time.process_time()
    split(body, url=URL, content_type=XML)
    assert time.process_time() - begun < 60  # no speed: only an explosion takes so long
