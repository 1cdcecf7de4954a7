"""Make the table of word frequencies that riskbot ships, from the unlabelled articles of the evaluation.

    python -m bench.frequencies [TO]

Only words that stand in at least ten articles are kept, with their counts rounded to two digits: no text can be read
out of it. The articles lie beside the repository (or where RISKBOT_SHARED says) and are no part of it.
"""

from __future__ import annotations

import gzip
import json
import os
import sys
from pathlib import Path

from riskbot.stories.frequencies import Frequencies, Tally, learned, shortened

ROOT = Path(__file__).resolve().parent.parent
PILE = Path(os.environ.get("RISKBOT_SHARED") or ROOT.parent / "shared") / "eval" / "bulk.jsonl.gz"
SHIPPED = ROOT / "riskbot" / "stories" / "frequencies.tsv.gz"


def main() -> int:
    """Count and write; 1 where there is nothing to count."""
    if not PILE.is_file():
        print(f"frequencies: the articles are not in {PILE}", file=sys.stderr)
        return 1
    tally = Tally()
    with gzip.open(PILE, "rt", encoding="utf-8") as pile:
        tally.add_all((item["title"] or "", item["text"] or "") for item in map(json.loads, pile))
    made = shortened(learned(Frequencies(), tally, 0, "start"))
    to = Path(sys.argv[1]) if len(sys.argv) > 1 else SHIPPED
    to.write_bytes(made.to_bytes())
    print(f"{to}: {len(made.counts):,} words of {made.documents:,} articles, {to.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
