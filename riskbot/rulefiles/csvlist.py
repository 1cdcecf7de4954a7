"""Long watchlists as CSV: `id,name,aliases,tickers,tags`, several values separated by a vertical bar.

What always holds: only `name` is required; a row with a mistake is left out and told with its line; a hundred
thousand rows take seconds. Deliberately absent: `not_in` and `only_with`, which a rule file adds with `extend`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from riskbot.errors import Problem, RulesError
from riskbot.rulefiles.suggest import did_you_mean
from riskbot.yamlfile import read_text, shorten

MAX_BYTES = 64_000_000
COLUMNS = ("id", "name", "aliases", "tickers", "tags")


@dataclass(frozen=True, slots=True)
class Row:
    """One company of the list."""

    line: int
    id: str  # empty: made from the name
    name: str
    aliases: tuple[str, ...]
    tickers: tuple[str, ...]
    tags: tuple[str, ...]


class _CsvError(Exception):
    """The csv module gave up on the record that begins in a line."""

    def __init__(self, line: int, said: str) -> None:
        super().__init__(said)
        self.line = line


def read_csv(path: Path, max_bytes: int = MAX_BYTES) -> tuple[list[Row], list[Problem]]:
    """The rows of a list, and what is wrong with the others."""
    try:
        text = read_text(path, max_bytes)
    except RulesError as error:
        return [], list(error.problems)
    rows: list[Row] = []
    problems: list[Problem] = []
    lines: list[str] = []

    def tell(line: int, code: str, message: str, mend: str) -> None:
        if not lines:
            lines.extend(text.split("\n"))
        source = lines[line - 1].rstrip("\r") if 0 < line <= len(lines) else ""
        problems.append(Problem(str(path), line, 0, code, message, mend, source=source))

    records = _records(text)
    try:
        order = _header(next(records, (1, []))[1], tell)
        if order is None:
            return [], problems
        width = len(order)
        for line, record in records:
            if not any(record):
                continue
            if len(record) > width:
                tell(
                    line, "too-many-columns", f"{len(record)} values, but {width} columns", "quote values with a comma"
                )
                continue
            fields = dict(zip(order, record, strict=False))
            name = fields.get("name", "").strip()
            if not name:
                tell(line, "missing-key", "the row has no name", "write one")
                continue
            aliases, tickers, tags = (_split(fields.get(column, "")) for column in ("aliases", "tickers", "tags"))
            rows.append(Row(line, fields.get("id", "").strip(), name, aliases, tickers, tags))
    except _CsvError as error:
        tell(error.line, "bad-csv", f"this cannot be read as CSV: {error}", "check its quotes")
    return rows, problems


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """Every record with the line it begins in."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for record in reader:
            yield line, record
            line = reader.line_num + 1
    except csv.Error as error:
        raise _CsvError(line, str(error)) from error


def _header(names: Sequence[str], tell: Callable[[int, str, str, str], None]) -> list[str] | None:
    """The columns in the order of the file, or None when they cannot be told apart."""
    order = [name.strip().lower() for name in names]
    for name in order:
        if name not in COLUMNS:
            mend = did_you_mean(name, COLUMNS, f"the first line names the columns: {','.join(COLUMNS)}")
            tell(1, "unknown-column", f"unknown column {shorten(name)!r}", mend)
            return None
    if len(set(order)) < len(order):
        tell(1, "duplicate-column", "a column stands twice in the first line", "keep one of them")
        return None
    if "name" not in order:
        tell(1, "missing-column", "there is no column `name`", f"begin with the line {','.join(COLUMNS)}")
        return None
    return order


def _split(values: str) -> tuple[str, ...]:
    return tuple(value.strip() for value in values.split("|") if value.strip()) if values else ()
