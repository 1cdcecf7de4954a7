"""The Store port: which message waits the longest, what a thread lists, and when a story's articles were first read."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from riskbot.model import Delivery, DeliveryKind, DeliveryState, FeedState, Reason
from riskbot.model.calm import Cause, HeldBack, Silence
from riskbot.policy.heartbeat import Activity
from riskbot.policy.overdue import Waits
from riskbot.ports import Pulse, Store, Transaction
from tests.builders import NOW, article, decision, feed, later, placement, reading
from tests.owing import claimed, owed, posted, send, told
from tests.storykeeping import keep, merged, of, tell

REFUSED = "Slack answered with status 503"


async def waits(store: Store) -> Waits | None:
    return (await store.counts()).waits


async def tried(store: Store, delivery: Delivery, **fields: Any) -> None:
    """It was tried and not taken."""
    of_try = {"attempts": 1, "tried_at": later(minutes=1), "due_at": later(minutes=2), "error": REFUSED} | fields
    await store.set_delivery(replace(delivery, **of_try))


async def test_a_message_waits_from_when_it_came_to_be_owed_until_it_is_sent(store: Store) -> None:
    assert await waits(store) is None
    await told(store)
    assert await waits(store) == Waits("#risk", NOW)
    (delivery,) = await claimed(store)
    await tried(store, delivery, state=DeliveryState.SENDING, attempts=3)
    assert await waits(store) == Waits("#risk", NOW, REFUSED)
    (delivery,) = await claimed(store, later(hours=1))
    await send(store, delivery)
    assert await waits(store) is None


@pytest.mark.parametrize("state", [DeliveryState.PARKED, DeliveryState.DROPPED, DeliveryState.REPLACED])
async def test_what_is_parked_or_left_does_not_wait(store: Store, state: DeliveryState) -> None:
    await told(store)
    (delivery,) = await claimed(store)
    await store.set_delivery(replace(delivery, state=state, tried_at=NOW))
    assert await waits(store) is None


async def test_a_sign_of_life_depends_on_what_waits_and_on_the_feeds_that_are_polled(store: Store) -> None:
    assert await store.pulse() == Pulse(None, {})
    await store.sync_feeds([feed("a"), feed("b")], NOW)
    await store.sync_feeds([feed("a")], NOW)
    await told(store)
    counts = await store.counts()
    assert await store.pulse() == Pulse(counts.waits, counts.feeds) == Pulse(Waits("#risk", NOW), {"a": FeedState("a")})


async def test_what_we_put_off_waits_from_its_time_and_not_before(store: Store) -> None:
    story = await posted(store)
    await owed(store, DeliveryKind.BROADCAST, story.id, due_at=later(minutes=30))
    assert await waits(store) == Waits("#risk", later(minutes=30))
    (delivery,) = await claimed(store, later(minutes=30))
    await tried(store, delivery, tried_at=later(minutes=31), due_at=later(minutes=32))
    assert await waits(store) == Waits("#risk", later(minutes=31), REFUSED)


async def test_what_waits_for_a_first_message_does_not_count_beside_it(store: Store) -> None:
    story, _ = await told(store, at=later(minutes=5))
    await owed(store, DeliveryKind.REPLY, story.id)
    await owed(store, DeliveryKind.NOTICE, channel="ops", due_at=later(minutes=9))
    assert await waits(store) == Waits("#risk", later(minutes=5))
    (post,) = await claimed(store, later(minutes=6))
    await store.set_delivery(replace(post, state=DeliveryState.PARKED, tried_at=later(minutes=6)))
    assert await waits(store) == Waits("ops", later(minutes=9))


async def test_a_thread_lists_what_its_last_list_that_was_not_left_lists(store: Store) -> None:
    story = await posted(store)
    assert await store.listed(story.id, "#risk") == 0
    await owed(store, DeliveryKind.REPLY, story.id, body={"sources": 6})
    await owed(store, DeliveryKind.REPLY, story.id, body={"news": []})
    assert await store.listed(story.id, "#risk") == 6
    assert await store.listed(story.id, "#china") == 0
    (delivery,) = await claimed(store)
    await send(store, delivery, "18.1")
    assert await store.listed(story.id, "#risk") == 6
    await owed(store, DeliveryKind.REPLY, story.id, body={"sources": 12})
    assert await store.listed(story.id, "#risk") == 12
    (news,) = await claimed(store)
    await send(store, news, "18.2")
    (second,) = await claimed(store)
    await store.set_delivery(replace(second, state=DeliveryState.PARKED, tried_at=NOW))
    assert await store.listed(story.id, "#risk") == 6


async def test_an_article_of_a_story_was_read_when_its_first_version_was(store: Store) -> None:
    first = reading(article(id="a", published=later(minutes=-8), seen=later(minutes=-1)))
    edited = reading(article("Edited", id="a", published=later(minutes=4), seen=later(minutes=5)))

    def work(tx: Transaction) -> str:
        tx.add_article(first, 1)
        return tx.open_story(first, placement()).id

    story = await store.write(work)

    def edit(tx: Transaction) -> None:
        tx.add_article(edited, 2)
        tx.join_story(story, edited, placement(story))

    await store.write(edit)
    held = await store.story(story)
    assert held is not None
    (member,) = held.members
    assert member.reading.article.seen == later(minutes=5)
    assert (member.first_seen, member.first_published) == (later(minutes=-1), later(minutes=-8))


async def test_a_message_of_its_own_tells_what_a_silence_that_is_over_held_back(store: Store) -> None:
    story = await posted(store)
    over = Silence("", {"story": (story.id,)}, NOW, later(hours=1), "anna")
    lasting = replace(over, ends=later(hours=9))
    held_back = story.members[0].reading.article.id

    def work(tx: Transaction) -> None:
        for silence in (tx.add_silence(over), tx.add_silence(lasting)):
            tx.hold(HeldBack(story.id, "#risk", held_back, Cause.SILENCE, Reason.MORE_ARTICLES, NOW, silence=silence))

    await store.write(work)
    await store.write(lambda tx: tx.release(story.id, "#risk", later(minutes=59)))
    assert len(await store.write(lambda tx: tx.held_by("m1"))) == 1
    await store.write(lambda tx: tx.release(story.id, "#risk", later(hours=1)))
    assert [await store.write(lambda tx, of=each: len(tx.held_by(of))) for each in ("m1", "m2")] == [0, 1]
    (left,) = await store.write(lambda tx: tx.held_by("m2"))
    await store.write(lambda tx: tx.tell_in_digest([left.id], None, later(hours=2)))
    assert await store.write(lambda tx: tx.held_by("m2")) == []
    assert await store.write(lambda tx: tx.in_digest(story.id)) == {}


async def test_the_edits_of_a_merged_story_are_messages_and_not_articles_that_were_told(store: Store) -> None:
    dated = {"published": later(minutes=-9), "seen": NOW}
    older, younger = await keep(store, of(id="a", **dated)), await keep(store, of(id="b", **dated))
    await tell(store, older, "a")
    await tell(store, younger, "b")
    before = await store.activity(NOW, later(hours=1))
    await store.write(merged(older, younger))
    (edit,) = await claimed(store)
    await store.set_delivery(replace(edit, state=DeliveryState.SENT, tried_at=later(minutes=3)))
    after = await store.activity(NOW, later(hours=1))
    assert after == replace(before, told=before.told + 1, stories=after.stories)
    assert len(after.lags) == 2


async def test_an_article_told_in_two_channels_is_one_article_that_took_as_long_as_the_first(store: Store) -> None:
    given = reading(article(id="a", published=later(minutes=-9), seen=NOW))

    def work(tx: Transaction) -> None:
        tx.add_article(given, 1)
        story = tx.open_story(given, placement())
        for channel in ("#risk", "#china"):
            tx.decide(decision("a", channel), NOW)
            tx.alert(story.id, decision("a", channel), "new", NOW)

    await store.write(work)
    for minutes, delivery in enumerate(await claimed(store), 1):
        sent = replace(delivery, state=DeliveryState.SENT, ts="17.1", sent_as="C1", tried_at=later(minutes=minutes))
        await store.set_delivery(sent)
    found = await store.activity(NOW, later(hours=1))
    assert found == Activity(1, len(given.hits), 1, 2, (timedelta(minutes=10),))
