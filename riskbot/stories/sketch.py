"""A sketch: what stories need to know of an article, and nothing more.

What always holds: whatever two articles are compared by stands in their sketches; a sketch depends on the article and
its hits alone, not on how common its words are, so that a new snapshot weighs old sketches anew; its size is bounded,
however long the article. An article without a title is headed by its first sentence. Furniture is no part of it: two
reports do not become alike by sharing a page's teasers.

Deliberately absent: the text itself.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from heapq import nsmallest

from riskbot.model import Hit, Reading
from riskbot.stories.deeds import NO_DEEDS, Deeds, deeds
from riskbot.stories.words import stem, words
from riskbot.text.furniture import mask
from riskbot.text.normalise import fold
from riskbot.text.sentences import sentences

FORM = 1  # of the packed sketch; another number is not read
TITLE_WORDS = 30  # different ones, from the beginning
TEXT_WORDS = 80
QUOTATIONS = 6
PRINTS = 8  # the smallest hashes of runs of words: enough to know the same text again
UNPACKED = 2000  # sketches that are remembered as they were unpacked: what is in the news is met again and again
_CHARACTERS = 4000  # what an article tells stands at its beginning
_MASKED = 20_000  # characters of a long text in which furniture is looked for
_HEADLINE = 200  # characters
_LEAD = 300
_LONGEST_WORD = 40
_RUN = 4  # words that stand together, for the prints
_QUOTED = re.compile('[“"«„]([^“”"«»„\n]{12,160})[”"»“]')
_FEWEST_QUOTED = 3  # words of a quotation: fewer are irony or a title
_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
    "tenth": 10, "eleventh": 11, "twelfth": 12,
}  # fmt: skip
_SERIES = re.compile(
    r"\b(?:(?P<n>\d{1,2})(?:st|nd|rd|th)|(?P<word>" + "|".join(_ORDINALS) + r"))[\s-]+(?:\w+[\s-]+)?"
    r"(?P<of>quarter|half|round|wave|package|tranche|phase)\b|\b(?:Q(?P<q>[1-4])|(?P<h>[12])H|H(?P<h2>[12]))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Sketch:
    """One article, as stories see it."""

    article: str  # its id
    at: datetime | None = None  # its own time; None: not known
    companies: tuple[str, ...] = ()  # those it is about, by its hits
    topics: tuple[str, ...] = ()  # of its hits
    title: tuple[str, ...] = ()  # its words, each in its first form only, in order
    text: tuple[str, ...] = ()  # those of its beginning that the title has not, in any form
    deeds: Deeds = NO_DEEDS  # of its title
    series: tuple[str, ...] = ()  # which of a series it is about: `3 quarter`, `14 package`
    quotations: tuple[str, ...] = ()  # folded
    prints: tuple[int, ...] = ()  # the smallest hashes of its runs of words, in order

    @property
    def hit(self) -> bool:
        """Whether a rule was met."""
        return bool(self.companies)


def sketch(reading: Reading) -> Sketch:
    """The sketch of an article with its hits."""
    article = reading.article
    body = mask(article.text[:_MASKED])[:_CHARACTERS] if article.text else ""
    title = article.title.strip() or _first_sentence(body)
    title = title[: 3 * _HEADLINE]
    known: set[str] = set()
    title_words = _distinct(words(title), known, TITLE_WORDS)
    told = f"{title}\n{body}"
    return Sketch(
        article=article.id,
        at=article.at,
        companies=companies(reading.hits),
        topics=tuple(sorted({topic for hit in reading.hits for topic in hit.topics})),
        title=title_words,
        text=_distinct(words(body), known, TEXT_WORDS),
        deeds=deeds(title),
        series=_series(told[: len(title) + _LEAD]),
        quotations=_quotations(told),
        prints=_prints(title, body),
    )


def companies(hits: Iterable[Hit]) -> tuple[str, ...]:
    """What an article is about; where a rule asked for mere mentions and there is nothing else, those."""
    hits = tuple(hits)
    about = {hit.company for hit in hits if hit.salient} or {hit.company for hit in hits}
    return tuple(sorted(about))


def _first_sentence(text: str) -> str:
    start, end = next(iter(sentences(text[: 3 * _HEADLINE])), (0, 0))
    return text[start:end][:_HEADLINE]


def _distinct(found: Iterable[str], known: set[str], most: int) -> tuple[str, ...]:
    """The first words that are not known in any form; they are known from now on."""
    kept: list[str] = []
    for word in found:
        form = stem(word)
        if form not in known:
            known.add(form)
            kept.append(word[:_LONGEST_WORD])
            if len(kept) == most:
                break
    return tuple(kept)


def _series(text: str) -> tuple[str, ...]:
    found: set[str] = set()
    for match in _SERIES.finditer(text):
        if match["of"]:
            number = int(match["n"]) if match["n"] else _ORDINALS[match["word"].lower()]
            found.add(f"{number} {match['of'].lower()}")
        else:
            found.add(f"{match['q']} quarter" if match["q"] else f"{match['h'] or match['h2']} half")
    return tuple(sorted(found))


def _quotations(text: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for match in _QUOTED.finditer(text):
        folded = fold(match[1]).text.split()
        if len(folded) >= _FEWEST_QUOTED:
            found[" ".join(folded)] = None
        if len(found) == QUOTATIONS:
            break
    return tuple(found)


def _prints(title: str, body: str) -> tuple[int, ...]:
    """The smallest hashes of all runs of words: A. Broder, "On the resemblance and containment of documents", 1997."""
    tokens = fold(f"{title}\n{body}").text.split()
    if not tokens:
        return ()
    runs = {" ".join(tokens[place : place + _RUN]) for place in range(max(1, len(tokens) - _RUN + 1))}
    return tuple(nsmallest(PRINTS, {zlib.crc32(run.encode("utf-8", "surrogatepass")) for run in runs}))


# ── kept in a database ───────────────────────────────────────────────────────────────────────────────────────────


def pack(of: Sketch) -> str:
    """The sketch as a line of JSON."""
    form = [
        FORM,
        of.article,
        of.at.isoformat() if of.at else None,
        *(list(part) for part in (of.companies, of.topics, of.title, of.text)),
        [sorted(of.deeds.main), sorted(of.deeds.beside), of.deeds.actor],
        *(list(part) for part in (of.series, of.quotations, of.prints)),
    ]
    return json.dumps(form, separators=(",", ":"))


@lru_cache(maxsize=UNPACKED)
def unpack(line: str) -> Sketch:
    """Read what `pack` wrote. Raises ValueError when it is of another form: the article is to be sketched anew."""
    try:
        form, article, at, firms, topics, title, text, (main, beside, actor), series, quoted, prints = json.loads(line)
    except (TypeError, ValueError) as error:
        raise ValueError(f"no packed sketch: {error}") from error
    if form != FORM:
        raise ValueError(f"a packed sketch of form {form!r}, not {FORM}")
    return Sketch(
        article=article,
        at=None if at is None else datetime.fromisoformat(at),
        companies=tuple(firms),
        topics=tuple(topics),
        title=tuple(title),
        text=tuple(text),
        deeds=Deeds(frozenset(main), frozenset(beside), actor),
        series=tuple(series),
        quotations=tuple(quoted),
        prints=tuple(prints),
    )
