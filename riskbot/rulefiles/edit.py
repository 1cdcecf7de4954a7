"""Feeds put into the text of a rule file, which stays byte for byte what it was around them.

What always holds: nothing is put in on trust: the new text is read again, and counts only when it says exactly what
the old one said and the new feeds after it; comments, blank lines, quotes and line ends of the file are not touched.
Where several places are possible the first that passes this proof is taken; where none does, the file is refused.
Pure. Deliberately absent: changing or removing what stands there, and reading or writing files.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from riskbot.errors import InputError, RulesError
from riskbot.rulefiles.names import slug
from riskbot.yamlfile import Fields, Items, load_text, source_lines, written

_TRIES = 12  # places looked at
_PLAIN = re.compile(r"[^\W\d_][\w-]*")
# Words that some readers of YAML take for something else than text.
_NOT_PLAIN = {"null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf"}
_BLANK_OR_COMMENT = re.compile(r"\s*(#.*)?")


@dataclass(frozen=True, slots=True)
class NewFeed:
    """A feed to be put into a rule file."""

    name: str
    url: str
    tags: tuple[str, ...] = ()
    title: str = ""  # one clean line, kept as a comment where the name does not say it


def with_feeds(text: str, name: str, feeds: Sequence[NewFeed]) -> str:
    """The text of a rule file with these feeds after its own; `name` is what errors call it.

    Raises RulesError when it is no YAML, and InputError when there is no safe place in it.
    """
    root = load_text(text, name)
    if isinstance(root, Fields):
        had = written(root)
        held = had.get("feeds") if isinstance(had, dict) else None
        new = [_values(feed) for feed in feeds]
        wanted = {**had, "feeds": [*held, *new] if isinstance(held, list) else new} if isinstance(had, dict) else None
        for candidate in islice(_candidates(text, root, feeds), _TRIES):
            if _says(candidate, name) == wanted:
                return candidate
    raise InputError(
        f"{name} is written in a way that nothing can be added to safely",
        "write its feeds one below the other, each beginning with `- name:`, or name another file with --to",
    )


def new_file(feeds: Sequence[NewFeed]) -> str:
    """The text of a rule file of these feeds alone."""
    return "# Feeds that riskbot polls. A feed is its name: renamed, it starts anew.\n\nfeeds:\n" + _block(
        feeds, 2, "\n"
    )


def _says(text: str, name: str) -> object:
    try:
        return written(load_text(text, name))
    except RulesError:
        return None


def _values(feed: NewFeed) -> dict[str, object]:
    tags: dict[str, object] = {"tags": list(feed.tags)} if feed.tags else {}
    return {"name": feed.name, "url": feed.url, **tags}


# ── places ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _candidates(text: str, root: Fields, feeds: Sequence[NewFeed]) -> Iterator[str]:
    """The text with the feeds put in, for each place that may be the right one, the likeliest first."""
    end = "\r\n" if "\r\n" in text else "\n"
    node = root.items.get("feeds")
    if node is None:
        gap = "" if text.endswith(("\n", "\r")) else end
        yield text + gap + end + "feeds:" + end + _block(feeds, 2, end)
        return
    starts = _starts(text)
    after = [key.line for key in root.keys.values() if key.line > root.keys["feeds"].line]
    stop = starts[min(after) - 1] if after else len(text)
    begin = starts[node.line - 1] + node.column - 1
    if isinstance(node, Items) and text[begin : begin + 1] == "-":
        yield from _in_block(text, node, stop, starts, end, feeds)
    elif isinstance(node, Items):
        yield from _in_brackets(text, begin, stop, end, feeds)


def _in_block(
    text: str, node: Items, stop: int, starts: list[int], end: str, feeds: Sequence[NewFeed]
) -> Iterator[str]:
    """After the last line that says something; else after comments that might belong to a value, or before `...`."""
    lines = [n for n, start in enumerate(starts) if node.line - 1 <= n and start < stop]
    rows = source_lines(text)
    saying = [n for n in lines if not _BLANK_OR_COMMENT.fullmatch(rows[n])]
    spaced = len(node.items) > 1 and not rows[node.items[-1].line - 2].strip()
    block = _block(feeds, node.column - 1, end, spaced=spaced)
    last = saying[-1]
    for line in (last, *(n for n in reversed(lines) if n > last), *reversed(saying[:-1])):
        at = starts[line + 1] if line + 1 < len(starts) else len(text)
        gap = "" if text[:at].endswith(("\n", "\r")) else end
        yield text[:at] + gap + (end if spaced else "") + block + text[at:]


def _in_brackets(text: str, begin: int, stop: int, end: str, feeds: Sequence[NewFeed]) -> Iterator[str]:
    """Before a closing bracket; an empty pair of brackets becomes a list of lines."""
    empty = re.compile(r"\[\s*\]([^\S\r\n]*(?:#[^\r\n]*)?(?:\r?\n|$))").match(text, begin)
    if empty:
        yield text[:begin].rstrip() + empty[1].rstrip() + end + _block(feeds, 2, end) + text[empty.end() :]
    inside = ", ".join(_braces(feed) for feed in feeds)
    for at in (begin + match.start() for match in reversed([*re.finditer(r"\]", text[begin:stop])])):
        body = text[:at].rstrip()
        yield body + (" " if body.endswith(",") else ", ") + inside + text[len(body) :]


def _starts(text: str) -> list[int]:
    """Where each line begins, as lines are counted by problems."""
    starts, at = [], 0
    for line in source_lines(text):
        starts.append(at)
        at += len(line)
        at += 2 if text[at : at + 2] == "\r\n" else 1
    return starts


# ── words ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _block(feeds: Sequence[NewFeed], indent: int, end: str, *, spaced: bool = False) -> str:
    """The feeds one below the other, `indent` blanks before each dash."""
    return (end if spaced else "").join(
        "".join(" " * indent + line + end for line in feed_lines(feed)) for feed in feeds
    )


def feed_lines(feed: NewFeed) -> list[str]:
    """One feed as an item of a list of lines, ready to be pasted."""
    comment = f"  # {feed.title}" if feed.title and slug(feed.title) != feed.name else ""
    tags = [f"  tags: [{', '.join(map(_scalar, feed.tags))}]"] if feed.tags else []
    return [f"- name: {_scalar(feed.name)}{comment}", f"  url: {_quoted(feed.url)}", *tags]


def _braces(feed: NewFeed) -> str:
    tags = f", tags: [{', '.join(map(_scalar, feed.tags))}]" if feed.tags else ""
    return f"{{name: {_scalar(feed.name)}, url: {_quoted(feed.url)}{tags}}}"


def _scalar(word: str) -> str:
    return word if _PLAIN.fullmatch(word) and word.casefold() not in _NOT_PLAIN else _quoted(word)


def _quoted(word: str) -> str:
    # Every JSON string of printable characters is a double-quoted scalar of YAML 1.2 (its section 1.3).
    return json.dumps(word, ensure_ascii=False)
