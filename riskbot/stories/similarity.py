"""How alike two articles are, by their words.

What always holds: the likeness of two articles depends on their text and on the document frequencies passed in,
nothing else; it is symmetric, between 0 and 1, and 1 for the same text. Furniture does not count: two reports do not
become alike by sharing a page's teasers.

Method: cosine of TF-IDF vectors with sublinear term frequency (G. Salton, C. Buckley, 1988), the title counted three
times, multiplied by a Gaussian of the time between the articles, as in news-stream clustering (S. Miranda et al.,
"Multilingual clustering of streaming news", EMNLP 2018).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from math import exp, log, sqrt

from riskbot.model import Article
from riskbot.text.furniture import mask
from riskbot.text.normalise import fold

TITLE_COUNTS = 3
HALF_LIFE = timedelta(hours=60)  # the Gaussian's standard deviation
_CHARACTERS = 4000  # a story is told at the beginning of an article
_STOP = frozenset(
    """a about above across after again against all also although am among an and another any are as at be because been
    before being below between both but by can could did do does doing down during each even every few for from further
    had has have having he her here hers him his how however i if in into is it its itself just last later like make
    many may me might more most much must my new no nor not now of off on once one only or other our out over own per
    said same say says she should since so some such than that the their them then there these they this those through
    to too two under until up upon us very was we were what when where which while who whom why will with within without
    would year years yet you your s t u mr mrs ms according told reported report reports news monday tuesday wednesday
    thursday friday saturday sunday week month day days""".split()
)


@dataclass(frozen=True, slots=True)
class Frequencies:
    """An immutable snapshot: in how many of so many documents each word stood."""

    documents: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    id: str = "none"  # names the snapshot in every reason it had a part in

    def weight(self, word: str) -> float:
        """The inverse document frequency of a word, smoothed; 1 for every word while nothing is known."""
        if not self.documents:
            return 1.0
        return log((1 + self.documents) / (1 + self.counts.get(word, 0)))


def weights(article: Article, frequencies: Frequencies) -> Mapping[str, float]:
    """The words of an article with their weights, as a vector of length 1 (empty where there are no words)."""
    counts = _counts(article.title, article.text)
    raw = {word: (1 + log(n)) * frequencies.weight(word) for word, n in counts.items()}
    length = sqrt(sum(weight * weight for weight in raw.values()))
    return {word: weight / length for word, weight in raw.items()} if length else {}


@lru_cache(maxsize=4096)
def _counts(title: str, text: str) -> Mapping[str, int]:
    counts: Counter[str] = Counter()
    for words, times in ((_words(title), TITLE_COUNTS), (_words(mask(text)[:_CHARACTERS]), 1)):
        for word in words:
            counts[word] += times
    return counts


def _words(text: str) -> list[str]:
    return [word for word in fold(text).text.split() if word not in _STOP and (len(word) > 1 or not word.isascii())]


def cosine(a: Mapping[str, float], b: Mapping[str, float]) -> float:
    """The cosine of two vectors of length 1."""
    if len(b) < len(a):
        a, b = b, a
    return min(1.0, sum(weight * b[word] for word, weight in a.items() if word in b))


def closeness(a: datetime | None, b: datetime | None) -> float:
    """How close in time: 1 at the same instant (or where a time is unknown), falling to 0 over days."""
    if a is None or b is None:
        return 1.0
    apart = (a - b) / HALF_LIFE
    return exp(-0.5 * apart * apart)


def shared_words(a: Mapping[str, float], b: Mapping[str, float], most: int = 5) -> list[str]:
    """The words that make two articles alike, the weightiest first."""
    return sorted((w for w in a if w in b), key=lambda word: (-a[word] * b[word], word))[:most]
