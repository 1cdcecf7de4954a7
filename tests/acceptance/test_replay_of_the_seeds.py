"""The main job, end to end: seeds served as a real feed, one story, one message. Runs the installed command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from riskbot.slack.limits import problems
from tests.commandline import riskbot
from tests.places import ORIGINALS, ROOT

pytestmark = pytest.mark.slow

SEEDS = [
    pytest.param(ROOT / "seeds", id="retold"),
    pytest.param(
        ORIGINALS, id="originals", marks=pytest.mark.skipif(not ORIGINALS.is_dir(), reason="the originals are not here")
    ),
]


@pytest.fixture(scope="module", params=SEEDS)
def seeds(request: pytest.FixtureRequest) -> Path:
    return Path(request.param)


@pytest.fixture(scope="module")
def replayed(seeds: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    done = riskbot("replay", seeds, "--json", "--rules", ROOT / "rules", cwd=tmp_path_factory.mktemp("replay"))
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def hits_of(document: dict[str, Any], rule: str) -> list[dict[str, Any]]:
    return [
        hit
        for article in document["articles"]
        for hit in article["hits"]
        if hit["rule"] == rule and hit["company"] == "alibaba"
    ]


def test_five_articles_make_one_story(replayed: dict[str, Any]) -> None:
    assert len(replayed["articles"]) == 5
    assert len(replayed["stories"]) == 1
    assert {article["story"] for article in replayed["articles"]} == {replayed["stories"][0]["id"]}


def test_military_and_memo_hit_every_article_and_sanctions_the_three_that_speak_of_them(
    replayed: dict[str, Any],
) -> None:
    assert len(hits_of(replayed, "company-military")) == 5
    assert len(hits_of(replayed, "company-memo")) == 5
    sanctions = hits_of(replayed, "company-sanctions")
    assert len(sanctions) == 3
    assert {hit["modality"] for hit in sanctions} == {"possible"}


def test_every_span_equals_the_text_it_points_at(replayed: dict[str, Any]) -> None:
    for article in replayed["articles"]:
        for hit in article["hits"]:
            assert hit["spans"]
            for span in hit["spans"]:
                assert article[span["field"]][span["start"] : span["end"]] == span["text"]


def test_there_is_one_new_alert_and_the_rest_are_updates_of_it(replayed: dict[str, Any]) -> None:
    kinds = [alert["kind"] for alert in replayed["alerts"]]
    assert kinds.count("new") == 1
    assert kinds[0] == "new"
    assert replayed["alerts"][0]["reason"] == "new_story"


def test_messages_are_within_slacks_limits_and_only_the_first_is_a_post(replayed: dict[str, Any]) -> None:
    first, *rest = replayed["messages"]
    edits, replies = [each for each in rest if "ts" in each], [each for each in rest if "thread_ts" in each]
    assert "ts" not in first
    assert len(edits) + len(replies) == len(rest)
    assert len({*(each["ts"] for each in edits), *(each["thread_ts"] for each in replies)}) == 1
    for payload in replayed["messages"]:
        assert problems(payload) == []
        assert len(payload["blocks"]) <= 50


def test_the_last_message_links_every_source_that_has_a_link_under_its_own_host(replayed: dict[str, Any]) -> None:
    last = next(each for each in reversed(replayed["messages"]) if "thread_ts" not in each)
    blocks = json.dumps(last["blocks"])
    assert "https://www.cnbc.com/2025/11/17/alibaba-chinese-military-target-us-white-house-memo-ft-.html" in blocks
    assert '"cnbc.com"' in blocks


def test_the_origin_is_the_financial_times_nothing_is_confirmed_and_no_outlet_is_invented(
    replayed: dict[str, Any], seeds: Path
) -> None:
    story = replayed["stories"][0]
    assert story["origins"] == ["Financial Times"]
    assert story["confirmations"] == 0
    assert story["level"] == "high"
    assert story["outlets"] == ([] if seeds == ORIGINALS else ["MEXC", "CNBC"])
    statuses = {(claim["status"], claim["speaker"]) for claim in story["claims"]}
    assert ("alleged", "White House memo") in statuses
    assert ("unverified", "Financial Times") in statuses
    assert ("denied", "Chinese embassy in Washington") in statuses
    assert ("denied", "Alibaba") in statuses
    assert "official" not in {status for status, _ in statuses}
    assert "confirmed" not in {status for status, _ in statuses}


def test_nothing_fires_on_the_furniture_of_the_page(seeds: Path, tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "watch.yaml").write_text(
        """
