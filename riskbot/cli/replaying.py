"""`riskbot replay`: stored articles through the whole pipeline, messages printed as Slack would show them."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer

from riskbot.app import open_app, secrets, slack_notifier
from riskbot.articlefiles.folder import read
from riskbot.cli.console import err, out, print_json
from riskbot.cli.storyview import show_messages, show_stories
from riskbot.errors import SettingsError, SlackError
from riskbot.feeds.serve import ReplayServer
from riskbot.judging import clock, shipped
from riskbot.log import set_up_logging
from riskbot.model import Article
from riskbot.policy.heartbeat import counted
from riskbot.settings import Settings, load_settings
from riskbot.slack.recorder import RecordingNotifier
from riskbot.usecases.replay import replay as run_replay
from riskbot.usecases.replay import replay_form, stories_of

BANNER = "REPLAY, not live"


def replay(
    path: Annotated[
        Path | None, typer.Argument(help="Folder or file of articles: Markdown with front matter, or plain text.")
    ] = None,
    at_once: Annotated[bool, typer.Option("--at-once", help="All articles in one poll.")] = False,
    rules: Annotated[Path | None, typer.Option("--rules", help="Folder of rule files.")] = None,
    database: Annotated[
        str | None, typer.Option("--database", help="Database address; default: a temporary one.")
    ] = None,
    slack: Annotated[
        str | None, typer.Option("--slack", metavar="CHANNEL", help="Post for real, to this channel only.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Run stored articles through everything, as if a feed brought them."""
    settings = load_settings()
    set_up_logging(settings.log_level, secrets(settings))
    articles = read(path or _seeds())
    with tempfile.TemporaryDirectory(prefix="riskbot-replay-") as folder:
        address = f"sqlite:///{folder}/replay.db" if database is None else database
        failed = asyncio.run(_replay(articles, settings, rules, address, slack, at_once=at_once, as_json=as_json))
    if failed:
        raise SlackError("parked", f"{counted(len(failed), 'message')} could not be sent: {failed[0]}")


def _seeds() -> Path:
    here = Path("seeds")
    return here if here.is_dir() else shipped("seeds")


async def _replay(
    articles: list[Article],
    settings: Settings,
    rules: Path | None,
    database: str,
    slack: str | None,
    *,
    at_once: bool,
    as_json: bool,
) -> tuple[str, ...]:
    payloads: list[dict[str, Any]] = []
    recorder = RecordingNotifier(payloads.append)
    posting = slack_notifier(settings, banner=BANNER, sink=payloads.append) if slack else None
    if slack and posting is None:
        raise SettingsError("`--slack` needs a token", "set RISKBOT_SLACK_BOT_TOKEN (README, real Slack)")
    async with open_app(
        settings, notifier=posting or recorder, rules=rules, database=database, only_channel=slack
    ) as app:
        with ReplayServer() as server:
            replayed = await run_replay(
                articles,
                server=server,
                fetcher=app.fetcher,
                store=app.store,
                notifier=app.notifier,
                mind=app.mind,
                start=clock(),
                at_once=at_once,
            )
        if as_json:
            print_json(await replay_form(replayed, payloads, app.store, app.mind))
        else:
            stories = await stories_of(replayed, app.store, app.mind)
            show_stories(replayed, stories, await app.store.readings(replayed.articles), out)
            show_messages(payloads, recorder.standing(), out)
            if posting:
                out.print(f"Posted to {slack}: {len(payloads)} calls, each beginning {BANNER!r}.")
            else:
                err.print("\nNothing was posted. To post for real: riskbot replay --slack CHANNEL", style="dim")
    return replayed.parked
