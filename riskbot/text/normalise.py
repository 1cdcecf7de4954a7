"""Normal forms of text: `clean` for keeping and showing, `fold` for finding, `fingerprint` for sameness.

What always holds: cleaning is idempotent and drops only what changes how text looks without standing in it; two texts
that differ in letter case, blanks and punctuation alone have one fingerprint. Folding itself stands in `folding`, what
single characters fold to in `characters`; both are had from here, too.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

from riskbot.text.characters import INVISIBLE, MOST_ACCENTS, fold_character, needs_boundary
from riskbot.text.folding import Folded, fold

__all__ = ["Folded", "clean", "cut", "fingerprint", "fold", "fold_character", "needs_boundary"]

_LINE_ENDS = re.compile(r"\r\n?|[\u2028\u2029\u0085\u000b\u000c]")
_BLANKS = re.compile(r"[^\S\n]+")
_EMPTY_LINES = re.compile(r"\n{3,}")
# More accents on one letter than any language has: putting them in order takes time quadratic in their number.
# Unicode TR 15, section 13, allows thirty.
_SIGN_RUN = re.compile(r"[^\w\s]{31,}")


def clean(text: str, limit: int | None = None) -> str:
    """Text as it is kept and shown: NFC, no control or direction-changing characters, blanks and empty lines collapsed.

    `limit` cuts it to at most so many characters, at a word where one ends near enough, with an ellipsis.
    """
    text = _LINE_ENDS.sub("\n", text)
    text = unicodedata.normalize("NFC", _SIGN_RUN.sub(_few_accents, INVISIBLE.sub("", text)))
    text = _BLANKS.sub(" ", text)
    text = _EMPTY_LINES.sub("\n\n", "\n".join(line.strip() for line in text.split("\n"))).strip()
    return cut(text, limit) if limit is not None else text


def _few_accents(run: re.Match[str]) -> str:
    kept, accents = [], 0
    for character in run[0]:
        accents = accents + 1 if unicodedata.combining(character) else 0
        if accents <= MOST_ACCENTS:
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


def fingerprint(title: str, text: str) -> str:
    """SHA-256 (hex) of the words of title and text: case, blanks and punctuation make no difference."""
    words = " ".join(fold(title).text.split()) + "\n" + " ".join(fold(text).text.split())
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()
