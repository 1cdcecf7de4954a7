"""OPML: what a list of feeds says, what is refused with its place, and that what goes out comes back in."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbot.errors import Problem, RulesError
from riskbot.rulefiles.opml import MAX_BYTES, Outline, read_opml, write_opml
from tests.builders import feed


def opml(*outlines: str) -> bytes:
    """A list with these outlines; the first stands in line 3."""
    return ('<?xml version="1.0"?>\n<opml version="2.0"><body>\n' + "\n".join(outlines) + "\n</body></opml>").encode()


def problems(data: bytes) -> tuple[Problem, ...]:
    with pytest.raises(RulesError) as caught:
        read_opml(data, "feeds.opml")
    assert all(problem.file == "feeds.opml" and problem.mend for problem in caught.value.problems)
    return caught.value.problems


# ── what is read ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_outline_with_an_address_is_a_feed_and_its_folders_are_tags() -> None:
    found = read_opml(
        opml(
            '<outline text="Governments"><outline text="United Kingdom">',
            '<outline type="rss" text="OFSI" title="ignored" xmlUrl="https://gov.example/ofsi.atom" htmlUrl="https://x/"/>',
            '</outline></outline><outline text="BBC World" xmlUrl="https://bbc.example/rss"/>',
        ),
        "feeds.opml",
    )
    assert found == (
        Outline("OFSI", "https://gov.example/ofsi.atom", ("governments", "united-kingdom"), 4),
        Outline("BBC World", "https://bbc.example/rss", (), 5),
    )


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ('title="Only a title" xmlUrl="https://a.example/"', Outline("Only a title", "https://a.example/", (), 3)),
        ('TEXT="A" XMLURL=" https://a.example/ "', Outline("A", "https://a.example/", (), 3)),
        ('xmlUrl="feed://a.example/rss"', Outline("", "http://a.example/rss", (), 3)),
        ('xmlUrl="feed:https://a.example/rss"', Outline("", "https://a.example/rss", (), 3)),
        ('text="A" xmlUrl="https://a.example/" category="/Boston/Weather, us"', ("boston", "weather", "us")),
        ('text="A" xmlUrl="https://a.example/" category=",/,,"', ()),
        ('text="  A&#10; &#x202e;B " xmlUrl="https://a.example/?a=1&amp;b=2"', "https://a.example/?a=1&b=2"),
    ],
)
def test_what_readers_write_in_practice_is_understood(attributes: str, expected: object) -> None:
    (found,) = read_opml(opml(f"<outline {attributes}/>"), "feeds.opml")
    assert expected in (found, found.tags, found.url)


def test_a_title_is_one_clean_line() -> None:
    (found,) = read_opml(opml('<outline text=" A&#10; &#x202e;B " xmlUrl="https://a.example/"/>'), "feeds.opml")
    assert found.title == "A B"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_the_encoding_may_be_any_that_the_file_names(encoding: str) -> None:
    label = encoding.removesuffix("-sig")
    text = f'<?xml version="1.0" encoding="{label}"?><opml><body><outline text="Züri" xmlUrl="https://a.example/"/></body></opml>'
    assert read_opml(text.encode(encoding), "feeds.opml")[0].title == "Züri"


# ── what is refused ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("data", "code", "place"),
    [
        (b" \n", "empty-file", (0, 0)),
        (b'{"feeds": []}', "not-xml", (1, 1)),
        (b"<!DOCTYPE html>\n<html><body><p>Page<br></body></html>", "not-opml", (2, 1)),
        (b"<rss version='2.0'><channel/></rss>", "not-opml", (1, 1)),
        (opml('<outline xmlUrl="https://a.example/?a=1&b=2"/>'), "not-xml", (3, 42)),
        (opml('<outline xmlUrl="https://a.example/"/>')[:70], "not-xml", (3, 1)),
        (opml('<outline text="a folder"/>'), "no-feed", (0, 0)),
        (b"<opml><body></body></opml>", "no-feed", (0, 0)),
        (opml("<outline>" * 51 + "</outline>" * 51), "too-deep", (3, 451)),
        (b" " * (MAX_BYTES + 1), "file-too-large", (0, 0)),
    ],
)
def test_what_is_no_list_of_feeds_is_refused_with_its_place(data: bytes, code: str, place: tuple[int, int]) -> None:
    (problem,) = problems(data)
    assert (problem.code, (problem.line, problem.column)) == (code, place)


def test_entities_are_refused_where_they_are_declared_and_never_unfolded() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 30))
    bomb = f'<!DOCTYPE opml [\n<!ENTITY l0 "ha">{laughs}]><opml><body><outline text="&l29;"/></body></opml>'
    outside = '<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/passwd">]><opml><body><outline text="&x;"/></body></opml>'
    for document, line in ((bomb, 2), (outside, 1)):
        (problem,) = problems(document.encode())
        assert (problem.code, problem.line) == ("entity", line)
        assert "passwd" not in problem.message


def test_every_address_that_is_none_is_told_and_nothing_is_read_in_part() -> None:
    told = problems(
        opml(
            '<outline xmlUrl="https://good.example/"/>',
            '<outline xmlUrl="ftp://a.example/"/>',
            '<outline xmlUrl=""/>',
            '  <outline xmlUrl="https://a b.example/"/>',
            '<outline xmlUrl="https://a.example:99999/"/>',
        )
    )
    assert [(problem.code, problem.line, problem.column) for problem in told] == [
        ("bad-url", 4, 1),
        ("bad-url", 5, 1),
        ("bad-url", 6, 3),
        ("bad-url", 7, 1),
    ]
    assert "'ftp://a.example/'" in told[0].message
    assert told[0].source == '<outline xmlUrl="ftp://a.example/"/>'


def test_a_hundred_mistakes_are_enough() -> None:
    assert len(problems(opml(*['<outline xmlUrl="x"/>'] * 5000))) == 100


@given(st.binary(max_size=200))
def test_whatever_the_bytes_are_they_are_refused_or_hold_a_feed(data: bytes) -> None:
    for document in (data, b"<opml>" + data, b'<opml><outline xmlUrl="' + data + b'"/></opml>'):
        with suppress(RulesError):
            assert read_opml(document, "feeds.opml")


# ── what is written ──────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_written_is_opml_2_with_names_addresses_and_categories() -> None:
    document = write_opml([feed("bbc", url="https://bbc.example/?a=1&b=2", tags=("uk", "a,b/c"))], "Feeds & more")
    root = ET.fromstring(document)
    assert (root.tag, root.get("version")) == ("opml", "2.0")
    assert root.findtext("head/title") == "Feeds & more"
    assert [outline.attrib for outline in root.iter("outline")] == [
        {
            "type": "rss",
            "text": "bbc",
            "title": "bbc",
            "xmlUrl": "https://bbc.example/?a=1&b=2",
            "category": "uk,a b c",
        }
    ]


_words = st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=20)
_paths = st.text(st.characters(categories=("L", "N", "P", "S")), max_size=30)


@given(st.lists(st.tuples(_words, _paths, st.lists(_words, max_size=3)), min_size=1, max_size=5))
def test_what_is_written_is_read_with_the_same_addresses_in_the_same_order(
    values: list[tuple[str, str, list[str]]],
) -> None:
    feeds = [feed(name, url=f"https://a.example/{path}", tags=tuple(tags)) for name, path, tags in values]
    document = write_opml(feeds, "Feeds").encode()
    assert [outline.url for outline in read_opml(document, "feeds.opml")] == [each.url for each in feeds]
