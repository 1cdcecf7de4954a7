"""Two stories that turn out to be one, and one that turns out to be two.

What always holds: articles, keys and what people decided move; messages stay where they stand. A story that was merged
keeps its row and its number, and says into which one. Of a channel that was told of both stories the younger message
is owed an edit that points to the older; a message that nobody has begun to send is not sent at all; in a channel that
was told of the younger only, its message becomes the older's. Merging is no new alert. Splitting is one, in the
channels that know the story that was split: what leaves it would else stand in no message. What people decide is kept
and binds whatever is placed later; the latest word of theirs holds. A level that people lowered rises by no
merging of theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, delete, func, insert, or_, select, update
from sqlmodel import Session

from riskbot.errors import StoreError
from riskbot.model import Decision, Level, Rearranged, Reason, Story
from riskbot.store.articles import ARTICLE, chunks
from riskbot.store.base import number_of_new
from riskbot.store.held import in_digest
from riskbot.store.nominees import APART, KEY, hour_of
from riskbot.store.placing import living, story_number
from riskbot.store.stories import ALERT, PLACE, STORY, load_stories
from riskbot.store.telling import DECISION, DELIVERY, MESSAGE, alert, decide, follow_up, still_open, withdraw
from riskbot.store.values import cited
from riskbot.stories.clustering import opens_story
from riskbot.stories.severity import Gravity

OF: Any = bindparam("of")
TO: Any = bindparam("to")
_STORY = select(STORY.c.id, STORY.c.level, STORY.c.score, STORY.c.opened_at, STORY.c.last_at).where(STORY.c.id == OF)
_TOLD = select(ALERT.c.channel).where(ALERT.c.story == OF, ALERT.c.kind == "new").order_by(ALERT.c.id)
_LAST = select(func.max(PLACE.c.joined)).where(PLACE.c.story == OF)
_FIRST = select(PLACE.c.article).where(PLACE.c.story == OF).order_by(PLACE.c.joined).limit(1)
_TIMES = select(func.min(PLACE.c.at).label("first"), func.max(PLACE.c.at).label("last")).where(PLACE.c.story == OF)
_MESSAGE = select(MESSAGE.c.ts).where(MESSAGE.c.story == OF, MESSAGE.c.channel == bindparam("where"))
_MOVES = [
    update(each).where(each.c.story == OF, each.c.channel == bindparam("where")).values(story=TO)
    for each in (ALERT, DELIVERY, MESSAGE)
]
_SWALLOWED = select(STORY.c.id).where(STORY.c.merged_into == OF).order_by(STORY.c.id)
_VERSION = select(ARTICLE.c.version).where(ARTICLE.c.id == bindparam("which"))
_DECIDED_ON = (
    DECISION.c.article == bindparam("which"),
    DECISION.c.version == bindparam("number"),
    DECISION.c.channel == bindparam("where"),
)
_DECIDED = select(DECISION).where(*_DECIDED_ON)
_DECIDE_ANEW = (
    update(DECISION)
    .where(*_DECIDED_ON)
    .values(tell=True, reason=Reason.NEW_STORY.value, why=bindparam("because"), at=bindparam("now"))
)
_STILL_LED_TO = update(DECISION).where(*_DECIDED_ON).values(alert=bindparam("led_to"))
_MOVE_ARTICLES = update(PLACE).where(PLACE.c.story == OF).values(story=TO, joined=PLACE.c.joined + bindparam("after"))


def merge_stories(session: Session, older: str, younger: str, by: str | None, why: str, now: datetime) -> Story:
    """The older story with the articles of the younger; `by` is who decided it, None riskbot itself.

    Raises StoreError for one and the same story, one that is not there, or one that was merged already.
    """
    connection = session.connection()
    into, of = living(session, older), living(session, younger)
    if into == of:
        raise StoreError(f"the story {older} cannot be merged with itself")
    kept, gone = (connection.execute(_STORY, {"of": number}).one() for number in (into, of))
    about = connection.execute(_FIRST, {"of": of}).scalar_one()
    _move_messages(session, of, into, about, now)
    after = connection.execute(_LAST, {"of": into}).scalar_one() or 0
    connection.execute(_MOVE_ARTICLES, {"of": of, "to": into, "after": after})
    _copy_keys(session, of, into)
    connection.execute(delete(KEY).where(KEY.c.story == of))
    _move_decisions_of_people(session, of, into)
    level, score = _of_both((Level(kept.level), kept.score), (Level(gone.level), gone.score))
    if by is None:  # what falls falls by people's word alone
        level = max(Level(kept.level), Level(gone.level), key=lambda each: each.rank)
    connection.execute(
        update(STORY)
        .where(STORY.c.id == into)
        .values(
            level=level.value,
            score=score,
            opened_at=min(kept.opened_at, gone.opened_at),
            last_at=max(kept.last_at, gone.last_at),
        )
    )
    connection.execute(
        update(STORY).where(STORY.c.id == of).values(merged_into=into, merged_by=by, merged_why=why, merged_at=now)
    )
    connection.execute(update(STORY).where(STORY.c.merged_into == of).values(merged_into=into))
    if by is not None:  # else the article that showed it is told of by its own decision
        _owe_updates(session, into, about, now)
    return load_stories(session, [into])[0]


def split_story(session: Session, articles: Sequence[str], by: str, now: datetime) -> Story:
    """A new story of these articles, which leave theirs for good; its gravity is for the caller to set.

    Channels that know the story they leave are owed a first message of the new one, unless nothing in it counts; every
    message that tells of the story they leave, those of stories that it swallowed included, is owed an edit.
    Raises StoreError unless they are articles of one story and others stay in it.
    """
    connection = session.connection()
    wanted = list(dict.fromkeys(articles))
    rows = [
        row
        for part in chunks(wanted)
        for row in connection.execute(
            select(PLACE.c.article, PLACE.c.story, PLACE.c.joined, PLACE.c.at).where(PLACE.c.article.in_(part))
        )
    ]
    if missing := next((id_ for id_ in wanted if id_ not in {row.article for row in rows}), None):
        raise StoreError(f"the article {missing!r} is in no story")
    found = {row.story for row in rows}
    if len(found) != 1:
        raise StoreError(
            "articles of one story make another: " + ("none was named" if not rows else "these are of two")
        )
    of = found.pop()
    if connection.execute(select(func.count()).select_from(PLACE).where(PLACE.c.story == of)).scalar_one() == len(rows):
        raise StoreError(f"the story s{of} would be left without an article")
    times = {"opened_at": min(row.at for row in rows), "last_at": max(row.at for row in rows)}
    made = number_of_new(connection.execute(insert(STORY), {"level": Level.LOW.value, "score": 0, **times}))
    why = f"taken out of {cited('s', of)} by {by}"
    move = update(PLACE).where(PLACE.c.article == bindparam("which")).values(story=made, why=why, joined=bindparam("n"))
    ordered = sorted(rows, key=lambda row: row.joined)
    connection.execute(move, [{"which": row.article, "n": number} for number, row in enumerate(ordered, 1)])
    _copy_keys(session, of, made, sorted({hour_of(row.at) for row in rows}))
    barred = [{"story": of, "article": row.article, "other": None, "by": by, "at": now} for row in ordered]
    connection.execute(insert(APART), [*barred, {"story": of, "article": None, "other": made, "by": by, "at": now}])
    left = connection.execute(_TIMES, {"of": of}).one()
    connection.execute(update(STORY).where(STORY.c.id == of).values(opened_at=left.first, last_at=left.last))
    _owe_updates(session, of, ordered[0].article, now)
    for swallowed in connection.execute(_SWALLOWED, {"of": of}).scalars().all():
        for channel in connection.execute(_TOLD, {"of": swallowed}).scalars().all():
            _point(session, swallowed, channel, ordered[0].article, now)
    _owe_first_messages(session, of, made, now)
    return load_stories(session, [made])[0]


def rearranged(session: Session, story: str) -> list[Rearranged]:
    """What was merged into a story or taken out of it, and what became of it itself, oldest first."""
    number, connection = story_number(session, story), session.connection()
    merges = select(STORY.c.id, STORY.c.merged_into, STORY.c.merged_by, STORY.c.merged_why, STORY.c.merged_at)
    found = [
        Rearranged(
            "merged",
            cited("s", row.merged_into),
            cited("s", row.id),
            row.merged_at,
            row.merged_by,
            row.merged_why or "",
        )
        for row in connection.execute(merges.where(or_(STORY.c.id == number, STORY.c.merged_into == number)))
        if row.merged_into is not None
    ]
    rows = connection.execute(select(APART).where(or_(APART.c.story == number, APART.c.other == number))).all()
    for row in rows:
        if row.other is not None:
            barred = select(APART.c.article).where(
                APART.c.story == row.story, APART.c.at == row.at, APART.c.article.is_not(None)
            )
            out = tuple(connection.execute(barred.order_by(APART.c.id)).scalars())
            found.append(Rearranged("split", cited("s", row.story), cited("s", row.other), row.at, row.by, "", out))
    return sorted(found, key=lambda each: (each.at, each.other))


def _move_messages(session: Session, of: int, into: int, about: str, now: datetime) -> None:
    connection = session.connection()
    both = set(connection.execute(_TOLD, {"of": into}).scalars())
    for channel in connection.execute(_TOLD, {"of": of}).scalars().all():
        where = {"of": of, "where": channel}
        if channel not in both:
            for move in _MOVES:
                connection.execute(move, {**where, "to": into})
            continue
        withdraw(session, of, channel)
        _point(session, of, channel, about, now)


def _point(session: Session, of: int, channel: str, about: str, now: datetime) -> None:
    """Owe the message of a story that was merged an edit, where it stands or is on its way."""
    stands = session.connection().execute(_MESSAGE, {"of": of, "where": channel}).first()
    if stands or still_open(session, of, channel):
        follow_up(session, of, channel, about, now)


def _owe_updates(session: Session, story: int, about: str, now: datetime) -> None:
    for channel in session.connection().execute(_TOLD, {"of": story}).scalars().all():
        follow_up(session, story, channel, about, now)


def _owe_first_messages(session: Session, of: int, made: int, now: datetime) -> None:
    """Tell the channels that know a story, by a message of it or by a digest, of the one that was taken out of it."""
    connection = session.connection()
    told = connection.execute(_TOLD, {"of": of}).scalars().all()
    digests = [channel for channel, at in in_digest(session, cited("s", of)).items() if at <= now]
    story = load_stories(session, [made])[0]
    first = next((m.reading.article.id for m in story.members if opens_story(m.reading.hits)), None)
    if first is None:
        return
    version = connection.execute(_VERSION, {"which": first}).scalar_one()
    for channel in dict.fromkeys((*told, *sorted(digests))):
        _tell_anew(session, story.id, Decision(first, channel, True, Reason.NEW_STORY), version, of, now)


def _tell_anew(session: Session, story: str, decision: Decision, version: int, of: int, now: datetime) -> None:
    """Owe the first message of a story whose article was, as a rule, decided on before: a version of an article is
    decided once for each channel, so that decision says this one too, and keeps the alert that it led to then, by
    which it is known how long the article took to be told."""
    connection, taken = session.connection(), f"people took it out of {cited('s', of)}"
    on = {"which": decision.article, "number": version, "where": decision.channel}
    before = connection.execute(_DECIDED, on).first()
    if before is None:
        decide(session, Decision(decision.article, decision.channel, True, decision.reason, taken), version, now)
    else:
        was = f"{before.reason}: {before.why}" if before.why else before.reason
        told = "told" if before.tell else "quiet"
        why = f"{taken}; before, at {before.at:%Y-%m-%d %H:%M} UTC: {told}, {was}"
        connection.execute(_DECIDE_ANEW, {**on, "because": why, "now": now})
    alert(session, story, decision, version, "new", now)
    if before is not None and before.alert is not None:
        connection.execute(_STILL_LED_TO, {**on, "led_to": before.alert})


def _of_both(*stories: tuple[Level, int]) -> tuple[Level, int]:
    """The level and score of two stories as one: those of the graver.

    Of equal scores the higher level, unless people lowered one, which shows in its being below what its score amounts
    to: then no more than what they lowered it to. The score says what they judged; a merging brings nothing new to it.
    """
    score = max(score for _, score in stories)
    levels = [level for level, own in stories if own == score]
    lowered = [level for level in levels if level.rank < Gravity(score, ()).level.rank]
    return _gravest(lowered or levels), score


def _gravest(levels: Iterable[Level]) -> Level:
    return max(levels, key=lambda level: level.rank)


def _copy_keys(session: Session, of: int, to: int, hours: Sequence[int] | None = None) -> None:
    connection = session.connection()
    rows = select(KEY.c.key, KEY.c.hour).where(KEY.c.story == of)
    found = {
        (row.key, row.hour) for row in connection.execute(rows if hours is None else rows.where(KEY.c.hour.in_(hours)))
    }
    held = connection.execute(select(KEY.c.key, KEY.c.hour).where(KEY.c.story == to))
    if new := sorted(found - {(row.key, row.hour) for row in held}):
        connection.execute(insert(KEY), [{"key": key, "hour": hour, "story": to} for key, hour in new])


def _move_decisions_of_people(session: Session, of: int, into: int) -> None:
    """What was barred from the younger is barred from the older; the two themselves are apart no more."""
    connection = session.connection()
    two = or_(and_(APART.c.story == of, APART.c.other == into), and_(APART.c.story == into, APART.c.other == of))
    connection.execute(delete(APART).where(two))
    connection.execute(update(APART).where(APART.c.story == of).values(story=into))
    connection.execute(update(APART).where(APART.c.other == of).values(other=into))
    members = select(PLACE.c.article).where(PLACE.c.story == into)
    connection.execute(delete(APART).where(APART.c.story == into, APART.c.article.in_(members)))
