"""What an edit changed, in words."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from riskbot.matching.rules import Example, Rule, RuleSet
from riskbot.model import Feed, Level, Outlet
from riskbot.model.calm import ChannelPlan, Plan
from riskbot.policy.changes import changes, edited_feeds, size
from tests.builders import company, feed, rule, ruleset, topic


@dataclass(frozen=True)
class Said:
    """Content of rule files."""

    rule_set: RuleSet
    feeds: tuple[Feed, ...] = ()
    outlets: tuple[Outlet, ...] = ()
    plan: Plan = field(default_factory=Plan)
    hash: str = ""


def rules(*given: Rule, **fields: object) -> Said:
    return Said(ruleset(*given, **fields))  # type: ignore[arg-type]


BEFORE = rules(topics=(topic("military", "army", "navy"),))


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (BEFORE, ""),
        (rules(rule(), rule("Another"), topics=BEFORE.rule_set.topics), "+1 rule"),
        (rules(topics=(topic("military", "army", "navy", "missile*", "=PLA"),)), "+2 terms"),
        (rules(topics=(topic("military", "army"),)), "−1 term"),
        (rules(topics=(topic("military", "army", "air force"),)), "+1 term; −1 term"),
        (rules(rule(level="high"), topics=BEFORE.rule_set.topics), "1 rule changed"),
        (rules(topics=(topic("military", "army", "navy", weight=3),)), "1 topic changed"),
        (rules(companies=(company(tickers=("BABA",)),), topics=BEFORE.rule_set.topics), "1 company changed"),
        (
            rules(
                rule(topics=("memo",)),
                rule("B"),
                companies=(company(), company("SMIC"), company("YMTC")),
                topics=(topic("memo", "memo"), topic("military", "army")),
            ),
            "+1 rule, 1 topic, 1 term, 2 companies; −1 term; 1 rule changed",
        ),
    ],
)
def test_what_comes_goes_and_changes_is_counted(after: Said, said: str) -> None:
    assert changes(BEFORE, after) == said


def test_what_moves_within_its_file_or_to_another_is_unchanged() -> None:
    example = Example(True, "t", "x", line=7)
    one = rules(rule(examples=(example,), file="a.yaml", line=3))
    other = rules(rule(examples=(replace(example, line=9),), file="b.yaml", line=5))
    assert changes(one, other) == ""


def test_the_order_of_terms_and_names_is_no_change() -> None:
    one = rules(companies=(company(tags=("a", "b")),), topics=(topic("military", "army", "navy"),))
    other = rules(companies=(company(tags=("b", "a")),), topics=(topic("military", "navy", "army"),))
    assert changes(one, other) == ""


def test_a_company_that_comes_is_counted_once_and_not_for_every_rule_of_everyone() -> None:
    one = rules(rule(), rule("B"))
    both = frozenset({"alibaba", "smic"})
    other = rules(rule(companies=both), rule("B", companies=both), companies=(company(), company("SMIC")))
    assert changes(one, other) == "+1 company"
    assert changes(other, one) == "−1 company"


def test_a_rule_that_selects_other_companies_of_those_there_were_is_changed() -> None:
    known = (company(), company("SMIC"))
    assert changes(rules(companies=known), rules(rule(companies=frozenset({"smic"})), companies=known)) == (
        "1 rule changed"
    )


def test_feeds_and_outlets_are_counted_by_name() -> None:
    one = Said(ruleset(), (feed("a"), feed("b")), (Outlet("CNBC"),))
    other = Said(ruleset(), (feed("a", url="https://new.example/"), feed("c"), feed("d")), (Outlet("CNBC", tier=1),))
    assert changes(one, other) == "+2 feeds; −1 feed; 1 feed, 1 outlet changed"
    assert edited_feeds(one, other) == {"a"}


def test_channels_are_counted_by_name() -> None:
    before = Said(ruleset(), plan=Plan({"risk": ChannelPlan("risk")}))
    after = Said(ruleset(), plan=Plan({"risk": ChannelPlan("risk", Level.HIGH)}))
    assert changes(before, after) == "1 channel changed"


def test_the_size_of_rules_is_told_in_figures_that_agree_with_their_nouns() -> None:
    assert size(Said(ruleset(), (feed(),))) == "1 rule, 1 company, 1 feed"
    assert (
        size(Said(ruleset(rule(), rule("B"), companies=(company(), company("B"))))) == "2 rules, 2 companies, 0 feeds"
    )
