"""Sentences and paragraphs: every letter in exactly one, and abbreviations are no ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbot.text.sentences import blocks, paragraphs, sentences

ANY_TEXT = st.lists(
    st.one_of(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
        st.sampled_from(
            [". ", ".", "U.S. ", "Mr. ", '." ', "。", "”", "\n", "\r\n", "…", "? The ", "No. 5 ", "\u2028"]
        ),
    ),
    max_size=30,
).map("".join)


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize(
    "one",
    [
        "The U.S. Army bought No. 5 of them from Acme Inc. Systems in Nov. 2024.",
        "Mr. Xi met Gen. Li, Dr. Wu et al. Beijing in St. Petersburg.",
        "J. P. Morgan said so.",
        "It paid $3.5 billion, e.g. Chips and ships.",
        '"It is false." he added.',
        "Wait … it said nothing.",
        "Yahoo! is a company.",
        "At 5 p.m. Eastern it closed.",
        "It wrote (see fig. 3) that all was well.",
    ],
)
def test_this_is_one_sentence(one: str) -> None:
    assert split(one) == [one]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("It is banned in the U.S.", "The firm denied it."),
        ("It was sold to Acme Inc.", "Analysts were surprised."),
        ("It closed at 5 p.m.", "Shares fell."),
        ("It said no.", "The ministry said yes."),
        ("Alibaba denied it.", "Baidu did not."),
        ("“We deny it.”", "Alibaba said no more."),
        ("He called it “the plan of the U.S.”", "Officials declined."),
        ("Is it true?", "Nobody knows!"),
        ("It ended in 2024.", "• Exports fell"),
        ("It ended.", "(Reporting by Reuters)"),
        ("It was a plan B.", "The other failed."),
        ("It ended.", "***"),
    ],
)
def test_these_are_two_sentences(first: str, second: str) -> None:
    assert split(f"{first} {second}") == [first, second]


def test_scripts_with_terminators_of_their_own_need_no_blank() -> None:
    assert split("阿里巴巴否认。“军方没有回应。”他说！？好") == ["阿里巴巴否认。", "“军方没有回应。”", "他说！？", "好"]
    assert split("यह सच है। सेना ने कहा।") == ["यह सच है।", "सेना ने कहा।"]
    assert split("هل هذا صحيح؟ نعم") == ["هل هذا صحيح؟", "نعم"]


def test_a_line_broken_in_mid_sentence_goes_on() -> None:
    text = "The memo names\nthe company.\nBaidu\n\nalso denied it.\n- A list\n- Another"
    assert split(text) == ["The memo names\nthe company.", "Baidu", "also denied it.", "- A list", "- Another"]
    assert len(blocks(text)) == 5
    assert len(paragraphs(text)) == 6


def test_an_empty_text_has_no_sentences() -> None:
    assert sentences("") == sentences(" \n\u2028 ") == paragraphs("\n") == []


@given(ANY_TEXT)
def test_every_letter_is_in_exactly_one_sentence_and_one_paragraph(text: str) -> None:
    for ranges in (sentences(text), paragraphs(text), blocks(text)):
        covered = 0
        for start, end in ranges:
            assert covered <= start < end <= len(text), "in order, not empty, no overlap"
            assert not text[covered:start].strip(), "nothing but blanks between"
            assert text[start:end] == text[start:end].strip()
            covered = end
        assert not text[covered:].strip()


@given(ANY_TEXT)
def test_no_sentence_crosses_a_block(text: str) -> None:
    ends = [end for _, end in blocks(text)]
    for start, end in sentences(text):
        assert min(e for e in ends if e > start) >= end


@pytest.mark.parametrize("piece", [".", ".a", "。", '."', "U.S. ", "a\n", "! ", "'", "…\n"])
def test_a_text_of_nothing_but_this_is_read_in_good_time(piece: str) -> None:
    text = piece * (300_000 // len(piece)) + "a"
    assert sentences(text)[-1][1] == len(text)
