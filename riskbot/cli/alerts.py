"""`riskbot alerts`: which messages there are and where they stand, why one was sent; parked ones sent or dropped."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Annotated, TypeVar

import typer
from rich.text import Text

from riskbot.cli.console import out, print_json
from riskbot.cli.feedsview import ago, indented
from riskbot.errors import InputError
from riskbot.judging import clock
from riskbot.model import Delivery, DeliveryState
from riskbot.policy.resending import absent, marked
from riskbot.ports import Store
from riskbot.settings import load_settings
from riskbot.stored import has_database, open_stored
from riskbot.usecases.alerts import (
    Explained,
    delivery_form,
    drop,
    explained_form,
    list_deliveries,
    reason,
    resend,
    why,
)
from riskbot.usecases.parked import name

T = TypeVar("T")
app = typer.Typer(help="Look at messages, ask why, send parked ones again or drop them.", no_args_is_help=True)

Database = Annotated[str | None, typer.Option("--database", help="Database address.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
_STYLES = {DeliveryState.PARKED: "red", DeliveryState.SENT: "green", DeliveryState.SENDING: "yellow"}


@app.command("list")
def list_(
    state: Annotated[
        list[DeliveryState] | None, typer.Option("--state", help="Only messages that stand so; may be repeated.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that were ever sent, too.")] = False,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """What is owed, under way or parked, and what was sent last; oldest first."""
    found: list[Delivery] = _run(
        database, lambda store: list_deliveries(store, state or (), everything=everything), nothing=[]
    )
    if as_json:
        print_json([delivery_form(each) for each in found])
        return
    now = clock()
    for each in found:
        about = f" · story {each.story}" if each.story else ""
        when = each.tried_at or each.at
        line = Text(f"{name(each):<6} ").append(f"{each.state:<9}", _STYLES.get(each.state, "dim"))
        line.append(f" {each.kind} to {each.channel}{about} · {reason(each)}")
        if each.state in (DeliveryState.OWED, DeliveryState.SENDING) and each.tried_at and each.at:
            line.append(f" · waits since {each.at:%Y-%m-%d %H:%M} UTC")
        out.print(line.append(f" · {ago(when, now)}" if when else "", "dim"), soft_wrap=True)
        for words in _standing(each):
            out.print(indented(words, "dim"), soft_wrap=True)
    out.print(f"{len(found)} message{'s' * (len(found) != 1)}" if found else "no message")


@app.command("why")
def why_(
    alert: Annotated[str, typer.Argument(help="An id such as a7 or d9, as `alerts list` shows it.")],
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Why a message was sent: the decision and its reason, the article, and what in it met which rule."""
    explained = _run(database, lambda store: why(store, alert))
    if as_json:
        print_json(explained_form(explained))
        return
    for line in _lines(explained):
        out.print(line, soft_wrap=True)


@app.command("resend")
def resend_(
    alerts: Annotated[list[str] | None, typer.Argument(help="Ids of parked messages.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every parked message.")] = False,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Send parked messages again, when what parked them is mended. `riskbot run` or `riskbot poll` sends them."""
    if bool(alerts) == every:
        raise InputError("which messages?", "name some, such as `riskbot alerts resend a7`, or give --all")
    again: list[Delivery] = _run(
        database, lambda store: resend(store, alerts or (), every=every, now=clock()), nothing=[] if every else None
    )
    if as_json:
        print_json([delivery_form(each) for each in again])
        return
    for each in again:
        doubt = ": it is looked for first, and marked where nobody can look" if each.may_repeat else ""
        out.print(f"{name(each)} to {each.channel} is owed again{doubt}", soft_wrap=True)
    if not again:
        out.print("nothing is parked")


@app.command("drop")
def drop_(
    alerts: Annotated[list[str], typer.Argument(help="Ids of parked messages.")],
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Give up parked messages: they are never sent. What was decided stays on record."""
    dropped = _run(database, lambda store: drop(store, alerts, now=clock()))
    if as_json:
        print_json([delivery_form(each) for each in dropped])
        return
    for each in dropped:
        doubt = ": it may stand in Slack all the same" if each.unsure else ""
        out.print(f"{name(each)} to {each.channel} is dropped{doubt}", soft_wrap=True)


def _run(database: str | None, ask: Callable[[Store], Awaitable[T]], nothing: T | None = None) -> T:
    """Ask the database; a database that is not there is not made. Raises InputError where that is no answer."""
    settings = load_settings()
    if not has_database(settings, database):
        if nothing is not None:
            return nothing
        raise InputError(
            "there is no database yet, and so no message", "run `riskbot poll` first, or name it with --database"
        )

    async def asked() -> T:
        async with open_stored(settings, database) as store:
            return await ask(store)

    return asyncio.run(asked())


# ── for people ───────────────────────────────────────────────────────────────────────────────────────────────────


def _standing(each: Delivery) -> Iterator[str]:
    if each.state is DeliveryState.OWED and each.due_at:
        yield f"due {each.due_at:%Y-%m-%d %H:%M:%S} UTC"
    if absent(each) and each.due_at:
        yield f"not in Slack when it was looked for; tried again {each.due_at:%Y-%m-%d %H:%M:%S} UTC"
    elif each.state is DeliveryState.SENDING:
        yield "under way, or to be looked up first: it may stand already"
    if each.error:
        yield f"{'because: ' if each.state is DeliveryState.PARKED else 'last: '}{each.error}"
    if marked(each):
        yield "marked as one that may repeat"


def _lines(explained: Explained) -> Iterator[Text]:
    each, decision, reading = explained.delivery, explained.decision, explained.reading
    yield Text(f"{name(each)} · {each.kind} to {each.channel}" + (f" · story {each.story}" if each.story else ""))
    yield indented(f"{each.state}, {each.attempts} tr{'y' if each.attempts == 1 else 'ies'}")
    for words in _standing(each):
        yield indented(words, "dim")
    if decision and explained.decided_at:
        yield Text("\nDecision", style="bold")
        yield indented(f"{explained.decided_at:%Y-%m-%d %H:%M:%S} UTC: {decision.reason}: {decision.why}")
    elif not explained.delivery.alert:
        yield indented(reason(each))
    if reading:
        article = reading.article
        yield Text("\nArticle", style="bold")
        yield indented(article.title or "(no title)")
        yield indented(f"{article.id} · {article.outlet or 'unknown outlet'}", "dim")
        yield indented(article.url or "no address", "dim")
    if explained.hits:
        yield Text("\nHits", style="bold")
    for hit in explained.hits:
        yield indented(
            f"rule {hit.rule}, {hit.company_name}, {', '.join(hit.topics)}; {hit.modality}, score {hit.score}"
        )
        for span in hit.spans:
            yield indented(f"  “{span.text}” in {span.field} at {span.start}–{span.end}", "dim")
