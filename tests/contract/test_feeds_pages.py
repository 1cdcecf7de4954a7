"""Pages of articles, over real HTTP and through real parser processes, from servers that mean well and others."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from riskbot.errors import FetchError
from riskbot.feeds.bounds import Bounds
from riskbot.feeds.http import PAGES, Http
from riskbot.feeds.pages import Pages
from riskbot.feeds.pool import ParserPool
from tests.asking import loopback, now
from tests.feedserver import FeedServer, Request, Route, bomb, breaks_off, dripping, endless, head, slow_headers

STORY = (
    "A White House memo accuses Alibaba of helping the Chinese military to target the United States.",
    "The company said that the claims were complete nonsense, and that it had never shared its customers’ data.",
    "Shares in New York fell 3.8 per cent after the report, the steepest fall of the year so far.",
)
TEXT = "\n\n".join(STORY)
PAGE = (
    "<!doctype html><html><head><title>Memo</title></head><body><nav><ul><li><a href='/'>Home</a></li></ul></nav>"
    f"<article>{''.join(f'<p>{paragraph}</p>' for paragraph in STORY)}</article><footer>© 2025</footer></body></html>"
)
HTML = {"Content-Type": "text/html; charset=utf-8"}
BOUNDS = Bounds(page_pause=timedelta(0))
QUICK = replace(BOUNDS, total=timedelta(seconds=0.4))  # only for what never comes to an end


@asynccontextmanager
async def _pages(bounds: Bounds = BOUNDS) -> AsyncIterator[tuple[FeedServer, Pages]]:
    pool = ParserPool(bounds)
    try:
        async with FeedServer() as server, Http(now, "ops@bank.example", bounds, loopback) as http:
            server.answers("/a", PAGE.encode(), headers=HTML)
            yield server, Pages(http, pool.extract, bounds)
    finally:
        await pool.close()


async def _read(server: FeedServer, pages: Pages, path: str) -> str | FetchError:
    """What came of one page of the server; a failure is fit to be shown."""
    url = server.url(path)
    page = (await pages.read([url], home=server.url()))[url]
    if isinstance(page, FetchError):
        assert url in str(page)
        assert "feed's own text is used" in page.mend
    return page


async def _reason(server: FeedServer, pages: Pages, path: str = "/a") -> str:
    page = await _read(server, pages, path)
    assert isinstance(page, FetchError), page
    return page.reason


async def test_a_page_is_asked_for_as_a_page_and_becomes_the_text_of_its_article() -> None:
    async with _pages() as (server, pages):
        server.answers("/packed", gzip.compress(PAGE.encode()), headers=HTML | {"Content-Encoding": "gzip"})
        server.redirects("/short", "/packed")
        assert await _read(server, pages, "/short") == TEXT
        assert [request.path for request in server.requests] == ["/robots.txt", "/short", "/packed"]
        assert server.requests[1].headers["accept"] == PAGES
        assert all(request.headers["user-agent"].startswith("riskbot/") for request in server.requests)


@pytest.mark.parametrize(
    ("label", "encoding"),
    [("iso-8859-1", "utf-8"), ("utf-8", "cp1252"), ("windows-1252", "cp1252"), ("zip", "utf-8"), ("\xff", "utf-8")],
)
async def test_a_page_that_misnames_its_encoding_is_read_all_the_same(label: str, encoding: str) -> None:
    async with _pages() as (server, pages):
        server.answers("/a", PAGE.encode(encoding), headers={"Content-Type": f"text/html; charset={label}"})
        text = await _read(server, pages, "/a")
        assert isinstance(text, str)
        assert text.startswith(STORY[0])
        if (label, encoding) != ("utf-8", "cp1252"):  # whoever insists on UTF-8 gets what it makes of it
            assert text == TEXT


async def test_pages_that_cannot_be_had_are_named_and_those_after_them_are_read() -> None:
    async with _pages() as (server, pages):
        server.routes["/too-large"] = endless
        server.answers("/too-large?packed", bomb(64 << 20), headers=HTML | {"Content-Encoding": "gzip"})
        server.answers("/bad-encoding", b"no gzip", headers=HTML | {"Content-Encoding": "gzip"})
        server.answers("/http-404", status=404)
        server.answers("/gone", status=410)
        server.answers("/empty", b"", headers=HTML)
        server.answers("/not-a-page", b"%PDF-1.7", headers={"Content-Type": "application/pdf"})
        server.redirects("/not-a-page?front", "/")
        server.answers("/", PAGE.encode(), headers=HTML)
        server.answers("/no-text", b"<html><body><p>Subscribe to read on.</p></body></html>", headers=HTML)
        server.redirects("/too-many-redirects", "/too-many-redirects")
        server.redirects("/private-address", "http://10.0.0.1/")
        server.redirects("/private-address?name", "http://intranet.example/a")
        server.routes["/reset"] = breaks_off
        server.redirects("/bad-scheme", "file:///etc/passwd")
        paths = [path for path in server.routes if path not in ("/", "/a")]
        assert {path: await _reason(server, pages, path) for path in paths} == {
            path: path[1:].partition("?")[0] for path in paths
        }
        assert await _read(server, pages, "/a") == TEXT


async def test_a_page_inside_the_network_is_read_for_a_feed_of_that_host_and_port_alone() -> None:
    async with _pages(replace(BOUNDS, ports=frozenset(range(1, 65_536)))) as (server, pages):
        url = server.url("/a", host="intranet.example")
        for home in (None, server.url(host="other.example"), "http://intranet.example/feed"):
            page = (await pages.read([url], home=home))[url]
            assert isinstance(page, FetchError)
            assert page.reason == "private-address"
        assert server.connections == 0
        assert await pages.read([url], home=server.url(host="intranet.example")) == {url: TEXT}
        server.redirects("/away", server.url("/a", host="other.example"))
        away = server.url("/away", host="intranet.example")
        page = (await pages.read([away], home=url))[away]
        assert isinstance(page, FetchError)
        assert page.reason == "private-address"


@pytest.mark.parametrize("route", [dripping, slow_headers], ids=["dripping", "slow_headers"])
async def test_a_page_that_never_ends_is_given_up_and_the_next_is_read(route: Route) -> None:
    async with _pages(QUICK) as (server, pages):
        server.routes["/slow"] = route
        assert await _reason(server, pages, "/slow") == "timed-out"
        assert await _read(server, pages, "/a") == TEXT


@pytest.mark.parametrize(
    "body",
    [
        b"<html><body>" + b"<div>" * 1_999_990,
        b"<html><body>" + b"<div></div>" * 900_000,
        b"<html><body><ul>" + b"<li>word and word</li>" * 400_000,
        b"<html><body>" + b"".join(b'<div class="c%d"><p>word word</p></div>' % n for n in range(200_000)),
        b'<html><script type="application/ld+json">' + b'{"@type":[' * 900_000 + b"</script><body>",
    ],
    ids=lambda body: repr(body[12:32]),
)
async def test_ten_megabytes_of_markup_end_at_the_deadline_and_the_next_page_is_read(body: bytes) -> None:
    async with _pages(replace(BOUNDS, parse_time=timedelta(seconds=1))) as (server, pages):
        server.answers("/heavy", body, headers=HTML)
        page = await _read(server, pages, "/heavy")
        if isinstance(page, FetchError):
            assert page.reason in ("no-text", "parse-timeout", "parse-memory", "parse-crashed")
        assert await _read(server, pages, "/a") == TEXT


# ── robots.txt ───────────────────────────────────────────────────────────────────────────────────────────────────


async def test_robots_txt_has_its_say_also_when_it_is_packed_or_elsewhere() -> None:
    closed = b"User-agent: *\nDisallow: /a\nUser-agent: riskbot\nDisallow: /b"
    async with _pages() as (server, pages):
        server.answers("/b", PAGE.encode(), headers=HTML)
        server.answers("/robots/moved", gzip.compress(closed), headers={"Content-Encoding": "gzip"})
        server.redirects("/robots.txt", "/robots/moved", 301)
        assert await _reason(server, pages, "/b") == "robots"
        assert await _read(server, pages, "/a") == TEXT
        assert [request.path for request in server.requests] == ["/robots.txt", "/robots/moved", "/a"]


async def test_a_page_that_redirects_to_a_forbidden_one_is_not_followed() -> None:
    async with _pages() as (server, pages):
        server.answers("/robots.txt", b"User-agent: *\nDisallow: /a")
        server.redirects("/b", "/a")
        assert await _reason(server, pages, "/b") == "robots"
        assert [request.path for request in server.requests] == ["/robots.txt", "/b"]


def _says(status: int, body: bytes = b"") -> Route:
    async def route(request: Request) -> None:
        request.writer.write(head(status, {"Content-Length": str(len(body)), "Location": "/robots.txt"}) + body)

    return route


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (404, b""),
        (403, b"User-agent: *\nDisallow: /"),
        (410, b""),
        (204, b""),
        (200, b""),
        (200, b"<!doctype html><html><body>" + b"<p>Disallow: / is what we say" * 10_000),
        (200, bytes(range(256)) * 1_000),
        (301, b""),  # to itself
    ],
)
async def test_a_site_without_rules_is_read(status: int, body: bytes) -> None:
    async with _pages() as (server, pages):
        server.routes["/robots.txt"] = _says(status, body)
        assert await _read(server, pages, "/a") == TEXT


async def _private(request: Request) -> None:
    request.writer.write(head(302, {"Location": "http://10.0.0.1/robots.txt", "Content-Length": "0"}))


async def _packed_bomb(request: Request) -> None:
    packed = bomb(64 << 20)
    request.writer.write(head(headers={"Content-Encoding": "gzip", "Content-Length": str(len(packed))}) + packed)


@pytest.mark.parametrize(
    ("route", "reason"),
    [
        (endless, "too-large"),
        (_packed_bomb, "too-large"),
        (_private, "private-address"),
        (breaks_off, "reset"),
        (None, "http-503"),
    ],
)
async def test_a_site_that_cannot_say_what_it_minds_is_not_read(route: Route | None, reason: str) -> None:
    async with _pages() as (server, pages):
        server.routes["/robots.txt"] = route or _says(503)
        assert await _reason(server, pages) == reason
        assert {request.path for request in server.requests} == {"/robots.txt"}


@pytest.mark.parametrize("route", [dripping, slow_headers], ids=["dripping", "slow_headers"])
async def test_a_robots_txt_that_never_ends_is_given_up_and_asked_for_once(route: Route) -> None:
    async with _pages(QUICK) as (server, pages):
        server.routes["/robots.txt"] = route
        assert await _reason(server, pages) == "timed-out"
        assert await _reason(server, pages, "/b") == "timed-out"
        assert len(server.requests) == 1
