"""Those who run riskbot are told of messages that are parked, and of what became of those they were told of.

What always holds: one notice for each channel and reason, the next for both an hour later at the earliest, unless it is
of a critical story, or material news took a message up again and it was parked again; a notice on a notice is never
made. Deliberately absent: why a message is parked, and what people do about it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from riskbot.mind import Mind
from riskbot.model import Delivery, DeliveryKind, DeliveryState, Level
from riskbot.policy.resending import ASKED_AGAIN
from riskbot.policy.saying import of_parked
from riskbot.ports import Store, Transaction
from riskbot.speech import said

TOLD_AFTER = timedelta(minutes=10)  # for so long a message is parked before people are told
TOLD_EVERY = timedelta(hours=1)  # of one channel and reason, however many messages are parked for it


async def report_parked(store: Store, mind: Mind, now: datetime) -> None:
    """Owe the notices that are due.

    The body of one names the deliveries, for whoever offers to resend or drop them. Raises what the store raises.
    """
    ops = mind.policy.ops_channel
    lately = now - TOLD_AFTER - TOLD_EVERY
    waiting = await store.parked(lately) if ops else ()
    known = {(each.channel, each.error) for each in waiting if each.reported and (each.parked_at or now) > lately}
    told: dict[tuple[str, str | None], list[Delivery]] = {}
    for each in waiting:
        due = each.parked_at is not None and each.parked_at + TOLD_AFTER <= now
        on_riskbot = each.kind is DeliveryKind.NOTICE and not each.body.get("own")  # one on that would have no end
        if not due or each.reported or on_riskbot:
            continue
        again = each.body.get(ASKED_AGAIN) or (each.channel, each.error) not in known
        if not again and not await _critical(store, mind, each):
            continue  # told with what else is parked for it meanwhile
        told.setdefault((each.channel, each.error), []).append(each)
    if not told:
        return
    stories = {each.story for found in told.values() for each in found}
    summaries = {story: await said(store, mind, story) for story in stories if story}

    def work(tx: Transaction) -> None:
        for found in told.values():
            parked = [each for each in found if tx.set_delivery(replace(each, reported=True), was=DeliveryState.PARKED)]
            if not parked:
                continue  # resent or dropped since it was read
            about = {story: summary for story, summary in summaries.items() if summary}
            text, lines = of_parked(parked, about)
            body = {"text": text, "lines": list(lines), "parked": [each.id for each in parked]}
            tx.owe(DeliveryKind.NOTICE, ops or "", body, now)

    await store.write(work)


async def _critical(store: Store, mind: Mind, each: Delivery) -> bool:
    of = await said(store, mind, each.story)
    return of is not None and of.level is Level.CRITICAL
