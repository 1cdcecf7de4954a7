"""One bounded, guarded GET against servers that behave badly, on loopback."""

from __future__ import annotations

import asyncio
import base64
import gzip
import ssl
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from riskbot.errors import FetchError
from riskbot.feeds.bounds import Bounds
from riskbot.feeds.http import Answer, Http
from tests.feedserver import (
    RSS,
    FeedServer,
    Request,
    Route,
    bomb,
    breaks_off,
    dripping,
    endless,
    head,
    slow_headers,
)

QUICK = Bounds(total=timedelta(seconds=0.4))
# A certificate for localhost that nobody signed but itself, and its key; both made for this file and good for nothing.
CERTIFICATE = (
    "CERTIFICATE",
    "MIIBljCCATugAwIBAgIUaPvgNv36pxIxJp9r7IoDNvctx/4wCgYIKoZIzj0EAwIwFDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2"
    "MTEyMjIxMTMxMVoYDzIxMjYxMDI5MjExMzExWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC"
    "AASP+LEKzYfLN6U4FHD2pXNmOM00G2BpmdLmo8QgRe4QKOxzl9lWWxLebhUVlJ/LIbER2oY/fSr9pAqVS5TZL7Zoo2kwZzAdBgNV"
    "HQ4EFgQUcr5sunEOomdpoTE82B2BJiVYPRwwHwYDVR0jBBgwFoAUcr5sunEOomdpoTE82B2BJiVYPRwwDwYDVR0TAQH/BAUwAwEB"
    "/zAUBgNVHREEDTALgglsb2NhbGhvc3QwCgYIKoZIzj0EAwIDSQAwRgIhAODdXqKPnRhYQ+M185L6x0sXErK+levTLg+tPPiQZHYe"
    "AiEA4l1kNyK0Qbqu9edhhdD32UQLhGoszbEG/Nr8YlA2HsY=",
)
KEY = (
    "PRIVATE KEY",
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgL37Udjul3nO+SGc1LR22EJfvX2dipxM1U4RjFOPXsl+hRANCAASP"
    "+LEKzYfLN6U4FHD2pXNmOM00G2BpmdLmo8QgRe4QKOxzl9lWWxLebhUVlJ/LIbER2oY/fSr9pAqVS5TZL7Zo",
)


@asynccontextmanager
async def _pair(bounds: Bounds = QUICK) -> AsyncIterator[tuple[FeedServer, Http]]:
    async with FeedServer() as server, Http("ops@bank.example", bounds, _loopback) as http:
        yield server, http


async def _loopback(host: str, port: int) -> list[str]:
    """Names of this test stand for this machine; others for nothing."""
    if not host.endswith(".example"):
        raise OSError("no such host")
    return ["127.0.0.1"]


async def _reason(ask: Awaitable[Answer]) -> str:
    with pytest.raises(FetchError) as caught:
        await ask
    assert str(caught.value)
    assert caught.value.mend
    return caught.value.reason


async def test_an_answer_carries_body_and_validators_verbatim() -> None:
    async with _pair() as (server, http):
        validators = {"ETag": 'W/"a  b"', "Last-Modified": "Whenever, it was", "Content-Type": "text/xml"}
        server.answers(headers=validators)
        answer = await http.get(server.url(), allow_private=True)
        assert answer == Answer(RSS, server.url(), None, 'W/"a  b"', "Whenever, it was", "text/xml")
        asked = server.requests[0].headers
        assert asked["user-agent"].startswith("riskbot/")
        assert asked["user-agent"].endswith("(+ops@bank.example)")
        assert "if-none-match" not in asked


async def test_validators_are_sent_as_they_came_and_304_means_unchanged() -> None:
    async with _pair() as (server, http):
        server.answers(body=b"", status=304)
        answer = await http.get(server.url(), etag='W/"a  b"', last_modified="Whenever", allow_private=True)
        assert answer.body is None
        assert server.requests[0].headers["if-none-match"] == 'W/"a  b"'
        assert server.requests[0].headers["if-modified-since"] == "Whenever"
        assert await _reason(http.get(server.url(), allow_private=True)) == "http-304"


