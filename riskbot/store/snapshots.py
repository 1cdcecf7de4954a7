"""Snapshots of word frequencies: the latest, any that a reason names, and the texts from which the next is learned.

What always holds: a snapshot is kept once and never changed, so that a placing can be repeated exactly.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from riskbot.errors import StoreError
from riskbot.store.articles import ARTICLE, VERSION
from riskbot.store.story_tables import FrequenciesRow
from riskbot.stories.frequencies import Frequencies

# In the order of the key, so that each page goes on where the last one ended and all of them are one walk.
_TEXTS = (
    columns(ARTICLE.c.id, VERSION.c.title, VERSION.c.text)
    .join_from(ARTICLE, VERSION, (VERSION.c.article == ARTICLE.c.id) & (VERSION.c.number == 1))
    .where(ARTICLE.c.id > bindparam("after"))
    .where(ARTICLE.c.first_seen >= bindparam("since"), ARTICLE.c.first_seen < bindparam("until"))
    .order_by(ARTICLE.c.id)
    .limit(bindparam("most"))
)


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


def texts(session: Session, since: datetime, until: datetime, most: int, after: str) -> list[tuple[str, str, str]]:
    """Id, title and text (first version) of articles first seen in a time, by id."""
    given = {"since": since, "until": until, "most": most, "after": after}
    return [(row.id, row.title, row.text) for row in session.connection().execute(_TEXTS, given)]
