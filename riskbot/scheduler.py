"""The scheduler: a handful of ticks on APScheduler, each of which claims what is due, hands it over and returns.

What always holds: when a feed is due stands in the database, not here, so that any number of processes may tick; a
slow feed holds up no other, nor the end; a tick that fails is logged and the next one runs; a poll ends with the rules
it began with. Deliberately absent: any decision.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from riskbot.app import App, clock
from riskbot.errors import RiskbotError
from riskbot.log import get_logger
from riskbot.model import Feed, FeedState
from riskbot.pipeline import Mind, PollReport, deliver, deliver_notices, poll
from riskbot.reload import Reloader

LEASE = timedelta(minutes=5)  # longer than the longest fetch and parse
AT_ONCE = 32  # feeds in hand at a time
DELIVER_EVERY = timedelta(seconds=2)
LOOK_EVERY = timedelta(seconds=0.5)  # at the rule files: a saved edit is to be live within two seconds
PATIENCE = timedelta(seconds=3)  # for what is in hand at the end; service managers kill after about ten


class Runner:
    """The work of the ticks, and of a single round."""

    def __init__(self, app: App) -> None:
        self._app = app
        self.rules = Reloader(app)
        self._running: set[asyncio.Task[PollReport]] = set()
        self._delivering = asyncio.Lock()

    async def prepare(self) -> None:
        """Make the stored feeds those of the rule files, and note which rules are in force."""
        await self.rules.start()

    async def poll_tick(self) -> None:
        """Claim what is due, as far as there are hands, and hand it over."""
        await self._app.store.tick("poll", clock())
        hands = AT_ONCE - len(self._running)
        if hands > 0:
            async with self.rules.changing:
                for feed, state in await self._claim(hands):
                    task = asyncio.create_task(self._poll(feed, state, self.rules.mind), name=f"poll {feed.name}")
                    self._running.add(task)
                    task.add_done_callback(self._settle)

    async def _claim(self, hands: int, *, due_only: bool = True) -> list[tuple[Feed, FeedState]]:
        feeds = {feed.name: feed for feed in self.rules.loaded.feeds}
        claimed = await self._app.store.claim_feeds(clock(), LEASE, hands, due_only=due_only)
        # What we do not know is of another process, with other rule files: its lease ends by itself.
        return [(feeds[name], state) for name, state in claimed if name in feeds]

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

    async def round(self, *, due_only: bool) -> list[PollReport]:
        """One poll of each feed that is due (or of all), then deliveries."""
        await self.prepare()
        claimed = await self._claim(len(self.rules.loaded.feeds) or 1, due_only=due_only)
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(feed: Feed, state: FeedState) -> PollReport:
            async with gate:
                return await self._poll(feed, state, self.rules.mind)

        reports = await asyncio.gather(*(one(feed, state) for feed, state in claimed))
        await self.deliver_tick()
        return sorted(reports, key=lambda report: report.feed)

    async def _poll(self, feed: Feed, state: FeedState, mind: Mind) -> PollReport:
        app = self._app
        try:
            report = await poll(
                feed,
                state,
                fetcher=app.fetcher,
                store=app.store,
                mind=mind,
                now=clock(),
                first_poll=state.succeeded_at is None,
            )
            edited = self._as_described_now(feed, report.state) if report.state else None
            if edited:
                await app.store.write(lambda tx: tx.finish_poll(edited))
        except asyncio.CancelledError:  # told to stop: the feed goes back as it was taken, for whoever runs next
            given_back = self._as_described_now(feed, state) or state
            await app.store.write(lambda tx: tx.finish_poll(given_back))
            raise
        except RiskbotError as error:  # the store: the lease ends by itself and the feed comes back
            get_logger().error("a poll could not be kept", feed=feed.name, why=str(error), mend=error.mend)
            raise
        if report.failed:
            get_logger().warning("feed failed", feed=feed.name, why=str(report.failed), mend=report.failed.mend)
        elif report.new or report.edited:
            get_logger().info("feed read", feed=feed.name, new=report.new, hits=report.hits, alerts=report.told)
        return report

    def _as_described_now(self, feed: Feed, state: FeedState) -> FeedState | None:
        """What a poll in hand may leave behind of a feed that was edited meanwhile; None when it was not.

        It is due at once, and nothing is known of a new address.
        """
        now = next((each for each in self.rules.loaded.feeds if each.name == feed.name), feed)
        if now == feed:
            return None
        if now.url != feed.url:
            state = replace(state, etag=None, last_modified=None, body_hash=None)
        return replace(state, due_at=None)

    def _settle(self, task: asyncio.Task[PollReport]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) and not isinstance(error, RiskbotError):
            get_logger().error("a poll failed by a defect of riskbot", task=task.get_name(), exc_info=error)

    async def finish(self) -> None:
        """Let the polls in hand end, give back those that would take too long, and send what is owed."""
        await self.rules.finish()
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
        ("rules", runner.rules.tick, LOOK_EVERY),
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
