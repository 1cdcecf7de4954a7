"""Looking names up: the system's own resolver, in threads of our own.

What always holds: so many look-ups at a time and no more, enough for every request that may run and for those that
hang on after their request was given up (the system's resolver cannot be interrupted); waiting for one of these places
is our doing and is not charged to the publisher. The threads are daemons, so a resolver that hangs never holds up the
end of the program. asyncio's own pool has as few as five threads, shared with everything else: a handful of dead names
would use up the time of healthy feeds.

Deliberately absent: a cache (the system has one, or its administrator chose not to), and any judgement of what a name
leads to: only the address that is really connected to is judged.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable
from contextlib import suppress

from riskbot.feeds.stopwatch import ours

LookUp = Callable[[str, int], list[str]]


def system(host: str, port: int) -> list[str]:
    """The addresses of a name, best first (RFC 6724), as the system knows them. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    return list(dict.fromkeys(str(address[0]) for _, _, _, _, address in found))


class Names:
    """Called with a host and a port it gives numeric addresses, or raises OSError (UnicodeError: no name at all)."""

    def __init__(self, at_a_time: int, look_up: LookUp = system) -> None:
        self._places = asyncio.Semaphore(at_a_time)
        self._look_up = look_up

    async def __call__(self, host: str, port: int) -> list[str]:
        with ours():
            await self._places.acquire()
        loop = asyncio.get_running_loop()
        waiting: asyncio.Future[list[str]] = loop.create_future()

        def settle(found: list[str], error: Exception | None) -> None:
            self._places.release()
            if waiting.done():  # its request was given up
                return
            if error is None:
                waiting.set_result(found)
            else:
                waiting.set_exception(error)

        def work() -> None:
            found: list[str] = []
            failed: Exception | None = None
            try:
                found = self._look_up(host, port)
            except Exception as error:  # noqa: BLE001 - it is raised where it is waited for
                failed = error
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(settle, found, failed)

        try:
            threading.Thread(target=work, name=f"look-up {host[:60]}", daemon=True).start()
        except RuntimeError as error:
            self._places.release()
            raise OSError("no thread left to look a name up in") from error
        return await waiting
