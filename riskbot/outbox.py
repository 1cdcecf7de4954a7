"""What the core needs for telling people: the outbox, as a part of the store, and whoever posts.

What always holds: what is owed is written in the transaction of what it tells of; whoever takes a delivery has its
channel for itself. Deliberately absent: who decides what is owed (`policy/`), and who sends it (`delivery.py`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from riskbot.model import Delivery, DeliveryKind, DeliveryState, Summary, Thread
from riskbot.model.answers import Answer
from riskbot.model.saying import Digest, Reply
from riskbot.policy.gathering import Gathering


class Owing(Protocol):
    """The part of a transaction that owes messages."""

    def owe(
        self,
        kind: DeliveryKind,
        channel: str,
        body: Mapping[str, Any],
        now: datetime,
        *,
        due_at: datetime | None = None,
        story: str | None = None,
        key: str | None = None,
    ) -> str:
        """Owe a message that follows from no decision; its id. A `key` that is owed already is not owed twice.

        `body` is JSON. Of a reply or broadcast: `{"news": [{"reason", "why", "article", "at", "first"}]}`, or a
        `text` of our own; of a notice `{"text"}`, with the `thread` it stands in where it has one; of a digest
        `{"title", "since", "until", "stories", "blind", "muted"}`. What is said of a delivery's own way stands in it
        too (`policy/resending.py`).
        """

    def gathering(self, kind: DeliveryKind, channel: str, title: str) -> Gathering:
        """What there is of the messages of one kind and title in a channel; to one, more may be added by `add_body`."""

    def notice(self, channel: str, text: str, now: datetime) -> str:
        """Owe one line to the people who run riskbot: `owe` for the kind that is owed most."""

    def thread(self, story: str, channel: str) -> Thread:
        """What a channel was told in the thread of a story."""

    def add_body(self, delivery: str, body: Mapping[str, Any], due_at: datetime | None) -> None:
        """Change what a delivery says, and when, that nobody has in hand and that stands nowhere: not begun, or tried
        and not taken. What Slack put off stays put off. Raises StoreError when it is too late."""

    def set_delivery(self, delivery: Delivery, *, was: DeliveryState | None = None) -> bool:
        """As in the store; `was`: for whoever holds no delivery, and read it before: false when it is no longer so."""

    def freeze(self, story: str, channel: str, why: str) -> bool:
        """Note that a story's message can no longer be edited; false: that was known, or none stands."""


class Outbox(Protocol):
    """The part of a store from which messages are sent."""

    async def claim_deliveries(
        self,
        now: datetime,
        lease: timedelta,
        limit: int,
        *,
        spacing: timedelta = timedelta(0),
        channel: str | None = None,
    ) -> Sequence[Delivery]:
        """Take a lease on the next delivery of each channel (or of one): messages and broadcasts of critical stories
        first, then the oldest.

        Never of a channel in which one is in hand, was put off by Slack, or was tried within `spacing`. What someone
        who died left in `sending` comes back as such.
        """

    async def set_delivery(self, delivery: Delivery) -> bool:
        """Write where a delivery stands (and its message's ts, for all later updates of that story and channel).

        Nothing, and false, when another has taken it since.
        """

    async def parked(self, since: datetime) -> Sequence[Delivery]:
        """What bears on whether people are to be told of parked deliveries other than notices, oldest first.

        For each channel and reason the first one of which they were told and that was parked after `since`; and those
        of which they were not told, but where there is one of that channel and reason only what was asked again, or is
        of a critical story.
        """

    async def deliveries(self, *states: DeliveryState, most: int | None = None) -> Sequence[Delivery]:
        """Every delivery in one of these states (in any, where none is named), oldest first; the last `most`."""

    async def delivery(self, cited_as: str) -> Delivery | None:
        """The delivery of this id, or of the alert of this id."""

    async def message(self, story: str, channel: str) -> Sent | None:
        """Where a story's message stands in a channel; None: nowhere yet."""

    async def notices(self) -> Sequence[Delivery]:
        """Every notice, oldest first."""

    async def asking(self, parked: Collection[str]) -> Sequence[Delivery]:
        """The notices that stand in Slack and tell of any of these parked deliveries, oldest first."""

    async def settled(self, deliveries: Collection[str]) -> Mapping[str, Answer]:
        """Who had each of these deliveries sent again, or gave it up, last; absent: nobody by a press."""


@dataclass(frozen=True, slots=True)
class Sent:
    """Where a message stands now."""

    ts: str  # Slack's id of the message
    channel: str  # Slack's id of its channel


class Notifier(Protocol):
    """Each of the first four makes at most one post. Raises SlackError: `ambiguous` when it may have been posted all
    the same, else with `retry_after` when it may be tried again, else for good."""

    async def send(self, delivery: Delivery, summary: Summary, owner: str | None = None) -> Sent:
        """Post the story's message, or bring the one that stands (`delivery.ts`) up to date; `owner` is on it."""

    async def reply(self, delivery: Delivery, reply: Reply) -> Sent:
        """Say it in the thread of the story's message, or, where `delivery.thread` is None, in a message of its own."""

    async def note(self, delivery: Delivery) -> Sent:
        """Post a notice."""

    async def digest(self, delivery: Delivery, digest: Digest) -> Sent:
        """Post a digest."""

    async def find(self, delivery: Delivery) -> Sent | None:
        """The message that carries its key, when it stands in the channel. Raises SlackError when nobody can look:
        with `retry_after` when it may be tried again, else for good."""

    async def permalink(self, channel: str, ts: str) -> str | None:
        """The address of a message, where it has one; `channel` is Slack's id. Raises SlackError."""
