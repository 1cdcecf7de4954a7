"""`riskbot feeds …` as its users have it: on feeds and pages of a server on loopback, and on files.

Every command is also given what it cannot read: one sentence, a mend, the right exit status, and every file as it was.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.commandline import environment, riskbot
from tests.feedcommands import PAGE, RULES, assert_refused, call, json_lines, with_feeds
from tests.feedserver import RSS, FeedServer, slow_author
from tests.places import SHARED

pytestmark = pytest.mark.slow


@pytest.fixture
async def server() -> AsyncIterator[FeedServer]:
    async with FeedServer() as server:
        server.answers(headers={"Content-Type": "application/rss+xml"})
        server.answers("/page", PAGE, headers={"Content-Type": "text/html"})
        yield server


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A working folder with rules and no feed."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "watch.yaml").write_text(RULES, encoding="utf-8")
    return tmp_path


# ── show ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("argument", "said"),
    [
        ("ftp://a/b", "ftp://a/b is not http or https, and no file"),
        ("ftp://anna:secret@a/b", "ftp://…@a/b is not http or https, and no file"),
        ("there//none.xml", "there//none.xml is no file, and no web address"),
        ("none#1.xml", "none#1.xml is no file, and no web address"),
    ],
)
async def test_show_names_what_it_cannot_read_as_it_was_written(folder: Path, argument: str, said: str) -> None:
    done = await call("feeds", "show", argument, cwd=folder)
    assert done.returncode == 2
    assert f"error: {said}\n" in done.stderr
    assert "secret" not in done.stderr
    (line,) = json_lines(await call("feeds", "show", argument, "--json", cwd=folder))
    assert (line["feed"], line["error"]) == (argument, f"no-such-source: {said}")


async def test_show_writes_one_line_for_each_argument_in_their_order(folder: Path, server: FeedServer) -> None:
    (folder / "feed.xml").write_bytes(RSS)
    (folder / "page.html").write_bytes(PAGE)
    (folder / "nothing").write_bytes(b"")
    arguments = [server.url(), "feed.xml", "page.html", server.url("/nosuch"), "nothing", "feed.xml"]
    done = await call("feeds", "show", *arguments, "--json", "--allow-private", cwd=folder)
    assert done.returncode == 1
    lines = json_lines(done)
    assert [line["feed"] for line in lines] == arguments
    assert all(set(line) == {"feed", "articles", "error"} for line in lines)
    reasons = [(line["error"] or "").partition(":")[0] for line in lines]
    assert reasons == ["", "", "html-not-feed", "http-404", "empty", ""]
    (read,) = lines[0]["articles"]
    assert (read["title"], read["text"]) == ("White House memo names Alibaba", "It helps the military.")
    assert (read["entry_id"], read["published"]) == ("n-1", "2025-11-17T08:00:00+00:00")
    assert read["url"] == server.url("/a/1")
    assert {"id", "title", "text", "url", "outlet", "published", "language", "entry_id", "wrapper"} <= set(read)
    (from_file,) = lines[1]["articles"]
    assert from_file["title"] == read["title"]
    assert from_file["url"] is None  # nobody knows where the file came from


async def test_show_is_readable_and_names_the_feeds_of_a_page(folder: Path, server: FeedServer) -> None:
    done = await call("feeds", "show", server.url(), server.url("/page"), "--allow-private", cwd=folder)
    assert done.returncode == 1
    assert "White House memo names Alibaba" in done.stdout
    assert "2025-11-17 08:00 UTC" in done.stdout
    assert "It helps the military." in done.stdout
    assert "is a web page, not a feed" in done.stderr
    assert server.url("/feed") in done.stderr
    assert "All the news" in done.stderr


async def test_show_asks_no_private_address_unless_it_is_told_to(folder: Path, server: FeedServer) -> None:
    done = await call("feeds", "show", server.url(), "--json", cwd=folder, RISKBOT_PORTS=f"80,443,{server.port}")
    assert done.returncode == 1
    (line,) = json_lines(done)
    assert line["error"].startswith("private-address: ")
    assert server.requests == []


@pytest.mark.parametrize("source", ["nosuch.xml", ".", "ftp://example.com/rss", "htps://example.com/rss", ""])
def test_show_of_what_is_neither_file_nor_address_is_wrong_input(folder: Path, source: str) -> None:
    (folder / "feed.xml").write_bytes(RSS)
    done = riskbot("feeds", "show", source, "feed.xml", "--json", cwd=folder)
    assert done.returncode == 2
    wrong, right = json_lines(done)
    assert (wrong["feed"], wrong["articles"], right["error"]) == (source, [], None)
    assert wrong["error"]
    assert_refused(riskbot("feeds", "show", source, cwd=folder))


def test_show_of_a_document_that_takes_too_long_or_is_too_large_goes_on_with_the_next(folder: Path) -> None:
    (folder / "slow.xml").write_bytes(slow_author())
    (folder / "large.xml").write_bytes(b" " * 200_000 + RSS)
    (folder / "feed.xml").write_bytes(RSS)
    bounds = {"RISKBOT_PARSE_TIME": "1s", "RISKBOT_FETCH_SIZE": "100kB"}
    done = riskbot("feeds", "show", "slow.xml", "large.xml", "feed.xml", "--json", cwd=folder, **bounds)
    slow, large, fine = json_lines(done)
    assert done.returncode == 1
    assert large["error"].startswith("too-large: ")
    assert slow["error"].startswith("parse-timeout: ")
    assert len(fine["articles"]) == 1


def test_show_writes_half_a_surrogate_pair_as_json_can(folder: Path) -> None:
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "title": "x", "content_text": "t"}]}
    (folder / "feed.json").write_text(json.dumps(feed).replace('"1"', '"\\ud83d"'), encoding="utf-8")
    done = riskbot("feeds", "show", "feed.json", "\udcff.xml", "--json", cwd=folder)
    assert "Traceback" not in done.stderr
    assert [len(line["articles"]) for line in json_lines(done)] == [1, 0]


def test_show_ends_quietly_when_its_reader_has_seen_enough(folder: Path) -> None:
    (folder / "feed.xml").write_bytes(RSS)
    files = " ".join(["feed.xml"] * 200)
    command = f"{sys.executable} -m riskbot feeds show --json {files} | head -1"
    done = subprocess.run(command, shell=True, cwd=folder, capture_output=True, text=True, env=environment())
    assert len(done.stdout.splitlines()) == 1
    assert done.stderr == ""


@pytest.mark.skipif(not (SHARED / "feeds").is_dir(), reason="the feed corpus is not here")
def test_show_reads_or_refuses_every_hostile_document_by_name(folder: Path) -> None:
    files = sorted(path for path in (SHARED / "feeds" / "hostile").rglob("*") if path.is_file())
    done = riskbot("feeds", "show", *files, "--json", cwd=folder)
    lines = json_lines(done)
    assert [line["feed"] for line in lines] == [str(path) for path in files]
    assert all(re.match(r"[a-z0-9-]+: .", line["error"]) for line in lines if line["error"])
    texts = [article[field] for line in lines for article in line["articles"] for field in ("title", "text")]
    assert sum(map(len, texts)) > 100_000
    assert not [text for text in texts if re.search(r"<script[\s>]", text)]


# ── find ─────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_find_reads_the_feeds_that_a_page_names_and_writes_them_for_a_rule_file(
    folder: Path, server: FeedServer
) -> None:
    done = await call("feeds", "find", server.url("/page"), "--allow-private", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f'  - name: all-the-news\n    url: "{server.url("/feed")}"\n'
    assert f"1 entry: {server.url('/feed')}" in done.stderr
    assert server.url("/nothing.atom") in done.stderr
    (folder / "rules" / "feeds.yaml").write_text("feeds:\n" + done.stdout, encoding="utf-8")
    assert riskbot("rules", "check", cwd=folder).returncode == 0

    done = await call("feeds", "find", server.url("/page"), "--allow-private", "--json", cwd=folder)
    assert [(each["url"], each["title"], each["entries"], bool(each["error"])) for each in json.loads(done.stdout)] == [
        (server.url("/feed"), "All the news", 1, False),
        (server.url("/nothing.atom"), "Gone", 0, True),
    ]


async def test_find_says_so_when_the_address_is_a_feed_itself(folder: Path, server: FeedServer) -> None:
    done = await call("feeds", "find", server.url(), "--allow-private", cwd=folder)
    assert done.returncode == 0
    assert server.url() in done.stdout


async def test_find_fails_where_there_is_no_feed_no_page_or_no_address(folder: Path, server: FeedServer) -> None:
    server.answers("/bare", b"<!doctype html><html><body>Nothing</body></html>")
    bare = await call("feeds", "find", server.url("/bare"), "--allow-private", cwd=folder)
    assert_refused(bare, "names no feed", status=1)
    missing = await call("feeds", "find", server.url("/nosuch"), "--allow-private", cwd=folder)
    assert_refused(missing, "404", status=1)
    assert_refused(await call("feeds", "find", server.url("/page"), cwd=folder), "not allowed", status=1)
    assert_refused(riskbot("feeds", "find", "example.com", cwd=folder), "example.com is no web address", "https://")


# ── check ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_check_tells_of_each_feed_what_it_holds_where_it_moved_and_what_is_wrong(
    folder: Path, server: FeedServer
) -> None:
    server.redirects("/old", server.url("/feed"), 301)
    server.answers("/stale", RSS.replace(b"2025", b"2019"))
    urls = {"good": "/feed", "moved": "/old", "stale": "/stale", "page": "/page", "missing": "/nosuch"}
    with_feeds(folder, **{name: server.url(path) for name, path in urls.items()})
    done = await call("feeds", "check", cwd=folder)
    assert done.returncode == 1
    assert "2 of 5 feeds cannot be read" in done.stderr
    assert all(name in done.stdout for name in urls)
    assert not (folder / "riskbot.db").exists()

    done = await call("feeds", "check", "--json", cwd=folder)
    assert done.returncode == 1
    found = {row["feed"]: row for row in json.loads(done.stdout)}
    assert list(found) == list(urls)
    assert (found["good"]["entries"], found["good"]["newest"]) == (1, "2025-11-17T08:00:00+00:00")
    assert found["moved"]["moved_to"] == server.url("/feed")
    assert found["stale"]["unhealthy"].startswith("stale: ")
    assert found["stale"]["error"] is None
    assert found["page"]["error"].startswith("html-not-feed: ")
    assert found["missing"]["error"].startswith("http-404: ")

    done = await call("feeds", "check", "good", "moved", "good", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "missing" not in done.stdout


def test_check_of_a_name_that_none_has_names_the_nearest(folder: Path) -> None:
    with_feeds(folder, bbc="https://bbc.example/rss", reuters="https://reuters.example/rss")
    assert_refused(riskbot("feeds", "check", "bbc", "reutres", cwd=folder), "'reutres'", "did you mean 'reuters'?")


async def test_check_keeps_to_the_bounds_of_the_settings(folder: Path, server: FeedServer) -> None:
    with_feeds(folder, near=server.url())
    done = await call("feeds", "check", "--json", cwd=folder, RISKBOT_FETCH_SIZE="1kB", RISKBOT_MAX_ENTRIES="1")
    assert done.returncode == 0, done.stderr
    server.answers("/feed", RSS.replace(b"</channel>", b"<!--" + b"x" * 1000 + b"--></channel>"))
    done = await call("feeds", "check", "--json", cwd=folder, RISKBOT_FETCH_SIZE="1kB")
    assert json.loads(done.stdout)[0]["error"].startswith("too-large: ")


# ── list ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_list_without_a_database_says_never_polled_and_makes_none(folder: Path) -> None:
    with_feeds(folder, bbc="https://bbc.example/rss")
    done = riskbot("feeds", "list", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "bbc\n  https://bbc.example/rss\n  never polled\n1 feed, 1 never polled\n"
    (row,) = json.loads(riskbot("feeds", "list", "--json", cwd=folder).stdout)
    assert (row["feed"], row["polled"], row["unhealthy"]) == ("bbc", None, None)
    assert not (folder / "riskbot.db").exists()


async def test_list_tells_how_each_feed_fares_at_80_columns(folder: Path, server: FeedServer) -> None:
    server.redirects("/old", server.url("/feed?new=1"), 301)
    server.answers(
        "/feed?new=1", RSS.replace(b"?>", b"?><!DOCTYPE rss>", 1).replace(b"n-1", b"m-1").replace(b"/a/1", b"/a/2")
    )
    server.answers("/paused", RSS.replace(b"/a/1", b"/a/3"))
    name = "a-name-of-sixty-letters-which-is-the-most-that-an-import-makes"[:60]
    with_feeds(
        folder,
        good=server.url(),
        missing=server.url("/nosuch"),
        paused=server.url("/paused"),
        **{name: server.url("/old")},
    )
    assert (await call("poll", "--all", cwd=folder)).returncode == 0
    with_feeds(folder, good=server.url(), missing=server.url("/nosuch"), **{name: server.url("/old")})

    done = await call("feeds", "list", cwd=folder, COLUMNS="80")
    assert done.returncode == 0, done.stderr
    blocks = dict(re.findall(r"^(\S+)\n((?:  .*\n)+)", done.stdout, re.MULTILINE))
    assert list(blocks) == ["good", "missing", name]
    assert "last read just now, every " in blocks["good"]
    assert "last new entry just now" in blocks["good"]
    assert f"moved to {server.url('/feed?new=1')}" in blocks[name]
    assert "whole 1 of 1: " in blocks[name]
    assert "never read, every " in blocks["missing"]
    assert "unhealthy: failing: " in blocks["missing"]
    assert done.stdout.splitlines()[-1].startswith("3 feeds, ")

    rows = {row["feed"]: row for row in json.loads((await call("feeds", "list", "--json", cwd=folder)).stdout)}
    assert list(rows) == ["good", "missing", name]
    assert rows["good"]["entries"] == 1
    assert rows["missing"]["failures"] == 1
    assert rows[name]["moved_to"] == server.url("/feed?new=1")
