"""robots.txt: whether a site lets programs read a page, and how fast. The only file that imports protego.

What always holds: the rules of a site are those of its scheme, host and port; they are asked for again after a day at
the latest; what was kept stays within a bound, whatever sites send; reading a robots.txt takes time linear in it.
Source: RFC 9309 (Robots Exclusion Protocol), at each function. `Crawl-delay` is no part of it, but many sites say it.

Deliberately absent: fetching and waiting for a turn (`pages.py`), sitemaps, visiting hours.
"""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit, urlunsplit

from protego import Protego

from riskbot.errors import FetchError

PROGRAM = "riskbot"  # the product token that sites write rules for; the User-Agent begins with it
LONGEST_DELAY = timedelta(seconds=10)  # between two requests; a site that asks for more gets no more
_READ = 500 * 1024  # bytes of one robots.txt (RFC 9309, section 2.5)
_HOLDS = 24 * 3600.0  # seconds (RFC 9309, section 2.4)
_HOLDS_IF_UNREACHABLE = 600.0  # seconds until a site that could not say is asked again
_KEPT = 2_000_000  # bytes of robots.txt in all: what is made of them takes up to fifty times as much
_SMALLEST = 1_000  # bytes that each site counts for at least
_LARGE = 20_000  # bytes over which reading takes milliseconds: others need not wait for that
_GUARDED = frozenset({"private-address", "bad-port"})  # our own word, and not the same to every feed

_AGENT = re.compile(r"\s*user[ -]?agent\s*[:\s]\s*(\*(?![^\s#])|[a-z_-]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Rules:
    """What one site lets us do."""

    delay: timedelta = timedelta(0)  # between two requests
    unreachable: FetchError | None = None  # why it could not say; then nothing may be read
    parsed: Protego | None = None  # None: everything may be read

    def allow(self, url: str) -> bool:
        """Whether the page at this address of the site may be read."""
        if self.unreachable is not None:
            return False
        return self.parsed is None or self.parsed.can_fetch(url, PROGRAM)


Fetch = Callable[[str], Awaitable[bytes]]  # an address → its body; raises FetchError


class Robots:
    """The rules of the sites asked last."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """`clock` tells seconds that never run backwards."""
        self._clock = clock
        # By site: its rules, until when they hold, and how much they count.
        self._kept: OrderedDict[str, tuple[Rules, float, int]] = OrderedDict()
        self._size = 0

    async def rules(self, url: str, fetch: Fetch) -> Rules:
        """The rules of the site at which `url` is. `fetch` is called where they are not known or too old.

        A site that could not be reached is taken to forbid everything (RFC 9309, section 2.3.1.4), unless it said
        something earlier (2.4).
        """
        place = address(url)
        kept, until, before = self._kept.get(place, (None, 0.0, 0))
        if kept is not None and self._clock() < until:
            self._kept.move_to_end(place)
            return kept
        holds, size = _HOLDS, 0
        try:
            body = (await fetch(place))[:_READ]
            size = len(body)
            rules = await asyncio.to_thread(read, body) if size > _LARGE else read(body)
        except FetchError as error:
            if error.reason in _GUARDED:
                return Rules(unreachable=error)
            rules = without(error)
            if rules.unreachable is not None:
                holds = _HOLDS_IF_UNREACHABLE
                if kept is not None and kept.unreachable is None:
                    rules, size = kept, before
        self._keep(place, rules, self._clock() + holds, max(_SMALLEST, size))
        return rules

    def __len__(self) -> int:
        """How many sites' rules are kept."""
        return len(self._kept)

    def _keep(self, place: str, rules: Rules, until: float, size: int) -> None:
        self._size += size - self._kept.pop(place, (None, 0.0, 0))[2]
        self._kept[place] = (rules, until, size)
        while self._size > _KEPT:
            _, (_, _, gone) = self._kept.popitem(last=False)
            self._size -= gone


def address(url: str) -> str:
    """Where the rules for `url` are (RFC 9309, section 2.3), which stands for the site. `url` is an http(s) address."""
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2].lower().removesuffix({"http": ":80", "https": ":443"}[parts.scheme.lower()])
    return urlunsplit((parts.scheme.lower(), place, "/robots.txt", "", ""))


def read(body: bytes) -> Rules:
    """The rules that a robots.txt gives us. Never raises: what is no rule is none (RFC 9309, section 2.2.4)."""
    text = body.decode("utf-8", "replace").removeprefix("\ufeff")
    parsed = Protego.parse("\n".join(_ours(line) for line in text.splitlines()))
    delay = timedelta(seconds=min(parsed.crawl_delay(PROGRAM) or 0.0, LONGEST_DELAY.total_seconds()))
    return Rules(delay, parsed=parsed)


def without(error: FetchError) -> Rules:
    """The rules of a site whose robots.txt could not be had.

    A site that has none lets everything be read (4xx: RFC 9309, section 2.3.1.3), and so does one that redirects
    without end (2.3.1.2). Whatever else goes wrong means that we do not know, and then nothing may be read (2.3.1.4).
    Too many requests (429) is no answer about robots.txt but about us: it counts with the latter.
    """
    none = error.reason in ("gone", "empty", "too-many-redirects") or re.fullmatch(r"http-4\d\d", error.reason)
    return Rules() if none and error.reason != "http-429" else Rules(unreachable=error)


def _ours(line: str) -> str:
    """The line; where it names a program, with ours, all (`*`) or one name for all others in its place.

    A name is the letters it begins with, and has to be ours in full (RFC 9309, section 2.2.1). One name for all the
    others, because protego writes every rule of a group to every program of it: some thousands of names with as many
    rules, which fit in a few kilobytes, would take minutes and gigabytes.
    """
    named = _AGENT.match(line)
    if named is None:
        return line
    name = named[1].lower()
    return f"User-agent: {name if name in ('*', PROGRAM) else 'another'}"
