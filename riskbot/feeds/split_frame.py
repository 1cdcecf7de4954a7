"""The walk around a document's items: where they stand, and what they may take for granted there.

What always holds: all items stand in the same element, given as the start tags of its ancestors; and the document's
version is settled before the first of them. Deliberately absent: anything inside an item.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from riskbot.feeds.split_bytes import Reason
from riskbot.feeds.split_walk import FEEDS, ITEMS, RefusedError, Walk

# What items declare again and again, each prefix the one that feedparser itself gives to the address.
USUAL = {
    "atom": "http://www.w3.org/2005/atom",
    "cc": "http://web.resource.org/cc/",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "geo": "http://www.w3.org/2003/01/geo/wgs84_pos#",
    "georss": "http://www.georss.org/georss",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
    "prism": "http://prismstandard.org/namespaces/1.2/basic/",
    "psc": "http://podlove.org/simple-chapters",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "thr": "http://purl.org/rss/1.0/modules/threading/",
    "wfw": "http://wellformedweb.org/commentapi/",
    "xhtml": "http://www.w3.org/1999/xhtml",
    "xlink": "http://www.w3.org/1999/xlink",
}
# Without one of these a document's version is open until something inside it settles it, and texts are read by version.
_RDF = frozenset({"http://purl.org/rss/1.0/", "http://my.netscape.com/rdf/simple/0.9/"})
_FEED = frozenset({"", "http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#"})
_RSS = frozenset({"", "http://backend.userland.com/rss2", "http://blogs.law.harvard.edu/tech/rss"}) | _RDF


class Frame(NamedTuple):
    """What a document is around its items."""

    ancestors: tuple[str, ...]  # the start tags that the items stand in, each as one text
    bindings: dict[str, str]  # prefix → address, as an item may declare them
    items: int  # how many it holds, of those that were left in it


def frame(document: bytes, item: str) -> Frame | Reason:
    """Walk through a document (UTF-8) in which each item is an empty element without attributes."""
    walk = _FrameWalk(item)
    return walk.through(document) or Frame(tuple(walk.ancestors), walk.bindings(), walk.items)


class _FrameWalk(Walk):
    """Through everything but the items."""

    def __init__(self, item: str) -> None:
        super().__init__(item)
        self.ancestors: list[str] = []
        self._inherited: dict[str, str] = {}  # prefix → address, from the ancestors
        self._bound: dict[str, str] = {}  # from all of the document but its items
        self._open = False  # whether the last of the ancestors is
        self._summary = False  # whether the feed has had one

    def bindings(self) -> dict[str, str]:
        """What an item may declare: what holds for it anyway, and what is usual and means nothing else here."""
        usual = {prefix: address for prefix, address in USUAL.items() if prefix not in self._bound}
        return usual | self._inherited

    def element(self, address: str, local: str, name: str, attributes: Mapping[str, str]) -> None:
        self._bind(self._bound)
        if local in ITEMS:
            self._placed(name, attributes)
        elif self.depth == 1:
            self._root(address, local)
            self._descend(name, attributes)
        elif local in FEEDS:
            if local != "channel" or self.depth != 2 or self.items or len(self.ancestors) != 1:
                raise RefusedError("stray-item")
            self._descend(name, attributes)
        elif key := self.text_begins(address, local):
            # A feed's own content, or its second summary, makes feedparser take the first item's summary for a second.
            if key in ("content", "encoded", "fullitem") or (self._summary and key in ("summary", "description")):
                raise RefusedError("carried-over")
            self._summary = self._summary or key == "summary"

    def _end(self, _: str) -> None:
        if self.depth == len(self.ancestors):
            self._open = False
        super()._end(_)

    def _placed(self, name: str, attributes: Mapping[str, str]) -> None:
        if not self.items and self.depth == 2 and len(self.ancestors) == 2:
            del self.ancestors[1:]  # RDF: after the channel, in the root
            self._open = True
        plain = not (attributes or self.declared or self.text) and name.split(" ")[1:] in ([], [self.item])
        if not plain or not self._open or self.depth != len(self.ancestors) + 1:
            raise RefusedError("stray-item")
        self.items += 1

    def _root(self, address: str, local: str) -> None:
        if local == "rdf":
            known = any(declared and declared.lower() in _RDF for _, declared in self.declared)
        else:
            known = address in (_RSS if local == "rss" else _FEED)
        if not known:
            raise RefusedError("unknown-root")

    def _descend(self, name: str, attributes: Mapping[str, str]) -> None:
        self.ancestors.append(repr((name, sorted(attributes.items()), self.declared)))
        self._bind(self._inherited)
        self._open = True

    def _bind(self, bindings: dict[str, str]) -> None:
        for prefix, address in self.declared:
            if prefix and address and bindings.setdefault(prefix, address) != address:
                raise RefusedError("namespaces")
