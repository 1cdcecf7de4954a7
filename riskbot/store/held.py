"""What was held back until its digest or the end of its silence, and that riskbot was away.

What always holds: a record is settled once. A story that was merged is followed to the older one. A digest that stands
nowhere and is in nobody's hand has told nothing yet: what a message of its own tells sooner is taken out of it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, or_, select, update
from sqlmodel.sql.expression import SelectOfScalar

from riskbot.model import DeliveryKind, DeliveryState, Reason
from riskbot.model.calm import Away, Cause, HeldBack
from riskbot.store.calm_tables import AwayRow, HeldBackRow, SilenceRow
from riskbot.store.outbox import OPEN, unsaid
from riskbot.store.placing import story_number
from riskbot.store.story_tables import AlertRow, DeliveryRow, StoryRow
from riskbot.store.values import cited, number_of


def hold(session: Session, held: HeldBack) -> None:
    """Keep that something was held back."""
    row = HeldBackRow(
        story=story_number(session, held.story),
        channel=held.channel,
        article=held.article,
        cause=held.cause.value,
        reason=held.reason.value,
        title=held.title,
        at=held.at,
        due_at=held.due_at,
        silence=number_of("m", held.silence) if held.silence else None,
    )
    session.add(row)
    session.flush()
    if row.silence is not None:
        # A poll that began before the silence ended may be kept after its summary: there is to be another one.
        again = update(SilenceRow).where(col(SilenceRow.id) == row.silence).values(summed_at=None)
        session.exec(again.execution_options(synchronize_session=False))


def release(session: Session, story: str, channel: str, now: datetime) -> None:
    """A message of the story's own tells the channel now what waited for a digest or for a silence that is over, and
    what a digest tells that was owed but not begun: that leaves the story out, and is left itself if nothing else is
    in it."""
    over = select(SilenceRow.id).where(or_(col(SilenceRow.ends) <= now, col(SilenceRow.ended_at) <= now))
    waiting = (
        update(HeldBackRow)
        .where(
            col(HeldBackRow.story).in_(_with_merged(story_number(session, story))),
            col(HeldBackRow.channel) == channel,
            or_(col(HeldBackRow.cause) != Cause.SILENCE.value, col(HeldBackRow.silence).in_(over)),
            col(HeldBackRow.settled_at).is_(None),
        )
        .values(settled_at=now)
        .execution_options(synchronize_session=False)
    )
    session.exec(waiting)
    for digest in _unsaid(session, story_number(session, story), channel):
        _leave_out(session, digest, story_number(session, story))


def waits(session: Session, story: str, channel: str) -> bool:
    """Whether a digest that is not out yet will tell the channel of a story, as it stands then."""
    number = story_number(session, story)
    held = (
        select(HeldBackRow.id)
        .where(
            col(HeldBackRow.story).in_(_with_merged(number)),
            col(HeldBackRow.channel) == channel,
            col(HeldBackRow.cause) != Cause.SILENCE.value,
            col(HeldBackRow.settled_at).is_(None),
        )
        .limit(1)
    )
    return session.exec(held).first() is not None or bool(_unsaid(session, number, channel))


def due(session: Session, now: datetime) -> list[HeldBack]:
    """What waits for a digest that is due, oldest first."""
    return _found(session, col(HeldBackRow.due_at) <= now, col(HeldBackRow.settled_at).is_(None))


def of_silence(session: Session, silence: str) -> list[HeldBack]:
    """What a silence held back and no summary told yet, oldest first."""
    return _found(session, col(HeldBackRow.silence) == number_of("m", silence), col(HeldBackRow.settled_at).is_(None))


def since(session: Session, channel: str, at: datetime) -> list[HeldBack]:
    """What silences held back from a channel since then, oldest first."""
    return _found(
        session,
        col(HeldBackRow.channel) == channel,
        col(HeldBackRow.cause) == Cause.SILENCE.value,
        col(HeldBackRow.at) >= at,
    )


def settle(session: Session, ids: Collection[str], told_as: str | None, now: datetime) -> None:
    """Note which delivery tells of these; None: none has to."""
    numbers = [number_of("h", id_) for id_ in ids]
    for at in range(0, len(numbers), 500):
        part = update(HeldBackRow).where(col(HeldBackRow.id).in_(numbers[at : at + 500]))
        session.exec(part.values(settled_at=now, settled_as=told_as).execution_options(synchronize_session=False))


def in_digest(session: Session, story: str) -> dict[str, datetime]:
    """When the digest is or was due that tells each channel of a story."""
    found = session.exec(
        select(HeldBackRow.channel, func.max(func.coalesce(HeldBackRow.due_at, HeldBackRow.settled_at)))
        .where(
            col(HeldBackRow.story).in_(_with_merged(story_number(session, story))),
            # What a silence swallows is told only once its summary is.
            or_(col(HeldBackRow.cause) != Cause.SILENCE.value, col(HeldBackRow.settled_as).is_not(None)),
            or_(col(HeldBackRow.settled_at).is_(None), col(HeldBackRow.settled_as).is_not(None)),
        )
        .group_by(col(HeldBackRow.channel))
    )
    return dict(found.all())


def told_since(session: Session, channel: str, at: datetime) -> int:
    """How many new stories a channel was told of since then."""
    return session.exec(
        select(func.count())
        .select_from(AlertRow)
        .where(col(AlertRow.channel) == channel, col(AlertRow.at) >= at, col(AlertRow.kind) == "new")
    ).one()


def was_away(session: Session, away: Away) -> None:
    """Note that riskbot was away."""
    session.add(AwayRow(since=away.since, until=away.until))
    session.flush()


def last_away(session: Session, now: datetime) -> Away | None:
    """When riskbot was away last, as far as that is known at this time."""
    row = session.exec(
        select(AwayRow).where(col(AwayRow.until) <= now).order_by(col(AwayRow.until).desc()).limit(1)
    ).first()
    return Away(row.since, row.until) if row else None


def _unsaid(session: Session, number: int, channel: str) -> list[DeliveryRow]:
    """The digests that are to tell a channel of a story, stand nowhere and are in nobody's hand."""
    told_as = session.exec(
        select(HeldBackRow.settled_as)
        .where(
            col(HeldBackRow.story).in_(_with_merged(number)),
            col(HeldBackRow.channel) == channel,
            col(HeldBackRow.settled_as).is_not(None),
        )
        .distinct()
    ).all()
    if not told_as:
        return []
    row = DeliveryRow
    rows = session.exec(
        select(row)
        .where(
            col(row.id).in_([number_of("d", id_) for id_ in told_as if id_]),
            col(row.kind) == DeliveryKind.DIGEST.value,
            col(row.state).in_(OPEN),
        )
        # PostgreSQL: nobody may claim them between our looking and our commit. SQLite has the whole lock anyway.
        .with_for_update(of=row)
        .execution_options(populate_existing=True)
    )
    return [each for each in rows if unsaid(each)]


