"""The machine-readable forms of articles, stories and alerts, as the command-line contract (DESIGN.md) gives them.

What always holds: values are plain JSON; a key that the contract names is always there, null where nothing is known.
"""

from __future__ import annotations

from typing import Any

from riskbot.model import Alert, Claim, Figure, Hit, Reading, Span, Story, Summary

Form = dict[str, Any]


def span_form(span: Span) -> Form:
    """A span: offsets count characters of the field as it was given."""
    return {
        "field": span.field,
        "start": span.start,
        "end": span.end,
        "text": span.text,
        "term": span.term,
        "topic": span.topic,
    }


def hit_form(hit: Hit) -> Form:
    """A hit with its evidence; `trial` stands there only where it is true."""
    form: Form = {
        "rule": hit.rule,
        "company": hit.company,
        "company_name": hit.company_name,
        "topics": list(hit.topics),
        "modality": str(hit.modality),
        "level": str(hit.level),
        "score": hit.score,
        "spans": [span_form(span) for span in hit.spans],
    }
    return form | {"trial": True} if hit.trial else form


def claim_form(claim: Claim) -> Form:
    """A claim: who says what."""
    return {"status": str(claim.status), "speaker": claim.speaker, "sentence": claim.sentence}


def article_form(reading: Reading, story: str | None) -> Form:
    """An article as `scan` writes it."""
    return {
        "id": reading.article.id,
        "hits": [hit_form(hit) for hit in reading.hits],
        "story": story,
        "outlet": reading.article.outlet,
        "origin": reading.origin,
        "claims": [claim_form(claim) for claim in reading.claims],
    }


def story_form(summary: Summary, story: Story) -> Form:
    """A story as `replay` and the story commands write it."""
    return {
        "id": summary.story,
        "headline": summary.headline,
        "level": str(summary.level),
        "score": summary.score,
        "companies": list(summary.companies),
        "topics": list(summary.topics),
        "outlets": list(summary.outlets),
        "origins": list(summary.origins),
        "confirmations": summary.confirmations,
        "claims": [claim_form(claim) for claim in summary.claims],
        "articles": [member.reading.article.id for member in story.members],
    }


def figure_form(figure: Figure) -> Form:
    """A figure in which the articles of a story differ, as one of them gives it."""
    return {name: getattr(figure, name) for name in ("what", "value", "company", "outlet", "article")}


def alert_form(alert: Alert) -> Form:
    """An alert with the reason it was decided for."""
    return {
        "id": alert.id,
        "story": alert.story,
        "kind": alert.kind,
        "reason": str(alert.reason),
        "channel": alert.channel,
    }
