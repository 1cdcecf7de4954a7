"""The one place that wires everything: settings and rule files in, a bot that can poll and tell out.

What always holds: nothing below this file asks the clock or the environment; whatever is opened here is closed here.
"""

from __future__ import annotations

import gc
import os
import random
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from riskbot.delivery import Manner
from riskbot.errors import InputError
from riskbot.feeds.fetcher import FeedFetcher
from riskbot.matching.match import Matcher
from riskbot.mind import Mind
from riskbot.policy.alerting import Policy
from riskbot.policy.reloading import Signature, joined
from riskbot.ports import Fetcher, Notifier, Store
from riskbot.rulefiles.cache import load_ready
from riskbot.rulefiles.load import Loaded
from riskbot.settings import Settings
from riskbot.slack.client import SlackClient
from riskbot.slack.notifier import SlackNotifier
from riskbot.slack.webhook import Hook, WebhookNotifier
from riskbot.store.store import open_store
from riskbot.store.upgrade import exists, upgrade
from riskbot.stories.claims import ClaimReader
from riskbot.stories.frequencies import Frequencies
from riskbot.stories.outlets import Outlets

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


def cache_folder() -> Path | None:
    """Where compiled rules are kept between starts: the user's own cache folder; None where there is no home."""
    given = os.environ.get("XDG_CACHE_HOME", "")
    try:
        return (Path(given) if Path(given).is_absolute() else Path.home() / ".cache") / "riskbot"
    except RuntimeError:  # nobody's home
        return None


def load(settings: Settings, rules: Path | None = None) -> Loaded:
    """The rule files in force, compiled. Raises RulesError or InputError."""
    return load_ready(rules_folder(settings, rules), shipped("rules"), cache_folder())


def signature(folder: Path, files: Iterable[Path] = ()) -> Signature:
    """What the rule files look like from outside: those of the folder, and `files` wherever they are.

    Links are followed to what they lead to, so that a Kubernetes ConfigMap, which swaps a link, is seen to change. No
    inode numbers: some network volumes give new ones at every look. A file that is gone by the time it is looked at
    counts as one without a size.
    """
    paths = {os.path.relpath(path, folder) if path.is_relative_to(folder) else str(path): path for path in files}
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if name.endswith((".yaml", ".yml", ".csv")) and not name.startswith("."):
                path = Path(place, name)
                paths[os.path.relpath(path, folder)] = path
    return tuple(sorted((name, *_size_and_time(path)) for name, path in paths.items()))


def _size_and_time(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return -1, 0
    return found.st_size, found.st_mtime_ns


def require_feeds(loaded: Loaded) -> None:
    """Watching needs something to watch. Raises InputError."""
    if not loaded.feeds:
        raise InputError("no feed to watch", "add `feeds:` to a rule file, or pass another folder with --rules")


@cache
def frequencies() -> Frequencies:
    """How common words are, as riskbot starts out: counts of general news, without a text, a name or a date."""
    return Frequencies.from_bytes((Path(str(files("riskbot"))) / "stories" / "frequencies.tsv.gz").read_bytes())


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
        stale_after=settings.stale_after,
        plan=replace(loaded.plan, alerts_per_hour=settings.alerts_per_hour),
        ops_channel=settings.ops_channel or settings.slack_channel,
    )
    matcher, reader = loaded.matcher or Matcher(loaded.rule_set), ClaimReader(loaded.claims)
    return Mind(matcher, Outlets(loaded.outlets), policy, frequencies(), claims=reader)


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


def has_database(settings: Settings, database: str | None = None) -> bool:
    """Whether there may be something to look into, without setting it up. Raises InputError for a bad address."""
    return exists(_address(settings, database))


@asynccontextmanager
async def open_stored(settings: Settings, database: str | None = None) -> AsyncIterator[Store]:
    """The database alone, up to date, for faces that only look."""
    url = _address(settings, database)
    upgrade(url)
    store = open_store(url)
    try:
        yield store
    finally:
        await store.close()


def _address(settings: Settings, database: str | None) -> str:
    return settings.database_url.get_secret_value() if database is None else database
