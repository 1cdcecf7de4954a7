"""Stories, whole, out of their tables.

What always holds: a load costs the same six queries for one story and for fifty; members stand in the order in which
they joined, each in its latest version; the caller's order of stories is kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlmodel import Session, and_, col, select
from sqlmodel.sql.expression import SelectOfScalar

from riskbot.model import Level, Member, Placement, Reading, Story
from riskbot.store.articles import chunks
from riskbot.store.reading_tables import ArticleRow, ClaimRow, HitRow, VersionRow
from riskbot.store.story_tables import AlertRow, StoryArticleRow, StoryRow
from riskbot.store.values import cited, reading_value


def load_stories(session: Session, numbers: Sequence[int]) -> list[Story]:
    """The stories of these numbers, in this order; numbers of no story are passed over."""
    if not numbers:
        return []
    rows = {row.id: row for row in session.exec(select(StoryRow).where(col(StoryRow.id).in_(numbers)))}
    members = _members(session, numbers)
    told = _told(session, numbers)
    return [
        Story(
            id=cited("s", number),
            members=tuple(members[number]),
            level=Level(rows[number].level),
            score=rows[number].score,
            told=told[number],
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
    readings = {id_: reading for part in chunks(articles) for id_, reading in _readings(session, part).items()}
    placed = {
        row.article: cited("s", row.story)
        for part in chunks(articles)
        for row in session.exec(select(StoryArticleRow).where(col(StoryArticleRow.article).in_(part)))
    }
    return {id_: (reading, placed.get(id_)) for id_, reading in readings.items()}


def _members(session: Session, numbers: Sequence[int]) -> dict[int, list[Member]]:
    of_these = col(StoryArticleRow.story).in_(numbers)
    places = session.exec(
        select(StoryArticleRow).where(of_these).order_by(col(StoryArticleRow.story), col(StoryArticleRow.joined))
    ).all()
    readings = _readings(session, select(StoryArticleRow.article).where(of_these))
    members: defaultdict[int, list[Member]] = defaultdict(list)
    for place in places:
        members[place.story].append(_member(place, readings[place.article]))
    return members


def _readings(session: Session, ids: Sequence[str] | SelectOfScalar[str]) -> dict[str, Reading]:
    """Articles in their latest version, with its hits and claims, by id."""
    of_these = col(ArticleRow.id).in_(ids)
    hits: defaultdict[str, list[HitRow]] = defaultdict(list)
    for hit in session.exec(
        select(HitRow)
        .join(ArticleRow, and_(col(ArticleRow.id) == HitRow.article, col(ArticleRow.version) == HitRow.number))
        .where(of_these)
        .order_by(col(HitRow.position))
    ):
        hits[hit.article].append(hit)
    claims: defaultdict[str, list[ClaimRow]] = defaultdict(list)
    for claim in session.exec(
        select(ClaimRow)
        .join(ArticleRow, and_(col(ArticleRow.id) == ClaimRow.article, col(ArticleRow.version) == ClaimRow.number))
        .where(of_these)
        .order_by(col(ClaimRow.position))
    ):
        claims[claim.article].append(claim)
    versions = session.exec(
        select(ArticleRow, VersionRow)
        .join(VersionRow, and_(col(VersionRow.article) == ArticleRow.id, col(VersionRow.number) == ArticleRow.version))
        .where(of_these)
    )
    return {
        article.id: reading_value(article, version, hits[article.id], claims[article.id])
        for article, version in versions
    }


def _member(place: StoryArticleRow, reading: Reading) -> Member:
    opens = place.joined == 1
    story = None if opens else cited("s", place.story)
    return Member(reading, Placement(story=story, opens=opens, similarity=place.similarity, why=place.why))


def _told(session: Session, numbers: Sequence[int]) -> dict[int, dict[str, str]]:
    told: defaultdict[int, dict[str, str]] = defaultdict(dict)
    for alert in session.exec(
        select(AlertRow).where(col(AlertRow.story).in_(numbers), col(AlertRow.kind) == "new").order_by(col(AlertRow.id))
    ):
        told[alert.story][alert.channel] = cited("a", alert.id)
    return told
