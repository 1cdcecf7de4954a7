"""The one place that wires everything: settings and rule files in, a bot that can poll and tell out.

What always holds: nothing below this file asks the clock or the environment; whatever is opened here is closed here.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from riskbot.feeds.fetcher import FeedFetcher
from riskbot.matching.match import Matcher
from riskbot.pipeline import Mind
from riskbot.policy.alerting import Policy
from riskbot.ports import Fetcher, Notifier, Store
from riskbot.rulefiles.load import Loaded, load_rules
from riskbot.settings import Settings
from riskbot.slack.client import SlackClient
from riskbot.slack.notifier import SlackNotifier
from riskbot.store.store import open_store
from riskbot.store.upgrade import upgrade
from riskbot.stories.outlets import Outlets


@dataclass(frozen=True, slots=True)
class App:
    """Everything a face needs to act."""

    settings: Settings
    loaded: Loaded
    mind: Mind
    store: Store
    fetcher: Fetcher
    notifier: Notifier


def clock() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def shipped(name: str) -> Path:
    """A folder that comes with riskbot (`rules`, `seeds`): in the installed package, or in the checkout."""
    installed = Path(str(files("riskbot"))) / "_shipped" / name
    return installed if installed.is_dir() else Path(__file__).resolve().parent.parent / name


def rules_folder(settings: Settings, given: Path | None = None) -> Path:
    """Where the rule files are: as given, else as set, else `./rules`, else the shipped ones."""
    if given or settings.rules_dir:
        return given or settings.rules_dir or Path()
    here = Path("rules")
    return here if here.is_dir() else shipped("rules")


def load(settings: Settings, rules: Path | None = None) -> Loaded:
    """The rule files in force. Raises RulesError or InputError."""
    return load_rules(rules_folder(settings, rules), shipped("rules"))


def think(settings: Settings, loaded: Loaded, only_channel: str | None = None) -> Mind:
    """Rules and settings as the core takes them."""
    policy = Policy(
        channel=settings.slack_channel,
        only_channel=only_channel,
        first_poll_window=settings.first_poll_window,
        too_old_after=settings.too_old_after,
        quiet_after=settings.story_quiet_after,
        min_interval=settings.min_interval,
        max_interval=settings.max_interval,
    )
    return Mind(Matcher(loaded.rule_set), Outlets(loaded.outlets), policy)


def slack_notifier(
    settings: Settings, *, banner: str | None = None, sink: Callable[[dict[str, Any]], None] | None = None
) -> SlackNotifier | None:
    """The notifier that posts for real, where a token is set; `sink` is given each payload that was posted."""
    if settings.slack_bot_token is None:
        return None
    client = SlackClient(settings.slack_bot_token.get_secret_value(), base_url=settings.slack_api_url)
    return SlackNotifier(client, banner=banner, sink=sink)


def secrets(settings: Settings) -> list[str]:
    """What must never be shown."""
    token = settings.slack_bot_token
    return [settings.database_url.get_secret_value(), *([token.get_secret_value()] if token else [])]


@asynccontextmanager
async def open_app(
    settings: Settings,
    *,
    notifier: Notifier,
    rules: Path | None = None,
    database: str | None = None,
    only_channel: str | None = None,
) -> AsyncIterator[App]:
    """A wired bot on an up-to-date database. Raises what rule files and database raise, before anything is written."""
    loaded = load(settings, rules)
    async with open_stored(settings, database) as store, FeedFetcher(clock, settings.contact) as fetcher:
        yield App(settings, loaded, think(settings, loaded, only_channel), store, fetcher, notifier)


@asynccontextmanager
async def open_stored(settings: Settings, database: str | None = None) -> AsyncIterator[Store]:
    """The database alone, up to date, for faces that only look."""
    url = settings.database_url.get_secret_value() if database is None else database
    upgrade(url)
    store = open_store(url)
    try:
        yield store
    finally:
        await store.close()
