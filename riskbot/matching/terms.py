"""Terms as patterns for the engine: find any number of them in an article at once, exactly where they stand.

What always holds: terms and text go through the same folding, so a term is found however it is written; word
boundaries live inside the patterns as blanks (none where a script is written without them); whatever the folding
lost and a term insists on (the `&` of "AT&T") is checked again on the original text; no term reaches from one field
into the next, or over an empty line.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Generic, TypeVar

from riskbot.matching.engine import WIDEST, PatternSet
from riskbot.matching.haystack import Haystack
from riskbot.matching.rules import Term
from riskbot.text.characters import fold_character, needs_boundary
from riskbot.text.folding import Folded, fold

K = TypeVar("K")
_Strict = tuple[str, int]  # what the original must say, squashed; how many characters behind the last letter that takes
_LEFT, _RIGHT, _GROWS = 1, 2, 4  # a blank before, behind belongs to the pattern; `word*` runs on to the word's end
_PLAIN = re.compile(r"[A-Za-z0-9]{2,}(?: [A-Za-z0-9]{2,})*")  # its folded form is its lower case
_BOTH = _LEFT | _RIGHT
_MOST = 2  # blanks between two words, unless the term says more
_TOO_WIDE = " " * (_MOST + 1)
_EMPTY_LINE = re.compile(r"\n[^\S\n]*\n")
_GAP = re.compile(" +")
_SIGN = re.compile(r"[^\w\s]")
# One form of what keyboards and typesetters write differently; blanks and soft hyphens are left out.
_ONE_FORM = str.maketrans({**dict.fromkeys("’‘ʼʻʹ`´′＇", "'"), **dict.fromkeys("‐‑‒–—−－", "-")})


@dataclass(frozen=True, slots=True)
class Match(Generic[K]):
    """A term at its place."""

    key: K
    term: str
    field: int  # which of the texts
    start: int  # characters of that text
    end: int


class TermSet(Generic[K]):
    """Compiled terms, each standing for a key.

    A pattern is a number, and so is a use of it (a term that stands for a key); what is known of a use stands in
    tables, for a watchlist has a million patterns and an object for each would take more room than all else.
    """

    __slots__ = ("_exact", "_first", "_flags", "_folded", "_keys", "_more", "_strict", "_terms", "_widths")

    def __init__(self, terms: Iterable[tuple[K, Term]]) -> None:
        self._keys: list[K] = []  # by use
        self._terms: list[Term] = []  # by use: as the rule file has it
        self._flags = bytearray()  # by use: `_LEFT`, `_RIGHT`, `_GROWS`
        self._strict: dict[int, _Strict] = {}  # use → what the original must say, where that matters
        self._widths: dict[int, tuple[int, ...]] = {}  # use → the most blanks in each gap, where not `_MOST` in all
        self._more: dict[int, list[int]] = {}  # pattern → its further uses, where terms share it
        folded: dict[str, int] = {}  # pattern → its first use
        exact: dict[str, int] = {}
        shared: tuple[dict[str, list[int]], dict[str, list[int]]] = ({}, {})  # pattern → its further uses
        for key, term in terms:
            pattern, flags, widths, strict = _pattern(term)
            if not pattern:
                continue
            cased = term.kind == "exact"
            known, more = exact if cased else folded, shared[cased]
            use, needed = len(self._keys), False
            for spaced in (pattern, *_spaced_out(pattern, widths)):
                first = known.setdefault(spaced, use)
                if first != use:
                    others = more.setdefault(spaced, [])
                    taker = next((o for o in (first, *others) if self._takes(o, key, widths, strict)), use)
                    if taker != use and not needed:
                        use = taker
                        continue
                    others.append(use)
                needed = needed or use == len(self._keys)
            if needed:
                self._add(key, term, flags, widths, strict)
        self._first = array("I", (*folded.values(), *exact.values()))
        for known, more, behind in ((folded, shared[0], 0), (exact, shared[1], len(folded))):
            if more:
                self._more.update((n, more[p]) for n, p in enumerate(known, behind) if more.get(p))
        del known, more
        # The patterns of exact terms are numbered behind those of the others.
        self._folded = self._compile(folded, shared[0])
        self._exact = self._compile(exact, shared[1])

    def _compile(self, patterns: dict[str, int], more: dict[str, list[int]]) -> PatternSet:
        wide = {number for number, use in enumerate(patterns.values()) if use in self._widths}
        if more and self._widths:
            wide |= {n for n, pattern in enumerate(patterns) if any(u in self._widths for u in more.get(pattern, ()))}
        names = list(patterns)
        patterns.clear()  # a watchlist's is too large to keep while the engine needs room
        return PatternSet(names, wide)

    def _add(self, key: K, term: Term, flags: int, widths: tuple[int, ...], strict: _Strict | None) -> None:
        if strict:
            self._strict[len(self._keys)] = strict
        if widths:
            self._widths[len(self._keys)] = widths
        self._keys.append(key)
        self._terms.append(term)
        self._flags.append(flags)

    def _takes(self, use: int, key: K, widths: tuple[int, ...], strict: _Strict | None) -> bool:
        """Whether a term of the same pattern is found by a use that there is; the use grows to hold it."""
        own = self._strict.get(use)
        if self._keys[use] != key or (own and strict and own != strict):
            return False
        if not strict:
            self._strict.pop(use, None)
        mine = self._widths.pop(use, ())
        if mine or widths:
            pairs = zip_longest(mine, widths, fillvalue=_MOST)
            self._widths[use] = tuple(max(pair) for pair in pairs)
        return True

    def scan(self, *texts: str) -> Scan[K]:
        """One pass over the texts: where the terms stand in them."""
        haystack = Haystack(texts, exact=self._exact.size > 0)
        found = self._folded.find(haystack.folded)
        exact = self._exact.find(haystack.exact)
        first, more, behind = self._first, self._more, self._folded.size
        raw = [(start, end, first[pattern]) for start, end, pattern in found]
        raw += [(start, end, first[pattern + behind]) for start, end, pattern in exact]
        if more:
            raw += [(start, end, use) for start, end, pattern in found for use in more.get(pattern, ())]
            raw += [(start, end, use) for start, end, pattern in exact for use in more.get(pattern + behind, ())]
        return Scan(self, raw, haystack, texts)

    def key(self, use: int) -> K:
        """What a use stands for."""
        return self._keys[use]

    def keys(self, uses: Iterable[int]) -> set[K]:
        """What some uses stand for."""
        return set(map(self._keys.__getitem__, uses))

    def match(self, use: int, start: int, end: int, haystack: Haystack, texts: Sequence[str]) -> Match[K] | None:
        """The match that the engine's finding stands for; none when the original says something else."""
        flags = self._flags[use]
        first, last = (start + 1 if flags & _LEFT else start), (end - 1 if flags & _RIGHT else end)
        if not self._reaches(use, haystack.folded[first:last]):
            return None
        if flags & _GROWS:
            last = haystack.word_end(last)
        number, begin, stop = haystack.place(first, last)
        if not _says(self._strict.get(use), texts[number], begin, stop):
            return None
        return Match(self._keys[use], self._terms[use].written, number, begin, stop)

    def _reaches(self, use: int, written: str) -> bool:
        """Whether the words of a folded text stand as near to each other as the term's may."""
        if _TOO_WIDE not in written:
            return True
        gaps: list[str] = _GAP.findall(written)
        widths = self._widths.get(use) or (_MOST,) * len(gaps)
        return all(len(gap) <= most for gap, most in zip(gaps, widths, strict=False))


