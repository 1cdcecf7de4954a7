"""Feeds put into rule files: nothing else of the file changes, and it is all or nothing."""

from __future__ import annotations

import difflib
import os
from pathlib import Path
from stat import S_IMODE

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbot.errors import InputError, RulesError
from riskbot.rulefiles.edit import NewFeed, new_file, with_feeds
from riskbot.rulefiles.importing import plan, put, same_address
from riskbot.rulefiles.load import load_rules
from riskbot.rulefiles.opml import Outline
from riskbot.yamlfile import load_text, written
from tests.builders import feed
from tests.places import ROOT

NEW = NewFeed("new", "https://new.example/rss", ("us", "null"), "New & shiny # or not")
OTHER = NewFeed("123", "https://other.example/")
BLOCK = """\
- name: new  # New & shiny # or not
  url: "https://new.example/rss"
  tags: [us, "null"]
- name: "123"
  url: "https://other.example/"
"""


def indented(by: int, text: str = BLOCK) -> str:
    return "".join(" " * by + line for line in text.splitlines(keepends=True))


def values(text: str) -> list[object]:
    says = written(load_text(text, "x.yaml"))
    assert isinstance(says, dict)
    assert isinstance(says["feeds"], list)
    return list(says["feeds"])


def outline(title: str, url: str = "", *tags: str, line: int = 1) -> Outline:
    return Outline(title, url or f"https://{title.lower().replace(' ', '')}.example/rss", tags, line)


# ── the text ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "# mine\nfeeds:\n  - name: a  # the first\n    url: https://a.example\n\n# outlets\noutlets: []\n",
            "# mine\nfeeds:\n  - name: a  # the first\n    url: https://a.example\n"
            + indented(2)
            + "\n# outlets\noutlets: []\n",
            id="before the comment of the next section",
        ),
        pytest.param("feeds:\n- {name: a, url: x}", "feeds:\n- {name: a, url: x}\n" + BLOCK, id="without a line end"),
        pytest.param(
            "feeds:\n  - name: a\n    url: x\n\n  - name: b\n    url: y\n",
            "feeds:\n  - name: a\n    url: x\n\n  - name: b\n    url: y\n\n"
            + indented(2).replace('  - name: "', '\n  - name: "'),
            id="apart where the others are",
        ),
        pytest.param("feeds: []  # none\nuse: x\n", "feeds:  # none\n" + indented(2) + "use: x\n", id="an empty list"),
        pytest.param("use: x", "use: x\n\nfeeds:\n" + indented(2), id="no feed yet"),
        pytest.param(
            "feeds:\r\n  - name: a\r\n", "feeds:\r\n  - name: a\r\n" + indented(2).replace("\n", "\r\n"), id="Windows"
        ),
        pytest.param("---\nfeeds:\n  - name: a\n...\n", "---\nfeeds:\n  - name: a\n" + indented(2) + "...\n", id="end"),
        pytest.param(
            "feeds:\n  - url: x\n    name: |\n      a\n      # b\n  # c\n",
            "feeds:\n  - url: x\n    name: |\n      a\n      # b\n  # c\n" + indented(2),
            id="what looks like a comment may be a text",
        ),
        pytest.param(
            "feeds: [{name: a, url: 'x]'},\n  {name: b, url: y},] # ]\nuse: x\n",
            "feeds: [{name: a, url: 'x]'},\n  {name: b, url: y}, "
            '{name: new, url: "https://new.example/rss", tags: [us, "null"]}, '
            '{name: "123", url: "https://other.example/"}] # ]\nuse: x\n',
            id="in brackets",
        ),
    ],
)
def test_feeds_go_behind_those_that_are_there_and_everything_else_stays(before: str, after: str) -> None:
    assert with_feeds(before, "x.yaml", [NEW, OTHER]) == after


def test_the_shipped_feeds_keep_every_line_and_comment() -> None:
    before = (ROOT / "rules" / "feeds.yaml").read_text(encoding="utf-8")
    after = with_feeds(before, "feeds.yaml", [NEW, OTHER])
    changes = [line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if not line.startswith("  ")]
    assert changes == ["+ " + line for line in indented(2).splitlines()]
    assert values(after)[: len(values(before))] == values(before)


@pytest.mark.parametrize(
    "text", ["{use: x}\n", "- a\n", "feeds: &f\n  - name: a\n", "feeds: {name: a}\n", "feeds:\nuse: x\n", "word\n"]
)
def test_a_file_without_a_safe_place_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="nothing can be added to safely") as caught:
        with_feeds(text, "x.yaml", [NEW])
    assert "--to" in caught.value.mend


def test_a_file_that_is_no_yaml_is_refused_with_its_place() -> None:
    with pytest.raises(RulesError, match=r"x\.yaml:2"):
        with_feeds("feeds: [\n", "x.yaml", [NEW])


_words = st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=30).map(str.strip)


