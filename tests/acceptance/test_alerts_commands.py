"""`riskbot alerts`, as its users run it: what was told and why, and sending again what was parked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from riskbot.feeds.serve import ReplayServer
from tests.builders import article
from tests.commandline import riskbot
from tests.slackserver import SlackServer

pytestmark = pytest.mark.slow

RULES = """
companies: [{name: Alibaba}]
topics: [{id: military, terms: [military]}]
rules: [{title: Alibaba and the military, companies: [Alibaba], topics: [military]}]
"""
TITLE = "White House memo says Alibaba helps the Chinese military"


@pytest.fixture
def slack() -> Iterator[SlackServer]:
    with SlackServer("alerts").in_thread() as server:
        yield server


@pytest.fixture
def settings(slack: SlackServer) -> dict[str, str]:
    return {"RISKBOT_SLACK_BOT_TOKEN": slack.token, "RISKBOT_SLACK_API_URL": slack.url}


@pytest.fixture
def folder(tmp_path: Path, settings: dict[str, str]) -> Iterator[Path]:
    """A folder with rules and a feed that carries one story."""
    with ReplayServer() as server:
        server.release(article(TITLE, "Alibaba denied it.", url="https://a.example/1", published=datetime.now(UTC)))
        (tmp_path / "rules").mkdir()
        feeds = f"feeds: [{{name: a, url: {server.feed().url!r}, allow_private: true}}]\n"
        (tmp_path / "rules" / "watch.yaml").write_text(RULES + feeds, encoding="utf-8")
        yield tmp_path


def alerts(folder: Path, *arguments: str) -> Any:
    done = riskbot("alerts", *arguments, "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def said(folder: Path, *arguments: str) -> tuple[int, str, str]:
    done = riskbot("alerts", *arguments, cwd=folder)
    return done.returncode, done.stdout, done.stderr


def of_story(folder: Path) -> dict[str, Any]:
    """The message of the story; the notice about the rules is apart."""
    (found,) = [each for each in alerts(folder, "list", "--all") if each["kind"] == "post"]
    return dict(found)


def polled(folder: Path, settings: dict[str, str]) -> None:
    """One round: feeds, then what is owed."""
    done = riskbot("poll", "--all", cwd=folder, **settings)
    assert done.returncode in (0, 1), done.stderr


def test_without_a_database_there_is_no_message_and_none_is_made(tmp_path: Path) -> None:
    assert said(tmp_path, "list") == (0, "no message\n", "")
    status, _, err = said(tmp_path, "why", "a1")
    assert status == 2
    assert "no database yet" in err
    assert list(tmp_path.iterdir()) == []


def test_what_is_parked_is_listed_with_its_mend_and_sent_again_when_it_is_mended(
    folder: Path, slack: SlackServer, settings: dict[str, str]
) -> None:
    slack.channels["alerts"].member = False
    polled(folder, settings)
    parked = of_story(folder)
    assert (parked["id"], parked["state"], parked["story"], parked["reason"]) == ("a1", "parked", "s1", "new_story")
    assert "not a member of #alerts" in parked["error"]
    status, shown, _ = said(folder, "list", "--state", "parked")
    assert status == 0
    assert "a1" in shown
    assert "/invite" in shown
    assert alerts(folder, "list", "--state", "sent") == []
    slack.channels["alerts"].member = True
    status, shown, _ = said(folder, "resend", "a1")
    assert (status, shown) == (0, "a1 to alerts is owed again\n")
    polled(folder, settings)
    assert of_story(folder)["state"] == "sent"
    assert sum(TITLE in json.dumps(message.payload) for message in slack.messages("alerts")) == 1
    status, _, err = said(folder, "resend", "a1")
    assert status == 2
    assert "a1 is not parked: it is sent" in err


def test_why_shows_the_decision_the_article_and_what_in_it_met_which_rule(
    folder: Path, slack: SlackServer, settings: dict[str, str]
) -> None:
    polled(folder, settings)
    explained = alerts(folder, "why", "a1")
    assert explained["message"]["state"] == "sent"
    assert explained["decision"]["reason"] == "new_story"
    assert explained["article"]["title"] == TITLE
    (hit,) = explained["hits"]
    assert {span["text"] for span in hit["spans"]} == {"Alibaba", "military"}
    for span in hit["spans"]:
        assert TITLE[span["start"] : span["end"]] == span["text"]
    status, shown, _ = said(folder, "why", "a1")
    assert status == 0
    for words in ("new_story", TITLE, "alibaba-and-the-military", "“Alibaba” in title"):
        assert words in shown
    assert alerts(folder, "why", explained["message"]["delivery"]) == explained


@pytest.mark.parametrize(
    "arguments",
    [["why", "a99"], ["resend", "a99"], ["resend"], ["resend", "a1", "--all"], ["drop", "a99"], ["drop", "a1"]],
)
def test_what_cannot_be_meant_is_refused_with_a_mend(
    folder: Path, settings: dict[str, str], arguments: list[str]
) -> None:
    polled(folder, settings)
    status, shown, err = said(folder, *arguments)
    assert (status, shown) == (2, "")
    assert "mend" in err


def test_every_parked_message_is_sent_again_at_once(folder: Path, slack: SlackServer, settings: dict[str, str]) -> None:
    slack.channels["alerts"].member = False
    polled(folder, settings)
    again = alerts(folder, "resend", "--all")
    assert "a1" in {each["id"] for each in again}
    assert {each["state"] for each in again} == {"owed"}
    assert said(folder, "resend", "--all") == (0, "nothing is parked\n", "")
    assert settings["RISKBOT_SLACK_BOT_TOKEN"] not in json.dumps(again)


def test_what_is_parked_is_dropped_for_good_and_stays_on_record(
    folder: Path, slack: SlackServer, settings: dict[str, str]
) -> None:
    slack.channels["alerts"].member = False
    polled(folder, settings)
    slack.channels["alerts"].member = True
    assert said(folder, "drop", "a1") == (0, "a1 to alerts is dropped\n", "")
    polled(folder, settings)
    dropped = of_story(folder)
    assert (dropped["state"], dropped["may_repeat"]) == ("dropped", False)
    assert not any(TITLE in json.dumps(message.payload) for message in slack.messages("alerts"))
    status, _, err = said(folder, "resend", "a1")
    assert status == 2
    assert "a1 is not parked: it is dropped" in err
    assert riskbot("alerts", "drop", cwd=folder).returncode == 2
