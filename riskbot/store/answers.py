"""What people answered, and who is on which story.

What always holds: a press is kept once, by its key; who is on a story follows from the presses alone, those on stories
that it swallowed included. A message that must show something else is owed an edit that carries whatever waits, where
it stands or may: one that was dropped is owed none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, Session, and_, col, exists, func, or_, select, update

from riskbot.model import DeliveryKind, DeliveryState, Level, Reason
from riskbot.model.answers import Answer, AnswerKind, Owner, Waiting
from riskbot.policy.ownership import owner_of
from riskbot.store.base import Row, UtcTime
from riskbot.store.outbox import owe
from riskbot.store.placing import story_number
from riskbot.store.story_tables import AlertRow, DeliveryRow, MessageRow, StoryRow
from riskbot.store.values import cited, number_of

TAKING = (AnswerKind.OWN.value, AnswerKind.RELEASE.value)


class AnswerRow(Row, table=True):
    """Who pressed what, and when."""

    __tablename__ = "answer"
    __table_args__ = (UniqueConstraint("key"), Index("ix_answer_story_kind", "story", "kind"))

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    story: int | None = Field(default=None, foreign_key="story.id")  # None: of no one story
    user: str
    user_name: str
    at: datetime = Field(sa_type=UtcTime)
    key: str
    value: str


def add(session: Session, answer: Answer) -> bool:
    """Keep an answer; false: it is known. Raises StoreError for an unknown story."""
    if session.exec(select(AnswerRow.id).where(col(AnswerRow.key) == answer.key)).first() is not None:
        return False
    row = AnswerRow(
        kind=answer.kind.value,
        story=story_number(session, answer.story) if answer.story is not None else None,
        user=answer.user,
        user_name=answer.user_name,
        at=answer.at,
        key=answer.key,
        value=answer.value,
    )
    session.add(row)
    session.flush()
    return True


def every(session: Session, story: str | None) -> list[Answer]:
    """Every answer to a story and to what it swallowed, or every one there is, oldest first."""
    rows = select(AnswerRow).order_by(col(AnswerRow.id))
    if story is not None:
        number = number_of("s", story)
        swallowed = select(StoryRow.id).where(col(StoryRow.merged_into) == number)
        rows = rows.where(or_(col(AnswerRow.story) == number, col(AnswerRow.story).in_(swallowed)))
    return [_value(row) for row in session.exec(rows)]


def owners(session: Session, stories: Iterable[str]) -> dict[str, Owner]:
    """Who is on these stories, by the id of the story; one that nobody is on is absent."""
    wanted = {number: id_ for id_ in stories if (number := number_of("s", id_)) is not None}
    if not wanted:
        return {}
    rows = session.exec(
        select(AnswerRow, StoryRow.merged_into)
        .join(StoryRow, col(StoryRow.id) == col(AnswerRow.story))
        .where(
            col(AnswerRow.kind).in_(TAKING), or_(col(StoryRow.id).in_(wanted), col(StoryRow.merged_into).in_(wanted))
        )
        .order_by(col(AnswerRow.id))
    )
    presses: dict[str, list[Answer]] = {}
    for row, merged_into in rows:
        for of in (row.story, merged_into):
            if of in wanted:
                presses.setdefault(wanted[of], []).append(_value(row))
    found = {id_: owner_of(id_, answers) for id_, answers in presses.items()}
    return {id_: owner for id_, owner in found.items() if owner}


def waiting(session: Session, levels: Collection[Level], since: datetime, until: datetime) -> list[Waiting]:
    """Stories of these levels that a channel was told of in that time and that nobody is on or was reminded of."""
    told_at = func.max(AlertRow.at)
    delivered = exists().where(
        col(MessageRow.story) == col(AlertRow.story), col(MessageRow.channel) == col(AlertRow.channel)
    )
    reminded = exists().where(
        col(AnswerRow.story) == col(AlertRow.story),
        col(AnswerRow.kind) == AnswerKind.REMINDED.value,
        col(AnswerRow.value) == col(AlertRow.channel),
    )
    rows = session.exec(
        select(AlertRow.story, AlertRow.channel, StoryRow.level, told_at)
        .join(StoryRow, col(StoryRow.id) == col(AlertRow.story))
        .where(
            # By the index on the time alone: this is asked every few seconds.
            col(AlertRow.id).in_(select(AlertRow.id).where(col(AlertRow.at) >= since)),
            col(StoryRow.level).in_([level.value for level in levels]),
            col(StoryRow.merged_into).is_(None),
            or_(col(AlertRow.kind) == "new", col(AlertRow.reason) == Reason.LEVEL_RAISED.value),
            delivered,
            ~reminded,
        )
        .group_by(col(AlertRow.story), col(AlertRow.channel), col(StoryRow.level))
        .having(told_at >= since, told_at <= until)
        .order_by(col(AlertRow.story), col(AlertRow.channel))
    ).all()
    taken = owners(session, {cited("s", story) for story, *_ in rows})
    return [
        Waiting(cited("s", story), channel, Level(level), at)
        for story, channel, level, at in rows
        if cited("s", story) not in taken
    ]


def refresh(session: Session, story: str, now: datetime) -> None:
    """Owe the story's messages an edit at once, where one stands or may be on its way; edits that wait are carried by
    it, and so is it by a waiting post."""
    number = story_number(session, story)
    channels = session.exec(
        select(AlertRow.channel).where(col(AlertRow.story) == number, col(AlertRow.kind) == "new").distinct()
    ).all()
    for channel in sorted(channels):
        untouched = (
            col(DeliveryRow.story) == number,
            col(DeliveryRow.channel) == channel,
            col(DeliveryRow.state) == DeliveryState.OWED.value,
            col(DeliveryRow.lease_until).is_(None),
        )
        session.exec(
            update(DeliveryRow)
            .where(*untouched, col(DeliveryRow.kind) == DeliveryKind.EDIT.value)
            .values(state=DeliveryState.REPLACED.value)
            .execution_options(synchronize_session=False)
        )
        carried = select(DeliveryRow.id).where(*untouched, col(DeliveryRow.kind) == DeliveryKind.POST.value)
        if session.exec(carried).first() is None and _shown(session, number, channel):
            owe(session, DeliveryKind.EDIT, channel, {}, now, story=story)


def _shown(session: Session, story: int, channel: str) -> bool:
    """Whether a story's message stands in a channel, or may come to stand there as it is."""
    if session.get(MessageRow, (story, channel)) is not None:
        return True
    in_hand = and_(col(DeliveryRow.state) == DeliveryState.OWED.value, col(DeliveryRow.lease_until).is_not(None))
    begun = select(DeliveryRow.id).where(
        col(DeliveryRow.story) == story,
        col(DeliveryRow.channel) == channel,
        col(DeliveryRow.kind) == DeliveryKind.POST.value,
        or_(col(DeliveryRow.state).in_((DeliveryState.SENDING.value, DeliveryState.PARKED.value)), in_hand),
    )
    return session.exec(begun).first() is not None


def _value(row: AnswerRow) -> Answer:
    story = cited("s", row.story) if row.story is not None else None
    return Answer(AnswerKind(row.kind), story, row.user, row.user_name, row.at, row.key, row.value)
