"""Why a rule fires, or how near it comes; and what goes by a word."""

from __future__ import annotations

import json

import pytest

from riskbot.errors import InputError
from riskbot.matching.rules import RuleSet, Term
from riskbot.usecases.explain import explain, explanation_form, quotes
from riskbot.usecases.listing import choose, chosen_form
from tests.builders import TITLE, article, company, rule, ruleset, topic

TENCENT = company("Tencent", aliases=(Term.parse("Tencent"), Term.parse("腾讯")), tickers=("0700.HK",), tags=("china",))
GAP = company("Gap", not_in=(Term.parse("gap year"),), only_with=(Term.parse("clothing"),))
TWO = ruleset(
    rule(companies=frozenset({"alibaba", "tencent"})),
    rule("Memos", topics=("memo",), companies=frozenset({"alibaba"})),
    companies=(company(), TENCENT, GAP),
    topics=(topic(), topic("memo", "memo", "leaked note")),
)


def verdicts(text: str, rules: RuleSet = TWO, **chosen: str) -> list[tuple[str, str, bool]]:
    explained = explain(article(title="News", text=text), rules, **chosen)
    return [(each.rule.id, each.company.id, each.hit is not None) for each in explained.verdicts]


def test_rules_that_fire_come_first_then_the_nearest_miss() -> None:
    text = "Alibaba helps the military. Alibaba opened a shop. Tencent did not."
    assert verdicts(text) == [
        ("alibaba-and-the-military", "alibaba", True),
        ("alibaba-and-the-military", "tencent", False),  # the word stands in the article, if not near
        ("memos", "alibaba", False),
    ]


def test_a_miss_says_in_words_what_is_missing() -> None:
    (missed,) = explain(article(title="Tencent", text="Tencent opened a shop."), TWO).verdicts
    assert missed.miss == "no term of military stands in the article"


def test_one_rule_or_one_company_can_be_asked_for_by_any_name() -> None:
    text = "Alibaba and Tencent help the military."
    assert verdicts(text, rule="Memos") == [("memos", "alibaba", False)]
    for name in ("tencent", "Tencent", "腾讯", "0700.hk"):
        assert verdicts(text, company=name) == [("alibaba-and-the-military", "tencent", True)]


def test_a_rule_or_company_that_does_not_exist_is_an_error_with_the_nearest_name() -> None:
    with pytest.raises(InputError) as no_rule:
        explain(article(), TWO, rule="memoss")
    assert no_rule.value.mend == "did you mean 'memos'?"
    with pytest.raises(InputError) as no_company:
        explain(article(), TWO, company="zzz")
    assert "riskbot rules list companies" in no_company.value.mend


def test_a_rule_that_is_off_can_be_tried_by_name_and_is_otherwise_left_out() -> None:
    rules = ruleset(rule(status="off"))
    assert verdicts("Alibaba helps the military.", rules) == []
    (verdict,) = explain(article(), rules, rule="alibaba-and-the-military").verdicts
    assert (verdict.rule.status, verdict.hit is not None) == ("off", True)


def test_companies_that_no_rule_watches_are_named_all_the_same() -> None:
    explained = explain(article(title="Gap", text="Gap sells clothing."), TWO)
    assert [each.id for each in explained.named] == ["gap"]
    assert explained.verdicts == explained.masked == ()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("A gap year with new clothing.", "stands only within what it is not: gap year"),
        ("Gap and the army.", "counts only where one of these stands too: clothing"),
        ("A gap year.", "stands within what it is not, and without what it needs beside it"),
    ],
)
def test_a_name_that_does_not_count_is_told_with_the_reason(text: str, why: str) -> None:
    explained = explain(article(title="News", text=text), TWO)
    assert [(each.id, told) for each, told in explained.masked] == [("gap", why)]
    assert explained.named == ()


def test_an_article_that_names_nobody_is_explained_by_silence() -> None:
    explained = explain(article(title="Rain", text="It rains."), TWO)
    assert explained.verdicts == explained.named == explained.masked == ()


def test_quotes_are_the_sentences_of_the_evidence_with_the_matched_words_marked() -> None:
    told = article(text="It rained. A report says Alibaba helps the military. It rained again.")
    (first, *_) = explain(told, ruleset()).verdicts
    assert first.hit is not None
    title, sentence = quotes(told, first.hit)
    assert (title.field, title.text) == ("title", TITLE)
    assert sentence.text == "A report says Alibaba helps the military."
    assert [sentence.text[start:end] for start, end in sentence.marks] == ["Alibaba", "military"]


def test_the_json_form_holds_the_hit_or_the_miss() -> None:
    form = json.loads(json.dumps(explanation_form(explain(article(text="Alibaba. A memo."), TWO))))
    assert [(each["rule"], each["fired"]) for each in form["rules"]] == [
        ("alibaba-and-the-military", True),
        ("memos", True),
    ]
    assert form["rules"][0]["hit"]["salient"] is True
    assert form["rules"][0]["miss"] is None
    assert form["named"] == [{"company": "alibaba", "company_name": "Alibaba"}]


# ── listing ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("word", "companies", "topics", "rules"),
    [
        ("", ["alibaba", "tencent", "gap"], ["military", "memo"], ["alibaba-and-the-military", "memos"]),
        ("TENC", ["tencent"], [], []),
        ("tag:china", ["tencent"], [], []),
        ("0700", ["tencent"], [], []),
        ("leaked  note", [], ["memo"], []),
        ("memo", [], ["memo"], ["memos"]),
        ("nobody", [], [], []),
    ],
)
def test_a_word_chooses_by_any_part_of_a_name(
    word: str, companies: list[str], topics: list[str], rules: list[str]
) -> None:
    chosen = choose(TWO, word)
    assert [each.id for each in chosen.companies] == companies
    assert [each.id for each in chosen.topics] == topics
    assert [each.id for each in chosen.rules] == rules


def test_short_forms_that_were_derived_are_told_apart_from_what_was_written() -> None:
    form = chosen_form(choose(TWO, "tencent"), {"tencent": ("腾讯",)})
    assert (form["companies"][0]["aliases"], form["companies"][0]["derived"]) == (["Tencent"], ["腾讯"])
