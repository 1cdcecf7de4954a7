"""Who alleged, who denied, what was not verified, who confirmed, who acted, what was taken back."""

from __future__ import annotations

import pytest

from riskbot.model import Standing
from tests.builders import NOW, article, later
from tests.claimterms import shipped_reader

A, D, U, C, O, R = (  # noqa: E741  one letter for each standing, so that the tables below can be read
    Standing.ALLEGED,
    Standing.DENIED,
    Standing.UNVERIFIED,
    Standing.CONFIRMED,
    Standing.OFFICIAL,
    Standing.RETRACTED,
)
Said = list[tuple[Standing, str | None]]


def said(sentence: str, *companies: str) -> Said:
    found = shipped_reader().read(article("", sentence), companies)
    return [(claim.status, claim.speaker) for claim in found]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The White House accused Alibaba of helping the military.", [(A, "White House")]),
        ("The memo alleges that Alibaba helps the military.", [(A, None)]),
        ("A White House memo claims that Alibaba helps the military.", [(A, "White House memo")]),
        ("White House Memo Claims Alibaba Helps Military", [(A, "White House memo")]),
        ("Alibaba helps the military, according to a White House memo.", [(A, "White House memo")]),
        ("According to the indictment, Alibaba stole the designs.", [(A, None)]),
        ("Alibaba is accused of helping the military.", [(A, None)]),
        ("Alibaba is accused by Washington of helping the military.", [(A, "Washington")]),
        ("Alibaba is alleged to have helped the military.", [(A, None)]),
        ("Alibaba allegedly helps the military.", [(A, None)]),
        ("Washington's allegations that Alibaba helps the military are new.", [(A, "Washington")]),
        ("Alibaba smuggled chips through Dubai, a senior US official said.", [(A, "US official")]),
        ("The FBI says the group stole designs from two shipyards.", [(A, "FBI")]),
        ("Two people familiar with the matter said that Alibaba bribed officials.", [(A, None)]),
        ("Alibaba aids China's military, U.S. Official Alleges", [(A, "U.S. Official")]),
    ],
)
def test_who_asserts_wrongdoing_alleges(sentence: str, expected: Said) -> None:
    assert said(sentence) == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Alibaba denied the report.", [(D, "Alibaba")]),
        ("Alibaba rejected the allegations.", [(D, "Alibaba")]),
        ("The Chinese embassy in Washington called the report false.", [(D, "Chinese embassy in Washington")]),
        ("The Kremlin dismissed the claims as nonsense.", [(D, "Kremlin")]),
        ("The company said the allegations were false.", [(D, None)]),
        ("Alibaba refuted the accusation.", [(D, "Alibaba")]),
        ("“These claims are entirely without foundation,” Alibaba said.", [(D, "Alibaba")]),
        ("“We have never supplied the army,” said Eddie Wu, its chief executive.", [(D, "Eddie Wu")]),
        ("The allegations were strongly denied.", [(D, None)]),
        ("Lin Wei has pleaded not guilty to smuggling chips.", [(D, "Lin Wei")]),
        ("White House: Chinese allegations 'baseless'", [(D, "White House")]),
        ("The report is a fabrication, the Chinese embassy said.", [(D, "Chinese embassy")]),
        ("Beijing denied reports that it would confirm the ban.", [(D, "Beijing")]),
        ("Petrolux denied that it had been fined.", [(D, "Petrolux")]),
    ],
)
def test_who_is_accused_and_rejects_it_denies(sentence: str, expected: Said) -> None:
    assert said(sentence) == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The Financial Times could not independently verify the memo.", [(U, "Financial Times")]),
        ("The memo could not be fully and independently confirmed by Reuters.", [(U, "Reuters")]),
        ("Alibaba did not respond to a request for comment.", [(U, "Alibaba")]),
        ("Alibaba did not immediately respond.", [(U, "Alibaba")]),
        ("Alibaba declined to comment.", [(U, "Alibaba")]),
        ("The ministry would not comment.", [(U, None)]),
        ("Calls to Alibaba went unanswered.", [(U, "Alibaba")]),
        ("Emails to the Treasury Department were not answered.", [(U, "Treasury Department")]),
        (
            "Neither Alibaba nor the White House responded to requests for comment.",
            [(U, "White House"), (U, "Alibaba")],
        ),
        ("The Pentagon refused to confirm that Alibaba had been blacklisted.", [(U, "Pentagon")]),
        ("Tehran has neither confirmed nor denied the report.", [(U, "Tehran")]),
        ("The FT, which did not publish the memo, said it could not verify it.", [(U, "FT")]),
        ("Alibaba could not be reached for comment.", [(U, "Alibaba")]),
        ("There has been no independent confirmation of the memo.", [(U, None)]),
    ],
)
def test_who_looked_and_could_not_say_or_was_asked_and_would_not(sentence: str, expected: Said) -> None:
    assert said(sentence) == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The Pentagon confirmed the memo.", [(C, "Pentagon")]),
        ("Alibaba acknowledged the contract.", [(C, "Alibaba")]),
        ("Alibaba admitted that it had sold pumps to the army.", [(C, "Alibaba")]),
        ("The strike, confirmed by Central Command on Sunday, hit a ship.", [(C, "Central Command")]),
        ("We can confirm that the memo is real, the Pentagon said.", [(C, "Pentagon")]),
        ("The memo is genuine, the White House said.", [(C, "White House")]),
    ],
)
def test_who_says_that_it_is_so_confirms(sentence: str, expected: Said) -> None:
    assert [pair for pair in said(sentence) if pair[1]] == expected or said(sentence) == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Alibaba was added to the Entity List.", [(O, None)]),
        ("The Commerce Department added Alibaba to its Entity List.", [(O, "Commerce Department")]),
        ("US Adds Alibaba To Entity List", [(O, "US")]),
        ("It is on the U.S. Commerce Department's Entity List.", [(O, None)]),
        ("The United States imposed sanctions on Alibaba.", [(O, "United States")]),
        ("Alibaba was blacklisted by the Pentagon.", [(O, "Pentagon")]),
        ("China bans Micron from key projects", [(O, "China")]),
        ("China tells firms to stop using foreign chips", [(O, "China")]),
        ("Bank fined $300 million for breaching embargo", [(O, None)]),
        ("The FTC sued Eastcom to stop the merger.", [(O, "FTC")]),
        ("A judge found Lin Wei guilty of fraud.", [(O, None)]),
        ("The Justice Department charged three engineers.", [(O, "Justice Department")]),
        ("EU lifts sanctions on Volga Shipping", [(O, "EU")]),
        ("Bank hit with record fine", [(O, None)]),
        ("Police raided the offices and seized documents.", [(O, None)]),
    ],
)
def test_what_an_authority_did_is_official(sentence: str, expected: Said) -> None:
    assert said(sentence) == expected


