"""The Store port: notices are owed once, taken by one and told in order; the rules in force are one row."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from riskbot.errors import StoreError
from riskbot.model import Delivery, DeliveryKind, DeliveryState, RulesState
from riskbot.ports import Store, Transaction
from tests.builders import NOW, later

LEASE = timedelta(minutes=1)
STATE = RulesState("h1", "w1", NOW, rules=2, companies=3, topics=1, feeds=4)


async def owed(store: Store, text: str = "Rules live", channel: str = "ops", at: datetime = NOW) -> Delivery:
    made = await store.write(lambda tx: tx.notice(channel, text, at))
    return next(notice for notice in await store.notices() if notice.id == made)


async def claimed(store: Store, at: datetime = NOW, limit: int = 10) -> list[Delivery]:
    return list(await store.claim_deliveries(at, LEASE, limit))


async def test_a_notice_is_owed_at_once_with_a_key_of_its_own(store: Store) -> None:
    one, other = await owed(store, "One"), await owed(store, "Other", "risk")
    assert one == Delivery("d1", DeliveryKind.NOTICE, "ops", one.key, body={"text": "One"}, at=NOW)
    assert one.text == "One"
    assert len(one.key) == 32
    assert one.key != other.key
    assert await store.notices() == [one, other]
    assert await claimed(store) == [one, other]
    assert (await store.counts()).owed == 2


async def test_a_notice_whose_transaction_fails_is_not_owed(store: Store) -> None:
    def work(tx: Transaction) -> None:
        tx.notice("ops", "Rules live", NOW)
        tx.set_rules_state(STATE)
        raise StoreError("no")

    with pytest.raises(StoreError):
        await store.write(work)
    assert await store.notices() == []
    assert await store.rules_state() is None


async def test_a_claimed_notice_is_nobody_elses_until_its_lease_ends(store: Store, second: Store) -> None:
    notice = await owed(store)
    assert await claimed(store) == [notice]
    assert await claimed(second) == []
    assert await claimed(second, NOW + LEASE) == [notice]


async def test_in_one_channel_a_notice_waits_for_those_before_it(store: Store) -> None:
    first, second, elsewhere = await owed(store, "1"), await owed(store, "2"), await owed(store, "3", "risk")
    assert await claimed(store) == [first, elsewhere]
    assert await claimed(store) == []
    put_off = replace(first, attempts=1, due_at=later(minutes=5), error="wait", tried_at=NOW)
    await store.set_delivery(put_off)
    assert await claimed(store, later(seconds=30)) == []
    assert await claimed(store, later(minutes=5)) == [put_off, elsewhere]
    await store.set_delivery(replace(first, state=DeliveryState.SENT, ts="17.1", sent_as="C1"))
    assert await claimed(store) == [second]


@pytest.mark.parametrize("state", [DeliveryState.SENT, DeliveryState.PARKED])
async def test_a_notice_that_is_over_is_never_claimed_again_and_holds_up_nobody(
    store: Store, state: DeliveryState
) -> None:
    first, second = await owed(store, "1"), await owed(store, "2")
    over = replace(first, state=state, attempts=1, ts="17.1", sent_as="C1", error="why", tried_at=NOW)
    await store.set_delivery(over)
    assert await claimed(store, later(days=9)) == [second]
    assert await store.notices() == [over, second]
    counts = await store.counts()
    assert (counts.owed, counts.parked) == (1, int(state is DeliveryState.PARKED))


async def test_a_notice_left_in_sending_comes_back_as_such(store: Store, second: Store) -> None:
    sending = replace(await owed(store), state=DeliveryState.SENDING, attempts=1, tried_at=NOW)
    await claimed(store)
    await store.set_delivery(sending)
    assert await claimed(second) == []
    assert await claimed(second, NOW + LEASE) == [sending]
    unsure = replace(sending, due_at=later(seconds=90), error="timed out")
    await second.set_delivery(unsure)
    assert await claimed(store, later(seconds=89)) == []
    assert await claimed(store, later(seconds=90)) == [unsure]


async def test_no_more_notices_are_taken_than_asked_for(store: Store) -> None:
    for n in range(4):
        await owed(store, str(n), f"channel-{n}")
    assert [notice.text for notice in await claimed(store, limit=3)] == ["0", "1", "2"]


async def test_two_stores_that_claim_at_once_take_each_notice_once(store: Store, second: Store) -> None:
    for n in range(20):
        await owed(store, str(n), f"channel-{n}")
    rounds = await asyncio.gather(*(claimed(which, limit=2) for _ in range(8) for which in (store, second)))
    taken = [notice.id for part in rounds for notice in part]
    taken += [notice.id for notice in await claimed(store, limit=20)]
    assert len(taken) == len(set(taken)) == 20


async def test_the_rules_in_force_are_those_noted_last(store: Store, second: Store) -> None:
    assert await store.rules_state() is None
    assert await store.write(lambda tx: tx.rules_state()) is None
    await store.write(lambda tx: tx.set_rules_state(STATE))
    assert await second.rules_state() == STATE
    refused = replace(
        STATE,
        refused="Edit refused: 'militry'",
        refused_key="k",
        refused_at=later(minutes=1),
        switched_off={"alibaba-memo": "IndexError: 阿里"},
    )
    await second.write(lambda tx: tx.set_rules_state(refused))
    assert await store.rules_state() == refused
    assert await store.write(lambda tx: tx.rules_state()) == refused
    await store.write(lambda tx: tx.set_rules_state(STATE))
    assert await store.rules_state() == STATE
