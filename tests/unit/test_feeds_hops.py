"""Addresses on the way to a feed, and where it has moved for good."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbot.errors import FetchError
from riskbot.feeds.hops import LONGEST_KEPT, Hop, moved_to, read_hop

FEED = "https://news.example/feed"


def _hop(target: str, base: str = FEED) -> Hop:
    return read_hop(base, target, FEED)


def _way(*steps: tuple[int, str], start: str = FEED) -> str | None:
    first = hop = read_hop("", start, start)
    walked = []
    for status, target in steps:
        hop = read_hop(hop.url, target, start)
        walked.append((status, hop))
    return moved_to(first, walked)


def test_an_address_is_read_once() -> None:
    assert _hop("http://Joe:x@News.Example.:8080/a?b#c", "") == Hop(
        "http://Joe:x@News.Example.:8080/a?b#c", "http", "news.example", 8080, credentials=True
    )
    assert _hop("https://[2606:4700::1111]/", "").place == ("2606:4700::1111", 443)
    assert _hop("http://8.8.8.8/", "").place == ("8.8.8.8", 80)
    assert _hop("https://bücher.example/", "").host == "bücher.example"


@pytest.mark.parametrize(
    ("target", "url"),
    [
        ("/new", "https://news.example/new"),
        ("new", "https://news.example/new"),
        ("//other.example/new", "https://other.example/new"),
        ("?page=2", "https://news.example/feed?page=2"),
        ("http://other.example/", "http://other.example/"),
    ],
)
def test_a_target_is_read_as_seen_from_where_it_was_named(target: str, url: str) -> None:
    assert _hop(target).url == url


@pytest.mark.parametrize("target", ["ftp://a.example/", "file:///etc/passwd", "mailto:joe@a.example", "data:,x"])
def test_other_schemes_are_refused(target: str) -> None:
    with pytest.raises(FetchError, match=r"https://news\.example/feed") as caught:
        _hop(target)
    assert caught.value.reason == "bad-scheme"


@pytest.mark.parametrize(
    "target",
    [
        "http://",
        "http://./",
        "http://a b.example/",
        "http://a.example\\@b.example/",
        "http://a.example/\x07",
        "http://[nonsense/",
        "http://a.example:99999/",
        "http://a.example:x/",
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f.0.0.1/",
        "http://0X7F000001/",
        "http://0177.0.0.1/",
        "http://1.2.3.4.5/",
        "http://256.1.1.1/",
        "http://news.example.123/",
        "http://１２７.0.0.1/",
        "http://127。0。0。1/",
        "http://127.0.0.①/",
        "http://%6cocalhost/",
        "http://[fe80::1%25eth0]/",
    ],
)
def test_what_reads_differently_to_different_parsers_is_no_address(target: str) -> None:
    with pytest.raises(FetchError) as caught:
        _hop(target)
    assert caught.value.reason == "bad-address"


@given(st.text(max_size=40), st.sampled_from(["", "http://", "https://x.example", "//"]))
def test_any_text_is_an_address_or_an_error_that_names_the_feed(text: str, first: str) -> None:
    try:
        hop = _hop(first + text)
    except FetchError as error:
        named = error
    else:
        assert hop.scheme in ("http", "https")
        assert hop.host
        assert 0 <= hop.port < 65_536
        return
    assert named.reason in ("bad-address", "bad-scheme")
    assert "news.example" in str(named)


@pytest.mark.parametrize(
    ("steps", "moved"),
    [
        ([], None),
        ([(301, "/new")], "https://news.example/new"),
        ([(308, "/new")], "https://news.example/new"),
        ([(301, "/mid"), (308, "/new")], "https://news.example/new"),
        ([(302, "/new")], None),
        ([(303, "/new")], None),
        ([(307, "/new")], None),
        ([(302, "/mid"), (301, "/new")], None),
        ([(301, "/mid"), (302, "/now")], "https://news.example/mid"),
        ([(301, "/mid"), (307, "/now"), (301, "/new")], "https://news.example/mid"),
        ([(301, "/new#top")], "https://news.example/new"),
        ([(301, FEED)], None),
        ([(301, "/a"), (301, "/feed")], None),
        ([(301, "https://joe:x@news.example/new")], None),
        ([(301, "https://token@news.example/mid"), (301, "https://news.example/new")], "https://news.example/new"),
        ([(301, "/" + "x" * LONGEST_KEPT)], None),
        ([(301, "/mid"), (301, "/" + "x" * LONGEST_KEPT)], "https://news.example/mid"),
        ([(301, "http://news.example/new")], None),
        ([(301, "/mid"), (301, "http://news.example/new")], "https://news.example/mid"),
        ([(301, "http://news.example/new"), (301, "https://evil.example/")], None),
    ],
)
def test_a_feed_lives_where_permanent_redirects_alone_lead(steps: list[tuple[int, str]], moved: str | None) -> None:
    assert _way(*steps) == moved


def test_without_encryption_there_is_none_to_lose() -> None:
    plain = "http://news.example/feed"
    assert _way((301, "http://other.example/"), start=plain) == "http://other.example/"
    assert _way((301, "https://news.example/feed"), start=plain) == "https://news.example/feed"
    assert _way((301, "https://a.example/"), (301, "http://b.example/"), start=plain) == "https://a.example/"


def test_an_address_of_exactly_the_longest_is_kept() -> None:
    start = "https://news.example/"
    for more, kept in ((0, True), (1, False)):
        target = start + "x" * (LONGEST_KEPT - len(start) + more)
        assert (_way((301, target)) == target) is kept
