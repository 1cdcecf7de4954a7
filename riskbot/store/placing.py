"""Put articles into stories, and find the stories an article could belong to.

What always holds: a story's time is that of its articles, not of our seeing them; an article that comes again in a
new version keeps its place. Candidates come from indexes, however many stories there are.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, func, insert, select, update
from sqlmodel import Session

from riskbot.errors import StoreError
from riskbot.model import Level, Placement, Reading, Story
from riskbot.store.base import number_of_new, table_of
from riskbot.store.stories import PART, PLACE, STORY, load_stories, load_story
from riskbot.store.story_tables import StoryCompanyRow
from riskbot.store.values import number_of, time_of

CANDIDATES = 50
OF_COMPANY = table_of(StoryCompanyRow)

_STORY = STORY.c.id == bindparam("of")
_EXISTS = select(STORY.c.id).where(_STORY)
_TIMES = select(STORY.c.opened_at, STORY.c.last_at).where(_STORY)
_OPEN = insert(STORY)
_WEIGH = update(STORY).where(_STORY)
_STAND = update(STORY).where(_STORY)
_PLACE = select(PLACE.c.story).where(PLACE.c.article == bindparam("of"))
_LAST = select(func.max(PLACE.c.joined)).where(PLACE.c.story == bindparam("of"))
_JOIN = insert(PLACE)
_STAY = update(PLACE).where(PLACE.c.article == bindparam("of"))
_COMPANIES = select(OF_COMPANY.c.company).where(OF_COMPANY.c.story == bindparam("of"))
_CONCERN = insert(OF_COMPANY)


@cache
def _candidates(*, of_companies: bool, until: bool) -> Select[*tuple[Any, ...]]:
    wanted = select(STORY.c.id).where(STORY.c.merged_into.is_(None), STORY.c.last_at >= bindparam("since"))
    if until:
        wanted = wanted.where(STORY.c.opened_at <= bindparam("until"))
    if of_companies:
        wanted = wanted.where(STORY.c.id.in_(select(OF_COMPANY.c.story).where(OF_COMPANY.c.company.in_(PART))))
    return wanted.order_by(STORY.c.last_at.desc(), STORY.c.id.desc()).limit(CANDIDATES)


def candidates(session: Session, reading: Reading, since: datetime) -> list[Story]:
    """Live stories of a company of the reading (any, when it has no hits), newest first, at most `CANDIDATES`."""
    asked: dict[str, Any] = {"since": since}
    if (at := reading.article.at) is not None:
        # As far ahead as back: a late article must not drown in the stories that came after it.
        asked["until"] = at + abs(at - since)
    if reading.hits:
        asked["part"] = sorted({hit.company for hit in reading.hits})
    newest = _candidates(of_companies="part" in asked, until="until" in asked)
    return load_stories(session, session.connection().execute(newest, asked).scalars().all())


def story_of(session: Session, article: str) -> Story | None:
    """The story an article belongs to."""
    return load_story(session, session.connection().execute(_PLACE, {"of": article}).scalar_one_or_none())


def open_story(session: Session, reading: Reading, placement: Placement) -> Story:
    """A new story with its first article; its gravity is for the caller to set."""
    at = time_of(reading.article)
    opened = session.connection().execute(_OPEN, {"level": Level.LOW.value, "score": 0, "opened_at": at, "last_at": at})
    return _place(session, number_of_new(opened), reading, placement)


def join_story(session: Session, story: str, reading: Reading, placement: Placement) -> Story:
    """The story with the article in it. Raises StoreError when the article is in another, or there is no such story."""
    return _place(session, story_number(session, story), reading, placement)


def set_story(session: Session, story: str, level: Level, score: int) -> None:
    """Write what severity made of it. Raises StoreError when there is no such story."""
    weighed = {"of": story_number(session, story), "level": level.value, "score": score}
    session.connection().execute(_WEIGH, weighed)


def story_number(session: Session, story: str) -> int:
    """The number of a story by the id people cite. Raises StoreError when there is none."""
    number = number_of("s", story)
    if number is None or session.connection().execute(_EXISTS, {"of": number}).first() is None:
        raise StoreError(f"there is no story {story!r}")
    return number


def _place(session: Session, number: int, reading: Reading, placement: Placement) -> Story:
    connection, article, of = session.connection(), reading.article, {"of": number}
    held = connection.execute(_PLACE, {"of": article.id}).scalar_one_or_none()
    why = {"similarity": placement.similarity, "why": placement.why}
    if held is None:
        last = connection.execute(_LAST, of).scalar_one()
        connection.execute(_JOIN, {"article": article.id, "story": number, "joined": (last or 0) + 1, **why})
    elif held == number:
        connection.execute(_STAY, {"of": article.id, **why})
    else:
        raise StoreError(f"the article {article.id!r} belongs to the story s{held}, and cannot join s{number}")
    opened_at, last_at = connection.execute(_TIMES, of).one()
    if not opened_at <= (at := time_of(article)) <= last_at:
        connection.execute(_STAND, {**of, "opened_at": min(opened_at, at), "last_at": max(last_at, at)})
    # Companies of an earlier version stay: they only make the story a candidate a little more often.
    new = {hit.company for hit in reading.hits}.difference(connection.execute(_COMPANIES, of).scalars())
    if new:
        connection.execute(_CONCERN, [{"story": number, "company": name} for name in sorted(new)])
    return load_stories(session, [number])[0]
