"""A sentence as words, for grammar to walk over.

What always holds: a word keeps its place in the sentence; quotation marks are no words but leave a mark on the words
between them, so that grammar reads through `Huaxin "categorically" denied`; time is linear in the sentence.
"""

from __future__ import annotations

import re
from functools import cached_property

MOST = 400  # words of a sentence that are looked at: no writer needs more

_WORD = re.compile(
    r"(?:[A-Za-z]\.){2,}|"  # U.S., p.m.
    r"(?:Mr|Mrs|Ms|Dr|Prof|Gen|Lt|Col|Maj|Capt|Adm|Sgt|Sen|Rep|Gov|St|Inc|Corp|Ltd|Co|No)\.(?=\s|$)|"
    r"[^\W_]+(?:[.,](?=\d)\d+)*(?:[-’'&./@][^\W_]+)*(?:(?<=s)[’'](?=\s))?|"
    r"[^\w\s]|_"
)
_OPEN, _CLOSE = frozenset("“«„‹「『"), frozenset("”»‟›」』")
_QUOTES = _OPEN | _CLOSE | frozenset("\"'‘’`")
_QUOTE = re.compile("[" + "".join(_QUOTES) + "]")
_SPACED = re.compile(r" ([,;:.)])")
_SMALL = frozenset(
    "a an and as at but by for from in into is nor of off on or over per so the to up via vs with than that".split()
)


class Words:
    """The words of one sentence."""

    __slots__ = ("__dict__", "low", "quoted", "raw")

    def __init__(self, text: str) -> None:
        self.raw: list[str] = _WORD.findall(text)[:MOST]
        self.quoted: list[bool] | None = None  # whether each word stands between quotation marks; None: none does
        if _QUOTE.search(text):
            self._take_quotes_out()
        # In lower case, with a straight apostrophe.
        self.low: list[str] = " ".join(self.raw).lower().replace("’", "'").split(" ") if self.raw else []

    def _take_quotes_out(self) -> None:
        raw, quoted, inside = [], [], False
        for word in self.raw:
            if word in _QUOTES:
                if word in _OPEN:
                    inside = True
                elif word in _CLOSE:
                    inside = False
                elif word == '"':
                    inside = not inside
                continue  # a single quote says little: it is as often an apostrophe
            raw.append(word)
            quoted.append(inside)
        self.raw = raw
        self.quoted = quoted if True in quoted else None

    def __len__(self) -> int:
        return len(self.raw)

    @cached_property
    def headline(self) -> bool:
        """Whether it is written as headlines are, nearly every word with a capital: case says nothing then."""
        words = [w for w in self.raw if w[0].isalpha() and w.lower() not in _SMALL]
        return len(words) > 2 and sum(w[0].isupper() for w in words) >= 0.75 * len(words)

    def is_quoted(self, place: int) -> bool:
        """Whether a word stands between quotation marks."""
        return self.quoted is not None and self.quoted[place]

    def is_name(self, place: int) -> bool:
        """Whether a word is written with a capital."""
        return self.raw[place][0].isupper()

    def is_mark(self, place: int) -> bool:
        """Whether it is a sign, not a word."""
        return not self.raw[place][0].isalnum()

    def written(self, start: int, end: int) -> str:
        """The words from one to before another, as they are written."""
        return _SPACED.sub(r"\1", " ".join(self.raw[start:end]))
