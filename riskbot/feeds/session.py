"""One request over a guarded connection of its own. The only file of the feeds that imports aiohttp.

What always holds:
- The address that is really connected to is judged: aiohttp's connector hands each resolved address to the socket
  factory just before it connects to that very address, so nothing lies between check and use.
- What is asked `at_home` (inside one's own network) has a session of its own, with a guard of its own: no guarded
  request can come by a connection that the guard would have refused.
- One connection, one request. A kept connection may hold more than it should, from a server that lies about lengths,
  and would give it out as the answer to the next feed of that host; and thousands of hosts would each keep one open.
- With a proxy everything but what is at home goes through it, and the guard moves there: it is the proxy that looks
  names up and connects, out of our sight. The proxy itself may be inside one's own network.
- The environment has no say: no proxy variables, no netrc, no cookies kept.

Deliberately absent: redirects, time and turns (`http.py`), retries, caches.
"""

from __future__ import annotations

import asyncio
import errno
import re
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from ssl import SSLContext
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from riskbot.errors import FetchError
from riskbot.feeds.addresses import refusal
from riskbot.feeds.bounds import Bounds
from riskbot.feeds.failures import failure

Resolve = Callable[[str, int], Awaitable[list[str]]]

_ADDRESSES = 16  # of one name; more would be tried one after the other, again and again
_LISTS = frozenset({"cache-control", "content-encoding"})  # of the headers that are read here
_LOOK = 1.0  # seconds
_HEADER = 65_536  # bytes of one header line: news sites send long ones, and no more than 128 of them are read

# What the guard refused during the request that is running in this context: aiohttp folds several failed addresses
# into one error without their kinds.
_refused: ContextVar[list[str]] = ContextVar("riskbot_refused")


class _RefusedAddressError(OSError):
    """The guard's word to the connector; it never leaves this file."""


class _GarbledError(ValueError):
    """The body stopped being HTTP; likewise."""


@dataclass(frozen=True, slots=True)
class Response:
    """A response whose body has not been read yet."""

    status: int
    headers: Mapping[str, str]  # names in lower case; of several lines the first, or all of a list
    length: int | None  # of the body, as the headers say
    piece: Callable[[], Awaitable[bytes]]  # the next one of the body as it is on the wire; empty at its end


