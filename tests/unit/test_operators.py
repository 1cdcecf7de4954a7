"""What a rule asks for: near, and_topics, not_topics; which evidence is best; and what an unmet rule says."""

from __future__ import annotations

from typing import Any

import pytest

from riskbot.matching.layout import Layout
from riskbot.matching.occurrences import Vocabulary
from riskbot.matching.operators import MOST_PAIRS, Miss, Pair, pairs_for
from riskbot.model import Modality
from tests.builders import article, company, rule, ruleset, topic

RULES = ruleset(
    companies=(company("Alibaba"), company("Military Bank", id="bank"), company("Baidu")),
    topics=(
        topic("military", "military", "army", "Military Bank of Alibaba Cloud"),
        topic("memo", "memo"),
        topic("sport", "football"),
    ),
)


def evidence(text: str, title: str = "News", of: str = "alibaba", **fields: Any) -> dict[str, list[Pair]] | Miss:
    layout = Layout(article(title=title, text=text))
    return pairs_for(rule(**fields), of, Vocabulary(RULES).find(layout), layout)


def met(text: str, title: str = "News", **fields: Any) -> dict[str, list[Pair]]:
    result = evidence(text, title, **fields)
    assert not isinstance(result, Miss), result
    return result


def missed(text: str, title: str = "News", **fields: Any) -> Miss:
    result = evidence(text, title, **fields)
    assert isinstance(result, Miss), result
    return result


# ── near ─────────────────────────────────────────────────────────────────────────────────────────────────────────

SENTENCE = "It grew. Alibaba helps the military. It shrank."
PARAGRAPH = "Alibaba grew. The military shrank.\n\nThat was all."
APART = "Alibaba grew.\n\nThe military shrank."


@pytest.mark.parametrize(
    ("near", "title", "text", "is_met"),
    [
        ("sentence", "News", SENTENCE, True),
        ("sentence", "News", PARAGRAPH, False),
        ("sentence", "Alibaba and the military", "", True),
        ("sentence", "Alibaba", "The military shrank.", False),
        ("sentence", "News", "Alibaba helps\nthe military.", True),
        ("paragraph", "News", SENTENCE, True),
        ("paragraph", "News", PARAGRAPH, True),
        ("paragraph", "News", APART, False),
        ("paragraph", "News", "The firm Alibaba\nhelps the military.", True),
        ("paragraph", "Alibaba", "The military shrank.", False),
        ("article", "News", APART, True),
        ("article", "Alibaba", "The military shrank.", True),
        ("article", "Military", "Alibaba grew.", True),
        ("article", "News", "Alibaba grew.", False),
        ("title", "Alibaba and the military", "", True),
        ("title", "Alibaba", SENTENCE, False),
        ("title", "Military", SENTENCE, False),
        (0, "News", "Alibaba's military", True),
        (0, "News", "the military (Alibaba)", True),
        (1, "News", "Alibaba helps the military.", False),
        (2, "News", "Alibaba helps the military.", True),
        (2, "News", "The military helps also Alibaba.", True),
        (2, "News", "Alibaba-owned, military", True),
        (2, "News", "Alibaba helps. The military shrank.", True),
        (0, "Alibaba", "military", True),  # the text follows the title
        (1, "Alibaba grew again", "military", False),
        (2, "Alibaba grew", "the military", True),
        ("lead", "Alibaba", "The military shrank.", True),
        ("lead", "Military", "One. Two. Three. Alibaba grew.", False),
        ("lead", "News", "One. Two. Three. Four. Alibaba helps the military.", True),
        ("lead", "News", "One. Two. Three. Alibaba grew. The military shrank.", False),
        ("sentence", "Alibaba grows; military shrinks", "", False),
        (9, "Alibaba grows | military shrinks", "", False),
        ("lead", "Alibaba grows • military shrinks", "", False),
        ("article", "Alibaba grows; military shrinks", "", True),
    ],
)
def test_near_says_how_near(near: str | int, title: str, text: str, is_met: bool) -> None:
    assert isinstance(evidence(text, title, near=near), dict) is is_met


def test_a_number_of_words_is_counted_to_the_name_with_the_fewest_words_between() -> None:
    text = "Alibaba overcomplicatednesses military a b c d Alibaba"
    assert met(text, near=1)["military"][0].company.start == 0


def test_nearness_is_asked_between_the_company_and_each_topic_separately() -> None:
    text = "Alibaba grew by a memo. Alibaba fell with the army."
    assert set(met(text, and_topics=("memo",))) == {"military", "memo"}


