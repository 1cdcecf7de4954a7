"""Who is on a story, and when one that nobody is on is brought to mind."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from riskbot.model import Level, Member, Reading, Reason, Story
from riskbot.model.answers import Answer, AnswerKind, Owner, Waiting
from riskbot.policy.ownership import owner_of, pressed, reached, reminded, reminders, told_at, voices, window
from riskbot.stories.outlets import Outlets
from tests.builders import NOW, article, decision, hit, later, placement, reading

AFTER = timedelta(minutes=30)
NOBODY_KNOWN = Outlets(())
MILD = reading(article("An article", id="a"), hits=(hit(level=Level.MEDIUM),))
GRAVE = reading(article("A graver one", id="b"), hits=(hit(level=Level.CRITICAL),))


def answer(kind: AnswerKind, user: str = "ann", story: str = "s1", at: datetime = NOW) -> Answer:
    return Answer(kind, story, f"U-{user}", user, at, f"{kind}{user}{story}{at}")


def who(*answers: Answer, story: str = "s1") -> str | None:
    owner = owner_of(story, answers)
    return owner.user_name if owner else None


def waiting(story: str = "s1", level: Level = Level.HIGH, at: datetime | None = NOW, **fields: Any) -> Waiting:
    channel = fields.pop("channel", "risk")
    return Waiting(story, channel, level, (at or NOW,), told_at=at, **fields)


def raised(*members: Reading, level: Level) -> Story:
    """A story of these articles, in the order in which they joined."""
    return Story("s1", tuple(Member(each, placement("s1")) for each in members), level)


def decided(article_: str, at: datetime, reason: Reason = Reason.NEW_STORY, channel: str = "risk") -> Any:
    return decision(article_, channel, reason=reason), at


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


def test_a_story_that_no_message_of_its_own_tells_says_how_it_is_taken_on() -> None:
    (reminder,) = reminders([waiting(thread=False, headline="A memo")], AFTER, later(minutes=45))

    assert reminder.text.endswith(": A memo (/riskbot own s1 takes it on)")


def test_what_the_channel_was_not_told_of_at_this_level_is_not_reminded_of() -> None:
    assert reminders([waiting(at=None)], AFTER, later(hours=1)) == []


def test_a_story_is_reminded_of_in_the_channel_that_was_told_first() -> None:
    given = [waiting(channel="a", at=later(minutes=1)), waiting(channel="b"), waiting("s2", channel="a")]

    found = reminders(given, AFTER, later(hours=1))

    assert {(each.waiting.story, each.waiting.channel) for each in found} == {("s1", "b"), ("s2", "a")}


def test_a_story_is_reminded_of_where_the_rules_tell_its_level() -> None:
    given = [waiting(channel="risk", meant=False), waiting(channel="urgent", at=later(seconds=5))]

    assert reminders(given, AFTER, later(minutes=30)) == []  # though the other channel's time has come
    (reminder,) = reminders(given, AFTER, later(minutes=31))
    assert reminder.waiting.channel == "urgent"
    (elsewhere,) = reminders([given[0], waiting(channel="urgent", at=None)], AFTER, later(minutes=31))
    assert elsewhere.waiting.channel == "risk"


def test_a_level_is_reached_with_the_article_that_brought_it() -> None:
    story = raised(MILD, GRAVE, MILD, level=Level.CRITICAL)
    official = decided("b", later(hours=3), Reason.OFFICIAL_ACTION)

    assert reached(story, [decided("a", NOW), official], "risk", NOBODY_KNOWN) == later(hours=3)
    assert reached(raised(MILD, GRAVE, level=Level.MEDIUM), [decided("a", NOW), official], "risk", NOBODY_KNOWN) == NOW


def test_a_level_that_a_new_version_of_an_article_brought_is_reached_with_that_version() -> None:
    told = [decided("b", NOW), decided("b", later(hours=3), Reason.OFFICIAL_ACTION)]
    edited = [*told, decided("b", later(hours=5), Reason.HEADLINE_EDITED)]

    assert reached(raised(GRAVE, level=Level.CRITICAL), edited, "risk", NOBODY_KNOWN) == later(hours=3)


def test_a_level_that_was_reached_before_a_channel_was_concerned_was_reached_all_the_same() -> None:
    elsewhere = decided("b", later(hours=1), channel="desk")

    assert reached(raised(GRAVE, level=Level.CRITICAL), [elsewhere], "risk", NOBODY_KNOWN) == later(hours=1)
    assert reached(raised(GRAVE, level=Level.CRITICAL), [], "risk", NOBODY_KNOWN) is None
    quiet = [decided("b", later(hours=1), Reason.TOLD_IN_DIGEST)]
    assert reached(raised(GRAVE, level=Level.CRITICAL), quiet, "risk", NOBODY_KNOWN) == later(hours=1)


def test_a_level_to_which_no_article_brought_the_story_is_reached_by_none() -> None:
    assert reached(raised(MILD, level=Level.CRITICAL), [decided("a", NOW)], "risk", NOBODY_KNOWN) is None


def test_a_channel_is_told_of_a_level_with_the_first_message_after_it_was_reached() -> None:
    times = (NOW, later(hours=1), later(hours=2))

    assert told_at(times, NOW) == NOW
    assert told_at(times, later(minutes=1)) == later(hours=1)
    assert told_at(times, later(hours=3)) is None
    assert told_at(times, None) == NOW
    assert told_at((), None) is None


@pytest.mark.parametrize(
    ("kept", "level"),
    [("risk critical", Level.CRITICAL), ("risk high", Level.HIGH), ("risk", Level.HIGH), ("critical", Level.HIGH)],
)
def test_a_reminder_names_its_channel_and_level(kept: str, level: Level) -> None:
    assert reminded(kept) is level


def test_each_person_has_one_voice_and_the_last_word_counts() -> None:
    answers = [
        answer(AnswerKind.USEFUL),
        answer(AnswerKind.OWN),
        answer(AnswerKind.USEFUL, "bob"),
        answer(AnswerKind.USELESS, at=later(minutes=1)),
    ]

    assert [(each.user_name, each.kind) for each in voices(answers)] == [
        ("ann", AnswerKind.USELESS),
        ("bob", AnswerKind.USEFUL),
    ]


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
