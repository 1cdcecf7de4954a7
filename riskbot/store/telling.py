"""Decisions and alerts, and the outbox that owes each alert's delivery.

What always holds: an alert and its owed delivery are written together. An update makes the older updates that nobody
has begun to send superfluous; and while the story's first message itself still waits untouched, an update is
superfluous from its birth, because that message will carry everything. Where the first message was dropped, material
news is a first message of its own, and lesser news is superfluous from its birth: there is nothing to edit; likewise
what is lesser still (`alerting.LESSER`), where a digest told of the story in its place. Where the first message is
parked, material news takes it up again, unless nobody is to be disturbed. Where only a digest is to
tell of the story and that is not out yet, it carries whatever is not material; a message of the story's own takes the
story out of it. A delivery someone holds a lease on is never touched: it may be on its way.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Literal
from uuid import uuid4

from sqlalchemy import and_, bindparam, case, func, insert, or_, select, update
from sqlmodel import Session

from riskbot.errors import StoreError
from riskbot.model import Alert, Decision, Delivery, DeliveryKind, DeliveryState, Reason, Thread
from riskbot.policy.alerting import LESSER, Spoken
from riskbot.policy.replying import MATERIAL
from riskbot.policy.resending import ASKED_AGAIN, IN_DOUBT, asked_again
from riskbot.store.base import number_of_new, table_of
from riskbot.store.held import release, waits
from riskbot.store.outbox import OF_MESSAGE, OPEN, delivery, in_doubt, set_delivery
from riskbot.store.placing import story_number
from riskbot.store.stories import ALERT, PLACE
from riskbot.store.story_tables import DecisionRow, DeliveryRow, MessageRow
from riskbot.store.values import cited, number_of

LOOKED_AT = 20  # broadcasts of one story and channel, the last ones; more never wait
DECISION, DELIVERY, MESSAGE = table_of(DecisionRow), table_of(DeliveryRow), table_of(MessageRow)

_DECIDE = insert(DECISION)
_LED_TO = (
    update(DECISION)
    .where(
        DECISION.c.article == bindparam("of"),
        DECISION.c.version == bindparam("number"),
        DECISION.c.channel == bindparam("where"),
    )
    .values(alert=bindparam("led_to"))
)
_ALERT = insert(ALERT)
_OWE = insert(DELIVERY)
_WAITING = (
    select(DELIVERY.c.id, DELIVERY.c.kind)
    .where(
        DELIVERY.c.story == bindparam("of"),
        DELIVERY.c.channel == bindparam("where"),
        DELIVERY.c.state == DeliveryState.OWED.value,
        DELIVERY.c.lease_until.is_(None),
    )
    # PostgreSQL: nobody may claim them between our looking and our commit. SQLite has the whole lock anyway.
    .with_for_update(of=DELIVERY)
)
_OPEN = select(DELIVERY.c.id).where(
    DELIVERY.c.story == bindparam("of"),
    DELIVERY.c.channel == bindparam("where"),
    DELIVERY.c.kind.in_(OF_MESSAGE),
    DELIVERY.c.state.in_(OPEN),
)
_STANDS = select(MESSAGE.c.ts).where(MESSAGE.c.story == bindparam("of"), MESSAGE.c.channel == bindparam("where"))
_POSTED = (
    select(DELIVERY.c.state)
    .where(
        DELIVERY.c.story == bindparam("of"),
        DELIVERY.c.channel == bindparam("where"),
        DELIVERY.c.kind == DeliveryKind.POST.value,
        DELIVERY.c.state != DeliveryState.REPLACED.value,
    )
    .order_by(DELIVERY.c.id.desc())
    .limit(1)
)
_PARKED = (
    select(DELIVERY.c.id)
    .where(
        DELIVERY.c.story == bindparam("of"),
        DELIVERY.c.channel == bindparam("where"),
        DELIVERY.c.kind == DeliveryKind.POST.value,
        DELIVERY.c.state == DeliveryState.PARKED.value,
    )
    .order_by(DELIVERY.c.id.desc())
    .limit(1)
)
_BEGUN = select(DELIVERY.c.id).where(
    DELIVERY.c.story == bindparam("of"),
    DELIVERY.c.channel == bindparam("where"),
    DELIVERY.c.kind == DeliveryKind.POST.value,
    DELIVERY.c.state.in_((*OPEN, DeliveryState.PARKED.value)),
    or_(
        DELIVERY.c.state != DeliveryState.OWED.value,
        DELIVERY.c.tried_at.is_not(None),
        DELIVERY.c.lease_until.is_not(None),
    ),
)
_BROADCAST = (
    select(DELIVERY.c.id, DELIVERY.c.state, DELIVERY.c.due_at, DELIVERY.c.tried_at, DELIVERY.c.lease_until)
    .add_columns(DELIVERY.c.created_at)
    .where(
        DELIVERY.c.story == bindparam("of"),
        DELIVERY.c.channel == bindparam("where"),
        DELIVERY.c.kind == DeliveryKind.BROADCAST.value,
    )
    .order_by(DELIVERY.c.id.desc())
    .limit(LOOKED_AT)
)
_FREEZE = (
    update(MESSAGE)
    .where(MESSAGE.c.story == bindparam("of"), MESSAGE.c.channel == bindparam("where"), MESSAGE.c.frozen.is_(None))
    .values(frozen=bindparam("why"))
)
_SPOKEN = (
    select(
        ALERT.c.channel,
        func.max(ALERT.c.at).label("at"),
        func.max(
            case(
                (
                    and_(DELIVERY.c.state == DeliveryState.OWED.value, DELIVERY.c.due_at > bindparam("now")),
                    DELIVERY.c.due_at,
                )
            )
        ).label("waits_until"),
    )
    .join_from(ALERT, DELIVERY, ALERT.c.id == DELIVERY.c.alert)
    .where(ALERT.c.story == bindparam("of"))
    .group_by(ALERT.c.channel)
)
_REPLACE = update(DELIVERY).where(DELIVERY.c.id == bindparam("of")).values(state=DeliveryState.REPLACED.value)


def decide(session: Session, decision: Decision, version: int, now: datetime) -> None:
    """Keep what came of this version of an article for one channel. Raises StoreError when that is decided already."""
    session.connection().execute(
        _DECIDE,
        {
            "article": decision.article,
            "version": version,
            "channel": decision.channel,
            "tell": decision.tell,
            "reason": decision.reason.value,
            "why": decision.why,
            "at": now,
        },
    )


def alert(
    session: Session, story: str, decision: Decision, version: int, kind: Literal["new", "update"], now: datetime
) -> Alert:
    """Keep the alert that a decision led to. Raises StoreError for a second `new` of a story and channel."""
    made = _owe(session, story_number(session, story), decision, kind, now)
    of = {"of": decision.article, "number": version, "where": decision.channel, "led_to": made}
    if not session.connection().execute(_LED_TO, of).rowcount:
        raise StoreError(f"the alert for {decision.article!r} in {decision.channel} follows from no decision kept")
    return Alert(cited("a", made), story, decision.channel, kind, decision.reason, decision.article, now)


def spoken(session: Session, story: str, now: datetime) -> dict[str, Spoken]:
    """When each channel last heard of a story, and until when an edit waits that was put off."""
    found = session.connection().execute(_SPOKEN, {"of": story_number(session, story), "now": now})
    return {row.channel: Spoken(row.at, row.waits_until) for row in found}


def follow_up(session: Session, story: int, channel: str, article: str, now: datetime) -> None:
    """Owe the story's message in a channel an edit that follows from no decision, because its articles changed."""
    _owe(session, story, Decision(article, channel, True, Reason.MORE_ARTICLES), "update", now)


