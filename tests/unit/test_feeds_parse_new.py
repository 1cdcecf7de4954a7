"""Of a document that changed only what is new is read, and nothing else of it is lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from riskbot.errors import FetchError
from riskbot.feeds.parse import new_items, parse
from riskbot.model import Entry, Wishes
from riskbot.text.urls import link_key
from tests.feeddocs import NOW, URL, hashes, item, read_new, rss


def test_only_items_that_were_not_known_are_read() -> None:
    first = read_new(rss(item("a") + item("b")))
    assert [one.title for one in first.entries] == ["a", "b"]
    second = read_new(rss(item("c") + item("b") + item("a")), hashes(first))
    assert [one.title for one in second.entries] == ["c"]
    assert (second.count, second.whole, second.wishes) == (3, None, Wishes())
    assert [key for _, key in second.items] == [link_key("https://n.example/c"), None, None]
    assert set(hashes(first)) < set(hashes(second))


def test_where_nothing_is_new_nothing_is_read() -> None:
    body = rss(item("a") + item("b") + "<ttl>60</ttl>")
    first = read_new(body)
    again = read_new(body.replace(b"<ttl>60", b"<ttl>90"), hashes(first))
    assert (again.entries, again.count, again.wishes, again.whole) == ((), 2, None, None)
    assert again.items == tuple((hash_, None) for hash_ in hashes(first))


def test_an_edited_item_is_read_again() -> None:
    first = read_new(rss(item("a") + item("b")))
    second = read_new(rss(item("a", "<description>more</description>") + item("b")), hashes(first))
    assert [one.text for one in second.entries] == ["more"]


def test_an_items_key_is_that_of_its_link_however_it_is_written() -> None:
    keys = [
        key for _, key in read_new(rss(item("a", "<link>https://N.example/a?utm_source=x</link>") + item("a"))).items
    ]
    assert keys == [link_key("https://n.example/a")] * 2
    assert read_new(rss("<item><title>a</title></item><item></item>")).items[0][1] == b""


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"<!DOCTYPE rss>" + rss(item("a"), ""), "doctype"),
        (rss(item("a") + "<item><title>b & c</title></item>"), "malformed"),
        (rss(item("a"), "").replace(b"item", b"ITEM"), "no-items"),
        (b'<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title></feed>', None),
    ],
)
def test_what_cannot_be_taken_apart_is_read_whole_and_says_why(body: bytes, why: str | None) -> None:
    parsed = read_new(body, known=[b"x" * 32])
    assert (parsed.whole, parsed.items) == (why, ())
    assert parsed.entries == parse(body, url=URL, content_type=None, now=NOW, limit=100)
    assert parsed.count == len(parsed.entries)
    assert parsed.wishes == Wishes()


def test_json_is_always_read_whole_which_costs_nothing() -> None:
    body = b'{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "title": "T"}]}'
    parsed = read_new(body)
    assert (parsed.count, parsed.items, parsed.whole, parsed.wishes) == (1, (), None, Wishes())
    assert parsed.entries == (Entry("T", "", "1"),)


def test_too_many_items_are_refused_before_any_is_read() -> None:
    with pytest.raises(FetchError) as caught:
        read_new(rss("<item><title>T</title></item>" * 11), limit=10)
    assert caught.value.reason == "too-many-entries"


def test_what_a_document_wishes_is_read_with_what_is_new() -> None:
    head = "<ttl>60</ttl><skipDays><day>Sunday</day></skipDays>"
    tail = "<skipHours><hour>3</hour></skipHours>"
    for body in (rss(head + item("a") + tail), b"<!DOCTYPE rss>" + rss(head + tail + item("a"), "")):
        assert read_new(body).wishes == Wishes(timedelta(hours=1), frozenset({3}), frozenset({6}))


def test_an_item_dated_too_far_ahead_is_read_again_until_its_date_counts() -> None:
    body = rss(item("a", "<pubDate>Thu, 20 Nov 2025 08:00:00 GMT</pubDate>") + item("b"))
    first = read_new(body)
    assert [one.published for one in first.entries] == [None, None]
    second = read_new(body, hashes(first), NOW + timedelta(days=1))
    assert [(one.title, one.published) for one in second.entries] == [("a", None)]
    third = read_new(body, hashes(second), NOW + timedelta(days=2))
    assert [one.published for one in third.entries] == [datetime(2025, 11, 20, 8, tzinfo=UTC)]
    assert read_new(body, hashes(third), NOW + timedelta(days=3)).entries == ()
    # Its key stands in for it all the while, under a hash of its own.
    assert [key for _, key in first.items] == [link_key(f"https://n.example/{name}") for name in "ab"]
    assert len(set(hashes(first)) | set(hashes(third))) == 3


@pytest.mark.parametrize("date", ["Thu, 20 Nov 2225 08:00:00 GMT", "Thu, 20 Nov 1925 08:00:00 GMT", "some day", ""])
def test_a_date_that_will_never_count_is_not_waited_for(date: str) -> None:
    body = rss(item("a", f"<pubDate>{date}</pubDate>"))
    assert read_new(body, hashes(read_new(body))).entries == ()


@pytest.mark.parametrize("identity", ["i-1", "7", "https://n.example/?a=1&amp;b=2", "Zürich", "中国", "x &lt; y"])
def test_of_items_with_one_id_the_first_counts_though_it_is_known(identity: str) -> None:
    def named(title: str, number: str = identity) -> str:
        return f"<item><title>{title}</title><guid isPermaLink='false'>{number}</guid></item>"

    others = [named(f"other {number}", f"another-{number}") for number in range(5)]
    first = read_new(rss(others[0] + named("first") + "".join(others[1:])))
    body = rss(others[0] + named("first") + "".join(others[1:]) + named("second"))
    entries = read_new(body, hashes(first)).entries
    ids = {one.entry_id for one in entries if one.title in ("first", "second")}
    assert len(ids) == 1
    titles = [one.title for one in entries]
    assert titles.index("first") < titles.index("second")
    above = rss(named("second") + "".join(others) + named("first"))
    assert [one.title for one in read_new(above, hashes(first)).entries] == ["second"]


def test_an_id_that_is_part_of_another_or_of_no_other_has_no_item_read_again() -> None:
    def numbered(number: str) -> str:
        return f"<item><title>t</title><guid>{number}</guid><description>{number}0 x{number}</description></item>"

    first = read_new(rss(numbered("71") + numbered("170") + "<item><title>no id</title></item>"))
    second = read_new(
        rss(numbered("71") + numbered("170") + "<item><title>no id</title></item>" + numbered("17")), hashes(first)
    )
    assert [one.entry_id for one in second.entries] == ["17"]


def test_a_known_item_keeps_the_language_it_was_read_with() -> None:
    first = read_new(rss("<language>de</language>" + item("a")))
    second = read_new(rss("<language>fr</language>" + item("a") + item("b")), hashes(first))
    assert [(one.title, one.language) for one in (*first.entries, *second.entries)] == [("a", "de"), ("b", "fr")]


def test_what_is_new_can_be_listed_without_reading_it() -> None:
    known = hashes(read_new(rss(item("a"))))
    body = rss(item("a") + item("b", "<description><![CDATA[<b>bold</b> words]]></description>"))
    listed = new_items(body, url=URL, content_type=None, known=known)
    assert list(listed) == [hash_ for hash_ in hashes(read_new(body)) if hash_ not in known]
    assert list(listed.values()) == ["b https://n.example/b bold words"]
    assert new_items(b"<!DOCTYPE rss>" + rss(item("a"), ""), url=URL, content_type=None, known=()) == {}
