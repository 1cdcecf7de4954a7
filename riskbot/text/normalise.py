"""Normal forms of text: `clean` for keeping and showing, `fold` for finding, `fingerprint` for sameness.

What always holds: a `Folded` maps every one of its characters back to the exact place in the text it came from, so
that whatever is found can be shown as it was written. Folding makes one character of what readers take for the
same: letter case, accents, full width, typographic quotes and dashes, ligatures; whatever is neither letter nor
digit becomes a blank. Where a script is written without blanks between words (Chinese, Japanese, Thai …), its
letters are set apart from other scripts', so that "在Alibaba工作" holds the word "Alibaba".

Method: Unicode TR 15 (normalisation forms) and TR 44 (character properties), through `unicodedata`.
Deliberately absent: language detection, stemming, transliteration.
"""

from __future__ import annotations

import hashlib
import re
import sys
import unicodedata
from array import array
from functools import lru_cache
from typing import NamedTuple

# Bidirectional overrides and isolates, zero-width characters, BOM, interlinear annotation: they change how text looks
# without standing in it. ZWJ and ZWNJ (200C, 200D) stay: Persian, Hindi and emoji need them.
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffc"
    "\U000e0000-\U000e007f\ud800-\udfff]"
)
_LINE_ENDS = re.compile(r"\r\n?|[\u2028\u2029\u0085\u000b\u000c]")
_BLANKS = re.compile(r"[^\S\n]+")
_EMPTY_LINES = re.compile(r"\n{3,}")
# More accents on one letter than any language has: putting them in order takes time quadratic in their number.
# Unicode TR 15, section 13, allows thirty.
_SIGN_RUN = re.compile(r"[^\w\s]{31,}")
_MOST_ACCENTS = 30

# Written without blanks between words: a term in them needs no word boundary.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003ffff]"
)
_HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\uac00-\ud7ff]")


def clean(text: str, limit: int | None = None) -> str:
    """Text as it is kept and shown: NFC, no control or direction-changing characters, blanks and empty lines collapsed.

    `limit` cuts it to at most so many characters, at a word where one ends near enough, with an ellipsis.
    """
    text = _LINE_ENDS.sub("\n", text)
    text = unicodedata.normalize("NFC", _SIGN_RUN.sub(_few_accents, _INVISIBLE.sub("", text)))
    text = _BLANKS.sub(" ", text)
    text = _EMPTY_LINES.sub("\n\n", "\n".join(line.strip() for line in text.split("\n"))).strip()
    return cut(text, limit) if limit is not None else text


def _few_accents(run: re.Match[str]) -> str:
    kept, accents = [], 0
    for character in run[0]:
        accents = accents + 1 if unicodedata.combining(character) else 0
        if accents <= _MOST_ACCENTS:
            kept.append(character)
    return "".join(kept)


def cut(text: str, limit: int) -> str:
    """At most `limit` characters: the text itself, or its beginning up to the end of a word and an ellipsis."""
    if len(text) <= limit:
        return text
    if limit < 1:
        return ""
    head = text[: limit - 1]
    if not text[limit - 1].isspace():
        word_end = max(head.rfind(" "), head.rfind("\n"))
        if word_end > limit // 2:  # a single endless word is cut inside it
            head = head[:word_end]
    return head.rstrip() + "…"


