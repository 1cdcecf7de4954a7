"""With a proxy: everything but private feeds goes through it, and only what is written can still be judged."""

from __future__ import annotations

from pathlib import Path

import pytest

from riskbot.feeds.bounds import Bounds
from riskbot.feeds.http import Http
from tests.asking import NOW, loopback, now, reason, refused
from tests.certificates import ELSEWHERE, GOOD, serving, trusting
from tests.feedserver import RSS, FeedServer, breaks_off
from tests.proxyserver import ProxyServer


async def _nowhere(host: str, port: int) -> list[str]:
    raise OSError("names are the proxy's business")


async def test_a_feed_is_asked_for_through_the_proxy_which_looks_its_name_up() -> None:
    async with FeedServer() as server, ProxyServer(server.port) as proxy:
        server.answers("/feed?x=1", headers={"ETag": '"1"'})
        async with Http(now, "ops@bank.example", Bounds(proxy=proxy.url()), _nowhere) as http:
            answer = await http.get("http://news.example/feed?x=1", etag='"0"')
        assert (answer.body, answer.url, answer.etag) == (RSS, "http://news.example/feed?x=1", '"1"')
        assert proxy.asked == ["GET http://news.example/feed?x=1"]
        asked = server.requests[0].headers
        assert (asked["host"], asked["if-none-match"]) == ("news.example", '"0"')
        assert asked["user-agent"].endswith("(+ops@bank.example)")


async def test_an_encrypted_feed_is_asked_for_through_a_tunnel_and_its_certificate_is_read(tmp_path: Path) -> None:
    async with FeedServer(serving(GOOD, tmp_path)) as server, ProxyServer(server.port) as proxy:
        server.answers()
        async with Http(now, bounds=Bounds(proxy=proxy.url("joe:p%40ss@")), resolve=_nowhere, trust=trusting()) as http:
            for _ in range(2):
                assert (await http.get("https://news.example/feed")).body == RSS
            assert await reason(http.get("https://other.example/feed")) == "tls"
        assert proxy.asked == ["CONNECT news.example:443"] * 2 + ["CONNECT other.example:443"]
        assert proxy.authorization[0] == "Basic am9lOnBAc3M="
        # What is the proxy's stays with the proxy.
        assert [request.path for request in server.requests] == ["/feed", "/feed"]
        assert "proxy-authorization" not in server.requests[0].headers


async def test_a_certificate_for_another_host_is_refused_behind_a_proxy_too(tmp_path: Path) -> None:
    async with FeedServer(serving(ELSEWHERE, tmp_path)) as server, ProxyServer(server.port) as proxy:
        async with Http(now, bounds=Bounds(proxy=proxy.url()), trust=trusting()) as http:
            assert await reason(http.get("https://news.example/feed")) == "tls"
        assert server.requests == []


async def test_redirects_go_through_the_proxy_as_well() -> None:
    async with FeedServer() as server, ProxyServer(server.port) as proxy:
        server.redirects("/feed", "http://other.example/new", 301)
        server.answers("/new")
        async with Http(now, bounds=Bounds(proxy=proxy.url()), resolve=_nowhere) as http:
            assert (await http.get("http://news.example/feed")).moved == "http://other.example/new"
        assert proxy.asked == ["GET http://news.example/feed", "GET http://other.example/new"]


