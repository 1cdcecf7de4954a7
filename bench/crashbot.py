"""The bots of the crash run: a process that has everything imported, and forks one short-lived bot after another.

Spoken with over its standard input and output, a line of JSON each way: an order to begin a life and the process id of
the bot that lives it; and, once that one is killed, an order to bury it and how it died. A bot polls the plan's feed
and delivers what is owed, with riskbot's own pipeline, store, outbox and Slack client, until it is killed: it never
ends by itself.

What always holds: bots share nothing but the database and the clock, whether one follows another or they run side by
side; the clock is put forward only while no bot is in the middle of a round, so that the time in which nothing is due
need not be waited for. Deliberately absent: a bot that is put to sleep for longer than its lease, and then goes on.
"""

from __future__ import annotations

import asyncio
import fcntl
import gc
import json
import mmap
import os
import random
import signal
import struct
import sys
import tempfile
import time
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

import aiohttp

from bench import crashplan
from bench.running import ROOT
from riskbot.delivery import Manner, deliver
from riskbot.errors import FetchError
from riskbot.mind import Mind
from riskbot.model import DeliveryKind, Feed, FeedState
from riskbot.pipeline import poll
from riskbot.ports import Polled, Store
from riskbot.slack.client import SlackClient
from riskbot.slack.notifier import SlackNotifier
from riskbot.slack.recorder import RecordingNotifier
from riskbot.store.store import open_store
from riskbot.store.upgrade import upgrade

LEASE = timedelta(minutes=2)
TICK = 0.05  # seconds between two rounds
LONGEST = 300  # seconds of a life
_AHEAD = struct.Struct("d")
_WANTED = _AHEAD.size  # where the clock's file says that somebody wants to put it forward


@dataclass(frozen=True)
class Ground:
    """What every life stands on."""

    database: str
    clock: str  # the file of the run's clock
    token: str
    feed: str  # the address of the plan's feed
    stories: int
    seed: int
    start: str  # the time from which the plan's dates count
    patience: float  # seconds that a call to Slack may take
    settle: float
    rate: float


class Clock:
    """The time of a run, which all its processes share: the machine's, put forward by so many seconds.

    Whoever is in the middle of something holds the clock; to put it forward is to wait until nobody does, and to hold
    up who would begin. The system lets go for a process that dies.
    """

    def __init__(self, file: Path) -> None:
        """The file is made where there is none."""
        self._file = file
        with file.open("ab") as begun:
            begun.truncate(_WANTED + 1)
        with file.open("r+b") as shared:
            self._shared = mmap.mmap(shared.fileno(), _WANTED + 1)

    def time(self) -> float:
        ahead: float = _AHEAD.unpack_from(self._shared)[0]
        return time.time() + ahead

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.time(), UTC)

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """Nobody puts the clock forward meanwhile."""
        with self._file.open("rb") as lock:
            while self._shared[_WANTED] or not _locked(lock, fcntl.LOCK_SH):  # noqa: ASYNC110  no process tells another
                await asyncio.sleep(0.002)
            yield

    @asynccontextmanager
    async def forward(self, seconds: float) -> AsyncIterator[None]:
        """Put the clock forward once nobody holds it; nobody can while this lasts."""
        self._shared[_WANTED] = 1
        try:
            with self._file.open("rb") as lock:
                while not _locked(lock, fcntl.LOCK_EX):  # noqa: ASYNC110  no process tells another that it lets go
                    await asyncio.sleep(0.002)
                _AHEAD.pack_into(self._shared, 0, _AHEAD.unpack_from(self._shared)[0] + seconds)
                yield
        finally:
            self._shared[_WANTED] = 0


def _locked(lock: BinaryIO, kind: int) -> bool:
    """Whether it could be locked just now; it is until the file is closed."""
    try:
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class Nursery:
    """The process that forks the bots, as the run speaks with it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    @asynccontextmanager
    async def opened(cls, ground: Ground) -> AsyncIterator[Nursery]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("RISKBOT_")}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bench.crashbot", json.dumps(asdict(ground))),
            cwd=ROOT,
            env=environment,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        nursery = cls(process)
        try:
            await nursery._line()
            yield nursery
        finally:
            assert process.stdin is not None
            process.stdin.close()
            await process.wait()

    async def begin(self, order: dict[str, Any]) -> int:
        """A new life; its process id."""
        return int((await self._asked(order))["pid"])

    async def died(self, pid: int) -> int:
        """How a bot that was killed died, as a status: below zero by a signal."""
        return int((await self._asked({"bury": pid}))["died"])

    async def _asked(self, order: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        await self._process.stdin.drain()
        return await self._line()

    async def _line(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        if not line:
            raise SystemExit("crash: the process that forks the bots has ended")
        answer: dict[str, Any] = json.loads(line)
        return answer


class PlanFetcher:
    """ports.Fetcher for the plan's feed, which answers with what came after a number that travels as the ETag."""

    def __init__(self, seat: int) -> None:
        self.seat = seat

    async def poll(self, feed: Feed, state: FeedState) -> Polled:
        try:
            async with (
                aiohttp.ClientSession() as session,
                session.get(feed.url, params={"after": state.etag or 0, "seat": self.seat}) as answer,
            ):
                written: dict[str, Any] = await answer.json()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise FetchError("unreachable", str(error)) from error
        if not written["entries"]:
            return Polled("unchanged", etag=state.etag)
        return Polled("entries", tuple(map(crashplan.entry, written["entries"])), etag=str(written["count"]))


