"""A notifier that tells nobody: it keeps the exact payloads that Slack would have been sent.

What always holds: the payloads are those of `SlackNotifier` for the same alerts and notices; messages are numbered in
the order in which they were posted, so that two runs alike record alike.
Deliberately absent: the network and the clock.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from riskbot.model import Delivery, Notice, Summary
from riskbot.ports import Sent
from riskbot.slack.blocks import Json
from riskbot.slack.message import render
from riskbot.slack.notice import render_notice
from riskbot.slack.refusals import require_fit


class RecordingNotifier:
    """ports.Notifier that records. The id of a channel is its name."""

    def __init__(self, sink: Callable[[Json], None] | None = None, *, banner: str | None = None) -> None:
        """`sink` is given each payload as it is recorded, for printing; `banner` begins every message."""
        self.payloads: list[Json] = []  # every post and update, in order
        self._sink = sink
        self._banner = banner
        self._standing: dict[tuple[str, str], Json] = {}  # (channel, ts) → the last payload of that message
        self._told: dict[str, datetime | None] = {}  # ts → when it was posted: the number says nothing of it
        self._last = 0  # the number of the last message

    async def send(self, delivery: Delivery, summary: Summary) -> Sent:
        """As ports.Notifier says. An update of a message from an earlier run is recorded like any other.

        Raises SlackError, `invalid_blocks`, when the payload is unfit.
        """
        channel = delivery.sent_as or delivery.channel
        told = self._told.get(delivery.ts, delivery.tried_at) if delivery.ts else delivery.tried_at
        payload = render(summary, channel=channel, key=delivery.key, told=told, ts=delivery.ts, banner=self._banner)
        return self._record(payload, channel, delivery.ts, told)

    async def note(self, notice: Notice) -> Sent:
        """As ports.Notifier says. Raises SlackError, `invalid_blocks`, when the payload is unfit."""
        payload = render_notice(notice.text, channel=notice.channel, key=notice.key, banner=self._banner)
        return self._record(payload, notice.channel, None, notice.tried_at)

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

    async def find(self, sent: Delivery | Notice) -> Sent | None:
        """As ports.Notifier says."""
        channel = sent.sent_as or sent.channel
        for (where, ts), payload in self._standing.items():
            if where == channel and payload["metadata"]["event_payload"]["key"] == sent.key:
                return Sent(ts=ts, channel=channel)
        return None

    def standing(self) -> list[Json]:
        """Each message as it stands now, in the order in which they were first posted."""
        return list(self._standing.values())
