"""What piled up in the outbox while a channel could not be told: taken back and held, so that one digest tells of it.

What always holds: what is taken back is held in the same breath, so that nothing can be lost between the two;
only first messages that stand nowhere are taken back, whether nobody has begun them or Slack took nothing of what was
tried, of stories that are not grave, and only where their channel was told of nothing in the hour after they came to be
owed; whatever may stand in Slack stays as it is, and the rest of its channel waits until that is known.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from riskbot.model import DeliveryKind, DeliveryState, Level, Reason
from riskbot.model.calm import Cause, HeldBack
from riskbot.policy.calm import AWAY, OUTAGE
from riskbot.store.held import hold
from riskbot.store.outbox import OPEN, unsaid
from riskbot.store.story_tables import AlertRow, DeliveryRow, StoryRow
from riskbot.store.telling import withdraw
from riskbot.store.values import cited


def fold(session: Session, before: datetime) -> dict[str, list[str]]:
    """Take back what was owed before then and hold it; the stories by channel, oldest first."""
    row = DeliveryRow
    rows = session.exec(
        select(row, AlertRow)
        .join(StoryRow, col(StoryRow.id) == col(row.story))
        .join(AlertRow, col(AlertRow.id) == col(row.alert))
        .where(
            col(row.state).in_(OPEN),
            col(row.kind) == DeliveryKind.POST.value,
            col(row.created_at) <= before,
            col(StoryRow.level).in_([Level.LOW.value, Level.MEDIUM.value]),
        )
        .order_by(col(row.id))
    ).all()
    # In the digest of a channel is everything that piled up, not what happened to be looked for first.
    unknown = {each.channel for each, _ in rows if each.state == DeliveryState.SENDING.value and not unsaid(each)}
    folded: dict[str, list[str]] = {}
    told: dict[str, Sequence[datetime]] = {}
    for each, alert in rows:
        if each.channel in unknown or each.story is None or not (unsaid(each) and _put_off(each)):
            continue
        if each.channel not in told:
            told[each.channel] = _told(session, each.channel, each.created_at)
        next_ = bisect_right(told[each.channel], each.created_at)
        if next_ == len(told[each.channel]) or told[each.channel][next_] > each.created_at + OUTAGE:
            _take_back(session, each)
            held = HeldBack(
                story=cited("s", each.story),
                channel=each.channel,
                article=alert.article,
                cause=Cause.AWAY,
                reason=Reason(alert.reason),
                at=each.created_at,
                due_at=each.created_at + OUTAGE,
                title=AWAY,
            )
            hold(session, held)
            folded.setdefault(each.channel, []).append(held.story)
    return folded


def _put_off(each: DeliveryRow) -> bool:
    """Whether it waits by itself: what a person, or material news, has just owed again is sent as it is."""
    return each.tried_at is None or each.due_at is not None


def _take_back(session: Session, each: DeliveryRow) -> None:
    if each.state == DeliveryState.SENDING.value:
        # Its next time is our own guess, and puts off nobody else; that of one which is owed is what Slack asked for.
        each.state, each.due_at = DeliveryState.REPLACED.value, None
        session.flush()
    if each.story is not None:
        withdraw(session, each.story, each.channel)


def _told(session: Session, channel: str, since: datetime) -> Sequence[datetime]:
    """When a channel was told of anything after that, in order."""
    row = DeliveryRow
    sent = (col(row.state) == DeliveryState.SENT.value, col(row.tried_at) > since)
    times = session.exec(select(row.tried_at).where(col(row.channel) == channel, *sent).order_by(col(row.tried_at)))
    return [at for at in times if at is not None]
