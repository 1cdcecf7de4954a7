"""One bounded, guarded GET. The only file that imports aiohttp.

What always holds:
- The address that is really connected to is judged, on every hop: aiohttp's connector hands each resolved address to
  the socket factory just before it connects to that very address, so nothing lies between check and use, and a pooled
  connection was judged when it was opened.
- `allow_private` is a session (and so a pool) of its own, asked only for the configured host and port. A guarded
  request can therefore never ride on a connection that the guard would have refused.
- Redirects are followed here, hop by hop, so that each is judged anew; time and bytes are counted over the whole fetch.
- The environment has no say: no proxy variables, no netrc, no cookies kept.

Deliberately absent: retries, caches, parsing.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Self

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from riskbot import __version__
from riskbot.feeds.addresses import refusal
from riskbot.feeds.bounds import Bounds
from riskbot.feeds.decode import BadEncodingError, TooLargeError, Unpacker
from riskbot.feeds.failures import failure, refused_status
from riskbot.feeds.hops import Hop, read_hop
from riskbot.feeds.turns import Turns

Resolve = Callable[[str, int], Awaitable[list[str]]]

_MOVED = {301, 308}
_ELSEWHERE = {301, 302, 303, 307, 308}
_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9,"
    " application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1"
)

# What the guard refused during the fetch that is running in this context: aiohttp folds several failed addresses into
# one error without their kinds.
_refused: ContextVar[list[str] | None] = ContextVar("riskbot_refused", default=None)


class _RefusedAddressError(OSError):
    """The guard's word to the connector; it never leaves this file."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a fetch brought."""

    body: bytes | None  # None: not modified since the last time
    url: str  # where it came from in the end
    moved: str | None = None  # where the feed lives now, when permanent redirects alone led there
    etag: str | None = None  # verbatim
    last_modified: str | None = None  # verbatim
    content_type: str | None = None


