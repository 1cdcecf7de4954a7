"""Deliveries as payloads: the one place where what is owed meets what a message looks like.

What always holds: the same delivery and the same words make the same payload, whoever sends or records it.
Deliberately absent: the network and the clock.
"""

from __future__ import annotations

from datetime import datetime

from riskbot.model import Delivery, DeliveryKind, Summary
from riskbot.model.saying import Digest, Reply
from riskbot.policy.replying import in_thread
from riskbot.slack import digest as digests
from riskbot.slack import message, replies
from riskbot.slack.blocks import Json
from riskbot.slack.notice import render_notice


class Rendering:
    """How the messages of one notifier look."""

    def __init__(self, banner: str | None = None, *, interactive: bool = False) -> None:
        """`banner` begins every message; `interactive`: presses of buttons are heard."""
        self._banner = banner
        self._interactive = interactive

    def story(
        self, delivery: Delivery, summary: Summary, channel: str, told: datetime | None, owner: str | None = None
    ) -> Json:
        """The story's message, new or brought up to date (`delivery.ts`)."""
        return message.build(
            summary,
            channel=channel,
            key=delivery.key,
            told=told,
            ts=delivery.ts,
            banner=self._banner,
            owner=owner,
            interactive=self._interactive,
            may_repeat=delivery.may_repeat,
            threaded=in_thread(summary.articles, delivery.listed),
        )

    def reply(self, delivery: Delivery, reply: Reply, channel: str) -> Json:
        """What is said in a thread, or where there is none, in a message of its own."""
        return replies.build(
            reply,
            channel=channel,
            key=delivery.key,
            thread_ts=delivery.thread,
            broadcast=delivery.kind is DeliveryKind.BROADCAST and delivery.thread is not None,
            banner=self._banner,
            may_repeat=delivery.may_repeat,
            interactive=self._interactive,
        )

    def notice(self, delivery: Delivery, channel: str) -> Json:
        """One line to the people who run riskbot, or of our own in a story's thread."""
        return render_notice(
            delivery.text,
            channel=channel,
            key=delivery.key,
            banner=self._banner,
            lines=delivery.body.get("lines", ()),
            mention=delivery.body.get("mention", ()),
            parked=delivery.body.get("parked") if self._interactive else None,
            own=delivery.body.get("own") if self._interactive else None,
            may_repeat=delivery.may_repeat,
            thread_ts=delivery.thread,
            broadcast=delivery.kind is DeliveryKind.BROADCAST and delivery.thread is not None,
        )

    def digest(self, delivery: Delivery, digest: Digest, channel: str) -> Json:
        """Several stories in one message."""
        return digests.build(
            digest, channel=channel, key=delivery.key, banner=self._banner, may_repeat=delivery.may_repeat
        )
