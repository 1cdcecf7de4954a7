"""Decisions, alerts, their deliveries, and lines to the people who run riskbot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from riskbot.model.words import DeliveryState, Reason


@dataclass(frozen=True, slots=True)
class Decision:
    """What came of an article with a hit, for one channel."""

    article: str
    channel: str
    tell: bool
    reason: Reason
    why: str = ""  # the reason in words, with the figures that led to it
    due_at: datetime | None = None  # told not before then, to be bundled with what comes until then; None: at once
    hushed: bool = False  # in quiet hours: the message is edited and answered without a broadcast, a digest rings later


@dataclass(frozen=True, slots=True)
class Alert:
    """The decision to tell one channel of a story."""

    id: str  # as people cite it: `a7`
    story: str
    channel: str
    kind: Literal["new", "update"]
    reason: Reason
    article: str  # the article that led to it
    at: datetime


class DeliveryKind(StrEnum):
    """What one send is, and so where it goes."""

    POST = "post"  # the story's message
    EDIT = "edit"  # that message brought up to date, without a sound
    REPLY = "reply"  # in the thread of the story's message
    BROADCAST = "broadcast"  # in the thread, and shown in the channel too
    NOTICE = "notice"  # one line to the people who run riskbot
    DIGEST = "digest"  # several stories in one message


@dataclass(frozen=True, slots=True)
class Delivery:
    """The record of one send to one channel."""

    id: str  # as people cite it: `d7`
    kind: DeliveryKind
    channel: str  # as the rule or the settings name it
    key: str  # opaque; travels in the message's metadata so that it can be found again
    state: DeliveryState = DeliveryState.OWED
    attempts: int = 0  # sends tried so far
    due_at: datetime | None = None  # not before; None: at once
    ts: str | None = (
        None  # Slack's id of the message: of the story's for post and edit, else of its own; None: none yet
    )
    sent_as: str | None = None  # Slack's id of the channel it stands in (updates need the id, not the name)
    error: str | None = None  # why the last try failed, in words
    tried_at: datetime | None = None  # when the last try began
    alert: Alert | None = None  # what a post or an edit delivers; None: it follows from no decision
    body: Mapping[str, Any] = field(default_factory=dict)  # what it says, as JSON, where that is not the story alone
    may_repeat: bool = False  # sent again although nobody could look whether it stands already
    story: str | None = None  # the story it tells of
    at: datetime | None = None  # when it came to be owed
    thread: str | None = None  # Slack's id of the story's message, for a reply
    frozen: str | None = None  # why the story's message can no longer be edited; None: it can
    lost_at: datetime | None = None  # when the last try ended without an answer; None: it was answered
    parked_at: datetime | None = None  # since when it is parked
    reported: bool = False  # the people who run riskbot were told that it is parked
    listed: int = 0  # of a post or an edit that is being made: articles whose sources the story's thread lists

    @property
    def text(self) -> str:
        """The line of a notice."""
        return str(self.body.get("text", ""))

    @property
    def unsure(self) -> bool:
        """Whether nobody knows if the last try left a message."""
        return self.lost_at is not None


@dataclass(frozen=True, slots=True)
class Thread:
    """What a channel has been told in the thread of a story, as far as it bears on what is told next."""

    begun: bool  # whether the story's message stands or is on its way: else it will carry everything itself
    broadcast_at: datetime | None = None  # when the last broadcast was made, or is due
    waiting: Delivery | None = None  # a broadcast that nobody has begun, and that can take in more news


@dataclass(frozen=True, slots=True)
class RulesState:
    """The rules in force, for whoever asks from another process."""

    hash: str  # of companies, topics and rules, as every hit records it
    whole: str  # of everything the files say, feeds and outlets included
    live_since: datetime
    rules: int  # how many there are of each
    companies: int
    topics: int
    feeds: int
    refused: str | None = None  # what is wrong with the last edit and where; None: it is live
    refused_key: str | None = None  # the same for the same mistakes, wherever in their files they stand now
    refused_at: datetime | None = None  # when it was first refused
    switched_off: Mapping[str, str] = field(default_factory=dict)  # rule that failed at run time → why
