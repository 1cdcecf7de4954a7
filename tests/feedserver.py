"""A scripted HTTP server on loopback: exact bytes at exact times, and a record of what was asked.

Every route is a coroutine that writes to the socket itself, so that a test can do what no proper server would: stop in
the middle, drip, never end. Bodies of trouble (bombs, slow documents) are made here and stored nowhere.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import socket
import ssl
import struct
import zlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Self

RSS = (
    b'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>News</title>'
    b"<link>https://news.example/</link><description>d</description>"
    b'<item><title>White House memo names Alibaba</title><link>/a/1</link><guid isPermaLink="false">n-1</guid>'
    b"<description>&lt;p&gt;It helps the military.&lt;/p&gt;</description>"
    b"<pubDate>Mon, 17 Nov 2025 09:00:00 +0100</pubDate></item></channel></rss>"
)


@dataclass
class Request:
    """What was asked."""

    method: str
    path: str
    headers: Mapping[str, str]  # names in lower case
    writer: asyncio.StreamWriter


Route = Callable[[Request], Awaitable[None]]


@dataclass
class FeedServer:
    """An asynchronous context manager: fill `routes`, ask at `url(path)`."""

    tls: ssl.SSLContext | None = None
    routes: dict[str, Route] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    connections: int = 0  # opened so far
    open_now: int = 0  # requests being answered
    open_most: int = 0  # the most at any time
    port: int = 0

    async def __aenter__(self) -> Self:
        self._tasks: set[asyncio.Task[None]] = set()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self.tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    async def all_closed(self) -> None:
        """Wait until no connection is open any more."""
        await asyncio.gather(*self._tasks)

    def url(self, path: str = "/feed", host: str = "127.0.0.1") -> str:
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}{path}"

    def answers(
        self, path: str = "/feed", body: bytes = RSS, *, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> None:
        """Answer properly at a path."""

        async def route(request: Request) -> None:
            request.writer.write(head(status, {"Content-Length": str(len(body)), **(headers or {})}) + body)
            await request.writer.drain()

        self.routes[path] = route

    def redirects(self, path: str, target: str, status: int = 302) -> None:
        self.answers(path, b"", status=status, headers={"Location": target})

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        try:
            # The other side closing, resetting or being done with us is what many of the tests are about.
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                while True:
                    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                    method, path, _ = lines[0].split(" ", 2)
                    headers = {name.lower(): value.strip() for name, _, value in (x.partition(":") for x in lines[1:])}
                    request = Request(method, path, headers, writer)
                    self.requests.append(request)
                    self.open_now += 1
                    self.open_most = max(self.open_most, self.open_now)
                    try:
                        await self.routes.get(path, _missing)(request)
                    finally:
                        self.open_now -= 1
        finally:
            self._tasks.discard(task)
            writer.close()
            with contextlib.suppress(ConnectionError, ssl.SSLError, asyncio.CancelledError):
                await writer.wait_closed()


def head(status: int = 200, headers: Mapping[str, str] | None = None) -> bytes:
    """A status line and headers, ready to be followed by a body."""
    lines = [f"HTTP/1.1 {status} Whatever", *(f"{name}: {value}" for name, value in (headers or {}).items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


async def _missing(request: Request) -> None:
    request.writer.write(head(404, {"Content-Length": "0"}))


def raw(*pieces: bytes, then_close: bool = True) -> Route:
    """Exactly these bytes, each piece in a packet of its own."""

    async def route(request: Request) -> None:
        for piece in pieces:
            request.writer.write(piece)
            await request.writer.drain()
            await asyncio.sleep(0.05)
        if then_close:
            request.writer.close()

    return route


def flood(first: bytes, again: bytes) -> Route:
    """`first`, then `again` for ever."""

    async def route(request: Request) -> None:
        request.writer.write(first)
        while True:
            request.writer.write(again)
            await request.writer.drain()

    return route


async def endless(request: Request) -> None:
    """A body that never ends."""
    request.writer.write(head(headers={"Content-Type": "application/rss+xml", "Connection": "close"}))
    while True:
        request.writer.write(b"<item>" * 10_000)
        await request.writer.drain()


async def dripping(request: Request) -> None:
    """A byte of the body now and then: each read is quick, the whole never ends."""
    request.writer.write(head(headers={"Content-Length": str(len(RSS))}))
    for byte in RSS:
        request.writer.write(bytes([byte]))
        await request.writer.drain()
        await asyncio.sleep(0.05)


async def slow_headers(request: Request) -> None:
    """A header that never ends."""
    request.writer.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while True:
        request.writer.write(b"x")
        await request.writer.drain()
        await asyncio.sleep(0.05)


async def breaks_off(request: Request) -> None:
    """Half of the body, then a reset."""
    request.writer.write(head(headers={"Content-Length": str(len(RSS))}) + RSS[: len(RSS) // 2])
    await request.writer.drain()
    await asyncio.sleep(0.05)
    connection = request.writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # close at once means reset
    request.writer.transport.abort()


def bomb(size: int = 1 << 30) -> bytes:
    """A gzip body of about a thousandth of `size`, which unpacks to `size` zeros. Made without unpacked memory."""
    block, packer = bytes(1 << 20), zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    first = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)  # after a full flush each block packs the same
    return gzip.compress(b"", 9, mtime=0)[:10] + first * (size // len(block)) + packer.flush()


def slow_author() -> bytes:
    """31 KiB in an author's name, over which feedparser takes seconds."""
    return RSS.replace(b"</guid>", b"</guid><author>" + b"a" * 31 * 1024 + b"@" + b"</author>")
