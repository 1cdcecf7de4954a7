"""How common each word is: an immutable snapshot, and how the next one is learned.

What always holds: a snapshot never changes and has an id, which stands in every reason it had a part in, so that a
placing can be repeated exactly; learning forgets at a steady rate, so that the counts follow the language; memory is
bounded. Counting is a matter of words alone: no text, company or date is kept.

Words seldom or never written small are told from common ones: mostly names. No list of names is needed for that.

The form of a file: gzip; a first line of JSON with `id` and `documents`; then `word<TAB>documents<TAB>written small`.
Deliberately absent: reading and writing files; whoever calls has the bytes.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import log

from riskbot.stories.words import stem, words
from riskbot.text.normalise import fold

UNSEEN = 3  # documents: what a word counts as that was met less often, or never
UNKNOWN_WEIGHT = 5.0  # of every word in an empty snapshot: as a word of middling rarity has it
SMALL_FROM = 3  # documents in which a word must have been written small to be a common one
SMALL_SHARE = 0.3  # and in which share of all it stood in: headlines write common words large too
FEWEST = 10  # documents below which a word is not kept in a file
MOST_WORDS = 100_000  # of a snapshot and of a tally
FORGETS = 90  # days after which what was counted weighs half
_CHARACTERS = 4000  # of a text are counted, as of a text are compared


@dataclass(frozen=True, slots=True)
class Frequencies:
    """A snapshot: in how many of so many documents each word stood, and in how many of them it was written small."""

    documents: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    id: str = "none"
    small: Mapping[str, int] = field(default_factory=dict)
    _known: dict[str, tuple[float, bool]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        known = {word: (self._weight(count), self._common(word)) for word, count in self.counts.items()}
        object.__setattr__(self, "_known", known)

    def look_up(self, word: str) -> tuple[float, bool]:
        """The weight of a word, and whether it is a common one."""
        return self._known.get(word) or (self._weight(0), self._common(word))

    def weight(self, word: str) -> float:
        """The inverse document frequency of a word (K. Spärck Jones, 1972), smoothed; one and the same for all words
        while nothing is known."""
        return self.look_up(word)[0]

    def common(self, word: str) -> bool:
        """Whether a word is an ordinary one rather than a name; what has no letter case is. A figure is none: like a
        name, it says which."""
        return self.look_up(word)[1]

    def _weight(self, count: int) -> float:
        if not self.documents:
            return UNKNOWN_WEIGHT
        return max(0.0, log((1 + self.documents) / (1 + max(UNSEEN, count))))

    def _common(self, word: str) -> bool:
        if not self.documents:
            return True
        if word.startswith("#"):
            return False
        small = self.small.get(word, 0)
        often = small >= SMALL_FROM and small >= SMALL_SHARE * self.counts.get(word, 0)
        return often or word.lower() == word.upper()

    def to_bytes(self) -> bytes:
        """As a file holds it; the same snapshot always gives the same bytes."""
        head = json.dumps({"id": self.id, "documents": self.documents}, sort_keys=True)
        rows = (f"{word}\t{count}\t{self.small.get(word, 0)}" for word, count in sorted(self.counts.items()))
        return gzip.compress("\n".join([head, *rows, ""]).encode(), mtime=0)

    @classmethod
    def from_bytes(cls, data: bytes) -> Frequencies:
        """Read what `to_bytes` wrote. Raises ValueError when it is something else."""
        try:
            head, *rows = gzip.decompress(data).decode().splitlines()
            about = json.loads(head)
            counts: dict[str, int] = {}
            small: dict[str, int] = {}
            for row in rows:
                word, count, written_small = row.split("\t")
                counts[word] = int(count)
                if written_small != "0":
                    small[word] = int(written_small)
            return cls(int(about["documents"]), counts, str(about["id"]), small)
        except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError) as error:
            raise ValueError(f"no table of word frequencies: {error}") from error


class Tally:
    """Counts words article by article, until the next snapshot is learned from it."""

    def __init__(self, most: int = MOST_WORDS) -> None:
        self.documents = 0
        self.counts: Counter[str] = Counter()
        self.small: Counter[str] = Counter()
        self._most = most

    def add(self, title: str, text: str) -> None:
        """Count one article."""
        self.documents += 1
        text = text[:_CHARACTERS]
        seen = {stem(word) for word in (*words(title), *words(text))}
        self.counts.update(seen)
        exact = fold(f"{title}\n{text}", keep_case=True).text.split()
        self.small.update(seen & {stem(token) for token in set(exact) if token.islower()})
        if len(self.counts) > 2 * self._most:
            self._drop_rare()

    def add_all(self, articles: Iterable[tuple[str, str]]) -> None:
        """Count (title, text) of each."""
        for title, text in articles:
            self.add(title, text)

    def _drop_rare(self) -> None:
        self.counts = Counter(_commonest(self.counts, self._most))
        self.small = Counter({word: count for word, count in self.small.items() if word in self.counts})


def learned(before: Frequencies, tally: Tally, days: float, id_: str) -> Frequencies:
    """The snapshot that follows `before`, `days` later: what it knew, faded, and what was counted since."""
    keeps = 0.5 ** (days / FORGETS)
    counts = {word: round(count * keeps) for word, count in before.counts.items()}
    small = {word: round(count * keeps) for word, count in before.small.items()}
    for word, count in tally.counts.items():
        counts[word] = counts.get(word, 0) + count
    for word, count in tally.small.items():
        small[word] = small.get(word, 0) + count
    kept = _commonest({word: count for word, count in counts.items() if count}, MOST_WORDS)
    return Frequencies(
        round(before.documents * keeps) + tally.documents,
        kept,
        id_,
        {word: small[word] for word in kept if small.get(word)},
    )


def shortened(snapshot: Frequencies) -> Frequencies:
    """The snapshot without its rare words and with its counts rounded to two digits: fit to be shipped."""
    kept = {word: count for word, count in snapshot.counts.items() if count >= FEWEST}
    return Frequencies(
        snapshot.documents,
        {word: _rounded(count) for word, count in kept.items()},
        snapshot.id,
        {word: _rounded(snapshot.small[word]) for word in kept if snapshot.small.get(word)},
    )


def _rounded(count: int) -> int:
    unit = int(10 ** max(0, len(str(count)) - 2))
    return round(count / unit) * unit


def _commonest(counts: Mapping[str, int], most: int) -> dict[str, int]:
    """At most so many words, the commonest; of equals the first in the alphabet, so that learning is repeatable."""
    if len(counts) <= most:
        return dict(counts)
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:most])
