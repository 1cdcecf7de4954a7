"""What every table shares: one set of names, and times that are aware and in UTC in both databases.

What always holds: constraints are named, so that a later migration can drop them; a time without a zone is refused
on its way in, and is aware on its way out even where the database keeps none.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, CursorResult, DateTime, Dialect, MetaData, Table
from sqlalchemy import Row as FoundRow
from sqlalchemy.types import TypeDecorator
from sqlmodel import SQLModel

Found = FoundRow[*tuple[Any, ...]]  # what a statement brought; its columns are attributes


class Row(SQLModel):
    """A row of one of riskbot's tables. Its metadata is riskbot's alone, whatever else is imported."""

    metadata: ClassVar[MetaData] = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def table_of(row: type[Row]) -> Table:
    """The table of these rows, for statements that are built once and run thousands of times."""
    return Row.metadata.tables[str(row.__tablename__)]


def number_of_new(made: CursorResult[*tuple[Any, ...]]) -> int:
    """The number that the database gave the row just inserted."""
    (number,) = made.inserted_primary_key or (0,)
    return int(number)


class UtcTime(TypeDecorator[datetime]):
    """A moment. SQLite keeps it as text of fixed width, so that comparing texts compares moments."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Into the database. Raises ValueError for a naive time."""
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError(f"{value.isoformat()} has no time zone: a time in the database is always in UTC")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Out of the database; what comes back naive (SQLite) was written in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Json(TypeDecorator[Any]):
    """A list or a mapping that may be missing: then there is nothing in its place, not the JSON word for nothing."""

    impl = JSON(none_as_null=True)
    cache_ok = True
