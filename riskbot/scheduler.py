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

from riskbot.app import App, manner
from riskbot.delivery import deliver
from riskbot.errors import RiskbotError
from riskbot.judging import clock, frequencies
from riskbot.log import get_logger
from riskbot.pipeline import PollReport
from riskbot.reload import Reloader
from riskbot.talking import LOOK_EVERY as TALK_EVERY
from riskbot.talking import Talker
from riskbot.usecases.calm import TICK, note_absence, tell_held
from riskbot.usecases.learning import learn
from riskbot.watching import RENEW_EVERY, Watcher

DELIVER_EVERY = timedelta(seconds=2)
CALM_EVERY = timedelta(seconds=10)  # digests that are due and silences that are over are looked for
LEARN_EVERY = timedelta(hours=1)  # is looked whether a new day has begun
ROUNDS = 8  # of deliveries at a time: so many stalled channels hold up nobody
LOOK_EVERY = timedelta(seconds=0.5)  # at the rule files: a saved edit is to be live within two seconds
PATIENCE = timedelta(seconds=3)  # for what is in hand at the end; service managers kill after about ten


class Runner:
    """The work of the ticks, and of a single round."""

    def __init__(self, app: App) -> None:
        self._app = app
        self.rules = Reloader(app)
        self.watcher = Watcher(app, self.rules)
        self.talker = Talker(app, self.rules)
        self._rounds: set[asyncio.Task[object] | None] = set()  # of deliveries that are under way

    async def prepare(self) -> None:
        """Make the stored feeds those of the rule files, note which rules are in force, take up what was learned."""
        await self.rules.start()
        if latest := await self._app.store.frequencies():
            await self.rules.weigh_by(latest)

    async def poll_tick(self) -> None:
        """Note that the ticks run, and have what is due claimed."""
        store, now = self._app.store, clock()
        away = await note_absence(store, now)
        if away:
            get_logger().warning("back after being away", since=away.since.isoformat())
        await store.tick(TICK, now)
        self.watcher.begin()

    async def calm_tick(self) -> None:
        """Owe the digests that are due, and what silences that are over held back."""
        digests = await tell_held(self._app.store, self.rules.mind.policy.plan, clock())
        if digests:
            get_logger().info("digests owed", digests=digests)

    async def deliver_tick(self) -> None:
        """Send what is owed."""
        app = self._app
        # Rounds may overlap, so that a channel that stalls holds up none of the others: the outbox keeps them apart.
        task = asyncio.current_task()
        self._rounds |= {task} if task else set()
        try:
            report = await deliver(
                store=app.store,
                notifier=app.notifier,
                mind=self.rules.mind,
                now=clock(),
                clock=clock,
                manner=manner(app.settings),
            )
        finally:
            self._rounds.discard(task)
        for why in report.parked:
            get_logger().error("a message is parked until someone mends it", why=why)
        for defect in report.defects:
            get_logger().error("a message is parked because of a defect of riskbot", exc_info=defect)
        if report.sent:
            get_logger().info("told", messages=report.sent)
        if self.watcher.completed():  # and what was owed since is dealt with, as far as the talker sees
            await self.talker.alive(self.watcher.lost)

    async def learn_tick(self) -> None:
        """Count the words of the days before, where nobody has yet."""
        await self.rules.weigh_by(await learn(self._app.store, frequencies(), clock()))

    async def round(self, *, due_only: bool) -> list[PollReport]:
        """One poll of each feed that is due (or of all), then deliveries."""
        await self.prepare()
        reports = await self.watcher.round(due_only=due_only)
        await self.calm_tick()
        await self.talker.tick()
        await self.deliver_tick()
        await self.learn_tick()  # last: what is new comes first
        await self.talker.done(reports)
        return reports

    async def finish(self) -> None:
        """Let what is in hand end, and send what is owed."""
        await self.rules.finish()
        await self.watcher.finish(PATIENCE)
        # What is cut short stays owed, or `sending` and to be looked up: the outbox is made for that.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE.total_seconds()):
                await self.deliver_tick()
                if self._rounds:  # a post in hand may end: cut short, it would have to be looked up
                    await asyncio.wait([task for task in self._rounds if task])


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
        ("calm", runner.calm_tick, CALM_EVERY),
        ("deliver", runner.deliver_tick, DELIVER_EVERY),
        ("rules", runner.rules.tick, LOOK_EVERY),
        ("learn", runner.learn_tick, LEARN_EVERY),
        ("talk", runner.talker.tick, TALK_EVERY),
    ):
        at_most = ROUNDS if name == "deliver" else 1
        scheduler.add_job(
            calmly(name, work, at_most),
            IntervalTrigger(seconds=every.total_seconds()),
            id=name,
            next_run_time=clock(),
            max_instances=at_most + 1,  # the one too many is told of in our words, and leaves at once
        )
    scheduler.start()
    get_logger().info("watching", feeds=len(app.loaded.feeds), rules=len(app.loaded.rule_set.rules))
    try:
        async with runner.talker:
            await stop.wait()
    finally:
        scheduler.pause()  # no tick begins any more; a post that a tick has in hand may end
        await runner.finish()
        scheduler.shutdown(wait=False)
        get_logger().info("stopped")


def calmly(name: str, work: Callable[[], Awaitable[None]], at_most: int) -> Callable[[], Awaitable[None]]:
    """A tick that tells of its failure and lets the next one run, and lets itself be cut short at the end.

    Where `at_most` of it are under way, the next one is left out, which is told when it begins and not while it lasts.
    """
    running, late = 0, False

    async def tick() -> None:
        nonlocal running, late
        if running >= at_most:
            if not late:
                get_logger().warning("a tick takes longer than the time between two, the next ones wait", tick=name)
            late = True
            return
        running += 1
        try:
            await work()
            late = False
        except RiskbotError as error:
            get_logger().error("a tick failed", tick=name, why=str(error), mend=error.mend)
        except asyncio.CancelledError:
            return  # by the scheduler's shutdown, which would log it as an error of the tick
        except Exception as defect:  # noqa: BLE001  told in our log's own form, with its secrets hidden
            get_logger().error("a tick failed by a defect of riskbot", tick=name, exc_info=defect)
        finally:
            running -= 1

    return tick
