"""A notifier that tells nobody: it keeps the exact payloads that Slack would have been sent.

What always holds: the payloads are those of `SlackNotifier` for the same deliveries; messages are numbered in the
order in which they were posted, so that two runs alike record alike.
Deliberately absent: the network and the clock.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from riskbot.model import Delivery, Summary
from riskbot.model.saying import Digest, Reply
from riskbot.ports import Sent
from riskbot.slack.blocks import Json
from riskbot.slack.refusals import require_fit
from riskbot.slack.rendering import Rendering


class RecordingNotifier:
    """ports.Notifier that records. The id of a channel is its name."""

    def __init__(self, sink: Callable[[Json], None] | None = None, *, banner: str | None = None) -> None:
        """`sink` is given each payload as it is recorded, for printing; `banner` begins every message."""
        self.payloads: list[Json] = []  # every post and update, in order
        self._sink = sink
        self._rendering = Rendering(banner)
        self._standing: dict[tuple[str, str], Json] = {}  # (channel, ts) → the last payload of that message
        self._told: dict[str, datetime | None] = {}  # ts → when it was posted: the number says nothing of it
        self._last = 0  # the number of the last message

    async def send(self, delivery: Delivery, summary: Summary, owner: str | None = None) -> Sent:
        """As ports.Notifier says. An update of a message from an earlier run is recorded like any other.

        Raises SlackError, `invalid_blocks`, when the payload is unfit; so do the others.
        """
        channel = delivery.sent_as or delivery.channel
        told = self._told.get(delivery.ts, delivery.tried_at) if delivery.ts else delivery.tried_at
        payload = self._rendering.story(delivery, summary, channel, told, owner)
        return self._record(payload, channel, delivery.ts, told)

    async def reply(self, delivery: Delivery, reply: Reply) -> Sent:
        """As ports.Notifier says."""
        channel = delivery.sent_as or delivery.channel
        return self._record(self._rendering.reply(delivery, reply, channel), channel, None, delivery.tried_at)

    async def note(self, delivery: Delivery) -> Sent:
        """As ports.Notifier says."""
        channel = delivery.sent_as or delivery.channel
        return self._record(self._rendering.notice(delivery, channel), channel, None, delivery.tried_at)

    async def digest(self, delivery: Delivery, digest: Digest) -> Sent:
        """As ports.Notifier says."""
        payload = self._rendering.digest(delivery, digest, delivery.channel)
        return self._record(payload, delivery.channel, None, delivery.tried_at)

    def _record(self, payload: Json, channel: str, ts: str | None, told: datetime | None) -> Sent:
        require_fit(payload)
        ts = ts or f"1.{self._last + 1:06d}"
        self._last = max(self._last, int(ts.partition(".")[2]))
        self._told.setdefault(ts, told)
        self._standing[channel, ts] = payload
        self.payloads.append(payload)
        if self._sink:
            self._sink(payload)
        return Sent(ts=ts, channel=channel)

    async def find(self, delivery: Delivery) -> Sent | None:
        """As ports.Notifier says."""
        channel = delivery.sent_as or delivery.channel
        for (where, ts), payload in self._standing.items():
            if where == channel and payload["metadata"]["event_payload"]["key"] == delivery.key:
                return Sent(ts=ts, channel=channel)
        return None

    async def permalink(self, channel: str, ts: str) -> str | None:
        """As ports.Notifier says: what is not in Slack has no address."""
        return None

    def standing(self) -> list[Json]:
        """Each message as it stands now, in the order in which they were first posted."""
        return list(self._standing.values())
