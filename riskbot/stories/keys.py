"""The keys under which stories are found again, so that no article is compared with every story.

What always holds: an article and a story that could be one share a key: a company, one of the rarest words of title
or lead, or a print of the same text; the keys of an article are few, whatever its length; common words are no keys
while there are rarer ones. A table in a database and the index in memory hold the same keys and rank what they find
by the same function, so that both nominate the same stories.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import log1p

from riskbot.stories.frequencies import Frequencies
from riskbot.stories.similarity import HOURS
from riskbot.stories.sketch import Sketch
from riskbot.stories.words import stem

FROM_TITLE = 8  # the rarest words of the title
FROM_LEAD = 4  # and of what follows it
LEAD_WORDS = 20  # so far, in different words
PRINTS = 2  # the same text has the same smallest hashes
COMPANY, PRINT = 4.0, 20.0  # what a shared company and a shared print weigh, beside the words' own weights
FADES = 2.0  # how much a story's distance in time takes from what it shares, for each factor of e
NEAREST = 8  # stories of one key that are looked at, on either side of the article's time
ROWS = 64  # keys of stories that are looked at for one article in all, those of the rarest keys
NOMINATED = 8  # stories that an article is compared with


def keys(sketch: Sketch, frequencies: Frequencies) -> dict[str, float]:
    """The keys of an article, each with its weight, the weightiest first: `p:00c0ffee`, `w:memo`, `c:alibaba`."""
    found = {f"c:{company}": COMPANY for company in sketch.companies}
    for part, most in ((sketch.title, FROM_TITLE), (sketch.text[:LEAD_WORDS], FROM_LEAD)):
        weights = {form: frequencies.weight(form) for form in map(stem, part)}
        for form in sorted(weights, key=lambda form: (-weights[form], form))[:most]:
            found[f"w:{form}"] = weights[form]
    found.update((f"p:{value:08x}", PRINT) for value in sketch.prints[:PRINTS])
    return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))


def nominate(
    rows: Iterable[tuple[str, int, float | None]], weights: Mapping[str, float], hours: float | None
) -> list[int]:
    """The stories an article is to be compared with, the likeliest first, at most `NOMINATED`.

    `rows`: a key of the article (`weights` has them all), a story that has it too, by its number, and the hour of the
    story's article under it; each pair once. `hours` is the article's own time. Times are None where not known.
    """
    scores: dict[int, float] = {}
    far: dict[int, float] = {}
    for key, story, at in rows:
        distance = 0.0 if at is None or hours is None else abs(at - hours)
        if story in scores:
            scores[story] += weights[key]
            far[story] = min(far[story], distance)
        else:
            scores[story], far[story] = weights[key], distance
    ranked = [(FADES * log1p(far[story] / HOURS) - score, story) for story, score in scores.items()]
    ranked.sort()
    return [story for _, story in ranked[:NOMINATED]]