@pytest.mark.parametrize(("status", "reason"), [(404, "http-404"), (410, "gone"), (500, "http-500"), (403, "http-403")])
async def test_a_status_that_brings_nothing_is_a_reason(status: int, reason: str) -> None:
    async with _pair() as (server, http):
        server.answers(status=status)
        assert await _reason(http.get(server.url(), allow_private=True)) == reason


@pytest.mark.parametrize(
    ("encoding", "body"),
    [("gzip", gzip.compress(RSS)), ("deflate", zlib.compress(RSS)), ("identity", RSS), ("", RSS)],
)
async def test_packed_bodies_are_unpacked(encoding: str, body: bytes) -> None:
    async with _pair() as (server, http):
        server.answers(body=body, headers={"Content-Encoding": encoding})
        assert (await http.get(server.url(), allow_private=True)).body == RSS
        server.answers(body=b"no gzip", headers={"Content-Encoding": "gzip"})
        assert await _reason(http.get(server.url(), allow_private=True)) == "bad-encoding"
        server.answers(body=gzip.compress(RSS)[:-20], headers={"Content-Encoding": "gzip"})
        assert await _reason(http.get(server.url(), allow_private=True)) == "reset"


async def test_an_endless_body_ends_at_the_bound() -> None:
    async with _pair(Bounds()) as (server, http):
        server.routes["/feed"] = endless
        assert await _reason(http.get(server.url(), allow_private=True)) == "too-large"


async def test_a_body_that_says_it_is_too_large_is_not_read() -> None:
    async with _pair() as (server, http):

        async def huge(request: Request) -> None:
            request.writer.write(head(headers={"Content-Length": "10000001"}))
            await asyncio.sleep(5)

        server.routes["/feed"] = huge
        assert await _reason(http.get(server.url(), allow_private=True)) == "too-large"


async def test_a_gzip_bomb_costs_little_memory() -> None:
    async with _pair(Bounds()) as (server, http):
        server.answers(body=bomb(), headers={"Content-Encoding": "gzip"})
        tracemalloc.start()
        try:
            assert await _reason(http.get(server.url(), allow_private=True)) == "too-large"
            assert tracemalloc.get_traced_memory()[1] < 40_000_000
        finally:
            tracemalloc.stop()


@pytest.mark.parametrize("route", [dripping, slow_headers], ids=["dripping", "slow_headers"])
async def test_time_is_counted_over_the_whole_answer(route: Route) -> None:
    async with _pair() as (server, http):
        server.routes["/feed"] = route
        assert await _reason(http.get(server.url(), allow_private=True)) == "timed-out"


async def test_time_is_counted_over_all_redirects() -> None:
    async with _pair() as (server, http):

        async def dawdling(request: Request) -> None:
            await asyncio.sleep(0.15)
            request.writer.write(head(302, {"Location": "/feed", "Content-Length": "0"}))

        server.routes["/feed"] = dawdling
        assert await _reason(http.get(server.url(), allow_private=True)) == "timed-out"
        assert len(server.requests) < 5


async def test_what_breaks_off_half_way_is_no_body() -> None:
    async with _pair() as (server, http):
        server.routes["/feed"] = breaks_off
        assert await _reason(http.get(server.url(), allow_private=True)) == "reset"


async def test_what_is_not_http_is_a_reason() -> None:
    async with _pair() as (server, http):

        async def gibberish(request: Request) -> None:
            request.writer.write(b"220 mail.example ESMTP\r\n\r\n")

        server.routes["/feed"] = gibberish
        assert await _reason(http.get(server.url(), allow_private=True)) == "bad-response"
        server.answers(headers={"X-Long": "x" * 100_000})
        assert await _reason(http.get(server.url(), allow_private=True)) == "bad-response"


