"""Problems as text: the place, what is wrong, the line with a caret, the mend.

What always holds: plain strings with a style name beside each, so that a face may colour them; control and
bidirectional characters of a file never reach the terminal; a long line is cut around the place.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from riskbot.errors import Problem

Style = Literal["place", "error", "warning", "note", "code", "plain", "source", "caret", "mend"]
_WIDTH = 100  # characters of a source line shown


class Segment(NamedTuple):
    """A piece of the report."""

    text: str
    style: Style


def report(problems: Iterable[Problem]) -> str:
    """The whole report as plain text, with a last line that counts."""
    return "".join(segment.text for segment in segments(problems))


def segments(problems: Iterable[Problem]) -> Iterator[Segment]:
    """The whole report, piece by piece."""
    counts = {"error": 0, "warning": 0, "note": 0}
    for problem in problems:
        counts[problem.severity] += 1
        yield from problem_segments(problem)
        yield Segment("\n", "plain")
    told = [f"{n} {name}{'s' if n > 1 else ''}" for name, n in counts.items() if n]
    yield Segment(f"{', '.join(told) or 'no problems'}\n", "plain")


def problem_segments(problem: Problem) -> Iterator[Segment]:
    """One problem: up to four lines."""
    yield Segment(_safe(problem.place), "place")
    yield Segment(f" {problem.severity}", problem.severity)
    yield Segment(f" {problem.code}", "code")
    yield Segment(f" {_safe(problem.message)}\n", "plain")
    if problem.line and problem.source:
        number = f"{problem.line:>5} | "
        shown, before = _window(problem.source, problem.column)
        yield Segment(f"{number}{shown}\n", "source")
        if problem.column:
            yield Segment(f"{'|':>7} {' ' * _cells(shown[:before])}^\n", "caret")
    if problem.mend:
        yield Segment(f"{'=':>7} {_safe(problem.mend)}\n", "mend")


def _window(line: str, column: int) -> tuple[str, int]:
    """The part of a line around a column, and how many of its characters stand before the column."""
    clean = _safe(line)  # one character for one, so that columns hold
    at = max(0, min(column - 1, len(clean)))
    if len(clean) <= _WIDTH:
        return clean, at
    start = max(0, min(at - _WIDTH // 3, len(clean) - _WIDTH))
    end = start + _WIDTH
    return ("…" if start else "") + clean[start:end] + ("…" if end < len(clean) else ""), at - start + bool(start)


def _safe(text: str) -> str:
    return "".join(c if c.isprintable() else " " if c in "\t\n\r" else "�" for c in text)


def _cells(text: str) -> int:
    """How many cells of a terminal the text takes."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