def withdraw(session: Session, story: int, channel: str) -> None:
    """Leave unsent what nobody has begun to send of a story's message to a channel; without one, its thread too."""
    connection, where = session.connection(), {"of": story, "where": channel}
    waiting = connection.execute(_WAITING, where).all()
    if gone := [{"of": id_} for id_, kind in waiting if kind in OF_MESSAGE]:
        connection.execute(_REPLACE, gone)
    silent = not connection.execute(_STANDS, where).first() and not still_open(session, story, channel)
    if silent and (rest := [{"of": id_} for id_, kind in waiting if kind not in OF_MESSAGE]):
        connection.execute(_REPLACE, rest)


def thread(session: Session, story: str, channel: str) -> Thread:
    """What a channel was told in the thread of a story."""
    connection, where = session.connection(), {"of": story_number(session, story), "where": channel}
    begun = bool(connection.execute(_STANDS, where).first() or connection.execute(_BEGUN, where).first())
    last: datetime | None = None
    waiting: Delivery | None = None
    for row in connection.execute(_BROADCAST, where):
        if row.state == DeliveryState.REPLACED.value:
            continue
        is_open = row.state in OPEN
        at = row.due_at or row.tried_at or row.created_at if is_open else row.tried_at
        last = max((each for each in (last, at) if each), default=None)
        if waiting is None and row.state == DeliveryState.OWED.value and not row.lease_until and not row.tried_at:
            found = delivery(session, cited("d", row.id))
            # A line of our own, such as a reminder, is said alone: news added to it would be said nowhere.
            waiting = found if found and not found.text else None
    return Thread(begun, last, waiting)


