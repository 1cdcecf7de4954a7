"""How likely it is that two articles tell of one event.

What always holds: the likeness of two articles depends on their sketches and on the snapshot of word frequencies,
nothing else; it is symmetric; what it is made of can be told in words. It is a sum of evidence in log-odds, so that it
adds up and averages; 0 is as likely as not.

The signals and their weights: a logistic regression on pairs of articles that a reader labelled, of the development
data and of the unlabelled pile (`bench/fitting.py` fits and checks it: weights fitted to the one tell the pairs of the
other apart as well as their own). How words are weighed, and time: after S. Miranda et al., "Multilingual clustering of
streaming news", EMNLP 2018, whose Gaussian of the time is a logarithm here, for it forgets a lonely follow-up too soon
and a busy story too late.

Three more are set by hand, because they are rare and certain: the same text again, a shared quotation, and another of
a series ("third quarter", "14th package"). So is another state that acts, for the same ban by another government is
another event: of 424 labelled pairs of one event one has two actors, of 689 others 86, and the logarithm of that ratio
is its weight (the regression, which sees too few, gives a fifth of it).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, log1p, sqrt
from typing import NamedTuple

from riskbot.stories.frequencies import Frequencies
from riskbot.stories.nations import differ
from riskbot.stories.sketch import PRINTS, Sketch
from riskbot.stories.words import stem

__all__ = ["Frequencies", "Likeness", "Signals", "Weighed", "chance", "likeness", "shared_words", "signals", "weigh"]


class Signals(NamedTuple):
    """What speaks for one event, each between 0 and 1; and what time takes away."""

    happening: float  # the common words of title and lead: cosine, the title counting for more
    names: float  # all other words of them, mostly names: likewise
    told: float  # what share of either title's common words the other article has anywhere
    enough: float  # how much the titles share with the other article at all: three plain words agree by chance
    deeds: float  # what the headlines say was done
    same_actor: float  # the same state acts: 1
    other_actor: float  # another state acts: 1
    time: float  # ln(1 + hours between / HOURS)


WEIGHTS = Signals(1.6, 1.9, 2.6, 2.1, 1.7, 1.1, -4.0, -1.8)
BIAS = -4.2
SAME_TEXT, QUOTED, OTHER_OF_SERIES = 2.5, 1.0, -6.0
HOURS = 12
PLENTY = 15.0  # the weights of shared words that are as much as anybody can ask
BESIDE = 0.4  # what a deed outside the headline's main clause weighs beside one in it
TITLE_COUNTS = 2.1  # times as much as a word of the lead: 1 + ln 3, the title counted three times
UNTOLD = 0.5  # what stands for a share of no words at all
UNKNOWN_TIME = 72.0  # hours: what stands for the time between articles of which one has no date
# The same where both meet a rule with one company: rules fire seldom, and seldom twice without a common occasion.
UNKNOWN_TIME_OF_HITS = 9.0
SAME_PRINTS = 5  # of PRINTS: more than half of what the two texts hold stands in both


@dataclass(frozen=True, slots=True)
class Weighed:
    """A sketch as one snapshot weighs it."""

    sketch: Sketch
    snapshot: str  # the id of the snapshot
    happening: Mapping[str, float]  # common word → weight, by the form it is compared in; of length 1, or empty
    names: Mapping[str, float]  # likewise
    title: Mapping[str, float]  # the title's words with their bare weights
    common: tuple[str, ...]  # those of them that are common words
    told: float  # how much those weigh
    spelt: Mapping[str, str]  # every word, by the form it is compared in
    deeds: Mapping[str, float]  # what its headline says was done; of length 1, or empty
    prints: frozenset[int]
    hours: float | None  # its time, in hours


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two articles are, in log-odds."""

    content: float  # what they say
    time: float  # what the time between them takes away; 0 at the same instant
    same_text: bool = False


def weigh(sketch: Sketch, frequencies: Frequencies) -> Weighed:
    """The sketch with the weights that a snapshot gives its words."""
    spelt: dict[str, str] = {}
    title: dict[str, float] = {}
    common: list[str] = []
    happening: dict[str, float] = {}
    names: dict[str, float] = {}
    for word in sketch.title:
        form = stem(word)
        weight, ordinary = frequencies.look_up(form)
        spelt[form], title[form] = word, weight
        (happening if ordinary else names)[form] = weight * TITLE_COUNTS
        if ordinary:
            common.append(form)
    for word in sketch.text:
        form = stem(word)
        if form not in spelt:
            weight, ordinary = frequencies.look_up(form)
            spelt[form] = word
            (happening if ordinary else names)[form] = weight
    return Weighed(
        sketch=sketch,
        snapshot=frequencies.id,
        happening=_unit(happening),
        names=_unit(names),
        title=title,
        common=tuple(common),
        told=sum([title[form] for form in common]),
        spelt=spelt,
        deeds=_unit(dict.fromkeys(sketch.deeds.beside, BESIDE) | dict.fromkeys(sketch.deeds.main, 1.0)),
        prints=frozenset(sketch.prints),
        hours=sketch.at.timestamp() / 3600 if sketch.at else None,
    )


