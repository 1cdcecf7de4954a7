"""The outbox: take deliveries to work on, and write where they stand.

What always holds: taking is one UPDATE that returns what it took. In one channel a story's deliveries go out one
after another: an update only once the message stands, and only when nothing earlier is still to be sent. A delivery
left in `sending` comes back as such when its lease ends, to be looked up before anything else. Deliberately absent:
guarding against a sender that outlives its own lease; leases are longer than a send may take.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import aliased
from sqlmodel import Session, and_, col, exists, or_, select, update

from riskbot.errors import StoreError
from riskbot.model import Delivery, DeliveryState, Notice
from riskbot.store.story_tables import AlertRow, DeliveryRow, MessageRow
from riskbot.store.values import delivery_value, number_of

OPEN = (DeliveryState.OWED.value, DeliveryState.SENDING.value)  # not yet out of our hands


def claim_deliveries(session: Session, now: datetime, lease: timedelta, limit: int) -> Sequence[Delivery]:
    """Take a lease on deliveries whose turn it is, oldest first."""
    earlier, earlier_alert = aliased(DeliveryRow), aliased(AlertRow)
    stands = exists().where(
        col(MessageRow.story) == col(AlertRow.story), col(MessageRow.channel) == col(AlertRow.channel)
    )
    waits_for_earlier = exists().where(
        col(earlier.alert) == col(earlier_alert.id),
        col(earlier_alert.story) == col(AlertRow.story),
        col(earlier_alert.channel) == col(AlertRow.channel),
        col(earlier.id) < col(DeliveryRow.id),
        col(earlier.state).in_(OPEN),
    )
    # A common table expression, because PostgreSQL may run a plain subquery twice, and take more than the limit.
    taken = (
        select(DeliveryRow.id)
        .join(AlertRow, col(AlertRow.id) == col(DeliveryRow.alert))
        .where(
            col(DeliveryRow.state).in_(OPEN),
            or_(col(DeliveryRow.due_at).is_(None), col(DeliveryRow.due_at) <= now),
            or_(col(DeliveryRow.lease_until).is_(None), col(DeliveryRow.lease_until) <= now),
            or_(col(AlertRow.kind) == "new", and_(stands, ~waits_for_earlier)),
        )
        .order_by(col(DeliveryRow.id))
        .limit(limit)
        .with_for_update(skip_locked=True, of=DeliveryRow)
        .cte("taken")
    )
    claim = (
        update(DeliveryRow)
        .where(col(DeliveryRow.id).in_(select(taken.c.id)))
        .values(lease_until=now + lease)
        .returning(col(DeliveryRow.id))
        .execution_options(synchronize_session=False)
    )
    return _load(session, list(session.exec(claim).scalars()))


def set_delivery(session: Session, delivery: Delivery) -> None:
    """Write where a delivery and its story's message stand. Raises StoreError for an unknown delivery."""
    number = number_of("d", delivery.id)
    row = session.get(DeliveryRow, number) if number is not None else None
    if row is None:
        raise StoreError(f"there is no delivery {delivery.id!r}")
    row.state, row.attempts, row.due_at = delivery.state.value, delivery.attempts, delivery.due_at
    row.error, row.tried_at = delivery.error, delivery.tried_at
    if delivery.state is not DeliveryState.SENDING or put_off(delivery):
        row.lease_until = None
    alert = session.get(AlertRow, row.alert)
    if delivery.ts is not None and alert is not None:
        message = session.get(MessageRow, (alert.story, alert.channel))
        message = message or MessageRow(story=alert.story, channel=alert.channel, ts=delivery.ts)
        message.ts, message.sent_as = delivery.ts, delivery.sent_as
        session.add(message)
    session.flush()


def put_off(message: Delivery | Notice) -> bool:
    """Whether the try is over and another is to come: a send whose fate is unknown is nobody's until it is due."""
    due, tried = message.due_at, message.tried_at
    return due is not None and tried is not None and due > tried


def _load(session: Session, numbers: list[int]) -> list[Delivery]:
    rows = session.exec(
        select(DeliveryRow, AlertRow, MessageRow)
        .join(AlertRow, col(AlertRow.id) == col(DeliveryRow.alert))
        .outerjoin(
            MessageRow,
            and_(col(MessageRow.story) == col(AlertRow.story), col(MessageRow.channel) == col(AlertRow.channel)),
        )
        .where(col(DeliveryRow.id).in_(numbers))
        .order_by(col(DeliveryRow.id))
    )
    return [delivery_value(delivery, alert, message) for delivery, alert, message in rows]
