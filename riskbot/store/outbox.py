"""The outbox: take what is to be sent, and write where it stands.

What always holds: in one channel one delivery at a time is in hand, whatever number of processes send, so that
nothing overtakes and nobody knocks twice; what is taken is the next in its channel. A story's message comes first,
then its edits, then what is said in its thread, each in the order in which it came to be owed; between stories critical
news comes first, however long the others of the channel wait; what waited for a first
message that is dropped waits no longer. A try that Slack put off puts off its whole channel, even when a later update
has replaced what was tried; a message whose fate is unknown holds up only what must come after it. Whoever lost a
delivery to another can no longer write where it stands. A delivery left in `sending` comes back as such when its lease
ends, to be looked up before anything else.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import aliased
from sqlmodel import Session, and_, case, col, exists, func, or_, select, tuple_, update

from riskbot.errors import StoreError
from riskbot.model import Delivery, DeliveryKind, DeliveryState, Level
from riskbot.policy.replying import MATERIAL
from riskbot.policy.resending import ASKED_AGAIN, IN_DOUBT, absent
from riskbot.ports import Sent
from riskbot.store.placing import story_number
from riskbot.store.story_tables import AlertRow, DeliveryRow, MessageRow, StoryRow
from riskbot.store.values import cited, delivery_value, number_of

OPEN = (DeliveryState.OWED.value, DeliveryState.SENDING.value)  # not yet out of our hands
OF_MESSAGE = (DeliveryKind.POST.value, DeliveryKind.EDIT.value)
IN_THREAD = (DeliveryKind.REPLY.value, DeliveryKind.BROADCAST.value)
ALOUD = (DeliveryKind.POST.value, DeliveryKind.BROADCAST.value)  # what rings a bell
URGENTLY = 2**31 - 1  # by so much critical news comes before what was owed earlier: as many deliveries as there can be
LONE = (DeliveryKind.NOTICE.value, DeliveryKind.DIGEST.value)
_NOTICE = (col(DeliveryRow.kind) == DeliveryKind.NOTICE.value, col(DeliveryRow.story).is_(None))


def owe(
    session: Session,
    kind: DeliveryKind,
    channel: str,
    body: Mapping[str, Any],
    now: datetime,
    *,
    due_at: datetime | None = None,
    story: str | None = None,
    key: str | None = None,
) -> str:
    """Owe a message that follows from no decision; its id. Nothing new where `key` is owed already."""
    if key is not None:
        known = session.exec(select(DeliveryRow.id).where(col(DeliveryRow.key) == key)).first()
        if known is not None:
            return cited("d", known)
    row = DeliveryRow(
        kind=kind.value,
        channel=channel,
        story=story_number(session, story) if story is not None else None,
        body=dict(body),
        key=key or uuid4().hex,
        state=DeliveryState.OWED.value,
        created_at=now,
        due_at=due_at,
    )
    session.add(row)
    session.flush()
    return cited("d", row.id)


def claim_deliveries(
    session: Session,
    now: datetime,
    lease: timedelta,
    limit: int,
    by: str,
    *,
    spacing: timedelta = timedelta(0),
    channel: str | None = None,
) -> Sequence[Delivery]:
    """Take a lease on the next delivery of each channel, critical news first, then the oldest; the caller holds the
    writers' turn."""
    row, other = DeliveryRow, aliased(DeliveryRow)
    is_open = col(row.state).in_(OPEN)
    in_hand = select(other.channel).where(col(other.state).in_(OPEN), col(other.lease_until) > now)
    put_off = select(other.channel).where(
        col(other.state).in_((DeliveryState.OWED.value, DeliveryState.REPLACED.value)),
        col(other.tried_at).is_not(None),
        col(other.due_at) > now,
    )
    just_now = select(other.channel).where(col(other.tried_at) > now - spacing, col(other.tried_at) <= now)
    stands = exists().where(col(MessageRow.story) == col(row.story), col(MessageRow.channel) == col(row.channel))
    # What was put off by us, before any try, waits for nobody and is waited for by nobody.
    begun = or_(col(other.tried_at).is_not(None), col(other.due_at).is_(None), col(other.due_at) <= now)
    earlier = (col(other.channel) == col(row.channel), col(other.id) < col(row.id), col(other.state).in_(OPEN), begun)
    of_story = col(other.story) == col(row.story)
    after_message = exists().where(*earlier, of_story, col(other.kind).in_(OF_MESSAGE))
    after_thread = exists().where(*earlier, of_story, col(other.kind).in_(IN_THREAD))
    after_lone = exists().where(*earlier, col(other.kind).in_(LONE))
    conditions: list[Any] = [
        is_open,
        or_(col(row.due_at).is_(None), col(row.due_at) <= now),
        or_(col(row.lease_until).is_(None), col(row.lease_until) <= now),
        col(row.channel).not_in(in_hand),
        col(row.channel).not_in(put_off),
        or_(
            col(row.kind) == DeliveryKind.POST.value,
            and_(col(row.kind) == DeliveryKind.EDIT.value, stands, ~after_message),
            and_(col(row.kind).in_(IN_THREAD), stands, ~after_message, ~after_thread),
            and_(col(row.kind).in_(LONE), ~after_lone),
        ),
    ]
    if spacing:
        conditions.append(col(row.channel).not_in(just_now))
    if channel is not None:
        conditions.append(col(row.channel) == channel)
    critical = exists().where(col(StoryRow.id) == col(row.story), col(StoryRow.level) == Level.CRITICAL.value)
    urgent = and_(col(row.kind).in_(ALOUD), critical)
    first = func.min(case((urgent, col(row.id) - URGENTLY), else_=col(row.id)))
    of_each = select(first).where(*conditions).group_by(col(row.channel)).order_by(first).limit(limit)
    numbers = [number + (URGENTLY if number < 0 else 0) for number in session.exec(of_each) if number is not None]
    if not numbers:
        return []
    session.exec(
        update(row)
        .where(col(row.id).in_(numbers))
        .values(lease_until=now + lease, holder=by)
        .execution_options(synchronize_session=False)
    )
    return _load(session, col(row.id).in_(numbers))


