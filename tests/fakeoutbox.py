"""The outbox of the store in memory: what is owed, whose turn it is, and where it stands."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from riskbot.errors import StoreError
from riskbot.model import Delivery, DeliveryKind, DeliveryState, Level, Thread
from riskbot.model.calm import Cause, HeldBack
from riskbot.policy.calm import OUTAGE
from riskbot.policy.gathering import Gathered, Gathering
from riskbot.policy.replying import MATERIAL
from riskbot.policy.resending import ASKED_AGAIN, IN_DOUBT, absent, asked_again
from riskbot.ports import Sent
from tests.faketables import Tables

OPEN = (DeliveryState.OWED, DeliveryState.SENDING)
OF_MESSAGE = (DeliveryKind.POST, DeliveryKind.EDIT)
IN_THREAD = (DeliveryKind.REPLY, DeliveryKind.BROADCAST)
LONE = (DeliveryKind.NOTICE, DeliveryKind.DIGEST)
AFTER = {
    DeliveryKind.POST: (),
    DeliveryKind.EDIT: OF_MESSAGE,
    DeliveryKind.REPLY: (*OF_MESSAGE, *IN_THREAD),
    DeliveryKind.BROADCAST: (*OF_MESSAGE, *IN_THREAD),
    DeliveryKind.NOTICE: LONE,
    DeliveryKind.DIGEST: LONE,
}  # what must be over before


class FakeOutbox:
    """The part of one write that is about deliveries."""

    def __init__(self, tables: Tables, by: object) -> None:
        self._t = tables
        self._by = by

    def owe(
        self,
        kind: DeliveryKind,
        channel: str,
        body: Mapping[str, Any],
        now: datetime,
        *,
        due_at: datetime | None = None,
        story: str | None = None,
        key: str | None = None,
    ) -> str:
        known = next((each.id for each in self._t.deliveries.values() if key and each.key == key), None)
        if known:
            return known
        if story is not None and story not in self._t.stories:
            raise StoreError(f"there is no story {story!r}")
        number = len(self._t.deliveries) + 1
        made = Delivery(
            f"d{number}", kind, channel, key or f"{number:032x}", due_at=due_at, body=dict(body), story=story, at=now
        )
        self._t.deliveries[made.id] = made
        return made.id

    def gathering(self, kind: DeliveryKind, channel: str, title: str) -> Gathering:
        of_both = [d for d in self._t.deliveries.values() if (d.kind, d.channel, d.story) == (kind, channel, None)][
            -20:
        ]
        found = [d for d in of_both if d.body.get("title") == title]
        waiting = [d for d in found if unsaid(self._t, d)]
        stands = Gathered(waiting[-1].body, waiting[-1].due_at, waiting[-1].id) if waiting else None
        return Gathering(stands, tuple(at for d in found if (at := d.due_at or d.tried_at or d.at)))

    def notice(self, channel: str, text: str, now: datetime) -> str:
        return self.owe(DeliveryKind.NOTICE, channel, {"text": text}, now)

    def thread(self, story: str, channel: str) -> Thread:
        mine = [d for d in self._t.deliveries.values() if (d.story, d.channel) == (story, channel)]
        loud = [d for d in mine if d.kind is DeliveryKind.BROADCAST and d.state is not DeliveryState.REPLACED]
        times = [d.due_at or d.tried_at or d.at if d.state in OPEN else d.tried_at for d in loud]
        unsaid = [d for d in loud if d.state is DeliveryState.OWED and not d.tried_at and d.id not in self._t.leases]
        waiting = [d for d in unsaid if not d.text]
        begun = (story, channel) in self._t.messages or any(
            d.kind is DeliveryKind.POST
            and d.state in (*OPEN, DeliveryState.PARKED)
            and (d.state is not DeliveryState.OWED or d.tried_at or d.id in self._t.leases)
            for d in mine
        )
        last = max((at for at in times if at), default=None)
        return Thread(begun, last, read(self._t, waiting[-1].id) if waiting else None)

    def add_body(self, delivery: str, body: Mapping[str, Any], due_at: datetime | None) -> None:
        held = self._t.deliveries.get(delivery)
        if held is None or not unsaid(self._t, held):
            raise StoreError(f"the delivery {delivery!r} is not there to be changed")
        if held.tried_at and held.due_at:
            due_at = max(held.due_at, due_at or held.due_at)
        self._t.deliveries[delivery] = replace(held, body=dict(body), due_at=due_at)

    def set_delivery(self, delivery: Delivery, *, was: DeliveryState | None = None) -> bool:
        return put(self._t, delivery, self._by, was)

    def freeze(self, story: str, channel: str, why: str) -> bool:
        stands = (story, channel) in self._t.messages and (story, channel) not in self._t.frozen
        if stands:
            self._t.frozen[story, channel] = why
        return stands


def read(tables: Tables, id_: str) -> Delivery:
    """A delivery with the place of its story's message."""
    held = tables.deliveries[id_]
    place = (held.story or "", held.channel)
    message = tables.messages.get(place)
    if message is None:
        return held
    held = replace(held, frozen=tables.frozen.get(place))
    if held.kind in OF_MESSAGE:
        return replace(held, ts=message.ts, sent_as=message.channel or None)
    return replace(held, thread=message.ts, sent_as=held.sent_as or message.channel or None)


