"""Socket Mode: a connection that riskbot opens to Slack, over which clicks and commands come in. The one file that
knows slack_bolt.

What always holds: everything is acknowledged before it is worked on, because Slack waits three seconds; a connection
that is lost is opened anew, with growing pauses, for as long as riskbot runs, and losing it is told once; neither
token nor the address of the connection is ever logged. Deliberately absent: what is done about a click (`desk.py`).
Source: https://docs.slack.dev/apis/events-api/using-socket-mode.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from riskbot.errors import InputError, SlackError
from riskbot.slack import actions
from riskbot.slack.client import SLACK_API, SlackClient
from riskbot.slack.desk import Desk, Tell
from riskbot.slack.manifest import COMMAND

Json = dict[str, Any]
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 120.0  # seconds between tries to connect
LOOK_EVERY = 0.5  # seconds, whether the connection still stands
PING_EVERY = 5.0
PATIENCE = 20.0  # seconds for connecting
_ADDRESS = re.compile(r"(?:wss?|https?)://\S+")


class Socket:
    """The connection, kept open."""

    def __init__(
        self,
        desk: Desk,
        app_token: str,
        *,
        tell: Tell,
        jitter: Callable[[], float],
        base_url: str = SLACK_API,
        proxy: str | None = None,
    ) -> None:
        """`jitter` gives a factor about 1 for each pause, so that many bots do not knock together.

        Raises SettingsError when the token cannot be one.
        """
        self._desk = desk
        self._token = app_token
        self._client = SlackClient(app_token, base_url=base_url, proxy=proxy)
        self._base_url = base_url
        self._proxy = proxy
        self._tell = tell
        self._jitter = jitter
        self._working: set[asyncio.Task[None]] = set()
        self.connected = asyncio.Event()  # while a connection stands

    def __repr__(self) -> str:
        return f"Socket({self._client!r})"

    async def run(self) -> None:
        """Stay connected until cancelled."""
        pause, well = FIRST_PAUSE, True
        try:
            while True:
                try:
                    if not well:
                        await asyncio.sleep(min(pause, LONGEST_PAUSE) * self._jitter())
                    await self._stay()
                    pause, well = FIRST_PAUSE, True  # it stood, and was lost: at once again
                except Exception as error:  # noqa: BLE001  whatever it is, it is told, and tried again
                    if well:  # once, and not at every try
                        self._tell("buttons and commands are not heard: no Socket Mode connection", error)
                    asked = error.retry_after if isinstance(error, SlackError) else None
                    pause, well = max(pause * 2, asked or 0.0), False
        finally:
            for task in self._working:
                task.cancel()
            await asyncio.gather(*self._working, return_exceptions=True)

    async def _stay(self) -> None:
        """One connection, until it is lost. Raises SlackError when it cannot be made."""
        answer = await self._client.read("apps.connections.open", {})
        handler = self._handler()
        client = handler.client
        client.wss_uri = str(answer.get("url") or "")
        client.proxy = self._proxy  # the SDK takes one from the environment unless it is set afterwards
        try:
            async with asyncio.timeout(PATIENCE):
                await client.connect()  # type: ignore[no-untyped-call]
            self.connected.set()
            self._tell("buttons and commands are heard", None)
            while await client.is_connected():  # noqa: ASYNC110  the SDK tells nobody of a loss
                await asyncio.sleep(LOOK_EVERY)
        except TimeoutError:
            message = f"Slack did not take the connection within {PATIENCE:g} s"
            raise SlackError("unreachable", message, "Check the network.", retry_after=FIRST_PAUSE) from None
        finally:
            self.connected.clear()
            with contextlib.suppress(Exception):  # whatever is wrong with a connection that is given up
                await client.close()  # type: ignore[no-untyped-call]

    def _handler(self) -> AsyncSocketModeHandler:
        logger = logging.getLogger("riskbot.slack.socket")
        if not any(isinstance(each, _NoAddresses) for each in logger.filters):
            logger.addFilter(_NoAddresses())
        web = AsyncWebClient(base_url=self._base_url, retry_handlers=[], trust_env_in_session=False)
        web.proxy = self._proxy
        app = AsyncApp(
            name="riskbot",
            logger=logger,
            client=web,
            authorize=_known,
            request_verification_enabled=False,  # there is no request from outside: we opened the connection
            ssl_check_enabled=False,
            url_verification_enabled=False,
            ignoring_self_events_enabled=False,
            attaching_function_token_enabled=False,
        )
        app.action(re.compile("riskbot:.*"))(self._pressed)  # also of another version: answered with a sentence
        app.command(COMMAND)(self._typed)
        app.view(actions.SAME_MODAL)(self._submitted)
        handler = AsyncSocketModeHandler(app, self._token, logger, web, ping_interval=PING_EVERY)
        # The SDK would try the same address again for ever, although it is good for one try only; we make a new one.
        handler.client.default_auto_reconnect_enabled = False
        return handler

    async def _pressed(self, ack: AsyncAck, body: Json) -> None:
        await ack()
        self._begin(self._desk.pressed(body))

    async def _typed(self, ack: AsyncAck, body: Json) -> None:
        await ack()
        self._begin(self._desk.typed(body))

    async def _submitted(self, ack: AsyncAck, body: Json) -> None:
        try:
            submitted = actions.submitted(body, self._desk.clock())
        except InputError as error:
            await ack(response_action="errors", errors={actions.WHICH: f"{error}: {error.mend}"})
            return
        await ack()
        self._begin(self._desk.submitted(submitted))

    def _begin(self, work: Awaitable[None]) -> None:
        """Work on it beside the connection; kept hold of, so that it is not collected half-way."""
        task = asyncio.ensure_future(work)
        self._working.add(task)
        task.add_done_callback(self._working.discard)


class _NoAddresses(logging.Filter):
    """The SDK logs the connection's address, which lets anybody take it, and the errors that quote it."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Every line, without addresses and tracebacks."""
        record.msg, record.args = _ADDRESS.sub("[address]", record.getMessage()), ()
        record.exc_info = record.exc_text = None
        return True


async def _known(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
    """Whoever comes over our own connection is of our own app; bolt would ask Slack before it acknowledges."""
    return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token="xoxb-not-used")  # noqa: S106
