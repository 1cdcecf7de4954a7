"""What the tests of `riskbot feeds …` share: rules, calls, and what they look at."""

from __future__ import annotations

import asyncio
import json
import subprocess
from pathlib import Path
from typing import Any

from tests.commandline import riskbot

RULES = """
companies: [{name: Alibaba}]
topics: [{id: military, terms: [military]}]
rules: [{title: Alibaba and the military, companies: [Alibaba], topics: [military]}]
"""
PAGE = b"""<!doctype html><html><head><title>News</title>
<link rel="alternate" type="application/rss+xml" title="All the news" href="/feed">
<link rel="alternate" type="application/atom+xml" title="Gone" href="/nothing.atom">
</head><body>Hello</body></html>"""
Done = subprocess.CompletedProcess[str]


async def call(*arguments: str | Path, cwd: Path, **settings: str) -> Done:
    """The command line, while the server of this test goes on answering."""
    return await asyncio.to_thread(riskbot, *arguments, cwd=cwd, **settings)


def with_feeds(folder: Path, **urls: str) -> None:
    lines = "".join(f"  - {{name: {name}, url: {url!r}, allow_private: true}}\n" for name, url in urls.items())
    (folder / "rules" / "feeds.yaml").write_text("feeds:\n" + lines, encoding="utf-8")


def assert_refused(done: Done, *said: str, status: int = 2) -> None:
    """It ended with one sentence and one mend, holding all of these words."""
    assert done.returncode == status, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    error, mend = done.stderr.splitlines()
    assert error.startswith("error: ")
    assert len(mend.removeprefix("  mend: ")) > 3
    for words in said:
        assert words in done.stderr


def json_lines(done: Done) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def held(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