async def test_a_port_where_nobody_listens_is_a_reason() -> None:
    async with _pair() as (server, http):
        url = server.url()
    async with Http(bounds=QUICK) as http:
        assert await _reason(http.get(url, allow_private=True)) == "unreachable"


async def test_permanent_redirects_move_a_feed_and_others_do_not() -> None:
    async with _pair() as (server, http):
        server.answers("/new")
        server.redirects("/old", "/mid", 301)
        server.redirects("/mid", "/new", 308)
        server.redirects("/now", "/old", 302)
        server.redirects("/old-now", "/now", 301)
        answer = await http.get(server.url("/old"), allow_private=True)
        assert (answer.url, answer.moved, answer.body) == (server.url("/new"), server.url("/new"), RSS)
        assert (await http.get(server.url("/now"), allow_private=True)).moved is None
        assert (await http.get(server.url("/old-now"), allow_private=True)).moved == server.url("/now")


async def test_redirects_end() -> None:
    async with _pair() as (server, http):
        server.redirects("/a", "/b")
        server.redirects("/b", "/a")
        assert await _reason(http.get(server.url("/a"), allow_private=True)) == "too-many-redirects"
        assert len(server.requests) == 6
        server.answers("/nowhere", status=302)
        assert await _reason(http.get(server.url("/nowhere"), allow_private=True)) == "bad-redirect"


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("file:///etc/passwd", "bad-scheme"),
        ("ftp://a.example/", "bad-scheme"),
        ("http://a.example:22/", "bad-port"),
        ("http://10.0.0.1/", "private-address"),
        ("http://169.254.169.254/latest/", "private-address"),
        ("http://news.example/", "private-address"),
        ("http://[::1]/", "private-address"),
        ("http://a.example\\@b.example/", "bad-address"),
        ("http://[nonsense/", "bad-address"),
    ],
)
async def test_redirects_elsewhere_are_judged_anew(target: str, reason: str) -> None:
    async with _pair() as (server, http):
        server.redirects("/feed", target)
        assert await _reason(http.get(server.url(), allow_private=True)) == reason


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "127.1",
        "0177.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "0.0.0.0",
        "169.254.169.254",
        "localhost",
        "１２７.0.0.1",
    ],
)
async def test_no_form_of_a_private_address_is_connected_to(host: str) -> None:
    async with FeedServer() as server, Http(bounds=Bounds(ports=frozenset({server.port}))) as http:
        server.answers()
        reason = await _reason(http.get(f"http://{host}:{server.port}/feed"))
        assert reason in ("private-address", "bad-address", "dns")
        assert server.connections == 0


async def test_a_name_that_resolves_to_a_private_address_is_not_connected_to() -> None:
    async with FeedServer() as server, Http(bounds=Bounds(ports=frozenset({server.port})), resolve=_loopback) as http:
        server.answers()
        assert await _reason(http.get(server.url(host="news.example"))) == "private-address"
        assert server.connections == 0


async def test_of_several_addresses_the_private_ones_are_refused_and_named() -> None:
    async def mixed(host: str, port: int) -> list[str]:
        return ["10.0.0.1", "127.0.0.1", "fd00::1"]

    async with Http(bounds=QUICK, resolve=mixed) as http:
        assert await _reason(http.get("http://news.example/")) == "private-address"


async def test_link_local_is_refused_even_to_private_feeds() -> None:
    async with Http(bounds=QUICK) as http:
        assert await _reason(http.get("http://169.254.169.254/", allow_private=True)) == "private-address"


