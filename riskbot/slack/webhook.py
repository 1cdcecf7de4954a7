"""Messages through addresses that Slack gives out: incoming webhooks, and the answers to a click or a command.

What always holds: a call is tried once here and never repeated (`retry_handlers=[]`); the address is a secret and
stands in no message, cause or repr. An incoming webhook cannot be asked what stands in its channel, so telling
through it is *at least once*: what may have been lost is sent again. It has no updates, no threads and no buttons:
edits and quiet replies are refused, with the code that Slack has for a message that cannot be edited and for a thread
that is gone, so that nobody counts them as sent; what a thread would broadcast is a message of its own.
Source: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import aiohttp
from slack_sdk.webhook.async_client import AsyncWebhookClient

from riskbot.errors import SlackError
from riskbot.model import Delivery, DeliveryKind, Summary
from riskbot.model.saying import Digest, Reply
from riskbot.ports import Sent
from riskbot.slack.refusals import PAUSE, require_fit, unknown_outcome
from riskbot.slack.rendering import Rendering

Json = dict[str, Any]
Sink = Callable[[Json], None]
CHANNEL = "C0WEBHOOK"  # stands in payloads that name a channel; the webhook has one of its own
TAKEN = ("text", "blocks", "unfurl_links", "unfurl_media")  # of a payload, what a webhook knows
LABEL = "incoming webhook: at least once (no edits, threads or buttons, and a message may come twice after a fault)"
WITH_TOKEN = "with a bot token it could: `riskbot slack manifest`"  # noqa: S105  a sentence
_WORDS = {
    "invalid_payload": ("Slack refused a message through the webhook", "this is a defect of riskbot: report it"),
    "no_service": ("the webhook was removed", "make a new one in Slack and set RISKBOT_SLACK_WEBHOOK_URL"),
    "no_active_hooks": ("the webhook is switched off", "make a new one in Slack and set RISKBOT_SLACK_WEBHOOK_URL"),
    "invalid_token": ("the webhook's address is wrong", "copy it again and set RISKBOT_SLACK_WEBHOOK_URL"),
    "action_prohibited": ("the workspace does not let the webhook post", "ask a workspace administrator"),
    "channel_not_found": ("the webhook's channel is gone", "make a new webhook and set RISKBOT_SLACK_WEBHOOK_URL"),
    "channel_is_archived": ("the webhook's channel is archived", "unarchive it, or make a new webhook"),
}


class Hook:
    """One address that takes messages."""

    def __init__(self, url: str, *, what: str = "the webhook", timeout: float = 30.0, proxy: str | None = None) -> None:
        """`what` names the address in errors, which never show it; `timeout` bounds a call, in seconds."""
        self._what = what
        self._timeout = timeout
        self._client = AsyncWebhookClient(url, timeout=math.ceil(timeout) + 1, retry_handlers=[])
        self._client.proxy = proxy  # the SDK takes one from the environment unless it is set afterwards

    def __repr__(self) -> str:
        return f"Hook({self._what})"

    async def post(self, body: Mapping[str, Any]) -> None:
        """Post once. Raises SlackError: `ambiguous` where it may have arrived, with `retry_after` where it did not."""
        # Causes are cut off (`from None`): they hold the address.
        try:
            async with asyncio.timeout(self._timeout):
                answer = await self._client.send_dict(dict(body))
        except aiohttp.ClientConnectorError:
            raise SlackError(
                "unreachable", f"no connection for {self._what}", "check the network", retry_after=PAUSE
            ) from None
        except TimeoutError:
            raise unknown_outcome("timed-out", self._what, f"no answer within {self._timeout:g} s") from None
        except (aiohttp.ClientError, OSError):
            raise unknown_outcome("connection-lost", self._what, "the connection was lost") from None
        except (TypeError, ValueError):
            raise unknown_outcome("unreadable-answer", self._what, "the answer cannot be read") from None
        if answer.status_code != 200:
            raise self._refused(answer.status_code, str(answer.body or "").strip(), answer.headers)

    def _refused(self, status: int, code: str, headers: Mapping[str, str]) -> SlackError:
        if status == 429:
            return SlackError(
                "ratelimited", f"Slack limits the rate of {self._what}", retry_after=_seconds(headers) or PAUSE
            )
        if status >= 500:
            return unknown_outcome(f"http-{status}", self._what, f"it answered with status {status}")
        known = next((word for word in _WORDS if code.startswith(word)), None)
        said, mend = _WORDS.get(known or "", (f"{self._what} refused a message with status {status}", ""))
        return SlackError(known or f"http-{status}", said, mend or "make a new webhook in Slack")


def _seconds(headers: Mapping[str, str]) -> float | None:
    try:
        seconds = float(next((value for name, value in headers.items() if name.lower() == "retry-after"), ""))
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


class WebhookNotifier:
    """ports.Notifier over an incoming webhook. The channel is whichever the webhook was made for."""

    def __init__(self, hook: Hook, *, banner: str | None = None, sink: Sink | None = None) -> None:
        """`banner` begins every message; `sink` is given each payload that Slack took."""
        self._hook = hook
        self._rendering = Rendering(banner)
        self._sink = sink

    def __repr__(self) -> str:
        return f"WebhookNotifier({self._hook!r})"

    async def send(self, delivery: Delivery, summary: Summary, owner: str | None = None) -> Sent:
        """Post a story's message. Raises SlackError, `cant_update_message` for what would edit one that stands."""
        if delivery.ts is not None:
            raise SlackError("cant_update_message", "an incoming webhook cannot edit what it posted", WITH_TOKEN)
        return await self._post(self._rendering.story(delivery, summary, CHANNEL, delivery.tried_at, owner), delivery)

    async def reply(self, delivery: Delivery, reply: Reply) -> Sent:
        """Post what the whole channel is to hear, as a message of its own. Raises SlackError, `thread_not_found` for
        what would stand in a thread alone."""
        _without_thread(delivery)
        return await self._post(self._rendering.reply(replace(delivery, thread=None), reply, CHANNEL), delivery)

    async def note(self, delivery: Delivery) -> Sent:
        """Post a notice, or a line of our own that the whole channel is to hear. Raises SlackError like `reply`."""
        _without_thread(delivery)
        return await self._post(self._rendering.notice(replace(delivery, thread=None), CHANNEL), delivery)

    async def digest(self, delivery: Delivery, digest: Digest) -> Sent:
        """Post a digest. Raises SlackError."""
        return await self._post(self._rendering.digest(delivery, digest, CHANNEL), delivery)

    async def find(self, delivery: Delivery) -> Sent | None:
        """Nothing: nobody can look what a webhook posted, so that what may have been lost is sent again."""
        return None

    async def permalink(self, channel: str, ts: str) -> str | None:
        """None: a webhook does not tell where its messages stand."""
        return None

    async def _post(self, payload: Json, delivery: Delivery) -> Sent:
        require_fit(payload)
        await self._hook.post({name: payload[name] for name in TAKEN if name in payload})
        if self._sink:
            self._sink(payload)
        return _where(delivery)


def _without_thread(delivery: Delivery) -> None:
    """Pass what need not stand in a thread. Raises SlackError."""
    if delivery.kind is DeliveryKind.REPLY:
        raise SlackError("thread_not_found", "an incoming webhook has no threads", WITH_TOKEN)


def _where(delivery: Delivery) -> Sent:
    """A place that no message has: Slack does not say which. Should it be edited one day, it is found to be gone."""
    return Sent(f"{int(delivery.tried_at.timestamp()) if delivery.tried_at else 0}.000000", delivery.channel)
