"""What breaks the language, in people's words: each mistake with its node, its name and its mend.

What always holds: one mistake of the writer is one problem; a message quotes the offending text; the traps of YAML
(a `#` that begins a comment, `tag: china` that makes a map) are named as what they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from riskbot.rulefiles.schema import Mistake, keys_at
from riskbot.rulefiles.suggest import MOST_GUESSES, did_you_mean, listing, nearest
from riskbot.yamlfile import Fields, Items, Scalar, Value, shorten, written

Where = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """A mistake with the node it stands at."""

    where: Where
    at: Value
    code: str
    message: str
    mend: str


def mistakes_of(root: Fields, found: Iterable[Mistake], lines: list[str]) -> list[Told]:
    """Everything wrong with a file's values, in the order of the file."""
    found = list(found)
    told = list(_empty_values(root, (), lines))
    seen = {mistake.where for mistake in told} | set(_misspelt(found))
    for mistake in found:
        if mistake.where not in seen or mistake.kind == "extra_forbidden":
            seen.add(mistake.where)
            told.append(_translate(root, mistake, guess=len(told) < MOST_GUESSES))
    return sorted(told, key=lambda each: (each.at.line, each.at.column))


def _empty_values(node: Value, where: Where, lines: list[str]) -> Iterator[Told]:
    """Keys and list entries with nothing after them: always a slip, most often a `#`."""
    if isinstance(node, Fields):
        for key, value in node.items.items():
            if _says_nothing(value):
                at = node.keys[key]
                yield Told(
                    (*where, key), at, "no-value", f"`{shorten(key)}` has no value", _mend_nothing(key, at, lines)
                )
            elif not isinstance(value, Scalar):
                yield from _empty_values(value, (*where, key), lines)
    elif isinstance(node, Items):
        for position, value in enumerate(node.items):
            if _says_nothing(value):
                yield Told((*where, position), value, "no-value", "an entry of this list is empty", "delete it")
            elif not isinstance(value, Scalar):
                yield from _empty_values(value, (*where, position), lines)


def _misspelt(found: list[Mistake]) -> Iterator[Where]:
    """The places of keys that are missing only because they stand there misspelt."""
    for mistake in found[:MOST_GUESSES]:
        if mistake.kind == "extra_forbidden":
            meant = nearest(str(mistake.where[-1]), keys_at(mistake.where[:-1]))
            if meant:
                yield (*mistake.where[:-1], meant)


def _says_nothing(node: Value) -> bool:
    return isinstance(node, Scalar) and written(node) is None


def _mend_nothing(key: str, at: Scalar, lines: list[str]) -> str:
    line = lines[at.line - 1] if at.line <= len(lines) else ""
    after = line[at.column - 1 + len(at.written) :].strip(":\"' \t")
    if after.startswith("#") and len(after) > 1 and not after[1].isspace():
        return f'`#` begins a comment: write {shorten(key)}: "{shorten(after.rstrip())}"'
    return "write a value, or delete the line"


