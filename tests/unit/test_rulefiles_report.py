"""Problems as text: place, line, caret, mend."""

from __future__ import annotations

from riskbot.errors import Problem
from riskbot.rulefiles.report import problem_segments, report


def problem(
    source: str = "    topics: [militry]", column: int = 14, message: str = "unknown topic 'militry'"
) -> Problem:
    mend = "did you mean 'military'?"
    return Problem("watch.yaml", 14, column, "unknown-topic", message, mend, source=source)


def caret_under(source: str, column: int) -> str:
    """What stands above the caret, in a terminal where every character of the source takes one cell."""
    lines = report([problem(source, column)]).splitlines()
    return lines[1][lines[2].index("^")]


def test_a_problem_is_shown_with_its_line_a_caret_and_the_mend() -> None:
    assert report([problem()]) == (
        "watch.yaml:14:14 error unknown-topic unknown topic 'militry'\n"
        "   14 |     topics: [militry]\n"
        "      |              ^\n"
        "      = did you mean 'military'?\n"
        "\n"
        "1 error\n"
    )


def test_the_last_line_counts_by_severity() -> None:
    note = Problem("a.yaml", 1, 1, "no-tests", "m", severity="note")
    assert report([problem(), note, note]).endswith("1 error, 2 notes\n")
    assert report([]) == "no problems\n"


def test_wide_characters_before_the_place_move_the_caret() -> None:
    lines = report([problem("a: [制裁, x]", 9)]).splitlines()
    assert lines[2].index("^") == lines[1].index("x") + 2


def test_a_long_line_is_cut_around_the_place() -> None:
    source = "a: [" + "word, " * 5000 + "@here" + ", word" * 5000
    column = source.index("@") + 1
    lines = report([problem(source, column)]).splitlines()
    assert all(len(line) < 130 for line in lines)
    assert caret_under(source, column) == "@"
    assert caret_under("x" * 99 + "@", 100) == "@"
    assert caret_under("x" * 500 + "@", 501) == "@"
    assert caret_under("@" + "x" * 500, 1) == "@"


def test_control_and_bidirectional_characters_never_reach_the_terminal() -> None:
    hostile = "a: \x1b[31m\u202e\tx"
    text = report([problem(hostile, 10, message=f"bad {hostile}")])
    assert all(c.isprintable() or c == "\n" for c in text)
    assert caret_under(hostile, len(hostile)) == "x"


def test_a_problem_of_a_whole_file_has_no_source_line() -> None:
    whole = Problem("a.yaml", 0, 0, "empty-file", "there is nothing in it", "write something")
    assert [s.style for s in problem_segments(whole)] == ["place", "error", "code", "plain", "mend"]
    assert report([whole]).startswith("a.yaml error empty-file there is nothing in it\n")
