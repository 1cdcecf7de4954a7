"""The words of a text as stories compare them.

What always holds: letter case, accents, punctuation and the commonest English endings make no difference; words that
every text is full of are left out; an amount is one word whatever way it is written ("$300 million", "$300m"). Text in
a script without blanks between words comes as overlapping pairs of characters. Time is linear in the text.

Method: stop words and a light suffix stripper in the manner of D. Harman, "How effective is suffixing?", JASIS 42(1),
1991: a stronger one joins words that are not akin. Pairs of characters for Chinese and Japanese after K. Kwok,
"Comparing representations in Chinese information retrieval", SIGIR 1997.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from riskbot.text.characters import UNSPACED
from riskbot.text.normalise import fold

_STOP = frozenset(
    """a about above across after again against all also although am among an and another any are as at be because been
    before being below between both but by can could d did do does doing down during each even every few for from
    further had has have having he her here hers him his how however i if in into is it its itself just last later like
    ll make many may me might more most much must my new no nor not now of off on once one only or other our out over
    own per re said same say says she should since so some such than that the their them then there these they this
    those through to too two under until up upon us ve very was we were what when where which while who whom why will
    with within without would year years yet you your s t u mr mrs ms according told reported report reports news
    monday tuesday wednesday thursday friday saturday sunday week month day days""".split()
)
_UNITS = {
    "thousand": "k", "k": "k", "million": "m", "m": "m", "mn": "m", "mln": "m", "billion": "b", "bn": "b", "b": "b",
    "trillion": "t", "tn": "t", "percent": "%", "per cent": "%", "pc": "%", "%": "%",
}  # fmt: skip
_FIGURE = re.compile(
    r"(?<![\w.,])(?P<money>(?:US|HK|A|C)?[$£€¥₹₩])?\s?(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?:(?:\s?-?\s?)(?P<unit>%|(?:thousand|million|billion|trillion|percent|per cent|pc|bn|mln|mn|tn|k|m|b)\b))?"
    r"(?!\.?\d)",
    re.IGNORECASE,
)
_WITH_UNIT = re.compile(r"\d+(?:k|m|mn|mln|bn|b|tn|pc)?")
# One word for one thing, where headlines have several and mean no other.
_SAME_THING = {
    word: thing
    for thing, others in {
        "chip": "semiconductor semiconductors microchip microchips",
        "company": "firm firms corporation corporations companies",
        "phone": "smartphone smartphones handset handsets phones",
        "ship": "vessel vessels boat boats tanker tankers ships",
        "factory": "plant plants fab fabs factories",
        "share": "stock stocks shares",
        "rebel": "militant militants insurgent insurgents rebels",
        "car": "vehicle vehicles auto automobile cars",
        "withhold": "withheld withholding",
    }.items()
    for word in others.split()
}
_HANGUL = ("\uac00", "\ud7a3")


def words(text: str) -> list[str]:
    """The words of a text, folded, in order, each as often as it stands there; amounts and other figures come last.

    They are as people read them: words are compared by their `stem`.
    """
    found: list[str] = []
    for token in fold(text).text.split():
        if token in _STOP or _WITH_UNIT.fullmatch(token):
            continue
        if token.isascii():
            if len(token) > 1:
                found.append(token)
        elif UNSPACED.match(token) or _HANGUL[0] <= token[0] <= _HANGUL[1]:
            found.extend(_pairs(token))
        else:
            found.append(token)
    found.extend(figures(text))
    return found


def _pairs(token: str) -> Iterator[str]:
    if len(token) == 1:
        yield token
    for place in range(len(token) - 1):
        yield token[place : place + 2]


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """A word in the form that all its kin share: `bans`, `banned` and `banning` are one, `chip` and `semiconductor`."""
    word = _SAME_THING.get(word, word)
    if len(word) <= 3 or not word.isalpha():
        return word
    if word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    elif word.endswith("sses"):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    if word.endswith("ing") and len(word) > 5:
        word = word[:-3]
    elif word.endswith("ed") and len(word) > 4:
        word = word[:-2]
    if word.endswith("e") and len(word) > 3:
        word = word[:-1]
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz":
        word = word[:-1]
    return word


def figures(text: str) -> list[str]:
    """Amounts, shares and other numbers of more than one digit, in one spelling: `#$300m`, `#4.7%`, `#2009`."""
    found: list[str] = []
    for match in _FIGURE.finditer(text):
        number = match["number"].replace(",", "")
        money, unit = bool(match["money"]), _UNITS.get((match["unit"] or "").lower(), "")
        if money or unit or len(number) > 1:
            found.append(f"#{'$' if money else ''}{number}{unit}")
    return found
