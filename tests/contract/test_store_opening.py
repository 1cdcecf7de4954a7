"""Opening and upgrading a database: what is refused, in which words, and that an upgrade may be run at any time."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from riskbot.errors import InputError, RiskbotError, StoreError
from riskbot.ports import Transaction
from riskbot.store import open_store, upgrade
from riskbot.store.base import Row
from riskbot.store.engine import open_engine
from riskbot.store.upgrade import VERSION_TABLE, exists
from tests.builders import NOW, article, feed, reading

SECRET = "swordfish"


def in_database(address: str, *statements: str) -> None:
    engine = open_engine(address)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def refusal(address: str) -> RiskbotError:
    with pytest.raises(RiskbotError) as caught:
        open_store(address)
    return caught.value


# ── upgrading ────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_an_upgraded_database_can_be_used_and_upgraded_again(empty: str) -> None:
    upgrade(empty)
    store = open_store(empty)
    await store.sync_feeds([feed("a")], NOW)
    await store.close()
    upgrade(empty)
    store = open_store(empty)
    assert set((await store.counts()).feeds) == {"a"}
    await store.close()


def test_a_database_without_a_table_is_nothing_to_look_into_and_looking_makes_nothing(empty: str) -> None:
    if empty.startswith("sqlite"):
        Path(empty.removeprefix("sqlite:///")).touch()
    assert not exists(empty)
    if empty.startswith("sqlite"):
        assert Path(empty.removeprefix("sqlite:///")).stat().st_size == 0
    engine = open_engine(empty)
    with engine.connect() as connection:
        assert inspect(connection).get_table_names() == []
    engine.dispose()
    assert not exists(empty)  # a file that was opened and has a head, too
    upgrade(empty)
    assert exists(empty)


def test_the_migrations_lead_to_exactly_the_tables_of_the_program(address: str) -> None:
    engine = open_engine(address)
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(
                connection, opts={"version_table": VERSION_TABLE, "compare_server_default": True}
            )
            assert compare_metadata(context, Row.metadata) == []
            assert set(inspect(connection).get_table_names()) == {*Row.metadata.tables, VERSION_TABLE}
            assert constraints(connection) == expected_constraints()
    finally:
        engine.dispose()


def constraints(connection: Connection) -> dict[str, set[tuple[str, ...]]]:
    """The keys of each table in the database: Alembic compares neither primary keys nor a partial index's condition."""
    look = inspect(connection)
    return {
        table: {tuple(look.get_pk_constraint(table)["constrained_columns"])}
        | {("partial", *index) for index in partial_indexes(connection, table)}
        for table in Row.metadata.tables
    }


def partial_indexes(connection: Connection, table: str) -> list[tuple[str, ...]]:
    indexes = inspect(connection).get_indexes(table)
    return [
        (str(index["name"]),)
        for index in indexes
        if "kind" in str(index.get("dialect_options", {}).get(f"{connection.dialect.name}_where", ""))
    ]


def expected_constraints() -> dict[str, set[tuple[str, ...]]]:
    expected = {name: {tuple(table.primary_key.columns.keys())} for name, table in Row.metadata.tables.items()}
    expected["alert"].add(("partial", "uq_alert_one_new"))
    return expected


async def test_a_database_that_was_never_upgraded_says_so(empty: str) -> None:
    store = open_store(empty)
    with pytest.raises(StoreError, match="has not been set up") as caught:
        await store.counts()
    assert caught.value.mend == "run `riskbot db upgrade`"
    await store.close()


def test_a_database_of_another_program_is_left_alone(empty: str) -> None:
    in_database(empty, "CREATE TABLE invoice (id INTEGER)")
    with pytest.raises(InputError, match="belongs to another program: it holds a table 'invoice'"):
        upgrade(empty)
    engine = open_engine(empty)
    assert inspect(engine).get_table_names() == ["invoice"]
    engine.dispose()


def test_a_database_of_a_newer_riskbot_is_left_alone(address: str) -> None:
    in_database(address, f"UPDATE {VERSION_TABLE} SET version_num = '9999'")
    with pytest.raises(InputError, match="written by a newer riskbot: this one does not know its version 9999"):
        upgrade(address)


