"""Watching for real: `run` and `poll` as processes, a feed and a Slack on loopback.

The feed is the replay server's, with dates of today; Slack is the local Web API that keeps what was posted and knows
when something was posted twice. A process that dies leaves its leases behind: `outlive_the_leases` lets them run out.
"""

from __future__ import annotations

import json
import shutil
import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from riskbot.feeds.serve import ReplayServer
from riskbot.model import Article
from tests.builders import article
from tests.commandline import query, riskbot, running
from tests.places import ROOT
from tests.slackserver import Fault, SlackServer, listed

pytestmark = pytest.mark.slow

TOKEN = "xoxb-4711-nobody-may-see-this"
CHANNEL = "risk"
MEMO = (
    "White House memo says Alibaba helps the Chinese military",
    "A White House memo claims that Alibaba helps the Chinese military to target the United States, the Financial "
    "Times reported on Friday. Alibaba called the claims completely false.",
)
RETOLD = (
    "Alibaba helps the Chinese military, White House memo claims",
    "Alibaba helps the Chinese military to target the United States, a White House memo claims, according to the "
    "Financial Times. Alibaba said that the claims were completely false.",
)
ENTITY_LIST = ("Washington puts SMIC on its entity list", "The Commerce Department put SMIC on its entity list today.")
RADIOS = (
    "Huawei supplied radios to the People's Liberation Army",
    "Huawei has supplied radio equipment to the People's Liberation Army, a parliamentary report says.",
)
UNSENT = "SELECT id FROM delivery WHERE state IN ('owed', 'sending')"
FOOTBALL = ("Local team wins the cup", "Nobody had thought that they would win it again.")


def piece(name: str, words: tuple[str, str]) -> Article:
    """An article that its feed dates a few minutes ago."""
    title, text = words
    published = datetime.now(UTC) - timedelta(minutes=5)
    return article(title, text, id=name, published=published, url=f"https://news.example/{name}")


@pytest.fixture
def slack() -> Iterator[SlackServer]:
    with SlackServer(CHANNEL, "other", token=TOKEN).in_thread() as server:
        yield server


@pytest.fixture
def feed() -> Iterator[ReplayServer]:
    with ReplayServer() as server:
        yield server


@pytest.fixture
def folder(tmp_path: Path, feed: ReplayServer) -> Path:
    """A working folder: the shipped rules, with the local feed in place of the shipped ones."""
    shutil.copytree(ROOT / "rules", tmp_path / "rules")
    (tmp_path / "rules" / "feeds.yaml").write_text(
        f"feeds:\n  - {{name: local, url: {feed.url!r}, every: 1s, allow_private: true}}\n", encoding="utf-8"
    )
    return tmp_path


@pytest.fixture
def settings(slack: SlackServer) -> dict[str, str]:
    """What it takes to post to the local Slack."""
    return {
        "RISKBOT_SLACK_API_URL": slack.url,
        "RISKBOT_SLACK_BOT_TOKEN": TOKEN,
        "RISKBOT_SLACK_CHANNEL": CHANNEL,
        "RISKBOT_POLL_INTERVAL": "1s",
    }


def assert_said_once(slack: SlackServer, stories: int) -> None:
    """So many messages stand in the channel, each posted once."""
    messages = slack.messages(CHANNEL)
    assert len(messages) == stories
    assert len({message.key for message in messages}) == stories
    assert slack.messages("other") == []


def outlive_the_leases(database: Path) -> None:
    """Let the time pass after which others may take up what a dead process had in hand."""
    past = "2020-01-01 00:00:00.000000"
    query(database, "UPDATE feed SET lease_until = ?, due_at = ? WHERE lease_until IS NOT NULL", past, past)
    query(database, "UPDATE delivery SET lease_until = ?, due_at = ? WHERE state IN ('owed', 'sending')", past, past)


