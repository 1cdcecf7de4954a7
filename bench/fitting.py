"""Fit the weights by which two articles are told to be of one event, and check how far they hold elsewhere.

    python -m bench.fitting

Two sets of labelled pairs, by different hands' choice of article and of no common story: the strict pairs of the
development data, and `labels/pairs.tsv`, pairs of the unlabelled pile that share words (ids and labels only; 285 were
sampled by their likeness in words alone, 67 among those that a first version had joined).

Method: logistic regression with a little ridge, by Newton's method; every pair of stories of the development data
counts with the square root of its number of pairs, so that one big story does not decide. What is printed: weights
fitted to each set and to both; how well they tell the pairs of each apart (area under the ROC curve); and stories made
with weights and threshold fitted to one half of them (and to the pile's pairs) and measured on the other.

The weights in `riskbot/stories/similarity.py` are those fitted to both, rounded, but for the other actor's.
"""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import exp, sqrt

from bench.running import EVAL, ROOT, Labelled
from bench.scoring import Grouping, Pair, grouping, halves
from bench.stories import FREQUENCIES, labelled_pairs, pile, time_of
from riskbot.matching.match import Matcher
from riskbot.model import Article, Reading
from riskbot.rulefiles.load import load_rules
from riskbot.stories.frequencies import Frequencies
from riskbot.stories.placing import Candidate, average, nearest
from riskbot.stories.similarity import BIAS, WEIGHTS, Likeness, Signals, Weighed, certain, same_text, signals, weigh
from riskbot.stories.sketch import sketch
from riskbot.usecases.lines import published

RIDGE = 1.0
SPLITS = 6
LATEST = timedelta(days=10)  # pairs further apart say nothing but that time passes
_GRID = [step / 10 for step in range(-10, 7)]  # thresholds that are tried, in log-odds


@dataclass(frozen=True, slots=True)
class Sample:
    """A labelled pair, as the regression takes it."""

    signals: tuple[float, ...]  # and 1 for the bias
    one_event: bool
    group: tuple[str, str]  # the stories of the two; of a group with many pairs each counts for less


def main() -> int:
    """Print weights and figures; 0 whatever they are."""
    if not (EVAL / "dev.jsonl").is_file():
        print(f"fitting: skipped, the evaluation articles are not in {EVAL}")
        return 0
    frequencies = Frequencies.from_bytes(FREQUENCIES.read_bytes())
    items = [json.loads(line) for line in (EVAL / "dev.jsonl").read_text(encoding="utf-8").splitlines()]
    matcher = Matcher(load_rules(ROOT / "rules", ROOT / "rules").rule_set)
    weighed = {item["id"]: _weighed(item, frequencies, matcher) for item in items}
    labels = {item["id"]: item["story"] for item in items if item.get("story")}
    pairs = labelled_pairs()
    dev = _samples(weighed, pairs, labels)
    others = _samples(*_of_the_pile(frequencies), {})
    print(f"{'fitted to':<14}" + "".join(f"{name:>13}" for name in (*Signals._fields, "bias", "dev", "pile")))
    for name, samples in (("dev", dev), ("pile", others), ("both", dev + others)):
        _show(name, fit(samples), dev, others)
    _show("as shipped", (*WEIGHTS, BIAS), dev, others)
    _cross_validate(items, weighed, labels, pairs, dev, others)
    return 0


def _show(name: str, weights: Sequence[float], dev: Sequence[Sample], others: Sequence[Sample]) -> None:
    areas = (area(weights, dev), area(weights, others))
    print(f"{name:<14}" + "".join(f"{value:13.2f}" for value in weights) + "".join(f"{value:13.3f}" for value in areas))


def _weighed(item: Labelled, frequencies: Frequencies, matcher: Matcher | None = None) -> Weighed:
    made = Article(str(item.get("id")), item["title"] or "", item["text"] or "", published=published(item["published"]))
    return weigh(sketch(Reading(made, matcher.match(made) if matcher else ())), frequencies)


def _of_the_pile(frequencies: Frequencies) -> tuple[dict[str, Weighed], list[Pair]]:
    with (ROOT / "bench" / "labels" / "pairs.tsv").open(encoding="utf-8") as rows:
        pairs = [Pair(row["a"], row["b"], row["one_event"] == "1") for row in csv.DictReader(rows, delimiter="\t")]
    wanted = {id_ for pair in pairs for id_ in (pair.a, pair.b)}
    return {str(item["n"]): _weighed(item, frequencies) for item in pile() if str(item["n"]) in wanted}, pairs


def _samples(weighed: dict[str, Weighed], pairs: Sequence[Pair], labels: dict[str, str]) -> list[Sample]:
    found = []
    for pair in pairs:
        a, b = weighed[pair.a], weighed[pair.b]
        if a.hours and b.hours and abs(a.hours - b.hours) > LATEST / timedelta(hours=1):
            continue
        group = (labels.get(pair.a, pair.a), labels.get(pair.b, pair.b))
        found.append(Sample((*signals(a, b), 1.0), pair.one_story, group))
    return found


# ── the regression ───────────────────────────────────────────────────────────────────────────────────────────────


