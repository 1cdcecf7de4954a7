"""Put articles into stories, and find the stories an article could belong to.

What always holds: a story's time is that of its articles, not of our seeing them; an article that comes again in a
new version keeps its place. Candidates come from indexes, however many stories there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, func, select

from riskbot.errors import StoreError
from riskbot.model import Level, Placement, Reading, Story
from riskbot.store.stories import load_stories, load_story
from riskbot.store.story_tables import StoryArticleRow, StoryCompanyRow, StoryRow
from riskbot.store.values import number_of, time_of

CANDIDATES = 50


def candidates(session: Session, reading: Reading, since: datetime) -> list[Story]:
    """Live stories of a company of the reading (any, when it has no hits), newest first, at most `CANDIDATES`."""
    wanted = select(StoryRow.id).where(col(StoryRow.merged_into).is_(None), col(StoryRow.last_at) >= since)
    if reading.article.at is not None:
        # As far ahead as back: a late article must not drown in the stories that came after it.
        wanted = wanted.where(col(StoryRow.opened_at) <= reading.article.at + abs(reading.article.at - since))
    if companies := {hit.company for hit in reading.hits}:
        of_them = select(StoryCompanyRow.story).where(col(StoryCompanyRow.company).in_(companies))
        wanted = wanted.where(col(StoryRow.id).in_(of_them))
    newest = wanted.order_by(col(StoryRow.last_at).desc(), col(StoryRow.id).desc()).limit(CANDIDATES)
    return load_stories(session, [number for number in session.exec(newest) if number is not None])


def story_of(session: Session, article: str) -> Story | None:
    """The story an article belongs to."""
    place = session.get(StoryArticleRow, article)
    return load_story(session, place.story) if place else None


def open_story(session: Session, reading: Reading, placement: Placement) -> Story:
    """A new story with its first article; its gravity is for the caller to set."""
    at = time_of(reading.article)
    row = StoryRow(level=Level.LOW.value, score=0, opened_at=at, last_at=at)
    session.add(row)
    session.flush()
    return _place(session, row, reading, placement)


def join_story(session: Session, story: str, reading: Reading, placement: Placement) -> Story:
    """The story with the article in it. Raises StoreError when the article is in another, or there is no such story."""
    return _place(session, story_row(session, story), reading, placement)


def set_story(session: Session, story: str, level: Level, score: int) -> None:
    """Write what severity made of it."""
    row = story_row(session, story)
    row.level, row.score = level.value, score
    session.flush()


def story_row(session: Session, story: str) -> StoryRow:
    """The row of a story by the id people cite. Raises StoreError when there is none."""
    number = number_of("s", story)
    row = session.get(StoryRow, number) if number is not None else None
    if row is None:
        raise StoreError(f"there is no story {story!r}")
    return row


def _place(session: Session, row: StoryRow, reading: Reading, placement: Placement) -> Story:
    number, article, at = number_in(row), reading.article, time_of(reading.article)
    place = session.get(StoryArticleRow, article.id)
    if place is None:
        last = session.exec(select(func.max(StoryArticleRow.joined)).where(col(StoryArticleRow.story) == number)).one()
        place = StoryArticleRow(article=article.id, story=number, joined=(last or 0) + 1, similarity=0.0, why="")
    elif place.story != number:
        raise StoreError(f"the article {article.id!r} belongs to the story s{place.story}, and cannot join s{number}")
    place.similarity, place.why = placement.similarity, placement.why
    row.opened_at, row.last_at = min(row.opened_at, at), max(row.last_at, at)
    session.add_all([place, *_new_companies(session, number, reading)])
    session.flush()
    return load_stories(session, [number])[0]


def _new_companies(session: Session, number: int, reading: Reading) -> Sequence[StoryCompanyRow]:
    """Companies of an earlier version stay: they only make the story a candidate a little more often."""
    there = set(session.exec(select(StoryCompanyRow.company).where(col(StoryCompanyRow.story) == number)))
    new = {hit.company for hit in reading.hits} - there
    return [StoryCompanyRow(story=number, company=name) for name in sorted(new)]


def number_in(row: StoryRow) -> int:
    """The number the database gave a story."""
    if row.id is None:
        raise StoreError("a story has no number before it is written")
    return row.id
