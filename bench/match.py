"""`make bench`: how fast articles are matched, how much of that is the engine, and how soon a watchlist is ready.

Everything runs on one core of this machine, and figures are medians of several runs. How companies, rules and
articles are made stands in `bench/making.py`; what was seen, in `bench/README.md`. Writes nothing but temporary files.

    python -m bench.match [--articles N] [--runs N] [--no-peers] [--no-start]
"""

from __future__ import annotations

import argparse
import csv
import gc
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median

from bench.making import articles, companies, rule_set, topics
from bench.peers import peers
from riskbot.matching.haystack import Haystack
from riskbot.matching.match import Matcher
from riskbot.matching.rules import RuleSet

ROOT = Path(__file__).resolve().parent.parent
PILE = Path(os.environ.get("RISKBOT_SHARED") or ROOT.parent / "shared") / "eval" / "bulk.jsonl.gz"
SIZES = (10, 1_000, 10_000, 100_000)
START = """
import resource, sys, time
begin = time.perf_counter()
from pathlib import Path
from riskbot.rulefiles.cache import load_ready
loaded = load_ready(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]) if sys.argv[3] else None)
status = Path("/proc/self/status")  # what the parent took counts in ru_maxrss, but not there
lines = status.read_text().splitlines() if status.exists() else []
peaks = [int(line.split()[1]) for line in lines if line.startswith("VmHWM")]
peak = (peaks or [resource.getrusage(resource.RUSAGE_SELF).ru_maxrss])[0] // 1024
print(time.perf_counter() - begin, peak, len(loaded.rule_set.companies), len(loaded.rule_set.rules))
"""


def microseconds(run: Callable[[], object], times: int, number: int) -> float:
    """The median over several runs, for one of the `number` things that a run does."""
    run()
    taken = []
    for _ in range(times):
        begin = time.process_time()
        run()
        taken.append((time.process_time() - begin) / number * 1e6)
    return median(taken)


def matching(number: int, runs: int, *, with_peers: bool) -> None:
    """The table of speeds."""
    news, what = articles(number, PILE)
    length = sum(len(article.text) for article in news) / len(news)
    print(f"{len(news)} articles of {length:.0f} characters ({what}); µs for one article, one core\n")
    print(f"{'N rules':>8} {'riskbot':>8} {'no hit':>8} {'a second':>9} {'automaton':>10} {'ratio':>6} {'hits':>5}")
    costs: dict[int, float] = {}
    for size in SIZES:
        matcher = Matcher(rule_set(size))
        gc.collect()
        gc.freeze()
        hits = sum(bool(matcher.match(article)) for article in news)
        costs[size] = microseconds(lambda m=matcher: [m.match(a) for a in news], runs, len(news))
        bare = automaton(matcher, [(a.title, a.text) for a in news], runs)
        quiet = [article for article in news if not matcher.match(article)]
        without = microseconds(lambda m=matcher, q=quiet: [m.match(a) for a in q], runs, len(quiet))
        ratio = costs[size] / bare
        print(
            f"{size:>8} {costs[size]:>8.1f} {without:>8.1f} {1e6 / costs[size]:>9.0f}",
            f"{bare:>10.1f} {ratio:>6.2f} {hits:>5}",
        )
        gc.unfreeze()
        del matcher
    print(f"\n100,000 / 1,000: {costs[100_000] / costs[1_000]:.2f}    100,000 / 10: {costs[100_000] / costs[10]:.2f}\n")
    if with_peers:
        print("peers, finding the same terms only (no companies, nearness, spans):")
        for size in SIZES:
            for name, found in peers(terms_of(rule_set(size)), size):
                if isinstance(found, str):
                    print(f"{size:>8} {name:<24} {found}")
                    continue
                few = news[:: 400 if name.startswith("re") else 20 if name.startswith("spaCy") else 5]
                cost = microseconds(lambda f=found, n=few: [f(a.text) for a in n], min(runs, 3), len(few))
                print(f"{size:>8} {name:<24} {cost:>10.1f}   {cost / costs[size]:>7.1f} times riskbot")
            gc.collect()


