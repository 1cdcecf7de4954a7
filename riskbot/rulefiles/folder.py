"""Which files make up the rules: those of the folder, and the shipped lists that they use.

What always holds: files come in the order of their names, so that nothing depends on the file system; hidden files
and folders are passed over; a shipped list is found by its name among the shipped files, never by a path.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from riskbot.errors import InputError, Problem
from riskbot.rulefiles.source import RuleSource, read_source
from riskbot.rulefiles.suggest import did_you_mean, listing
from riskbot.yamlfile import shorten

_ENDINGS = (".yaml", ".yml")
_PREFIX = "riskbot/"


@dataclass(frozen=True, slots=True)
class Draft:
    """A rule file as it is to be: its words stand elsewhere still."""

    path: Path  # in the folder, whether it is there already or not
    text: Path


def read_folder(folder: Path, packaged: Path | None, max_bytes: int, draft: Draft | None = None) -> list[RuleSource]:
    """Every rule file, in order, then the shipped lists in the order in which they are used.

    Raises InputError when there is no such folder or nothing to read in it.
    """
    sources = [
        read_source(path, max_bytes, text=draft.text if draft and path == draft.path else None)
        for path in rule_files(folder, [draft.path] if draft else ())
    ]
    seen = {source.path.resolve() for source in sources}
    shipped = {_list_name(path): path for path in (rule_files(packaged) if packaged else ())}
    for source in sources:  # grows while it is walked: a shipped list may use another
        for name, node in source.entries("use"):
            path = shipped.get(name)
            if path is None:
                mend = did_you_mean(name, shipped, f"the shipped lists are {listing(sorted(shipped)) or 'not at hand'}")
                source.tell(node, "unknown-list", f"there is no shipped list {shorten(name)!r}", mend)
                source.whole = False
            elif path.resolve() not in seen:
                seen.add(path.resolve())
                sources.append(read_source(path, max_bytes, shipped=True))
    return sources


def rule_files(folder: Path, more: Iterable[Path] = ()) -> list[Path]:
    """The rule files under a folder, and `more` of it. Raises InputError when it is missing or holds none."""
    mend = "run `riskbot init` to get the shipped rules, or name another folder with --rules"
    if not folder.exists():
        raise InputError(f"there is no rules folder {folder}", mend)
    if not folder.is_dir():
        raise InputError(f"{folder} is a file, not a folder of rules", mend)
    found: list[Path] = []
    problems: list[OSError] = []
    for place, folders, names in os.walk(folder, onerror=problems.append):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found.extend(Path(place, name) for name in names if name.endswith(_ENDINGS) and not name.startswith("."))
    if problems:
        raise InputError(f"the rules folder {folder} cannot be read: {problems[0].strerror}", "check its permissions")
    found.extend(path for path in more if path not in found)
    if not found:
        raise InputError(f"the folder {folder} holds no rule files (.yaml)", mend)
    return sorted(found, key=lambda path: path.relative_to(folder).parts)


def list_file(source: RuleSource, name: str, folder: Path) -> Path | Problem:
    """The CSV file that a rule file names, or what is wrong with the name: it must lie inside the folder."""
    path = source.path.parent / name
    home = (source.path.parent if source.shipped else folder).resolve()
    if Path(name).is_absolute() or not path.resolve().is_relative_to(home):
        message = f"{shorten(name)!r} lies outside the rules folder"
        return Problem(
            source.name, 0, 0, "outside-folder", message, "put the file beside this one; links out are refused"
        )
    if not path.is_file():
        near = did_you_mean(name, (other.name for other in path.parent.glob("*.csv")), "check the name")
        return Problem(source.name, 0, 0, "missing-file", f"there is no file {shorten(name)!r} beside this one", near)
    return path


def _list_name(path: Path) -> str:
    return _PREFIX + path.stem
