"""The pages of articles: fetched as seldom and as slowly as their sites wish, and handed on as text.

What always holds: a page is asked for under the same guards as a feed (`http.py`), and only where its site's robots.txt
lets us; to one host there is one request at a time and a pause after each, whichever feed asks and whether for a page
or for robots.txt; whoever waits for one host holds up no other; every address gets an answer, its article's text or a
FetchError that names it. A host that asks us to stay away, or is silent twice in a row, is left alone for a while. A
text that the same host gave for another page just before is no article: so speak notices, doors and error pages.

Deliberately absent: choosing between a page's text and its feed's (`policy/fulltext.py`), trying again, keeping pages.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit

from riskbot.errors import FetchError
from riskbot.feeds.bounds import Bounds
from riskbot.feeds.failures import failure, shown
from riskbot.feeds.hops import read_hop
from riskbot.feeds.http import PAGES, Answer, Before
from riskbot.feeds.robots import Robots, Rules
from riskbot.text.urls import may_identify

_PLAIN = "text/plain, */*;q=0.1"  # what robots.txt is (RFC 9309, section 2.3)
_MEND = "the feed's own text is used instead; set `full_text: false` if it stays so"
_REST = 60.0  # seconds for which a host in trouble is left alone, where it does not say itself
_BUSY = frozenset({"http-429", "http-503"})
_SILENT = frozenset({"timed-out", "unreachable", "reset"})
_TEXTS = 32  # of a host, remembered
_HOSTS = 1_000  # remembered; beyond that, those that nobody waits for and nothing is known of are forgotten

_MARKUP = frozenset({"text/html", "application/xhtml+xml"})
_PERHAPS = frozenset({"", "text/xml", "application/xml"})
_BEGINNING = 4_096  # bytes in which a page shows itself
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|article|main)[\s>]", re.IGNORECASE)
# What a site puts between reader and article: its text is the same for all of them. Hosts by their first name.
_DOORS = frozenset("accounts auth consent guce login oauth signin sso".split())
_WRAPPERS = frozenset({"news.google.com"})  # leads on by a script, which we do not run


class Web(Protocol):
    """What is asked for pages: `Http`."""

    async def get(
        self, url: str, *, home: str | None = None, accept: str = ..., before: Before | None = None
    ) -> Answer:
        """Fetch one address; `before` is awaited with each that a redirect leads to. Raises FetchError."""


class Extract(Protocol):
    """What makes text of a page."""

    async def __call__(self, body: bytes, *, url: str, content_type: str | None) -> str:
        """The text of the page's article. Raises FetchError about `url`."""


@dataclass
class _Host:
    """A host, and what must be minded when it is asked."""

    line: asyncio.Lock = field(default_factory=asyncio.Lock)  # held by whoever asks it
    asked_at: float = float("-inf")  # when the last request to it ended
    silent: int = 0  # requests in a row that brought no answer at all
    closed_until: float = float("-inf")
    closed_by: FetchError | None = None
    texts: OrderedDict[bytes, str] = field(default_factory=OrderedDict)  # its last texts, hashed, and their pages

    def elsewhere(self, text: str, url: str) -> str | None:
        """The other page of it that had this very text before; where there is none, it is remembered as this one's."""
        key = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
        first = self.texts.setdefault(key, url)
        self.texts.move_to_end(key)
        if len(self.texts) > _TEXTS:
            self.texts.popitem(last=False)
        return first if first != url else None


