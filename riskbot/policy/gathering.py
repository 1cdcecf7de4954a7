"""Lines that come in numbers, such as those of an outage that turns every feed ill, told together.

What always holds: the first few are told at once; once they come thick and fast, what comes is gathered into one
message, and the next goes out no sooner than a while after the last.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

AT_ONCE = 3  # messages that go out at once, before what comes is gathered
WITHIN = timedelta(minutes=15)  # of so long; feeds are polled that often at least, so an outage shows in as long
KEPT = 200  # lines of one message; the others are counted


@dataclass(frozen=True, slots=True)
class Gathered:
    """What is owed because of one more line."""

    body: Mapping[str, Any]
    due_at: datetime | None = None  # None: at once
    into: str | None = None  # the message that takes the line in; None: a message of its own


@dataclass(frozen=True, slots=True)
class Gathering:
    """What stands of the messages of one kind and title in a channel."""

    waiting: Gathered | None = None  # one that nobody has begun to send; `into` is its id
    times: tuple[datetime, ...] = ()  # when the latest of them went out, or are due


def gathered(line: str, many: str, title: str, stands: Gathering, now: datetime) -> Gathered:
    """Where a line goes; `many` is what several are called ("feeds turned"), `title` what they are found by."""
    recent = sorted(at for at in stands.times if at > now - WITHIN)
    due_at = recent[-1] + WITHIN if len(recent) >= AT_ONCE else None
    if stands.waiting is None:
        return Gathered({"text": line, "title": title, "count": 1}, due_at)
    into, body = stands.waiting.into, stands.waiting.body
    lines = [*(body.get("lines") or [body["text"]]), line]
    count = int(body.get("count", 1)) + 1
    told = {"text": f"{count} {many}", "title": title, "count": count, "lines": lines[:KEPT]}
    return Gathered(told, stands.waiting.due_at, into)
