"""What people decide about messages that are parked: sent again, or given up.

What always holds: what was decided is kept together with who decided it, and said beneath the notice that asked for it;
a message that is no longer parked when it is written is left alone. To send again is to owe again: the outbox sends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Literal

from riskbot.errors import InputError
from riskbot.model import Delivery, DeliveryKind, DeliveryState
from riskbot.model.answers import AnswerKind
from riskbot.policy.resending import to_resend
from riskbot.ports import Store, Transaction
from riskbot.usecases.answers import NOT_AGAIN, Press, Said

What = Literal["resend", "drop"]
_DONE = {AnswerKind.RESEND: "owed again", AnswerKind.DROP: "dropped"}


async def settle(store: Store, press: Press, what: str, ids: Sequence[str]) -> Said:
    """`resend` or `drop` parked deliveries. Raises InputError where there is none of such an id."""
    found = [await _found(store, id_) for id_ in ids]
    parked = [each for each in found if each.state is DeliveryState.PARKED]
    if not parked:
        return Said(f"Nothing of it is parked any more: {await _settled(store, found)}.")
    kind = AnswerKind.RESEND if what == "resend" else AnswerKind.DROP
    notices = await asking(store, parked)

    def work(tx: Transaction) -> Said:
        done = decide(tx, parked, "resend" if kind is AnswerKind.RESEND else "drop")
        if not done:
            return Said("Nothing of it is parked any more: somebody was quicker.")
        story = done[0].story if len(done) == 1 else None
        if not tx.answer(press.answer(kind, story, ", ".join(each.id for each in done))):
            raise _KnownError  # a press that comes twice changes nothing, whatever was parked meanwhile
        note(tx, notices, done, f"{_DONE[kind]} by {press.user_name}", press.at)
        named = ", ".join(name(each) for each in done)
        if kind is AnswerKind.DROP:
            return Said(f"Dropped: {named}. What was decided stays on record.")
        return Said(f"Owed again: {named}. What is refused again is parked again, and told anew.")

    try:
        return await store.write(work)
    except _KnownError:
        return Said(NOT_AGAIN)


def decide(tx: Transaction, parked: Sequence[Delivery], what: What) -> list[Delivery]:
    """Owe parked deliveries again, or drop them; those that were parked still."""
    wanted = [to_resend(each) if what == "resend" else replace(each, state=DeliveryState.DROPPED) for each in parked]
    return [each for each in wanted if tx.set_delivery(each, was=DeliveryState.PARKED)]


async def asking(store: Store, parked: Sequence[Delivery]) -> list[Delivery]:
    """The notices that stand and tell of these deliveries: of each delivery the latest."""
    wanted = {each.id for each in parked}
    told = await store.asking(wanted)
    latest = {id_: each for each in told for id_ in each.body["parked"] if id_ in wanted}
    return list({each.id: each for each in latest.values()}.values())


def note(tx: Transaction, notices: Sequence[Delivery], done: Sequence[Delivery], how: str, now: datetime) -> None:
    """Owe a line beneath each notice on what became of what it told of; `how`: "dropped by ann"."""
    for notice in notices:
        mine = ", ".join(name(each) for each in done if each.id in notice.body["parked"])
        if mine:
            tx.owe(DeliveryKind.NOTICE, notice.channel, {"text": f"{mine}: {how}", "thread": notice.ts}, now)


def name(delivery: Delivery) -> str:
    """The id by which people cite a message."""
    return delivery.alert.id if delivery.alert else delivery.id


async def _settled(store: Store, found: Sequence[Delivery]) -> str:
    """What became of messages that are not parked any more, and by whom."""
    decided = await store.settled({each.id for each in found})
    said = []
    for each in found:
        by = decided.get(each.id)
        who = f" ({_DONE[by.kind]} by {by.user_name} at {by.at:%Y-%m-%d %H:%M} UTC)" if by else ""
        said.append(f"{name(each)} is {each.state}{who}")
    return ", ".join(said)


class _KnownError(Exception):
    """The press is kept already: nothing of this one is."""


async def _found(store: Store, id_: str) -> Delivery:
    delivery = await store.delivery(id_)
    if delivery is None:
        raise InputError(f"there is no message {id_[:40]!r}", "`riskbot alerts list --state parked` shows which are")
    return delivery
