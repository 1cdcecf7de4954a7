"""What people answered to messages.

Revision 0008.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def must(name: str, kind: Any = sa.String) -> sa.Column[Any]:
    """A column that is always filled."""
    return sa.Column(name, kind() if isinstance(kind, type) else kind, nullable=False)


def upgrade() -> None:
    """To this revision."""
    op.create_table(
        "answer",
        must("id", sa.Integer),
        must("kind"),
        sa.Column("story", sa.Integer(), nullable=True),
        *(must("user"), must("user_name"), must("at", sa.DateTime(timezone=True)), must("key"), must("value")),
        sa.PrimaryKeyConstraint("id", name="pk_answer"),
        sa.UniqueConstraint("key", name="uq_answer_key"),
        sa.ForeignKeyConstraint(["story"], ["story.id"], name="fk_answer_story"),
    )
    op.create_index("ix_answer_story_kind", "answer", ["story", "kind"])


def downgrade() -> None:
    """Back to revision 0007."""
    op.drop_table("answer")
