"""The scheduler: a handful of ticks on APScheduler, each of which claims what is due, hands it over and returns.

What always holds: when a feed is due stands in the database, not here, so that any number of processes may tick; a
tick that fails is logged and the next one runs. Deliberately absent: any decision, and the feeds in hand
(`watching.py`).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from riskbot.app import App, clock, frequencies
from riskbot.delivery import deliver, deliver_notices
from riskbot.errors import RiskbotError
from riskbot.log import get_logger
from riskbot.pipeline import PollReport
from riskbot.reload import Reloader
from riskbot.usecases.learning import learn
from riskbot.watching import RENEW_EVERY, Watcher

DELIVER_EVERY = timedelta(seconds=2)
LEARN_EVERY = timedelta(hours=1)  # is looked whether a new day has begun
LOOK_EVERY = timedelta(seconds=0.5)  # at the rule files: a saved edit is to be live within two seconds
PATIENCE = timedelta(seconds=3)  # for what is in hand at the end; service managers kill after about ten


class Runner:
    """The work of the ticks, and of a single round."""

    def __init__(self, app: App) -> None:
        self._app = app
        self.rules = Reloader(app)
        self.watcher = Watcher(app, self.rules)
        self._delivering = asyncio.Lock()

    async def prepare(self) -> None:
        """Make the stored feeds those of the rule files, note which rules are in force, take up what was learned."""
        await self.rules.start()
        if latest := await self._app.store.frequencies():
            await self.rules.weigh_by(latest)

    async def poll_tick(self) -> None:
        """Note that the ticks run, and have what is due claimed."""
        await self._app.store.tick("poll", clock())
        self.watcher.begin()

    async def deliver_tick(self) -> None:
        """Send what is owed."""
        async with self._delivering:
            store, notifier = self._app.store, self._app.notifier
            alerts = await deliver(store=store, notifier=notifier, mind=self.rules.mind, now=clock())
            notices = await deliver_notices(store=store, notifier=notifier, now=clock())
        for why in (*alerts.parked, *notices.parked):
            get_logger().error("a message is parked until someone mends it", why=why)
        if alerts.sent:
            get_logger().info("told", messages=alerts.sent)

    async def learn_tick(self) -> None:
        """Count the words of the days before, where nobody has yet."""
        await self.rules.weigh_by(await learn(self._app.store, frequencies(), clock()))

    async def round(self, *, due_only: bool) -> list[PollReport]:
        """One poll of each feed that is due (or of all), then deliveries."""
        await self.prepare()
        reports = await self.watcher.round(due_only=due_only)
        await self.deliver_tick()
        await self.learn_tick()  # last: what is new comes first
        return reports

    async def finish(self) -> None:
        """Let what is in hand end, and send what is owed."""
        await self.rules.finish()
        await self.watcher.finish(PATIENCE)
        # What is cut short stays owed, or `sending` and to be looked up: the outbox is made for that.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE.total_seconds()):
                await self.deliver_tick()


async def run(app: App, stop: asyncio.Event) -> None:
    """Tick until told to stop; then let what is in hand end."""
    runner = Runner(app)
    await runner.prepare()
    scheduler = AsyncIOScheduler(
        timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    )
    for name, work, every in (
        ("poll", runner.poll_tick, app.settings.poll_interval),
        ("renew", runner.watcher.renew, RENEW_EVERY),
        ("deliver", runner.deliver_tick, DELIVER_EVERY),
        ("rules", runner.rules.tick, LOOK_EVERY),
        ("learn", runner.learn_tick, LEARN_EVERY),
    ):
        scheduler.add_job(
            _calmly(name, work), IntervalTrigger(seconds=every.total_seconds()), id=name, next_run_time=clock()
        )
    scheduler.start()
    get_logger().info("watching", feeds=len(app.loaded.feeds), rules=len(app.loaded.rule_set.rules))
    try:
        await stop.wait()
    finally:
        scheduler.pause()  # no tick begins any more; a post that a tick has in hand may end
        await runner.finish()
        scheduler.shutdown(wait=False)
        get_logger().info("stopped")


def _calmly(name: str, work: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
    """A tick that tells of its failure and lets the next one run, and lets itself be cut short at the end."""

    async def tick() -> None:
        try:
            await work()
        except RiskbotError as error:
            get_logger().error("a tick failed", tick=name, why=str(error), mend=error.mend)
        except asyncio.CancelledError:
            return  # by the scheduler's shutdown, which would log it as an error of the tick

    return tick
