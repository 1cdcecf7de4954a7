"""Kill riskbot again and again while it tells, and count: `python -m bench.crash [--kills N] [--seed S] [--bots N]`.

Real processes, real SIGKILL, the real store, pipeline, outbox and Slack client, against a local Slack that limits,
fails, stalls, resets, refuses its history and loses a channel, all drawn from the seed. Bots run alone or side by side
on one database; each is killed at an instant of its own, or lives on beside its successors. When those are dead that
are to die, the clock is put forward, a little or by more than a lease; whatever a dead bot had sent has arrived by
then, or arrives late.

Prints a table of figures; exit status 1 when a promise is broken.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import resource
import signal
import socket
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web

from bench import crashplan
from bench.crashbot import Clock, Ground, Nursery
from bench.crashcheck import Verdict, judge, open_deliveries, rows, unread_entries
from riskbot.store.store import open_store
from riskbot.usecases.alerts import resend
from tests.slackfaults import WRITES, never, weighted
from tests.slackserver import SlackServer

PATIENCE, SETTLE = 0.4, 30.0
RATE = 8.0  # messages a second and channel: so few that two bots which did not heed each other would exceed it
SHORT, LONG = (1.0, 12.0), (125.0, 140.0)  # seconds by which the clock is put forward: less than settling, over a lease
HOURS = (600.0, 1_000.0)  # in clear weather: what was put off by minutes is not waited for
IDLE = 0.2  # seconds in which no bot calls Slack, waits for its answer or decides: there is nothing that is due
SLOW = 3  # births by which that takes longer: on a busy machine a bot comes to nothing sooner
CALM = 1.0  # and in clear weather, where nothing that is due may be left
PATIENT = 4  # lives in which nothing moves: more than the half hour for which a broadcast may be put off
CLEAR = 20.0  # seconds that a life takes at most in clear weather
MOST = 60  # lives that it may take to send what is owed when the weather is clear
BIRTH = 5.0  # seconds that it may take to start, on a busy machine


@dataclass(eq=False)
class Bot:
    """A bot that lives, or did."""

    number: int
    seat: int  # its door at Slack; no two that live have the same
    fate: crashplan.Fate | None = None  # None: it lives on
    passed: int = 0  # how often the moment at which it is to die has passed
    pid: int = 0
    begun: float = 0.0
    born: float | None = None  # when it began its work
    killed: float | None = None
    calls: dict[int, web.Request] = field(default_factory=dict)  # of it that are in hand at Slack
    deciding: bool = False  # whether it was given news and has not asked again since

    @property
    def busy(self) -> bool:
        """Whether it decides, or waits for an answer of Slack."""
        return self.deciding or any(
            each.transport is not None and not each.transport.is_closing() for each in self.calls.values()
        )


class Doors(SlackServer):
    """The local Slack with a door for each bot, so that it is known whose call it is."""

    def __init__(self, doors: int, *names: str, **given: Any) -> None:
        super().__init__(*names, **given)
        self._number_of_doors = doors
        self.doors: list[int] = []  # seat → the port of its door
        self.behind: dict[int, Bot] = {}  # seat → whose it is
        self.caller: ContextVar[Bot | None] = ContextVar("caller", default=None)  # of the call in hand

    async def __aenter__(self) -> SlackServer:
        await super().__aenter__()
        assert self._runner is not None
        for _ in range(self._number_of_doors):
            door = socket.create_server(("127.0.0.1", 0))
            self.doors.append(door.getsockname()[1])
            await web.SockSite(self._runner, door).start()
        return self

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        bot = self.behind[self.doors.index(request.url.port)] if request.url.port in self.doors else None
        self.caller.set(bot)
        if bot is None:
            return await super()._serve(request)
        bot.calls[id(request)] = request
        try:
            return await super()._serve(request)
        finally:
            del bot.calls[id(request)]


class Run:
    """One crash run; `alone` is how often only one of the bots is there."""

    def __init__(self, kills: int, seed: int, stories: int, *, bots: int = 1, alone: float = 0.0) -> None:
        self.kills, self.seed, self.bots, self.alone = kills, seed, bots, alone
        self.chance = random.Random(seed)
        self.start = datetime.now(UTC)
        self.plan = crashplan.made(stories, seed, self.start)
        self.released = 0
        self.alive: list[Bot] = []
        self.killed: Counter[str] = Counter()
        self.defects = 0  # bots that ended by themselves
        self.parked = self.unsure = 0  # messages that were left for a person when the weather cleared
        self.beside: set[frozenset[int]] = set()  # pairs of bots that ran side by side
        self.spoke: set[tuple[int, int]] = set()  # who had a message taken by Slack, and beside whom
        self.bereft = 0  # kills beside one that was at work
        self.inherited: set[str] = set()  # messages that one tried to send after another who had died beside it
        self._tried: dict[str, Bot] = {}  # message → who tried last to send it
        self._begun = 0
        self._birth = 0.0  # how long the last one took
        self._stirred = 0.0  # when something last happened
        self._read = False  # whether there was nothing new for whoever asked last
        self.clock: Clock  # from the beginning of the run
        self.slack = Doors(
            bots,
            *crashplan.CHANNELS,
            crashplan.OPS,
            script=weighted(seed, writes=crashplan.WRITING, reads=crashplan.READING, refused=0.03),
            retry_after=lambda: self.chance.choice((0.05, 0.25, 1, 2.5)),
            clock=lambda: self.clock.time(),
            rate=RATE,
        )
        self.slack.lateness = 20.0
        self.slack.on = self._called

    # ── killing ──────────────────────────────────────────────────────────────────────────────────────────────────

    async def generation(self, nursery: Nursery, left: int) -> None:
        """The bots that are there, and as many new ones as there is room for, until those are dead that are to die."""
        wanted = min(left, 1 if self.chance.random() < self.alone else self.bots)
        newborn = max(0, wanted - len(self.alive))
        dying = crashplan.doomed(self.chance, len(self.alive) + newborn, left)
        old = list(self.alive)
        for at, bot in enumerate(old):
            bot.fate, bot.passed = crashplan.fate(self.chance, self.bots, newborn=False) if at in dying else None, 0
        self._stirred = begun = time.monotonic()
        for at in range(len(old), len(old) + newborn):
            await self._begin(nursery, crashplan.fate(self.chance, self.bots, newborn=True) if at in dying else None)
        while waiting := [(bot, bot.fate) for bot in self.alive if bot.fate and not bot.killed]:
            for bot, fate in waiting:
                if self._over(bot, fate, begun):
                    self._kill(bot, "starting" if fate.moment == "starting" else "any")
            await asyncio.sleep(0.005)
        await self._bury(nursery)

    def _over(self, bot: Bot, fate: crashplan.Fate, since: float) -> bool:
        """Whether it is killed although the moment at which it was to die has not come."""
        now = time.monotonic()
        if fate.moment == "starting":
            return now > bot.begun + fate.patience
        if bot.born is None:
            return now > bot.begun + BIRTH
        idle = IDLE + SLOW * self._birth
        return now > max(bot.born, since) + fate.patience or (self._still(idle) and now > bot.born + idle)

    async def _begin(self, nursery: Nursery, fate: crashplan.Fate | None, *, owing: bool = True) -> None:
        """A new bot, which owes a notice of its own now and then where it is `owing`."""
        seat = min({*range(self.bots)} - {each.seat for each in self.alive})
        bot = Bot(self._begun, seat, fate, begun=time.monotonic())
        self._begun += 1
        self.slack.behind[seat] = bot
        self.alive.append(bot)
        door = f"http://127.0.0.1:{self.slack.doors[seat]}/api/"
        bot.pid = await nursery.begin({"life": bot.number if owing else None, "seat": seat, "slack": door})

    async def _bury(self, nursery: Nursery) -> None:
        for bot in [each for each in self.alive if each.killed]:
            self.alive.remove(bot)
            self.defects += await nursery.died(bot.pid) != -signal.SIGKILL

    def _called(self, moment: str, method: str, arguments: dict[str, Any]) -> None:
        """Something happened at Slack."""
        self._stirred = time.monotonic()
        bot = self.slack.caller.get()
        if bot is None or bot.killed:  # what a dead one had sent may come late
            return
        if method in WRITES and moment == "arrived":
            self._try(bot, arguments["metadata"]["event_payload"]["key"])
        if method in WRITES and moment == "done":
            self.spoke |= {(bot.number, other.number) for other in self._others(bot)}
        if method in WRITES:
            self._passes(bot, moment)
        elif method.startswith("conversations.") and moment == "arrived":
            self._passes(bot, "reading")

    def _try(self, bot: Bot, key: str) -> None:
        """A bot sends the message of that key; perhaps another has tried it before."""
        before = self._tried.get(key, bot)
        if before.killed and bot.born and bot.born < before.killed:
            self.inherited.add(key)
        self._tried[key] = bot

    @property
    def both_told(self) -> set[frozenset[int]]:
        """The pairs of which each had a message taken by Slack while the other was at work."""
        return {frozenset(pair) for pair in self.spoke if pair[::-1] in self.spoke}

    def _others(self, bot: Bot) -> list[Bot]:
        """Who is at work beside it."""
        return [each for each in self.alive if each is not bot and each.born and not each.killed]

    def _works(self, bot: Bot) -> None:
        """A bot has given its sign of life."""
        bot.born = time.monotonic()
        self._birth = bot.born - bot.begun
        self.beside |= {frozenset((bot.number, each.number)) for each in self._others(bot)}

    def _passes(self, bot: Bot, moment: str) -> None:
        """Something happened to a bot; perhaps it is to die of that."""
        if bot.fate is None or bot.fate.moment != moment:
            return
        bot.passed += 1
        if bot.passed == bot.fate.passes + 1:
            if bot.fate.delay:
                asyncio.get_running_loop().call_later(bot.fate.delay, self._kill, bot, moment)
            else:
                self._kill(bot, moment)

    def _kill(self, bot: Bot, moment: str) -> None:
        if bot.pid and not bot.killed:
            os.kill(bot.pid, signal.SIGKILL)
            bot.killed = time.monotonic()
            self.killed[moment] += 1
            self.bereft += bool(self._others(bot))

    async def pass_time(self, seconds: float) -> None:
        """Put the clock forward; what is on its way for longer than that arrives on the way."""
        async with self.clock.forward(seconds):
            if seconds > self.slack.lateness:
                await self.slack.watch.quiet()

    # ── the feed ─────────────────────────────────────────────────────────────────────────────────────────────────

    @asynccontextmanager
    async def feed(self) -> AsyncIterator[str]:
        """The plan's feed on loopback; its address."""

        async def answer(request: web.Request) -> web.Response:
            bot = self.slack.behind[int(request.query["seat"])]
            if "after" not in request.query:
                self._works(bot)
                return web.Response()
            after = int(request.query["after"])
            bot.deciding, self._read = after < self.released, after >= self.released
            self._passes(bot, "deciding")
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

    # ── the whole ────────────────────────────────────────────────────────────────────────────────────────────────

    async def go(self, folder: Path) -> Verdict:
        """Everything, from the first life to the judgement."""
        database = folder / "crash.db"
        self.clock = Clock(folder / "clock")
        async with self.slack, self.feed() as feed:
            ground = Ground(
                f"sqlite:///{database}", str(folder / "clock"), self.slack.token, feed, len(self.plan.stories),
                self.seed, self.start.isoformat(), PATIENCE, SETTLE, RATE,
            )  # fmt: skip
            async with Nursery.opened(ground) as nursery:
                try:
                    await self._storm(nursery)
                    await self._calm(nursery, database)
                finally:
                    await self._end(nursery)
            return judge(self, database)

    async def _storm(self, nursery: Nursery) -> None:
        entries, reached = len(self.plan.entries), 0
        turns = [(self.chance.randrange(self.kills), name) for name in self.chance.sample(crashplan.CHANNELS, 2)]
        while (dead := sum(self.killed.values())) < self.kills:
            self.released = min(entries, -(-entries * (dead + 1) // max(1, self.kills * 3 // 4)))
            for at, name in turns:
                for due, lost in ((at, True), (at + 3, False)):
                    if reached <= due <= dead:
                        self._lose(name, lost=lost)
            reached = dead + 1
            await self.generation(nursery, self.kills - dead)
            await self.pass_time(self.chance.uniform(*(SHORT if self.chance.random() < 0.25 else LONG)))

    def _lose(self, name: str, *, lost: bool) -> None:
        """Let a channel vanish, or come back: who could not look in it meanwhile has a reason."""
        channel = self.slack.channels[name]
        if channel.lost or lost:
            self.slack.unread.append((self.clock.time(), channel.id))
        channel.lost = lost

    async def _calm(self, nursery: Nursery, database: Path) -> None:
        """The weather clears, the lost channels come back, and what is owed is sent; then a person resends."""
        self.released, self.slack.script = len(self.plan.entries), never
        for name in crashplan.CHANNELS:
            self._lose(name, lost=False)
        await self._until_sent(nursery, database)
        parked = rows(database, "SELECT id, lost_at FROM delivery WHERE state = 'parked'")
        self.parked, self.unsure = len(parked), sum(row["lost_at"] is not None for row in parked)
        store = open_store(f"sqlite:///{database}")
        await resend(store, (), every=True)  # what a person does who has mended it: `riskbot alerts resend`
        await store.close()
        await self._until_sent(nursery, database)

    async def _until_sent(self, nursery: Nursery, database: Path) -> None:
        """Lives in clear weather, until nothing is left that anything but a person could move."""
        before, unmoved = -1, 0
        for _ in range(MOST):
            waits = self._waits(database)
            unmoved = unmoved + 1 if waits == before else 0
            if not waits or unmoved > PATIENT:
                return
            before = waits
            await self.pass_time(self.chance.uniform(*HOURS))
            for _ in range(self.bots):
                await self._begin(nursery, None, owing=False)
            await _until(lambda: all(bot.born for bot in self.alive), BIRTH)
            self._stirred, self._read = time.monotonic(), False
            await _until(lambda: (self._read and self._still(CALM)) or not self._waits(database), CLEAR)
            await self._end(nursery)

    def _waits(self, database: Path) -> int:
        return open_deliveries(database) + unread_entries(self.plan, database)

    def _still(self, seconds: float) -> bool:
        """Whether nothing has happened at Slack for so long, nor is about to: what waits is put off by minutes."""
        return time.monotonic() > self._stirred + seconds and not any(bot.busy for bot in self.alive)

    async def _end(self, nursery: Nursery) -> None:
        """Kill whoever lives; this is not counted."""
        for bot in self.alive:
            if bot.pid and not bot.killed:
                os.kill(bot.pid, signal.SIGKILL)
                bot.killed = time.monotonic()
        await self._bury(nursery)


async def _until(met: Callable[[], bool], seconds: float) -> None:
    """Return when it is met, or that time is over."""
    end = time.monotonic() + seconds
    while not met() and time.monotonic() < end:  # noqa: ASYNC110  what is met is seen in the database
        await asyncio.sleep(0.05)


async def crash(kills: int, seed: int, stories: int, bots: int) -> Verdict:
    """What came of one crash run."""
    with tempfile.TemporaryDirectory() as folder:
        return await Run(kills, seed, stories, bots=bots).go(Path(folder))


def main() -> None:
    """Print the figures."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    options.add_argument("--kills", type=int, default=300)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--stories", type=int, default=crashplan.MOST)
    options.add_argument("--bots", type=int, default=1, help="how many run side by side on one database")
    chosen = options.parse_args()
    before = time.monotonic()
    verdict = asyncio.run(crash(chosen.kills, chosen.seed, chosen.stories, chosen.bots))
    print(verdict.table())
    spent = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    work = sum(each.ru_utime + each.ru_stime for each in spent)
    print(f"\n{time.monotonic() - before:.0f} s, in which the processors worked {work:.0f} s")
    sys.exit(0 if verdict.kept else 1)


if __name__ == "__main__":
    main()
