"""Page furniture: what of a text is the page rather than the article.

What always holds: ranges are in order, within the text, not empty and not overlapping; the text itself is never
touched (matching masks the ranges, origins read them, offsets stay true); time is linear in the text. When it is not
certain that something is furniture, it is not: a doubled alert is a nuisance, a missed one is a failure.

Deliberately absent: any list of sites. What pages have in common decides, in the languages whose set phrases the
files beside this one hold.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from riskbot.text.credits import footers, originals
from riskbot.text.pagelines import Furniture, Kind, lines
from riskbot.text.pageparts import parts, tickers
from riskbot.text.repeats import repeats
from riskbot.text.teasers import teasers

__all__ = ["Furniture", "Kind", "find", "mask"]

# A copy of the article's words in one of these may be the one that stays: they are decided line by line and stand
# in the doubled body too, where no line tells them from it.
_STAY_IN_REPEATS = frozenset({"newsletter", "label", "byline", "stamp", "ticker"})


@lru_cache(maxsize=16)
def find(text: str) -> tuple[Furniture, ...]:
    """The ranges of the text that are page furniture, in order of place."""
    rows = lines(text)
    sheet = _Sheet(text)
    sheet.lay(teasers(rows))
    sheet.lay(footers(text, rows))
    sheet.lay(parts(rows))
    sheet.lay(originals(text))
    sheet.lay(tickers(text))
    gone = sorted((item.start, item.end) for item in sheet.found if item.kind not in _STAY_IN_REPEATS)
    sheet.lay(repeats(text, gone))
    return tuple(sorted(sheet.found, key=lambda item: item.start))


def mask(text: str, blank: str = " ") -> str:
    """The text with every character of furniture replaced by `blank` (one character): offsets stay true."""
    pieces, position = [], 0
    for item in find(text):
        pieces += [text[position : item.start], blank * (item.end - item.start)]
        position = item.end
    return "".join([*pieces, text[position:]])


class _Sheet:
    """Lays ranges on the text; what is laid first stays on top."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._covered = bytearray(len(text))
        self.found: list[Furniture] = []

    def lay(self, ranges: Iterable[Furniture]) -> None:
        """Take what is still free of each range; a footer or credit keeps its names on every piece."""
        for item in ranges:
            position = item.start
            while position < item.end:
                start = self._covered.find(0, position, item.end)
                if start < 0:
                    break
                end = self._covered.find(1, start, item.end)
                end = item.end if end < 0 else end
                self._take(item, start, end)
                position = end

    def _take(self, item: Furniture, start: int, end: int) -> None:
        piece = self._text[start:end]
        if not piece.strip():
            return
        start += len(piece) - len(piece.lstrip())
        end = start + len(piece.strip())
        self._covered[start:end] = b"\x01" * (end - start)
        self.found.append(Furniture(start, end, item.kind, item.outlet, item.url))
