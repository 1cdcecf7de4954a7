"""How long articles took from their publication to the message that tells of them.

What always holds: only what was really sent counts: not what another message carried, and not what led to no message.
An edited article is left out, because nobody says when it was edited.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session, and_, col, select

from riskbot.model import DeliveryState
from riskbot.ports import Delay
from riskbot.store.reading_tables import ArticleRow, VersionRow
from riskbot.store.story_tables import AlertRow, DecisionRow, DeliveryRow

FIRST = 1  # version


def latest(session: Session, most: int) -> Sequence[Delay]:
    """The times of the articles that led to the last messages sent, newest first."""
    sent = (
        select(VersionRow.published, ArticleRow.first_seen, DeliveryRow.tried_at)
        .select_from(DeliveryRow)
        .join(AlertRow, col(AlertRow.id) == col(DeliveryRow.alert))
        .join(
            DecisionRow,
            and_(
                col(DecisionRow.article) == col(AlertRow.article),
                col(DecisionRow.version) == FIRST,
                col(DecisionRow.channel) == col(AlertRow.channel),
                col(DecisionRow.alert) == col(AlertRow.id),
            ),
        )
        .join(ArticleRow, col(ArticleRow.id) == col(AlertRow.article))
        .join(VersionRow, and_(col(VersionRow.article) == col(AlertRow.article), col(VersionRow.number) == FIRST))
        .where(col(DeliveryRow.state) == DeliveryState.SENT.value, col(DeliveryRow.tried_at).is_not(None))
        .order_by(col(DeliveryRow.tried_at).desc(), col(DeliveryRow.id).desc())
        .limit(most)
    )
    return [Delay(published, seen, told) for published, seen, told in session.exec(sent) if told is not None]