def parked(tables: Tables, since: datetime) -> list[Delivery]:
    """What bears on whether people are to be told of it."""
    held = [read(tables, id_) for id_ in tables.deliveries]
    found = [
        d for d in held if d.state is DeliveryState.PARKED and (d.kind is not DeliveryKind.NOTICE or d.body.get("own"))
    ]
    told: dict[tuple[str, str | None], Delivery] = {}
    for each in found:
        if each.reported and each.parked_at and each.parked_at > since:
            told.setdefault((each.channel, each.error), each)
    untold = [
        d
        for d in found
        if not d.reported and ((d.channel, d.error) not in told or d.body.get(ASKED_AGAIN) or _of_critical(tables, d))
    ]
    firsts = {each.id for each in told.values()}
    return [each for each in found if each.id in firsts or each in untold]


def put(tables: Tables, delivery: Delivery, by: object, was: DeliveryState | None = None) -> bool:
    """Write where a delivery stands, unless another has it, or where it was is no longer so."""
    held = tables.deliveries.get(delivery.id)
    if held is None:
        raise StoreError(f"there is no delivery {delivery.id!r}")
    if was is not None:
        if held.state is not was:
            return False
    elif tables.holders.get(delivery.id, by) is not by:
        return False
    own = delivery.kind not in OF_MESSAGE
    kept = replace(
        delivery,
        kind=held.kind,
        channel=held.channel,
        alert=held.alert,
        story=held.story,
        ts=delivery.ts if own else None,
        sent_as=delivery.sent_as if own and delivery.ts else None,
        thread=None,
        frozen=None,
    )
    tables.deliveries[delivery.id] = kept
    put_off = delivery.due_at is not None and delivery.tried_at is not None and delivery.due_at > delivery.tried_at
    if delivery.state is not DeliveryState.SENDING or put_off:
        tables.leases.pop(delivery.id, None)
    if delivery.ts is not None and not own and held.story is not None:
        tables.messages[held.story, held.channel] = Sent(delivery.ts, delivery.sent_as or "")
        if not delivery.frozen:
            tables.frozen.pop((held.story, held.channel), None)
    if delivery.state is DeliveryState.DROPPED and held.kind is DeliveryKind.POST and held.story is not None:
        _leave(tables, held.story, held.channel)
    if delivery.state is DeliveryState.SENT and held.kind is DeliveryKind.EDIT:
        _overtake(tables, held)
    return True


def _overtake(tables: Tables, sent: Delivery) -> None:
    """Earlier edits of the message that are parked are of no use any more."""
    for each in list(tables.deliveries.values()):
        earlier = (each.story, each.channel) == (sent.story, sent.channel) and int(each.id[1:]) < int(sent.id[1:])
        if earlier and each.kind is DeliveryKind.EDIT and each.state is DeliveryState.PARKED:
            tables.deliveries[each.id] = replace(each, state=DeliveryState.REPLACED, due_at=None)


