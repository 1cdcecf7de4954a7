"""Rules in git: the hooks that are shipped, and the steps that the README gives, do what they say."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.commandline import riskbot
from tests.places import ROOT

HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
README = (ROOT / "README.md").read_text(encoding="utf-8")
BROKEN = "rules:\n  - {title: Lame, companies: [Alibaba], topics: [militry]}\n"
UNTRUE = """\
rules:
  - title: Untrue
    companies: [Alibaba]
    topics: [military]
    tests:
      - fires: Nobody is named here.
"""


def steps() -> list[list[str]]:
    """Every call of the README's action and of the hooks, without `riskbot`."""
    found = re.findall(r"^ *- run: riskbot (.+)$", README, re.MULTILINE)
    return [call.split() for call in found] + [[*hook["entry"].split()[1:], *hook["args"]] for hook in HOOKS]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "rules", tmp_path / "rules")
    return tmp_path


def test_the_manifest_is_one_that_pre_commit_takes(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", "validate-manifest", ROOT / ".pre-commit-hooks.yaml"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_the_readme_names_the_hooks_that_there_are() -> None:
    assert set(re.findall(r"- id: (riskbot-\S+)", README)) == {hook["id"] for hook in HOOKS}
    assert {hook["entry"].split()[0] for hook in HOOKS} == {"riskbot"}


@pytest.mark.slow
@pytest.mark.parametrize("call", steps(), ids=" ".join)
def test_every_step_passes_the_shipped_rules_and_refuses_what_it_is_there_to_refuse(
    folder: Path, call: list[str]
) -> None:
    good = riskbot(*call, cwd=folder)
    assert good.returncode == 0, good.stdout + good.stderr
    (folder / "rules" / "own.yaml").write_text(BROKEN if "check" in call else UNTRUE, encoding="utf-8")
    bad = riskbot(*call, cwd=folder)
    assert bad.returncode == (2 if "check" in call else 1)
    assert ("militry" if "check" in call else "must fire and did not") in bad.stdout
