"""What a claim bears on: whether whoever says so is entitled to, and whether it concerns somebody else altogether.

What always holds: only an authority, or the company that it is about, is entitled to confirm; an official whom nobody
names is not. A claim is set aside only where it names somebody on whom the act falls and none of the companies; where
the article is about no company, nothing is set aside.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from riskbot.model import Hit, Standing
from riskbot.model.articles import Bearing
from riskbot.stories.claims.findings import Finding
from riskbot.stories.claims.grammar import Sentence
from riskbot.stories.claims.terms import Group

_TELLING = frozenset({Standing.CONFIRMED, Standing.OFFICIAL})
_POINTING = frozenset("it its they their them he she".split())


def about(hits: Iterable[Hit]) -> dict[str, tuple[str, ...]]:
    """The companies an article is about, each with the names it goes by there."""
    found: dict[str, dict[str, None]] = {}
    for hit in hits:
        if hit.salient:
            names = found.setdefault(hit.company_name, {})
            names.update((span.text, None) for span in hit.spans if span.topic is None)
    return {name: tuple(names) for name, names in found.items()}


def bearing(finding: Finding, name: str | None, sentence: Sentence, companies: Mapping[str, Sequence[str]]) -> Bearing:
    """What a finding bears on; `name` is its speaker's."""
    if finding.status not in _TELLING:
        return "told"
    if companies and _of_others(finding, name, sentence, companies):
        return "aside"
    if name is None:
        return "told"
    named = finding.speaker.authority and not name.rpartition(" ")[2].islower()
    return "entitled" if named or name in companies or finding.status is Standing.OFFICIAL else "told"


def _of_others(finding: Finding, name: str | None, sentence: Sentence, companies: Mapping[str, Sequence[str]]) -> bool:
    """Whether it falls on somebody whom it names, and who is none of the companies."""
    phrase = finding.on
    if phrase is None or name in companies:
        return False
    words = range(phrase.start, phrase.end)
    if any(
        sentence.low[place] in _POINTING or sentence.end(place, Group.COMPANY, Group.PAPER, Group.REPORT)
        for place in words
    ):
        return False
    falls_on = " ".join(sentence.low[phrase.start : phrase.end])
    known = {each.casefold() for company, more in companies.items() for each in (company, *more)}
    if any(each in falls_on for each in known):
        return False
    others = [
        place
        for place in words
        if place
        and sentence.words.is_name(place)
        and not sentence.end(place, Group.AUTHORITY, Group.LIST, Group.MEASURE)
    ]
    return bool(others) and not any(each in _clause(sentence, finding.place) for each in known)


def _clause(sentence: Sentence, place: int) -> str:
    """The words of the clause that tells it."""
    start = sentence.clause(place)
    end = next(
        (
            n
            for n in range(place + 1, len(sentence.low))
            if sentence.low[n] in (";", ":", "—", "–") or _new(sentence, n)
        ),
        len(sentence.low),
    )
    return " ".join(sentence.low[start:end])


def _new(sentence: Sentence, place: int) -> bool:
    after = sentence.low[place + 1 : place + 2]
    return sentence.low[place] == "," and after in (["and"], ["but"], ["while"], ["although"], ["whereas"])
