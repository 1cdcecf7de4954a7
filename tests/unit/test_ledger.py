"""The ledger of a story: each standing and speaker once, whatever the spelling, in order of time."""

from __future__ import annotations

from typing import Any

from riskbot.model import Claim, Member, Outlet, Reading, Standing
from riskbot.stories.ledger import Speakers, ledger
from riskbot.stories.outlets import Outlets
from tests.builders import article, claim, hit, later, placement, reading, span

OUTLETS = Outlets([Outlet("Financial Times", ("=FT",)), Outlet("White House", kind="government")])
NAMES = "Alibaba Group, Aliyun"


def members(*claims: Claim, **fields: Any) -> list[Member]:
    fields.setdefault("hits", (hit(spans=(span("Alibaba Group", NAMES), span("Aliyun", NAMES))),))
    told: Reading = reading(article(), claims=claims, **fields)
    return [Member(told, placement("s1"))]


def names(*speakers: str | None, status: Standing = Standing.DENIED) -> list[str | None]:
    return [c.speaker for c in ledger(members(*(claim(status, name) for name in speakers)), OUTLETS)]


def test_claims_stand_once_for_each_standing_and_speaker_the_earliest_first() -> None:
    late = claim(Standing.DENIED, "Alibaba", sentence="late", at=later(hours=5))
    early = claim(Standing.DENIED, "ALIBABA", sentence="early", at=later(hours=1))
    alleged = claim(Standing.ALLEGED, sentence="first", at=later(hours=0))
    undated = claim(Standing.UNVERIFIED, "FT", sentence="undated", at=None)
    found = ledger(members(undated, late, alleged, early), OUTLETS)
    assert [c.sentence for c in found] == ["first", "early", "undated"]


def test_a_company_under_its_further_names_is_one() -> None:
    assert names("Alibaba", "Alibaba Group", "Aliyun", "Alibaba Group Holding Ltd.") == ["Alibaba"]


def test_an_outlet_under_its_aliases_is_one() -> None:
    assert names("FT", "the Financial Times", status=Standing.UNVERIFIED) == ["Financial Times"]


def test_a_body_in_short_and_in_full_is_one_and_goes_by_the_fuller_name() -> None:
    assert names("Chinese embassy", "Chinese embassy in Washington") == ["Chinese embassy in Washington"]
    assert names("China's embassy", "Chinese embassy") == ["China's embassy"]
    assert names("Treasury", "U.S. Treasury", "US Treasury Department") == ["US Treasury Department"]
    assert names("DOJ", "Justice Department") == ["Justice Department"]
    assert names("Wu", "Eddie Wu") == ["Eddie Wu"]
    assert names("U.S.", "United States", "US") == ["United States"]


def test_where_a_short_name_may_mean_two_each_stays_itself() -> None:
    assert names("Treasury", "U.S. Treasury", "UK Treasury") == ["Treasury", "U.S. Treasury", "UK Treasury"]
    assert names("Wu", "Eddie Wu", "Ming Wu") == ["Wu", "Eddie Wu", "Ming Wu"]


def test_a_country_is_not_the_end_of_a_firms_name() -> None:
    assert names("China", "Air China", "Bank of China") == ["China", "Air China", "Bank of China"]


def test_a_body_and_its_memo_allege_once_under_the_more_careful_name() -> None:
    assert names("White House", "White House memo", status=Standing.ALLEGED) == ["White House memo"]


def test_a_memo_never_answers_for_its_body() -> None:
    found = ledger(
        members(claim(Standing.ALLEGED, "White House memo"), claim(Standing.UNVERIFIED, "White House")), OUTLETS
    )
    assert [c.speaker for c in found] == ["White House memo", "White House"]


def test_a_nameless_claim_stands_only_where_nobody_is_named() -> None:
    assert names(None, "Alibaba") == ["Alibaba"]
    assert names(None, None) == [None]


def test_what_concerns_somebody_else_is_left_out() -> None:
    assert ledger(members(claim(Standing.OFFICIAL, "U.S.", bearing="aside")), OUTLETS) == ()


def test_a_retraction_stands_beside_what_it_takes_back() -> None:
    found = ledger(
        members(
            claim(Standing.ALLEGED, "Lin Wei", at=later(hours=0)),
            claim(Standing.RETRACTED, "Lin Wei", at=later(hours=9)),
        ),
        OUTLETS,
    )
    assert [(c.status, c.speaker) for c in found] == [(Standing.ALLEGED, "Lin Wei"), (Standing.RETRACTED, "Lin Wei")]


def test_who_is_entitled_in_one_article_is_in_the_ledger() -> None:
    told, entitled = claim(Standing.CONFIRMED, "Pentagon"), claim(Standing.CONFIRMED, "Pentagon", bearing="entitled")
    assert [c.bearing for c in ledger(members(told, entitled), OUTLETS)] == ["entitled"]


def test_nobody_has_no_name() -> None:
    assert Speakers(members(), OUTLETS).name(None) is None
    assert Speakers(members(), OUTLETS).name("Nobody Else") == "Nobody Else"
