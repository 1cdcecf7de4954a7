"""`riskbot rules explain` and `riskbot rules list` as people at a terminal, and machines, have them."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commandline import DEADLINE, environment, riskbot
from tests.places import ROOT

pytestmark = pytest.mark.slow

RULES = """
companies:
  - {name: Alibaba Ltd, aliases: [阿里巴巴], tickers: [BABA], tags: [china]}
  - {name: Tencent}
  - {name: Gap, exact: true, not_in: [Gap year], only_with: [clothing]}
topics: [{id: military, terms: [military]}, {id: memo, terms: [memo]}]
rules:
  - {id: military, title: The military, companies: [everyone], topics: [military]}
  - {id: memo, title: Memos, companies: [everyone], topics: [memo], status: trial}
"""
TEXT = "Alibaba helps the military\n\nA report says that Alibaba and Tencent help the military. The Gap widens.\n"
LINES = [{"id": 1, "title": "Rain"}, {"id": "two", "title": "Alibaba and the military"}]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A working folder with rules, an article and some lines."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "watch.yaml").write_text(RULES, encoding="utf-8")
    (tmp_path / "article.txt").write_text(TEXT, encoding="utf-8")
    lines = "".join(json.dumps(line) + "\n" for line in LINES).encode()
    (tmp_path / "two.jsonl").write_bytes(lines)
    (tmp_path / "two.jsonl.gz").write_bytes(gzip.compress(lines))
    (tmp_path / "one.jsonl").write_bytes(lines.splitlines()[1])
    return tmp_path


def explained_from_input(folder: Path, given: bytes, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "riskbot", "rules", "explain", "-", *options]
    done = subprocess.run(
        command, cwd=folder, env=environment(), input=given, capture_output=True, timeout=DEADLINE, check=False
    )
    return subprocess.CompletedProcess(command, done.returncode, done.stdout.decode(), done.stderr.decode())


def test_people_see_what_fires_with_its_evidence_and_what_is_missing_else(folder: Path) -> None:
    done = riskbot("rules", "explain", "article.txt", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "● military · Alibaba Ltd · fires" in done.stdout
    assert "a fact in title or lead · the article is about Alibaba Ltd" in done.stdout
    assert "title: Alibaba helps the military" in done.stdout
    assert "“A report says that Alibaba and Tencent help the military.”" in done.stdout
    assert "○ memo (status: trial) · Alibaba Ltd, Tencent · does not fire\n  no term of memo" in done.stdout
    assert "Gap is named, but counts only where one of these stands too: clothing" in done.stdout


def test_machines_get_one_document_of_one_rule_and_company(folder: Path) -> None:
    done = riskbot("rules", "explain", "article.txt", "--json", "--rule", "military", "--company", "BABA", cwd=folder)
    assert done.returncode == 0, done.stderr
    (verdict,) = json.loads(done.stdout)["rules"]
    assert (verdict["rule"], verdict["company_name"], verdict["fired"]) == ("military", "Alibaba Ltd", True)
    assert verdict["hit"]["spans"][0]["text"] == "Alibaba"


def test_a_line_is_explained_alone_or_by_its_id(folder: Path) -> None:
    for call in (["one.jsonl"], ["two.jsonl", "--id", "two"], ["two.jsonl.gz", "--id", "two"]):
        done = riskbot("rules", "explain", *call, "--json", cwd=folder)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["title"] == "Alibaba and the military"
    rain = riskbot("rules", "explain", "two.jsonl", "--id", "1", cwd=folder)
    assert "No watched company is named." in rain.stdout


def test_standard_input_holds_lines_or_a_pasted_article(folder: Path) -> None:
    line = explained_from_input(folder, (folder / "one.jsonl").read_bytes(), "--json")
    assert json.loads(line.stdout)["id"] == "two"
    pasted = explained_from_input(folder, TEXT.encode(), "--json")
    assert json.loads(pasted.stdout)["title"] == "Alibaba helps the military"


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (["two.jsonl"], "two.jsonl holds several articles"),
        (["two.jsonl", "--id", "3"], "no article with the id '3'"),
        (["article.txt", "--id", "3"], "`--id` chooses a line"),
        (["missing.txt"], "no file or folder missing.txt"),
        (["missing.jsonl"], "missing.jsonl cannot be read"),
        (["rules/watch.yaml"], "not an article"),
        (["article.txt", "--rule", "militry"], "there is no rule 'militry'"),
        (["article.txt", "--company", "Alibubu"], "there is no company 'Alibubu'"),
    ],
)
def test_what_cannot_be_explained_is_one_sentence_and_a_mend(folder: Path, call: list[str], said: str) -> None:
    done = riskbot("rules", "explain", *call, cwd=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "mend: " in done.stderr


def test_without_a_word_rules_and_topics_are_listed_and_companies_counted() -> None:
    done = riskbot("rules", "list", "--rules", ROOT / "rules", cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert "company-military" in done.stdout
    assert "companies" in done.stdout
    assert "阿里巴巴" not in done.stdout
    assert "riskbot rules list companies [WORD]" in done.stdout


def test_companies_are_listed_when_asked_for_with_what_they_go_by(folder: Path) -> None:
    done = riskbot("rules", "list", "companies", "tag:china", cwd=folder)
    assert done.returncode == 0, done.stderr
    for word in ("Alibaba Ltd", "阿里巴巴", "BABA", "china", "1 company"):
        assert word in done.stdout
    assert "Tencent" not in done.stdout
    form = json.loads(riskbot("rules", "list", "alibaba", "--json", cwd=folder).stdout)
    (company,) = form["companies"]
    assert company["derived"] == ["=Alibaba"]
    assert company["aliases"] == ["Alibaba Ltd", "阿里巴巴"]
    assert form["topics"] == form["rules"] == []


def test_a_word_nothing_goes_by_is_an_error(folder: Path) -> None:
    done = riskbot("rules", "list", "rules", "nothing", cwd=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert "no rule goes by 'nothing'" in done.stderr
