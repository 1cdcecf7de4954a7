"""Keep what was read: which articles are known, and new articles and versions with their hits and claims.

What always holds: an id decides before a link does, and within a feed it alone decides; the first feed that brought
an article keeps it, later versions change only its words and its link.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from sqlmodel import Session, col, select

from riskbot.errors import StoreError
from riskbot.model import Article, Known, Reading
from riskbot.store.reading_tables import ArticleRow
from riskbot.store.values import claim_row, hit_row, time_of, version_row

CHUNK = 500  # values in one IN (…): databases limit them


def known(session: Session, articles: Sequence[Article]) -> dict[str, Known]:
    """Those of the articles that are held, by the id of the one given; found by id, else by `identity`."""
    held: dict[str, Known] = {}
    for part in chunks([article.id for article in articles]):
        for row in session.exec(select(ArticleRow).where(col(ArticleRow.id).in_(part))):
            held[row.id] = _known(row)
    unheld = [article for article in articles if article.id not in held and article.identity is not None]
    by_link: defaultdict[str | None, list[ArticleRow]] = defaultdict(list)
    for part in chunks([str(article.identity) for article in unheld]):
        # Several articles may share one link: the one seen first has it.
        in_order = select(ArticleRow).where(col(ArticleRow.identity).in_(part))
        for row in session.exec(in_order.order_by(col(ArticleRow.first_seen), col(ArticleRow.id))):
            by_link[row.identity].append(row)
    for article in unheld:
        if match := next((row for row in by_link[article.identity] if _link_decides(row, article)), None):
            held[article.id] = _known(match)
    return held


def _link_decides(row: ArticleRow, article: Article) -> bool:
    """Within a feed the entries' ids decide: two that differ are two articles, whatever they link to."""
    return row.feed != article.feed or row.entry_id is None or article.entry_id is None


def add_article(session: Session, reading: Reading, number: int) -> None:
    """Keep version `number` of an article. Raises StoreError when it is not the next one."""
    article = reading.article
    row = session.get(ArticleRow, article.id)
    latest = row.version if row else 0
    if number != latest + 1:
        raise StoreError(f"version {number} of the article {article.id!r} cannot follow version {latest}")
    if row is None:
        row = ArticleRow(
            id=article.id,
            feed=article.feed,
            entry_id=article.entry_id,
            url=article.url,
            identity=article.identity,
            fingerprint=article.fingerprint,
            version=number,
            first_seen=article.seen or time_of(article),
        )
    else:
        row.version, row.fingerprint = number, article.fingerprint
        row.url, row.identity = article.url or row.url, article.identity or row.identity
    # Each kind of row before those that refer to it: the tables have no relationships to tell the order by.
    for rows in (
        [row],
        [version_row(reading, number)],
        [hit_row(hit, article.id, number, place) for place, hit in enumerate(reading.hits)],
        [claim_row(claim, article.id, number, place) for place, claim in enumerate(reading.claims)],
    ):
        session.add_all(rows)
        session.flush()


def chunks(values: Sequence[str]) -> Iterator[Sequence[str]]:
    """The values in parts that one statement can carry."""
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]


def _known(row: ArticleRow) -> Known:
    return Known(article=row.id, fingerprint=row.fingerprint, version=row.version)
