"""What was not sent yet, and what a thread lists.

What always holds: only reads. An edit or a reply whose story has no message in the channel waits for that message,
which counts by itself while it is to be sent, and is told of as parked when it is not.
"""

from __future__ import annotations

from sqlalchemy import and_, or_, select
from sqlmodel import Session

from riskbot.model import DeliveryKind, DeliveryState
from riskbot.policy.overdue import Waits, due_since
from riskbot.policy.replying import lists
from riskbot.store.base import table_of
from riskbot.store.outbox import LONE, OPEN
from riskbot.store.placing import story_number
from riskbot.store.story_tables import DeliveryRow, MessageRow

DELIVERY, MESSAGE = table_of(DeliveryRow), table_of(MessageRow)
_UNSENT = (
    select(
        DELIVERY.c.kind,
        DELIVERY.c.channel,
        DELIVERY.c.created_at,
        DELIVERY.c.due_at,
        DELIVERY.c.tried_at,
        DELIVERY.c.attempts,
        DELIVERY.c.error,
    )
    .join_from(
        DELIVERY,
        MESSAGE,
        and_(MESSAGE.c.story == DELIVERY.c.story, MESSAGE.c.channel == DELIVERY.c.channel),
        isouter=True,
    )
    .where(
        DELIVERY.c.state.in_(OPEN),
        or_(DELIVERY.c.kind.in_((DeliveryKind.POST.value, *LONE)), MESSAGE.c.ts.is_not(None)),
    )
    .order_by(DELIVERY.c.id)
)


def longest(session: Session) -> Waits | None:
    """The message that waits the longest; None: everything was sent, parked or left."""
    waiting = [
        Waits(
            row.channel,
            due_since(DeliveryKind(row.kind), row.created_at, row.due_at, row.tried_at, row.attempts),
            row.error if row.tried_at else None,
        )
        for row in session.connection().execute(_UNSENT)
    ]
    return min(waiting, key=lambda each: each.since, default=None)


def listed(session: Session, story: str, channel: str) -> int:
    """Of how many articles the thread of a story's message lists the sources, or will as soon as it can."""
    lists_of = select(DELIVERY.c.body).where(
        DELIVERY.c.story == story_number(session, story),
        DELIVERY.c.channel == channel,
        DELIVERY.c.kind == DeliveryKind.REPLY.value,
        DELIVERY.c.state.in_((*OPEN, DeliveryState.SENT.value)),
    )
    return max((lists(body) for body in session.connection().execute(lists_of).scalars()), default=0)
