"""What counts in an article once masks, furniture, missing company and longer names are taken out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from riskbot.matching.layout import Layout
from riskbot.matching.occurrences import Found, Vocabulary
from riskbot.matching.rules import RuleSet, Term
from tests.builders import article, company, rule, ruleset, topic


def terms(*written: str) -> tuple[Term, ...]:
    return tuple(Term.parse(term) for term in written)


def find(rules: RuleSet, text: str, title: str = "News") -> Found:
    return Vocabulary(rules).find(Layout(article(title=title, text=text)))


def companies(rules: RuleSet, text: str, title: str = "News") -> list[tuple[str, str]]:
    """(company, what stands there), in order of place."""
    found = find(rules, text, title)
    places = sorted(place for of_one in found.companies.values() for place in of_one)
    return [(place.owner, (text if place.in_text else title)[place.start : place.end]) for place in places]


def of_topic(rules: RuleSet, text: str, title: str = "News") -> list[str]:
    places = find(rules, text, title).topics.get("military", ())
    return [(text if place.in_text else title)[place.start : place.end] for place in places]


CHINA = ruleset(
    companies=(
        company("China", id="china"),
        company("Bank of China", id="boc"),
        company("China Mobile", id="mobile"),
    )
)


def test_without_a_company_nothing_is_found_at_all() -> None:
    assert find(ruleset(), "The military and the military.") == Found({}, {})


def test_occurrences_are_in_order_of_place_with_the_title_first() -> None:
    found = find(ruleset(), "Alibaba, the military, Alibaba.", title="Military and Alibaba")
    assert [(o.field, o.start) for o in found.companies["alibaba"]] == [("title", 13), ("text", 0), ("text", 23)]
    assert [(o.field, o.start) for o in found.topics["military"]] == [("title", 0), ("text", 13)]


def test_an_occurrence_shows_the_words_as_they_stand() -> None:
    found = find(ruleset(), "ALI\u00adBABA did.")
    (occurrence,) = found.companies["alibaba"]
    span = occurrence.span(Layout(article(text="ALI\u00adBABA did.")), topic="military")
    assert (span.field, span.start, span.end, span.text, span.term) == ("text", 0, 8, "ALI\u00adBABA", "Alibaba")


def test_the_longest_company_name_wins() -> None:
    assert companies(CHINA, "Bank of China lends.") == [("boc", "Bank of China")]
    assert companies(CHINA, "China lends.") == [("china", "China")]
    assert companies(CHINA, "China fined Bank of China.") == [("china", "China"), ("boc", "Bank of China")]


def test_names_that_merely_cross_both_count() -> None:
    assert companies(CHINA, "Bank of China Mobile") == [("boc", "Bank of China"), ("mobile", "China Mobile")]


def test_two_companies_that_share_a_name_both_count_and_each_once() -> None:
    shared = ruleset(
        companies=(
            company("Meta", id="meta-a", aliases=terms("Meta", "=Meta")),
            company("Meta", id="meta-b", aliases=terms("META", "=Meta", "meta")),
        )
    )
    assert companies(shared, "Meta said.") == [("meta-a", "Meta"), ("meta-b", "Meta")]


def test_of_two_terms_at_one_place_the_same_one_is_always_named() -> None:
    both = ruleset(companies=(company("Meta", aliases=terms("Meta", "=Meta", "meta*")),))
    assert [o.term for o in find(both, "Meta said.").companies["meta"]] == ["=Meta"]


def test_tickers_count_in_exact_case_as_whole_tokens() -> None:
    listed = ruleset(companies=(company("Alibaba", tickers=("BABA", "9988.HK")),))
    assert companies(listed, "BABA, $BABA, (9988.HK), baba, BABAX, 99988.HK") == [
        ("alibaba", "BABA"),
        ("alibaba", "BABA"),
        ("alibaba", "9988.HK"),
    ]


def test_a_phrase_masks_only_the_names_inside_it() -> None:
    tencent = ruleset(
        companies=(company("Tencent", not_in=terms("Tencent Music Awards")), company("Music", id="music"))
    )
    text = "At the Tencent Music Awards, Tencent sang."
    assert companies(tencent, text) == [("music", "Music"), ("tencent", "Tencent")]


def test_a_phrase_masks_only_the_terms_of_its_own_topic() -> None:
    rules = ruleset(
        topics=(topic("military", "army", not_in=terms("Salvation Army", "Army Street")), topic("charity", "army"))
    )
    text = "Alibaba gave to the Salvation Army on Army Street, not to the army. Old Salvation Army Street."
    assert of_topic(rules, text) == ["army"]
    assert len(find(rules, text).topics["charity"]) == 4


def test_a_mask_in_the_title_masks_nothing_in_the_text() -> None:
    rules = ruleset(topics=(topic("military", "army", not_in=terms("Salvation Army")),))
    assert of_topic(rules, "The army paid Alibaba.", title="The Salvation Army") == ["army"]
    assert of_topic(rules, "The Salvation Army paid Alibaba.", title="The army") == ["army"]


@given(st.lists(st.sampled_from(["army", "salvation army", "army museum", "x", "salvation army museum"]), max_size=12))
def test_a_term_counts_unless_a_mask_covers_it(pieces: list[str]) -> None:
    rules = ruleset(
        topics=(topic("military", "army", not_in=terms("salvation army", "army museum", "salvation army museum")),)
    )
    text = "; ".join(["Alibaba", *(piece + " ." for piece in pieces)])
    assert len(of_topic(rules, text)) == pieces.count("army")


def test_an_ambiguous_name_counts_only_in_company() -> None:
    saab = ruleset(companies=(company("Saab", only_with=terms("Gripen", "fighter*")), company("Boeing")))
    assert companies(saab, "Saab the singer met Boeing.") == [("boeing", "Boeing")]
    assert companies(saab, "Saab showed it.", title="Two fighters") == [("saab", "Saab")]
    assert companies(saab, "Saab showed a Gripen.") == [("saab", "Saab")]


def test_a_name_that_does_not_count_hides_no_shorter_one() -> None:
    rules = ruleset(companies=(company("China"), company("Bank of China", id="boc", only_with=terms("loan"))))
    assert companies(rules, "Bank of China speaks.") == [("china", "China")]
    assert companies(rules, "Bank of China gives a loan.") == [("boc", "Bank of China")]


def test_nothing_counts_on_the_page_furniture() -> None:
    text = (
        "The regulator said on Tuesday that the shipyard had delivered two vessels to the navy without a licence.\n\n"
        "You may also like\nAlibaba helps the military\nSaab sells a Gripen\n"
    )
    rules = ruleset(companies=(company("Alibaba"), company("navy"), company("shipyard", only_with=terms("Gripen"))))
    assert companies(rules, text) == [("navy", "navy")]
    assert of_topic(rules, text) == []
    assert companies(rules, "", title="You may also like Alibaba") == [("alibaba", "Alibaba")]


def test_ten_thousand_masks_are_no_burden() -> None:
    rules = ruleset(topics=(topic("military", "army", not_in=terms("salvation army")),))
    text = "Alibaba. " + "Salvation army, army; " * 10_000
    assert len(of_topic(rules, text)) == 10_000


def test_the_order_of_the_rule_set_makes_no_difference() -> None:
    backwards = RuleSet(CHINA.companies[::-1], CHINA.topics, (rule(),))
    text = "China, Bank of China Mobile, the Bank of China"
    assert find(CHINA, text) == find(backwards, text)
