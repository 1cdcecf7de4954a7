"""Silences: kept for ever, with what each of them held back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, and_, col, func, or_, select

from riskbot.errors import StoreError
from riskbot.model.calm import Silence
from riskbot.store.calm_tables import HeldBackRow, SilenceRow
from riskbot.store.values import cited, number_of


def add(session: Session, silence: Silence) -> str:
    """Keep a silence; its id."""
    row = SilenceRow(
        matchers={key: list(values) for key, values in silence.matchers.items()},
        starts=silence.starts,
        ends=silence.ends,
        until_material=silence.until_material,
        author=silence.author,
        comment=silence.comment,
        created_at=silence.created_at or silence.starts,
    )
    session.add(row)
    session.flush()
    return cited("m", row.id)


def end(session: Session, silence: str, by: str, now: datetime) -> bool:
    """End a silence; false: it is over already. Raises StoreError when there is none of that id."""
    number = number_of("m", silence)
    row = session.get(SilenceRow, number) if number is not None else None
    if row is None:
        raise StoreError(f"there is no silence {silence!r}")
    if _value(row, 0).over(now) is not None:
        return False
    row.ended_at, row.ended_by = now, by
    session.flush()
    return True


def every(session: Session, now: datetime | None = None) -> list[Silence]:
    """Those that hold now, or all there ever were, oldest first."""
    held = (
        select(HeldBackRow.silence, func.count().label("held"))
        .where(col(HeldBackRow.silence).is_not(None))
        .group_by(col(HeldBackRow.silence))
        .subquery()
    )
    wanted = select(SilenceRow, held.c.held).outerjoin(held, held.c.silence == SilenceRow.id)
    if now is not None:
        wanted = wanted.where(_holds(now))
    return [_value(row, many or 0) for row, many in session.exec(wanted.order_by(col(SilenceRow.id)))]


def active(session: Session, now: datetime) -> list[Silence]:
    """Those that hold now, without how much they held back: what every decision to tell asks for."""
    rows = session.exec(select(SilenceRow).where(_holds(now)).order_by(col(SilenceRow.id)))
    return [_value(row, 0) for row in rows]


def finished(session: Session, now: datetime) -> list[Silence]:
    """Those that are over, and of which no summary was owed yet."""
    over = or_(col(SilenceRow.ends) <= now, col(SilenceRow.ended_at) <= now)
    rows = session.exec(
        select(SilenceRow).where(col(SilenceRow.summed_at).is_(None), over).order_by(col(SilenceRow.id))
    )
    return [_value(row, 0) for row in rows]


def sum_up(session: Session, silence: str, now: datetime) -> None:
    """Note that its summary is owed, or that there was nothing to sum up."""
    row = session.get(SilenceRow, number_of("m", silence))
    if row is None:
        raise StoreError(f"there is no silence {silence!r}")
    row.summed_at = now
    session.flush()


def _holds(now: datetime) -> ColumnElement[bool]:
    ends, ended = col(SilenceRow.ends), col(SilenceRow.ended_at)
    return and_(col(SilenceRow.starts) <= now, or_(ends.is_(None), ends > now), or_(ended.is_(None), ended > now))


def _value(row: SilenceRow, held: int) -> Silence:
    return Silence(
        id=cited("m", row.id),
        matchers={key: tuple(values) for key, values in row.matchers.items()},
        starts=row.starts,
        ends=row.ends,
        author=row.author,
        comment=row.comment,
        until_material=row.until_material,
        ended_at=row.ended_at,
        ended_by=row.ended_by,
        created_at=row.created_at,
        held=held,
    )
