"""What is said in a thread, and when it is said loudly."""

from __future__ import annotations

from datetime import timedelta

import pytest

from riskbot.model import Decision, Delivery, DeliveryKind, Level, Reason, Standing, Summary, Thread
from riskbot.model.saying import News
from riskbot.policy.replying import (
    BROADCAST_EVERY,
    LISTED,
    ROOM,
    Saying,
    in_thread,
    is_material,
    lists,
    lists_sources,
    news_of,
    read,
    to_say,
    written,
)
from tests.builders import NOW, later
from tests.slacksummaries import FULL

OPEN = Thread(begun=True)
LOUD = (Reason.DENIED, Reason.CONFIRMED, Reason.OFFICIAL_ACTION, Reason.RETRACTED, Reason.LEVEL_RAISED)
PLAIN = (Reason.NEW_ORIGIN, Reason.NEW_TOPIC, Reason.HEADLINE_EDITED)


def news(reason: Reason = Reason.DENIED, *, first: bool = True, why: str = "first denied") -> News:
    return News(reason, why, "a1", NOW, first)


def waiting(*held: News) -> Delivery:
    body = {"news": [written(each) for each in held]}
    return Delivery("d9", DeliveryKind.BROADCAST, "risk", "k", due_at=later(minutes=20), body=body)


@pytest.mark.parametrize("reason", LOUD)
def test_material_news_is_broadcast_at_once(reason: Reason) -> None:
    assert is_material(news(reason))
    saying = to_say(news(reason), OPEN, NOW)
    assert saying == Saying(DeliveryKind.BROADCAST, {"news": [written(news(reason))]})


@pytest.mark.parametrize("reason", PLAIN)
def test_lesser_news_is_a_plain_reply(reason: Reason) -> None:
    saying = to_say(news(reason), Thread(begun=True, broadcast_at=NOW, waiting=waiting(news())), NOW)
    assert saying == Saying(DeliveryKind.REPLY, {"news": [written(news(reason))]})


def test_a_further_denier_is_a_plain_reply() -> None:
    again = news(first=False)
    saying = to_say(again, OPEN, NOW)
    assert saying is not None
    assert saying.kind is DeliveryKind.REPLY
    assert not is_material(again)


@pytest.mark.parametrize("reason", [Reason.MORE_ARTICLES, Reason.NEW_STORY])
def test_what_the_message_itself_says_is_said_nowhere_else(reason: Reason) -> None:
    assert to_say(news(reason), OPEN, NOW) is None


@pytest.mark.parametrize("reason", [*LOUD, *PLAIN])
def test_nothing_is_said_under_a_message_that_will_carry_everything(reason: Reason) -> None:
    assert to_say(news(reason), Thread(begun=False), NOW) is None


@pytest.mark.parametrize("reason", [Reason.DENIED, Reason.CONFIRMED, Reason.LEVEL_RAISED])
@pytest.mark.parametrize("minutes", [0, 10, 29])
def test_a_second_broadcast_waits_until_half_an_hour_has_passed(reason: Reason, minutes: int) -> None:
    saying = to_say(news(reason), Thread(begun=True, broadcast_at=NOW), later(minutes=minutes))
    assert saying is not None
    assert saying.due_at == NOW + BROADCAST_EVERY


def test_after_half_an_hour_a_broadcast_is_made_at_once() -> None:
    saying = to_say(news(), Thread(begun=True, broadcast_at=NOW), NOW + BROADCAST_EVERY)
    assert saying is not None
    assert saying.due_at is None


def test_what_comes_while_a_broadcast_waits_is_bundled_into_it() -> None:
    first, then = news(), news(Reason.CONFIRMED, why="first confirmed")
    saying = to_say(then, Thread(begun=True, broadcast_at=NOW, waiting=waiting(first)), later(minutes=5))
    assert saying is not None
    assert (saying.into, saying.due_at) == ("d9", later(minutes=20))
    assert read(saying.body) == (first, then)


@pytest.mark.parametrize("reason", [Reason.RETRACTED, Reason.OFFICIAL_ACTION])
def test_retractions_and_official_actions_never_wait_and_take_along_what_does(reason: Reason) -> None:
    alone = to_say(news(reason), Thread(begun=True, broadcast_at=NOW), later(minutes=1))
    assert alone is not None
    assert (alone.kind, alone.due_at) == (DeliveryKind.BROADCAST, None)
    bundled = to_say(news(reason), Thread(begun=True, broadcast_at=NOW, waiting=waiting(news())), later(minutes=1))
    assert bundled is not None
    assert (bundled.into, bundled.due_at) == ("d9", None)
    assert [each.reason for each in read(bundled.body)] == [Reason.DENIED, reason]


def test_whether_a_denial_is_the_first_follows_from_what_the_story_said_before() -> None:
    decision = Decision("a1", "risk", True, Reason.DENIED, "also denied by the ministry")
    before: Summary = FULL
    assert Standing.DENIED in before.standings
    assert not news_of(decision, before, NOW).first
    assert news_of(decision, None, NOW).first
    raised = Decision("a1", "risk", True, Reason.LEVEL_RAISED, f"level raised to {Level.HIGH}")
    assert news_of(raised, before, NOW).first


def test_news_survives_being_kept() -> None:
    given = News(Reason.NEW_ORIGIN, "new origin: “FT” <b>", "a1", NOW + timedelta(microseconds=1), False)
    assert read({"news": [written(given)]}) == (given,)
    assert read({}) == ()


@pytest.mark.parametrize(
    ("before", "after", "listed"),
    [(0, 5, False), (5, 6, True), (6, 7, False), (11, 12, True), (0, 9, True), (12, 12, False), (23, 30, True)],
)
def test_all_sources_are_listed_when_the_message_has_no_room_and_each_time_they_have_doubled(
    before: int, after: int, listed: bool
) -> None:
    assert lists_sources(before, after) is listed


@pytest.mark.parametrize(
    ("articles", "listed", "stand"),
    [
        (5, 0, False),  # the message has room for all of them
        (6, 0, False),
        (6, 6, True),
        (10, 6, True),  # the latest four are on the message
        (11, 6, False),
        (12, 12, True),
        (48, 48, False),  # one list has no room for so many
        (61, 48, False),
    ],
)
def test_sources_are_said_to_stand_in_the_thread_only_where_they_do(articles: int, listed: int, stand: bool) -> None:
    assert in_thread(articles, listed) is stand


def test_at_every_count_what_is_said_to_stand_in_the_thread_or_on_the_message_does() -> None:
    for articles in range(1, 200):
        listed = max((at for at in LISTED if at <= articles), default=0)
        in_list = set(range(max(0, listed - ROOM), listed))
        on_message = {0, *range(max(0, articles - 4), articles)}
        assert not in_thread(articles, listed) or in_list | on_message == set(range(articles))


def test_a_body_says_of_how_many_articles_it_lists_the_sources() -> None:
    assert [lists(body) for body in ({}, {"news": []}, {"sources": 12}, {"sources": True})] == [0, 0, 12, 1]
