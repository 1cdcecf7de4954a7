"""The Store port: a story whose first message was dropped is never owed what cannot be sent, and what is put off stays
put off whatever replaces it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from riskbot.model import Alert, Delivery, DeliveryKind, DeliveryState, Reason, Story, Thread
from riskbot.ports import Store, Transaction
from tests.builders import NOW, article, decision, later, placement, reading

LEASE = timedelta(minutes=1)
POST, EDIT, REPLY, BROADCAST = DeliveryKind.POST, DeliveryKind.EDIT, DeliveryKind.REPLY, DeliveryKind.BROADCAST
OWED, DROPPED, REPLACED = DeliveryState.OWED, DeliveryState.DROPPED, DeliveryState.REPLACED


async def told(store: Store) -> Story:
    """A story of which the channel `risk` is to be told."""
    given = reading(article("First"))
    made = decision(given.article.id, "risk")

    def work(tx: Transaction) -> Story:
        tx.add_article(given, 1)
        story = tx.open_story(given, placement())
        tx.decide(made, NOW)
        tx.alert(story.id, made, "new", NOW)
        return story

    return await store.write(work)


async def joined(store: Store, story: Story, reason: Reason, due_at: datetime | None = None) -> Alert:
    """The update that one more article leads to."""
    given = reading(article(f"More {len(await store.alerts())}"))
    made = decision(given.article.id, "risk", reason=reason, due_at=due_at)

    def work(tx: Transaction) -> Alert:
        tx.add_article(given, 1)
        tx.join_story(story.id, given, placement(story.id))
        tx.decide(made, NOW)
        return tx.alert(story.id, made, "update", NOW)

    return await store.write(work)


async def claimed(store: Store, at: datetime = NOW) -> Sequence[Delivery]:
    return await store.claim_deliveries(at, LEASE, 10)


async def put(store: Store, state: DeliveryState) -> Delivery:
    """The next delivery, tried and now in this state."""
    (each,) = await claimed(store)
    stands = {"ts": "17.1", "sent_as": "C1"} if state is DeliveryState.SENT else {}
    tried = replace(each, state=state, attempts=1, tried_at=NOW, **stands)  # type: ignore[arg-type]
    await store.set_delivery(tried)
    return tried


async def said(store: Store, story: Story, kind: DeliveryKind, body: dict[str, object]) -> str:
    return await store.write(lambda tx: tx.owe(kind, "risk", body, NOW, story=story.id))


async def thread(store: Store, story: Story) -> Thread:
    return await store.write(lambda tx: tx.thread(story.id, "risk"))


async def standing(store: Store) -> list[tuple[DeliveryKind, DeliveryState]]:
    return [(each.kind, each.state) for each in await store.deliveries()]


@pytest.mark.parametrize("reason", [Reason.DENIED, Reason.LEVEL_RAISED, Reason.RETRACTED])
async def test_material_news_after_a_dropped_message_is_a_first_message(store: Store, reason: Reason) -> None:
    story = await told(store)
    await put(store, DROPPED)
    alert = await joined(store, story, reason)
    (post,) = await claimed(store, later(seconds=1))
    assert (post.kind, post.alert) == (POST, alert)
    await joined(store, story, Reason.MORE_ARTICLES)
    assert (await store.counts()).owed == 1 + 1, "the post is in hand, so an edit follows it"


@pytest.mark.parametrize("reason", [Reason.MORE_ARTICLES, Reason.NEW_ORIGIN])
async def test_lesser_news_after_a_dropped_message_is_superfluous(store: Store, reason: Reason) -> None:
    story = await told(store)
    await put(store, DROPPED)
    await joined(store, story, reason)
    assert await standing(store) == [(POST, DROPPED), (EDIT, REPLACED)]


async def test_the_message_that_follows_a_dropped_one_carries_what_comes_before_it_is_sent(store: Store) -> None:
    story = await told(store)
    await put(store, DROPPED)
    await joined(store, story, Reason.DENIED)
    await joined(store, story, Reason.CONFIRMED)
    assert await standing(store) == [(POST, DROPPED), (POST, OWED), (EDIT, REPLACED)]
    assert not (await thread(store, story)).begun
    await put(store, DeliveryState.SENT)
    await joined(store, story, Reason.RETRACTED)
    assert (await standing(store))[3:] == [(EDIT, OWED)]
    assert (await thread(store, story)).begun


@pytest.mark.parametrize(
    ("state", "begun"),
    [
        (DROPPED, False),
        (REPLACED, False),
        (DeliveryState.SENDING, True),
        (DeliveryState.PARKED, True),
        (OWED, True),
        (DeliveryState.SENT, True),
    ],
)
async def test_a_thread_is_begun_where_its_message_stands_or_may(
    store: Store, state: DeliveryState, begun: bool
) -> None:
    story = await told(store)
    assert not (await thread(store, story)).begun
    await put(store, state)
    assert (await thread(store, story)).begun is begun


@pytest.mark.parametrize(
    ("state", "edits"),
    [
        (DROPPED, 0),
        (REPLACED, 0),
        (OWED, 0),
        (DeliveryState.SENDING, 1),
        (DeliveryState.PARKED, 1),
        (DeliveryState.SENT, 1),
    ],
)
async def test_who_takes_a_story_is_shown_only_where_its_message_stands_or_may(
    store: Store, state: DeliveryState, edits: int
) -> None:
    story = await told(store)
    await put(store, state)
    await store.write(lambda tx: tx.refresh(story.id, NOW))
    assert [kind for kind, _ in await standing(store)] == [POST] + [EDIT] * edits


async def test_who_takes_a_story_whose_message_is_in_hand_is_shown_by_an_edit(store: Store) -> None:
    story = await told(store)
    await claimed(store)
    await store.write(lambda tx: tx.refresh(story.id, NOW))
    assert await standing(store) == [(POST, OWED), (EDIT, OWED)]


async def test_material_news_that_waited_for_a_message_that_is_dropped_becomes_the_message(store: Store) -> None:
    story = await told(store)
    sending = await put(store, DeliveryState.SENDING)
    await joined(store, story, Reason.DENIED)
    await said(store, story, BROADCAST, {"news": []})
    parked = replace(sending, state=DeliveryState.PARKED)
    await store.set_delivery(parked)
    await joined(store, story, Reason.MORE_ARTICLES)
    await said(store, story, REPLY, {"news": []})
    assert list(await claimed(store)) == []
    await store.set_delivery(replace(parked, state=DROPPED))
    assert await standing(store) == [
        (POST, DROPPED),
        (EDIT, REPLACED),
        (BROADCAST, REPLACED),
        (POST, OWED),
        (REPLY, REPLACED),
    ]
    assert [each.id for each in await claimed(store)] == ["d4"]


async def test_what_waited_for_a_message_that_is_dropped_is_left_when_nothing_in_it_is_material(store: Store) -> None:
    story = await told(store)
    parked = await put(store, DeliveryState.PARKED)
    await joined(store, story, Reason.MORE_ARTICLES)
    await said(store, story, REPLY, {"news": []})
    await said(store, story, BROADCAST, {"text": "Nobody is on it"})
    other = await said(store, await told_too(store), REPLY, {"news": []})
    await store.set_delivery(replace(parked, state=DROPPED))
    assert [each.id for each in await store.deliveries(OWED)] == ["d5", other]


async def told_too(store: Store, title: str = "Another") -> Story:
    """Another story for the same channel."""
    given = reading(article(title))
    made = decision(given.article.id, "risk")

    def work(tx: Transaction) -> Story:
        tx.add_article(given, 1)
        story = tx.open_story(given, placement())
        tx.decide(made, NOW)
        tx.alert(story.id, made, "new", NOW)
        return story

    return await store.write(work)


async def test_a_dropped_edit_leaves_the_message_and_its_thread_as_they_are(store: Store) -> None:
    story = await told(store)
    await put(store, DeliveryState.SENT)
    await joined(store, story, Reason.DENIED)
    await said(store, story, BROADCAST, {"news": []})
    await put(store, DROPPED)
    assert await standing(store) == [(POST, DeliveryState.SENT), (EDIT, DROPPED), (BROADCAST, OWED)]


# ── lines of our own ─────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_line_of_our_own_that_waits_takes_in_no_news(store: Store) -> None:
    story = await told(store)
    await put(store, DeliveryState.SENT)
    bundle = await said(store, story, BROADCAST, {"news": []})
    await said(store, story, BROADCAST, {"text": "Nobody is on it"})
    seen = await thread(store, story)
    assert seen.waiting is not None
    assert seen.waiting.id == bundle, "the reminder after it is passed over"
    assert seen.broadcast_at == NOW


# ── what is no longer as it was read ─────────────────────────────────────────────────────────────────────────────


async def parked_at(store: Store, parked_at: datetime, *, reported: bool = False, error: str | None = None) -> Delivery:
    """Another story whose message is parked."""
    await told_too(store, f"Parked at {parked_at} {reported}")
    each = await put(store, DeliveryState.PARKED)
    parked = replace(each, parked_at=parked_at, reported=reported, error=error)
    assert await store.write(lambda tx: tx.set_delivery(parked, was=DeliveryState.PARKED))
    return parked


async def test_what_is_no_longer_as_it_was_read_is_not_written(store: Store, second: Store) -> None:
    parked = await parked_at(store, NOW)

    async def written(by: Store, state: DeliveryState) -> bool:
        return await by.write(lambda tx: tx.set_delivery(replace(parked, state=state), was=DeliveryState.PARKED))

    assert await written(second, OWED), "whoever took it last, a parked one is nobody's"
    assert not await written(store, DROPPED)
    assert not await written(second, DeliveryState.PARKED)
    assert await standing(store) == [(POST, OWED)]
    (again,) = await claimed(second)
    await second.set_delivery(replace(again, state=DeliveryState.SENT, ts="18.1", sent_as="C1", tried_at=NOW))
    assert not await written(store, OWED)
    assert await standing(store) == [(POST, DeliveryState.SENT)]


async def test_who_lost_a_delivery_cannot_write_it_even_when_the_other_is_done_with_it(
    store: Store, second: Store
) -> None:
    await told(store)
    (lost,) = await claimed(store)
    (taken,) = await claimed(second, NOW + LEASE)
    await second.set_delivery(replace(taken, state=DeliveryState.SENT, ts="18.1", sent_as="C1", tried_at=NOW))
    late = replace(lost, attempts=1, tried_at=NOW, due_at=later(seconds=30), error="wait")
    assert not await store.set_delivery(late)
    assert await standing(store) == [(POST, DeliveryState.SENT)]


async def test_parked_ones_that_are_to_be_told_and_those_told_of_lately_are_found(store: Store) -> None:
    old = await parked_at(store, later(hours=-9), error="no such channel")
    await parked_at(store, later(hours=-9), reported=True)
    lately = await parked_at(store, later(minutes=-30), reported=True)
    await parked_at(store, later(hours=-1), reported=True)
    await store.write(lambda tx: tx.notice("ops", "a feed fails", NOW))
    (notice,) = await claimed(store)
    await store.set_delivery(replace(notice, state=DeliveryState.PARKED, parked_at=NOW))  # nobody is told of those
    found = await store.parked(later(hours=-1))
    assert [each.id for each in found] == [old.id, lately.id]


# ── put off ──────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_try_that_slack_put_off_still_puts_off_its_channel_when_a_newer_update_replaced_it(
    store: Store,
) -> None:
    story = await told(store)
    await put(store, DeliveryState.SENT)
    await joined(store, story, Reason.MORE_ARTICLES)
    (edit,) = await claimed(store)
    await store.set_delivery(replace(edit, attempts=1, tried_at=NOW, due_at=later(seconds=600), error="wait"))
    await joined(store, story, Reason.DENIED)
    assert await standing(store) == [(POST, DeliveryState.SENT), (EDIT, REPLACED), (EDIT, OWED)]
    assert list(await claimed(store, later(seconds=599))) == []
    assert [each.id for each in await claimed(store, later(seconds=600))] == ["d3"]


async def test_an_edit_that_nobody_tried_and_a_newer_one_replaced_puts_off_nothing(store: Store) -> None:
    story = await told(store)
    await put(store, DeliveryState.SENT)
    await joined(store, story, Reason.MORE_ARTICLES, due_at=later(minutes=10))
    await joined(store, story, Reason.DENIED)
    assert [each.id for each in await claimed(store)] == ["d3"]
