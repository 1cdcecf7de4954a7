"""Who says it: names, spokespeople, documents, pronouns; and nobody, where nobody is named."""

from __future__ import annotations

import pytest

from riskbot.model import Standing
from tests.builders import article
from tests.claimterms import shipped_reader


def speakers(text: str, *companies: str, origin: str | None = None, title: str = "") -> list[str | None]:
    return [claim.speaker for claim in shipped_reader().read(article(title, text), companies, origin)]


@pytest.mark.parametrize(
    ("sentence", "speaker"),
    [
        ("A spokesman for the Chinese foreign ministry denied the report.", "Chinese foreign ministry"),
        ("A Rosneft spokesperson denied the report.", "Rosneft"),
        ("Alibaba's lawyers denied the report.", "Alibaba"),
        ("Spokesman Dmitry Peskov denied the report.", "Dmitry Peskov"),
        ("President Joe Biden denied the report.", "Joe Biden"),
        ("Chief executive Xu Ming denied the report.", "Xu Ming"),
        ("Commerce Secretary Gina Raimondo denied the report.", "Gina Raimondo"),
        ("State-owned carrier Rosnav denied the report.", "Rosnav"),
        ("Volga Shipping, through its lawyers, denied the report.", "Volga Shipping"),
        ("Mikhail Orlov, who founded the group, denied the report.", "Mikhail Orlov"),
        ("On Tuesday Norvik Steel denied the report.", "Norvik Steel"),
        ("Norvik Steel on Tuesday denied the report.", "Norvik Steel"),
        ("In an emailed statement, Telmax denied the report.", "Telmax"),
        (
            "Support came from the Chinese embassy in Washington, which denied the report.",
            "Chinese embassy in Washington",
        ),
        ("The Foreign Ministry in Ankara denied the report.", "Foreign Ministry in Ankara"),
        ("Eastcom said it knew of no transfers and denied the report.", "Eastcom"),
        ("Huaxin “categorically” denied the report.", "Huaxin"),
        ("However, Petrolux denied the report.", "Petrolux"),
        ("After the Kremlin denied the report, shares rose.", "Kremlin"),
        ("The US and Cuba denied the report.", "US and Cuba"),
    ],
)
def test_the_name_is_that_of_whoever_does_the_verb(sentence: str, speaker: str) -> None:
    assert speakers(sentence) == [speaker]


@pytest.mark.parametrize(
    "sentence",
    [
        "Officials denied the report.",
        "A man from Minnesota denied the report.",
        "A Canadian educator denied the report.",
        "Alibaba's owner denied the report.",
        "denied, again, the report.",
    ],
)
def test_people_nobody_names_are_nobody(sentence: str) -> None:
    assert speakers(sentence) == [None]


def test_whose_ties_they_are_is_not_who_says_so() -> None:
    assert speakers("Alibaba's alleged ties to the military are in the news.") == [None]


def test_the_company_is_the_one_company_the_article_is_about() -> None:
    assert speakers("The company denied it.", "Alibaba") == ["Alibaba"]
    assert speakers("The company denied it.", "Alibaba", "Tencent") == [None]
    assert speakers("Alibaba Group Holding Ltd denied it.", "Alibaba") == ["Alibaba"]


def test_the_newspaper_is_the_outlet_whose_report_is_retold() -> None:
    sentence = "The newspaper could not verify the memo."
    assert speakers(sentence, origin="Financial Times") == ["Financial Times"]
    assert speakers(sentence) == [None]


def test_a_pronoun_leads_to_the_sentence_before_and_no_further() -> None:
    assert speakers("Hanwei sells drones. It denied the report.") == ["Hanwei"]
    assert speakers("Eddie Wu runs the firm. He denied the report.") == ["Eddie Wu"]
    assert speakers("Hanwei sells drones. Sales rose. It denied the report.") == [None]
    assert speakers("Hanwei sells drones. He denied the report.") == [None]