def automaton(matcher: Matcher, texts: Iterable[tuple[str, str]], runs: int) -> float:
    """The bare engine on texts that are folded already: what no rule, boundary or span can be cheaper than."""
    terms = matcher._vocabulary._terms
    haystacks = [Haystack(pair, exact=True) for pair in texts]
    folded, exact = ([h.folded.encode() for h in haystacks], [h.exact.encode() for h in haystacks])
    sides = [(terms._folded._automaton, folded), (terms._exact._automaton, exact)]

    def scan() -> None:
        for engine, raw in sides:
            if engine is not None:
                for each in raw:
                    engine.find_overlapping(each)

    return microseconds(scan, runs, len(haystacks))


def terms_of(rules: RuleSet) -> list[str]:
    """Everything that is looked for, as plain text."""
    named = [text for company in rules.companies for text in (*(t.text for t in company.aliases), *company.tickers)]
    return [*named, *(term.text for topic in rules.topics for term in topic.terms)]


def starting() -> None:
    """How soon rules are ready in a fresh process, and its peak memory."""
    with tempfile.TemporaryDirectory() as place:
        watchlist, own, cache = Path(place, "watchlist"), Path(place, "own"), Path(place, "cache")
        write_watchlist(watchlist)
        write_rules(own)
        print(f"{'to ready, in a fresh process, imports included':<66} {'s':>6} {'MB':>5}")
        started("100,000 companies from CSV under the shipped rules, no cache", watchlist)
        started("the same, filling the cache", watchlist, cache)
        for _ in range(3):
            started("the same, from the cache", watchlist, cache)
        started("10,000 rules of their own in YAML, no cache", own)


def started(what: str, folder: Path, cache: Path | str = "") -> None:
    command = [sys.executable, "-c", START, str(folder), str(ROOT / "rules"), str(cache)]
    said = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()
    print(f"{what:<66} {float(said[0]):>6.2f} {said[1]:>5}   {said[2]} companies, {said[3]} rules")


def write_watchlist(folder: Path) -> None:
    """The shipped rules and a CSV of a hundred thousand companies."""
    shutil.copytree(ROOT / "rules", folder)
    (folder / "suppliers.yaml").write_text("companies_from: suppliers.csv\n", encoding="utf-8")
    with (folder / "suppliers.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "name", "aliases", "tickers", "tags"])
        for company in companies(100_000):
            names = "|".join(term.text for term in company.aliases)
            rows.writerow([f"bench-{company.id}", company.name, names, company.tickers[0], "supplier"])


def write_rules(folder: Path) -> None:
    """Ten thousand companies, each with a rule of its own, in YAML."""
    folder.mkdir()
    lines = ["topics:"]
    for topic in topics():
        lines += [f"  - id: {topic.id}", f"    terms: [{', '.join(term.written for term in topic.terms)}]"]
    lines.append("companies:")
    for company in companies(10_000):
        lines += [f"  - id: {company.id}", f"    name: {company.name}"]
        lines += [f"    aliases: [{company.aliases[1].written}]", f"    tickers: [{company.tickers[0]}]"]
    lines.append("rules:")
    for company in companies(10_000):
        lines += [f"  - title: {company.name} and the military ({company.id})", f"    companies: [{company.id}]"]
        lines.append("    topics: [military]")
    (folder / "watch.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    """Print the tables."""
    options = argparse.ArgumentParser(description="How fast articles are matched.")
    options.add_argument("--articles", type=int, default=2_000)
    options.add_argument("--runs", type=int, default=5)
    options.add_argument("--no-peers", action="store_true")
    options.add_argument("--no-start", action="store_true")
    chosen = options.parse_args()
    matching(chosen.articles, chosen.runs, with_peers=not chosen.no_peers)
    if not chosen.no_start:
        print()
        starting()


if __name__ == "__main__":
    main()
