"""The scheduler: a handful of ticks on APScheduler, each of which claims what is due, hands it over and returns.

What always holds: when a feed is due stands in the database, not here, so that any number of processes may tick; a
slow feed holds up no other, nor the end; a tick that fails is logged and the next one runs. Deliberately absent: any
decision.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from riskbot.app import App, clock
from riskbot.errors import RiskbotError
from riskbot.log import get_logger
from riskbot.model import Feed, FeedState
from riskbot.pipeline import PollReport, deliver, poll

LEASE = timedelta(minutes=5)  # longer than the longest fetch and parse
AT_ONCE = 32  # feeds in hand at a time
DELIVER_EVERY = timedelta(seconds=2)
PATIENCE = timedelta(seconds=3)  # for what is in hand at the end; service managers kill after about ten


class Runner:
    """The work of the ticks, and of a single round."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._feeds = {feed.name: feed for feed in app.loaded.feeds}
        self._running: set[asyncio.Task[PollReport]] = set()
        self._delivering = asyncio.Lock()

    async def prepare(self) -> None:
        """Make the stored feeds those of the rule files."""
        await self._app.store.sync_feeds(self._app.loaded.feeds, clock())

    async def poll_tick(self) -> None:
        """Claim what is due, as far as there are hands, and hand it over."""
        await self._app.store.tick("poll", clock())
        hands = AT_ONCE - len(self._running)
        if hands > 0:
            for name, state in await self._app.store.claim_feeds(clock(), LEASE, hands):
                task = asyncio.create_task(self._poll(self._feeds[name], state), name=f"poll {name}")
                self._running.add(task)
                task.add_done_callback(self._settle)

    async def deliver_tick(self) -> None:
        """Send what is owed."""
        async with self._delivering:
            report = await deliver(store=self._app.store, notifier=self._app.notifier, mind=self._app.mind, now=clock())
        for why in report.parked:
            get_logger().error("a message is parked until someone mends it", why=why)
        if report.sent:
            get_logger().info("told", messages=report.sent)

    async def round(self, *, due_only: bool) -> list[PollReport]:
        """One poll of each feed that is due (or of all), then deliveries."""
        await self.prepare()
        claimed = await self._app.store.claim_feeds(clock(), LEASE, len(self._feeds) or 1, due_only=due_only)
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(name: str, state: FeedState) -> PollReport:
            async with gate:
                return await self._poll(self._feeds[name], state)

        reports = await asyncio.gather(*(one(name, state) for name, state in claimed))
        await self.deliver_tick()
        return sorted(reports, key=lambda report: report.feed)

    async def _poll(self, feed: Feed, state: FeedState) -> PollReport:
        app = self._app
        try:
            report = await poll(
                feed,
                state,
                fetcher=app.fetcher,
                store=app.store,
                mind=app.mind,
                now=clock(),
                first_poll=state.succeeded_at is None,
            )
        except asyncio.CancelledError:  # told to stop: the feed goes back as it was taken, for whoever runs next
            await app.store.write(lambda tx: tx.finish_poll(state))
            raise
        except RiskbotError as error:  # the store: the lease ends by itself and the feed comes back
            get_logger().error("a poll could not be kept", feed=feed.name, why=str(error), mend=error.mend)
            raise
        if report.failed:
            get_logger().warning("feed failed", feed=feed.name, why=str(report.failed), mend=report.failed.mend)
        elif report.new or report.edited:
            get_logger().info("feed read", feed=feed.name, new=report.new, hits=report.hits, alerts=report.told)
        return report

    def _settle(self, task: asyncio.Task[PollReport]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) and not isinstance(error, RiskbotError):
            get_logger().error("a poll failed by a defect of riskbot", task=task.get_name(), exc_info=error)

    async def finish(self) -> None:
        """Let the polls in hand end, and give back those that would take too long; then send what is owed."""
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=PATIENCE.total_seconds())
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
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
        ("deliver", runner.deliver_tick, DELIVER_EVERY),
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
