"""Names: ids made from them, the key under which they are compared, and short forms derived from them.

What always holds: pure; a derived form is the name without its legal form and nothing else (no nicknames, no
acronyms, no translation); an `=Exact` name is never changed. Deliberately absent: judging whether a name is ambiguous
in news text, which `advice` does.
"""

from __future__ import annotations

import re
import unicodedata

from riskbot.matching.rules import Term

# Legal forms as they stand at the end of a name, without dots. "Group" and "Holding" are left: they are often what
# tells a parent from its subsidiary. 集团 falls, because Chinese news drops it as English news drops "Ltd".
_ENDINGS = frozenset(
    "ab ag aps as asa bhd bv co company corp corporation gmbh inc incorporated jsc kg kgaa kk lc limited llc llp lp "
    "ltd ltda nv nyrt oao ojsc ooo oy oyj pao pjsc plc pte pty pvt sa sab sarl sas sdn se spa srl tbk zrt "
    "ао зао оао ооо пао".split()
)
_BEGINNINGS = frozenset("ao jsc oao ojsc ooo pao pjsc pt ао зао оао ооо пао".split())
_CJK_ENDINGS = (
    *("股份有限公司", "有限责任公司", "有限責任公司", "有限公司", "株式会社"),
    *("주식회사", "(株)", "(주)"),
)
_CJK_GROUPS = ("集团", "集團")
_CJK_BEGINNINGS = ("株式会社", "주식회사", "(株)", "(주)")
_WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def name_key(name: str) -> str:
    """What two names have in common when people would call them the same: case and spacing do not count."""
    if name.isascii():
        return " ".join(name.lower().split())
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def slug(name: str) -> str:
    """An id from a name: `L'Oréal S.A.` → `l-oreal-s-a`. Empty when the name has no letter or digit."""
    bare = unicodedata.normalize("NFKD", name.casefold()) if not name.isascii() else name.lower()
    kept = "".join(c if c.isalnum() else "" if unicodedata.combining(c) else "-" for c in bare)
    return "-".join(part for part in unicodedata.normalize("NFC", kept).split("-") if part)


def short_form(name: Term) -> Term | None:
    """The name without its legal form, or None where that says nothing new or too little.

    Enough is two words, or one of six letters (a Chinese, Japanese or Korean character counts as two). What is left
    of a name reads as ordinary words more easily than the name, so it counts in exact case: `Target Corporation`
    must not make a name of the verb, nor `China Electronics Corporation` one of the trade.
    """
    if name.kind != "phrase":
        return None
    short = _without_legal_form(name.text)
    if short == name.text or (" " not in short and _letters(short) < 6):
        return None
    return Term(short, "phrase", short) if _WIDE.search(short) else Term(f"={short}", "exact", short)


def _letters(word: str) -> int:
    return sum(2 if _WIDE.match(c) else 1 for c in word if c.isalnum())


def _without_legal_form(name: str) -> str:
    text = name if name.isascii() else _without_cjk_form(name)
    words = text.split()
    while len(words) > 1 and _bare(words[-1]) in _ENDINGS:
        words.pop()
        words[-1] = words[-1].rstrip(",")
        if words[-1] in ("&", "and"):  # "Tiffany & Co." is not "Tiffany &"
            return name
    if len(words) > 1 and _bare(words[0]) in _BEGINNINGS:
        words = words[1:]
    short = " ".join(words)
    return name if short == " ".join(name.split()) else short


def _without_cjk_form(text: str) -> str:
    for ending in _CJK_ENDINGS:
        text = text.removesuffix(ending).rstrip()
    for beginning in _CJK_BEGINNINGS:
        text = text.removeprefix(beginning).lstrip()
    for group in _CJK_GROUPS:  # without it, a name that begins with the country is a trade: 中国船舶 are also its ships
        text = text if text.startswith(("中国", "中國")) else text.removesuffix(group)
    return text


def is_legal_form(text: str) -> bool:
    """True for `Inc.` or `Ltd` standing alone: what is left of a name when YAML splits it at its comma."""
    return _bare(text) in _ENDINGS


def _bare(word: str) -> str:
    return word.replace(".", "").replace("/", "").strip(",").casefold()
