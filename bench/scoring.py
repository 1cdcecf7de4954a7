"""How good the rules and the stories are, as figures: what a scan of labelled articles is scored by.

What always holds: names count as the same when the shipped companies say so, whatever their letter case; what an
article is scored by is its label, its hits and its story alone. Deliberately absent: reading files and running
anything.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

Item = Mapping[str, Any]  # a labelled article
Hits = Sequence[Mapping[str, Any]]  # of one article, as `scan` writes them

# Other trouble than the bot is for, told apart. Every other topic counts for the headline figure, however it is called:
# a topic that is split or renamed must not leave it.
OTHER = frozenset({"armed-attack", "arms-trouble", "espionage", "state-ban"})
_TWO_NAMES = re.compile(r"(.+?)\s*\((.+)\)")


class Names:
    """Which company a name means."""

    def __init__(self, companies: Iterable[tuple[str, Iterable[str]]]) -> None:
        """Each company's id with everything it goes by."""
        self._ids: dict[str, set[str]] = {}
        for id_, names in companies:
            for name in names:
                self._ids.setdefault(_key(name), set()).add(id_)

    def ids(self, name: str) -> set[str]:
        """The companies that go by a name; one that is not known stands for itself.

        A label may give two names at once, as in "SpaceX (Starlink)".
        """
        two = _TWO_NAMES.fullmatch(name)
        parts = (name, *two.groups()) if two else (name,)
        return {id_ for part in parts for id_ in self._ids.get(_key(part), ())} or {f"unknown:{_key(name)}"}

    def unknown(self, names: Iterable[str]) -> list[str]:
        """Those of the names that no company goes by."""
        return sorted({name for name in names if any(id_.startswith("unknown:") for id_ in self.ids(name))})


def _key(name: str) -> str:
    return " ".join(name.casefold().replace("’", "'").split())


@dataclass(frozen=True, slots=True)
class Score:
    """What came of a scan of the labelled articles."""

    wanted: int = 0  # core, with a company and an explicit topic word
    missed: tuple[str, ...] = ()  # ids of those that were not found
    true: int = 0  # core articles with any hit
    false: tuple[str, ...] = ()  # ids of negative articles with any hit
    adjacent: int = 0
    adjacent_hit: tuple[str, ...] = ()
    tiers: Mapping[str, int] = field(default_factory=dict)  # how many articles of each tier

    @property
    def recall(self) -> float:
        """Of the wanted articles, the share found."""
        return 1 - len(self.missed) / self.wanted if self.wanted else 0.0

    @property
    def precision(self) -> float:
        """Of the core and negative articles hit, the share that are core."""
        found = self.true + len(self.false)
        return self.true / found if found else 0.0


def score(items: Sequence[Item], hits: Mapping[str, Hits], names: Names) -> Score:
    """Score the labelled items by their hits (by the item's id; none: no hit)."""
    core = [item for item in items if item["tier"] == "core"]
    wanted = [item for item in core if item["company"] and item["topic_explicit"]]
    adjacent = [item for item in items if item["tier"] == "adjacent"]
    return Score(
        wanted=len(wanted),
        missed=tuple(item["id"] for item in wanted if not found(item, hits.get(item["id"], ()), names)),
        true=sum(bool(hits.get(item["id"])) for item in core),
        false=tuple(item["id"] for item in items if item["tier"] == "negative" and hits.get(item["id"])),
        adjacent=len(adjacent),
        adjacent_hit=tuple(item["id"] for item in adjacent if hits.get(item["id"])),
        tiers=Counter(str(item["tier"]) for item in items),
    )


def found(item: Item, hits: Hits, names: Names) -> bool:
    """Whether a hit names one of the companies that the label does."""
    labelled = {id_ for name in item["company"] for id_ in names.ids(name)}
    return any(labelled & names.ids(hit["company_name"]) for hit in hits)


def is_headline(hits: Hits) -> bool:
    """Whether one of the hits is of the kind the bot is for: military, sanctions, memo, export control."""
    return any(not OTHER.intersection(hit["topics"]) for hit in hits)


def topics(hits: Hits) -> set[str]:
    """The topics that an article was hit by."""
    return {topic for hit in hits for topic in hit["topics"]}


