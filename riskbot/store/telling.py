"""Decisions and alerts, and the outbox that owes each alert's delivery.

What always holds: an alert and its owed delivery are written together. An update makes the older updates that nobody
has begun to send superfluous; and while the story's first message itself still waits untouched, an update is
superfluous from its birth, because that message will carry everything. A delivery someone holds a lease on is never
touched: it may be on its way.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import uuid4

from sqlmodel import Session, col, select

from riskbot.errors import StoreError
from riskbot.model import Alert, Decision, DeliveryState
from riskbot.store.placing import number_in, story_row
from riskbot.store.reading_tables import ArticleRow
from riskbot.store.story_tables import AlertRow, DecisionRow, DeliveryRow
from riskbot.store.values import alert_value


def decide(session: Session, decision: Decision, now: datetime) -> None:
    """Keep what came of an article's latest version for one channel. Raises StoreError when that is decided already."""
    session.add(
        DecisionRow(
            article=decision.article,
            version=_version(session, decision.article),
            channel=decision.channel,
            tell=decision.tell,
            reason=decision.reason.value,
            why=decision.why,
            at=now,
        )
    )
    session.flush()


def alert(session: Session, story: str, decision: Decision, kind: Literal["new", "update"], now: datetime) -> Alert:
    """Keep the alert that a decision led to. Raises StoreError for a second `new` of a story and channel."""
    row = AlertRow(
        story=number_in(story_row(session, story)),
        channel=decision.channel,
        kind=kind,
        reason=decision.reason.value,
        article=decision.article,
        at=now,
    )
    state = DeliveryState.OWED
    if kind == "update" and _replace_waiting(session, row.story, row.channel):
        state = DeliveryState.REPLACED
    session.add(row)
    session.flush()
    made = session.get(DecisionRow, (decision.article, _version(session, decision.article), decision.channel))
    if made is None:
        raise StoreError(f"the alert for {decision.article!r} in {decision.channel} follows from no decision kept")
    made.alert = number = _number(row)
    session.add(DeliveryRow(alert=number, key=uuid4().hex, state=state.value))
    session.flush()
    return alert_value(row)


def _replace_waiting(session: Session, story: int, channel: str) -> bool:
    """Replace the updates nobody has begun to send; true when the first message itself still waits like that."""
    waiting = (
        select(DeliveryRow, AlertRow.kind)
        .join(AlertRow, col(AlertRow.id) == col(DeliveryRow.alert))
        .where(
            col(AlertRow.story) == story,
            col(AlertRow.channel) == channel,
            col(DeliveryRow.state) == DeliveryState.OWED.value,
            col(DeliveryRow.lease_until).is_(None),
        )
        # PostgreSQL: nobody may claim them between our looking and our commit. SQLite has the whole lock anyway.
        .with_for_update(of=DeliveryRow)
    )
    new_waits = False
    for delivery, kind in session.exec(waiting).all():
        if kind == "new":
            new_waits = True
        else:
            delivery.state = DeliveryState.REPLACED.value
    return new_waits


def _number(row: AlertRow) -> int:
    if row.id is None:
        raise StoreError("an alert has no number before it is written")
    return row.id


def _version(session: Session, article: str) -> int:
    row = session.get(ArticleRow, article)
    if row is None:
        raise StoreError(f"there is no article {article!r}")
    return row.version
