"""Paragraphs and sentences, as ranges of the text.

What always holds: ranges are in order, do not overlap, lie within the text, hold no blanks at their edges, and every
letter or digit of the text lies in exactly one of them. Time is linear in the text.

Method: a sentence ends at a terminator that is followed by a blank and something that can begin a sentence, unless
the word before it is an abbreviation; after one that may also stand at a sentence's end ("the U.S.", "Acme Inc.") the
next word decides. Abbreviations after the lists in the Chicago Manual of Style, ch. 10, and what newspapers use.
"""

from __future__ import annotations

import re

Range = tuple[int, int]

# An abbreviation that never ends a sentence, because something always follows it.
_ALWAYS = frozenset(
    """mr mrs ms dr prof gen lt col sgt maj capt cmdr adm sen rep gov pres rev hon st mt ft vs v no nos art sec para fig
    eq al ed eds vol vols pp ca cf approx est dept univ jan feb mar apr jun jul aug sept sep oct nov dec mon tue tues
    wed thu thur thurs fri sat sun bros nr str""".split()
)
# One that may: the word that follows decides.
_SOMETIMES = frozenset("inc ltd corp co plc llc llp lp sa ag nv bv spa pty jr sr etc ave blvd rd bldg a.m p.m".split())
# Words that begin sentences and seldom continue a name or a phrase after an abbreviation.
_STARTERS = frozenset(
    """the a an it its he she his her they their we our you i this that these those there here in on at by for from with
    without to as if when while where after before since because although though but and or so yet however meanwhile
    moreover also both some many most more no not what who why how last next one two three each every all another other
    such according asked earlier later still then now under over during despite analysts shares officials""".split()
)
# Possessive throughout, and a run of terminators is entered at its beginning only: linear even in a text of dots.
_END = re.compile(
    r"""(?:(?P<wide>[。！？｡؟।॥]++[.!?…]*+)       # a terminator of a script that has its own: ends wherever it stands
        |(?P<mark>(?<![.!?…])[.!?…]++))       # a Western one, which needs a blank after it
        (?P<close>["'”’»)\]】」』]*+)           # quotes and brackets that close with the sentence
        (?(wide)\s*+|(?:\s++|$))""",
    re.VERBOSE,
)
_WORD_BEFORE = re.compile(r"[^\s\"'“”‘’(\[]*$")
_NEXT_WORD = re.compile(r"[\"'“‘«(\[—–\-\s•*]*([^\W_]+)?")


def paragraphs(text: str) -> list[Range]:
    """The lines of the text that are not empty, as pages give them: see `blocks` for text with hard line ends."""
    ranges = []
    for line in re.finditer(r"[^\n\r\u2028\u2029]+", text):
        found = _trim(text, line.start(), line.end())
        if found:
            ranges.append(found)
    return ranges


def sentences(text: str) -> list[Range]:
    """The sentences of the text; none crosses a line's end unless the line is broken in mid-sentence."""
    ranges: list[Range] = []
    for start, end in blocks(text):
        ranges.extend(_sentences_in(text, start, end))
    return ranges


def blocks(text: str) -> list[Range]:
    """Paragraphs, joined where a line is broken in mid-sentence: no terminator, and the next begins in lower case."""
    joined: list[Range] = []
    for start, end in paragraphs(text):
        if joined:
            before = joined[-1]
            gap = text[before[1] : start]
            broken = text[before[1] - 1] not in '.!?…:;"”’»)。！？' and text[start].islower()
            if broken and gap.count("\n") == 1:
                joined[-1] = (before[0], end)
                continue
        joined.append((start, end))
    return joined


def _sentences_in(text: str, start: int, end: int) -> list[Range]:
    ranges = []
    begin = start
    for match in _END.finditer(text, start, end):
        if match.end() < end and not _ends(text, match, begin, end):
            continue
        found = _trim(text, begin, match.end("close"))
        if found:
            ranges.append(found)
        begin = match.end()
    found = _trim(text, begin, end)
    if found:
        ranges.append(found)
    return ranges


def _ends(text: str, match: re.Match[str], begin: int, end: int) -> bool:
    """Whether the terminator ends a sentence, though more text follows it."""
    if match["wide"]:
        return True
    mark = match["mark"]
    following = _NEXT_WORD.match(text, match.end(), min(end, match.end() + 80))
    word = (following[1] if following else None) or ""
    if not word:
        return True
    if word[0].islower():
        # "... said." he added / an ellipsis in mid-sentence: goes on. Scripts without case have no lower letters.
        return False
    if mark != ".":
        return True
    before = _WORD_BEFORE.search(text, max(begin, match.start() - 40), match.start())
    token = (before[0] if before else "").lower()
    starter = word.lower() in _STARTERS and not word.isupper()
    if token in _ALWAYS:
        # "No. 5", "Nov. 25", "Mr. Xi"; but "It said no. The ..." ends
        return token in ("no", "sun", "sat", "art", "est") and starter
    initials = len(token) == 1 and token.isalpha() and not match["close"]
    dotted = "." in token and all(len(part) <= 1 for part in token.split("."))
    if token in _SOMETIMES or dotted:
        return starter or bool(match["close"])
    return not initials or starter


def _trim(text: str, start: int, end: int) -> Range | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None
