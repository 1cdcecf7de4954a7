"""What riskbot does besides telling of stories: it listens to people, says how it is, and gives signs of life.

What always holds: nothing here holds up polling or telling, and nothing that fails here stops anything; a failure is
logged when it begins and not while it lasts. Deliberately absent: what an answer does (`usecases/`), and the socket.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from types import TracebackType

from riskbot.app import App
from riskbot.errors import FetchError, RiskbotError
from riskbot.feeds.bounds import Bounds
from riskbot.feeds.http import Http
from riskbot.judging import clock
from riskbot.log import get_logger
from riskbot.pipeline import PollReport
from riskbot.policy.heartbeat import lines
from riskbot.policy.overdue import PATIENCE, unwell
from riskbot.reload import Reloader
from riskbot.slack.client import SlackClient
from riskbot.slack.desk import Desk
from riskbot.slack.socket import Socket
from riskbot.usecases.answers import Press, Said
from riskbot.usecases.heartbeat import DAY, beat, daily, remind
from riskbot.usecases.parked import settle
from riskbot.usecases.silences import outlet_names

LOOK_EVERY = timedelta(seconds=10)  # whether a heartbeat or a reminder is due
ALIVE_EVERY = timedelta(minutes=1)  # at most: services that wait for a sign of life limit how often it may come
ALIVE_TIME = timedelta(seconds=10)  # one sign of life in all
_FINE = frozenset({"empty", "http-204"})  # what such services answer with besides 200


class Talker:
    """An asynchronous context manager: inside it people are listened to."""

    def __init__(self, app: App, rules: Reloader) -> None:
        self._app = app
        self._rules = rules
        self._listening: asyncio.Task[None] | None = None
        self._sign: asyncio.Task[None] | None = None
        self._signed_at: datetime | None = None
        self._unheard = False  # whether the last sign of life failed
        self._withheld = False  # whether the last one was not given, because it would not have been true
        self._open = False

    async def __aenter__(self) -> Talker:
        self._open = True
        socket = self._socket()
        if socket:
            self._listening = asyncio.create_task(socket.run(), name="listen to Slack")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open = False
        tasks = [task for task in (self._listening, self._sign) if task]
        for task in tasks:
            task.cancel()
        for ended in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(ended, Exception):
                get_logger().error("listening to Slack ended by itself", why=str(ended))

    async def tick(self) -> None:
        """Owe the heartbeat and the reminders that are due."""
        app, mind, now = self._app, self._rules.mind, clock()
        if await daily(app.store, self._rules.loaded.feeds, mind, app.settings.heartbeat_at, now):
            get_logger().info("heartbeat owed")
        if app.settings.slack_app_token is not None:  # else nobody can say that they are on it
            owed = await remind(app.store, mind, app.settings.remind_after, now)
            if owed:
                get_logger().info("reminders owed", stories=owed)

    # ── signs of life ────────────────────────────────────────────────────────────────────────────────────────────

    async def alive(self, lost: Collection[str]) -> None:
        """After a complete round: begin a sign of life, unless one was given just now or is under way, or riskbot is
        blind or mute. `lost` are feeds of which the last poll could not be kept. Raises what the store raises."""
        now = clock()
        due = self._signed_at is None or now - self._signed_at >= ALIVE_EVERY
        if not (self._open and self._app.settings.heartbeat_url and due) or (self._sign and not self._sign.done()):
            return
        pulse = await self._app.store.pulse()
        if self._fit(unwell(pulse.feeds.values(), lost, pulse.waits, now, PATIENCE)):
            self._signed_at = now
            self._sign = asyncio.create_task(self._give(), name="sign of life")

    async def done(self, reports: Sequence[PollReport]) -> None:
        """After one round by hand: a sign of life, unless every feed that was polled failed or what was due did not get
        out: nobody stays here to try it again. Raises what the store raises."""
        if self._app.settings.heartbeat_url is None:
            return
        pulse = await self._app.store.pulse()
        blind = "no feed that was polled could be read" if reports and all(each.failed for each in reports) else None
        if self._fit(blind or unwell(pulse.feeds.values(), (), pulse.waits, clock(), timedelta())):
            await self._give()

    def _fit(self, unwell: str | None) -> bool:
        """Whether a sign of life is true; why it is not is logged when it begins."""
        if unwell and not self._withheld:
            get_logger().warning("no sign of life is given", why=unwell, mend="see `riskbot status`")
        if self._withheld and not unwell:
            get_logger().info("signs of life are given again")
        self._withheld = unwell is not None
        return unwell is None

    async def _give(self) -> None:
        """Give one sign of life, where an address is set. Raises nothing: a failure is logged when it begins."""
        settings = self._app.settings
        if settings.heartbeat_url is None:
            return
        url = settings.heartbeat_url.get_secret_value()
        proxy = settings.proxy.get_secret_value() if settings.proxy else None
        bounds = Bounds(total=ALIVE_TIME, body=100_000, redirects=3, ports=settings.ports, proxy=proxy)
        failed: str | None = None
        try:
            async with Http(clock, settings.contact, bounds) as http:
                # The address is whoever runs riskbot's own choice, and may be inside their network; no redirect may.
                await http.get(url, home=None if proxy else url, accept="*/*")
        except FetchError as error:
            failed = None if error.reason in _FINE else error.reason  # its sentence names the address, a secret
        if failed and not self._unheard:
            get_logger().warning("the sign of life did not get through", why=failed, mend="check RISKBOT_HEARTBEAT_URL")
        if self._unheard and not failed:
            get_logger().info("the sign of life gets through again")
        self._unheard = failed is not None

    # ── listening ────────────────────────────────────────────────────────────────────────────────────────────────

    def _socket(self) -> Socket | None:
        settings = self._app.settings
        if settings.slack_app_token is None:
            return None
        if settings.slack_bot_token is None:
            get_logger().warning("buttons and commands are off", why="there is an app token and no bot token")
            return None
        client = SlackClient(settings.slack_bot_token.get_secret_value(), base_url=settings.slack_api_url)
        desk = Desk(
            store=self._app.store,
            mind=lambda: self._rules.mind,
            rules=lambda: self._rules.loaded.rule_set,
            status=self.status,
            outbox=self._parked,
            client=client,
            clock=clock,
            tell=_tell,
            outlets=lambda: outlet_names(self._rules.loaded.outlets, self._rules.loaded.feeds),
            users=settings.slack_users,
        )
        return Socket(
            desk,
            settings.slack_app_token.get_secret_value(),
            tell=_tell,
            jitter=lambda: random.uniform(0.7, 1.3),  # noqa: S311  it spreads waits, and keeps no secret
            base_url=settings.slack_api_url,
        )

    async def status(self) -> Said:
        """How riskbot is, as the heartbeat tells it, of the last day."""
        now = clock()
        found = await beat(self._app.store, self._rules.loaded.feeds, self._rules.mind, now - DAY, now)
        text, listed = lines(found)
        return Said(text, (("Now", listed),))

    async def _parked(self, press: Press, what: str, ids: Sequence[str]) -> Said:
        return await settle(self._app.store, press, what, ids)


def _tell(what: str, error: Exception | None) -> None:
    if error is None:
        get_logger().info(what)
    elif isinstance(error, RiskbotError):
        get_logger().warning(what, why=str(error), mend=error.mend)
    else:
        get_logger().error(what, why=f"{type(error).__name__}: {error}", exc_info=error)
