"""The lines of a text as a reader of the page sees them: headline, prose, stamp; and the furniture among them.

What always holds: a line's offsets are exact and hold no blanks at their edges; classifying a line looks at no more
than a few hundred of its characters, however long it is. Deliberately absent: what the lines mean together (the other
files of furniture decide that).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from riskbot.text.dates import MONTHS
from riskbot.text.sentences import paragraphs

Kind = Literal[
    "footer",  # "The post X appeared first on Y."
    "repeat",  # a passage that stands twice
    "teasers",  # a list of other stories
    "disclaimer",  # who is not liable for what
    "newsletter",  # an invitation to subscribe
    "widget",  # prices and charts
    "comments",  # the comment section's head
    "credit",  # whose reporting it is, outside the prose
    "byline",  # the author's line
    "stamp",  # dates, reading times, share buttons
    "label",  # a section label or a row of tags
    "ticker",  # a ticker symbol glued to a name
]


@dataclass(frozen=True, slots=True)
class Furniture:
    """A range of the text that belongs to the page rather than to the article."""

    start: int
    end: int
    kind: Kind
    outlet: str | None = None  # whom a footer or a credit names
    url: str | None = None  # what a credit links to


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not empty."""

    start: int
    end: int
    text: str
    key: str  # its words without case, marks and bullets around them; empty for long lines
    apart: bool  # an empty line (or nothing) stands before it

    @property
    def words(self) -> int:
        """How many words it has, counted up to 60; a letter of a script without blanks counts half a word."""
        head = self.text[:400]
        return min(60, len(head.split()) + len(_UNSPACED.findall(head)) // 2)


LONG = 300  # a longer line is prose or a heap of it, never a headline

_DIGIT = re.compile(r"\d")
_UNSPACED = re.compile("[\u0e00-\u0eff\u3041-\u30ff\u3400-\u9fff]")
_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’»)\]」』]*$")
_ABBREVIATION_END = re.compile(r"(?:\b[A-Za-z]\.){2,}$|\b(?:Inc|Corp|Ltd|Co|Jr|No)\.$")

_MONTH = "(?:" + "|".join(sorted(MONTHS, key=len, reverse=True)) + ")"
# What a stamp is made of: dates, times of day, zones, weekdays, how long ago, how long to read.
_STAMP_PIECES = re.compile(
    rf"\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}(?:T[\d:.+Z-]+)?"
    rf"|\d{{1,2}}[-/.]\d{{1,2}}[-/.](?:\d{{4}}|\d\d)\b"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th|\.)?\s+(?:de\s+)?{_MONTH}\b\.?,?(?:\s+(?:de\s+)?\d{{4}})?"
    rf"|\b{_MONTH}\b\.?\s+\d{{1,2}}(?:st|nd|rd|th)?\b,?(?:\s+\d{{4}})?"
    rf"|\d{{4}}年\d{{1,2}}月\d{{1,2}}日"
    rf"|\d{{1,2}}:\d\d(?::\d\d)?(?:\s?[ap]\.?m\b\.?)?|\b\d{{1,2}}\s?[ap]\.?m\b\.?"
    rf"|\b\d+\s+(?:seconds?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?)\s+(?:ago|read)\b"
    rf"|\b(?:vor|hace|il y a)\s+\d+\s+\w+|\b\d+\s*(?:分钟前|小时前|分鐘前|小時前|時間前|시간 전)",
    re.IGNORECASE,
)
_STAMP_WORDS = re.compile(
    r"\b(?:published|updated|posted|last\s+updated|modified|on|at|by|et|est|edt|gmt|utc|bst|cet|cest|pst|pdt|hkt|jst|sgt"
    r"|mon|tue|wed|thu|fri|sat|sun|(?:mon|tues|wednes|thurs|fri|satur|sun)day|veröffentlicht|publié|publicado"
    r"|pubblicato|опубликовано)\b|发布时间|发布于",
    re.IGNORECASE,
)
_SHARE_WORDS = """share
    |share this|share this article|share this story|share on|tweet|retweet|facebook|twitter|linkedin|whatsapp
    |telegram|reddit|email|e-mail|copy link|link copied|print|save|bookmark|like|follow|follow us|teilen|drucken
    |merken|partager|imprimer|compartir|imprimir|condividi|stampa|compartilhar|compartilhe|delen|dela|udostępnij
    |поделиться|поширити|paylaş|分享|分享到|转发|打印|シェア|シェアする|保存|공유|공유하기|مشاركة|साझा करें"""


def lines(text: str) -> list[Line]:
    """The lines of the text that are not empty, in order."""
    found = []
    before = 0
    for start, end in paragraphs(text):
        written = text[start:end]
        gap = text[before:start]
        found.append(Line(start, end, written, key_of(written), apart=not before or gap.count("\n") > 1))
        before = end
    return found


def key_of(written: str) -> str:
    """The words of a short line in the form in which term lists hold them."""
    if len(written) > LONG:
        return ""
    folded = written.casefold().replace("’", "'").replace("‘", "'")
    first, last = 0, len(folded)
    while first < last and not folded[first].isalnum():
        first += 1
    while last > first and not (folded[last - 1].isalnum() or unicodedata.category(folded[last - 1])[0] == "M"):
        last -= 1
    return " ".join(folded[first:last].split())


def terms(written: str) -> frozenset[str]:
    """A term list as it stands in a module: separated by vertical bars, broken over lines."""
    return frozenset(key for piece in written.split("|") if (key := key_of(piece.strip())))


SHARE_WORDS = terms(_SHARE_WORDS)


def is_share(line: Line) -> bool:
    """Whether the line is nothing but a button: share, print, copy the link."""
    return line.key in SHARE_WORDS


def is_stamp(line: Line) -> bool:
    """Whether the line is nothing but a date, a time or a reading time, with at most an outlet's name."""
    if len(line.text) > 90 or not _DIGIT.search(line.text):
        return False
    rest, dates = _STAMP_PIECES.subn(" ", line.text)
    return dates > 0 and len(re.findall(r"\w+", _STAMP_WORDS.sub(" ", rest))) <= 3 and not ends_sentence(line)


def ends_sentence(line: Line) -> bool:
    """Whether the line's last mark ends a sentence; the dot of "the U.S." at the end of a headline does not."""
    tail = line.text[-40:]
    return bool(_SENTENCE_END.search(tail)) and not _ABBREVIATION_END.search(tail)


def is_prose(line: Line) -> bool:
    """Whether the line reads as running text: long, or a whole sentence of a dozen words."""
    return len(line.text) > LONG or (line.words >= 12 and ends_sentence(line))


def is_headline(line: Line) -> bool:
    """Whether the line may be a headline or a link's words: short, and not a sentence with its full stop."""
    if not line.key or len(line.text) > 200 or line.text[-1] in ",;:—-":
        return False
    return not ends_sentence(line) or line.text[-1] in "?!？！…\"”’»'"