class Folded(NamedTuple):
    """Text made ready for finding, with the way back.

    `text` is the folded form; character i of it came from `starts[i]:ends[i]` of the original. Both arrays are None
    when the folded form is as long as the original and each character stands where it stood. (A named tuple: made
    four times for every article, and a frozen dataclass takes four times as long to make.)
    """

    text: str
    starts: array[int] | None = None
    ends: array[int] | None = None

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The range of the original that `text[start:end]` (not empty) came from."""
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]


# What the fast way replaces before it looks whether anything unusual is left: one character each, so places hold.
_TYPOGRAPHIC = [(c, " ") for c in "’‘“”–—…\u00a0•‑„‚«»·\u202f\u2009′″™®©"]
# Shown as nothing by themselves: joiners, variation selectors (Japanese names carry them), Arabic's stretching line.
_IGNORED = re.compile("[\u034f\u0640\u180b-\u180d\u180f\u200c\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_APOSTROPHE_LETTERS = "ʹʻʼ"  # letters to Unicode, apostrophes to most who type them: Соловʼїв, Hawaiʻi
_LATIN1_SLOW = re.compile("[ßæÆþÞðÐµªº¼½¾²³¹\u00ad]")  # these fold to nothing, to two characters or to another letter


# Letters that Unicode does not take apart, but readers without such a keyboard write with these.
_LETTERS = str.maketrans(
    {"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE"}
)


def _table(*, keep_case: bool) -> bytes:
    table = bytearray(256)
    for code in range(256):
        folded = fold_character(chr(code), keep_case)
        table[code] = ord(folded) if len(folded) == 1 and ord(folded) < 128 else 32
    return bytes(table)


@lru_cache(maxsize=1 << 16)
def fold_character(character: str, keep_case: bool = False) -> str:
    """What one character folds to: a letter or digit, several of them, a blank, or nothing."""
    if character in "ıİ":  # the Turkish pair: readers of other languages meet them as a plain i
        return "I" if keep_case and character == "İ" else "i"
    if unicodedata.category(character) == "Cc" or character in _APOSTROPHE_LETTERS or character in "\u2028\u2029":
        return " "  # also NUL and its like: both ways of folding must agree
    if _INVISIBLE.match(character) or _IGNORED.match(character):
        return ""
    bare = "".join(c for c in unicodedata.normalize("NFKD", character) if not _is_accent(c)).translate(_LETTERS)
    folded = _words_only(unicodedata.normalize("NFC", bare.casefold()))
    if not keep_case:
        return folded
    exact = _words_only(unicodedata.normalize("NFC", bare))
    # Both forms share one map back to the original: where case changes the length, case is given up.
    return exact if len(exact) == len(folded) else folded


def _words_only(text: str) -> str:
    return "".join(c if c.isalnum() or unicodedata.category(c)[0] == "M" else " " for c in text)


def _is_accent(character: str) -> bool:
    """A mark that Latin, Greek, Cyrillic, Hebrew or Arabic readers leave out; never a vowel sign of an Indic script."""
    combining = unicodedata.combining(character)
    return 200 <= combining <= 240 or 10 <= combining <= 36


def fold(text: str, *, keep_case: bool = False) -> Folded:
    """The text made ready for finding: without case (unless `keep_case`), accents and punctuation."""
    plain = text
    if not plain.isascii():
        for character, blank in _TYPOGRAPHIC:
            plain = plain.replace(character, blank)
    try:
        raw = plain.encode("latin-1")
    except UnicodeEncodeError:
        return _fold_slowly(plain, keep_case)
    if not plain.isascii() and _LATIN1_SLOW.search(plain):
        return _fold_slowly(plain, keep_case)
    return Folded(raw.translate(_EXACT_TABLE if keep_case else _FOLD_TABLE).decode("ascii"))


def _fold_slowly(text: str, keep_case: bool) -> Folded:
    folded: list[str] = []
    starts, ends = array("q"), array("q")
    position, length = 0, len(text)
    unspaced_before: bool | None = None  # of the last letter; None after a blank
    while position < length:
        after = position + 1
        while after < length and _joins(text[after]):
            after += 1
        cluster = text[position:after]
        if after > position + 1:
            cluster = unicodedata.normalize("NFKC", cluster[: _MOST_ACCENTS + 1])
            piece = "".join(fold_character(c, keep_case) for c in cluster)
        else:
            piece = fold_character(cluster, keep_case)
        for character in piece:
            if character == " ":
                unspaced_before = None
            else:
                unspaced = _UNSPACED.match(character) is not None
                if unspaced_before is not None and unspaced != unspaced_before:
                    folded.append(" ")
                    starts.append(position)
                    ends.append(position)
                unspaced_before = unspaced
            folded.append(character)
            starts.append(position)
            ends.append(after)
        position = after
    return Folded("".join(folded), starts, ends)


def _joins(character: str) -> bool:
    """Whether a character belongs to the one before it: an accent, a trailing jamo, a half-width voicing mark."""
    if character < "\u0300":
        return False
    return unicodedata.combining(character) != 0 or "\u1160" <= character <= "\u11ff" or character in "\uff9e\uff9f"


def needs_boundary(folded: str, *, at_end: bool) -> bool:
    """Whether a folded term must end (or begin) at a word boundary.

    Not where its script is written without blanks; and Korean nouns carry their particles without one, so that a
    Korean term needs a boundary only before it.
    """
    edge = folded[-1] if at_end else folded[0]
    if _UNSPACED.match(edge):
        return False
    return not (at_end and _HANGUL.match(edge))


def fingerprint(title: str, text: str) -> str:
    """SHA-256 (hex) of the words of title and text: case, blanks and punctuation make no difference."""
    words = " ".join(fold(title).text.split()) + "\n" + " ".join(fold(text).text.split())
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()


_FOLD_TABLE = _table(keep_case=False)
_EXACT_TABLE = _table(keep_case=True)
assert sys.maxunicode == 0x10FFFF  # noqa: S101  # CPython since 3.3; the ranges above rely on it
