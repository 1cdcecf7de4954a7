"""What looks like a claim and is none: negation, plans, conditions, other senses of the same words."""

from __future__ import annotations

import pytest

from riskbot.model import Standing
from tests.builders import article
from tests.claimterms import shipped_reader


def statuses(sentence: str) -> list[str]:
    return [str(claim.status) for claim in shipped_reader().read(article("", sentence))]


@pytest.mark.parametrize(
    "sentence",
    [
        "Alibaba did not deny the report.",
        "Alibaba never denied it.",
        "Nobody accuses the firm of breaking the law.",
        "No one has been charged in connection with the leak.",
        "Alibaba was not added to the Entity List.",
        "The Treasury has not sanctioned the shipping group.",
        "The bank was kept off the sanctions list after lobbying.",
        "The EU stopped short of blacklisting the bank.",
        "The group avoided a fine.",
        "The EU failed to agree on a ban on Russian diamonds.",
    ],
)
def test_what_is_said_not_to_be_is_no_claim(sentence: str) -> None:
    assert statuses(sentence) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "Alibaba could be added to the Entity List within weeks.",
        "Senators called for sanctions on the drone maker.",
        "The ministry is considering a ban on Chinese cameras.",
        "Regulators threatened to fine the airline.",
        "If confirmed, the strike would be the first on the port.",
        "Analysts expect the Commerce Department to ban the software.",
        "The proposal would prohibit sales of chips to the army.",
        "Washington is weighing whether to put the firm on a trade blacklist.",
        "Plans to blacklist the chipmaker were shelved.",
        "The White House has no plans to sanction the bank.",
        "What would happen if the United States sanctioned the world's largest chipmaker?",
        "After the ban, sales fell.",
        "Before sanctions were imposed in 2014, trade had flourished.",
        "Shares fell after reports that China banned the phone.",
    ],
)
def test_what_may_come_or_is_wished_feared_or_only_background_is_no_act(sentence: str) -> None:
    assert "official" not in statuses(sentence)
    assert "confirmed" not in statuses(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "The refugees were denied entry at the border.",
        "Trade officials denied the steelmaker an import licence.",
        "A judge denied bail to the former executive.",
        "Women denied tests complained about the clinic.",
        "Shareholders rejected the takeover offer from Petrolux.",
        "They were dismissed from their posts after the merger.",
        "He told reporters that the invoices were false.",
        "The country's hotly contested election is feeding speculation, it said.",
    ],
)
def test_what_is_refused_to_somebody_is_not_denied(sentence: str) -> None:
    assert "denied" not in statuses(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Boeing received an order for 40 jets.",
        "The phone charges in under an hour and has a fine camera.",
        "She is in charge of the sanctions desk at the law firm.",
        "The board sanctioned the purchase of two ships.",
        "The union banned its members from working overtime.",
        "In order to win the contract, the firm cut prices.",
        "US sanctions on Huawei hurt its sales.",
        "The dealer charged £45 for it.",
        "Disneyland Paris shuts down again.",
        "US chipmaker bans phones in its plants",
    ],
)
def test_only_an_authority_acts_and_only_by_acts(sentence: str) -> None:
    assert "official" not in statuses(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Stocks entered a correction on Thursday.",
        "The pilot retracted the landing gear too early.",
        "Petrolux withdrew its bid for the mine.",
        "The article was correct to ask.",
        "Facebook deleted a post by the minister.",
    ],
)
def test_only_ones_own_words_are_taken_back(sentence: str) -> None:
    assert "retracted" not in statuses(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "The health ministry reported 40 confirmed cases of flu.",
        "He was admitted to hospital on Monday.",
        "The team conceded two goals.",
        "The Senate confirmed the ambassador.",
        "Official results confirmed a defeat for the president.",
        "The Financial Times admits that it cannot verify the memo.",
    ],
)
def test_confirming_has_other_senses(sentence: str) -> None:
    assert "confirmed" not in statuses(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Please don't reply to this message.",
        "A settlement cannot be reached by force.",
        "The unproven athlete won the race.",
        "It is not difficult to answer the question.",
        "The app lets verified users claim a discount.",
    ],
)
def test_only_somebody_who_was_asked_leaves_a_question_open(sentence: str) -> None:
    assert "unverified" not in statuses(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "The claim form must be filed by the policyholder.",
        "The fires claimed 93 lives.",
        "Alibaba sells cloud services to shops.",
        "Alibaba announced a new bank partnership.",
        "Alibaba denied that it allegedly helps the military.",
    ],
)
def test_what_asserts_nothing_wrong_alleges_nothing(sentence: str) -> None:
    assert "alleged" not in statuses(sentence)


def test_what_somebody_only_claims_to_have_happened_is_no_act() -> None:
    assert statuses("It has claimed that Russia imposed the tax bill.") == ["alleged"]


def test_what_a_denial_governs_confirms_nothing() -> None:
    assert statuses("Alibaba denied reports that it confirmed the contract.") == [Standing.DENIED]


def test_a_leaked_memo_alleges_and_is_no_official_act() -> None:
    assert statuses("A White House memo claims that Alibaba helps the military.") == [Standing.ALLEGED]
