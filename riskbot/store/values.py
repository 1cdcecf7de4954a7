"""Rows into values and back. Nothing else in this room knows how a value is spelt in a row.

What always holds: a reading that is kept and loaded again equals the one given, except that its claims carry their
article's id. Ids that people cite are a letter and the row's number; a text that is no such id names nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal, cast

from riskbot.errors import StoreError
from riskbot.model import (
    Alert,
    Article,
    Claim,
    Delivery,
    DeliveryKind,
    DeliveryState,
    Hit,
    Level,
    Modality,
    Reading,
    Reason,
    Span,
    Standing,
)
from riskbot.model.articles import Bearing
from riskbot.store.base import Found
from riskbot.store.story_tables import AlertRow, DeliveryRow, MessageRow

Letter = Literal["s", "a", "d", "m", "h"]  # story, alert, delivery, silence, held back


def cited(letter: Letter, number: int | None) -> str:
    """The id as people cite it: `s12`."""
    return f"{letter}{number}"


def number_of(letter: Letter, given: str) -> int | None:
    """The row's number behind an id that people cite; None when the text is no such id."""
    found = re.fullmatch(rf"{letter}([1-9][0-9]{{0,17}})", given)
    return int(found[1]) if found else None


def time_of(article: Article) -> datetime:
    """The article's own time. Raises StoreError when it has none: then it was never seen, and cannot be kept."""
    if article.at is None:
        raise StoreError(f"the article {article.id!r} cannot be kept: it does not say when it was seen")
    return article.at


# ── readings ─────────────────────────────────────────────────────────────────────────────────────────────────────


def article_values(article: Article) -> dict[str, Any]:
    """An article's identity as the columns of a row, in its first version."""
    return {
        "id": article.id,
        "feed": article.feed,
        "entry_id": article.entry_id,
        "url": article.url,
        "identity": article.identity,
        "fingerprint": article.fingerprint,
        "version": 1,
        "first_seen": article.seen or time_of(article),
    }


def version_values(reading: Reading, number: int) -> dict[str, Any]:
    """The wording of an article as the columns of a row."""
    article = reading.article
    return {
        "article": article.id,
        "number": number,
        "title": article.title,
        "text": article.text,
        "outlet": article.outlet,
        "language": article.language,
        "published": article.published,
        "seen": article.seen or time_of(article),
        "fingerprint": article.fingerprint,
        "origin": reading.origin,
        "credits": reading.credits,
        "links": reading.links,
        "page": article.page,
    }


def hit_values(hit: Hit, article: str, number: int, position: int) -> dict[str, Any]:
    """A hit as the columns of a row of one version."""
    return {
        "article": article,
        "number": number,
        "position": position,
        "rule": hit.rule,
        "company": hit.company,
        "company_name": hit.company_name,
        "topics": hit.topics,
        "modality": hit.modality.value,
        "level": hit.level.value,
        "score": hit.score,
        "spans": [_written(span) for span in hit.spans],
        "sentence": hit.sentence,
        "salient": hit.salient,
        "prominent": hit.prominent,
        "channel": hit.channel,
        "trial": hit.trial,
        "rules_hash": hit.rules_hash,
    }


def _written(span: Span) -> dict[str, Any]:
    return {
        "field": span.field,
        "start": span.start,
        "end": span.end,
        "text": span.text,
        "term": span.term,
        "topic": span.topic,
    }


def claim_values(claim: Claim, article: str, number: int, position: int) -> dict[str, Any]:
    """A claim as the columns of a row of one version."""
    return {
        "article": article,
        "number": number,
        "position": position,
        "status": claim.status.value,
        "speaker": claim.speaker,
        "sentence": claim.sentence,
        "at": claim.at,
        "bearing": claim.bearing,
    }


def reading_value(row: Found, hits: Sequence[Found], claims: Sequence[Found]) -> Reading:
    """One version of an article as the core read it, out of a row of the article and its version."""
    return Reading(
        article=Article(
            id=row.id,
            title=row.title,
            text=row.text,
            url=row.url,
            identity=row.identity,
            outlet=row.outlet,
            published=row.published,
            feed=row.feed,
            entry_id=row.entry_id,
            language=row.language,
            seen=row.seen,
            fingerprint=row.fingerprint,
            page=row.page,
        ),
        hits=tuple(hit_value(hit) for hit in hits),
        origin=row.origin,
        credits=tuple(row.credits),
        claims=tuple(claim_value(claim) for claim in claims),
        links=tuple(row.links),
    )


def hit_value(row: Found) -> Hit:
    """A hit with its evidence."""
    return replace(
        bare_hit(row),
        spans=tuple(Span(**span) for span in row.spans),
        sentence=row.sentence,
        salient=row.salient,
        prominent=row.prominent,
        trial=row.trial,
        rules_hash=row.rules_hash,
    )


def bare_hit(row: Found) -> Hit:
    """A hit without its evidence, of a rule that is not on trial."""
    return Hit(
        rule=row.rule,
        company=row.company,
        company_name=row.company_name,
        topics=tuple(row.topics),
        modality=Modality(row.modality),
        level=Level(row.level),
        score=row.score,
        spans=(),
        channel=row.channel,
    )


def claim_value(row: Found) -> Claim:
    """A claim, with the article it stands in."""
    return Claim(
        status=Standing(row.status),
        speaker=row.speaker,
        sentence=row.sentence,
        article=row.article,
        at=row.at,
        bearing=cast(Bearing, row.bearing),
    )


# ── alerts, deliveries ───────────────────────────────────────────────────────────────────────────────────────────


def alert_value(row: AlertRow) -> Alert:
    """An alert as people cite it."""
    return Alert(
        id=cited("a", row.id),
        story=cited("s", row.story),
        channel=row.channel,
        kind=cast('Literal["new", "update"]', row.kind),
        reason=Reason(row.reason),
        article=row.article,
        at=row.at,
    )


def delivery_value(row: DeliveryRow, alert: AlertRow | None, message: MessageRow | None) -> Delivery:
    """A delivery with its alert, and with the place of the story's message once there is one."""
    own = row.kind not in (DeliveryKind.POST, DeliveryKind.EDIT)
    place: DeliveryRow | MessageRow | None = row if own else message
    return Delivery(
        id=cited("d", row.id),
        kind=DeliveryKind(row.kind),
        channel=row.channel,
        key=row.key,
        state=DeliveryState(row.state),
        attempts=row.attempts,
        due_at=row.due_at,
        ts=place.ts if place else None,
        sent_as=(place.sent_as if place else None) or (message.sent_as if message else None),
        error=row.error,
        tried_at=row.tried_at,
        alert=alert_value(alert) if alert else None,
        body=row.body,
        may_repeat=row.may_repeat,
        story=cited("s", row.story) if row.story is not None else None,
        at=row.created_at,
        thread=message.ts if own and message else None,
        frozen=message.frozen if message else None,
        lost_at=row.lost_at,
        parked_at=row.parked_at,
        reported=row.reported,
    )
