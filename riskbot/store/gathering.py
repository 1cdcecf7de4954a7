"""Messages of one kind and title in a channel, to which more may be added.

What always holds: only what stands nowhere and is in nobody's hand is added to, and only what is of no one story.
"""

from __future__ import annotations

from sqlmodel import Session, col, select

from riskbot.model import DeliveryKind
from riskbot.policy.gathering import Gathered, Gathering
from riskbot.store.outbox import unsaid
from riskbot.store.story_tables import DeliveryRow
from riskbot.store.values import cited

LATEST = 20  # messages of a kind and channel that are looked at


def gathering(session: Session, kind: DeliveryKind, channel: str, title: str) -> Gathering:
    """What stands of these messages."""
    row = DeliveryRow
    latest = session.exec(
        select(row)
        .where(col(row.kind) == kind.value, col(row.channel) == channel, col(row.story).is_(None))
        .order_by(col(row.id).desc())
        .limit(LATEST)
    ).all()
    found = [each for each in latest if each.body.get("title") == title]
    waiting = next((each for each in found if unsaid(each)), None)
    return Gathering(
        Gathered(waiting.body, waiting.due_at, cited("d", waiting.id)) if waiting else None,
        tuple(each.due_at or each.tried_at or each.created_at for each in found),
    )
