"""The Store port: how long articles took until somebody was told of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from riskbot.model import DeliveryState, Reason, Story
from riskbot.ports import Delay, Store, Transaction
from tests.builders import NOW, article, decision, later, placement, reading

LEASE = timedelta(minutes=1)
PUBLISHED, SEEN = later(minutes=-9), later(minutes=-4)


async def told(store: Store, title: str, *channels: str, story: str | None = None, version: int = 1) -> Story:
    """An article whose alerts are owed: it opens a story, or joins the one named."""
    given = reading(article(title, f"{title}, version {version}", id=title, published=PUBLISHED, seen=SEEN))

    def work(transaction: Transaction) -> Story:
        transaction.add_article(given, version)
        where = placement(story)
        made = transaction.join_story(story, given, where) if story else transaction.open_story(given, where)
        for channel in channels or ("#risk",):
            decided = decision(title, channel, reason=Reason.MORE_ARTICLES if story else Reason.NEW_STORY)
            transaction.decide(decided, NOW)
            transaction.alert(made.id, decided, "update" if story else "new", NOW)
        return made

    return await store.write(work)


async def send(store: Store, at: datetime, state: DeliveryState = DeliveryState.SENT) -> None:
    """The next delivery is tried at this time."""
    (delivery,) = await store.claim_deliveries(at, LEASE, 1)
    ts = "17.1" if state is DeliveryState.SENT else None
    await store.set_delivery(replace(delivery, state=state, attempts=1, ts=ts, sent_as=ts and "C1", tried_at=at))


async def test_an_article_that_was_told_says_when_it_came_out_was_seen_and_was_told(store: Store) -> None:
    await told(store, "First")
    assert await store.delays() == []
    await send(store, later(seconds=7))
    assert await store.delays() == [Delay(PUBLISHED, SEEN, later(seconds=7))]


async def test_an_article_without_a_date_says_only_when_it_was_seen(store: Store) -> None:
    undated = reading(article(id="a"))

    def work(transaction: Transaction) -> None:
        transaction.add_article(undated, 1)
        story = transaction.open_story(undated, placement())
        transaction.decide(decision("a"), NOW)
        transaction.alert(story.id, decision("a"), "new", NOW)

    await store.write(work)
    await send(store, later(seconds=7))
    assert await store.delays() == [Delay(None, NOW, later(seconds=7))]


async def test_the_article_told_last_comes_first_and_no_more_than_asked_for(store: Store) -> None:
    for n in range(4):
        await told(store, f"Story {n}")
    for seconds in (30, 10, 40, 20):
        await send(store, later(seconds=seconds))
    assert [(delay.told - NOW).seconds for delay in await store.delays()] == [40, 30, 20, 10]
    assert [(delay.told - NOW).seconds for delay in await store.delays(2)] == [40, 30]


async def test_every_channel_that_was_told_counts(store: Store) -> None:
    await told(store, "First", "#risk", "#china")
    await send(store, later(seconds=1))
    await send(store, later(seconds=2))
    assert [(delay.told - NOW).seconds for delay in await store.delays()] == [2, 1]


async def test_an_article_that_joined_a_story_counts_when_its_update_was_sent(store: Store) -> None:
    story = await told(store, "First")
    await send(store, later(seconds=1))
    await told(store, "Second", story=story.id)
    await send(store, later(seconds=2))
    assert [(delay.told - NOW).seconds for delay in await store.delays()] == [2, 1]


@pytest.mark.parametrize("state", [DeliveryState.OWED, DeliveryState.SENDING, DeliveryState.PARKED])
async def test_what_was_not_sent_does_not_count(store: Store, state: DeliveryState) -> None:
    await told(store, "First")
    await send(store, later(seconds=1), state)
    assert await store.delays() == []


async def test_what_another_message_carried_does_not_count_again(store: Store) -> None:
    story = await told(store, "First")
    await told(store, "Second", story=story.id)
    await send(store, later(seconds=1))
    assert await store.delays() == [Delay(PUBLISHED, SEEN, later(seconds=1))]


async def test_an_edited_article_does_not_count_because_nobody_says_when_it_was_edited(store: Store) -> None:
    story = await told(store, "First")
    await send(store, later(seconds=1))
    await told(store, "First", story=story.id, version=2)
    await send(store, later(hours=30))
    assert await store.delays() == [Delay(PUBLISHED, SEEN, later(seconds=1))]
