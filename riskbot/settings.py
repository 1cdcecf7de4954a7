"""Settings: from `RISKBOT_…` environment variables and, where `RISKBOT_CONFIG` names one, a YAML file.

What always holds: the environment wins over the file; an unknown name is an error that names the nearest known one;
a secret may stand in a file of its own (`RISKBOT_SLACK_BOT_TOKEN_FILE`) and is never shown. Kubernetes puts
`RISKBOT_PORT…` and `RISKBOT_SERVICE_…` into every pod beside a service called riskbot: those are no settings.

Units: a size is whole bytes, or a number with `kB`, `MB`, `GB` (thousands, as the SI has it) or `KiB`, `MiB`, `GiB`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from riskbot.errors import RulesError, SettingsError
from riskbot.feeds.bounds import Bounds
from riskbot.policy.heartbeat import Daily, parse_daily
from riskbot.text.durations import parse_duration
from riskbot.yamlfile import load, written

PREFIX = "RISKBOT_"
_NOT_OURS = re.compile(r"RISKBOT_(PORT(_.*)?|SERVICE_.*)")  # Kubernetes service links
_SECRETS = (
    "database_url",
    "slack_bot_token",
    "slack_app_token",
    "slack_webhook_url",
    "heartbeat_url",
    "proxy",
)
_SIZE = re.compile(r"([0-9]{1,15}) ?(B|[kKMG]B|[KMG]iB)?")
_UNITS = {"": 1, "B": 1, "kB": 10**3, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KiB": 1 << 10, "MiB": 1 << 20}
_UNITS["GiB"] = 1 << 30


def _duration(value: object) -> object:
    return parse_duration(value) if isinstance(value, str) else value


def _size(value: object) -> object:
    if not isinstance(value, str):
        return value
    found = _SIZE.fullmatch(value.strip())
    if not found:
        raise ValueError(f"{value[:40]!r} is no size: write a whole number of bytes, or one with a unit such as 10MB")
    return int(found[1]) * _UNITS[found[2] or ""]


def _ports(value: object) -> object:
    """`80,443` as the environment has it, or a list as YAML has it."""
    words = value.replace(",", " ").split() if isinstance(value, str) else value
    if not isinstance(words, list | frozenset) or not words:
        raise ValueError("these are no ports: write numbers with commas between, such as 80,443")
    return frozenset(map(_port, words))


def _port(word: object) -> int:
    number = int(str(word)) if re.fullmatch("[0-9]{1,6}", str(word)) else 0
    if not 0 < number < 65_536:
        raise ValueError(f"{str(word)[:40]!r} is no port: write a number from 1 to 65535")
    return number


def _is_web_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
        _ = parts.port  # raises where it is none
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _proxy(value: SecretStr) -> SecretStr:
    """The value is never quoted: it may hold a password."""
    if not _is_web_address(value.get_secret_value()):
        raise ValueError("it is no proxy's address: write http://host:port, or http://user:password@host:port")
    return value


def _web_address(value: SecretStr) -> SecretStr:
    """The value is never quoted: whoever knows the address may post to it."""
    if not _is_web_address(value.get_secret_value()):
        raise ValueError("it is no web address: write one that begins with https://")
    return value


def _api(value: str) -> str:
    if not _is_web_address(value):
        raise ValueError(f"{value[:80]!r} is no web address: write one that begins with https://")
    return value


def _app_token(value: SecretStr) -> SecretStr:
    if not value.get_secret_value().startswith("xapp-"):
        raise ValueError("it is no app-level token: those begin with xapp- (the bot token begins with xoxb-)")
    return value


def _clock_time(value: object) -> object:
    """`08:00`, `08:00 Europe/Berlin` or `never`."""
    if not isinstance(value, str):
        return value
    return None if value.strip() in ("never", "off") else parse_daily(value)


def _duration_or_never(value: object) -> object:
    if isinstance(value, str) and value.strip() in ("never", "off", "0", "0s"):
        return timedelta()
    return _duration(value)


def _words(value: object) -> object:
    """`U1, U2` as the environment has it, or a list as YAML has it."""
    words = value.replace(",", " ").split() if isinstance(value, str) else value
    return frozenset(map(str, words)) if isinstance(words, list) else words


Duration = Annotated[timedelta, BeforeValidator(_duration)]
Size = Annotated[int, BeforeValidator(_size)]
Ports = Annotated[frozenset[int], NoDecode, BeforeValidator(_ports)]
Proxy = Annotated[SecretStr, AfterValidator(_proxy)]
WebAddress = Annotated[SecretStr, AfterValidator(_web_address)]
Api = Annotated[str, AfterValidator(_api)]
AppToken = Annotated[SecretStr, AfterValidator(_app_token)]
DurationOrNever = Annotated[timedelta, BeforeValidator(_duration_or_never)]
DailyAt = Annotated[Daily | None, BeforeValidator(_clock_time)]
Users = Annotated[frozenset[str], NoDecode, BeforeValidator(_words)]
_MOST_TIME = timedelta(minutes=10)
_SAID = {
    "Input should be greater than or equal to": "write at least",
    "Input should be less than or equal to": "write at most",
}


class Settings(BaseSettings):
    """Everything that can be set. Each name is an environment variable in capitals, after `RISKBOT_`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="forbid", env_ignore_empty=True, hide_input_in_errors=True
    )

    database_url: SecretStr = Field(SecretStr("sqlite:///riskbot.db"), description="where everything is kept")
    rules_dir: Path | None = Field(None, description="folder of rule files (default: ./rules, else the shipped rules)")
    slack_bot_token: SecretStr | None = Field(None, description="xoxb-… token; without one, messages are printed")
    slack_app_token: AppToken | None = Field(
        None, description="xapp-… token of Socket Mode; without one, buttons and /riskbot are off"
    )
    slack_webhook_url: WebAddress | None = Field(
        None, description="incoming webhook, where there is no bot token: at least once, no edits, threads or buttons"
    )
    slack_users: Users = Field(
        frozenset(), description="Slack ids of who may press and command, with commas between (default: everyone)"
    )
    slack_channel: str = Field("alerts", min_length=1, description="channel for rules without one of their own")
    ops_channel: str | None = Field(
        None, min_length=1, description="channel for notices to those who run riskbot (default: slack_channel)"
    )
    slack_rate: float = Field(1.0, gt=0, le=100, description="messages a second in one Slack channel")
    slack_settle: Duration = Field(
        timedelta(seconds=30),
        le=_MOST_TIME,
        description="an unanswered message that is not there after so long is sent again",
    )
    slack_api_url: Api = Field("https://slack.com/api/", description="base address of the Slack Web API")
    remind_after: DurationOrNever = Field(
        timedelta(minutes=30), description="grave stories that nobody is on are reminded after that (never = not)"
    )
    heartbeat_at: DailyAt = Field(
        Daily(8), description="when the daily heartbeat is told: 08:00, 08:00 Europe/Berlin, or never"
    )
    heartbeat_url: WebAddress | None = Field(
        None, description="address requested after each complete round, so that a dead man's switch sees riskbot live"
    )
    alerts_per_hour: int = Field(
        0, ge=0, le=100_000, description="new stories a channel is told of in an hour, the rest in one digest (0: all)"
    )
    poll_interval: Duration = Field(timedelta(seconds=15), description="the tick: how often due feeds are looked for")
    min_interval: Duration = Field(timedelta(seconds=60), description="no feed is polled more often, unless it says so")
    max_interval: Duration = Field(timedelta(minutes=15), description="no feed is polled less often, unless it says so")
    first_poll_window: Duration = Field(timedelta(hours=24), description="a first poll tells only of younger entries")
    too_old_after: Duration = Field(timedelta(hours=72), description="older articles open no alert")
    story_quiet_after: Duration = Field(timedelta(hours=72), description="a story takes no more articles after that")
    stale_after: Duration = Field(timedelta(days=30), description="a feed whose newest entry is older is unhealthy")
    contact: str = Field("", description="address for the User-Agent, so that publishers can reach you")
    proxy: Proxy | None = Field(
        None, description="address of a proxy for feeds and pages; the rule on addresses is then the proxy's to keep"
    )
    fetch_time: Duration = Field(
        timedelta(seconds=30), le=_MOST_TIME, description="one fetch in all, from connecting to the last byte"
    )
    fetch_size: Size = Field(10_000_000, ge=1_000, description="bytes of one answer, before and after unpacking")
    redirects: int = Field(5, ge=0, le=50, description="redirects followed in one fetch")
    ports: Ports = Field(frozenset({80, 443}), description="ports that may be asked, with commas between")
    requests: int = Field(32, ge=1, le=1_000, description="requests at a time, in all")
    requests_per_host: int = Field(2, ge=1, le=100, description="requests at a time, to one host")
    parse_time: Duration = Field(
        timedelta(seconds=5), le=_MOST_TIME, description="one document may be parsed for so long"
    )
    parse_memory: Size = Field(1 << 30, ge=256_000_000, description="memory of one parser process, in bytes")
    max_entries: int = Field(5_000, ge=1, le=1_000_000, description="entries of one document")
    parsers: int = Field(2, ge=1, le=64, description="parser processes")
    pages: int = Field(20, ge=1, le=1_000, description="article pages fetched in one poll of a feed with `full_text`")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="how much is logged")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment before the file (which arrives as arguments); nothing else is read."""
        return env_settings, init_settings

    def bounds(self) -> Bounds:
        """How much one fetch and one parse may cost."""
        return Bounds(
            total=self.fetch_time,
            body=self.fetch_size,
            redirects=self.redirects,
            ports=self.ports,
            parse_time=self.parse_time,
            parse_memory=self.parse_memory,
            entries=self.max_entries,
            parsers=self.parsers,
            requests=self.requests,
            per_host=self.requests_per_host,
            pages=self.pages,
            proxy=self.proxy.get_secret_value() if self.proxy else None,
        )


def load_settings() -> Settings:
    """The settings in force. Raises SettingsError, which names the setting and how to mend it."""
    _refuse_unknown(os.environ)
    values = _from_file(os.environ.get(PREFIX + "CONFIG", ""))
    for name in _SECRETS:
        path = os.environ.get(f"{PREFIX}{name.upper()}_FILE", "")
        if path and not os.environ.get(PREFIX + name.upper()):
            values[name] = _secret(name, Path(path))
    try:
        return Settings(**values)
    except ValidationError as error:
        raise _sentence(error) from None


def _known() -> dict[str, str]:
    names = {PREFIX + name.upper(): name for name in Settings.model_fields}
    return names | {f"{PREFIX}{name.upper()}_FILE": name for name in _SECRETS} | {PREFIX + "CONFIG": "config"}


def _refuse_unknown(environment: Mapping[str, str]) -> None:
    known = _known()
    for name in environment:
        if name.startswith(PREFIX) and name not in known and not _NOT_OURS.fullmatch(name):
            # Without the prefix: it is common to all, and would make everything look alike.
            near = get_close_matches(name.removeprefix(PREFIX), [one.removeprefix(PREFIX) for one in known], 1, 0.5)
            mend = f"did you mean {PREFIX}{near[0]}?" if near else f"unset it; known are {', '.join(sorted(known))}"
            raise SettingsError(f"unknown setting {name}", mend)


def _from_file(path: str) -> dict[str, Any]:
    if not path:
        return {}
    try:
        values = written(load(Path(path)))
    except RulesError as error:
        first = error.problems[0]
        secret = any(name in first.source for name in _SECRETS)  # the sentence may quote what stands in the line
        wrong = f"{first.place} the value is not well-formed (put it in single quotes)" if secret else str(first)
        raise SettingsError(
            f"the settings file cannot be read: {wrong}", "mend the file that RISKBOT_CONFIG names"
        ) from None
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise SettingsError(f"{path} holds no settings", "write lines such as `slack_channel: geopolitical-risk`")
    for name in values:
        if name not in Settings.model_fields:
            near = get_close_matches(str(name), Settings.model_fields, 1, 0.5)
            mend = f"did you mean {near[0]}?" if near else f"known are {', '.join(Settings.model_fields)}"
            raise SettingsError(f"unknown setting {name!r} in {path}", mend)
    return dict(values)


def _secret(name: str, path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise SettingsError(
            f"{PREFIX}{name.upper()}_FILE: cannot read {path} ({reason})",
            "name a readable file that holds the secret alone",
        ) from None


def _sentence(error: ValidationError) -> SettingsError:
    """The first thing wrong, in words, without the value: it may be a secret."""
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    name = str(first["loc"][0]) if first["loc"] else "settings"
    message = first["msg"].removeprefix("Value error, ")
    if first["type"].startswith("int_"):
        message = "this is no whole number"
    for said, words in _SAID.items():
        message = message.replace(said, words)
    mend = Settings.model_fields[name].description if name in Settings.model_fields else None
    return SettingsError(f"{PREFIX}{name.upper()}: {message}", f"it is: {mend}" if mend else "")
