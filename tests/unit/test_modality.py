"""Fact or possibility: what stands before the term in its own clause decides."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbot.matching.modality import modality
from riskbot.model import Modality


def of(sentence: str, term: str = "sanctions", begin: int = 0) -> Modality:
    return modality(sentence, begin, sentence.index(term, begin))


@pytest.mark.parametrize(
    "sentence",
    [
        "The memo could lead to sanctions against Alibaba.",
        "Analysts see possible new sanctions.",
        "US weighs sanctions on SMIC",
        "The U.S. is considering sanctions.",
        "Lawmakers called for sanctions.",
        "It would face sanctions if found guilty.",
        "He asked whether sanctions were coming.",
        "COULD THERE BE sanctions?",
        "The risk of further sanctions grows.",
        "It denied the report; it may still face sanctions.",
        "It was fined, but might see sanctions.",
    ],
)
def test_a_cue_before_the_term_makes_it_a_possibility(sentence: str) -> None:
    assert of(sentence) is Modality.POSSIBLE


@pytest.mark.parametrize(
    "sentence",
    [
        "The U.S. imposed sanctions on Alibaba.",
        "The sanctions could hurt Alibaba.",
        "It could not be reached; sanctions were imposed on Friday.",
        "The deal may fail — sanctions are in force.",
        "It may appeal, but sanctions stand.",
        "Shares might fall, after sanctions took effect.",
        "Could one say that the old man of the sea, mender of many nets, brought sanctions?",
        "The mayor saw sanctions.",
        "sanctions",
    ],
)
def test_without_one_it_is_a_fact(sentence: str) -> None:
    assert of(sentence) is Modality.ACTUAL


def test_an_addition_to_a_list_is_a_fact() -> None:
    assert of("Alibaba was added to the list of Chinese military companies.", "list") is Modality.ACTUAL


def test_only_the_terms_own_sentence_is_looked_at() -> None:
    text = "It could be. The U.S. imposed sanctions."
    assert of(text, begin=13) is Modality.ACTUAL
    assert of(text) is Modality.POSSIBLE


def test_a_cue_is_found_however_long_the_sentence_before_it() -> None:
    long = "and so on " * 1000
    assert of(f"{long} could see sanctions") is Modality.POSSIBLE
    assert of(f"could {long} sanctions") is Modality.ACTUAL


@given(st.text(max_size=80), st.integers(0, 80), st.integers(0, 80))
def test_any_text_is_answered(text: str, begin: int, start: int) -> None:
    begin, start = sorted((min(begin, len(text)), min(start, len(text))))
    assert modality(text, begin, start) in Modality
