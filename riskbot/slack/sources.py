"""Where a story can be read: its sources, as lines with a link, an outlet and a time.

What always holds: a source without an address is named all the same; a repost is named as one; times stand in the
reader's own zone. Deliberately absent: the titles of articles that can be opened, which are worded to be clicked.
"""

from __future__ import annotations

from riskbot.model import Source, Summary
from riskbot.policy.alerting import SHOWN
from riskbot.slack import blocks as b
from riskbot.slack import wording as w
from riskbot.slack.blocks import Json
from riskbot.slack.clean import clean, clean_url

TITLE_MAX = 100


def listed(summary: Summary, at_most: int, *, threaded: bool) -> list[Json]:
    """Who had it first and who had it last, the rest counted.

    `threaded`: those beyond `SHOWN` stand in the message's thread. Else, and where there is room for fewer, it is said
    where all of them stand: a thread that is said to list what it does not is looked through in vain.
    """
    every = summary.sources
    shown = every if len(every) <= at_most else (*every[:1], *every[len(every) - at_most + 1 :])
    shown = shown[:at_most]
    more = max(summary.articles, len(every)) - len(shown)
    there = " in the thread" if threaded and at_most >= SHOWN else f". All of them: {_all_of(summary)}"
    return _block("Sources", shown, [f"+{more} more{there}"] if more > 0 else [])


def every(summary: Summary, at_most: int) -> list[Json]:
    """All of them, newest first; the oldest are counted where there are more than `at_most`."""
    shown = summary.sources[::-1][:at_most]
    more = max(summary.articles, len(summary.sources)) - len(shown)
    rest = [f"+{more} older ones: {_all_of(summary)}"] if more > 0 else []
    title = "Sources, newest first" if more > 0 else "All sources, newest first"
    return _block(title, shown, rest)


def line(source: Source, *, titled: bool = True) -> list[Json]:
    """A source as elements of a line: `CNBC · 15 Nov 09:30 · repost of Reuters`.

    `titled`: one that cannot be opened is told by its title.
    """
    label = w.name(source.label, unknown="unknown outlet")
    outlet = w.name(source.outlet, unknown="")
    title = clean(source.title, TITLE_MAX) if titled and clean_url(source.url) is None else ""
    retelling = w.retelling(source)
    return [
        *(
            [b.text(f"{outlet} · ")] if outlet and outlet != label else []
        ),  # the link leads to another than published it
        b.link(source.url, label),
        *([b.text(f" · {w.quoted(title)}")] if title else []),
        *([b.text(" · "), b.date(source.published)] if source.published else [b.text(" · time not known")]),
        *([b.text(f" · {retelling}")] if retelling else []),
    ]


def _all_of(summary: Summary) -> str:
    return f"riskbot stories show {w.name(summary.merged_into or summary.story, unknown='?')}"


def _block(title: str, shown: tuple[Source, ...], rest: list[str]) -> list[Json]:
    if not shown and not rest:
        return []
    items = [b.bullets([b.section(*line(source)) for source in shown])] if shown else []
    return [b.rich(b.section(b.text(title, bold=True)), *items, *(b.section(b.text(each)) for each in rest))]
