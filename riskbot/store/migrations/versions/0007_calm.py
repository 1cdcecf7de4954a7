"""Silences, what was held back, and that riskbot was away.

Revision 0007. Nothing that is there changes.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def must(name: str, kind: Any = sa.String) -> sa.Column[Any]:
    """A column that is always filled."""
    return sa.Column(name, kind() if isinstance(kind, type) else kind, nullable=False)


def may(name: str, kind: Any = sa.String) -> sa.Column[Any]:
    """A column that may be empty."""
    return sa.Column(name, kind() if isinstance(kind, type) else kind, nullable=True)


def refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    """What must stand in another table."""
    return sa.ForeignKeyConstraint([column], [to], name=f"fk_{table}_{column}")


def upgrade() -> None:
    """To this revision."""
    op.create_table(
        "silence",
        *(must("id", sa.Integer), must("matchers", sa.JSON()), must("starts", MOMENT), may("ends", MOMENT)),
        *(must("until_material", sa.Boolean), must("author"), must("comment"), must("created_at", MOMENT)),
        *(may("ended_at", MOMENT), may("ended_by"), may("summed_at", MOMENT)),
        sa.PrimaryKeyConstraint("id", name="pk_silence"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_silence_summed_at", "silence", ["summed_at"])
    op.create_table(
        "held_back",
        *(must("id", sa.Integer), must("story", sa.Integer), must("channel"), must("article"), must("cause")),
        *(must("reason"), must("title"), must("at", MOMENT), may("due_at", MOMENT), may("silence", sa.Integer)),
        *(may("settled_at", MOMENT), may("settled_as")),
        sa.PrimaryKeyConstraint("id", name="pk_held_back"),
        *(refers("held_back", "story", "story.id"), refers("held_back", "article", "article.id")),
        refers("held_back", "silence", "silence.id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_held_back_story_channel", "held_back", ["story", "channel"])
    op.create_index("ix_held_back_settled_at_due_at", "held_back", ["settled_at", "due_at"])
    op.create_index("ix_held_back_silence", "held_back", ["silence"])
    op.create_table(
        "away",
        *(must("id", sa.Integer), must("since", MOMENT), must("until", MOMENT)),
        sa.PrimaryKeyConstraint("id", name="pk_away"),
    )
    op.create_index("ix_away_until", "away", ["until"])
    op.create_index("ix_alert_channel_at", "alert", ["channel", "at"])


def downgrade() -> None:
    """Back to revision 0006: silences end, and what was held back is not told."""
    op.drop_index("ix_alert_channel_at", "alert")
    op.drop_table("away")
    op.drop_table("held_back")
    op.drop_table("silence")
