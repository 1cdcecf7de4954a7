"""`riskbot rules` and `riskbot init`: check rule files, run their examples, ask them why, copy the shipped ones."""

from __future__ import annotations

import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from riskbot.cli.console import out, print_json, print_problems
from riskbot.cli.explaining import explain_article
from riskbot.cli.listing import list_rules
from riskbot.errors import Problem, RulesError
from riskbot.judging import load, rules_folder, shipped
from riskbot.matching.match import Matcher
from riskbot.rulefiles.schema import json_schema
from riskbot.settings import load_settings
from riskbot.usecases.forms import hit_form
from riskbot.usecases.prove import Proof, prove

app = typer.Typer(help="Check watch rules and ask them why.", no_args_is_help=True)
app.command("explain")(explain_article)
app.command("list")(list_rules)


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


@app.command("test")
def run_examples(
    folder: Annotated[Path | None, typer.Argument(help="Folder of rule files.")] = None,
    rules: Annotated[Path | None, typer.Option("--rules", help="The same, as other commands take it.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Run the examples of every rule; show for a failing one what matched, or how near it came."""
    loaded = load(load_settings(), folder or rules)
    proofs = list(prove(Matcher(loaded.rule_set)))
    failed = [proof for proof in proofs if not proof.holds]
    if as_json:
        print_json([_proof_form(proof) for proof in proofs])
    else:
        for proof in failed:
            out.print(_failure(proof), soft_wrap=True)
        without = [rule.id for rule in loaded.rule_set.rules if not rule.examples]
        if without:
            out.print(f"without examples: {', '.join(without)}", style="dim")
        out.print(f"{len(proofs) - len(failed)} examples hold, {len(failed)} do not")
    if failed:
        raise typer.Exit(1)


def _failure(proof: Proof) -> Text:
    rule, example = proof.rule, proof.example
    promise = "must fire and did not" if example.fires else "must stay quiet and fired"
    text = Text.assemble((f"{rule.file}:{example.line or rule.line}", "bold"), f" {rule.id}: an example {promise}\n")
    for field, words in (("title", example.title), ("text", example.text)):
        if words:
            line = Text(f"  {words}\n")
            for span in (s for hit in proof.hits for s in hit.spans if s.field == field):
                line.stylize("bold red", 2 + span.start, 2 + span.end)
            text.append(line)
    for hit in proof.hits:
        matched = ", ".join(dict.fromkeys(f"{span.text!r} ({span.topic or hit.company})" for span in hit.spans))
        text.append(f"  matched: {matched}\n", style="red")
    for miss in proof.misses[:3] or (("no watched company is named",) if example.fires else ()):
        text.append(f"  nearest: {miss}\n", style="yellow")
    return text


def _proof_form(proof: Proof) -> dict[str, object]:
    return {
        "rule": proof.rule.id,
        "file": proof.rule.file,
        "line": proof.example.line,
        "fires": proof.example.fires,
        "holds": proof.holds,
        "hits": [hit_form(hit) for hit in proof.hits],
        "misses": list(proof.misses),
    }


@app.command()
def schema() -> None:
    """Print the JSON Schema of rule files, for editors that check and complete YAML."""
    print_json(json_schema())


def init(
    folder: Annotated[Path, typer.Argument(help="Where to put them.")] = Path("rules"),
) -> None:
    """Copy the shipped rules here, to edit. Files that are there already are left alone."""
    folder.mkdir(parents=True, exist_ok=True)
    for source in sorted(shipped("rules").iterdir()):
        target = folder / source.name
        if target.exists():
            out.print(Text(f"kept     {target} (it was there)"))
        else:
            shutil.copyfile(source, target)
            out.print(Text(f"written  {target}"))
    out.print("Edit them, then: riskbot rules check")