def _translate(root: Fields, mistake: Mistake, *, guess: bool) -> Told:
    parent, node, key = _walk(root, mistake.where)
    what = shorten(str(key)) if isinstance(key, str) else f"entry {key + 1}"
    at: Value = node or parent

    def told(code: str, message: str, mend: str, at: Value = at) -> Told:
        return Told(mistake.where, at, code, message, mend)

    text = node.written if isinstance(node, Scalar) else ""
    shown = repr(shorten(text))
    match mistake.kind:
        case "missing":
            return told("missing-key", f"`{what}` is missing", f"add `{what}: …`", _first_key(parent))
        case "extra_forbidden":
            keys = keys_at(mistake.where[:-1])
            mend = f"the keys here are {listing(keys, 20)}"
            mend = did_you_mean(str(key), keys, mend) if guess else mend
            if key == "<<":
                mend = "merge keys are not read here: write the values out"
            at = parent.keys[str(key)] if isinstance(parent, Fields) and str(key) in parent.keys else at
            return told("unknown-key", f"unknown key '{what}'", mend, at)
        case "literal_error":
            values = mistake.expected.replace("'", "").replace(" or ", ", ").split(", ")
            every = mistake.expected.replace("'", "")
            mend = did_you_mean(text, values) if guess else ""
            name = next(part for part in reversed(mistake.where) if isinstance(part, str))  # of the list it stands in
            said = f"{shown} is no value of `{shorten(name)}`"
            return told("unknown-value", f"{said}, which knows {every}" if mend else said, mend or f"write {every}")
        case "list_type":
            mend = "begin each entry with `- `" if isinstance(node, Fields) else f"write `{what}: [{shorten(text)}]`"
            return told("wrong-type", f"`{what}` wants a list", mend)
        case "string_type":
            return told("wrong-type", f"{_name_of(key, mistake.where)} wants a text", _mend_text(node))
        case "model_type" | "model_attributes_type" | "dict_type":
            return told(
                "wrong-type", f"{shown if text else 'this'} stands where keys are wanted", _mend_keys(mistake.where)
            )
        case "int_parsing" | "int_type" | "int_from_float" | "int_parsing_size":
            return told("wrong-type", f"{shown if text else 'this'} is no whole number", "write a number such as 3")
        case "bool_parsing" | "bool_type":
            return told("wrong-type", f"{shown if text else 'this'} is neither true nor false", "write true or false")
        case "greater_than_equal" | "less_than_equal":
            said = mistake.said.removeprefix("Input should be ")
            wanted = said.replace("greater than or equal to", "of at least").replace(
                "less than or equal to", "of at most"
            )
            return told("out-of-range", f"{shown} is out of range", f"write a number {wanted}")
        case "string_too_short":
            return told("no-value", f"{_name_of(key, mistake.where)} is empty", "write a text, or delete it")
        case "too_short":
            return told("no-value", f"`{what}` is an empty list", "write at least one")
        case "string_pattern_mismatch" | "string_too_long":
            mend = "use letters, digits, `-`, `_` and `.`, at most 120 of them"
            return told("bad-id", f"{shown} cannot be an id", mend)
    return told(mistake.kind if "-" in mistake.kind else "wrong-type", mistake.said, mistake.mend)


def _walk(root: Value, where: Where) -> tuple[Value, Value | None, str | int]:
    """The node at a place with its parent; where pydantic names more than the file holds, the nearest there is."""
    parent, node, key = root, root, where[0] if where else ""
    for part in where:
        if isinstance(node, Fields) and isinstance(part, int):
            continue  # one entry where a list may stand
        found: Value | None = None
        if isinstance(node, Fields):
            found = node.items.get(str(part))
        elif isinstance(node, Items) and isinstance(part, int) and part < len(node.items):
            found = node.items[part]
        parent, key = node, part
        if found is None:
            return parent, None, key
        node = found
    return parent, node, key


def _first_key(node: Value) -> Value:
    return next(iter(node.keys.values())) if isinstance(node, Fields) and node.keys else node


def _name_of(key: str | int, where: Where) -> str:
    if isinstance(key, str):
        return f"`{shorten(key)}`"
    names = [part for part in where if isinstance(part, str)]
    return f"an entry of `{names[-1]}`" if names else "an entry"


def _mend_text(node: Value | None) -> str:
    if isinstance(node, Fields) and len(node.items) == 1:
        (key, value), *_ = node.items.items()
        if isinstance(value, Scalar):
            joint = ":" if key in ("tag", "riskbot") else ": "
            return f'`: ` makes a map: write "{shorten(key)}{joint}{shorten(value.written)}" in quotes'
    return "write one text, in quotes where it holds `: ` or begins with a sign"


def _mend_keys(where: Where) -> str:
    return f"the keys here are {listing(keys_at(where), 20)}"
