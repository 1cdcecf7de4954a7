"""People and riskbot talk: clicks, commands, reminders, the heartbeat, signs of life; `riskbot run` is a process.

The last test is about secrets: everything runs at debug level, and whatever was written anywhere is searched.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from riskbot.feeds.serve import ReplayServer
from tests.acceptance.test_run_and_poll import CHANNEL, MEMO, piece
from tests.acceptance.test_run_and_poll import feed as feed
from tests.acceptance.test_run_and_poll import folder as folder
from tests.commandline import Running, query, riskbot, running
from tests.slacksocket import SocketSlack

pytestmark = pytest.mark.slow


@pytest.fixture
def slack() -> Iterator[SocketSlack]:
    with SocketSlack(CHANNEL, "ops").in_thread() as server:
        assert isinstance(server, SocketSlack)
        yield server


@pytest.fixture
def settings(slack: SocketSlack) -> dict[str, str]:
    return {
        "RISKBOT_SLACK_API_URL": slack.url,
        "RISKBOT_SLACK_BOT_TOKEN": slack.token,
        "RISKBOT_SLACK_APP_TOKEN": slack.app_token,
        "RISKBOT_SLACK_CHANNEL": CHANNEL,
        "RISKBOT_OPS_CHANNEL": "ops",
        "RISKBOT_POLL_INTERVAL": "1s",
        "RISKBOT_SLACK_RATE": "20",
    }


def button(slack: SocketSlack, action: str) -> Any:
    """What stands behind a button of the story's message."""
    (message,) = [each for each in slack.messages(CHANNEL) if not each.thread_ts]
    elements = [e for block in message.payload["blocks"] if block["type"] == "actions" for e in block["elements"]]
    return next(element for element in elements if element["action_id"] == action)


def told(watch: Running, slack: SocketSlack) -> None:
    watch.until(lambda: slack.messages(CHANNEL), "the first message")
    watch.until(lambda: slack.connected.is_set(), "the socket")


def test_a_click_takes_a_story_and_the_message_shows_who(
    folder: Path, feed: ReplayServer, slack: SocketSlack, settings: dict[str, str]
) -> None:
    feed.release(piece("memo", MEMO))
    with running("run", cwd=folder, **settings) as watch:
        told(watch, slack)
        story = button(slack, "riskbot:own")["value"]
        slack.call(slack.press("riskbot:own", story))
        assert f"You are on {story}." in json.dumps(slack.call(slack.answered()))
        (message,) = slack.messages(CHANNEL)
        watch.until(lambda: "@ann" in json.dumps(message.payload["blocks"]), "the owner on the message")

        slack.call(slack.command(f"why {story}"))
        assert "rule level" in json.dumps(slack.call(slack.answered()))
        slack.call(slack.command("status"))
        assert "Feeds well: 1: local" in json.dumps(slack.call(slack.answered()))
        option = button(slack, "riskbot:mute")["options"][0]["value"]
        slack.call(slack.press("riskbot:mute", option))
        assert f"Silent about {story}" in json.dumps(slack.call(slack.answered()))
        slack.call(slack.hang_up())
        watch.until(lambda: slack.connected.is_set(), "the connection to be opened anew")
        assert watch.terminate() == 0
    assert query(folder / "riskbot.db", "SELECT kind, user_name FROM answer ORDER BY id") == [
        ("own", "ann"),
        ("why", "ann"),
        ("mute", "ann"),
    ]


def test_a_grave_story_that_nobody_is_on_is_brought_to_mind_once(
    folder: Path, feed: ReplayServer, slack: SocketSlack, settings: dict[str, str]
) -> None:
    (folder / "rules" / "grave.yaml").write_text(
        "rules:\n  - title: Grave\n    companies: [Alibaba]\n    topics: [military]\n    level: critical\n"
        "    mention: U0000ANN\n",
        encoding="utf-8",
    )
    feed.release(piece("memo", MEMO))
    with running("run", cwd=folder, RISKBOT_REMIND_AFTER="1s", **settings) as watch:
        told(watch, slack)
        watch.until(lambda: len(slack.messages(CHANNEL)) == 2, "the reminder")
        story, reminder = slack.messages(CHANNEL)
        assert watch.terminate() == 0
    assert reminder.thread_ts == story.ts
    assert reminder.broadcast
    assert "Nobody is on story s1 (Critical)" in reminder.payload["text"]
    assert {"type": "user", "user_id": "U0000ANN"} in reminder.payload["blocks"][0]["elements"][0]["elements"]
    assert reminder.payload["blocks"][-1]["elements"][0]["value"] == "s1"  # "I'm on it"
    assert len(slack.messages(CHANNEL)) == 2


def test_signs_of_life_are_given_and_the_heartbeat_comes_when_it_is_asked_for(
    folder: Path, feed: ReplayServer, slack: SocketSlack, settings: dict[str, str]
) -> None:
    feed.release(piece("memo", MEMO))
    alive = {"RISKBOT_HEARTBEAT_URL": f"{slack.hooks}/alive/secret-path"}
    with running("run", cwd=folder, **settings, **alive) as watch:
        told(watch, slack)
        watch.until(lambda: slack.asked, "a sign of life")
        asked = riskbot("status", "--heartbeat", cwd=folder, **settings)
        assert asked.returncode == 0, asked.stderr
        watch.until(lambda: slack.messages("ops"), "the heartbeat")
        assert watch.terminate() == 0
    beats = [each.payload["text"] for each in slack.messages("ops") if "riskbot is well" in each.payload["text"]]
    assert len(beats) == 1
    assert "1 article read" in beats[0]
    assert "Feeds well: 1: local" in beats[0]


