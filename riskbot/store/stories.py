"""Stories, whole, out of their tables.

What always holds: a load costs the same six queries for one story and for fifty; members stand in the order in which
they joined, each in its latest version; the caller's order of stories is kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, bindparam, select
from sqlmodel import Session

from riskbot.model import Level, Member, Placement, Reading, Story
from riskbot.store.articles import ARTICLE, VERSION, chunks
from riskbot.store.base import Found, table_of
from riskbot.store.reading_tables import ClaimRow, HitRow
from riskbot.store.story_tables import AlertRow, StoryArticleRow, StoryRow
from riskbot.store.values import cited, reading_value

HIT, CLAIM = table_of(HitRow), table_of(ClaimRow)
STORY, PLACE, ALERT = table_of(StoryRow), table_of(StoryArticleRow), table_of(AlertRow)
FIRST = 1  # version
PART: Any = bindparam("part", expanding=True)


class _Readings(NamedTuple):
    """How articles are asked for in their latest version."""

    versions: Select[*tuple[Any, ...]]
    hits: Select[*tuple[Any, ...]]
    claims: Select[*tuple[Any, ...]]


def _readings_where(condition: ColumnElement[bool]) -> _Readings:
    latest = [
        and_(each.c.article == ARTICLE.c.id, each.c.number == ARTICLE.c.version) for each in (VERSION, HIT, CLAIM)
    ]
    identity = (ARTICLE.c.id, ARTICLE.c.url, ARTICLE.c.identity, ARTICLE.c.feed, ARTICLE.c.entry_id)
    return _Readings(
        select(*identity, *VERSION.c).join_from(ARTICLE, VERSION, latest[0]).where(condition),
        select(*HIT.c).join_from(ARTICLE, HIT, latest[1]).where(condition).order_by(HIT.c.position),
        select(*CLAIM.c).join_from(ARTICLE, CLAIM, latest[2]).where(condition).order_by(CLAIM.c.position),
    )


_OF_ARTICLES = _readings_where(ARTICLE.c.id.in_(PART))
_OF_STORIES = _readings_where(ARTICLE.c.id.in_(select(PLACE.c.article).where(PLACE.c.story.in_(PART))))
_STORIES = select(STORY.c.id, STORY.c.level, STORY.c.score, STORY.c.merged_into).where(STORY.c.id.in_(PART))
_MEMBERS = (
    select(PLACE.c.article, PLACE.c.story, PLACE.c.similarity, PLACE.c.why, ARTICLE.c.first_seen, VERSION.c.published)
    .join_from(PLACE, ARTICLE, PLACE.c.article == ARTICLE.c.id)
    .join(VERSION, and_(VERSION.c.article == PLACE.c.article, VERSION.c.number == FIRST))
    .where(PLACE.c.story.in_(PART))
    .order_by(PLACE.c.story, PLACE.c.joined)
)
_TOLD = (
    select(ALERT.c.id, ALERT.c.story, ALERT.c.channel)
    .where(ALERT.c.story.in_(PART), ALERT.c.kind == "new")
    .order_by(ALERT.c.id)
)
_PLACED = select(PLACE.c.article, PLACE.c.story).where(PLACE.c.article.in_(PART))


def load_stories(session: Session, numbers: Sequence[int]) -> list[Story]:
    """The stories of these numbers, in this order; numbers of no story are passed over."""
    if not numbers:
        return []
    rows = {row.id: row for row in _found(session, _STORIES, numbers)}
    members = _members(session, numbers)
    told = _told(session, numbers)
    return [
        Story(
            id=cited("s", number),
            members=tuple(members[number]),
            level=Level(rows[number].level),
            score=rows[number].score,
            told=told[number],
            merged_into=_cited_story(rows[number].merged_into),
        )
        for number in numbers
        if number in rows
    ]


def load_story(session: Session, number: int | None) -> Story | None:
    """One story, or None."""
    found = load_stories(session, [number]) if number is not None else []
    return found[0] if found else None


def load_readings(session: Session, articles: Sequence[str]) -> dict[str, tuple[Reading, str | None]]:
    """The articles of these ids in their latest version, by id, each with the story it belongs to."""
    held: dict[str, tuple[Reading, str | None]] = {}
    for part in chunks(articles):
        placed = {row.article: cited("s", row.story) for row in _found(session, _PLACED, part)}
        readings = _readings(session, _OF_ARTICLES, part)
        held |= {id_: (reading, placed.get(id_)) for id_, reading in readings.items()}
    return held


def _members(session: Session, numbers: Sequence[int]) -> dict[int, list[Member]]:
    places = _found(session, _MEMBERS, numbers)
    readings = _readings(session, _OF_STORIES, numbers)
    members: defaultdict[int, list[Member]] = defaultdict(list)
    for place in places:
        opens = not members[place.story]
        members[place.story].append(_member(place, readings[place.article], opens=opens))
    return members


def _readings(session: Session, asked: _Readings, of: Sequence[str] | Sequence[int]) -> dict[str, Reading]:
    """Articles in their latest version, with its hits and claims, by id."""
    hits: defaultdict[str, list[Found]] = defaultdict(list)
    for hit in _found(session, asked.hits, of):
        hits[hit.article].append(hit)
    claims: defaultdict[str, list[Found]] = defaultdict(list)
    for claim in _found(session, asked.claims, of):
        claims[claim.article].append(claim)
    return {row.id: reading_value(row, hits[row.id], claims[row.id]) for row in _found(session, asked.versions, of)}


def _member(place: Found, reading: Reading, *, opens: bool) -> Member:
    story = None if opens else cited("s", place.story)
    where = Placement(story=story, opens=opens, similarity=place.similarity, why=place.why)
    return Member(reading, where, place.first_seen, place.published)


def _cited_story(number: int | None) -> str | None:
    return None if number is None else cited("s", number)


def _told(session: Session, numbers: Sequence[int]) -> dict[int, dict[str, str]]:
    told: defaultdict[int, dict[str, str]] = defaultdict(dict)
    for alert in _found(session, _TOLD, numbers):
        told[alert.story][alert.channel] = cited("a", alert.id)
    return told


def _found(session: Session, asked: Select[*tuple[Any, ...]], part: Sequence[str] | Sequence[int]) -> Sequence[Found]:
    return session.connection().execute(asked, {"part": part}).all()
