"""A local Slack Web API: the methods riskbot uses, as strict as Slack documents them, with faults to order.

    async with SlackServer() as slack:            # in a test's own event loop
        client = SlackClient(slack.token, base_url=slack.url)
    with SlackServer().in_thread() as slack: ...  # beside a process or another loop

What always holds: a post that is accepted is kept and visible to history at once, whatever the caller is then told;
a post that is refused leaves no trace; messages are kept in `channels[...].messages`, oldest first. A fault comes
from a script: `listed({...})` names the fault of each call in turn, `seeded(7)` draws them.
Deliberately absent: scopes, users, edits by people.
"""

from __future__ import annotations

import asyncio
import copy
import itertools
import json
import random
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from types import TracebackType
from typing import Any, TypeVar

from aiohttp import web

from riskbot.slack import limits

Json = dict[str, Any]
T = TypeVar("T")
TOKEN = "xoxb-0000-local-test-token"


class Fault(StrEnum):
    """What goes wrong with one call."""

    RATE_LIMITED = "429 with Retry-After"
    RATE_LIMITED_SILENTLY = "429 without Retry-After"
    ERROR_500 = "status 500, nothing done"
    ERROR_503 = "status 503, nothing done"
    INTERNAL_ERROR = "internal_error, nothing done"
    ACCEPT_AND_INTERNAL_ERROR = "internal_error, but done"
    RESET = "reset before anything is done"
    ACCEPT_AND_RESET = "done, then reset"
    ACCEPT_AND_STALL = "done, but never answered"
    ACCEPT_AND_GARBAGE = "done, answered with half of the JSON"
    REFUSED = "not_in_channel"


BEFORE = {Fault.RATE_LIMITED, Fault.RATE_LIMITED_SILENTLY, Fault.ERROR_500, Fault.ERROR_503, Fault.INTERNAL_ERROR}
PASSING = [fault for fault in Fault if fault not in (Fault.REFUSED, Fault.ACCEPT_AND_STALL)]

Script = Callable[[str], Fault | None]  # method → what goes wrong with this call of it


def never(_method: str) -> Fault | None:
    return None


def listed(faults: Mapping[str, Sequence[Fault | None]]) -> Script:
    """For each method the faults of its calls in turn; afterwards all is well."""
    left = {method: iter(each) for method, each in faults.items()}
    return lambda method: next(left.get(method, iter(())), None)


def seeded(seed: int, *, share: float = 0.3, faults: Sequence[Fault] = tuple(PASSING)) -> Script:
    """Faults drawn at random, the same for the same seed and order of calls."""
    draw = random.Random(seed)
    return lambda _method: draw.choice(list(faults)) if draw.random() < share else None


@dataclass
class Message:
    """A message as it stands, with what it said before."""

    ts: str
    payload: Json
    edits: list[Json] = field(default_factory=list)  # earlier payloads, oldest first

    @property
    def key(self) -> str | None:
        payload: Json = (self.payload.get("metadata") or {}).get("event_payload", {})
        return payload.get("key")

    @property
    def thread_ts(self) -> str | None:
        return self.payload.get("thread_ts")

    def seen_by(self, *, metadata: bool) -> Json:
        shown = {"type": "message", "ts": self.ts, "text": self.payload["text"], "blocks": self.payload.get("blocks")}
        if self.thread_ts:
            shown["thread_ts"] = self.thread_ts
        if metadata and "metadata" in self.payload:
            shown["metadata"] = self.payload["metadata"]
        return copy.deepcopy(shown)


@dataclass
class Channel:
    id: str
    name: str
    member: bool = True
    archived: bool = False
    private: bool = False
    history: bool = True  # False: history is refused with missing_scope
    messages: list[Message] = field(default_factory=list)


class SlackRefusal(Exception):  # noqa: N818  an answer, as Slack gives it
    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error)
        self.body: Json = {"ok": False, "error": error, **more}


