"""Fetched bytes → entries, of which only those are parsed that are new. The only file that imports feedparser.

What always holds: bytes reach feedparser only inside `io.BytesIO` (it opens a string or bare bytes that name a file);
it neither sanitises nor resolves links in markup, because only text is kept of it. The entries of a document taken
apart are those that feedparser finds in the whole, field by field; where that is not certain, it is asked for the
whole, and the reason is told. This runs in a child process (`child.py`): feedparser forgives everything, and some
inputs make it take its time over that.

What an entry shows can depend on more than its item's bytes and surroundings, which are what an item is known by:
- on the time, where its date is still too far ahead to be believed: such an item is not remembered as known, and so is
  read again until its date counts;
- on the feed's own `<language>`: an item that is known already keeps the one it was read with;
- on an item with the same id that stands before it and wins: that one is read again beside it (`split_rivals.py`).
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from xml.sax import SAXException

import feedparser
from feedparser.api import StrictFeedParser

from riskbot.feeds import jsonfeed
from riskbot.feeds.entries import Raw, entry, settled
from riskbot.feeds.failures import failure
from riskbot.feeds.split import Item, Split, join, split
from riskbot.feeds.split_labels import corrected
from riskbot.feeds.split_rivals import rivals
from riskbot.feeds.wishes import wishes
from riskbot.model import Entry, Wishes
from riskbot.text.normalise import clean
from riskbot.text.urls import link_key

# feedparser takes an id for an address and puts the feed's own address before it. An id must stay what it is when the
# feed moves or answers from another host, or all its entries would be new. (Both its parsers share the set.)
StrictFeedParser.can_be_relative_uri.discard("id")

# A page says so at its beginning, after a byte order mark, an XML declaration or comments. Looked for before
# feedparser is asked, which would go through megabytes of page in search of items.
_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:\s|<\?[^>]{0,500}\?>|<!--[^>]{0,2000}-->)*<(?:!doctype\s+html|html[\s>])", re.I
)
_HEAD = 8_192
_FIRST_ITEM = re.compile(rb"<(?:[A-Za-z]{1,10}:)?(?:item|entry)[\s>]", re.I)
_TAGS = re.compile(rb"<!\[CDATA\[|\]\]>|<[^<>]*>?")


@dataclass(frozen=True, slots=True)
class Parsed:
    """What one reading of a document brought."""

    entries: tuple[Entry, ...]  # of the items not known before, or of all where it was parsed whole; in its order
    count: int  # how many items it holds
    # All of them in its order, by hash, with their links' keys (None: known before); empty where it was parsed whole.
    items: tuple[tuple[bytes, bytes | None], ...] = ()
    whole: str | None = None  # why it was parsed whole though only some of it was wanted, in a word
    wishes: Wishes | None = None  # None: its head was not read
    lost: str | None = None  # what of it could not be read this time, in words; None: nothing


class _Read(NamedTuple):
    """What feedparser or JSON Feed says of a document."""

    raws: list[Raw]
    feed: Mapping[str, Any]  # what it says of the feed itself
    version: str  # empty: it is none that it knows
    strict: bool  # it was read as XML, not as something that resembles it

    @property
    def language(self) -> str | None:
        language = self.feed.get("language")
        return language if isinstance(language, str) else None


def parse(body: bytes, *, url: str, content_type: str | None, now: datetime, limit: int) -> tuple[Entry, ...]:
    """All entries of a document, read whole. Arguments and errors as of `parse_new`."""
    _refuse(body, url)
    if _is_json(body):
        return _json(body, url, now, limit).entries
    return _whole(body, url, corrected(body, content_type), now, limit, "").entries


def parse_new(
    body: bytes, *, url: str, content_type: str | None, now: datetime, limit: int, known: Collection[bytes]
) -> Parsed:
    """The entries of a document that were not read before.

    `url` is where it came from in the end, `limit` how many entries are allowed, `known` the hashes of the items of its
    last reading, none to read all. Raises FetchError: `empty`, `html-not-feed`, `not-a-feed`, `too-many-entries`.
    """
    _refuse(body, url)
    if _is_json(body):
        return _json(body, url, now, limit)
    known = frozenset(known)
    content_type = corrected(body, content_type)
    found = split(body, url=url, content_type=content_type, known=known)
    if not isinstance(found, Split):
        return _whole(body, url, content_type, now, limit, found.reason)
    if len(found.items) > limit:
        raise failure("too-many-entries", url, f"{limit:,}")
    apart = _apart(found, url, content_type, now, known)
    return apart if isinstance(apart, Parsed) else _whole(body, url, content_type, now, limit, apart)


def new_items(body: bytes, *, url: str, content_type: str | None, known: Collection[bytes]) -> dict[bytes, str]:
    """The items that `parse_new` would parse, by hash, in order, and how they begin; none where it parses the whole."""
    found = split(body, url=url, content_type=corrected(body, content_type), known=frozenset(known))
    if not isinstance(found, Split):
        return {}
    return {found.items[place].hash: _beginning(body, found.items[place]) for place in found.new}


def _beginning(body: bytes, item: Item) -> str:
    """What an item begins with, without parsing it: enough for people to find it."""
    words = _TAGS.sub(b" ", body[item.start : min(item.start + 2_000, item.end)]).decode("utf-8", "replace")
    return clean(" ".join(words.split()), 80)


def _refuse(body: bytes, url: str) -> None:
    if not body.strip(b"\0 \t\r\n"):
        raise failure("empty", url)
    if _PAGE.match(body[:_HEAD]):
        raise failure("html-not-feed", url)


def _is_json(body: bytes) -> bool:
    return body[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{"


def _json(body: bytes, url: str, now: datetime, limit: int) -> Parsed:
    """JSON costs next to nothing to read whole."""
    if (found := jsonfeed.items(body)) is None:
        raise failure("not-a-feed", url)
    raws, language = found
    if len(raws) > limit:
        raise failure("too-many-entries", url, f"{limit:,}")
    read = _Read([*raws], {"language": language}, "json", strict=True)
    return Parsed(_entries(read, url, now), len(raws), wishes=Wishes())


def _whole(body: bytes, url: str, content_type: str | None, now: datetime, limit: int, why: str) -> Parsed:
    read = _feedparser(body, url, content_type)
    if not read.raws and not read.version:
        raise failure("html-not-feed" if b"<body" in body[:200_000].lower() else "not-a-feed", url)
    if len(read.raws) > limit:
        raise failure("too-many-entries", url, f"{limit:,}")
    first = _FIRST_ITEM.search(body)
    around = body[: first.start()] if first else body
    # A feed that is empty for once was not parsed whole for want of a way to take it apart.
    told = None if why == "no-items" and not read.raws else why
    return Parsed(_entries(read, url, now), len(read.raws), whole=told, wishes=wishes(read.feed, around))


def _apart(found: Split, url: str, content_type: str | None, now: datetime, known: frozenset[bytes]) -> Parsed | str:
    """What is new in a document that was taken apart; or why it must be parsed whole after all."""
    hashes = [item.hash for item in found.items]
    if not found.new:
        return Parsed((), len(hashes), tuple((hash_, None) for hash_ in hashes))
    read = _feedparser(join(found, found.new), url, content_type)
    if why := _unlike(read, found.new):
        return why
    raws = dict(zip(found.new, read.raws, strict=True))
    if first := rivals(found, {place: str(raw.get("id") or "") for place, raw in raws.items()}):
        again = _feedparser(join(found, first), url, content_type)
        if why := _unlike(again, first):
            return why
        raws |= zip(first, again.raws, strict=True)
    made = {place: entry(raw, base=url, now=now, language=read.language) for place, raw in sorted(raws.items())}
    items: list[tuple[bytes, bytes | None]] = []
    for place, hash_ in enumerate(hashes):
        if hash_ in known:
            items.append((hash_, None))
        else:
            one = made[place]
            # What is to be read again keeps its key, which others are compared with, under a hash that no item has.
            remembered = hash_ if settled(raws[place], now) else hashlib.sha256(hash_).digest()
            items.append((remembered, link_key(one.url) if one else b""))
    entries = tuple(one for one in made.values() if one)
    return Parsed(entries, len(hashes), tuple(items), wishes=wishes(read.feed, found.head + found.tail))


def _unlike(read: _Read, places: Sequence[int]) -> str | None:
    """Why a part cannot be what the proof of the split promised: a last look before it is relied on."""
    if not read.strict:
        return "loosely-read"
    return None if len(read.raws) == len(places) else "miscounted"


def _entries(read: _Read, url: str, now: datetime) -> tuple[Entry, ...]:
    made = (entry(raw, base=url, now=now, language=read.language) for raw in read.raws)
    return tuple(one for one in made if one is not None)


def _feedparser(body: bytes, url: str, content_type: str | None) -> _Read:
    headers = {"content-location": url}
    if content_type:
        headers["content-type"] = content_type
    parsed = feedparser.parse(
        io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )
    strict = bool(parsed.get("encoding")) and not isinstance(parsed.get("bozo_exception"), SAXException)
    # A FeedParserDict answers for keys it does not hold (with warnings); a plain dict does not.
    return _Read([dict(raw) for raw in parsed.entries], dict(parsed.feed), parsed.version, strict)
