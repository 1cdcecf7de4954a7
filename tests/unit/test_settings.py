"""Settings: where they may stand, what wins, and that a mistake is named without showing a secret."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from riskbot.errors import SettingsError
from riskbot.feeds.bounds import Bounds
from riskbot.settings import Settings, load_settings

SECRET = "xoxb-swordfish"


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("RISKBOT_"):
            monkeypatch.delenv(name)


@pytest.fixture
def set_(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    return monkeypatch


@pytest.fixture
def config(tmp_path: Path, set_: pytest.MonkeyPatch) -> Path:
    """The settings file that `RISKBOT_CONFIG` names."""
    file = tmp_path / "settings.yaml"
    set_.setenv("RISKBOT_CONFIG", str(file))
    return file


def refusal() -> SettingsError:
    with pytest.raises(SettingsError) as caught:
        load_settings()
    error = caught.value
    assert error.exit_status == 2
    assert SECRET not in f"{error} {error.mend} {error!r}"
    assert "swordfish" not in f"{error.__cause__}"
    return error


# ── what holds when nothing is set ───────────────────────────────────────────────────────────────────────────────


def test_everything_has_a_default() -> None:
    settings = load_settings()
    assert settings.database_url.get_secret_value() == "sqlite:///riskbot.db"
    assert (settings.slack_bot_token, settings.rules_dir, settings.log_level) == (None, None, "info")
    assert settings.poll_interval == timedelta(seconds=15)
    assert (settings.first_poll_window, settings.too_old_after) == (timedelta(hours=24), timedelta(hours=72))


def test_every_setting_says_what_it_is() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


# ── the environment ──────────────────────────────────────────────────────────────────────────────────────────────


def test_the_environment_sets_texts_paths_and_durations(set_: pytest.MonkeyPatch, tmp_path: Path) -> None:
    set_.setenv("RISKBOT_SLACK_CHANNEL", "geopolitical-risk")
    set_.setenv("RISKBOT_RULES_DIR", str(tmp_path))
    set_.setenv("RISKBOT_MAX_INTERVAL", "2h")
    settings = load_settings()
    assert (settings.slack_channel, settings.rules_dir) == ("geopolitical-risk", tmp_path)
    assert settings.max_interval == timedelta(hours=2)


def test_a_variable_set_to_nothing_is_not_set(set_: pytest.MonkeyPatch) -> None:
    for name in ("RISKBOT_SLACK_BOT_TOKEN", "RISKBOT_SLACK_CHANNEL", "RISKBOT_CONFIG", "RISKBOT_DATABASE_URL_FILE"):
        set_.setenv(name, "")
    settings = load_settings()
    assert (settings.slack_bot_token, settings.slack_channel) == (None, "alerts")
    assert settings.ops_channel is None  # the channel of alerts


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("RISKBOT_SLACK_CHANEL", "RISKBOT_SLACK_CHANNEL"),
        ("RISKBOT_DATABASE", "RISKBOT_DATABASE_URL"),
        ("RISKBOT_SLACK_BOT_TOKEN_FIEL", "RISKBOT_SLACK_BOT_TOKEN_FILE"),
        ("RISKBOT_SLACK_CHANNEL_FILE", "RISKBOT_SLACK_CHANNEL"),
        ("RISKBOT_PORTZ", "RISKBOT_PORTS"),
        ("RISKBOT_PARSE_TIEM", "RISKBOT_PARSE_TIME"),
    ],
)
def test_an_unknown_name_is_refused_naming_the_nearest_known_one(
    set_: pytest.MonkeyPatch, name: str, near: str
) -> None:
    set_.setenv(name, SECRET)
    error = refusal()
    assert str(error) == f"unknown setting {name}"
    assert error.mend == f"did you mean {near}?"


def test_an_unknown_name_like_none_is_refused_naming_all(set_: pytest.MonkeyPatch) -> None:
    set_.setenv("RISKBOT_ZZZ", "1")
    mend = refusal().mend
    assert mend.startswith("unset it; known are RISKBOT_ALERTS_PER_HOUR, RISKBOT_CONFIG, ")
    assert all(f"RISKBOT_{name.upper()}" in mend for name in Settings.model_fields)


@pytest.mark.parametrize(
    "name",
    [
        "RISKBOT_PORT",
        "RISKBOT_PORT_8080_TCP_ADDR",
        "RISKBOT_SERVICE_HOST",
        "RISKBOT_SERVICE_PORT_HTTP",
    ],
)
def test_what_a_kubernetes_service_link_makes_is_accepted(set_: pytest.MonkeyPatch, name: str) -> None:
    set_.setenv(name, "tcp://10.0.0.1:8080")
    assert load_settings() == Settings.model_validate({})


def test_the_names_of_others_are_nobodys_concern(set_: pytest.MonkeyPatch) -> None:
    set_.setenv("RISKBOTANY", "1")
    set_.setenv("SLACK_CHANNEL", "elsewhere")
    assert load_settings().slack_channel == "alerts"


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("RISKBOT_POLL_INTERVAL", "often", "is no duration"),
        ("RISKBOT_POLL_INTERVAL", "15", "is no duration"),
        ("RISKBOT_TOO_OLD_AFTER", "0h", "is no time at all"),
        ("RISKBOT_LOG_LEVEL", "loud", "'debug', 'info', 'warning' or 'error'"),
        ("RISKBOT_FETCH_TIME", "0s", "is no time at all"),
        ("RISKBOT_FETCH_TIME", "1h", "write at most 10 minutes"),
        ("RISKBOT_FETCH_SIZE", "0", "write at least 1000"),
        ("RISKBOT_FETCH_SIZE", "-5MB", "is no size"),
        ("RISKBOT_FETCH_SIZE", "10 megabytes", "10MB"),
        ("RISKBOT_REDIRECTS", "-1", "write at least 0"),
        ("RISKBOT_REDIRECTS", "few", "whole number"),
        ("RISKBOT_PORTS", "80,0", "'0' is no port"),
        ("RISKBOT_PORTS", "80,65536", "'65536' is no port"),
        ("RISKBOT_PORTS", "-80", "'-80' is no port"),
        ("RISKBOT_PORTS", "https", "'https' is no port"),
        ("RISKBOT_PORTS", " , ", "80,443"),
        ("RISKBOT_PARSE_TIME", "5", "is no duration"),
        ("RISKBOT_PARSE_MEMORY", "1MB", "write at least"),
        ("RISKBOT_MAX_ENTRIES", "0", "write at least 1"),
        ("RISKBOT_REQUESTS", "0", "write at least 1"),
        ("RISKBOT_REQUESTS_PER_HOST", "0", "write at least 1"),
        ("RISKBOT_PARSERS", "1.5", "whole number"),
        ("RISKBOT_PAGES", "0", "write at least 1"),
        ("RISKBOT_STALE_AFTER", "-1d", "is no duration"),
    ],
)
def test_a_malformed_value_is_named_with_what_it_should_be(
    set_: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    set_.setenv(name, value)
    error = refusal()
    assert str(error).startswith(f"{name}: ")
    assert says in str(error)
    assert error.mend.startswith("it is: ")


def test_bounds_are_what_the_settings_say(set_: pytest.MonkeyPatch) -> None:
    assert load_settings().bounds() == Bounds()
    for name, value in {
        "FETCH_TIME": "1m",
        "FETCH_SIZE": "2MiB",
        "REDIRECTS": "0",
        "PORTS": "80, 443,8080",
        "PARSE_TIME": "9s",
        "PARSE_MEMORY": "2GB",
        "MAX_ENTRIES": "7",
        "PARSERS": "4",
        "REQUESTS": "8",
        "REQUESTS_PER_HOST": "1",
        "PAGES": "5",
        "PROXY": "http://proxy.example:3128",
    }.items():
        set_.setenv(f"RISKBOT_{name}", value)
    bounds = load_settings().bounds()
    assert (bounds.total, bounds.parse_time) == (timedelta(minutes=1), timedelta(seconds=9))
    assert (bounds.body, bounds.parse_memory) == (2 * 1024 * 1024, 2_000_000_000)
    assert (bounds.redirects, bounds.entries, bounds.parsers) == (0, 7, 4)
    assert (bounds.requests, bounds.per_host, bounds.ports) == (8, 1, {80, 443, 8080})
    assert (bounds.pages, bounds.proxy) == (5, "http://proxy.example:3128")


@pytest.mark.parametrize("written", ["[80, 8080]", "80,8080", "'80 8080'", "\n  - 80\n  - 8080"])
def test_ports_stand_in_the_file_as_a_list_or_as_in_the_environment(config: Path, written: str) -> None:
    config.write_text(f"ports: {written}\nfetch_size: 1kB\nredirects: 3\n")
    settings = load_settings()
    assert (settings.ports, settings.fetch_size, settings.redirects) == ({80, 8080}, 1000, 3)


@pytest.mark.parametrize("written", ["[80, [443]]", "{a: 80}", "[]", "[80, 70000]", "true"])
def test_ports_of_the_file_that_are_none_are_refused(config: Path, written: str) -> None:
    config.write_text(f"ports: {written}\n")
    error = refusal()
    assert str(error).startswith("RISKBOT_PORTS: ")
    assert "port" in str(error)


@pytest.mark.parametrize(
    "value", ["swordfish", "proxy:3128", "socks5://user:swordfish@proxy", "http://", "http://proxy:99999", "//proxy"]
)
def test_a_proxy_without_a_proper_address_is_refused_without_being_shown(set_: pytest.MonkeyPatch, value: str) -> None:
    set_.setenv("RISKBOT_PROXY", value)
    error = refusal()
    assert str(error).startswith("RISKBOT_PROXY: it is no proxy's address: write http://host:port")


def test_a_proxy_may_hold_a_password_and_is_a_secret(set_: pytest.MonkeyPatch) -> None:
    set_.setenv("RISKBOT_PROXY", f"http://user:{SECRET}@proxy.example:3128")
    settings = load_settings()
    assert settings.proxy is not None
    assert settings.proxy.get_secret_value() == f"http://user:{SECRET}@proxy.example:3128"
    assert SECRET not in f"{settings!r}"


# ── the settings file ────────────────────────────────────────────────────────────────────────────────────────────


def test_the_file_sets_what_the_environment_does_not(config: Path) -> None:
    config.write_text("slack_channel: from-file\nmin_interval: 2m\nlog_level: debug\n")
    settings = load_settings()
    assert (settings.slack_channel, settings.log_level) == ("from-file", "debug")
    assert settings.min_interval == timedelta(minutes=2)


def test_the_environment_wins_over_the_file(config: Path, set_: pytest.MonkeyPatch) -> None:
    config.write_text(f"slack_channel: from-file\nslack_bot_token: {SECRET}\n")
    set_.setenv("RISKBOT_SLACK_CHANNEL", "from-environment")
    set_.setenv("RISKBOT_SLACK_BOT_TOKEN", "xoxb-environment")
    settings = load_settings()
    assert settings.slack_channel == "from-environment"
    assert settings.slack_bot_token is not None
    assert settings.slack_bot_token.get_secret_value() == "xoxb-environment"


def test_a_file_that_says_nothing_sets_nothing_and_an_empty_one_is_refused(config: Path) -> None:
    config.write_text("~\n")
    assert load_settings() == Settings.model_validate({})
    config.write_text("# nothing yet\n")
    assert f"{config} there is nothing in it" in str(refusal())


def test_a_name_of_the_file_that_is_unknown_is_refused_naming_the_nearest(config: Path) -> None:
    config.write_text("slack_chanel: x\n")
    error = refusal()
    assert str(error) == f"unknown setting 'slack_chanel' in {config}"
    assert error.mend == "did you mean slack_channel?"
    config.write_text("zzz: x\n")
    assert refusal().mend.startswith("known are database_url, ")


@pytest.mark.parametrize("text", ["- slack_channel\n", "slack_channel\n"])
def test_a_file_that_is_no_list_of_settings_is_refused(config: Path, text: str) -> None:
    config.write_text(text)
    assert str(refusal()) == f"{config} holds no settings"


def test_a_broken_file_is_refused_with_its_place(config: Path) -> None:
    config.write_text("slack_channel: a\nlog_level: [info\n")
    error = refusal()
    assert f"{config}:" in str(error)
    assert "RISKBOT_CONFIG" in error.mend


def test_a_missing_file_is_refused(config: Path) -> None:
    assert str(config) in str(refusal())


@pytest.mark.parametrize(
    "line",
    [
        f"slack_bot_token: *{SECRET}",
        f"slack_bot_token: @{SECRET}",
        f"slack_bot_token: {SECRET}: x",
        f"slack_bot_token: [{SECRET}]",
        f"slack_bot_token: {{{SECRET}: 1}}",
        f'slack_bot_token: "{SECRET}\\q"',
        f"slack_bot_token: !{SECRET} x",
        f"database_url: *{SECRET}",
    ],
)
def test_no_secret_stands_in_the_error_of_a_malformed_line(config: Path, line: str) -> None:
    config.write_text(f"slack_channel: a\n{line}\n")
    said = str(refusal())
    assert "RISKBOT_SLACK_BOT_TOKEN" in said or f"{config}:2" in said


# ── secrets ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["SLACK_BOT_TOKEN", "DATABASE_URL", "PROXY"])
def test_a_secret_may_stand_in_a_file_of_its_own(set_: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    file = tmp_path / "secret"
    secret = f"http://user:{SECRET}@host" if name == "PROXY" else SECRET
    file.write_text(f"  {secret}\n")
    set_.setenv(f"RISKBOT_{name}_FILE", str(file))
    found = getattr(load_settings(), name.lower())
    assert found.get_secret_value() == secret


def test_a_secrets_own_file_wins_over_the_settings_file_and_the_environment_over_both(
    set_: pytest.MonkeyPatch, tmp_path: Path, config: Path
) -> None:
    (tmp_path / "secret").write_text("from its own file")
    config.write_text("slack_bot_token: from the settings file\n")
    set_.setenv("RISKBOT_SLACK_BOT_TOKEN_FILE", str(tmp_path / "secret"))
    own = load_settings().slack_bot_token
    assert own is not None
    assert own.get_secret_value() == "from its own file"
    set_.setenv("RISKBOT_SLACK_BOT_TOKEN", "from the environment")
    given = load_settings().slack_bot_token
    assert given is not None
    assert given.get_secret_value() == "from the environment"


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_a_secrets_file_that_cannot_be_read_is_named(
    set_: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "secret"
    if content is not None:
        file.write_bytes(content)
    set_.setenv("RISKBOT_SLACK_BOT_TOKEN_FILE", str(file))
    error = refusal()
    assert str(error).startswith(f"RISKBOT_SLACK_BOT_TOKEN_FILE: cannot read {file} (")
    assert error.mend


def test_settings_never_show_their_secrets(set_: pytest.MonkeyPatch) -> None:
    set_.setenv("RISKBOT_SLACK_BOT_TOKEN", SECRET)
    set_.setenv("RISKBOT_DATABASE_URL", f"postgresql://riskbot:{SECRET}@db/riskbot")
    settings = load_settings()
    assert SECRET not in f"{settings} {settings!r} {settings.model_dump_json()}"
