"""The publisher's time: a limit over a whole fetch that stands still while we wait for ourselves.

What always holds: time runs only inside `running`, and not inside `ours`; all of it together is bounded. Deliberately
absent: what a used-up time means; the limit raises TimeoutError and `http.py` gives it a name.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from datetime import timedelta

# The limit that runs in this context, for code that a library calls and that cannot be handed it.
_running: ContextVar[asyncio.Timeout | None] = ContextVar("riskbot_stopwatch", default=None)


class Stopwatch:
    """One fetch's time, used up bit by bit."""

    def __init__(self, allowed: timedelta) -> None:
        self._left = allowed.total_seconds()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Let the time run. Raises TimeoutError when it is used up."""
        async with asyncio.timeout(self._left) as limit:
            token = _running.set(limit)
            try:
                yield
            finally:
                _running.reset(token)
                if (end := limit.when()) is not None:
                    self._left = max(0.0, end - _time())


@contextmanager
def ours() -> Iterator[None]:
    """What is awaited inside is our own doing: the fetch of this context, if there is one, is not charged for it."""
    limit = _running.get()
    end = limit.when() if limit else None
    if limit is None or end is None:  # no fetch, or its time stands still already
        yield
        return
    left = end - _time()
    limit.reschedule(None)
    try:
        yield
    finally:
        limit.reschedule(_time() + left)


def _time() -> float:
    return asyncio.get_running_loop().time()
