"""Claims of any text at all, within bounds; what a claim bears on; words of one's own."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskbot.matching.rules import Term
from riskbot.model import Standing
from riskbot.stories.claims import ClaimGroup, ClaimReader, ClaimTerms, Group, about, claims, group_of
from riskbot.stories.claims.reader import LONGEST, MOST
from tests.builders import article, hit, span
from tests.claimterms import shipped_reader, shipped_terms

DENIED = "Hanwei denied the report. "


# ── any text ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_article_without_title_and_text_claims_nothing() -> None:
    assert shipped_reader().read(article("", "")) == ()


def test_a_reader_without_terms_reads_nothing() -> None:
    assert ClaimReader().read(article("Alibaba denies memo", DENIED)) == ()


def test_one_article_can_be_read_with_terms_at_hand() -> None:
    one = article("", DENIED)
    assert claims(one, ["Hanwei"], shipped_terms()) == shipped_reader().read(one, ["Hanwei"])
    assert claims(one) == ()


def test_a_megabyte_of_claims_brings_no_more_than_so_many() -> None:
    text = "".join(f"Hanwei {n} denied report {n}. " for n in range(40_000))
    assert len(text) > 1_000_000
    assert len(shipped_reader().read(article("", text))) == MOST


def test_a_megabyte_without_an_end_is_read_in_pieces() -> None:
    found = shipped_reader().read(article("", "denied the report " * 60_000))
    assert 0 < len(found) <= MOST
    assert all(len(claim.sentence) <= LONGEST for claim in found)


def test_the_same_sentence_again_claims_nothing_new() -> None:
    assert len(shipped_reader().read(article("", DENIED * 500))) == 1


@pytest.mark.parametrize(
    "text", ["“" * 5000 + "denied", "“a ”b " * 3000 + "denied the report", "denied, " * 4000, "(" * 9000]
)
def test_quotes_brackets_and_commas_without_end_do_no_harm(text: str) -> None:
    assert len(shipped_reader().read(article("", text))) <= MOST


_PIECES = st.sampled_from(
    """Alibaba Hanwei the The White House memo denied accused of confirmed that could not verify said sanctions on list
    “ ” " ' , . : ; — ( ) added to Entity List report it he which who was by according to - U.S. Inc. ?""".split()
)


@given(st.lists(_PIECES, max_size=60).map(" ".join), st.text(max_size=200))
@settings(max_examples=300, deadline=None)
def test_any_words_in_any_order_give_claims_that_stand_in_the_text(words: str, any_text: str) -> None:
    for claim in shipped_reader().read(article(any_text, words), ["Alibaba"], "Financial Times"):
        assert claim.sentence in (words, any_text) or claim.sentence in words
        assert claim.speaker is None or claim.speaker.strip()


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_reading_twice_gives_the_same(text: str) -> None:
    given_article = article("Alibaba denies memo", text)
    assert shipped_reader().read(given_article) == shipped_reader().read(given_article)


# ── what a claim bears on ────────────────────────────────────────────────────────────────────────────────────────


def bearings(sentence: str, *companies: str) -> list[tuple[str, str]]:
    return [(str(c.status), c.bearing) for c in shipped_reader().read(article("", sentence), companies)]


def test_an_authority_and_the_company_itself_are_entitled_to_confirm() -> None:
    assert bearings("The Pentagon confirmed the memo.", "Hanwei") == [("confirmed", "entitled")]
    assert bearings("Hanwei confirmed the contract.", "Hanwei") == [("confirmed", "entitled")]


def test_an_outlet_a_blogger_or_an_official_nobody_names_is_not() -> None:
    assert bearings("Reuters confirmed the memo.", "Hanwei") == [("confirmed", "told")]
    assert bearings("A US official confirmed the memo.", "Hanwei") == [("confirmed", "told")]


def test_an_act_on_somebody_else_is_set_aside() -> None:
    sentence = "The U.S. imposed restrictions on companies like Huawei, and the allegations against Hanwei could hurt."
    assert ("official", "aside") in bearings(sentence, "Hanwei")
    assert ("official", "entitled") in bearings("The U.S. imposed restrictions on Hanwei and Huawei.", "Hanwei")


def test_without_a_company_nothing_is_set_aside() -> None:
    assert bearings("The U.S. imposed restrictions on Huawei.") == [("official", "entitled")]


def test_a_further_name_of_the_company_counts() -> None:
    hits = (hit("alibaba", spans=(span("Aliyun", "Aliyun falls"),)),)
    assert about(hits) == {"Alibaba": ("Aliyun",)}
    found = shipped_reader().read(article("", "The U.S. imposed restrictions on Aliyun."), about(hits))
    assert [claim.bearing for claim in found] == ["entitled"]


def test_companies_that_are_only_mentioned_are_not_what_it_is_about() -> None:
    assert about((hit("baidu", salient=False),)) == {}


# ── words of one's own ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_term_added_to_a_group_is_read_like_the_shipped_ones() -> None:
    sentence = article("", "Hanwei pooh-poohed the accusation.")
    assert shipped_reader().read(sentence) == ()
    more = ClaimReader(shipped_terms() + ClaimTerms((group_of(Group.REJECT, ["pooh-poohed"]),)))
    assert [(c.status, c.speaker) for c in more.read(sentence)] == [(Standing.DENIED, "Hanwei")]


def test_a_phrase_in_not_in_takes_the_term_away() -> None:
    less = ClaimReader(shipped_terms() + ClaimTerms((group_of(Group.DENY, ["denied"], ["denied the report"]),)))
    assert less.read(article("", "Hanwei denied the report.")) == ()
    assert less.read(article("", "Hanwei denied the accusation.")) != ()


def test_the_missing_groups_are_known() -> None:
    assert shipped_terms().missing() == ()
    assert Group.DENY not in ClaimTerms((group_of(Group.DENY, ["denies"]),)).missing()
    assert len(ClaimTerms().missing()) == len(Group)


def test_a_group_keeps_its_terms_as_they_are_written() -> None:
    assert group_of(Group.DENY, ["den*", "=NO"]) == ClaimGroup(Group.DENY, (Term.parse("den*"), Term.parse("=NO")))
    assert list(ClaimTerms((group_of(Group.DENY, ["denies"]),)).of(Group.DENY)) == [Term.parse("denies")]