# ── run ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_story_is_told_once_and_its_message_grows_until_sigterm_ends_the_watch(
    folder: Path, feed: ReplayServer, slack: SlackServer, settings: dict[str, str]
) -> None:
    feed.release(piece("football", FOOTBALL))
    feed.release(piece("memo", MEMO))
    with running("run", cwd=folder, **settings) as watch:
        watch.until(lambda: slack.messages(CHANNEL), "the first message")
        (message,) = slack.messages(CHANNEL)
        assert MEMO[0] in json.dumps(message.payload["blocks"])
        assert riskbot("status", "--live", cwd=folder).returncode == 0

        feed.release(piece("retold", RETOLD))
        watch.until(lambda: "https://news.example/retold" in json.dumps(message.payload["blocks"]), "the update")
        assert "https://news.example/memo" in json.dumps(message.payload["blocks"])
        assert_said_once(slack, 1)
        watch.until(lambda: not query(folder / "riskbot.db", UNSENT), "the update to be noted")

        status = riskbot("status", "--json", cwd=folder)
        assert status.returncode == 0, status.stderr
        document = json.loads(status.stdout)
        assert {key: document[key] for key in ("articles", "stories", "alerts", "owed", "parked")} == {
            "articles": 3,
            "stories": 1,
            "alerts": 2,
            "owed": 0,
            "parked": 0,
        }
        assert watch.terminate() == 0
    events = [json.loads(line)["event"] for line in watch.stderr.splitlines()]
    assert events[0] == "watching"
    assert events[-1] == "stopped"
    assert "told" in events
    assert watch.stdout == ""


def test_the_watch_is_not_live_when_its_last_tick_is_old(folder: Path) -> None:
    never = riskbot("status", "--live", cwd=folder)
    assert (never.returncode, never.stdout.strip()) == (1, "riskbot has not run on this database yet")
    assert riskbot("db", "upgrade", cwd=folder).returncode == 0
    query(folder / "riskbot.db", "INSERT INTO tick (name, at) VALUES ('poll', ?)", "2020-01-01 00:00:00.000000")
    old = riskbot("status", "--live", cwd=folder)
    assert old.returncode == 1
    assert "the last tick was" in old.stdout


def test_killed_at_the_worst_moments_it_loses_nothing_and_says_nothing_twice(
    folder: Path, feed: ReplayServer, slack: SlackServer, settings: dict[str, str]
) -> None:
    database = folder / "riskbot.db"
    feed.release(piece("football", FOOTBALL))
    with running("run", cwd=folder, **settings) as watch:
        watch.until(lambda: database.exists() and "watching" in watch.stderr, "the start")
        watch.kill()  # around the first poll

    def killed_in_the_middle_of(method: str, fault: Fault, name: str, words: tuple[str, str]) -> None:
        """Release an article, and kill the watch while Slack keeps it waiting for its answer."""
        outlive_the_leases(database)
        slack.script, before = listed({method: [fault]}), slack.faults[fault]
        feed.release(piece(name, words))
        with running("run", cwd=folder, **settings) as watch:
            watch.until(lambda: slack.faults[fault] > before, f"{method} of {name}")
            watch.kill()

    killed_in_the_middle_of("chat.postMessage", Fault.ACCEPT_AND_STALL, "memo", MEMO)  # posted, but nobody noted it
    killed_in_the_middle_of("chat.update", Fault.ACCEPT_AND_STALL, "retold", RETOLD)
    killed_in_the_middle_of("chat.postMessage", Fault.RESET, "entity-list", ENTITY_LIST)  # not posted: fate unknown
    killed_in_the_middle_of("chat.postMessage", Fault.RATE_LIMITED, "radios", RADIOS)

    outlive_the_leases(database)
    with running("run", cwd=folder, **settings) as watch:
        watch.until(lambda: not query(database, UNSENT), "everything to be told")
        watch.until(lambda: len(slack.messages(CHANNEL)) == 3, "three messages")
        assert watch.terminate() == 0

    assert_said_once(slack, 3)
    told = json.dumps([message.payload["blocks"] for message in slack.messages(CHANNEL)])
    for name in ("memo", "retold", "entity-list", "radios"):
        assert f"https://news.example/{name}" in told
    assert query(database, "SELECT count(*), count(DISTINCT id) FROM article") == [(5, 5)]
    assert query(database, "SELECT count(*) FROM story") == [(3,)]
    assert query(database, "SELECT count(*) FROM alert WHERE kind = 'new'") == [(3,)]


