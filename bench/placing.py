"""What it costs to place an article in a story.

    python -m bench.placing [--live 1000,10000,100000] [--rounds N]   in memory, as `riskbot scan` has them
    python -m bench.placing --database 1000,10000,100000              in SQLite, as `riskbot run` has them

CPU time, on articles of the unlabelled pile, whose headlines are mixed with one another until there are enough
different ones; half of the articles that are placed have a hit. In memory all stories lie within the time that one
lives. In the database they are of the last thirty days, some of one article and some of eight, and no sketch was
unpacked before: real news, which is met again and again, costs less.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median
from time import process_time

from sqlalchemy import insert, text
from sqlmodel import Session

from bench.running import EVAL, Labelled, row
from bench.stories import FREQUENCIES, pile
from riskbot.matching.match import Matcher
from riskbot.matching.rules import RuleSet
from riskbot.mind import Mind
from riskbot.model import Article, Reading
from riskbot.store import upgrade
from riskbot.store.base import table_of
from riskbot.store.engine import open_engine
from riskbot.store.nominees import KEY, candidates, hour_of
from riskbot.store.stories import PLACE
from riskbot.store.story_tables import StoryRow
from riskbot.stories.frequencies import Frequencies
from riskbot.stories.keys import keys
from riskbot.stories.live import LiveStories
from riskbot.stories.outlets import Outlets
from riskbot.stories.placing import Candidate, place
from riskbot.stories.sketch import Sketch, pack, sketch

QUIET_AFTER = timedelta(hours=72)
KEPT = timedelta(days=30)  # of the stories in the database
LENGTHS = (1, 1, 1, 1, 2, 3, 8)  # articles of a story, as often as they stand here
ASKED = 500  # articles that are placed
WARM = 100  # of them that do not count: the database's own caches fill up
START = datetime(2023, 11, 1, tzinfo=UTC)


def main() -> int:
    """Print what placing costs; 0 whatever the figures are."""
    parser = argparse.ArgumentParser(prog="bench.placing", description="What placing an article in a story costs.")
    parser.add_argument("--live", default="1000,10000,100000", help="numbers of live stories, comma-separated")
    parser.add_argument("--rounds", type=int, default=5, help="how often 500 articles of each kind are placed")
    parser.add_argument("--database", default="", help="numbers of stories in a database instead, comma-separated")
    asked = parser.parse_args()
    if not (EVAL / "bulk.jsonl.gz").is_file():
        print(f"placing: skipped, the evaluation articles are not in {EVAL}")
        return 0
    frequencies = Frequencies.from_bytes(FREQUENCIES.read_bytes())
    articles = list(pile())
    if asked.database:
        costs = [_stored(int(live), articles, frequencies) for live in asked.database.split(",")]
    else:
        costs = [_cost(int(live), asked.rounds, articles, frequencies) for live in asked.live.split(",")]
    row("the last against the first", f"{costs[-1] / costs[0]:.1f} ×")
    return 0


# ── in memory ────────────────────────────────────────────────────────────────────────────────────────────────────


def _cost(live: int, rounds: int, articles: Sequence[Labelled], frequencies: Frequencies) -> float:
    chance = Random(live)
    stories = LiveStories(QUIET_AFTER, frequencies, most=10**9)
    began, tried = process_time(), 0
    while len(stories) < live:
        stories.place(_mixed(articles, chance, tried, tried % 4 == 0), opens=True)
        tried += 1
    filled = (process_time() - began) / tried
    row(f"{live:,} live stories: filling, sketches too", f"{1000 * filled:.2f} ms", "", f"{tried:,} articles")
    worst = 0.0
    for hit in (True, False):
        taken = []
        for turn in range(rounds):  # other articles each time: nothing is compared that was compared before
            sketches = [_mixed(articles, chance, -n - 500 * turn, hit) for n in range(500)]
            taken.append([_timed(stories, each) for each in sketches])
        middle = median(median(times) for times in taken)
        slow = median(sorted(times)[len(times) * 95 // 100] for times in taken)
        name = "an article with a hit" if hit else "an article without"
        row(f"  {name}, median", f"{1000 * middle:.2f} ms", "≤ 2 ms", f"95 of 100 within {1000 * slow:.2f} ms")
        worst = max(worst, middle)
    return worst


def _timed(stories: LiveStories, asked: Sketch) -> float:
    began = process_time()
    stories.place(asked, opens=False)
    return process_time() - began


# ── in a database ────────────────────────────────────────────────────────────────────────────────────────────────


def _stored(live: int, articles: Sequence[Labelled], frequencies: Frequencies) -> float:
    chance = Random(live)
    mind = Mind(Matcher(RuleSet()), Outlets(), frequencies=frequencies)
    with tempfile.TemporaryDirectory() as folder:
        address = f"sqlite:///{Path(folder, 'stories.db')}"
        upgrade(address)
        engine = open_engine(address)
        with Session(engine) as session:
            _fill(session, live, articles, chance, frequencies)
            taken = []
            for number in range(ASKED + WARM):
                own = _mixed(articles, chance, -number - 1, number % 2 == 0, KEPT)
                began = process_time()
                found = candidates(session, own, keys(own, frequencies))
                among = [Candidate(n.story, [mind.weigh(each) for each in n.sketches], n.articles) for n in found]
                place(mind.weigh(own), among, opens=False, quiet_after=QUIET_AFTER)
                taken.append(process_time() - began)
        engine.dispose()
    counted = sorted(taken[WARM:])
    note = f"95 of 100 within {1000 * counted[len(counted) * 95 // 100]:.2f} ms"
    row(f"{live:,} stories in SQLite, median", f"{1000 * median(counted):.2f} ms", "≤ 2 ms", note)
    return median(counted)


def _fill(session: Session, live: int, articles: Sequence[Labelled], chance: Random, frequencies: Frequencies) -> None:
    connection = session.connection()
    connection.execute(text("PRAGMA defer_foreign_keys = ON"))  # the articles themselves are not needed
    for story in range(1, live + 1):
        first = _mixed(articles, chance, story, story % 4 == 0, KEPT)
        assert first.at is not None  # made so
        places, found = [], set()
        for joined in range(chance.choice(LENGTHS)):
            each = replace(first, article=f"{story}-{joined}", at=first.at + timedelta(hours=joined))
            place_ = {"article": each.article, "story": story, "joined": joined + 1, "at": each.at}
            places.append(place_ | {"similarity": 0.0, "why": "", "sketch": pack(each)})
            found.update((key, hour_of(first.at + timedelta(hours=joined))) for key in keys(each, frequencies))
        opened = {"id": story, "level": "low", "score": 0, "opened_at": first.at, "last_at": first.at}
        connection.execute(insert(table_of(StoryRow)), opened)
        connection.execute(insert(PLACE), places)
        connection.execute(insert(KEY), [{"key": key, "hour": hour, "story": story} for key, hour in found])


# ── articles ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _mixed(
    articles: Sequence[Labelled], chance: Random, number: int, hit: bool, within: timedelta = QUIET_AFTER
) -> Sketch:
    """An article nobody wrote: half of one headline, half of another, the text of a third."""
    one, two, three = (chance.choice(articles) for _ in range(3))
    head, tail = (one["title"] or "").split(), (two["title"] or "").split()
    title = " ".join((*head[: len(head) // 2 + 1], *tail[len(tail) // 2 :]))
    at = START + within * chance.random()
    made = sketch(Reading(Article(f"made-{number}", title, three["text"] or "", published=at)))
    return replace(made, companies=(f"company-{chance.randrange(300)}",)) if hit else made


if __name__ == "__main__":
    sys.exit(main())
