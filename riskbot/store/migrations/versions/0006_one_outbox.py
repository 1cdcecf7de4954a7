"""One outbox for everything that is sent: messages, edits, replies, notices and digests; and frozen messages.

Revision 0006. Deliveries keep their numbers; notices get new ones behind them. SQLite copies the table of deliveries,
because it cannot make a column optional; nothing refers to that table.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def must(name: str, kind: Any = sa.String) -> sa.Column[Any]:
    """A column that is always filled."""
    return sa.Column(name, kind() if isinstance(kind, type) else kind, nullable=False)


def may(name: str, kind: Any = sa.String) -> sa.Column[Any]:
    """A column that may be empty."""
    return sa.Column(name, kind() if isinstance(kind, type) else kind, nullable=True)


TRY = ("key", "state", "attempts", "due_at", "lease_until", "error", "tried_at")  # what every send has
OLD_DELIVERY, OLD_NOTICE = ("id", "alert", *TRY), ("id", "text", "channel", "created_at", *TRY, "ts", "sent_as")
JOINED = ("kind", "channel", "story", "alert", "body", "created_at", "reported", "may_repeat", "ts", "sent_as")


def table(name: str, *columns: str) -> Any:
    """As the statements here see it: times stay as the database spells them."""
    kinds: dict[str, Any] = {"body": sa.JSON(), "reported": sa.Boolean(), "may_repeat": sa.Boolean()}
    return sa.table(name, *(sa.column(each, kinds.get(each)) for each in columns))


def upgrade() -> None:
    """To this revision."""
    connection = op.get_bind()
    rows = [dict(row) for row in connection.execute(sa.select(*deliveries())).mappings()]
    last = max((row["id"] for row in rows), default=0)
    notices = connection.execute(sa.select(table("notice", *OLD_NOTICE)).order_by(sa.text("id"))).mappings()
    for number, notice in enumerate(notices, last + 1):
        kept = {name: notice[name] for name in ("channel", "created_at", *TRY, "ts", "sent_as")}
        rows.append({"id": number, "kind": "notice", "story": None, "alert": None, **kept, "text": notice["text"]})
    op.drop_table("notice")
    op.drop_table("delivery")
    op.add_column("message", may("frozen"))
    op.create_table(
        "delivery",
        *(must("id", sa.Integer), must("kind"), must("channel"), may("story", sa.Integer), may("alert", sa.Integer)),
        *(must("body", sa.JSON), must("key"), must("state"), must("attempts", sa.Integer), must("created_at", MOMENT)),
        *(may("due_at", MOMENT), may("lease_until", MOMENT), may("holder"), may("error"), may("tried_at", MOMENT)),
        *(may("lost_at", MOMENT), may("parked_at", MOMENT), must("reported", sa.Boolean)),
        *(must("may_repeat", sa.Boolean), may("ts"), may("sent_as")),
        *constraints("alert", "story"),
        sqlite_autoincrement=True,
    )
    indexes()
    op.create_index("ix_delivery_story_channel", "delivery", ["story", "channel"])
    op.create_index("ix_delivery_tried_at", "delivery", ["tried_at"])
    for row in rows:
        text = row.pop("text", None)
        row |= {"body": {"text": text} if row["kind"] == "notice" else {}, "reported": False, "may_repeat": False}
        row["kind"] = {"new": "post", "update": "edit"}.get(row["kind"], row["kind"])
    if rows:
        connection.execute(
            sa.insert(table("delivery", "id", *TRY, *JOINED)), [{"ts": None, "sent_as": None} | row for row in rows]
        )
    count_on("delivery")


def deliveries() -> list[Any]:
    """The columns of the old deliveries, with what their alerts say of them."""
    old, alert = table("delivery", *OLD_DELIVERY), table("alert", "id", "story", "channel", "kind", "at")
    said = [alert.c.kind, alert.c.channel, alert.c.story, alert.c.at.label("created_at")]
    return [
        *old.c,
        *(sa.select(each).where(alert.c.id == old.c.alert).scalar_subquery().label(each.name) for each in said),
    ]


def constraints(*references: str) -> list[Any]:
    """Of a table of deliveries that refers to these tables."""
    return [
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
        sa.UniqueConstraint("alert", name="uq_delivery_alert"),
        sa.UniqueConstraint("key", name="uq_delivery_key"),
        *(sa.ForeignKeyConstraint([to], [f"{to}.id"], name=f"fk_delivery_{to}") for to in references),
    ]


def indexes() -> None:
    """Those that the table of deliveries has before and after."""
    op.create_index("ix_delivery_state_due_at", "delivery", ["state", "due_at"])
    op.create_index("ix_delivery_state_tried_at", "delivery", ["state", "tried_at"])


def count_on(name: str) -> None:
    """PostgreSQL counts apart from what was put in with its number; SQLite looks."""
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        highest = f"(SELECT max(id) FROM {name})"  # noqa: S608  the names are ours
        connection.execute(
            sa.text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), {highest}) WHERE {highest} IS NOT NULL")
        )


def downgrade() -> None:
    """Back to revision 0005: replies, broadcasts and digests are lost, because it knows none."""
    connection = op.get_bind()
    held = sa.select(table("delivery", "id", *TRY, *JOINED)).order_by(sa.text("id"))
    rows = [dict(row) for row in connection.execute(held).mappings()]
    op.drop_table("delivery")
    op.drop_column("message", "frozen")
    op.create_table(
        "delivery",
        *(must("id", sa.Integer), must("alert", sa.Integer), must("key"), must("state"), must("attempts", sa.Integer)),
        *(may("due_at", MOMENT), may("lease_until", MOMENT), may("error"), may("tried_at", MOMENT)),
        *constraints("alert"),
        sqlite_autoincrement=True,
    )
    indexes()
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
    for row in rows:  # a state that it does not know
        row["state"] = "replaced" if row["state"] == "dropped" else row["state"]
    sends = [{name: row[name] for name in OLD_DELIVERY} for row in rows if row["alert"] is not None]
    said = [row | {"text": row["body"].get("text", "")} for row in rows if row["kind"] == "notice"]
    notices = [{name: row[name] for name in OLD_NOTICE} | {"id": number} for number, row in enumerate(said, 1)]
    for name, columns, found in (("delivery", OLD_DELIVERY, sends), ("notice", OLD_NOTICE, notices)):
        if found:
            connection.execute(sa.insert(table(name, *columns)), found)
        count_on(name)
