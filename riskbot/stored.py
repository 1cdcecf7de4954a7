"""The database alone, for faces that only look: without network, and without Slack.

What always holds: what is opened here is up to date, and is closed here.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from riskbot.ports import Store
from riskbot.settings import Settings
from riskbot.store.store import open_store
from riskbot.store.upgrade import exists, upgrade


def has_database(settings: Settings, database: str | None = None) -> bool:
    """Whether there may be something to look into, without setting it up. Raises InputError for a bad address."""
    return exists(_address(settings, database))


@asynccontextmanager
async def open_stored(settings: Settings, database: str | None = None) -> AsyncIterator[Store]:
    """The database alone, up to date, for faces that only look."""
    url = _address(settings, database)
    upgrade(url)
    store = open_store(url)
    try:
        yield store
    finally:
        await store.close()


def _address(settings: Settings, database: str | None) -> str:
    return settings.database_url.get_secret_value() if database is None else database
