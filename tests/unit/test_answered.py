"""What people answered, in words that anybody understands."""

from __future__ import annotations

from datetime import datetime

import pytest

from riskbot.model.answers import Answer, AnswerKind
from riskbot.usecases.answered import heard
from tests.builders import NOW, later


def answer(kind: AnswerKind, value: str = "", user: str = "ann", at: datetime = NOW) -> Answer:
    return Answer(kind, "s1", f"U-{user}", user, at, f"{kind}{value}{user}{at}", value)


def words(*answers: Answer) -> list[str]:
    return [f"{each.user_name} {said}" for each, said in heard(answers)]


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        (AnswerKind.OWN, "", "took it on"),
        (AnswerKind.RELEASE, "", "gave it back"),
        (AnswerKind.TRIED, "bob", "wanted to take it on, and bob was on it"),
        (AnswerKind.TRIED, "", "wanted to take it on, and somebody else was on it"),
        (AnswerKind.WHY, "", "asked why it was told"),
        (AnswerKind.MUTE, "story s1 60 minutes", "muted it for 60 minutes"),
        (AnswerKind.MUTE, "story s1 material", "muted it until something material"),
        (AnswerKind.MUTE, "company baidu inc 2 days", "muted company baidu inc for 2 days"),
        (AnswerKind.UNMUTE, "m1", "ended its mute"),
        (AnswerKind.USEFUL, "", "found it useful"),
        (AnswerKind.USELESS, "", "found it not useful"),
        (AnswerKind.SAME, "s2", "said that s2 is the same story"),
        (AnswerKind.RESEND, "d4, d5", "had d4, d5 sent again"),
        (AnswerKind.DROP, "d4", "dropped d4"),
        (AnswerKind.LOWERED, "from high to low: old news", "lowered its level from high to low: old news"),
        (AnswerKind.REMINDED, "risk critical", "reminded #risk that nobody was on it (Critical)"),
        (AnswerKind.REMINDED, "#risk", "reminded #risk that nobody was on it (High)"),
    ],
)
def test_every_answer_is_told_in_words(kind: AnswerKind, value: str, said: str) -> None:
    assert words(answer(kind, value)) == [f"ann {said}"]


def test_every_kind_of_answer_has_words() -> None:
    for kind in AnswerKind:
        ((_, said),) = heard([answer(kind, "story s1 material")])
        assert said != str(kind)


def test_whoever_was_kept_by_an_id_is_named_where_the_name_is_known() -> None:
    tried = answer(AnswerKind.TRIED, "U-bob")

    assert words(answer(AnswerKind.OWN, user="bob"), tried)[1] == "ann wanted to take it on, and bob was on it"


def test_one_person_is_heard_once_on_whether_it_was_useful() -> None:
    changed = [answer(AnswerKind.USEFUL), answer(AnswerKind.OWN), answer(AnswerKind.USELESS, at=later(minutes=1))]

    assert words(*changed) == ["ann took it on", "ann found it not useful"]
