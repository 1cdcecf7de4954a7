"""What single characters fold to: letter case, accents, full width and typography make no difference to readers.

What always holds: whatever is neither letter nor digit becomes a blank; a character folds to as many characters with
its case as without it. Which scripts are written without blanks between words stands here too.

Method: Unicode TR 15 (normalisation forms) and TR 44 (character properties), through `unicodedata`.
Deliberately absent: language detection, stemming, transliteration.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

MOST_ACCENTS = 30  # on one letter; Unicode TR 15, section 13, allows thirty
# Bidirectional overrides and isolates, zero-width characters, BOM, interlinear annotation: they change how text looks
# without standing in it. ZWJ and ZWNJ (200C, 200D) stay: Persian, Hindi and emoji need them.
INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffc"
    "\U000e0000-\U000e007f\ud800-\udfff]"
)

# Written without blanks between words: a term in them needs no word boundary.
UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003ffff]"
)
_HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\uac00-\ud7ff]")
# Shown as nothing by themselves: joiners, variation selectors (Japanese names carry them), Arabic's stretching line.
_IGNORED = re.compile("[\u034f\u0640\u180b-\u180d\u180f\u200c\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_APOSTROPHE_LETTERS = "ʹʻʼ"  # letters to Unicode, apostrophes to most who type them: Соловʼїв, Hawaiʻi
# The last three would be several characters when taken apart, or letters that nobody looks for.
_BLANK = "\u2028\u2029…™″"


# Letters that Unicode does not take apart, but readers without such a keyboard write with these.
_LETTERS = str.maketrans(
    {"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE"}
)


@lru_cache(maxsize=1 << 16)
def fold_character(character: str, keep_case: bool = False) -> str:
    """What one character folds to: a letter or digit, several of them, a blank, or nothing."""
    if character in "ıİ":  # the Turkish pair: readers of other languages meet them as a plain i
        return "I" if keep_case and character == "İ" else "i"
    if unicodedata.category(character) == "Cc" or character in _APOSTROPHE_LETTERS or character in _BLANK:
        return " "  # also NUL and its like: both ways of folding must agree
    if INVISIBLE.match(character) or _IGNORED.match(character):
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


def joins(character: str) -> bool:
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
    if UNSPACED.match(edge):
        return False
    return not (at_end and _HANGUL.match(edge))
