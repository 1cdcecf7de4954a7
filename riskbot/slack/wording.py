"""The words a message is made of: levels, standings, counts, origins.

What always holds: every figure agrees with its noun; what is not known is said to be not known. Text from outside
passes through `clean` before it becomes part of a sentence. Deliberately absent: where the words stand in the message.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from riskbot.model import Level, Source, Standing, Summary
from riskbot.policy.saying import only_possible
from riskbot.slack.clean import clean

CIRCLES = {Level.LOW: "⚪", Level.MEDIUM: "🟡", Level.HIGH: "🟠", Level.CRITICAL: "🔴"}
STANDINGS = {
    Standing.ALLEGED: "alleged",
    Standing.DENIED: "denied",
    Standing.UNVERIFIED: "not verified",
    Standing.CONFIRMED: "confirmed",
    Standing.OFFICIAL: "official",
    Standing.RETRACTED: "retracted",
}
POSSIBLE = "possible"
MAY_REPEAT = "May repeat: Slack could not say whether this message stands here already."
NAME_MAX = 60  # of a company, outlet, speaker or rule
_OPENING = re.compile(r"(?<![^\s(\[—–])\"(?=\S)")  # a straight mark that begins a word
_WITHIN = str.maketrans({"“": "‘", "”": "’", '"': "’"})
FIGURES = 4  # that differ, shown in a message
NAMED = 3  # companies, origins or speakers named before the rest is counted


def capital(words: str) -> str:
    """The words with a capital first letter, the rest untouched."""
    return words[:1].upper() + words[1:]


def count(number: int, noun: str) -> str:
    """`1 article`, `5 articles`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def stories(number: int) -> str:
    """`1 story`, `5 stories`."""
    return "1 story" if number == 1 else f"{number} stories"


def name(of: str | None, *, unknown: str) -> str:
    """A name from outside on one short line, or what to say where there is none."""
    return clean(of or "", NAME_MAX) or unknown


def names(all_of_them: Sequence[str], *, at_most: int = NAMED) -> str:
    """Names with commas; beyond `at_most` the rest is counted."""
    said = [n for n in (clean(each, NAME_MAX) for each in all_of_them) if n]
    more = f" +{len(said) - at_most} more" if len(said) > at_most else ""
    return ", ".join(said[:at_most]) + more


def both(words: Sequence[str]) -> str:
    """`alleged, denied and confirmed`."""
    return " and ".join([*([", ".join(words[:-1])] if len(words) > 1 else []), *words[-1:]])


def companies(summary: Summary) -> str:
    """The companies concerned, the most prominent first."""
    return names(summary.companies) or "company not known"


def header(summary: Summary) -> str:
    """`🟠 High · Alleged, denied · Alibaba`."""
    sure = capital(", ".join(certainty(summary)) or caution(summary)) or "Standing not known"
    return f"{grave(summary.level)} · {sure} · {companies(summary)}"


def grave(level: Level) -> str:
    """`🟠 High`."""
    return f"{CIRCLES[level]} {capital(level)}"


def certainty(summary: Summary) -> list[str]:
    """What heads a message of how sure it is: a retraction first, that all of it is only possible, and the standings;
    "not verified" only where it is the one that is known."""
    present = [s for s in Standing if s in summary.standings]
    telling = [STANDINGS[s] for s in present if s is not Standing.UNVERIFIED] or [STANDINGS[s] for s in present]
    words = [*([POSSIBLE] if only_possible(summary) else []), *telling]
    return sorted(words, key=lambda word: word != STANDINGS[Standing.RETRACTED])


def caution(summary: Summary) -> str:
    """What a reader must not overlook at the end of a notification; empty where somebody confirmed it."""
    settled = {Standing.CONFIRMED, Standing.OFFICIAL, Standing.RETRACTED}.intersection(summary.standings)
    if settled or summary.confirmations or summary.official:
        return ""
    return "not verified" if Standing.UNVERIFIED in summary.standings else "not confirmed"


def origins(summary: Summary) -> str:
    """`1 origin (Financial Times, original not read)`."""
    if not summary.origins:
        return "origin not known"
    named = [
        clean(each, NAME_MAX) + ("" if each in summary.origins_read else ", original not read")
        for each in summary.origins[:NAMED]
    ]
    if len(summary.origins) > NAMED:
        named.append(f"+{len(summary.origins) - NAMED} more")
    return f"{count(len(summary.origins), 'origin')} ({'; '.join(named)})"


def evidence(summary: Summary) -> str:
    """How much stands behind the story, in figures."""
    figures = (
        count(summary.articles, "article"),
        origins(summary),
        count(summary.confirmations, "confirmation") + _uncounted(summary, Standing.CONFIRMED, summary.confirmations),
        count(summary.official, "official act") + _uncounted(summary, Standing.OFFICIAL, summary.official),
    )
    return " · ".join(figures)


def _uncounted(summary: Summary, standing: Standing, number: int) -> str:
    """Why none is counted of what the ledger above the line holds; empty where it holds none, or some are counted."""
    claims = [claim for claim in summary.claims if claim.status is standing]
    if number or not claims:
        return ""
    if standing is Standing.CONFIRMED and all(claim.bearing != "entitled" for claim in claims):
        return " (by nobody entitled to it)"
    return " (told by no outlet that counts)"


def figures(summary: Summary) -> str:
    """`share-price fall 3.78% (CNBC), nearly 4.7% (outlet not known)`, where articles differ; empty where not."""
    said: list[str] = []
    last = None
    labels = {source.article: source.label for source in summary.sources}
    for figure in summary.figures[:FIGURES]:
        what = name(figure.what, unknown="figure") + (
            f" of {name(figure.company, unknown='?')}" if figure.company else ""
        )
        value, outlet = (
            name(figure.value, unknown="?"),
            name(figure.outlet or labels.get(figure.article), unknown="unknown outlet"),
        )
        said.append(f"{value} ({outlet})" if what == last else f"{what} {value} ({outlet})")
        last = what
    more = f" +{len(summary.figures) - FIGURES} more" if len(summary.figures) > FIGURES else ""
    return ", ".join(said) + more


def quoted(words: str) -> str:
    """Words in quotation marks; the marks within them become single ones."""
    return f"“{_OPENING.sub('‘', words).translate(_WITHIN)}”"


def possible(summary: Summary) -> list[str]:
    """The topics met only as a possibility, those of the most articles first."""
    return sorted(summary.possible, key=lambda topic: (-summary.possible[topic], topic))


def possibilities(summary: Summary) -> str:
    """`sanctions (3 articles)`, for topics met only as a possibility; empty where there are none."""
    counted = summary.possible
    said = [f"{name(topic, unknown='?')} ({count(counted[topic], 'article')})" for topic in possible(summary)]
    more = f" +{len(said) - NAMED} more" if len(said) > NAMED else ""
    return ", ".join(said[:NAMED]) + more


def retelling(source: Source) -> str:
    """Whose words or report a source repeats; empty where that is not known or it is its own."""
    if source.repost_of:
        return f"repost of {name(source.repost_of, unknown='another outlet')}"
    if source.origin and source.origin != source.outlet:
        return f"retells {name(source.origin, unknown='another outlet')}"
    return ""
