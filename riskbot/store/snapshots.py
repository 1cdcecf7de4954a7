"""Snapshots of word frequencies: the latest, and any that a reason names.

What always holds: a snapshot is kept once and never changed, so that a placing can be repeated exactly.
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from riskbot.errors import StoreError
from riskbot.store.story_tables import FrequenciesRow
from riskbot.stories.frequencies import Frequencies


def load(session: Session, id_: str | None) -> Frequencies | None:
    """The snapshot of this id, without one the latest; None when there is none. Raises StoreError when it is broken."""
    latest = select(FrequenciesRow).order_by(col(FrequenciesRow.day).desc(), col(FrequenciesRow.id).desc()).limit(1)
    row = session.exec(latest if id_ is None else latest.where(col(FrequenciesRow.id) == id_)).first()
    if row is None:
        return None
    try:
        return Frequencies.from_bytes(row.body)
    except ValueError as error:
        raise StoreError(f"the word frequencies {row.id!r} in the database cannot be read: {error}") from error


def put(session: Session, snapshot: Frequencies, now: datetime) -> None:
    """Keep a snapshot. Raises StoreError when another has its id."""
    body = snapshot.to_bytes()
    held = session.get(FrequenciesRow, snapshot.id)
    if held is None:
        session.add(FrequenciesRow(id=snapshot.id, day=now, body=body))
        session.flush()
    elif held.body != body:
        raise StoreError(f"there are other word frequencies of the id {snapshot.id!r}")
