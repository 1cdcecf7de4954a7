"""Who is on a story, and when one that nobody is on is brought to mind."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from riskbot.model import Level
from riskbot.model.answers import Answer, AnswerKind, Owner, Waiting
from riskbot.policy.ownership import owner_of, pressed, reminders, window
from tests.builders import NOW, later

AFTER = timedelta(minutes=30)


def answer(kind: AnswerKind, user: str = "ann", story: str = "s1", at: datetime = NOW) -> Answer:
    return Answer(kind, story, f"U-{user}", user, at, f"{kind}{user}{story}{at}")


def who(*answers: Answer, story: str = "s1") -> str | None:
    owner = owner_of(story, answers)
    return owner.user_name if owner else None


def waiting(story: str = "s1", level: Level = Level.HIGH, at: datetime = NOW, **fields: object) -> Waiting:
    return Waiting(story, "risk", level, at, **fields)


def test_a_free_story_is_taken_ones_own_given_back_and_anothers_left_alone() -> None:
    owner = Owner("s1", "U-ann", "ann", NOW)
    assert pressed(None, "U-ann") == "taken"
    assert pressed(owner, "U-ann") == "given back"
    assert pressed(owner, "U-bob") == "another's"


def test_whoever_took_it_last_is_on_it() -> None:
    assert who() is None
    assert who(answer(AnswerKind.OWN)) == "ann"
    assert who(answer(AnswerKind.OWN), answer(AnswerKind.RELEASE)) is None
    assert who(answer(AnswerKind.OWN), answer(AnswerKind.RELEASE), answer(AnswerKind.OWN, "bob")) == "bob"


def test_other_answers_change_no_owner() -> None:
    others = [answer(kind, "bob") for kind in AnswerKind if kind not in (AnswerKind.OWN, AnswerKind.RELEASE)]
    assert who(answer(AnswerKind.OWN), *others) == "ann"


def test_the_owner_of_a_story_comes_before_those_of_the_stories_it_swallowed() -> None:
    of_younger = answer(AnswerKind.OWN, "bob", "s2", later(minutes=5))
    assert who(answer(AnswerKind.OWN), of_younger) == "ann"
    assert who(of_younger) == "bob"
    assert who(of_younger, answer(AnswerKind.OWN, "eve", "s3", later(minutes=6))) == "eve"


def test_giving_back_gives_back_what_came_with_a_swallowed_story_too() -> None:
    of_younger = answer(AnswerKind.OWN, "bob", "s2")
    assert who(of_younger, answer(AnswerKind.RELEASE, "bob", "s1")) is None


def test_what_was_given_back_before_two_stories_became_one_leaves_the_other_owner() -> None:
    taken, given = answer(AnswerKind.OWN, "ann", "s1"), answer(AnswerKind.RELEASE, "ann", "s2")
    assert who(taken, answer(AnswerKind.OWN, "ann", "s2"), given) == "ann"


def test_a_grave_story_is_reminded_of_when_its_time_has_come() -> None:
    now = later(minutes=45)
    (reminder,) = reminders([waiting(headline="A memo <!channel>")], AFTER, now)

    assert reminder.text == "Nobody is on story s1 (High), told 45 minutes ago: A memo <!channel>"
    assert reminder.mention == ()
    assert reminders([waiting(at=later(minutes=20))], AFTER, now) == []


def test_only_critical_stories_call_whom_their_rules_name() -> None:
    given = [waiting("s1", Level.HIGH, mention=("here",)), waiting("s2", Level.CRITICAL, mention=("U1", "S2"))]

    found = reminders(given, AFTER, later(hours=1))

    assert [(each.waiting.story, each.mention) for each in found] == [("s2", ("U1", "S2")), ("s1", ())]


@pytest.mark.parametrize("level", [Level.LOW, Level.MEDIUM])
def test_what_is_not_grave_is_left_alone(level: Level) -> None:
    assert reminders([waiting(level=level)], AFTER, later(hours=1)) == []


def test_what_was_told_before_a_long_absence_is_left_alone() -> None:
    assert reminders([waiting()], AFTER, later(hours=24, minutes=30)) != []
    assert reminders([waiting()], AFTER, later(hours=24, minutes=31)) == []


def test_no_time_at_all_means_never() -> None:
    assert window(timedelta(), NOW) is None
    assert reminders([waiting()], timedelta(), later(days=1)) == []