class Sessions:
    """The open sessions; `open` before anything is asked, `close` at the end."""

    def __init__(self, agent: str, bounds: Bounds, resolve: Resolve, trust: SSLContext | None = None) -> None:
        """`agent` is the User-Agent; `trust` replaces the system's certificate authorities."""
        self._agent = agent
        self._bounds = bounds
        self._resolver = _Resolver(resolve)
        self._trust = trust
        self._sessions: dict[bool, aiohttp.ClientSession] = {}  # by: at home

    def open(self) -> None:
        """Make the sessions; nothing is connected to yet."""
        self._sessions = {at_home: self._session(at_home=at_home) for at_home in (False, True)}

    async def close(self) -> None:
        """Close all connections."""
        sessions, self._sessions = self._sessions, {}
        for session in sessions.values():
            await session.close()

    @asynccontextmanager
    async def ask(self, url: str, headers: Mapping[str, str], *, at_home: bool, feed: str) -> AsyncIterator[Response]:
        """One GET of `url`. Raises FetchError, about the address `feed`, also while the body is being read inside."""
        if not self._sessions:
            raise RuntimeError("Http is used outside its `async with`")
        session = self._sessions[at_home]
        refused: list[str] = []
        token = _refused.set(refused)
        try:
            async with session.get(url, headers=headers, allow_redirects=False) as response:
                yield Response(response.status, _said(response), response.content_length, _reader(response))
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise self._named(error, feed, refused) from error
        finally:
            _refused.reset(token)

    def _session(self, *, at_home: bool) -> aiohttp.ClientSession:
        proxy = None if at_home else self._bounds.proxy

        def guard(info: aiohttp.AddrInfoType) -> socket.socket:
            family, kind, protocol, _, address = info
            # Where there is a proxy, nothing else is ever connected to in this session.
            if why := refusal(str(address[0]), allow_private=at_home or proxy is not None):
                _refused.get().append(why)
                raise _RefusedAddressError(f"refused: {why}")
            return socket.socket(family, kind, protocol)

        connector = aiohttp.TCPConnector(
            socket_factory=guard,
            resolver=self._resolver,
            use_dns_cache=False,  # with it, look-ups run outside the fetch that they belong to
            ssl=self._trust or True,
            limit=0,  # turns are taken before a session is asked
            force_close=True,
        )
        return aiohttp.ClientSession(
            connector=connector,
            headers={"User-Agent": self._agent, "Accept-Encoding": "gzip, deflate", "Connection": "close"},
            proxy=proxy,
            trust_env=False,
            auto_decompress=False,  # `decode.py` stops at the bound
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),  # one clock for the whole fetch: `http.py`
            max_line_size=_HEADER,
            max_field_size=_HEADER,
        )

    def _named(self, error: Exception, url: str, refused: list[str]) -> FetchError:
        """What went wrong, as people are told."""
        match error:
            case aiohttp.ClientHttpProxyError():
                return failure("proxy", url, error.status)
            case aiohttp.ClientConnectorError():
                return self._unconnected(error, url, refused)
            case aiohttp.InvalidURL() | UnicodeError():
                return failure("bad-address", url)
            case aiohttp.ClientConnectionError() | aiohttp.ClientPayloadError() | OSError():
                return failure("reset", url)
            case aiohttp.ClientResponseError() | _GarbledError():
                return failure("bad-response", url, _words(str(getattr(error, "message", error))))
            case _:
                return failure("bad-response", url, type(error).__name__)

    def _unconnected(self, error: aiohttp.ClientConnectorError, url: str, refused: list[str]) -> FetchError:
        words = (error.os_error.strerror or type(error.os_error).__name__)[:200]
        if error.os_error.errno in (errno.EMFILE, errno.ENFILE):
            return failure("no-handles", url, words)
        if isinstance(error, aiohttp.ClientSSLError):
            words = _tls_words(error)
        if isinstance(error, aiohttp.ClientProxyConnectionError) or error.host == self._proxy_host():
            return failure("proxy", url, refused[0] if refused else words)
        if isinstance(error, aiohttp.ClientSSLError):
            return failure("tls", url, words)
        if isinstance(error, aiohttp.ClientConnectorDNSError):
            return failure("dns", url, words)
        return failure("private-address", url, refused[0]) if refused else failure("unreachable", url, words)

    def _proxy_host(self) -> str | None:
        return urlsplit(self._bounds.proxy).hostname if self._bounds.proxy else None


class _Resolver(AbstractResolver):
    """Someone else's name resolution in the shape aiohttp asks for."""

    def __init__(self, resolve: Resolve) -> None:
        self._resolve = resolve

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST,
            )
            for address in (await self._resolve(host, port))[:_ADDRESSES]
        ]

    async def close(self) -> None:
        """Nothing is held."""


def _reader(response: aiohttp.ClientResponse) -> Callable[[], Awaitable[bytes]]:
    """What reads the body, piece by piece.

    When its framing turns to garbage half-way, aiohttp (3.14) closes the connection and leaves whoever waits for the
    next piece waiting; only one who comes later is told, by a RuntimeError. So nobody waits for long.
    """
    content = response.content
    protocol = response.connection.protocol if response.connection else None

    async def piece() -> bytes:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(_LOOK):
                    try:
                        return await content.readany()
                    except RuntimeError as error:
                        why = protocol.exception() if protocol else None
                        raise _GarbledError(getattr(why, "message", "broken off")) from error

    return piece


def _words(message: str) -> str:
    """What aiohttp complains of, without the bytes that it complains of."""
    return " ".join(re.split(r"b['\"]|\n\s*\n", message)[0].split())[:100].rstrip(": ")


def _said(response: aiohttp.ClientResponse) -> dict[str, str]:
    """The headers; the lines of those that are lists are one list (RFC 9110, section 5.3)."""
    said: dict[str, str] = {}
    for name, value in response.headers.items():
        name = name.lower()
        if name not in said:
            said[name] = value
        elif name in _LISTS:
            said[name] += f", {value}"
    return said


def _tls_words(error: aiohttp.ClientSSLError) -> str:
    cause = getattr(error, "certificate_error", None) or error.os_error
    return str(getattr(cause, "verify_message", "") or getattr(cause, "reason", "") or type(cause).__name__)
