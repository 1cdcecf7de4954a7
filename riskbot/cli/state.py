"""`riskbot status`: feeds, rules, outbox and ticks at a glance.

What always holds: the rules told of are those in force where riskbot runs, as the database knows them; those of the
files only where riskbot has never run. Rule files that are broken stop it, unless riskbot runs and has refused them.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from riskbot.app import clock, has_database, load, open_stored
from riskbot.cli.console import out, print_json
from riskbot.errors import InputError
from riskbot.model import RulesState
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
        _, ticks, _ = asyncio.run(_read(settings, database))
        stale = _stale(ticks.get("poll"), settings)
        out.print(stale or "The ticks run.")
        raise typer.Exit(1 if stale else 0)
    try:
        loaded = load(settings, rules)  # before the database, which is set up when it is opened
    except InputError as broken:
        if not has_database(settings, database):
            raise
        counts, ticks, in_force = asyncio.run(_read(settings, database))
        if in_force is None or in_force.refused is None:  # the next start would fail
            raise broken from None
        numbers = (in_force.rules, in_force.companies)
    else:
        counts, ticks, in_force = asyncio.run(_read(settings, database))
        rule_set = loaded.rule_set
        files_say = (len(rule_set.rules), len(rule_set.companies))
        numbers = (in_force.rules, in_force.companies) if in_force else files_say
    stale = _stale(ticks.get("poll"), settings)
    failing = {name: state for name, state in counts.feeds.items() if state.failures}
    needs = [f"{counts.parked} message(s) parked"] if counts.parked else []
    needs += [f"feed {name}: {state.error}" for name, state in failing.items()]
    if in_force:
        needs += [in_force.refused] if in_force.refused else []
        needs += [f"rule {rule} is switched off: {why}" for rule, why in in_force.switched_off.items()]
    if as_json:
        print_json(
            {
                "rules": numbers[0],
                "companies": numbers[1],
                "rules_live": _form(in_force),
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
            ("rules", f"{numbers[0]} for {numbers[1]} companies"),
            ("in force", _since(in_force)),
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


def _since(in_force: RulesState | None) -> str:
    if in_force is None:
        return "nowhere yet"
    kept = "; an edit is refused" if in_force.refused else ""
    return f"since {in_force.live_since:%Y-%m-%d %H:%M:%S} UTC, hash {in_force.hash[:12]}{kept}"


def _form(state: RulesState | None) -> dict[str, object] | None:
    if state is None:
        return None
    return {
        "hash": state.hash,
        "live_since": state.live_since,
        "refused": state.refused,
        "refused_at": state.refused_at,
        "switched_off": dict(state.switched_off),
    }


async def _read(settings: Settings, database: str | None) -> tuple[Counts, dict[str, datetime], RulesState | None]:
    async with open_stored(settings, database) as store:
        return await store.counts(), dict(await store.ticks()), await store.rules_state()


def _stale(last: datetime | None, settings: Settings) -> str | None:
    if last is None:
        return "riskbot has not run on this database yet"
    age = clock() - last
    longest = max(settings.poll_interval * STALE_TICKS, timedelta(minutes=2))
    return f"the last tick was {age.total_seconds():.0f} seconds ago" if age > longest else None