def set_delivery(
    session: Session, delivery: Delivery, by: str | None = None, *, was: DeliveryState | None = None
) -> bool:
    """Write where a delivery and its story's message stand; nothing, and false, where another took it since.

    `by` is who writes, None whoever may. `was` is for whoever never took it, but read it before: nothing, and false,
    where it is no longer in that state. Raises StoreError for an unknown delivery.
    """
    number = number_of("d", delivery.id)
    row = session.get(DeliveryRow, number) if number is not None else None
    if row is None:
        raise StoreError(f"there is no delivery {delivery.id!r}")
    if was is not None:
        if row.state != was.value:
            return False
    elif by is not None and row.holder not in (None, by):
        return False
    row.state, row.attempts, row.due_at = delivery.state.value, delivery.attempts, delivery.due_at
    row.body = dict(delivery.body)
    row.error, row.tried_at, row.lost_at = delivery.error, delivery.tried_at, delivery.lost_at
    row.parked_at, row.reported, row.may_repeat = delivery.parked_at, delivery.reported, delivery.may_repeat
    if delivery.state is not DeliveryState.SENDING or put_off(delivery):
        row.lease_until = None
    if delivery.ts is not None and row.kind not in OF_MESSAGE:
        row.ts, row.sent_as = delivery.ts, delivery.sent_as
    elif delivery.ts is not None and row.story is not None:
        message = session.get(MessageRow, (row.story, row.channel))
        message = message or MessageRow(story=row.story, channel=row.channel, ts=delivery.ts)
        # Frozen since the delivery was read, it stays so, unless this is another message.
        still = message.frozen if message.ts == delivery.ts else None
        message.ts, message.sent_as, message.frozen = delivery.ts, delivery.sent_as, delivery.frozen or still
        session.add(message)
    session.flush()
    if delivery.state is DeliveryState.DROPPED and row.kind == DeliveryKind.POST.value and row.story is not None:
        _leave(session, row.story, row.channel)
    if delivery.state is DeliveryState.SENT and row.kind == DeliveryKind.EDIT.value:
        _overtake(session, row)
    return True


