"""A local Slack Web API: the methods riskbot uses, as strict as Slack documents them, with faults to order.

    async with SlackServer() as slack:            # in a test's own event loop
        client = SlackClient(slack.token, base_url=slack.url)
    with SlackServer().in_thread() as slack: ...  # beside a process or another loop

What always holds: a post that is accepted is kept and visible to history at once, whatever the caller is then told;
a post that is refused leaves no trace; messages are kept in `channels[...].messages`, oldest first. A fault comes
from a script (`slackfaults.py`). What a bot must never do is not refused but counted (`slackwatch.py`): two senders in
one channel at once, and more than `rate` messages a second in one channel.
Deliberately absent: users, and Slack's own clock of rate limits.
"""

from __future__ import annotations

import asyncio
import copy
import itertools
import json
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Literal

from aiohttp import web

from tests.slackchannels import Channel, Json, Message, history, paged, replies, true
from tests.slackfaults import BEFORE, READS, WRITES, Fault, Script, listed, never, seeded, weighted
from tests.slackrules import SlackRefusal, fit
from tests.slackwatch import Call, Watch

__all__ = ["TOKEN", "Channel", "Fault", "Message", "Script", "SlackServer", "listed", "never", "seeded", "weighted"]

TOKEN = "xoxb-0000-local-test-token"
SCOPES = ("chat:write", "channels:history", "channels:read", "groups:history", "groups:read", "commands")
Moment = Literal["arrived", "stalled", "done", "answered"]
_NEEDS = {
    **dict.fromkeys(("chat.postMessage", "chat.update", "chat.postEphemeral"), "chat:write"),
    **dict.fromkeys(("conversations.history", "conversations.replies"), ":history"),
    **dict.fromkeys(("conversations.list", "conversations.info"), ":read"),
}


