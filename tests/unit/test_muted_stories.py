"""Whether a story is muted, by what, and what its message says of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from riskbot.model.calm import Silence
from riskbot.policy.muting import holding, in_words, of_story, story_of, until
from tests.builders import NOW, later


def mute(ends: datetime | None = None, id_: str = "m1", story: str = "s1", *, material: bool = False) -> Silence:
    return Silence(id_, {"story": (story,)}, NOW, ends, "ann", until_material=material)


HOUR, DAY, MATERIAL = mute(later(hours=1)), mute(later(days=1), "m2"), mute(None, "m3", material=True)


@pytest.mark.parametrize(
    ("made", "held", "by"),
    [
        (HOUR, DAY, "m2"),
        (HOUR, HOUR, "m1"),
        (DAY, HOUR, None),
        (MATERIAL, MATERIAL, "m3"),
        (HOUR, MATERIAL, None),
        (MATERIAL, DAY, None),
        (mute(later(minutes=5), story="s2"), DAY, None),
        (HOUR, mute(later(days=1), material=True), None),
    ],
)
def test_a_mute_is_held_by_one_of_its_kind_that_lasts_as_long(made: Silence, held: Silence, by: str | None) -> None:
    found = holding(made, [held], NOW)
    assert (found.id if found else None) == by


@pytest.mark.parametrize(("minutes", "by"), [(1, "m1"), (5, "m1"), (6, None)])
def test_who_mutes_once_more_after_a_while_wants_it_longer_and_at_once_does_not(minutes: int, by: str | None) -> None:
    again = replace(mute(later(hours=1, minutes=minutes)), starts=later(minutes=minutes))

    found = holding(again, [HOUR], later(minutes=minutes))

    assert (found.id if found else None) == by


def test_what_is_over_or_about_more_than_the_story_mutes_no_story() -> None:
    of_more = Silence("m4", {"story": ("s1",), "outlet": ("CNBC",)}, NOW, later(days=1), "ann")
    of_many = Silence("m5", {"story": ("s1", "s2")}, NOW, later(days=1), "ann")

    assert [story_of(each) for each in (of_more, of_many, HOUR)] == [None, None, "s1"]
    assert of_story("s1", [of_more, of_many, HOUR], later(hours=2)) == []
    assert in_words("s1", [of_more, of_many, HOUR], later(hours=2)) is None


def test_a_message_names_the_mute_that_lasts_longest() -> None:
    assert in_words("s1", [HOUR, DAY], NOW) == "Muted by ann until 2025-11-18 12:00 UTC"
    assert in_words("s1", [HOUR, MATERIAL], NOW) == "Muted by ann until something material comes"


def test_how_long_a_silence_lasts_is_said_in_words() -> None:
    assert until(mute(later(hours=1), material=True)) == (
        "until 2025-11-17 13:00 UTC, or until something material comes"
    )
    assert until(mute()) == "until somebody ends it"
