"""The Store port: what parked messages hold up, what takes them up again, and what an outage left is taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from riskbot.errors import StoreError
from riskbot.model import Delivery, DeliveryKind, DeliveryState, Level, Reason, Story
from riskbot.policy.calm import AWAY
from riskbot.policy.resending import IN_DOUBT, absent, not_there
from riskbot.ports import Store, Transaction
from tests.builders import NOW, article, decision, later, placement, reading
from tests.owing import LEASE, claimed, owed, posted, send, told, updated

OWED, SENDING, PARKED = DeliveryState.OWED, DeliveryState.SENDING, DeliveryState.PARKED
DROPPED, REPLACED, SENT = DeliveryState.DROPPED, DeliveryState.REPLACED, DeliveryState.SENT


async def parked(store: Store, *, lost: bool = False) -> tuple[Story, Delivery]:
    """A story whose first message is parked; `lost`: and may stand."""
    story, _ = await told(store)
    (delivery,) = await claimed(store)
    held = replace(
        delivery, state=PARKED, attempts=1, tried_at=NOW, parked_at=NOW, reported=True, lost_at=NOW if lost else None
    )
    await store.set_delivery(held)
    return story, held


async def news(store: Store, story: Story, reason: Reason, *, hushed: bool = False) -> None:
    """One more article, with news of this kind."""
    given = reading(article(f"More {len(await store.alerts())}"))
    made = replace(decision(given.article.id, "#risk", reason=reason), hushed=hushed)

    def work(tx: Transaction) -> None:
        tx.add_article(given, 1)
        tx.join_story(story.id, given, placement(story.id))
        tx.decide(made, NOW)
        tx.alert(story.id, made, "update", NOW)

    await store.write(work)


async def standing(store: Store) -> list[tuple[DeliveryKind, DeliveryState]]:
    return [(each.kind, each.state) for each in await store.deliveries()]


POST, EDIT = DeliveryKind.POST, DeliveryKind.EDIT


# ── parked first messages ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("reason", [Reason.OFFICIAL_ACTION, Reason.DENIED, Reason.LEVEL_RAISED])
async def test_material_news_takes_a_refused_message_up_again_and_is_carried_by_it(
    store: Store, reason: Reason
) -> None:
    story, held = await parked(store)
    await news(store, story, reason)
    assert await standing(store) == [(POST, OWED), (EDIT, REPLACED)]
    (again,) = await claimed(store, later(seconds=1))
    assert (again.id, again.reported, again.parked_at, again.may_repeat) == (held.id, False, None, False)


async def test_material_news_has_a_message_that_may_stand_looked_for_first(store: Store) -> None:
    story, held = await parked(store, lost=True)
    await news(store, story, Reason.DENIED)
    assert await standing(store) == [(POST, SENDING), (EDIT, OWED)]
    (again,) = await claimed(store, later(seconds=1))
    assert (again.id, again.unsure, absent(again)) == (held.id, True, False)


@pytest.mark.parametrize(
    ("reason", "hushed"), [(Reason.MORE_ARTICLES, False), (Reason.NEW_ORIGIN, False), (Reason.DENIED, True)]
)
async def test_lesser_news_and_news_that_disturbs_nobody_leave_it_parked(
    store: Store, reason: Reason, hushed: bool
) -> None:
    story, held = await parked(store, lost=True)
    await news(store, story, reason, hushed=hushed)
    assert await standing(store) == [(POST, PARKED), (EDIT, OWED)]
    assert await store.delivery(held.id) == held


@pytest.mark.parametrize("waits", [True, False])
@pytest.mark.parametrize("lost", [True, False])
async def test_a_first_message_after_one_that_was_dropped_knows_whether_that_may_stand(
    store: Store, lost: bool, waits: bool
) -> None:
    story, _ = await told(store)
    (delivery,) = await claimed(store)
    sending = replace(delivery, state=SENDING, attempts=1, tried_at=NOW, lost_at=NOW if lost else None)
    await store.set_delivery(sending)
    if waits:
        await news(store, story, Reason.DENIED)
    await store.set_delivery(replace(sending, state=DROPPED))
    if not waits:
        await news(store, story, Reason.DENIED)
    dropped, post = await store.deliveries()
    assert (dropped.state, post.kind, post.state) == (DROPPED, POST, OWED)
    assert post.body.get(IN_DOUBT, False) is lost


# ── parked edits ─────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_parked_edit_is_replaced_when_a_later_one_was_sent_and_nothing_else_is(store: Store) -> None:
    story, other = await posted(store, "One"), await posted(store, "Other")
    for each in (story, other):
        await updated(store, each, f"Edit of {each.id}")
        (edit,) = await claimed(store)
        await store.set_delivery(replace(edit, state=PARKED, attempts=1, tried_at=NOW, parked_at=NOW))
    reply = await owed(store, DeliveryKind.REPLY, story.id)
    (said,) = await claimed(store)
    await store.set_delivery(replace(said, state=PARKED, attempts=1, tried_at=NOW, parked_at=NOW))
    await updated(store, story, "Later")
    (later_one,) = await claimed(store)
    assert (await store.counts()).parked == 3, "not before it was sent"
    await send(store, later_one)
    left = {(each.kind, each.story, each.id == reply) for each in await store.deliveries(PARKED)}
    assert left == {(EDIT, other.id, False), (DeliveryKind.REPLY, story.id, True)}


# ── an outage ────────────────────────────────────────────────────────────────────────────────────────────────────


async def stories(store: Store, *levels: Level) -> list[str]:
    made = [(await told(store, f"Story {number}"))[0].id for number in range(len(levels))]
    for id_, level in zip(made, levels, strict=True):
        await store.write(lambda tx, id_=id_, level=level: tx.set_story(id_, level=level, score=50))  # type: ignore[misc]
    return made


async def tried(store: Store, at: datetime = NOW) -> Delivery:
    """The next delivery, of whose try nobody knows yet what became."""
    (delivery,) = await claimed(store, at)
    lost = replace(
        delivery, state=SENDING, attempts=delivery.attempts + 1, tried_at=at, lost_at=at, due_at=at + timedelta(hours=9)
    )
    await store.set_delivery(lost)
    return lost


async def folded(store: Store, before: datetime = NOW) -> dict[str, Sequence[str]]:
    return {channel: list(ids) for channel, ids in (await store.write(lambda tx: tx.fold_backlog(before))).items()}


async def test_what_was_tried_and_is_not_there_is_taken_back_and_what_may_stand_keeps_its_channel_waiting(
    store: Store,
) -> None:
    one, two, grave = await stories(store, Level.LOW, Level.MEDIUM, Level.HIGH)
    first, second = await tried(store), await tried(store)
    assert await folded(store) == {}
    await store.set_delivery(not_there(first, later(minutes=15)))
    assert await folded(store) == {}, "the other may stand"
    await store.set_delivery(not_there(second, later(minutes=15)))
    assert await folded(store) == {"#risk": [one, two]}
    assert await folded(store) == {}
    assert [each.state for each in await store.deliveries()] == [REPLACED, REPLACED, OWED]
    assert [each.story for each in await claimed(store, later(seconds=1))] == [grave], "its channel is not put off"


async def test_what_slack_put_off_is_taken_back_and_its_channel_stays_put_off(store: Store) -> None:
    (one, _) = await stories(store, Level.LOW, Level.HIGH)
    (first,) = await claimed(store)
    await store.set_delivery(replace(first, attempts=1, tried_at=NOW, due_at=later(minutes=5), error="wait"))
    assert await folded(store) == {"#risk": [one]}
    assert await claimed(store, later(minutes=4)) == []
    assert len(await claimed(store, later(minutes=5))) == 1


async def test_what_a_person_owed_again_is_sent_as_it_is(store: Store) -> None:
    await stories(store, Level.LOW)
    (first,) = await claimed(store)
    await store.set_delivery(replace(first, attempts=1, tried_at=NOW))
    assert await folded(store, later(hours=9)) == {}


async def test_a_channel_that_was_told_again_after_more_than_an_hour_was_out_of_reach_all_the_same(
    store: Store,
) -> None:
    one, _ = await stories(store, Level.LOW, Level.HIGH)
    first = await tried(store)
    (grave,) = await claimed(store)
    sent = replace(grave, state=SENT, ts="17.1", sent_as="C1")
    await store.set_delivery(replace(sent, tried_at=later(minutes=59)))
    await store.set_delivery(not_there(first, later(hours=2)))
    assert await folded(store) == {}
    await store.set_delivery(replace(sent, tried_at=later(minutes=61)))
    assert await folded(store) == {"#risk": [one]}


async def test_a_digest_that_was_tried_and_is_not_there_takes_in_more_no_earlier_than_slack_asked(store: Store) -> None:
    id_ = await owed(store, DeliveryKind.DIGEST, body={"title": AWAY, "stories": ["s1"]})

    async def waiting() -> object:
        return (await store.write(lambda tx: tx.gathering(DeliveryKind.DIGEST, "#risk", AWAY))).waiting

    lost = await tried(store)
    assert await waiting() is None
    with pytest.raises(StoreError, match="not there to be changed"):
        await store.write(lambda tx: tx.add_body(id_, {}, None))
    await store.set_delivery(not_there(lost, later(minutes=15)))
    assert await waiting() is not None
    await store.write(lambda tx: tx.add_body(id_, {"title": AWAY, "stories": ["s1", "s2"]}, None))
    (digest,) = await store.deliveries()
    assert (digest.body["stories"], digest.due_at) == (["s1", "s2"], later(minutes=15))
    assert absent(digest)
    assert await store.claim_deliveries(later(minutes=14), LEASE, 9) == []