class SlackServer:
    """The server; `channels` are made by name and may be changed at any time."""

    def __init__(
        self,
        *names: str,
        token: str = TOKEN,
        script: Script = never,
        retry_after: float | Callable[[], float] = 1,
        clock: Callable[[], float] = time.time,
        rate: float | None = None,
    ) -> None:
        self.token = token
        self.script = script
        self.retry_after = retry_after
        self.watch = Watch(rate, clock)
        self.scopes = set(SCOPES)
        self.channels = {n: Channel(f"C{i:08d}", n) for i, n in enumerate(names or ("risk", "ops"), start=1)}
        self.calls: list[tuple[str, Json]] = []  # every call, in order, with its arguments
        self.faults: Counter[str] = Counter()  # how often which fault was played
        self.refusals: Counter[str] = Counter()  # how often which error was answered to a call that was carried out
        self.page = 100  # no page is longer, whatever limit is asked for
        self.edit_window: float | None = None  # seconds after which a message can no longer be edited; None: never
        self.lateness = 0.3  # seconds by the server's clock after which a late call is taken, once it was given up
        self.unread: list[tuple[float, str]] = []  # when history was refused, and of which channel
        self.ephemeral: list[Json] = []  # what was shown to one user alone
        self.views: list[Json] = []  # the views that were opened
        self.on: Callable[[Moment, str, Json], None] = lambda _moment, _method, _arguments: None
        self.url = ""
        self._clock = clock
        self._number = itertools.count(1)
        self._runner: web.AppRunner | None = None
        self._closing = asyncio.Event()

    # ── running it ───────────────────────────────────────────────────────────────────────────────────────────────

    async def __aenter__(self) -> SlackServer:
        app = web.Application(client_max_size=2**24)
        app.router.add_route("*", "/api/{method}", self._serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}/api/"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        assert self._runner is not None
        await self._runner.cleanup()

    @contextmanager
    def in_thread(self) -> Iterator[SlackServer]:
        """The server in a loop and thread of its own."""
        started, stop = threading.Event(), asyncio.Event()
        loop = asyncio.new_event_loop()

        async def serve() -> None:
            async with self:
                started.set()
                await stop.wait()

        thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
        thread.start()
        try:
            assert started.wait(10), "the local Slack did not start"
            yield self
        finally:
            loop.call_soon_threadsafe(stop.set)
            thread.join(10)
            loop.close()

    def messages(self, name: str) -> list[Message]:
        """The messages that stand in a channel, oldest first."""
        return self.channels[name].messages

    def lose(self, name: str) -> None:
        """Delete a channel with everything in it."""
        del self.channels[name]

    # ── answering ────────────────────────────────────────────────────────────────────────────────────────────────

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        arguments = await _arguments(request)
        self.calls.append((method, arguments))
        call = Call(request, self._id(arguments) if method in WRITES else "")
        self.watch.begin(call)
        try:
            self.on("arrived", method, arguments)
            response = await self._answer(call, method, arguments)
            self.on("answered", method, arguments)
        except BaseException:
            self.watch.end(call, answered=False)
            raise
        self.watch.end(call, answered=call.waited_for)
        return response

    async def _answer(self, call: Call, method: str, arguments: Json) -> web.StreamResponse:
        fault = self.script(method)
        if fault:
            self.faults[fault] += 1
        if fault is Fault.HISTORY_REFUSED:
            self.unread.append((self._clock(), str(arguments.get("channel", ""))))
        if fault in BEFORE:
            return self._failing(fault)
        if fault is Fault.RESET:
            return _reset(call.request)
        if fault is Fault.LATE:
            self.on("stalled", method, arguments)
            came = self._clock()
            await call.given_up(self._closing)
            while self._clock() < came + self.lateness and not self._closing.is_set():  # noqa: ASYNC110  a made-up clock
                await asyncio.sleep(0.01)
        try:
            body = self._perform(method, arguments, call.request.headers.get("Authorization", ""))
        except SlackRefusal as refusal:
            self.refusals[refusal.body["error"]] += 1
            if method in READS and refusal.body["error"] == "missing_scope":
                self.unread.append((self._clock(), str(arguments.get("channel", ""))))
            return web.json_response(refusal.body)
        self.on("done", method, arguments)
        if fault is Fault.ACCEPT_AND_RESET:
            return _reset(call.request)
        if fault is Fault.ACCEPT_AND_STALL:
            self.on("stalled", method, arguments)
            await call.given_up(self._closing)
        if fault in (Fault.ACCEPT_AND_INTERNAL_ERROR, Fault.ACCEPT_AND_FATAL_ERROR):
            return web.json_response({"ok": False, "error": fault.partition(",")[0]})
        if fault is Fault.ACCEPT_AND_GARBAGE:
            return web.Response(text=json.dumps(body)[:20], content_type="application/json")
        return web.json_response(body, headers={"X-OAuth-Scopes": ",".join(sorted(self.scopes))})

    def _failing(self, fault: Fault) -> web.Response:
        if fault in (Fault.INTERNAL_ERROR, Fault.FATAL_ERROR):
            return web.json_response({"ok": False, "error": fault.partition(",")[0]})
        if fault is Fault.REFUSED:
            return web.json_response({"ok": False, "error": "not_in_channel"})
        if fault is Fault.HISTORY_REFUSED:
            return web.json_response({"ok": False, "error": "missing_scope", "needed": "channels:history"})
        if fault in (Fault.ERROR_500, Fault.ERROR_503):
            return web.Response(status=500 if fault is Fault.ERROR_500 else 503, text="<html>upstream</html>")
        asked = self.retry_after() if callable(self.retry_after) else self.retry_after
        headers = {"Retry-After": f"{asked:g}"} if fault is Fault.RATE_LIMITED else {}
        return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)

    def _perform(self, method: str, arguments: Json, authorization: str) -> Json:
        methods: dict[str, Callable[[Json], Json]] = {
            "auth.test": self._auth_test,
            "chat.postMessage": self._post,
            "chat.update": self._update,
            "chat.postEphemeral": self._post_ephemeral,
            "chat.getPermalink": self._permalink,
            "conversations.history": lambda given: history(self._readable(given), given, self.page),
            "conversations.replies": lambda given: replies(self._readable(given), given, self.page),
            "conversations.list": self._list,
            "conversations.info": self._info,
            "views.open": self._open_view,
        }
        if method not in methods:
            raise SlackRefusal("unknown_method", req_method=method)
        if not authorization:
            raise SlackRefusal("not_authed")
        if authorization != f"Bearer {self.token}":
            raise SlackRefusal("invalid_auth")
        if needed := _NEEDS.get(method):
            self._require(needed, "channels" if needed.startswith(":") else "")
        return {"ok": True, **methods[method](arguments)}

    def _auth_test(self, _arguments: Json) -> Json:
        return {
            "url": "https://local.slack.example/",
            "team": "local",
            "team_id": "T0000001",
            "user": "riskbot",
            "user_id": "U0000001",
            "bot_id": "B0000001",
        }

    def _post(self, arguments: Json) -> Json:
        channel = self._channel(arguments, by_name=True)
        _may_write(channel)
        fit(arguments)
        if thread := arguments.get("thread_ts"):
            root = channel.message(thread)
            if root is None:
                raise SlackRefusal("thread_not_found")
            if root.thread_ts:
                raise SlackRefusal("cannot_reply_to_message")
        # six digits after the point, unlike any other message's, as Slack's are
        ts = f"{int(self._clock())}.{next(self._number) % 1_000_000:06d}"
        message = Message(ts, copy.deepcopy(arguments) | {"channel": channel.id})
        channel.messages.append(message)
        return {"channel": channel.id, "ts": ts, "message": message.seen_by(metadata=True)}

    def _update(self, arguments: Json) -> Json:
        channel = self._channel(arguments, by_name=False)
        _may_write(channel)
        if not arguments.get("ts"):
            raise SlackRefusal("invalid_arguments")
        message = channel.message(arguments["ts"])
        if message is None:
            raise SlackRefusal("message_not_found")
        if self.edit_window is not None and self._clock() - float(message.ts) > self.edit_window:
            raise SlackRefusal("edit_window_closed")
        fit(arguments)
        message.edits.append(message.payload)
        message.payload = message.payload | copy.deepcopy(arguments)
        return {"channel": channel.id, "ts": message.ts, "text": message.payload["text"]}

    def _post_ephemeral(self, arguments: Json) -> Json:
        _may_write(self._channel(arguments, by_name=False))
        if not arguments.get("user"):
            raise SlackRefusal("invalid_arguments")
        fit(arguments)
        self.ephemeral.append(copy.deepcopy(arguments))
        return {"message_ts": f"{self._clock():.6f}"}

    def _open_view(self, arguments: Json) -> Json:
        if not arguments.get("trigger_id") or not arguments.get("view"):
            raise SlackRefusal("invalid_arguments")
        self.views.append(copy.deepcopy(arguments))
        return {"view": {"id": f"V{len(self.views):08d}"}}

    def _permalink(self, arguments: Json) -> Json:
        channel = self._channel(arguments, by_name=False)
        message = channel.message(arguments.get("message_ts"))
        if message is None:
            raise SlackRefusal("message_not_found")
        link = f"https://local.slack.example/archives/{channel.id}/p{message.ts.replace('.', '')}"
        if message.thread_ts:
            link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
        return {"channel": channel.id, "permalink": link}

    def _list(self, arguments: Json) -> Json:
        types = str(arguments.get("types", "public_channel")).split(",")
        if "private_channel" in types:
            self._require(":read", "groups")
        listed = [
            channel
            for channel in self.channels.values()
            if ("private_channel" if channel.private else "public_channel") in types
            and not channel.lost
            and not (channel.archived and true(arguments.get("exclude_archived")))
        ]
        page, following = paged(listed, arguments, self.page)
        return {"channels": [each.described() for each in page], "response_metadata": {"next_cursor": following}}

    def _info(self, arguments: Json) -> Json:
        return {"channel": self._channel(arguments, by_name=False).described()}

    # ── Slack's rules ────────────────────────────────────────────────────────────────────────────────────────────

    def _channel(self, arguments: Json, *, by_name: bool) -> Channel:
        asked = str(arguments.get("channel", ""))
        for channel in self.channels.values():
            if not channel.lost and (asked == channel.id or (by_name and asked.removeprefix("#") == channel.name)):
                return channel
        raise SlackRefusal("channel_not_found")

    def _readable(self, arguments: Json) -> Channel:
        channel = self._channel(arguments, by_name=False)
        if not channel.history:
            raise SlackRefusal("missing_scope", needed="channels:history", provided="chat:write")
        if channel.private:
            self._require(":history", "groups")
        if not channel.member:
            raise SlackRefusal("not_in_channel")
        return channel

    def _require(self, scope: str, kind: str) -> None:
        if kind + scope not in self.scopes:
            raise SlackRefusal("missing_scope", needed=kind + scope, provided=",".join(sorted(self.scopes)))

    def _id(self, arguments: Json) -> str:
        asked = str(arguments.get("channel", "")).removeprefix("#")
        return self.channels[asked].id if asked in self.channels else asked


def _may_write(channel: Channel) -> None:
    if not channel.member:
        raise SlackRefusal("not_in_channel")
    if channel.archived:
        raise SlackRefusal("is_archived")


async def _arguments(request: web.Request) -> Json:
    """What a call was given, from its query and from a JSON or form body."""
    arguments: Json = dict(request.query)
    if request.content_type == "application/json":
        body = await request.json()
        arguments |= body if isinstance(body, dict) else {}
    elif request.can_read_body:
        arguments |= {name: str(value) for name, value in (await request.post()).items()}
    arguments.pop("token", None)
    return arguments


def _reset(request: web.Request) -> web.Response:
    """Break the connection off as a dying machine does: with a reset, not a farewell."""
    transport = request.transport
    if transport is not None:
        connection = transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    return web.Response()
