"""One rule file as read: its values, and where each of them stands.

What always holds: an entry that breaks the language is left out with its problems told, and everything else of the
file stays, so that one run shows every mistake. `whole` says whether anything was left out: a name that is missing
because of that is no second mistake.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from riskbot.errors import Problem, RulesError, Severity
from riskbot.rulefiles.mistakes import mistakes_of
from riskbot.rulefiles.schema import RuleFile, validate
from riskbot.yamlfile import Fields, Items, Value, load_text, read_text, source_lines, written

_LISTS = ("use", "extend", "companies", "companies_from", "topics")
SECTIONS = (*_LISTS, "rules", "feeds", "outlets", "channels", "routes", "claims")


@dataclass(slots=True)
class RuleSource:
    """A rule file and the places in it."""

    path: Path
    shipped: bool = False  # reached by `use`: nothing the user can mend
    lines: list[str] = field(default_factory=list)
    root: Value | None = None
    model: RuleFile = field(default_factory=RuleFile)
    kept: dict[str, list[int]] = field(default_factory=dict)  # section → positions in the file, where some are left out
    whole: bool = True
    problems: list[Problem] = field(default_factory=list)

    @property
    def name(self) -> str:
        return str(self.path)

    def entries(self, section: str) -> Iterator[tuple[Any, Value]]:
        """The entries of a section, each with the node it stands in."""
        entries = getattr(self.model, section)
        node = self.root.items.get(section) if isinstance(self.root, Fields) else None
        if node is None or not entries:
            return
        nodes = node.items if isinstance(node, Items) else [node]
        kept = self.kept.get(section) or range(len(nodes))
        for entry, position in zip(entries, kept, strict=True):
            yield entry, nodes[position]

    def tell(
        self,
        at: Value | None,
        code: str,
        message: str,
        mend: str = "",
        severity: Severity = "error",
        *,
        key: bool = False,
    ) -> None:
        """Keep a problem at a node (or at its first key)."""
        if key and isinstance(at, Fields) and at.keys:
            at = next(iter(at.keys.values()))
        line, column = (at.line, at.column) if at else (0, 0)
        source = self.lines[line - 1] if 0 < line <= len(self.lines) else ""
        self.problems.append(Problem(self.name, line, column, code, message, mend, severity, source))


def child(node: Value, *path: str | int) -> Value:
    """The node at a path below another, or the last one on the way that there is."""
    for part in path:
        if isinstance(node, Fields) and part in node.items:
            node = node.items[str(part)]
        elif isinstance(node, Items) and isinstance(part, int) and part < len(node.items):
            node = node.items[part]
    return node


def read_source(path: Path, max_bytes: int, *, shipped: bool = False, text: Path | None = None) -> RuleSource:
    """The file with its problems; never raises for what stands in it. `text`: where its words stand still."""
    source = RuleSource(path, shipped)
    try:
        words = read_text(text or path, max_bytes)
        source.lines = source_lines(words)
        source.root = load_text(words, source.name, max_bytes)
    except RulesError as error:
        source.problems.extend(error.problems)
        source.whole = False
        return source
    if not isinstance(source.root, Fields):
        source.tell(source.root, "wrong-type", "a rule file is a map of sections", f"begin with one of: {_sections()}")
        source.whole = False
        return source
    _judge(source, source.root)
    return source


def _sections() -> str:
    return ", ".join(f"{name}:" for name in SECTIONS)


def _judge(source: RuleSource, root: Fields) -> None:
    values: dict[str, Any] = {key: written(value) for key, value in root.items.items()}
    found = validate(values)
    mistakes = mistakes_of(root, found if isinstance(found, list) else [], source.lines)
    for mistake in mistakes:
        source.tell(mistake.at, mistake.code, mistake.message, mistake.mend)
    if isinstance(found, RuleFile) and not mistakes:
        source.model = found
        return
    source.whole = False
    # What is left is judged too, so that every problem is told in one go: first without the keys that are wrong, and
    # where that is not enough without the entries.
    places = [mistake.where for mistake in mistakes]
    trimmed = _without_keys(values, places)
    rest = validate(trimmed)
    if not isinstance(rest, RuleFile):
        _leave_out(source, trimmed, [*places, *(mistake.where for mistake in rest)])
        rest = validate(trimmed)
    if isinstance(rest, RuleFile):
        source.model = rest


def _without_keys(values: dict[str, Any], places: list[tuple[str | int, ...]]) -> dict[str, Any]:
    """The values without the keys in which mistakes stand; of a list what comes before the first mistake."""
    trimmed = copy.deepcopy(values)
    for where in places:
        entries = trimmed.get(str(where[0])) if where else None
        if len(where) < 3 or not isinstance(entries, list) or not isinstance(where[1], int):
            continue
        entry, key = entries[where[1]], where[2]
        if not isinstance(entry, dict) or key not in entry:
            continue
        if len(where) > 3 and isinstance(where[3], int) and isinstance(entry[key], list):
            entry[key] = entry[key][: where[3]]
        else:
            del entry[key]
    return trimmed


def _leave_out(source: RuleSource, values: dict[str, Any], places: list[tuple[str | int, ...]]) -> None:
    """Take the entries with mistakes out of the values, and remember which are left."""
    broken: dict[str, set[int]] = {}
    for where in places:
        section = str(where[0]) if where else ""
        if len(where) > 1 and isinstance(where[1], int) and isinstance(values.get(section), list):
            broken.setdefault(section, set()).add(where[1])
        else:
            values.pop(section, None)
    for section, positions in broken.items():
        if section not in values:
            continue
        kept = [n for n in range(len(values[section])) if n not in positions]
        values[section] = [values[section][n] for n in kept]
        source.kept[section] = kept
