"""What it costs to read a feed of which little is new. Run: `python -m bench.parse [--corpus N]`.

Three tables. One made feed of 50 items and about 150 kB, read as the poller reads it: by a child process, with the CPU
time of both processes counted together. The feeds of the shared corpus, where there is one, in this process alone: the
medians over those that can be taken apart, and over those of them with many items. And how many cannot, and why. Each
time is also given as how many times faster it is than a full parse: by feedparser as it comes, by feedparser as riskbot
calls it (without the work on markup that riskbot has no use for), and by riskbot reading the whole document into
entries. Entries are compared with those of a whole reading before anything is timed.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import io
import resource
import statistics
import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import feedparser

from riskbot.errors import FetchError
from riskbot.feeds.parse import parse, parse_new
from riskbot.feeds.pool import ParserPool
from tests.places import SHARED

URL = "https://news.example/feed.xml"
TYPE = "application/rss+xml; charset=utf-8"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
_CORPUS = SHARED / "feeds"
_PARAGRAPH = (
    "<p>The ministry said on Tuesday that the <a href='https://news.example/exports?a=1&amp;b=2'>export rules</a> "
    "would be read &ldquo;as they are written&rdquo;; shares of the company fell by 3.4% – the most since March.</p>\n"
)


def news(items: int = 50) -> bytes:
    """A newspaper's feed: a summary escaped, the text in CDATA, the usual modules."""
    made = "".join(_item(number) for number in range(items))
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/"
  xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"><channel>
<title>News Example – World</title><link>https://news.example/world</link><description>World news</description>
<language>en-gb</language><lastBuildDate>Mon, 17 Nov 2025 08:00:00 GMT</lastBuildDate>
<atom:link href="{URL}" rel="self" type="application/rss+xml"/>
{made}</channel></rss>
""".encode()


def _item(number: int) -> str:
    escaped = _PARAGRAPH.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"""<item><title>Ministry and company {number} differ over export rules – again</title>
