"""Parse only what is new: a document taken apart into its items, and put together again with some of them.

What always holds: `join(split(body), keep)` is a document in which feedparser finds, for the items kept, exactly the
entries it finds in the whole body, in the same order; where that is not certain there is a Refusal, and the body is
parsed whole. An item's hash covers all that its entry depends on: its own bytes, the start tags it stands in, the
encoding, and the address that its links are relative to. The time is linear in the body.

An item whose hash is already known needs no second proof, since it was proved in the same surroundings: empty elements
stand in the places of items while the rest is proved. So nothing new costs a search, a hash of the items and a walk
through what is around them.

Deliberately absent: feedparser, which is asked in `parse.py`; JSON Feed, which costs nothing to read whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise

from riskbot.feeds import split_frame, split_items
from riskbot.feeds.split_bytes import Layout, Reason, layout

HASH = 32  # bytes of an item's hash
_MADE = b"riskbot-item-1"  # changes when what a hash covers does


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a document."""

    start: int  # of its first byte
    end: int  # after its last byte
    hash: bytes  # SHA-256; the same hash means the same entry


@dataclass(frozen=True, slots=True)
class Split:
    """A document, taken apart: head, items with whatever stands between them, tail."""

    body: bytes
    items: tuple[Item, ...]  # in the document's order, at least one
    new: tuple[int, ...]  # the places in `items` of those whose hash was not known

    @property
    def head(self) -> bytes:
        """Everything before the first item."""
        return self.body[: self.items[0].start]

    @property
    def tail(self) -> bytes:
        """Everything after the last item."""
        return self.body[self.items[-1].end :]


@dataclass(frozen=True, slots=True)
class Refusal:
    """The document is to be parsed whole."""

    reason: Reason


def split(
    body: bytes, *, url: str, content_type: str | None = None, known: Collection[bytes] = frozenset()
) -> Split | Refusal:
    """Take a document apart.

    `url` and `content_type` are those feedparser will be given. `known` are hashes of items, from a Split of this
    function, whose entries have been read since; hand in a set.
    """
    if not url.startswith(("http://", "https://")):
        return Refusal("carried-over")  # feedparser does not forget an item's base where the document has none
    shown = layout(body, content_type)
    if not isinstance(shown, Layout):
        return Refusal(shown)
    name = shown.item.decode("ascii")
    outline, runs = _outline(body, shown.spans, b"<" + shown.item + b"/>")
    frame = split_frame.frame(_utf8(outline, shown), name)
    if not isinstance(frame, split_frame.Frame):
        return Refusal(frame)
    if frame.items != runs:
        return Refusal("stray-item")
    surroundings = repr((url, shown.encoding, frame.ancestors, sorted(frame.bindings.items())))
    begun = hashlib.sha256(_MADE + surroundings.encode("utf-8", "surrogatepass"))
    items = tuple(Item(start, end, _hash(begun, body, start, end)) for start, end in shown.spans)
    new = tuple(place for place, item in enumerate(items) if item.hash not in known)
    if new:
        proof = _utf8(_only(body, shown.spans, new), shown)
        if refused := split_items.items(proof, name, frame, len(new)):
            return Refusal(refused)
    return Split(body, items, new)


def join(split: Split, keep: Collection[int]) -> bytes:
    """The document with only those items whose places in `split.items` are in `keep`, in the document's order."""
    return _only(split.body, [(item.start, item.end) for item in split.items], keep)


def _outline(body: bytes, spans: list[tuple[int, int]], item: bytes) -> tuple[bytes, int]:
    """The document with one empty item for each run of items, and how many runs there are.

    Items with nothing but white space between them stand in the same place.
    """
    around = [body[: spans[0][0]]]
    for (_, end), (start, _) in pairwise(spans):
        if (between := body[end:start]).strip(b" \t\r\n"):
            around.append(between)
    around.append(body[spans[-1][1] :])
    return item.join(around), len(around) - 1


def _only(body: bytes, spans: list[tuple[int, int]], keep: Collection[int]) -> bytes:
    kept = frozenset(keep)
    pieces: list[bytes] = []
    at = 0
    for place, (start, end) in enumerate(spans):
        between = body[at:start]
        # What belongs to the feed stays where it is; white space between items goes with them.
        if place in kept:
            pieces += (between, body[start:end])
        elif not place or not between.isspace():
            pieces.append(between)
        at = end
    pieces.append(body[at:])
    return b"".join(pieces)


def _hash(begun: hashlib._Hash, body: bytes, start: int, end: int) -> bytes:
    hashed = begun.copy()
    hashed.update(body[start:end])
    return hashed.digest()


def _utf8(document: bytes, shown: Layout) -> bytes:
    """What feedparser hands to expat, which it tells to take the document for UTF-8 whatever it declares."""
    return document if shown.encoding == "utf-8" else document.decode(shown.encoding).encode("utf-8")
