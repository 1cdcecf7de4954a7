"""Whose reporting an article retells.

What always holds: an origin is an outlet that the text itself credits, or whose article a post only links; the
article's publisher is never taken for one because it is the publisher, and a publisher is never made of a credit. The
words around an outlet's name decide: "the Financial Times reported" makes an origin, "a Financial Times reader" does
not; and the main fact stands at the beginning, so that one detail credited further down makes none.

Deliberately absent: comparing articles with each other (near-identical bodies); that is the evidence's affair.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from riskbot.model import Article, Outlet
from riskbot.stories.outlets import Mention, Outlets
from riskbot.text.furniture import Furniture, mask
from riskbot.text.furniture import find as find_furniture

# What stands right before an outlet's name when it is credited: with a report of its own, with having been the first,
# or with having been talked to.
_PAPER_OF = (
    r"(?:report|story|article|investigation|scoop|account|interview|piece|analysis|poll|survey|dispatch|broadcast)"
)
_THE = (
    r"(?:the\s+|a\s+)?(?:(?:british|american|german|french|chinese|japanese|us|u\.s\.|uk|russian|independent|business)\s+)?"
    r"(?:newspaper\s+|news\s+agency\s+|news\s+wire\s+|newswire\s+|magazine\s+|daily\s+|weekly\s+|broadcaster\s+|website\s+|"
    r"news\s+site\s+|news\s+outlet\s+|outlet\s+|newspaper\s+the\s+)?"
)
_BEFORE = re.compile(
    rf"(?:(?P<first>\bfirst\s+(?:reported|published|revealed|disclosed|broken|spotted)\s+by)|"
    rf"(?P<strong>\b(?:reported|published|revealed|disclosed|broken|quoted|cited|compiled|conducted|commissioned)\s+(?:\w+\s+){{0,2}}?"
    rf"(?:by|in)|\baccording\s+to(?:\s+(?:a|an|the|\w+)){{0,4}}?|\b{_PAPER_OF}s?\s+(?:\w+\s+){{0,2}}?(?:by|from|in|of)|"
    rf"\b(?:seen|reviewed|obtained|viewed|published|acquired)\s+(?:and\s+\w+\s+)?by|\b(?:citing|quoting|cites|per|via)|"
    rf"[,”\"]\s*(?:reports|reported|says|said|writes|wrote)|\bas\s+(?:\w+\s+)?(?:by|in))|"
    rf"(?P<told>\b(?:told|tells|telling|informed|interview\s+(?:with|on)|statement\s+to|speaking\s+(?:to|with|on)|spoke\s+(?:to|with)|"
    rf"talking\s+to|appearance\s+on|appearing\s+on|appeared\s+on|confirmed\s+to|(?:said|says)\s+(?:\w+\s+){{0,5}}?(?:on|to))))"
    rf"\s+{_THE}$",
    re.IGNORECASE,
)
_AFTER = re.compile(
    rf"^(?P<strong>,?\s+(?:newspaper\s+|website\s+|magazine\s+|news\s+agency\s+)?(?:has\s+|had\s+|have\s+)?"
    rf"(?:also\s+|first\s+|exclusively\s+|previously\s+|earlier\s+)?"
    rf"(?:report(?:s|ed)|revealed|reveals|reviewed|disclosed|has\s+learned|learned|learnt|obtained|wrote|writes|saw|said|says|noted|"
    rf"notes|noticed|published|broke\s+the|cited|cites|citing|quoted|quotes|quoting|added|found|claims|claimed|understands|explains)\b|"
    rf"['’]s?\s+(?:\w+\s+)?{_PAPER_OF}\b|\s+(?:\w+\s+)?{_PAPER_OF}s?\b(?!\s+(?:contributed|that\s+it)))",
    re.IGNORECASE,
)
# How agencies sign: "LONDON (Reuters) -", "By Jane Doe, Bloomberg", a last line that holds nothing but the name.
_DATELINE = re.compile(r"^\s*\)\s*[-–—]")
_BYLINE = re.compile(r"^\W*by\b", re.IGNORECASE)
# A picture's source, which says nothing of the report's.
_PICTURE = re.compile(
    r"(?:\([^()\n]{3,}|\b(?:image|photo|photograph|picture|illustration|video)s?\b[^.\n]{0,40})via\s+$", re.IGNORECASE
)
# A headline's way of naming its source: "…, White House memo claims: FT", "… - Reuters", "FT: …".
_TITLE_TAIL = re.compile(r"(?:[:\-–—|(]\s*(?:the\s+)?|\s[-–—]\s*)$")
_TITLE_AFTER = re.compile(r"^\s*(?:reports?|says?|\)|$|:)", re.IGNORECASE)
_LINKED = re.compile(
    r"\b(?:Article|Story|Original|Source|Link)(?:\s+(?:URL|link))?:\s*(?P<url>https?://[^\s<>\"]+)", re.IGNORECASE
)
_FIRST, _STRONG, _LATE, _TOLD, _TITLE = 4, 3, 1, 2, 4
_ENOUGH = 2  # a report, a talk at the beginning, or several details
_LEAD = 600  # characters in which an article tells its main fact
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
        if mention.outlet.kind not in _NEVER:
            scores[mention.outlet.name] += _in_title(article.title, mention)
    told: dict[str, int] = {}
    body = mask(article.text)
    for name, weight, is_talk in _in_body(body, outlets):
        if is_talk:
            told[name] = max(weight, told.get(name, 0))  # ten talks are no more a report than one
        else:
            scores[name] += weight
    for name, weight in told.items():
        scores[name] += weight
    for name in _signed(article.text, furniture, outlets):
        scores[name] += _STRONG
    if own:
        scores.pop(own.name, None)  # an outlet that quotes itself is reporting, not retelling
    named = [name for name, score in scores.items() if score >= _ENOUGH]
    # Of equals the first that is named.
    origin = max(named, key=lambda name: scores[name]) if named else None
    if origin is None and chain:
        known = outlets.named(chain[-1])
        origin = known.name if known and known.kind not in _NEVER and known != own else None
    links = tuple(dict.fromkeys(f.url for f in furniture if f.kind == "credit" and f.url))
    return Credit(origin or _linked(article, own, outlets), chain, links)


def _in_title(title: str, mention: Mention) -> int:
    """How strongly a headline credits an outlet."""
    head, tail = title[: mention.start], title[mention.end :]
    ends = _TITLE_TAIL.search(head) and not tail.strip(" )")
    return _TITLE if ends or _TITLE_AFTER.match(tail) or _AFTER.match(tail) else 0


def _in_body(body: str, outlets: Outlets) -> Iterator[tuple[str, int, bool]]:
    """Every credit: the outlet, how much it weighs, and whether it was only talked to."""
    for mention in outlets.mentions(body):
        if mention.outlet.kind in _NEVER:
            continue
        late = mention.start > _LEAD
        if _PICTURE.search(body, max(0, mention.start - 80), mention.start):
            continue
        if not late and body[: mention.start].endswith("(") and _DATELINE.match(body[mention.end : mention.end + 8]):
            yield mention.outlet.name, _STRONG, False
            continue
        before = _BEFORE.search(body, max(0, mention.start - 90), mention.start)
        after = _AFTER.match(body[mention.end : mention.end + 60])
        if before and before["first"]:
            yield mention.outlet.name, _FIRST, False
        elif after or (before and before["strong"]):
            yield mention.outlet.name, _LATE if late else _STRONG, False
        elif before:
            yield mention.outlet.name, _LATE if late else _TOLD, True


def _signed(text: str, furniture: tuple[Furniture, ...], outlets: Outlets) -> Iterator[str]:
    """The outlets that sign the text: in its byline, or as its last line."""
    pieces = [
        text[each.start : each.end]
        for each in furniture
        if each.kind == "byline" or _BYLINE.match(text[each.start :][:8])
    ]
    first = text[:200].partition("\n")[0]
    last = text[-60:].rpartition("\n")[2].strip(" -–—()./")
    for piece in [*pieces, *([first] if _BYLINE.match(first) else [])]:
        if _BYLINE.match(piece) and len(piece) < 160:
            yield from {m.outlet.name for m in outlets.mentions(piece) if m.outlet.kind not in _NEVER}
    signed = outlets.named(last) if last and "\n" in text else None
    if signed and signed.kind not in _NEVER:
        yield signed.name


def _linked(article: Article, own: Outlet | None, outlets: Outlets) -> str | None:
    """The outlet whose article a post links: that of an aggregator's entry, or of a page that holds little else."""
    if own is None or own.kind not in _NEVER:
        return None
    named = _LINKED.search(article.text)
    for url in (named["url"] if named else None, article.url):
        found = outlets.at(url)
        if found and found != own and found.kind not in _NEVER:
            return found.name
    return None


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
