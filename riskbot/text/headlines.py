"""What a text that comes without a title is called, and when it says it was published.

What always holds: a title is the text's own words, from outside its furniture; a date is the article's own, never one
of the stories listed around it. Deliberately absent: writing a title, guessing a date.

Method: without a headline the most central sentence, after Luhn 1958 ("The automatic creation of literature
abstracts"): sentences that hold the words and names that recur, the earlier the better.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from riskbot.text.dates import in_path, on_page
from riskbot.text.furniture import Furniture, find, mask
from riskbot.text.normalise import cut
from riskbot.text.pagelines import Line, is_headline, is_prose, is_stamp, lines
from riskbot.text.sentences import sentences

LONGEST = 200  # characters of a title

_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_COMMON = frozenset(
    """about above after again against also although among another around because been before being between both could
    does doing down during each even every first following from further have having here however into itself just
    last later like made make many might more most much must near need only other others over said same says should
    since some still such than that their them then there these they this those though through under until upon very
    were what when where whether which while whose will with within without would your""".split()
)
# A sentence that begins so leans on the one before it.
_LEANS = re.compile(
    r"^(?:it|its|he|she|they|their|this|that|these|those|such|but|and|however|meanwhile|also|still|yet|then|there)\b"
    r"|^(?:the|despite) \w+ also\b|^despite th",
    re.IGNORECASE,
)
_AUTHORED = re.compile(r"^(?:by|von|por|par|di|door)\s", re.IGNORECASE)
_PUBLISHED = re.compile(
    r"(?:published|posted|first published|date|veröffentlicht|publié|publicado|pubblicato|опубликовано|发布时间)"
    r"\s?(?:on|at|am|le|el|il)?\s?[:：]?\s",
    re.IGNORECASE,
)
# "NEW YORK, Nov. 17, 2025 (AP) — ": place and date before the first sentence.
_DATELINE = re.compile(
    r"^[^\W\d_a-z][^\W\d_a-z .,'’-]{1,40}[^\n—–]{0,40}?(?:\b(?:19|20)\d\d)[^\n—–]{0,25}?(?:--|—|–|/ ?-|- )"
)


def headline(text: str) -> tuple[int, int] | None:
    """The range of the first line that reads as a headline, looked for until prose begins; None where there is none."""
    rows = lines(text)
    visible = mask(text, "\0")
    for i, line in enumerate(rows):
        seen = visible[line.start : line.end]
        if seen.count("\0") * 5 >= len(seen) * 4:
            continue  # furniture, and a heap of the text that stands again below is furniture too
        if is_prose(line) or _goes_on(line, rows[i + 1] if i + 1 < len(rows) else None):
            return None
        if is_headline(line) and line.words >= 3 and not _AUTHORED.match(line.text):
            return line.start, line.end
    return None


def _goes_on(line: Line, following: Line | None) -> bool:
    """Whether the line is the beginning of a sentence that the next line goes on with."""
    return bool(following and not following.apart and following.text[0].islower() and line.words > 6)


def best_sentence(text: str) -> str:
    """The sentence that says best what the text is about, cut to `LONGEST`; empty only for an empty text."""
    visible = mask(text)
    if not any(c.isalnum() for c in visible):
        visible = text  # nothing but furniture: better its words than none
    found = [" ".join(visible[start:end].split()) for start, end in sentences(visible)]
    weights = _weights(found)
    best, highest = "", 0.0
    for i, sentence in enumerate(found):
        for candidate in _candidates(sentence):
            words = set(_bare(candidate))
            score = (1 + sum(weights.get(word, 0.0) for word in words)) / (8 + len(candidate.split())) ** 0.5
            score *= (0.6 if _LEANS.match(candidate) else 1.0) / (1 + 0.3 * i)
            if score > highest:
                best, highest = candidate, score
    if not best:
        best = next((sentence for sentence in found if any(c.isalnum() for c in sentence)), " ".join(visible.split()))
    best = cut(best, LONGEST)
    return best[:1].upper() + best[1:].rstrip().removesuffix(".") if not _dotted(best) else best


def _dotted(sentence: str) -> bool:
    """Whether the last dot belongs to an abbreviation ("the U.S.")."""
    return bool(re.search(r"\b[A-Za-z]\.[A-Za-z]\.$", sentence[-12:]))


def _candidates(sentence: str) -> Iterator[str]:
    """The sentence where it is short enough, else what follows its colon."""
    if len(sentence) <= LONGEST:
        if len(sentence.split()) >= 4 or len(sentence) > 30:
            yield sentence
        return
    after = sentence.partition(": ")[2]
    if len(after) <= LONGEST and len(after.split()) >= 6:
        yield after


def _weights(found: list[str]) -> dict[str, float]:
    """How much each name, and each word that recurs, counts; names twice."""
    counts: Counter[str] = Counter()
    names: set[str] = set()
    for sentence in found:
        counts.update(_bare(sentence))
        names.update(_bare(" ".join(word for word in _WORD.findall(sentence)[1:] if word[0].isupper())))
    return {
        word: min(count, 12) ** 0.5 * (2 if word in names else 1)
        for word, count in counts.items()
        if word in names or (count > 1 and len(word) > 3 and word not in _COMMON)
    }


def _bare(sentence: str) -> list[str]:
    """The words without case and possessive ending."""
    return [re.sub(r"['’]s?$", "", word).lower() for word in _WORD.findall(sentence)]


def published(text: str, url: str | None = None) -> datetime | None:
    """When the article says it was published: its own line for it, else the date in its own or its source's address."""
    furniture = find(text)
    stated = _stated(text, furniture)
    if stated:
        return stated
    credited = (in_path(item.url) for item in furniture if item.kind == "credit" and item.url)
    return in_path(url) or next((moment for moment in credited if moment), None)


def _stated(text: str, furniture: tuple[Furniture, ...]) -> datetime | None:
    """The date of a "Published:" line anywhere, else of a date line, byline or dateline before the prose goes on."""
    elsewhere = [item for item in furniture if item.kind in ("teasers", "comments", "disclaimer", "repeat", "footer")]
    k, prose = 0, False
    first: datetime | None = None
    for line in lines(text):
        while k < len(elsewhere) and elsewhere[k].end <= line.start:
            k += 1
        if k < len(elsewhere) and elsewhere[k].start <= line.start:
            continue
        label = _PUBLISHED.search(line.text[:120]) if len(line.text) <= 200 and not is_prose(line) else None
        if label and (moment := on_page(line.text[label.start() :])):
            return moment
        if not prose and first is None:
            dated = is_stamp(line) or (len(line.text) <= 160 and _AUTHORED.match(line.text))
            opening = _DATELINE.match(line.text[:140])
            first = on_page(line.text) if dated else on_page(opening[0]) if opening else None
        prose = prose or is_prose(line)
    return first
