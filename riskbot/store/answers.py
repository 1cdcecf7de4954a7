"""What people answered, and who is on which story.

What always holds: a press is kept once, by its key; who is on a story follows from the presses alone, those on stories
that it swallowed included. A message that must show something else is owed an edit that carries whatever waits, where
it stands or may: one that was dropped is owed none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, Session, and_, col, or_, select, update

from riskbot.model import DeliveryKind, DeliveryState, Level
from riskbot.model.answers import Answer, AnswerKind, Owner, Waiting
from riskbot.policy.ownership import owner_of, reminded
from riskbot.store.base import Row, UtcTime
from riskbot.store.outbox import owe
from riskbot.store.placing import story_number
from riskbot.store.story_tables import AlertRow, DeliveryRow, MessageRow, StoryRow
from riskbot.store.values import cited, number_of

TAKING = (AnswerKind.OWN.value, AnswerKind.RELEASE.value)
SETTLING = (AnswerKind.RESEND.value, AnswerKind.DROP.value)
OF_STORY = (DeliveryKind.POST.value, DeliveryKind.EDIT.value, DeliveryKind.BROADCAST.value)


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


def settled(session: Session, deliveries: Collection[str]) -> dict[str, Answer]:
    """Who had each of these deliveries sent again, or gave it up, last, by the id of the delivery."""
    rows = select(AnswerRow).where(col(AnswerRow.kind).in_(SETTLING)).order_by(col(AnswerRow.id))
    decided: dict[str, Answer] = {}
    for row in session.exec(rows):
        decided |= {id_: _value(row) for id_ in row.value.split(", ") if id_ in deliveries}
    return decided


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
    """Stories of these levels that were told lately, somewhere before `until`, that nobody is on, and of whose level
    nobody was reminded; each with every channel that was told of it."""
    digests = _in_digests(session, since)
    # By the index on state and time: this is asked every few seconds.
    lately = set(session.exec(_went_out(DeliveryRow.story).where(col(DeliveryRow.tried_at) >= since).distinct()))
    living = select(StoryRow.id, StoryRow.level).where(
        col(StoryRow.id).in_(lately | {story for story, _ in digests}),
        col(StoryRow.level).in_([level.value for level in levels]),
        col(StoryRow.merged_into).is_(None),
    )
    found = {story: Level(level) for story, level in session.exec(living) if story is not None}
    reminded_of = _reminded(session, found)
    found = {story: level for story, level in found.items() if reminded_of.get(story, -1) < level.rank}
    taken = owners(session, [cited("s", story) for story in found])
    found = {story: level for story, level in found.items() if cited("s", story) not in taken}
    told = {place: list(times) for place, times in digests.items() if place[0] in found}
    # By the story alone: asked for a state or kind as well, SQLite would go through everything that was ever sent.
    row = DeliveryRow
    asked: Any = (row.story, row.channel, row.tried_at, row.state, row.kind)
    for story, channel, at, state, kind in session.exec(select(*asked).where(col(row.story).in_(found))):
        if state == DeliveryState.SENT and kind in OF_STORY and at:
            told.setdefault((story, channel), []).append(at)
    stand = select(MessageRow.story, MessageRow.channel).where(col(MessageRow.story).in_(found))
    standing = set(session.exec(stand).all())
    known = {place[0] for place, times in told.items() if min(times) <= until}
    return [
        Waiting(cited("s", place[0]), place[1], found[place[0]], tuple(sorted(times)), thread=place in standing)
        for place, times in sorted(told.items())
        if place[0] in known
    ]


def _went_out(*columns: Any) -> Any:
    """What tells of a story, in a message of its own or in its thread, and was sent."""
    return select(*columns).where(
        col(DeliveryRow.state) == DeliveryState.SENT.value,
        col(DeliveryRow.kind).in_(OF_STORY),
        col(DeliveryRow.story).is_not(None),
        col(DeliveryRow.tried_at).is_not(None),
    )


def _in_digests(session: Session, since: datetime) -> dict[tuple[int, str], list[datetime]]:
    """When digests told each channel of a story since then; a merged story is named by the one it is now."""
    rows = session.exec(
        select(DeliveryRow.channel, DeliveryRow.tried_at, DeliveryRow.body).where(
            col(DeliveryRow.state) == DeliveryState.SENT.value,
            col(DeliveryRow.kind) == DeliveryKind.DIGEST.value,
            col(DeliveryRow.tried_at) >= since,
        )
    )
    named = [(number_of("s", id_), channel, at) for channel, at, body in rows for id_ in body.get("stories", ())]
    merged = select(StoryRow.id, StoryRow.merged_into).where(
        col(StoryRow.id).in_({story for story, *_ in named}), col(StoryRow.merged_into).is_not(None)
    )
    now_in = dict(session.exec(merged).all())
    told: dict[tuple[int, str], list[datetime]] = {}
    for story, channel, at in named:
        if story is not None and at is not None:
            told.setdefault((now_in.get(story) or story, channel), []).append(at)
    return told


def _reminded(session: Session, stories: Collection[int]) -> dict[int, int]:
    """The rank of the gravest level of which people were reminded, of these stories and of what they swallowed."""
    rows = session.exec(
        select(AnswerRow.story, StoryRow.merged_into, AnswerRow.value)
        .join(StoryRow, col(StoryRow.id) == col(AnswerRow.story))
        .where(
            col(AnswerRow.kind) == AnswerKind.REMINDED.value,
            or_(col(StoryRow.id).in_(stories), col(StoryRow.merged_into).in_(stories)),
        )
    )
    found: dict[int, int] = {}
    for story, merged_into, value in rows:
        of = merged_into or story or 0
        found[of] = max(found.get(of, -1), reminded(value).rank)
    return found


def refresh(session: Session, story: str, now: datetime) -> list[str]:
    """Owe the story's messages, those of the stories it swallowed among them, an edit at once, where one stands or may
    be on its way; edits that wait are carried by it, and so is it by a waiting post. The channels whose message can no
    longer be edited: those are owed none."""
    number = story_number(session, story)
    for swallowed in session.exec(select(StoryRow.id).where(col(StoryRow.merged_into) == number)).all():
        refresh(session, cited("s", swallowed), now)  # where one of them is frozen, the older's message says it
    channels = session.exec(
        select(AlertRow.channel).where(col(AlertRow.story) == number, col(AlertRow.kind) == "new").distinct()
    ).all()
    frozen = []
    for channel in sorted(channels):
        stands = session.get(MessageRow, (number, channel))
        if stands and stands.frozen:
            frozen.append(channel)
            continue
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
    return frozen


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