def fit(samples: Sequence[Sample]) -> tuple[float, ...]:
    """The weights of the signals, and the bias, under which the labels are likeliest."""
    sizes = Counter(sample.group for sample in samples)
    counts = [1 / sqrt(sizes[sample.group]) for sample in samples]
    many = len(samples[0].signals)
    weights = [0.0] * many
    for _ in range(30):
        slope = [RIDGE * weight if k < many - 1 else 0.0 for k, weight in enumerate(weights)]
        curve = [[RIDGE if j == k and k < many - 1 else 0.0 for j in range(many)] for k in range(many)]
        for sample, count in zip(samples, counts, strict=True):
            likely = 1 / (1 + exp(-_odds(weights, sample)))
            for k, signal in enumerate(sample.signals):
                slope[k] += count * (likely - sample.one_event) * signal
                for j, other in enumerate(sample.signals):
                    curve[k][j] += count * likely * (1 - likely) * signal * other
        weights = [weight - step for weight, step in zip(weights, _solved(curve, slope), strict=True)]
    return tuple(weights)


def _odds(weights: Sequence[float], sample: Sample) -> float:
    return sum(weight * signal for weight, signal in zip(weights, sample.signals, strict=True))


def _solved(rows: list[list[float]], right: list[float]) -> list[float]:
    """The solution of a system of linear equations, by elimination; the matrix is positive definite."""
    many = len(right)
    system = [[*row, value] for row, value in zip(rows, right, strict=True)]
    for k in range(many):
        for j in range(k + 1, many):
            factor = system[j][k] / system[k][k]
            system[j] = [a - factor * b for a, b in zip(system[j], system[k], strict=True)]
    found = [0.0] * many
    for k in reversed(range(many)):
        known = sum(system[k][j] * found[j] for j in range(k + 1, many))
        found[k] = (system[k][many] - known) / system[k][k]
    return found


def area(weights: Sequence[float], samples: Sequence[Sample]) -> float:
    """How often a pair of one event is taken for likelier than another pair."""
    one = [_odds(weights, sample) for sample in samples if sample.one_event]
    others = [_odds(weights, sample) for sample in samples if not sample.one_event]
    won = sum((a > b) + (a == b) / 2 for a in one for b in others)
    return won / (len(one) * len(others))


# ── on stories that nothing was fitted to ────────────────────────────────────────────────────────────────────────


def _cross_validate(
    items: Sequence[Labelled],
    weighed: dict[str, Weighed],
    labels: dict[str, str],
    pairs: Sequence[Pair],
    dev: Sequence[Sample],
    others: Sequence[Sample],
) -> None:
    ordered = [item["id"] for item in sorted(items, key=time_of)]
    found = {
        (a, b): (signals(weighed[a], weighed[b]), same_text(weighed[a], weighed[b]))
        for place, a in enumerate(ordered)
        for b in ordered[:place]
    }
    kin = [(labels.get(pair.a, ""), labels.get(pair.b, "")) for pair in pairs]
    results = []
    for seed in range(SPLITS):
        one, other = halves(labels, kin, seed)
        for fitted, measured in ((one, other), (other, one)):
            weights = _by_hand(fit([*(s for s in dev if fitted.intersection(s.group)), *others]))

            def likeness(a: str, b: str, weights: tuple[float, ...] = weights) -> Likeness:
                seen, same = found[a, b]
                content = sum(weight * signal for weight, signal in zip(weights, (*seen[:-1], 0.0, 1.0), strict=True))
                return Likeness(content + certain(weighed[a], weighed[b], same=same), weights[-2] * seen.time, same)

            stories = {step: _grouped(ordered, weighed, likeness, step) for step in _GRID}
            best = max(_GRID, key=lambda step: _merit(labels, stories[step], pairs, fitted))
            results.append((best, _of(labels, stories[best], pairs, measured)))
    many = len(results)
    print(f"\nfitted to one half of the stories and the pile, measured on the other half; {many} halves:")
    for name, figures in (
        ("B-cubed F1", [result.f1 for _, result in results]),
        ("merge pairs joined", [result.merged for _, result in results]),
        ("must-not-merge pairs joined", [result.mistaken for _, result in results]),
    ):
        print(f"{name:<30} average {sum(figures) / many:.3f}, from {min(figures):.3f} to {max(figures):.3f}")
    print(f"{'threshold, in log-odds':<30} {', '.join(f'{step:+.1f}' for step, _ in results)}")


def _by_hand(weights: tuple[float, ...]) -> tuple[float, ...]:
    place = Signals._fields.index("other_actor")
    return (*weights[:place], WEIGHTS.other_actor, *weights[place + 1 :])


def _grouped(
    ordered: Sequence[str], weighed: dict[str, Weighed], likeness: Callable[[str, str], Likeness], step: float
) -> dict[str, str]:
    stories: list[list[str]] = []
    told: dict[str, str] = {}
    for id_ in ordered:
        own = weighed[id_]
        best: tuple[float, int] | None = None
        for number, members in enumerate(stories):
            near = [m.sketch.article for m in nearest(own, Candidate("", [weighed[m] for m in members]).members)]
            odds = average([likeness(id_, member) for member in near], len(members))
            if odds >= step and (best is None or odds > best[0]):
                best = (odds, number)
        if best is None:
            stories.append([])
        number = len(stories) - 1 if best is None else best[1]
        stories[number].append(id_)
        told[id_] = str(number)
    return told


def _of(labels: dict[str, str], told: dict[str, str], pairs: Sequence[Pair], half: set[str]) -> Grouping:
    of_it = {id_: label for id_, label in labels.items() if label in half}
    return grouping(of_it, told, [p for p in pairs if labels.get(p.a) in half or labels.get(p.b) in half])


def _merit(labels: dict[str, str], told: dict[str, str], pairs: Sequence[Pair], half: set[str]) -> float:
    result = _of(labels, told, pairs, half)
    return result.f1 + (result.merged - result.mistaken) / 2


if __name__ == "__main__":
    sys.exit(main())
