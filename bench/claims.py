"""How often origins and claims are read right: against the labels, and against sentences written for the purpose.

The labels are ids, offsets and classes (`bench/labels/README.md`); the articles lie beside the repository, and without
them only the written sentences can be measured. What is read is what the program reads, in the order in which it does:
hits, then the origin, then the claims.

    python -m bench.claims [--rules DIR] [--misses] [--cost]
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from riskbot.matching.match import Matcher
from riskbot.model import Article, Claim
from riskbot.rulefiles.load import load_rules
from riskbot.stories.claims import ClaimReader, about
from riskbot.stories.origins import credit
from riskbot.stories.outlets import Outlets
from riskbot.text.furniture import find as find_furniture
from riskbot.text.sentences import sentences

ROOT = Path(__file__).resolve().parent.parent
LABELS = Path(__file__).resolve().parent / "labels"
EVAL = Path(os.environ.get("RISKBOT_SHARED") or ROOT.parent / "shared") / "eval"
Row = tuple[str, str, str, str]  # what, measured, goal, of what
NOBODY = "-"


@dataclass(slots=True)
class Tally:
    """Right, wrong and missed."""

    right: int = 0
    sentences: int = 0
    exact: int = 0  # of them those of which nothing was missed and nothing added
    wrong: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    def note(self, wanted: set[str], found: set[str], what: str) -> None:
        """Count what was found against what was wanted, each status by itself."""
        self.sentences += 1
        self.exact += wanted == found
        self.right += len(wanted & found)
        self.wrong += [f"{each}: {what}" for each in sorted(found - wanted)]
        self.missed += [f"{each}: {what}" for each in sorted(wanted - found)]

    @property
    def precision(self) -> float:
        return self.right / (self.right + len(self.wrong)) if self.right or self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + len(self.missed)) if self.right or self.missed else 1.0


class Eyes:
    """The shipped rules, outlets and claim terms, compiled."""

    def __init__(self, rules: Path = ROOT / "rules") -> None:
        loaded = load_rules(rules, ROOT / "rules")
        self.matcher, self.outlets = Matcher(loaded.rule_set), Outlets(loaded.outlets)
        self.claims = ClaimReader(loaded.claims)

    def read(self, article: Article) -> tuple[str | None, tuple[Claim, ...]]:
        """The origin that an article names and the claims that it makes."""
        origin = credit(article, self.outlets).origin
        return origin, self.claims.read(article, about(self.matcher.match(article)), origin)


def origin_figures(eyes: Eyes | None = None, misses: list[str] | None = None) -> list[Row]:
    """The share of labelled items whose origin is read right; empty where the items are not here."""
    items = _items()
    eyes = eyes or Eyes()
    right = rows = 0
    for id_, wanted in _table("origins.tsv"):
        if id_ not in items:
            continue
        found = eyes.read(_article(items[id_]))[0] or NOBODY
        rows += 1
        right += found == wanted
        if found != wanted and misses is not None:
            misses.append(f"{id_}: wanted {wanted}, found {found}")
    if not rows:
        return []
    return [("origin right, where the text names one", f"{right / rows:.3f}", "≥ 0.95", f"{right} of {rows}")]


def claim_figures(eyes: Eyes | None = None, misses: list[str] | None = None) -> list[Row]:
    """How claims are read: the labelled sentences where the items are here, and the written ones."""
    eyes = eyes or Eyes()
    rows: list[Row] = []
    items = _items()
    if items:
        rows += _rows("claim statuses", _labelled(eyes, items), "≥ 0.95", "≥ 0.85", misses)
    for half in ("open", "aside"):
        tallies, speakers = _written(eyes, half)
        for name, tally in tallies.items():
            shown = _rows(f"written, {half}: {name}", tally, "", "", misses)
            trap = (f"written, {half}: {name} passed", "", "", _of(tally.exact, tally.sentences))
            rows += [trap] if name == "traps" else shown
        rows.append((f"written, {half}: speakers right", f"{speakers[0] / speakers[1]:.3f}", "", _of(*speakers)))
    return rows


def _rows(name: str, tally: Tally, precise: str, complete: str, misses: list[str] | None) -> list[Row]:
    if misses is not None:
        misses += [f"{name}, wrong: {each}" for each in tally.wrong] + [
            f"{name}, missed: {each}" for each in tally.missed
        ]
    found, there = tally.right + len(tally.wrong), tally.right + len(tally.missed)
    precision = (f"{name}, precision", f"{tally.precision:.3f}", precise, _of(tally.right, found))
    return [precision, (f"{name}, recall", f"{tally.recall:.3f}", complete, _of(tally.right, there))]


def _of(right: int, whole: int) -> str:
    return f"{right} of {whole}"


def _labelled(eyes: Eyes, items: Mapping[str, Mapping[str, Any]]) -> Tally:
    tally = Tally()
    read: dict[str, tuple[Claim, ...]] = {}
    for id_, offset, statuses in _table("claims.tsv"):
        if id_ not in items:
            continue
        article = _article(items[id_])
        if id_ not in read:
            read[id_] = eyes.read(article)[1]
        sentence = _sentence(article, int(offset))
        tally.note(_statuses(statuses), {str(c.status) for c in read[id_] if c.sentence == sentence}, f"{id_} {offset}")
    return tally


def _sentence(article: Article, offset: int) -> str:
    """The sentence that holds an offset; -1 is the title."""
    if offset < 0:
        return article.title
    return next(article.text[start:end] for start, end in sentences(article.text) if start <= offset < end)


def _written(eyes: Eyes, half: str) -> tuple[dict[str, Tally], tuple[int, int]]:
    """The tally of each group of written sentences, and how many speakers are right of how many."""
    tallies: dict[str, Tally] = {}
    right = whole = 0
    for of_half, group, statuses, speakers, company, sentence in _table("written.tsv"):
        if of_half != half:
            continue
        found = eyes.claims.read(Article("w", "", sentence), [] if company == NOBODY else [company])
        wanted = _statuses(statuses)
        name = "traps" if group == "trap" else group
        tallies.setdefault(name, Tally()).note(wanted, {str(c.status) for c in found}, sentence)
        for status, names in _speakers(speakers).items():
            said = {claim.speaker or NOBODY for claim in found if claim.status == status}
            whole += bool(said)
            right += said == names
    return tallies, (right, whole)


def _statuses(written: str) -> set[str]:
    return set() if written == NOBODY else set(written.split(","))


def _speakers(written: str) -> dict[str, set[str]]:
    """`denied=Norvik Steel;unverified=A,B`: status → who says so."""
    parts = [] if written == NOBODY else [part.partition("=") for part in written.split(";")]
    return {status: set(names.split(",")) for status, _, names in parts}


def _table(name: str) -> Iterator[list[str]]:
    lines = (LABELS / name).read_text(encoding="utf-8").splitlines()
    return (line.split("\t") for line in lines[1:])


def _items() -> dict[str, Mapping[str, Any]]:
    file = EVAL / "dev.jsonl"
    if not file.is_file():
        return {}
    return {item["id"]: item for item in map(json.loads, file.read_text(encoding="utf-8").splitlines())}


def _article(item: Mapping[str, Any]) -> Article:
    return Article(
        id=str(item["id"]),
        title=item.get("title") or "",
        text=item.get("text") or "",
        url=item.get("url"),
        outlet=item.get("source"),
    )


def cost(eyes: Eyes, characters: int = 2000, articles: int = 300, rounds: int = 5) -> list[Row]:
    """Microseconds for an article of so many characters, real news laid end to end; processor time, the best round."""
    pile = " ".join(" ".join(str(item.get("text") or "").split()) for item in _items().values())
    texts = [pile[n * characters : (n + 1) * characters] for n in range(min(articles, len(pile) // characters))]
    if not texts:
        return []
    made = [Article("a", text[:80], text) for text in texts]

    def best(work: Any, given: list[Any]) -> str:
        found = []
        for _ in range(rounds):
            began = time.process_time()
            for each in given:
                work(each)
            found.append((time.process_time() - began) / len(given) * 1e6)
        return f"{min(found):.0f} µs"

    def furnished(article: Article) -> None:
        find_furniture.cache_clear()
        eyes.claims.read(article)

    of = f"{len(texts)} texts of {characters:,} characters"
    looked = best(find_furniture.__wrapped__, texts)
    return [
        ("sentences alone", best(sentences, texts), "", of),
        ("page furniture alone, which hits and origin need too", looked, "", of),
        ("claims, furniture looked for anew", best(furnished, made), "", of),
    ]


def main() -> int:
    """Measure and print; 0 whatever the figures are."""
    parser = argparse.ArgumentParser(prog="bench.claims", description="How often origins and claims are read right.")
    parser.add_argument("--rules", type=Path, default=ROOT / "rules", help="folder of rule files")
    parser.add_argument("--misses", action="store_true", help="list what was read wrong or not at all")
    parser.add_argument("--cost", action="store_true", help="measure the time, too")
    asked = parser.parse_args()
    eyes = Eyes(asked.rules)
    misses: list[str] | None = [] if asked.misses else None
    for name, figure, goal, note in [
        *origin_figures(eyes, misses),
        *claim_figures(eyes, misses),
        *(cost(eyes) if asked.cost else ()),
    ]:
        print(f"{name:<64}{figure:>10}  {goal:<8}  {note}".rstrip())
    for each in misses or ():
        print(f"  {each}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