def _unit(vector: dict[str, float]) -> dict[str, float]:
    length = sqrt(sum([weight * weight for weight in vector.values()]))
    return {word: weight / length for word, weight in vector.items()} if length else {}


def likeness(a: Weighed, b: Weighed) -> Likeness:
    """How likely it is that the two tell of one event."""
    found = signals(a, b)
    content = sum([weight * signal for weight, signal in zip(WEIGHTS[:-1], found[:-1], strict=True)], BIAS)
    same = same_text(a, b)
    return Likeness(content + certain(a, b, same=same), WEIGHTS.time * found.time, same)


def signals(a: Weighed, b: Weighed) -> Signals:
    """What the two have in common; the same whichever is named first."""
    happening = _cosine(a.happening, b.happening)
    one, other = a.sketch.deeds.actor, b.sketch.deeds.actor
    return Signals(
        happening,
        # Where one names nobody, its other words speak for the names, too.
        _cosine(a.names, b.names) if a.names and b.names else happening,
        (_told(a, b) + _told(b, a)) / 2,
        min(1.0, _shared(a, b) / PLENTY),
        _cosine(a.deeds, b.deeds),
        float(one is not None and one == other),
        float(differ(one, other)),
        log1p(_between(a, b) / HOURS),
    )


def certain(a: Weighed, b: Weighed, *, same: bool) -> float:
    """What is set by hand; `same`: the two are one text."""
    one, other = a.sketch, b.sketch
    quoted = one.quotations and other.quotations and not set(one.quotations).isdisjoint(other.quotations)
    if same:
        return SAME_TEXT + (QUOTED if quoted else 0.0)
    another = one.series and other.series and other_of_series(one, other)
    return (QUOTED if quoted else 0.0) + (OTHER_OF_SERIES if another else 0.0)


def _cosine(a: Mapping[str, float], b: Mapping[str, float]) -> float:
    if len(b) < len(a):
        a, b = b, a
    return min(1.0, sum([weight * b[word] for word, weight in a.items() if word in b]))


def _told(of: Weighed, by: Weighed) -> float:
    return sum([of.title[word] for word in of.common if word in by.spelt]) / of.told if of.told else UNTOLD


def _shared(a: Weighed, b: Weighed) -> float:
    mine = sum([weight for word, weight in a.title.items() if word in b.spelt])
    return mine + sum([weight for word, weight in b.title.items() if word in a.spelt and word not in a.title])


def _between(a: Weighed, b: Weighed) -> float:
    if a.hours is not None and b.hours is not None:
        return abs(a.hours - b.hours)
    one, other = a.sketch, b.sketch
    met = set(one.companies) & set(other.companies) and set(one.topics) & set(other.topics)
    return UNKNOWN_TIME_OF_HITS if met else UNKNOWN_TIME


def same_text(a: Weighed, b: Weighed) -> bool:
    """Whether the two are one text, give or take a line: a repost, a second feed of the same outlet.

    Method: the smallest hashes of both estimate how much of what they hold stands in both (A. Broder, "On the
    resemblance and containment of documents", 1997).
    """
    both = a.prints & b.prints
    if not both:
        return False
    smallest = sorted(a.prints | b.prints)[:PRINTS]
    return sum([value in both for value in smallest]) >= min(SAME_PRINTS, len(smallest))


def other_of_series(one: Sketch, other: Sketch) -> bool:
    """Whether each tells of another of one series: two quarters, two packages."""
    return any(
        of_one.isdisjoint(of_other)
        for kind, of_one in _by_kind(one.series).items()
        if (of_other := _by_kind(other.series).get(kind))
    )


def _by_kind(series: tuple[str, ...]) -> dict[str, set[str]]:
    kinds: dict[str, set[str]] = {}
    for item in series:
        number, _, kind = item.partition(" ")
        kinds.setdefault(kind, set()).add(number)
    return kinds


def chance(odds: float) -> float:
    """Log-odds as a probability, 0-1."""
    return 1 / (1 + exp(-odds)) if odds > -50 else 0.0


def shared_words(a: Weighed, b: Weighed, most: int = 5) -> list[str]:
    """The words that make two articles alike, as the first spells them, the weightiest first."""
    both = {
        form: mine[form] * theirs[form]
        for mine, theirs in ((a.happening, b.happening), (a.names, b.names))
        for form in mine
        if form in theirs
    }
    ranked = sorted(both, key=lambda form: (-both[form], form))[:most]
    return [a.spelt[form].lstrip("#") for form in ranked]
