"""What polls leave behind of a feed, into a row's columns and back.

What always holds: a state that is kept and loaded again equals the one given. Its items stay packed until somebody
looks into them.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from riskbot.model import FeedState, Wishes
from riskbot.store.base import Found
from riskbot.store.items import pack, unpack


def feed_values(state: FeedState) -> dict[str, Any]:
    """The state as columns, without the feed's name. Raises StoreError for items that are none."""
    return {
        "etag": state.etag,
        "last_modified": state.last_modified,
        "body_hash": state.body_hash,
        "due_at": state.due_at,
        "polled_at": state.polled_at,
        "succeeded_at": state.succeeded_at,
        "failures": state.failures,
        "error": state.error,
        "moved_to": state.moved_to,
        "gone_at": state.gone_at,
        "items": pack(state.items),
        "parses": state.parses,
        "whole": state.whole,
        "whole_why": state.whole_why,
        "wishes": _written(state.wishes),
        "entries": state.entries,
        "undated": state.undated,
        "newest_at": state.newest_at,
        "arrivals": [at.astimezone(UTC).isoformat() for at in state.arrivals] or None,
        "new_at": state.new_at,
        "ill": state.ill,
        "ill_since": state.ill_since,
    }


def feed_state(row: Found) -> FeedState:
    """The state out of a row that holds its columns and the feed's name."""
    return FeedState(
        feed=row.name,
        etag=row.etag,
        last_modified=row.last_modified,
        body_hash=row.body_hash,
        due_at=row.due_at,
        polled_at=row.polled_at,
        succeeded_at=row.succeeded_at,
        failures=row.failures,
        error=row.error,
        moved_to=row.moved_to,
        gone_at=row.gone_at,
        items=unpack(row.items),
        parses=row.parses,
        whole=row.whole,
        whole_why=row.whole_why,
        wishes=_read(row.wishes),
        entries=row.entries,
        undated=row.undated,
        newest_at=row.newest_at,
        arrivals=tuple(map(datetime.fromisoformat, row.arrivals or ())),
        new_at=row.new_at,
        ill=row.ill,
        ill_since=row.ill_since,
    )


def _written(wishes: Wishes) -> dict[str, Any] | None:
    said: dict[str, Any] = {}
    if wishes.every is not None:
        said["every"] = wishes.every.total_seconds()
    if wishes.skip_hours:
        said["skip_hours"] = sorted(wishes.skip_hours)
    if wishes.skip_days:
        said["skip_days"] = sorted(wishes.skip_days)
    return said or None


def _read(said: dict[str, Any] | None) -> Wishes:
    if not said:
        return Wishes()
    every = said.get("every")
    return Wishes(
        every=None if every is None else timedelta(seconds=every),
        skip_hours=frozenset(said.get("skip_hours", ())),
        skip_days=frozenset(said.get("skip_days", ())),
    )
