"""Hot reload for real: `riskbot run` as a process, its rule files edited under it, a feed and a Slack on loopback.

An article that must not be read by the old rules is released only once the log says that the new ones are live.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from riskbot.feeds.serve import ReplayServer
from riskbot.model import Article
from tests.builders import article
from tests.commandline import Running, query, riskbot, running
from tests.slackserver import SlackServer

pytestmark = pytest.mark.slow

TOKEN = "xoxb-4711-nobody-may-see-this"
WATCH = """\
companies:
  - {name: Alibaba, tickers: [BABA]}
  - {name: SMIC}
topics:
  - {id: military, terms: [military]}
rules:
  - title: Alibaba and the military
    companies: [Alibaba]
    topics: [military]
"""
EXPORTS = """\
  - title: SMIC and export controls
    companies: [SMIC]
    topics: [export-control]
"""
CONTROLS = "  - {id: export-control, terms: [entity list, export licence]}\n"
MORE = WATCH.replace("rules:\n", CONTROLS + "rules:\n") + EXPORTS
BROKEN = MORE.replace("topics: [military]", "topics: [militry]")
REFUSED = "Edit refused, old rules still live: watch.yaml:10:14 unknown topic 'militry', did you mean 'military'?"


@pytest.fixture
def slack() -> Iterator[SlackServer]:
    with SlackServer("risk", "ops", token=TOKEN).in_thread() as server:
        yield server


@pytest.fixture
def feed() -> Iterator[ReplayServer]:
    with ReplayServer() as server:
        yield server


@pytest.fixture
def folder(tmp_path: Path, feed: ReplayServer) -> Path:
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "watch.yaml").write_text(WATCH, encoding="utf-8")
    (rules / "feeds.yaml").write_text(feeds_file(local=feed.url), encoding="utf-8")
    return tmp_path


@pytest.fixture
def watch(folder: Path, slack: SlackServer, feed: ReplayServer) -> Iterator[Running]:
    """A riskbot that watches, and has had its first poll."""
    release(feed, "football", "Local team wins the cup")
    with running("run", cwd=folder, **settings(slack)) as process:
        process.until(lambda: events(process, "watching"), "the start")
        process.until(lambda: query(folder / "riskbot.db", "SELECT id FROM article"), "the first poll")
        yield process


def settings(slack: SlackServer) -> dict[str, str]:
    return {
        "RISKBOT_SLACK_API_URL": slack.url,
        "RISKBOT_SLACK_BOT_TOKEN": TOKEN,
        "RISKBOT_SLACK_CHANNEL": "risk",
        "RISKBOT_OPS_CHANNEL": "ops",
        "RISKBOT_POLL_INTERVAL": "1s",
    }


def feeds_file(**urls: str) -> str:
    return "feeds:\n" + "".join(
        f"  - {{name: {name}, url: {url!r}, every: 1s, allow_private: true}}\n" for name, url in urls.items()
    )


def release(feed: ReplayServer, name: str, title: str) -> Article:
    published = datetime.now(UTC) - timedelta(minutes=5)
    piece = article(
        title, f"{title}, officials said.", id=name, published=published, url=f"https://news.example/{name}"
    )
    feed.release(piece)
    return piece


def save(file: Path, text: str) -> None:
    """As editors do: beside it first, then in its place."""
    beside = file.with_name(f".{file.name}.new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(file)


def events(process: Running, name: str) -> list[dict[str, str]]:
    lines = [json.loads(line) for line in process.stderr.splitlines() if line.startswith("{")]
    return [line for line in lines if line["event"] == name]


def said(slack: SlackServer, channel: str = "ops") -> list[str]:
    """The notices of rules; those of the feed's health, which is empty in most of these tests, are apart."""
    lines = [message.payload["text"] for message in slack.messages(channel)]
    return [line for line in lines if not line.startswith("Feed ")]


def told(slack: SlackServer) -> str:
    return json.dumps([message.payload["blocks"] for message in slack.messages("risk")])


def until_live(process: Running, times: int) -> float:
    """Wait for the edit to be live; how long that took."""
    before = time.monotonic()
    process.until(lambda: len(events(process, "rules live")) == times, f"edit {times} to be live")
    return time.monotonic() - before


