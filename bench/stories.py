"""How well articles are put into stories; `bench.quality` prints it beside the rules. Costs: `bench.placing`."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from bench.running import EVAL, Labelled, as_line, row, scanned
from bench.scoring import Grouping, Pair, grouping, halves
from riskbot.usecases.lines import published

SHUFFLES = 5
SPLITS = 10
MIXED = 5_000  # articles of the pile among the labelled ones
FREQUENCIES = Path(__file__).resolve().parent.parent / "riskbot" / "stories" / "frequencies.tsv.gz"
_NEVER = datetime.max.replace(tzinfo=UTC)


def show(items: Sequence[Labelled], rules: Path, *, list_pairs: bool, mixed: bool) -> None:
    """Print the figures of the stories: in order of time, shuffled, on halves, and among articles of the pile."""
    labels = {item["id"]: item["story"] for item in items if item.get("story")}
    pairs = labelled_pairs()
    if not labels or not pairs:
        return
    ordered = sorted(items, key=time_of)  # stable: what has no date comes last, in the order of the file
    told = _stories(ordered, rules)
    result = grouping(labels, told, pairs)
    row(
        "stories: B-cubed F1",
        f"{result.f1:.3f}",
        "≥ 0.94",
        f"precision {result.precision:.3f}, recall {result.recall:.3f}",
    )
    row("  merge pairs joined", f"{result.merged:.3f}", "≥ 0.92", f"of {sum(pair.one_story for pair in pairs)}")
    row(
        "  must-not-merge pairs joined", f"{result.mistaken:.3f}", "≤ 0.08", f"of {sum(not p.one_story for p in pairs)}"
    )
    _show_shuffled(items, labels, pairs, rules)
    _show_halves(labels, told, pairs)
    if mixed and (EVAL / "bulk.jsonl.gz").is_file():
        among = sorted([*items, *_sample(MIXED)], key=time_of)
        row(f"  among {MIXED:,} articles of the pile", *_in_short(grouping(labels, _stories(among, rules), pairs)))
    if list_pairs:
        _list(result, {item["id"]: item for item in items})


def _show_shuffled(items: Sequence[Labelled], labels: Mapping[str, str], pairs: Sequence[Pair], rules: Path) -> None:
    results = []
    for seed in range(SHUFFLES):
        shuffled = Random(seed).sample(items, len(items))
        results.append(grouping(labels, _stories(shuffled, rules), pairs))
        row(f"  shuffled, seed {seed}", *_in_short(results[-1]))
    row("  shuffled, average B-cubed F1", f"{sum(result.f1 for result in results) / len(results):.3f}")


def _show_halves(labels: Mapping[str, str], told: Mapping[str, str | None], pairs: Sequence[Pair]) -> None:
    """How far the figures hang on which stories happen to be there."""
    kin = [(labels.get(pair.a, ""), labels.get(pair.b, "")) for pair in pairs]
    results = []
    for seed in range(SPLITS):
        for half in halves(labels, kin, seed):
            of_it = {id_: label for id_, label in labels.items() if label in half}
            mine = [pair for pair in pairs if labels.get(pair.a) in half or labels.get(pair.b) in half]
            results.append(grouping(of_it, told, mine))
    worst = Grouping(
        min(r.precision for r in results),
        min(r.recall for r in results),
        min(r.merged for r in results),
        max(r.mistaken for r in results),
    )
    f1 = min(result.f1 for result in results)
    row(f"  on halves of the stories, worst of {2 * SPLITS}", f"{f1:.3f}", "", _in_short(worst)[2])


def _in_short(result: Grouping) -> tuple[str, str, str]:
    return f"{result.f1:.3f}", "", f"merge {result.merged:.3f}, must-not-merge {result.mistaken:.3f}"


def labelled_pairs() -> list[Pair]:
    """The strict pairs of the development data; none where they are not."""
    file = EVAL / "dev_pairs.tsv"
    if not file.is_file():
        return []
    with file.open(encoding="utf-8") as lines:
        rows = [line for line in csv.DictReader(lines, delimiter="\t") if line["strictness"] == "strict"]
    return [Pair(line["id_a"], line["id_b"], line["label"] == "merge") for line in rows]


def time_of(item: Labelled) -> datetime:
    """By which items are put in order; what has no date comes last."""
    return published(item.get("published")) or _NEVER


def _stories(items: Sequence[Labelled], rules: Path) -> dict[str, str | None]:
    with scanned((as_line(item, item.get("id", item.get("n"))) for item in items), rules, stories="all") as lines:
        return {str(line["id"]): line["story"] for line in lines}


def pile() -> Iterator[Labelled]:
    """The unlabelled articles, one by one."""
    with gzip.open(EVAL / "bulk.jsonl.gz", "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _sample(most: int) -> list[Labelled]:
    everything = list(pile())
    return Random(0).sample(everything, min(most, len(everything)))


def _list(result: Grouping, items: Mapping[str, Labelled]) -> None:
    for head, pairs in (("joined wrongly", result.joined_wrongly), ("left apart wrongly", result.left_apart)):
        print(f"\n── {head}: {len(pairs)} pairs " + "─" * 50)
        for pair in pairs:
            for id_ in (pair.a, pair.b):
                print(f"{id_}  {items[id_]['published'] or '':<26}{items[id_]['title']}")
            print()
