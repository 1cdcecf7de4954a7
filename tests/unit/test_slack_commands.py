"""`/riskbot …`: what people type, and what they are told when it cannot be understood."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbot.errors import InputError
from riskbot.usecases.commands import AskHelp, AskStatus, AskWhy, Mute, Release, Take, Unmute, parse, story_id


def refused(text: str) -> tuple[str, str]:
    with pytest.raises(InputError) as caught:
        parse(text)
    return str(caught.value), caught.value.mend


def test_nothing_and_help_ask_what_can_be_typed() -> None:
    assert parse("") == parse("   ") == parse("help") == AskHelp()


def test_status_is_asked_in_any_case() -> None:
    assert parse("status") == parse(" STATUS ") == AskStatus()


@pytest.mark.parametrize(("verb", "asked"), [("own", Take), ("release", Release), ("unmute", Unmute)])
def test_a_story_is_taken_given_back_and_unmuted_by_its_id(verb: str, asked: type) -> None:
    assert parse(f"{verb} S7") == parse(f"{verb} 7") == asked("s7")
    assert f"`/riskbot {verb} s12`" in refused(verb)[1]


@pytest.mark.parametrize("typed", ["why s12", "Why S12", "why 12"])
def test_a_story_is_named_as_its_message_names_it(typed: str) -> None:
    assert parse(typed) == AskWhy("s12")


def test_a_mute_has_a_matcher_a_time_and_a_reason() -> None:
    assert parse("mute company alibaba 2d they are being reorganised") == Mute(
        "company", "alibaba", timedelta(days=2), "they are being reorganised"
    )


@pytest.mark.parametrize("typed", ["Xiaomi Corp", '"Xiaomi Corp"', "“Xiaomi Corp”", "'Xiaomi Corp'", "«Xiaomi Corp»"])
def test_a_name_of_several_words_needs_no_quotation_marks(typed: str) -> None:
    assert parse(f"mute company {typed} 1w") == Mute("company", "Xiaomi Corp", timedelta(weeks=1), "")


def test_a_company_whose_name_looks_like_a_time_can_be_muted() -> None:
    assert parse("mute company 3d 2d") == Mute("company", "3d", timedelta(days=2), "")


def test_a_story_can_be_muted_until_something_material() -> None:
    assert parse("mute story s7 material quiet now") == Mute("story", "s7", None, "quiet now")


def test_only_a_story_can_be_muted_until_something_material() -> None:
    assert refused("mute company alibaba material") == (
        "only a story can be muted until something material",
        "give the company a time: 2d",
    )


@pytest.mark.parametrize(
    ("typed", "wrong", "mend"),
    [
        ("statsu", "there is no command 'statsu'", "did you mean `/riskbot status`?"),
        ("xyzzy", "there is no command 'xyzzy'", "write one of: status, mute, help, why, own, release, unmute"),
        ("status now", "`status` takes nothing more, and there stands 'now'", "write `/riskbot status`"),
        ("why", "no story is named", "`/riskbot why s12`"),
        ("why s1 s2", "more than one word", "`/riskbot why s12`"),
        ("why alibaba", "'alibaba' is no story's id", "such as s12"),
        ("mute", "it is not said what to mute", "/riskbot mute company alibaba 2d"),
        ("mute compny alibaba 2d", "riskbot cannot mute by 'compny'", "did you mean company?"),
        ("mute company", "it is not said which company", "/riskbot mute company NAME 2d reason"),
        ("mute company alibaba", "it is not said how long to mute company 'alibaba'", "write 1h, 2d or 1w"),
        ("mute company alibaba 0h", "'0h' is no time for a silence", "from 1m to 365d"),
        ("mute company alibaba 30s", "'30s' is too long or too short for a silence", "from 1m to 365d"),
        ("mute company alibaba 900d", "'900d' is too long or too short for a silence", "from 1m to 365d"),
        ("mute story alibaba 1h", "'alibaba' is no story's id", "such as s12"),
    ],
)
def test_what_cannot_be_understood_is_answered_with_what_can(typed: str, wrong: str, mend: str) -> None:
    said, mended = refused(typed)

    assert wrong in said
    assert mend in mended


@given(st.text(max_size=200))
def test_whatever_is_typed_is_understood_or_answered_with_a_sentence(text: str) -> None:
    wrong = None
    try:
        parse(text)
    except InputError as error:
        wrong = error
    assert wrong is None or (str(wrong) and wrong.mend)


def test_a_story_is_not_named_by_digits_of_other_scripts() -> None:
    with pytest.raises(InputError):
        story_id("s١٢")
