"""Notices to the people who run riskbot, and which rules are in force.

Revision 0002.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def must(name: str, kind: Any = sa.String) -> sa.Column[Any]:
    """A column that is always filled."""
    return sa.Column(name, kind() if isinstance(kind, type) else kind, nullable=False)


def may(name: str, kind: Any = sa.String) -> sa.Column[Any]:
    """A column that may be empty."""
    return sa.Column(name, kind() if isinstance(kind, type) else kind, nullable=True)


def upgrade() -> None:
    """To this revision."""
    op.create_table(
        "notice",
        *(must("id", sa.Integer), must("text"), must("channel"), must("created_at", MOMENT)),
        *(must("key"), must("state"), must("attempts", sa.Integer)),
        *(may("due_at", MOMENT), may("lease_until", MOMENT), may("error"), may("tried_at", MOMENT)),
        *(may("ts"), may("sent_as")),
        sa.PrimaryKeyConstraint("id", name="pk_notice"),
        sa.UniqueConstraint("key", name="uq_notice_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_notice_state_due_at", "notice", ["state", "due_at"])
    op.create_table(
        "rules_state",
        *(must("id", sa.Integer), must("hash"), must("whole"), must("live_since", MOMENT)),
        *(must("rules", sa.Integer), must("companies", sa.Integer), must("topics", sa.Integer)),
        *(must("feeds", sa.Integer), may("refused"), may("refused_key"), may("refused_at", MOMENT)),
        must("switched_off", sa.JSON),
        sa.PrimaryKeyConstraint("id", name="pk_rules_state"),
    )


def downgrade() -> None:
    """Back to revision 0001."""
    op.drop_table("rules_state")
    op.drop_table("notice")
