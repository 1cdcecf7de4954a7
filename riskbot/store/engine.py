"""Open a database by its address, set up as every transaction needs it.

What always holds on SQLite: write-ahead log, full synchronisation, foreign keys on, and transactions that begin when
we say so: a write takes the lock at its start (`BEGIN IMMEDIATE`), so it never fails half-way because it read first.
What always holds on PostgreSQL: writes wait for each other at one advisory lock, reads see one moment throughout.
Deliberately absent: a pool. A database has one connection, used by one thread.
"""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from riskbot.errors import InputError, StoreError
from riskbot.store.refusals import SETTING, first_line, in_sentences

BUSY = 30  # seconds that a write waits for another process before it gives up
LOCK = 0x7269736B  # the advisory lock's number ("risk"): any, so long as every riskbot uses the same
EXAMPLES = "write sqlite:///riskbot.db or postgresql://user:password@host/name"


def open_engine(address: str) -> Engine:
    """Connect to the database at `address`.

    Raises InputError for an address that is malformed, unsupported, or names no place for a database; StoreError
    when the server cannot be reached.
    """
    url = parse(address)
    engine = _sqlite(url) if url.get_backend_name() == "sqlite" else _postgresql(url)
    try:
        with in_sentences(name_of(url)), reading(engine).connect() as connection:
            connection.execute(text("SELECT count(*) FROM sqlite_master" if is_sqlite(engine) else "SELECT 1"))
    except BaseException:
        engine.dispose()
        raise
    return engine


def parse(address: str) -> URL:
    """The address, with the driver we use. Raises InputError, which never repeats it: it may hold a password."""
    try:
        url = make_url(address.strip())
    except (ArgumentError, ValueError):
        raise InputError(f"{SETTING} is not a database address", EXAMPLES) from None
    if url.drivername in ("sqlite", "sqlite+pysqlite"):
        _check_file(url)
        return url.set(drivername="sqlite+pysqlite")
    if url.drivername in ("postgres", "postgresql", "postgresql+psycopg"):
        if not url.database:
            raise InputError(f"{SETTING} names no database on its server", EXAMPLES)
        return url.set(drivername="postgresql+psycopg")
    raise InputError(f"riskbot cannot use a database of the kind {url.drivername!r}", EXAMPLES)


def name_of(url: URL) -> str:
    """The database as people know it, without user and password."""
    if url.get_backend_name() == "sqlite":
        return f"the database {url.database}"
    host = url.host or str(url.query.get("host", "this machine"))
    return f"the database {url.database} at {host}" + (f":{url.port}" if url.port else "")


def is_sqlite(engine: Engine) -> bool:
    """Which of the two it is."""
    return engine.dialect.name == "sqlite"


def reading(engine: Engine) -> Engine:
    """The same database for reading: one moment throughout, and no lock."""
    if is_sqlite(engine):
        return engine.execution_options(riskbot_reads=True)
    return engine.execution_options(isolation_level="REPEATABLE READ")


def take_turn(connection: Connection) -> None:
    """Wait until no other process writes; held to the end of the transaction. SQLite did so when it began."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SET LOCAL lock_timeout = '{BUSY}s'"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})


# ── SQLite ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _check_file(url: URL) -> None:
    """Say what is wrong with the file's place before SQLite says only "unable to open"."""
    if not url.database or url.database == ":memory:" or url.database.startswith("file:") or url.query:
        raise InputError("an SQLite address names a file, and nothing else", "write sqlite:///riskbot.db")
    file = Path(url.database)
    if file.is_dir():
        raise InputError(f"the database {file} is a folder", f"name a file in {SETTING}")
    if not file.parent.is_dir():
        raise InputError(
            f"the folder {file.parent} of the database {file.name} does not exist",
            f"create it, or name another in {SETTING}",
        )
    # The folder too: the write-ahead log stands beside the file.
    closed = next((p for p in (file, file.parent) if p.exists() and not os.access(p, os.W_OK)), None)
    if closed:
        raise InputError(
            f"the database {file} cannot be used: {closed} may not be written to",
            f"give yourself the right to write there, or name another place in {SETTING}",
        )


def _sqlite(url: URL) -> Engine:
    if sqlite3.sqlite_version_info < (3, 35):  # UPDATE … RETURNING
        raise StoreError(
            f"this Python brings SQLite {sqlite3.sqlite_version}, and riskbot needs 3.35 or newer",
            "use a newer Python, or a PostgreSQL database",
        )
    engine = create_engine(
        url,
        pool_size=1,
        max_overflow=0,
        hide_parameters=True,
        connect_args={"timeout": BUSY, "check_same_thread": False},
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: sqlite3.Connection, record: Any) -> None:
    """Once for each connection. Without an isolation level of its own, sqlite3 leaves BEGIN to us."""
    connection.isolation_level = None
    _write_ahead(connection)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch the file to its write-ahead log; SQLite does not wait by itself when another process does the same."""
    for tries_left in range(BUSY * 20, -1, -1):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or not tries_left:
                raise
            time.sleep(0.05)


def _begin(connection: Connection) -> None:
    reads = connection.get_execution_options().get("riskbot_reads", False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


# ── PostgreSQL ───────────────────────────────────────────────────────────────────────────────────────────────────


def _postgresql(url: URL) -> Engine:
    try:
        engine = create_engine(
            url,
            pool_size=1,
            max_overflow=0,
            pool_pre_ping=True,  # a server that was restarted is found again
            hide_parameters=True,
            connect_args={} if "connect_timeout" in url.query else {"connect_timeout": 10},
        )
    except ModuleNotFoundError:
        raise InputError(
            "the driver for PostgreSQL is not installed", "run `pip install 'riskbot[postgres]'`"
        ) from None
    try:
        engine.connect().close()
    except SQLAlchemyError as error:
        engine.dispose()
        why = first_line(error).removeprefix("connection failed: ")
        raise StoreError(
            f"{name_of(url)} cannot be reached: {why}", f"check that the server runs, and {SETTING}"
        ) from None
    return engine