class Pages:
    """Reads pages for all feeds of this process."""

    def __init__(
        self,
        http: Web,
        extract: Extract,
        bounds: Bounds | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """`clock` tells seconds that never run backwards, `sleep` waits so many of them."""
        self._http = http
        self._extract = extract
        self._bounds = bounds or Bounds()
        self._clock = clock
        self._sleep = sleep
        self._robots = Robots(clock)
        self._hosts: dict[str, _Host] = {}

    async def read(self, urls: Sequence[str], *, home: str | None = None) -> Mapping[str, str | FetchError]:
        """The text of each of these pages, by address, or why it cannot be had. Never raises FetchError.

        At most `Bounds.pages` are read, those that come first. `home` is as for `Http.get`.
        """
        wanted = list(dict.fromkeys(urls))
        most = self._bounds.pages
        found: dict[str, str | FetchError] = {url: failure("too-many-pages", url, most) for url in wanted[most:]}
        lines: dict[str, list[str]] = {}
        for url in wanted[:most]:
            try:
                lines.setdefault(read_hop("", url, url).host, []).append(url)
            except FetchError as error:
                found[url] = _about_a_page(error)

        async def read_line(line: list[str]) -> None:
            for url in line:
                found[url] = await self._read(url, home)

        async with asyncio.TaskGroup() as group:
            for line in lines.values():
                group.create_task(read_line(line))
        return {url: found[url] for url in wanted}

    def __len__(self) -> int:
        """How many hosts are remembered."""
        return len(self._hosts)

    async def _read(self, url: str, home: str | None) -> str | FetchError:
        try:
            if not may_identify(url):
                raise failure("not-a-page", url, "it is a site's front page")
            answer = await self._page(url, home)
            if not answer.body:
                raise failure("empty", url)
            if why := refusal(url, answer):
                raise failure("not-a-page", url, why)
            text = await self._extract(answer.body, url=url, content_type=answer.content_type)
            if other := self._host(answer.url).elsewhere(text, url):
                raise failure("not-a-page", url, f"its text is that of {shown(other)}")
            return text
        except FetchError as error:
            return _about_a_page(error)

    async def _page(self, url: str, home: str | None) -> Answer:
        host, asking = self._host(url), True

        async def follow(place: str) -> None:
            # The line of another host is not waited for while this one's is held: two sites that redirect to each other
            # would wait for ever. `_turn` keeps the pause all the same.
            nonlocal host, asking
            host.asked_at = max(host.asked_at, self._clock())
            host, asking = self._host(place), False
            await self._turn(host, await self._allowed(place, url, host, home))
            asking = True

        async with host.line:
            await self._turn(host, await self._allowed(url, url, host, home))
            try:
                answer = await self._http.get(url, home=home, accept=PAGES, before=follow)
            except FetchError as error:
                if asking:
                    self._mind(host, error)
                raise
            finally:
                host.asked_at = max(host.asked_at, self._clock())
        host.silent = 0
        return answer

    async def _allowed(self, place: str, url: str, host: _Host, home: str | None) -> Rules:
        """The rules for `place`, to which `url` leads. Raises FetchError where it may not be read."""

        async def fetch(robots: str) -> bytes:
            await self._turn(host, Rules())
            try:
                return (await self._http.get(robots, home=home, accept=_PLAIN)).body or b""
            except FetchError as error:
                self._mind(host, error)
                raise
            finally:
                host.asked_at = max(host.asked_at, self._clock())

        if host.closed_by is not None and self._clock() < host.closed_until:
            raise _not_asked(url, host.closed_by)
        rules = await self._robots.rules(place, fetch)
        if rules.unreachable is not None:
            raise _not_asked(url, rules.unreachable)
        if not rules.allow(place):
            raise failure("robots", url)
        return rules

    async def _turn(self, host: _Host, rules: Rules) -> None:
        """Wait until the host may be asked again; whoever comes meanwhile waits for longer."""
        pause = max(rules.delay, self._bounds.page_pause).total_seconds()
        now = self._clock()
        host.asked_at = max(now, host.asked_at + pause)
        await self._sleep(host.asked_at - now)

    def _mind(self, host: _Host, error: FetchError) -> None:
        """What a failure says of the host that was asked last."""
        host.silent = host.silent + 1 if error.reason in _SILENT else 0
        if error.reason in _BUSY or host.silent > 1:
            away = error.retry_after.total_seconds() if error.retry_after else _REST
            host.closed_until, host.closed_by = self._clock() + away, error

    def _host(self, url: str) -> _Host:
        name = read_hop("", url, url).host
        if name not in self._hosts:
            if len(self._hosts) >= _HOSTS:
                since = self._clock() - _REST
                self._hosts = {
                    name: host
                    for name, host in self._hosts.items()
                    if host.line.locked() or max(host.asked_at, host.closed_until) > since
                }
            self._hosts[name] = _Host()
        return self._hosts[name]


def refusal(url: str, answer: Answer) -> str | None:
    """Why what came for `url` is no article's page, in words; None where it may be one."""
    media = (answer.content_type or "").partition(";")[0].strip().lower()
    beginning = (answer.body or b"")[:_BEGINNING]
    host = (urlsplit(answer.url).hostname or "").rstrip(".")
    if media not in _MARKUP | _PERHAPS:
        return f"it is {media[:40]}"
    if (media in _PERHAPS and not _HTML.search(beginning)) or beginning.startswith(b"%PDF-"):
        return "it is no HTML"
    if not may_identify(answer.url):
        return f"it leads to the front page of {host}"
    if host in _WRAPPERS or (host != urlsplit(url).hostname and host.partition(".")[0] in _DOORS):
        return f"it leads to {host}, which shows no articles"
    return None


def _not_asked(url: str, why: FetchError) -> FetchError:
    return FetchError(why.reason, f"{shown(url)} was not asked for: {why}", retry_after=why.retry_after)


def _about_a_page(error: FetchError) -> FetchError:
    """The same failure with what mends it for a page; others speak of a feed's `url`."""
    return FetchError(error.reason, str(error), _MEND, retry_after=error.retry_after)
