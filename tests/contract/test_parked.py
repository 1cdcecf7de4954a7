"""Messages that are parked, and people who decide about them at the same time as something else does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from riskbot.delivery import deliver
from riskbot.errors import InputError
from riskbot.model import Delivery, DeliveryKind, DeliveryState
from riskbot.parking import TOLD_AFTER
from riskbot.policy.resending import to_resend
from riskbot.ports import Store
from riskbot.usecases.alerts import drop, resend
from riskbot.usecases.answers import NOT_AGAIN, Press
from riskbot.usecases.parked import settle
from tests.builders import NOW, later
from tests.fakes import FakeNotifier, refused
from tests.rounds import mind

OWED, PARKED, DROPPED, SENT = DeliveryState.OWED, DeliveryState.PARKED, DeliveryState.DROPPED, DeliveryState.SENT
BY = mind(ops_channel="ops")


class Late:
    """A store that somebody else changes between what is read of it and what is written."""

    def __init__(self, store: Store, state: DeliveryState, *ids: str) -> None:
        self._store, self._state, self._ids = store, state, ids

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    async def write(self, work: object) -> object:
        for id_ in self._ids:
            held = await self._store.delivery(id_)
            assert held is not None
            changed = to_resend(held) if self._state is OWED else replace(held, state=self._state)
            assert await self._store.set_delivery(changed)
        self._ids = ()
        return await self._store.write(work)  # type: ignore[arg-type]


async def park(store: Store, *channels: str) -> list[str]:
    """A parked message for each of these channels."""
    for channel in channels:
        body = {"title": "t", "since": NOW.isoformat(), "until": NOW.isoformat(), "stories": []}
        id_ = await store.write(lambda tx, to=channel, body=body: tx.owe(DeliveryKind.DIGEST, to, body, NOW))  # type: ignore[misc]
        owed = await store.delivery(id_)
        assert owed is not None
        await store.set_delivery(replace(owed, state=PARKED, error="no such channel", parked_at=NOW, tried_at=NOW))
    return [each.id for each in await store.deliveries(PARKED)]


async def states(store: Store) -> list[DeliveryState]:
    return [each.state for each in await store.deliveries()]


def press(key: str = "k1") -> Press:
    return Press("U1", "ann", later(minutes=1), key)


@pytest.mark.parametrize("what", ["resend", "drop"])
@pytest.mark.parametrize("state", [OWED, SENT, DROPPED])
async def test_a_press_that_comes_too_late_changes_and_answers_nothing(
    store: Store, what: str, state: DeliveryState
) -> None:
    (id_,) = await park(store, "risk")
    said = await settle(Late(store, state, id_), press(), what, [id_])  # type: ignore[arg-type]
    assert "Nothing of it is parked any more" in said.text
    assert await states(store) == [state]
    assert await store.answers() == []


async def test_a_press_that_comes_too_late_for_some_answers_for_the_others_alone(store: Store) -> None:
    one, other = await park(store, "risk", "risk")
    said = await settle(Late(store, OWED, one), press(), "drop", [one, other])  # type: ignore[arg-type]
    assert said.text.startswith(f"Dropped: {other}.")
    assert await states(store) == [OWED, DROPPED]
    assert [each.value for each in await store.answers()] == [other]


async def test_a_press_that_comes_twice_changes_nothing_the_second_time(store: Store) -> None:
    (id_,) = await park(store, "risk")
    assert (await settle(store, press(), "resend", [id_])).text.startswith(f"Owed again: {id_}.")
    owed = await store.delivery(id_)
    assert owed is not None
    await store.set_delivery(replace(owed, state=PARKED, parked_at=later(minutes=2)))
    assert (await settle(store, press(), "resend", [id_])).text == NOT_AGAIN
    assert await states(store) == [PARKED]


async def test_what_somebody_else_has_sent_again_meanwhile_is_not_sent_twice(store: Store) -> None:
    one, other = await park(store, "risk", "risk")
    with pytest.raises(InputError, match=f"{one} is not parked: somebody else"):
        await resend(Late(store, SENT, one), [one, other])  # type: ignore[arg-type]
    assert await states(store) == [SENT, PARKED]
    again = await resend(Late(store, SENT, other), (), every=True)  # type: ignore[arg-type]
    assert again == []
    assert await states(store) == [SENT, SENT]


async def test_what_was_sent_again_while_it_was_to_be_reported_stays_so_and_is_not_reported(store: Store) -> None:
    one, other, third = await park(store, "risk", "risk", "china")
    late = Late(store, OWED, one, third)
    await deliver(store=late, notifier=FakeNotifier(), mind=BY, now=NOW + TOLD_AFTER)  # type: ignore[arg-type]
    (notice,) = await store.notices()
    assert notice.body["parked"] == [other]
    found: list[Delivery | None] = [await store.delivery(id_) for id_ in (one, other, third)]
    assert [each and each.state for each in found] == [SENT, PARKED, SENT], "sent in the same round"


# ── who settled it ───────────────────────────────────────────────────────────────────────────────────────────────


async def told_of(store: Store, notifier: FakeNotifier) -> Delivery:
    """The notice that tells of what is parked, as it stands."""
    await deliver(store=store, notifier=notifier, mind=BY, now=NOW + TOLD_AFTER)
    (notice,) = await store.notices()
    assert notice.ts
    return notice


@pytest.mark.parametrize(("what", "done"), [("resend", "owed again"), ("drop", "dropped")])
async def test_who_settled_what_is_said_beneath_the_notice_and_to_whoever_presses_again(
    store: Store, what: str, done: str
) -> None:
    one, other = await park(store, "risk", "risk")
    notifier = FakeNotifier()
    notice = await told_of(store, notifier)
    first = await settle(store, press(), what, [one, other])
    assert first.text.lower().startswith(f"{done}: {one}, {other}.")
    line = (await store.notices())[-1]
    assert (line.channel, line.text, line.body["thread"]) == ("ops", f"{one}, {other}: {done} by ann", notice.ts)
    again = await settle(store, Press("U2", "ben", later(minutes=30), "k2"), what, [one])
    assert f"({done} by ann at 2025-11-17 12:01 UTC)" in again.text
    assert len(await store.notices()) == 2


async def test_what_is_settled_at_the_command_line_is_said_beneath_the_notice_too(store: Store) -> None:
    one, other = await park(store, "risk", "risk")
    notice = await told_of(store, FakeNotifier())
    assert [each.state for each in await drop(store, [one], now=later(minutes=12))] == [DROPPED]
    assert [each.state for each in await resend(store, [other], now=later(minutes=13))] == [OWED]
    lines = [each for each in await store.notices() if each.body.get("thread") == notice.ts]
    assert [each.text for each in lines] == [
        f"{one}: dropped at the command line",
        f"{other}: owed again at the command line",
    ]


async def test_what_is_not_parked_is_not_dropped_and_neither_is_what_was_named_with_it(store: Store) -> None:
    one, other = await park(store, "risk", "risk")
    await drop(store, [one])
    with pytest.raises(InputError, match=f"{one} is not parked: it is dropped"):
        await drop(store, [other, one])
    with pytest.raises(InputError, match="there is no message 'd99'"):
        await drop(store, ["d99"])
    with pytest.raises(InputError, match=f"{other} is not parked: somebody else"):
        await drop(Late(store, SENT, other), [other])  # type: ignore[arg-type]
    assert await states(store) == [DROPPED, SENT]


async def test_a_line_beneath_a_notice_that_is_gone_is_left(store: Store) -> None:
    (one,) = await park(store, "risk")
    await told_of(store, FakeNotifier())
    await settle(store, press(), "drop", [one])
    gone = FakeNotifier([refused("thread_not_found", "")])
    report = await deliver(store=store, notifier=gone, mind=BY, now=NOW + 2 * TOLD_AFTER)
    assert report.parked == ()
    assert (await store.notices())[-1].state is DeliveryState.REPLACED
