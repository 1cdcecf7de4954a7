"""What a rule asks of the companies and topics found in an article.

What always holds: nearness is asked between the company and each required topic separately, never between topics;
of several places that meet a rule the best one is its evidence: a fact before a possibility, title before lead
before body, near before far. An unmet rule says what it missed.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from riskbot.matching.layout import TITLE, Layout
from riskbot.matching.modality import modality
from riskbot.matching.occurrences import Found, Occurrence
from riskbot.matching.rules import Rule
from riskbot.model import Modality

MOST_PAIRS = 8  # kept as evidence for one topic: enough to show, however long the article


@dataclass(frozen=True, slots=True)
class Pair:
    """A company's name and a topic's term that stand near enough."""

    topic: str
    company: Occurrence
    term: Occurrence
    modality: Modality
    prominent: bool  # both in title or lead
    distance: int  # characters between them

    @property
    def order(self) -> tuple[bool, bool, bool, int, Occurrence]:
        """The best evidence first."""
        return (
            self.modality is Modality.POSSIBLE,
            self.company.in_text or self.term.in_text,
            not self.prominent,
            self.distance,
            self.term,
        )


@dataclass(frozen=True, slots=True)
class Miss:
    """Why a rule is not met, in words; the higher `step`, the nearer it came."""

    step: int
    why: str


def pairs_for(rule: Rule, company: str, found: Found, layout: Layout) -> dict[str, list[Pair]] | Miss:
    """For each topic met, its evidence (best first); or what is missing."""
    for topic in rule.not_topics:
        if found.topics.get(topic):
            return Miss(
                3, f"`{found.topics[topic][0].term}` of {topic} stands in the article, which not_topics excludes"
            )
    met: dict[str, list[Pair]] = {}
    far: list[str] = []
    for topic in (*rule.topics, *rule.and_topics):
        terms = found.topics.get(topic, ())
        pairs = _near(rule, topic, found.companies[company], terms, layout)
        if pairs:
            met[topic] = pairs
        elif terms:
            far.append(topic)
    missing = [topic for topic in rule.and_topics if topic not in met]
    if missing or (rule.topics and not any(topic in met for topic in rule.topics)):
        wanted = missing or list(rule.topics)
        apart = [topic for topic in wanted if topic in far]
        if apart:
            return Miss(2, f"terms of {', '.join(apart)} stand in the article, but not near: {_scope_words(rule)}")
        return Miss(1, f"no term of {' or '.join(wanted)} stands in the article")
    return met


def _scope_words(rule: Rule) -> str:
    if isinstance(rule.near, int):
        return f"within {rule.near} words of the company"
    words = {"title": "both in the title", "article": "in the article", "lead": "in title and lead, or in one sentence"}
    return words.get(rule.near, f"in one {rule.near}")


def _near(
    rule: Rule, topic: str, companies: Sequence[Occurrence], terms: Sequence[Occurrence], layout: Layout
) -> list[Pair]:
    if not terms:
        return []
    near = rule.near
    if near == "title":
        companies = [c for c in companies if not c.in_text]
        terms = [t for t in terms if not t.in_text]
    by_unit: dict[object, list[Occurrence]] = defaultdict(list)
    for company in companies:
        for unit in _units(near, company, layout):
            by_unit[unit].append(company)
    pairs = []
    for term in terms:
        candidates = next((by_unit[unit] for unit in _units(near, term, layout) if unit in by_unit), None)
        if not candidates:
            continue
        company = _nearest(candidates, term, near, layout)
        if company.inside(term) or term.inside(company):  # "Chinese military" within a company's own name says nothing
            continue
        if near != "article" and _parted(layout, company, term):
            continue
        if isinstance(near, int) and _words_between(layout, company, term) > near:
            continue
        pairs.append(_pair(topic, company, term, layout))
    return sorted(pairs, key=lambda pair: pair.order)[:MOST_PAIRS]


def _parted(layout: Layout, a: Occurrence, b: Occurrence) -> bool:
    """Whether a headline that lists several pieces of news has them in different ones."""
    first, second = sorted((a, b))
    return not second.in_text and any(mark in layout.title[first.end : second.start] for mark in (";", " | ", " • "))


def _units(near: object, occurrence: Occurrence, layout: Layout) -> tuple[object, ...]:
    """What two occurrences must have one of in common to be near, the narrower first."""
    if near == "sentence":
        return (layout.sentence(occurrence.field, occurrence.start),)
    if near == "paragraph":
        return (layout.paragraph(occurrence.field, occurrence.start),)
    if near == "lead":
        sentence = layout.sentence(occurrence.field, occurrence.start)
        return (sentence, "lead") if layout.is_prominent(occurrence.field, occurrence.start) else (sentence,)
    return ("article",)


def _nearest(candidates: Sequence[Occurrence], term: Occurrence, near: object, layout: Layout) -> Occurrence:
    """The candidate nearest to the term; candidates are in order of place."""
    at = bisect_left(candidates, term)
    beside = candidates[max(at - 1, 0) : at + 1]
    if isinstance(near, int):  # fewer letters may be more words
        return min(beside, key=lambda candidate: _words_between(layout, candidate, term))
    return min(beside, key=lambda candidate: _distance(candidate, term))


def _distance(a: Occurrence, b: Occurrence) -> int:
    if a.in_text != b.in_text:
        return max(a.start, b.start) + 10_000  # never as near as anything in one field
    return max(b.start - a.end, a.start - b.end, 0)


def _words_between(layout: Layout, a: Occurrence, b: Occurrence) -> int:
    first, second = sorted((a, b))
    if a.in_text != b.in_text:
        return layout.words_between("title", first.end, len(layout.title)) + layout.words_between(
            "text", 0, second.start
        )
    return layout.words_between(a.field, first.end, second.start)


def _pair(topic: str, company: Occurrence, term: Occurrence, layout: Layout) -> Pair:
    number = layout.sentence(term.field, term.start)
    offset = 0 if number == TITLE else layout.sentences[number][0]
    return Pair(
        topic,
        company,
        term,
        modality(layout.text if term.in_text else layout.title, offset, term.start),
        layout.is_prominent(company.field, company.start) and layout.is_prominent(term.field, term.start),
        _distance(company, term),
    )
