"""`make eval`: how good the shipped rules and the stories are, on labelled articles and on a pile of unlabelled ones.

Runs the real `riskbot scan` and prints one table; writes nothing here. The articles lie beside the repository (or where
RISKBOT_SHARED says) and are no part of it; without them there is nothing to measure, which is said and no failure.

    python -m bench.quality [--rules DIR] [--misses] [--false] [--adjacent] [--bulk-hits N] [--no-bulk] [--trial]
                            [--no-stories] [--pairs]
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from bench import stories
from bench.claims import claim_figures, origin_figures
from bench.running import EVAL, ROOT, Labelled, as_line, row, scanned
from bench.scoring import OTHER, Alarms, Hits, Names, Score, alarms, is_headline, score, topics
from riskbot.rulefiles.load import load_rules


def main() -> int:
    """Measure and print; 0 whatever the figures are."""
    asked = _arguments()
    if not (EVAL / "dev.jsonl").is_file():
        print(f"eval: skipped, the evaluation articles are not in {EVAL}")
        return 0
    names = _names(asked.rules)
    items = [json.loads(line) for line in (EVAL / "dev.jsonl").read_text(encoding="utf-8").splitlines()]
    with scanned((as_line(item, item["id"]) for item in items), asked.rules, trial=asked.trial) as lines:
        hits: dict[str, Hits] = {str(line["id"]): line["hits"] for line in lines}
    result = score(items, hits, names)
    _show_score(result, names.unknown(name for item in items for name in item["company"]))
    by_id = {str(item["id"]): item for item in items}
    if asked.misses:
        _list("missed", result.missed, by_id, hits)
    if asked.false:
        _list("false", result.false, by_id, hits)
    if asked.adjacent:
        _list("adjacent, hit", result.adjacent_hit, by_id, hits)
    if not asked.no_stories:
        stories.show(items, asked.rules, list_pairs=asked.pairs, mixed=not asked.no_bulk)
    for figure in (*origin_figures(), *claim_figures()):
        row(*figure)
    if not asked.no_bulk and (EVAL / "bulk.jsonl.gz").is_file():
        _bulk(asked)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.quality", description="How good the rules are.")
    parser.add_argument("--rules", type=Path, default=ROOT / "rules", help="folder of rule files")
    parser.add_argument("--misses", action="store_true", help="list the core articles that were not found")
    parser.add_argument("--false", action="store_true", help="list the negative articles that were hit")
    parser.add_argument("--adjacent", action="store_true", help="list the adjacent articles that were hit")
    parser.add_argument("--bulk-hits", type=int, default=0, metavar="N", help="list so many hit articles of the pile")
    parser.add_argument("--no-bulk", action="store_true", help="leave the pile of unlabelled articles out")
    parser.add_argument("--trial", action="store_true", help="rules on trial count too")
    parser.add_argument("--no-stories", action="store_true", help="leave the stories out")
    parser.add_argument("--pairs", action="store_true", help="list the pairs joined wrongly and left apart wrongly")
    return parser.parse_args()


def _names(rules: Path) -> Names:
    companies = load_rules(rules, ROOT / "rules").rule_set.companies
    return Names((each.id, (each.name, *(term.text for term in each.aliases), *each.tickers)) for each in companies)


def _bulk(asked: argparse.Namespace) -> None:
    began = time.perf_counter()
    hit: dict[str, Hits] = {}
    with gzip.open(EVAL / "bulk.jsonl.gz", "rt", encoding="utf-8") as pile:
        given = (as_line(item, item["n"]) for item in map(json.loads, pile))
        with scanned(given, asked.rules, trial=asked.trial) as lines:
            result = alarms(_noted(lines, hit))
    _show_alarms(result, time.perf_counter() - began)
    if asked.bulk_hits:
        # Those the bot is for first; the rest by topic.
        wanted = sorted(hit, key=lambda id_: (not is_headline(hit[id_]), sorted(topics(hit[id_]))))
        wanted = wanted[: asked.bulk_hits]
        ids = set(wanted)
        with gzip.open(EVAL / "bulk.jsonl.gz", "rt", encoding="utf-8") as pile:
            chosen = {str(item["n"]): item for item in map(json.loads, pile) if str(item["n"]) in ids}
        _list("bulk, hit", wanted, chosen, hit)


def _noted(lines: Iterable[Labelled], hit: dict[str, Hits]) -> Iterator[tuple[str, Hits]]:
    for line in lines:
        if line["hits"]:
            hit[str(line["id"])] = line["hits"]
        yield str(line["id"]), line["hits"]


# ── what is shown ────────────────────────────────────────────────────────────────────────────────────────────────


def _show_score(result: Score, unknown: list[str]) -> None:
    row("figure", "measured", "goal", "of")
    found = result.wanted - len(result.missed)
    row("recall, core with company and topic word", f"{result.recall:.3f}", "≥ 0.95", f"{found} of {result.wanted}")
    hits = result.true + len(result.false)
    row("precision, core and negative", f"{result.precision:.3f}", "≥ 0.90", f"{result.true} of {hits} hit")
    row("adjacent articles hit", str(len(result.adjacent_hit)), "", f"of {result.adjacent}")
    if unknown:
        row("labelled names no shipped company goes by", str(len(unknown)), "", ", ".join(unknown))


def _show_alarms(result: Alarms, seconds: float) -> None:
    main_hits = len(result.headline)
    note = f"{main_hits} of {result.articles:,}"
    row("bulk, articles hit of 10,000", f"{result.rate(main_hits):.2f}", "≤ 4", note)
    row("  and by these alone", f"{result.rate(result.other):.2f}", "", f"{result.other}: {', '.join(sorted(OTHER))}")
    for kind, counts in (("topic", result.by_topic), ("rule", result.by_rule)):
        for name, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
            row(f"  {kind} {name}", f"{result.rate(count):.2f}", "", str(count))
    row("bulk, articles a second, unpacking included", f"{result.articles / seconds:,.0f}")


def _list(head: str, ids: Iterable[str], items: Mapping[str, Mapping[str, Any]], hits: Mapping[str, Hits]) -> None:
    ids = list(ids)
    print(f"\n── {head}: {len(ids)} " + "─" * 60)
    for id_ in ids:
        item = items[id_]
        print(f"\n{id_}  {item.get('source') or item.get('feed') or ''}  {item.get('published') or ''}")
        for key in ("company", "topics", "topic_explicit", "note"):
            if item.get(key):
                print(f"  {key}: {item[key] if isinstance(item[key], str) else ', '.join(item[key])}")
        for field in ("title", "text"):
            spans = [span for hit in hits.get(id_, ()) for span in hit["spans"] if span["field"] == field]
            print(f"  {field}: {_marked(item.get(field) or '', spans)}")
        for hit in hits.get(id_, ()):
            evidence = ", ".join(dict.fromkeys(f"{s['term']} [{s['topic'] or 'company'}]" for s in hit["spans"]))
            print(f"  → {hit['rule']} · {hit['company_name']} · {hit['modality']} · {hit['score']} · {evidence}")


def _marked(text: str, spans: Iterable[Mapping[str, Any]], most: int = 600) -> str:
    """The text with what matched between brackets."""
    for start, end in sorted({(span["start"], span["end"]) for span in spans}, reverse=True):
        text = f"{text[:start]}⟦{text[start:end]}⟧{text[end:]}"
    return text if len(text) <= most else text[:most] + "…"


if __name__ == "__main__":
    raise SystemExit(main())
