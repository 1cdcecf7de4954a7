"""`riskbot db`: the database."""

from __future__ import annotations

from typing import Annotated

import typer

from riskbot.cli.console import out
from riskbot.settings import load_settings
from riskbot.store.upgrade import upgrade as upgrade_database

app = typer.Typer(help="The database.", no_args_is_help=True)


@app.callback()
def root() -> None:
    """The database."""


@app.command()
def upgrade(
    database: Annotated[str | None, typer.Option("--database", help="Database address.")] = None,
) -> None:
    """Bring the database up to date. `run`, `poll` and `replay` do so by themselves."""
    address = load_settings().database_url.get_secret_value() if database is None else database
    upgrade_database(address)
    out.print("The database is up to date.")