# ── addresses ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("", "is not a database address"),
        (f"not an address {SECRET}", "is not a database address"),
        (f"postgresql://user:{SECRET}@host:port/name", "is not a database address"),
        (f"mysql://user:{SECRET}@host/name", "cannot use a database of the kind 'mysql'"),
        (f"postgresql+asyncpg://user:{SECRET}@host/name", "cannot use a database of the kind 'postgresql+asyncpg'"),
        (f"postgresql://user:{SECRET}@host", "names no database"),
        ("sqlite://", "names a file"),
        ("sqlite:///:memory:", "names a file"),
        ("sqlite:///riskbot.db?mode=ro", "names a file"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_without_repeating_it(address: str, words: str) -> None:
    error = refusal(address)
    assert isinstance(error, InputError)
    assert words in str(error)
    assert error.mend
    assert SECRET not in f"{error} {error.mend} {error.__cause__}"


@pytest.mark.parametrize("host", ["127.0.0.1:1", "localhost:1", "no-such-host.invalid"])
def test_a_server_that_cannot_be_reached_is_named_without_the_password(host: str) -> None:
    error = refusal(f"postgresql+psycopg://user:{SECRET}@{host}/news?connect_timeout=5")
    assert isinstance(error, StoreError)
    assert str(error).startswith(f"the database news at {host} cannot be reached: ")
    assert len(str(error).splitlines()) == 1
    assert "RISKBOT_DATABASE_URL" in error.mend
    assert SECRET not in f"{error} {error.mend} {error.__cause__}"


def test_a_database_the_server_does_not_have_is_named(empty_postgresql: str) -> None:
    error = refusal(empty_postgresql.replace("riskbot_test_", "nobody_"))
    assert isinstance(error, StoreError)
    assert "does not exist" in str(error)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    error = refusal(f"sqlite:///{tmp_path}/nowhere/riskbot.db")
    assert isinstance(error, InputError)
    assert f"the folder {tmp_path}/nowhere" in str(error)
    assert not (tmp_path / "nowhere").exists()


def test_a_folder_in_place_of_a_file_is_named(tmp_path: Path) -> None:
    error = refusal(f"sqlite:///{tmp_path}")
    assert isinstance(error, InputError)
    assert str(error) == f"the database {tmp_path} is a folder"


def test_a_file_that_is_no_database_is_named_and_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("Not a database at all, but a text of some length.\n" * 100)
    before = file.read_bytes()
    for attempt in (open_store, upgrade):
        with pytest.raises(InputError, match=r"notes\.txt is a file, but not a database"):
            attempt(f"sqlite:///{file}")
    assert file.read_bytes() == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_to_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        error = refusal(f"sqlite:///{tmp_path}/riskbot.db")
    finally:
        tmp_path.chmod(0o700)
    assert isinstance(error, InputError)
    assert "may not be written to" in str(error)


# ── an open store ────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_closed_store_says_that_it_is_closed(address: str) -> None:
    store = open_store(address)
    await store.close()
    await store.close()
    with pytest.raises(RiskbotError, match="after it was closed"):
        await store.counts()


async def test_a_damaged_database_is_one_plain_error(upgraded_sqlite: str) -> None:
    store = open_store(upgraded_sqlite)
    in_database(upgraded_sqlite, "DROP TABLE feed")
    with pytest.raises(StoreError, match="has not been set up"):
        await store.claim_feeds(NOW, NOW - NOW, 1)
    await store.close()


END_ALL_OTHERS = """
    SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


async def test_a_connection_that_the_server_ended_is_made_again(upgraded_postgresql: str) -> None:
    store = open_store(upgraded_postgresql)
    await store.sync_feeds([feed("a")], NOW)
    in_database(upgraded_postgresql, END_ALL_OTHERS)
    assert set((await store.counts()).feeds) == {"a"}
    await store.close()


async def test_a_connection_lost_in_the_middle_of_a_write_loses_all_of_it_and_says_so(upgraded_postgresql: str) -> None:
    store = open_store(upgraded_postgresql)

    def work(transaction: Transaction) -> None:
        transaction.add_article(reading(), 1)
        in_database(upgraded_postgresql, END_ALL_OTHERS)
        transaction.add_article(reading(article("Second")), 1)

    with pytest.raises(StoreError, match=r"the connection to the database .* was lost"):
        await store.write(work)
    assert (await store.counts()).articles == 0
    await store.close()


def test_sqlite_is_opened_to_lose_nothing(upgraded_sqlite: str) -> None:
    engine = open_engine(upgraded_sqlite)
    with engine.connect() as connection:
        names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        settings = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names}
    engine.dispose()
    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}


def test_a_write_holds_the_lock_from_its_beginning(upgraded_sqlite: str) -> None:
    """Another writer is refused although the first has only looked so far."""
    engine = open_engine(upgraded_sqlite)
    other = sqlite3.connect(upgraded_sqlite.removeprefix("sqlite:///"), timeout=0, isolation_level=None)
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT count(*) FROM feed"))
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                other.execute("BEGIN IMMEDIATE")
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
    finally:
        other.close()
        engine.dispose()
