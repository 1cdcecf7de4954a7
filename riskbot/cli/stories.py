"""`riskbot stories`: which there are, why each article stands where it stands, and merging and splitting them."""

from __future__ import annotations

import asyncio
import getpass
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.text import Text

from riskbot.cli.console import out, print_json
from riskbot.cli.feedsview import ago, indented
from riskbot.cli.storyview import story_line
from riskbot.errors import InputError
from riskbot.judging import clock, load, think
from riskbot.mind import Mind
from riskbot.model import Level, Rearranged, Story
from riskbot.ports import Store
from riskbot.settings import load_settings
from riskbot.stored import has_database, open_stored
from riskbot.stories.severity import certainty
from riskbot.usecases.answered import heard
from riskbot.usecases.answers import Press, release, take
from riskbot.usecases.stories import (
    Listed,
    Shown,
    list_stories,
    listed_form,
    living,
    lower,
    merge,
    no_story,
    show_story,
    shown_form,
    split,
)

T = TypeVar("T")
Act = Callable[..., Awaitable[Story]]  # of store, mind, and `by` and `now`: the story that it made
app = typer.Typer(help="Look at stories, merge them, split them, lower their level.", no_args_is_help=True)

Rules = Annotated[Path | None, typer.Option("--rules", help="Folder of rule files.")]
Database = Annotated[str | None, typer.Option("--database", help="Database address.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


@app.command("list")
def list_(
    everything: Annotated[bool, typer.Option("--all", help="Those that are past, too.")] = False,
    company: Annotated[str, typer.Option("--company", help="Only of companies that go by this word.")] = "",
    rules: Rules = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Every story: the gravest first, of equals the one that moved last."""
    now = clock()

    def none_yet(mind: Mind) -> list[Listed]:
        no_story(mind, company)
        return []

    every = _run(rules, database, partial(list_stories, now=now, everything=True, company=company), none_yet)
    found = every if everything else living(every)
    if as_json:
        print_json([listed_form(each) for each in found])
        return
    for each in found:
        out.print(story_line(each.summary), soft_wrap=True)
        out.print(indented(f"{each.summary.headline}"), soft_wrap=True)
        out.print(indented(_stands(each, now), "dim"), soft_wrap=True)
    if every and not found:
        out.print(f"no live story; {len(every)} in all: `riskbot stories list --all`")
        return
    out.print("no story" if not found else f"{len(found)} {'story' if len(found) == 1 else 'stories'}")


@app.command("show")
def show(
    story: Annotated[str, typer.Argument(help="A story's id, such as s12.")],
    rules: Rules = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """One story: its articles and why they stand in it, who claims what, and what was told to whom and why."""
    now = clock()
    shown = _run(rules, database, lambda store, mind: show_story(store, mind, story, now))
    if as_json:
        print_json(shown_form(shown))
        return
    for line in _lines(shown, story, now):
        out.print(line, soft_wrap=True)


@app.command("merge")
def merge_(
    one: Annotated[str, typer.Argument(help="A story's id.")],
    other: Annotated[str, typer.Argument(help="The other's. The younger goes into the older.")],
    why: Annotated[str, typer.Option("--why", help="The reason, kept with the story.")] = "",
    rules: Rules = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Two stories are one: the older keeps its id and its message, the younger's message points there."""
    _answer(lambda store, mind, **by: merge(store, mind, one, other, why=why, **by), rules, database, as_json=as_json)


@app.command("split")
def split_(
    story: Annotated[str, typer.Argument(help="A story's id.")],
    articles: Annotated[list[str], typer.Argument(help="Articles to take out of it, by id or the beginning of it.")],
    rules: Rules = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Some articles of a story are another story: they leave it for good."""
    _answer(lambda store, mind, **by: split(store, mind, story, articles, **by), rules, database, as_json=as_json)


@app.command("own")
def own_(
    story: Annotated[str, typer.Argument(help="A story's id.")],
    give_back: Annotated[bool, typer.Option("--release", help="Give it back instead.")] = False,
    rules: Rules = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """You are on a story: its message says so, and nobody is reminded of it."""
    now, me = clock(), _me()
    # One press for each time it is asked; two in one microsecond are one.
    press = Press(me, me, now, f"own {story} {give_back} {me} {now.isoformat()}")

    async def owned(store: Store, mind: Mind) -> tuple[str, Shown]:
        said = await (release if give_back else take)(store, press, story, mind)
        return said.text, await show_story(store, mind, story, now)

    text, shown = _run(rules, database, owned)
    if as_json:
        print_json(shown_form(shown))
    else:
        out.print(Text(text), soft_wrap=True)
    on = shown.owner.user if shown.owner else None
    if (give_back and on is not None) or (not give_back and on != me):
        raise typer.Exit(1)


@app.command("lower")
def lower_(
    story: Annotated[str, typer.Argument(help="A story's id.")],
    level: Annotated[Level, typer.Argument(help="The level it is to have.")],
    why: Annotated[str, typer.Option("--why", help="The reason, kept with the story.")] = "",
    rules: Rules = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """A story is less grave than its articles make it: its level falls, until something graver comes."""
    _answer(lambda store, mind, **by: lower(store, mind, story, level, why=why, **by), rules, database, as_json=as_json)


def _answer(act: Act, rules: Path | None, database: str | None, *, as_json: bool) -> None:
    """Do it in the name of whoever asks, and show what it made."""
    now = clock()

    async def acted(store: Store, mind: Mind) -> Shown:
        made = await act(store, mind, by=_me(), now=now)
        return await show_story(store, mind, made.id, now)

    shown = _run(rules, database, acted)
    if as_json:
        print_json(shown_form(shown))
        return
    for line in _lines(shown, shown.listed.story.id, now):
        out.print(line, soft_wrap=True)


def _run(
    rules: Path | None,
    database: str | None,
    ask: Callable[[Store, Mind], Awaitable[T]],
    nothing: Callable[[Mind], T] | None = None,
) -> T:
    """Ask the database; one that is not there is not made: then `nothing` answers, else InputError is raised."""
    settings = load_settings()
    mind = think(settings, load(settings, rules))
    if not has_database(settings, database):
        if nothing is not None:
            return nothing(mind)
        raise InputError(
            "there is no database yet, and so no story", "run `riskbot poll` first, or name it with --database"
        )

    async def asked() -> T:
        async with open_stored(settings, database) as store:
            return await ask(store, mind)

    return asyncio.run(asked())


def _me() -> str:
    """Who decides: the user as this machine knows them."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return "somebody"


# ── for people ───────────────────────────────────────────────────────────────────────────────────────────────────


def _undated(seen: datetime | None) -> str:
    return f"no date, seen {seen:%Y-%m-%d %H:%M} UTC" if seen else "no date"


def _stands(each: Listed, now: datetime) -> str:
    last = f", last article {ago(each.last, now)}" if each.last else ""
    return f"{each.life}{last}"


def _lines(shown: Shown, asked: str, now: datetime) -> Iterator[Text]:
    each = shown.listed
    if asked != each.story.id:
        yield Text(f"{asked} was merged into {each.story.id}", style="yellow")
    yield story_line(each.summary)
    yield indented(each.summary.headline)
    yield indented(_stands(each, now), "dim")
    parts = "; ".join(f"{why} +{points}" for why, points in (shown.amounts.parts if shown.amounts else ()))
    yield indented(f"how grave: {parts or 'nothing in it counts'}")
    sure = certainty(each.summary)
    yield indented(f"how sure: {sure.degree}; {sure.why}")
    for figure in each.summary.figures:
        whose = f" of {figure.company}" if figure.company else ""
        yield indented(f"figures differ: {figure.what}{whose} {figure.value} ({figure.outlet or 'unknown outlet'})")
    yield Text("\nArticles", style="bold")
    for member in each.story.members:
        article = member.reading.article
        when = f"{article.published:%Y-%m-%d %H:%M} UTC" if article.published else _undated(article.seen)
        yield Text(f"{article.id}  {article.title}")
        yield indented(f"{article.outlet or 'unknown outlet'} · {when}", "dim")
        yield indented(f"here because: {member.placement.why}")
    if each.summary.claims:
        yield Text("\nClaims", style="bold")
    for claim in each.summary.claims:
        yield Text(f"{claim.status} by {claim.speaker or 'someone not named'}: {claim.sentence}")
    if shown.decisions:
        yield Text("\nDecisions", style="bold")
    for decision, at in shown.decisions:
        told = "told" if decision.tell else "quiet"
        yield Text(f"{at:%Y-%m-%d %H:%M} {decision.channel}: {told}, {decision.reason}: {decision.why}")
        yield indented(f"because of {decision.article}", "dim")
    if shown.answers:
        on = f": {shown.owner.user_name} is on it" if shown.owner else ""
        yield Text(f"\nAnswers{on}", style="bold")
    for answer, words in heard(shown.answers):
        yield Text(f"{answer.at:%Y-%m-%d %H:%M} {answer.user_name} {words}")
    if shown.rearranged:
        yield Text("\nMerged and split", style="bold")
    for change in shown.rearranged:
        yield Text(_change(change))


def _change(change: Rearranged) -> str:
    who = change.by or "riskbot"
    why = f": {change.why}" if change.why else ""
    when = f"{change.at:%Y-%m-%d %H:%M}"
    if change.kind == "merged":
        return f"{when} {change.other} was merged into {change.story} by {who}{why}"
    taken = ", ".join(change.articles) or "articles that have come back since"
    return f"{when} {change.other} was taken out of {change.story} by {who}: {taken}"
