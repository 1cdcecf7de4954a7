"""From an article to its claims.

What always holds: one claim for each sentence, standing and speaker, in order of place; furniture makes no claims; a
sentence is quoted as it stands; an article of any length costs time linear in it and brings at most `MOST` claims.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from riskbot.model import Article, Claim, Standing
from riskbot.model.articles import Bearing
from riskbot.stories.claims.about import bearing
from riskbot.stories.claims.acting import official
from riskbot.stories.claims.alleging import alleged
from riskbot.stories.claims.checking import unverified
from riskbot.stories.claims.confirming import confirmed
from riskbot.stories.claims.correcting import retracted
from riskbot.stories.claims.denying import denied
from riskbot.stories.claims.findings import Finding
from riskbot.stories.claims.grammar import Sentence
from riskbot.stories.claims.lexicon import Lexicon, can_tell
from riskbot.stories.claims.references import References
from riskbot.stories.claims.terms import ClaimTerms, Group
from riskbot.text.furniture import find as find_furniture
from riskbot.text.sentences import sentences

CHARACTERS = 200_000  # of a text that are read: no news is longer
MOST = 100  # claims of one article: more say nothing new
_FURNISHED = 12  # characters of furniture that make a sentence part of the page
LONGEST = 1200  # characters of a sentence; what never ends is cut
_ORDER = (retracted, unverified, denied, official, confirmed, alleged)


class ClaimReader:
    """Compiled claim terms. Build once, use for every article."""

    def __init__(self, terms: ClaimTerms | None = None) -> None:
        self.terms = terms or ClaimTerms()
        self._lexicon = Lexicon(self.terms)

    def read(
        self, article: Article, companies: Mapping[str, Sequence[str]] | Sequence[str] = (), origin: str | None = None
    ) -> tuple[Claim, ...]:
        """The claims an article makes, in order of place.

        `companies`: the names of those it is about, each with its further names where there are any; `origin`: the
        outlet whose reporting it retells, which "the newspaper" then stands for.
        """
        if len(article.text) > CHARACTERS:
            article = replace(article, text=article.text[:CHARACTERS])
        in_title, in_text = self._lexicon.search(article.title[:LONGEST], article.text)
        if not in_title and not in_text:
            return ()
        known = companies if isinstance(companies, Mapping) else dict.fromkeys(companies, ())
        references = References(self._lexicon, list(known), origin)
        found: dict[tuple[str, Standing, str | None], Claim] = {}
        for text, before in _pieces(article, in_title, in_text):
            for status, speaker, bears in self._read(text, before, references, known):
                key = (text, status, speaker)
                if key not in found:
                    found[key] = Claim(status, speaker, text, article.id, article.at, bears)
                if len(found) == MOST:
                    return tuple(found.values())
        return tuple(found.values())

    def _read(
        self, text: str, before: str | None, references: References, companies: Mapping[str, Sequence[str]]
    ) -> Iterator[tuple[Standing, str | None, Bearing]]:
        sentence = Sentence(text, self._lexicon)
        findings = read_sentence(sentence)
        references.observe(sentence)
        told: dict[Standing, dict[str | None, Bearing]] = {}
        for finding in findings:
            name = references.name(finding.speaker, sentence, before)
            bears = bearing(finding, name, sentence, companies)
            named = told.setdefault(finding.status, {})
            if name not in named or named[name] == "aside":
                named[name] = bears
        for status, named in told.items():
            for name, bears in named.items():
                if name is not None or len(named) == 1:
                    yield status, name, bears


def _pieces(
    article: Article, in_title: Sequence[tuple[int, Group]], in_text: Sequence[tuple[int, Group]]
) -> Iterator[tuple[str, str | None]]:
    """The sentences that can hold a claim, each with the one before."""
    title, text = article.title[:LONGEST], article.text
    if can_tell({group for _, group in in_title}, title):
        yield title, None
    if not in_text:
        return
    taken: list[tuple[int, int]] | None = None  # furniture, looked for when a sentence may tell something
    ranges = [piece for each in sentences(text) for piece in _cut(text, *each)]
    starts = [start for start, _ in ranges]
    held: dict[int, set[Group]] = {}  # sentence → the groups of the terms in it
    for place, group in in_text:
        held.setdefault(bisect_right(starts, place) - 1, set()).add(group)
    read: set[str] = set()
    for number, groups in held.items():
        start, end = ranges[number]
        piece = text[start:end]
        if piece in read or not can_tell(groups, piece):
            continue
        if taken is None:
            taken = [(each.start, each.end) for each in find_furniture(text)]
        if not _hidden(taken, start, end):
            read.add(piece)
            first, last = ranges[number - 1] if number else (0, 0)
            yield piece, (text[first:last] if number else title) or None


def _hidden(taken: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    """Whether a sentence holds furniture; a ticker within it is no reason to pass it over."""
    first = bisect_right(taken, start, key=lambda piece: piece[1])
    for place in range(first, len(taken)):
        if taken[place][0] >= end:
            return False
        if taken[place][1] - taken[place][0] >= _FURNISHED:
            return True
    return False


def read_sentence(sentence: Sentence) -> list[Finding]:
    """What a sentence says, one finding for each word that tells it; what contradicts a surer one is left out."""
    found: list[Finding] = []
    for rule in _ORDER:
        for finding in rule(sentence):
            if not any(_outweighs(other, finding) for other in found):
                found.append(finding)
    return found


def _outweighs(other: Finding, finding: Finding) -> bool:
    """Whether what was found before leaves no room: the same words deny, or leave open, what they seem to say."""
    if other.status is Standing.RETRACTED:
        return finding.status is not Standing.RETRACTED  # what is taken back is only told to be wrong
    if finding.status is Standing.ALLEGED and other.status is Standing.DENIED:
        return finding.speaker.name is not None and finding.speaker.name == other.speaker.name
    if finding.status is Standing.CONFIRMED and other.status is Standing.UNVERIFIED:
        return abs(other.place - finding.place) < 6
    return (
        finding.status is Standing.DENIED
        and other.status is Standing.UNVERIFIED
        and abs(other.place - finding.place) < 4
    )


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A sentence; in pieces where it does not end."""
    while end - start > LONGEST:
        stop = text.rfind(" ", start + LONGEST // 2, start + LONGEST)
        stop = stop if stop > start else start + LONGEST
        yield start, stop
        start = stop
    yield start, end
