"""The poller: one feed, its last state → what is new to read. Implements `ports.Fetcher`.

What always holds: an unchanged feed is not parsed (304, or a body whose hash is that of the last one read); a document
is parsed in a child process under a deadline; every failure is a FetchError with a reason, and concerns this feed
alone. Deliberately absent: when to poll, what is new among the entries, keeping state: the pipeline's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Self

from riskbot.feeds.bounds import Bounds
from riskbot.feeds.failures import failure
from riskbot.feeds.http import Http, Resolve
from riskbot.feeds.pool import ParserPool
from riskbot.model import Feed, FeedState
from riskbot.ports import Polled


class FeedFetcher:
    """An asynchronous context manager that holds the connections and the parsers."""

    def __init__(
        self,
        clock: Callable[[], datetime],
        contact: str = "",
        bounds: Bounds | None = None,
        resolve: Resolve | None = None,
    ) -> None:
        """`clock` tells the real time, against which dates are believed; `contact` goes into the User-Agent."""
        self._clock = clock
        self._http = Http(contact, bounds, resolve)
        self._pool = ParserPool(bounds)

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
        answer = await self._http.get(
            feed.url, etag=state.etag, last_modified=state.last_modified, allow_private=feed.allow_private
        )
        if answer.body is None:
            # A 304 need not repeat what it confirms (RFC 9110, section 15.4.5).
            return Polled(
                "unchanged",
                etag=answer.etag or state.etag,
                last_modified=answer.last_modified or state.last_modified,
                body_hash=state.body_hash,
            )
        if not answer.body:
            raise failure("empty", feed.url)
        body_hash = hashlib.sha256(answer.body).hexdigest()
        if body_hash == state.body_hash:
            return Polled("unchanged", (), answer.etag, answer.last_modified, body_hash)
        entries = await self._pool.parse(
            answer.body, url=answer.url, content_type=answer.content_type, now=self._clock()
        )
        return Polled("entries", entries, answer.etag, answer.last_modified, body_hash)