def _overtake(session: Session, sent: DeliveryRow) -> None:
    """Earlier edits of a message that are parked are of no use any more: this one said all that they would have."""
    row = DeliveryRow
    session.exec(
        update(row)
        .where(
            col(row.story) == sent.story,
            col(row.channel) == sent.channel,
            col(row.kind) == DeliveryKind.EDIT.value,
            col(row.state) == DeliveryState.PARKED.value,
            col(row.id) < sent.id,
        )
        .values(state=DeliveryState.REPLACED.value, due_at=None)
    )


def in_doubt(session: Session, story: int, channel: str) -> bool:
    """Whether a first message of a story was dropped in a channel of which nobody knows if it stands there."""
    row = DeliveryRow
    dropped = select(row.id).where(
        col(row.story) == story,
        col(row.channel) == channel,
        col(row.kind) == DeliveryKind.POST.value,
        col(row.state) == DeliveryState.DROPPED.value,
        col(row.lost_at).is_not(None),
    )
    return session.exec(dropped.limit(1)).first() is not None


def _leave(session: Session, story: int, channel: str) -> None:
    """What is to become of what waits for a story's first message that was dropped: where there is material news in it,
    its last edit is a first message of its own, which carries everything; the rest is left."""
    if session.get(MessageRow, (story, channel)) is not None:
        return
    found = session.exec(
        select(DeliveryRow, AlertRow)
        .outerjoin(AlertRow, col(AlertRow.id) == col(DeliveryRow.alert))
        .where(
            col(DeliveryRow.story) == story,
            col(DeliveryRow.channel) == channel,
            col(DeliveryRow.state).in_((*OPEN, DeliveryState.PARKED.value)),
        )
        .order_by(col(DeliveryRow.id))
    ).all()
    if any(row.kind == DeliveryKind.POST.value for row, _ in found):
        return  # another first message is on its way
    waiting = [(row, alert) for row, alert in found if row.state == DeliveryState.OWED.value]
    material = any(
        "news" in row.body if row.kind == DeliveryKind.BROADCAST.value else alert and alert.reason in MATERIAL
        for row, alert in waiting
    )
    last = next((row for row, _ in reversed(waiting) if row.kind == DeliveryKind.EDIT.value), None)
    doubt = {IN_DOUBT: True} if in_doubt(session, story, channel) else {}
    for row, _ in waiting:
        if material and row is last:
            row.kind, row.body = DeliveryKind.POST.value, {**row.body, **doubt}
        else:
            row.state = DeliveryState.REPLACED.value
    session.flush()


def put_off(delivery: Delivery) -> bool:
    """Whether the try is over and another is to come: a send whose fate is unknown is nobody's until it is due."""
    due, tried = delivery.due_at, delivery.tried_at
    return due is not None and tried is not None and due > tried


def add_body(session: Session, id_: str, body: Mapping[str, Any], due_at: datetime | None) -> None:
    """Change what a delivery that stands nowhere and is in nobody's hand says, and when. Raises StoreError when it is
    too late for that."""
    number = number_of("d", id_)
    row = session.get(DeliveryRow, number) if number is not None else None
    if row is None or not unsaid(row):
        raise StoreError(f"the delivery {id_!r} is not there to be changed")
    if row.tried_at is not None and row.due_at is not None:  # what Slack put off stays put off
        due_at = max(row.due_at, due_at or row.due_at)
    row.body, row.due_at = dict(body), due_at
    session.flush()


def unsaid(row: DeliveryRow) -> bool:
    """Whether a delivery is to be sent, stands nowhere and is in nobody's hand: nobody has begun it, or Slack took
    nothing of what was tried."""
    if row.lease_until is not None or row.may_repeat:
        return False
    return row.state == DeliveryState.OWED.value or absent(delivery_value(row, None, None))


