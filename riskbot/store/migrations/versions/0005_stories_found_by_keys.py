"""How stories are found and rearranged: sketches and keys, merges, what people keep apart, word frequencies.

Revision 0005. Stories that are there already are found by their companies alone, and their articles are sketched when
they are met. Columns are added one by one and never by copying a table.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
HOUR = 3600


def must(name: str, kind: Any = sa.String) -> sa.Column[Any]:
    """A column that is always filled."""
    return sa.Column(name, kind() if isinstance(kind, type) else kind, nullable=False)


def may(name: str, kind: Any = sa.String) -> sa.Column[Any]:
    """A column that may be empty."""
    return sa.Column(name, kind() if isinstance(kind, type) else kind, nullable=True)


def refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    """What must stand in another table."""
    return sa.ForeignKeyConstraint([column], [to], name=f"fk_{table}_{column}")


def of_stories() -> list[sa.Column[Any]]:
    """What the table `story` gains."""
    return [may("merged_by"), may("merged_why"), may("merged_at", MOMENT)]


def of_places() -> list[sa.Column[Any]]:
    """What the table `story_article` gains."""
    return [may("at", MOMENT), may("sketch")]


def upgrade() -> None:
    """To this revision."""
    for column in of_stories():
        op.add_column("story", column)
    for column in of_places():
        op.add_column("story_article", column)
    op.drop_index("ix_story_article_story", "story_article")
    op.create_index("ix_story_article_story_at", "story_article", ["story", "at"])
    op.create_table(
        "story_key",
        *(must("key"), must("hour", sa.Integer), must("story", sa.Integer)),
        sa.PrimaryKeyConstraint("key", "hour", "story", name="pk_story_key"),
        refers("story_key", "story", "story.id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_story_key_story", "story_key", ["story"])
    op.create_table(
        "kept_apart",
        *(must("id", sa.Integer), must("story", sa.Integer), may("article"), may("other", sa.Integer)),
        *(must("by"), must("at", MOMENT)),
        sa.PrimaryKeyConstraint("id", name="pk_kept_apart"),
        *(refers("kept_apart", "story", "story.id"), refers("kept_apart", "other", "story.id")),
        refers("kept_apart", "article", "article.id"),
    )
    op.create_index("ix_kept_apart_story", "kept_apart", ["story"])
    op.create_index("ix_kept_apart_other", "kept_apart", ["other"])
    op.create_table(
        "frequencies",
        *(must("id"), must("day", MOMENT), must("body", sa.LargeBinary)),
        sa.PrimaryKeyConstraint("id", name="pk_frequencies"),
    )
    find_old_stories()
    op.drop_index("ix_story_company_company", "story_company")
    op.drop_table("story_company")


def find_old_stories() -> None:
    """Articles that are placed get their time, and their stories the keys that need no sketch: their companies."""
    place = sa.table("story_article", sa.column("article"), sa.column("story"), sa.column("at", MOMENT))
    version = sa.table(
        "version", sa.column("article"), sa.column("number"), sa.column("published", MOMENT), sa.column("seen", MOMENT)
    )
    article = sa.table("article", sa.column("id"), sa.column("version"))
    company = sa.table("story_company", sa.column("story"), sa.column("company"))
    key = sa.table("story_key", sa.column("key"), sa.column("hour"), sa.column("story"))
    connection = op.get_bind()
    companies: dict[int, list[str]] = {}
    for row in connection.execute(sa.select(company.c.story, company.c.company)):
        companies.setdefault(row.story, []).append(row.company)
    times = sa.select(place.c.article, place.c.story, sa.func.coalesce(version.c.published, version.c.seen).label("at"))
    times = times.join_from(place, article, article.c.id == place.c.article).join(
        version, sa.and_(version.c.article == article.c.id, version.c.number == article.c.version)
    )
    found = [(row.article, row.story, row.at) for row in connection.execute(times)]
    if not found:
        return
    put = sa.update(place).where(place.c.article == sa.bindparam("of")).values(at=sa.bindparam("time"))
    connection.execute(put, [{"of": id_, "time": at} for id_, _, at in found])
    rows = {(f"c:{name}", hour_of(at), story) for _, story, at in found for name in companies.get(story, ())}
    if rows:
        connection.execute(sa.insert(key), [dict(zip(("key", "hour", "story"), row, strict=True)) for row in rows])


def hour_of(at: datetime) -> int:
    """Whole hours since 1970; SQLite gives times back without their zone, which is UTC."""
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() // HOUR)


def downgrade() -> None:
    """Back to revision 0004."""
    op.create_table(
        "story_company",
        *(must("story", sa.Integer), must("company")),
        sa.PrimaryKeyConstraint("story", "company", name="pk_story_company"),
        refers("story_company", "story", "story.id"),
    )
    op.create_index("ix_story_company_company", "story_company", ["company"])
    op.execute(
        "INSERT INTO story_company (story, company)"
        " SELECT DISTINCT story, substr(key, 3) FROM story_key WHERE key LIKE 'c:%'"
    )
    op.drop_table("frequencies")
    op.drop_table("kept_apart")
    op.drop_table("story_key")
    op.drop_index("ix_story_article_story_at", "story_article")
    op.create_index("ix_story_article_story", "story_article", ["story"])
    for table, columns in (("story_article", of_places()), ("story", of_stories())):
        for column in reversed(columns):
            op.drop_column(table, column.name)
