"""Bring a database's tables to what this version of riskbot expects.

What always holds: an upgrade is one transaction, and upgrades of one database wait for each other, so it may be run
twice and by several processes at once. A database that holds anything but riskbot's tables is left alone. This file
alone drives Alembic, without its configuration file; the steps stand in `migrations/versions/`.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from riskbot.errors import InputError
from riskbot.store.engine import name_of, open_engine, parse, reading, take_turn
from riskbot.store.refusals import SETTING, in_sentences

VERSION_TABLE = "riskbot_version"  # not Alembic's usual name: another program's is never taken for ours


def upgrade(url: str) -> None:
    """Bring the database to this version's tables; nothing happens when it is there already.

    Raises what `open_store` raises, and InputError for a database that a newer riskbot wrote or another program owns.
    """
    engine = open_engine(url)
    try:
        with in_sentences(name_of(engine.url)), engine.begin() as connection:
            take_turn(connection)
            _upgrade(connection)
    finally:
        engine.dispose()


def exists(url: str) -> bool:
    """Whether there is anything to look into; false for a file that is not there and a database without a table.

    Makes nothing. Raises what `open_store` raises.
    """
    address = parse(url)
    if address.get_backend_name() == "sqlite":
        file = Path(str(address.database))
        if not file.is_file() or not file.stat().st_size:  # opening an empty file would write its head
            return False
    engine = open_engine(url)
    try:
        with in_sentences(name_of(engine.url)), reading(engine).connect() as connection:
            return bool(inspect(connection).get_table_names())
    finally:
        engine.dispose()


def steps(connection: Connection) -> Config:
    """The way from any version to any other, as Alembic's commands take it: on this connection, in its transaction."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    config.attributes["version_table"] = VERSION_TABLE
    return config


def _upgrade(connection: Connection) -> None:
    config = steps(connection)
    known = ScriptDirectory.from_config(config).walk_revisions()
    _refuse_strangers(connection, {step.revision for step in known})
    command.upgrade(config, "head")


def _refuse_strangers(connection: Connection, known: set[str]) -> None:
    """Raise InputError unless the database is empty or ours, and not from the future."""
    name = name_of(connection.engine.url)
    tables = set(inspect(connection).get_table_names())
    if tables and VERSION_TABLE not in tables:
        raise InputError(
            f"{name} belongs to another program: it holds a table {min(tables)!r} and none of riskbot's",
            f"name an empty database, or a file that does not exist yet, in {SETTING}",
        )
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    if ahead := set(context.get_current_heads()) - known:
        raise InputError(
            f"{name} was written by a newer riskbot: this one does not know its version {min(ahead)}",
            f"install that riskbot again, or name another database in {SETTING}",
        )
