"""A story as one Slack message: `render` turns a Summary into exactly what is sent.

What always holds: the message says what happened, how grave, how sure, on whose word and where to read it, in that
order; text from outside stands only where Slack reads no markup; the result keeps every limit of `limits.py`, by
saying less, never by being refused. Deliberately absent: the network, the clock and any decision whether to tell.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from riskbot.model import Claim, Source, Standing, Summary
from riskbot.slack import blocks as b
from riskbot.slack import wording as w
from riskbot.slack.blocks import Json
from riskbot.slack.clean import clean, clean_marked
from riskbot.slack.envelope import envelope
from riskbot.slack.fallback import fallback
from riskbot.slack.limits import BLOCKS_TOTAL, HEADER_TEXT, blocks_length

EVENT_TYPE = "riskbot_alert"
HEADLINE_MAX = 300
SMALL_MAX = 300
MARKS_MAX = 12  # each costs elements, and a sentence that is all bold marks nothing


@dataclass(frozen=True, slots=True)
class _Size:
    """How much of the open-ended parts is shown."""

    sentence: int  # units of the sentence that made it fire
    words: int  # units quoted of each claim
    sources: int  # sources listed


# Each is tried in turn until the message fits; only very long addresses ever need more than the first.
_SIZES = (_Size(600, 140, 5), _Size(400, 90, 3), _Size(300, 60, 1), _Size(200, 40, 0))


def render(
    summary: Summary, *, channel: str, key: str, told: datetime | None, ts: str | None = None, banner: str | None = None
) -> Json:
    """The payload of `chat.postMessage`, or of `chat.update` when `ts` says which message is brought up to date.

    `key` is opaque and travels in the metadata; `told` is when the channel was first told, None when not known;
    `banner` is what the message must begin with. Raises nothing: whatever is too long is cut.
    """
    blocks: list[Json] = []
    for size in _SIZES:
        blocks = _blocks(summary, size, told, banner)
        if blocks_length(blocks) <= BLOCKS_TOTAL:
            break
    text = fallback(summary, banner)
    return envelope(blocks, text, channel=channel, event_type=EVENT_TYPE, key=key, ts=ts)


def _blocks(summary: Summary, size: _Size, told: datetime | None, banner: str | None) -> list[Json]:
    """All blocks, the open-ended parts at this size."""
    return [
        *([b.context(b.small(clean(banner, SMALL_MAX)))] if banner and banner.strip() else []),
        b.header(_header(summary)),
        _what(summary, size),
        *_standing(summary, size),
        _evidence(summary),
        *_sources(summary, size),
        _provenance(summary, told),
    ]


def _header(summary: Summary) -> str:
    """`🟠 High · Alleged, denied · Alibaba`."""
    sure = w.capital(", ".join(w.certainty(summary))) or "Standing not known"
    level = f"{w.CIRCLES[summary.level]} {w.capital(summary.level)}"
    return clean(f"{level} · {sure} · {w.companies(summary)}", HEADER_TEXT)


def _what(summary: Summary, size: _Size) -> Json:
    """The best headline with its outlet, and the sentence that made it fire."""
    headline = clean(summary.headline, HEADLINE_MAX) or "(no headline)"
    outlet = w.name(summary.headline_outlet, unknown="outlet not known")
    parts = [b.section(b.link(summary.headline_url, headline, bold=True), b.text(f" — {outlet}"))]
    runs = clean_marked(summary.sentence, summary.marks[:MARKS_MAX], size.sentence)
    words = [b.text(run, bold=marked) for run, marked in runs]
    return b.rich(*parts, *([b.quote(*words)] if words else []))


def _standing(summary: Summary, size: _Size) -> list[Json]:
    """A line for each standing: who says so, and a few of the words it rests on."""
    lines = [_line(standing, summary.claims, size) for standing in Standing if standing in summary.standings]
    return [b.rich(b.bullets(lines))] if lines else []


def _line(standing: Standing, claims: Iterable[Claim], size: _Size) -> Json:
    label = b.text(w.capital(w.STANDINGS[standing]), bold=True)
    of_it = [claim for claim in claims if claim.status is standing]
    if not of_it:
        return b.section(label)
    first, *others = of_it
    words = clean(first.sentence, size.words)
    said = w.name(first.speaker, unknown="speaker not named") + (f": {w.quoted(words)}" if words else "")
    also = w.names([each.speaker for each in others if each.speaker])
    return b.section(label, b.text(f" · {said}" + (f" · also {also}" if also else "")))


def _evidence(summary: Summary) -> Json:
    """The figures, and which topics are fact and which only a possibility."""
    lines = [w.evidence(summary)]
    if figures := w.figures(summary):
        lines.append(f"Figures differ: {figures}")
    if topics := w.names(summary.topics, at_most=5):
        lines.append(f"Topics: {topics}")
    if possible := w.possibilities(summary):
        lines.append(f"Only as a possibility: {possible}")
    return b.rich(b.section(b.text("\n".join(lines))))


def _sources(summary: Summary, size: _Size) -> list[Json]:
    """Where to read it: who had it first and who had it last, at most five, the rest counted."""
    every = summary.sources
    shown = every if len(every) <= size.sources else (*every[:1], *every[len(every) - size.sources + 1 :])
    shown = shown[: size.sources]
    more = max(summary.articles, len(every)) - len(shown)
    title = b.section(b.text("Sources", bold=True))
    rest = [b.section(b.text(f"+{more} more"))] if more > 0 else []
    listed = [b.bullets([_source(source) for source in shown])] if shown else []
    return [b.rich(title, *listed, *rest)] if listed or rest else []


def _source(source: Source) -> Json:
    label = b.link(source.url, w.name(source.label, unknown="unknown outlet"))
    when = [b.text(" · "), b.date(source.published)] if source.published else [b.text(" · time not known")]
    retelling = w.retelling(source)
    return b.section(label, *when, *([b.text(f" · {retelling}")] if retelling else []))


def _provenance(summary: Summary, told: datetime | None) -> Json:
    """The small last line: which rule, which story, and how long it took from published to told."""
    rules = w.names(summary.rules)
    which = "Rule" if len(summary.rules) == 1 else "Rules"
    said = (f"{which}: {rules} · " if rules else "") + f"Story {w.name(summary.story, unknown='?')}"
    moments: list[tuple[b.Moment, datetime | None]] = [("published", summary.published), ("seen", summary.seen)]
    if told:
        moments.append(("told", told))
    return b.context(b.small(clean(said, SMALL_MAX)), b.times(moments))
