"""How feeds fare: who polls them, where they moved, what their documents held, and whether they are well.

Revision 0003. Columns are added one by one and never by copying a table: others refer to `version`, and SQLite takes
the dropping of what it copied for the deletion of every row.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def may(name: str, kind: Any = sa.String) -> sa.Column[Any]:
    """A column that may be empty."""
    return sa.Column(name, kind() if isinstance(kind, type) else kind, nullable=True)


def must(name: str, kind: Any, of_old: Any) -> sa.Column[Any]:
    """A column that is always filled, in the rows that are there already with `of_old`."""
    return sa.Column(name, kind(), nullable=False, server_default=of_old)


def of_feeds() -> list[sa.Column[Any]]:
    """What the table `feed` gains; the longest last, so that nobody reads past it for the others."""
    return [
        *(may("holder"), may("moved_to"), may("gone_at", MOMENT)),
        *(must("parses", sa.Integer, sa.text("0")), must("whole", sa.Integer, sa.text("0")), may("whole_why")),
        *(may("wishes", sa.JSON), may("entries", sa.Integer), must("undated", sa.Boolean, sa.false())),
        *(may("newest_at", MOMENT), may("arrivals", sa.JSON), may("new_at", MOMENT)),
        *(may("ill"), may("ill_since", MOMENT), may("items", sa.LargeBinary)),
    ]


def upgrade() -> None:
    """To this revision."""
    for column in of_feeds():
        op.add_column("feed", column)
    op.drop_index("ix_feed_due_at", "feed")
    op.create_index("ix_feed_turn", "feed", ["paused", "gone_at", "due_at", "name"])
    op.add_column("version", may("page"))
    op.create_index("ix_delivery_state_tried_at", "delivery", ["state", "tried_at"])


def downgrade() -> None:
    """Back to revision 0002."""
    op.drop_index("ix_delivery_state_tried_at", "delivery")
    op.drop_column("version", "page")
    op.drop_index("ix_feed_turn", "feed")
    op.create_index("ix_feed_due_at", "feed", ["due_at"])
    for column in reversed(of_feeds()):
        op.drop_column("feed", column.name)
