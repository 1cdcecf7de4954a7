"""The guard on addresses: what is not public is never connected to, but for the host and port that were configured."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from riskbot.errors import FetchError
from riskbot.feeds.bounds import Bounds
from riskbot.feeds.http import Http
from tests.asking import asking, loopback, now, reason, refused
from tests.feedserver import RSS, FeedServer, Request, head


def _guarded(server: FeedServer) -> Bounds:
    """The server's port is allowed, so that nothing but the address rule keeps a request away from it."""
    return Bounds(ports=frozenset({server.port}))


@pytest.mark.parametrize(
    ("host", "why"),
    [
        ("127.0.0.1", "loopback"),
        ("[::1]", "loopback"),
        ("[::ffff:127.0.0.1]", "loopback"),
        ("[::ffff:7f00:1]", "loopback"),
        ("[0:0:0:0:0:ffff:7f00:0001]", "loopback"),
        ("[::127.0.0.1]", "loopback"),
        ("[64:ff9b::7f00:1]", "loopback"),
        ("[64:ff9b:1::7f00:1]", "loopback"),
        ("[2002:7f00:1::]", "loopback"),
        ("[64:ff9b::808:808]", "translated"),
        ("[64:ff9b:1::808:808]", "translated"),
        ("[2002:808:808::1]", "translated"),
        ("[::8.8.8.8]", "mapped"),
        ("[::ffff:8.8.8.8]", "mapped"),
        ("[fec0::1]", "private"),
        ("[fd00::1]", "private"),
        ("[fe80::1]", "link-local"),
        ("[ff02::1]", "multicast"),
        ("[::]", "unspecified"),
        ("0.0.0.0", "unspecified"),
        ("10.0.0.1", "private"),
        ("172.16.0.1", "private"),
        ("192.168.0.1", "private"),
        ("100.64.0.1", "private"),
        ("169.254.169.254", "link-local"),
        ("192.0.0.1", "reserved"),
        ("192.88.99.1", "translated"),
        ("224.0.0.1", "multicast"),
        ("255.255.255.255", "reserved"),
        ("localhost", "loopback"),
        ("LOCALHOST", "loopback"),
    ],
)
async def test_no_address_that_is_not_public_is_connected_to(host: str, why: str) -> None:
    async with FeedServer() as server, Http(now, bounds=_guarded(server)) as http:
        server.answers()
        error = await refused(http.get(f"http://{host}:{server.port}/feed"))
        assert (error.reason, server.connections) == ("private-address", 0)
        assert f"({why})" in str(error)


@pytest.mark.parametrize(
    "host",
    [
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "127.1",
        "127.0.1",
        "0177.0.0.1",
        "017700000001",
        "127.0.0.01",
        "127.0.0.1.",
        "１２７.0.0.1",
        "127。0。0。1",
        "%31%32%37.0.0.1",
        "[fe80::1%25lo]",
        "[::1%25lo]",
        "[127.0.0.1]",
        "127.0.0.1%00.news.example",
    ],
)
async def test_what_reads_differently_to_different_parsers_is_no_address(host: str) -> None:
    async with FeedServer() as server, Http(now, bounds=_guarded(server)) as http:
        server.answers()
        for home in (None, server.url()):
            assert await reason(http.get(f"http://{host}:{server.port}/feed", home=home)) == "bad-address"
        assert server.connections == 0


async def test_a_name_that_leads_to_a_private_address_is_not_connected_to() -> None:
    async with FeedServer() as server, Http(now, bounds=_guarded(server), resolve=loopback) as http:
        server.answers()
        assert await reason(http.get(server.url(host="news.example"))) == "private-address"
        assert server.connections == 0


async def test_of_several_addresses_each_is_judged() -> None:
    async def mixed(host: str, port: int) -> list[str]:
        return {
            "all-private.example": ["10.0.0.1", "127.0.0.1", "fd00::1"],
            "some-never.example": ["169.254.169.254", "fe80::1%lo", "127.0.0.1"],
        }[host]

    async with FeedServer() as server, Http(now, bounds=_guarded(server), resolve=mixed) as http:
        server.answers()
        assert await reason(http.get(server.url(host="all-private.example"))) == "private-address"
        assert server.connections == 0
        # Of a private feed's addresses, those that may be are used, and those that never may are passed over.
        url = server.url(host="some-never.example")
        assert (await http.get(url, home=url)).body == RSS
        assert server.connections == 1


async def test_a_name_with_thousands_of_addresses_is_given_up_soon() -> None:
    async def crowd(host: str, port: int) -> list[str]:
        return [f"10.0.{number >> 8}.{number & 255}" for number in range(4_000)]

    async with Http(now, bounds=Bounds(total=timedelta(seconds=20)), resolve=crowd) as http:
        assert await reason(http.get("http://news.example/")) == "private-address"


async def test_a_name_that_turns_to_another_address_between_two_hops_is_judged_again() -> None:
    answers = [["127.0.0.1"], ["169.254.169.254"]]

    async def rebinding(host: str, port: int) -> list[str]:
        return answers.pop(0)

    async with FeedServer() as server, Http(now, resolve=rebinding) as http:
        server.redirects("/feed", "/again")
        server.answers("/again")
        url = server.url(host="intranet.example")
        assert await reason(http.get(url, home=url)) == "private-address"
        assert [request.path for request in server.requests] == ["/feed"]