def deliveries(session: Session, states: Collection[DeliveryState], most: int | None = None) -> list[Delivery]:
    """Every delivery in one of these states (in any, where none is named), oldest first; the last `most` of them."""
    if most is None:
        return _load(session, *([col(DeliveryRow.state).in_([state.value for state in states])] if states else []))
    # By the states that are not meant: by those that are, SQLite would read all of them and sort.
    others = [state.value for state in DeliveryState if states and state not in states]
    last = select(DeliveryRow.id).where(col(DeliveryRow.state).not_in(others)).order_by(col(DeliveryRow.id).desc())
    return _load(session, col(DeliveryRow.id).in_(last.limit(most)))


def parked(session: Session, since: datetime) -> list[Delivery]:
    """As in the port. Notices to those who run riskbot are never reported, and would be read for ever."""
    row, older = DeliveryRow, aliased(StoryRow)
    for_readers = or_(col(row.kind) != DeliveryKind.NOTICE.value, col(row.body)["own"].as_string().is_not(None))
    of_people = (col(row.state) == DeliveryState.PARKED.value, for_readers)
    told = (*of_people, col(row.reported).is_(True), col(row.parked_at) > since)
    why = func.coalesce(col(row.error), "")
    known = tuple_(col(row.channel), why).in_(select(row.channel, why).where(*told))
    firsts = select(func.min(row.id)).where(*told).group_by(col(row.channel), why)
    again = col(row.body)[ASKED_AGAIN].as_boolean().is_(True)
    now_in = func.coalesce(col(older.level), col(StoryRow.level))  # of one that was merged, what it is now
    critical = (
        select(StoryRow.id)
        .outerjoin(older, col(older.id) == col(StoryRow.merged_into))
        .where(col(StoryRow.id) == col(row.story), now_in == Level.CRITICAL.value)
        .exists()
    )
    untold = and_(col(row.reported).is_(False), or_(~known, again, critical))
    return _load(session, *of_people, or_(col(row.id).in_(firsts), untold))


def notices(session: Session) -> list[Delivery]:
    """Every notice, oldest first."""
    return _load(session, *_NOTICE)


def asking(session: Session, parked: Collection[str]) -> list[Delivery]:
    """The notices that stand and tell of any of these parked deliveries, oldest first."""
    numbers = [number for id_ in parked if (number := number_of("d", id_)) is not None]
    if not numbers:
        return []
    # One that tells of a delivery came to be owed after it.
    later = col(DeliveryRow.id) > min(numbers)
    tells = col(DeliveryRow.body)["parked"].as_string().is_not(None)
    found = _load(session, *_NOTICE, later, col(DeliveryRow.ts).is_not(None), tells)
    return [each for each in found if not set(parked).isdisjoint(each.body["parked"])]


def delivery(session: Session, cited_as: str) -> Delivery | None:
    """The delivery of this id, or of the alert of this id."""
    for letter, column in (("d", DeliveryRow.id), ("a", DeliveryRow.alert)):
        number = number_of(letter, cited_as)  # type: ignore[arg-type]
        found = _load(session, col(column) == number) if number is not None else []
        if found:
            return found[0]
    return None


def message(session: Session, story: str, channel: str) -> Sent | None:
    """Where a story's message stands in a channel."""
    number = number_of("s", story)
    row = session.get(MessageRow, (number, channel)) if number is not None else None
    return Sent(row.ts, row.sent_as or channel) if row else None


def states(session: Session) -> dict[str, int]:
    """How many deliveries there are in each state."""
    by_state = select(DeliveryRow.state, func.count()).group_by(col(DeliveryRow.state))
    return dict(session.exec(by_state).all())


def _load(session: Session, *conditions: Any) -> list[Delivery]:
    rows = session.exec(
        select(DeliveryRow, AlertRow, MessageRow)
        .outerjoin(AlertRow, col(AlertRow.id) == col(DeliveryRow.alert))
        .outerjoin(
            MessageRow,
            and_(col(MessageRow.story) == col(DeliveryRow.story), col(MessageRow.channel) == col(DeliveryRow.channel)),
        )
        .where(*conditions)
        .order_by(col(DeliveryRow.id))
        .execution_options(populate_existing=True)  # the claim above went past the session
    )
    return [delivery_value(each, alert, message) for each, alert, message in rows]
