"""`riskbot feeds list`: every feed of the rule files, how it fares, and why it is unhealthy."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from riskbot.cli.console import out, print_json
from riskbot.cli.feedsview import ago, indented, lasting
from riskbot.feeds.failures import shown
from riskbot.judging import clock, load, think
from riskbot.model import FeedState
from riskbot.settings import Settings, load_settings
from riskbot.stored import has_database, open_stored
from riskbot.usecases.feedlist import Listed, feed_form, listed


def list_feeds(
    rules: Annotated[Path | None, typer.Option("--rules", help="Folder of rule files.")] = None,
    database: Annotated[str | None, typer.Option("--database", help="Database address.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Every feed: when it was read, what it brings and how often, and why it is unhealthy."""
    settings = load_settings()
    loaded = load(settings, rules)
    states = asyncio.run(_states(settings, database)) if has_database(settings, database) else {}
    now = clock()
    feeds = listed(loaded.feeds, states, think(settings, loaded).policy, now)
    if as_json:
        print_json([feed_form(each) for each in feeds])
        return
    for each in feeds:
        for line in _lines(each, now):
            out.print(line, soft_wrap=True)
    out.print(_sum(feeds))


async def _states(settings: Settings, database: str | None) -> Mapping[str, FeedState]:
    async with open_stored(settings, database) as store:
        return (await store.counts()).feeds


def _lines(each: Listed, now: datetime) -> Iterator[Text]:
    feed, state = each.feed, each.state
    yield Text(feed.name, style="bold red" if each.why else "bold")
    yield indented(shown(feed.url), "dim")
    if state.moved_to:
        yield indented(f"moved to {shown(state.moved_to)}")
    if state.polled_at is None:
        yield indented("never polled")
        return
    if state.gone_at:
        yield indented(f"gone since {state.gone_at:%Y-%m-%d %H:%M} UTC")
    every = f", every {lasting(each.interval)}" if each.interval else ""
    due = f", due {_due(state.due_at, now)}" if state.due_at and not state.gone_at else ""
    read = f"last read {ago(state.succeeded_at, now)}" if state.succeeded_at else "never read"
    yield indented(f"{read}{every}{due}")
    if state.succeeded_at:
        newest = state.newest_at and min(state.newest_at, now)
        age = f", its newest is {lasting(now - newest)} old" if newest else ""
        yield indented(f"last new entry {ago(state.new_at, now)}{age}{_pace(each)}")
    if state.whole:
        why = f": {state.whole_why}" if state.whole_why else ""
        yield indented(f"parsed whole {state.whole} of {state.parses}{why}")
    said = each.why and (state.gone_at or (state.error and state.error in each.why))  # what ails it says the same
    if state.failures and not said:
        polls = "1 poll" if state.failures == 1 else f"{state.failures} polls in a row"
        yield indented(f"{polls} failed: {state.error}", "yellow")
    if each.why:
        yield indented(f"unhealthy: {each.why}", "red")


def _due(at: datetime, now: datetime) -> str:
    return ago(at, now) if at > now else "now"


def _pace(each: Listed) -> str:
    median = f"; one every {lasting(each.median)}" if each.median is not None else ""
    if each.per_day is None:
        return median
    number = "fewer than 0.1" if each.per_day < 0.1 else f"{each.per_day:.{0 if each.per_day >= 10 else 1}f}"
    return f"{median}{',' if median else ';'} {number} a day"


def _sum(feeds: list[Listed]) -> str:
    told = [f"{len(feeds)} feed{'s' * (len(feeds) != 1)}"]
    if ill := sum(each.why is not None for each in feeds):
        told.append(f"{ill} unhealthy")
    if never := sum(each.state.polled_at is None for each in feeds):
        told.append(f"{never} never polled")
    return ", ".join(told)