<link>https://news.example/world/2025/nov/17/export-rules-{number}</link>
<guid isPermaLink="false">https://news.example/?p={90_000 + number}</guid>
<pubDate>Mon, 17 Nov 2025 {number % 24:02}:{number % 60:02}:00 GMT</pubDate><dc:creator>A. Reporter</dc:creator>
<category>World</category><category domain="https://news.example/tags">Trade &amp; industry</category>
<media:content url="https://img.news.example/{number}.jpg" width="460" type="image/jpeg">
<media:credit scheme="urn:ebu">Photograph: Agency</media:credit></media:content>
<description>{escaped}</description>
<content:encoded><![CDATA[{_PARAGRAPH * 9}]]></content:encoded></item>
"""


# What is measured, in the order of the tables.
_ROWS = {
    "comes": "feedparser, as it comes",
    "called": "feedparser, as riskbot calls it",
    "whole": "riskbot, the whole document",
    "all new": "riskbot, all items new",
    "3 new": "riskbot, 3 items new",
    "nothing new": "riskbot, nothing new",
    "same body": "riskbot, body unchanged: its hash",
}
_FULL = ("comes", "called", "whole")


def _feedparser(body: bytes, content_type: str, **options: bool) -> object:
    headers = {"content-location": URL, "content-type": content_type}
    return feedparser.parse(io.BytesIO(body), response_headers=headers, **options)


def _whole(body: bytes, content_type: str) -> object:
    return parse(body, url=URL, content_type=content_type, now=NOW, limit=10_000)


def cost(work: Callable[[], object], runs: int) -> float:
    """The median CPU time of some runs in this process, in seconds."""
    times = []
    for _ in range(runs):
        begun = time.process_time()
        work()
        times.append(time.process_time() - begun)
    return statistics.median(times)


def full(body: bytes, content_type: str, runs: int) -> dict[str, float]:
    """Seconds for the three ways of reading all of a document."""
    return {
        "comes": cost(lambda: _feedparser(body, content_type), runs),
        "called": cost(lambda: _feedparser(body, content_type, sanitize_html=False, resolve_relative_uris=False), runs),
        "whole": cost(lambda: _whole(body, content_type), runs),
        "same body": cost(lambda: hashlib.sha256(body).hexdigest(), runs * 20),
    }


def alone(body: bytes, content_type: str, runs: int) -> tuple[dict[str, float], int] | str:
    """Seconds for each way of reading one document in this process, and its items; or why it is parsed whole."""

    def new(known: frozenset[bytes]) -> object:
        return parse_new(body, url=URL, content_type=content_type, now=NOW, limit=10_000, known=known)

    first = parse_new(body, url=URL, content_type=content_type, now=NOW, limit=10_000, known=())
    if not first.items:
        return first.whole or "nothing in it"
    assert first.entries == _whole(body, content_type)
    hashes = [hash_ for hash_, _ in first.items]
    every, but_three = frozenset(hashes), frozenset(hashes[3:])
    return full(body, content_type, runs) | {
        "all new": cost(lambda: new(frozenset()), runs),
        "3 new": cost(lambda: new(but_three), runs),
        "nothing new": cost(lambda: new(every), runs * 5),
    }, len(hashes)


async def together(body: bytes, content_type: str, runs: int) -> dict[str, float]:
    """Seconds of this process and its child together, for what the poller has a child do."""

    async def ask(pool: ParserPool, known: Mapping[bytes, bytes]) -> Mapping[bytes, bytes]:
        parsed = await pool.parse(body, url=URL, content_type=content_type, now=NOW, known=known)
        return {hash_: key or b"" for hash_, key in parsed.items}

    async def spent(known: Mapping[bytes, bytes], times: int) -> float:
        """From an idle machine to an ended child: what a child takes to start is in it, too."""
        before, pool = _cpu(), ParserPool()
        for _ in range(times):
            await ask(pool, known)
        await pool.close()
        return _cpu() - before

    async def each(known: Mapping[bytes, bytes], times: int) -> float:
        rounds = [await spent(known, times + 5) - await spent(known, 5) for _ in range(3)]
        return statistics.median(rounds) / times

    pool = ParserPool()
    items = await ask(pool, {})
    await pool.close()
    but_three = dict(list(items.items())[3:])
    return {
        "all new": await each({}, runs * 3),
        "3 new": await each(but_three, runs * 20),
        "nothing new": await each(items, min(runs * 40, 480)),
    }


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def table(seconds: Mapping[str, float], ratios: Mapping[str, Mapping[str, float]]) -> None:
    print(f"  {'':<36}{'ms':>9}" + "".join(f"{f'÷ {name}':>12}" for name in ("comes", "called", "whole")))
    for name, title in _ROWS.items():
        print(f"  {title:<36}{seconds[name] * 1000:>9.3f}" + "".join(f"{ratios[name][one]:>11.1f}×" for one in _FULL))


def one_feed(runs: int) -> None:
    body = news()
    found = alone(body, TYPE, runs)
    assert not isinstance(found, str), found
    seconds = found[0] | asyncio.run(together(body, TYPE, runs))
    print(f"One feed of 50 items, {len(body) / 1000:.0f} kB, parent and child together ({runs} runs)")
    table(seconds, {name: {one: seconds[one] / seconds[name] for one in _FULL} for name in _ROWS})


def corpus(limit: int, runs: int) -> None:
    if not _CORPUS.is_dir():
        print(f"\nNo corpus at {_CORPUS.name}/ beside the repository: nothing to measure there.")
        return
    reasons: dict[str, Counter[str]] = {}
    apart: dict[int, list[bytes]] = {1: [], 10: []}  # by how many items they hold at least
    for path in (files := sorted(path for path in _CORPUS.glob("*/*/*") if path.is_file())):
        body, kind = path.read_bytes(), path.relative_to(_CORPUS).parts[0]
        reason, items = _reading(body)
        reasons.setdefault(kind, Counter())[reason] += 1
        if kind == "ok" and reason == "apart":
            for least, bodies in apart.items():
                if items >= least:
                    bodies.append(body)
    for least, bodies in apart.items():
        chosen = bodies[:: max(1, len(bodies) // limit)]
        measured = [found[0] for body in chosen if not isinstance(found := alone(body, "application/xml", runs), str)]
        print(f"\nFeeds of ok/ with {least} items or more: {len(measured)} of {len(bodies)} (medians over the feeds)")
        middle = {name: statistics.median(one[name] for one in measured) for name in _ROWS}
        table(
            middle,
            {
                name: {one: statistics.median(each[one] / each[name] for each in measured) for one in _FULL}
                for name in _ROWS
            },
        )
    fallbacks(reasons, files)


def _reading(body: bytes) -> tuple[str, int]:
    """How a document is read: apart, or why not; and how many items it holds."""
    try:
        found = parse_new(body, url=URL, content_type="application/xml", now=NOW, limit=10_000, known=())
    except FetchError as error:
        return f"refused: {error.reason}", 0
    return found.whole or ("apart" if found.items else "without items"), found.count


def fallbacks(reasons: Mapping[str, Counter[str]], files: list[Path]) -> None:
    print(f"\nTaken apart, parsed whole (and why), or refused: {len(files)} documents")
    kinds = sorted(reasons)
    print(f"  {'':<26}" + "".join(f"{kind:>11}" for kind in kinds))
    for reason, _ in sum((reasons[kind] for kind in kinds), Counter[str]()).most_common():
        print(f"  {reason:<26}" + "".join(f"{reasons[kind][reason]:>11}" for kind in kinds))


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--runs", type=int, default=9, help="of each measurement (default 9)")
    arguments.add_argument("--corpus", type=int, default=40, metavar="N", help="feeds of the corpus to time (40)")
    given = arguments.parse_args()
    one_feed(given.runs)
    corpus(given.corpus, max(3, given.runs // 3))


if __name__ == "__main__":
    main()
