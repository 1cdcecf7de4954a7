"""Small feed documents, and reading them as the child process does."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime

from riskbot.feeds.parse import Parsed, parse_new

NOW = datetime(2025, 11, 17, 12, 0, tzinfo=UTC)
URL = "https://news.example/feed.xml"


def rss(items: str, declaration: str = '<?xml version="1.0" encoding="utf-8"?>', encoding: str = "utf-8") -> bytes:
    """A feed of items, given as they are written."""
    return f'{declaration}<rss version="2.0"><channel><title>c</title>{items}</channel></rss>'.encode(encoding)


def item(name: str, more: str = "") -> str:
    """An item with a title and a link of its own."""
    return f"<item><title>{name}</title><link>https://n.example/{name}</link>{more}</item>"


def read_new(
    body: bytes, known: Collection[bytes] = (), now: datetime = NOW, limit: int = 100, url: str = URL
) -> Parsed:
    """What is new in a document."""
    return parse_new(body, url=url, content_type=None, now=now, limit=limit, known=known)


def hashes(parsed: Parsed) -> list[bytes]:
    """By what its items are known from now on."""
    return [hash_ for hash_, _ in parsed.items]
