"""Terms as patterns for the engine: find any number of them in an article at once, exactly where they stand.

What always holds: terms and text go through the same folding, so a term is found however it is written; word
boundaries live inside the patterns as blanks (none where a script is written without them); whatever the folding
lost and a term insists on (the `&` of "AT&T") is checked again on the original text; no term reaches from one field
into the next, or over an empty line.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from riskbot.matching.engine import PatternSet
from riskbot.matching.haystack import Haystack
from riskbot.matching.rules import Term
from riskbot.text.normalise import Folded, fold, fold_character, needs_boundary

K = TypeVar("K")
_EMPTY_LINE = re.compile(r"\n[^\S\n]*\n")
_GAP = re.compile(" +")
_SIGN = re.compile(r"[^\w\s]")
# One form of what keyboards and typesetters write differently; blanks and soft hyphens are left out.
_ONE_FORM = str.maketrans({**dict.fromkeys("’‘ʼʻʹ`´′＇", "'"), **dict.fromkeys("‐‑‒–—−－", "-")})


@dataclass(frozen=True, slots=True)
class _Use(Generic[K]):
    """One thing that a pattern stands for."""

    key: K
    term: str  # as the rule file writes it
    left: int  # blanks that belong to the pattern, not to the term
    right: int
    grows: bool  # `word*`: the match runs on to the end of the word
    strict: str | None  # what the original must say, squashed
    tail: int  # characters behind the last letter or digit that must be looked at for that


@dataclass(frozen=True, slots=True)
class Match(Generic[K]):
    """A term at its place."""

    key: K
    term: str
    field: int  # which of the texts
    start: int  # characters of that text
    end: int


class TermSet(Generic[K]):
    """Compiled terms, each standing for a key."""

    __slots__ = ("_exact", "_exact_uses", "_folded", "_folded_uses")

    def __init__(self, terms: Iterable[tuple[K, Term]]) -> None:
        folded: dict[str, dict[K, _Use[K]]] = defaultdict(dict)
        exact: dict[str, dict[K, _Use[K]]] = defaultdict(dict)
        for key, term in terms:
            for pattern, use in _patterns(key, term):
                (exact if term.kind == "exact" else folded)[pattern].setdefault(key, use)
        self._folded, self._exact = PatternSet(list(folded)), PatternSet(list(exact))
        self._folded_uses = [tuple(uses.values()) for uses in folded.values()]
        self._exact_uses = [tuple(uses.values()) for uses in exact.values()]

    def scan(self, *texts: str) -> Scan[K]:
        """One pass over the texts: where the terms stand in them."""
        haystack = Haystack(texts, exact=self._exact.size > 0)
        raw = [
            (start, end, use)
            for searched, patterns, table in (
                (haystack.folded, self._folded, self._folded_uses),
                (haystack.exact, self._exact, self._exact_uses),
            )
            for start, end, pattern in patterns.find(searched)
            for use in table[pattern]
        ]
        return Scan(raw, haystack, texts)


class Scan(Generic[K]):
    """What one pass found: keys at once, places on demand."""

    __slots__ = ("_haystack", "_raw", "_texts")

    def __init__(self, raw: list[tuple[int, int, _Use[K]]], haystack: Haystack, texts: tuple[str, ...]) -> None:
        self._raw = raw
        self._haystack = haystack
        self._texts = texts

    @property
    def present(self) -> set[K]:
        """The keys of everything found (those whose spelling is still to be checked included)."""
        return {use.key for _, _, use in self._raw}

    def matches(self) -> Iterator[Match[K]]:
        """Every match, in no order."""
        for start, end, use in self._raw:
            last = end - use.right
            if use.grows:
                last = self._haystack.word_end(last)
            number, begin, stop = self._haystack.place(start + use.left, last)
            if _says(use, self._texts[number], begin, stop):
                yield Match(use.key, use.term, number, begin, stop)


def _says(use: _Use[K], source: str, begin: int, stop: int) -> bool:
    """Whether the original is what the term means, now that the folded form is."""
    found = source[begin:stop]
    if "\n" in found and _EMPTY_LINE.search(found):
        return False
    return use.strict is None or _squash(source[begin : stop + use.tail]).startswith(use.strict)


def _patterns(key: K, term: Term) -> Iterator[tuple[str, _Use[K]]]:
    text = " ".join(term.text.split())
    folded = fold(text, keep_case=term.kind == "exact")
    words = folded.text.split()
    if not words:
        return
    left = 1 if needs_boundary(words[0], at_end=False) else 0
    bounded = needs_boundary(words[-1], at_end=True)
    # A word written without blanks around it has no end to run on to: there `word*` is `word`.
    grows = term.kind == "prefix" and (bounded or left == 1)
    right = 1 if bounded and not grows else 0
    use = _Use(key, term.written, left, right, grows, *_strictness(text, words))
    for between in _spacings(text, folded):
        pieces = [words[0]]
        for gap, word in zip(between, words[1:], strict=True):
            pieces += [" " * gap, word]
        yield " " * left + "".join(pieces) + " " * right, use


def _spacings(text: str, folded: Folded) -> Iterator[tuple[int, ...]]:
    """How many blanks may stand in each gap between a term's words, for punctuation folds to blanks.

    One in each; as the term itself has them; and from either, one gap at a time: two ("Goldman, Sachs"), and three
    where the term has a sign there, which may stand apart ("Pratt & Whitney" is also written "Pratt&Whitney").
    """
    stripped = folded.text.strip(" ")
    offset = len(folded.text) - len(folded.text.lstrip(" "))
    gaps = [
        (gap.end() - gap.start(), folded.original(offset + gap.start(), offset + gap.end()))
        for gap in _GAP.finditer(stripped)
    ]
    single = tuple(1 for _ in gaps)
    natural = tuple(width for width, _ in gaps)
    for widths in dict.fromkeys((single, natural)):
        yield widths
        for number, (_, (start, end)) in enumerate(gaps):
            for width in (1, 2, 3) if _SIGN.search(text, start, end) else (1, 2):
                if width != widths[number]:
                    yield (*widths[:number], width, *widths[number + 1 :])


def _strictness(text: str, words: list[str]) -> tuple[str | None, int]:
    """What the original must say, and how far behind the last word that reaches.

    "AT&T" folds to "at t", which also stands in "sold at T. J. Maxx": single letters are checked on the original.
    """
    if not any(len(word) == 1 and word.isascii() and word.isalpha() for word in words):
        return None, 0
    head = next(place for place, character in enumerate(text) if character.isalnum())
    strict = _squash(text[head:])
    tail = len(text) - 1 - max(place for place, character in enumerate(text) if character.isalnum())
    return strict.rstrip(".!'"), tail


def _squash(text: str) -> str:
    """Text for comparing what folding leaves out: the signs between letters, but no blanks, case or accents."""
    pieces = []
    for character in unicodedata.normalize("NFC", text.translate(_ONE_FORM)):
        folded = fold_character(character)
        sign = unicodedata.normalize("NFKC", character) if not folded.strip() else folded
        pieces.append(sign if sign.isprintable() else "")
    return "".join("".join(pieces).split())