class Scan(Generic[K]):
    """What one pass found: keys at once, places on demand."""

    __slots__ = ("_haystack", "_of", "_raw", "_texts")

    def __init__(
        self, of: TermSet[K], raw: list[tuple[int, int, int]], haystack: Haystack, texts: tuple[str, ...]
    ) -> None:
        self._of = of
        self._raw = raw  # start and end in the haystack, and the use
        self._haystack = haystack
        self._texts = texts

    @property
    def present(self) -> set[K]:
        """The keys of everything found (those whose spelling is still to be checked included)."""
        return self._of.keys([use for _, _, use in self._raw])

    def matches(self) -> Iterator[Match[K]]:
        """Every match, in no order."""
        for start, end, use in self._raw:
            match = self._of.match(use, start, end, self._haystack, self._texts)
            if match is not None:
                yield match


def _says(strict: _Strict | None, source: str, begin: int, stop: int) -> bool:
    """Whether the original is what the term means, now that the folded form is."""
    found = source[begin:stop]
    if "\n" in found and _EMPTY_LINE.search(found):
        return False
    return strict is None or _squash(source[begin : stop + strict[1]]).startswith(strict[0])


def _pattern(term: Term) -> tuple[str, int, tuple[int, ...], _Strict | None]:
    """The pattern of a term, its flags, the widths of its gaps, and what the original must say.

    The pattern is empty where the term folds to nothing.
    """
    exact, text = term.kind == "exact", term.text
    if _PLAIN.fullmatch(text):  # as most names on long lists are, whom this spares a thousand steps
        words = text if exact else text.lower()
        return (f" {words}", _LEFT | _GROWS, (), None) if term.kind == "prefix" else (f" {words} ", _BOTH, (), None)
    text = " ".join(text.split())
    folded = fold(text, keep_case=exact)
    pieces = folded.text.split()
    if not pieces:
        return "", 0, (), None
    left = needs_boundary(pieces[0], at_end=False)
    bounded = needs_boundary(pieces[-1], at_end=True)
    # A word written without blanks around it has no end to run on to: there `word*` is `word`.
    grows = term.kind == "prefix" and (bounded or left)
    right = bounded and not grows
    pattern = (" " if left else "") + " ".join(pieces) + (" " if right else "")
    flags = (_LEFT if left else 0) | (_RIGHT if right else 0) | (_GROWS if grows else 0)
    return pattern, flags, _widths(text, folded), _strictness(text, pieces)