companies:
  - {name: Ryanair, aliases: [budget airline, airline]}
  - {name: WhiteWhale, aliases: [meme coin, Solana]}
  - {name: Tesla, aliases: [Elon Musk, Musk]}
  - {name: Coinbase, aliases: ["=Ripple", Circle Internet Group]}
  - {name: MEXC}
topics:
  - id: anything
    terms: [appeared, company, crashes, dump, exchange, crypto, report*, sold, coin, token, articles, views, holder*]
rules:
  - {title: Furniture, companies: [everyone], topics: [anything], near: article, about: mention}
""",
        encoding="utf-8",
    )
    done = riskbot("replay", seeds, "--json", "--rules", rules, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert len(document["articles"]) == 5
    assert [hit for article in document["articles"] for hit in article["hits"]] == []
    assert document["stories"] == document["alerts"] == document["messages"] == []


def test_a_body_that_stands_twice_does_not_count_twice(replayed: dict[str, Any]) -> None:
    repost = replayed["articles"][0]
    assert repost["text"].count("Andy Rothman") == 3  # the body stands twice in one line, then once in paragraphs
    sentences = [claim["sentence"] for claim in repost["claims"] if claim["sentence"] != repost["title"]]
    assert len(sentences) == len(set(sentences))
    for hit in repost["hits"]:
        starts = [span["start"] for span in hit["spans"] if span["field"] == "text"]
        assert min(starts) > repost["text"].index("\n")  # nothing of it is taken from the endless first line


def test_replaying_again_into_the_same_database_adds_nothing(seeds: Path, tmp_path: Path) -> None:
    arguments = ("replay", seeds, "--rules", ROOT / "rules", "--database", "sqlite:///riskbot.db", "--json")
    first = json.loads(riskbot(*arguments, cwd=tmp_path).stdout)
    before = json.loads(riskbot("status", "--database", "sqlite:///riskbot.db", "--json", cwd=tmp_path).stdout)
    second = json.loads(riskbot(*arguments, cwd=tmp_path).stdout)
    after = json.loads(riskbot("status", "--database", "sqlite:///riskbot.db", "--json", cwd=tmp_path).stdout)
    assert second["messages"] == []
    for key in ("articles", "stories", "alerts"):
        assert [row["id"] for row in second[key]] == [row["id"] for row in first[key]]
    assert {k: before[k] for k in ("articles", "hits", "stories", "alerts")} == {
        k: after[k] for k in ("articles", "hits", "stories", "alerts")
    }
    assert before["articles"] == 5


def test_all_in_one_poll_makes_the_same_story_in_one_message(seeds: Path, tmp_path: Path) -> None:
    done = riskbot("replay", seeds, "--at-once", "--json", "--rules", ROOT / "rules", cwd=tmp_path)
    document = json.loads(done.stdout)
    assert [len(document["articles"]), len(document["stories"]), len(document["messages"])] == [5, 1, 1]
    assert [alert["kind"] for alert in document["alerts"]].count("new") == 1


def test_people_see_the_message_as_slack_shows_it(seeds: Path, tmp_path: Path) -> None:
    done = riskbot("replay", seeds, "--rules", ROOT / "rules", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "High · Alleged, denied · Alibaba" in done.stdout
    assert "5 articles · 1 origin (Financial Times, original not read) · 0 confirmations" in done.stdout
    assert "Only as a possibility: sanctions (3 articles)" in done.stdout
    assert "Traceback" not in done.stderr
