"""The one place that wires everything: settings and rule files in, a bot that can poll and tell out.

What always holds: whatever is opened here is closed here. Deliberately absent: how articles are judged (`judging.py`).
"""

from __future__ import annotations

import gc
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from riskbot.delivery import Manner
from riskbot.feeds.fetcher import FeedFetcher
from riskbot.judging import clock, load, rules_folder, signature, think
from riskbot.mind import Mind
from riskbot.policy.reloading import Signature, joined
from riskbot.ports import Fetcher, Notifier, Store
from riskbot.rulefiles.load import Loaded
from riskbot.settings import Settings
from riskbot.slack.client import SlackClient
from riskbot.slack.notifier import SlackNotifier
from riskbot.slack.webhook import Hook, WebhookNotifier
from riskbot.stored import open_stored

CHANNELS = 16  # of Slack, served at a time


@dataclass(frozen=True, slots=True)
class App:
    """Everything a face needs to act."""

    settings: Settings
    loaded: Loaded
    mind: Mind
    store: Store
    fetcher: Fetcher
    notifier: Notifier
    folder: Path  # where the rule files are
    signature: Signature  # of the rule files, as they were when `loaded` was read


def manner(settings: Settings) -> Manner:
    """How messages are sent while the clock runs."""
    return Manner(
        spacing=timedelta(seconds=1 / settings.slack_rate),
        settle=settings.slack_settle,
        channels=CHANNELS,
        jitter=lambda: random.uniform(-1, 1),  # noqa: S311  it spreads waits, and keeps no secret
    )


def slack_notifier(
    settings: Settings,
    *,
    banner: str | None = None,
    sink: Callable[[dict[str, Any]], None] | None = None,
    interactive: bool = False,
) -> SlackNotifier | None:
    """The notifier that posts for real, where a token is set; `sink` is given each payload that was posted;
    `interactive`: presses of buttons are heard, where the app token is set that this takes."""
    if settings.slack_bot_token is None:
        return None
    client = SlackClient(settings.slack_bot_token.get_secret_value(), base_url=settings.slack_api_url)
    heard = interactive and settings.slack_app_token is not None
    return SlackNotifier(client, banner=banner, sink=sink, interactive=heard)


def slack_clients(settings: Settings) -> tuple[SlackClient | None, SlackClient | None]:
    """The Web API with the bot token and with the app token, each where it is set."""
    given = (settings.slack_bot_token, settings.slack_app_token)
    bot, app = (SlackClient(t.get_secret_value(), base_url=settings.slack_api_url) if t else None for t in given)
    return bot, app


def webhook_notifier(settings: Settings) -> WebhookNotifier | None:
    """The notifier that posts through an incoming webhook, at least once, where one is set."""
    if settings.slack_webhook_url is None:
        return None
    return WebhookNotifier(Hook(settings.slack_webhook_url.get_secret_value()))


def secrets(settings: Settings) -> list[str]:
    """What must never be shown."""
    given = (
        settings.database_url,
        settings.slack_bot_token,
        settings.slack_app_token,
        settings.slack_webhook_url,
        settings.heartbeat_url,
        settings.proxy,
    )
    return [secret.get_secret_value() for secret in given if secret]


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
    folder = rules_folder(settings, rules)
    before = signature(folder)  # first, so that an edit made while they are read is not overlooked
    loaded = load(settings, folder)
    seen = joined(before, signature(folder, loaded.files))
    mind = think(settings, loaded, only_channel)
    gc.freeze()  # compiled rules live as long as the process: the collector need not walk them again and again
    async with (
        open_stored(settings, database) as store,
        FeedFetcher(clock, settings.contact, settings.bounds()) as fetcher,
    ):
        yield App(settings, loaded, mind, store, fetcher, notifier, folder, seen)