def test_a_feed_that_does_not_answer_holds_up_neither_the_others_nor_the_end(
    folder: Path, feed: ReplayServer, slack: SlackServer, settings: dict[str, str]
) -> None:
    database = folder / "riskbot.db"
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes connections, says nothing
        with (folder / "rules" / "feeds.yaml").open("a", encoding="utf-8") as feeds:
            feeds.write(
                f"  - {{name: silent, url: 'http://127.0.0.1:{silent.getsockname()[1]}/', allow_private: true}}\n"
            )
        feed.release(piece("memo", MEMO))
        with running("run", cwd=folder, **settings) as watch:
            watch.until(lambda: slack.messages(CHANNEL), "the message")
            assert query(database, "SELECT name FROM feed WHERE lease_until IS NOT NULL AND name = 'silent'")
            before = time.monotonic()
            assert watch.terminate() == 0
            assert time.monotonic() - before < 10  # service managers lose patience after that
    assert json.loads(watch.stderr.splitlines()[-1])["event"] == "stopped"
    assert query(database, "SELECT lease_until, failures FROM feed WHERE name = 'silent'") == [(None, 0)]


def test_a_slack_that_does_not_answer_does_not_hold_up_the_end(
    folder: Path, feed: ReplayServer, slack: SlackServer, settings: dict[str, str]
) -> None:
    slack.script = lambda method: Fault.ACCEPT_AND_STALL if method == "chat.postMessage" else None
    feed.release(piece("memo", MEMO))
    with running("run", cwd=folder, **settings) as watch:
        watch.until(lambda: slack.faults[Fault.ACCEPT_AND_STALL], "the post")
        before = time.monotonic()
        assert watch.terminate() == 0
        assert time.monotonic() - before < 10
    assert json.loads(watch.stderr.splitlines()[-1])["event"] == "stopped"
    assert query(folder / "riskbot.db", "SELECT state FROM delivery") == [("sending",)]  # to be looked up, not repeated


# ── poll ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_one_round_posts_what_is_new_and_reports_it_as_json(
    folder: Path, feed: ReplayServer, slack: SlackServer, settings: dict[str, str]
) -> None:
    feed.release(piece("football", FOOTBALL))
    feed.release(piece("memo", MEMO))
    first = riskbot("poll", "--json", cwd=folder, **settings)
    assert first.returncode == 0, first.stderr
    (report,) = json.loads(first.stdout)
    assert report["hits"] >= 2  # military and memo
    assert {key: report[key] for key in ("feed", "entries", "new", "edited", "alerts", "error")} == {
        "feed": "local",
        "entries": 2,
        "new": 2,
        "edited": 0,
        "alerts": 1,
        "error": None,
    }
    assert_said_once(slack, 1)

    again = riskbot("poll", "--all", "--json", cwd=folder, **settings)
    assert again.returncode == 0, again.stderr
    assert [(r["new"], r["hits"], r["alerts"]) for r in json.loads(again.stdout)] == [(0, 0, 0)]
    assert_said_once(slack, 1)
    assert [method for method, _ in slack.calls if method.startswith("chat.")] == ["chat.postMessage"]