def test_a_plea_is_confirmed_and_official_at_once() -> None:
    assert said("Petrolux pleaded guilty to fraud.") == [(O, None), (C, "Petrolux")]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The Financial Times retracted its report.", [(R, "Financial Times")]),
        ("The Financial Times retracted it, and retracted it again.", [(R, "Financial Times")]),
        ("Der Kurier later withdrew the article.", [(R, "Der Kurier")]),
        ("Correction: An earlier version of this article misstated the sum.", [(R, None)]),
        ("Correction (May 5): the company was not sanctioned by the EU.", [(R, None)]),
        ("CORRECTED-Bank did not ship plate to Russia", [(R, None)]),
        ("(Corrects paragraph 4 to say the ministry signed)", [(R, None)]),
        ("An earlier version of this story said that Alibaba was fined.", [(R, None)]),
        ("We retract the report.", [(R, None)]),
        ("The article has since been retracted.", [(R, None)]),
        ("Lin Wei has retracted her accusation against the bank.", [(R, "Lin Wei")]),
    ],
)
def test_what_is_taken_back_is_retracted_and_told_as_nothing_else(sentence: str, expected: Said) -> None:
    assert said(sentence) == expected


def test_a_sentence_may_hold_several_standings_and_several_speakers() -> None:
    sentence = "The White House accused Alibaba; Alibaba denied it; there was no independent confirmation."
    assert sorted(said(sentence), key=str) == sorted([(A, "White House"), (D, "Alibaba"), (U, None)], key=str)
    assert said("Hanwei, which has been accused of aiding the army, denies the claims.") == [(D, "Hanwei"), (A, None)]


def test_the_headline_claims_too_and_comes_first() -> None:
    found = shipped_reader().read(article("Alibaba denies memo", "The White House accused Alibaba of it."))
    assert [(claim.status, claim.sentence) for claim in found] == [
        (D, "Alibaba denies memo"),
        (A, "The White House accused Alibaba of it."),
    ]


def test_a_claim_knows_its_article_and_its_time() -> None:
    (claim,) = shipped_reader().read(article("Alibaba denies memo", "", id="a", published=later(hours=-2)))
    assert (claim.article, claim.at) == ("a", later(hours=-2))
    (undated,) = shipped_reader().read(article("Alibaba denies memo", ""))
    assert undated.at == NOW


def test_furniture_makes_no_claims() -> None:
    body = "Alibaba fell by four percent in Hong Kong on Monday, traders said.\n\nYou may also like\n"
    teasers = "Meme coin founder denied all charges\nAirline confirmed its order\n"
    assert shipped_reader().read(article("Alibaba falls", body + teasers)) == ()


def test_what_comes_after_furniture_claims_again() -> None:
    prose = "Shares fell by four percent in Hong Kong on Monday, traders said."
    teaser = "Read more: Meme coin founder denied all charges"
    found = shipped_reader().read(
        article("Alibaba falls", f"{prose}\n{teaser}\nAlibaba denied the report on Monday.\n")
    )
    assert [(claim.status, claim.speaker) for claim in found] == [(D, "Alibaba")]


def test_a_body_that_stands_on_the_page_twice_claims_once() -> None:
    body = "Alibaba denied the report. Shares fell by four percent on Monday, traders in Hong Kong said."
    title = "Alibaba named in White House memo"
    page = f"The post {title} appeared first on CNBC. {body}\n\n{title}\n\n{body}\n"
    assert [claim.status for claim in shipped_reader().read(article(title, page))] == [D]


def test_a_short_piece_of_furniture_in_a_sentence_does_not_silence_it() -> None:
    found = shipped_reader().read(
        article("Alibaba falls", "Alibaba (BABA--) denied the report on Monday in Hong Kong.")
    )
    assert [claim.status for claim in found] == [D]
