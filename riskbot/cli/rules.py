"""`riskbot rules`: check rule files."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from riskbot.app import load, rules_folder
from riskbot.cli.console import out, print_json, print_problems
from riskbot.errors import Problem, RulesError
from riskbot.settings import load_settings

app = typer.Typer(help="Check watch rules.", no_args_is_help=True)


@app.command()
def check(
    folder: Annotated[Path | None, typer.Argument(help="Folder of rule files.")] = None,
    rules: Annotated[Path | None, typer.Option("--rules", help="The same, as other commands take it.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings count as errors.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Report every problem of every rule file, each with its place and how to mend it."""
    settings = load_settings()
    try:
        loaded = load(settings, folder or rules)
        problems: tuple[Problem, ...] = loaded.problems
    except RulesError as error:
        problems = error.problems
    if as_json:
        print_json([asdict(problem) for problem in problems])
    elif problems:
        print_problems(problems, out)
    else:
        counts = f"{len(loaded.rule_set.rules)} rules, {len(loaded.rule_set.companies)} companies"
        out.print(f"All good: {counts}, {len(loaded.feeds)} feeds in {rules_folder(settings, folder or rules)}")
    grave = {"error", "warning"} if strict else {"error"}
    if any(problem.severity in grave for problem in problems):
        raise typer.Exit(2)
