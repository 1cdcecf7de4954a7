"""Stories and their articles for people at a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from riskbot.cli.slackview import show
from riskbot.model import Modality, Reading, Story, Summary
from riskbot.policy.heartbeat import counted
from riskbot.text.normalise import cut
from riskbot.text.urls import host
from riskbot.usecases.replay import Replayed

LEVEL_STYLES = {"low": "blue", "medium": "yellow", "high": "dark_orange", "critical": "bold red"}


def show_stories(
    replayed: Replayed,
    stories: Sequence[tuple[Story, Summary]],
    readings: Mapping[str, tuple[Reading, str | None]],
    console: Console,
) -> None:
    """What the articles said, and which stories they make."""
    polls = replayed.polls
    counts = f"{counted(len(replayed.articles), 'article')} ({polls.new} new), {counted(polls.hits, 'new hit')}"
    table = Table("article", "outlet", "speaks of", "story", title=counts, title_justify="left", box=SIMPLE_HEAD)
    for article in replayed.articles:
        reading, story = readings[article]
        outlet = reading.article.outlet or host(reading.article.url) or "unknown"
        table.add_row(Text(cut(reading.article.title, 100)), Text(outlet), Text(_met(reading) or "-"), story or "-")
    console.print(table)
    for _, summary in stories:
        console.print(story_line(summary), soft_wrap=True)


def _met(reading: Reading) -> str:
    """The companies hit, each with its topics; a question mark where one is spoken of as a possibility."""
    met: dict[str, dict[str, None]] = {}
    for hit in reading.hits:
        mark = "?" if hit.modality is Modality.POSSIBLE else ""
        met.setdefault(hit.company_name, {}).update(dict.fromkeys(topic + mark for topic in hit.topics))
    return "; ".join(f"{company}: {', '.join(topics)}" for company, topics in met.items())


def story_line(summary: Summary) -> Text:
    """A story in a line: how grave, what, how sure."""
    articles = "1 article" if summary.articles == 1 else f"{summary.articles} articles"
    origins = f"{len(summary.origins)} origin{'' if len(summary.origins) == 1 else 's'}"
    named = f" ({', '.join(summary.origins)})" if summary.origins else ""
    confirmations = f"{summary.confirmations} confirmation{'' if summary.confirmations == 1 else 's'}"
    return Text.assemble(
        f"{summary.story} ",
        (str(summary.level), LEVEL_STYLES[summary.level]),
        f" {summary.score} · {', '.join(summary.companies)} · {articles} · {origins}{named} · {confirmations}",
    )


def show_messages(payloads: Sequence[dict[str, Any]], standing: Sequence[dict[str, Any]], console: Console) -> None:
    """The messages as they stand at the end, as a person sees them in Slack."""
    if not payloads:
        console.print("\nNo message: nothing new to tell.")
        return
    updates = sum("ts" in payload for payload in payloads)
    replies = sum("thread_ts" in payload for payload in payloads)
    posted = len(payloads) - updates - replies
    parts = [f"{posted} message{'s' * (posted != 1)}"]
    parts += [f"{replies} repl{'y' if replies == 1 else 'ies'} in threads"] if replies else []
    parts += [f"brought up to date {updates} time{'s' * (updates != 1)}"] if updates else []
    console.print(f"\nIn Slack: {', '.join(parts)}. As it stands at the end:\n", style="bold")
    for payload in standing:
        show(payload, console)