def test_a_saved_edit_is_live_within_two_seconds_and_a_broken_one_changes_nothing(
    folder: Path, watch: Running, slack: SlackServer, feed: ReplayServer
) -> None:
    rules = folder / "rules" / "watch.yaml"
    release(feed, "quiet", "SMIC loses its export licence")
    watch.until(lambda: query(folder / "riskbot.db", "SELECT id FROM article LIMIT -1 OFFSET 1"), "the quiet article")

    save(rules, MORE)
    times = [until_live(watch, 1)]
    release(feed, "listed", "SMIC is put on the entity list")
    watch.until(lambda: "news.example/listed" in told(slack), "the alert of the new rule")
    assert "news.example/quiet" not in told(slack)  # a rule change does not match the past again
    watch.until(lambda: said(slack), "the notice")
    assert said(slack) == ["Rules live: +1 rule, 1 topic, 2 terms, by watch.yaml"]
    ok = riskbot("status", "--json", cwd=folder)
    assert ok.returncode == 0, ok.stdout
    live = json.loads(ok.stdout)["rules_live"]
    assert query(folder / "riskbot.db", "SELECT DISTINCT rules_hash FROM hit") == [(live["hash"],)]

    save(rules, BROKEN)
    watch.until(lambda: len(said(slack)) == 2, "the refusal")
    assert said(slack)[-1] == REFUSED
    assert events(watch, "edit refused")[-1]["why"] == REFUSED
    status = riskbot("status", cwd=folder)
    assert status.returncode == 1
    assert f"needs a person: {REFUSED}" in status.stdout
    assert live["hash"][:12] in status.stdout

    save(rules, "# the same mistake, one line further down\n" + BROKEN)
    release(feed, "memo", "Alibaba helps the military")
    watch.until(lambda: "news.example/memo" in told(slack), "the alert of the old rules")
    watch.until(
        lambda: "watch.yaml:11:14" in str(json.loads(riskbot("status", "--json", cwd=folder).stdout)["rules_live"]),
        "the new place of the mistake",
    )
    assert len(said(slack)) == 2

    save(rules, MORE)
    times.append(until_live(watch, 2))
    watch.until(lambda: len(said(slack)) == 3, "the mended rules")
    assert said(slack)[-1] == "Rules live: as before the refusal, by watch.yaml"
    assert riskbot("status", cwd=folder).returncode == 0
    save(rules, WATCH)
    times.append(until_live(watch, 3))
    # Two seconds are promised; a busy machine may take longer, so the figures are shown and not judged.
    print("seconds from a save to its being live:", ", ".join(f"{seconds:.2f}" for seconds in times))  # noqa: T201  # for `pytest -s`
    assert watch.terminate() == 0
    keys = [message.key for message in slack.messages("ops")]
    assert len(set(keys)) == len(keys) == len(said(slack)) >= 3


def test_feeds_lists_and_files_come_and_go_with_an_edit(
    folder: Path, watch: Running, slack: SlackServer, feed: ReplayServer
) -> None:
    rules, database = folder / "rules", folder / "riskbot.db"
    with ReplayServer() as other:
        release(other, "radios", "Huawei sells radios to the military")
        release(other, "chips", "SMIC sells chips to the military")
        save(rules / "suppliers.csv", "name,tags\nHuawei,watched\n")
        save(
            rules / "suppliers.yaml",
            "companies_from: [suppliers.csv]\n"
            "rules:\n  - {title: Suppliers, companies: ['tag:watched'], topics: [military]}\n",
        )
        save(rules / "feeds.yaml", feeds_file(other=other.url))
        until_live(watch, 1)
        watch.until(lambda: "news.example/radios" in told(slack), "the alert from the new feed")
        assert "news.example/chips" not in told(slack)
        assert query(database, "SELECT name, paused FROM feed ORDER BY name") == [("local", 1), ("other", 0)]

        save(rules / "suppliers.csv", "name,tags\nHuawei,watched\nYMTC,watched\n")
        until_live(watch, 2)
        release(other, "memory", "YMTC sells memory to the military")
        watch.until(lambda: "news.example/memory" in told(slack), "the alert of the longer list")

        (rules / "suppliers.yaml").unlink()
        until_live(watch, 3)
    watch.until(lambda: len(said(slack)) == 3, "the notices")
    assert said(slack) == [
        "Rules live: +1 rule, 1 company, 1 feed; −1 feed, by feeds.yaml, suppliers.csv, suppliers.yaml",
        "Rules live: +1 company, by suppliers.csv",
        "Rules live: −1 rule, 2 companies, by suppliers.yaml",
    ]
    assert watch.terminate() == 0


