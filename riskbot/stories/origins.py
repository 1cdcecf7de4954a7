"""Whose reporting an article retells.

What always holds: an origin is an outlet the text itself credits; the article's publisher is never taken for one
because it is the publisher, and a publisher is never made of a credit. The words around an outlet's name decide:
"the Financial Times reported" makes an origin, "a Financial Times reader" does not.

Deliberately absent: comparing articles with each other (near-identical bodies); that is the story's affair.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

from riskbot.model import Article
from riskbot.stories.outlets import Outlets
from riskbot.text.furniture import Furniture, mask
from riskbot.text.furniture import find as find_furniture

# What stands right before or right after an outlet's name when it is credited with reporting; with its weight.
_BEFORE = re.compile(
    r"(?P<strong>(?:first\s+)?(?:reported|published|revealed|disclosed|broken)\s+(?:\w+\s+)?(?:by|in)|according\s+to(?:\s+\w+){0,3}|"
    r"(?:report|story|article|investigation|scoop|account)s?\s+(?:\w+\s+)?(?:by|from|in|of)|seen\s+by|reviewed\s+by|obtained\s+by|"
    r"citing|cited)\s+(?:the\s+|a\s+)?(?:newspaper\s+|news\s+agency\s+|report\s+in\s+the\s+)?$|"
    r"(?P<told>\b(?:told|tells|interview\s+with|statement\s+to|speaking\s+to|spoke\s+to|(?:said|says)\s+(?:\w+\s+){0,5}(?:on|to))\s+(?:the\s+)?)$",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"^(?P<strong>,?\s+(?:newspaper\s+|website\s+|magazine\s+)?(?:has\s+|had\s+|have\s+)?(?:also\s+|first\s+|exclusively\s+)?"
    r"(?:report(?:s|ed)|revealed|reveals|reviewed|disclosed|has\s+learned|obtained|wrote|writes|saw|said|says|noted|noticed|"
    r"published|broke\s+the|cited|added)\b|['’]s?\s+(?:report|story|article|reporting|investigation|scoop)\b|"
    r"\s+(?:report|story|article|investigation|scoop)\b)",
    re.IGNORECASE,
)
# A headline's way of naming its source: "…, White House memo claims: FT", "… - Reuters", "FT: …".
_TITLE_TAIL = re.compile(r"(?:[:\-–—|(]\s*(?:the\s+)?|\s[-–—]\s*)$")
_TITLE_AFTER = re.compile(r"^\s*(?:reports?|says?|\)|$)", re.IGNORECASE)
_STRONG, _TOLD, _TITLE = 3, 1, 4
_NEVER = frozenset({"government", "aggregator", "repost"})  # quoted, or only carrying; not the origin of a report


@dataclass(frozen=True, slots=True)
class Credit:
    """What an article says of where it comes from."""

    origin: str | None  # the outlet whose reporting it retells
    chain: tuple[str, ...]  # outlets it says it was carried by or taken from, as the page names them
    links: tuple[str, ...]  # source links of the page


def credit(article: Article, outlets: Outlets) -> Credit:
    """The origin that an article's text names, and what it says it was taken from."""
    furniture = find_furniture(article.text)
    chain = _chain(furniture, outlets)
    own = outlets.named(article.outlet)
    scores: dict[str, int] = defaultdict(int)
    for mention in outlets.mentions(article.title):
        head, tail = article.title[: mention.start], article.title[mention.end :]
        if (_TITLE_TAIL.search(head) and not tail.strip(" )")) or _TITLE_AFTER.match(tail):
            scores[mention.outlet.name] += _TITLE if mention.outlet.kind not in _NEVER else 0
    body = mask(article.text)
    for mention in outlets.mentions(body):
        if mention.outlet.kind in _NEVER:
            continue
        before = _BEFORE.search(body, max(0, mention.start - 70), mention.start)
        after = _AFTER.match(body[mention.end : mention.end + 50])
        if after or (before and before["strong"]):
            scores[mention.outlet.name] += _STRONG
        elif before:
            scores[mention.outlet.name] += _TOLD
    if own:
        scores.pop(own.name, None)  # an outlet that quotes itself is reporting, not retelling
    named = [name for name, score in scores.items() if score > 0]
    origin = max(named, key=lambda name: scores[name]) if named else None
    if origin is None and chain:
        known = outlets.named(chain[-1])
        origin = known.name if known and known.kind not in _NEVER and known != own else None
    links = tuple(dict.fromkeys(f.url for f in furniture if f.kind == "credit" and f.url))
    return Credit(origin, chain, links)


def _chain(furniture: tuple[Furniture, ...], outlets: Outlets) -> tuple[str, ...]:
    """Footers first (who carried it last), then `Source:` lines (where it was taken from)."""
    names: list[str] = []
    for kind in ("footer", "credit"):
        for piece in furniture:
            if piece.kind != kind:
                continue
            known = outlets.named(piece.outlet) or outlets.at(piece.url)
            name = known.name if known else piece.outlet
            if name:
                names.append(name)
    return tuple(dict.fromkeys(names))