def test_an_article_that_begins_with_it_means_what_it_is_about() -> None:
    assert speakers("It denied the report.", "Hanwei") == ["Hanwei"]
    assert speakers("It denied the report.") == [None]


def test_a_body_in_short_is_the_one_named_in_full_before() -> None:
    text = "The Chinese embassy in Washington denied it. The embassy declined to comment further."
    assert speakers(text) == ["Chinese embassy in Washington", "Chinese embassy in Washington"]


def test_a_memo_in_short_is_the_one_named_in_full_before() -> None:
    assert speakers("A White House memo accuses Hanwei. The memo also accuses Eastcom.") == 2 * ["White House memo"]


def test_what_the_white_house_is_said_to_have_done_is_still_the_white_houses() -> None:
    sentence = "The White House has accused Hanwei of aiding the army, according to a report by the Financial Times."
    assert speakers(sentence, origin="Financial Times") == ["White House"]


def test_an_act_has_the_authority_for_speaker_and_not_whom_it_falls_on() -> None:
    (claim,) = shipped_reader().read(article("", "Hanwei was blacklisted by the Pentagon."), ["Hanwei"])
    assert (claim.status, claim.speaker) == (Standing.OFFICIAL, "Pentagon")


@pytest.mark.parametrize(
    ("headline", "denier"),
    [
        ("Huawei confirms U.S. Treasury sanctions, denies sales to Iran", "Huawei"),
        ("Huawei Confirms U.S. Treasury Sanctions, Denies Sales to Iran", "Huawei"),
        ("Huawei confirms U.S. Treasury sanctions and denies sales to Iran", "Huawei"),
        ("Huawei confirms ban, denies spying", "Huawei"),
        ("Huawei confirms Reuters reports, denies spying", "Huawei"),
        ("Huawei confirms U.S. Treasury sanctioned it, denies sales to Iran", "Huawei"),
        ("Huawei condemns Treasury sanctions, denies sales to Iran, confirms talks", "Huawei"),
        ("Huawei faces U.S. sanctions, denies spying", "Huawei"),
        ("Huawei hit by U.S. Treasury sanctions, denies spying", "Huawei"),
        ("Huawei pays fine, denies wrongdoing", "Huawei"),
        ("U.S. Treasury sanctions Huawei, denies claims of protectionism", "U.S. Treasury"),
        ("U.S. bans Huawei, ZTE denies spying", "ZTE"),
        ("Officials said that Norbank ordered the payments and denied the reports.", "Norbank"),
    ],
)
def test_a_verb_without_a_subject_of_its_own_has_that_of_the_verb_before_it(headline: str, denier: str) -> None:
    found = shipped_reader().read(article(headline, ""), ["Huawei"])
    assert [c.speaker for c in found if c.status is Standing.DENIED] == [denier]


@pytest.mark.parametrize(
    ("headline", "who"),
    [
        ("Alibaba denies White House memo, confirms talks with the regulator", ["Alibaba"]),
        ("Alibaba denies reports, confirms White House memo", ["Alibaba"]),
        ("Alibaba condemns White House memo, denies sales, confirms talks", ["Alibaba"]),
        ("Alibaba denies memo, White House confirms it", ["White House"]),
        ("Alibaba denies it, says White House confirmed talks", []),
        ("Alibaba denies claims the ministry confirmed", []),
        ("Alibaba denied claims that Huawei stole data, confirmed the sale.", []),
        ("Alibaba disputes reports of the deal, confirmed by the ministry.", []),
        ("Reports that Alibaba denies the memo, confirms talks", []),
    ],
)
def test_what_is_confirmed_beside_a_denial_is_not_what_is_denied(headline: str, who: list[str]) -> None:
    found = shipped_reader().read(article(headline, ""), ["Alibaba"])
    assert [c.speaker for c in found if c.status is Standing.CONFIRMED] == who
