"""Rules ready to use, kept between starts: a watchlist of a hundred thousand companies starts in a second, not in ten.

What always holds: an entry counts only for the very files it was made from (all their bytes), for this program and
for this Python; only when it and its folder belong to the user alone, and when its bytes have the digest that stands
before them. Anything else about it (torn, foreign, unreadable, a full disk) means that there is no entry, never an
error: the rules are then read and compiled as if there were no cache. Short rules are not kept; they are quick.

The engine's automatons are read back without a check of their inside, and values by `pickle`: that is why ownership
and digest are asked for first, and why only riskbot's own classes are let through.
"""

from __future__ import annotations

import gc
import hashlib
import json
import os
import pickle
import platform
import stat
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import fields, is_dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import IO, Any

from riskbot.matching.match import Matcher
from riskbot.rulefiles.folder import rule_files
from riskbot.rulefiles.load import Loaded, load_rules

WORTH_KEEPING = 5_000  # companies, or rules: fewer are read in a second or two
MOST_ENTRIES = 4  # the newest stay: an edit and its taking back both start fast
_ENDING = ".rules"
_FORMAT = 1
_DIGITS = 64  # of a digest, with which an entry begins
_LONGEST = 1_000_000  # characters of the line that names the lists
_OTHERS = {
    ("array", "_array_reconstructor"),
    ("array", "array"),
    ("datetime", "timedelta"),
    ("copyreg", "_reconstructor"),
}
_OTHERS |= {
    ("builtins", "object"),
    ("pathlib", "PosixPath"),
    ("pathlib", "WindowsPath"),
    ("pathlib._local", "PosixPath"),
}


def load_ready(
    folder: Path, packaged: Path | None = None, cache: Path | None = None, *, worth_keeping: int = WORTH_KEEPING
) -> Loaded:
    """What `load_rules` reads, compiled (`Loaded.matcher`); from the cache folder where it is kept there.

    `worth_keeping`: with so many companies or rules an entry is written.

    Raises what `load_rules` raises; never for anything that is wrong with the cache.
    """
    with _no_collecting():
        name = _entry_name(folder, packaged) if cache else None
        kept = _read(cache / name) if cache and name else None
        if kept is not None:
            return kept
        loaded = load_rules(folder, packaged)
        loaded = replace(loaded, matcher=Matcher(loaded.rule_set))
        many = max(len(loaded.rule_set.companies), len(loaded.rule_set.rules)) >= worth_keeping
        if cache and name and many and name == _entry_name(folder, packaged):  # not edited meanwhile
            _write(cache, name, loaded)
        return loaded


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Making a million values that all stay, Python would look for garbage among them again and again."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _entry_name(folder: Path, packaged: Path | None) -> str | None:
    """The name of the entry for these files as they are now; None when one of them cannot be read."""
    digest = hashlib.sha256(f"{_FORMAT} {platform.python_implementation()} {platform.python_version()}".encode())
    try:
        digest.update("".join(map(_version, ("riskbot", "daachorse"))).encode())
        for place in (folder, packaged):
            digest.update(f"\n{place.absolute() if place else None}".encode())
            for path in rule_files(place) if place else ():
                digest.update(f"\n{path} {_digest_of(path)}".encode())
        for path in _program():
            digest.update(f"\n{path} {_digest_of(path)}".encode())
    except OSError:
        return None
    return digest.hexdigest() + _ENDING


def _version(library: str) -> str:
    try:
        return f" {library} {version(library)}"
    except PackageNotFoundError:
        return f" {library}"  # run from a checkout, whose files are looked at, too


def _program() -> Iterable[Path]:
    """The files that decide what an entry holds: a checkout changes without a new version."""
    home = Path(__file__).resolve().parent.parent
    rooms = [home / name for name in (".", "model", "matching", "text", "rulefiles", "stories/claims")]
    return sorted(path for room in rooms for path in room.glob("*.py"))


def _digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read(path: Path) -> Loaded | None:
    try:
        if not _is_ours(path.parent) or not _is_ours(path):
            return None
        with path.open("rb") as file:
            digest = file.readline(_LONGEST).strip().decode()
            begin = file.tell()
            if hashlib.file_digest(file, "sha256").hexdigest() != digest:
                return None
            file.seek(begin)
            lists = json.loads(file.readline(_LONGEST))
            if any(_digest_of(Path(name)) != digest for name, digest in lists.items()):
                return None
            loaded = _Unpickler(file).load()
    except Exception:  # noqa: BLE001  # whatever a broken entry does to its reader, it is no entry
        return None
    return loaded if isinstance(loaded, Loaded) else None


def _is_ours(path: Path) -> bool:
    """Whether a file or folder is the user's, and nobody else may write to it."""
    found = path.lstat()
    if stat.S_ISLNK(found.st_mode):
        return False
    return not hasattr(os, "getuid") or (found.st_uid == os.getuid() and not found.st_mode & 0o022)


def _write(cache: Path, name: str, loaded: Loaded) -> None:
    try:
        cache.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _is_ours(cache):
            return
        lists = {
            str(path.absolute()): _digest_of(path) for path in loaded.files if path.suffix not in (".yaml", ".yml")
        }
        with tempfile.NamedTemporaryFile(dir=cache, prefix=".new-", delete=False) as file:
            try:
                file.write(b"0" * _DIGITS + b"\n")
                body = _Digesting(file)
                body.write(json.dumps(lists).encode() + b"\n")
                _Pickler(body, protocol=5).dump(loaded)
                file.seek(0)
                file.write(body.digest.hexdigest().encode())
                file.close()
                Path(file.name).replace(cache / name)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
        entries = sorted(cache.glob("*" + _ENDING), key=lambda entry: entry.stat().st_mtime, reverse=True)
        for entry in entries[MOST_ENTRIES:]:
            entry.unlink(missing_ok=True)
    except (OSError, pickle.PicklingError):
        return


class _Digesting:
    """A file that keeps the digest of what is written to it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def write(self, data: bytes | memoryview) -> int:
        self.digest.update(data)
        return self._file.write(data)


class _Pickler(pickle.Pickler):
    """Writes dataclasses as calls of their class: frozen ones would else be read back field by field, slowly."""

    def reducer_override(self, obj: object) -> Any:
        if is_dataclass(obj) and not isinstance(obj, type):
            return type(obj), tuple(getattr(obj, each.name) for each in fields(obj))
        return NotImplemented


class _Unpickler(pickle.Unpickler):
    """Knows riskbot's own values, and no function that could do anything but make one."""

    def find_class(self, module: str, name: str) -> Any:
        if (module.startswith("riskbot.") and "." not in name) or (module, name) in _OTHERS:
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} has no place in the cache")
