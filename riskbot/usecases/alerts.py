"""What people ask about messages: which there are and where they stand, why one was sent, and that a parked one be sent
again or given up.

What always holds: a message is cited by its alert (`a7`) or, where it follows from no decision, by its delivery
(`d9`); both name it everywhere. Sending again changes nothing but the record: the outbox sends.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from riskbot.errors import InputError
from riskbot.model import Decision, Delivery, DeliveryState, Hit, Reading
from riskbot.policy.replying import read
from riskbot.policy.resending import marked
from riskbot.ports import Store, Transaction
from riskbot.usecases.forms import Form, alert_form
from riskbot.usecases.parked import What, asking, decide, name, note

WAITING = (DeliveryState.OWED, DeliveryState.SENDING, DeliveryState.PARKED)
OVER = tuple(state for state in DeliveryState if state not in WAITING)
SHOWN = 50  # of what is over, the last ones


@dataclass(frozen=True, slots=True)
class Explained:
    """Everything behind one message."""

    delivery: Delivery
    decision: Decision | None  # None: it follows from none
    decided_at: datetime | None
    reading: Reading | None  # the article that led to it, as it is held now
    hits: tuple[Hit, ...]  # of that article


async def list_deliveries(
    store: Store, states: Collection[DeliveryState] = (), *, everything: bool = False
) -> list[Delivery]:
    """Deliveries in these states; in none named, all that wait or are parked and the last of the others."""
    if states or everything:
        return list(await store.deliveries(*states))
    waiting = await store.deliveries(*WAITING)
    # In this order: what is sent between the two is found by both, and by none the other way round.
    found = {each.id: each for each in (*waiting, *await store.deliveries(*OVER, most=SHOWN))}
    return sorted(found.values(), key=lambda each: int(each.id[1:]))


async def why(store: Store, cited: str) -> Explained:
    """Why a message was or is to be sent. Raises InputError when there is none of this id."""
    delivery = await _found(store, cited)
    article = delivery.alert.article if delivery.alert else next((each.article for each in read(delivery.body)), None)
    if article is None:
        return Explained(delivery, None, None, None, ())
    reading = (await store.readings([article])).get(article, (None, None))[0]
    decided = [(decision, at) for decision, at in await store.decided(article) if decision.channel == delivery.channel]
    fitting = [(d, at) for d, at in decided if d.tell and (not delivery.alert or d.reason is delivery.alert.reason)]
    decision, at = next(reversed(fitting or decided), (None, None))
    return Explained(delivery, decision, at, reading, reading.hits if reading else ())


async def resend(
    store: Store, cited: Sequence[str], *, every: bool = False, now: datetime | None = None
) -> list[Delivery]:
    """Owe parked messages again, those named or every one; which those are. Raises InputError for one that is named
    and not parked, and then none is owed. With `now` it is said beneath the notices that told of them."""
    named = None if every else cited
    return await _settle(store, named, "resend", now)


async def drop(store: Store, cited: Sequence[str], *, now: datetime | None = None) -> list[Delivery]:
    """Give up parked messages; which those are. Raises as `resend` does, and then none is dropped."""
    return await _settle(store, cited, "drop", now)


async def _settle(store: Store, cited: Sequence[str] | None, what: What, now: datetime | None) -> list[Delivery]:
    found = (
        await store.deliveries(DeliveryState.PARKED) if cited is None else [await _found(store, id_) for id_ in cited]
    )
    for each in found:
        if each.state is not DeliveryState.PARKED:
            raise _not_parked(each, f"it is {each.state}")
    chosen = list({each.id: each for each in found}.values())
    notices = await asking(store, chosen) if now else []

    def work(tx: Transaction) -> list[Delivery]:
        done = decide(tx, chosen, what)
        kept = {each.id for each in done}
        if cited is not None and (taken := next((each for each in chosen if each.id not in kept), None)):
            raise _not_parked(taken, "somebody else has just sent it again or dropped it")
        if now:
            how = "owed again" if what == "resend" else "dropped"
            note(tx, notices, done, f"{how} at the command line", now)
        return done

    return await store.write(work) if chosen else []


def _not_parked(delivery: Delivery, but: str) -> InputError:
    return InputError(f"{name(delivery)} is not parked: {but}", "riskbot alerts list --state parked shows which are")


async def _found(store: Store, cited: str) -> Delivery:
    delivery = await store.delivery(cited)
    if delivery is None:
        raise InputError(f"there is no message {cited!r}", "riskbot alerts list shows their ids, such as a7 or d9")
    return delivery


def reason(delivery: Delivery) -> str:
    """Why it is sent, in a word or a few."""
    if delivery.alert:
        return delivery.alert.reason.value
    if news := read(delivery.body):
        return ", ".join(dict.fromkeys(each.reason.value for each in news))
    if delivery.body.get("sources"):
        return "all sources"
    return delivery.text or str(delivery.body.get("title", "")) or "brought up to date"


def delivery_form(delivery: Delivery) -> Form:
    """A message as `alerts list --json` writes it."""
    alert = alert_form(delivery.alert) if delivery.alert else {"id": delivery.id, "story": delivery.story}
    return {
        **alert,
        "delivery": delivery.id,
        "kind": delivery.kind.value,
        "channel": delivery.channel,
        "reason": reason(delivery),
        "state": delivery.state.value,
        "attempts": delivery.attempts,
        "owed_at": delivery.at,
        "due_at": delivery.due_at,
        "tried_at": delivery.tried_at,
        "parked_at": delivery.parked_at,
        "unsure": delivery.unsure,
        "may_repeat": marked(delivery),
        "ts": delivery.ts,
        "error": delivery.error,
    }


def explained_form(explained: Explained) -> Form:
    """`alerts why --json`."""
    reading, decision = explained.reading, explained.decision
    return {
        "message": delivery_form(explained.delivery),
        "decision": decision
        and {
            "reason": decision.reason.value,
            "why": decision.why,
            "tell": decision.tell,
            "at": explained.decided_at,
        },
        "news": [{"reason": each.reason.value, "why": each.why} for each in read(explained.delivery.body)],
        "article": reading and {"id": reading.article.id, "title": reading.article.title, "url": reading.article.url},
        "hits": [
            {
                "rule": hit.rule,
                "company": hit.company,
                "topics": list(hit.topics),
                "modality": hit.modality.value,
                "score": hit.score,
                "spans": [
                    {"field": span.field, "start": span.start, "end": span.end, "text": span.text} for span in hit.spans
                ],
            }
            for hit in explained.hits
        ],
    }
