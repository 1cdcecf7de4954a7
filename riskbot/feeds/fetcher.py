"""The poller: one feed, its last state → what is new to read. Implements `ports.Fetcher`.

What always holds: an unchanged feed is not parsed (304, or a body whose hash is that of the last one read), and of a
changed one only the items that its last document did not hold; parsing runs in a child process under a deadline; every
failure is a FetchError with a reason, and concerns this feed alone. A document of which only a part could be read is
not taken for read: it is asked for again. Deliberately absent: when to poll, what is new among the entries, keeping
state: the pipeline's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from ssl import SSLContext
from typing import Self

from riskbot.errors import FetchError
from riskbot.feeds.bounds import Bounds
from riskbot.feeds.failures import failure
from riskbot.feeds.http import Answer, Http
from riskbot.feeds.pages import Pages
from riskbot.feeds.parse import Parsed
from riskbot.feeds.pool import ParserPool
from riskbot.feeds.session import Resolve
from riskbot.model import Feed, FeedState
from riskbot.ports import Document, Polled


class FeedFetcher:
    """An asynchronous context manager that holds the connections and the parsers."""

    def __init__(
        self,
        clock: Callable[[], datetime],
        contact: str = "",
        bounds: Bounds | None = None,
        resolve: Resolve | None = None,
        *,
        trust: SSLContext | None = None,
    ) -> None:
        """`clock` tells the real time, against which dates are believed; the rest is as for `Http`."""
        self._clock = clock
        self._http = Http(clock, contact, bounds, resolve, trust=trust)
        self._pool = ParserPool(bounds)
        self._pages = Pages(self._http, self._pool.extract, bounds)

    async def __aenter__(self) -> Self:
        await self._http.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        try:
            await self._http.__aexit__(*_)
        finally:
            await self._pool.close()

    async def poll(self, feed: Feed, state: FeedState) -> Polled:
        """Fetch and parse one feed. Raises FetchError with a reason of `failures.py`."""
        url = state.moved_to or feed.url
        answer = await self._http.get(url, etag=state.etag, last_modified=state.last_modified, home=_home(feed))
        if answer.body is None:
            # A 304 need not repeat what it confirms (RFC 9110, section 15.4.5).
            return Polled(
                "unchanged",
                etag=answer.etag or state.etag,
                last_modified=answer.last_modified or state.last_modified,
                body_hash=state.body_hash,
                moved=answer.moved,
                max_age=answer.max_age,
            )
        if not answer.body:
            raise failure("empty", url)
        body_hash = hashlib.sha256(answer.body).hexdigest()
        if body_hash == state.body_hash:
            return _polled(answer, body_hash, None)
        parsed = await self._pool.parse(
            answer.body, url=answer.url, content_type=answer.content_type, now=self._clock(), known=state.items
        )
        return _polled(answer, body_hash, parsed)

    async def pages(self, feed: Feed, urls: Sequence[str]) -> Mapping[str, str | FetchError]:
        """The text of these articles' pages, by address, or why it cannot be had."""
        return await self._pages.read(urls, home=_home(feed))


def _home(feed: Feed) -> str | None:
    """The one address of the feed that may be inside one's own network: the configured one, wherever it moved."""
    return feed.url if feed.allow_private else None


def _polled(answer: Answer, body_hash: str, parsed: Parsed | None) -> Polled:
    """What an answer with a body brought; `parsed` is None where the body is that of the last time."""
    if parsed is None:
        polled = Polled("unchanged")
    else:
        items = {hash_: key or b"" for hash_, key in parsed.items}
        document = Document(parsed.count, items, parsed.whole, parsed.wishes, parsed.lost)
        polled = Polled("entries", parsed.entries, document=document)
    polled = replace(polled, moved=answer.moved, max_age=answer.max_age)
    if parsed is not None and parsed.lost:
        return polled  # and nothing by which the same document would be taken for known
    return replace(polled, etag=answer.etag, last_modified=answer.last_modified, body_hash=body_hash)
