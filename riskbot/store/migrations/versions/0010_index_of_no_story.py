"""The index on kind and channel holds what is of no one story alone: SQLite took it for what is of one story, too.

Revision 0010.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None
OF_NO_STORY = "story IS NULL"


def upgrade() -> None:
    """To this revision."""
    op.drop_index("ix_delivery_kind_channel", "delivery")
    op.create_index(
        "ix_delivery_kind_channel",
        "delivery",
        ["kind", "channel"],
        sqlite_where=sa.text(OF_NO_STORY),
        postgresql_where=sa.text(OF_NO_STORY),
    )


def downgrade() -> None:
    """Back to revision 0009."""
    op.drop_index("ix_delivery_kind_channel", "delivery")
    op.create_index("ix_delivery_kind_channel", "delivery", ["kind", "channel"])
