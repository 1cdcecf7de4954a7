"""Feeds: which there are, whose turn it is, and what their last polls left behind.

What always holds: a feed is its name. Taking feeds is one UPDATE that returns what it took, so two processes never
hold the same one; a lease that has ended counts for nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, or_, select, update

from riskbot.errors import StoreError
from riskbot.model import Feed, FeedState
from riskbot.store.reading_tables import FeedRow
from riskbot.store.values import feed_state


def sync_feeds(session: Session, feeds: Iterable[Feed], edited: Collection[str] = ()) -> None:
    """Make the stored feeds those given: new, returning and edited ones are due at once, absent ones paused."""
    wanted = {feed.name: feed.url for feed in feeds}
    for row in session.exec(select(FeedRow)).all():
        url = wanted.pop(row.name, None)
        if url is None:
            row.paused = True
            continue
        if row.paused or row.url != url or row.name in edited:
            row.due_at = None
        if row.url != url:
            # What the old address answered says nothing about the new one.
            row.url, row.etag, row.last_modified, row.body_hash = url, None, None, None
        row.paused = False
    session.add_all(FeedRow(name=name, url=url) for name, url in wanted.items())
    session.flush()


def keep_feed(session: Session, feed: Feed) -> FeedState:
    """A feed polled by hand: kept as a paused one where it is not known, so that nobody polls it by the clock."""
    row = session.get(FeedRow, feed.name)
    if row is None:
        row = FeedRow(name=feed.name, url=feed.url, paused=True)
        session.add(row)
    elif row.url != feed.url:
        row.url, row.etag, row.last_modified, row.body_hash = feed.url, None, None, None
    session.flush()
    return feed_state(row)


def claim_feeds(
    session: Session, now: datetime, lease: timedelta, limit: int, *, due_only: bool
) -> Sequence[tuple[str, FeedState]]:
    """Take a lease on feeds nobody holds, those that have waited longest first."""
    free = select(FeedRow.name).where(
        col(FeedRow.paused).is_(False), or_(col(FeedRow.lease_until).is_(None), col(FeedRow.lease_until) <= now)
    )
    if due_only:
        free = free.where(or_(col(FeedRow.due_at).is_(None), col(FeedRow.due_at) <= now))
    # A common table expression, because PostgreSQL may run a plain subquery twice, and take more than the limit.
    taken = (
        free.order_by(col(FeedRow.due_at).asc().nulls_first(), col(FeedRow.name))
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("taken")
    )
    claim = (
        update(FeedRow)
        .where(col(FeedRow.name).in_(select(taken.c.name)))
        .values(lease_until=now + lease)
        .returning(FeedRow)
        .execution_options(synchronize_session=False)
    )
    rows = sorted(session.exec(claim).scalars(), key=lambda row: (row.due_at is not None, row.due_at, row.name))
    return [(row.name, feed_state(row)) for row in rows]


def finish_poll(session: Session, state: FeedState) -> None:
    """Write what a poll left behind and give the lease back. Raises StoreError for a feed that was never stored."""
    row = session.get(FeedRow, state.feed)
    if row is None:
        raise StoreError(f"the feed {state.feed!r} is not among those stored")
    row.etag, row.last_modified, row.body_hash = state.etag, state.last_modified, state.body_hash
    row.due_at, row.polled_at, row.succeeded_at = state.due_at, state.polled_at, state.succeeded_at
    row.failures, row.error = state.failures, state.error
    row.lease_until = None
    session.flush()


def feed_states(session: Session) -> dict[str, FeedState]:
    """The feeds of the rule files by name, without those that are paused."""
    rows = session.exec(select(FeedRow).where(col(FeedRow.paused).is_(False)).order_by(col(FeedRow.name)))
    return {row.name: feed_state(row) for row in rows}
