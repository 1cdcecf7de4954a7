"""What it costs to read a feed of which little is new. Run: `python -m bench.parse [--corpus N]`.

Two tables: one made feed of 50 items and about 150 kB, and the feeds that lie in the shared corpus, where there is one,
with how many of them cannot be split and why. Times are medians of CPU time in this process; each is also given as how
many times faster it is than feedparser reading the whole. `nothing new` and `3 new` are what a poll costs once the
other items' hashes are known; `all new` is the price of the split itself, on top of a whole parse.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import statistics
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import feedparser

from riskbot.feeds.split import Refusal, Split, join, split
from tests.places import SHARED

URL = "https://news.example/feed.xml"
TYPE = "application/rss+xml; charset=utf-8"
_CORPUS = SHARED / "feeds"
_PARAGRAPH = (
    "<p>The ministry said on Tuesday that the <a href='https://news.example/exports?a=1&amp;b=2'>export rules</a> "
    "would be read &ldquo;as they are written&rdquo;; shares of the company fell by 3.4% – the most since March.</p>\n"
)


def parse(body: bytes, content_type: str = TYPE) -> Any:
    """feedparser, as the room calls it."""
    headers = {"content-location": URL, "content-type": content_type}
    return feedparser.parse(
        io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
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


def cost(work: Callable[[], object], runs: int) -> float:
    """The median CPU time of some runs, in seconds."""
    times = []
    for _ in range(runs):
        begun = time.process_time()
        work()
        times.append(time.process_time() - begun)
    return statistics.median(times)


def measure(body: bytes, content_type: str, runs: int) -> dict[str, float] | Refusal:
    """Seconds for each way of reading one document."""
    once = split(body, url=URL, content_type=content_type)
    if isinstance(once, Refusal):
        return once
    hashes = [item.hash for item in once.items]
    everything = frozenset(hashes)
    first_three = frozenset(hashes[3:])

    def three_new() -> None:
        found = split(body, url=URL, content_type=content_type, known=first_three)
        assert isinstance(found, Split)
        parse(join(found, found.new), content_type)

    return {
        "whole": cost(lambda: parse(body, content_type), runs),
        "all new": cost(lambda: split(body, url=URL, content_type=content_type), runs),
        "3 new": cost(three_new, runs),
        "nothing new": cost(lambda: split(body, url=URL, content_type=content_type, known=everything), runs * 5),
        "same body": cost(lambda: hashlib.sha256(body).digest(), runs * 5),
    }


def table(rows: list[tuple[str, float, float]]) -> None:
    print(f"  {'':<34}{'ms':>9}{'whole ÷ it':>12}")
    for name, seconds, ratio in rows:
        print(f"  {name:<34}{seconds * 1000:>9.3f}{ratio:>11.1f}×")


_ROWS = {
    "whole": "feedparser, the whole document",
    "all new": "split, hash and proof of all items",
    "3 new": "3 items new: split and parse them",
    "nothing new": "nothing new: split and hash",
    "same body": "body unchanged: its hash",
}


def one_feed(runs: int) -> None:
    body = news()
    found = measure(body, TYPE, runs)
    assert not isinstance(found, Refusal)
    print(f"One feed of 50 items, {len(body) / 1000:.0f} kB (medians of {runs} runs)")
    table([(title, found[name], found["whole"] / found[name]) for name, title in _ROWS.items()])


def corpus(limit: int, runs: int) -> None:
    if not _CORPUS.is_dir():
        print(f"\nNo corpus at {_CORPUS.name}/ beside the repository: nothing to measure there.")
        return
    files = sorted(path for path in _CORPUS.glob("*/*/*") if path.is_file())
    reasons: dict[str, Counter[str]] = {}
    measured: list[dict[str, float]] = []
    many = []
    for path in files:
        body = path.read_bytes()
        found = split(body, url=URL, content_type="application/xml")
        kind = path.relative_to(_CORPUS).parts[0]
        reasons.setdefault(kind, Counter())[found.reason if isinstance(found, Refusal) else "split"] += 1
        if kind == "ok" and isinstance(found, Split) and len(found.items) >= 10:
            many.append(body)
    for body in many[:: max(1, len(many) // limit)]:
        one = measure(body, "application/xml", runs)
        assert not isinstance(one, Refusal)
        measured.append(one)
    print(f"\nFeeds of ok/ with at least 10 items: {len(measured)} of {len(many)} (medians over the feeds)")
    rows = []
    for name, title in _ROWS.items():
        ratio = statistics.median(one["whole"] / one[name] for one in measured)
        rows.append((title, statistics.median(one[name] for one in measured), ratio))
    table(rows)
    fallbacks(reasons, files)


def fallbacks(reasons: dict[str, Counter[str]], files: list[Path]) -> None:
    print(f"\nSplit or parsed whole, {len(files)} documents")
    kinds = sorted(reasons)
    print(f"  {'':<16}" + "".join(f"{kind:>11}" for kind in kinds))
    for reason, _ in sum((reasons[kind] for kind in kinds), Counter[str]()).most_common():
        print(f"  {reason:<16}" + "".join(f"{reasons[kind][reason]:>11}" for kind in kinds))


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--runs", type=int, default=9, help="of each measurement (default 9)")
    arguments.add_argument("--corpus", type=int, default=40, metavar="N", help="feeds of the corpus to time (40)")
    given = arguments.parse_args()
    one_feed(given.runs)
    corpus(given.corpus, max(3, given.runs // 3))


if __name__ == "__main__":
    main()
