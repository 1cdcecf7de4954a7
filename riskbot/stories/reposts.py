"""Which articles repeat another word for word, whoever they name as their source.

What always holds: of articles with nearly the same body the one with the earliest time of its own is the original, and
the others are its reposts, never the other way round; short bodies are compared as a whole; furniture is no part of a
body. Time is linear in the number of articles, so that a thousand copies in a minute cost a thousand looks.

Method: a sample of the hashes of runs of words, those that are zero modulo a number (N. Heintze, "Scalable document
fingerprinting", 1996; A. Broder, "On the resemblance and containment of documents", 1997), and of the beginning all of
them, since a feed often carries no more; looked up in an index.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache

from riskbot.model import Member
from riskbot.stories.outlets import Outlets
from riskbot.text.furniture import mask
from riskbot.text.normalise import fold

RUN = 5  # words
ONE_OF = 4  # so many hashes is kept
BEGINNING = 24  # runs of which every hash is kept
CHARACTERS = 6000  # of a body: a repost is one from the beginning
FEWEST = 12  # words of a body worth comparing: shorter ones are alike by chance
ALIKE = 0.75  # of the smaller sample must stand in the other
_NO_TIME = datetime.max.replace(tzinfo=UTC)


def reposts(members: Sequence[Member], outlets: Outlets) -> Mapping[int, int]:
    """Which members repeat which: place → place of the earliest with that body.

    Where times do not tell, an outlet that is known to report goes before the others.
    """

    def age(place: int) -> tuple[datetime, bool, int]:
        article = members[place].reading.article
        return article.published or _NO_TIME, not outlets.reports(article.outlet), place

    originals: list[tuple[int, frozenset[int]]] = []
    index: dict[int, list[int]] = {}  # hash → originals that hold it
    same: dict[frozenset[int], int] = {}  # all of a body's hashes → the place of the original
    found: dict[int, int] = {}
    for place in sorted(range(len(members)), key=age):
        prints = _prints(members[place].reading.article.text)
        if not prints:
            continue
        if prints in same:
            found[place] = same[prints]
            continue
        shared = Counter(which for mark in prints for which in index.get(mark, ()))
        best = max(shared, key=lambda which: (shared[which], -which), default=None)
        if best is not None and shared[best] >= ALIKE * min(len(prints), len(originals[best][1])):
            found[place] = same[prints] = originals[best][0]
            continue
        for mark in prints:
            index.setdefault(mark, []).append(len(originals))
        originals.append((place, prints))
        same[prints] = place
    return found


@lru_cache(maxsize=2048)
def _prints(text: str) -> frozenset[int]:
    words = fold(mask(text[: 2 * CHARACTERS])[:CHARACTERS]).text.split()
    if len(words) < FEWEST:
        return frozenset()
    runs = [" ".join(words[at : at + RUN]) for at in range(len(words) - RUN + 1)]
    hashes = [zlib.crc32(run.encode("utf-8", "surrogatepass")) for run in runs]
    return frozenset((*hashes[:BEGINNING], *(each for each in hashes if each % ONE_OF == 0)))
