"""Folding: text made ready for finding, with the way back to every character's place.

What always holds: a `Folded` leads each of its characters back to the exact range of the text it came from, so that
whatever is found can be shown as it was written; the folded form and the one that keeps case have the same length and
the same places. Where a script is written without blanks between words, its letters are set apart from other
scripts', so that "在Alibaba工作" holds the word "Alibaba". Time is linear in the text.

How it is fast: an article in a Latin script folds character by character to ASCII. One pass of the Latin-1 encoder
does that, asking Python only about runs beyond Latin-1; a table does the rest. Only where a character folds to
several or to none, or a script asks for blanks, is the text folded in pieces and a map kept.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from array import array
from functools import lru_cache
from typing import NamedTuple

from riskbot.text.characters import MOST_ACCENTS, UNSPACED, fold_character, joins

_ODD = "\x01"  # stands for what does not fold to one character by itself; a text's own U+0001 is a blank
# Punctuation that nearly every article has: replaced at once, which is faster than one by one.
_TYPOGRAPHIC = "’“”‘—–"


class Folded(NamedTuple):
    """Text made ready for finding, with the way back.

    `text` is the folded form; character i of it came from `starts[i]:ends[i]` of the original. Both arrays are None
    when the folded form is as long as the original and each character stands where it stood. (A named tuple: made
    four times for every article, and a frozen dataclass takes four times as long to make.)
    """

    text: str
    starts: array[int] | None = None
    ends: array[int] | None = None

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The range of the original that `text[start:end]` (not empty) came from."""
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]


def fold(text: str, *, keep_case: bool = False) -> Folded:
    """The text made ready for finding: without case (unless `keep_case`), accents and punctuation."""
    raw = _plain(text)
    if raw is not None:
        return Folded(raw.translate(_EXACT_TABLE if keep_case else _FOLD_TABLE).decode("ascii"))
    folded, exact = _fold_in_pieces(text)
    return Folded(exact, folded.starts, folded.ends) if keep_case else folded


def fold_both(text: str) -> tuple[Folded, str]:
    """The folded form, and in the same places the one that keeps case, for little more than the price of one."""
    raw = _plain(text)
    if raw is None:
        return _fold_in_pieces(text)
    return Folded(raw.translate(_FOLD_TABLE).decode("ascii")), raw.translate(_EXACT_TABLE).decode("ascii")


def _plain(text: str) -> bytes | None:
    """The text with one byte for each character, where each folds by itself to one of ASCII; most articles do."""
    if not text.isascii():
        for character in _TYPOGRAPHIC:
            text = text.replace(character, " ")
    try:
        raw = text.encode("latin-1", _WIDE)
    except UnicodeEncodeError:
        return None
    return None if not text.isascii() and raw.translate(None, _EVEN) else raw


