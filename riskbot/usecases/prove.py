"""Rules carry their own proof: examples that must fire and near-misses that must stay quiet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from riskbot.matching.match import Matcher
from riskbot.matching.rules import Example, Rule
from riskbot.model import Article, Hit


@dataclass(frozen=True, slots=True)
class Proof:
    """What came of one example of one rule."""

    rule: Rule
    example: Example
    hits: tuple[Hit, ...]  # of this rule
    misses: tuple[str, ...]  # how near it came, the nearest first, where it did not fire

    @property
    def holds(self) -> bool:
        """Whether the example does what it promises."""
        return bool(self.hits) == self.example.fires


def prove(matcher: Matcher) -> Iterator[Proof]:
    """Run every example of every rule, rules that are off excepted, in the order of the rules."""
    for rule in matcher.rules.rules:
        if rule.status == "off":
            continue
        for example in rule.examples:
            article = Article(id="example", title=example.title, text=example.text)
            hits = tuple(hit for hit in matcher.match(article) if hit.rule == rule.id)
            misses = tuple(
                f"{name}: {miss.why}" for of_rule, name, miss in matcher.misses(article) if of_rule.id == rule.id
            )
            yield Proof(rule, example, hits, () if hits else misses)
