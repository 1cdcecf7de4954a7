"""`make eval`: the figures of the shipped rules, or a plain word where there is nothing to measure them on."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commandline import environment
from tests.places import ROOT

pytestmark = pytest.mark.slow

HIT = {"title": "Washington puts SMIC on its sanctions list", "text": "The chipmaker SMIC was sanctioned on Friday."}
QUIET = {"title": "Airline strike in Toulouse", "text": "Crews walked out at noon.", "published": "2023-01-01 10:00:00"}


def evaluate(shared: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bench.quality", *options],
        cwd=ROOT,
        env=environment(RISKBOT_SHARED=str(shared)),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_without_the_articles_it_says_so_and_is_no_failure(tmp_path: Path) -> None:
    done = evaluate(tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "eval: skipped" in done.stdout


def test_figures_come_from_labels_and_a_real_scan_and_lists_show_the_evidence(tmp_path: Path) -> None:
    core = {"tier": "core", "company": ["Semiconductor Manufacturing International"], "topic_explicit": ["sanctions"]}
    negative = {"tier": "negative", "company": ["SMIC"], "topic_explicit": []}
    items = [{"id": "a"} | HIT | core, {"id": "b"} | QUIET | core, {"id": "c"} | HIT | negative]
    items.append({"id": "d"} | QUIET | negative)
    (tmp_path / "eval").mkdir()
    (tmp_path / "eval" / "dev.jsonl").write_text("".join(json.dumps(item) + "\n" for item in items), encoding="utf-8")
    pile = "".join(json.dumps({"n": n} | (HIT if n == 3 else QUIET)) + "\n" for n in range(10))
    (tmp_path / "eval" / "bulk.jsonl.gz").write_bytes(gzip.compress(pile.encode()))
    done = evaluate(tmp_path, "--misses", "--false", "--bulk-hits", "5")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(r"^recall.* 0\.500 .*1 of 2$", done.stdout, re.MULTILINE)
    assert re.search(r"^precision.* 0\.500 .*1 of 2 hit$", done.stdout, re.MULTILINE)
    assert re.search(r"^bulk, articles hit of 10,000 +1000\.00 .*1 of 10$", done.stdout, re.MULTILINE)
    for head, id_ in (("missed: 1", "b"), ("false: 1", "c"), ("bulk, hit: 1", "3")):
        assert re.search(rf"── {head} ─+\n\n{id_} ", done.stdout)
    assert "⟦SMIC⟧" in done.stdout
