"""Many patterns at once: the one file that knows the multi-pattern engine (daachorse, a double-array Aho-Corasick).

What always holds: every occurrence of every pattern is found, overlapping ones included, in one pass whose cost does
not depend on how many patterns there are; places are characters of the haystack. Patterns are plain strings: what a
word boundary is, and what letter case means, is decided by whoever writes the patterns and folds the haystack.

Method: A. V. Aho, M. J. Corasick, "Efficient string matching", CACM 18 (1975); J. Aoe, "An efficient digital search
algorithm by using a double-array structure", IEEE TSE 15 (1989). Byte-wise over UTF-8: no character of UTF-8 holds
another, so that byte matches are character matches.
"""

from __future__ import annotations

from collections.abc import Sequence

from daachorse import DoubleArrayAhoCorasick


class PatternSet:
    """A compiled set of distinct, non-empty patterns; a pattern's id is its place in the sequence."""

    __slots__ = ("_automaton", "size")

    def __init__(self, patterns: Sequence[str]) -> None:
        self.size = len(patterns)
        raw = [pattern.encode("utf-8", "surrogatepass") for pattern in patterns]
        self._automaton = DoubleArrayAhoCorasick(raw) if raw else None

    def find(self, haystack: str) -> list[tuple[int, int, int]]:
        """Every occurrence as (start, end, pattern id), in the order of their ends, the longest first."""
        if self._automaton is None:
            return []
        raw = haystack.encode("utf-8", "surrogatepass")
        found: list[tuple[int, int, int]] = self._automaton.find_overlapping(raw)
        if len(raw) == len(haystack) or not found:
            return found
        places = _characters(raw, {place for start, end, _ in found for place in (start, end)})
        return [(places[start], places[end], pattern) for start, end, pattern in found]


def _characters(raw: bytes, offsets: set[int]) -> dict[int, int]:
    """Character places for byte offsets that lie between characters; one pass over the bytes."""
    places: dict[int, int] = {}
    characters = before = 0
    for offset in sorted(offsets):
        characters += len(raw[before:offset].decode("utf-8", "surrogatepass"))
        places[offset] = characters
        before = offset
    return places
