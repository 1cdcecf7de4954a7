"""Many patterns at once: found as if each were looked for alone, however they begin alike."""

from __future__ import annotations

import pickle
import re

from hypothesis import given
from hypothesis import strategies as st

from riskbot.matching.engine import PatternSet

# Few letters, so that patterns share long beginnings and stand in the haystack often.
WORD = st.text(st.sampled_from("ab中é"), min_size=1, max_size=9)
PATTERN = st.lists(WORD, min_size=1, max_size=3).map(" ".join)
PATTERNS = st.lists(st.tuples(PATTERN, st.booleans()).map(lambda p: f" {p[0]} " if p[1] else p[0]), unique=True)


def alone(pattern: str, haystack: str, gaps: str) -> set[tuple[int, int]]:
    words = re.compile(
        "(?=(" + re.escape(pattern[0]) + re.escape(pattern[1:-1]).replace(r"\ ", gaps) + pattern[-1:] + "))"
    )
    if len(pattern) == 1:
        words = re.compile(f"(?=({pattern}))")
    return {match.span(1) for match in words.finditer(haystack)}


def found(patterns: PatternSet, haystack: str, number: int) -> set[tuple[int, int]]:
    return {(start, end) for start, end, pattern in patterns.find(haystack) if pattern == number}


@given(PATTERNS, st.lists(st.one_of(PATTERN, st.sampled_from([" ", "", "  "]))).map(" ".join))
def test_each_pattern_is_found_wherever_it_stands_and_nowhere_else(patterns: list[str], haystack: str) -> None:
    haystack = f" {haystack} "
    compiled = PatternSet(patterns)
    for number, pattern in enumerate(patterns):
        places = found(compiled, haystack, number)
        assert alone(pattern, haystack, " ") <= places
        assert places <= alone(pattern, haystack, " {1,3}")


def test_a_blank_within_a_pattern_stands_for_two_and_in_a_wide_one_for_three() -> None:
    for beginning in ("bank", "bank of the united people of"):  # the gap within what the automaton holds, or behind it
        narrow, wide = PatternSet([f" {beginning} china "]), PatternSet([f" {beginning} china "], {0})
        for blanks, in_wide in ((1, True), (2, True), (3, True), (4, False)):
            haystack = f" {beginning}{' ' * blanks}china "
            assert bool(wide.find(haystack)) is in_wide
            assert narrow.find(haystack) or blanks > 2


def test_patterns_that_begin_alike_are_told_apart() -> None:
    names = [f" international business machines {letter} " for letter in "abcdefgh"]
    compiled = PatternSet(names)
    assert compiled.find(f"the{names[3]}co") == [(3, 3 + len(names[3]), 3)]
    assert compiled.find(" international business machines x ") == []
    assert compiled.find(" international busi") == []


def test_a_pickled_set_finds_the_same() -> None:
    for patterns in ([], [" bank of china ", "军队", " goldman sachs group international "]):
        compiled = PatternSet(patterns)
        again = pickle.loads(pickle.dumps(compiled))
        text = " the bank  of china 军队 goldman  sachs group international "
        assert again.size == compiled.size == len(patterns)
        assert again.find(text) == compiled.find(text)
        assert len(again.find(text)) == len(patterns)
