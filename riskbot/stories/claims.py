"""The standing of what an article says: who alleged, who denied, what was not verified, who confirmed, who acted.

What always holds: one claim for each sentence and standing; a denial that is itself negated ("did not deny") is no
denial; a leaked memo alleges, it is not an official act; furniture makes no claims. The speaker is taken from the
sentence, or is None: never guessed.

Deliberately absent: what a claim means for a story (that is `severity` and the policy of alerting).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from riskbot.model import Article, Claim, Standing
from riskbot.text.furniture import Furniture
from riskbot.text.furniture import find as find_furniture
from riskbot.text.sentences import sentences

_NAME = r"(?:[A-Z][\w&.'’-]*|of|in|the|for|and|de|du)"
# The speaker: a capitalised phrase (or "the company" …) right before the verb, with room for an adverb or a title.
_SPEAKER = re.compile(
    r"(?P<name>(?:[Tt]he\s+)?(?:company|firm|group|ministry|embassy|government|"
    r"(?:Chinese|Russian|U\.S\.|American|British|Iranian|Taiwanese|Japanese|German|French|Dutch|Indian)\s+[a-z]+(?:\s+in\s+[A-Z]\w+)?|"
    rf"[A-Z][\w&.'’-]*(?:\s+{_NAME}){{0,5}}?(?:\s+[A-Z][\w&.'’-]*)?))"
    r"(?:\s*\([^)]{1,20}\))?(?:,[^,]{1,60},)?"
    r"(?:\s+(?:has|have|had|is|was|were|isn't|also|quickly|strongly|vehemently|forcefully|firmly|repeatedly|flatly|"
    r"categorically|swiftly|immediately|again|on\s+\w+day|did|could|in\s+a\s+statement|itself|too|for\s+its\s+part)){0,4}\s*$"
)
_PATTERNS: tuple[tuple[Standing, re.Pattern[str]], ...] = (
    (
        Standing.RETRACTED,
        re.compile(
            r"\b(?:retract(?:s|ed|ion)|withdr(?:ew|awn)\s+(?:the|its)\s+(?:report|story|article)|issued\s+a\s+correction)\b",
            re.IGNORECASE,
        ),
    ),
    (
        Standing.UNVERIFIED,
        re.compile(
            r"\b(?:(?:could|can|did|has|have|was|were)\s*(?:not|n['’]t|\s+unable\s+to)|couldn['’]t|unable\s+to|cannot|not|no\s+means\s+to|without)\s+"
            r"(?:\w+\s+){0,3}?(?:independently\s+)?(?:verif(?:y|ied|ying)|confirm(?:ed|ing)?|corroborat\w+|authenticat\w+|substantiat\w+)\b|"
            r"\b(?:did\s+not|didn['’]t|have\s+not|has\s+not)\s+(?:immediately\s+|yet\s+)?(?:respond|repl(?:y|ied)|comment|responded)\b|"
            r"\bdeclined\s+to\s+comment\b|\bnot\s+independently\s+verified\b|\bunverified\b|\b(?:went|go)\s+unanswered\b|"
            r"\bno\s+independent\s+confirmation\b",
            re.IGNORECASE,
        ),
    ),
    (
        Standing.DENIED,
        re.compile(
            r"\b(?:den(?:y|ies|ied|ying)|reject(?:s|ed|ing)?|refut(?:e|es|ed|ing)|dismiss(?:es|ed|ing)?|"
            r"(?:call(?:s|ed|ing)?|said|says|spoke|brand(?:s|ed|ing)?|label(?:s|ed|ing)?|describ(?:e|es|ed|ing))\b[^.]{0,80}?"
            r"(?:false|nonsense|baseless|groundless|untrue|fabricat\w+|distort\w+|smear|slander|malicious|unfounded|without\s+basis)|"
            r"(?:completely|entirely|totally|utterly)\s+(?:false|untrue|baseless)|pushed\s+back|accus(?:ed|ing)\s+\S+\s+\S+\s+of\s+distorting)\b",
            re.IGNORECASE,
        ),
    ),
    (
        Standing.OFFICIAL,
        re.compile(
            r"\b(?:(?i:(?:was|were|been|being)\s+(?:added|placed|put)\s+(?:to|on)\s+(?:\S+\s+){0,5}?(?:black)?list\b|"
            r"(?:added|adds|placed|places|put|puts)\s+(?:\S+\s+){1,8}?(?:to|on)\s+(?:\S+\s+){0,5}?(?:entity\s+list|blacklist|sanctions\s+list)\b|"
            r"(?:imposed|imposes|announced|announces|slapped|levied)\s+(?:\S+\s+){0,4}?(?:sanctions|fines?|bans?|penalt\w+|export\s+controls|embargo)\b|"
            r"(?:was|were)\s+(?:fined|sanctioned|charged|indicted|banned|blacklisted|designated)\b|pleaded\s+guilty|agreed\s+to\s+pay)|"
            r"(?:sanctioned|indicted|fined|blacklisted|designated)\s+[A-Z])",
        ),
    ),
    (
        Standing.CONFIRMED,
        re.compile(
            r"\b(?:confirm(?:s|ed)|acknowledg(?:e|es|ed)|admit(?:s|ted)|verified)\b(?!\s+(?:by\s+no|if|whether))",
            re.IGNORECASE,
        ),
    ),
    (
        Standing.ALLEGED,
        re.compile(
            r"\b(?:claim(?:s|ed|ing)?\s+(?:(?:that|the|it)\b|[A-Z])|(?i:alleg(?:es|ed|edly|ing)|accus(?:es|ed|ing)|"
            r"(?:memo|document|report|letter|assessment)\s+(?:\w+\s+){0,2}?(?:says|said|claims|claimed|claiming|alleges|alleged|"
            r"suggests|asserts|accuses)|purported(?:ly)?|said\s+to\s+have|suspected\s+of|(?:facing|faces|faced)\s+(?:\w+\s+)?"
            r"(?:allegations|accusations))\b)",
        ),
    ),
)
# Said *of* the one before the verb, not by them: "is alleged to", "stands accused", "allegedly", "alleged ties".
_OF_THE_SUBJECT = re.compile(r"\b(?:is|are|was|were|been|being|stands?|stood|faces?|facing)(?:\s+\w+ly)?\s*$")
_SAID_OF = ("allegedly", "purported", "said to", "suspected", "fac")
_NOT_A_SPEAKER = frozenset(
    "a an the these those such this that by should if when while what which who it they he she we i and but for in on "
    "of one some many most no not there here its their his her our despite meanwhile however".split()
)
_NEGATED = re.compile(
    r"\b(?:not|never|n['’]t|neither|nor|without|no\s+one|nobody|no|refus(?:e|es|ed|ing)\s+to|declin(?:e|es|ed|ing)\s+to|"
    r"stopped\s+short\s+of|neither\s+confirm\w*\s+nor)\s+(?:\w+\s+){0,2}$",
    re.IGNORECASE,
)
# "denied reports that it would confirm": what is governed by a denial confirms nothing.
_DENIED_BEFORE = re.compile(r"\b(?:den(?:y|ies|ied|ying)|reject(?:s|ed))\b", re.IGNORECASE)
_MAY_BE_NEGATED = frozenset({Standing.DENIED, Standing.CONFIRMED, Standing.OFFICIAL, Standing.ALLEGED})


def claims(article: Article, companies: Sequence[str] = ()) -> tuple[Claim, ...]:
    """The claims an article makes, in order of place; `companies` are the names of those it is about."""
    furniture = find_furniture(article.text)
    found: list[Claim] = []
    for sentence in (article.title, *_body(article.text, furniture)):
        for status, speaker in _in(sentence):
            found.append(Claim(status, _resolve(speaker, companies), sentence, article.id, article.at))
    return tuple(found)


def _body(text: str, furniture: Sequence[Furniture]) -> Iterator[str]:
    taken = [(piece.start, piece.end) for piece in furniture]
    index = 0
    for start, end in sentences(text):
        while index < len(taken) and taken[index][1] <= start:
            index += 1
        if index == len(taken) or taken[index][0] >= end or taken[index][1] - taken[index][0] < 12:
            yield text[start:end]


def _in(sentence: str) -> Iterator[tuple[Standing, str | None]]:
    seen: set[Standing] = set()
    for status, pattern in _PATTERNS:
        for match in pattern.finditer(sentence):
            before = sentence[: match.start()]
            if status in _MAY_BE_NEGATED and _NEGATED.search(before):
                continue
            if status in (Standing.CONFIRMED, Standing.OFFICIAL) and _DENIED_BEFORE.search(before):
                continue
            if status is Standing.CONFIRMED and Standing.UNVERIFIED in seen:
                continue
            if status is Standing.ALLEGED and seen & {Standing.DENIED, Standing.UNVERIFIED, Standing.OFFICIAL}:
                continue  # "denied the allegations" alleges nothing
            seen.add(status)
            yield status, _speaker(before, match[0].lower())
            break


def _speaker(before: str, verb: str) -> str | None:
    if verb.startswith(_SAID_OF) or (verb in ("alleged", "accused") and _OF_THE_SUBJECT.search(before)):
        return None
    match = _SPEAKER.search(before[-160:])
    if not match:
        return None
    words = match["name"].strip(" ,“\"'’").split()
    if words and words[-1].endswith(("'s", "’s", "s'", "s’")):
        return None  # "Alibaba's alleged ties": whose, not who
    while words and words[0].lower() in _NOT_A_SPEAKER:
        words = words[1:]
    return " ".join(words) or None


def _resolve(speaker: str | None, companies: Sequence[str]) -> str | None:
    """The company meant by "the company", where only one can be; else the speaker as named."""
    if speaker is None:
        return None
    if speaker.lower() in ("company", "firm", "group"):
        return companies[0] if len(companies) == 1 else None
    for company in companies:
        if company.casefold() in speaker.casefold():
            return company
    return speaker
