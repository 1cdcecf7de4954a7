"""Word frequencies follow the news: once a day the words of the days before are counted in.

What always holds: whole days in UTC, each counted once, however many processes run and however long none did; what was
learned is a new snapshot, and the one in force until then stays as it was, so that a placing can be repeated exactly.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from riskbot.errors import StoreError
from riskbot.ports import Store
from riskbot.stories.frequencies import Frequencies, Tally, learned

PAGE = 500  # articles that are read and counted at a time
FARTHEST = timedelta(days=90)  # back, where nothing was ever learned or nobody ran for long


async def learn(store: Store, start: Frequencies, now: datetime) -> Frequencies:
    """The snapshot for today: the one kept, learned now where it is missing; `start` where nothing was ever read.

    `start` is what riskbot ships. Raises StoreError.
    """
    held = await store.frequencies() or start
    today = now.astimezone(UTC).date()
    day = _day(held.id)
    if day is not None and day >= today:
        return held
    until = _begins(today)
    since = max(_begins(day), until - FARTHEST) if day else until - FARTHEST
    tally = Tally()
    after = ""
    while page := await store.texts(since, until, PAGE, after):
        await asyncio.to_thread(_count, tally, page)
        after = page[-1][0]
    if not tally.documents:
        return held
    # What riskbot ships does not fade for the time before it was put to use.
    days = (today - day).days if day else 0
    snapshot = await asyncio.to_thread(learned, held, tally, days, today.isoformat())
    try:
        await store.keep_frequencies(snapshot, now)
    except StoreError:
        # Another process was faster, and had seen an article more or less: its snapshot is the one of today.
        kept = await store.frequencies(snapshot.id)
        if kept is None:
            raise
        return kept
    return snapshot


def _count(tally: Tally, page: Sequence[tuple[str, str, str]]) -> None:
    tally.add_all((title, text) for _, title, text in page)


def _begins(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _day(id_: str) -> date | None:
    """The day on which a snapshot was learned; None for the one that riskbot ships."""
    try:
        return date.fromisoformat(id_)
    except ValueError:
        return None