def test_a_sign_of_life_that_does_not_get_through_is_logged_once_and_stops_nothing(
    folder: Path, feed: ReplayServer, slack: SocketSlack, settings: dict[str, str]
) -> None:
    feed.release(piece("memo", MEMO))
    gone = {"RISKBOT_HEARTBEAT_URL": "http://127.0.0.1:9/secret-path"}
    with running("run", cwd=folder, **settings, **gone) as watch:
        told(watch, slack)
        watch.until(lambda: "sign of life" in watch.stderr, "the failure to be logged")
        assert watch.terminate() == 0
    assert watch.stderr.count("sign of life did not get through") == 1
    assert "secret-path" not in watch.stderr


def test_set_up_is_checked_and_the_manifest_is_what_slack_takes(
    tmp_path: Path, slack: SocketSlack, settings: dict[str, str]
) -> None:
    printed = riskbot("slack", "manifest", cwd=tmp_path)
    assert printed.returncode == 0
    assert set(json.loads(printed.stdout)["oauth_config"]["scopes"]["bot"]) == slack.scopes
    assert "RISKBOT_SLACK_APP_TOKEN" in printed.stderr

    well = riskbot("slack", "check", "risk", "ops", cwd=tmp_path, **settings)
    assert well.returncode == 0, well.stdout
    slack.channels["ops"].member = False
    wrong = riskbot("slack", "check", "risk", "ops", "--json", cwd=tmp_path, **settings)
    assert wrong.returncode == 1
    assert [each["what"] for each in json.loads(wrong.stdout) if not each["well"]] == ["#ops"]
    nothing = riskbot("slack", "check", cwd=tmp_path)
    assert nothing.returncode == 1
    assert "riskbot slack manifest" in nothing.stdout


def test_a_webhook_is_labelled_and_told_through(folder: Path, feed: ReplayServer, slack: SocketSlack) -> None:
    feed.release(piece("memo", MEMO))
    hook = {"RISKBOT_SLACK_WEBHOOK_URL": f"{slack.hooks}/hooks/secret-path"}
    polled = riskbot("poll", cwd=folder, **hook)

    assert polled.returncode == 0, polled.stderr
    assert "at least once" in polled.stderr
    assert "secret-path" not in polled.stderr + polled.stdout
    assert any(MEMO[0] in json.dumps(body) for _, body in slack.posted)


def test_no_secret_is_written_anywhere(
    folder: Path, feed: ReplayServer, slack: SocketSlack, settings: dict[str, str]
) -> None:
    """Tokens, the webhook's and the heartbeat's address, and those that Slack gives out for answers and connections."""
    secrets = {
        "RISKBOT_SLACK_WEBHOOK_URL": f"{slack.hooks}/hooks/secret-of-the-webhook",
        "RISKBOT_HEARTBEAT_URL": f"{slack.hooks}/alive/secret-of-the-heartbeat",
        "RISKBOT_LOG_LEVEL": "debug",
    }
    feed.release(piece("memo", MEMO))
    said: list[str] = []
    with running("run", cwd=folder, **settings, **secrets) as watch:
        told(watch, slack)
        slack.call(slack.press("riskbot:own", "s1"))
        said.append(json.dumps(slack.call(slack.answered())))
        slack.call(slack.press("riskbot:why", "s99"))
        said.append(json.dumps(slack.call(slack.answered())))
        slack.call(slack.command("status"))
        said.append(json.dumps(slack.call(slack.answered())))
        slack.call(slack.hang_up())
        watch.until(lambda: slack.connections == 2, "the connection to be opened anew")
        watch.until(lambda: slack.asked, "a sign of life")
        assert watch.terminate() == 0
        said += [watch.stdout, watch.stderr]
    slack.token, token = "xoxb-other", slack.token  # every call is refused from now on
    slack.app_token, app_token = "xapp-other", slack.app_token
    for arguments in (
        ("status",),
        ("status", "--json"),
        ("poll", "--all", "--json"),
        ("stories", "list", "--json"),
        ("slack", "check", "risk"),
        ("slack", "check", "risk", "--json"),
        ("rules", "check"),
    ):
        done = riskbot(*arguments, cwd=folder, **settings, **secrets)
        said += [done.stdout, done.stderr]
    broken = {"RISKBOT_HEARTBEAT_URL": "ftp://secret-of-the-heartbeat", "RISKBOT_SLACK_APP_TOKEN": app_token[5:]}
    for name, value in broken.items():
        done = riskbot("status", cwd=folder, **(settings | secrets | {name: value}))
        assert done.returncode == 2
        said += [done.stdout, done.stderr]
    said += [file.read_bytes().decode("latin-1") for file in folder.glob("riskbot.db*")]

    hidden = (
        token,
        app_token[5:],
        "secret-of-the-webhook",
        "secret-of-the-heartbeat",
        "/link/ticket-",
        "/hooks/answer",
    )
    for secret in hidden:
        found = [re.sub(r"\s+", " ", each)[:200] for each in said if secret in each]
        assert not found, secret
