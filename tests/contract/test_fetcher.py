"""What the core may rely on of a Fetcher, held against the real one over real HTTP."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from riskbot.errors import FetchError
from riskbot.feeds.bounds import Bounds
from riskbot.feeds.failures import failure
from riskbot.feeds.fetcher import FeedFetcher
from riskbot.feeds.serve import ReplayServer
from riskbot.model import Article, Entry, Feed, FeedState, Wishes
from riskbot.ports import Document, Fetcher, Polled
from riskbot.text.urls import link_key
from tests.feedreads import documents
from tests.feedserver import RSS, FeedServer, bomb, breaks_off, dripping, endless, slow_author, slow_headers

NOW = datetime(2025, 11, 17, 12, 0, tzinfo=UTC)
NEW = FeedState("news")


@asynccontextmanager
async def _fetcher(bounds: Bounds | None = None) -> AsyncIterator[Fetcher]:
    async with FeedFetcher(lambda: NOW, "ops@bank.example", bounds) as fetcher:
        yield fetcher


def _feed(server: FeedServer, path: str = "/feed") -> Feed:
    return Feed("news", server.url(path), allow_private=True)


def _state(polled: Polled) -> FeedState:
    items = polled.document.items if polled.document else {}
    return FeedState("news", polled.etag, polled.last_modified, polled.body_hash, items=items)


async def _reason(fetcher: Fetcher, feed: Feed) -> str:
    with pytest.raises(FetchError) as caught:
        await fetcher.poll(feed, NEW)
    assert feed.url in str(caught.value)
    assert caught.value.mend
    return caught.value.reason


async def test_a_poll_brings_entries_and_what_to_ask_with_next_time() -> None:
    async with FeedServer() as server, _fetcher() as fetcher:
        server.answers(headers={"ETag": '"1"', "Last-Modified": "Mon, 17 Nov 2025 09:00:00 GMT"})
        polled = await fetcher.poll(_feed(server), NEW)
        assert polled.outcome == "entries"
        assert polled.entries == (
            Entry(
                title="White House memo names Alibaba",
                text="It helps the military.",
                entry_id="n-1",
                url=server.url("/a/1"),
                published=datetime(2025, 11, 17, 8, 0, tzinfo=UTC),
            ),
        )
        assert (polled.etag, polled.last_modified) == ('"1"', "Mon, 17 Nov 2025 09:00:00 GMT")
        assert polled.body_hash


async def test_304_is_unchanged_and_keeps_what_was_known() -> None:
    async with FeedServer() as server, _fetcher() as fetcher:
        server.answers(body=b"", status=304, headers={"Cache-Control": "max-age=600"})
        known = FeedState("news", '"1"', "Mon, 17 Nov 2025 09:00:00 GMT", "hash")
        assert await fetcher.poll(_feed(server), known) == Polled(
            "unchanged", (), '"1"', known.last_modified, "hash", max_age=timedelta(minutes=10)
        )


async def test_the_same_body_again_is_unchanged_and_not_parsed() -> None:
    async with FeedServer() as server, _fetcher() as fetcher:
        server.answers()
        state = _state(await fetcher.poll(_feed(server), NEW))
        server.answers(headers={"ETag": '"2"', "Content-Encoding": "gzip"}, body=gzip.compress(RSS))
        assert await fetcher.poll(_feed(server), state) == Polled("unchanged", (), '"2"', None, state.body_hash)


SECOND = RSS[RSS.index(b"<item>") : RSS.index(b"</channel>")].replace(b"memo", b"letter").replace(b"n-1", b"n-2")


async def test_the_next_poll_brings_only_what_the_last_document_did_not_hold() -> None:
    async with FeedServer() as server, _fetcher() as fetcher:
        server.answers()
        first = await fetcher.poll(_feed(server), NEW)
        key = link_key(server.url("/a/1"))
        assert first.document is not None
        assert (first.document.entries, [*first.document.items.values()]) == (1, [key])
        assert (first.document.whole, first.document.wishes) == (None, Wishes())
        server.answers(body=RSS.replace(b"<item>", b"<ttl>60</ttl>" + SECOND + b"<item>"))
        second = await fetcher.poll(_feed(server), _state(first))
        assert [one.entry_id for one in second.entries] == ["n-2"]
        assert second.document is not None
        assert second.document.entries == 2
        assert [*second.document.items.values()] == [key, key], "keys of known items are kept"
        assert set(first.document.items) < set(second.document.items)
        assert second.document.wishes == Wishes(timedelta(hours=1))
        server.answers(body=RSS.replace(b"<title>News", b"<title>Other news"))
        third = await fetcher.poll(_feed(server), _state(second))
        assert (third.outcome, third.entries, third.document) == ("entries", (), Document(1, first.document.items))


async def test_a_document_that_is_read_whole_says_why_and_remembers_no_items() -> None:
    async with FeedServer() as server, _fetcher() as fetcher:
        server.answers(body=RSS.replace(b"News<", b"News & more<"))
        polled = await fetcher.poll(_feed(server), NEW)
        assert polled.document == Document(1, whole="malformed", wishes=Wishes())
        assert len(polled.entries) == 1


async def test_a_document_that_could_be_read_in_part_only_is_asked_for_again() -> None:
    slow = slow_author()
    poisoned = slow[slow.index(b"<item>") : slow.index(b"</channel>")].replace(b"n-1", b"n-3")
    async with FeedServer() as server, _fetcher(Bounds(parse_time=timedelta(seconds=1))) as fetcher:
        server.answers(body=RSS.replace(b"<item>", SECOND + poisoned + b"<item>"), headers={"ETag": '"1"'})
        polled = await fetcher.poll(_feed(server), NEW)
        assert [one.entry_id for one in polled.entries] == ["n-2", "n-1"]
        assert polled.document is not None
        assert (polled.document.entries, len(polled.document.items), polled.document.whole) == (3, 2, "unread-items")
        assert (polled.etag, polled.last_modified, polled.body_hash) == (None, None, None)
        with pytest.raises(FetchError, match="because of the entry that begins “White House memo") as caught:
            await fetcher.poll(_feed(server), _state(polled))
        assert caught.value.reason == "parse-timeout"


async def test_a_feed_that_moved_is_told_and_asked_for_where_it_is() -> None:
    async with FeedServer() as server, _fetcher() as fetcher:
        server.redirects("/feed", "/new", 301)
        server.answers("/new", headers={"Cache-Control": "max-age=60"})
        polled = await fetcher.poll(_feed(server), NEW)
        assert (polled.moved, polled.max_age) == (server.url("/new"), timedelta(minutes=1))
        again = await fetcher.poll(_feed(server), replace(_state(polled), moved_to=polled.moved))
        assert (again.outcome, again.moved) == ("unchanged", None)
        assert [request.path for request in server.requests] == ["/feed", "/new", "/new"]


async def test_a_private_feed_covers_its_configured_place_and_no_other_it_moved_to() -> None:
    async with FeedServer() as server, FeedServer() as other, _fetcher() as fetcher:
        server.answers()
        other.answers()
        assert (await fetcher.poll(_feed(server), replace(NEW, moved_to=server.url("/feed?")))).entries
        with pytest.raises(FetchError) as caught:
            await fetcher.poll(_feed(server), replace(NEW, moved_to=other.url()))
        assert caught.value.reason == "bad-port"
        assert not other.requests


async def test_a_web_page_is_refused_with_the_feeds_it_names() -> None:
    async with FeedServer() as server, _fetcher() as fetcher:
        page = b"<!doctype html><html><head><link rel=alternate type='application/rss+xml' title=News href=/rss></head>"
        server.answers(body=page)
        with pytest.raises(FetchError) as caught:
            await fetcher.poll(_feed(server), NEW)
        assert caught.value.reason == "html-not-feed"
        assert f"{server.url('/rss')} (News)" in caught.value.mend


async def test_pages_of_articles_are_read_through_the_same_guards() -> None:
    sentences = "".join(f"<p>On {day} the ministry said that the rules would stay as they are.</p>" for day in DAYS)
    async with FeedServer() as server, _fetcher(Bounds(page_pause=timedelta(0))) as fetcher:
        server.answers(
            "/a/1",
            f"<html><body><article>{sentences}</article></body></html>".encode(),
            headers={"Content-Type": "text/html"},
        )
        here, private = server.url("/a/1"), "http://10.0.0.1/a/2"
        pages = await fetcher.pages(_feed(server), [here, private])
        assert "On Monday the ministry said" in str(pages[here])
        refused = pages[private]
        assert isinstance(refused, FetchError)
        assert refused.reason == "private-address"


DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")


async def test_every_failure_is_named_and_none_disturbs_the_next_poll() -> None:
    bounds = Bounds(total=timedelta(seconds=0.7), parse_time=timedelta(seconds=0.7), entries=50)
    async with FeedServer() as server, _fetcher(bounds) as fetcher:
        bodies = {
            "empty": b"",
            "empty?blanks": b" \n\r\n ",
            "html-not-feed": b"<!doctype html><html><body>Sorry</body></html>",
            "not-a-feed": b"Sorry",
            "too-many-entries": b"<rss><channel>" + b"<item><title>x</title></item>" * 51 + b"</channel></rss>",
            "parse-timeout": slow_author(),
        }
        for reason, body in bodies.items():
            server.answers(f"/{reason}", body)
        server.answers("/http-404", status=404)
        server.answers("/gone", status=410)
        server.answers("/too-large", bomb(64 << 20), headers={"Content-Encoding": "gzip"})
        server.redirects("/too-many-redirects", "/too-many-redirects")
        server.redirects("/private-address", "http://10.0.0.1/")
        server.routes |= {"/timed-out": dripping, "/timed-out?headers": slow_headers, "/reset": breaks_off}
        server.answers("/good")
        await fetcher.poll(_feed(server, "/good"), NEW)  # a parser is up before the clock runs
        feeds = [_feed(server, path) for path in server.routes if path != "/good"]
        reasons = await asyncio.gather(*(_reason(fetcher, feed) for feed in feeds))
        expected = [path[1:].partition("?")[0] for path in server.routes if path != "/good"]
        assert reasons == expected
        assert len((await fetcher.poll(_feed(server, "/good"), NEW)).entries) == 1


async def test_an_endless_feed_delays_no_other() -> None:
    async with FeedServer() as server, _fetcher(Bounds(body=1 << 40, total=timedelta(seconds=1))) as fetcher:
        server.routes["/endless"] = dripping
        server.answers()
        slow = asyncio.create_task(_reason(fetcher, _feed(server, "/endless")))
        await fetcher.poll(_feed(server), NEW)
        assert not slow.done()
        assert await slow == "timed-out"
    async with FeedServer() as server, _fetcher() as fetcher:
        server.routes["/feed"] = endless
        assert await _reason(fetcher, _feed(server)) == "too-large"


async def test_a_feed_that_is_not_marked_private_cannot_be_on_this_machine() -> None:
    with ReplayServer() as server:
        async with _fetcher() as fetcher:
            assert await _reason(fetcher, Feed("news", server.url)) == "bad-port"
        port = int(server.url.split(":")[2].split("/")[0])
        async with _fetcher(Bounds(ports=frozenset({port}))) as fetcher:
            assert await _reason(fetcher, Feed("news", server.url)) == "private-address"


async def test_replayed_articles_come_one_at_a_time_and_as_they_were() -> None:
    articles = [
        Article(
            "a1", "Chips & dips: <b> is bold", "One\nline\n\nNext: café “&lt;”", "https://n.example/1", outlet="FT"
        ),
        Article("a2", "阿里巴巴 memo", "", published=NOW),
    ]
    with ReplayServer() as server:
        async with _fetcher() as fetcher:
            feed, state = server.feed("replay"), FeedState("replay")
            assert (await fetcher.poll(feed, state)).entries == ()
            for count, article in enumerate(articles, 1):
                server.release(article)
                polled = await fetcher.poll(feed, state)
                state = _state(polled)
                (newest,) = polled.entries
                assert polled.document is not None
                assert polled.document.entries == count
                assert (newest.title, newest.text, newest.entry_id) == (article.title, article.text, article.id)
                assert (newest.url, newest.outlet, newest.published) == (article.url, article.outlet, article.published)
                assert (await fetcher.poll(feed, state)).outcome == "unchanged"


def test_every_reason_has_a_sentence_and_a_mend() -> None:
    error = failure("timed-out", "https://u:p@n.example/x", 30)
    assert str(error) == "https://…@n.example/x did not answer in full within 30 s"
    assert error.mend
    with pytest.raises(KeyError):
        failure("no-such-reason", "https://n.example/")


async def test_a_sample_of_collected_documents_is_read_or_refused() -> None:
    paths = documents()[::20]
    async with FeedServer() as server, _fetcher(Bounds(per_host=4)) as fetcher:
        for number, path in enumerate(paths):
            server.answers(f"/{number}", path.read_bytes())

        async def one(number: int) -> str:
            try:
                await fetcher.poll(_feed(server, f"/{number}"), NEW)
            except FetchError as error:
                return error.reason
            return "read"

        outcomes = await asyncio.gather(*(one(number) for number in range(len(paths))))
    assert set(outcomes) <= {"read", "not-a-feed", "html-not-feed", "empty"}
    assert outcomes.count("read") > 0.9 * len(paths)