def _spaced_out(pattern: str, widths: tuple[int, ...]) -> Iterator[str]:
    """The pattern as the term itself has it, where a gap is wider than the engine lets any be."""
    if max(widths, default=0) > WIDEST:
        first, *others = pattern.strip(" ").split(" ")
        spaced = "".join((first, *(" " * width + word for width, word in zip(widths, others, strict=True))))
        yield pattern.replace(pattern.strip(" "), spaced)


def _widths(text: str, folded: Folded) -> tuple[int, ...]:
    """The most blanks that may stand in each gap between a term's words, for punctuation folds to blanks.

    Two ("Goldman, Sachs"); three where the term has a sign there, which may stand apart ("Pratt & Whitney" is also
    written "Pratt&Whitney"); as many as the term itself has. Nothing when it is two everywhere.
    """
    stripped = folded.text.strip(" ")
    offset = len(folded.text) - len(folded.text.lstrip(" "))
    widths = []
    for gap in _GAP.finditer(stripped):
        start, end = folded.original(offset + gap.start(), offset + gap.end())
        widths.append(max(gap.end() - gap.start(), 3 if _SIGN.search(text, start, end) else _MOST))
    return tuple(widths) if any(width > _MOST for width in widths) else ()


def _strictness(text: str, words: list[str]) -> _Strict | None:
    """What the original must say, and how far behind the last word that reaches.

    "AT&T" folds to "at t", which also stands in "sold at T. J. Maxx": single letters are checked on the original.
    """
    if not any(len(word) == 1 and word.isascii() and word.isalpha() for word in words):
        return None
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
