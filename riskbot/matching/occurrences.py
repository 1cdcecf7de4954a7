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
from riskbot.matching.terms import Scan, TermSet
from riskbot.model import Field, Span


class Role(IntEnum):
    """What a term is for."""

    COMPANY = 0  # names the company
    COMPANY_MASK = 1  # a phrase in which the name is not the company
    COMPANY_WITH = 2  # must stand in the article too, for an ambiguous name
    TOPIC = 3
    TOPIC_MASK = 4


_ROLES = len(Role)  # a key is a number: the owner's place in the list of owners, times this, and the role


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

    __slots__ = ("_accompanied", "_owners", "_terms")

    def __init__(self, rules: RuleSet) -> None:
        self._owners = [*(company.id for company in rules.companies), *(topic.id for topic in rules.topics)]
        self._terms = TermSet(_terms(rules))
        self._accompanied = frozenset(company.id for company in rules.companies if company.only_with)

    def see(self, layout: Layout) -> Sight:
        """One pass over the article; what it finds is weighed only when somebody asks."""
        return Sight(self._terms.scan(layout.title, layout.text), self._owners, self._accompanied, layout)

    def find(self, layout: Layout) -> Found:
        """Everything that counts in the article; nothing at all where no company is named."""
        return self.see(layout).found()


class Sight:
    """What one pass over an article saw: ids at once, and on demand what of it counts."""

    __slots__ = ("_accompanied", "_layout", "_owners", "_scan", "companies", "topics")

    def __init__(self, scan: Scan[int], owners: Sequence[str], accompanied: frozenset[str], layout: Layout) -> None:
        self._scan = scan
        self._owners = owners
        self._accompanied = accompanied
        self._layout = layout
        self.companies: list[str] = []  # named, though perhaps in a way that does not count
        self.topics: list[str] = []
        for key in scan.present:
            role = key % _ROLES
            if role == Role.COMPANY:
                self.companies.append(owners[key // _ROLES])
            elif role == Role.TOPIC:
                self.topics.append(owners[key // _ROLES])

    def found(self) -> Found:
        """Everything that counts; nothing at all where no company is named."""
        if not self.companies:
            return Found({}, {})
        by_role: list[list[Occurrence]] = [[] for _ in Role]
        for match in self._scan.matches():
            owner = self._owners[match.key // _ROLES]
            occurrence = Occurrence(match.field == 1, match.start, match.end, match.term, owner)
            if not self._layout.is_furniture(occurrence.field, occurrence.start, occurrence.end):
                by_role[match.key % _ROLES].append(occurrence)
        present = {occurrence.owner for occurrence in by_role[Role.COMPANY_WITH]}
        companies = [
            occurrence
            for occurrence in _unmasked(by_role[Role.COMPANY], by_role[Role.COMPANY_MASK])
            if occurrence.owner not in self._accompanied or occurrence.owner in present
        ]
        topics = _unmasked(by_role[Role.TOPIC], by_role[Role.TOPIC_MASK])
        return Found(_by_owner(_longest(companies)), _by_owner(topics))


def _terms(rules: RuleSet) -> Iterator[tuple[int, Term]]:
    for number, company in enumerate(rules.companies):
        name, mask, beside = (number * _ROLES + role for role in (Role.COMPANY, Role.COMPANY_MASK, Role.COMPANY_WITH))
        for term in company.aliases:
            yield name, term
        for ticker in company.tickers:
            yield name, Term(written=ticker, kind="exact", text=ticker)
        for term in company.not_in:
            yield mask, term
        for term in company.only_with:
            yield beside, term
    for number, topic in enumerate(rules.topics, len(rules.companies)):
        for term in topic.terms:
            yield number * _ROLES + Role.TOPIC, term
        for term in topic.not_in:
            yield number * _ROLES + Role.TOPIC_MASK, term


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
