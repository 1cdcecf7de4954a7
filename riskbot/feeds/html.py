"""An entry's HTML fragment → clean text. The only file that imports selectolax.

What always holds: what comes out is a fixed point of `text.normalise.clean`: paragraphs apart by one empty line, lines
by one line break, no markup, no entities, no control characters. Input is cut at 1 MiB and its nesting bounded before
the HTML parser sees it, whose time grows with the square of the depth. Text that looks escaped twice is unescaped
again, each piece of text by itself; an empty comment inside a piece keeps what it parts as it is (`serve.py` relies on
that to bring text through exactly). Deliberately absent: links, images, tables as tables.
"""

from __future__ import annotations

import html
import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from riskbot.text.normalise import clean

_LIMIT = 1 << 20  # characters
_DEPTH = 256
_TITLE = 1_000  # characters; a longer title is a text in the wrong place

_DROPPED = frozenset(
    "script style template noscript iframe object embed noembed noframes svg math canvas audio video head"
    " select".split()
)
_BLOCKS = frozenset(
    "p div section article header footer aside main nav h1 h2 h3 h4 h5 h6 ul ol dl blockquote pre table figure"
    " figcaption address form fieldset details summary hr center".split()
)
_LINES = frozenset("li dt dd tr caption option legend".split())
_CELLS = frozenset({"td", "th"})
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
# These close themselves when their like opens, so that they do not nest.
_SELF_CLOSING = frozenset({"p", "li", "dt", "dd", "option", "tr", "td", "th"})

_ASCII_BLANKS = re.compile(r"[ \t\n\f\r]+")
_EMPTY_LINE = re.compile(r"\n[ \t\f\r]*\n[ \t\f\r\n]*")
# Marks for what is decided only when the whole is known; no text holds them (`_unescaped`).
_PARAGRAPH, _LINE, _GAP = "\1", "\2", "\3"
_BREAKS = re.compile(r"[\1\2][\1\2 ]*")
_MARKS = re.compile(r"[\1\2\3]")
_TAG_START = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_ANY_TAG = re.compile(r"<[^<>]*>?")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_MARKUP = re.compile(
    r"</?(?:p|br|a|b|i|u|em|strong|div|span|img|ul|ol|li|h[1-6]|blockquote|table|tr|td|font|figure|script|style|sup|sub)"
    r"(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)


def to_text(fragment: str) -> str:
    """The fragment's text. Never raises on what is in it: HTML has no wrong input."""
    fragment = fragment[:_LIMIT]
    for _ in range(2):  # markup that was escaped twice comes out as markup: once more
        text, again = _once(fragment)
        if not again:
            break
        fragment = text
    return clean(text)


def to_line(fragment: str) -> str:
    """The fragment's text as one line, for titles and names; what only looks like markup (`List<T>`) is kept."""
    text = to_text(fragment) if looks_like_html(fragment) else fragment[:_LIMIT]
    return clean(_ASCII_BLANKS.sub(" ", clean(text)), _TITLE)


def looks_like_html(text: str) -> bool:
    """Whether text holds an HTML tag, a comment or an entity; for elements that may be either."""
    return bool(_MARKUP.search(text) or _ENTITY.search(text) or "<!--" in text)


def _once(fragment: str) -> tuple[str, bool]:
    """Text of one parse, not yet cleaned; and whether it is markup again."""
    root = LexborHTMLParser(_bounded(fragment)).root
    pieces: list[str] = []
    plain, markup = True, False
    node: LexborNode | None = root
    leaving = False  # whether the node's children are done with
    while node is not None:
        tag = node.tag or ""
        if not leaving:
            if tag == "-text":
                piece = _unescaped(node.text_content or "")
                markup = markup or _MARKUP.search(piece) is not None
                pieces.append(piece if _in_pre(node) else _ASCII_BLANKS.sub(" ", _EMPTY_LINE.sub(_GAP, piece)))
            elif tag == "br":
                pieces.append("\n")
                plain = False
            elif tag not in _DROPPED:
                plain = plain and tag in ("html", "body", "-document", "-comment", "-doctype")
                pieces.append(_break(tag))
                if node.child is not None:
                    node = node.child
                    continue
        if leaving and tag not in _DROPPED:
            pieces.append(_break(tag))
        if node.next is not None:
            node, leaving = node.next, False
        else:
            node, leaving = node.parent, True
    # Without any element empty lines are the author's only paragraphs; between elements they are layout.
    text = "".join(pieces).replace(_GAP, "\n\n" if plain else " ")
    # An end beside a beginning is one break, not two.
    text = _BREAKS.sub(lambda match: "\n\n" if _PARAGRAPH in match[0] else "\n", text)
    return text, plain and markup


def _break(tag: str) -> str:
    if tag in _BLOCKS:
        return _PARAGRAPH
    if tag in _LINES:
        return _LINE
    return " " if tag in _CELLS else ""


def _in_pre(node: LexborNode) -> bool:
    return node.parent is not None and node.parent.tag == "pre"


def _unescaped(piece: str) -> str:
    """A piece of text with entities that are left in it decoded: it had been escaped twice, or three times."""
    piece = _MARKS.sub("", piece)
    for _ in range(2):
        if not _ENTITY.search(piece):
            break
        piece = _MARKS.sub("", html.unescape(piece))
    return piece


def _bounded(fragment: str) -> str:
    """The fragment with no tags beyond the deepest nesting that is followed; their text stays."""
    depth = 0
    for match in _TAG_START.finditer(fragment):
        name = match[2].lower()
        if name in _VOID or name in _SELF_CLOSING:
            continue
        depth = max(0, depth - 1) if match[1] else depth + 1
        if depth > _DEPTH:
            return fragment[: match.start()] + _ANY_TAG.sub(" ", fragment[match.start() :])
    return fragment
