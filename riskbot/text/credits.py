"""Who a page says it has its article from: syndication footers and credit lines.

What always holds: a range names an outlet only where the page does, in the page's own words. "The post X appeared on
Y" is also how one writes of a post on a social network; there it stays article text. A `Source:` that introduces a
sentence is text too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from riskbot.text.pagelines import Furniture, Line, key_of, terms

# How WordPress closes a feed's entries, in the words of its translations. A title holds no line break and no second
# opening; both bounds keep the search linear.
_OUTLET = r"(?P<outlet>[^\n]{2,80}?)(?:\.(?=\s|$)|(?=[ \t]*$))"
# Each with what it cannot be without: most texts hold none of these, and a search for a word costs next to nothing.
_FOOTERS = [
    (
        needles,
        re.compile(rf"\b{opening} (?P<title>(?:(?!\b{opening} )[^\n]){{1,300}}?) {link} {_OUTLET}", re.MULTILINE),
    )
    for needles, opening, link in (
        (("appeared ",), "The post", "(?:first )?appeared (?:first )?on"),
        (
            ("first appeared on", "appeared first on", "first published on"),
            "The (?:post|article|story)",
            "(?:first appeared on|appeared first on|was first published on)",
        ),
        (("erschien zuerst",), "Der Beitrag", "erschien zuerst auf"),
        (("est apparu",), "L[’']article", "est apparu en premier sur"),
        (
            (" primero en",),
            "(?:La entrada|El artículo|La noticia)",
            "(?:se publicó primero en|apareció primero en|aparece primero en)",
        ),
        (("proviene da", "sembra essere"), "L[’']articolo", "(?:proviene da|sembra essere il primo su)"),
        (("apareceu primeiro",), "O post", "apareceu primeiro em"),
        (("verscheen eerst",), "Het bericht", "verscheen eerst op"),
        (("появил",), "(?:Сообщение|Запись)", "(?:появились|впервые появилась|появилась) (?:сначала )?(?:на|в)"),
        (
            ("pojawił się",),
            "(?:Wpis|Artykuł)",
            "pojawił się (?:po raz pierwszy|poczatkowo|początkowo|najpierw) (?:w|na)",
        ),
    )
]
_ENGLISH = [pattern for _, pattern in _FOOTERS[:2]]
# A post there is what the sentence is about, not a feed's entry.
_NETWORKS = terms(
    """x|twitter|x (formerly twitter)|facebook|instagram|weibo|wechat|douyin|tiktok|telegram|truth social|linkedin
    |reddit|threads|bluesky|vk|vkontakte|youtube|line|whatsapp|mastodon|snapchat|social media|medium|substack"""
)
_NOT_AN_OUTLET = re.compile(
    r"(?i)(?:mon|tues|wednes|thurs|fri|satur|sun)day|the\b|a\b|an\b|his\b|her\b|its\b|my\b|\d+$"
)

_SOURCE = re.compile(
    r"^[\W_]*(?:sources?|original source|via|quellen?|fuentes?|fonte|bron"
    r"|źródło|источник|джерело|kaynak|来源|來源|新闻来源|稿源|出典|출처|المصدر)"
    r"[ *_]{0,3}\s?[:：]\s*(?P<rest>.+)$",
    re.IGNORECASE,
)
_ORIGINALLY = re.compile(
    r"\b(?:this|the) (?:article|story|post|piece|report|column) (?:was )?(?:originally |first )"
    r"(?:published|appeared|posted) (?:on|in|at|by) (?P<outlet>[A-Z][^\n]{1,60}?)"
    r"(?:\.(?=\s|$)|$|(?= and has| with permission))",
    re.IGNORECASE | re.MULTILINE,
)
_URL = re.compile(r"https?://[^\s<>\"']+")
# Where a stamp is glued to the outlet's name: "Source: CNBCPublished: 11/16/2025".
_GLUED = re.compile(r"(?:Published|Updated|Posted|Date|Author|By)\s*:.*$|[|·•].*$|\s[-–—]\s.*$")


def footers(text: str, lines: list[Line]) -> Iterator[Furniture]:
    """Every "The post X appeared on Y", as introduction or as footer."""
    keys = {line.key for line in lines}
    for needles, pattern in _FOOTERS:
        if not any(needle in text for needle in needles):
            continue
        for match in pattern.finditer(text):
            outlet = match["outlet"].strip(" \"'“”*_")
            if not outlet or key_of(outlet) in _NETWORKS:
                continue
            if pattern not in _ENGLISH or _reads_as_footer(match, outlet, keys):
                yield Furniture(match.start(), match.end(), "footer", outlet=outlet)


def _reads_as_footer(match: re.Match[str], outlet: str, keys: set[str]) -> bool:
    """In English the words are ordinary ones: title and outlet must look like names, and something confirm it.

    That is "first", a site's name in one word, the title as a line of its own, or a line that holds nothing else.
    """
    title = match["title"]
    named = title[0].isupper() or not title[0].isalpha()
    if not named or len(outlet.split()) > 6 or not outlet[0].isalnum() or _NOT_AN_OUTLET.match(outlet):
        return False
    first = bool(re.search(r"\bfirst\b", match[0][match.end("title") - match.start() :]))
    site = "." in outlet or bool(re.search(r"[a-z][A-Z]", outlet))
    text, start, end = match.string, match.start(), match.end()
    alone = (start == 0 or text[start - 1] == "\n") and (end == len(text) or text[end] == "\n")
    return first or site or key_of(title) in keys or (alone and len(title.split()) >= 5)


def credit(line: Line) -> Furniture | None:
    """The line as a credit, or None: "Source: CNBC", "Source: https://…", "Quelle: dpa"."""
    if len(line.text) > 400:
        return None
    match = _SOURCE.match(line.text)
    if not match:
        return None
    found = _URL.search(match["rest"])
    url = found[0].rstrip(".,;)]") if found else None
    named = _GLUED.sub("", _URL.sub(" ", match["rest"])).strip(" \t,;.()[]<>*_\"'“”")
    if len(named.split()) > 5 or len(named) > 60:
        return None  # a sentence or a headline after "Source:"
    if not named and not url:
        return None
    return Furniture(line.start, line.end, "credit", outlet=named or None, url=url)


def originals(text: str) -> Iterator[Furniture]:
    """Every "This article was originally published by Y"."""
    for match in _ORIGINALLY.finditer(text):
        outlet = match["outlet"].strip(" \"'“”*_,")
        if outlet and outlet[0].isupper() and not _NOT_AN_OUTLET.match(outlet) and key_of(outlet) not in _NETWORKS:
            yield Furniture(match.start(), match.end(), "credit", outlet=outlet)
