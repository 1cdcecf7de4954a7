"""A story as people are told of it: everything counted and chosen that a message, a page or a table shows.

What always holds: counts are of outlets that are known; reprints and aggregators add no origin; an origin and a
confirmation are two different counts; nothing here depends on the clock.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from riskbot.model import Claim, Hit, Member, Modality, Reading, Source, Span, Standing, Story, Summary
from riskbot.stories.clustering import counts
from riskbot.stories.outlets import Outlets
from riskbot.text.sentences import sentences
from riskbot.text.urls import host

UNKNOWN = "unknown outlet"
_NO_TIME = datetime.max.replace(tzinfo=UTC)  # sorts behind every known time


def summarise(story: Story, outlets: Outlets) -> Summary:
    """The story's summary. The story has at least one article."""
    readings = [member.reading for member in story.members]
    hits = [hit for reading in readings for hit in reading.hits if counts(hit)]
    topics = _by_weight(topic for hit in hits if _is_fact(hit) for topic in hit.topics)
    best, hit = _best(readings, outlets)
    sentence, marks = _evidence(best, hit)
    claims = _distinct(claim for reading in readings for claim in reading.claims)
    origins = _origins(readings, outlets)
    url = best.article.url
    return Summary(
        story=story.id,
        headline=best.article.title,
        headline_url=url,
        headline_outlet=best.article.outlet,
        level=story.level,
        score=story.score,
        companies=_by_weight(h.company_name for h in hits if h.salient) or _by_weight(h.company_name for h in hits),
        topics=topics,
        possible=_possible(readings, topics),
        sentence=sentence,
        marks=marks,
        standings=tuple(standing for standing in Standing if any(c.status is standing for c in claims)),
        claims=claims,
        articles=len(readings),
        outlets=tuple(dict.fromkeys(r.article.outlet for r in readings if r.article.outlet)),
        origins=origins,
        origins_read=tuple(o for o in origins if any(r.article.outlet == o for r in readings)),
        confirmations=_speakers(claims, Standing.CONFIRMED, outlets),
        official=_speakers(claims, Standing.OFFICIAL, outlets),
        sources=tuple(_source(member, outlets) for member in story.members),
        rules=tuple(dict.fromkeys(h.rule for h in hits)),
        published=min((r.article.published for r in readings if r.article.published), default=None),
        seen=min((r.article.seen for r in readings if r.article.seen), default=None),
    )


def _is_fact(hit: Hit) -> bool:
    return hit.modality is Modality.ACTUAL


def _by_weight(values: Iterable[str]) -> tuple[str, ...]:
    """Distinct values, the most frequent first, earlier ones first among equals."""
    return tuple(value for value, _ in Counter(values).most_common())


def _best(readings: Sequence[Reading], outlets: Outlets) -> tuple[Reading, Hit | None]:
    """The article whose headline tells the story best, and its strongest hit; none where an edit took all hits away."""

    def rank(item: tuple[int, Reading]) -> tuple[bool, bool, int, int, int]:
        number, reading = item
        outlet = outlets.named(reading.article.outlet)
        in_title = {s.topic is None for h in reading.hits for s in h.spans if s.field == "title"}
        return (
            not any(counts(hit) for hit in reading.hits),
            in_title != {True, False},  # company and topic both stand in the headline
            outlet.tier if outlet else 4,
            -len({topic for hit in reading.hits for topic in hit.topics}),
            number,
        )

    _, best = min(((n, r) for n, r in enumerate(readings) if r.hits), key=rank, default=(0, readings[0]))
    strongest = max(
        best.hits, key=lambda hit: (counts(hit), _is_fact(hit), hit.score, hit.level.rank, hit.rule), default=None
    )
    return best, strongest


def _evidence(reading: Reading, hit: Hit | None) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The sentence that made it fire, and where the words of all hits for that company stand in it.

    Where that is the headline, which is shown anyway, a sentence of the body that says the same is more use.
    """
    article = reading.article
    if hit is None:
        return article.title, ()
    spans = [span for h in reading.hits if h.company == hit.company for span in h.spans]
    in_text = [span for span in spans if span.field == "text"]
    best: tuple[int, int, int] | None = None
    for start, end in sentences(article.text) if in_text else ():
        inside = [span for span in in_text if start <= span.start and span.end <= end]
        kinds = {span.topic for span in inside}
        if None in kinds and len(kinds) > 1 and (best is None or len(kinds) > best[0]):
            best = (len(kinds), start, end)
        if article.text[start:end] == hit.sentence:
            best = (len(kinds), start, end)
            break
    if best is None:
        return article.title, _marks((span for span in spans if span.field == "title"), 0, len(article.title))
    _, start, end = best
    return article.text[start:end], _marks(in_text, start, end)


def _marks(spans: Iterable[Span], start: int, end: int) -> tuple[tuple[int, int], ...]:
    marks: list[tuple[int, int]] = []
    for span in sorted(spans, key=lambda s: (s.start, -s.end)):
        if start <= span.start and span.end <= end and (not marks or span.start - start >= marks[-1][1]):
            marks.append((span.start - start, span.end - start))
    return tuple(marks)


def _distinct(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    """One claim for each standing and speaker, the earliest; nameless ones only where nobody is named."""
    found: dict[tuple[Standing, str], Claim] = {}
    for claim in sorted(claims, key=lambda claim: claim.at or _NO_TIME):
        found.setdefault((claim.status, (claim.speaker or "").casefold()), claim)
    named = {status for status, speaker in found if speaker}
    return tuple(claim for (status, speaker), claim in found.items() if speaker or status not in named)


def _possible(readings: Sequence[Reading], topics: Sequence[str]) -> dict[str, int]:
    """Topics that no article speaks of as a fact, with the number of articles that speak of the possibility."""
    found: Counter[str] = Counter()
    for reading in readings:
        found.update({t for h in reading.hits if not h.trial and not _is_fact(h) for t in h.topics if t not in topics})
    return dict(found)


def _origins(readings: Sequence[Reading], outlets: Outlets) -> tuple[str, ...]:
    """Whose reporting it is: what articles credit, and known outlets that credit nobody; one for each family."""
    found: dict[str, str] = {}
    for reading in readings:
        own = reading.article.outlet if outlets.reports(reading.article.outlet) else None
        name = reading.origin or (None if reading.credits else own)
        if name:
            found.setdefault(outlets.family(name), name)
    return tuple(found.values())


def _speakers(claims: Sequence[Claim], status: Standing, outlets: Outlets) -> int:
    """How many say so: distinct speakers; those nobody names count as one."""
    return len({(claim.speaker or "").casefold() for claim in claims if claim.status is status})


def _source(member: Member, outlets: Outlets) -> Source:
    reading, article = member.reading, member.reading.article
    found = next(iter(reading.links), None)
    known = outlets.at(article.url)
    if article.url:
        label = article.outlet or (known.name if known else host(article.url))
    elif found:
        label = host(found)
    else:
        label = article.outlet or UNKNOWN
    return Source(
        article=article.id,
        title=article.title,
        outlet=article.outlet,
        url=article.url or found,
        label=label,
        published=article.published,
        origin=reading.origin,
        repost_of=next((name for name in reversed(reading.credits) if name != article.outlet), None),
    )
