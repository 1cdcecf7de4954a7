"""The local Slack with Socket Mode: a connection over which clicks and commands are sent, and addresses that take
answers, webhooks and signs of life.

    async with SocketSlack("risk") as slack:
        await slack.connected.wait()
        envelope = await slack.press("riskbot:own", "s1")     # waits for the acknowledgement
        answer = await slack.answered()                       # what only the user sees

What always holds: a connection's address is good for one connection; an envelope that is not acknowledged within three
seconds is a failure, as in Slack; what is posted to an address is kept in the order in which it came.
Source: https://docs.slack.dev/apis/events-api/using-socket-mode.
"""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, TypeVar

from aiohttp import WSMsgType, web

from tests.slackrules import SlackRefusal
from tests.slackserver import SlackServer

Json = dict[str, Any]
T = TypeVar("T")
APP_TOKEN = "xapp-1-A0000-0000-local-test-app-token"
PATIENCE = 3.0  # seconds that Slack waits for an acknowledgement
USER = {"id": "U0000ANN", "username": "ann", "name": "ann", "team_id": "T0000001"}


async def until(condition: Callable[[], object]) -> None:
    """Look until it is so; fails after a generous while."""
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110  what is awaited knows of no events
            await asyncio.sleep(0.01)


class SocketSlack(SlackServer):
    """The server, with a socket."""

    def __init__(self, *names: str, **more: Any) -> None:
        super().__init__(*names, **more)
        self.app_token = APP_TOKEN
        self.connected = asyncio.Event()  # while somebody is connected
        self.connections = 0  # so far
        self.posted: list[tuple[str, Json]] = []  # (path, body) of what was posted to addresses of ours
        self.asked: list[str] = []  # paths of addresses that were requested
        self.hook_status = 200
        self.hook_answer = "ok"
        self.hooks = ""  # where our addresses begin
        self._tickets = itertools.count(1)
        self._good: set[str] = set()
        self._socket: web.WebSocketResponse | None = None
        self._acks: dict[str, asyncio.Future[Json]] = {}
        self._came: asyncio.Queue[Json] = asyncio.Queue()
        self._beside: web.AppRunner | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def call(self, work: Coroutine[Any, Any, T]) -> T:
        """Have something done in the server's own loop, from another thread."""
        assert self._loop is not None
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    async def __aenter__(self) -> SocketSlack:
        await super().__aenter__()
        self._loop = asyncio.get_running_loop()
        app = web.Application()
        app.router.add_get("/link/{ticket}", self._link)
        app.router.add_post("/hooks/{name}", self._hook)
        app.router.add_get("/alive/{name}", self._alive)
        self._beside = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._beside.setup()
        await web.TCPSite(self._beside, "127.0.0.1", 0).start()
        host, port = self._beside.addresses[0][:2]
        self.hooks = f"http://{host}:{port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.hang_up()
        assert self._beside is not None
        await self._beside.cleanup()
        await super().__aexit__(kind, error, trace)

    def _perform(self, method: str, arguments: Json, authorization: str) -> Json:
        if method == "chat.delete" and authorization == f"Bearer {self.token}":
            self._channel(arguments, by_name=False).delete(str(arguments.get("ts")))
            return {"ok": True}
        if method != "apps.connections.open":
            return super()._perform(method, arguments, authorization)
        if authorization != f"Bearer {self.app_token}":
            raise SlackRefusal("not_allowed_token_type" if authorization.endswith(self.token) else "invalid_auth")
        ticket = f"ticket-{next(self._tickets)}"
        self._good.add(ticket)
        return {"ok": True, "url": f"{self.hooks.replace('http', 'ws')}/link/{ticket}"}

    # ── the connection ───────────────────────────────────────────────────────────────────────────────────────────

    async def _link(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["ticket"] not in self._good:
            raise web.HTTPForbidden
        self._good.remove(request.match_info["ticket"])
        link = web.WebSocketResponse()
        await link.prepare(request)
        self._socket = link
        self.connections += 1
        await link.send_json({"type": "hello", "num_connections": 1, "connection_info": {"app_id": "A0000"}})
        self.connected.set()
        async for message in link:
            if message.type is WSMsgType.TEXT:
                ack = json.loads(message.data)
                waiting = self._acks.get(ack.get("envelope_id", ""))
                if waiting and not waiting.done():
                    waiting.set_result(ack.get("payload") or {})
        if self._socket is link:
            self._socket = None
            self.connected.clear()
        return link

    async def hang_up(self) -> None:
        """Lose the connection, as a network does."""
        link, self._socket = self._socket, None
        self.connected.clear()
        if link is not None:
            await link.close()

    async def renew(self) -> None:
        """Ask for a new connection, as Slack does every few hours."""
        assert self._socket is not None
        await self._socket.send_json({"type": "disconnect", "reason": "refresh_requested"})

    async def send(self, kind: str, payload: Json, number: str = "") -> Json:
        """Send an envelope; what it was acknowledged with. Fails when it is not within three seconds."""
        assert self._socket is not None, "nobody is connected"
        id_ = number or f"envelope-{next(self._tickets)}"
        self._acks[id_] = asyncio.get_running_loop().create_future()
        envelope = {"envelope_id": id_, "type": kind, "payload": payload, "accepts_response_payload": True}
        await self._socket.send_json(envelope)
        async with asyncio.timeout(PATIENCE):
            return await self._acks[id_]

    # ── what people do ───────────────────────────────────────────────────────────────────────────────────────────

    async def press(
        self,
        action: str,
        value: str,
        *,
        user: Json = USER,
        trigger: str = "",
        channel: str = "risk",
        ts: str = "1.000001",
    ) -> Json:
        """Press a button, or choose from a menu where the value is an option's."""
        chosen: Json = {"action_id": action, "block_id": "b", "action_ts": ts}
        if action == "riskbot:mute":
            chosen |= {"type": "static_select", "selected_option": {"value": value}}
        else:
            chosen |= {"type": "button", "value": value}
        trigger = trigger or f"trigger-{next(self._tickets)}"
        return await self.send(
            "interactive",
            {
                "type": "block_actions",
                "user": user,
                "team": {"id": "T0000001"},
                "api_app_id": "A0000",
                "trigger_id": trigger,
                "container": {"type": "message", "message_ts": ts, "channel_id": self.channels[channel].id},
                "channel": {"id": self.channels[channel].id, "name": channel},
                "response_url": f"{self.hooks}/hooks/answer",
                "actions": [chosen],
            },
        )

    async def command(self, text: str, *, user: Json = USER, trigger: str = "") -> Json:
        """Type `/riskbot …`."""
        return await self.send(
            "slash_commands",
            {
                "command": "/riskbot",
                "text": text,
                "user_id": user["id"],
                "user_name": user["username"],
                "team_id": "T0000001",
                "channel_id": "D0000001",
                "trigger_id": trigger or f"trigger-{next(self._tickets)}",
                "response_url": f"{self.hooks}/hooks/answer",
            },
        )

    async def submit(self, other: str, *, user: Json = USER, trigger: str = "") -> Json:
        """Fill in the dialogue that was opened last."""
        view = self.views[-1]["view"]
        field = view["blocks"][0]
        values = {field["block_id"]: {field["element"]["action_id"]: {"type": "plain_text_input", "value": other}}}
        return await self.send(
            "interactive",
            {
                "type": "view_submission",
                "user": user,
                "team": {"id": "T0000001"},
                "trigger_id": trigger or f"trigger-{next(self._tickets)}",
                "view": view | {"id": "V1", "type": "modal", "state": {"values": values}, "hash": "h"},
            },
        )

    async def answered(self) -> Json:
        """The next answer that only the user sees, waited for."""
        async with asyncio.timeout(10):
            return await self._came.get()

    # ── addresses ────────────────────────────────────────────────────────────────────────────────────────────────

    async def _hook(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.posted.append((request.path, body))
        if request.match_info["name"] == "answer":
            self._came.put_nowait(body)
            return web.Response(text="ok")
        return web.Response(status=self.hook_status, text=self.hook_answer)

    async def _alive(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        return web.Response(text="OK")