def unsaid(tables: Tables, each: Delivery) -> bool:
    """Whether it is to be sent, stands nowhere and is in nobody's hand."""
    if each.id in tables.leases or each.may_repeat:
        return False
    return each.state is DeliveryState.OWED or absent(each)


def in_doubt(tables: Tables, story: str, channel: str) -> bool:
    """Whether a first message was dropped of which nobody knows if it stands."""
    return any(
        (d.story, d.channel, d.kind, d.state) == (story, channel, DeliveryKind.POST, DeliveryState.DROPPED)
        and d.lost_at
        for d in tables.deliveries.values()
    )


def ask_again(tables: Tables, story: str, channel: str) -> None:
    """Take up the first message again, which is parked."""
    parked = [
        d
        for d in tables.deliveries.values()
        if (d.story, d.channel, d.kind, d.state) == (story, channel, DeliveryKind.POST, DeliveryState.PARKED)
    ][-1]
    tables.deliveries[parked.id] = asked_again(replace(parked, body={**parked.body, ASKED_AGAIN: True}))


def fold(tables: Tables, before: datetime) -> list[Delivery]:
    """Take back first messages that waited too long."""
    every = list(tables.deliveries.values())
    old = [
        d
        for d in every
        if d.kind is DeliveryKind.POST
        and d.state in OPEN
        and d.at
        and d.at <= before
        and d.story
        and d.alert
        and tables.stories[d.story].level in (Level.LOW, Level.MEDIUM)
    ]
    unknown = {d.channel for d in old if d.state is DeliveryState.SENDING and not unsaid(tables, d)}
    folded: list[Delivery] = []
    for each in old:
        sent = [d.tried_at for d in every if d.channel == each.channel and d.state is DeliveryState.SENT and d.tried_at]
        at = each.at or before
        soon = any(at < told <= at + OUTAGE for told in sent)
        put_off = each.tried_at is None or each.due_at is not None
        if each.channel in unknown or soon or not put_off or not unsaid(tables, each):
            continue
        due_at = each.due_at if each.state is DeliveryState.OWED else None
        tables.deliveries[each.id] = replace(each, state=DeliveryState.REPLACED, due_at=due_at)
        for other in every:
            waits = other.state is DeliveryState.OWED and other.id not in tables.leases and other.id != each.id
            if waits and (other.story, other.channel) == (each.story, each.channel):
                tables.deliveries[other.id] = replace(other, state=DeliveryState.REPLACED)
        folded.append(each)
    return folded


def leave_out(tables: Tables, story: str, channel: str) -> None:
    """Take a story out of the digests that were owed and stand nowhere."""
    for each in pending(tables, story, channel):
        body = {
            **each.body,
            "stories": [id_ for id_ in each.body.get("stories", ()) if id_ not in names(tables, story)],
        }
        empty = not any(body.get(part) for part in ("stories", "blind", "muted"))
        sending = each.state is DeliveryState.SENDING
        left = replace(each, body=body, due_at=None if empty and sending else each.due_at)
        tables.deliveries[each.id] = replace(left, state=DeliveryState.REPLACED) if empty else left
        for held in _of(tables, story, channel):
            at, told_as = tables.settled.get(held.id, (None, None))
            if at and told_as == each.id:
                tables.settled[held.id] = (at, None)


def pending(tables: Tables, story: str, channel: str) -> list[Delivery]:
    """The digests that are to tell a channel of a story, were owed and stand nowhere."""
    told_as = {tables.settled[held.id][1] for held in _of(tables, story, channel) if held.id in tables.settled}
    digests = [tables.deliveries[id_] for id_ in told_as if id_ in tables.deliveries]
    return [each for each in digests if each.kind is DeliveryKind.DIGEST and unsaid(tables, each)]


def waits(tables: Tables, story: str, channel: str) -> bool:
    """Whether a digest that is not out yet will tell the channel of a story."""
    held = [each for each in _of(tables, story, channel) if each.cause is not Cause.SILENCE]
    return any(each.id not in tables.settled for each in held) or bool(pending(tables, story, channel))