async def test_a_guarded_request_never_rides_on_a_private_connection() -> None:
    async with FeedServer() as server, Http(bounds=Bounds(ports=frozenset({server.port})), resolve=_loopback) as http:
        server.answers()
        url = server.url(host="intranet.example")
        for _ in range(2):
            assert (await http.get(url, allow_private=True)).body == RSS
        assert server.connections == 1, "the private connection is kept and used again"
        assert await _reason(http.get(url)) == "private-address"
        # The other way round: a private feed's redirect to another private host is a guarded request.
        server.redirects("/away", server.url(host="other.example"))
        away = server.url("/away", host="intranet.example")
        assert await _reason(http.get(away, allow_private=True)) == "private-address"
        assert [request.path for request in server.requests] == ["/feed", "/feed", "/away"]


async def test_a_name_nobody_knows_is_a_reason() -> None:
    async with Http(bounds=QUICK, resolve=_loopback) as http:
        assert await _reason(http.get("https://nowhere.invalid/")) == "dns"


@pytest.mark.parametrize(
    "url", ["", "news.example", "http://", "http://a b.example/", "http://x.example:99999/", "//x/"]
)
async def test_what_is_no_address_is_refused(url: str) -> None:
    async with Http(bounds=QUICK, resolve=_loopback) as http:
        assert await _reason(http.get(url)) in ("bad-address", "bad-scheme")


async def test_credentials_and_keys_of_an_address_are_not_told() -> None:
    async with Http(bounds=QUICK, resolve=_loopback) as http:
        with pytest.raises(FetchError) as caught:
            await http.get("https://joe:hunter2@news.example:9/x?api_key=s3cret&page=2&sessionToken=t0k#frag")
        assert "news.example:9/x" in str(caught.value)
        assert "page=2" in str(caught.value)
        for secret in ("joe", "hunter2", "s3cret", "t0k"):
            assert secret not in str(caught.value)


def _pem(part: tuple[str, str]) -> str:
    kind, text = part
    wrapped = base64.encodebytes(base64.b64decode(text)).decode()
    return f"-----BEGIN {kind}-----\n{wrapped}-----END {kind}-----\n"


async def test_a_certificate_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    chain = tmp_path / "chain.pem"
    chain.write_text(_pem(CERTIFICATE) + _pem(KEY))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(chain)
    async with FeedServer(tls) as server, Http(bounds=Bounds()) as http:
        server.answers()
        assert await _reason(http.get(server.url(host="localhost"), allow_private=True)) == "tls"
        assert server.requests == []


async def test_the_environment_has_no_say(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with _pair() as (server, http):
        server.answers()
        assert (await http.get(server.url(), allow_private=True)).body == RSS


async def _crowd(bounds: Bounds, url: Callable[[FeedServer, int], str]) -> FeedServer:
    async def slowly(request: Request) -> None:
        await asyncio.sleep(0.03)
        request.writer.write(head(headers={"Content-Length": str(len(RSS))}) + RSS)

    async with FeedServer() as server, Http(bounds=bounds, resolve=_loopback) as http:
        server.routes["/feed"] = slowly
        await asyncio.gather(*(http.get(url(server, number), allow_private=True) for number in range(9)))
        return server


async def test_one_host_is_asked_at_most_twice_at_a_time() -> None:
    server = await _crowd(Bounds(), lambda server, _: server.url(host="news.example"))
    assert (len(server.requests), server.open_most) == (9, 2)


async def test_all_hosts_together_are_asked_at_most_so_often_at_a_time() -> None:
    server = await _crowd(Bounds(requests=4), lambda server, number: server.url(host=f"news{number}.example"))
    assert (len(server.requests), server.open_most) == (9, 4)


async def test_waiting_for_a_turn_is_not_the_publishers_time() -> None:
    bounds = Bounds(total=timedelta(seconds=0.1), per_host=1)
    server = await _crowd(bounds, lambda server, _: server.url(host="news.example"))
    assert len(server.requests) == 9


async def test_outside_its_block_it_refuses_to_work() -> None:
    with pytest.raises(RuntimeError):
        await Http().get("http://127.0.0.1/")
