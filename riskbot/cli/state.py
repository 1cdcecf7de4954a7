"""`riskbot status`: feeds, rules, outbox and ticks at a glance."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from riskbot.app import clock, load, open_stored
from riskbot.cli.console import out, print_json
from riskbot.ports import Counts
from riskbot.settings import Settings, load_settings

STALE_TICKS = 8  # so many ticks without one means that the scheduler stands still


def status(
    live: Annotated[bool, typer.Option("--live", help="Ask only whether the ticks still run.")] = False,
    rules: Annotated[Path | None, typer.Option("--rules", help="Folder of rule files.")] = None,
    database: Annotated[str | None, typer.Option("--database", help="Database address.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """How riskbot is; exit status 1 if something needs a person."""
    settings = load_settings()
    if live:
        _, ticks = asyncio.run(_read(settings, database))
        stale = _stale(ticks.get("poll"), settings)
        out.print(stale or "The ticks run.")
        raise typer.Exit(1 if stale else 0)
    loaded = load(settings, rules)  # before the database, which is set up when it is opened
    counts, ticks = asyncio.run(_read(settings, database))
    stale = _stale(ticks.get("poll"), settings)
    failing = {name: state for name, state in counts.feeds.items() if state.failures}
    needs = [f"{counts.parked} message(s) parked"] if counts.parked else []
    needs += [f"feed {name}: {state.error}" for name, state in failing.items()]
    if as_json:
        print_json(
            {
                "rules": len(loaded.rule_set.rules),
                "companies": len(loaded.rule_set.companies),
                "feeds": len(counts.feeds),
                "failing": {name: state.error for name, state in failing.items()},
                "articles": counts.articles,
                "hits": counts.hits,
                "stories": counts.stories,
                "alerts": counts.alerts,
                "owed": counts.owed,
                "parked": counts.parked,
                "last_tick": ticks.get("poll"),
                "needs_a_person": needs,
            }
        )
    else:
        table = Table(show_header=False, box=None)
        for name, value in (
            ("rules", f"{len(loaded.rule_set.rules)} for {len(loaded.rule_set.companies)} companies"),
            ("feeds", f"{len(counts.feeds)}, {len(failing)} failing"),
            ("kept", f"{counts.articles} articles, {counts.hits} hits, {counts.stories} stories"),
            ("told", f"{counts.alerts} alerts, {counts.owed} owed, {counts.parked} parked"),
            ("ticks", stale or f"last at {ticks['poll']:%Y-%m-%d %H:%M:%S} UTC"),
        ):
            table.add_row(Text(name, style="bold"), Text(value))
        out.print(table)
        for need in needs:
            out.print(Text(f"needs a person: {need}", style="red"), soft_wrap=True)
    if needs:
        raise typer.Exit(1)


async def _read(settings: Settings, database: str | None) -> tuple[Counts, dict[str, datetime]]:
    async with open_stored(settings, database) as store:
        return await store.counts(), dict(await store.ticks())


def _stale(last: datetime | None, settings: Settings) -> str | None:
    if last is None:
        return "riskbot has not run on this database yet"
    age = clock() - last
    longest = max(settings.poll_interval * STALE_TICKS, timedelta(minutes=2))
    return f"the last tick was {age.total_seconds():.0f} seconds ago" if age > longest else None
