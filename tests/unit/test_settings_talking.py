"""Settings of Socket Mode, webhook, heartbeat and reminders; secrets among them are never shown."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from riskbot.errors import SettingsError
from riskbot.policy.heartbeat import Daily
from riskbot.settings import Settings, load_settings

SECRET = "swordfish"


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("RISKBOT_"):
            monkeypatch.delenv(name)


def loaded(monkeypatch: pytest.MonkeyPatch, **values: str) -> Settings:
    for name, value in values.items():
        monkeypatch.setenv(f"RISKBOT_{name.upper()}", value)
    return load_settings()


def test_without_them_everything_is_off_but_the_reminders_and_the_heartbeat(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = loaded(monkeypatch)
    assert (settings.slack_app_token, settings.slack_webhook_url, settings.heartbeat_url) == (None, None, None)
    assert (settings.remind_after, settings.heartbeat_at) == (timedelta(minutes=30), Daily(8))
    assert settings.slack_users == frozenset()


def test_what_is_off_can_be_said(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = loaded(monkeypatch, remind_after="never", heartbeat_at="never")
    assert (settings.remind_after, settings.heartbeat_at) == (timedelta(), None)


def test_a_heartbeat_has_a_time_and_a_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert loaded(monkeypatch, heartbeat_at="07:30 Europe/Berlin").heartbeat_at == Daily(7, 30, "Europe/Berlin")


def test_who_may_act_is_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    assert loaded(monkeypatch, slack_users="U0000001, U0000002").slack_users == {"U0000001", "U0000002"}


@pytest.mark.parametrize("name", ["slack_app_token", "slack_webhook_url", "heartbeat_url"])
def test_a_secret_may_stand_in_a_file_and_is_not_shown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    value = "xapp-1-swordfish" if name == "slack_app_token" else "https://example.com/swordfish"
    (tmp_path / "secret").write_text(f"{value}\n", encoding="utf-8")
    settings = loaded(monkeypatch, **{f"{name}_file": str(tmp_path / "secret")})

    assert getattr(settings, name).get_secret_value() == value
    assert SECRET not in f"{settings!r} {settings}"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("slack_app_token", "xoxb-swordfish", "begin with xapp-"),
        ("slack_webhook_url", "swordfish", "begins with https://"),
        ("slack_webhook_url", "ftp://swordfish", "begins with https://"),
        ("heartbeat_url", "https://[swordfish", "begins with https://"),
        ("heartbeat_at", "8 in the morning", "write 08:00"),
        ("heartbeat_at", "08:00 Swordfish/City", "IANA name"),
        ("remind_after", "soon", "no duration"),
    ],
)
def test_a_mistake_is_named_and_a_secret_is_not(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        loaded(monkeypatch, **{name: value})

    assert said in str(caught.value)
    assert f"RISKBOT_{name.upper()}" in str(caught.value)
    assert SECRET not in f"{caught.value}{caught.value.mend}{caught.value!r}{caught.value.__cause__}"
