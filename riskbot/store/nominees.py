"""Find the stories an article could belong to, by the keys they share with it, never by comparing with every story.

What always holds: what is read for one article is bounded, however many stories there are and however long they are:
for each key the rows nearest in time on either side, and of each story nominated the articles nearest in time. What is
found is ranked as in memory (`stories/index.py`, `stories/keys.py`), so that both nominate the same stories. A sketch
that an older riskbot wrote, or none, is made anew when its story is met.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import TextClause, bindparam, insert, or_, select, text, update
from sqlmodel import Session

from riskbot.ports import Nominee
from riskbot.store.articles import chunks
from riskbot.store.base import Found, UtcTime, table_of
from riskbot.store.stories import PLACE, load_readings
from riskbot.store.story_tables import KeptApartRow, StoryKeyRow
from riskbot.store.values import cited
from riskbot.stories.keys import NEAREST, NOMINATED, ROWS, nominate
from riskbot.stories.placing import NEVER_AFTER
from riskbot.stories.sketch import Sketch, pack, sketch, unpack

KEY, APART = table_of(StoryKeyRow), table_of(KeptApartRow)
MEMBERS = 12  # articles of a story that stand for it, those nearest in time
SHORT = NOMINATED * MEMBERS  # articles of all stories nominated, while none needs to be asked for its nearest ones
STEPS = 2 * NEAREST  # rows of one key that are read on either side: several may be of one story
AT_ONCE = 5  # keys that one statement looks up: the rarest mostly find enough
GATED = 40  # keys that one statement asks after
NONE = ""  # a key that no story has: fills up a statement that has room for more
LAST = 1 << 31  # an hour behind every article's, still an integer to every database
NEVER = int(NEVER_AFTER.total_seconds() // 3600) + 1  # hours


def hour_of(at: datetime) -> int:
    """Whole hours since 1970."""
    return int(at.timestamp() // 3600)


# ── the statements ───────────────────────────────────────────────────────────────────────────────────────────────


def _side(number: int, *, before: bool) -> str:
    """The rows of one key on one side of an hour, the nearest first."""
    when, order = (
        ("hour < :here AND hour >= :oldest", "DESC") if before else ("hour >= :here AND hour <= :newest", "ASC")
    )
    return (
        f"SELECT * FROM (SELECT {number} AS place, story, hour FROM story_key"  # noqa: S608  our own words
        f" WHERE key = :k{number} AND {when} ORDER BY hour {order}, story {order} LIMIT {STEPS}) AS side"
    )


_FIND = text(" UNION ALL ".join(_side(number, before=before) for number in range(AT_ONCE) for before in (True, False)))


def _members() -> TextClause:
    """The articles of each of so many stories that are nearest in time to a moment, on either side."""
    columns = "story, article, sketch"
    sides = [
        f"SELECT {columns} FROM (SELECT {columns} FROM story_article"  # noqa: S608  likewise
        f" WHERE story = :s{number} AND at {side} :at"
        f" ORDER BY at {order}, article LIMIT {MEMBERS}) AS side"
        for number in range(NOMINATED)
        for side, order in (("<=", "DESC"), (">", "ASC"))
    ]
    return text(" UNION ALL ".join(sides)).bindparams(bindparam("at", type_=UtcTime()))


_ALL = (
    select(PLACE.c.story, PLACE.c.article, PLACE.c.sketch)
    .where(PLACE.c.story.in_(bindparam("part", expanding=True)))
    .limit(SHORT + 1)
)
_MEMBERS = _members()
_LENGTH = text("SELECT count(*) FROM story_article WHERE story = :of")
_MET = text(
    "SELECT asked.key FROM ("  # noqa: S608  likewise
    + " UNION ALL ".join(f"SELECT CAST(:k{number} AS VARCHAR) AS key" for number in range(GATED))
    + ") AS asked WHERE EXISTS (SELECT 1 FROM story_key WHERE story_key.key = asked.key"
    " AND hour >= :oldest AND hour <= :newest)"
)
_APART = select(APART.c.story, APART.c.article, APART.c.other).where(
    or_(APART.c.story.in_(bindparam("part", expanding=True)), APART.c.other.in_(bindparam("part", expanding=True)))
)
_SKETCHED = update(PLACE).where(PLACE.c.article == bindparam("of")).values(sketch=bindparam("packed"))
_PUT = insert(KEY)


# ── finding ──────────────────────────────────────────────────────────────────────────────────────────────────────


def candidates(session: Session, own: Sketch, keyed: Mapping[str, float]) -> list[Nominee]:
    """The stories to compare an article with, the likeliest first; `keyed` are its keys, the weightiest first."""
    hours = own.at.timestamp() / 3600 if own.at else None
    numbers = nominate(_rows(session, list(keyed), hours), keyed, hours)
    if not numbers:
        return []
    found = _sketches(session, numbers, own.at or datetime.max.replace(tzinfo=UTC))
    barred: dict[int, set[str]] = {}
    apart: dict[int, set[str]] = {}
    for row in session.connection().execute(_APART, {"part": numbers}):
        if row.article is not None:
            barred.setdefault(row.story, set()).add(row.article)
        else:
            apart.setdefault(row.story, set()).add(cited("s", row.other))
            apart.setdefault(row.other, set()).add(cited("s", row.story))
    return [
        Nominee(
            cited("s", number),
            near,
            articles,
            frozenset(barred.get(number, ())),
            frozenset(apart.get(number, ())),
        )
        for number, (near, articles) in found.items()
    ]


def met_keys(session: Session, keys: Iterable[str], times: Collection[datetime]) -> set[str]:
    """Those of the keys under which any story is found at about these times."""
    if not times:
        return set()
    span = {"oldest": hour_of(min(times)) - NEVER, "newest": hour_of(max(times)) + NEVER}
    found: set[str] = set()
    wanted = list(keys)
    for start in range(0, len(wanted), GATED):
        part = wanted[start : start + GATED]
        part += [NONE] * (GATED - len(part))
        asked = {f"k{number}": key for number, key in enumerate(part)}
        found.update(session.connection().execute(_MET, {**asked, **span}).scalars())
    return found


def put_keys(session: Session, story: int, keys: Iterable[str], hour: int, *, new: bool) -> None:
    """The story is found under these keys at this hour; `new`: it has none yet."""
    wanted = set(keys)
    if not new:
        held = select(KEY.c.key).where(KEY.c.story == story, KEY.c.hour == hour)
        wanted.difference_update(session.connection().execute(held).scalars())
    if wanted:
        session.connection().execute(_PUT, [{"key": key, "hour": hour, "story": story} for key in sorted(wanted)])


def _rows(session: Session, keys: Sequence[str], hours: float | None) -> list[tuple[str, int, float | None]]:
    """For each key, in order, the stories nearest in time on either side; an article without a time finds the latest.

    At most `ROWS`, and no more keys are looked up than that takes.
    """
    here = LAST - NEVER if hours is None else int(hours // 1)
    span = {"here": here, "oldest": 0 if hours is None else here - NEVER, "newest": here + NEVER}
    found: list[tuple[str, int, float | None]] = []
    for start in range(0, len(keys), AT_ONCE):
        part = [*keys[start : start + AT_ONCE], *[NONE] * AT_ONCE][:AT_ONCE]
        asked: dict[str, Any] = {f"k{number}": key for number, key in enumerate(part)}
        rows = session.connection().execute(_FIND, {**asked, **span}).all()
        of_key: list[list[dict[int, float]]] = [[{}, {}] for _ in part]  # earlier and later, each story once
        for number, story, hour in rows:
            side = of_key[number][hour >= here]
            if len(side) < NEAREST:
                side.setdefault(story, float(hour))
        for key, (earlier, later) in zip(part, of_key, strict=True):
            found += [(key, story, hour) for story, hour in {**later, **earlier}.items()]
        if len(found) >= ROWS:
            return found[:ROWS]
    return found


def _sketches(session: Session, numbers: Sequence[int], at: datetime) -> dict[int, tuple[list[Sketch], int]]:
    """Of each story the articles nearest to this time, and how many it has in all."""
    rows = session.connection().execute(_ALL, {"part": numbers}).all()
    long = len(rows) > SHORT
    if long:
        asked: dict[str, Any] = {f"s{place}": 0 for place in range(NOMINATED)}
        asked |= {f"s{place}": number for place, number in enumerate(numbers)}
        rows = session.connection().execute(_MEMBERS, {**asked, "at": at}).all()
    drawn = _drawn(session, rows)
    found: dict[int, tuple[list[Sketch], int]] = {}
    for number in numbers:
        members = [drawn[row.article] for row in rows if row.story == number]
        articles = len(members)
        if long and articles >= MEMBERS:
            articles = session.connection().execute(_LENGTH, {"of": number}).scalar_one()
        if articles > MEMBERS:
            members.sort(key=lambda member: (_far(member, at), member.article))
        if members:
            found[number] = members[:MEMBERS], articles
    return found


def _far(member: Sketch, at: datetime) -> timedelta:
    return abs(member.at - at) if member.at else timedelta.max


def _drawn(session: Session, rows: Sequence[Found]) -> dict[str, Sketch]:
    """The sketches of these articles; those that cannot be read are made anew, and kept."""
    drawn: dict[str, Sketch] = {}
    for row in rows:
        if row.sketch is None:
            continue
        try:
            drawn[row.article] = unpack(row.sketch)
        except ValueError:  # of another form: the riskbot that wrote it was an older or a newer one
            continue
    missing = [row.article for row in rows if row.article not in drawn]
    for part in chunks(missing):
        for id_, (reading, _) in load_readings(session, part).items():
            live = tuple(hit for hit in reading.hits if not hit.trial)
            drawn[id_] = sketch(replace(reading, hits=live))
    if missing:
        anew = [{"of": id_, "packed": pack(drawn[id_])} for id_ in missing]
        session.connection().execute(_SKETCHED, anew)
    return drawn
