"""Kill riskbot again and again while it tells, and count. Run: `python -m bench.crash [--kills N] [--seed S]`.

Real processes, real SIGKILL, the real store, pipeline, outbox and Slack client, against a local Slack that limits,
fails, stalls, resets, refuses its history and loses a channel, all drawn from the seed. Between two lives the clock is
put forward, a little or by more than a lease; whatever a dead bot had sent has arrived by then, or arrives late.

Prints a table of figures; exit status 1 when a promise is broken.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web

from bench import crashplan
from bench.crashbot import Ground
from bench.crashcheck import Verdict, judge, open_deliveries, rows, unread_entries
from bench.running import ROOT
from riskbot.store.store import open_store
from riskbot.usecases.alerts import resend
from tests.slackfaults import Fault, never, weighted
from tests.slackserver import SlackServer

PATIENCE, SETTLE, RATE = 0.4, 30.0, 20.0
SHORT, LONG = (1.0, 12.0), (125.0, 140.0)  # seconds by which the clock is put forward: less than settling, over a lease
HOURS = (600.0, 1_000.0)  # in clear weather: what was put off by minutes is not waited for
LIFE = 1.0  # seconds that a bot lives at most, once it has started
PATIENT = 4  # lives in which nothing moves: more than the half hour for which a broadcast may be put off
CLEAR = 20.0  # and in clear weather
WRITES = {
    Fault.RATE_LIMITED: 0.03,
    Fault.RATE_LIMITED_SILENTLY: 0.02,
    Fault.ERROR_500: 0.02,
    Fault.ERROR_503: 0.02,
    Fault.INTERNAL_ERROR: 0.02,
    Fault.FATAL_ERROR: 0.02,
    Fault.ACCEPT_AND_INTERNAL_ERROR: 0.02,
    Fault.ACCEPT_AND_FATAL_ERROR: 0.02,
    Fault.RESET: 0.03,
    Fault.ACCEPT_AND_RESET: 0.03,
    Fault.ACCEPT_AND_STALL: 0.03,
    Fault.ACCEPT_AND_GARBAGE: 0.02,
    Fault.LATE: 0.03,
}
READS = {Fault.RATE_LIMITED: 0.05, Fault.ERROR_500: 0.03, Fault.RESET: 0.03, Fault.ACCEPT_AND_STALL: 0.02}
MOST = 60  # lives that it may take to send what is owed when the weather is clear
BIRTH = 5.0  # seconds that it may take to start, on a busy machine
MOMENTS = ("starting", "any", "any", "arrived", "done", "answered", "stalled", "reading", "deciding")


class Nursery:
    """The process that forks the bots."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def begin(self, life: int | None, ahead: float) -> int:
        """A new life, which owes a notice of its own where it has a number; its process id."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"life": life, "ahead": ahead}).encode() + b"\n")
        await self._process.stdin.drain()
        return int((await self._line())["pid"])

    async def died(self) -> int:
        """How the bot died, as a status: below zero by a signal."""
        return int((await self._line())["died"])

    async def _line(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        if not line:
            raise SystemExit("crash: the process that forks the bots has ended")
        answer: dict[str, Any] = json.loads(line)
        return answer


class Run:
    """One crash run."""

    def __init__(self, kills: int, seed: int, stories: int) -> None:
        self.kills, self.seed = kills, seed
        self.chance = random.Random(seed)
        self.start = datetime.now(UTC)
        self.plan = crashplan.made(stories, seed, self.start)
        self.ahead = 0.0
        self.released = 0
        self.killed: Counter[str] = Counter()
        self.defects = 0  # bots that ended by themselves
        self.parked = self.unsure = 0  # messages that were left for a person when the weather cleared
        self._aim: tuple[str, int, float] | None = None  # the moment, how often it passes first, the delay
        self._pid = 0
        self._hit, self._born = asyncio.Event(), asyncio.Event()
        self.slack = SlackServer(
            *crashplan.CHANNELS,
            crashplan.OPS,
            script=weighted(seed, writes=WRITES, reads=READS, refused=0.03),
            retry_after=lambda: self.chance.choice((0.05, 0.25, 1, 2.5)),
            clock=lambda: time.time() + self.ahead,
            rate=RATE,
        )
        self.slack.lateness = 20.0
        self.slack.on = lambda moment, method, _arguments: self._passes(moment, method)

    # ── killing ──────────────────────────────────────────────────────────────────────────────────────────────────

    async def life(self, nursery: Nursery, number: int) -> None:
        """A bot from its fork to its death, at a moment drawn."""
        moment, share = self.chance.choice(MOMENTS), self.chance.random()
        delay = 0.0 if share < 0.3 else self.chance.uniform(0, 0.005 if share < 0.7 else 0.1)
        self._aim, self._hit = (moment, self.chance.randint(0, 3), delay), asyncio.Event()
        self._born = asyncio.Event()
        self._pid = await nursery.begin(number, self.ahead)
        if moment == "starting":
            await asyncio.sleep(self.chance.uniform(0, 0.5))
            self._kill(moment)
        patience = self.chance.uniform(0, LIFE) if moment == "any" else 1.5 * LIFE
        await _within(BIRTH, self._born.wait() if moment != "starting" else self._hit.wait())
        if not await _within(patience, self._hit.wait()):
            self._kill("any")
        self._aim = None
        self.defects += await nursery.died() != -signal.SIGKILL

    def _passes(self, moment: str, method: str) -> None:
        """Something happened; perhaps it is what the killer waits for."""
        if moment == "deciding":
            self._born.set()
        if self._aim is None:
            return
        aim, times, delay = self._aim
        reading = method.startswith("conversations.")
        if aim != ("reading" if reading and moment == "arrived" else "" if reading else moment):
            return
        self._aim = (aim, times - 1, delay)
        if times == 0:
            self._aim = None
            if delay:
                asyncio.get_running_loop().call_later(delay, self._kill, aim)
            else:
                self._kill(aim)

    def _kill(self, moment: str) -> None:
        if not self._hit.is_set():
            os.kill(self._pid, signal.SIGKILL)
            self.killed[moment] += 1
            self._hit.set()

    async def pass_time(self, seconds: float) -> None:
        """Put the clock forward; what is on its way for longer than that arrives on the way."""
        self.ahead += seconds
        if seconds > self.slack.lateness:
            await self.slack.watch.quiet()

    # ── the feed ─────────────────────────────────────────────────────────────────────────────────────────────────

    @asynccontextmanager
    async def feed(self) -> AsyncIterator[str]:
        """The plan's feed on loopback; its address."""

        async def answer(request: web.Request) -> web.Response:
            after = int(request.query["after"])
            self._passes("deciding", "feed")
            # An entry stands in a feed once, as it reads now; the last two known ones stand in it still.
            now = {entry["entry_id"]: number for number, entry in enumerate(self.plan.entries[: self.released])}
            fresh = sorted(number for number in now.values() if after < self.released and number >= after - 2)
            entries = [self.plan.entries[number] for number in fresh]
            return web.json_response({"entries": entries, "count": self.released})

        app = web.Application()
        app.router.add_get("/", answer)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        try:
            yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
        finally:
            await runner.cleanup()

    @asynccontextmanager
    async def nursery(self, ground: Ground) -> AsyncIterator[Nursery]:
        command = (sys.executable, "-m", "bench.crashbot", json.dumps(asdict(ground)))
        environment = {name: value for name, value in os.environ.items() if not name.startswith("RISKBOT_")}
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=ROOT,
            env=environment,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        nursery = Nursery(process)
        try:
            await nursery._line()
            yield nursery
        finally:
            assert process.stdin is not None
            process.stdin.close()
            await process.wait()

    # ── the whole ────────────────────────────────────────────────────────────────────────────────────────────────

    async def go(self, folder: Path) -> Verdict:
        """Everything, from the first life to the judgement."""
        database = folder / "crash.db"
        async with self.slack, self.feed() as feed:
            ground = Ground(
                f"sqlite:///{database}", self.slack.url, self.slack.token, feed, len(self.plan.stories), self.seed,
                self.start.isoformat(), PATIENCE, SETTLE, RATE,
            )  # fmt: skip
            async with self.nursery(ground) as nursery:
                await self._storm(nursery)
                await self._calm(nursery, database)
            return judge(self, database)

    async def _storm(self, nursery: Nursery) -> None:
        each = -(-len(self.plan.entries) // max(1, self.kills * 3 // 4))
        lost = {self.chance.randrange(self.kills): name for name in self.chance.sample(crashplan.CHANNELS, 2)}
        back: dict[int, str] = {}
        for number in range(self.kills):
            self.released = min(self.released + each, len(self.plan.entries))
            if number in lost:
                self._lose(lost[number], lost=True)
                back[number + 3] = lost[number]
            if number in back:
                self._lose(back[number], lost=False)
            await self.life(nursery, number)
            await self.pass_time(self.chance.uniform(*(SHORT if self.chance.random() < 0.25 else LONG)))

    def _lose(self, name: str, *, lost: bool) -> None:
        """Let a channel vanish, or come back: who could not look in it meanwhile has a reason."""
        channel = self.slack.channels[name]
        if channel.lost or lost:
            self.slack.unread.append((time.time() + self.ahead, channel.id))
        channel.lost = lost

    async def _calm(self, nursery: Nursery, database: Path) -> None:
        """The weather clears, the lost channels come back, and what is owed is sent; then a person resends."""
        self.released, self.slack.script = len(self.plan.entries), never
        for name in crashplan.CHANNELS:
            self._lose(name, lost=False)
        await self._until_sent(nursery, database)
        parked = rows(database, "SELECT id, lost_at FROM delivery WHERE state = 'parked'")
        self.parked, self.unsure = len(parked), sum(row["lost_at"] is not None for row in parked)
        await self._resend(database)
        await self._until_sent(nursery, database)

    async def _resend(self, database: Path) -> None:
        """What a person does who has mended it: `riskbot alerts resend`."""
        store = open_store(f"sqlite:///{database}")
        await resend(store, (), every=True)
        await store.close()

    async def _all_sent(self, database: Path) -> None:
        """Return when nothing is left that could be sent now: nothing at all, or only what is put off by minutes."""
        before, calls = None, -1
        while (waits := open_deliveries(database) + unread_entries(self.plan, database)) and (
            (waits, len(self.slack.calls)) != (before, calls)
        ):
            before, calls = waits, len(self.slack.calls)
            await asyncio.sleep(1.0)

    async def _until_sent(self, nursery: Nursery, database: Path) -> None:
        """Lives in clear weather, until nothing is left that anything but a person could move."""
        before, unmoved = -1, 0
        for _ in range(MOST):
            waits = open_deliveries(database) + unread_entries(self.plan, database)
            unmoved = unmoved + 1 if waits == before else 0
            if not waits or unmoved > PATIENT:
                return
            before = waits
            await self.pass_time(self.chance.uniform(*HOURS))
            self._born = asyncio.Event()
            pid = await nursery.begin(None, self.ahead)
            await _within(BIRTH, self._born.wait())
            await _within(CLEAR, self._all_sent(database))
            os.kill(pid, signal.SIGKILL)
            self.defects += await nursery.died() != -signal.SIGKILL


async def _within(seconds: float, what: Awaitable[object]) -> bool:
    """Whether it came about in that time."""
    try:
        async with asyncio.timeout(seconds):
            await what
    except TimeoutError:
        return False
    return True


async def crash(kills: int, seed: int, stories: int) -> tuple[Run, Verdict]:
    """One crash run; what it was and what came of it."""
    run = Run(kills, seed, stories)
    with tempfile.TemporaryDirectory() as folder:
        return run, await run.go(Path(folder))


def main() -> None:
    """Print the figures."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    options.add_argument("--kills", type=int, default=300)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--stories", type=int, default=crashplan.MOST)
    chosen = options.parse_args()
    before = time.monotonic()
    _, verdict = asyncio.run(crash(chosen.kills, chosen.seed, chosen.stories))
    print(verdict.table())
    print(f"\n{time.monotonic() - before:.0f} s")
    sys.exit(0 if verdict.kept else 1)


if __name__ == "__main__":
    main()
