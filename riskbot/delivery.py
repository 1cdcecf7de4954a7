"""What is owed becomes messages.

What always holds: what is owed is read from the store, and what became of it is written there before and after each
try, so that a crash at any instant loses nothing; a message whose fate is unknown is looked for before it is posted
again. `now` is an argument.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from riskbot.errors import SlackError
from riskbot.mind import Mind
from riskbot.model import Delivery, DeliveryState, Notice, Summary
from riskbot.policy.resending import Message, after_refusal, unsure
from riskbot.ports import Notifier, Sent, Store
from riskbot.stories.summary import summarise

LEASE = timedelta(minutes=2)  # how long a delivery is ours before someone else may take it up


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What came of one round of deliveries."""

    sent: int = 0
    waiting: int = 0  # to be tried again
    parked: tuple[str, ...] = ()  # why, in words, for each that a person must mend


async def deliver(*, store: Store, notifier: Notifier, mind: Mind, now: datetime, limit: int = 100) -> DeliveryReport:
    """Send the alerts that are owed and due. Drains what can be sent; what must wait is left with its time."""

    async def send(delivery: Delivery) -> Delivery:
        looked_up = await _look_up(delivery, notifier, now)
        if looked_up:
            return looked_up
        summary = await _said(delivery.alert.story, store, mind)
        if summary is None:
            return replace(delivery, state=DeliveryState.PARKED, error=f"story {delivery.alert.story} is gone")
        return await _post(delivery, lambda trying: notifier.send(trying, summary), store.set_delivery, now)

    return await _drain(lambda: store.claim_deliveries(now, LEASE, limit), send, store.set_delivery)


async def _said(id_: str, store: Store, mind: Mind) -> Summary | None:
    """What a story's message says: of one that was merged, what the older says, and that it is there now."""
    story = await store.story(id_)
    if story is None or story.merged_into is None:
        return summarise(story, mind.outlets) if story else None
    older = await store.story(story.merged_into)
    return replace(summarise(older, mind.outlets), story=id_, merged_into=older.id) if older else None


async def deliver_notices(*, store: Store, notifier: Notifier, now: datetime, limit: int = 100) -> DeliveryReport:
    """Send the notices that are owed and due, by the same rules."""

    async def send(notice: Notice) -> Notice:
        return await _look_up(notice, notifier, now) or await _post(notice, notifier.note, store.set_notice, now)

    return await _drain(lambda: store.claim_notices(now, LEASE, limit), send, store.set_notice)


async def _drain(
    claim: Callable[[], Awaitable[Sequence[Message]]],
    send: Callable[[Message], Awaitable[Message]],
    keep: Callable[[Message], Awaitable[None]],
) -> DeliveryReport:
    report = DeliveryReport()
    while True:
        claimed = await claim()
        if not claimed:
            return report
        for message in claimed:
            outcome = await send(message)
            await keep(outcome)
            report = _counted(report, outcome.state, outcome.error)


def _counted(so_far: DeliveryReport, state: DeliveryState, error: str | None) -> DeliveryReport:
    return DeliveryReport(
        sent=so_far.sent + (state is DeliveryState.SENT),
        waiting=so_far.waiting + (state in (DeliveryState.OWED, DeliveryState.SENDING)),
        parked=(*so_far.parked, error or "") if state is DeliveryState.PARKED else so_far.parked,
    )


async def _look_up(message: Message, notifier: Notifier, now: datetime) -> Message | None:
    """A message whose fate is unknown, as it stands once it was looked for; None when it is to be posted."""
    if message.state is not DeliveryState.SENDING:
        return None
    try:
        found = await notifier.find(message)
    except SlackError as error:
        return unsure(message, error, now)
    return _sent(message, found) if found else None


async def _post(
    message: Message,
    post: Callable[[Message], Awaitable[Sent]],
    keep: Callable[[Message], Awaitable[None]],
    now: datetime,
) -> Message:
    """The message as it stands after one try to post it."""
    trying = replace(message, state=DeliveryState.SENDING, attempts=message.attempts + 1, tried_at=now)
    await keep(trying)  # before the post: whoever finds it later knows to look
    try:
        return _sent(trying, await post(trying))
    except SlackError as error:
        return after_refusal(trying, error, now)


def _sent(message: Message, sent: Sent) -> Message:
    return replace(message, state=DeliveryState.SENT, ts=sent.ts, sent_as=sent.channel, error=None)
