"""The database: SQLModel tables, Alembic migrations, and the Store port over SQLite or PostgreSQL.

`open_store` and `upgrade` are all the rest of riskbot sees; rows become frozen values before they leave this room.
"""

from riskbot.store.store import SqlStore, open_store
from riskbot.store.upgrade import upgrade

__all__ = ["SqlStore", "open_store", "upgrade"]
