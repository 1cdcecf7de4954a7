"""A sign of life means that riskbot works: not that it ticks, but that it reads feeds and gets its messages out."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from riskbot.feeds.serve import ReplayServer
from tests.acceptance.test_run_and_poll import CHANNEL, MEMO, piece
from tests.acceptance.test_run_and_poll import feed as feed
from tests.acceptance.test_run_and_poll import folder as folder
from tests.acceptance.test_talking import slack as slack
from tests.commandline import query, riskbot, running
from tests.slackfaults import Fault
from tests.slacksocket import SocketSlack

pytestmark = pytest.mark.slow

WITHHELD = "no sign of life is given"


@pytest.fixture
def settings(slack: SocketSlack) -> dict[str, str]:
    return {
        "RISKBOT_SLACK_API_URL": slack.url,
        "RISKBOT_SLACK_BOT_TOKEN": slack.token,
        "RISKBOT_SLACK_CHANNEL": CHANNEL,
        "RISKBOT_POLL_INTERVAL": "1s",
        "RISKBOT_SLACK_RATE": "20",
        "RISKBOT_HEARTBEAT_URL": f"{slack.hooks}/alive/secret-path",
    }


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        taken: list[socket.socket] = []

        def take() -> None:
            while True:
                try:
                    taken.append(listening.accept()[0])
                except OSError:
                    return

        thread = threading.Thread(target=take, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/feed.xml"
        listening.shutdown(socket.SHUT_RDWR)
        for each in taken:
            each.close()
    thread.join()


def watch_only(folder: Path, url: str) -> None:
    (folder / "rules" / "feeds.yaml").write_text(
        f"feeds:\n  - {{name: local, url: {url!r}, every: 1s, allow_private: true}}\n", encoding="utf-8"
    )


def test_while_the_only_feed_hangs_or_has_failed_no_sign_of_life_is_given(
    folder: Path, slack: SocketSlack, settings: dict[str, str], silent: str
) -> None:
    watch_only(folder, silent)
    with running("run", cwd=folder, RISKBOT_FETCH_TIME="3s", **settings) as watch:
        watch.until(lambda: WITHHELD in watch.stderr, "the sign of life to be withheld")
        assert watch.terminate() == 0
    assert slack.asked == []
    assert "the feed local could not be read" in watch.stderr
    assert watch.stderr.count(WITHHELD) == 1


def test_a_round_by_hand_is_a_sign_of_life_where_a_feed_was_read_and_all_that_was_due_got_out(
    folder: Path, feed: ReplayServer, slack: SocketSlack, settings: dict[str, str]
) -> None:
    feed.release(piece("memo", MEMO))
    slack.script = lambda method: Fault.ERROR_503 if method.startswith("chat.") else None
    mute = riskbot("poll", cwd=folder, **settings)
    assert mute.returncode == 0, mute.stderr
    assert slack.asked == []
    assert "Slack does not take it" in mute.stderr

    slack.script = lambda method: None
    long_ago = "2020-01-01 00:00:00.000000"  # so that nothing has to settle
    query(
        folder / "riskbot.db",
        "UPDATE delivery SET due_at = NULL, lease_until = NULL, lost_at = ?, tried_at = ?",
        *(long_ago, long_ago),
    )
    well = riskbot("poll", "--all", cwd=folder, **settings)
    assert (well.returncode, slack.asked) == (0, ["/alive/secret-path"]), well.stderr

    watch_only(folder, "http://127.0.0.1:9/x")
    blind = riskbot("poll", "--all", cwd=folder, **settings)
    assert (blind.returncode, slack.asked) == (1, ["/alive/secret-path"])


def test_what_slack_does_not_take_for_long_is_shown_by_status_and_by_the_heartbeat(
    folder: Path, feed: ReplayServer, slack: SocketSlack, settings: dict[str, str]
) -> None:
    feed.release(piece("memo", MEMO))
    slack.script = lambda method: Fault.ERROR_503 if method.startswith("chat.") else None
    assert riskbot("poll", cwd=folder, **settings).returncode == 0
    assert riskbot("status", cwd=folder, **settings).returncode == 0  # a minute is not long
    query(folder / "riskbot.db", "UPDATE delivery SET created_at = datetime(created_at, '-5 hours') || '.000000'")
    status = riskbot("status", cwd=folder, **settings)
    assert status.returncode == 1
    assert "needs a person: a message to #risk waits since" in status.stdout
    assert "(5 hours): Slack does not take it (" in status.stdout
    beat = riskbot("status", "--heartbeat", cwd=folder, **settings)
    assert beat.stdout.startswith("riskbot needs a look")
    assert "Not told: a message to #risk waits since" in beat.stdout
