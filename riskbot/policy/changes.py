"""What an edit of the rule files changed, counted in words.

What always holds: what stands elsewhere in its file, or in another file, is unchanged; a company that comes or goes is
counted once, not again for every rule that selects it. Deliberately absent: what each change says; the files are kept
under version control by those who write them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Protocol

from riskbot.matching.rules import Company, Rule, RuleSet, Topic
from riskbot.model import Feed, Outlet
from riskbot.model.calm import Plan

Named = Mapping[Any, object]  # what there is of one kind, by a name of any shape

_PLURALS = {"company": "companies"}


class Content(Protocol):
    """What rule files say, however they were read."""

    @property
    def rule_set(self) -> RuleSet: ...

    @property
    def feeds(self) -> tuple[Feed, ...]: ...

    @property
    def outlets(self) -> tuple[Outlet, ...]: ...

    @property
    def plan(self) -> Plan: ...

    @property
    def hash(self) -> str:
        """Of everything: two contents of one hash say the same."""


def changes(before: Content, after: Content) -> str:
    """`+1 rule, 2 terms; −1 feed; 1 company changed`; empty when nothing changed that is counted."""
    added, removed, changed = [], [], []
    for noun, old, new in _parts(before, after):
        common = old.keys() & new.keys()
        added += _counted(len(new) - len(common), noun)
        removed += _counted(len(old) - len(common), noun)
        changed += _counted(sum(old[key] != new[key] for key in common), noun)
    groups = [
        *([f"+{', '.join(added)}"] if added else []),
        *([f"−{', '.join(removed)}"] if removed else []),
        *([f"{', '.join(changed)} changed"] if changed else []),
    ]
    return "; ".join(groups)


def size(content: Content) -> str:
    """`14 rules, 819 companies, 12 feeds`."""
    rules = content.rule_set
    counts = ((len(rules.rules), "rule"), (len(rules.companies), "company"), (len(content.feeds), "feed"))
    return ", ".join(count(number, noun) for number, noun in counts)


def edited_feeds(before: Content, after: Content) -> frozenset[str]:
    """Names of the feeds that both have and describe differently."""
    old = {feed.name: feed for feed in before.feeds}
    return frozenset(feed.name for feed in after.feeds if old.get(feed.name, feed) != feed)


def count(number: int, noun: str) -> str:
    """`1 rule`, `2 companies`."""
    return f"{number} {noun if number == 1 else _PLURALS.get(noun, noun + 's')}"


def _counted(number: int, noun: str) -> list[str]:
    return [count(number, noun)] if number else []


def _parts(before: Content, after: Content) -> Iterable[tuple[str, Named, Named]]:
    """Each kind of thing: its noun, and what there was and is of it, by name."""
    old, new = before.rule_set, after.rule_set
    was = {company.id: _of_company(company) for company in old.companies}
    now = {company.id: _of_company(company) for company in new.companies}
    steady = frozenset(id_ for id_, said in now.items() if was.get(id_) == said)
    yield "rule", _rules(old, steady), _rules(new, steady)
    yield "topic", {t.id: t.weight for t in old.topics}, {t.id: t.weight for t in new.topics}
    yield "term", _terms(old.topics), _terms(new.topics)
    yield "company", was, now
    yield "feed", {feed.name: feed for feed in before.feeds}, {feed.name: feed for feed in after.feeds}
    yield "outlet", {each.name: each for each in before.outlets}, {each.name: each for each in after.outlets}
    yield "channel", before.plan.channels, after.plan.channels
    yield "route", dict.fromkeys(before.plan.routes), dict.fromkeys(after.plan.routes)


def _terms(topics: Iterable[Topic]) -> dict[Any, object]:
    """Every term of every topic; a term has no more to it than its being there."""
    masks: dict[Any, object] = {(topic.id, "not_in", term): None for topic in topics for term in topic.not_in}
    return masks | {(topic.id, "terms", term): None for topic in topics for term in topic.terms}


def _of_company(company: Company) -> object:
    sets = (company.aliases, company.tickers, company.not_in, company.only_with, company.tags)
    return company.name, *map(frozenset, sets)


def _rules(rules: RuleSet, steady: frozenset[str]) -> dict[Any, object]:
    """Every rule without its place, with those of its companies that did not change themselves."""
    selections: dict[int, frozenset[str]] = {}  # many rules share one selection, and it may be long
    said: dict[Any, object] = {}
    for rule in rules.rules:
        key = id(rule.companies)
        if key not in selections:
            selections[key] = rule.companies & steady
        said[rule.id] = _of_rule(rule, selections[key])
    return said


def _of_rule(rule: Rule, companies: frozenset[str]) -> object:
    examples = tuple(replace(example, line=0) for example in rule.examples)
    return replace(rule, companies=companies, examples=examples, file="", line=0)
