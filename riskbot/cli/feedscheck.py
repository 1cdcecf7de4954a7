"""`riskbot feeds check`: every feed asked once, live, without recording anything."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from riskbot.cli.console import err, out, print_json
from riskbot.cli.feedsview import chosen, indented, lasting
from riskbot.errors import FetchError
from riskbot.feeds.failures import shown
from riskbot.feeds.fetcher import FeedFetcher
from riskbot.judging import clock, load, think
from riskbot.model import Feed, FeedState
from riskbot.policy.alerting import Policy
from riskbot.policy.health import kind
from riskbot.policy.heartbeat import counted
from riskbot.settings import Settings, load_settings
from riskbot.usecases.feedlist import Checked, checked, checked_form


def check(
    names: Annotated[list[str] | None, typer.Argument(help="Names of feeds; default: all.")] = None,
    rules: Annotated[Path | None, typer.Option("--rules", help="Folder of rule files.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Fetch every feed once and say what it holds or why it cannot be read; exit status 1 if one cannot."""
    settings = load_settings()
    loaded = load(settings, rules)
    feeds = chosen(loaded.feeds, names or [])
    found = asyncio.run(_check(feeds, settings, think(settings, loaded).policy))
    if as_json:
        print_json([checked_form(each) for each in found])
    else:
        out.print(_table(found, clock()))
        for each in found:
            _explain(each)
    failed = sum(each.error is not None for each in found)
    if failed:
        raise FetchError(
            "check-failed", f"{failed} of {counted(len(found), 'feed')} cannot be read", "see each feed's reason above"
        )


async def _check(feeds: list[Feed], settings: Settings, policy: Policy) -> list[Checked]:
    async with FeedFetcher(clock, settings.contact, settings.bounds()) as fetcher:
        with Progress(console=err, transient=True, disable=not err.is_terminal) as progress:
            task = progress.add_task("feeds", total=len(feeds))

            async def one(feed: Feed) -> Checked:
                try:
                    return checked(feed, await fetcher.poll(feed, FeedState(feed.name)), policy, clock())
                except FetchError as error:
                    return checked(feed, error, policy, clock())
                finally:
                    progress.advance(task)

            return list(await asyncio.gather(*(one(feed) for feed in feeds)))


def _table(found: list[Checked], now: datetime) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    table.add_column("feed", overflow="fold")
    table.add_column("entries", justify="right")
    table.add_column("newest", no_wrap=True)
    table.add_column("problem", no_wrap=True)
    for each in found:
        newest = f"{lasting(now - each.newest)} old" if each.newest and each.newest <= now else "-"
        problem = Text(each.error.reason, "red") if each.error else Text(kind(each.why) or "", "yellow")
        if each.moved_to:
            problem.append(", moved" if problem else "moved", "yellow")
        table.add_row(Text(each.feed.name), "-" if each.entries is None else f"{each.entries:,}", newest, problem)
    return table


def _explain(each: Checked) -> None:
    """What the table has no room for, one line each, so that addresses can be copied."""
    said = [(str(each.error), "red"), (each.error.mend, "green")] if each.error else [(each.why or "", "yellow")]
    said += [(f"it moved to {shown(each.moved_to)}", "yellow")] if each.moved_to else []
    if any(line for line, _ in said):
        out.print(Text(each.feed.name, "bold"), soft_wrap=True)
    for line, style in said:
        if line:
            out.print(indented(line, style), soft_wrap=True)
