"""Feeds and times in words, as the commands about feeds share them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated

import typer
from rich.text import Text

from riskbot.errors import InputError
from riskbot.model import Feed
from riskbot.policy.health import span
from riskbot.policy.heartbeat import counted
from riskbot.rulefiles.suggest import did_you_mean, listing

_NOW = timedelta(seconds=30)

AllowPrivate = Annotated[
    bool, typer.Option("--allow-private", help="The address itself may be inside your own network.")
]


def ago(at: datetime | None, now: datetime) -> str:
    """`5 minutes ago`, `in 5 minutes`, `just now`, `never`."""
    if at is None:
        return "never"
    if abs(now - at) <= _NOW:  # half a minute, which would be rounded to none
        return "just now"
    return f"{span(now - at)} ago" if at <= now else f"in {span(at - now)}"


def lasting(length: timedelta) -> str:
    """A length of time, in seconds where minutes would say nothing: `20 seconds`, `5 minutes`."""
    seconds = round(length.total_seconds())
    return span(length) if seconds >= 60 else counted(seconds, "second") if seconds else "less than a second"


def chosen(feeds: Iterable[Feed], names: Iterable[str]) -> list[Feed]:
    """The feeds of these names, each once; without names all. Raises InputError for a name that none has."""
    known = {feed.name: feed for feed in feeds}
    names = list(dict.fromkeys(names))
    for name in names:
        if name not in known:
            raise InputError(
                f"no feed {name!r}", did_you_mean(name, known, f"known are {listing(sorted(known)) or 'none'}")
            )
    return [known[name] for name in names] if names else list(known.values())


def indented(line: str, style: str = "") -> Text:
    """A line below a name; what is too long is broken by the terminal, so that addresses can be copied."""
    return Text(f"  {line}", style=style)
