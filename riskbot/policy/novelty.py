"""What is new: articles out of entries, and whether one is new, an edit, or known already.

What always holds (DESIGN.md, "the same article"): within a feed the entry's id decides; a canonical link decides only
where there is no id, or across feeds, and never if it is a site's root or shared by several entries of one document.
A changed title or text is a new version; a changed date alone is nothing. Missing dates and outlets stay missing.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import Enum

from riskbot.model import Article, Entry, Feed, Known
from riskbot.text.normalise import fingerprint
from riskbot.text.urls import canonical, link_key, may_identify


class Novelty(Enum):
    """What an article is to riskbot."""

    NEW = "new"
    EDITED = "edited"
    KNOWN = "known"


def articles(
    entries: Iterable[Entry], feed: Feed, now: datetime, others: Mapping[bytes, bytes] | None = None
) -> list[Article]:
    """The articles of one document, oldest first; entries that repeat within it stand once.

    `others` are all items of the document (`FeedState.items`), where only some of its entries are given: a link that
    another item carries too says no more which article is meant. Empty: the entries given are all there are.
    """
    entries = list(dict.fromkeys(entries))
    urls = [canonical(entry.url) for entry in entries]
    links = Counter(urls)
    keys = Counter(others.values()) if others else Counter[bytes]()
    found: dict[str, Article] = {}
    for entry, url in zip(entries, urls, strict=True):
        alone = links[url] == 1 and (not keys or keys[link_key(url)] <= 1)
        identifying = url if alone and may_identify(url) else None
        print_ = fingerprint(entry.title, entry.text)
        article = Article(
            id=article_id(feed.name, entry.entry_id or identifying or print_),
            title=entry.title,
            text=entry.text,
            url=url,
            identity=identifying,
            outlet=entry.outlet or feed.outlet,
            published=entry.published,
            feed=feed.name,
            entry_id=entry.entry_id,
            language=entry.language,
            seen=now,
            fingerprint=print_,
        )
        found.setdefault(article.id, article)
    # Feeds list the newest first: of articles with one time the last listed came first.
    oldest_first = list(found.values())
    oldest_first.reverse()
    return sorted(oldest_first, key=lambda article: article.at or now)


def article_id(feed: str, key: str) -> str:
    """The id of an article: opaque, and the same however often the entry comes. `key` is unique within the feed."""
    return hashlib.sha256(f"{feed}\n{key}".encode("utf-8", "surrogatepass")).hexdigest()[:20]


def novelty(article: Article, known: Known | None) -> Novelty:
    """Whether an article is new, an edit of one that is known, or known."""
    if known is None:
        return Novelty.NEW
    if known.article != article.id:
        return Novelty.KNOWN  # another feed carries it too; its own feed tells of edits
    return Novelty.KNOWN if known.fingerprint == article.fingerprint else Novelty.EDITED
