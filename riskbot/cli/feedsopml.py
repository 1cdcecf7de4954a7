"""`riskbot feeds import` and `export`: lists of feeds as feed readers exchange them (OPML)."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from riskbot.cli.console import err, out
from riskbot.errors import InputError
from riskbot.judging import load, rules_folder, shipped
from riskbot.rulefiles.importing import Plan, plan, put
from riskbot.rulefiles.opml import MAX_BYTES, read_opml, write_opml
from riskbot.settings import load_settings

_DEFAULT = "feeds.yaml"


def import_feeds(
    file: Annotated[Path, typer.Argument(help="OPML file, as feed readers export it.")],
    to: Annotated[Path | None, typer.Option("--to", help="Rule file to put them into (default: feeds.yaml).")] = None,
    rules: Annotated[Path | None, typer.Option("--rules", help="Folder of rule files.")] = None,
) -> None:
    """Put the feeds of an OPML file into a rule file: all of them or none. Its comments and layout stay."""
    settings = load_settings()
    folder = rules_folder(settings, rules)
    own = rules or settings.rules_dir or folder == Path("rules")  # in a checkout ./rules are the shipped ones, to edit
    if folder.resolve() == shipped("rules").resolve() and (not own or "_shipped" in folder.resolve().parts):
        raise InputError("the shipped rules are not edited", "run `riskbot init` first: it copies them to ./rules")
    target = _target(folder, to or Path(_DEFAULT))
    made = plan(read_opml(_bytes(file), str(file)), load(settings, folder).feeds)
    if made.new:
        put(made.new, target, folder, shipped("rules"))
    _tell(made, target)


def export_feeds(
    rules: Annotated[Path | None, typer.Option("--rules", help="Folder of rule files.")] = None,
) -> None:
    """Print the feeds of the rule files as OPML, for feed readers."""
    document = write_opml(load(load_settings(), rules).feeds, "riskbot feeds")
    sys.stdout.buffer.write(document.encode())  # as its first line says, whatever the terminal's encoding
    sys.stdout.buffer.flush()


def _bytes(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        why = (error.strerror or type(error).__name__).lower()
        raise InputError(f"{file} cannot be read: {why}", "name an OPML file, as feed readers export it") from error


def _target(folder: Path, to: Path) -> Path:
    """A rule file of the folder, by its path or by its place in the folder. Raises InputError."""
    home, path = _normal(folder), _normal(to)
    if not path.is_relative_to(home) and not to.is_absolute():
        path = _normal(home / to)
    if not path.is_relative_to(home):
        raise InputError(f"{to} lies outside the rules folder {folder}", "name a file inside it, or pass --rules")
    inside = path.relative_to(home)
    if inside.suffix not in (".yaml", ".yml") or any(part.startswith(".") for part in inside.parts):
        raise InputError(f"{to} would not be read as a rule file", "name a file that ends with .yaml")
    return folder / inside


def _normal(path: Path) -> Path:
    return Path(os.path.normpath(path.absolute()))


def _tell(made: Plan, target: Path) -> None:
    for outline, name in made.known:
        err.print(Text(f"skipped, line {outline.line}: {name} has its address already: {outline.url}"), soft_wrap=True)
    for feed in made.new:
        out.print(Text(f"{feed.name}  {feed.url}"), soft_wrap=True)
    count, known = len(made.new), len(made.known)
    told = f"{count} feed{'s' * (count != 1)} put into {target}" if count else "No new feed, nothing written"
    out.print(Text(f"{told}{f', {known} skipped' if known else ''}."), soft_wrap=True)
