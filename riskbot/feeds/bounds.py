"""How much one fetch may cost: every limit in one place, each with a default that is safe on the open internet.

What always holds: each bound is checked while the cost is being paid (bytes as they arrive and as they unpack, time
as it passes), never afterwards. Deliberately absent: the address rule, which is no matter of measure (`addresses.py`),
and http/https as the only schemes, which nobody may change (`hops.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Bounds:
    """The limits of one fetch and one parse, of how many run at a time, and by which way they go."""

    # from connecting to the last byte, redirects included; not waiting for our own turn or our own resolver
    total: timedelta = timedelta(seconds=30)
    body: int = 10_000_000  # bytes on the wire, and again after unpacking
    redirects: int = 5
    ports: frozenset[int] = frozenset({80, 443})  # a feed with `allow_private` may use its own port as well
    parse_time: timedelta = timedelta(seconds=5)  # then the child is killed
    parse_memory: int = 1 << 30  # address space of a child, in bytes
    entries: int = 5_000  # of one document
    parsers: int = 2  # children at a time
    requests: int = 32  # requests at a time, in all
    per_host: int = 2  # requests at a time, to one host
    pages: int = 20  # articles' pages a poll
    page_pause: timedelta = timedelta(seconds=1)  # between two requests for pages to one host
    # Everything but `allow_private` feeds goes through it; its address may hold credentials, so it is never shown.
    proxy: str | None = field(default=None, repr=False)
