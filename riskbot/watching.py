"""Feeds in hand: claim what is due, poll it, and hold the lease for as long as that takes.

What always holds: no more feeds are in hand than there are hands, however many are due; claiming goes on as hands
become free, so a tick never waits for a feed and a slow feed holds up no other; a poll ends with the rules it began
with; what is given up half-way goes back as it was taken. A round is what one tick began; it is complete when every
poll that this tick or one before it began has ended, which each does within its bounds. Deliberately absent: when a
feed is due (`policy/polling.py`), and what becomes of its entries (`pipeline.py`).
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from riskbot.app import App
from riskbot.errors import RiskbotError
from riskbot.judging import clock
from riskbot.log import get_logger
from riskbot.mind import Mind
from riskbot.model import Feed, FeedState
from riskbot.pipeline import PollReport, poll
from riskbot.reload import Reloader

LEASE = timedelta(minutes=2)  # after which a killed process's feeds come back
RENEW_EVERY = timedelta(seconds=30)  # well within it
HANDS = 4  # feeds in hand for each request that may run: the others wait for a host, a parser or the database


@dataclass(slots=True, eq=False)
class _Round:
    """What one tick began."""

    claiming: bool = True
    polls: int = 0  # that have not ended
    broken: bool = False  # what was due could not be claimed


class Watcher:
    """The feeds in hand."""

    def __init__(self, app: App, rules: Reloader) -> None:
        self._app = app
        self._rules = rules
        self._hands = HANDS * app.settings.requests
        self._running: dict[asyncio.Task[PollReport], str] = {}
        self._claiming: asyncio.Task[None] | None = None
        self._ending = False
        self._rounds: deque[_Round] = deque()  # not complete, oldest first
        self._completed = False
        self.lost: set[str] = set()  # feeds of which the last poll could not be kept

    # ── by the clock ─────────────────────────────────────────────────────────────────────────────────────────────

    def begin(self) -> None:
        """Begin to claim what is due, unless that is going on."""
        if self._claiming is None or self._claiming.done():
            round_ = _Round()
            self._rounds.append(round_)
            self._claiming = asyncio.create_task(self._claim_all(round_), name="claim feeds")
            self._claiming.add_done_callback(lambda task: self._claimed(task, round_))

    def completed(self) -> bool:
        """Whether a round was completed since this was asked last."""
        was, self._completed = self._completed, False
        return was

    async def renew(self) -> None:
        """Hold on to the feeds in hand. Raises StoreError."""
        if names := list(self._running.values()):
            await self._app.store.renew_feeds(names, clock() + LEASE)

    async def finish(self, patience: timedelta) -> None:
        """Let the polls in hand end, and give back those that would take too long."""
        self._ending = True
        if self._claiming:
            await asyncio.wait([self._claiming], timeout=patience.total_seconds())
            self._claiming.cancel()
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=patience.total_seconds())
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _claim_all(self, round_: _Round) -> None:
        while True:
            free = self._hands - len(self._running)
            if free <= self._hands // 4:  # claims are few and take many at once
                await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)
                continue
            async with self._rules.changing:
                try:
                    claimed, ours = await self._claim(free)
                except RiskbotError as error:
                    get_logger().error("a tick failed", tick="poll", why=str(error), mend=error.mend)
                    round_.broken = True
                    return
                for feed, state in ours:
                    self._take(feed, state, round_)
            if claimed < free or self._ending:
                return

    def _claimed(self, task: asyncio.Task[None], round_: _Round) -> None:
        round_.claiming = False
        round_.broken = round_.broken or task.cancelled() or task.exception() is not None
        _tell_of_defect(task)
        self._complete()

    def _take(self, feed: Feed, state: FeedState, round_: _Round) -> None:
        task = asyncio.create_task(self._poll(feed, state, self._rules.mind), name=f"poll {feed.name}")
        self._running[task] = feed.name
        round_.polls += 1
        task.add_done_callback(lambda ended: self._settle(ended, round_))

    def _settle(self, task: asyncio.Task[PollReport], round_: _Round) -> None:
        name = self._running.pop(task)
        kept = not task.cancelled() and task.exception() is None
        (self.lost.discard if kept else self.lost.add)(name)
        round_.polls -= 1
        _tell_of_defect(task)
        self._complete()

    def _complete(self) -> None:
        """Leave the rounds that are over, in the order in which they began."""
        while self._rounds and not self._rounds[0].claiming and not self._rounds[0].polls:
            self._completed = not self._rounds.popleft().broken

    # ── one round ────────────────────────────────────────────────────────────────────────────────────────────────

    async def round(self, *, due_only: bool) -> list[PollReport]:
        """One poll of each feed that is due, or of all. Raises what the store raises."""
        known = len(self._rules.loaded.feeds)
        _, ours = await self._claim(known or 1, due_only=due_only)
        gate = asyncio.Semaphore(self._hands)

        async def one(feed: Feed, state: FeedState) -> PollReport:
            async with gate:
                return await self._poll(feed, state, self._rules.mind)

        async def hold() -> None:
            while True:
                await asyncio.sleep(RENEW_EVERY.total_seconds())
                await self._app.store.renew_feeds([feed.name for feed, _ in ours], clock() + LEASE)

        holding = asyncio.create_task(hold(), name="hold feeds")
        try:
            reports = await asyncio.gather(*(one(feed, state) for feed, state in ours))
        finally:
            holding.cancel()
        return sorted(reports, key=lambda report: report.feed)

    async def _claim(self, limit: int, *, due_only: bool = True) -> tuple[int, list[tuple[Feed, FeedState]]]:
        """How many were claimed, and those of them that our rule files describe."""
        feeds = {feed.name: feed for feed in self._rules.loaded.feeds}
        claimed: Sequence[tuple[str, FeedState]] = await self._app.store.claim_feeds(
            clock(), LEASE, limit, due_only=due_only
        )
        # What we do not know is of another process, with other rule files: its lease ends by itself.
        return len(claimed), [(feeds[name], state) for name, state in claimed if name in feeds]

    # ── one feed ─────────────────────────────────────────────────────────────────────────────────────────────────

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
                jitter=random.uniform(-1, 1),  # noqa: S311  # spreads load, guards nothing
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
        _log(report)
        return report

    def _as_described_now(self, feed: Feed, state: FeedState) -> FeedState | None:
        """What a poll in hand may leave behind of a feed that was edited meanwhile; None when it was not.

        It is due at once. (Where its address changed, the store takes nothing from a poll of the old one.)
        """
        now = next((each for each in self._rules.loaded.feeds if each.name == feed.name), feed)
        return None if now == feed or now.url != feed.url else replace(state, due_at=None)


def _log(report: PollReport) -> None:
    if report.failed:
        get_logger().warning("feed failed", feed=report.feed, why=str(report.failed), mend=report.failed.mend)
    elif report.new or report.edited:
        pages = {"pages_unread": report.pages_unread} if report.pages_unread else {}
        get_logger().info("feed read", feed=report.feed, new=report.new, hits=report.hits, alerts=report.told, **pages)
    if report.turned:
        get_logger().warning("feed health", feed=report.feed, what=report.turned)


def _tell_of_defect(task: asyncio.Task[PollReport] | asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) and not isinstance(error, RiskbotError):
        get_logger().error("a task failed by a defect of riskbot", task=task.get_name(), exc_info=error)
