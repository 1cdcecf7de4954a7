"""Articles as lines of JSON: what `scan` reads, and the mistakes a line can hold.

What always holds: title and text stay exactly as the line gives them, so that offsets count in the reader's own data;
an id is written back as it was given; what a line does not say is unknown. Lines end with a line feed, whatever else
stands in them; empty ones are no articles but count as lines.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Protocol

from riskbot.errors import ArticleFileError
from riskbot.model import Article
from riskbot.text.dates import iso

CHUNK_BYTES = 1 << 18  # asked for at once; what a pipe holds is taken at once, however little
LONGEST_LINE = 50_000_000  # bytes
_EXAMPLE = '{"id": "1", "title": "…", "text": "…"}'
_KINDS = {bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "an object"}


class Source(Protocol):
    """Bytes to read: an open file, a pipe, a decompressed stream."""

    def read(self, size: int, /) -> bytes | None:
        """At most so many bytes, as soon as there are some; none at the end."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Lines that stand one after the other."""

    first: int  # the number of the first, counted from 1
    lines: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One article as its line gives it."""

    id: str | int | float
    article: Article


def chunks(source: Source, size: int = CHUNK_BYTES) -> Iterator[Chunk]:
    """The lines of a source in pieces: as many as come at once, so that a slow pipe is answered line by line.

    Raises ArticleFileError at a line that is too long to be an article.
    """
    number = 1
    begun: list[bytes] = []  # the line that has not ended yet; joined once, for it may come in many pieces
    length = 0
    while data := source.read(size):
        if number == 1 and not begun:
            data = data.removeprefix(b"\xef\xbb\xbf")
        whole, end, rest = data.rpartition(b"\n")
        if end:
            lines = b"".join((*begun, whole)).split(b"\n")
            begun, length = [], 0
            yield Chunk(number, tuple(lines))
            number += len(lines)
        if rest:
            begun.append(rest)
            length += len(rest)
        if length > LONGEST_LINE:
            raise ArticleFileError(
                f"line {number} is longer than {LONGEST_LINE // 1_000_000} MB", "write one article on each line"
            )
    if begun:
        yield Chunk(number, (b"".join(begun),))


def parse(line: bytes, number: int) -> Line | None:
    """The article of a line; None where the line is empty. Raises ArticleFileError, which names the line."""
    if not line.strip():
        return None
    try:
        given = json.loads(line.decode("utf-8"), parse_constant=_nothing)
    except UnicodeDecodeError as error:
        raise ArticleFileError(f"line {number} is not UTF-8 (byte {error.start + 1})", "save it as UTF-8") from None
    except json.JSONDecodeError as error:
        message = f"line {number} is no JSON object: {error.msg.lower()} at character {error.pos + 1}"
        raise ArticleFileError(message, f"write each article on one line, as {_EXAMPLE}") from None
    except (ValueError, RecursionError):  # a number of thousands of digits; lists in lists without end
        raise ArticleFileError(
            f"line {number} holds JSON beyond all measure", f"write each article as {_EXAMPLE}"
        ) from None
    if not isinstance(given, dict):
        kind = _KINDS.get(type(given), "a text" if isinstance(given, str) else "null")
        raise ArticleFileError(f"line {number} is {kind}, not an object", f"write each article as {_EXAMPLE}")
    return Line(_id(given, number), _article(given, number))


def _nothing(_constant: str) -> None:
    """`NaN` and its like are no JSON, but what some tools write where there is nothing."""


def _id(given: dict[str, Any], number: int) -> str | int | float:
    id_ = given.get("id")
    if id_ is None or id_ == "":
        raise ArticleFileError(f"line {number} has no id", f"give each article an id of its own: {_EXAMPLE}")
    if isinstance(id_, bool) or not isinstance(id_, str | int | float):
        raise ArticleFileError(f"line {number}: id is {_KINDS[type(id_)]}", "write a text or a number")
    return id_


def _article(given: dict[str, Any], number: int) -> Article:
    title, text = _text(given, "title", number), _text(given, "text", number)
    if title is None and text is None:
        raise ArticleFileError(f"line {number} has neither title nor text", f"give at least one of the two: {_EXAMPLE}")
    _text(given, "url", number)  # a text, like the others; but nothing that comes out depends on it
    return Article(
        id=str(given["id"]),
        title=title or "",
        text=text or "",
        outlet=_text(given, "outlet", number) or None,
        published=published(given.get("published")),
    )


def _text(given: dict[str, Any], key: str, number: int) -> str | None:
    value = given.get(key)
    if value is None or isinstance(value, str):
        return value
    raise ArticleFileError(f"line {number}: {key} is {_KINDS[type(value)]}, not a text", "write it in quotes, or null")


def published(value: object) -> datetime | None:
    """A date in ISO 8601 or RFC 2822, in UTC; whatever else is given is unknown."""
    if not isinstance(value, str):
        return None
    moment = iso(value)
    if moment is not None:
        return moment
    try:
        read = parsedate_to_datetime(value.strip())
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):  # all of them, on one malformed date or another
        return None
