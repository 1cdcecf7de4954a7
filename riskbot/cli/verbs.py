"""The verbs of the command line, each imported when it is called.

What always holds: a call pays for its own verb alone. Everything that riskbot can do takes two seconds to import, and
whoever checks a rule file after each edit needs neither the database nor the network for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping
from importlib import import_module
from typing import Any, cast

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_group

VERBS = {  # where each is: a function, or an app with verbs of its own
    "replay": "replaying.replay",
    "scan": "scanning.scan",
    "run": "running.run",
    "poll": "running.poll",
    "status": "state.status",
    "init": "rules.init",
    "rules": "rules.app",
    "feeds": "feeds.app",
    "stories": "stories.app",
    "alerts": "alerts.app",
    "silences": "silences.app",
    "slack": "slack.app",
    "db": "database.app",
}
Command = TyperCommand | TyperGroup


class Verbs(MutableMapping[str, Any]):  # of what Typer keeps the type to itself
    """The commands of a group, by name; each comes into being when it is asked for."""

    def __init__(self) -> None:
        self._places = dict(VERBS)
        self._known: dict[str, Command] = {}

    def __getitem__(self, name: str) -> Command:
        if name not in self._known:
            self._known[name] = _command(name, self._places[name])
        return self._known[name]

    def __setitem__(self, name: str, command: Command) -> None:
        self._places[name], self._known[name] = "", command

    def __delitem__(self, name: str) -> None:
        del self._places[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


class LateGroup(TyperGroup):
    """A group that imports its verbs late."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.commands = Verbs()


def _command(name: str, place: str) -> Command:
    module, _, attribute = place.partition(".")
    found: typer.Typer | Callable[..., None] = getattr(import_module(f"riskbot.cli.{module}"), attribute)
    around = typer.Typer(rich_markup_mode=None)  # as the root has it
    if isinstance(found, typer.Typer):
        around.add_typer(found, name=name)
    else:
        around.command(name)(found)
    return cast(Command, get_group(around).commands[name])
