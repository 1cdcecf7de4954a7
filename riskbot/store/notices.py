"""Notices: lines to the people who run riskbot, owed in the same way as alerts.

What always holds: taking is one UPDATE that returns what it took; in one channel a notice goes out only when none
before it is still to be sent, so that the last one said is the one that holds. A notice left in `sending` comes back
as such when its lease ends, to be looked up before anything else.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import aliased
from sqlmodel import Field, Session, col, exists, func, or_, select, update

from riskbot.errors import StoreError
from riskbot.model import DeliveryState, Notice
from riskbot.store.base import Row, UtcTime
from riskbot.store.outbox import OPEN, put_off
from riskbot.store.values import cited, number_of


class NoticeRow(Row, table=True):
    """One line and the record of its send; cited as `n<id>`."""

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("key"),
        Index("ix_notice_state_due_at", "state", "due_at"),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    text: str
    channel: str
    created_at: datetime = Field(sa_type=UtcTime)
    key: str
    state: str
    attempts: int = 0
    due_at: datetime | None = Field(default=None, sa_type=UtcTime)  # None: at once
    lease_until: datetime | None = Field(default=None, sa_type=UtcTime)  # None: nobody works on it
    error: str | None = None
    tried_at: datetime | None = Field(default=None, sa_type=UtcTime)
    ts: str | None = None
    sent_as: str | None = None


def add(session: Session, channel: str, text: str, now: datetime) -> Notice:
    """Owe a notice."""
    row = NoticeRow(text=text, channel=channel, created_at=now, key=uuid4().hex, state=DeliveryState.OWED.value)
    session.add(row)
    session.flush()
    return _value(row)


def claim(session: Session, now: datetime, lease: timedelta, limit: int) -> Sequence[Notice]:
    """Take a lease on notices whose turn it is, oldest first."""
    earlier = aliased(NoticeRow)
    waits_for_earlier = exists().where(
        col(earlier.channel) == col(NoticeRow.channel),
        col(earlier.id) < col(NoticeRow.id),
        col(earlier.state).in_(OPEN),
    )
    # A common table expression, because PostgreSQL may run a plain subquery twice, and take more than the limit.
    taken = (
        select(NoticeRow.id)
        .where(
            col(NoticeRow.state).in_(OPEN),
            or_(col(NoticeRow.due_at).is_(None), col(NoticeRow.due_at) <= now),
            or_(col(NoticeRow.lease_until).is_(None), col(NoticeRow.lease_until) <= now),
            ~waits_for_earlier,
        )
        .order_by(col(NoticeRow.id))
        .limit(limit)
        .with_for_update(skip_locked=True, of=NoticeRow)
        .cte("taken")
    )
    claimed = (
        update(NoticeRow)
        .where(col(NoticeRow.id).in_(select(taken.c.id)))
        .values(lease_until=now + lease)
        .returning(NoticeRow)
        .execution_options(synchronize_session=False)
    )
    return sorted(map(_value, session.exec(claimed).scalars()), key=lambda notice: int(notice.id[1:]))


def put(session: Session, notice: Notice) -> None:
    """Write where a notice stands. Raises StoreError for an unknown one."""
    number = number_of("n", notice.id)
    row = session.get(NoticeRow, number) if number is not None else None
    if row is None:
        raise StoreError(f"there is no notice {notice.id!r}")
    row.state, row.attempts, row.due_at = notice.state.value, notice.attempts, notice.due_at
    row.error, row.tried_at, row.ts, row.sent_as = notice.error, notice.tried_at, notice.ts, notice.sent_as
    if notice.state is not DeliveryState.SENDING or put_off(notice):
        row.lease_until = None
    session.flush()


def every(session: Session) -> list[Notice]:
    """Every notice, oldest first."""
    return [_value(row) for row in session.exec(select(NoticeRow).order_by(col(NoticeRow.id)))]


def states(session: Session) -> dict[str, int]:
    """How many notices there are in each state."""
    by_state = select(NoticeRow.state, func.count()).group_by(col(NoticeRow.state))
    return dict(session.exec(by_state).all())


def _value(row: NoticeRow) -> Notice:
    return Notice(
        id=cited("n", row.id),
        channel=row.channel,
        text=row.text,
        at=row.created_at,
        key=row.key,
        state=DeliveryState(row.state),
        attempts=row.attempts,
        due_at=row.due_at,
        ts=row.ts,
        sent_as=row.sent_as,
        error=row.error,
        tried_at=row.tried_at,
    )