def test_without_a_token_the_message_is_printed_as_slack_would_show_it(folder: Path, feed: ReplayServer) -> None:
    feed.release(piece("memo", MEMO))
    done = riskbot("poll", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert MEMO[0] in done.stdout
    assert "#alerts" in done.stdout
    assert done.stderr.count("RISKBOT_SLACK_BOT_TOKEN") == 1


def test_a_refused_message_is_parked_and_needs_a_person_and_no_secret_is_shown(
    folder: Path, feed: ReplayServer, slack: SlackServer, settings: dict[str, str]
) -> None:
    slack.channels[CHANNEL].member = False
    feed.release(piece("memo", MEMO))
    told = [riskbot("poll", "--json", cwd=folder, **settings, RISKBOT_LOG_LEVEL="debug")]
    assert told[0].returncode == 0
    assert "/invite" in told[0].stderr
    told += [riskbot("status", cwd=folder, **settings), riskbot("status", "--json", cwd=folder, **settings)]
    assert [done.returncode for done in told[1:]] == [1, 1]
    assert "needs a person: 1 message parked" in told[1].stdout
    assert json.loads(told[2].stdout)["parked"] == 1
    (folder / "token").write_text(TOKEN + "\n", encoding="utf-8")
    in_a_file = {name: value for name, value in settings.items() if name != "RISKBOT_SLACK_BOT_TOKEN"}
    told.append(riskbot("feeds", "check", "local", cwd=folder, **in_a_file, RISKBOT_SLACK_BOT_TOKEN_FILE="token"))
    assert told[-1].returncode == 0
    assert "local" in told[-1].stdout
    assert TOKEN not in "".join(done.stdout + done.stderr for done in told)
    for file in folder.glob("riskbot.db*"):
        assert TOKEN.encode() not in file.read_bytes()


def test_a_wrong_token_is_told_without_being_shown(
    folder: Path, feed: ReplayServer, slack: SlackServer, settings: dict[str, str]
) -> None:
    wrong = "xoxb-0815-of-another-workspace"
    feed.release(piece("memo", MEMO))
    settings |= {"RISKBOT_SLACK_BOT_TOKEN": wrong, "RISKBOT_LOG_LEVEL": "debug"}
    done = riskbot("poll", cwd=folder, **settings)
    assert "RISKBOT_SLACK_BOT_TOKEN" in done.stderr
    assert wrong not in done.stdout + done.stderr
    assert riskbot("status", cwd=folder, **settings).returncode == 1
    assert slack.messages(CHANNEL) == []


# ── replay and the rest ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_replay_posts_to_the_named_channel_only_and_says_that_it_is_one(
    folder: Path, slack: SlackServer, settings: dict[str, str]
) -> None:
    settings["RISKBOT_SLACK_CHANNEL"] = "other"
    rules = folder / "rules" / "watch.yaml"
    rules.write_text(rules.read_text(encoding="utf-8").replace("level: high", "level: high\n    channel: other"))
    done = riskbot("replay", ROOT / "seeds", "--slack", CHANNEL, "--json", cwd=folder, **settings)
    assert done.returncode == 0, done.stderr
    message, *replies = slack.messages(CHANNEL)
    assert slack.messages("other") == []
    assert all(reply.thread_ts == message.ts for reply in replies)
    for payload in [*message.edits, message.payload, *(reply.payload for reply in replies)]:
        assert payload["text"].startswith("REPLAY, not live")
        assert "REPLAY, not live" in json.dumps(payload["blocks"][0])
    assert [payload["channel"] for payload in json.loads(done.stdout)["messages"]] == [
        arguments["channel"] for method, arguments in slack.calls if method.startswith("chat.")
    ]
    assert TOKEN not in done.stdout + done.stderr
    assert not (folder / "riskbot.db").exists()


def test_a_replay_into_a_watched_database_is_not_polled_afterwards(
    folder: Path, feed: ReplayServer, slack: SlackServer, settings: dict[str, str]
) -> None:
    feed.release(piece("football", FOOTBALL))
    assert riskbot("replay", ROOT / "seeds", "--database", "sqlite:///riskbot.db", cwd=folder).returncode == 0
    done = riskbot("poll", "--all", "--json", cwd=folder, **settings)
    assert done.returncode == 0, done.stderr
    assert [report["feed"] for report in json.loads(done.stdout)] == ["local"]
    assert slack.messages(CHANNEL) == []


def test_the_database_can_be_brought_up_to_date_twice(folder: Path) -> None:
    for _ in range(2):
        done = riskbot("db", "upgrade", "--database", "sqlite:///fresh.db", cwd=folder)
        assert (done.returncode, done.stderr) == (0, "")
    assert query(folder / "fresh.db", "SELECT count(*) FROM riskbot_version") == [(1,)]


def test_the_version_is_told(tmp_path: Path) -> None:
    done = riskbot("--version", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "riskbot 0.1.0\n", "")
