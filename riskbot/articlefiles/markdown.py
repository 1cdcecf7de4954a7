"""Markdown with front matter: title, url, outlet and published, each optional, then the text as it stands.

What always holds: front matter is YAML between two lines of `---` at the very beginning; a key that is not known, or
a value that cannot be what its key says, is refused with its line and column. `published` is an ISO 8601 date (then
midnight UTC) or date-time; without a zone it is taken as UTC. Marks of Markdown in the text are kept as they are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from difflib import get_close_matches

from riskbot.articlefiles.build import build
from riskbot.errors import ArticleFileError, RulesError
from riskbot.model import Article
from riskbot.text.dates import iso
from riskbot.text.normalise import clean
from riskbot.text.urls import canonical
from riskbot.yamlfile import Fields, Scalar, load_text

KEYS = ("title", "url", "outlet", "published")

_FENCE = re.compile(r"---[ \t]*\r?(?:\n|$)")
_END = re.compile(r"^(?:---|\.\.\.)[ \t]*\r?(?:\n|$)", re.MULTILINE)
_SAYS_SOMETHING = re.compile(r"^[ \t]*[^\s#]", re.MULTILINE)  # a line that is more than a comment
_HEADING = re.compile(r"^#[ \t]+(?P<title>\S.*?)[ \t#]*$", re.MULTILINE)


def article(text: str, name: str) -> Article:
    """The article of a Markdown text; `name` is what errors call it. Raises ArticleFileError."""
    given, body = _split(text, name)
    title = _text(given, "title")
    if title is None and (heading := _HEADING.search(body)):
        title = clean(heading["title"])
        body = body[: heading.start()] + body[heading.end() :]
    return build(
        name,
        body,
        title=title,
        url=_url(given, name),
        outlet=_text(given, "outlet"),
        published=_published(given, name),
    )


def _split(text: str, name: str) -> tuple[Mapping[str, Scalar], str]:
    """Front matter, and the text after it."""
    fence = _FENCE.match(text)
    if not fence:
        return {}, text
    end = _END.search(text, fence.end())
    if not end:
        raise ArticleFileError(
            f"{name}:1:1 the front matter is not closed", "put a line of three dashes (---) after its last key"
        )
    body = text[end.end() :]
    if not _SAYS_SOMETHING.search(text, fence.end(), end.start()):
        return {}, body
    try:
        # the line of dashes makes way for an empty one, so that lines count as in the file
        tree = load_text("\n" + text[fence.end() : end.start()], name)
    except RulesError as error:
        problem = error.problems[0]
        raise ArticleFileError(f"{problem.place} {problem.message}", problem.mend) from error
    if not isinstance(tree, Fields):
        raise ArticleFileError(
            f"{name}:{tree.line}:{tree.column} the front matter is not a list of keys and values",
            "write a line such as `title: …` for each of " + ", ".join(KEYS),
        )
    return _checked(tree, name), body


def _checked(tree: Fields, name: str) -> dict[str, Scalar]:
    given = {}
    for key, value in tree.items.items():
        place = tree.keys.get(key, value)
        if key not in KEYS:
            near = get_close_matches(key.lower(), KEYS, n=1)
            raise ArticleFileError(
                f"{name}:{place.line}:{place.column} unknown front-matter key {key!r}",
                (f"did you mean {near[0]}? " if near else "") + "known are " + ", ".join(KEYS),
            )
        if not isinstance(value, Scalar):
            raise ArticleFileError(
                f"{name}:{value.line}:{value.column} {key} must be one text, not a list or a map",
                "put the text in quotes",
            )
        if value.quoted or value.value is not None:
            given[key] = value
    return given


def _text(given: Mapping[str, Scalar], key: str) -> str | None:
    """The value as the file writes it; what looks like a number is text too."""
    value = given.get(key)
    return (clean(" ".join(value.written.split())) or None) if value else None


def _url(given: Mapping[str, Scalar], name: str) -> str | None:
    value = given.get("url")
    if value is None:
        return None
    url = canonical(value.written)
    if url is None:
        raise ArticleFileError(
            f"{name}:{value.line}:{value.column} url {value.written!r} is not a web address",
            "write an address that begins with https:// or http://, or leave the key out",
        )
    return url


def _published(given: Mapping[str, Scalar], name: str) -> datetime | None:
    value = given.get("published")
    if value is None:
        return None
    moment = iso(value.written)
    if moment is None:
        raise ArticleFileError(
            f"{name}:{value.line}:{value.column} published {value.written!r} is not a date",
            "write 2025-11-17 or 2025-11-16T23:08:17-05:00, or leave the key out",
        )
    return moment
