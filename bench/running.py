"""What the benches share: where the evaluation articles lie, the real `riskbot scan`, and one row of a table."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

ROOT = Path(__file__).resolve().parent.parent
EVAL = Path(os.environ.get("RISKBOT_SHARED") or ROOT.parent / "shared") / "eval"
Labelled = dict[str, Any]


def as_line(item: Mapping[str, Any], id_: object) -> Labelled:
    """An article of the evaluation as `scan` takes it, without its labels."""
    kept = {key: item.get(key) for key in ("title", "text", "url", "published")}
    return {"id": id_, "outlet": item.get("source"), **kept}


@contextmanager
def scanned(
    lines: Iterable[Labelled], rules: Path, *, stories: str = "none", trial: bool = False
) -> Iterator[Iterator[Labelled]]:
    """What `riskbot scan` writes for these lines; as it comes, so that no pile is held in memory."""
    with tempfile.TemporaryFile() as given:
        for line in lines:
            given.write(json.dumps(line, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n")
        given.seek(0)
        with _scan(given, rules, stories, trial=trial) as process:
            assert process.stdout is not None
            yield map(json.loads, process.stdout)
    if process.returncode:
        raise SystemExit(f"eval: riskbot scan failed with status {process.returncode}")


def _scan(given: BinaryIO, rules: Path, stories: str, *, trial: bool) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "riskbot", "scan", "-", "--stories", stories, "--rules", str(rules)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RISKBOT_")}
    return subprocess.Popen(
        [*command, *(["--trial"] if trial else [])],
        stdin=given,
        stdout=subprocess.PIPE,
        env=environment | {"PYTHONPATH": str(ROOT)},
    )


def row(name: str, figure: str, goal: str = "", note: str = "") -> None:
    """One row of the table of figures."""
    print(f"{name:<44}{figure:>10}  {goal:<8}  {note}".rstrip(), flush=True)
