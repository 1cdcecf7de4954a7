"""Reading Slack payloads in tests: every object in one, every word it shows, and its golden copy."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

GOLDEN = Path(__file__).parent / "data" / "slack"


def elements(payload: Any) -> Iterator[dict[str, Any]]:
    """Every object in a payload, at any depth."""
    if isinstance(payload, dict):
        yield payload
        payload = list(payload.values())
    if isinstance(payload, list):
        for each in payload:
            yield from elements(each)


def words(payload: dict[str, Any]) -> str:
    """All that the blocks show, in order, block by block."""
    shown = ["".join(e["text"] for e in elements(b) if isinstance(e.get("text"), str)) for b in payload["blocks"]]
    return "\n".join(shown)


def golden(name: str, payload: dict[str, Any], *, update: bool) -> None:
    """Compare with tests/data/slack/NAME.json, or write it."""
    path = GOLDEN / f"{name}.json"
    if update:
        path.write_text(json.dumps(payload, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    assert path.is_file(), f"{path.name} is missing: look at the payload, then run with --update-golden"
    assert payload == json.loads(path.read_text(encoding="utf-8"))
