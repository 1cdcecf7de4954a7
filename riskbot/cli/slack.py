"""`riskbot slack`: the app to paste into Slack, and whether everything that telling needs is there."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from riskbot.app import slack_clients
from riskbot.cli.console import err, out, print_json
from riskbot.judging import load
from riskbot.rulefiles.load import Loaded
from riskbot.settings import Settings, load_settings
from riskbot.slack.check import Finding, check
from riskbot.slack.manifest import SCOPES, manifest

app = typer.Typer(help="Set Slack up.", no_args_is_help=True)
STEPS = (
    "1. https://api.slack.com/apps → Create New App → From a manifest: paste this.",
    "2. Install it to the workspace; set its bot token (xoxb-…) as RISKBOT_SLACK_BOT_TOKEN.",
    "3. Basic Information → App-Level Tokens: make one with connections:write (xapp-…), set RISKBOT_SLACK_APP_TOKEN.",
    "4. Invite the app to its channels (/invite), then run `riskbot slack check`.",
)


@app.command("manifest")
def manifest_(
    name: Annotated[str, typer.Option("--name", help="What the app is called.")] = "riskbot",
) -> None:
    """Print the manifest of an internal app with the least scopes, to paste into Slack."""
    print_json(manifest(name))
    for line in STEPS:
        err.print(Text(line), soft_wrap=True)
    for scope, why in SCOPES.items():
        err.print(Text(f"   {scope}: {why}", style="dim"), soft_wrap=True)


@app.command("check")
def check_(
    channels: Annotated[
        list[str] | None, typer.Argument(help="Channels to look at; all that rules and settings name when absent.")
    ] = None,
    post: Annotated[bool, typer.Option("--post", help="Post a line to each channel and take it away.")] = False,
    rules: Annotated[Path | None, typer.Option("--rules", help="Folder of rule files.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Verify token, scopes, channels, membership, history and Socket Mode; exit status 1 if something is wrong."""
    settings = load_settings()
    named = channels or _channels(settings, load(settings, rules))
    found = asyncio.run(
        check(
            *slack_clients(settings),
            named,
            webhook=settings.slack_webhook_url is not None,
            post=post,
        )
    )
    if as_json:
        print_json(
            [
                {"what": each.what, "well": each.well, "said": each.said, "mend": each.mend, "judged": each.judged}
                for each in found
            ]
        )
    else:
        _print(found)
    if not all(each.well for each in found):
        raise typer.Exit(1)


def _channels(settings: Settings, loaded: Loaded) -> list[str]:
    """Every channel that something is told to."""
    of_rules = [rule.channel for rule in loaded.rule_set.rules if rule.channel and rule.status != "off"]
    of_plan = [*loaded.plan.channels, *(route.channel for route in loaded.plan.routes)]
    every = [settings.slack_channel, *of_rules, *of_plan, settings.ops_channel or settings.slack_channel]
    return list(dict.fromkeys(each.removeprefix("#") for each in every))


def _print(found: Iterable[Finding]) -> None:
    for each in found:
        mark = _mark(each)
        out.print(mark.append(f"{each.what}: {each.said}", style="default"), soft_wrap=True)
        if each.mend:
            out.print(Text.assemble(("      mend: ", "green"), each.mend), soft_wrap=True)


def _mark(found: Finding) -> Text:
    if not found.judged:
        return Text("not checked ", style="bold yellow")
    return Text("ok    ", style="green") if found.well else Text("wrong ", style="bold red")
