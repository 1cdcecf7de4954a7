"""Many patterns at once: the one file that knows the multi-pattern engine (daachorse, a double-array Aho-Corasick).

What always holds: every occurrence of every pattern is found, overlapping ones included, in one pass whose cost does
not depend on how many patterns there are; places are characters of the haystack. Patterns are plain strings: what a
word boundary is, and what letter case means, is decided by whoever writes the patterns and folds the haystack. Only a
blank is more: one within a pattern stands for one or two, and in a wide pattern for three, too.

The automaton holds of each pattern only as much as tells it from its neighbours, and a little more; the rest is
compared where that much is found. Long lists of names so take a quarter of the memory, most of all while they are
built, and a tenth of the time.

Method: A. V. Aho, M. J. Corasick, "Efficient string matching", CACM 18 (1975); J. Aoe, "An efficient digital search
algorithm by using a double-array structure", IEEE TSE 15 (1989). Byte-wise over UTF-8: no character of UTF-8 holds
another, so that byte matches are character matches.
"""

from __future__ import annotations

from array import array
from collections.abc import Container, Sequence

from daachorse import DoubleArrayAhoCorasick

WIDEST = 3  # blanks in the haystack that one within a pattern stands for at most
_USUAL = 2  # … unless the pattern is said to be a wide one
_LEAST = 12  # characters of a pattern that the automaton holds if it can: shorter beginnings stand in every text
_ENOUGH = 8  # characters that will do where a word ends
_MANY = 50_000  # from so many patterns on, room is dearer than the comparisons it saves
_BEYOND = 3  # characters held beyond those that tell a pattern from all others


class PatternSet:
    """A compiled set of distinct, non-empty patterns; a pattern's id is its place in the sequence."""

    __slots__ = ("_automaton", "_ends", "_of", "_rests")

    def __init__(self, patterns: Sequence[str], wide: Container[int] = ()) -> None:
        self._of = array("I")  # by what the automaton holds: the pattern that this is the beginning of
        self._ends = array("I", (0,))  # by pattern, one on: where in `_rests` what is not held of it ends
        held: list[bytes] = []
        rests = bytearray()
        for number, length in enumerate(_beginnings(patterns)):
            pattern = patterns[number]
            beginning = pattern[:length]
            if length < len(pattern):
                rests += pattern[length:].encode("utf-8", "surrogatepass")
            self._ends.append(len(rests))
            held.append(beginning.encode("utf-8", "surrogatepass"))
            self._of.append(number)
            if " " in beginning[1:]:
                spaced = _spaced_out(beginning, WIDEST if number in wide else _USUAL, inner=length < len(pattern))
                held += [each.encode("utf-8", "surrogatepass") for each in spaced]
                self._of.extend([number] * len(spaced))
        self._rests = bytes(rests)
        self._automaton = DoubleArrayAhoCorasick(held) if held else None

    @property
    def size(self) -> int:
        """How many patterns there are."""
        return len(self._ends) - 1

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        """For pickling: reading the automaton back takes a twentieth of the time of compiling it."""
        automaton = self._automaton.serialize() if self._automaton else b""
        return restored, (automaton, self._of, self._ends, self._rests)

    def find(self, haystack: str) -> list[tuple[int, int, int]]:
        """Every occurrence as (start, end, pattern id), in no order."""
        if self._automaton is None:
            return []
        raw = haystack.encode("utf-8", "surrogatepass")
        of, ends, rests = self._of, self._ends, self._rests
        found: list[tuple[int, int, int]] = []
        for start, end, beginning in self._automaton.find_overlapping(raw):
            pattern = of[beginning]
            begin, stop = ends[pattern], ends[pattern + 1]
            if begin == stop:
                found.append((start, end, pattern))
                continue
            rest = rests[begin:stop]
            if raw.startswith(rest, end):
                found.append((start, end + len(rest), pattern))
            elif raw.startswith(rest[:1], end) and (stop := _goes_on(raw, end, rest)):
                found.append((start, stop, pattern))
        if len(raw) == len(haystack) or not found:
            return found
        places = _characters(raw, {place for start, end, _ in found for place in (start, end)})
        return [(places[start], places[end], pattern) for start, end, pattern in found]


def restored(automaton: bytes, of: array[int], ends: array[int], rests: bytes) -> PatternSet:
    """A pickled set again. Only for bytes of this very program: the engine trusts them blindly."""
    new = PatternSet.__new__(PatternSet)
    new._of, new._ends, new._rests = of, ends, rests
    new._automaton = DoubleArrayAhoCorasick.deserialize(automaton) if of else None
    return new


def _spaced_out(beginning: str, widest: int, *, inner: bool) -> list[str]:
    """What the automaton holds of a pattern, with more blanks in one gap at a time.

    `inner`: the pattern goes on, so that a blank at the end is within it, too.
    """
    spaced = []
    last = len(beginning) if inner else len(beginning) - 1
    place = beginning.find(" ", 1, last)
    while place >= 0:
        if beginning[place - 1] != " " != beginning[place + 1 : place + 2]:
            spaced += [beginning[:place] + " " * width + beginning[place + 1 :] for width in range(2, widest + 1)]
        place = beginning.find(" ", place + 1, last)
    return spaced


def _shared(one: str, other: str) -> int:
    """How many characters two patterns begin with alike."""
    most = min(len(one), len(other))
    least = 0
    for step in (8, 4, 2, 1):
        while least + step <= most and one.startswith(other[: least + step]):
            least += step
    return least


def _goes_on(raw: bytes, place: int, rest: bytes) -> int:
    """Where the rest of a pattern ends if it stands at a place with any allowed number of blanks; 0 if it does not."""
    if b" " not in rest:
        return 0  # compared already
    words = rest.split(b" ")
    for number, word in enumerate(words):
        if number:
            gap = place
            while raw.startswith(b" ", place) and place - gap < WIDEST:
                place += 1
            if place == gap or (number == len(words) - 1 and not word):
                return gap + 1 if place > gap else 0
        if not raw.startswith(word, place):
            return 0
        place += len(word)
    return place


def _beginnings(patterns: Sequence[str]) -> list[int]:
    """How many characters of each pattern the automaton holds."""
    held = [0] * len(patterns)
    beyond = _BEYOND if len(patterns) < _MANY else 0
    ordered = sorted(range(len(patterns)), key=patterns.__getitem__)
    before = 0  # characters shared with the pattern before it
    for number, following in zip(ordered, [*ordered, None][1:], strict=True):
        pattern = patterns[number]
        after = 0 if following is None else _shared(pattern, patterns[following])
        alone = (before if before > after else after) + 1  # so many tell it from all others
        most = alone + beyond if alone + beyond > _LEAST else _LEAST
        # What ends before a gap need not be held twice.
        word_end = pattern.find(" ", alone if alone > _ENOUGH else _ENOUGH, most)
        held[number] = (most if most < len(pattern) else len(pattern)) if word_end < 0 else word_end
        before = after
    return held


def _characters(raw: bytes, offsets: set[int]) -> dict[int, int]:
    """Character places for byte offsets that lie between characters; one pass over the bytes."""
    places: dict[int, int] = {}
    characters = before = 0
    for offset in sorted(offsets):
        characters += len(raw[before:offset].decode("utf-8", "surrogatepass"))
        places[offset] = characters
        before = offset
    return places
