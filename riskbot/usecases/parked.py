"""What a press of Resend or Drop does about messages that are parked.

What always holds: what was decided is kept together with who decided it; a message that is no longer parked when it is
written is left alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from riskbot.errors import InputError
from riskbot.model import Delivery, DeliveryState
from riskbot.model.answers import AnswerKind
from riskbot.policy.resending import to_resend
from riskbot.ports import Store, Transaction
from riskbot.usecases.answers import NOT_AGAIN, Press, Said


async def settle(store: Store, press: Press, what: str, ids: Sequence[str]) -> Said:
    """`resend` or `drop` parked deliveries. Raises InputError where there is none of such an id."""
    found = [await _found(store, id_) for id_ in ids]
    parked = [each for each in found if each.state is DeliveryState.PARKED]
    if not parked:
        return Said("Nothing of it is parked any more: " + ", ".join(f"{each.id} is {each.state}" for each in found))
    again = what == "resend"

    def work(tx: Transaction) -> Said:
        settled = [
            each
            for each in parked
            if tx.set_delivery(
                to_resend(each) if again else replace(each, state=DeliveryState.DROPPED), was=DeliveryState.PARKED
            )
        ]
        if not settled:
            return Said("Nothing of it is parked any more: somebody was quicker.")
        named = ", ".join(each.id for each in settled)
        story = settled[0].story if len(settled) == 1 else None
        if not tx.answer(press.answer(AnswerKind.RESEND if again else AnswerKind.DROP, story, named)):
            raise _KnownError  # a press that comes twice changes nothing, whatever was parked meanwhile
        return Said(f"Sent again: {named}." if again else f"Dropped: {named}. What was decided stays on record.")

    try:
        return await store.write(work)
    except _KnownError:
        return Said(NOT_AGAIN)


class _KnownError(Exception):
    """The press is kept already: nothing of this one is."""


async def _found(store: Store, id_: str) -> Delivery:
    delivery = await store.delivery(id_)
    if delivery is None:
        raise InputError(f"there is no message {id_[:40]!r}", "`riskbot alerts list --state parked` shows which are")
    return delivery
