"""When the scheduler's ticks last ran, so that anyone can see whether they still do."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, Session, select

from riskbot.store.base import Row, UtcTime


class TickRow(Row, table=True):
    """The last run of one tick, whichever process ran it."""

    __tablename__ = "tick"

    name: str = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcTime)


def note(session: Session, name: str, now: datetime) -> datetime | None:
    """Write that a tick ran; when it ran before. Who decides by it has the row alone until the transaction ends."""
    row = session.get(TickRow, name, with_for_update=True)
    if row is None:
        session.add(TickRow(name=name, at=now))
        return None
    before, row.at = row.at, max(row.at, now)  # of two processes the later tick counts
    return before


def last(session: Session) -> dict[str, datetime]:
    """When each tick last ran, by its name."""
    return {row.name: row.at for row in session.exec(select(TickRow))}
