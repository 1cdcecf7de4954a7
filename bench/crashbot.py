"""The bot of the crash run: a process that has everything imported, and forks one short-lived bot after another.

Spoken with over its standard input and output, a line of JSON each way: an order to begin a life, the process id of
the bot that lives it, and, once it is dead, how it died. A bot polls the plan's feed and delivers what is owed, with
riskbot's own pipeline, store, outbox and Slack client, until it is killed: it never ends by itself.

What always holds: nothing is shared between two lives but the database; the clock of a life is the machine's with the
order's `ahead` added, so that the time in which nobody runs need not be waited for.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import random
import signal
import sys
import tempfile
import traceback
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp

from bench import crashplan
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
LONGEST = 60  # seconds of a life


@dataclass(frozen=True)
class Ground:
    """What every life stands on."""

    database: str
    slack: str  # the address of the local Slack
    token: str
    feed: str  # the address of the plan's feed
    stories: int
    seed: int
    start: str  # the time from which the plan's dates count
    patience: float  # seconds that a call to Slack may take
    settle: float
    rate: float


class PlanFetcher:
    """ports.Fetcher for the plan's feed, which answers with what came after a number that travels as the ETag."""

    async def poll(self, feed: Feed, state: FeedState) -> Polled:
        try:
            async with (
                aiohttp.ClientSession() as session,
                session.get(feed.url, params={"after": state.etag or 0}) as answer,
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
        self.ahead = timedelta(seconds=order["ahead"])
        client = SlackClient(ground.token, base_url=ground.slack, timeout=ground.patience)
        self.notifier = SlackNotifier(client)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    async def live(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.decide())
            tasks.create_task(self.tell())

    async def decide(self) -> None:
        feed = Feed("plan", self.ground.feed, every=timedelta(seconds=0.1))
        await self.store.sync_feeds([feed], self.now())
        if self.number is not None:
            await self.owe(self.number)
        while True:
            for _, state in await self.store.claim_feeds(self.now(), LEASE, 1, due_only=True):
                await poll(
                    feed,
                    state,
                    fetcher=PlanFetcher(),
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
            await poll(feed, state, fetcher=Rehearsed(), store=store, mind=mind, now=now, first_poll=False)
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
        child = begin(ground, mind, json.loads(line))
        print(json.dumps({"pid": child}), flush=True)
        _, status = os.waitpid(child, 0)
        print(json.dumps({"died": os.waitstatus_to_exitcode(status)}), flush=True)


if __name__ == "__main__":
    main()
