"""Where a document's items begin and end, and in which encoding: on the bytes alone, before anything is parsed.

What always holds: every search goes on from where the last one ended, so the time is linear in the document, whatever
it holds; CDATA, comments and processing instructions are stepped over. What is found here is a proposal: whether these
are items, and all of them, is proved by walking through
them (`split_walk.py`). Deliberately absent: understanding of anything inside an item.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from riskbot.feeds.split_labels import ASCII, UTF8, WESTERN, declared_encoding, media_type

Reason = Literal[
    "nul",  # a zero byte, as UTF-16 and UTF-32 have them
    "encoding",  # one that is not listed, not kept to, or not the same for every part of the document
    "doctype",  # may declare entities, and says which version of RSS it is
    "unknown-root",  # JSON, HTML, CDF, prefixed or plainly something else
    "no-items",
    "unbalanced",  # items nested, self-closed or not closed
    "unclosed",  # CDATA, a comment or a processing instruction without its end
    "malformed",  # not well-formed XML: feedparser reads all of it in another way
    "stray-item",  # an item by another name or in another place than the others
    "namespaces",  # declared in an item, and felt beyond it
    "carried-over",  # something else in it that feedparser does not forget before the next item
]


class Layout(NamedTuple):
    """A document as its bytes show it."""

    root: bytes  # the name of the root element
    item: bytes  # the name of its items
    encoding: str  # in which feedparser reads it, and any part of it
    spans: list[tuple[int, int]]  # from an item's `<` to after its end tag's `>`


_ITEMS = {b"rss": b"item", b"rdf:RDF": b"item", b"feed": b"entry"}
_MARKS = {
    name: re.compile(rb"<(?:!(?:\[CDATA\[|--)|\?|/?" + name + rb"(?=[ \t\r\n/>]))") for name in (b"item", b"entry")
}
_ROOT = re.compile(rb"<([^\s/>!?]{1,20})")
_SPACE = re.compile(rb"[ \t\r\n]*")

# In all of them the characters of markup are single bytes and no part of another character, so a document may be cut
# at any tag. Not so in Shift JIS, GBK or Big5, and with UTF-7 or ISO-2022 what a byte means depends on those before it.
_CUTTABLE = (
    ASCII
    | UTF8
    | WESTERN
    | frozenset({"koi8-r", "koi8-u"})
    | {f"iso-8859-{part}" for part in (*range(1, 12), 13, 14, 15, 16)}
    | {f"{maker}{page}" for maker in ("windows-", "cp") for page in range(1250, 1259)}
)


def layout(body: bytes, content_type: str | None) -> Layout | Reason:
    """What the bytes of a document show, or why it is not to be split."""
    if b"\0" in body:
        return "nul"
    found = _root(body)
    if not isinstance(found, tuple):
        return found
    root, start = found
    encoding = _encoding(body, content_type)
    if encoding is None:
        return "encoding"
    spans = _spans(body, _ITEMS[root], start)
    if isinstance(spans, str):
        return spans
    return Layout(root, _ITEMS[root], encoding, spans) if spans else "no-items"


def _root(body: bytes) -> tuple[bytes, int] | Reason:
    """The root's name and its place, after what may stand before it."""
    at = 3 if body.startswith(b"\xef\xbb\xbf") else 0
    while True:
        if space := _SPACE.match(body, at):
            at = space.end()
        if body.startswith(b"<?", at):
            close, end = b"?>", body.find(b"?>", at + 2)
        elif body.startswith(b"<!--", at):
            close, end = b"-->", body.find(b"-->", at + 4)
        else:
            break
        if end < 0:
            return "unclosed"
        at = end + len(close)
    # feedparser cuts these out of everything before the first tag, comments included.
    prolog = body[: at + 10].lower()
    if b"<!doctype" in prolog or b"<!entity" in prolog:
        return "doctype"
    root = _ROOT.match(body, at)
    return (root[1], at) if root and root[1] in _ITEMS else "unknown-root"


def _spans(body: bytes, name: bytes, at: int) -> list[tuple[int, int]] | Reason:
    search = _MARKS[name].search
    spans: list[tuple[int, int]] = []
    opened = -1
    while mark := search(body, at):
        kind = body[mark.start() + 1]
        if kind == ord("!") or kind == ord("?"):
            close = b"?>" if kind == ord("?") else b"-->" if mark[0] == b"<!--" else b"]]>"
            end = body.find(close, mark.end())
            if end < 0:
                return "unclosed"
            at = end + len(close)
        elif kind == ord("/"):
            end = body.find(b">", mark.end())
            if opened < 0 or end < 0:
                return "unbalanced"
            at = end + 1
            spans.append((opened, at))
            opened = -1
        elif opened >= 0:
            return "unbalanced"  # nested; or the one before closed itself
        else:
            opened = mark.start()
            at = mark.end()
    return spans if opened < 0 else "unbalanced"


def _encoding(body: bytes, content_type: str | None) -> str | None:
    """The encoding feedparser reads the document in, if it is bound to read every part of it in the same.

    feedparser goes through the encodings it is told of and takes the first that fits. An item less, and one that did
    not fit might: so the first must fit the whole. ASCII counts for nothing, since all that are listed agree on it;
    whether UTF-8 fits is part of being well-formed, and proved with that.
    """
    declared = declared_encoding(body)
    if declared is None:
        return None
    mime, charset = media_type(content_type or "")
    if not content_type:
        first = declared or "iso-8859-1"
    elif mime in ("application/xml", "application/xml-dtd", "application/xml-external-parsed-entity") or (
        mime.startswith("application/") and mime.endswith("+xml")
    ):
        first = charset or declared or "utf-8"
    elif mime.startswith("text/"):
        first = charset or "us-ascii"
    else:
        first = declared or "utf-8"
    tried = [name for name in (first.lower(), declared, "utf-8" if body.startswith(b"\xef\xbb\xbf") else "") if name]
    if not all(name in _CUTTABLE for name in tried):
        return None
    chosen = next((name for name in tried if name not in ASCII), None)
    if chosen is None:  # anything but ASCII is left to guessing, from all the bytes there are
        return "utf-8" if body.isascii() else None
    if chosen in UTF8:
        return "utf-8"  # expat looks after it
    try:
        body.decode(chosen)
    except UnicodeDecodeError:
        return None
    return chosen
