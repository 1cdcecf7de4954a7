"""Hot reload: the rules in force, kept to what their files say while riskbot runs.

What always holds: reading and compiling happen in a thread of their own; the rules change as a whole and between two
claims of feeds, never under a poll in hand; an edit that cannot be used changes nothing, however it fails; what
becomes of an edit is noted in the database together with the notice that tells people of it. Deliberately absent: when
an edit counts and what is said of it (`policy/reloading.py`), and sending (the outbox).
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from riskbot.app import App
from riskbot.errors import InputError, RiskbotError
from riskbot.judging import clock, load, require_feeds, signature, think
from riskbot.log import get_logger
from riskbot.mind import Mind
from riskbot.model import RulesState
from riskbot.policy.changes import edited_feeds
from riskbot.policy.reloading import (
    Refusal,
    Signature,
    Told,
    Watched,
    defect,
    edited_files,
    joined,
    live,
    refusal,
    refused,
    started,
    switched,
)
from riskbot.ports import Transaction
from riskbot.rulefiles.load import Loaded
from riskbot.settings import Settings
from riskbot.stories.frequencies import Frequencies

PROBLEMS = 20  # logged of one edit; `riskbot rules check` tells all
T = TypeVar("T")


def build(settings: Settings, folder: Path) -> tuple[Loaded, Mind]:
    """Rules as they would be in force. Raises RulesError or InputError."""
    loaded = load(settings, folder)
    require_feeds(loaded)
    return loaded, think(settings, loaded)


class Reloader:
    """The rules in force, and the way to newer ones."""

    def __init__(self, app: App, build: Callable[[Settings, Path], tuple[Loaded, Mind]] = build) -> None:
        """`build` reads and compiles; it is run in a thread."""
        self.loaded: Loaded = app.loaded
        self.mind: Mind = app.mind
        self.changing = asyncio.Lock()  # held while stored feeds and rules in force are made to agree
        self._app = app
        self._build = build
        self._watched = Watched(app.signature, app.signature)
        self._live: Signature = app.signature  # of the files that are in force
        self._known_off: frozenset[str] = frozenset()
        self._looking: asyncio.Task[None] | None = None
        self._rest_until = clock()

    async def start(self) -> None:
        """Make the stored feeds those of the files, and note which rules are in force."""
        await self._app.store.sync_feeds(self.loaded.feeds, clock())
        told = await self._note(lambda state: started(state, self.loaded, clock()))
        if told.notice:
            get_logger().info("rules live", what=told.notice)

    async def weigh_by(self, snapshot: Frequencies) -> None:
        """Judge by other word frequencies from now on, whatever becomes of the files."""
        if snapshot.id != self.mind.frequencies.id:
            async with self.changing:
                self.mind = replace(self.mind, frequencies=snapshot)
            get_logger().info("word frequencies live", snapshot=snapshot.id, documents=snapshot.documents)

    async def tick(self) -> None:
        """Begin a look, unless one is under way: a slow disk or a long compilation never holds up a tick."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look_calmly(), name="look at the rule files")

    async def finish(self) -> None:
        """Leave off: an edit that is being read will be read at the next start."""
        if self._looking:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)

    # ── looking ──────────────────────────────────────────────────────────────────────────────────────────────────

    async def _look_calmly(self) -> None:
        if clock() < self._rest_until:
            return
        try:
            await self._tell_of_failures()
            await self.look()
        except RiskbotError as error:  # the database: nothing was taken over, so the edit will be met again
            get_logger().error("a tick failed", tick="rules", why=str(error), mend=error.mend)
            self._rest_until = clock() + self._app.settings.poll_interval

    async def look(self) -> None:
        """Look at the files once; take over an edit that has settled. Raises StoreError."""
        seen = await self._seen()
        settled = self._watched.edited(seen)
        self._watched = replace(self._watched, seen=seen)
        if not settled:
            return
        outcome = await _aside(self._read)
        if await self._seen() != seen:
            return  # saved again meanwhile: what was read may be half of each
        judged = seen
        if isinstance(outcome, Refusal):
            await self._refuse(outcome)
        else:
            judged = joined(seen, await _aside(lambda: signature(self._app.folder, outcome[0].files)))
            await self._take(*outcome, judged)
        self._watched = Watched(judged, judged)

    async def _seen(self) -> Signature:
        # Looked at, not listened to: file events do not reach network volumes, and miss what a ConfigMap swaps.
        return await _aside(lambda: signature(self._app.folder, self.loaded.files))

    def _read(self) -> tuple[Loaded, Mind] | Refusal:
        """In a thread: the files as rules in force would be, or why not."""
        try:
            return self._build(self._app.settings, self._app.folder)
        except InputError as error:
            return refusal(error, str(self._app.folder))
        except Exception as error:  # noqa: BLE001  whatever an edit brings about, the old rules go on
            get_logger().error("an edit failed by a defect of riskbot", exc_info=error)
            return defect(error)

    # ── what becomes of an edit ──────────────────────────────────────────────────────────────────────────────────

    async def _take(self, loaded: Loaded, mind: Mind, seen: Signature) -> None:
        before, files = self.loaded, edited_files(self._live, seen)
        async with self.changing:
            if loaded.hash != before.hash:
                edited = edited_feeds(before, loaded)
                await self._app.store.sync_feeds(loaded.feeds, clock(), edited=edited)
            told = await self._note(lambda state: live(state, before, loaded, files, clock()))
            if loaded.hash != before.hash:
                self.mind, self._known_off = replace(mind, frequencies=self.mind.frequencies), frozenset()
            self.loaded, self._live = loaded, seen
        if told.notice:
            get_logger().info("rules live", what=told.notice, hash=loaded.rule_set.hash)

    async def _refuse(self, why: Refusal) -> None:
        told = await self._note(lambda state: refused(state, self.loaded, why, clock()))
        if told.notice:
            more = {"problems": why.problems[:PROBLEMS]} if len(why.problems) > 1 else {}
            get_logger().error("edit refused", why=told.notice, mend="run `riskbot rules check`", **more)

    async def _tell_of_failures(self) -> None:
        """Rules that failed on an article are switched off by the matcher; people are told once."""
        off = dict(self.mind.matcher.switched_off)
        if off.keys() <= self._known_off:
            return
        told = await self._note(lambda state: switched(state, self.loaded, off, clock()))
        self._known_off = frozenset(off)
        if told.notice:
            get_logger().error("rule switched off", why=told.notice)

    async def _note(self, decide: Callable[[RulesState | None], Told]) -> Told:
        """Decide on what is noted so far, and write state and notice together."""
        settings = self._app.settings
        channel = settings.ops_channel or settings.slack_channel

        def work(tx: Transaction) -> Told:
            told = decide(tx.rules_state())
            tx.set_rules_state(told.state)
            if told.notice:
                tx.notice(channel, told.notice, clock())
            return told

        return await self._app.store.write(work)


async def _aside(work: Callable[[], T]) -> T:
    """Run in a thread that nobody waits for at the end, as the loop's own threads are waited for."""
    future: Future[T] = Future()
    future.set_running_or_notify_cancel()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001  raised again where it is awaited
            future.set_exception(error)

    threading.Thread(target=run, name="riskbot-rules", daemon=True).start()
    return await asyncio.wrap_future(future)
