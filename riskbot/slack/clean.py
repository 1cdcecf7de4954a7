"""Text and addresses from outside, made fit to be placed in a Slack message.

What always holds: nothing that leaves here contains a control character, a line break, a bidirectional override or
half a surrogate pair, and it is empty rather than invisible; a cut falls between words where there are any; an address
is http(s), names a host and hides nothing before it. Deliberately absent: escaping. What comes from outside is placed
as text, never as markup, so only the fallback text is escaped, in `fallback.py`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

ELLIPSIS = "…"
LINK_MAX = 2000  # beyond this browsers differ, and five such links would fill the message

# Joiners shape Persian, Indic scripts and many emoji; every other invisible format character can only mislead.
_JOINERS = frozenset("\u200c\u200d")
_DROPPED = frozenset({"Cc", "Cf", "Cs"})
# Letters and marks that show nothing by themselves: a headline of them would be a link that nobody sees.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")

Marked = tuple[str, bool]  # a run of text, and whether it is one of the matched words


def width(text: str) -> int:
    """The length of `text` as Slack's clients count it: UTF-16 units, so that most emoji count twice."""
    return len(text) + sum(c > "\uffff" for c in text)


def clean(text: str, limit: int) -> str:
    """One line of at most `limit` units: hostile characters dropped, white space collapsed, cut at a word."""
    return "".join(run for run, _ in clean_marked(text, (), limit))


def clean_marked(text: str, marks: Iterable[tuple[int, int]], limit: int) -> list[Marked]:
    """As `clean`, keeping which characters lie in `marks` (offsets in `text`).

    A text too long is cut at its end; where that would lose every mark, it begins shortly before the first.
    """
    marks = list(marks)
    # Without marks only the beginning can be shown, however long the text is.
    kept = _kept(text, marks, len(text) if marks else limit)
    if width("".join(c for c, _ in kept)) > limit:
        kept = _window(kept, limit)
    runs: list[Marked] = []
    for char, marked in kept:
        if runs and runs[-1][1] == marked:
            runs[-1] = (runs[-1][0] + char, marked)
        else:
            runs.append((char, marked))
    return runs


def clean_url(url: str | None) -> str | None:
    """The address, when it may be linked; else None."""
    if not url or width(url) > LINK_MAX or any(not c.isprintable() or c in ' "<>\\|`' for c in url):
        return None
    try:
        parts = urlsplit(url)
        _ = parts.port  # asking is what validates it
    except ValueError:
        return None
    # `https://ft.com@elsewhere.example` reads as one host and leads to another
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        return None
    return url


def _kept(text: str, marks: Iterable[tuple[int, int]], enough: int) -> list[Marked]:
    """The characters that stay, one by one, each with whether it is marked; no more than tell that it is too long."""
    inside = {at for start, end in marks for at in range(max(0, start), min(end, len(text)))}
    kept: list[Marked] = []
    for at, char in enumerate(text):
        if len(kept) > enough and kept[-1][0] != " ":
            break
        if char.isspace() or unicodedata.category(char) in ("Zl", "Zp"):
            if kept and kept[-1][0] != " ":
                kept.append((" ", at in inside))
        elif _shown(char, after=kept[-1][0] if kept else " "):
            kept.append((char, at in inside))
    if kept and kept[-1][0] == " ":
        kept.pop()
    return kept


def _shown(char: str, *, after: str) -> bool:
    """Whether a character that is no white space stays; a joiner or a mark has nothing to stand on after a space."""
    if char in _JOINERS or unicodedata.category(char) in ("Mn", "Me"):
        return after != " " and char not in _BLANK
    return char not in _BLANK and unicodedata.category(char) not in _DROPPED


def _window(kept: Sequence[Marked], limit: int) -> list[Marked]:
    """At most `limit` units of `kept`, with an ellipsis wherever something is missing."""
    marked = [at for at, (_, mark) in enumerate(kept) if mark]
    # half the limit in characters fits even if each of them counts twice
    if not marked or marked[0] < limit // 2:
        return _cut(kept, limit)
    start = max(0, marked[0] - limit // 4)
    following = next((at + 1 for at in range(start, marked[0]) if kept[at][0] == " "), start)
    rest = [(ELLIPSIS, False), *kept[following:]]
    return _cut(rest, limit) if width("".join(c for c, _ in rest)) > limit else rest


def _cut(kept: Sequence[Marked], limit: int) -> list[Marked]:
    """The beginning of `kept`, ended at a word in its latter half where there is one, and an ellipsis."""
    room, end = limit - 1, 0
    while end < len(kept) and width(kept[end][0]) <= room:
        room -= width(kept[end][0])
        end += 1
    if end < len(kept) and kept[end][0] != " ":
        end = next((at for at in range(end - 1, end // 2, -1) if kept[at][0] == " "), end)
    head = list(kept[:end])
    while head and (head[-1][0] in _JOINERS or head[-1][0] == " "):
        head.pop()
    return [*head, (ELLIPSIS, False)]
