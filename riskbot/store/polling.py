"""Feeds: which there are, whose turn it is, and what their last polls left behind.

What always holds: a feed is its name. Taking feeds is one UPDATE that returns what it took, so two processes never
hold the same one; a lease that has ended counts for nothing. Whoever took a feed last is its holder, and stays so when
the lease was given back: what anybody else still says of it is too late, and changes neither its state nor its lease.
Claiming reads the rows of what it takes alone. Statements are built once: there are thousands of polls.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, bindparam, insert, or_, select, update
from sqlmodel import Session

from riskbot.errors import StoreError
from riskbot.model import Feed, FeedState
from riskbot.store.articles import chunks
from riskbot.store.base import table_of
from riskbot.store.feed_values import feed_state, feed_values
from riskbot.store.reading_tables import FeedRow

NOBODY = ""  # holds a feed whose address was changed: what a poll in hand says is of the old one

FEED = table_of(FeedRow)
STATE = (FEED.c.name, *(FEED.c[column] for column in feed_values(FeedState(""))))
# What the old address answered says nothing about the new one. When the feed was polled, how often it publishes and
# whether it was told to be unhealthy belong to its name.
_HISTORY = {"polled_at", "succeeded_at", "arrivals", "new_at", "ill", "ill_since"}
ANEW = {column: value for column, value in feed_values(FeedState("")).items() if column not in _HISTORY}

_OF = FEED.c.name == bindparam("of")
_ADD = insert(FEED)
_PAUSE = update(FEED).where(_OF).values(paused=True)
_READDRESS = update(FEED).where(_OF).values(**ANEW, holder=NOBODY, url=bindparam("to"))
_BRING_UP = update(FEED).where(_OF).values(paused=False, due_at=None, gone_at=None)
_TAKE_BY_HAND = update(FEED).where(_OF, FEED.c.lease_until.is_(None)).values(holder=bindparam("by"))
_RENEW = (
    update(FEED)
    .where(
        FEED.c.name.in_(bindparam("names", expanding=True)),
        FEED.c.holder == bindparam("by"),
        FEED.c.lease_until < bindparam("until"),
    )
    .values(lease_until=bindparam("until"))
)
_FINISH = (
    update(FEED).where(_OF, or_(FEED.c.holder.is_(None), FEED.c.holder == bindparam("by"))).values(lease_until=None)
)
_LET_GO = update(FEED).where(_OF, FEED.c.holder == NOBODY).values(lease_until=None)
_KNOWN = select(FEED.c.name).where(_OF)
_ONE = select(*STATE, FEED.c.url).where(_OF)
_WATCHED = select(*STATE).where(FEED.c.paused.is_(False)).order_by(FEED.c.name)


def _claim(*, due_only: bool) -> Any:
    now: BindParameter[datetime] = bindparam("now")
    free = select(FEED.c.name).where(
        FEED.c.paused.is_(False), or_(FEED.c.lease_until.is_(None), FEED.c.lease_until <= now)
    )
    if due_only:
        free = free.where(FEED.c.gone_at.is_(None), or_(FEED.c.due_at.is_(None), FEED.c.due_at <= now))
    # A common table expression, because PostgreSQL may run a plain subquery twice, and take more than the limit.
    taken = (
        free.order_by(FEED.c.due_at.asc().nulls_first(), FEED.c.name)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True)
        .cte("taken")
    )
    return (
        update(FEED)
        .where(FEED.c.name.in_(select(taken.c.name)))
        .values(lease_until=bindparam("until"), holder=bindparam("by"))
        .returning(*STATE)
    )


_CLAIM_DUE, _CLAIM_ANY = _claim(due_only=True), _claim(due_only=False)


def sync_feeds(session: Session, feeds: Iterable[Feed], edited: Collection[str] = ()) -> None:
    """Make the stored feeds those given: new, returning and edited ones are due at once, absent ones paused.

    A feed that somebody brings back or edits is asked again even when it was gone.
    """
    wanted = {feed.name: feed.url for feed in feeds}
    connection = session.connection()
    left: list[dict[str, str]] = []
    readdressed: list[dict[str, str]] = []
    due: list[dict[str, str]] = []
    for name, url, paused in connection.execute(select(FEED.c.name, FEED.c.url, FEED.c.paused)):
        given = wanted.pop(name, None)
        if given is None:
            left += [] if paused else [{"of": name}]
            continue
        if given != url:
            readdressed.append({"of": name, "to": given})
        if paused or given != url or name in edited:
            due.append({"of": name})
    added = [{"name": name, "url": url, "paused": False, "failures": 0} for name, url in wanted.items()]
    for statement, of in ((_PAUSE, left), (_READDRESS, readdressed), (_BRING_UP, due), (_ADD, added)):
        if of:
            connection.execute(statement, of)


def keep_feed(session: Session, feed: Feed, by: str) -> FeedState:
    """A feed polled by hand: kept as a paused one where it is not known, so that nobody polls it by the clock."""
    connection, of = session.connection(), {"of": feed.name}
    row = connection.execute(_ONE, of).one_or_none()
    if row is None:
        connection.execute(_ADD, {"name": feed.name, "url": feed.url, "paused": True, "failures": 0})
    elif row.url != feed.url:
        connection.execute(_READDRESS, {**of, "to": feed.url})
    connection.execute(_TAKE_BY_HAND, {**of, "by": by})
    return feed_state(connection.execute(_ONE, of).one())


def claim_feeds(
    session: Session, now: datetime, lease: timedelta, limit: int, by: str, *, due_only: bool
) -> Sequence[tuple[str, FeedState]]:
    """Take a lease for `by` on feeds nobody holds, those that have waited longest first; gone ones are never due."""
    given = {"now": now, "until": now + lease, "most": limit, "by": by}
    taken = session.connection().execute(_CLAIM_DUE if due_only else _CLAIM_ANY, given)
    rows = sorted(taken, key=lambda row: (row.due_at is not None, row.due_at, row.name))
    return [(row.name, feed_state(row)) for row in rows]


def renew_feeds(session: Session, feeds: Collection[str], until: datetime, by: str) -> None:
    """Lengthen the leases that `by` holds on these feeds; what was given back or taken by another stays as it is."""
    for names in chunks(list(feeds)):
        session.connection().execute(_RENEW, {"names": names, "until": until, "by": by})


def finish_poll(session: Session, state: FeedState, by: str) -> bool:
    """Write what a poll of `by` left behind and give the lease back; whether anything was written.

    Nothing is written of a feed that another has taken since, or whose address was changed meanwhile; the latter's
    lease ends all the same, because nobody else can hold it. Raises StoreError for a feed that was never stored.
    """
    connection, of = session.connection(), {"of": state.feed}
    if connection.execute(_FINISH, {**feed_values(state), **of, "by": by}).rowcount:
        return True
    if not connection.execute(_LET_GO, of).rowcount and connection.execute(_KNOWN, of).first() is None:
        raise StoreError(f"the feed {state.feed!r} is not among those stored")
    return False


def feed_states(session: Session) -> dict[str, FeedState]:
    """The feeds of the rule files by name, without those that are paused."""
    return {row.name: feed_state(row) for row in session.connection().execute(_WATCHED)}