class SlackServer:
    """The server; `channels` are made by name and may be changed at any time."""

    def __init__(
        self,
        *names: str,
        token: str = TOKEN,
        script: Script = never,
        retry_after: float = 1,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.token = token
        self.script = script
        self.retry_after = retry_after
        self.channels = {n: Channel(f"C{i:08d}", n) for i, n in enumerate(names or ("risk", "ops"), start=1)}
        self.calls: list[tuple[str, Json]] = []  # every call, in order, with its arguments
        self.faults: Counter[str] = Counter()  # how often which fault was played
        self.page = 100  # no page is longer, whatever limit is asked for
        self.url = ""
        self._clock = clock
        self._number = itertools.count(1)
        self._runner: web.AppRunner | None = None
        self._closing = asyncio.Event()

    # ── running it ───────────────────────────────────────────────────────────────────────────────────────────────

    async def __aenter__(self) -> SlackServer:
        app = web.Application(client_max_size=2**24)
        app.router.add_route("*", "/api/{method}", self._answer)
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

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        arguments = await _arguments(request)
        self.calls.append((method, arguments))
        fault = self.script(method)
        if fault:
            self.faults[fault] += 1
        if fault in BEFORE:
            return self._failing(fault)
        if fault is Fault.RESET:
            return _reset(request)
        if fault is Fault.REFUSED:
            return web.json_response({"ok": False, "error": "not_in_channel"})
        try:
            body = self._perform(method, arguments, request.headers.get("Authorization", ""))
        except SlackRefusal as refusal:
            return web.json_response(refusal.body)
        if fault is Fault.ACCEPT_AND_RESET:
            return _reset(request)
        if fault is Fault.ACCEPT_AND_STALL:
            await self._closing.wait()
        if fault is Fault.ACCEPT_AND_INTERNAL_ERROR:
            return web.json_response({"ok": False, "error": "internal_error"})
        if fault is Fault.ACCEPT_AND_GARBAGE:
            return web.Response(text=json.dumps(body)[:20], content_type="application/json")
        return web.json_response(body)

    def _failing(self, fault: Fault) -> web.Response:
        if fault is Fault.INTERNAL_ERROR:
            return web.json_response({"ok": False, "error": "internal_error"})
        if fault in (Fault.ERROR_500, Fault.ERROR_503):
            return web.Response(status=500 if fault is Fault.ERROR_500 else 503, text="<html>upstream</html>")
        headers = {"Retry-After": f"{self.retry_after:g}"} if fault is Fault.RATE_LIMITED else {}
        return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)

    def _perform(self, method: str, arguments: Json, authorization: str) -> Json:
        methods: dict[str, Callable[[Json], Json]] = {
            "auth.test": self._auth_test,
            "chat.postMessage": self._post,
            "chat.update": self._update,
            "conversations.history": self._history,
            "conversations.replies": self._replies,
            "conversations.list": self._list,
            "conversations.info": self._info,
        }
        if method not in methods:
            raise SlackRefusal("unknown_method", req_method=method)
        if not authorization:
            raise SlackRefusal("not_authed")
        if authorization != f"Bearer {self.token}":
            raise SlackRefusal("invalid_auth")
        return {"ok": True, **methods[method](arguments)}

    def _auth_test(self, _arguments: Json) -> Json:
        return {"url": "https://local.slack.example/", "team": "local", "user": "riskbot", "bot_id": "B0000001"}

    def _post(self, arguments: Json) -> Json:
        channel = self._channel(arguments, by_name=True)
        self._may_write(channel)
        _fit(arguments)
        thread = arguments.get("thread_ts")
        if thread and all(each.ts != thread for each in channel.messages):
            raise SlackRefusal("thread_not_found")
        # six digits after the point, unlike any other message's, as Slack's are
        ts = f"{int(self._clock())}.{next(self._number) % 1_000_000:06d}"
        message = Message(ts, copy.deepcopy(arguments) | {"channel": channel.id})
        channel.messages.append(message)
        return {"channel": channel.id, "ts": ts, "message": message.seen_by(metadata=True)}

    def _update(self, arguments: Json) -> Json:
        channel = self._channel(arguments, by_name=False)
        self._may_write(channel)
        if not arguments.get("ts"):
            raise SlackRefusal("invalid_arguments")
        message = next((each for each in channel.messages if each.ts == arguments["ts"]), None)
        if message is None:
            raise SlackRefusal("message_not_found")
        _fit(arguments)
        message.edits.append(message.payload)
        message.payload = message.payload | copy.deepcopy(arguments)
        return {"channel": channel.id, "ts": message.ts, "text": message.payload["text"]}

    def _history(self, arguments: Json) -> Json:
        channel = self._readable(arguments)
        standing = [m for m in channel.messages if not m.thread_ts or m.payload.get("reply_broadcast")]
        return self._paged(standing[::-1], arguments)

    def _replies(self, arguments: Json) -> Json:
        channel = self._readable(arguments)
        thread = [m for m in channel.messages if arguments.get("ts") in (m.ts, m.thread_ts)]
        if not thread:
            raise SlackRefusal("thread_not_found")
        return self._paged(thread, arguments)

    def _paged(self, messages: Sequence[Message], arguments: Json) -> Json:
        oldest, latest = float(arguments.get("oldest") or 0), float(arguments.get("latest") or "inf")
        inclusive = _true(arguments.get("inclusive"))
        within = [
            m for m in messages if oldest < float(m.ts) < latest or (inclusive and float(m.ts) in (oldest, latest))
        ]
        page, following = self._page(within, arguments)
        metadata = _true(arguments.get("include_all_metadata"))
        shown = [message.seen_by(metadata=metadata) for message in page]
        return {"messages": shown, "has_more": bool(following), "response_metadata": {"next_cursor": following}}

    def _list(self, arguments: Json) -> Json:
        types = str(arguments.get("types", "public_channel")).split(",")
        listed = [
            channel
            for channel in self.channels.values()
            if ("private_channel" if channel.private else "public_channel") in types
            and not (channel.archived and _true(arguments.get("exclude_archived")))
        ]
        page, following = self._page(listed, arguments)
        return {"channels": [_described(each) for each in page], "response_metadata": {"next_cursor": following}}

    def _info(self, arguments: Json) -> Json:
        return {"channel": _described(self._channel(arguments, by_name=False))}

    # ── Slack's rules ────────────────────────────────────────────────────────────────────────────────────────────

    def _channel(self, arguments: Json, *, by_name: bool) -> Channel:
        asked = str(arguments.get("channel", ""))
        for channel in self.channels.values():
            if asked == channel.id or (by_name and asked.removeprefix("#") == channel.name):
                return channel
        raise SlackRefusal("channel_not_found")

    def _may_write(self, channel: Channel) -> None:
        if not channel.member:
            raise SlackRefusal("not_in_channel")
        if channel.archived:
            raise SlackRefusal("is_archived")

    def _readable(self, arguments: Json) -> Channel:
        channel = self._channel(arguments, by_name=False)
        if not channel.history:
            raise SlackRefusal("missing_scope", needed="channels:history", provided="chat:write")
        if not channel.member:
            raise SlackRefusal("not_in_channel")
        return channel

    def _page(self, items: Sequence[T], arguments: Json) -> tuple[Sequence[T], str]:
        start = int(arguments.get("cursor") or 0)
        size = min(int(arguments.get("limit") or 100), self.page)
        if not 1 <= size <= 999:
            raise SlackRefusal("invalid_limit")
        end = start + size
        return items[start:end], str(end) if end < len(items) else ""


def _fit(arguments: Json) -> None:
    """Slack's limits, each with the error that Slack gives for it."""
    if not arguments.get("text") and not arguments.get("blocks"):
        raise SlackRefusal("no_text")
    if len(arguments.get("text", "")) > 40_000:
        raise SlackRefusal("msg_too_long")
    wrong = limits.problems(arguments)
    if any(each.startswith("metadata") for each in wrong):
        raise SlackRefusal("invalid_metadata_format")
    if any("the blocks are" in each for each in wrong):
        raise SlackRefusal("msg_blocks_too_long")
    if wrong:
        raise SlackRefusal("invalid_blocks", response_metadata={"messages": wrong})


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


def _described(channel: Channel) -> Json:
    return {
        "id": channel.id,
        "name": channel.name,
        "is_member": channel.member,
        "is_archived": channel.archived,
        "is_private": channel.private,
    }


def _true(value: Any) -> bool:
    return str(value).lower() in ("1", "true")


def _reset(request: web.Request) -> web.Response:
    """Break the connection off as a dying machine does: with a reset, not a farewell."""
    transport = request.transport
    if transport is not None:
        connection = transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    return web.Response()
