"""One GET against servers that misbehave: bounded time and memory, a named reason, and everyone else unaffected."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import resource
import tracemalloc
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from riskbot.errors import FetchError
from riskbot.feeds.bounds import Bounds
from riskbot.feeds.http import Http
from tests.asking import QUICK, asking, now, reason, refused
from tests.feedserver import (
    RSS,
    FeedServer,
    Request,
    Route,
    bomb,
    breaks_off,
    dripping,
    endless,
    flood,
    head,
    raw,
    slow_headers,
)

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
LENGTH = b"Content-Length: %d\r\n\r\n"
WHOLE = LENGTH % len(RSS) + RSS


async def _is_told_and_nothing_else_suffers(route: Route, expected: str, bounds: Bounds | None = None) -> None:
    """Ask the bad one together with a good one of the same host, and the good one again afterwards."""
    async with asking(bounds) as (server, http):
        server.routes["/bad"] = route
        server.answers("/good")
        bad = asyncio.create_task(reason(http.get(server.url("/bad"), home=server.url())))
        assert (await http.get(server.url("/good"), home=server.url())).body == RSS
        assert await bad == expected
        assert (await http.get(server.url("/good"), home=server.url())).body == RSS


# ── what never ends ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "route",
    [
        pytest.param(dripping, id="a byte now and then"),
        pytest.param(slow_headers, id="a header that never ends, slowly"),
        pytest.param(raw(then_close=False), id="silence"),
        pytest.param(raw(OK, then_close=False), id="silence after the first line"),
        pytest.param(raw(OK + WHOLE[:-9], then_close=False), id="silence before the end"),
        pytest.param(flood(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 500), id="promises for ever"),
        pytest.param(flood(CHUNKED + b"5;x=", b"x" * 65_536), id="a chunk's extension without end"),
        pytest.param(flood(CHUNKED, b"0" * 65_536), id="a chunk's size without end"),
    ],
)
async def test_time_is_counted_over_the_whole_answer(route: Route) -> None:
    tracemalloc.start()
    try:
        async with asking(QUICK) as (server, http):
            server.routes["/feed"] = route
            assert await reason(http.get(server.url(), home=server.url())) == "timed-out"
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


async def test_time_is_counted_over_all_redirects() -> None:
    async with asking(QUICK) as (server, http):

        async def dawdling(request: Request) -> None:
            await asyncio.sleep(0.15)
            request.writer.write(head(302, {"Location": "/feed", "Content-Length": "0"}))

        server.routes["/feed"] = dawdling
        assert await reason(http.get(server.url(), home=server.url())) == "timed-out"
        assert len(server.requests) < 5


@pytest.mark.parametrize(
    "route",
    [
        pytest.param(endless, id="a body"),
        pytest.param(flood(CHUNKED, b"ffff\r\n" + b"x" * 65_535 + b"\r\n"), id="a body in chunks"),
        pytest.param(raw(OK + LENGTH % 10_000_001, then_close=False), id="a body that says so beforehand"),
    ],
)
async def test_an_endless_body_ends_at_the_bound(route: Route) -> None:
    await _is_told_and_nothing_else_suffers(route, "too-large")


async def test_a_gzip_bomb_costs_little_memory() -> None:
    async with asking() as (server, http):
        packed = bomb()
        assert len(packed) < 1.1 * (1 << 20)
        server.answers(body=packed, headers={"Content-Encoding": "gzip"})
        tracemalloc.start()
        try:
            assert await reason(http.get(server.url(), home=server.url())) == "too-large"
            assert tracemalloc.get_traced_memory()[1] < 40_000_000
        finally:
            tracemalloc.stop()


# ── what breaks off ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "route",
    [
        pytest.param(breaks_off, id="a reset half-way"),
        pytest.param(raw(), id="nothing at all"),
        pytest.param(raw(OK + b"X-A: b\r\n"), id="half a head"),
        pytest.param(raw(OK + WHOLE[:-1]), id="a byte less than promised"),
        pytest.param(raw(CHUNKED + b"9\r\nab"), id="half a chunk"),
        pytest.param(raw(CHUNKED + b"2\r\nab\r\n"), id="no last chunk"),
        pytest.param(
            raw(head(headers={"Content-Encoding": "gzip"}) + gzip.compress(RSS)[:-20]), id="half a packed body"
        ),
    ],
)
async def test_what_breaks_off_half_way_is_no_body(route: Route) -> None:
    await _is_told_and_nothing_else_suffers(route, "reset")


# ── what is no HTTP ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "route",
    [
        pytest.param(raw(b"220 mail.example ESMTP\r\n\r\n"), id="another protocol"),
        pytest.param(raw(RSS), id="a body without a head"),
        pytest.param(raw(b"HTTP/2 200\r\n\r\n"), id="another version"),
        pytest.param(raw(b"HTTP/1.1 99999 OK\r\n" + WHOLE), id="a status of five digits"),
        pytest.param(raw(b"HTTP/1.1 000 OK\r\n" + WHOLE), id="a status of nothing"),
        pytest.param(raw(b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"), id="an upgrade"),
        pytest.param(raw(OK + b"X-\x00\x01: a\r\n" + WHOLE), id="control characters in a header's name"),
        pytest.param(raw(OK + b"X-A: a\x00b\r\n" + WHOLE), id="control characters in a header"),
        pytest.param(raw(OK + b"no colon\r\n" + WHOLE), id="a header without a colon"),
        pytest.param(raw(OK + b"Content-Length: -2\r\n\r\n" + RSS), id="a negative length"),
        pytest.param(raw(OK + b"Content-Length: many\r\n\r\n" + RSS), id="a length in words"),
        pytest.param(raw(OK + b"Content-Length: 9\r\n" + WHOLE), id="two lengths"),
        pytest.param(raw(OK + b"Transfer-Encoding: chunked\r\n" + WHOLE), id="a length and chunks"),
        pytest.param(raw(CHUNKED + b"zz\r\nabc\r\n"), id="a chunk's size in letters"),
        pytest.param(raw(CHUNKED + b"-5\r\nabc\r\n"), id="a negative chunk"),
        pytest.param(raw(CHUNKED + b"f" * 30 + b"\r\nabc\r\n"), id="a chunk larger than the world"),
        # aiohttp leaves the reader waiting here; left alone, this would end as "timed-out".
        pytest.param(raw(CHUNKED + b"2\r\nok\r\n", b"zzzz\r\n", then_close=False), id="chunks that turn to garbage"),
        pytest.param(raw(OK + b"".join(b"X-%d: y\r\n" % n for n in range(10_000)) + WHOLE), id="10,000 headers"),
        pytest.param(flood(OK, b"X-A: b\r\n" * 5_000), id="headers for ever"),
        pytest.param(flood(OK + b"X-A: ", b"x" * 65_536), id="a header without end"),
        pytest.param(flood(b"HTTP/1.1 200 ", b"x" * 65_536), id="a first line without end"),
        pytest.param(flood(CHUNKED + b"0\r\n", b"X-A: b\r\n" * 5_000), id="trailers for ever"),
    ],
)
async def test_what_is_not_http_is_a_reason(route: Route) -> None:
    tracemalloc.start()
    try:
        await _is_told_and_nothing_else_suffers(route, "bad-response")
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


async def test_the_reason_says_what_is_wrong_in_words_and_shows_none_of_the_bytes() -> None:
    async with asking() as (server, http):
        server.routes["/feed"] = raw(b"\x1b[2JSECRET \r\n\r\n")
        text = str(await refused(http.get(server.url(), home=server.url())))
        assert "Bad status line" in text
        assert "SECRET" not in text
        assert text.isprintable()


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(OK + b"\r\n" + RSS, id="neither a length nor chunks"),
        pytest.param(OK + b"X-A: caf\xe9\r\n" + WHOLE, id="a header in Latin-1"),
        pytest.param(OK + b"X-A: a\r\n b\r\n" + WHOLE, id="a folded header"),
        pytest.param(b"HTTP/1.1 200 OK\nContent-Length: %d\n\n" % len(RSS) + RSS, id="bare line feeds"),
        pytest.param(b"HTTP/1.0 200\r\n" + WHOLE, id="an old version without a phrase"),
        pytest.param(OK + b"X-A: " + b"x" * 60_000 + b"\r\n" + WHOLE, id="a header of 60 kB"),
    ],
)
async def test_what_is_merely_sloppy_is_read(answer: bytes) -> None:
    async with asking() as (server, http):
        server.routes["/feed"] = raw(answer)
        assert (await http.get(server.url(), home=server.url())).body == RSS


@pytest.mark.parametrize("etag", [b'"caf\xe9"', b"  "])
async def test_a_validator_that_cannot_be_sent_again_is_not_kept(etag: bytes) -> None:
    async with asking() as (server, http):
        server.routes["/feed"] = raw(OK + b"ETag: " + etag + b"\r\n" + WHOLE)
        assert (await http.get(server.url(), home=server.url())).etag is None


async def test_a_validator_that_cannot_be_sent_is_left_out() -> None:
    async with asking() as (server, http):
        server.answers()
        assert (await http.get(server.url(), etag='"a\nb"', home=server.url())).body == RSS


async def test_more_bytes_than_promised_are_not_the_next_answer() -> None:
    async with asking() as (server, http):
        forged = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged"
        server.routes["/bad"] = raw(OK + WHOLE, forged, then_close=False)
        server.answers("/good")
        for _ in range(3):
            assert (await http.get(server.url("/bad"), home=server.url())).body == RSS
            await asyncio.sleep(0.1)  # the forgery is there before the connection is used again
            assert (await http.get(server.url("/good"), home=server.url())).body == RSS


async def test_a_304_with_a_body_is_asked_again_without_conditions() -> None:
    async with asking() as (server, http):

        async def wordy(request: Request) -> None:
            conditional = "if-none-match" in request.headers
            request.writer.write((b"HTTP/1.1 304 Not Modified\r\n" if conditional else OK) + WHOLE)

        server.routes["/feed"] = wordy
        assert (await http.get(server.url(), etag='"1"', home=server.url())).body == RSS
        assert len(server.requests) == 2


async def test_garbage_is_asked_again_at_most_once() -> None:
    async with asking() as (server, http):
        server.routes["/feed"] = raw(b"garbage\r\n\r\n")
        assert await reason(http.get(server.url(), home=server.url())) == "bad-response"
        assert len(server.requests) == 1
        assert await reason(http.get(server.url(), etag='"1"', home=server.url())) == "bad-response"
        assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("encoding", "body"),
    [("gzip", b"no gzip"), ("deflate", b"\xff\xff"), ("br", b"x"), ("gzip, gzip", gzip.compress(RSS))],
)
async def test_what_cannot_be_unpacked_is_a_reason(encoding: str, body: bytes) -> None:
    route = raw(head(headers={"Content-Encoding": encoding, "Content-Length": str(len(body))}) + body)
    await _is_told_and_nothing_else_suffers(route, "bad-encoding")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from([b"", b"HTTP/1.1 ", OK, CHUNKED, OK + LENGTH % 9, b"HTTP/1.1 302 Found\r\nLocation: "]),
    st.lists(st.one_of(st.binary(max_size=60), st.sampled_from([b"\r\n", b"\r\n\r\n", b"3\r\nabc\r\n"])), max_size=4),
)
def test_whatever_bytes_come_there_is_an_answer_or_a_reason(first: bytes, rest: list[bytes]) -> None:
    async def ask() -> None:
        async with FeedServer() as server, Http(now, bounds=Bounds(total=timedelta(seconds=5))) as http:

            async def route(request: Request) -> None:
                request.writer.write(first + b"".join(rest))
                await request.writer.drain()
                request.writer.close()

            server.routes["/feed"] = route
            with contextlib.suppress(FetchError):  # any other error is a defect
                assert (await http.get(server.url(), home=server.url())).body is not None

    asyncio.run(ask())


# ── what is not there ────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_port_where_nobody_listens_is_a_reason() -> None:
    async with asking() as (server, _):
        url = server.url()
    async with Http(now) as http:
        assert await reason(http.get(url, home=url)) == "unreachable"


async def test_a_machine_without_handles_is_not_the_publishers_fault() -> None:
    async with asking() as (server, http):
        server.answers()
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
        try:
            error = await refused(http.get(server.url(), home=server.url()))
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        assert error.reason == "no-handles"
        assert "ulimit" in error.mend
        assert (await http.get(server.url(), home=server.url())).body == RSS
