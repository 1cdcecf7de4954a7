"""Taking turns: at most so many requests at a time, in all and to one host.

What always holds: whoever waits for a host holds no common place meanwhile, so that a slow host's line delays nobody
else; and a host that nobody asks or waits for is forgotten.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary


class Turns:
    """The places, in all and for each host."""

    def __init__(self, in_all: int, per_host: int) -> None:
        self._places = asyncio.Semaphore(in_all)
        self._per_host = per_host
        # Whoever stands in a host's line holds it; the last one to leave lets it go.
        self._lines: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait for a place at this host, then for one among all, and hold both."""
        line = self._lines.get(host)
        if line is None:
            line = self._lines[host] = asyncio.Semaphore(self._per_host)
        async with line, self._places:
            yield

    def __len__(self) -> int:
        """How many hosts are asked or waited for."""
        return len(self._lines)
