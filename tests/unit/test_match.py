"""From an article to its hits."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskbot.matching.match import Matcher
from riskbot.matching.rules import Company, Rule, RuleSet, Topic
from riskbot.model import Article, Hit, Level, Modality
from tests.builders import TEXT, TITLE, article, company, rule, ruleset, topic


def hits(of: Article | None = None, **fields: Any) -> tuple[Hit, ...]:
    """The hits of one rule with these fields."""
    return Matcher(ruleset(rule(**fields))).match(of or article())


def only(of: Article | None = None, **fields: Any) -> Hit:
    (hit,) = hits(of, **fields)
    return hit


# ── one rule, one article ────────────────────────────────────────────────────────────────────────────────────────


def test_a_hit_carries_everything_that_can_be_shown_of_it() -> None:
    rules = ruleset(rule(level=Level.HIGH, channel="#geo"), hash="abc")
    (hit,) = Matcher(rules).match(article())
    assert (hit.rule, hit.company, hit.company_name) == ("alibaba-and-the-military", "alibaba", "Alibaba")
    assert (hit.topics, hit.modality, hit.level, hit.channel) == (("military",), Modality.ACTUAL, Level.HIGH, "#geo")
    assert (hit.trial, hit.rules_hash, hit.salient, hit.prominent) == (False, "abc", True, True)
    assert hit.sentence == TITLE
    assert [(span.field, span.text, span.topic) for span in hit.spans] == [
        ("title", "Alibaba", None),
        ("title", "military", "military"),
        ("text", "Alibaba", None),
        ("text", "military", "military"),
    ]


def test_the_sentence_is_the_one_that_made_it_fire() -> None:
    text = "It was long ago. Then Alibaba helped the military. It denied it."
    assert only(article(title="Alibaba", text=text)).sentence == "Then Alibaba helped the military."


def test_an_article_that_names_nobody_has_no_hit() -> None:
    assert hits(article(title="The military", text="It grew.")) == ()
    assert hits(article(title="", text="")) == ()


@pytest.mark.parametrize("text", [" ", "\x00\x00", "\u202e", "😀😀", "\n\n"])
def test_an_article_of_nothing_readable_has_no_hit(text: str) -> None:
    assert hits(article(title=text, text=text)) == ()


def test_a_rule_on_trial_hits_and_says_so() -> None:
    assert only(status="trial").trial


def test_a_rule_that_is_off_does_not_hit() -> None:
    assert hits(status="off") == ()


# ── subject or mention ───────────────────────────────────────────────────────────────────────────────────────────

MENTION = article(
    title="Baidu and the weather",
    text="Baidu grew. Baidu fell. Baidu rose. Baidu slept. It is said that Alibaba helps the military.",
)
WITH_BAIDU: dict[str, Any] = {"companies": (company("Alibaba"), company("Baidu"))}


def test_a_rule_about_the_subject_does_not_hit_a_mere_mention() -> None:
    assert Matcher(ruleset(rule(about="subject"), **WITH_BAIDU)).match(MENTION) == ()


def test_a_rule_about_a_mention_hits_it_at_a_lower_score() -> None:
    matcher = Matcher(ruleset(rule(about="mention"), **WITH_BAIDU))
    (mention,) = matcher.match(MENTION)
    (subject,) = matcher.match(article())
    assert not mention.salient
    assert not mention.prominent
    assert subject.salient
    assert mention.score < subject.score


# ── fact or possibility ──────────────────────────────────────────────────────────────────────────────────────────


def test_could_lead_to_is_possible() -> None:
    hit = only(article(title="Alibaba news", text="The memo on Alibaba could lead to military sanctions."))
    assert hit.modality is Modality.POSSIBLE
    assert hit.prominent


def test_was_added_is_actual() -> None:
    assert only(article(title="Alibaba was added to the military list", text="")).modality is Modality.ACTUAL


def test_one_fact_is_enough() -> None:
    of = article(title="Alibaba might help the military", text="Alibaba helps the military.")
    assert only(of).modality is Modality.ACTUAL


def test_a_fact_far_down_is_not_made_prominent_by_a_possibility_in_the_title() -> None:
    of = article(
        title="Alibaba might help the military",
        text="It is so. It was so. It will be so. And now it is known that Alibaba helps the military.",
    )
    hit = only(of)
    assert hit.modality is Modality.ACTUAL
    assert not hit.prominent


def test_a_possibility_scores_lower() -> None:
    fact = only(article(title="Alibaba helps the military", text=""))
    possibility = only(article(title="Alibaba may help the military", text=""))
    assert possibility.score < fact.score


def test_evidence_near_scores_higher_than_far() -> None:
    def score(words: str) -> int:
        return only(article(title=f"Alibaba {words} military", text="")).score

    assert score("") > score("and so on " * 10) > score("and so on " * 30)


def test_every_further_topic_adds_to_the_score_up_to_a_hundred() -> None:
    names = ("military", "memo", "white", "house")
    rules = [rule(id=f"r{n}", topics=names[:n]) for n in (1, 2, 3, 4)]
    found = Matcher(ruleset(*rules, topics=tuple(topic(name) for name in names))).match(
        article(title="White House memo: Alibaba military", text="Alibaba. Alibaba.")
    )
    scores = [hit.score for hit in found]
    assert scores == [min(100, scores[0] + bonus) for bonus in (0, 5, 10, 10)]


# ── many rules, many companies ───────────────────────────────────────────────────────────────────────────────────


def test_each_company_of_a_rule_hits_by_itself() -> None:
    both = rule(companies=frozenset({"alibaba", "baidu"}))
    found = Matcher(ruleset(both, **WITH_BAIDU)).match(article(title="Baidu and Alibaba join the military", text=""))
    assert [hit.company for hit in found] == ["alibaba", "baidu"]


def test_a_company_without_a_rule_hits_nothing() -> None:
    assert Matcher(ruleset(**WITH_BAIDU)).match(article(title="Baidu and the military", text="")) == ()


def test_near_misses_say_what_was_missing_the_nearest_first() -> None:
    rules = ruleset(
        rule(id="met"),
        rule(id="no-term", topics=("memo",)),
        rule(id="far", topics=("sport",)),
        rule(id="excluded", not_topics=("sport",)),
        rule(id="mention", companies=frozenset({"baidu"}), about="subject"),
        rule(id="off", status="off"),
        companies=(company("Alibaba"), company("Baidu")),
        topics=(topic("military"), topic("memo"), topic("sport")),
    )
    text = "Sport is fun. Alibaba grew. Alibaba rose. Alibaba fell. The military and Baidu slept."
    misses = Matcher(rules).misses(article(title="Alibaba helps the military", text=text))
    assert [(missed.id, name, miss.step) for missed, name, miss in misses] == [
        ("mention", "Baidu", 4),
        ("excluded", "Alibaba", 3),
        ("far", "Alibaba", 2),
        ("no-term", "Alibaba", 1),
    ]
    assert misses[0][2].why.startswith("the article is not about the company (")


def test_an_article_that_names_nobody_misses_nothing() -> None:
    assert Matcher(ruleset()).misses(article(title="News", text="military")) == []


# ── whatever the article, whatever the rules ─────────────────────────────────────────────────────────────────────

COMPANIES = (
    company("Alibaba", tickers=("BABA",)),
    company("Bank of China", id="boc"),
    company("China", id="china", only_with=topic("x", "Beijing").terms),
    company("阿里", id="ali"),
)
TOPICS = (topic("military", "military", "army", "missile*", "军"), topic("memo", "memo"), topic("sport", "football"))
RULES = (
    rule(id="a", companies=frozenset({"alibaba", "boc", "ali"})),
    rule(id="b", companies=frozenset({"china", "boc"}), near="article", about="mention"),
    rule(id="c", topics=("memo", "military"), near=3, about="mention", status="trial"),
    rule(id="d", companies=frozenset({"alibaba", "ali"}), and_topics=("memo",), near="paragraph", about="mention"),
    rule(id="e", companies=frozenset({"alibaba", "boc"}), not_topics=("sport",), near="title"),
)
PIECES = st.one_of(
    st.sampled_from(
        "Alibaba|BABA|Bank of China|China|Beijing|阿里|military|army|missiles|军|memo|football|could".split("|")
    ),
    st.sampled_from(
        [" ", " ", ". ", "\n", "\n\n", "  ", "\r\n  ", ", ", "’s ", "\x00", "\u00ad", "\u00a0", "。", "ß", "\u0301"]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=4),
)
TEXTS = st.lists(PIECES, max_size=25).map("".join)
ARTICLES = st.builds(article, TEXTS, TEXTS)
MATCHER = Matcher(RuleSet(COMPANIES, TOPICS, RULES))


@given(ARTICLES)
def test_every_span_equals_the_text_it_points_at(of: Article) -> None:
    for hit in MATCHER.match(of):
        assert hit.spans
        assert {span.topic for span in hit.spans} == {None, *hit.topics}
        for span in hit.spans:
            source = of.title if span.field == "title" else of.text
            assert source[span.start : span.end] == span.text != ""
        assert hit.sentence in (of.title if hit.sentence == of.title else of.text)
        assert 0 < hit.score <= 100


@given(ARTICLES, st.permutations(RULES), st.permutations(COMPANIES), st.permutations(TOPICS))
@settings(max_examples=50, deadline=None)
def test_hits_never_depend_on_the_order_of_rules_companies_or_topics(
    of: Article, rules: list[Rule], companies: list[Company], topics: list[Topic]
) -> None:
    assert Matcher(RuleSet(tuple(companies), tuple(topics), tuple(rules))).match(of) == MATCHER.match(of)


@given(ARTICLES, st.sampled_from(["live", "trial", "off"]), st.sampled_from(["sentence", "article", 4]))
@settings(max_examples=50, deadline=None)
def test_an_unrelated_rule_changes_no_other_rules_hits(of: Article, status: Any, near: Any) -> None:
    other = rule(id="other", companies=frozenset({"alibaba", "china"}), topics=("sport",), status=status, near=near)
    found = Matcher(RuleSet(COMPANIES, TOPICS, (*RULES, other))).match(of)
    assert tuple(hit for hit in found if hit.rule != "other") == MATCHER.match(of)


@given(ARTICLES)
def test_each_rule_either_hits_or_says_what_it_missed(of: Article) -> None:
    met = {(hit.rule, hit.company_name) for hit in MATCHER.match(of)}
    missed = [(unmet.id, name) for unmet, name, _ in MATCHER.misses(of)]
    assert len(missed) == len(set(missed))
    assert met.isdisjoint(missed)
    named = {name for _, name in met | set(missed)}
    ids = {one.id: one.name for one in COMPANIES}
    assert met | set(missed) == {(r.id, ids[c]) for r in RULES for c in r.companies if ids[c] in named}


@given(ARTICLES)
def test_matching_twice_is_matching_once(of: Article) -> None:
    assert MATCHER.match(of) == MATCHER.match(replace(of, id="again"))


def test_a_megabyte_of_news_is_matched_in_good_time() -> None:
    news = f"{TEXT} " + "Bank of China could see the army, " * 5_000 + "and so on " * 85_000
    found = MATCHER.match(article(text=news))
    assert [hit.rule for hit in found if hit.company == "alibaba"] == ["a", "c", "d", "e"]


def test_one_endless_word_is_matched_in_good_time() -> None:
    endless = "Alibaba" * 150_000
    assert hits(article(title="News", text=endless)) == ()
    assert only(article(title="News", text=f"Alibaba and the military {endless}")).prominent
