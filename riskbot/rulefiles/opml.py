"""OPML: the list of feeds that one feed reader exports and the next one imports.

What always holds: reading is loud and whole, every problem comes with its line and column and nothing is read in part;
a file that declares entities is refused at the first of them, so that nothing unfolds and nothing outside is fetched.
Source: OPML 2.0 (opml.org/spec2.opml), "Subscription lists" and "categories"; and what readers write in practice:
`text` or `title`, attributes in any letter case, `feed:` addresses. Deliberately absent: `htmlUrl` (a page, not a
feed), lists that include other lists, and forgiving files that are not well-formed: half a list would look like a
whole one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET
from xml.parsers import expat

from riskbot.errors import Problem, RulesError
from riskbot.model import Feed
from riskbot.rulefiles.names import slug
from riskbot.text.normalise import clean

MAX_BYTES = 5_000_000
_LONGEST_URL = 2_000
_LONGEST_TITLE = 200
_LONGEST_TAG = 60
_DEPTH = 50  # outlines inside each other
_MOST = 100  # problems told
_EXPORT = "export your feeds anew as OPML from your feed reader"


@dataclass(frozen=True, slots=True)
class Outline:
    """One feed of the list."""

    title: str  # one clean line; may be empty
    url: str
    tags: tuple[str, ...]  # of its folders and categories, outermost first
    line: int  # where it stands in the file


def read_opml(data: bytes, name: str) -> tuple[Outline, ...]:
    """The feeds of an OPML document, in its order; `name` is what problems call it.

    Raises RulesError, with all addresses that are none, or with the first thing that makes it no OPML.
    """
    if len(data) > MAX_BYTES:
        raise RulesError([Problem(name, 0, 0, "file-too-large", f"more than {MAX_BYTES:,} bytes", "split it")])
    if not data.strip():
        raise RulesError([Problem(name, 0, 0, "empty-file", "there is nothing in it", _EXPORT)])
    reader = _Reader(data, name)
    reader.read()
    if not reader.problems and not reader.found:
        reader.problems.append(Problem(name, 0, 0, "no-feed", "no outline of it has an `xmlUrl`", _EXPORT))
    if reader.problems:
        raise RulesError(reader.problems)
    return tuple(reader.found)


def write_opml(feeds: Iterable[Feed], title: str) -> str:
    """An OPML 2.0 document of these feeds, with their tags as categories."""
    root = ET.Element("opml", version="2.0")
    ET.SubElement(ET.SubElement(root, "head"), "title").text = title
    body = ET.SubElement(root, "body")
    for feed in feeds:
        values = {"type": "rss", "text": feed.name, "title": feed.name, "xmlUrl": feed.url}
        if feed.tags:  # a comma or a slash would part a tag in two
            values["category"] = ",".join(tag.replace(",", " ").replace("/", " ") for tag in feed.tags)
        ET.SubElement(body, "outline", values)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


class _Reader:
    """One pass of expat over a document."""

    def __init__(self, data: bytes, name: str) -> None:
        self._data = data
        self._name = name
        self._folders: list[str] = []  # of the outlines that are open; empty where one is no folder
        self._rooted = False
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.EntityDeclHandler = self._entity
        self._lines = data.splitlines()
        self.found: list[Outline] = []
        self.problems: list[Problem] = []

    def read(self) -> None:
        """Fill `found` and `problems`; ends at the first thing that makes it no OPML."""
        try:
            self._parser.Parse(self._data, True)
        except expat.ExpatError as error:
            message = f"this is not well-formed XML: {expat.ErrorString(error.code)}"
            mend = "write `&amp;` for `&` and close what is open, or " + _EXPORT
            self.problems = [self._problem("not-xml", message, mend, error.lineno, error.offset + 1)]
        except RulesError as error:
            self.problems = list(error.problems)

    def _start(self, element: str, attributes: Mapping[str, str]) -> None:
        if not self._rooted and element != "opml":
            raise RulesError([self._problem("not-opml", f"this is no OPML: it begins with <{element[:40]}>", _EXPORT)])
        self._rooted = True
        if element != "outline":
            return
        if len(self._folders) >= _DEPTH:
            message = f"more than {_DEPTH} outlines inside each other"
            raise RulesError([self._problem("too-deep", message, "write it flatter")])
        values = {key.casefold(): value for key, value in attributes.items()}
        title = " ".join(clean(values.get("text") or values.get("title") or "", _LONGEST_TITLE).split())
        url = values.get("xmlurl")
        self._folders.append(title if url is None else "")
        if url is None:
            return
        if (address := _address(url)) is None:
            message = f"{url[:60]!r} is no web address"
            mend = "correct its `xmlUrl`, such as https://example.com/rss, or delete the outline"
            self.problems.append(self._problem("bad-url", message, mend))
            if len(self.problems) == _MOST:
                raise RulesError(self.problems)
            return
        words = [*self._folders, *values.get("category", "").replace("/", ",").split(",")]
        tags = tuple(dict.fromkeys(tag for word in words if (tag := slug(word)[:_LONGEST_TAG])))
        self.found.append(Outline(title, address, tags, self._parser.CurrentLineNumber))

    def _end(self, element: str) -> None:
        if element == "outline":
            self._folders.pop()

    def _entity(self, entity: str, *_: object) -> None:
        message = f"it declares an entity ({entity[:40]!r}), which a list of feeds has no use for"
        raise RulesError([self._problem("entity", message, "take the declarations out; they may be an attack")])

    def _problem(self, code: str, message: str, mend: str, line: int = 0, column: int = 0) -> Problem:
        line = line or self._parser.CurrentLineNumber
        column = column or self._parser.CurrentColumnNumber + 1
        source = self._lines[line - 1].decode("utf-8", "replace") if line <= len(self._lines) else ""
        return Problem(self._name, line, column, code, message, mend, source=source)


def _address(url: str) -> str | None:
    """The address as it is asked for, or None; `feed:` is another way to write http, or stands before the address."""
    url = url.strip()
    scheme, _, rest = url.partition(":")
    if scheme.lower() == "feed":
        url = f"http:{rest}" if rest.startswith("//") else rest
    try:
        parts = urlsplit(url)
        fine = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return None
    return url if fine and len(url) <= _LONGEST_URL and url.isprintable() and " " not in url else None
