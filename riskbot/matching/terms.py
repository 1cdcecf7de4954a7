"""Terms as patterns for the engine: find any number of them in an article at once, exactly where they stand.

What always holds: terms and text go through the same folding, so a term is found however it is written; word
boundaries live inside the patterns as blanks (none where a script is written without them); whatever the folding
lost and a term insists on (the `&` of "AT&T") is checked again on the original text; no term reaches from one field
into the next.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from riskbot.matching.engine import PatternSet
from riskbot.matching.rules import Term
from riskbot.text.normalise import fold, needs_boundary

K = TypeVar("K")
_BETWEEN = " \x01 "  # between the fields of a haystack; no folded term holds it


@dataclass(frozen=True, slots=True)
class _Use(Generic[K]):
    """One thing that a pattern stands for."""

    key: K
    term: str  # as the rule file writes it
    left: int  # blanks that belong to the pattern, not to the term
    right: int
    grows: bool  # `word*`: the match runs on to the end of the word
    strict: str | None  # what the original must say, squashed


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
        fields = [fold(text) for text in texts]
        folded = _haystack([field.text for field in fields])
        # As long as the folded form, with the same places: see `fold_character`.
        exact = _haystack([fold(text, keep_case=True).text for text in texts]) if self._exact.size else ""
        raw = [
            (start, end, use)
            for haystack, patterns, table in (
                (folded, self._folded, self._folded_uses),
                (exact, self._exact, self._exact_uses),
            )
            for start, end, pattern in patterns.find(haystack)
            for use in table[pattern]
        ]
        return Scan(raw, folded, texts)


class Scan(Generic[K]):
    """What one pass found: keys at once, places on demand."""

    __slots__ = ("_haystack", "_raw", "_texts")

    def __init__(self, raw: list[tuple[int, int, _Use[K]]], haystack: str, texts: Sequence[str]) -> None:
        self._raw = raw
        self._haystack = haystack
        self._texts = texts

    @property
    def present(self) -> set[K]:
        """The keys of everything found (those whose spelling is still to be checked included)."""
        return {use.key for _, _, use in self._raw}

    def matches(self) -> Iterator[Match[K]]:
        """Every match, in no order."""
        fields = [fold(text) for text in self._texts]
        begins = [1]
        for field in fields:
            begins.append(begins[-1] + len(field.text) + len(_BETWEEN))
        for start, end, use in self._raw:
            first, last = start + use.left, end - use.right
            if use.grows:
                last = self._haystack.index(" ", last)
            number = next(n for n in range(len(fields)) if first < begins[n + 1])
            field, source = fields[number], self._texts[number]
            begin, stop = field.original(first - begins[number], last - begins[number])
            if use.strict is None or _squash(source[begin:stop]).startswith(use.strict):
                yield Match(use.key, use.term, number, begin, stop)


def _haystack(fields: Sequence[str]) -> str:
    return f" {_BETWEEN.join(fields)} "


def _patterns(key: K, term: Term) -> Iterator[tuple[str, _Use[K]]]:
    words = fold(term.text, keep_case=term.kind == "exact").text.split()
    if not words:
        return
    left = 1 if needs_boundary(words[0], at_end=False) else 0
    grows = term.kind == "prefix"
    right = 0 if grows or not needs_boundary(words[-1], at_end=True) else 1
    # "AT&T" folds to "at t", which also stands in "sold at T. J. Maxx": single letters are checked on the original.
    strict = _squash(term.text) if any(len(w) == 1 and w.isascii() and w.isalpha() for w in words) else None
    use = _Use(key, term.written, left, right, grows, strict)
    yield " " * left + " ".join(words) + " " * right, use
    # Punctuation folds to a blank, so "Goldman, Sachs" has two between its words: one wider gap at a time.
    for gap in range(1, len(words)):
        yield " " * left + " ".join(words[:gap]) + "  " + " ".join(words[gap:]) + " " * right, use


def _squash(text: str) -> str:
    """Text for comparing what folding leaves out: no blanks, one form of quotes and dashes, no case, no final dot."""
    text = text.replace("’", "'").replace("‘", "'").replace("‑", "-").replace("–", "-")
    return "".join(text.split()).casefold().rstrip(".!'")