def _leave_out(session: Session, digest: DeliveryRow, number: int) -> None:
    """Take a story out of a digest, and leave that unsent if nothing is in it any more."""
    names = {cited("s", each) for each in session.exec(_with_merged(number))}
    digest.body = {**digest.body, "stories": [id_ for id_ in digest.body.get("stories", ()) if id_ not in names]}
    if not any(digest.body.get(part) for part in ("stories", "blind", "muted")):
        if digest.state == DeliveryState.SENDING.value:
            # Its next time is our own guess, and puts off nobody else; that of one which is owed is what Slack asked.
            digest.due_at = None
        digest.state = DeliveryState.REPLACED.value
    session.flush()
    untold = (
        update(HeldBackRow)
        .where(
            col(HeldBackRow.story).in_(_with_merged(number)),
            col(HeldBackRow.channel) == digest.channel,
            col(HeldBackRow.settled_as) == cited("d", digest.id),
        )
        .values(settled_as=None)
        .execution_options(synchronize_session=False)
    )
    session.exec(untold)


def _with_merged(number: int) -> SelectOfScalar[Any]:
    """The numbers of a story and of those that were merged into it."""
    return select(StoryRow.id).where(or_(col(StoryRow.id) == number, col(StoryRow.merged_into) == number))


def _found(session: Session, *which: ColumnElement[bool]) -> list[HeldBack]:
    rows = session.exec(
        select(HeldBackRow, StoryRow.merged_into)
        .join(StoryRow, col(StoryRow.id) == col(HeldBackRow.story))
        .where(*which)
        .order_by(col(HeldBackRow.id))
    )
    return [_value(row, merged) for row, merged in rows]


def _value(row: HeldBackRow, merged: int | None) -> HeldBack:
    return HeldBack(
        id=cited("h", row.id),
        story=cited("s", merged or row.story),
        channel=row.channel,
        article=row.article,
        cause=Cause(row.cause),
        reason=Reason(row.reason),
        title=row.title,
        at=row.at,
        due_at=row.due_at,
        silence=cited("m", row.silence) if row.silence else None,
    )
