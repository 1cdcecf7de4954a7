"""The Store port: messages of one title to which more may be added."""

from __future__ import annotations

from dataclasses import replace

from riskbot.model import DeliveryKind, DeliveryState
from riskbot.policy.gathering import Gathered, Gathering
from riskbot.ports import Store
from tests.builders import NOW, later
from tests.owing import told

NOTICE = DeliveryKind.NOTICE


async def test_what_nobody_has_begun_can_be_added_to_and_what_was_sent_is_remembered_by_its_time(store: Store) -> None:
    assert await store.write(lambda tx: tx.gathering(NOTICE, "ops", "feeds")) == Gathering()
    body = {"text": "Feed ft is unhealthy", "title": "feeds", "count": 1}
    first = await store.write(lambda tx: tx.owe(NOTICE, "ops", body, NOW))
    await store.write(lambda tx: tx.owe(NOTICE, "ops", {"text": "Rules live"}, NOW))
    await store.write(lambda tx: tx.owe(NOTICE, "other", body, NOW))
    story, _ = await told(store, channel="elsewhere")
    await store.write(lambda tx: tx.owe(NOTICE, "ops", body, NOW, story=story.id))
    stands = await store.write(lambda tx: tx.gathering(NOTICE, "ops", "feeds"))
    assert stands == Gathering(Gathered(body, None, first), (NOW,))

    more = {**body, "count": 2}
    await store.write(lambda tx: tx.add_body(first, more, later(minutes=2)))
    stands = await store.write(lambda tx: tx.gathering(NOTICE, "ops", "feeds"))
    assert stands == Gathering(Gathered(more, later(minutes=2), first), (later(minutes=2),))

    minute = later(minutes=1) - NOW
    claimed = {each.id: each for each in await store.claim_deliveries(later(minutes=2), minute, 9)}
    while first not in claimed:
        for each in claimed.values():
            await store.set_delivery(replace(each, state=DeliveryState.SENT, tried_at=later(minutes=2), ts="1.0"))
        claimed = {each.id: each for each in await store.claim_deliveries(later(minutes=2), minute, 9)}
    assert (await store.write(lambda tx: tx.gathering(NOTICE, "ops", "feeds"))).waiting is None
    sent = replace(claimed[first], state=DeliveryState.SENT, tried_at=later(minutes=3), due_at=None, ts="2.0")
    await store.set_delivery(sent)
    assert await store.write(lambda tx: tx.gathering(NOTICE, "ops", "feeds")) == Gathering(None, (later(minutes=3),))
