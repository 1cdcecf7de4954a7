"""The Store port: replies wait for their message, go out in order, and know their thread."""

from __future__ import annotations

import pytest

from riskbot.errors import StoreError
from riskbot.model import DeliveryKind, Thread
from riskbot.ports import Store
from tests.builders import NOW, later
from tests.owing import claimed, owed, posted, send, told, updated


async def test_a_reply_waits_for_the_message_and_its_edits_and_knows_its_thread(store: Store) -> None:
    story, _ = await told(store)
    reply = await owed(store, DeliveryKind.REPLY, story.id, body={"news": []})
    (post,) = await claimed(store)
    await send(store, post, "17.1")
    await updated(store, story, "Second")
    (claimed_reply,) = await claimed(store)
    assert (claimed_reply.id, claimed_reply.kind) == (reply, DeliveryKind.REPLY)
    assert (claimed_reply.thread, claimed_reply.ts, claimed_reply.sent_as) == ("17.1", None, "C1")
    assert (claimed_reply.body, claimed_reply.story) == ({"news": []}, story.id)
    await send(store, claimed_reply, "18.5")
    sent = await store.delivery(reply)
    assert sent is not None
    assert (sent.ts, sent.thread) == ("18.5", "17.1")
    (edit,) = await claimed(store)
    assert (edit.kind, edit.ts) == (DeliveryKind.EDIT, "17.1")


async def test_replies_go_out_in_order_behind_the_edits_before_them(store: Store) -> None:
    story = await posted(store)
    await updated(store, story, "Second")
    one, other = [await owed(store, kind, story.id) for kind in (DeliveryKind.BROADCAST, DeliveryKind.REPLY)]
    kinds = []
    for _ in range(3):
        (each,) = await claimed(store)
        kinds.append((each.kind, each.id))
        await send(store, each)
    assert [kind for kind, _ in kinds] == [DeliveryKind.EDIT, DeliveryKind.BROADCAST, DeliveryKind.REPLY]
    assert [id_ for _, id_ in kinds[1:]] == [one, other]


async def test_what_waits_to_be_bundled_holds_up_nothing(store: Store) -> None:
    story = await posted(store)
    bundle = await owed(store, DeliveryKind.BROADCAST, story.id, due_at=later(minutes=20))
    reply = await owed(store, DeliveryKind.REPLY, story.id)
    (first,) = await claimed(store)
    assert first.id == reply
    await send(store, first)
    await updated(store, story, "Second")
    (edit,) = await claimed(store)
    await send(store, edit)
    assert [each.id for each in await claimed(store, later(minutes=20))] == [bundle]


async def test_a_key_is_owed_once(store: Store) -> None:
    one = await owed(store, DeliveryKind.DIGEST, key="digest-risk-2025-11-17", channel="risk")
    assert await owed(store, DeliveryKind.DIGEST, key="digest-risk-2025-11-17", channel="risk") == one
    assert len(await store.deliveries()) == 1


async def test_a_thread_knows_whether_its_message_is_begun_and_when_it_was_last_loud(store: Store) -> None:
    story, _ = await told(store)

    async def thread() -> Thread:
        return await store.write(lambda tx: tx.thread(story.id, "#risk"))

    assert await thread() == Thread(begun=False)
    (post,) = await claimed(store)
    assert await thread() == Thread(begun=True)
    await send(store, post)
    waiting = await owed(store, DeliveryKind.BROADCAST, story.id, body={"news": [1]}, due_at=later(minutes=20))
    seen = await thread()
    assert (seen.broadcast_at, seen.waiting and seen.waiting.id) == (later(minutes=20), waiting)
    await store.write(lambda tx: tx.add_body(waiting, {"news": [1, 2]}, None))
    (broadcast,) = await claimed(store)
    assert broadcast.body == {"news": [1, 2]}
    assert (await thread()).waiting is None
    with pytest.raises(StoreError, match="not there to be changed"):
        await store.write(lambda tx: tx.add_body(waiting, {}, None))
    await send(store, broadcast)
    assert await thread() == Thread(begun=True, broadcast_at=NOW)


async def test_a_frozen_message_is_frozen_once_and_every_later_send_knows(store: Store) -> None:
    story = await posted(store)
    assert await store.write(lambda tx: tx.freeze(story.id, "#risk", "edit_window_closed"))
    assert not await store.write(lambda tx: tx.freeze(story.id, "#risk", "message_not_found"))
    assert not await store.write(lambda tx: tx.freeze(story.id, "#elsewhere", "message_not_found"))
    await updated(store, story, "Second")
    (edit,) = await claimed(store)
    assert edit.frozen == "edit_window_closed"


async def test_a_merged_storys_replies_stay_with_its_message(store: Store) -> None:
    older, younger = await posted(store, "Older"), await posted(store, "Younger")
    reply = await owed(store, DeliveryKind.REPLY, younger.id)
    await store.write(lambda tx: tx.merge_stories(older.id, younger.id, by=None, why="", now=NOW))
    (first,) = await claimed(store)
    assert (first.id, first.story) == (reply, younger.id)


async def test_the_deliveries_of_a_channel_told_only_of_the_younger_move_with_its_message(store: Store) -> None:
    older, _ = await told(store, "Older", "#china")
    younger = await posted(store, "Younger")
    reply = await owed(store, DeliveryKind.REPLY, younger.id)
    await store.write(lambda tx: tx.merge_stories(older.id, younger.id, by=None, why="", now=NOW))
    moved = await store.delivery(reply)
    assert moved is not None
    assert (moved.story, moved.thread) == (older.id, "17.1")
