"""The texts of one article laid end to end for the engine, with the way back to where each character stood.

What always holds: a range of the haystack that holds a letter leads to the one text it came from and to the exact
range there; folded and exact form have the same length and the same places; the haystack begins and ends with a
blank, so that a word boundary is always a blank. Runs of blanks and indented line breaks count as one blank here, as
`clean` would have it: texts that come clean, and most do, pay one search for that and nothing more.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from riskbot.text.folding import Folded, fold_both

_BETWEEN = " \x01 "  # between the texts; no folded term holds it
_RUN = re.compile(r"\s{2,}")


class Haystack:
    """What the engine searches; made for one article."""

    __slots__ = ("_begins", "_fields", "_squeezed", "exact", "folded")

    def __init__(self, texts: Sequence[str], *, exact: bool) -> None:
        self._squeezed = [_Squeezed(text) if _may_hold_runs(text) else None for text in texts]
        if any(self._squeezed):
            texts = [squeezed.text if squeezed else text for squeezed, text in zip(self._squeezed, texts, strict=True)]
        self._fields: list[Folded] = []
        cased: list[str] = []
        for text in texts:
            folded, with_case = fold_both(text)
            self._fields.append(folded)
            cased.append(with_case)
        self.folded = _join([field.text for field in self._fields])
        self.exact = _join(cased) if exact else ""  # as long as the folded form, with the same places
        self._begins = [1]  # where each text begins, and where one more would
        for field in self._fields:
            self._begins.append(self._begins[-1] + len(field.text) + len(_BETWEEN))

    def word_end(self, place: int) -> int:
        """Where the word that holds a place ends, or the place itself if none does."""
        return self.folded.index(" ", place)

    def place(self, start: int, end: int) -> tuple[int, int, int]:
        """The number of the text in which a range (not empty, of one text) stands, and its range there."""
        number = bisect_right(self._begins, start) - 1
        begin = self._begins[number]
        first, last = self._fields[number].original(start - begin, end - begin)
        squeezed = self._squeezed[number]
        return number, *(squeezed.original(first, last) if squeezed else (first, last))


def _join(folded: Sequence[str]) -> str:
    return f" {_BETWEEN.join(folded)} "


class _Squeezed:
    """A text whose runs of blanks and line ends are one blank."""

    __slots__ = ("_dropped", "_places", "text")

    def __init__(self, text: str) -> None:
        self._places: list[int] = []  # of the squeezed text: from here on …
        self._dropped: list[int] = []  # … so many characters more of the original went before
        pieces: list[str] = []
        position = length = 0
        for run in _RUN.finditer(text):
            pieces += [text[position : run.start()], " "]
            length += run.start() - position + 1
            position = run.end()
            self._places.append(length)
            self._dropped.append(position - length)
        self.text = "".join([*pieces, text[position:]])

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The range of the text as it was given; neither end of it is a blank."""
        return start + self._dropped_before(start), end + self._dropped_before(end - 1)

    def _dropped_before(self, place: int) -> int:
        run = bisect_right(self._places, place) - 1
        return self._dropped[run] if run >= 0 else 0


def _may_hold_runs(text: str) -> bool:
    """Whether there can be runs that keep words apart: patterns allow for two blanks, as at most line ends.

    Only what costs next to nothing is looked for, since it is looked for in every text.
    """
    return "  " in text or "\t" in text or "\r" in text or (not text.isascii() and "\u00a0" in text)
