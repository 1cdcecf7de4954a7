"""HTML as we read it: an entry's fragment → clean text, a page → characters and the feeds it links. The only file that
imports selectolax.

What always holds: what comes out is a fixed point of `text.normalise.clean`: paragraphs apart by one empty line, lines
by one line break, no markup, no entities, no control characters. Input is cut at 1 MiB and its nesting bounded before
the HTML parser sees it, whose time grows with the square of the depth. Text that looks escaped twice is unescaped
again, each piece of text by itself; an empty comment inside a piece keeps what it parts as it is (`serve.py` relies on
that to bring text through exactly). A page's label for its encoding is believed where it names one that browsers know
and where it can be right. Deliberately absent: images, tables as tables, and which part of a page is its article
(`extract.py`).
"""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Iterable
from urllib.parse import urldefrag, urljoin, urlsplit

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

# The encodings of the WHATWG Encoding Standard (section 4.2), by the names Python gives them, and what it reads some of
# them as. Python knows others, but no page is written in them, and some cost more than they should.
_ENCODINGS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
    "utf-16": "utf-16-le",
} | {
    name: name
    for name in (
        "utf-8 utf-16-le utf-16-be gb18030 big5hkscs cp932 cp949 euc_jp iso2022_jp koi8-r koi8-u mac-roman"
        " mac-cyrillic cp866 cp874 cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258"
        " iso8859-2 iso8859-3 iso8859-4 iso8859-5 iso8859-6 iso8859-7 iso8859-8 iso8859-10 iso8859-13 iso8859-14"
        " iso8859-15 iso8859-16"
    ).split()
}
_ASSUMED = frozenset({"cp1252", "iso8859-15"})  # what software writes there when nobody told it
_MARKED = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_LABEL = re.compile(r"""charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]{1,40})""", re.IGNORECASE)
_META = re.compile(rb"<meta\b[^>]{0,1000}", re.IGNORECASE)
_HEAD = 4_096  # bytes; browsers look for a label in the first 1,024, and many pages are late with it

_FEED_TYPES = re.compile(r"(?:application|text)/(?:(?:x[.-])?(?:rss|atom|rdf)\+xml|feed\+json|x-cdf)")
_FEED_PATH = re.compile(
    r"(?:/(?:rss|feeds?|atom)(?:/[\w-]{1,40})?/?|\.(?:rss|atom|rdf)|(?<!sitemap)\.xml)$", re.IGNORECASE
)
_FEED_QUERY = re.compile(r"(?:^|&)(?:feed|format|output|type)=(?:rss2?|atom|rdf)(?:&|$)", re.IGNORECASE)
_LONGEST_URL = 4_096
_LINKS = 50  # of one page


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


def decoded(page: bytes, content_type: str | None = None) -> str:
    """A page's characters. Never raises: what an encoding cannot read becomes the replacement character.

    A byte order mark decides, else the label of the Content-Type header, else that of a `meta` element (WHATWG HTML,
    section 13.2.3.2). UTF-8 that calls itself Western or nothing is UTF-8: Western text is not UTF-8 by chance.
    """
    for mark, name in _MARKED:
        if page.startswith(mark):
            return page[len(mark) :].decode(name, "replace")
    label = _encoding(_LABEL.search(content_type or ""))
    if label is None:
        metas = (_encoding(_LABEL.search(meta[0].decode("latin-1"))) for meta in _META.finditer(page[:_HEAD]))
        label = next((name for name in metas if name), None)
        if label in ("utf-16-le", "utf-16-be"):  # it could be read as ASCII, so this it is not
            label = "utf-8"
    if label is None or label in _ASSUMED:
        try:
            return codecs.utf_8_decode(page, "strict", False)[0]  # its last character may be cut
        except UnicodeDecodeError:
            label = label or _ENCODINGS["ascii"]
    return page.decode(label, "replace")


def feed_links(page: bytes, *, base: str, content_type: str | None = None) -> list[tuple[str, str]]:
    """The feeds that a page links: address and title, in the page's order, each once.

    Those it announces in its head (RSS autodiscovery, `<link rel="alternate" type="application/rss+xml">`); where it
    announces none, its links whose address looks like a feed's. `base` is where the page came from; addresses are
    absolute and http(s), and nobody has looked at what they lead to.
    """
    tree = LexborHTMLParser(_bounded(decoded(page[:_LIMIT], content_type)))
    named = tree.css_first("base[href]")
    base = _absolute(base, (named.attributes.get("href") if named else "") or "") or base
    announced = ((node, node.attributes.get("title") or "") for node in tree.css("link[href]") if _announces(node))
    return _links(announced, base) or _links(((node, node.text()) for node in tree.css("a[href]")), base, guessed=True)


def linked(fragment: str) -> float:
    """How much of the fragment's text stands in links, from 0 to 1."""
    root = LexborHTMLParser(_bounded(fragment[:_LIMIT])).root
    if root is None:
        return 0.0
    whole = len("".join(root.text().split()))
    return min(1.0, sum(len("".join(link.text().split())) for link in root.css("a[href]")) / max(1, whole))


def _announces(node: LexborNode) -> bool:
    relations = (node.attributes.get("rel") or "").lower().split()
    kind = (node.attributes.get("type") or "").partition(";")[0].strip().lower()
    if "stylesheet" in relations:
        return False
    return "feed" in relations or ("alternate" in relations and _FEED_TYPES.fullmatch(kind) is not None)


def _links(nodes: Iterable[tuple[LexborNode, str]], base: str, *, guessed: bool = False) -> list[tuple[str, str]]:
    found: dict[str, str] = {}
    for node, title in nodes:
        url = _absolute(base, node.attributes.get("href") or "")
        if url is None or url in found or (guessed and not _looks_like_a_feed(url)):
            continue
        found[url] = to_line(title)
        if len(found) == _LINKS:
            break
    return list(found.items())


def _absolute(base: str, link: str) -> str | None:
    link = link.strip()
    if not link or len(link) > _LONGEST_URL or not link.isprintable():
        return None
    try:
        url = urldefrag(urljoin(base, link)).url
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname else None


def _looks_like_a_feed(url: str) -> bool:
    parts = urlsplit(url)
    return bool(_FEED_PATH.search(parts.path) or _FEED_QUERY.search(parts.query))


def _encoding(label: re.Match[str] | None) -> str | None:
    """Python's name of the encoding that browsers would use for a label; None where they know none."""
    if label is None:
        return None
    named = label[1].lower()
    for name in (named, named.removeprefix("x-"), named.replace("windows-", "cp")):
        try:
            return _ENCODINGS.get(codecs.lookup(name).name)
        except LookupError:
            continue
    return None


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
