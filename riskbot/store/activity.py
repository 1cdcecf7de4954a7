"""What happened between two moments, for the heartbeat.

What always holds: an article counts when riskbot first read it, a story with its first article, a message when it was
sent; how long telling took counts once for an article, by the first message that it led to, and only where the
publisher gives a time. Edits that follow from no article, such as those of a merged story, count as messages alone.
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, and_, col, func, select

from riskbot.model import DeliveryState
from riskbot.policy.heartbeat import Activity
from riskbot.store.reading_tables import ArticleRow, HitRow, VersionRow
from riskbot.store.story_tables import AlertRow, DecisionRow, DeliveryRow, StoryArticleRow

FIRST = 1  # version of an article; article of a story


def activity(session: Session, since: datetime, until: datetime) -> Activity:
    """What happened from `since` to `until`."""
    seen = and_(col(ArticleRow.first_seen) >= since, col(ArticleRow.first_seen) < until)
    sent = and_(
        col(DeliveryRow.state) == DeliveryState.SENT.value,
        col(DeliveryRow.tried_at) >= since,
        col(DeliveryRow.tried_at) < until,
    )
    latest = and_(col(ArticleRow.id) == HitRow.article, col(ArticleRow.version) == HitRow.number)
    opened = and_(col(StoryArticleRow.article) == ArticleRow.id, col(StoryArticleRow.joined) == FIRST)
    first = and_(col(VersionRow.article) == col(AlertRow.article), col(VersionRow.number) == FIRST)
    led = and_(
        col(DecisionRow.article) == col(AlertRow.article),
        col(DecisionRow.version) == FIRST,
        col(DecisionRow.channel) == col(AlertRow.channel),
        col(DecisionRow.alert) == col(AlertRow.id),
    )
    times = session.exec(
        select(VersionRow.published, func.min(DeliveryRow.tried_at))
        .select_from(DeliveryRow)
        .join(AlertRow, col(AlertRow.id) == col(DeliveryRow.alert))
        .join(DecisionRow, led)
        .join(VersionRow, first)
        .where(sent, col(VersionRow.published).is_not(None))
        .group_by(col(VersionRow.article), col(VersionRow.published))
    ).all()
    counted = func.count()
    return Activity(
        articles=session.exec(select(counted).select_from(ArticleRow).where(seen)).one(),
        hits=session.exec(select(counted).select_from(HitRow).join(ArticleRow, latest).where(seen)).one(),
        stories=session.exec(select(counted).select_from(StoryArticleRow).join(ArticleRow, opened).where(seen)).one(),
        told=session.exec(select(counted).select_from(DeliveryRow).where(sent)).one(),
        lags=tuple(told - published for published, told in times if published and told),
    )
