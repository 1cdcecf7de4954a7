"""Decisions, alerts, their deliveries, and lines to the people who run riskbot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

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


@dataclass(frozen=True, slots=True)
class Delivery:
    """The record of one send of an alert to one channel."""

    id: str
    alert: Alert
    key: str  # opaque; travels in the message's metadata so that it can be found again
    state: DeliveryState = DeliveryState.OWED
    attempts: int = 0  # sends tried so far
    due_at: datetime | None = None  # not before; None: at once
    ts: str | None = None  # Slack's id of the story's message in the channel, once posted
    sent_as: str | None = None  # Slack's id of the channel it stands in (updates need the id, not the name)
    error: str | None = None  # why the last try failed, in words
    tried_at: datetime | None = None  # when the last try began

    @property
    def channel(self) -> str:
        """The channel as the rule or the settings name it."""
        return self.alert.channel


@dataclass(frozen=True, slots=True)
class Notice:
    """One line to the people who run riskbot, owed and sent like an alert."""

    id: str  # as people cite it: `n3`
    channel: str  # as the settings name it
    text: str  # one line; may quote files, so it is as hostile as an article
    at: datetime  # when it came to be owed
    key: str  # opaque; travels in the message's metadata so that it can be found again
    state: DeliveryState = DeliveryState.OWED
    attempts: int = 0  # sends tried so far
    due_at: datetime | None = None  # not before; None: at once
    ts: str | None = None  # Slack's id of the message, once posted
    sent_as: str | None = None  # Slack's id of the channel it stands in
    error: str | None = None  # why the last try failed, in words
    tried_at: datetime | None = None  # when the last try began


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