class Http:
    """An asynchronous context manager around the two sessions."""

    def __init__(self, contact: str = "", bounds: Bounds | None = None, resolve: Resolve | None = None) -> None:
        """`contact` is an address or page where publishers reach whoever runs this; `resolve` replaces DNS."""
        about = f" (+{contact})" if contact else ""
        self._headers = {
            "User-Agent": f"riskbot/{__version__}{about}",
            "Accept": _ACCEPT,
            "Accept-Encoding": "gzip, deflate",
        }
        self._bounds = bounds or Bounds()
        self._resolve = resolve
        self._turns = Turns(self._bounds.requests, self._bounds.per_host)
        self._guarded: aiohttp.ClientSession | None = None
        self._private: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._guarded = self._session(allow_private=False)
        self._private = self._session(allow_private=True)
        return self

    async def __aexit__(self, *_: object) -> None:
        for session in (self._guarded, self._private):
            if session is not None:
                await session.close()
        self._guarded = self._private = None

    async def get(
        self, url: str, *, etag: str | None = None, last_modified: str | None = None, allow_private: bool = False
    ) -> Answer:
        """Fetch one address, following redirects. Raises FetchError with a reason of `failures.py`."""
        conditions = {
            name: value for name, value in (("If-None-Match", etag), ("If-Modified-Since", last_modified)) if value
        }
        start = read_hop("", url, url)
        home = (start.host, start.port) if allow_private else None
        hop, moved, permanent = start, None, True
        left = self._bounds.total.total_seconds()
        refused: list[str] = []
        token = _refused.set(refused)
        try:
            for _ in range(self._bounds.redirects + 1):
                refused.clear()
                at_home = (hop.host, hop.port) == home
                if not at_home and hop.port not in self._bounds.ports:
                    raise failure("bad-port", url, hop.port)
                # Waiting for a turn is our own doing and must not use up the publisher's time.
                async with self._turns.turn(hop.host):
                    before = asyncio.get_running_loop().time()
                    async with asyncio.timeout(left):
                        outcome = await self._ask(hop, url, conditions, moved, at_home=at_home)
                    left -= asyncio.get_running_loop().time() - before
                if isinstance(outcome, Answer):
                    return outcome
                status, location = outcome
                hop = read_hop(hop.url, location, url)
                permanent = permanent and status in _MOVED
                moved = hop.url if permanent else moved
            raise failure("too-many-redirects", url, self._bounds.redirects)
        except TimeoutError as error:
            raise failure("timed-out", url, f"{self._bounds.total.total_seconds():g}") from error
        except TooLargeError as error:
            raise failure("too-large", url, f"{self._bounds.body:,}") from error
        except BadEncodingError as error:
            raise failure("bad-encoding", url, str(error)[:40]) from error
        except EOFError as error:
            raise failure("reset", url) from error
        except aiohttp.ClientConnectorDNSError as error:
            raise failure("dns", url) from error
        except aiohttp.ClientSSLError as error:
            raise failure("tls", url, _tls_words(error)) from error
        except aiohttp.ClientConnectorError as error:
            if refused:
                raise failure("private-address", url, refused[0]) from error
            raise failure("unreachable", url, error.strerror or type(error.os_error).__name__) from error
        except (aiohttp.InvalidURL, UnicodeError) as error:
            raise failure("bad-address", url) from error
        except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError) as error:
            raise failure("reset", url) from error
        except (aiohttp.ClientError, ValueError) as error:
            raise failure("bad-response", url, type(error).__name__) from error
        finally:
            _refused.reset(token)

    async def _ask(
        self, hop: Hop, url: str, conditions: Mapping[str, str], moved: str | None, *, at_home: bool
    ) -> Answer | tuple[int, str]:
        """One request: the answer, or the status and place of a redirect."""
        session = self._private if at_home else self._guarded
        if session is None:
            raise RuntimeError("Http is used outside its `async with`")
        async with session.get(hop.url, headers=conditions, allow_redirects=False) as response:
            if response.status in _ELSEWHERE:
                location = response.headers.get("Location", "").strip()
                if not location:
                    raise failure("bad-redirect", url)
                return response.status, location
            etag, last_modified = _kept(response.headers.get("ETag")), _kept(response.headers.get("Last-Modified"))
            if response.status == 304 and conditions:
                return Answer(None, hop.url, moved, etag, last_modified)
            if response.status == 204:
                raise failure("empty", url)
            if response.status not in (200, 203):
                raise refused_status(response.status, url)
            body = await self._body(response)
            return Answer(body, hop.url, moved, etag, last_modified, _kept(response.headers.get("Content-Type")))

    async def _body(self, response: aiohttp.ClientResponse) -> bytes:
        limit = self._bounds.body
        unpacker = Unpacker(response.headers.get("Content-Encoding", ""), limit)
        if (response.content_length or 0) > limit:
            raise TooLargeError
        async for piece in response.content.iter_any():
            unpacker.feed(piece)
        return unpacker.finish()

    def _session(self, *, allow_private: bool) -> aiohttp.ClientSession:
        def guard(info: aiohttp.AddrInfoType) -> socket.socket:
            family, kind, protocol, _, address = info
            if why := refusal(str(address[0]), allow_private=allow_private):
                if (refused := _refused.get()) is not None:
                    refused.append(why)
                raise _RefusedAddressError(f"refused: {why}")
            return socket.socket(family, kind, protocol)

        connector = aiohttp.TCPConnector(
            socket_factory=guard,
            resolver=_Resolver(self._resolve) if self._resolve else None,
            limit=0,  # turns are taken before a session is asked
            keepalive_timeout=15,
        )
        return aiohttp.ClientSession(
            connector=connector,
            headers=self._headers,
            trust_env=False,
            auto_decompress=False,  # `Unpacker` stops at the bound
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),  # one clock for the whole fetch, above
        )


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
            for address in await self._resolve(host, port)
        ]

    async def close(self) -> None:
        """Nothing is held."""


def _kept(value: str | None) -> str | None:
    """A header's value where it can be stored and sent again as it is; bytes that are not UTF-8 cannot."""
    if value is None or not value.strip():
        return None
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return None
    return value


def _tls_words(error: aiohttp.ClientSSLError) -> str:
    cause = getattr(error, "certificate_error", None) or error.os_error
    return str(getattr(cause, "verify_message", "") or getattr(cause, "reason", "") or type(cause).__name__)
