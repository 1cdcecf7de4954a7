"""Bad input gets one sentence that names the thing, and the mend; nothing is half-written.

Exit status 2 where the input or the configuration is wrong, 1 where the work failed.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from riskbot.feeds.serve import ReplayServer
from tests.builders import article
from tests.commandline import query, riskbot
from tests.places import ROOT

pytestmark = pytest.mark.slow

RULES = """
companies: [{name: Alibaba}]
topics: [{id: military, terms: [military]}]
rules: [{title: Alibaba and the military, companies: [Alibaba], topics: [military]}]
"""
BROKEN = "topics:\n  - id: memo\n    terms: [memo, leaked memo\nrules:\n"
PASSWORD = "hunter2-and-more"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A working folder with good rules in `rules/` and one good article."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "watch.yaml").write_text(RULES, encoding="utf-8")
    (tmp_path / "good.txt").write_text("Alibaba helps the military\n\nA memo says so.\n", encoding="utf-8")
    return tmp_path


def assert_refused(done: CompletedProcess[str], *said: str, status: int = 2) -> None:
    """It ended with one sentence and one mend, holding all of these words, and nothing else was printed."""
    assert done.returncode == status, done.stderr
    assert done.stdout == ""
    error, mend = done.stderr.splitlines()
    assert error.startswith("error: ")
    assert mend.startswith("  mend: ")
    assert len(mend) > len("  mend: ")
    for words in said:
        assert words in done.stderr


def holds(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


# ── articles ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("missing", None, ["missing", "no file or folder"]),
        ("empty.md", b"", ["empty.md", "is empty"]),
        ("binary.md", b"\x7fELF\x02\x01\x01\x00\x00\x00memo", ["binary.md", "binary file"]),
        ("latin.txt", "Un café\nUn mémo".encode("latin-1"), ["latin.txt:1", "UTF-8"]),
        ("open.md", b"---\ntitle: A memo\nIt says so.\n", ["open.md:1:1", "front matter is not closed"]),
        ("broken.md", b"---\ntitle: [a\n---\nA memo.\n", ["broken.md:2:8", "never closed"]),
        ("key.md", b"---\ntitle: A memo\noutlt: CNBC\n---\nx\n", ["key.md:3:1", "'outlt'", "did you mean outlet?"]),
        ("date.md", b"---\npublished: soon\n---\nA memo.\n", ["date.md:2:12", "'soon'", "2025-11-17"]),
    ],
)
def test_an_article_that_cannot_be_read_is_named_and_nothing_is_written(
    folder: Path, name: str, content: bytes | None, said: list[str]
) -> None:
    if content is not None:
        (folder / name).write_bytes(content)
    before = holds(folder)
    assert_refused(riskbot("replay", name, "--database", "sqlite:///kept.db", cwd=folder), *said)
    assert holds(folder) == before


def test_one_bad_article_in_a_folder_stops_the_replay_before_anything_is_kept(folder: Path) -> None:
    (folder / "articles").mkdir()
    (folder / "articles" / "1.txt").write_bytes((folder / "good.txt").read_bytes())
    (folder / "articles" / "2.md").write_bytes(b"\0\1\2")
    before = holds(folder)
    done = riskbot("replay", "articles", "--database", "sqlite:///kept.db", "--json", cwd=folder)
    assert_refused(done, "articles/2.md", "binary file")
    assert holds(folder) == before


def test_a_folder_without_articles_is_said_to_be_so(folder: Path) -> None:
    (folder / "articles").mkdir()
    (folder / "articles" / "README.md").write_text("Put articles here.", encoding="utf-8")
    assert_refused(riskbot("replay", "articles", cwd=folder), "folder articles holds no articles", ".md or .txt")


# ── rules ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_broken_rule_file_is_told_with_line_column_and_caret_and_stops_every_command(folder: Path) -> None:
    (folder / "rules" / "topics.yaml").write_text(BROKEN, encoding="utf-8")
    before = holds(folder)
    for command in (
        ["rules", "check"],
        ["replay", "good.txt", "--database", "sqlite:///kept.db"],
        ["status"],
    ):
        done = riskbot(*command, cwd=folder)
        assert done.returncode == 2
        result, other = (done.stdout, done.stderr) if command[0] == "rules" else (done.stderr, done.stdout)
        assert result.startswith("rules/topics.yaml:3:12 error "), command
        assert "    terms: [memo, leaked memo\n" in result
        assert "1 error" in result
        assert other == ""
    assert holds(folder) == before


def test_every_mistake_of_the_rules_is_told_at_once_and_as_json_too(folder: Path) -> None:
    (folder / "rules" / "watch.yaml").write_text(
        RULES.replace("topics: [military]}", "topics: [militry]}, {title: B, companies: [Alibaba], levl: high}"),
        encoding="utf-8",
    )
    done = riskbot("rules", "check", "--json", cwd=folder)
    assert done.returncode == 2
    problems = json.loads(done.stdout)
    assert {(p["file"], p["line"], p["code"]) for p in problems if p["severity"] == "error"} == {
        ("rules/watch.yaml", 4, "unknown-topic"),
        ("rules/watch.yaml", 4, "unknown-key"),
    }
    assert all(p["column"] for p in problems if p["severity"] == "error")
    assert any("military" in p["mend"] for p in problems)


@pytest.mark.parametrize("command", [["poll"], ["status"], ["run"]])
def test_a_rules_folder_that_is_not_there_is_named_before_anything_is_opened(folder: Path, command: list[str]) -> None:
    before = holds(folder)
    assert_refused(riskbot(*command, "--rules", "rulez", cwd=folder), "no rules folder rulez", "--rules")
    assert holds(folder) == before


def test_a_rules_folder_without_rule_files_is_said_to_be_so(folder: Path) -> None:
    (folder / "empty").mkdir()
    assert_refused(riskbot("poll", "--rules", "empty", cwd=folder), "empty holds no rule files", "--rules")


def test_watching_without_a_feed_is_refused(folder: Path) -> None:
    done = riskbot("run", cwd=folder, RISKBOT_SLACK_BOT_TOKEN="xoxb-1-none")
    assert_refused(done, "no feed to watch", "feeds:")


# ── settings ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"RISKBOT_SLAK_CHANNEL": "geo"}, ["RISKBOT_SLAK_CHANNEL", "did you mean RISKBOT_SLACK_CHANNEL?"]),
        ({"RISKBOT_POLL_INTERVAL": "soon"}, ["RISKBOT_POLL_INTERVAL", "'soon'", "30s"]),
        ({"RISKBOT_LOG_LEVEL": "loud"}, ["RISKBOT_LOG_LEVEL", "debug"]),
        ({"RISKBOT_CONFIG": "none.yaml"}, ["none.yaml", "RISKBOT_CONFIG"]),
        ({"RISKBOT_CONFIG": "settings.yaml"}, ["settings.yaml", "'slack_chanel'", "did you mean slack_channel?"]),
        ({"RISKBOT_SLACK_BOT_TOKEN_FILE": "none"}, ["RISKBOT_SLACK_BOT_TOKEN_FILE", "cannot read none"]),
    ],
)
def test_a_setting_that_is_unknown_or_malformed_is_named(
    folder: Path, settings: dict[str, str], said: list[str]
) -> None:
    (folder / "settings.yaml").write_text("slack_chanel: geo\n", encoding="utf-8")
    before = holds(folder)
    assert_refused(riskbot("poll", cwd=folder, **settings), *said)
    assert holds(folder) == before


def test_a_token_that_cannot_be_one_is_refused_without_being_shown(folder: Path) -> None:
    before = holds(folder)
    done = riskbot("poll", cwd=folder, RISKBOT_SLACK_BOT_TOKEN=f"xoxb {PASSWORD}")
    assert_refused(done, "token")
    assert PASSWORD not in done.stderr
    assert holds(folder) == before


def test_posting_a_replay_without_a_token_is_refused(folder: Path) -> None:
    done = riskbot("replay", "good.txt", "--slack", "risk", "--database", "sqlite:///kept.db", cwd=folder)
    assert_refused(done, "--slack", "RISKBOT_SLACK_BOT_TOKEN")
    assert not (folder / "kept.db").exists()


# ── the database ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("sqlite:///no/such/riskbot.db", ["no/such", "does not exist", "RISKBOT_DATABASE_URL"]),
        ("sqlite:///rules", ["rules", "is a folder"]),
        ("sqlite:///good.txt", ["good.txt", "not a database"]),
        ("riskbot.db", ["not a database address", "sqlite:///riskbot.db"]),
        ("", ["not a database address", "sqlite:///riskbot.db"]),
        (f"mysql://riskbot:{PASSWORD}@localhost/riskbot", ["'mysql'", "postgresql://"]),
        (f"postgresql://riskbot:{PASSWORD}@localhost", ["names no database"]),
    ],
)
def test_a_database_address_that_leads_nowhere_is_refused_without_its_password(
    folder: Path, address: str, said: list[str]
) -> None:
    before, article_before = holds(folder), (folder / "good.txt").read_bytes()
    done = riskbot("status", "--database", address, cwd=folder)
    assert_refused(done, *said)
    assert PASSWORD not in done.stderr
    assert holds(folder) == before
    assert (folder / "good.txt").read_bytes() == article_before


def test_a_database_of_another_program_is_left_alone(folder: Path) -> None:
    other = folder / "other.db"
    query(other, "CREATE TABLE invoice (number INTEGER)")
    for command in (["poll"], ["db", "upgrade"]):
        done = riskbot(*command, "--database", "sqlite:///other.db", cwd=folder)
        assert_refused(done, "other.db", "another program", "'invoice'")
    assert query(other, "SELECT name FROM sqlite_master") == [("invoice",)]


def test_a_server_that_cannot_be_reached_is_failed_work_and_its_password_is_not_shown(folder: Path) -> None:
    with socket.socket() as taken:  # bound but not listening: nothing can answer at this port
        taken.bind(("127.0.0.1", 0))
        address = f"postgresql://riskbot:{PASSWORD}@127.0.0.1:{taken.getsockname()[1]}/news"
        done = riskbot("poll", cwd=folder, RISKBOT_DATABASE_URL=address, RISKBOT_LOG_LEVEL="debug")
    assert_refused(done, "the database news at 127.0.0.1", "cannot be reached", "RISKBOT_DATABASE_URL", status=1)
    assert PASSWORD not in done.stderr


# ── feeds ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def server() -> Iterator[ReplayServer]:
    with ReplayServer() as server:
        server.release(article(id="a-1", published=datetime.now(UTC)))
        yield server


def with_feeds(folder: Path, **urls: str) -> None:
    feeds = "".join(f"  - {{name: {name}, url: {url!r}, allow_private: true}}\n" for name, url in urls.items())
    (folder / "rules" / "feeds.yaml").write_text("feeds:\n" + feeds, encoding="utf-8")


def test_a_feed_that_answers_404_is_failed_work_and_leaves_no_article(folder: Path, server: ReplayServer) -> None:
    with_feeds(folder, gone=server.url.replace("replay.xml", "gone.xml"))
    done = riskbot("poll", "--json", cwd=folder)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "the one feed could not be polled" in done.stderr
    (report,) = json.loads(done.stdout)
    assert "404" in report["error"]
    status = riskbot("status", "--json", cwd=folder)
    assert status.returncode == 1
    document = json.loads(status.stdout)
    assert list(document["failing"]) == ["gone"]
    assert document["articles"] == document["stories"] == document["owed"] == 0


def test_a_good_feed_beside_a_bad_one_is_read_kept_and_told(folder: Path, server: ReplayServer) -> None:
    with_feeds(folder, good=server.url, gone=server.url.replace("replay.xml", "gone.xml"))
    done = riskbot("poll", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "404" in done.stdout
    assert "White House memo says Alibaba helps the Chinese military" in done.stdout
    database = folder / "riskbot.db"
    counts = "SELECT (SELECT count(*) FROM article), (SELECT count(*) FROM story_article), (SELECT count(*) FROM story)"
    assert query(database, counts) == [(1, 1, 1)]
    assert query(database, "SELECT name, failures FROM feed ORDER BY name") == [("gone", 1), ("good", 0)]


def test_a_feed_inside_ones_own_network_must_be_allowed(folder: Path, server: ReplayServer) -> None:
    (folder / "rules" / "feeds.yaml").write_text(f"feeds: [{{name: near, url: {server.url!r}}}]\n", encoding="utf-8")
    done = riskbot("feeds", "check", "--json", cwd=folder)
    assert done.returncode == 1
    (row,) = json.loads(done.stdout)
    assert row["entries"] == 0
    assert row["error"]


# ── the call itself ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (["pol"], ["'pol'", "'poll'"]),
        (["poll", "--al"], ["--al", "--all"]),
        (["replay", "good.txt", "good.txt"], ["good.txt"]),
        ([], ["Usage"]),
    ],
)
def test_a_call_that_says_nothing_we_know_ends_with_status_2(folder: Path, call: list[str], said: list[str]) -> None:
    done = riskbot(*call, cwd=folder)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    for words in said:
        assert words in done.stdout + done.stderr


def test_a_feed_that_no_file_names_is_refused_with_the_names_there_are(folder: Path) -> None:
    done = riskbot("feeds", "check", "nosuch", "--rules", ROOT / "rules", cwd=folder)
    assert_refused(done, "no feed 'nosuch'", "cnbc-top")
