"""How a migration meets its database: on the connection and in the transaction that `upgrade.py` holds.

Run by Alembic, never imported. Deliberately absent: migrating from a configuration file, and writing SQL scripts.
"""

from __future__ import annotations

from alembic import context

from riskbot.store import reading_tables, story_tables, ticks
from riskbot.store.base import Row

TABLES = (reading_tables, story_tables, ticks)  # imported so that the metadata is whole

attributes = context.config.attributes
context.configure(
    connection=attributes["connection"],
    target_metadata=Row.metadata,
    version_table=attributes["version_table"],
    transactional_ddl=True,  # also on SQLite: our own BEGIN holds the whole upgrade
    render_as_batch=True,  # SQLite alters a table by copying it
)
with context.begin_transaction():
    context.run_migrations()
