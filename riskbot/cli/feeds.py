"""`riskbot feeds`: look at feeds without recording anything."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from riskbot.app import clock, load
from riskbot.cli.console import err, out, print_json
from riskbot.errors import FetchError, InputError
from riskbot.feeds.fetcher import FeedFetcher
from riskbot.model import Feed, FeedState
from riskbot.settings import load_settings

app = typer.Typer(help="Look at feeds.", no_args_is_help=True)
Row = tuple[Feed, int, str | None]  # the feed, its entries, why it failed


@app.command()
def check(
    names: Annotated[list[str] | None, typer.Argument(help="Names of feeds; default: all.")] = None,
    rules: Annotated[Path | None, typer.Option("--rules", help="Folder of rule files.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Fetch every feed once and say what it holds or why it cannot be read."""
    settings = load_settings()
    feeds = _chosen(load(settings, rules).feeds, names or [])
    rows = asyncio.run(_check(feeds, settings.contact))
    if as_json:
        print_json([{"feed": feed.name, "url": feed.url, "entries": n, "error": error} for feed, n, error in rows])
    else:
        table = Table("feed", "entries", "problem")
        for feed, count, error in rows:
            table.add_row(Text(feed.name), str(count), Text(error or "", style="red"))
        out.print(table)
    failed = sum(error is not None for _, _, error in rows)
    if failed:
        raise FetchError(
            "check-failed", f"{failed} of {len(rows)} feeds cannot be read", "see each feed's reason above"
        )


def _chosen(feeds: tuple[Feed, ...], names: list[str]) -> list[Feed]:
    known = {feed.name: feed for feed in feeds}
    for name in names:
        if name not in known:
            raise InputError(f"no feed {name!r}", f"known are {', '.join(sorted(known)) or 'none'}")
    return [known[name] for name in names] if names else list(feeds)


async def _check(feeds: list[Feed], contact: str) -> list[Row]:
    async with FeedFetcher(clock, contact) as fetcher:
        with Progress(console=err, transient=True) as progress:
            task = progress.add_task("feeds", total=len(feeds))

            async def one(feed: Feed) -> Row:
                try:
                    polled = await fetcher.poll(feed, FeedState(feed.name))
                    return feed, len(polled.entries), None
                except FetchError as error:
                    return feed, 0, str(error)
                finally:
                    progress.advance(task)

            return list(await asyncio.gather(*(one(feed) for feed in feeds)))
