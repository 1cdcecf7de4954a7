"""A story as people are told of it: everything counted and chosen that a message, a page or a table shows.

What always holds: every count is the evidence's, every claim the ledger's; nothing here depends on the clock.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from riskbot.model import Hit, Member, Modality, Reading, Source, Span, Standing, Story, Summary
from riskbot.stories.clustering import counts
from riskbot.stories.evidence import Retelling, evidence
from riskbot.stories.figures import figures
from riskbot.stories.ledger import ledger
from riskbot.stories.outlets import Outlets
from riskbot.text.sentences import sentences
from riskbot.text.urls import host

UNKNOWN = "unknown outlet"


def summarise(story: Story, outlets: Outlets) -> Summary:
    """The story's summary. The story has at least one article."""
    readings = [member.reading for member in story.members]
    hits = [hit for reading in readings for hit in reading.hits if counts(hit)]
    topics = _by_weight(topic for hit in hits if _is_fact(hit) for topic in hit.topics)
    best, hit = _best(readings, outlets)
    sentence, marks = _evidence(best, hit)
    claims = ledger(story.members, outlets)
    rests_on = evidence(story.members, outlets)
    retold = {each.article: each for each in rests_on.retells}
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
        origins=rests_on.origins,
        origins_read=rests_on.origins_read,
        confirmations=rests_on.confirmations,
        official=rests_on.official,
        sources=tuple(_source(member, outlets, retold.get(member.reading.article.id)) for member in story.members),
        rules=tuple(dict.fromkeys(h.rule for h in hits)),
        # Not of the latest versions alone: an edit is read later and often dated anew, and happened after it was told.
        published=_earliest((m.first_published, m.reading.article.published) for m in story.members),
        seen=_earliest((m.first_seen, m.reading.article.seen) for m in story.members),
        figures=figures(story.members, outlets),
    )


def _earliest(times: Iterable[tuple[datetime | None, datetime | None]]) -> datetime | None:
    return min((at for each in times for at in each if at), default=None)


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


def _possible(readings: Sequence[Reading], topics: Sequence[str]) -> dict[str, int]:
    """Topics that no article speaks of as a fact, with the number of articles that speak of the possibility."""
    found: Counter[str] = Counter()
    for reading in readings:
        found.update({t for h in reading.hits if not h.trial and not _is_fact(h) for t in h.topics if t not in topics})
    return dict(found)


def _source(member: Member, outlets: Outlets, retold: Retelling | None) -> Source:
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
        repost_of=_repeated(reading, retold),
    )


def _repeated(reading: Reading, retold: Retelling | None) -> str | None:
    """Whose article it repeats word for word: as its page says, else as its words show."""
    carried = next((name for name in reversed(reading.credits) if name != reading.article.outlet), None)
    return carried or (retold.of if retold and retold.how == "repeats" else None)
