"""What each claim bears on.

Revision 0004. Claims kept before it were read without: they count as merely told.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    op.add_column("claim", sa.Column("bearing", sa.String(), nullable=False, server_default="told"))


def downgrade() -> None:
    """Back to revision 0003."""
    op.drop_column("claim", "bearing")