def freeze(session: Session, story: str, channel: str, why: str) -> bool:
    """Note that a story's message can no longer be edited; false: that was known, or none stands."""
    of = {"of": story_number(session, story), "where": channel, "why": why}
    return bool(session.connection().execute(_FREEZE, of).rowcount)


def still_open(session: Session, story: int, channel: str) -> bool:
    """Whether anything of a story is still to be sent to a channel."""
    return session.connection().execute(_OPEN, {"of": story, "where": channel}).first() is not None


def decisions(session: Session, of: str) -> list[tuple[Decision, datetime]]:
    """What came of an article, or of every article of a story, oldest first; `of` is the id of either."""
    story = number_of("s", of)
    found = session.connection().execute(
        select(*DECISION.c)
        .join_from(DECISION, PLACE, PLACE.c.article == DECISION.c.article, isouter=True)
        .where(DECISION.c.article == of if story is None else PLACE.c.story == story)
        .order_by(DECISION.c.at, PLACE.c.joined, DECISION.c.article, DECISION.c.version, DECISION.c.channel)
    )
    return [(Decision(row.article, row.channel, row.tell, Reason(row.reason), row.why), row.at) for row in found]


def _owe(session: Session, story: int, decision: Decision, kind: Literal["new", "update"], now: datetime) -> int:
    """Keep an alert and owe its delivery, unless what still waits will carry it; the alert's number."""
    connection = session.connection()
    first = None if kind == "new" else _first_message(session, story, decision.channel)
    if first is DeliveryState.PARKED and decision.reason in MATERIAL and not decision.hushed:
        _ask_again(session, story, decision.channel)
    carried = kind == "update" and _replace_waiting(session, story, decision.channel)
    dropped = first is DeliveryState.DROPPED
    # Where the first message was dropped, nothing stands that could be edited, nor ever will without another; where a
    # digest told of the story instead, one more article is no reason to tell of it again.
    told_anew = first is None and _news_of_digest(session, story, decision)
    if told_anew:
        release(session, cited("s", story), decision.channel, now)
    posted = kind == "new" or told_anew or (dropped and decision.reason in MATERIAL)
    nowhere = first in (None, DeliveryState.DROPPED) and not posted
    state = DeliveryState.REPLACED if carried or nowhere else DeliveryState.OWED
    row = {
        "story": story,
        "channel": decision.channel,
        "kind": kind,
        "reason": decision.reason.value,
        "article": decision.article,
        "at": now,
    }
    made = number_of_new(connection.execute(_ALERT, row))
    owed = {
        "kind": (DeliveryKind.POST if posted else DeliveryKind.EDIT).value,
        "channel": decision.channel,
        "story": story,
        "alert": made,
        "body": {IN_DOUBT: True} if dropped and posted and in_doubt(session, story, decision.channel) else {},
        "created_at": now,
        "reported": False,
        "may_repeat": False,
        "key": uuid4().hex,
        "state": state.value,
        "attempts": 0,
        "due_at": decision.due_at,
    }
    connection.execute(_OWE, owed)
    return made


def _news_of_digest(session: Session, story: int, decision: Decision) -> bool:
    """Whether this is reason for a message of its own, of a story that a digest told or is to tell. What is hushed is
    held for another digest."""
    if decision.hushed or decision.reason in LESSER:
        return False
    return decision.reason in MATERIAL or not waits(session, cited("s", story), decision.channel)


def _first_message(session: Session, story: int, channel: str) -> DeliveryState | None:
    """Where the story's message to a channel stands; None: it never was to be posted, because a digest told of it."""
    connection, where = session.connection(), {"of": story, "where": channel}
    if connection.execute(_STANDS, where).first():
        return DeliveryState.SENT
    posted = connection.execute(_POSTED, where).first()
    return DeliveryState(posted.state) if posted else None


def _ask_again(session: Session, story: int, channel: str) -> None:
    """Take up the story's first message again, which is parked: for this news, by the level that the story has now."""
    number = session.connection().execute(_PARKED, {"of": story, "where": channel}).scalar_one()
    held = delivery(session, cited("d", number))
    if held:
        again = asked_again(replace(held, body={**held.body, ASKED_AGAIN: True}))
        set_delivery(session, again, was=DeliveryState.PARKED)


def _replace_waiting(session: Session, story: int, channel: str) -> bool:
    """Replace the updates nobody has begun to send; true when the first message itself still waits like that."""
    waiting = session.connection().execute(_WAITING, {"of": story, "where": channel}).all()
    if updates := [{"of": id_} for id_, kind in waiting if kind == DeliveryKind.EDIT]:
        session.connection().execute(_REPLACE, updates)
    return any(kind == DeliveryKind.POST for _, kind in waiting)