@dataclass(frozen=True, slots=True)
class Alarms:
    """How often unlabelled articles are hit."""

    articles: int
    headline: tuple[str, ...]  # ids of those hit by what the bot is for
    by_topic: Mapping[str, int]  # articles hit by each topic
    by_rule: Mapping[str, int]
    other: int  # articles hit by other trouble alone

    def rate(self, count: int) -> float:
        """For 10,000 articles."""
        return count * 10_000 / self.articles if self.articles else 0.0


def alarms(hits: Iterable[tuple[str, Hits]]) -> Alarms:
    """Count the articles that are hit, of (id, hits) of every article."""
    articles = other = 0
    headline: list[str] = []
    by_topic: Counter[str] = Counter()
    by_rule: Counter[str] = Counter()
    for id_, of_one in hits:
        articles += 1
        by_topic.update(topics(of_one))
        by_rule.update({str(hit["rule"]) for hit in of_one})
        if is_headline(of_one):
            headline.append(id_)
        elif of_one:
            other += 1
    return Alarms(articles, tuple(headline), by_topic, by_rule, other)


# ── stories ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Pair:
    """Two articles of which a reader said whether they are of one story."""

    a: str
    b: str
    one_story: bool


@dataclass(frozen=True, slots=True)
class Grouping:
    """How well articles were put into stories; each figure 0-1."""

    precision: float  # B-cubed: of an article's story, the share that is labelled alike; the average over articles
    recall: float  # of those labelled alike, the share that is in the article's story
    merged: float  # of the pairs of one story, those joined
    mistaken: float  # of the pairs that must not be joined, those joined
    joined_wrongly: tuple[Pair, ...] = ()
    left_apart: tuple[Pair, ...] = ()

    @property
    def f1(self) -> float:
        """The harmonic mean of B-cubed precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def grouping(labels: Mapping[str, str], stories: Mapping[str, str | None], pairs: Sequence[Pair]) -> Grouping:
    """Score the stories of articles, by id, against the labels of those that have one.

    Method: A. Bagga, B. Baldwin, "Entity-based cross-document coreferencing using the vector space model", ACL 1998.
    An article without a story stands alone.
    """
    told: dict[str, set[str]] = {}
    meant: dict[str, set[str]] = {}
    of = {id_: stories.get(id_) or f"alone:{id_}" for id_ in labels}
    for id_, label in labels.items():
        told.setdefault(of[id_], set()).add(id_)
        meant.setdefault(label, set()).add(id_)
    shared = {id_: len(told[of[id_]] & meant[label]) for id_, label in labels.items()}
    many = len(labels) or 1
    joined = [pair for pair in pairs if stories.get(pair.a) and stories.get(pair.a) == stories.get(pair.b)]
    wanted = [pair for pair in pairs if pair.one_story]
    unwanted = [pair for pair in pairs if not pair.one_story]
    return Grouping(
        precision=sum(shared[id_] / len(told[of[id_]]) for id_ in labels) / many,
        recall=sum(shared[id_] / len(meant[label]) for id_, label in labels.items()) / many,
        merged=sum(pair.one_story for pair in joined) / (len(wanted) or 1),
        mistaken=sum(not pair.one_story for pair in joined) / (len(unwanted) or 1),
        joined_wrongly=tuple(pair for pair in joined if not pair.one_story),
        left_apart=tuple(pair for pair in wanted if pair not in set(joined)),
    )


def halves(labels: Mapping[str, str], kin: Iterable[tuple[str, str]], seed: int) -> tuple[set[str], set[str]]:
    """The labels in two halves of about as many articles; labels that are kin stay together."""
    leader: dict[str, str] = {label: label for label in labels.values()}

    def lead(label: str) -> str:
        while leader[label] != label:
            label = leader[label]
        return label

    for a, b in kin:
        if a in leader and b in leader:
            leader[lead(a)] = lead(b)
    families: dict[str, list[str]] = {}
    for label in sorted(leader):
        families.setdefault(lead(label), []).append(label)
    shuffled = list(families.values())
    Random(seed).shuffle(shuffled)
    sizes = Counter(labels.values())
    first: set[str] = set()
    for family in shuffled:
        if sum(sizes[label] for label in first) < len(labels) / 2:
            first.update(family)
    return first, set(leader) - first
