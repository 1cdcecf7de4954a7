"""The walk through a document's items: nothing in them may outlast them.

What always holds: an item that is walked through without a refusal leaves feedparser, for all that later items can
tell, as it found it. Deliberately absent: anything outside the items, which `split_frame.py` has seen to.
"""

from __future__ import annotations

from collections.abc import Mapping

from riskbot.feeds.split_bytes import Reason
from riskbot.feeds.split_frame import USUAL, Frame
from riskbot.feeds.split_walk import FEEDS, ITEMS, RefusedError, Walk


def items(document: bytes, item: str, around: Frame, count: int) -> Reason | None:
    """Walk through the same document with `count` of its items as they are; why they are not to be read apart."""
    walk = _ItemWalk(item, around)
    return walk.through(document) or (None if walk.items == count else "stray-item")


class _ItemWalk(Walk):
    """Through the items; what is around them has been walked through before."""

    def __init__(self, item: str, around: Frame) -> None:
        super().__init__(item)
        self._at = len(around.ancestors) + 1  # the depth of items
        self._bindings = around.bindings
        self._inside = False
        self._image = 0  # the depth of the image we are in
        self._marked = False  # whether the text we are in calls itself markup
        self._div = self._based = False  # what this item has had

    def element(self, address: str, local: str, name: str, attributes: Mapping[str, str]) -> None:
        if not self._inside and local not in ITEMS:
            return
        if self.depth == self._at:
            # Each is one of those that `frame` counted by their places; another beside them would be one too many.
            self.items += 1
            self._inside = True
            self._div = self._based = False
        elif local in ITEMS or local in FEEDS or local == "textinput":
            raise RefusedError("stray-item" if local in ITEMS else "carried-over")
        elif self.text and local == "div":
            self._div = self._div or not self._marked
        elif key := self.text_begins(address, local):
            self._text(key, attributes)
        elif local == "image" and not self._image and not self.text:
            self._image = self.depth
        for attribute in attributes:
            self._based = self._based or attribute.split(" ")[:2][-1].lower() in ("base", "lang")
        if self._div and self._based:
            raise RefusedError("carried-over")
        if self.declared:
            self._declarations()

    def _end(self, _: str) -> None:
        if self.depth == self._image:
            self._image = 0
        if self.depth == self._at:
            self._inside = False
        super()._end(_)

    def _text(self, key: str, attributes: Mapping[str, str]) -> None:
        if self._image and key not in ("title", "description"):
            raise RefusedError("carried-over")  # goes to the feed's own image, where the next item's would find it
        # feedparser does not tell `TYPE` from `type`, nor one with a prefix it has not heard of.
        kinds = {kind.lower() for name, kind in attributes.items() if name.split(" ")[:2][-1].lower() == "type"}
        said = bool(kinds) and all(kind == "xhtml" or kind.endswith("xml") for kind in kinds)
        self._marked = said or (key == "body" and not kinds)

    def _declarations(self) -> None:
        for prefix, address in self.declared:
            if not prefix or not address:
                continue  # feedparser asks for the default only where it stands
            known = self._bindings.get(prefix, "")
            # The addresses that feedparser knows are the same to it in any case.
            if address != known and (known.lower() != USUAL.get(prefix) or address.lower() != known.lower()):
                raise RefusedError("namespaces")
