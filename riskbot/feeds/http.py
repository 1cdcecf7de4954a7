"""One bounded, guarded GET, over as many redirects as are allowed.

What always holds:
- Redirects are followed here, hop by hop, so that each is judged anew (`session.py` judges the address that is really
  connected to). `allow_private` covers the feed's configured host and port, and no other hop.
- With a proxy (`Bounds.proxy`) the guard on addresses moves to the proxy: it looks names up and connects out of our
  sight, and only what is written in an address can still be judged here.
- Time and bytes are counted over the whole fetch; time that we spend waiting for ourselves is not counted.

Deliberately absent: retries (but for one, in `get`), caches, parsing, and what robots.txt says.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from ssl import SSLContext
from typing import Self

from riskbot import __version__
from riskbot.errors import FetchError
from riskbot.feeds.addresses import refusal_as_written
from riskbot.feeds.bounds import Bounds
from riskbot.feeds.decode import BadEncodingError, TooLargeError, Unpacker
from riskbot.feeds.failures import failure, refused_status
from riskbot.feeds.headers import kept, max_age, retry_after
from riskbot.feeds.hops import ELSEWHERE, Hop, moved_to, read_hop
from riskbot.feeds.names import Names
from riskbot.feeds.session import Resolve, Response, Sessions
from riskbot.feeds.stopwatch import Stopwatch
from riskbot.feeds.turns import Turns

# What is asked for.
FEEDS = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9,"
    " application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1"
)
PAGES = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"

Before = Callable[[str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a fetch brought."""

    body: bytes | None  # None: not modified since the last time
    url: str  # where it came from in the end
    moved: str | None = None  # where the feed lives now, when permanent redirects alone led there
    etag: str | None = None  # verbatim
    last_modified: str | None = None  # verbatim
    content_type: str | None = None
    max_age: timedelta | None = None  # how long it calls itself fresh from now on


class Http:
    """An asynchronous context manager around the sessions."""

    def __init__(
        self,
        clock: Callable[[], datetime],
        contact: str = "",
        bounds: Bounds | None = None,
        resolve: Resolve | None = None,
        *,
        trust: SSLContext | None = None,
    ) -> None:
        """`contact` is an address or page where publishers reach whoever runs this.

        `clock` tells the real time, against which dates in answers are read; `resolve` replaces the system's look-up
        of names, `trust` the system's certificate authorities.
        """
        about = f" (+{contact})" if contact else ""
        self._clock = clock
        self._bounds = bounds = bounds or Bounds()
        # Twice the requests: a look-up that was given up goes on for as long as the system's resolver likes.
        names = resolve or Names(2 * bounds.requests + 32)
        self._sessions = Sessions(f"riskbot/{__version__}{about}", bounds, names, trust)
        self._turns = Turns(bounds.requests, bounds.per_host)

    async def __aenter__(self) -> Self:
        self._sessions.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._sessions.close()

    async def get(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        home: str | None = None,
        accept: str = FEEDS,
        before: Before | None = None,
    ) -> Answer:
        """Fetch one address, following redirects. Raises FetchError with a reason of `failures.py`.

        `home` is the configured address of a feed with `allow_private`: its host and port may be inside one's own
        network, and nothing else. `accept` says what is asked for: `FEEDS`, `PAGES`, or a value of that header.
        `before` is awaited with each address that a redirect leads to, and may refuse it with a FetchError.
        """
        conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        validators = {name: value for name, value in conditions.items() if value}
        own = read_hop("", home, home).place if home else None
        watch = Stopwatch(self._bounds.total)
        try:
            try:
                return await self._follow(url, accept, validators, own, watch, before)
            except FetchError as error:
                if error.reason != "bad-response" or not validators:
                    raise
                # Some servers send a body with a 304, which reads as garbage: the feed would be lost for good.
                return await self._follow(url, accept, {}, own, watch, before)
        except TimeoutError as error:
            raise failure("timed-out", url, f"{self._bounds.total.total_seconds():g}") from error
        except TooLargeError as error:
            raise failure("too-large", url, f"{self._bounds.body:,}") from error
        except BadEncodingError as error:
            raise failure("bad-encoding", url, str(error)[:40]) from error
        except EOFError as error:
            raise failure("reset", url) from error

    async def _follow(
        self,
        url: str,
        accept: str,
        validators: Mapping[str, str],
        own: tuple[str, int] | None,
        watch: Stopwatch,
        before: Before | None,
    ) -> Answer:
        """Ask hop by hop; `own` is the place that may be private."""
        headers = {"Accept": accept, **validators}
        start = hop = read_hop("", url, url)
        steps: list[tuple[int, Hop]] = []
        for _ in range(self._bounds.redirects + 1):
            at_home = hop.place == own
            self._judge(hop, url, at_home=at_home)
            if steps and before is not None:
                await before(hop.url)
            # Waiting for a turn is our own doing and must not use up the publisher's time.
            async with (
                self._turns.turn(hop.host),
                watch.running(),
                self._sessions.ask(hop.url, headers, at_home=at_home, feed=url) as response,
            ):
                if response.status not in ELSEWHERE:
                    answer = self._answer(response, url, conditional=bool(validators))
                    body = await self._body(response) if response.status != 304 else None
                    return replace(answer, body=body, url=hop.url, moved=moved_to(start, steps))
                location = response.headers.get("location", "").strip()
            if not location:
                raise failure("bad-redirect", url)
            hop = read_hop(hop.url, location, url)
            steps.append((response.status, hop))
        raise failure("too-many-redirects", url, self._bounds.redirects)

    def _judge(self, hop: Hop, url: str, *, at_home: bool) -> None:
        """What can be held against a hop before anything is asked."""
        if at_home:
            return
        if hop.port not in self._bounds.ports:
            raise failure("bad-port", url, hop.port)
        if self._bounds.proxy and (why := refusal_as_written(hop.host)):
            raise failure("private-address", url, why)

    def _answer(self, response: Response, url: str, *, conditional: bool) -> Answer:
        """What the head says; a failure where it brings nothing."""
        status, said = response.status, response.headers
        if not 200 <= status < 600:
            raise failure("bad-response", url, f"status {status}")
        if status == 204:
            raise failure("empty", url)
        if status == 407 and self._bounds.proxy:
            raise failure("proxy", url, status)
        if status not in (200, 203) and not (status == 304 and conditional):
            away = retry_after(said.get("retry-after"), said.get("date"), self._clock())
            raise refused_status(status, url, away)
        return Answer(
            None,
            url,
            etag=kept(said.get("etag")),
            last_modified=kept(said.get("last-modified")),
            content_type=kept(said.get("content-type")),
            max_age=max_age(said.get("cache-control", ""), said.get("age")),
        )

    async def _body(self, response: Response) -> bytes:
        limit = self._bounds.body
        unpacker = Unpacker(response.headers.get("content-encoding", ""), limit)
        if (response.length or 0) > limit:
            raise TooLargeError
        while piece := await response.piece():
            unpacker.feed(piece)
        return unpacker.finish()
