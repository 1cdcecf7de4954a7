"""Put articles into stories.

What always holds: a story's time is that of its articles, not of our seeing them; an article that comes again in a
new version keeps its place, and its story is found under the words of both. What an article is compared by (its
sketch) and found under (its keys) is written with its place. Finding stories stands in `nominees.py`, merging and
splitting in `rearranging.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import bindparam, func, insert, select, update
from sqlmodel import Session

from riskbot.errors import StoreError
from riskbot.model import Level, Member, Placement, Reading, Story
from riskbot.store.base import number_of_new
from riskbot.store.nominees import hour_of, put_keys
from riskbot.store.stories import PLACE, STORY, load_stories, load_story
from riskbot.store.values import cited, number_of, time_of
from riskbot.stories.sketch import Sketch, pack

_STORY = STORY.c.id == bindparam("of")
_MERGED = select(STORY.c.merged_into).where(_STORY)
_TIMES = select(STORY.c.opened_at, STORY.c.last_at).where(_STORY)
_OPEN = insert(STORY)
_WEIGH = update(STORY).where(_STORY)
_STAND = update(STORY).where(_STORY)
_PLACE = select(PLACE.c.story).where(PLACE.c.article == bindparam("of"))
_LAST = select(func.max(PLACE.c.joined)).where(PLACE.c.story == bindparam("of"))
_JOIN = insert(PLACE)
_STAY = update(PLACE).where(PLACE.c.article == bindparam("of"))


def story_of(session: Session, article: str) -> Story | None:
    """The story an article belongs to."""
    return load_story(session, session.connection().execute(_PLACE, {"of": article}).scalar_one_or_none())


def open_story(
    session: Session, reading: Reading, placement: Placement, sketch: Sketch | None, keys: Iterable[str]
) -> Story:
    """A new story with its first article; its gravity is for the caller to set."""
    at = time_of(reading.article)
    opened = session.connection().execute(_OPEN, {"level": Level.LOW.value, "score": 0, "opened_at": at, "last_at": at})
    number = number_of_new(opened)
    _place(session, number, reading, placement, sketch, keys, new=True)
    return load_stories(session, [number])[0]


def join_story(
    session: Session,
    story: str,
    reading: Reading,
    placement: Placement,
    sketch: Sketch | None,
    keys: Iterable[str],
    known: Story | None,
) -> Story:
    """The story with the article in it; `known`: as it was without, so that not all of it is read again.

    Raises StoreError when the article is in another, and when there is no such story or it was merged into another.
    """
    number = living(session, story)
    joined = _place(session, number, reading, placement, sketch, keys, new=False)
    if joined and known:
        own = replace(placement, story=story, opens=not known.members, merges=())
        first = Member(reading, own, reading.article.seen or time_of(reading.article), reading.article.published)
        return replace(known, members=(*known.members, first))
    return load_stories(session, [number])[0]


def set_story(session: Session, story: str, level: Level, score: int) -> None:
    """Write what severity made of it. Raises StoreError when there is no such story."""
    weighed = {"of": story_number(session, story), "level": level.value, "score": score}
    session.connection().execute(_WEIGH, weighed)


def story_number(session: Session, story: str) -> int:
    """The number of a story by the id people cite. Raises StoreError when there is none."""
    return _numbered(session, story)[0]


def living(session: Session, story: str) -> int:
    """The number of a story that was not merged into another. Raises StoreError when it was, or when there is none."""
    number, merged_into = _numbered(session, story)
    if merged_into is not None:
        raise StoreError(f"the story {story} was merged into {cited('s', merged_into)}")
    return number


def _numbered(session: Session, story: str) -> tuple[int, int | None]:
    number = number_of("s", story)
    found = None if number is None else session.connection().execute(_MERGED, {"of": number}).first()
    if number is None or found is None:
        raise StoreError(f"there is no story {story!r}")
    return number, found.merged_into


def _place(
    session: Session,
    number: int,
    reading: Reading,
    placement: Placement,
    sketch: Sketch | None,
    keys: Iterable[str],
    *,
    new: bool,
) -> bool:
    """Put the article into the story; false: it was there, and this is a new version of it."""
    connection, article, of = session.connection(), reading.article, {"of": number}
    held = connection.execute(_PLACE, {"of": article.id}).scalar_one_or_none()
    at = time_of(article)
    row = {
        "similarity": placement.similarity,
        "why": placement.why,
        "at": at,
        "sketch": pack(sketch) if sketch else None,
    }
    if held is None:
        last = connection.execute(_LAST, of).scalar_one()
        connection.execute(_JOIN, {"article": article.id, "story": number, "joined": (last or 0) + 1, **row})
    elif held == number:
        connection.execute(_STAY, {"of": article.id, **row})
    else:
        raise StoreError(f"the article {article.id!r} belongs to the story s{held}, and cannot join s{number}")
    put_keys(session, number, keys, hour_of(at), new=new)
    opened_at, last_at = connection.execute(_TIMES, of).one()
    if not opened_at <= at <= last_at:
        connection.execute(_STAND, {**of, "opened_at": min(opened_at, at), "last_at": max(last_at, at)})
    return held is None
