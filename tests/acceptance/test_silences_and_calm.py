"""Silences, routes, quiet hours and digests as their users have them: processes, a feed and a Slack on loopback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from riskbot.feeds.serve import ReplayServer
from riskbot.model import Article
from tests.builders import article
from tests.commandline import query, riskbot, running
from tests.slackserver import SlackServer

pytestmark = pytest.mark.slow

TOKEN = "xoxb-4711-nobody-may-see-this"
RULES = """\
companies: [{name: Alibaba}, {name: Tencent}, {name: Huawei}]
topics: [{id: military, terms: [military]}, {id: sanctions, terms: [sanctions]}]
rules:
  - {title: Military, companies: [everyone], topics: [military]}
  - {title: Sanctions, companies: [everyone], topics: [sanctions], level: critical, tags: [grave]}
"""
MEMO = ("Alibaba helps the Chinese military", "A memo says that Alibaba helps the Chinese military.")
MAPS = ("Tencent sells maps to the military", "Tencent sells maps to the military, a report on games says.")
SANCTIONED = ("Sanctions hit Huawei", "The Treasury imposes sanctions on Huawei over telephones.")


@pytest.fixture
def slack() -> Iterator[SlackServer]:
    with SlackServer("risk", "other", token=TOKEN).in_thread() as server:
        yield server


@pytest.fixture
def feed() -> Iterator[ReplayServer]:
    with ReplayServer() as server:
        yield server


@pytest.fixture
def folder(tmp_path: Path, feed: ReplayServer) -> Path:
    (tmp_path / "rules").mkdir()
    write(tmp_path, "")
    (tmp_path / "rules" / "feeds.yaml").write_text(
        f"feeds:\n  - {{name: local, url: {feed.url!r}, every: 1s, allow_private: true}}\n", encoding="utf-8"
    )
    return tmp_path


def write(folder: Path, more: str) -> None:
    (folder / "rules" / "rules.yaml").write_text(RULES + more, encoding="utf-8")


def settings(slack: SlackServer) -> dict[str, str]:
    return {
        "RISKBOT_SLACK_API_URL": slack.url,
        "RISKBOT_SLACK_BOT_TOKEN": TOKEN,
        "RISKBOT_SLACK_CHANNEL": "risk",
        "RISKBOT_OPS_CHANNEL": "other",
        "RISKBOT_POLL_INTERVAL": "1s",
    }


def piece(words: tuple[str, str], minutes: float = 5) -> Article:
    title, text = words
    at = datetime.now(UTC) - timedelta(minutes=minutes)
    name = title.replace(" ", "-").lower()
    return article(title, text, id=name, published=at, url=f"https://news.example/{name}")


def poll(folder: Path, slack: SlackServer) -> None:
    done = riskbot("poll", "--all", cwd=folder, **settings(slack))
    assert done.returncode == 0, done.stderr


def silences(folder: Path, *arguments: str) -> Any:
    done = riskbot("silences", *arguments, "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def heads(slack: SlackServer, channel: str) -> list[str]:
    blocks = [block for message in slack.messages(channel) for block in message.payload["blocks"]]
    return [block["text"]["text"] for block in blocks if block["type"] == "header"]


def let_it_be_due(folder: Path) -> None:
    """Let the time come at which digests are due."""
    query(
        folder / "riskbot.db", "UPDATE held_back SET due_at = ? WHERE due_at IS NOT NULL", "2020-01-01 00:00:00.000000"
    )


# ── silences ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_muted_company_is_recorded_and_not_told_until_the_silence_ends_with_one_summary(
    folder: Path, feed: ReplayServer, slack: SlackServer
) -> None:
    made = silences(folder, "add", "--company", "ALIBABA", "--for", "2d", "--comment", "known", "--author", "anna")
    assert (made["id"], made["state"], made["matchers"]) == ("m1", "active", {"company": ["alibaba"]})
    feed.release(piece(MEMO))
    feed.release(piece(MAPS))
    poll(folder, slack)
    assert [head.rsplit(" · ", 1)[-1] for head in heads(slack, "risk")] == ["Tencent"]
    (listed,) = silences(folder, "list")
    assert (listed["author"], listed["comment"], listed["held_back"]) == ("anna", "known", 1)
    stories = json.loads(riskbot("stories", "list", "--json", cwd=folder).stdout)
    assert len(stories) == 2
    quiet = next(each["id"] for each in stories if "Alibaba" in each["companies"])
    shown = json.loads(riskbot("stories", "show", quiet, "--json", cwd=folder).stdout)
    assert [each["reason"] for each in shown["decisions"]] == ["silenced"]
    assert "silence m1 of anna (company alibaba): known" in shown["decisions"][0]["why"]

    ended = silences(folder, "end", "m1", "--author", "ben")
    assert (ended["state"], ended["ended_by"]) == ("over", "ben")
    poll(folder, slack)
    poll(folder, slack)
    assert heads(slack, "risk")[1:] == ["Silence ended: company alibaba"]
    assert MEMO[0] in json.dumps(slack.messages("risk")[1].payload)
    assert silences(folder, "list") == []
    assert len(silences(folder, "list", "--all")) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("add", "--company", "alibba", "--for", "2d"), "did you mean 'Alibaba'?"),
        (("add", "--company", "alibaba"), "say how long"),
        (("add", "--for", "2d"), "the silence names nothing"),
        (("add", "--company", "alibaba", "--for", "soon"), "write a whole number and s, m, h or d"),
        (("add", "--company", "alibaba", "--until", "tomorrow"), "write 2026-02-01"),
        (("add", "--company", "alibaba", "--until", "2020-02-01"), "an end that lies ahead"),
        (("add", "--company", "alibaba", "--until", "2099-02-01", "--for", "1d"), "give one of them"),
        (("add", "--story", "s7", "--until-material"), "there is no story 's7'"),
        (("end", "m7"), "there is no database yet, and so no silence"),
    ],
)
def test_a_slip_is_told_with_its_mend(folder: Path, arguments: tuple[str, ...], said: str) -> None:
    done = riskbot("silences", *arguments, cwd=folder, RISKBOT_DATABASE_URL="sqlite:///bot.db")
    assert done.returncode == 2
    assert said in " ".join(done.stderr.split())
    assert done.stdout == ""


def test_an_outlet_that_nothing_names_is_silenced_and_doubted(folder: Path) -> None:
    write(folder, "outlets: [{name: Reuters}]\n")
    for name, doubted in (("Reuters", False), ("Reuterz", True)):
        done = riskbot("silences", "add", "--outlet", name, "--for", "1d", "--json", cwd=folder)
        assert done.returncode == 0
        made = json.loads(done.stdout)
        assert made["matchers"] == {"outlet": [name]}
        said = " ".join(done.stderr.split())
        assert ("did you mean 'Reuters'?" in said) == doubted
        assert (f"`riskbot silences end {made['id']}`" in said) == doubted


def test_without_a_database_there_is_no_silence(folder: Path) -> None:
    done = riskbot("silences", "list", cwd=folder)
    assert (done.returncode, done.stdout) == (0, "no silence\n")
    assert not (folder / "riskbot.db").exists()


# ── calm ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_quiet_hours_hold_all_but_critical_stories_for_one_digest(
    folder: Path, feed: ReplayServer, slack: SlackServer
) -> None:
    now = datetime.now(UTC)
    begin, end = (f"{now + timedelta(hours=hours):%H:%M}" for hours in (-2, 2))
    write(folder, f'channels:\n  - name: risk\n    quiet_hours: {{from: "{begin}", to: "{end}"}}\n')
    for words in (MEMO, MAPS, SANCTIONED):
        feed.release(piece(words))
    poll(folder, slack)
    assert [head.rsplit(" · ", 1)[-1] for head in heads(slack, "risk")] == ["Huawei"]
    let_it_be_due(folder)
    poll(folder, slack)
    poll(folder, slack)
    assert heads(slack, "risk")[1:] == ["Quiet hours"]
    digest = json.dumps(slack.messages("risk")[1].payload)
    assert MEMO[0] in digest
    assert MAPS[0] in digest
    assert SANCTIONED[0] not in digest


def test_a_route_sends_grave_rules_elsewhere_and_the_cap_folds_the_rest(
    folder: Path, feed: ReplayServer, slack: SlackServer
) -> None:
    write(folder, "routes:\n  - {tags: [grave], levels: [critical], channel: other}\n")
    for words in (MEMO, MAPS, SANCTIONED):
        feed.release(piece(words))
    done = riskbot("poll", "--all", cwd=folder, RISKBOT_ALERTS_PER_HOUR="1", **settings(slack))
    assert done.returncode == 0, done.stderr
    assert [head.rsplit(" · ", 1)[-1] for head in heads(slack, "other")] == ["Huawei"]
    assert len(heads(slack, "risk")) == 1
    let_it_be_due(folder)
    poll(folder, slack)
    assert heads(slack, "risk")[1:] == ["More than 1 alert this hour"]


def test_a_watch_that_was_down_for_hours_tells_what_it_missed_as_one_digest(
    folder: Path, feed: ReplayServer, slack: SlackServer
) -> None:
    poll(folder, slack)
    long_ago = f"{datetime.now(UTC) - timedelta(hours=9):%Y-%m-%d %H:%M:%S.%f}"
    query(folder / "riskbot.db", "INSERT INTO tick (name, at) VALUES ('poll', ?)", long_ago)
    for words in (MEMO, MAPS, SANCTIONED):
        feed.release(piece(words, minutes=180))
    with running("run", cwd=folder, **settings(slack)) as watch:
        watch.until(lambda: slack.messages("risk"), "the critical story")
        watch.until(lambda: query(folder / "riskbot.db", "SELECT id FROM held_back") != [], "what is held back")
        watch.terminate()
    assert [head.rsplit(" · ", 1)[-1] for head in heads(slack, "risk")] == ["Huawei"]
    assert "Told 3 hours after it was published" in json.dumps(slack.messages("risk")[0].payload)
    assert "back after being away" in watch.stderr
    let_it_be_due(folder)
    poll(folder, slack)
    assert heads(slack, "risk")[1:] == ["While I was away"]
    digest = json.dumps(slack.messages("risk")[1].payload)
    assert MEMO[0] in digest
    assert MAPS[0] in digest
