"""The life of a story.

What always holds: a story lives by its articles' own times, not by when they were seen; a clock that runs backwards
makes no story older than its articles say. What a quiet story takes up again stands in `placing`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from riskbot.stories.placing import NEVER_AFTER


class Life(StrEnum):
    """How a story stands in time."""

    LIVE = "live"  # new articles join it
    QUIET = "quiet"  # no article for a while: only what is nearly certain to be of it reopens it
    PAST = "past"  # nothing joins it any more


def life(times: Iterable[datetime | None], now: datetime, quiet_after: timedelta) -> Life:
    """How a story with articles of these times stands at `now`; without any known time it lives."""
    last = max((time for time in times if time is not None), default=None)
    if last is None or now - last <= quiet_after:
        return Life.LIVE
    return Life.QUIET if now - last <= NEVER_AFTER else Life.PAST
