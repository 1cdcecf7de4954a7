"""The rules in force, kept so that other processes can tell of them; one row at most.

Deliberately absent: the rules themselves. They live in their files, and every hit says by which of them it was made.
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import JSON, Field, Session

from riskbot.model import RulesState
from riskbot.store.base import Row, UtcTime

ONLY = 1  # the row's number


class RulesStateRow(Row, table=True):
    """What the watching process last noted."""

    __tablename__ = "rules_state"

    id: int = Field(default=ONLY, primary_key=True)
    hash: str
    whole: str
    live_since: datetime = Field(sa_type=UtcTime)
    rules: int
    companies: int
    topics: int
    feeds: int
    refused: str | None = None
    refused_key: str | None = None
    refused_at: datetime | None = Field(default=None, sa_type=UtcTime)
    switched_off: dict[str, str] = Field(default_factory=dict, sa_type=JSON)


def load(session: Session) -> RulesState | None:
    """The state, or None before anything was noted."""
    row = session.get(RulesStateRow, ONLY)
    if row is None:
        return None
    return RulesState(
        hash=row.hash,
        whole=row.whole,
        live_since=row.live_since,
        rules=row.rules,
        companies=row.companies,
        topics=row.topics,
        feeds=row.feeds,
        refused=row.refused,
        refused_key=row.refused_key,
        refused_at=row.refused_at,
        switched_off=dict(row.switched_off),
    )


def put(session: Session, state: RulesState) -> None:
    """Note the state in place of the one before."""
    row = RulesStateRow(
        hash=state.hash,
        whole=state.whole,
        live_since=state.live_since,
        rules=state.rules,
        companies=state.companies,
        topics=state.topics,
        feeds=state.feeds,
        refused=state.refused,
        refused_key=state.refused_key,
        refused_at=state.refused_at,
        switched_off=dict(state.switched_off),
    )
    session.merge(row)
    session.flush()
