"""How likely it is that two articles tell of one event: by what they say, who acts, what is done, and when."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskbot.stories.similarity import Weighed, chance, likeness, shared_words, signals, weigh
from riskbot.stories.sketch import Sketch
from tests.builders import NOW, article, hit, later
from tests.newsroom import BAN, BAN_TEXT, FREQUENCIES, ban, of_company, other, retold, told


def odds(a: Weighed, b: Weighed) -> float:
    found = likeness(a, b)
    return found.content + found.time


def test_a_retold_report_is_likely_of_one_event_and_other_news_is_not() -> None:
    assert odds(ban(), retold()) > 1
    assert odds(ban(), other()) < -3


def test_the_same_text_is_wholly_alike() -> None:
    found = signals(ban(), ban(id_="b"))
    assert found[:5] == pytest.approx((1.0,) * 5)
    assert likeness(ban(), ban(id_="b")).same_text


def test_a_repost_is_known_by_its_text_though_a_line_was_added() -> None:
    repost = told(BAN, BAN_TEXT + " Read more of it here.")
    assert likeness(ban(), repost).same_text
    assert likeness(ban(), repost).content > likeness(ban(), retold()).content + 2
    assert not likeness(ban(), retold()).same_text


@pytest.mark.parametrize(
    "follow_up",
    [
        "Italy bans Acme app on government phones",  # the same ban by another government
        "Acme shares fall after Canada bans app on government phones",  # what the market made of it
        "Acme condemns Canada over ban of app on government phones",  # the answer
        "Canada lifts ban of Acme app on government phones",  # the end of it
    ],
)
def test_another_event_in_nearly_the_same_words_is_less_likely_than_the_event_retold(follow_up: str) -> None:
    assert odds(ban(), told(follow_up)) < odds(ban(), told("Acme app banned on government phones in Canada"))


def test_another_state_that_acts_speaks_against_one_event_and_the_same_for_it() -> None:
    same, unknown, another = (told(f"{who} bans Acme app on phones") for who in ("Canada", "Employer", "Italy"))
    assert signals(ban(), same).same_actor == 1
    assert signals(ban(), another).other_actor == 1
    assert signals(ban(), unknown)[5:7] == (0, 0)
    assert odds(ban(), another) < odds(ban(), unknown) < odds(ban(), same)


def test_another_quarter_is_another_event() -> None:
    third = told("Acme third quarter profit rises 20%", at=later(hours=-2))
    assert (
        odds(third, told("Acme third-quarter profit rises")) > odds(third, told("Acme fourth-quarter profit rises")) + 2
    )
    assert odds(third, told("Acme Q3 profit rises")) > odds(third, told("Acme Q4 profit rises")) + 2


def test_another_package_is_another_event_but_one_that_names_both_is_not() -> None:
    first = told("EU adopts 14th sanctions package")
    assert odds(first, told("EU adopts 15th sanctions package")) < 0 < odds(first, told("EU adopts sanctions package"))
    both = told("EU plans 15th package after the 14th package")
    assert likeness(first, both).content > likeness(first, told("EU plans 15th package")).content


def test_a_shared_quotation_makes_one_event_likelier() -> None:
    quoted = told("Acme app row", "The maker spoke of “an act of plain bullying”.")
    again = told("Maker hits out", 'They called it "an act of plain bullying" on Friday.')
    apart = told("Maker hits out", "They called it an act of plain bullying on Friday.")
    assert likeness(quoted, again).content == pytest.approx(likeness(quoted, apart).content + 1.0)


def test_three_plain_words_agree_by_chance() -> None:
    assert signals(told("A law of the year"), told("Year of the law")).enough < 0.5
    assert odds(told("Strong demand for chips"), told("Strong demand for planes")) < odds(ban(), retold()) - 3


def test_likeness_fades_with_the_time_between_whichever_is_first() -> None:
    near, far = likeness(ban(), ban(at=later(hours=2))), likeness(ban(), ban(at=later(days=7)))
    assert 0 > near.time > far.time
    assert likeness(ban(), ban(at=later(days=-7))).time == far.time
    assert likeness(ban(), ban(id_="b")).time == 0


def test_an_unknown_time_is_some_days_and_few_hours_between_hits_of_one_company() -> None:
    undated = likeness(ban(at=None), retold())
    assert undated.time == likeness(ban(), retold(at=later(hours=72))).time
    hits = (of_company(),)
    met = likeness(told(BAN, "", *hits, at=None), told(BAN, "", *hits, id_="b"))
    assert met.time == likeness(ban(), retold(at=later(hours=9))).time
    elsewhere = likeness(told(BAN, "", *hits, at=None), told(BAN, "", hit("acme", "memo"), id_="b"))
    assert elsewhere.time == undated.time


def test_an_article_without_words_is_like_nothing() -> None:
    assert likeness(told("", ""), ban()).content < -2
    assert likeness(told("", ""), told("the of", "and")).content < 0


def test_the_title_weighs_more_than_the_text() -> None:
    weighed = weigh(Sketch("a", NOW, title=("memo",), text=("rule",)), FREQUENCIES)
    assert weighed.happening["memo"] > weighed.happening["rul"] > 0
    again = weigh(Sketch("a", NOW, title=("memo",), text=("memos", "rule")), FREQUENCIES)
    assert again.happening == weighed.happening


def test_names_are_told_from_common_words_by_the_snapshot() -> None:
    assert set(ban().names) >= {"acm", "canada"}
    assert {"ban", "phon"} <= set(ban().happening)


def test_where_one_names_nobody_its_other_words_speak_for_the_names() -> None:
    nobody = told("New rule for phones")
    assert not nobody.names
    found = signals(nobody, ban())
    assert found.names == found.happening


def test_the_words_that_make_two_articles_alike_come_weightiest_first_as_the_first_spells_them() -> None:
    assert shared_words(ban(), retold())[:2] == ["canada", "acme"] or shared_words(ban(), retold())[:2] == [
        "acme",
        "canada",
    ]
    assert "bans" in shared_words(ban(), retold(), most=9)
    assert "banned" in shared_words(retold(), ban(), most=9)
    assert shared_words(told("Fine of $300m for Acme"), told("Acme to pay $300 million"), most=1) == ["$300m"]
    assert shared_words(ban(), other()) == []


def test_chances_are_between_nothing_and_one() -> None:
    assert chance(0) == 0.5
    assert chance(-1e9) == 0.0
    assert chance(1e9) == 1.0


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80), st.text(max_size=80))
def test_likeness_is_symmetric_and_its_signals_are_shares(one: str, another: str) -> None:
    a, b = told(one, another, id_="a"), told(another, one, id_="b")
    there, back = likeness(a, b), likeness(b, a)
    assert there.content == pytest.approx(back.content)
    assert (there.time, there.same_text) == (back.time, back.same_text)
    assert all(0 <= signal <= 1 + 1e-9 for signal in signals(a, b)[:7])


def test_nothing_depends_on_who_published_it() -> None:
    assert likeness(ban(outlet="X", url="https://x.example/1"), retold()) == likeness(ban(), retold())
    assert article().outlet is None
