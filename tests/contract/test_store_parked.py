"""The Store port: what is read of parked messages, and of what is over, without reading everything there is."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from riskbot.model import DeliveryKind, DeliveryState, Level
from riskbot.model.answers import Answer, AnswerKind
from riskbot.policy.resending import ASKED_AGAIN
from riskbot.ports import Store, Transaction
from riskbot.usecases.alerts import SHOWN, list_deliveries
from tests.builders import NOW, later
from tests.owing import owed, told
from tests.storykeeping import merged

DIGEST, NOTICE = DeliveryKind.DIGEST, DeliveryKind.NOTICE
REASON = "no such channel"


async def parked(
    store: Store,
    channel: str = "#risk",
    error: str | None = REASON,
    *,
    at: datetime = NOW,
    told_of: bool = False,
    kind: DeliveryKind = DIGEST,
    again: bool = False,
) -> str:
    id_ = await owed(store, kind, channel=channel, body={"title": "t"} | ({ASKED_AGAIN: True} if again else {}))
    held = await store.delivery(id_)
    assert held is not None
    await store.set_delivery(
        replace(held, state=DeliveryState.PARKED, error=error, parked_at=at, reported=told_of, tried_at=at)
    )
    return id_


async def read(store: Store, since: datetime) -> list[str]:
    return [each.id for each in await store.parked(since)]


async def test_what_people_were_told_of_lately_stands_for_what_is_parked_for_the_same_reason_meanwhile(
    store: Store,
) -> None:
    told_of = await parked(store, told_of=True)
    await parked(store, told_of=True)
    unknown = await parked(store, at=later(minutes=5))
    elsewhere = await parked(store, "#china")
    otherwise = await parked(store, error="no permission")
    for_no_reason = await parked(store, error=None)
    assert await read(store, later(minutes=-1)) == [told_of, elsewhere, otherwise, for_no_reason]
    assert await read(store, NOW) == [unknown, elsewhere, otherwise, for_no_reason]


async def test_a_message_without_a_reason_stands_for_others_without_one(store: Store) -> None:
    told_of = await parked(store, error=None, told_of=True)
    await parked(store, error=None)
    assert await read(store, later(minutes=-1)) == [told_of]


async def test_what_material_news_took_up_again_is_read_whatever_people_were_told_of(store: Store) -> None:
    told_of, again = await parked(store, told_of=True), await parked(store, again=True)
    await parked(store, told_of=True, again=True)
    assert await read(store, later(minutes=-1)) == [told_of, again]


async def test_what_is_of_a_critical_story_is_read_whatever_people_were_told_of(store: Store) -> None:
    ids = [(await told(store, title))[0].id for title in ("First", "Second", "Third", "Fourth")]
    posts = [each.id for each in await store.deliveries()]
    for id_ in posts:
        held = await store.delivery(id_)
        assert held is not None
        parked_now = replace(held, state=DeliveryState.PARKED, error=REASON, parked_at=NOW, reported=id_ == posts[0])
        await store.set_delivery(parked_now)

    def work(tx: Transaction) -> None:
        tx.set_story(ids[1], level=Level.CRITICAL, score=90)
        tx.set_story(ids[2], level=Level.HIGH, score=80)
        merged(ids[1], ids[3])(tx)

    assert await read(store, later(minutes=-1)) == [posts[0]]
    await store.write(work)
    assert await read(store, later(minutes=-1)) == [posts[0], posts[1], posts[3]]


async def test_a_parked_notice_is_never_told_of(store: Store) -> None:
    await parked(store, kind=NOTICE)
    await parked(store, kind=NOTICE, told_of=True)
    assert await read(store, later(minutes=-1)) == []


async def test_a_parked_line_to_the_readers_of_a_story_is_told_of_although_it_is_a_notice(store: Store) -> None:
    id_ = await owed(store, NOTICE, channel="#risk", body={"text": "Nobody is on story s1", "own": "s1"})
    held = await store.delivery(id_)
    assert held is not None
    await store.set_delivery(replace(held, state=DeliveryState.PARKED, error=REASON, parked_at=NOW))
    assert await read(store, later(minutes=-1)) == [id_]


async def test_only_notices_that_stand_and_tell_of_a_parked_message_ask_for_it(store: Store) -> None:
    one, other, third = await parked(store), await parked(store), await parked(store)

    async def notice(ts: str | None, **body: object) -> str:
        id_ = await owed(store, NOTICE, channel="#ops", body={"text": "parked", **body})
        held = await store.delivery(id_)
        assert held is not None
        await store.set_delivery(replace(held, state=DeliveryState.SENT, ts=ts, tried_at=NOW))
        return id_

    of_both = await notice("1.1", parked=[one, other])
    await notice(None, parked=[one])
    await notice("1.2")
    of_one = await notice("1.3", parked=[one])
    await notice("1.4", parked=[third])
    assert [each.id for each in await store.asking([one])] == [of_both, of_one]
    assert [each.id for each in await store.asking({other, one})] == [of_both, of_one]
    assert [(each.id, each.ts, each.body["parked"]) for each in await store.asking([other])] == [
        (of_both, "1.1", [one, other])
    ]
    assert list(await store.asking([])) == list(await store.asking(["d99", "nonsense"])) == []


async def test_whoever_decided_last_about_a_message_settled_it(store: Store) -> None:
    def press(kind: AnswerKind, value: str, user: str) -> Answer:
        return Answer(kind, None, f"U-{user}", user, NOW, f"{kind}-{value}-{user}", value)

    presses = (
        press(AnswerKind.RESEND, "d1, d12", "ann"),
        press(AnswerKind.DROP, "d1", "bob"),
        press(AnswerKind.USEFUL, "d12", "cid"),
        press(AnswerKind.DROP, "d2", "dan"),
    )
    for each in presses:
        await store.write(lambda tx, each=each: tx.answer(each))  # type: ignore[misc]
    assert await store.settled(["d1", "d12", "d3"]) == {"d1": presses[1], "d12": presses[0]}
    assert await store.settled([]) == {}


async def test_of_many_deliveries_the_last_ones_can_be_had(store: Store) -> None:
    ids = [await owed(store, NOTICE, channel="#ops") for _ in range(5)]
    for id_ in ids[:3]:
        held = await store.delivery(id_)
        assert held is not None
        await store.set_delivery(replace(held, state=DeliveryState.SENT, tried_at=NOW))
    assert [each.id for each in await store.deliveries(DeliveryState.SENT, most=2)] == ids[1:3]
    assert [each.id for each in await store.deliveries(DeliveryState.SENT, DeliveryState.OWED, most=3)] == ids[2:]
    assert [each.id for each in await store.deliveries(most=2)] == ids[3:]
    assert [each.id for each in await store.deliveries(DeliveryState.SENT, most=9)] == ids[:3]
    assert list(await store.deliveries(most=0)) == []


async def test_all_that_waits_and_the_last_of_what_is_over_are_listed_in_order(store: Store) -> None:
    waiting = [await parked(store), (await told(store))[1].id]
    over = [await owed(store, NOTICE, channel="#ops") for _ in range(SHOWN + 2)]
    states = (DeliveryState.SENT, DeliveryState.REPLACED, DeliveryState.DROPPED)
    for number, id_ in enumerate(over):
        held = await store.delivery(id_)
        assert held is not None
        await store.set_delivery(replace(held, state=states[number % 3], tried_at=NOW))
    last = await owed(store, NOTICE, channel="#ops")
    listed = [each.alert.id if each.alert else each.id for each in await list_deliveries(store)]
    assert listed == [*waiting, *over[2:], last]
    assert len(await list_deliveries(store, everything=True)) == len(listed) + 2
    assert [each.id for each in await list_deliveries(store, [DeliveryState.PARKED])] == waiting[:1]