def names(tables: Tables, story: str) -> set[str]:
    """The ids of a story and of those that were merged into it."""
    return {story, *(id_ for id_, kept in tables.stories.items() if kept.merged and kept.merged.story == story)}


def _of(tables: Tables, story: str, channel: str) -> list[HeldBack]:
    return [each for each in tables.held.values() if each.story in names(tables, story) and each.channel == channel]


def _leave(tables: Tables, story: str, channel: str) -> None:
    """What waits for a first message that was dropped: with material news, its last edit is one; else nothing is."""
    unsettled = (*OPEN, DeliveryState.PARKED)
    mine = [d for d in tables.deliveries.values() if (d.story, d.channel) == (story, channel) and d.state in unsettled]
    if (story, channel) in tables.messages or any(d.kind is DeliveryKind.POST for d in mine):
        return
    waiting = [d for d in mine if d.state is DeliveryState.OWED]
    material = any(
        "news" in d.body if d.kind is DeliveryKind.BROADCAST else d.alert and d.alert.reason in MATERIAL
        for d in waiting
    )
    last = next((d.id for d in reversed(waiting) if d.kind is DeliveryKind.EDIT), None)
    doubt = {IN_DOUBT: True} if in_doubt(tables, story, channel) else {}
    for d in waiting:
        kept = material and d.id == last
        post = replace(d, kind=DeliveryKind.POST, body={**d.body, **doubt})
        tables.deliveries[d.id] = post if kept else replace(d, state=DeliveryState.REPLACED)


def claim(
    tables: Tables, now: datetime, lease: timedelta, limit: int, by: object, spacing: timedelta, channel: str | None
) -> list[Delivery]:
    """The next of each channel."""
    every = list(tables.deliveries.values())
    closed = {d.channel for d in every if _hinders(tables, d, now, spacing)}
    taken: dict[str, str] = {}
    for each in sorted(every, key=lambda each: not _critical(tables, each)):
        if channel in (None, each.channel) and each.channel not in closed and _may_go(tables, each, every, now):
            taken.setdefault(each.channel, each.id)
    chosen = list(taken.values())[:limit]
    tables.leases.update(dict.fromkeys(chosen, (now + lease, by)))
    tables.holders.update(dict.fromkeys(chosen, by))
    return [read(tables, id_) for id_ in chosen]


def _critical(tables: Tables, each: Delivery) -> bool:
    return each.kind in (DeliveryKind.POST, DeliveryKind.BROADCAST) and _of_critical(tables, each)


def _of_critical(tables: Tables, each: Delivery) -> bool:
    kept = tables.stories.get(each.story or "")
    kept = tables.stories[kept.merged.story] if kept and kept.merged else kept
    return kept is not None and kept.level is Level.CRITICAL


def _hinders(tables: Tables, each: Delivery, now: datetime, spacing: timedelta) -> bool:
    """Whether nothing else may go to its channel because of it."""
    in_hand = each.state in OPEN and tables.leases.get(each.id, (now, None))[0] > now
    waits = each.state in (DeliveryState.OWED, DeliveryState.REPLACED)
    put_off = waits and bool(each.tried_at and each.due_at and each.due_at > now)
    just_now = bool(spacing and each.tried_at and now - spacing < each.tried_at <= now)
    return in_hand or put_off or just_now


def _may_go(tables: Tables, each: Delivery, every: Sequence[Delivery], now: datetime) -> bool:
    due = each.due_at is None or each.due_at <= now
    if each.state not in OPEN or not due:
        return False
    if each.kind not in (DeliveryKind.POST, *LONE) and (each.story or "", each.channel) not in tables.messages:
        return False
    return not any(_before(other, each, AFTER[each.kind], now) for other in every)


def _before(other: Delivery, each: Delivery, kinds: Collection[DeliveryKind], now: datetime) -> bool:
    begun = other.tried_at is not None or other.due_at is None or other.due_at <= now
    return (
        other.kind in kinds
        and other.channel == each.channel
        and (each.kind in LONE or other.story == each.story)
        and int(other.id[1:]) < int(each.id[1:])
        and other.state in OPEN
        and begun
    )
