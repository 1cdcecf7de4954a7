"""`riskbot status`: feeds, rules, outbox and ticks at a glance.

What always holds: the rules told of are those in force where riskbot runs, as the database knows them; those of the
files only where riskbot has never run. Rule files that are broken stop it, unless riskbot runs and has refused them.
A database that is not there is not made.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from riskbot.cli.console import out, print_json
from riskbot.errors import InputError
from riskbot.judging import clock, load, think
from riskbot.model import RulesState
from riskbot.policy.alerting import Policy
from riskbot.policy.health import span
from riskbot.policy.heartbeat import counted, lines
from riskbot.ports import Counts, Delay
from riskbot.rulefiles.load import Loaded
from riskbot.settings import Settings, load_settings
from riskbot.stored import has_database, open_stored
from riskbot.usecases.heartbeat import DAY, beat, tell
from riskbot.usecases.status import BEGIN, NEVER, Lag, Status, examine, standing_still, status_form, untouched


def status(
    live: Annotated[bool, typer.Option("--live", help="Ask only whether the ticks still run.")] = False,
    heartbeat: Annotated[
        bool, typer.Option("--heartbeat", help="Have the heartbeat told now; the running riskbot sends it.")
    ] = False,
    rules: Annotated[Path | None, typer.Option("--rules", help="Folder of rule files.")] = None,
    database: Annotated[str | None, typer.Option("--database", help="Database address.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """How riskbot is; exit status 1 if something needs a person."""
    settings = load_settings()
    if live:
        last = asyncio.run(_read(settings, database)).ticks.get("poll")
        still = standing_still(last, settings.poll_interval, clock())
        out.print(still or "The ticks run.")
        raise typer.Exit(1 if still else 0)
    if heartbeat:
        asyncio.run(_heartbeat(settings, rules, database))
        return
    found = _examine(settings, rules, database)
    if as_json:
        print_json(status_form(found))
    else:
        _print(found)
    if found.needs:
        raise typer.Exit(1)


@dataclass(frozen=True, slots=True)
class _Held:
    """What the database says; nothing where there is none."""

    exists: bool = False
    counts: Counts = field(default_factory=Counts)
    ticks: dict[str, datetime] = field(default_factory=dict)
    in_force: RulesState | None = None
    delays: Sequence[Delay] = ()


def _examine(settings: Settings, rules: Path | None, database: str | None) -> Status:
    loaded: Loaded | None = None
    try:
        loaded = load(settings, rules)  # before the database, which is brought up to date when it is opened
    except InputError:
        if not has_database(settings, database):
            raise
        held = asyncio.run(_read(settings, database))
        if held.in_force is None or held.in_force.refused is None:  # the next start would fail
            raise
    else:
        held = asyncio.run(_read(settings, database))
    return examine(
        files=(len(loaded.rule_set.rules), len(loaded.rule_set.companies)) if loaded else None,
        feeds=loaded.feeds if loaded else None,
        exists=held.exists,
        counts=held.counts,
        ticks=held.ticks,
        in_force=held.in_force,
        delays=held.delays,
        policy=think(settings, loaded).policy if loaded else Policy(),
        poll_interval=settings.poll_interval,
        now=clock(),
    )


async def _heartbeat(settings: Settings, rules: Path | None, database: str | None) -> None:
    """Owe a heartbeat of the last day, and show it."""
    if not has_database(settings, database):
        raise InputError(NEVER, BEGIN)
    loaded, now = load(settings, rules), clock()
    mind = think(settings, loaded)
    async with open_stored(settings, database) as store:
        if untouched(await store.counts(), await store.ticks(), await store.rules_state(), exists=True):
            raise InputError(NEVER, BEGIN)
        found = await beat(store, loaded.feeds, mind, now - DAY, now)
        await tell(store, found, mind.policy.ops_channel or settings.slack_channel, now)
    text, listed = lines(found)
    out.print(Text("\n  ".join([text, *listed])), soft_wrap=True)


async def _read(settings: Settings, database: str | None) -> _Held:
    if not has_database(settings, database):
        return _Held()
    async with open_stored(settings, database) as store:
        return _Held(
            True, await store.counts(), dict(await store.ticks()), await store.rules_state(), await store.delays()
        )


def _print(found: Status) -> None:
    counts = found.counts
    table = Table(show_header=False, box=None)
    for name, value in (
        ("rules", f"{found.rules} for {counted(found.companies, 'company', 'companies')}"),
        ("in force", _since(found.in_force)),
        ("feeds", _feeds(found)),
        ("kept", _kept(counts)),
        ("told", _told(counts)),
        *_delays(found.lags),
        ("ticks", _ticks(found)),
    ):
        table.add_row(Text(name, style="bold"), Text(value))
    out.print(table)
    needed = " ".join(found.needs)
    for name, why in found.unhealthy.items():
        if why not in needed:
            out.print(Text(f"unhealthy: feed {name}: {why}", style="yellow"), soft_wrap=True)
    for need in found.needs:
        out.print(Text(f"needs a person: {need}", style="red"), soft_wrap=True)


def _ticks(found: Status) -> str:
    if found.last_tick is None and found.in_force:  # by `riskbot poll`
        return "none: riskbot has only polled by hand here"
    if found.last_tick is None and found.counts.articles:
        return "none: articles were only replayed here"
    return found.stands_still or f"last at {found.last_tick:%Y-%m-%d %H:%M:%S} UTC"


def _feeds(found: Status) -> str:
    failing = sum(bool(state.failures) for state in found.counts.feeds.values())
    return f"{found.feeds}, {failing or 'none'} failing, {len(found.unhealthy) or 'none'} unhealthy"


def _kept(counts: Counts) -> str:
    articles, hits = counted(counts.articles, "article"), counted(counts.hits, "hit")
    return f"{articles}, {hits}, {counted(counts.stories, 'story', 'stories')}" if counts.articles else "nothing yet"


def _told(counts: Counts) -> str:
    if not (counts.alerts or counts.owed or counts.parked):
        return "nothing yet"
    return f"{counted(counts.alerts, 'alert')}, {counts.owed or 'nothing'} owed, {counts.parked or 'nothing'} parked"


def _delays(lags: Iterable[Lag]) -> Iterable[tuple[str, str]]:
    for lag in lags:
        if lag.median is not None:
            p95 = f", 95 % within {_took(lag.p95)}" if lag.p95 is not None else ""
            few = f" (of {counted(lag.articles, 'article')})"
            yield f"{lag.start} → {lag.end}", f"median {_took(lag.median)}{p95}{few}"


def _took(time: timedelta) -> str:
    seconds = time.total_seconds()
    if seconds < 0.05:
        return "under 0.1 s"
    return span(time) if seconds >= 120 else f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"


def _since(in_force: RulesState | None) -> str:
    if in_force is None:
        return "nowhere yet"
    kept = "; an edit is refused" if in_force.refused else ""
    return f"since {in_force.live_since:%Y-%m-%d %H:%M:%S} UTC, hash {in_force.hash[:12]}{kept}"
