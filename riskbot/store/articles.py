"""Keep what was read: which articles are known, and new articles and versions with their hits and claims.

What always holds: an id decides before a link does, and within a feed it alone decides; the first feed that brought
an article keeps it, later versions change only its words and its link. Articles wait until the transaction asks for
anything else, and are then written together: a statement for each table instead of several for each article.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import bindparam, func, insert, select, update
from sqlmodel import Session

from riskbot.errors import StoreError
from riskbot.model import Article, Known, Reading
from riskbot.store.base import Found, table_of
from riskbot.store.reading_tables import ArticleRow, ClaimRow, HitRow, VersionRow
from riskbot.store.values import article_values, claim_values, hit_values, version_values

V = TypeVar("V")
CHUNK = 500  # values in one IN (…): databases limit them

ARTICLE, VERSION = table_of(ArticleRow), table_of(VersionRow)
_KNOWN = (ARTICLE.c.id, ARTICLE.c.fingerprint, ARTICLE.c.version)
_BY_ID = select(*_KNOWN).where(ARTICLE.c.id.in_(bindparam("part", expanding=True)))
# Several articles may share one link: the one seen first has it.
_BY_LINK = (
    select(*_KNOWN, ARTICLE.c.identity, ARTICLE.c.feed, ARTICLE.c.entry_id)
    .where(ARTICLE.c.identity.in_(bindparam("part", expanding=True)))
    .order_by(ARTICLE.c.first_seen, ARTICLE.c.id)
)
_REWORD = (
    update(ARTICLE)
    .where(ARTICLE.c.id == bindparam("of"))
    .values(
        version=bindparam("number"),
        fingerprint=bindparam("words"),
        url=func.coalesce(bindparam("to"), ARTICLE.c.url),
        identity=func.coalesce(bindparam("link"), ARTICLE.c.identity),
    )
)
_ADD, _WORD, _HIT, _CLAIM = (insert(each) for each in (ARTICLE, VERSION, table_of(HitRow), table_of(ClaimRow)))


def known(session: Session, articles: Sequence[Article]) -> dict[str, Known]:
    """Those of the articles that are held, by the id of the one given; found by id, else by `identity`."""
    held = {row.id: _known(row) for row in _found(session, _BY_ID, [article.id for article in articles])}
    unheld = [article for article in articles if article.id not in held and article.identity is not None]
    by_link: defaultdict[str | None, list[Found]] = defaultdict(list)
    for row in _found(session, _BY_LINK, list(dict.fromkeys(article.identity for article in unheld))):
        by_link[row.identity].append(row)
    for article in unheld:
        if match := next((row for row in by_link[article.identity] if _link_decides(row, article)), None):
            held[article.id] = _known(match)
    return held


class Articles:
    """The articles of one write transaction, in which nobody else adds any: what was looked up once stays true."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._latest: dict[str, int] = {}  # versions by the article's id; 0: there is none
        self._waiting: list[tuple[Reading, int]] = []

    def known(self, articles: Sequence[Article]) -> dict[str, Known]:
        """Those of the articles that are held, by the id of the one given; found by id, else by `identity`."""
        self.settle()
        held = known(self._session, articles)
        for article in articles:
            found = held.get(article.id)
            self._latest[article.id] = found.version if found and found.article == article.id else 0
        return held

    def add(self, reading: Reading, number: int) -> None:
        """Keep version `number` of an article: written by `settle`, which may still refuse it."""
        self._waiting.append((reading, number))

    def version(self, article: str) -> int:
        """Which version of an article is held. Raises StoreError when none is."""
        self.settle()
        self._look_up([article])
        if not self._latest[article]:
            raise StoreError(f"there is no article {article!r}")
        return self._latest[article]

    def settle(self) -> None:
        """Write what waits. Raises StoreError for a version that is not the next one, and for an article never seen."""
        if not self._waiting:
            return
        waiting = self._waiting
        self._look_up(list(dict.fromkeys(reading.article.id for reading, _ in waiting)))
        new: list[dict[str, Any]] = []
        edited: list[dict[str, Any]] = []
        for reading, number in waiting:
            article = reading.article
            latest = self._latest[article.id]
            if number != latest + 1:
                raise StoreError(f"version {number} of the article {article.id!r} cannot follow version {latest}")
            self._latest[article.id] = number
            if latest == 0:
                new.append(article_values(article))
            else:
                words = {"words": article.fingerprint, "to": article.url, "link": article.identity}
                edited.append({"of": article.id, "number": number, **words})
        # Each kind of row before those that refer to it.
        for statement, rows in (
            (_ADD, new),
            (_REWORD, edited),
            (_WORD, [version_values(reading, number) for reading, number in waiting]),
            (_HIT, [hit_values(hit, r.article.id, n, at) for r, n in waiting for at, hit in enumerate(r.hits)]),
            (
                _CLAIM,
                [claim_values(claim, r.article.id, n, at) for r, n in waiting for at, claim in enumerate(r.claims)],
            ),
        ):
            if rows:
                self._session.connection().execute(statement, rows)
        self._waiting = []  # only now: a transaction that goes on after a refusal is refused again at its end

    def _look_up(self, ids: Sequence[str]) -> None:
        unknown = [id_ for id_ in ids if id_ not in self._latest]
        self._latest |= dict.fromkeys(unknown, 0) | {
            row.id: row.version for row in _found(self._session, _BY_ID, unknown)
        }


def chunks(values: Sequence[V]) -> Iterator[Sequence[V]]:
    """The values in parts that one statement can carry."""
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]


def _found(session: Session, statement: Any, values: Sequence[str | None]) -> Iterator[Found]:
    for part in chunks(values):
        yield from session.connection().execute(statement, {"part": part})


def _link_decides(row: Found, article: Article) -> bool:
    """Within a feed the entries' ids decide: two that differ are two articles, whatever they link to."""
    return row.feed != article.feed or row.entry_id is None or article.entry_id is None


def _known(row: Found) -> Known:
    return Known(article=row.id, fingerprint=row.fingerprint, version=row.version)
