"""The root of the command line: its verbs, and what becomes of errors.

Exit status: 0 done, 1 the work failed, 2 the input or the configuration is wrong.
"""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from riskbot import __version__
from riskbot.cli.console import err, tell_error
from riskbot.cli.verbs import LateGroup
from riskbot.errors import RiskbotError

app = typer.Typer(
    name="riskbot",
    cls=LateGroup,
    help="Watches news feeds for companies in geopolitical trouble and tells Slack once per story.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


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
    """Run the command line and exit. What concerns the words of the call Typer tells by itself, with status 2."""
    try:
        try:
            app()
        finally:
            sys.stdout.flush()  # a reader who has left is met here, and not by the interpreter as it ends
    except RiskbotError as error:
        tell_error(error)
        raise SystemExit(error.exit_status) from None
    except BrokenPipeError:  # whoever read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None
    except Exception as error:
        # The last resort: no traceback for people, unless they ask for it.
        if os.environ.get("RISKBOT_LOG_LEVEL") == "debug":
            raise
        told = f"error: {type(error).__name__}: {error}\n  this is a defect of riskbot; "
        err.print(told + "RISKBOT_LOG_LEVEL=debug shows where it happened", markup=False, soft_wrap=True)
        raise SystemExit(1) from None
