"""`riskbot feeds import` and `export`, as people and scripts call them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.commandline import query, riskbot
from tests.feedcommands import PAGE, RULES, call, held, with_feeds
from tests.feedserver import FeedServer
from tests.places import ROOT

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


# ── import and export ────────────────────────────────────────────────────────────────────────────────────────────

OPML = """<?xml version="1.0"?>
<opml version="2.0"><head><title>Mine</title></head><body>
<outline text="Governments">
<outline text="OFSI: notices" type="rss" xmlUrl="https://gov.example/ofsi.atom" htmlUrl="https://gov.example/"/>
<outline text="BBC" xmlUrl="http://feeds.bbci.co.uk/news/world/rss.xml"/>
</outline></body></opml>
"""


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    """A working folder as `riskbot init` makes it, and a list of feeds."""
    assert riskbot("init", cwd=tmp_path).returncode == 0
    (tmp_path / "mine.opml").write_text(OPML, encoding="utf-8")
    return tmp_path


def test_import_puts_new_feeds_into_the_rules_and_keeps_every_comment(shipped: Path) -> None:
    file = shipped / "rules" / "feeds.yaml"
    before = file.read_text(encoding="utf-8")
    done = riskbot("feeds", "import", "mine.opml", cwd=shipped)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("1 feed put into rules/feeds.yaml, 1 skipped.\n")
    assert "line 5: bbc-world has its address already" in done.stderr
    added = '  - name: ofsi-notices\n    url: "https://gov.example/ofsi.atom"\n    tags: [governments]\n'
    assert file.read_text(encoding="utf-8") == before + added
    assert riskbot("rules", "check", "--strict", cwd=shipped).returncode == 0

    again = riskbot("feeds", "import", "mine.opml", cwd=shipped)
    assert (again.returncode, again.stdout) == (0, "No new feed, nothing written, 2 skipped.\n")
    assert file.read_text(encoding="utf-8") == before + added


def test_what_is_exported_is_imported_with_the_same_names_addresses_and_tags(folder: Path) -> None:
    exported = riskbot("feeds", "export", "--rules", ROOT / "rules", cwd=folder)
    assert (exported.returncode, exported.stderr) == (0, "")
    addresses = [outline.get("xmlUrl") for outline in ET.fromstring(exported.stdout).iter("outline")]
    assert len(addresses) > 10
    (folder / "all.opml").write_text(exported.stdout, encoding="utf-8")
    done = riskbot("feeds", "import", "all.opml", "--to", "more.yaml", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert (folder / "rules" / "more.yaml").is_file()
    rows = json.loads(riskbot("feeds", "list", "--json", cwd=folder).stdout)
    shipped_rows = json.loads(riskbot("feeds", "list", "--rules", ROOT / "rules", "--json", cwd=folder).stdout)
    assert [row["url"] for row in rows] == addresses
    assert [(row["feed"], row["tags"]) for row in rows] == [(row["feed"], row["tags"]) for row in shipped_rows]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, ["list.opml", "cannot be read", "no such file"]),
        ("", ["list.opml", "nothing in it"]),
        ("<!doctype html><html><body>Page</body></html>", ["list.opml:1:", "not well-formed"]),
        ("<html><body>Page</body></html>", ["list.opml:1:1", "no OPML", "<html>"]),
        (
            '<!DOCTYPE opml [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><opml><outline xmlUrl="&b;"/></opml>',
            ["list.opml:1:", "entity"],
        ),
        (OPML.replace("</outline>", ""), ["list.opml:6:", "mismatched tag"]),
        (OPML.replace("http://feeds.", "gopher://feeds."), ["list.opml:5:1", "gopher", "no web address"]),
        (OPML.replace("xmlUrl", "url"), ["list.opml", "xmlUrl"]),
    ],
)
def test_a_list_that_cannot_be_used_is_refused_with_its_place(
    shipped: Path, content: str | None, said: list[str]
) -> None:
    if content is not None:
        (shipped / "list.opml").write_text(content, encoding="utf-8")
    before = held(shipped)
    done = riskbot("feeds", "import", "list.opml", cwd=shipped)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
    for words in said:
        assert words in done.stderr
    assert held(shipped) == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["rules"], ["rules", "is a directory"]),
        (["mine.opml", "mine.opml"], ["mine.opml"]),
        (["mine.opml", "--to", "/nowhere/feeds.yaml"], ["outside the rules folder"]),
        (["mine.opml", "--to", "../feeds.yaml"], ["outside the rules folder"]),
        (["mine.opml", "--to", "feeds.json"], [".yaml"]),
        (["mine.opml", "--to", "sub/feeds.yaml"], ["cannot be written"]),
        (["mine.opml", "--rules", "nosuch"], ["no rules folder nosuch"]),
    ],
)
def test_an_import_that_leads_nowhere_changes_nothing(shipped: Path, arguments: list[str], said: list[str]) -> None:
    before = held(shipped)
    done = riskbot("feeds", "import", *arguments, cwd=shipped)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
    for words in said:
        assert words in done.stderr
    assert held(shipped) == before


def test_the_shipped_rules_are_not_edited_where_nobody_asked_for_them(tmp_path: Path) -> None:
    (tmp_path / "mine.opml").write_text(OPML, encoding="utf-8")
    before = (ROOT / "rules" / "feeds.yaml").read_bytes()
    done = riskbot("feeds", "import", "mine.opml", cwd=tmp_path)
    assert done.returncode == 2
    assert "shipped rules" in done.stderr
    assert "riskbot init" in done.stderr
    assert (ROOT / "rules" / "feeds.yaml").read_bytes() == before


def test_in_a_checkout_the_shipped_rules_are_ones_own(tmp_path: Path) -> None:
    (tmp_path / "rules").symlink_to(ROOT / "rules")
    (tmp_path / "mine.opml").write_text("", encoding="utf-8")
    done = riskbot("feeds", "import", "mine.opml", cwd=tmp_path)
    assert done.returncode == 2
    assert "nothing in it" in done.stderr  # it got as far as the list


def test_rules_that_are_broken_already_are_told_and_nothing_is_put_in(shipped: Path) -> None:
    (shipped / "rules" / "more.yaml").write_text("topics: [", encoding="utf-8")
    before = held(shipped)
    done = riskbot("feeds", "import", "mine.opml", cwd=shipped)
    assert done.returncode == 2
    assert "rules/more.yaml:" in done.stderr
    assert held(shipped) == before


async def test_what_was_polled_stays_when_feeds_are_imported(shipped: Path, server: FeedServer) -> None:
    with_feeds(shipped, near=server.url())
    assert (await call("poll", cwd=shipped)).returncode == 0
    assert riskbot("feeds", "import", "mine.opml", cwd=shipped).returncode == 0
    assert query(shipped / "riskbot.db", "SELECT count(*) FROM article") == [(1,)]
    rows = json.loads(riskbot("feeds", "list", "--json", cwd=shipped).stdout)
    assert [(row["feed"], row["polled"] is None) for row in rows] == [
        ("near", False),
        ("ofsi-notices", True),
        ("bbc", True),
    ]
