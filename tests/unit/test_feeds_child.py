"""What the child process is asked and answers: JSON of plain values, and a name for whatever went wrong."""

from __future__ import annotations

import json

from riskbot.feeds.child import answer, pack, unpack
from tests.feeddocs import NOW, URL, hashes, item, read_new, rss
from tests.feedserver import RSS


def _header(**more: object) -> dict[str, object]:
    return {"kind": "feed", "url": URL, "content_type": None, "now": NOW.isoformat(), "limit": 10, "known": ""} | more


def test_what_was_parsed_survives_the_way_out_of_the_child() -> None:
    first = read_new(rss(item("a", "<pubDate>Mon, 17 Nov 2025 08:00:00 GMT</pubDate>") + "<ttl>60</ttl>" + item("b")))
    for parsed in (
        first,
        read_new(rss(item("a") + item("b")), hashes(first)),
        read_new(b"<!DOCTYPE rss>" + rss("<item><title>中 “x”</title></item>", "")),
    ):
        assert unpack(json.loads(json.dumps(pack(parsed)))) == parsed


def test_the_child_reads_what_is_not_known() -> None:
    first = unpack(answer(_header(), rss(item("a"))))
    second = unpack(answer(_header(known=first.items[0][0].hex()), rss(item("a") + item("b"))))
    assert [one.title for one in second.entries] == ["b"]


def test_the_child_names_whatever_went_wrong() -> None:
    said = answer(_header(), b"words")
    assert said["reason"] == "not-a-feed"
    assert URL in said["message"]
    assert said["mend"]
    crashed = answer(_header(limit=None), RSS)
    assert crashed["reason"] == "parse-crashed"
    assert "TypeError" in crashed["message"]


def test_a_page_is_refused_with_the_feeds_that_it_names() -> None:
    links = "".join(f'<link rel="alternate" type="application/rss+xml" title="F{n}" href="/{n}.xml">' for n in range(5))
    said = answer(_header(), f"<!doctype html><html><head>{links}</head></html>".encode())
    assert said["reason"] == "html-not-feed"
    assert said["mend"] == (
        "give the feed one of the addresses that the page names: https://news.example/0.xml (F0), "
        "https://news.example/1.xml (F1), https://news.example/2.xml (F2) and 2 more"
    )
    assert "page" not in answer(_header(), b"<!doctype html><html></html>")["mend"]