@pytest.mark.parametrize(
    "host", ["169.254.169.254", "[fe80::1]", "[::ffff:169.254.169.254]", "[64:ff9b:1::a9fe:a9fe]", "[fd00:ec2::254]"]
)
async def test_link_local_is_refused_even_to_private_feeds(host: str) -> None:
    async with Http(now) as http:
        assert await reason(http.get(f"http://{host}/", home=f"http://{host}/")) == "private-address"


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("file:///etc/passwd", "bad-scheme"),
        ("ftp://a.example/", "bad-scheme"),
        ("gopher://a.example/", "bad-scheme"),
        ("data:text/xml,<rss/>", "bad-scheme"),
        ("javascript:alert(1)", "bad-scheme"),
        ("http://a.example:22/", "bad-port"),
        ("http://10.0.0.1/", "private-address"),
        ("http://169.254.169.254/latest/", "private-address"),
        ("http://news.example/", "private-address"),
        ("//news.example/", "private-address"),
        ("http://[::1]/", "private-address"),
        ("http://2130706433/", "bad-address"),
        ("http://a.example\\@b.example/", "bad-address"),
        ("http://[nonsense/", "bad-address"),
        ("http://x.example:99999/", "bad-address"),
    ],
)
async def test_redirects_elsewhere_are_judged_anew(target: str, why: str) -> None:
    async with asking() as (server, http):
        server.redirects("/feed", target)
        assert await reason(http.get(server.url(), home=server.url())) == why


async def test_only_the_configured_host_and_port_may_be_private() -> None:
    async with FeedServer() as server, FeedServer() as other:
        ports = frozenset({server.port, other.port})
        async with Http(now, bounds=Bounds(ports=ports), resolve=loopback) as http:
            home = server.url(host="intranet.example")
            server.answers("/elsewhere-in-the-house")
            assert (await http.get(home.replace("/feed", "/elsewhere-in-the-house"), home=home)).body == RSS
            # Where the feed is remembered to have moved is no part of what was configured.
            assert await reason(http.get(other.url(host="intranet.example"), home=home)) == "private-address"
            assert await reason(http.get(server.url(host="other.example"), home=home)) == "private-address"
            # Neither is where it redirects to, and coming back home is allowed again.
            server.redirects("/away", other.url(host="intranet.example"))
            assert await reason(http.get(home.replace("/feed", "/away"), home=home)) == "private-address"
            assert other.connections == 0


async def test_a_guarded_request_never_rides_on_a_private_connection() -> None:
    async with FeedServer() as server, Http(now, bounds=_guarded(server), resolve=loopback) as http:
        server.answers()
        url = server.url(host="intranet.example")
        assert (await http.get(url, home=url)).body == RSS
        assert await reason(http.get(url)) == "private-address"
        assert len(server.requests) == 1


async def test_a_guarded_request_is_refused_while_a_private_one_to_the_same_place_is_open() -> None:
    go_on, arrived = asyncio.Event(), asyncio.Semaphore(0)

    async def held(request: Request) -> None:
        arrived.release()
        request.writer.write(head(headers={"Content-Length": str(len(RSS)), "Connection": "keep-alive"}))
        await go_on.wait()
        request.writer.write(RSS)

    async with FeedServer() as server, Http(now, bounds=_guarded(server), resolve=loopback) as http:
        server.routes["/feed"] = held
        url = server.url(host="intranet.example")
        private = [asyncio.create_task(http.get(url, home=url)) for _ in range(2)]
        guarded = [asyncio.create_task(reason(http.get(url))) for _ in range(4)]
        for _ in private:
            await arrived.acquire()
        go_on.set()
        assert [answer.body for answer in await asyncio.gather(*private)] == [RSS, RSS]
        assert await asyncio.gather(*guarded) == ["private-address"] * 4
        assert (await http.get(url, home=url)).body == RSS
        assert await reason(http.get(url)) == "private-address"
        assert len(server.requests) == server.connections == 3


async def test_no_connection_is_kept_for_another_request() -> None:
    async with asking() as (server, http):
        server.answers(headers={"Connection": "keep-alive"})
        for _ in range(3):
            await http.get(server.url(), home=server.url())
        await server.all_closed()
        assert server.connections == 3
        assert {request.headers["connection"] for request in server.requests} == {"close"}


@pytest.mark.parametrize(
    "url", ["", "news.example", "http://", "http://a b.example/", "http://x.example:99999/", "//x/", "http://...:80/"]
)
async def test_what_is_no_address_is_refused(url: str) -> None:
    async with Http(now, resolve=loopback) as http:
        assert await reason(http.get(url)) in ("bad-address", "bad-scheme")


async def test_a_home_that_is_no_address_is_refused() -> None:
    async with Http(now, resolve=loopback) as http:
        assert await reason(http.get("http://news.example/", home="http://127.1/")) == "bad-address"


async def test_credentials_and_keys_of_an_address_are_not_told() -> None:
    async with Http(now, resolve=loopback) as http:
        with pytest.raises(FetchError) as caught:
            await http.get("https://joe:hunter2@news.example:9/x?api_key=s3cret&page=2&sessionToken=t0k#frag")
        assert "news.example:9/x" in str(caught.value)
        assert "page=2" in str(caught.value)
        for secret in ("joe", "hunter2", "s3cret", "t0k"):
            assert secret not in str(caught.value)
