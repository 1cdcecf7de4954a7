"""Proof that the parts of a document can be read apart: expat, the parser under feedparser, walks through them.

feedparser keeps one state for a whole document. Most of it is put back at the end of an element; these files know what
is not, and refuse a document with anything of the kind:

- tags inside the markup of a text still close what their names close in a feed (`</summary>` inside a description
  makes feedparser lose count of the text it is in, for good);
- `<div>` inside escaped text pushes a base address and a language that are never taken back;
- a namespace declared by an item stays known to the end of the document;
- a text of the feed's own, put where items have theirs, is remembered into the first item.

What always holds: what is walked through without a refusal is well-formed XML without entities of its own. The walk
around the items is in `split_frame.py`, that through them in `split_items.py`. Deliberately absent: reading anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from xml.parsers import expat

from riskbot.feeds.split_bytes import Reason

# Elements whose end tag ends a text, whatever it stands in. Judged by the name behind a prefix or an underscore
# (`dc:title`, `media_title`), which refuses a little more than it must.
_TEXTS = frozenset(
    "title subtitle tagline rights copyright description abstract info browserfriendly summary content encoded "
    "fullitem body".split()
)
ITEMS = frozenset({"item", "entry"})
FEEDS = frozenset({"rss", "feed", "rdf", "channel"})
_MEDIA = "http://search.yahoo.com/mrss"


class RefusedError(Exception):
    """Ends a walk; `reason` says why. It leaves none of these files."""

    def __init__(self, reason: Reason) -> None:
        self.reason: Reason = reason


class Walk:
    """What both walks watch: depth, declarations, and texts."""

    def __init__(self, item: str) -> None:
        self.item = item
        self.items = 0  # passed so far
        self.depth = 0  # of the element that is open; the root's is 1
        self.text = 0  # the depth of the text we are in; 0: in none
        self.declared: list[tuple[str | None, str | None]] = []  # prefix and address, by the start tag at hand

    def through(self, document: bytes) -> Reason | None:
        parser = expat.ParserCreate("utf-8", " ")
        parser.namespace_prefixes = True
        parser.StartNamespaceDeclHandler = lambda prefix, address: self.declared.append((prefix, address))
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        try:
            parser.Parse(document, True)
        except expat.ExpatError:
            return "malformed"
        except RefusedError as refused:
            return refused.reason
        return None

    def element(self, address: str, local: str, name: str, attributes: Mapping[str, str]) -> None:
        """A start tag: `local` is its name without a prefix in small letters, `name` as expat gives it."""
        raise NotImplementedError

    def text_begins(self, address: str, local: str) -> str:
        """What _TEXTS calls the text that begins here; empty where none does."""
        key = local.rpartition("_")[2]
        if key not in _TEXTS or (key == "content" and address.startswith(_MEDIA)):
            return ""
        if self.text:
            raise RefusedError("carried-over")
        self.text = self.depth
        return key

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        self.depth += 1
        parts = name.split(" ")  # address, name, prefix; or the name alone
        address, local = parts[:2] if len(parts) > 1 else ("", name)
        self.element(address, local.lower(), name, attributes)
        self.declared.clear()

    def _end(self, _: str) -> None:
        if self.depth == self.text:
            self.text = 0
        self.depth -= 1
