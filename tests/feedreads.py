"""Feed documents read by feedparser as a whole, and remembered: what reading them in part is held against."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.sax import SAXException

import feedparser
import pytest

from riskbot.feeds.entries import entry
from riskbot.feeds.split import Split, join
from riskbot.model import Entry, Feed, Known
from riskbot.policy.novelty import Novelty, articles, novelty
from tests.places import SHARED

URL = "https://news.example/a/feed.xml"
XML = "application/xml"
CORPUS = SHARED / "feeds"


class Read:
    """A document as the room has feedparser read it."""

    def __init__(self, body: bytes, content_type: str | None = XML) -> None:
        headers = {"content-location": URL} | ({"content-type": content_type} if content_type else {})
        parsed = feedparser.parse(
            io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
        self.entries: list[dict[str, Any]] = [dict(entry) for entry in parsed.entries]
        self.language = dict(parsed.feed).get("language")
        self.strict = bool(parsed.get("encoding")) and not isinstance(parsed.get("bozo_exception"), SAXException)

    def made(self, now: datetime, url: str = URL) -> list[Entry | None]:
        """An entry for each item; None where it holds nothing."""
        return [entry(raw, base=url, now=now, language=self.language) for raw in self.entries]


def difference(found: Split, keep: set[int], whole: Read, content_type: str | None = XML) -> str:
    """Where what feedparser reads in a part differs from the whole; empty where it does not.

    Every key of an entry is compared: none speaks of the whole document. Of what stands beside the entries, the feed's
    language is compared too, because entries without one of their own are given it.
    """
    part = Read(join(found, keep), content_type)
    if part.language != whole.language or not part.strict:
        return f"language {part.language} for {whole.language}, strict: {part.strict}"
    expected = [whole.entries[place] for place in sorted(keep)]
    if len(part.entries) != len(expected):
        return f"{len(part.entries)} entries for {len(expected)}"
    for place, one, other in zip(sorted(keep), part.entries, expected, strict=True):
        for key in (*other, *one):
            # repr: a coordinate may be NaN, which is not even equal to itself
            if repr(one.get(key)) != repr(other.get(key)) and one.get(key) != other.get(key):
                return f"item {place}: {key} is {one.get(key)!r}, in the whole {other.get(key)!r}"
    return ""


def documents() -> list[Path]:
    """The collected feed documents; the test is skipped where they are not at hand."""
    if not CORPUS.is_dir():
        pytest.skip("the corpus of feeds does not lie beside the repository")
    return sorted(path for path in CORPUS.glob("*/*/*") if path.is_file())


class Memory:
    """What polls of a feed have told so far, as the pipeline and the store remember it."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._by_id: dict[str, Known] = {}
        self._by_link: dict[str, Known] = {}

    def tell(
        self, entries: Sequence[Entry], now: datetime, others: Mapping[bytes, bytes] | None = None
    ) -> list[tuple[Novelty, str, str]]:
        """What is new or edited among the entries of one poll: id and title, oldest first; and remember it."""
        told = []
        for article in articles(entries, self._feed, now, others):
            held = self._by_id.get(article.id) or self._by_link.get(article.identity or "")
            what = novelty(article, held)
            if what is Novelty.KNOWN:
                continue
            told.append((what, article.id, article.title))
            self._by_id[article.id] = Known(article.id, article.fingerprint, held.version + 1 if held else 1)
            if article.identity:
                self._by_link[article.identity] = self._by_id[article.id]
        return told
