"""`riskbot silences`: which there are, a new one, and the end of one."""

from __future__ import annotations

import asyncio
import getpass
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.text import Text

from riskbot.cli.console import out, print_json, tell_doubt
from riskbot.cli.feedsview import indented
from riskbot.errors import InputError
from riskbot.judging import clock, load
from riskbot.model.calm import Silence
from riskbot.policy.silences import KEYS, words
from riskbot.ports import Store
from riskbot.settings import load_settings
from riskbot.stored import has_database, open_stored
from riskbot.text.durations import parse_duration
from riskbot.usecases.silences import (
    add_silence,
    doubts,
    end_silence,
    list_silences,
    outlet_names,
    silence_form,
    state,
)

T = TypeVar("T")
app = typer.Typer(help="Mute what is not to be told for a while; it is recorded all the same.", no_args_is_help=True)

Database = Annotated[str | None, typer.Option("--database", help="Database address.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Author = Annotated[str, typer.Option("--author", help="Who wants it; your login name when absent.")]


def _matcher(what: str, example: str) -> typer.models.OptionInfo:
    found: typer.models.OptionInfo = typer.Option(f"--{what}", help=f"{example}; may be given several times.")
    return found


@app.command("list")
def list_(
    everything: Annotated[bool, typer.Option("--all", help="Those that are over, too.")] = False,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Silences that hold or will, the newest first, with what each held back so far."""
    now, settings = clock(), load_settings()
    found: list[Silence] = []
    if has_database(settings, database):
        found = _run(database, lambda store: list_silences(store, now, everything=everything))
    if as_json:
        print_json([silence_form(each, now) for each in found])
        return
    for each in found:
        _show(each, now)
    out.print(f"{len(found)} silence{'s' * (len(found) != 1)}" if found else "no silence")


@app.command("add")
def add(
    rule: Annotated[list[str] | None, _matcher("rule", "A rule's id or title")] = None,
    company: Annotated[list[str] | None, _matcher("company", "A company's id or name")] = None,
    topic: Annotated[list[str] | None, _matcher("topic", "A topic's id")] = None,
    outlet: Annotated[list[str] | None, _matcher("outlet", "An outlet's name")] = None,
    story: Annotated[list[str] | None, _matcher("story", "A story's id")] = None,
    level: Annotated[list[str] | None, _matcher("level", "low, medium, high or critical")] = None,
    lasts: Annotated[str, typer.Option("--for", help="How long: 30m, 4h, 2d.")] = "",
    until: Annotated[str, typer.Option("--until", help="Instead: 2026-02-01 or 2026-02-01T08:00+01:00.")] = "",
    material: Annotated[
        bool, typer.Option("--until-material", help="Or sooner: until the first material news of a story.")
    ] = False,
    starts: Annotated[str, typer.Option("--starts", help="When it begins; now when absent.")] = "",
    comment: Annotated[str, typer.Option("--comment", help="Why; shown wherever the silence is.")] = "",
    author: Author = "",
    rules: Annotated[Path | None, typer.Option("--rules", help="Folder of rule files.")] = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Mute what all the given options name; `*` at the end of a name stands for every ending."""
    now, settings = clock(), load_settings()
    begins = _moment(starts, "--starts") if starts else now
    if lasts and until:
        raise InputError("both --for and --until say when the silence ends", "give one of them")
    ends = begins + _duration(lasts) if lasts else _moment(until, "--until") if until else None
    given = dict(zip(KEYS, (rule, company, topic, outlet, story, level), strict=True))
    silence = Silence(
        id="",
        matchers={key: tuple(values) for key, values in given.items() if values},
        starts=begins,
        ends=ends,
        author=author or _me(),
        comment=comment,
        until_material=material,
    )
    loaded = load(settings, rules)
    made = _run(database, lambda store: add_silence(store, loaded.rule_set, silence, now))
    _answer(made, now, as_json=as_json)
    for doubt in doubts(made.matchers.get("outlet", ()), outlet_names(loaded.outlets, loaded.feeds)):
        tell_doubt(doubt.said, f"{doubt.mend} `riskbot silences end {made.id}` takes this one back")


@app.command("end")
def end(
    silence: Annotated[str, typer.Argument(help="A silence's id, such as m3.")],
    author: Author = "",
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """End a silence now. What it held back is told in one summary."""
    now, settings = clock(), load_settings()
    if not has_database(settings, database):
        raise InputError("there is no database yet, and so no silence", "name it with --database")
    ended = _run(database, lambda store: end_silence(store, silence, author or _me(), now))
    _answer(ended, now, as_json=as_json)


def _answer(silence: Silence, now: datetime, *, as_json: bool) -> None:
    if as_json:
        print_json(silence_form(silence, now))
    else:
        _show(silence, now)


def _show(silence: Silence, now: datetime) -> None:
    stands = state(silence, now)
    line = Text.assemble(
        (f"{silence.id}  ", "bold"), words(silence), (f"  {stands}", "" if stands == "over" else "green")
    )
    out.print(line, soft_wrap=True)
    out.print(indented(f"{_times(silence)}; by {silence.author}"), soft_wrap=True)
    if silence.comment:
        out.print(indented(silence.comment), soft_wrap=True)
    out.print(indented(f"held back so far: {silence.held}", "dim"), soft_wrap=True)


def _times(silence: Silence) -> str:
    end = f"to {silence.ends:%Y-%m-%d %H:%M} UTC" if silence.ends else ""
    if silence.until_material:
        end = f"{end} or until something material" if end else "until something material"
    over = f", ended {silence.ended_at:%Y-%m-%d %H:%M} UTC by {silence.ended_by}" if silence.ended_at else ""
    return f"from {silence.starts:%Y-%m-%d %H:%M} UTC {end}{over}"


def _run(database: str | None, ask: Callable[[Store], Awaitable[T]]) -> T:
    settings = load_settings()

    async def asked() -> T:
        async with open_stored(settings, database) as store:
            return await ask(store)

    return asyncio.run(asked())


def _duration(written: str) -> timedelta:
    try:
        return parse_duration(written)
    except ValueError as error:
        said, _, mend = str(error).partition(": ")
        raise InputError(f"--for: {said}", mend) from None


def _moment(written: str, option: str) -> datetime:
    """A date or a time; without a zone it is UTC."""
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        raise InputError(
            f"{option}: {written[:40]!r} is no time", "write 2026-02-01, or 2026-02-01T08:00+01:00"
        ) from None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _me() -> str:
    """Who decides: the user as this machine knows them."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return "somebody"