def test_a_term_inside_the_companys_own_name_says_nothing() -> None:
    assert missed("Military Bank grew.", of="bank").step == 2
    assert [pair.term.term for pair in met("Military Bank serves the army.", of="bank")["military"]] == ["army"]


def test_a_name_inside_a_term_says_nothing() -> None:
    assert isinstance(evidence("The Military Bank of Alibaba Cloud grew.", near=0), Miss)


# ── topics ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_one_of_the_topics_is_enough() -> None:
    assert set(met("Alibaba wrote a memo.", topics=("military", "memo"))) == {"memo"}


def test_topics_are_in_the_rules_order() -> None:
    assert list(met("A memo of Alibaba on the army.", topics=("military", "memo"))) == ["military", "memo"]


def test_and_topics_alone_make_a_rule() -> None:
    assert set(met("Alibaba in a memo.", topics=(), and_topics=("memo",))) == {"memo"}


def test_every_one_of_and_topics_is_needed() -> None:
    assert missed("Alibaba and the army.", and_topics=("memo", "sport")) == Miss(
        1, "no term of memo or sport stands in the article"
    )
    assert missed("A memo of Alibaba.", and_topics=("memo",)) == Miss(1, "no term of military stands in the article")


def test_one_of_not_topics_anywhere_is_too_much() -> None:
    miss = missed("Alibaba and the army.\n\nFootball was played.", not_topics=("memo", "sport"))
    assert miss == Miss(3, "`football` of sport stands in the article, which not_topics excludes")
    assert met("Alibaba and the army.", not_topics=("memo", "sport"))


@pytest.mark.parametrize(
    ("near", "words"),
    [
        ("sentence", "in one sentence"),
        ("paragraph", "in one paragraph"),
        ("title", "both in the title"),
        (3, "within 3 words of the company"),
    ],
)
def test_a_miss_says_what_stood_too_far_apart(near: str | int, words: str) -> None:
    text = "Alibaba grew and grew and grew.\n\nThe army shrank."
    assert missed(text, near=near) == Miss(2, f"terms of military stand in the article, but not near: {words}")


def test_a_term_inside_the_name_is_missed_in_the_article_too() -> None:
    assert missed("Military Bank", of="bank", near="article").why.endswith("in the article")


# ── evidence ─────────────────────────────────────────────────────────────────────────────────────────────────────


def best(text: str, title: str = "News", **fields: Any) -> Pair:
    return met(text, title, **fields)["military"][0]


def test_a_fact_is_better_evidence_than_a_possibility() -> None:
    pair = best("Alibaba helps the army.", title="Alibaba could help the military")
    assert (pair.modality, pair.term.term) == (Modality.ACTUAL, "army")


def test_the_title_is_better_evidence_than_the_lead() -> None:
    assert not best("Alibaba army.", title="Alibaba helps the military").term.in_text


def test_the_lead_is_better_evidence_than_the_body() -> None:
    pair = best("Alibaba grew and helps the army. B. C. It is so. Alibaba army.")
    assert pair.prominent
    assert pair.term.start < 40


def test_the_nearest_is_the_best_evidence() -> None:
    pair = best("Alibaba helps the good old army and an army which Alibaba has.")
    assert pair.distance == len(" which ")


def test_a_term_is_paired_with_the_nearest_name() -> None:
    text = "Alibaba grew; as they say, Alibaba has an army."
    assert best(text).company.start == text.rindex("Alibaba")
    assert best("The army. Alibaba has it.", title="Alibaba", near="article").company.in_text


def test_a_name_in_the_title_is_never_as_near_as_one_in_the_text() -> None:
    pair = best("So the army grew.", title="Alibaba", near="article")
    assert not pair.company.in_text
    assert pair.distance > 10_000


def test_overlapping_evidence_is_at_no_distance() -> None:
    assert best("Alibaba army").distance == 1


def test_evidence_is_limited_however_long_the_article() -> None:
    assert len(met("Alibaba army, " * 100)["military"]) == MOST_PAIRS


@pytest.mark.parametrize("near", ["sentence", "paragraph", "article", 5])
def test_a_long_sentence_full_of_terms_is_no_burden(near: str | int) -> None:
    pairs = met("Alibaba " + "could see the army, " * 10_000, near=near)["military"]
    assert pairs[0].modality is Modality.POSSIBLE
