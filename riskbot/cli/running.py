"""`riskbot run` and `riskbot poll`: watching for good, and one round of it."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from riskbot.app import open_app, secrets, slack_notifier, webhook_notifier
from riskbot.cli.console import err, out, print_json
from riskbot.cli.slackview import show
from riskbot.errors import FetchError
from riskbot.judging import require_feeds
from riskbot.log import get_logger, set_up_logging
from riskbot.pipeline import PollReport
from riskbot.ports import Notifier
from riskbot.scheduler import Runner
from riskbot.scheduler import run as run_scheduler
from riskbot.settings import Settings, load_settings
from riskbot.slack.recorder import RecordingNotifier
from riskbot.slack.webhook import LABEL

Rules = Annotated[Path | None, typer.Option("--rules", help="Folder of rule files.")]
Database = Annotated[str | None, typer.Option("--database", help="Database address.")]


def run(rules: Rules = None, database: Database = None) -> None:
    """Watch: poll, match, record and alert until stopped."""
    settings = _start()
    asyncio.run(_run(settings, rules, database))


async def _run(settings: Settings, rules: Path | None, database: str | None) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows has no such handlers; Ctrl-C interrupts there
            loop.add_signal_handler(number, stop.set)
    async with open_app(settings, notifier=_notifier(settings), rules=rules, database=database) as app:
        _say_where(settings)
        require_feeds(app.loaded)
        await run_scheduler(app, stop)


def poll(
    every: Annotated[bool, typer.Option("--all", help="Poll every feed, not only those that are due.")] = False,
    rules: Rules = None,
    database: Database = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """One round: poll the feeds that are due, tell what is new."""
    settings = _start()
    reports = asyncio.run(_poll(settings, rules, database, every=every, quiet=as_json))
    if as_json:
        print_json([_form(report) for report in reports])
    elif reports:
        out.print(_table(reports))
    else:
        out.print("No feed is due. `riskbot poll --all` polls them all the same.")
    if reports and all(report.failed for report in reports):
        several = len(reports) > 1
        what = f"none of {len(reports)} feeds could be polled" if several else "the one feed could not be polled"
        raise FetchError("all-failed", what, "see each feed's reason above" if several else "see its reason above")


async def _poll(
    settings: Settings, rules: Path | None, database: str | None, *, every: bool, quiet: bool
) -> list[PollReport]:
    async with open_app(settings, notifier=_notifier(settings, quiet=quiet), rules=rules, database=database) as app:
        _say_where(settings)
        return await Runner(app).round(due_only=not every)


def _start() -> Settings:
    settings = load_settings()
    set_up_logging(settings.log_level, secrets(settings))
    return settings


def _notifier(settings: Settings, *, quiet: bool = False) -> Notifier:
    """Slack where a token or a webhook is set; else the messages are printed as Slack would show them."""
    posting = slack_notifier(settings, interactive=True) or webhook_notifier(settings)
    return posting or RecordingNotifier(None if quiet else lambda payload: show(payload, out))


def _say_where(settings: Settings) -> None:
    """Only once everything else is right: beside an error it would be noise."""
    if settings.slack_bot_token is None and settings.slack_webhook_url is not None:
        get_logger().warning("messages go out at least once", how=LABEL)
    elif settings.slack_bot_token is None:
        err.print("No RISKBOT_SLACK_BOT_TOKEN: messages are printed here instead of posted.", style="yellow")


def _table(reports: list[PollReport]) -> Table:
    table = Table("feed", "entries", "new", "hits", "alerts", "problem")
    for report in reports:
        problem = Text(str(report.failed), style="red") if report.failed else Text("")
        table.add_row(
            Text(report.feed), str(report.entries), str(report.new), str(report.hits), str(report.told), problem
        )
    return table


def _form(report: PollReport) -> dict[str, object]:
    return {
        "feed": report.feed,
        "entries": report.entries,
        "new": report.new,
        "edited": report.edited,
        "hits": report.hits,
        "alerts": report.told,
        "error": str(report.failed) if report.failed else None,
    }
