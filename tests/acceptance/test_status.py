"""`riskbot status` as its users have it: what it says, what it exits with, and that looking makes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from riskbot.feeds.serve import ReplayServer
from tests.builders import article
from tests.commandline import query, riskbot

pytestmark = pytest.mark.slow

RULES = """
companies: [{name: Alibaba}]
topics: [{id: military, terms: [military]}]
rules: [{title: Alibaba and the military, companies: [Alibaba], topics: [military]}]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A working folder with rules and no feed."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "watch.yaml").write_text(RULES, encoding="utf-8")
    return tmp_path


@pytest.fixture
def server() -> Iterator[ReplayServer]:
    with ReplayServer() as server:
        yield server


def with_feeds(folder: Path, more: str = "", **urls: str) -> None:
    lines = "".join(f"  - {{name: {name}, url: {url!r}, allow_private: true{more}}}\n" for name, url in urls.items())
    (folder / "rules" / "feeds.yaml").write_text("feeds:\n" + lines, encoding="utf-8")


def status(folder: Path, **settings: str) -> tuple[int, dict[str, Any]]:
    done = riskbot("status", "--json", cwd=folder, **settings)
    return done.returncode, json.loads(done.stdout)


@pytest.mark.parametrize("arguments", [[], ["--json"], ["--live"]])
def test_where_riskbot_never_ran_it_says_so_and_makes_no_database(folder: Path, arguments: list[str]) -> None:
    with_feeds(folder, bbc="https://bbc.example/rss")
    done = riskbot("status", *arguments, cwd=folder)
    assert done.returncode == 1
    assert "riskbot has not run on this database yet" in done.stdout
    assert [path.name for path in folder.iterdir()] == ["rules"]
    if "--json" in arguments:
        assert json.loads(done.stdout)["feeds"] == 1


def test_an_empty_database_is_as_one_that_is_not_there(folder: Path) -> None:
    before = [riskbot("status", *arguments, cwd=folder) for arguments in ([], ["--json"])]
    assert riskbot("db", "upgrade", cwd=folder).returncode == 0
    after = [riskbot("status", *arguments, cwd=folder) for arguments in ([], ["--json"])]
    assert [(done.returncode, done.stdout) for done in after] == [(done.returncode, done.stdout) for done in before]
    assert "start `riskbot run`" in after[0].stdout
    beat = riskbot("status", "--heartbeat", cwd=folder)
    assert beat.returncode == 2
    assert "start `riskbot run`" in beat.stderr


def test_one_of_each_is_told_as_one(folder: Path, server: ReplayServer) -> None:
    server.release(article(id="a-1", published=datetime.now(UTC)))
    with_feeds(folder, ", every: 15s", good=server.url)
    assert riskbot("poll", cwd=folder).returncode == 0
    said = riskbot("status", cwd=folder).stdout
    for part in ("1 for 1 company", "1, none failing, none unhealthy", "1 article, 1 hit, 1 story", "1 alert, "):
        assert part in said
    assert ", every 15 seconds" in riskbot("feeds", "list", cwd=folder).stdout


def test_a_feed_that_is_told_of_well_needs_nobody_and_its_times_are_shown(folder: Path, server: ReplayServer) -> None:
    published = datetime.now(UTC) - timedelta(minutes=10)
    server.release(article(id="a-1", published=published))
    with_feeds(folder, good=server.url)
    assert riskbot("poll", cwd=folder).returncode == 0
    code, document = status(folder)
    assert (code, document["needs_a_person"], document["unhealthy"]) == (0, [], {})
    assert (document["feeds"], document["failing"]) == (1, {})
    delays = document["delays"]
    assert {name: each["articles"] for name, each in delays.items()} == {
        "published_to_seen": 1,
        "seen_to_told": 1,
        "published_to_told": 1,
    }
    assert delays["published_to_seen"]["median_seconds"] >= 600
    assert delays["published_to_told"]["median_seconds"] >= delays["published_to_seen"]["median_seconds"]
    assert delays["published_to_seen"]["p95_seconds"] is None  # of one article
    said = riskbot("status", cwd=folder).stdout
    assert "published → seen" in said
    assert "(of 1 article)" in said


def test_a_feed_that_fails_or_is_stale_needs_a_person_until_somebody_mends_it(
    folder: Path, server: ReplayServer
) -> None:
    server.release(article(id="a-1", published=datetime.now(UTC) - timedelta(days=40)))
    with_feeds(folder, old=server.url, missing=server.url.replace("replay", "nosuch"))
    riskbot("poll", cwd=folder)
    code, document = status(folder)
    assert code == 1
    assert set(document["unhealthy"]) == {"old", "missing"}
    assert [need.split(":")[:2] for need in document["needs_a_person"]] == [
        ["feed old", " stale"],
        ["feed missing", " failing"],
    ]
    assert set(document["failing"]) == {"missing"}
    said = riskbot("status", cwd=folder)
    assert said.returncode == 1
    assert "needs a person: feed old: stale: " in said.stdout
    assert "2, 1 failing, 2 unhealthy" in said.stdout

    with_feeds(folder, ", stale_after: 90d", old=server.url)
    assert riskbot("poll", cwd=folder).returncode == 0
    assert status(folder)[0] == 0
    with_feeds(folder, old=server.url)
    assert status(folder)[0] == 1
    assert status(folder, RISKBOT_STALE_AFTER="90d")[0] == 0


def test_a_feed_that_nobody_can_mend_is_shown_and_needs_nobody(folder: Path, server: ReplayServer) -> None:
    server.release(article(id="a-1"))
    with_feeds(folder, undated=server.url)
    riskbot("poll", cwd=folder)
    code, document = status(folder)
    assert code == 0
    assert document["unhealthy"]["undated"].startswith("undated: ")
    assert "unhealthy: feed undated: " in riskbot("status", cwd=folder).stdout


def test_a_watch_that_stopped_long_ago_needs_a_person(folder: Path, server: ReplayServer) -> None:
    server.release(article(id="a-1", published=datetime.now(UTC)))
    with_feeds(folder, good=server.url)
    riskbot("poll", cwd=folder)
    query(folder / "riskbot.db", "INSERT INTO tick (name, at) VALUES ('poll', ?)", "2020-01-01 00:00:00.000000")
    code, document = status(folder)
    assert code == 1
    assert document["needs_a_person"][0].startswith("the watch stands still: the last tick was ")
