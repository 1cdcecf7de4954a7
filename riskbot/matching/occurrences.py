"""Where the terms of a rule set stand in one article, once everything that does not count is taken out.

What always holds: an occurrence's range equals the original text it was found in; it touches no furniture and no
phrase that excludes it; a company name inside a longer one does not count ("Bank of China" is not "China").
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import accumulate

from riskbot.matching.layout import Layout
from riskbot.matching.rules import RuleSet, Term
from riskbot.matching.terms import TermSet
from riskbot.model import Field, Span


class Role(IntEnum):
    """What a term is for."""

    COMPANY = 0  # names the company
    COMPANY_MASK = 1  # a phrase in which the name is not the company
    COMPANY_WITH = 2  # must stand in the article too, for an ambiguous name
    TOPIC = 3
    TOPIC_MASK = 4


Key = tuple[Role, str]  # what for, and the id of the company or topic


@dataclass(frozen=True, slots=True, order=True)
class Occurrence:
    """A term at its place; ordered by place, the title first."""

    in_text: bool  # False: in the title
    start: int
    end: int
    term: str
    owner: str  # id of the company or topic

    @property
    def field(self) -> Field:
        return "text" if self.in_text else "title"

    def inside(self, other: Occurrence) -> bool:
        """Whether this range lies within the other's."""
        return self.in_text == other.in_text and other.start <= self.start and self.end <= other.end

    def span(self, layout: Layout, topic: str | None = None) -> Span:
        """As evidence that can be shown."""
        source = layout.text if self.in_text else layout.title
        return Span(self.field, self.start, self.end, source[self.start : self.end], self.term, topic)


@dataclass(frozen=True, slots=True)
class Found:
    """What counts in one article: occurrences in order of place, by company and by topic."""

    companies: Mapping[str, Sequence[Occurrence]]
    topics: Mapping[str, Sequence[Occurrence]]


class Vocabulary:
    """Everything a rule set can look for, compiled."""

    __slots__ = ("_accompanied", "_terms")

    def __init__(self, rules: RuleSet) -> None:
        self._terms = TermSet(_terms(rules))
        self._accompanied = frozenset(company.id for company in rules.companies if company.only_with)

    def find(self, layout: Layout) -> Found:
        """Everything that counts in the article; nothing at all where no company is named."""
        scan = self._terms.scan(layout.title, layout.text)
        if not any(role is Role.COMPANY for role, _ in scan.present):
            return Found({}, {})
        by_role: dict[Role, list[Occurrence]] = defaultdict(list)
        for match in scan.matches():
            role, owner = match.key
            occurrence = Occurrence(match.field == 1, match.start, match.end, match.term, owner)
            if not layout.is_furniture(occurrence.field, occurrence.start, occurrence.end):
                by_role[role].append(occurrence)
        present = {occurrence.owner for occurrence in by_role[Role.COMPANY_WITH]}
        companies = [
            occurrence
            for occurrence in _unmasked(by_role[Role.COMPANY], by_role[Role.COMPANY_MASK])
            if occurrence.owner not in self._accompanied or occurrence.owner in present
        ]
        topics = _unmasked(by_role[Role.TOPIC], by_role[Role.TOPIC_MASK])
        return Found(_by_owner(_longest(companies)), _by_owner(topics))


def _terms(rules: RuleSet) -> Iterator[tuple[Key, Term]]:
    for company in rules.companies:
        for term in company.aliases:
            yield (Role.COMPANY, company.id), term
        for ticker in company.tickers:
            yield (Role.COMPANY, company.id), Term(written=ticker, kind="exact", text=ticker)
        for term in company.not_in:
            yield (Role.COMPANY_MASK, company.id), term
        for term in company.only_with:
            yield (Role.COMPANY_WITH, company.id), term
    for topic in rules.topics:
        for term in topic.terms:
            yield (Role.TOPIC, topic.id), term
        for term in topic.not_in:
            yield (Role.TOPIC_MASK, topic.id), term


def _unmasked(found: Iterable[Occurrence], masks: Iterable[Occurrence]) -> list[Occurrence]:
    """Without what stands inside a mask of its own company or topic."""
    reach = {owner: _Reach(of_owner) for owner, of_owner in _by_owner(masks).items()}
    return [o for o in found if o.owner not in reach or not reach[o.owner].covers(o)]


class _Reach:
    """For masks in order of place, how far they reach: whether one covers a range takes a bisection, however many."""

    def __init__(self, masks: Sequence[Occurrence]) -> None:
        self._begins = [(mask.in_text, mask.start) for mask in masks]
        self._ends = list(accumulate(((mask.in_text, mask.end) for mask in masks), max))

    def covers(self, occurrence: Occurrence) -> bool:
        last = bisect_right(self._begins, (occurrence.in_text, occurrence.start)) - 1
        return last >= 0 and self._ends[last] >= (occurrence.in_text, occurrence.end)


def _longest(found: Iterable[Occurrence]) -> list[Occurrence]:
    """Without names that stand inside a longer one."""
    kept: list[Occurrence] = []
    for occurrence in sorted(set(found), key=lambda o: (o.in_text, o.start, -o.end, o.owner, o.term)):
        if kept and occurrence.inside(kept[-1]):
            same_range = (occurrence.start, occurrence.end) == (kept[-1].start, kept[-1].end)
            if not same_range or occurrence.owner == kept[-1].owner:
                continue  # only two companies that share a name in full both count
        kept.append(occurrence)
    return kept


def _by_owner(found: Iterable[Occurrence]) -> dict[str, list[Occurrence]]:
    grouped: dict[str, list[Occurrence]] = defaultdict(list)
    for occurrence in sorted(set(found)):
        grouped[occurrence.owner].append(occurrence)
    return dict(grouped)
