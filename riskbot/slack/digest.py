"""Several stories in one message: the gravest first, a line for each.

What always holds: every story is in it, by its line or, where there is no room, in the count of its level, and none
has its line before a graver one. Text from outside stands only where Slack reads no markup. Deliberately
absent: which stories belong in it, and when it is due.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from riskbot.model import Level
from riskbot.model.saying import Digest, DigestLine
from riskbot.policy.saying import LINES
from riskbot.slack import blocks as b
from riskbot.slack import wording as w
from riskbot.slack.blocks import Json
from riskbot.slack.clean import clean
from riskbot.slack.envelope import envelope
from riskbot.slack.fallback import begins, escape
from riskbot.slack.limits import BLOCKS_TOTAL, HEADER_TEXT, blocks_length

EVENT_TYPE = "riskbot_digest"
STANDINGS_MAX = 60
ASIDE_MAX = 160  # units of a line of what was not seen or held back
TITLE_MAX = 120


@dataclass(frozen=True, slots=True)
class _Size:
    """How much of the open-ended parts is shown."""

    lines: int  # stories
    headline: int  # units of each headline
    asides: int  # lines of what was not seen, and of what was held back


_SIZES = tuple(
    _Size(*of) for of in ((LINES, 150, 10), (LINES, 100, 6), (18, 80, 6), (12, 80, 4), (7, 80, 4), (3, 80, 3))
)
_LAST = _Size(1, 80, 2)


def build(digest: Digest, *, channel: str, key: str, banner: str | None = None, may_repeat: bool = False) -> Json:
    """The payload of `chat.postMessage`. Raises nothing: whatever is too long is cut, and what is cut is counted."""
    lines = sorted(digest.lines, key=lambda line: -line.level.rank)  # stable: of one level in the order they came
    blocks: list[Json] = []
    for size in (*_SIZES, _LAST):
        blocks = [
            *b.notes(banner, w.MAY_REPEAT if may_repeat else None),
            b.header(clean(digest.title, HEADER_TEXT) or "Digest"),
            b.rich(
                b.section(b.text(f"{_counted(digest)} · "), b.date(digest.since), b.text(" – "), b.date(digest.until))
            ),
            *_stories(lines, size),
            *_asides("Not seen meanwhile", digest.blind, size.asides),
            *_asides("Held back by silences", digest.muted, size.asides),
        ]
        if blocks_length(blocks) <= BLOCKS_TOTAL:
            break
    text = escape(begins(banner, may_repeat=may_repeat) + _text(digest, lines))
    return envelope(blocks, text, channel=channel, event_type=EVENT_TYPE, key=key)


def _counted(digest: Digest) -> str:
    """`12 stories · 40 articles`."""
    stories = w.stories(len(digest.lines)) if digest.lines else "no story"
    articles = digest.articles or sum(line.articles for line in digest.lines)
    return stories + (f" · {w.count(articles, 'article')}" if articles else "")


def _stories(lines: Sequence[DigestLine], size: _Size) -> list[Json]:
    """A block for each level, the gravest first, and what there was no room for."""
    shown, rest = lines[: size.lines], lines[size.lines :]
    blocks = []
    for level in reversed(Level):
        of_it = [line for line in shown if line.level is level]
        if of_it:
            items = b.bullets([b.section(*_line(line, size)) for line in of_it])
            blocks.append(b.rich(b.section(b.text(w.grave(level), bold=True)), items))
    if rest:
        said = f"+{len(rest)} more{_of_levels(rest)}. All of them: riskbot stories list"
        blocks.append(b.rich(b.section(b.text(said))))
    return blocks


def _line(line: DigestLine, size: _Size) -> list[Json]:
    """`Headline · CNBC · 5 articles · alleged, denied · owner: @jane · story s7 · 15 Nov 09:30 · message`."""
    owner = w.name(line.owner, unknown="").removeprefix("@")
    missed = ["no owner"] if line.level.rank >= Level.HIGH.rank else []  # nobody need take on the lower ones
    said = [
        w.name(line.outlet, unknown="outlet not known"),
        w.count(line.articles, "article"),
        clean(line.standings, STANDINGS_MAX) or "standing not known",
        *([f"owner: @{owner}"] if owner else missed),
        f"story {w.name(line.story, unknown='?')}",
    ]
    return [
        b.link(line.url, clean(line.headline, size.headline) or "(no headline)", bold=True),
        b.text(" · " + " · ".join(said)),
        *([b.text(" · "), b.date(line.at)] if line.at else []),
        *([b.text(" · "), b.link(line.permalink, "message")] if line.permalink else []),
    ]


def _asides(title: str, said: Sequence[str], at_most: int) -> list[Json]:
    lines = [words for words in (clean(each, ASIDE_MAX) for each in said) if words]
    if not lines:
        return []
    shown = [b.section(b.text(words)) for words in lines[:at_most]]
    rest = [b.section(b.text(f"+{len(lines) - at_most} more"))] if len(lines) > at_most else []
    return [b.rich(b.section(b.text(title, bold=True)), b.bullets(shown), *rest)]


def _by_level(lines: Sequence[DigestLine]) -> list[str]:
    """`["2 critical", "7 medium"]`."""
    numbers = ((sum(line.level is level for line in lines), level) for level in reversed(Level))
    return [f"{number} {level}" for number, level in numbers if number]


def _of_levels(lines: Sequence[DigestLine]) -> str:
    """`: 2 critical, 7 medium`, or ` of medium level`: what a count that stands before it is made of."""
    levels = _by_level(lines)
    return f": {', '.join(levels)}" if len(levels) > 1 else f" of {lines[0].level} level"


def _text(digest: Digest, lines: Sequence[DigestLine]) -> str:
    """`Daily digest: 3 stories (1 critical, 2 low). Gravest, alleged: Army gets data, per CNBC. Not seen meanwhile: x.`

    What is said once is not said again: stories of one level are counted with it, and the gravest is of the first.
    """
    title = clean(digest.title, TITLE_MAX) or "Digest"
    if not lines:
        return f"{title}: no story." + _not_seen(digest)
    gravest = lines[0]
    levels = _by_level(lines)
    headline = clean(gravest.headline, TITLE_MAX).rstrip(".") or "no headline"
    per = f", per {w.name(gravest.outlet, unknown='')}" if w.name(gravest.outlet, unknown="") else ""
    sure = w.both([each for each in clean(gravest.standings, STANDINGS_MAX).split(", ") if each])
    story = (f", {sure}" if sure else "") + f": {headline}{per}."
    if len(lines) == 1:
        said = f"{title}: 1 {gravest.level} story{story}"
    elif len(levels) == 1:
        said = f"{title}: {len(lines)} {gravest.level} stories. First{story}"
    else:
        said = f"{title}: {w.stories(len(lines))} ({', '.join(levels)}). Gravest{story}"
    return said + _not_seen(digest)


def _not_seen(digest: Digest) -> str:
    blind = w.names(digest.blind)
    return f" Not seen meanwhile: {blind}." if blind else ""
