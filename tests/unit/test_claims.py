"""Who alleged, who denied, what was not verified, who confirmed, who acted."""

from __future__ import annotations

import pytest

from riskbot.model import Standing
from riskbot.stories.claims import claims
from tests.builders import NOW, article, later

A, D, U, C, O, R = (  # noqa: E741  one letter for each standing, so that the table below can be read
    Standing.ALLEGED,
    Standing.DENIED,
    Standing.UNVERIFIED,
    Standing.CONFIRMED,
    Standing.OFFICIAL,
    Standing.RETRACTED,
)


def said(sentence: str, *companies: str) -> list[tuple[Standing, str | None]]:
    found = claims(article("Alibaba and the memo", sentence), companies)
    return [(claim.status, claim.speaker) for claim in found]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Alibaba denied the report.", [(D, "Alibaba")]),
        ("Alibaba rejected the allegations.", [(D, "Alibaba")]),
        ("Alibaba Group has also denied the claim.", [(D, "Alibaba Group")]),
        ("The Chinese embassy in Washington called the report false.", [(D, "Chinese embassy in Washington")]),
        ("The White House accused Alibaba of helping the military.", [(A, "White House")]),
        ("The memo alleges that Alibaba helps the military.", [(A, None)]),
        ("Alibaba is accused of helping the military.", [(A, None)]),
        ("Alibaba is alleged to have helped the military.", [(A, None)]),
        ("Alibaba allegedly helps the military.", [(A, None)]),
        ("The Financial Times could not independently verify the memo.", [(U, "Financial Times")]),
        ("Alibaba did not respond to a request for comment.", [(U, "Alibaba")]),
        ("Alibaba declined to comment.", [(U, "Alibaba")]),
        ("The Pentagon confirmed the memo.", [(C, "Pentagon")]),
        ("Alibaba acknowledged the contract.", [(C, "Alibaba")]),
        ("Alibaba was added to the Entity List.", [(O, "Alibaba")]),
        ("The United States imposed sanctions on Alibaba.", [(O, "United States")]),
        ("US Adds Alibaba To Entity List.", [(O, "US")]),
        ("Alibaba was blacklisted by the Pentagon.", [(O, "Alibaba")]),
        ("The White House claims Alibaba helps the military.", [(A, "White House")]),
        ("White House Memo Claims Alibaba Helps Military", [(A, "White House")]),
        ("The Financial Times retracted its report.", [(R, "Financial Times")]),
    ],
)
def test_a_sentence_says_who_stands_where(sentence: str, expected: list[tuple[Standing, str | None]]) -> None:
    found = said(sentence)
    if found and found[0][1] and found[0][1].startswith("The "):
        found = [(status, (speaker or "").removeprefix("The ")) for status, speaker in found]
    assert found == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "Alibaba sells cloud services to shops.",
        "Alibaba did not deny the report.",
        "Alibaba never denied it.",
        "The Pentagon refused to confirm the memo.",
        "Nobody accused Alibaba of anything.",
        "Alibaba was not added to the Entity List.",
        "Alibaba announced a new bank partnership.",
        "Alibaba announced a finer network.",
    ],
)
def test_what_is_not_said_or_said_not_to_be_is_no_claim(sentence: str) -> None:
    assert [status for status, _ in said(sentence) if status is not U] == []


def test_what_a_denial_governs_confirms_nothing() -> None:
    assert [status for status, _ in said("Alibaba denied reports that it confirmed the contract.")] == [D]


def test_denied_allegations_allege_nothing() -> None:
    assert [status for status, _ in said("Alibaba denied that it allegedly helps the military.")] == [D]


def test_a_leaked_memo_alleges_and_is_no_official_act() -> None:
    assert [status for status, _ in said("A White House memo claims that Alibaba helps the military.")] == [A]


def test_one_sentence_may_hold_several_standings_but_each_once() -> None:
    sentence = "The White House accused Alibaba; Alibaba denied it, and again denied it; no independent confirmation."
    assert sorted(status for status, _ in said(sentence)) == [D, U]
    assert [status for status, _ in said("The Financial Times retracted it, and retracted it again.")] == [R]


def test_the_company_is_the_one_company_the_article_is_about() -> None:
    assert said("The company denied it.", "Alibaba") == [(D, "Alibaba")]
    assert said("The company denied it.", "Alibaba", "Tencent") == [(D, None)]
    assert said("Alibaba Group Holding denied it.", "Alibaba") == [(D, "Alibaba")]


@pytest.mark.parametrize("sentence", ["It denied the report.", "They denied it.", "denied, again."])
def test_a_speaker_nobody_names_is_none(sentence: str) -> None:
    assert said(sentence) == [(D, None)]


def test_whose_ties_they_are_is_not_who_says_so() -> None:
    assert said("Alibaba's alleged ties to the military are in the news.") == [(A, None)]


def test_the_headline_claims_too_and_comes_first() -> None:
    found = claims(article("Alibaba denies memo", "The White House accused Alibaba of it."))
    assert [(claim.status, claim.sentence) for claim in found] == [
        (D, "Alibaba denies memo"),
        (A, "The White House accused Alibaba of it."),
    ]


def test_furniture_makes_no_claims() -> None:
    body = "Alibaba fell by four percent in Hong Kong on Monday, traders said.\n\nYou may also like\n"
    found = claims(
        article("Alibaba falls", body + "Meme coin founder denied all charges\nAirline confirmed its order\n")
    )
    assert found == ()


def test_what_comes_after_furniture_claims_again() -> None:
    prose = "Shares fell by four percent in Hong Kong on Monday, traders said."
    teaser = "Read more: Meme coin founder denied all charges"
    found = claims(article("Alibaba falls", f"{prose}\n{teaser}\nAlibaba denied the report on Monday.\n"))
    assert [(claim.status, claim.speaker) for claim in found] == [(D, "Alibaba")]


def test_what_could_not_be_verified_is_not_confirmed_by_its_own_words() -> None:
    found = said("The memo could not be fully and independently confirmed by Reuters.")
    assert [status for status, _ in found] == [U]


def test_a_short_piece_of_furniture_in_a_sentence_does_not_silence_it() -> None:
    found = claims(article("Alibaba falls", "Alibaba (BABA--) denied the report on Monday in Hong Kong."))
    assert [claim.status for claim in found] == [D]


def test_a_claim_knows_its_article_and_its_time() -> None:
    given = article("Alibaba denies memo", "", id="a", published=later(hours=-2))
    (claim,) = claims(given)
    assert (claim.article, claim.at) == ("a", later(hours=-2))
    (undated,) = claims(article("Alibaba denies memo", ""))
    assert undated.at == NOW