async def test_a_private_feed_is_asked_for_directly_and_where_it_redirects_to_is_not() -> None:
    async with FeedServer() as server, ProxyServer(server.port) as proxy:
        server.answers()
        server.redirects("/away", "http://other.example/feed")
        async with Http(now, bounds=Bounds(proxy=proxy.url()), resolve=loopback) as http:
            url = server.url(host="intranet.example")
            assert (await http.get(url, home=url)).body == RSS
            assert proxy.asked == []
            away = server.url("/away", host="intranet.example")
            assert (await http.get(away, home=away)).body == RSS
            assert proxy.asked == ["GET http://other.example/feed"]


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://127.0.0.1/", "private-address"),
        ("http://127.0.0.1./", "private-address"),
        ("http://10.0.0.1/", "private-address"),
        ("https://169.254.169.254/", "private-address"),
        ("http://[::1]/", "private-address"),
        ("http://[::ffff:10.0.0.1]/", "private-address"),
        ("http://[64:ff9b::a00:1]/", "private-address"),
        ("http://localhost/", "private-address"),
        ("http://LocalHost./", "private-address"),
        ("http://a.localhost/", "private-address"),
        ("http://2130706433/", "bad-address"),
        ("http://0x7f.1/", "bad-address"),
        ("http://0177.0.0.1/", "bad-address"),
        ("http://１２７.0.0.1/", "bad-address"),
        ("http://127。0。0。1/", "bad-address"),
        ("http://news.example:22/", "bad-port"),
    ],
)
async def test_what_is_written_is_judged_before_the_proxy_is_asked(url: str, why: str) -> None:
    async with FeedServer() as server, ProxyServer(server.port) as proxy:
        server.redirects("/feed", url)
        async with Http(now, bounds=Bounds(proxy=proxy.url()), resolve=_nowhere) as http:
            assert await reason(http.get(url)) == why
            assert proxy.asked == []
            assert await reason(http.get("http://news.example/feed")) == why
            assert len(proxy.asked) == 1


@pytest.mark.parametrize("status", [403, 407, 502])
async def test_a_proxy_that_refuses_a_tunnel_is_a_reason(status: int) -> None:
    async with ProxyServer(0, refuses=status) as proxy:
        async with Http(now, bounds=Bounds(proxy=proxy.url("joe:hunter2@"))) as http:
            error = await refused(http.get("https://news.example/feed"))
        assert error.reason == "proxy"
        assert str(status) in str(error)
        assert "RISKBOT_PROXY" in error.mend
        assert "hunter2" not in str(error)


async def test_a_proxy_that_wants_credentials_is_a_reason() -> None:
    async with ProxyServer(0, refuses=407) as proxy, Http(now, bounds=Bounds(proxy=proxy.url())) as http:
        assert await reason(http.get("http://news.example/feed")) == "proxy"


async def test_a_proxy_that_is_not_there_is_a_reason_and_its_credentials_are_not_told() -> None:
    async with ProxyServer(0) as gone:
        url = gone.url("joe:hunter2@")
    async with Http(now, bounds=Bounds(proxy=url), resolve=_nowhere) as http:
        for feed in ("http://news.example/feed", "https://news.example/feed"):
            error = await refused(http.get(feed))
            assert error.reason == "proxy"
            assert "hunter2" not in str(error)
    assert "hunter2" not in repr(Bounds(proxy=url))


async def test_a_proxy_whose_name_is_not_found_or_may_never_be_used_is_a_reason() -> None:
    async def odd(host: str, port: int) -> list[str]:
        if host == "proxy.example":
            return ["169.254.0.1"]
        raise OSError("no such host")

    for name in ("nowhere.example", "proxy.example"):
        async with Http(now, bounds=Bounds(proxy=f"http://joe:hunter2@{name}:3128"), resolve=odd) as http:
            error = await refused(http.get("http://news.example/feed"))
            assert error.reason == "proxy"
            assert "hunter2" not in str(error)


async def test_what_goes_wrong_behind_the_proxy_is_the_feeds_own_matter() -> None:
    async with FeedServer() as server, ProxyServer(server.port) as proxy:
        server.answers("/busy", status=503, headers={"Retry-After": "60"})
        server.routes["/broken"] = breaks_off
        async with Http(lambda: NOW, bounds=Bounds(proxy=proxy.url())) as http:
            busy = await refused(http.get("http://news.example/busy"))
            assert (busy.reason, busy.retry_after is None) == ("http-503", False)
            assert await reason(http.get("http://news.example/broken")) == "reset"
            assert await reason(http.get("http://news.example/none")) == "http-404"
