"""Telling Slack: posts a story's message or a notice, keeps the message up to date, and finds both by their keys.

What always holds: one call to `send` or `note` makes at most one post, and never tries it again; a post carries its
key in its metadata, so that `find` can tell whether a post of unknown outcome stands; what is sent has passed
`limits.problems`. Deliberately absent: when to send, how often and what to do about a refusal: the outbox decides.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from riskbot.model import Delivery, Notice, Summary
from riskbot.ports import Sent
from riskbot.slack.client import Json, SlackClient
from riskbot.slack.limits import is_channel_id
from riskbot.slack.message import render
from riskbot.slack.notice import render_notice
from riskbot.slack.refusals import refusal, require_fit

PAGE = 200  # Slack's advice for one page of anything
CLOCK_SKEW = timedelta(minutes=2)  # Slack dates a message by its own clock


class SlackNotifier:
    """ports.Notifier over the Slack Web API."""

    def __init__(
        self, client: SlackClient, *, banner: str | None = None, sink: Callable[[Json], None] | None = None
    ) -> None:
        """`banner` begins every message, e.g. "REPLAY, not live"; `sink` is given each payload that Slack took."""
        self._client = client
        self._banner = banner
        self._sink = sink
        self._ids: dict[str, str] = {}  # channel name → id, as posts and conversations.list told

    def __repr__(self) -> str:
        return f"SlackNotifier({self._client!r})"

    async def send(self, delivery: Delivery, summary: Summary) -> Sent:
        """As ports.Notifier says. Raises SlackError; `invalid_blocks` without a call when the payload is unfit."""
        channel = delivery.sent_as or delivery.channel
        if delivery.ts is not None:  # only posting takes a name
            channel = await self._channel_id(channel)
        payload = render(
            summary, channel=channel, key=delivery.key, told=told_at(delivery), ts=delivery.ts, banner=self._banner
        )
        return await self._write("chat.postMessage" if delivery.ts is None else "chat.update", payload, delivery)

    async def note(self, notice: Notice) -> Sent:
        """As ports.Notifier says. Raises SlackError like `send`."""
        payload = render_notice(notice.text, channel=notice.channel, key=notice.key, banner=self._banner)
        return await self._write("chat.postMessage", payload, notice)

    async def _write(self, method: str, payload: Json, message: Delivery | Notice) -> Sent:
        require_fit(payload)
        answer = await self._client.write(method, payload)
        channel = str(answer.get("channel") or payload["channel"])
        sent = Sent(ts=str(answer.get("ts") or message.ts or ""), channel=channel)
        self._ids.setdefault(_name(message.channel), sent.channel)
        if self._sink:
            self._sink(payload)
        return sent

    async def find(self, sent: Delivery | Notice) -> Sent | None:
        """As ports.Notifier says. Raises SlackError when history cannot be read: with `retry_after` when it may be
        tried again, else for good."""
        channel = await self._channel_id(sent.sent_as or sent.channel)
        params: Json = {"channel": channel, "include_all_metadata": True, "inclusive": True, "limit": PAGE}
        if sent.ts is not None:  # an update: only that one message can carry the key
            params |= {"oldest": sent.ts, "latest": sent.ts}
        elif sent.tried_at is not None:
            params["oldest"] = f"{(sent.tried_at - CLOCK_SKEW).timestamp():.6f}"
        cursor = ""
        while True:
            page = await self._client.read("conversations.history", params | ({"cursor": cursor} if cursor else {}))
            for message in page.get("messages", []):
                if _key(message) == sent.key:
                    return Sent(ts=str(message["ts"]), channel=channel)
            cursor = _next_cursor(page)
            if not cursor:
                return None

    async def _channel_id(self, channel: str) -> str:
        """Slack's id of a channel given by name or id. Raises SlackError when there is no such channel."""
        if is_channel_id(channel):
            return channel
        name = _name(channel)
        cursor = ""
        while name not in self._ids:
            params: Json = {"types": "public_channel,private_channel", "exclude_archived": True, "limit": PAGE}
            page = await self._client.read("conversations.list", params | ({"cursor": cursor} if cursor else {}))
            self._ids |= {each["name"]: each["id"] for each in page.get("channels", [])}
            cursor = _next_cursor(page)
            if not cursor and name not in self._ids:
                raise refusal("channel_not_found", channel)
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


def _next_cursor(page: Json) -> str:
    return str((page.get("response_metadata") or {}).get("next_cursor") or "")
