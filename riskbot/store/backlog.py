"""What piled up in the outbox while a channel could not be told: taken back, so that one digest tells of it.

What always holds: only first messages that nobody has begun are taken back, of stories that are not grave, and only in
channels in which nothing was told since they came to be owed; whatever may stand in Slack stays as it is.
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, func, select

from riskbot.model import DeliveryKind, DeliveryState, Level
from riskbot.store.story_tables import DeliveryRow, StoryRow
from riskbot.store.telling import withdraw
from riskbot.store.values import cited


def fold(session: Session, before: datetime) -> dict[str, list[str]]:
    """Take back what was owed before then; the stories by channel, oldest first."""
    row = DeliveryRow
    waiting = session.exec(
        select(row.story, row.channel, row.created_at)
        .join(StoryRow, col(StoryRow.id) == col(row.story))
        .where(
            col(row.state) == DeliveryState.OWED.value,
            col(row.kind) == DeliveryKind.POST.value,
            col(row.created_at) <= before,
            col(row.tried_at).is_(None),
            col(row.lease_until).is_(None),
            col(StoryRow.level).in_([Level.LOW.value, Level.MEDIUM.value]),
        )
        .order_by(col(row.id))
    ).all()
    folded: dict[str, list[str]] = {}
    told: dict[str, datetime | None] = {}
    for story, channel, owed_at in waiting:
        if channel not in told:
            told[channel] = _last_told(session, channel, owed_at)
        last = told[channel]
        if story is not None and (last is None or last <= owed_at):
            withdraw(session, story, channel)
            folded.setdefault(channel, []).append(cited("s", story))
    return folded


def _last_told(session: Session, channel: str, since: datetime) -> datetime | None:
    """When a channel was last told of anything, where that was after the first of what waits came to be owed."""
    sent = (col(DeliveryRow.state) == DeliveryState.SENT.value, col(DeliveryRow.tried_at) > since)
    return session.exec(select(func.max(DeliveryRow.tried_at)).where(col(DeliveryRow.channel) == channel, *sent)).one()
