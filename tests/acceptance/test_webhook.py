"""Telling through an incoming webhook: what it cannot say is not counted as said, and it is told why."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from riskbot.feeds.serve import ReplayServer
from tests.acceptance.test_run_and_poll import CHANNEL, piece
from tests.acceptance.test_run_and_poll import feed as feed
from tests.acceptance.test_run_and_poll import folder as folder
from tests.commandline import riskbot
from tests.slacksocket import SocketSlack

pytestmark = pytest.mark.slow

MEMO = ("Memo says Alibaba helps the Chinese military", "A White House memo says Alibaba helps the Chinese military.")
DENIAL = ("Alibaba denies helping the Chinese military", "Alibaba denied that it helps the Chinese military.")
MORE = ("Alibaba helps the Chinese military, memo says", MEMO[1])


@pytest.fixture
def slack() -> Iterator[SocketSlack]:
    with SocketSlack(CHANNEL).in_thread() as server:
        assert isinstance(server, SocketSlack)
        yield server


def test_edits_and_quiet_replies_are_not_counted_as_sent_and_say_why(
    folder: Path, feed: ReplayServer, slack: SocketSlack
) -> None:
    settings = {
        "RISKBOT_SLACK_WEBHOOK_URL": f"{slack.hooks}/hooks/secret-path",
        "RISKBOT_SLACK_CHANNEL": CHANNEL,
        "RISKBOT_SLACK_RATE": "20",
    }
    for name, words in (("memo", MEMO), ("denial", DENIAL), ("more", MORE)):
        feed.release(piece(name, words))
        polled = riskbot("poll", "--all", cwd=folder, **settings)
        assert polled.returncode == 0, polled.stderr

    every = json.loads(riskbot("alerts", "list", "--all", "--json", cwd=folder, **settings).stdout)
    came_of = {(each["kind"], each["state"]) for each in every}
    sent = [each for each in every if each["state"] == "sent"]
    edits = [each for each in every if each["kind"] == "edit"]

    assert came_of == {("post", "sent"), ("broadcast", "sent"), ("edit", "replaced")}
    assert len(sent) == len(slack.posted) == 2
    assert len(edits) == 2
    assert "an incoming webhook cannot edit what it posted" in edits[0]["error"]
    assert all(each["error"] for each in edits)
    assert "webhook cannot edit" in riskbot("alerts", "list", cwd=folder, **settings).stdout

    status = json.loads(riskbot("status", "--json", cwd=folder, **settings).stdout)
    assert (status["owed"], status["parked"]) == (0, 0)
