"""The root of the command line: its verbs, and what becomes of errors.

Exit status: 0 done, 1 the work failed, 2 the input or the configuration is wrong.
"""

from __future__ import annotations

import os
import sys
from typing import Annotated

import click
import typer

from riskbot import __version__
from riskbot.cli import database, feeds, replaying, rules, running, state
from riskbot.cli.console import err, tell_error
from riskbot.errors import RiskbotError

app = typer.Typer(
    name="riskbot",
    help="Watches news feeds for companies in geopolitical trouble and tells Slack once per story.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("replay")(replaying.replay)
app.command("run")(running.run)
app.command("poll")(running.poll)
app.command("status")(state.status)
app.add_typer(rules.app, name="rules")
app.add_typer(feeds.app, name="feeds")
app.add_typer(database.app, name="db")


def _version(show: bool) -> None:
    if show:
        typer.echo(f"riskbot {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Watches news feeds for companies in geopolitical trouble and tells Slack once per story."""


def main() -> None:
    """Run the command line and exit."""
    try:
        status = app(standalone_mode=False)
    except RiskbotError as error:
        tell_error(error)
        status = error.exit_status
    except click.exceptions.Exit as stop:
        status = stop.exit_code
    except click.ClickException as error:
        error.show()
        status = error.exit_code
    except (KeyboardInterrupt, click.Abort):
        status = 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 1
    except Exception as error:  # the last resort: no traceback for people, unless they ask for it
        if os.environ.get("RISKBOT_LOG_LEVEL") == "debug":
            raise
        err.print(
            f"error: {type(error).__name__}: {error}\n  this is a defect of riskbot; "
            "RISKBOT_LOG_LEVEL=debug shows where it happened",
            markup=False,
        )
        status = 1
    raise SystemExit(status if isinstance(status, int) else 0)
