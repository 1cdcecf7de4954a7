"""YAML as riskbot reads it: a tree in which every value keeps its line and column.

What always holds: scalars mean what YAML 1.2's core schema says, read strictly, so `NO`, `ON`, `Y` and `0700` are text;
the text of a scalar as written is always at hand; keys are text and stand once; the work is linear in the size of the
file, whatever the file holds (libyaml alone is not: its time grows with the square of the nesting, so nesting is
capped while events are read). Whatever is wrong is a `RulesError` with one `Problem` for each mistake.
Deliberately absent: tags that build objects, merge keys, several documents in one file, and writing YAML.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import yaml

from riskbot.errors import Problem, RulesError

MAX_BYTES = 5_000_000  # of one file
MAX_DEPTH = 40  # lists and maps inside each other, aliases followed
MAX_ALIASED = 100_000  # values that aliases add to a file

_LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # where libyaml counts a new line
_UNREADABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_INT = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_BASED_INT = re.compile(r"0o[0-7]{1,20}|0x[0-9a-fA-F]{1,16}")
_FLOAT = re.compile(r"(?=.*[.eE])[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]{1,4})?")
_SPECIAL = {"null": None, "Null": None, "NULL": None, "~": None, "": None}
_BOOLS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_FLOATS = {".nan", ".NaN", ".NAN", ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF"}


Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]


@dataclass(slots=True)
class Scalar:
    """One text, number, truth value or nothing."""

    written: str  # as the file has it, without quotes
    quoted: bool  # in quotes or a block: always text
    line: int
    column: int

    @property
    def value(self) -> bool | int | float | str | None:
        """What the scalar means."""
        return self.written if self.quoted else _resolve(self.written)


@dataclass(slots=True)
class Items:
    """A list."""

    items: list[Value]
    line: int
    column: int


@dataclass(slots=True)
class Fields:
    """A map from keys to values, in the order of the file."""

    items: dict[str, Value]
    line: int
    column: int
    keys: dict[str, Scalar] = field(default_factory=dict)  # where each key stands


Value = Scalar | Items | Fields


def read_text(path: Path, max_bytes: int = MAX_BYTES) -> str:
    """The text of a file, without a byte order mark. Raises RulesError when it is not readable text of that size."""

    def refuse(code: str, message: str, mend: str, line: int = 0) -> RulesError:
        return RulesError([Problem(str(path), line, 0, code, message, mend)])

    try:
        if not stat.S_ISREG(path.stat().st_mode):  # before it is opened: a pipe would wait for its writer
            raise refuse("unreadable-file", "this is not an ordinary file", "put an ordinary file here")
        with path.open("rb") as stream:
            data = stream.read(max_bytes + 1)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise refuse(
            "unreadable-file", f"the file cannot be read: {why}", "check its name and its permissions"
        ) from error
    if len(data) > max_bytes:
        raise refuse("file-too-large", f"the file is larger than {max_bytes:,} bytes", "split it, or use a CSV list")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise refuse("not-utf8", "the file is UTF-16", "save it as UTF-8")
    if b"\0" in data:
        raise refuse("not-text", "the file is binary, not text", "write it as UTF-8 text")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise refuse("not-utf8", "the file is not UTF-8", "save it as UTF-8", line) from error


def load(path: Path, max_bytes: int = MAX_BYTES) -> Value:
    """The tree of a YAML file. Raises RulesError."""
    return load_text(read_text(path, max_bytes), str(path), max_bytes)


def load_text(text: str, name: str, max_bytes: int = MAX_BYTES) -> Value:
    """The tree of a YAML text; `name` is what problems call it. Raises RulesError."""
    text = text.removeprefix("\ufeff")
    if len(text) > max_bytes:
        raise RulesError([Problem(name, 0, 0, "file-too-large", f"more than {max_bytes:,} characters", "split it")])
    return _Builder(text, name).build()


def plain(value: Value) -> Plain:
    """The tree as plain Python values, as the core schema resolves them."""
    if isinstance(value, Scalar):
        return value.value
    if isinstance(value, Items):
        return [plain(item) for item in value.items]
    return {key: plain(item) for key, item in value.items.items()}


def written(value: Value) -> Plain:
    """The tree with every scalar as the text it was written as; only what says nothing at all is None."""
    if isinstance(value, Scalar):
        return None if not value.quoted and value.written in ("", "~", "null") else value.written
    if isinstance(value, Items):
        return [written(item) for item in value.items]
    return {key: written(item) for key, item in value.items.items()}


def source_lines(text: str) -> list[str]:
    """The lines as problems count them."""
    return _LINE_BREAK.split(text)


def _resolve(text: str) -> bool | int | float | str | None:
    # Stricter than the core schema in one point: a number with a leading zero stays text, for tickers and telephone
    # numbers; and numbers beyond 64 bits stay text, because turning them into integers is quadratic in their length.
    if text in _SPECIAL:
        return None
    if text in _BOOLS:
        return _BOOLS[text]
    if text[0] not in "+-.0123456789":
        return text
    if _INT.fullmatch(text):
        return int(text)
    if _BASED_INT.fullmatch(text):
        return int(text[2:], 8 if text[1] == "o" else 16)
    if text in _FLOATS:
        return float(text.replace(".", "").lower())
    return float(text) if _FLOAT.fullmatch(text) else text


@dataclass(slots=True)
class _Open:
    """A list or map whose end has not been read yet."""

    value: Items | Fields
    anchor: str | None
    size: int = 1
    height: int = 1
    key: Scalar | None = None
    skip: bool = False  # the value that follows belongs to a duplicate key


class _Builder:
    """Turns libyaml's events into the tree, holding the caps while it reads."""

    def __init__(self, text: str, name: str) -> None:
        self.text = text
        self.name = name
        self.problems: list[Problem] = []
        self.anchors: dict[str, tuple[Value, int, int]] = {}  # name → value, size, height
        self.open: list[_Open] = []
        self.aliased = 0
        self.root: Value | None = None

    def build(self) -> Value:
        found = _UNREADABLE.search(self.text)
        if found:
            lines = source_lines(self.text[: found.start()])
            shown = f"U+{ord(found.group()):04X}"
            raise self.stop(
                len(lines), len(lines[-1]) + 1, "control-character", f"the character {shown} is not text", "delete it"
            )
        try:
            for event in self.events():
                self.take(event)
        except yaml.YAMLError as error:
            raise self.translate(error) from error
        if self.root is None and not self.problems:
            raise self.stop(0, 0, "empty-file", "there is nothing in it", "write something in it, or delete it")
        if self.root is None or self.problems:
            raise RulesError(self.problems)
        return self.root

    def events(self) -> Iterator[yaml.Event]:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml is missing from a few builds of PyYAML
        return iter(yaml.parse(self.text, Loader=loader))

    def take(self, event: yaml.Event) -> None:
        mark = event.start_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        if isinstance(event, yaml.ScalarEvent):
            self.check_tag(event.tag, line, column)
            quoted = bool(event.style) or event.tag == "tag:yaml.org,2002:str"
            self.add(Scalar(event.value, quoted, line, column), event.anchor, 1, 0)
        elif isinstance(event, yaml.SequenceStartEvent | yaml.MappingStartEvent):
            self.check_tag(event.tag, line, column)
            if len(self.open) >= MAX_DEPTH:
                raise self.stop(line, column, "too-deep", f"more than {MAX_DEPTH} levels deep", "write it flatter")
            value = Items([], line, column) if isinstance(event, yaml.SequenceStartEvent) else Fields({}, line, column)
            self.open.append(_Open(value, event.anchor))
        elif isinstance(event, yaml.SequenceEndEvent | yaml.MappingEndEvent):
            done = self.open.pop()
            self.add(done.value, done.anchor, done.size, done.height)
        elif isinstance(event, yaml.AliasEvent):
            self.follow(str(event.anchor), line, column)
        elif isinstance(event, yaml.DocumentStartEvent) and self.root is not None:
            raise self.stop(
                line, column, "second-document", "a second document begins here", "keep one file to one `---`"
            )

    def follow(self, anchor: str, line: int, column: int) -> None:
        if anchor not in self.anchors:
            mend = f'put it in quotes: "*{anchor}"'
            raise self.stop(line, column, "unknown-alias", f"YAML reads `*{anchor}` as a reference to nothing", mend)
        value, size, height = self.anchors[anchor]
        self.aliased += size
        if self.aliased > MAX_ALIASED or len(self.open) + height > MAX_DEPTH:
            raise self.stop(
                line, column, "too-many-aliases", "the aliases unfold into too much", "write the values out"
            )
        self.add(value, None, size, height)

    def add(self, value: Value, anchor: str | None, size: int, height: int) -> None:
        if anchor is not None:
            self.anchors[anchor] = (value, size, height)
        if not self.open:
            self.root = value
            return
        parent = self.open[-1]
        parent.size += size
        parent.height = max(parent.height, height + 1)
        if isinstance(parent.value, Items):
            parent.value.items.append(value)
        elif parent.key is None:
            self.add_key(parent, parent.value, value)
        else:
            if not parent.skip:
                parent.value.items[parent.key.written] = value
            parent.key = None

    def add_key(self, parent: _Open, fields: Fields, key: Value) -> None:
        if not isinstance(key, Scalar) or (not key.quoted and key.written == ""):
            raise self.stop(key.line, key.column, "bad-key", "a key must be a word", "write `key: value`")
        first = fields.keys.get(key.written)
        parent.key, parent.skip = key, first is not None
        if first is None:
            fields.keys[key.written] = key
        else:
            message = f"the key {shorten(key.written)!r} stands already in line {first.line}"
            self.note(key.line, key.column, "duplicate-key", message, "keep one of them")

    def check_tag(self, tag: str | None, line: int, column: int) -> None:
        if tag and (not tag.startswith("tag:yaml.org,2002:") or "/" in tag or tag == "tag:yaml.org,2002:binary"):
            shown = shorten(tag.replace("tag:yaml.org,2002:", "!!"))
            raise self.stop(line, column, "unknown-tag", f"the YAML tag {shown!r} is not used here", "put it in quotes")

    @cached_property
    def lines(self) -> list[str]:
        return source_lines(self.text)

    def note(self, line: int, column: int, code: str, message: str, mend: str) -> None:
        source = self.lines[line - 1] if 0 < line <= len(self.lines) else ""
        self.problems.append(Problem(self.name, line, column, code, message, mend, source=source))

    def stop(self, line: int, column: int, code: str, message: str, mend: str) -> RulesError:
        self.note(line, column, code, message, mend)
        return RulesError(self.problems)

    def translate(self, error: yaml.YAMLError) -> RulesError:
        """libyaml's words for what it stumbled over, in ours, with the mend for the usual traps."""
        said = str(getattr(error, "problem", None) or "it cannot be read")
        context = str(getattr(error, "context", None) or "")
        mark, begin = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
        open_quote = context.endswith("quoted scalar") and "end of stream" in said
        if begin and (open_quote or _unclosed(context, mark, begin)):
            char = self.char(begin.line, begin.column)
            return self.stop(begin.line + 1, begin.column + 1, "yaml", f"this `{char}` is never closed", "close it")
        if begin and context == "while scanning an alias":
            mark = begin
        line, column = (mark.line, mark.column) if mark else (0, 0)
        char = self.char(line, column)
        quote = f'put it in quotes: "{self.word(line, column)}"'
        if char == "\t":
            message, mend = "a tab cannot indent YAML", "indent with spaces"
        elif context == "while scanning an alias":
            message, mend = f"YAML reads `{char}` at the beginning of a value as a reference", quote
        elif "cannot start any token" in said:
            message, mend = f"a value cannot begin with `{char}`", quote
        elif "mapping values are not allowed" in said:
            message, mend = "a second `: ` in one line", "put the text that holds it in quotes, or begin a new line"
        elif "unknown escape character" in said:
            message, mend = "unknown escape after `\\` in double quotes", "use single quotes"
        elif context.startswith("while parsing a block") or said.startswith("could not find expected ':'"):
            message = "this does not fit what stands above it"
            mend = "line it up with its neighbours, and check `:` and quotes in the line above"
        else:
            message, mend = f"not YAML: {said}", "check indentation, quotes and brackets here and in the line above"
        return self.stop(line + 1, column + 1, "yaml", message, mend)

    def word(self, line: int, column: int) -> str:
        """What was meant as a text, as far as it can be told."""
        rest = self.lines[line][column:] if line < len(self.lines) else ""
        ends = [rest.find(mark) for mark in (",", "]", "}", " #")]
        return shorten(rest[: min((end for end in ends if end > 0), default=len(rest))].strip().strip('"'))

    def char(self, line: int, column: int) -> str:
        return self.lines[line][column : column + 1] if line < len(self.lines) else ""


def _unclosed(context: str, mark: yaml.Mark | None, begin: yaml.Mark) -> bool:
    return context.startswith("while parsing a flow ") and mark is not None and mark.line > begin.line


def shorten(text: str, length: int = 60) -> str:
    """Offending text as a message quotes it."""
    return text if len(text) <= length else text[: length - 1] + "…"
