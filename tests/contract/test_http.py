"""One GET and what it brings, from servers that mean well, on loopback."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from datetime import timedelta

import pytest

from riskbot.feeds.bounds import Bounds
from riskbot.feeds.http import PAGES, Answer, Http
from tests.asking import asking, loopback, now, reason, refused
from tests.feedserver import RSS, FeedServer, Request, dripping, head


async def test_an_answer_carries_body_and_validators_verbatim() -> None:
    async with asking() as (server, http):
        validators = {"ETag": 'W/"a  b"', "Last-Modified": "Whenever, it was", "Content-Type": "text/xml"}
        server.answers(headers=validators)
        answer = await http.get(server.url(), home=server.url())
        assert answer == Answer(RSS, server.url(), None, 'W/"a  b"', "Whenever, it was", "text/xml")
        asked = server.requests[0].headers
        assert asked["user-agent"].startswith("riskbot/")
        assert asked["user-agent"].endswith("(+ops@bank.example)")
        assert "application/rss+xml" in asked["accept"]
        assert "if-none-match" not in asked


async def test_a_page_is_asked_for_as_a_page() -> None:
    async with asking() as (server, http):
        server.answers("/page", b"<p>Hello", headers={"Content-Type": "text/html"})
        answer = await http.get(server.url("/page"), home=server.url(), accept=PAGES)
        assert (answer.body, answer.content_type) == (b"<p>Hello", "text/html")
        assert server.requests[0].headers["accept"].startswith("text/html")


async def test_validators_are_sent_as_they_came_and_304_means_unchanged() -> None:
    async with asking() as (server, http):
        server.answers(body=b"", status=304)
        answer = await http.get(server.url(), etag='W/"a  b"', last_modified="Whenever", home=server.url())
        assert answer.body is None
        assert server.requests[0].headers["if-none-match"] == 'W/"a  b"'
        assert server.requests[0].headers["if-modified-since"] == "Whenever"
        assert await reason(http.get(server.url(), home=server.url())) == "http-304"


async def test_a_304_may_tell_the_length_of_what_it_does_not_send() -> None:
    async with asking() as (server, http):
        server.answers(body=b"", status=304, headers={"Content-Length": "999999999"})
        for _ in range(2):
            assert (await http.get(server.url(), etag='"1"', home=server.url())).body is None


@pytest.mark.parametrize(("status", "why"), [(404, "http-404"), (410, "gone"), (500, "http-500"), (403, "http-403")])
async def test_a_status_that_brings_nothing_is_a_reason(status: int, why: str) -> None:
    async with asking() as (server, http):
        server.answers(status=status)
        error = await refused(http.get(server.url(), home=server.url()))
        assert (error.reason, error.retry_after) == (why, None)


async def test_an_answer_that_says_it_has_no_content_is_a_reason() -> None:
    async with asking() as (server, http):
        server.answers(body=b"", status=204)
        assert await reason(http.get(server.url(), home=server.url())) == "empty"


@pytest.mark.parametrize("status", [429, 503, 404, 410, 500])
async def test_a_failure_says_how_long_the_server_asks_us_to_stay_away(status: int) -> None:
    async with asking() as (server, http):
        server.answers(status=status, headers={"Retry-After": "3600"})
        assert (await refused(http.get(server.url(), home=server.url()))).retry_after == timedelta(hours=1)
        date = {"Retry-After": "Mon, 17 Nov 2025 12:20:00 GMT"}
        server.answers(status=status, headers=date)
        assert (await refused(http.get(server.url(), home=server.url()))).retry_after == timedelta(minutes=20)
        server.answers(status=status, headers=date | {"Date": "Mon, 17 Nov 2025 12:10:00 GMT"})
        assert (await refused(http.get(server.url(), home=server.url()))).retry_after == timedelta(minutes=10)


@pytest.mark.parametrize(("status", "body"), [(200, RSS), (304, b"")])
async def test_an_answer_says_how_long_it_is_fresh(status: int, body: bytes) -> None:
    async with asking() as (server, http):
        server.answers(body=body, status=status, headers={"Cache-Control": "public, max-age=600", "Age": "60"})
        answer = await http.get(server.url(), etag='"1"', home=server.url())
        assert answer.max_age == timedelta(minutes=9)


async def test_cache_control_may_stand_on_several_lines() -> None:
    async with asking() as (server, http):
        server.answers(headers={"Cache-Control": "max-age=600\r\nCache-Control: no-store"})
        assert (await http.get(server.url(), home=server.url())).max_age is None


async def test_of_a_header_that_is_there_twice_the_first_counts() -> None:
    async with asking() as (server, http):
        server.answers(headers={"ETag": '"1"\r\nETag: "2"'})
        assert (await http.get(server.url(), home=server.url())).etag == '"1"'


@pytest.mark.parametrize(
    ("encoding", "body"),
    [("gzip", gzip.compress(RSS)), ("deflate", zlib.compress(RSS)), ("identity", RSS), ("", RSS)],
)
async def test_packed_bodies_are_unpacked(encoding: str, body: bytes) -> None:
    async with asking() as (server, http):
        server.answers(body=body, headers={"Content-Encoding": encoding})
        assert (await http.get(server.url(), home=server.url())).body == RSS
        assert server.requests[0].headers["accept-encoding"] == "gzip, deflate"


async def test_permanent_redirects_move_a_feed_and_others_do_not() -> None:
    async with asking() as (server, http):
        server.answers("/new")
        server.redirects("/old", "/mid", 301)
        server.redirects("/mid", "/new", 308)
        server.redirects("/now", "/old", 302)
        server.redirects("/old-now", "/now", 301)
        answer = await http.get(server.url("/old"), home=server.url())
        assert (answer.url, answer.moved, answer.body) == (server.url("/new"), server.url("/new"), RSS)
        assert (await http.get(server.url("/now"), home=server.url())).moved is None
        assert (await http.get(server.url("/old-now"), home=server.url())).moved == server.url("/now")


async def test_a_feed_that_moved_and_is_unchanged_is_known_to_have_moved() -> None:
    async with asking() as (server, http):
        server.redirects("/old", "/new", 301)
        server.answers("/new", b"", status=304)
        answer = await http.get(server.url("/old"), etag='"1"', home=server.url())
        assert (answer.body, answer.moved) == (None, server.url("/new"))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_every_redirect_is_followed_and_its_body_is_left_alone(status: int) -> None:
    async with asking() as (server, http):
        server.answers("/new")

        async def redirect(request: Request) -> None:
            request.writer.write(head(status, {"Location": "/new", "Content-Length": "99999999999"}))
            request.writer.write(b"x" * 100_000)

        server.routes["/old"] = redirect
        assert (await http.get(server.url("/old"), home=server.url())).body == RSS


async def test_redirects_end() -> None:
    async with asking() as (server, http):
        server.redirects("/a", "/b")
        server.redirects("/b", "/a")
        assert await reason(http.get(server.url("/a"), home=server.url())) == "too-many-redirects"
        assert len(server.requests) == 6
        server.answers("/nowhere", status=302)
        assert await reason(http.get(server.url("/nowhere"), home=server.url())) == "bad-redirect"


async def test_credentials_are_sent_for_the_address_that_holds_them_and_for_no_other() -> None:
    async with asking() as (server, http):
        url = server.url().replace("://", "://joe:hunter2@")
        server.redirects("/feed", server.url("/new"))
        server.answers("/new")
        assert (await http.get(url, home=url)).body == RSS
        first, second = server.requests
        assert first.headers["authorization"] == "Basic am9lOmh1bnRlcjI="
        assert "authorization" not in second.headers


async def test_the_environment_has_no_say(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with asking() as (server, http):
        server.answers()
        assert (await http.get(server.url(), home=server.url())).body == RSS


async def test_no_cookie_is_kept() -> None:
    async with asking() as (server, http):
        server.answers(headers={"Set-Cookie": "a=b; Path=/"})
        for _ in range(2):
            await http.get(server.url(host="news.example"), home=server.url(host="news.example"))
        assert "cookie" not in server.requests[1].headers


async def _crowd(bounds: Bounds, host: str) -> FeedServer:
    async def slowly(request: Request) -> None:
        await asyncio.sleep(0.03)
        request.writer.write(head(headers={"Content-Length": str(len(RSS))}) + RSS)

    async with FeedServer() as server, Http(now, bounds=bounds, resolve=loopback) as http:
        server.routes["/feed"] = slowly
        urls = [server.url(host=host.format(number)) for number in range(9)]
        await asyncio.gather(*(http.get(url, home=url) for url in urls))
        return server


async def test_one_host_is_asked_at_most_twice_at_a_time() -> None:
    server = await _crowd(Bounds(), "news.example")
    assert (len(server.requests), server.open_most) == (9, 2)


async def test_all_hosts_together_are_asked_at_most_so_often_at_a_time() -> None:
    server = await _crowd(Bounds(requests=4), "news{}.example")
    assert (len(server.requests), server.open_most) == (9, 4)


async def test_waiting_for_a_turn_is_not_the_publishers_time() -> None:
    bounds = Bounds(total=timedelta(seconds=1), per_host=1)
    async with asking(bounds) as (server, http):
        server.routes["/slow"] = dripping
        server.answers("/good")
        # Each of the two slow ones uses up the whole time that one fetch has, and the good one stands behind them.
        slow = [asyncio.create_task(reason(http.get(server.url("/slow"), home=server.url()))) for _ in range(2)]
        good = asyncio.create_task(http.get(server.url("/good"), home=server.url()))
        assert await asyncio.gather(*slow) == ["timed-out", "timed-out"]
        assert (await good).body == RSS


async def test_outside_its_block_it_refuses_to_work() -> None:
    with pytest.raises(RuntimeError):
        await Http(now).get("http://127.0.0.1/")
