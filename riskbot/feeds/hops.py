"""One address on the way to a feed, read once: everything that decides whether and how it may be asked.

What always holds: what reads differently to different parsers is no address at all, since the choice of session hangs
on reading it right; and an error names the feed's own address, not the one that a redirect came up with.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from riskbot.feeds.failures import failure

_PORTS = {"http": 80, "https": 443}
_AMBIGUOUS = re.compile(r"[\x00-\x20\x7f\\]")


@dataclass(frozen=True, slots=True)
class Hop:
    """An http(s) address and what it is made of."""

    url: str
    host: str  # lower case, without the root's dot
    port: int  # the scheme's own where none is written


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
    if not host or _AMBIGUOUS.search(target):
        raise failure("bad-address", url)
    return Hop(target, host, _PORTS[scheme] if port is None else port)