@given(
    st.lists(
        st.builds(NewFeed, _words.filter(bool), _words, st.lists(_words, max_size=2).map(tuple), _words), max_size=3
    )
)
def test_whatever_names_and_titles_hold_the_file_says_just_them(feeds: list[NewFeed]) -> None:
    expected = [
        {"name": each.name, "url": each.url} | ({"tags": list(each.tags)} if each.tags else {}) for each in feeds
    ]
    held = "feeds:\n  - name: a\n"
    assert values(with_feeds(held, "x.yaml", feeds)) == [{"name": "a"}, *expected]
    if feeds:
        assert values(new_file(feeds)) == expected


# ── the plan ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_names_come_from_titles_and_are_unique_over_all_files() -> None:
    titles = ["BBC News: World", "bbc news world", "Les Échos", "路透社", "…", "", "Long " * 30]
    made = plan([outline(title, f"https://h{n}.example/rss") for n, title in enumerate(titles)], [feed("Les-Echos")])
    assert [each.name for each in made.new] == [
        "bbc-news-world",
        "bbc-news-world-2",
        "les-echos-2",
        "路透社",
        "h4-example",
        "h5-example",
        "long-" * 11 + "long",
    ]


@pytest.mark.parametrize(
    ("url", "same"),
    [
        ("http://A.example/rss", True),
        ("https://a.example:443/rss#top", True),
        ("https://a.example/rss/", False),
        ("https://a.example/rss?cid=1", False),
        ("https://a.example:8443/rss", False),
        ("https://b.example/rss", False),
    ],
)
def test_an_address_that_is_watched_already_is_not_put_in_again(url: str, same: bool) -> None:
    made = plan([outline("Again", url), outline("Twice", url)], [feed("held", url="https://a.example/rss")])
    assert [name for _, name in made.known] == (["held", "held"] if same else ["again"])
    assert len(made.new) == (not same)


def test_the_empty_path_is_the_root() -> None:
    assert same_address("https://a.example") == same_address("http://a.example./")


# ── the files ────────────────────────────────────────────────────────────────────────────────────────────────────

RULES = """
companies: [{name: Alibaba}]
topics: [{id: military, terms: [military]}]
rules: [{title: Alibaba and the military, companies: [Alibaba], topics: [military]}]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    home = tmp_path / "rules"
    home.mkdir()
    (home / "watch.yaml").write_text(RULES, encoding="utf-8")
    return home


def held(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_new_file_is_made_where_there_is_none(folder: Path) -> None:
    put([NEW, OTHER], folder / "feeds.yaml", folder, None)
    assert [each.name for each in load_rules(folder).feeds] == ["new", "123"]
    assert sorted(held(folder)) == ["feeds.yaml", "watch.yaml"]


def test_a_file_keeps_its_mark_its_rights_and_its_link(folder: Path, tmp_path: Path) -> None:
    kept = tmp_path / "elsewhere.yaml"
    kept.write_bytes(b"\xef\xbb\xbffeeds:\r\n  - {name: a, url: 'https://a.example'}\r\n")
    kept.chmod(0o640)
    (folder / "feeds.yaml").symlink_to(kept)
    put([OTHER], folder / "feeds.yaml", folder, None)
    assert (folder / "feeds.yaml").is_symlink()
    assert kept.read_bytes().startswith(b"\xef\xbb\xbffeeds:\r\n  - {name: a")
    assert kept.read_bytes().endswith(b'  - name: "123"\r\n    url: "https://other.example/"\r\n')
    assert S_IMODE(kept.stat().st_mode) == 0o640
    assert list(tmp_path.glob(".*")) == []


@pytest.mark.parametrize(
    ("file", "content", "error"),
    [
        ("watch.yaml", RULES.replace("topics: [military]", "topics: [militry]").encode(), RulesError),
        ("feeds.yaml", b"feeds: {}\n", InputError),
        ("feeds.yaml", b"feeds:\n  - name: NEW\n    url: https://a.example\n", RulesError),
        ("feeds.yaml", b"\xff\xfe", RulesError),
        ("other.yaml", b"topics: [", RulesError),
    ],
)
def test_whatever_goes_wrong_leaves_every_file_as_it_was(
    folder: Path, file: str, content: bytes, error: type[Exception]
) -> None:
    (folder / file).write_bytes(content)
    before = held(folder)
    with pytest.raises(error):
        put([NEW], folder / "feeds.yaml", folder, None)
    assert held(folder) == before


def test_a_folder_in_the_place_of_the_file_is_refused(folder: Path) -> None:
    (folder / "feeds.yaml").mkdir()
    with pytest.raises(InputError, match=r"feeds\.yaml cannot be written: is a directory"):
        put([NEW], folder / "feeds.yaml", folder, None)


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
@pytest.mark.parametrize("place", [".", "watch.yaml"])
def test_what_may_not_be_written_is_refused(folder: Path, place: str) -> None:
    (folder / place).chmod(0o500)
    before = held(folder)
    try:
        with pytest.raises(InputError, match="permission denied") as caught:
            put([NEW], folder / "watch.yaml", folder, None)
        assert held(folder) == before
    finally:
        (folder / place).chmod(0o700)
    assert "permissions" in caught.value.mend
