"""Telling Slack: posts messages, replies, notices and digests, keeps messages up to date, and finds all by their keys.

What always holds: one call makes at most one post, and never tries it again; a post carries its key in its metadata,
so that `find` can tell whether a post of unknown outcome stands; what is sent has passed `limits.problems`.
Deliberately absent: when to send, how often and what to do about a refusal: the outbox decides.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from riskbot.errors import SlackError
from riskbot.model import Delivery, DeliveryKind, Summary
from riskbot.model.saying import Digest, Reply
from riskbot.ports import Sent
from riskbot.slack.channels import PAGE, channels, following
from riskbot.slack.client import Json, SlackClient
from riskbot.slack.limits import is_channel_id
from riskbot.slack.refusals import refusal, require_fit
from riskbot.slack.rendering import Rendering

CLOCK_SKEW = timedelta(minutes=2)  # Slack dates a message by its own clock
NO_THREAD = ("thread_not_found", "message_not_found")


class SlackNotifier:
    """ports.Notifier over the Slack Web API."""

    def __init__(
        self,
        client: SlackClient,
        *,
        banner: str | None = None,
        sink: Callable[[Json], None] | None = None,
        interactive: bool = False,
    ) -> None:
        """`banner` begins every message, e.g. "REPLAY, not live"; `sink` is given each payload that Slack took;
        `interactive`: presses of buttons are heard, so messages have some."""
        self._client = client
        self._rendering = Rendering(banner, interactive=interactive)
        self._sink = sink
        self._ids: dict[str, str] = {}  # channel name → id, as posts and conversations.list told

    def __repr__(self) -> str:
        return f"SlackNotifier({self._client!r})"

    async def send(self, delivery: Delivery, summary: Summary, owner: str | None = None) -> Sent:
        """As ports.Notifier says. Raises SlackError; `invalid_blocks` without a call when the payload is unfit."""
        channel = delivery.sent_as or delivery.channel
        if delivery.ts is not None:  # only posting takes a name
            channel = await self._channel_id(channel)
        payload = self._rendering.story(delivery, summary, channel, told_at(delivery), owner)
        return await self._write("chat.postMessage" if delivery.ts is None else "chat.update", payload, delivery)

    async def reply(self, delivery: Delivery, reply: Reply) -> Sent:
        """As ports.Notifier says. Raises SlackError like `send`."""
        payload = self._rendering.reply(delivery, reply, delivery.sent_as or delivery.channel)
        return await self._write("chat.postMessage", payload, delivery)

    async def note(self, delivery: Delivery) -> Sent:
        """As ports.Notifier says. Raises SlackError like `send`."""
        payload = self._rendering.notice(delivery, delivery.sent_as or delivery.channel)
        return await self._write("chat.postMessage", payload, delivery)

    async def digest(self, delivery: Delivery, digest: Digest) -> Sent:
        """As ports.Notifier says. Raises SlackError like `send`."""
        payload = self._rendering.digest(delivery, digest, delivery.channel)
        return await self._write("chat.postMessage", payload, delivery)

    async def _write(self, method: str, payload: Json, message: Delivery) -> Sent:
        require_fit(payload)
        answer = await self._client.write(method, payload, where=message.channel)
        channel = str(answer.get("channel") or payload["channel"])
        sent = Sent(ts=str(answer.get("ts") or message.ts or ""), channel=channel)
        self._ids.setdefault(_name(message.channel), sent.channel)
        if self._sink:
            self._sink(payload)
        return sent

    async def find(self, delivery: Delivery) -> Sent | None:
        """As ports.Notifier says. A reply is looked for in its thread; a broadcast one, which may stand alone where
        its thread is gone, in the channel too."""
        channel = await self._channel_id(delivery.sent_as or delivery.channel)
        params: Json = {"channel": channel, "include_all_metadata": True, "inclusive": True, "limit": PAGE}
        if delivery.kind is DeliveryKind.EDIT and delivery.ts is not None:  # only that one message can carry the key
            params |= {"oldest": delivery.ts, "latest": delivery.ts}
        elif delivery.tried_at is not None:
            params["oldest"] = f"{(delivery.tried_at - CLOCK_SKEW).timestamp():.6f}"
        found: Sent | None = None
        if delivery.thread is not None:
            try:
                found = await self._search("conversations.replies", params | {"ts": delivery.thread}, delivery)
            except SlackError as error:
                if error.code not in NO_THREAD:
                    raise
        if found is None and (delivery.thread is None or delivery.kind is DeliveryKind.BROADCAST):
            found = await self._search("conversations.history", params, delivery)
        return found

    async def _search(self, method: str, params: Json, delivery: Delivery) -> Sent | None:
        """The message with the delivery's key, on whatever page it stands."""
        cursor = ""
        while True:
            asked = params | ({"cursor": cursor} if cursor else {})
            page = await self._client.read(method, asked, where=delivery.channel)
            for message in page.get("messages", []):
                if _key(message) == delivery.key:
                    return Sent(ts=str(message["ts"]), channel=params["channel"])
            cursor = following(page)
            if not cursor:
                return None

    async def permalink(self, channel: str, ts: str) -> str | None:
        """As ports.Notifier says; None where the message is gone. Raises SlackError."""
        try:
            answer = await self._client.read("chat.getPermalink", {"channel": channel, "message_ts": ts})
        except SlackError as error:
            if error.code in NO_THREAD:
                return None
            raise
        return str(answer.get("permalink") or "") or None

    async def _channel_id(self, channel: str) -> str:
        """Slack's id of a channel given by name or id. Raises SlackError when there is no such channel."""
        if is_channel_id(channel):
            return channel
        name = _name(channel)
        if name not in self._ids:
            listed = await channels(self._client, archived=False, wanted=name)
            self._ids |= {each["name"]: each["id"] for each in listed.known.values()}
            if name not in self._ids:
                raise listed.failed or listed.private or refusal("channel_not_found", channel)
        return self._ids[name]


def told_at(delivery: Delivery) -> datetime | None:
    """When the channel was told: the time in the standing message's ts, else of the send under way."""
    return datetime.fromtimestamp(int(delivery.ts.partition(".")[0]), UTC) if delivery.ts else delivery.tried_at


def _name(channel: str) -> str:
    return channel.removeprefix("#")


def _key(message: dict[str, Any]) -> str | None:
    payload = message.get("metadata", {}).get("event_payload", {})
    key = payload.get("key") if isinstance(payload, dict) else None
    return key if isinstance(key, str) else None
