"""`riskbot stories`, as its users run it on a database that a replay filled."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.commandline import query, riskbot

ARTICLES = {
    "a": ("Alibaba helps the Chinese military, White House memo says", "2025-11-15T08:00:00Z", "Alibaba denied it."),
    "b": ("White House memo: Alibaba helps the Chinese military", "2025-11-15T09:00:00Z", "It denied the claim."),
    "c": (
        "Tencent was added to the list of Chinese military companies",
        "2025-11-15T10:00:00Z",
        "The Pentagon said so.",
    ),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a database in which two stories stand, of two articles and of one."""
    seeds = tmp_path / "articles"
    seeds.mkdir()
    for name, (title, when, text) in ARTICLES.items():
        head = f"---\ntitle: '{title}'\nurl: https://{name}.example/{name}\npublished: {when}\n---\n"
        (seeds / f"{name}.md").write_text(f"{head}{title}. {text}\n", encoding="utf-8")
    done = riskbot("replay", seeds, "--database", "sqlite:///bot.db", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    return tmp_path


def stories(folder: Path, *arguments: str) -> Any:
    """What a story command prints as JSON."""
    done = riskbot("stories", *arguments, "--database", "sqlite:///bot.db", "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def said(folder: Path, *arguments: str) -> tuple[int, str, str]:
    done = riskbot("stories", *arguments, "--database", "sqlite:///bot.db", cwd=folder)
    return done.returncode, done.stdout, done.stderr


def test_the_list_shows_every_story_gravest_first_and_how_it_stands(folder: Path) -> None:
    found = stories(folder, "list", "--all")
    assert sorted(len(each["articles"]) for each in found) == [1, 2]
    assert {each["life"] for each in found} == {"past"}
    assert [each["score"] for each in found] == sorted((each["score"] for each in found), reverse=True)
    assert stories(folder, "list") == []
    (tencent,) = stories(folder, "list", "--all", "--company", "tencent")
    assert tencent["companies"] == ["Tencent"]
    assert (tencent["last"], tencent["id"]) == ("2025-11-15T10:00:00+00:00", "s2")
    status, shown, _ = said(folder, "list", "--all")
    assert status == 0
    assert "s1" in shown
    assert "past, last article" in shown
    assert "2 stories" in shown


def test_a_company_that_nothing_goes_by_is_answered_with_the_nearest(folder: Path, tmp_path: Path) -> None:
    assert stories(folder, "list", "--company", "huawei") == []
    (by_its_ticker,) = stories(folder, "list", "--all", "--company", "BABA")
    assert by_its_ticker["companies"] == ["Alibaba"]
    for database in ("bot.db", "none.db"):
        done = riskbot(
            "stories", "list", "--company", "alibba", "--database", f"sqlite:///{database}", "--json", cwd=folder
        )
        assert (done.returncode, done.stdout) == (2, "")
        assert "no company goes by 'alibba'" in done.stderr
        assert "did you mean 'Alibaba'?" in done.stderr
    assert not (folder / "none.db").exists()


def test_an_article_without_a_date_is_shown_with_when_it_was_seen(folder: Path) -> None:
    (folder / "undated.md").write_text("---\ntitle: Sanctions hit Huawei\n---\nThe Treasury sanctions Huawei.\n")
    done = riskbot("replay", "undated.md", "--database", "sqlite:///bot.db", "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    ((made,),) = [[each["id"] for each in stories(folder, "list", "--all", "--company", "huawei")]]
    _, text, _ = said(folder, "show", made)
    assert "no date, seen 20" in text
    assert "unknown outlet" in text
    _, text, _ = said(folder, "show", "s1")
    assert "· 2025-11-15 08:00 UTC" in text
    assert "no date" not in text


def test_a_story_shows_why_each_article_stands_in_it_and_what_was_decided_for_whom(folder: Path) -> None:
    shown = stories(folder, "show", "s1")
    assert [each["similarity"] > 0 for each in shown["articles"]] == [False, True]
    assert "shared: " in shown["articles"][1]["why"]
    assert [each["tell"] for each in shown["decisions"]] == [True, True]
    assert {each["channel"] for each in shown["decisions"]} == {each["channel"] for each in shown["alerts"]}
    assert shown["decisions"][0]["reason"] == "new_story"
    assert [each["kind"] for each in shown["alerts"]] == ["new", "update"]
    _, text, _ = said(folder, "show", "s1")
    assert sum(each["points"] for each in shown["gravity"]) == shown["score"]
    for part in ("here because: ", "Decisions", "new_story", "Claims", "how grave: rule level ", "how sure: "):
        assert part in text


def test_people_merge_two_stories_and_it_sticks(folder: Path) -> None:
    merged = stories(folder, "merge", "s2", "s1", "--why", "one wave")
    assert (merged["id"], len(merged["articles"])) == ("s1", 3)
    assert [(each["kind"], each["other"], each["why"]) for each in merged["rearranged"]] == [
        ("merged", "s2", "one wave")
    ]
    assert [each["id"] for each in stories(folder, "list", "--all")] == ["s1"]
    assert stories(folder, "show", "s2")["id"] == "s1"
    _, text, _ = said(folder, "show", "s2")
    assert "s2 was merged into s1" in text
    status, _, complaint = said(folder, "merge", "s1", "s2")
    assert status == 2
    assert "one story already" in complaint


def test_people_split_a_story_and_it_sticks(folder: Path) -> None:
    first, second = stories(folder, "show", "s1")["articles"]
    made = stories(folder, "split", "s1", second["id"][:8])
    assert (made["id"], [each["id"] for each in made["articles"]]) == ("s3", [second["id"]])
    assert made["score"] > 0
    assert [each["id"] for each in stories(folder, "show", "s1")["articles"]] == [first["id"]]
    (change,) = stories(folder, "show", "s1")["rearranged"]
    assert (change["kind"], change["other"], change["articles"]) == ("split", "s3", [second["id"]])
    status, _, complaint = said(folder, "split", "s1", first["id"])
    assert status == 2
    assert "nothing to split" in complaint


def test_people_lower_a_storys_level_and_it_says_who_and_why(folder: Path) -> None:
    before = stories(folder, "show", "s1")
    assert before["level"] != "low"
    lowered = stories(folder, "lower", "s1", "low", "--why", "an old matter")
    assert (lowered["level"], lowered["score"]) == ("low", before["score"])
    ((kind, value),) = [(each["kind"], each["value"]) for each in lowered["answers"]]
    assert (kind, value) == ("lowered", f"from {before['level']} to low: an old matter")
    _, text, _ = said(folder, "show", "s1")
    assert "an old matter" in text
    status, _, complaint = said(folder, "lower", "s1", "high")
    assert status == 2
    assert "s1 is low: it cannot be lowered to high" in complaint


def test_people_take_a_story_on_and_give_it_back(folder: Path) -> None:
    taken = stories(folder, "own", "s1")
    assert [(each["kind"], each["by"]) for each in taken["answers"]] == [("own", taken["owner"])]
    status, again, _ = said(folder, "own", "s1")
    assert (status, again[:17]) == (0, "You are on s1 sin")
    _, shown, _ = said(folder, "show", "s1")
    assert f"{taken['owner']} took it on" in shown
    assert f"Answers: {taken['owner']} is on it" in shown
    status, given, _ = said(folder, "own", "s1", "--release")
    assert (status, given) == (0, "You gave s1 back: nobody is on it.\n")
    assert stories(folder, "show", "s1")["owner"] is None
    assert said(folder, "own", "s1", "--release")[:2] == (0, "Nobody is on s1.\n")


def test_nobody_takes_a_story_from_another(folder: Path) -> None:
    stories(folder, "own", "s1")
    query(folder / "bot.db", "UPDATE answer SET user = 'U0000ANN', user_name = 'ann'")
    for arguments in (("own", "s1"), ("own", "s1", "--release")):
        status, text, _ = said(folder, *arguments)
        assert status == 1
        assert text.startswith("ann is on s1 since ")
    assert stories(folder, "show", "s1")["owner"] == "ann"


def test_what_names_no_story_or_article_is_answered_with_the_nearest_and_changes_nothing(folder: Path) -> None:
    for arguments in (("show", "s12"), ("merge", "s1", "s22"), ("split", "S11", "x")):
        status, _, complaint = said(folder, *arguments)
        assert status == 2, complaint
        assert "did you mean s" in complaint
    article = stories(folder, "show", "s1")["articles"][0]["id"]
    status, _, complaint = said(folder, "split", "s1", f"{article[:-1]}x")
    assert status == 2
    assert f"did you mean {article}?" in complaint
    assert len(stories(folder, "list", "--all")) == 2


def test_without_a_database_there_are_no_stories_and_none_is_made(tmp_path: Path) -> None:
    assert stories(tmp_path, "list") == []
    status, _, complaint = said(tmp_path, "show", "s1")
    assert status == 2
    assert "there is no database yet" in complaint
    assert not (tmp_path / "bot.db").exists()
