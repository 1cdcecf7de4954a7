"""One address on the way to a feed, read once: everything that decides whether and how it may be asked.

What always holds: what reads differently to different parsers is no address at all, since the choice of session hangs
on reading it right; and an error names the feed's own address, not the one that a redirect came up with.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address
from urllib.parse import urldefrag, urljoin, urlsplit

from riskbot.feeds.failures import failure

ELSEWHERE = frozenset({301, 302, 303, 307, 308})  # the statuses that name another place
LONGEST_KEPT = 2_048  # characters of an address that is remembered
_FOR_GOOD = frozenset({301, 308})
_PORTS = {"http": 80, "https": 443}
_AMBIGUOUS = re.compile(r"[\x00-\x20\x7f\\]")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_DOTS = str.maketrans("。．｡", "...")


@dataclass(frozen=True, slots=True)
class Hop:
    """An http(s) address and what it is made of."""

    url: str
    scheme: str  # http or https
    host: str  # lower case, without the root's dot
    port: int  # the scheme's own where none is written
    credentials: bool = False  # whether a user or a password stands in it

    @property
    def place(self) -> tuple[str, int]:
        """What `allow_private` is given for: host and port."""
        return self.host, self.port


def read_hop(base: str, target: str, url: str) -> Hop:
    """`target`, which may be relative to `base`.

    Raises FetchError (`bad-address`, `bad-scheme`) about the feed at `url`.
    """
    try:
        target = urljoin(base, target)
        parts = urlsplit(target)
        scheme, host, port = parts.scheme.lower(), (parts.hostname or "").rstrip("."), parts.port
    except ValueError as error:
        raise failure("bad-address", url) from error
    if scheme not in _PORTS:
        raise failure("bad-scheme", url)
    if not host or _AMBIGUOUS.search(target) or not _plain(host):
        raise failure("bad-address", url)
    return Hop(target, scheme, host, _PORTS[scheme] if port is None else port, "@" in parts.netloc)


def moved_to(start: Hop, steps: Sequence[tuple[int, Hop]]) -> str | None:
    """Where the feed lives now: the last address worth keeping that permanent redirects alone led to, or None.

    `steps` are the statuses and places of the redirects, in order. A temporary redirect, or one that gives up
    encryption, may be followed but vouches for nothing behind it: the one is said to be passing, the other could be
    anybody's on the way. An address that is over-long or holds credentials is not kept.
    """
    found, before = None, start
    for status, hop in steps:
        if status not in _FOR_GOOD or (before.scheme, hop.scheme) == ("https", "http"):
            break
        if len(hop.url) <= LONGEST_KEPT and not hop.credentials:
            found = urldefrag(hop.url).url
        before = hop
    return found if found != start.url else None


def _plain(host: str) -> bool:
    """Whether a host reads the same to everybody.

    A percent sign is an escape to some and a zone to others. A host that ends in a number is an IPv4 address or
    nothing (WHATWG URL, "ends in a number"), and only four plain decimal numbers mean the same to every parser:
    `0177.0.0.1`, `2130706433`, `127.1` and `１２７.0.0.1` do not.
    """
    if "%" in host:
        return False
    read = unicodedata.normalize("NFKC", host.translate(_DOTS)).lower().rstrip(".")
    if ":" in host or not _NUMBER.fullmatch(read.rpartition(".")[2]):
        return True
    try:
        return str(IPv4Address(host)) == host
    except AddressValueError:
        return False
