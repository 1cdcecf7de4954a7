"""What silences can mean of stories, without the rest of them.

What always holds: only reads, as little as it can: it is asked of hundreds of stories every few seconds, as long as
they are silenced. A story that was merged into another has no articles, and is absent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import and_, false, func, select
from sqlmodel import Session

from riskbot.model import Hit
from riskbot.ports import Silenceable
from riskbot.store.articles import ARTICLE, VERSION, chunks
from riskbot.store.stories import HIT, PART, PLACE
from riskbot.store.values import bare_hit, cited, number_of

_NAMED = (HIT.c.rule, HIT.c.company, HIT.c.company_name, HIT.c.topics, HIT.c.modality, HIT.c.level, HIT.c.score)
_HITS = (
    select(PLACE.c.story, *_NAMED, HIT.c.channel)
    .join_from(PLACE, ARTICLE, ARTICLE.c.id == PLACE.c.article)
    .join(HIT, and_(HIT.c.article == ARTICLE.c.id, HIT.c.number == ARTICLE.c.version))
    .where(PLACE.c.story.in_(PART), HIT.c.trial.is_(false()))
    .order_by(PLACE.c.story, PLACE.c.joined, HIT.c.position)
)
_LAST = (
    select(PLACE.c.story, func.max(PLACE.c.joined).label("joined"))
    .where(PLACE.c.story.in_(PART))
    .group_by(PLACE.c.story)
    .subquery()
)
_OUTLETS = (
    select(PLACE.c.story, VERSION.c.outlet)
    .join_from(_LAST, PLACE, and_(PLACE.c.story == _LAST.c.story, PLACE.c.joined == _LAST.c.joined))
    .join(ARTICLE, ARTICLE.c.id == PLACE.c.article)
    .join(VERSION, and_(VERSION.c.article == ARTICLE.c.id, VERSION.c.number == ARTICLE.c.version))
)


def silenceable(session: Session, stories: Collection[str]) -> dict[str, Silenceable]:
    """The hits and the last outlet of these stories, by the id of the story."""
    numbers = [number for id_ in stories if (number := number_of("s", id_)) is not None]
    connection = session.connection()
    found: dict[str, Silenceable] = {}
    for part in chunks(numbers):
        hits: defaultdict[int, list[Hit]] = defaultdict(list)
        for row in connection.execute(_HITS, {"part": part}):
            hits[row.story].append(bare_hit(row))
        last = {row.story: row.outlet for row in connection.execute(_OUTLETS, {"part": part})}
        found |= {cited("s", story): Silenceable(tuple(hits[story]), outlet) for story, outlet in last.items()}
    return found
