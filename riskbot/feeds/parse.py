"""Fetched bytes → entries. The only file that imports feedparser.

What always holds: bytes reach feedparser only inside `io.BytesIO` (it opens a string or bare bytes that name a file);
it neither sanitises nor resolves links in markup, because only text is kept of it. This runs in a child process
(`child.py`): feedparser forgives everything, and some inputs make it take its time over that.
"""

from __future__ import annotations

import io
import re
from datetime import datetime

import feedparser

from riskbot.feeds import jsonfeed
from riskbot.feeds.entries import Raw, entry
from riskbot.feeds.failures import failure
from riskbot.model import Entry

# A page says so at its beginning, after a byte order mark, an XML declaration or comments. Looked for before
# feedparser is asked, which would go through megabytes of page in search of items.
_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:\s|<\?[^>]{0,500}\?>|<!--[^>]{0,2000}-->)*<(?:!doctype\s+html|html[\s>])", re.I
)
_HEAD = 8_192


def parse(body: bytes, *, url: str, content_type: str | None, now: datetime, limit: int) -> tuple[Entry, ...]:
    """The entries of a document, in its order.

    `url` is where it came from in the end, `limit` how many entries are allowed. Raises FetchError: `empty`,
    `html-not-feed`, `not-a-feed`, `too-many-entries`.
    """
    if not body.strip(b"\0 \t\r\n"):
        raise failure("empty", url)
    if _PAGE.match(body[:_HEAD]):
        raise failure("html-not-feed", url)
    raws, language = (
        _json(body, url) if body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{" else _xml(body, url, content_type)
    )
    if len(raws) > limit:
        raise failure("too-many-entries", url, f"{limit:,}")
    entries = (entry(raw, base=url, now=now, language=language) for raw in raws)
    return tuple(one for one in entries if one is not None)


def _json(body: bytes, url: str) -> tuple[list[Raw], str | None]:
    if (found := jsonfeed.items(body)) is None:
        raise failure("not-a-feed", url)
    raws, language = found
    return [*raws], language


def _xml(body: bytes, url: str, content_type: str | None) -> tuple[list[Raw], str | None]:
    headers = {"content-location": url}
    if content_type:
        headers["content-type"] = content_type
    parsed = feedparser.parse(
        io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )
    # A FeedParserDict answers for keys it does not hold (with warnings); a plain dict does not.
    raws: list[Raw] = [dict(raw) for raw in parsed.entries]
    if not raws and not parsed.version:
        raise failure("html-not-feed" if b"<body" in body[:200_000].lower() else "not-a-feed", url)
    language = dict(parsed.feed).get("language")
    return raws, language if isinstance(language, str) else None
