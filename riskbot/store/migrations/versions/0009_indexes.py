"""Indexes for what is asked every few seconds, or with each article.

Revision 0009.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None
MERGED = "merged_into IS NOT NULL"


def upgrade() -> None:
    """To this revision."""
    op.create_index("ix_alert_at", "alert", ["at"])
    op.create_index("ix_delivery_kind_channel", "delivery", ["kind", "channel"])
    op.create_index("ix_held_back_channel_at", "held_back", ["channel", "at"])
    op.create_index(
        "ix_story_merged_into",
        "story",
        ["merged_into"],
        sqlite_where=sa.text(MERGED),
        postgresql_where=sa.text(MERGED),
    )


def downgrade() -> None:
    """Back to revision 0008."""
    op.drop_index("ix_story_merged_into", "story")
    op.drop_index("ix_held_back_channel_at", "held_back")
    op.drop_index("ix_delivery_kind_channel", "delivery")
    op.drop_index("ix_alert_at", "alert")