def test_saves_that_are_half_done_or_change_nothing_are_nobodys_business(
    folder: Path, watch: Running, slack: SlackServer
) -> None:
    rules = folder / "rules" / "watch.yaml"
    (rules.parent / ".watch.yaml.swp").write_bytes(b"\x00\x01")
    (rules.parent / "watch.yaml~").write_text("rules: [", encoding="utf-8")
    for end in range(0, len(MORE), len(MORE) // 8):  # a slow save, in pieces
        rules.write_text(MORE[:end], encoding="utf-8")
        time.sleep(0.2)
    rules.write_text(MORE, encoding="utf-8")
    until_live(watch, 1)
    save(rules, "# only a comment\n" + MORE)
    time.sleep(1.5)
    watch.until(lambda: said(slack), "the notice")
    assert said(slack) == ["Rules live: +1 rule, 1 topic, 2 terms, by watch.yaml"]
    assert events(watch, "edit refused") == []
    assert watch.terminate() == 0


def test_a_config_map_that_swaps_its_link_is_seen(folder: Path, slack: SlackServer, feed: ReplayServer) -> None:
    mounted = folder / "mounted"
    for version, text in (("..1", WATCH), ("..2", MORE)):
        (mounted / version).mkdir(parents=True)
        (mounted / version / "watch.yaml").write_text(text, encoding="utf-8")
        (mounted / version / "feeds.yaml").write_text(feeds_file(local=feed.url), encoding="utf-8")
    (mounted / "..data").symlink_to("..1")
    for name in ("watch.yaml", "feeds.yaml"):
        (mounted / name).symlink_to(f"..data/{name}")
    with running("run", "--rules", "mounted", cwd=folder, **settings(slack)) as watch:
        watch.until(lambda: events(watch, "watching"), "the start")
        (mounted / "..data_tmp").symlink_to("..2")
        (mounted / "..data_tmp").replace(mounted / "..data")
        until_live(watch, 1)
        watch.until(lambda: said(slack), "the notice")
        assert said(slack)[0].startswith("Rules live: +1 rule, 1 topic, 2 terms, by ")
        assert watch.terminate() == 0


def test_an_edit_that_was_refused_when_riskbot_stopped_is_told_to_be_live_at_the_next_start(
    folder: Path, watch: Running, slack: SlackServer
) -> None:
    rules = folder / "rules" / "watch.yaml"
    save(rules, BROKEN)
    watch.until(lambda: len(said(slack)) == 1, "the refusal")
    assert watch.terminate() == 0
    refused = riskbot("run", cwd=folder, **settings(slack))
    assert refused.returncode == 2
    assert "unknown topic 'militry'" in refused.stderr
    save(rules, MORE)
    with running("run", cwd=folder, **settings(slack)) as again:
        again.until(lambda: len(said(slack)) == 2, "the notice")
        assert again.terminate() == 0
    assert said(slack) == [REFUSED, "Rules live: 2 rules, 2 companies, 1 feed, read at the start"]


def test_without_a_token_a_notice_is_printed_as_slack_would_show_it(folder: Path, feed: ReplayServer) -> None:
    with running("run", cwd=folder, RISKBOT_POLL_INTERVAL="1s", RISKBOT_OPS_CHANNEL="ops") as watch:
        watch.until(lambda: events(watch, "watching"), "the start")
        save(folder / "rules" / "watch.yaml", BROKEN)
        watch.until(lambda: "unknown topic 'militry'" in watch.stdout, "the notice")
        assert "#ops" in watch.stdout
        assert watch.terminate() == 0
