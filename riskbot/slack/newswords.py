"""What is new in a story, in words: the line that says it, and what it rests on.

What always holds: words of a person or an outlet are quoted or named, never run into ours; where the ledger no longer
holds what the decision spoke of (an article was edited since), the decision's own words are said. Deliberately absent:
blocks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from riskbot.model import Claim, Reason, Source, Standing, Summary
from riskbot.model.saying import News
from riskbot.slack import wording as w
from riskbot.slack.clean import clean

WHY_MAX = 200
EDITED = "Headline edited"
HEADLINE_WAS = "headline was: "  # how a decision begins that tells of an edited headline

_BY = {
    Reason.RETRACTED: (Standing.RETRACTED, "Retracted by"),
    Reason.OFFICIAL_ACTION: (Standing.OFFICIAL, "Official act by"),
    Reason.CONFIRMED: (Standing.CONFIRMED, "Confirmed by"),
    Reason.DENIED: (Standing.DENIED, "Denied by"),
}
_AMONG = dict(_BY.values())


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that is new, ready to be laid out; every text is clean."""

    lead: str  # "Denied by Alibaba"
    quotes: tuple[str, ...] = ()  # the words it rests on, without quotation marks
    also: tuple[str, ...] = ()  # lines for what else the article brought, or how it was before
    source: Source | None = None  # the article that brought it; None: it is in the story no more
    title: str = ""  # of the article, where no sentence of it is quoted
    gist: str = ""  # the words that a notification quotes


def said(news: News, summary: Summary, quote: int, also: int = 3) -> Said:
    """What one thing that is new says; quotes are at most `quote` units long, further lines at most `also`."""
    source = next((each for each in summary.sources if each.article == news.article), None)
    title = clean(source.title, quote) if source else ""
    if news.reason is Reason.HEADLINE_EDITED and news.why.startswith(HEADLINE_WAS):
        before = clean(news.why.removeprefix(HEADLINE_WAS), quote)
        now = clean(summary.headline, quote) or "(no headline)"
        return Said(EDITED, also=(f"Before: {w.quoted(before)}", f"Now: {w.quoted(now)}"), source=source, gist=now)
    brought = [claim for claim in summary.claims if claim.article == news.article and claim.status in _AMONG]
    standing, by = _BY.get(news.reason, (None, ""))
    own = [claim for claim in brought if claim.status is standing]
    if not own:
        lead = clean(w.capital(news.why), WHY_MAX) or w.capital(news.reason.replace("_", " "))
        return Said(lead, also=_others(brought, quote, also), source=source, title=title, gist=title)
    lead = by if news.first else f"Also {by[0].lower()}{by[1:]}"
    quotes = tuple(dict.fromkeys(words for words in (clean(claim.sentence, quote) for claim in own[:2]) if words))
    others = [claim for claim in brought if claim.status is not standing]
    gist = quotes[0] if quotes else title
    return Said(f"{lead} {_speakers(own)}", quotes, _others(others, quote, also), source, "" if quotes else title, gist)


def once(all_of_it: Sequence[Said]) -> list[Said]:
    """The same, each article laid out with the first thing it brought; the further ones only name what they are."""
    met: set[str] = set()
    told: list[Said] = []
    for each in all_of_it:
        known = each.source is not None and each.source.article in met
        told.append(replace(each, also=(), title="", source=None) if known and each.lead != EDITED else each)
        met |= {each.source.article} if each.source else set()
    return told


def leads(all_of_it: Sequence[Said], beyond: int = 0) -> str:
    """`Denied by Alibaba; new origin: Reuters`: what is new, in one line; `beyond` of it are not among these."""
    first, *rest = [each.lead for each in all_of_it[: w.NAMED]] or ["What is new"]
    more = len(all_of_it[w.NAMED :]) + beyond
    return "; ".join([first, *(lead[:1].lower() + lead[1:] for lead in rest)]) + (f"; +{more} more" if more else "")


def _speakers(claims: Sequence[Claim]) -> str:
    return w.names([claim.speaker or "someone not named" for claim in claims])


def _others(claims: Sequence[Claim], quote: int, at_most: int) -> tuple[str, ...]:
    """A line for each further standing that the same article brought."""
    lines = []
    for claim in claims[:at_most]:
        words = clean(claim.sentence, quote)
        lines.append(f"{_AMONG[claim.status]} {_speakers([claim])}" + (f": {w.quoted(words)}" if words else ""))
    return tuple(lines)
