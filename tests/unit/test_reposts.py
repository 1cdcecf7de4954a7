"""Which articles repeat another word for word."""

from __future__ import annotations

from datetime import datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from riskbot.model import Member, Outlet
from riskbot.stories.outlets import Outlets
from riskbot.stories.reposts import reposts
from tests.builders import article, later, placement, reading

OUTLETS = Outlets([Outlet("CNBC"), Outlet("Yahoo News", kind="aggregator")])
BODY = (
    "Alibaba has been helping the military, a memo says. It names servers in three provinces, the dates on which data "
    "were handed over, two subsidiaries and the officers who met their managers. The company denied all of it."
)
OTHER = (
    "A court in The Hague ordered the chipmaker to stop shipments on Monday. Lawyers for the state had argued that the "
    "machines could end up in laboratories abroad, which the firm's own witnesses did not contest at any time."
)


def member(text: str, published: datetime | None = None, outlet: str | None = None) -> Member:
    return Member(reading(article("Alibaba", text, published=published, outlet=outlet)), placement("s1"))


def found(*members: Member) -> dict[int, int]:
    return dict(reposts(members, OUTLETS))


def test_the_earliest_is_the_original_whatever_the_order() -> None:
    assert found(member(BODY, later(hours=2)), member(BODY, later(hours=1)), member(BODY, later(hours=3))) == {
        0: 1,
        2: 1,
    }


def test_a_known_time_goes_before_an_unknown_and_a_known_outlet_before_the_others() -> None:
    assert found(member(BODY), member(BODY, later())) == {0: 1}
    assert found(member(BODY, outlet="Blog"), member(BODY, outlet="CNBC")) == {0: 1}
    assert found(member(BODY), member(BODY)) == {1: 0}


def test_a_few_words_more_or_a_footer_make_no_difference() -> None:
    footer = "\nThe post Alibaba has been helping the military, a memo says appeared first on CNBC."
    assert found(member(BODY), member(BODY + " Shares fell." + footer)) == {1: 0}


def test_the_beginning_of_a_text_repeats_it() -> None:
    assert found(member(BODY + " " + OTHER), member(BODY, later(hours=1))) == {0: 1}


def test_another_text_repeats_nothing() -> None:
    assert found(member(BODY), member(OTHER)) == {}


def test_short_texts_are_alike_by_chance_and_are_not_compared() -> None:
    assert found(member("Alibaba denied it."), member("Alibaba denied it."), member(""), member("")) == {}


def test_a_thousand_copies_have_one_original() -> None:
    assert set(found(*(member(BODY, later(seconds=n)) for n in range(1000))).values()) == {0}


@given(st.lists(st.sampled_from([BODY, OTHER, "", "x " * 40]), max_size=6))
@settings(deadline=None)
def test_an_original_is_never_a_repost(texts: list[str]) -> None:
    copies = found(*map(member, texts))
    assert not set(copies) & set(copies.values())