class Life:
    """One bot, from its fork to its end."""

    def __init__(self, ground: Ground, mind: Mind, store: Store, order: dict[str, Any]) -> None:
        self.ground, self.mind, self.store = ground, mind, store
        self.number: int | None = order["life"]
        self.seat: int = order["seat"]
        self.clock = Clock(Path(ground.clock))
        self.now = self.clock.now
        client = SlackClient(ground.token, base_url=order["slack"], timeout=ground.patience)
        self.notifier = SlackNotifier(client)

    async def live(self) -> None:
        async with aiohttp.ClientSession() as session:
            await (await session.get(self.ground.feed, params={"seat": self.seat})).read()  # a sign of life
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.decide())
            tasks.create_task(self.tell())

    async def decide(self) -> None:
        feed = Feed("plan", self.ground.feed, every=timedelta(seconds=0.1))
        async with self.clock.held():
            await self.store.sync_feeds([feed], self.now())
            if self.number is not None:
                await self.owe(self.number)
        while True:
            async with self.clock.held():
                for _, state in await self.store.claim_feeds(self.now(), LEASE, 1, due_only=True):
                    await poll(
                        feed,
                        state,
                        fetcher=PlanFetcher(self.seat),
                        store=self.store,
                        mind=self.mind,
                        now=self.now(),
                        first_poll=False,
                    )
            await asyncio.sleep(TICK)

    async def owe(self, number: int) -> None:
        """A notice in some lives, and a digest in fewer: what follows from no article."""
        now = self.now()
        if number % 3:
            return
        await self.store.write(
            lambda tx: tx.owe(DeliveryKind.NOTICE, crashplan.OPS, {"text": f"Life {number} begins"}, now)
        )
        if number % 6:
            return
        stories = [story.id for story in await self.store.stories()][-5:]
        said = {"title": f"Digest of life {number}", "since": (now - timedelta(hours=1)).isoformat()}
        said |= {"until": now.isoformat(), "stories": stories, "blind": [], "muted": []}
        await self.store.write(lambda tx: tx.owe(DeliveryKind.DIGEST, crashplan.CHANNELS[0], said, now))

    async def tell(self) -> None:
        ground = self.ground
        manner = Manner(
            spacing=timedelta(seconds=1 / ground.rate),
            settle=timedelta(seconds=ground.settle),
            lease=LEASE,
            channels=len(crashplan.CHANNELS) + 1,
            jitter=lambda: random.uniform(-1, 1),
        )
        while True:
            async with self.clock.held():
                await deliver(
                    store=self.store,
                    notifier=self.notifier,
                    mind=self.mind,
                    now=self.now(),
                    clock=self.now,
                    manner=manner,
                )
            await asyncio.sleep(TICK)


async def rehearse(ground: Ground, mind: Mind) -> None:
    """Everything once, on a database that is thrown away: what is set up at its first use is then there for all."""
    with tempfile.TemporaryDirectory() as folder:
        database, now = f"sqlite:///{folder}/rehearsal.db", datetime.now(UTC)
        upgrade(database)
        store = open_store(database)
        feed = Feed("plan", ground.feed)
        await store.sync_feeds([feed], now)
        entries = crashplan.made(ground.stories, ground.seed, datetime.fromisoformat(ground.start)).entries[:3]

        class Rehearsed(PlanFetcher):
            async def poll(self, feed: Feed, state: FeedState) -> Polled:
                return Polled("entries", tuple(map(crashplan.entry, entries)), etag="3")

        for _, state in await store.claim_feeds(now, LEASE, 1):
            await poll(feed, state, fetcher=Rehearsed(0), store=store, mind=mind, now=now, first_poll=False)
        await deliver(store=store, notifier=RecordingNotifier(), mind=mind, now=now)
        await store.close()


def begin(ground: Ground, mind: Mind, order: dict[str, Any]) -> int:
    """Fork a bot; its process id."""
    sys.stdout.flush()
    if child := os.fork():
        return child
    signal.alarm(LONGEST)  # should nobody be left to kill it
    try:
        life = Life(ground, mind, open_store(ground.database), order)
        asyncio.run(life.live())
    except BaseException:  # noqa: BLE001  a defect: the run tells of it
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(1)


def main() -> None:
    ground = Ground(**json.loads(sys.argv[1]))
    upgrade(ground.database)
    mind = crashplan.mind(crashplan.made(ground.stories, ground.seed, datetime.fromisoformat(ground.start)))
    asyncio.run(rehearse(ground, mind))
    gc.collect()
    gc.freeze()  # a collector that marked what is here would copy the pages that forks share
    print(json.dumps({"ready": os.getpid()}), flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        if "bury" in order:
            _, status = os.waitpid(order["bury"], 0)
            print(json.dumps({"died": os.waitstatus_to_exitcode(status)}), flush=True)
        else:
            print(json.dumps({"pid": begin(ground, mind, order)}), flush=True)


if __name__ == "__main__":
    main()
