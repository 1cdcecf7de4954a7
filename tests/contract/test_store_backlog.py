"""The Store port: what piled up is taken back and held at once, and a digest that is not out yet leaves out what a
message of its own tells sooner."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from riskbot.model import Delivery, DeliveryKind, DeliveryState, Reason
from riskbot.model.calm import Cause, HeldBack
from riskbot.ports import Store, Transaction
from tests.builders import NOW, article, decision, later, placement, reading

LEASE = timedelta(minutes=1)
OWED, REPLACED, SENDING = DeliveryState.OWED, DeliveryState.REPLACED, DeliveryState.SENDING
SENT, PARKED = DeliveryState.SENT, DeliveryState.PARKED


async def folded(store: Store, *ids: str) -> list[str]:
    """Stories whose first messages waited for more than an hour and were taken back."""

    def tell(tx: Transaction, id_: str) -> str:
        given = reading(article(id=id_))
        tx.add_article(given, 1)
        of = tx.open_story(given, placement()).id
        tx.decide(decision(id_, "risk"), NOW)
        tx.alert(of, decision(id_, "risk", reason=Reason.OFFICIAL_ACTION), "new", NOW)
        return of

    stories = [await store.write(lambda tx, id_=id_: tell(tx, id_)) for id_ in ids]  # type: ignore[misc]
    assert await store.write(lambda tx: tx.fold_backlog(later(minutes=1))) == {"risk": stories}
    return stories


async def digest(store: Store, stories: list[str], **body: Any) -> Delivery:
    """The digest that tells everything that is held for one."""
    said = {"title": "While I was away", "stories": stories, "blind": [], "muted": []} | body

    def owe(tx: Transaction) -> str:
        made = tx.owe(DeliveryKind.DIGEST, "risk", said, later(hours=1))
        tx.tell_in_digest([held.id for held in tx.held_due(later(hours=1))], made, later(hours=1))
        return made

    id_ = await store.write(owe)
    return next(each for each in await store.deliveries() if each.id == id_)


async def news(store: Store, story: str, reason: Reason, *, hushed: bool = False) -> Delivery:
    """What is owed for news of a story."""
    made = replace(decision("a", "risk", reason=reason), hushed=hushed)
    await store.write(lambda tx: tx.alert(story, made, "update", later(hours=2)))
    return (await store.deliveries())[-1]


async def listed(store: Store, of: Delivery) -> tuple[DeliveryState, list[str]]:
    (found,) = [each for each in await store.deliveries() if each.id == of.id]
    return found.state, list(found.body["stories"])


async def test_what_is_taken_back_is_held_as_what_it_was_owed_for(store: Store) -> None:
    one, two = await folded(store, "a", "b")
    assert await store.write(lambda tx: tx.held_due(later(minutes=59))) == []
    about: dict[str, Any] = {"at": NOW, "due_at": later(hours=1), "title": "While I was away"}
    assert await store.write(lambda tx: tx.held_due(later(hours=1))) == [
        HeldBack(story, "risk", id_, Cause.AWAY, Reason.OFFICIAL_ACTION, id=held, **about)
        for story, id_, held in ((one, "a", "h1"), (two, "b", "h2"))
    ]
    assert await store.write(lambda tx: tx.in_digest(one)) == {"risk": later(hours=1)}


@pytest.mark.parametrize("owed", [True, False])
async def test_material_news_is_a_message_of_its_own_and_leaves_the_digest_that_is_not_out(
    store: Store, owed: bool
) -> None:
    one, two = await folded(store, "a", "b")
    told = await digest(store, [one, two]) if owed else None
    assert (await news(store, one, Reason.LEVEL_RAISED)).kind is DeliveryKind.POST
    assert await store.write(lambda tx: tx.in_digest(one)) == {}
    assert await store.write(lambda tx: tx.in_digest(two)) == {"risk": later(hours=1)}
    left = [held.story for held in await store.write(lambda tx: tx.held_due(later(hours=9)))]
    assert left == ([] if told else [two])
    if told:
        assert await listed(store, told) == (OWED, [two])


@pytest.mark.parametrize(("said", "state"), [({}, REPLACED), ({"blind": ["x: dead"]}, OWED), ({"muted": ["y"]}, OWED)])
async def test_a_digest_in_which_nothing_is_left_is_left_unsent(
    store: Store, said: dict[str, Any], state: DeliveryState
) -> None:
    (one,) = await folded(store, "a")
    told = await digest(store, [one], **said)
    await news(store, one, Reason.DENIED)
    assert await listed(store, told) == (state, [])
    claimed = await store.claim_deliveries(later(hours=2), LEASE, 9)
    assert (told.id in [each.id for each in claimed]) is (state is OWED)


@pytest.mark.parametrize("state", [OWED, SENDING, SENT, PARKED])
async def test_a_digest_that_stands_or_may_stays_as_it_is(store: Store, state: DeliveryState) -> None:
    (one,) = await folded(store, "a")
    told = await digest(store, [one])
    (begun,) = await store.claim_deliveries(later(hours=1), LEASE, 9)
    if state is not OWED:
        stands = {"ts": "17.1", "sent_as": "C1"} if state is SENT else {}
        lost = {"lost_at": later(hours=1)} if state is SENDING else {}
        await store.set_delivery(replace(begun, state=state, attempts=1, tried_at=later(hours=1), **stands, **lost))  # type: ignore[arg-type]
    assert (await news(store, one, Reason.NEW_ORIGIN)).kind is DeliveryKind.POST, "it may be out"
    await news(store, one, Reason.DENIED)
    assert await listed(store, told) == (state, [one])
    assert await store.write(lambda tx: tx.in_digest(one)) == {"risk": later(hours=1)}


@pytest.mark.parametrize("owed", [True, False])
async def test_what_is_not_material_is_carried_by_the_digest_that_is_not_out(store: Store, owed: bool) -> None:
    (one,) = await folded(store, "a")
    told = await digest(store, [one]) if owed else None
    said = await news(store, one, Reason.NEW_ORIGIN)
    assert (said.kind, said.state) == (DeliveryKind.EDIT, REPLACED)
    if told:
        assert await listed(store, told) == (OWED, [one])
    assert await store.write(lambda tx: tx.in_digest(one)) == {"risk": later(hours=1)}


async def test_what_is_hushed_waits_for_its_digest_whether_or_not_the_other_is_out(store: Store) -> None:
    (one,) = await folded(store, "a")
    assert (await news(store, one, Reason.DENIED, hushed=True)).state is REPLACED
    await digest(store, [one])
    (begun,) = await store.claim_deliveries(later(hours=1), LEASE, 9)
    sent = replace(begun, state=SENT, attempts=1, tried_at=later(hours=1), ts="17.1", sent_as="C1")
    await store.set_delivery(sent)
    assert (await news(store, one, Reason.DENIED, hushed=True)).state is REPLACED


async def test_a_digest_leaves_out_a_story_that_was_merged_since(store: Store) -> None:
    one, two, three = await folded(store, "a", "b", "c")
    told = await digest(store, [one, two, three])
    await store.write(lambda tx: tx.merge_stories(one, two, by=None, why="one event", now=later(hours=2)))
    await news(store, one, Reason.DENIED)
    assert await listed(store, told) == (OWED, [three])
