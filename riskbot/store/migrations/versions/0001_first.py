"""The first tables.

Revision 0001: what was read (feeds, articles, versions, hits, claims), and what came of it (stories, decisions,
alerts, messages, deliveries). Written out in full, without the program's own classes: those will change, this will not.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def must(name: str, kind: Any = sa.String) -> sa.Column[Any]:
    """A column that is always filled."""
    return sa.Column(name, kind() if isinstance(kind, type) else kind, nullable=False)


def may(name: str, kind: Any = sa.String) -> sa.Column[Any]:
    """A column that may be empty."""
    return sa.Column(name, kind() if isinstance(kind, type) else kind, nullable=True)


def primary(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    """The key of a table."""
    return sa.PrimaryKeyConstraint(*columns, name=f"pk_{table}")


def unique(table: str, *columns: str) -> sa.UniqueConstraint:
    """What stands at most once in a table."""
    return sa.UniqueConstraint(*columns, name=f"uq_{table}_{'_'.join(columns)}")


def refers(table: str, columns: list[str], to: list[str]) -> sa.ForeignKeyConstraint:
    """What must stand in another table."""
    return sa.ForeignKeyConstraint(columns, to, name=f"fk_{table}_{'_'.join(columns)}")


def of_version(table: str, number: str = "number") -> sa.ForeignKeyConstraint:
    """What hangs on one version of an article."""
    return refers(table, ["article", number], ["version.article", "version.number"])


def upgrade() -> None:
    """To this revision."""
    what_was_read()
    what_came_of_it()


def what_was_read() -> None:
    """Feeds, articles, versions, hits and claims."""
    op.create_table(
        "feed",
        *(must("name"), must("url"), must("paused", sa.Boolean)),
        *(may("etag"), may("last_modified"), may("body_hash")),
        *(may("due_at", MOMENT), may("lease_until", MOMENT), may("polled_at", MOMENT), may("succeeded_at", MOMENT)),
        *(must("failures", sa.Integer), may("error")),
        primary("feed", "name"),
    )
    op.create_index("ix_feed_due_at", "feed", ["due_at"])
    op.create_table(
        "article",
        *(must("id"), may("feed"), may("entry_id"), may("url"), may("identity")),
        *(must("fingerprint"), must("version", sa.Integer), must("first_seen", MOMENT)),
        primary("article", "id"),
        unique("article", "feed", "entry_id"),
    )
    op.create_index("ix_article_identity", "article", ["identity"])
    op.create_table(
        "version",
        *(must("article"), must("number", sa.Integer), must("title"), must("text")),
        *(may("outlet"), may("language"), may("published", MOMENT), must("seen", MOMENT)),
        *(must("fingerprint"), may("origin"), must("credits", sa.JSON), must("links", sa.JSON)),
        primary("version", "article", "number"),
        refers("version", ["article"], ["article.id"]),
    )
    op.create_table(
        "hit",
        *(must("article"), must("number", sa.Integer), must("position", sa.Integer)),
        *(must("rule"), must("company"), must("company_name"), must("topics", sa.JSON)),
        *(must("modality"), must("level"), must("score", sa.Integer), must("spans", sa.JSON), must("sentence")),
        *(must("salient", sa.Boolean), must("prominent", sa.Boolean)),
        *(may("channel"), must("trial", sa.Boolean), must("rules_hash")),
        primary("hit", "article", "number", "position"),
        unique("hit", "article", "number", "rule", "company"),
        of_version("hit"),
    )
    op.create_table(
        "claim",
        *(must("article"), must("number", sa.Integer), must("position", sa.Integer)),
        *(must("status"), may("speaker"), must("sentence"), may("at", MOMENT)),
        primary("claim", "article", "number", "position"),
        of_version("claim"),
    )


def what_came_of_it() -> None:
    """Stories, alerts, decisions, messages and deliveries."""
    op.create_table(
        "story",
        *(must("id", sa.Integer), must("level"), must("score", sa.Integer)),
        *(must("opened_at", MOMENT), must("last_at", MOMENT), may("merged_into", sa.Integer)),
        primary("story", "id"),
        refers("story", ["merged_into"], ["story.id"]),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_story_last_at", "story", ["last_at"])
    op.create_table(
        "story_article",
        *(must("article"), must("story", sa.Integer), must("joined", sa.Integer)),
        *(must("similarity", sa.Float), must("why")),
        primary("story_article", "article"),
        refers("story_article", ["article"], ["article.id"]),
        refers("story_article", ["story"], ["story.id"]),
    )
    op.create_index("ix_story_article_story", "story_article", ["story"])
    op.create_table(
        "story_company",
        *(must("story", sa.Integer), must("company")),
        primary("story_company", "story", "company"),
        refers("story_company", ["story"], ["story.id"]),
    )
    op.create_index("ix_story_company_company", "story_company", ["company"])
    op.create_table(
        "alert",
        *(must("id", sa.Integer), must("story", sa.Integer), must("channel"), must("kind"), must("reason")),
        *(must("article"), must("at", MOMENT)),
        primary("alert", "id"),
        refers("alert", ["story"], ["story.id"]),
        refers("alert", ["article"], ["article.id"]),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_alert_story_channel", "alert", ["story", "channel"])
    only_new = sa.text("kind = 'new'")
    op.create_index(
        "uq_alert_one_new", "alert", ["story", "channel"], unique=True, sqlite_where=only_new, postgresql_where=only_new
    )
    op.create_table(
        "decision",
        *(must("article"), must("version", sa.Integer), must("channel"), must("tell", sa.Boolean)),
        *(must("reason"), must("why"), must("at", MOMENT), may("alert", sa.Integer)),
        primary("decision", "article", "version", "channel"),
        of_version("decision", "version"),
        refers("decision", ["alert"], ["alert.id"]),
    )
    op.create_table(
        "message",
        *(must("story", sa.Integer), must("channel"), must("ts"), may("sent_as")),
        primary("message", "story", "channel"),
        refers("message", ["story"], ["story.id"]),
    )
    op.create_table(
        "delivery",
        *(must("id", sa.Integer), must("alert", sa.Integer), must("key"), must("state"), must("attempts", sa.Integer)),
        *(may("due_at", MOMENT), may("lease_until", MOMENT), may("error"), may("tried_at", MOMENT)),
        primary("delivery", "id"),
        unique("delivery", "alert"),
        unique("delivery", "key"),
        refers("delivery", ["alert"], ["alert.id"]),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_delivery_state_due_at", "delivery", ["state", "due_at"])
    op.create_table("tick", must("name"), must("at", MOMENT), primary("tick", "name"))


def downgrade() -> None:
    """Back to an empty database."""
    came_of_it = ["tick", "delivery", "message", "decision", "alert", "story_company", "story_article", "story"]
    for table in [*came_of_it, "claim", "hit", "version", "article", "feed"]:
        op.drop_table(table)