def _narrow(error: UnicodeError) -> tuple[str, int]:
    """For the encoder: what a run of characters beyond Latin-1 is replaced by. Raises the error for an odd run."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    run = error.object[error.start : error.end]
    narrow = _narrow_run(run) if len(run) <= _SHORT else _narrow_run.__wrapped__(run)
    if not narrow:
        raise error
    return narrow, error.end


@lru_cache(maxsize=1 << 14)
def _narrow_run(run: str) -> str:
    """One character of ASCII for each of the run, or nothing when one of them does not fold to that."""
    exact = run.translate(_EXACT)
    return exact if exact.isascii() and _ODD not in exact and exact.lower() == run.translate(_FOLDED) else ""


def _fold_in_pieces(text: str) -> tuple[Folded, str]:
    """Folded and exact form of any text: long stretches at once, and one by one only what is odd."""
    for character in _TYPOGRAPHIC:
        text = text.replace(character, " ")
    sheet = _Sheet()
    position = 0
    for run in _FOREIGN.finditer(text):
        start = run.start()
        if start > position and joins(text[start]):
            start -= 1  # an accent belongs to the letter before it
        sheet.lay_plain(text[position:start], position)
        position = run.end()
        sheet.lay_foreign(text[start:position], start)
    sheet.lay_plain(text[position:], position)
    return sheet.finish()


class _Sheet:
    """Folded text that grows piece by piece, with the way back."""

    def __init__(self) -> None:
        self._folded: list[str] = []
        self._exact: list[str] = []
        self._starts, self._ends = array("q"), array("q")
        self._length = 0
        self._straight = True  # as long as every character stands where it stood
        self._unspaced: bool | None = None  # of the last letter; None after a blank

    def lay_plain(self, text: str, start: int) -> None:
        """Add ASCII."""
        raw = text.encode("ascii")
        self._lay(raw.translate(_FOLD_TABLE).decode(), raw.translate(_EXACT_TABLE).decode(), start)

    def lay_foreign(self, run: str, start: int) -> None:
        """Add anything."""
        folded = run.translate(_FOLDED)
        if _ODD not in folded and (_ALL_UNSPACED.fullmatch(folded) or not UNSPACED.search(folded)):
            self._lay(folded, folded if run.lower() == run.upper() else run.translate(_EXACT), start)
            return
        position, length = 0, len(run)
        while position < length:
            after = position + 1
            while after < length and joins(run[after]):
                after += 1
            cluster = run[position:after]
            if after > position + 1:
                cluster = unicodedata.normalize("NFKC", cluster[: MOST_ACCENTS + 1])
            folded = "".join(map(fold_character, cluster))
            exact = "".join(fold_character(character, True) for character in cluster)
            self._lay_cluster(folded, exact, start + position, start + after)
            position = after

    def _lay(self, folded: str, exact: str, start: int) -> None:
        """Add characters of one way of writing that stand one for one in the original, from `start` on."""
        if not folded:
            return
        self._set_apart(folded[0], start)
        if not self._straight:
            self._starts.extend(range(start, start + len(folded)))
            self._ends.extend(range(start + 1, start + len(folded) + 1))
        self._add(folded, exact)

    def _lay_cluster(self, folded: str, exact: str, start: int, end: int) -> None:
        """Add what stands for one range of the original."""
        if len(folded) == 1 == end - start:
            self._lay(folded, exact, start)
            return
        for character, cased in zip(folded, exact, strict=True):
            self._set_apart(character, start)
            self._bend()
            self._starts.append(start)
            self._ends.append(end)
            self._add(character, cased)
        self._bend()

    def _set_apart(self, character: str, start: int) -> None:
        """A blank between scripts with and without blanks between words; it stands nowhere."""
        if character == " " or self._unspaced is None or self._unspaced == (UNSPACED.match(character) is not None):
            return
        self._bend()
        self._starts.append(start)
        self._ends.append(start)
        self._add(" ", " ")

    def _add(self, folded: str, exact: str) -> None:
        self._folded.append(folded)
        self._exact.append(exact)
        self._length += len(folded)
        self._unspaced = None if folded[-1] == " " else UNSPACED.match(folded[-1]) is not None

    def _bend(self) -> None:
        """From here on places differ; so far they are the same."""
        if self._straight:
            self._straight = False
            self._starts.extend(range(self._length))
            self._ends.extend(range(1, self._length + 1))

    def finish(self) -> tuple[Folded, str]:
        """Both forms of what was added."""
        folded, exact = "".join(self._folded), "".join(self._exact)
        return (Folded(folded) if self._straight else Folded(folded, self._starts, self._ends)), exact


class _OneForOne(dict[int, str]):
    """For `str.translate`: characters that fold to one character each, and `_ODD` for all others; filled as met."""

    def __init__(self, *, keep_case: bool) -> None:
        super().__init__()
        self._keep_case = keep_case

    def __missing__(self, code: int) -> str:
        character = chr(code)
        folded = fold_character(character, self._keep_case)
        kept = folded if len(folded) == 1 and not joins(character) else _ODD
        if len(self) < _MOST_KEPT:
            self[code] = kept
        return kept


_SHORT = 8  # characters of a run worth remembering: "”…" comes again, a Chinese sentence does not
_MOST_KEPT = 1 << 15
_WIDE = "riskbot.narrow"  # the name under which the encoder knows `_narrow`
_FOREIGN = re.compile(r"[^\x00-\x7f](?:[^\x00-\x7f]| (?=[^\x00-\x7f]))*")
_ALL_UNSPACED = re.compile(f"(?:{UNSPACED.pattern}| )*")
_FOLDED, _EXACT = _OneForOne(keep_case=False), _OneForOne(keep_case=True)
_EVEN = bytes(code for code in range(256) if _FOLDED[code].isascii() and _FOLDED[code] != _ODD)
_FOLD_TABLE, _EXACT_TABLE = (
    bytes(ord(table[code]) if code in _EVEN else 32 for code in range(256)) for table in (_FOLDED, _EXACT)
)
codecs.register_error(_WIDE, _narrow)
