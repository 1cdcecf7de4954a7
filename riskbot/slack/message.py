"""A story as one Slack message: `build` turns a Summary into exactly what is sent.

What always holds: the message says what happened, how grave, how sure, on whose word and where to read it, in that
order; text from outside stands only where Slack reads no markup; the result keeps every limit of `limits.py`, by
saying less, never by being refused. Deliberately absent: the network, the clock and any decision whether to tell.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from riskbot.model import Claim, Standing, Summary
from riskbot.policy.health import span
from riskbot.slack import blocks as b
from riskbot.slack import buttons, sources
from riskbot.slack import wording as w
from riskbot.slack.blocks import Json
from riskbot.slack.clean import clean, clean_marked
from riskbot.slack.envelope import envelope
from riskbot.slack.fallback import fallback
from riskbot.slack.limits import BLOCKS_TOTAL, HEADER_TEXT, blocks_length

EVENT_TYPE = "riskbot_alert"
HEADLINE_MAX = 300
OLD = timedelta(hours=1)  # beyond this a message says how old it is
MARKS_MAX = 12  # each costs elements, and a sentence that is all bold marks nothing


@dataclass(frozen=True, slots=True)
class _Size:
    """How much of the open-ended parts is shown."""

    sentence: int  # units of the sentence that made it fire
    words: int  # units quoted of each claim
    sources: int  # sources listed; never more than `SHOWN`


# Each is tried in turn until the message fits; only very long addresses ever need more than the first.
_SIZES = (_Size(600, 140, 5), _Size(400, 90, 3), _Size(300, 60, 1), _Size(200, 40, 0))


def build(
    summary: Summary,
    *,
    channel: str,
    key: str,
    told: datetime | None,
    ts: str | None = None,
    banner: str | None = None,
    owner: str | None = None,
    interactive: bool = False,
    may_repeat: bool = False,
    threaded: bool = False,
) -> Json:
    """The payload of `chat.postMessage`, or of `chat.update` when `ts` says which message is brought up to date.

    `key` is opaque and travels in the metadata; `told` is when the channel was first told, None when not known;
    `banner` is what the message must begin with; `owner` is who took the story on; `interactive`: presses of buttons
    are heard; `may_repeat`: nobody could say whether the same message stands already; `threaded`: the sources that
    find no room stand in its thread. Raises nothing: whatever is too long is cut.
    """
    blocks: list[Json] = []
    for size in _SIZES:
        blocks = [
            *b.notes(banner, w.MAY_REPEAT if may_repeat else None, None if banner else _age(summary, told)),
            b.header(clean(w.header(summary), HEADER_TEXT)),
            *_merged(summary),
            _what(summary, size),
            *_standing(summary, size),
            _evidence(summary),
            *sources.listed(summary, size.sources, threaded=threaded),
            *owner_line(owner),
            *_buttons(summary, interactive=interactive),
            *b.notes(summary.muted),
            _provenance(summary, told),
        ]
        if blocks_length(blocks) <= BLOCKS_TOTAL:
            break
    text = fallback(summary, banner, may_repeat=may_repeat)
    return envelope(blocks, text, channel=channel, event_type=EVENT_TYPE, key=key, ts=ts)


def _age(summary: Summary, told: datetime | None) -> str | None:
    """How old the story was when it was told, where that is worth knowing: after an outage, or of a slow publisher."""
    if told is None or summary.published is None or told - summary.published <= OLD:
        return None
    return f"Told {span(told - summary.published)} after it was published"


def _merged(summary: Summary) -> list[Json]:
    """That the story of this message is part of another one by now."""
    if summary.merged_into is None:
        return []
    older, story = (w.name(id_, unknown="?") for id_ in (summary.merged_into, summary.story))
    return b.notes(f"Story {story} is part of story {older} now. What follows is said of {older}.")


def owner_line(owner: str | None) -> list[Json]:
    """A small line that says who is on the story; nothing where nobody is."""
    said = w.name(owner, unknown="")
    return b.notes(f"Owner: @{said.removeprefix('@')}") if said else []


def _buttons(summary: Summary, *, interactive: bool) -> list[Json]:
    story = summary.merged_into or summary.story
    return [buttons.for_story(story, muted=summary.muted is not None)] if interactive else []


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


def _provenance(summary: Summary, told: datetime | None) -> Json:
    """The small last line: which rule, which story, and how long it took from published to told."""
    rules = w.names(summary.rules)
    which = "Rule" if len(summary.rules) == 1 else "Rules"
    said = (f"{which}: {rules} · " if rules else "") + f"Story {w.name(summary.story, unknown='?')}"
    moments: list[tuple[b.Moment, datetime | None]] = [("published", summary.published), ("seen", summary.seen)]
    if told:
        moments.append(("told", told))
    return b.context(b.small(clean(said, b.SMALL_MAX)), b.times(moments))
