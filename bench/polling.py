"""What polling costs, from the request to the recorded hit. Run: `python -m bench.polling [--feeds N] [--rounds N]`.

The whole of riskbot as `riskbot poll --all` runs it (shipped rules, SQLite, guarded HTTP, parser processes) against
feeds on a local server that runs in a process of its own. Three tables: rounds in which no feed has anything new;
articles a second and core when all items are new; and what a poll costs with three new items of fifty, beside the
parsing of the same documents alone. A core means CPU seconds of riskbot and its parser processes together.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import psutil

from riskbot.app import open_app
from riskbot.feeds.parse import parse_new
from riskbot.judging import shipped
from riskbot.log import set_up_logging
from riskbot.pipeline import total
from riskbot.scheduler import Runner
from riskbot.settings import Settings
from riskbot.slack.recorder import RecordingNotifier

HOSTS = 250  # loopback addresses over which the feeds are spread, as real feeds are over publishers


@asynccontextmanager
async def mill(items: int, new: int) -> AsyncIterator[int]:
    """The server's port."""
    command = (sys.executable, "-m", "bench.feedmill", str(items), str(new))
    server = await asyncio.create_subprocess_exec(*command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert server.stdout is not None and server.stdin is not None  # noqa: PT018  asked for above
    try:
        yield int(await server.stdout.readline())
    finally:
        server.stdin.close()
        await server.wait()


@asynccontextmanager
async def riskbot(feeds: int, port: int) -> AsyncIterator[Runner]:
    """A bot on a fresh database that watches the feeds."""
    with tempfile.TemporaryDirectory() as place:
        rules = _rules(Path(place, "rules"), feeds, port)
        settings = Settings(database_url=f"sqlite:///{place}/bench.db", rules_dir=rules)  # type: ignore[arg-type]
        async with open_app(settings, notifier=RecordingNotifier()) as app:
            runner = Runner(app)
            await runner.prepare()
            yield runner


def _rules(folder: Path, feeds: int, port: int) -> Path:
    """The shipped rules, with the mill's feeds in place of their own."""
    shutil.copytree(shipped("rules"), folder)
    lines = [
        f'  - {{name: "f{n}", url: "http://127.0.1.{n % HOSTS + 1}:{port}/{n}", allow_private: true}}\n'
        for n in range(feeds)
    ]
    folder.joinpath("feeds.yaml").write_text("feeds:\n" + "".join(lines), encoding="utf-8")
    return folder


def cpu() -> float:
    """CPU seconds so far of this process and the parsers, those that ended included; the server is not among them."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = sum(resource.getrusage(resource.RUSAGE_SELF)[:2]) + ended.ru_utime + ended.ru_stime
    for child in psutil.Process().children():
        if "bench.feedmill" not in child.cmdline():
            seconds += sum(child.cpu_times()[:2])
    return seconds


def memory() -> float:
    """Resident megabytes of this process and the parsers."""
    own = psutil.Process()
    children = [child for child in own.children() if "bench.feedmill" not in child.cmdline()]
    return sum(process.memory_info().rss for process in (own, *children)) / 1e6


async def steady(feeds: int, rounds: int) -> None:
    """Rounds in which nothing is new."""
    print(f"Steady state: {feeds:,} feeds on {HOSTS} hosts, each answers 304; goal ≤ 60 s a round, ≤ 300 MB, flat\n")
    async with mill(1, 0) as port, riskbot(feeds, port) as runner:
        before = time.perf_counter()
        first = total(await runner.watcher.round(due_only=False))
        print(f"first round, {first.new:,} articles: {time.perf_counter() - before:.1f} s, {memory():.0f} MB\n")
        print("| round | seconds | CPU seconds | MB |\n|---|---|---|---|")
        walls = []
        for number in range(1, rounds + 1):
            before, work = time.perf_counter(), cpu()
            reports = await runner.watcher.round(due_only=False)
            walls.append(time.perf_counter() - before)
            assert not any(report.failed or report.entries for report in reports)
            print(f"| {number} | {walls[-1]:.1f} | {cpu() - work:.1f} | {memory():.0f} |", flush=True)
        print(f"\nmedian {statistics.median(walls):.1f} s a round, slowest {max(walls):.1f} s\n")


async def reading(feeds: int, rounds: int, new: int) -> None:
    """From bytes to recorded hits: all new at first, then `new` of fifty each round."""
    async with mill(50, new) as port, riskbot(feeds, port) as runner, aiohttp.ClientSession() as session:
        before = cpu()
        report = total(await runner.watcher.round(due_only=False))
        spent = cpu() - before
        print(f"All new: {report.new:,} articles, {report.hits} hits, {spent:.1f} CPU s:", end=" ")
        print(f"{report.new / spent:.0f} articles a second and core; goal ≥ 700\n")
        costs = []
        for _ in range(rounds):
            await session.post(f"http://127.0.0.1:{port}/next")
            before = cpu()
            report = total(await runner.watcher.round(due_only=False))
            costs.append((cpu() - before) / feeds * 1e3)
            assert report.new == new * feeds
        poll = statistics.median(costs)
        alone = parsing(new)
        print(f"{new} new of 50: a poll {poll:.1f} ms CPU, its parse alone {alone:.1f} ms:", end=" ")
        print(f"{poll / alone:.1f} ×; goal ≤ 2 ×\n")


def parsing(new: int, documents: int = 30) -> float:
    """Milliseconds that it takes to parse such a document when all but `new` items are known."""
    from bench.feedmill import document
    from riskbot.judging import clock

    costs = []
    for feed in range(documents):
        url, kind = f"http://127.0.1.1/{feed}", "application/rss+xml; charset=utf-8"
        first = parse_new(document(feed, 50, 50), url=url, content_type=kind, now=clock(), limit=5000, known=())
        known, body = frozenset(hash_ for hash_, _ in first.items), document(feed, 50, 50 + new)
        before = time.process_time()
        parse_new(body, url=url, content_type=kind, now=clock(), limit=5000, known=known)
        costs.append((time.process_time() - before) * 1e3)
    return statistics.median(costs)


def main() -> None:
    """Print the tables."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    options.add_argument("--feeds", type=int, default=10_000)
    options.add_argument("--rounds", type=int, default=20)
    chosen = options.parse_args()
    set_up_logging("error", [])
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}\n")
    asyncio.run(reading(feeds=100, rounds=5, new=3))
    asyncio.run(steady(chosen.feeds, chosen.rounds))


if __name__ == "__main__":
    main()
