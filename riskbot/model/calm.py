"""What keeps riskbot calm: silences, what a channel wants to hear and when, and what was held back.

What always holds: times of day are minutes after midnight (0 to 1440) on the clocks of a zone, because they are what
people write; moments are aware and in UTC. A silence is never deleted: one that has ended says when and by whom.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Literal

from riskbot.model.words import Level, Reason

EVERY_DAY = frozenset(range(7))
WhenUnsure = Literal["ask", "resend", "drop"]


# ── what a channel wants ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class QuietHours:
    """When nobody is to be disturbed."""

    begin: int  # minutes after midnight
    end: int  # minutes after midnight; not after `begin`: on the next day
    days: frozenset[int] = EVERY_DAY  # on which they begin, Monday 0
    zone: str = "UTC"  # IANA name


@dataclass(frozen=True, slots=True)
class DigestTime:
    """When a digest is due."""

    at: int  # minutes after midnight
    days: frozenset[int] = EVERY_DAY  # Monday 0
    zone: str | None = None  # IANA name; None: the channel's


@dataclass(frozen=True, slots=True)
class ChannelPlan:
    """What a channel is told, and when."""

    name: str  # without `#`
    min_level: Level = Level.LOW  # stories below it stay quiet there
    zone: str = "UTC"  # for times that name none
    quiet: tuple[QuietHours, ...] = ()
    digest: DigestTime | None = None  # everything but critical stories waits for it; None: at once
    when_unsure: WhenUnsure | None = None  # a post whose fate nobody can see; None: by the story's level
    alerts_per_hour: int | None = None  # 0: as many as there are; None: as the settings say


@dataclass(frozen=True, slots=True)
class Route:
    """Where hits go whose rule names no channel: all that is given must fit."""

    channel: str  # without `#`
    tags: frozenset[str] = frozenset()  # one of these among the rule's; empty: any rule
    levels: frozenset[Level] = frozenset()  # of the story; empty: any level


@dataclass(frozen=True, slots=True)
class RulePlan:
    """What a rule says of telling, besides its channel."""

    tags: frozenset[str] = frozenset()
    digest: DigestTime | None = None  # its hits wait for it; None: as the channel does
    mention: str = ""  # whom critical stories of it mention: a Slack user, group or `here`; empty: nobody


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything the rule files say of telling."""

    channels: Mapping[str, ChannelPlan] = field(default_factory=dict)  # by name, without `#`
    routes: tuple[Route, ...] = ()  # the first that fits counts
    rules: Mapping[str, RulePlan] = field(default_factory=dict)  # by id; a rule that says nothing is absent
    alerts_per_hour: int = 0  # new stories a channel is told of in an hour, unless it says otherwise; 0: all

    def channel(self, name: str) -> ChannelPlan:
        """What holds for a channel, whether a file speaks of it or not."""
        return self.channels.get(name) or ChannelPlan(name)

    def at_once(self) -> Plan:
        """The same channels, told of everything at once: for a replay, whose clock stops with its last article."""
        return Plan(
            {name: replace(each, quiet=(), digest=None, alerts_per_hour=0) for name, each in self.channels.items()},
            self.routes,
            {id_: replace(each, digest=None) for id_, each in self.rules.items()},
        )

    def cap(self, name: str) -> int:
        """How many new stories a channel is told of in an hour; 0: all."""
        own = self.channel(name).alerts_per_hour
        return self.alerts_per_hour if own is None else own


# ── silences ─────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Silence:
    """A timed mute: it stops telling, never recording."""

    id: str  # as people cite it: `m3`; empty: not kept yet
    matchers: Mapping[str, tuple[str, ...]]  # rule, company, topic, outlet, story, level → what they may be
    starts: datetime
    ends: datetime | None  # None: until somebody ends it, or something material
    author: str
    comment: str = ""
    until_material: bool = False  # whether the first material news of a story ends it
    ended_at: datetime | None = None  # when it was ended early; None: it was not
    ended_by: str | None = None  # by whom, or by what
    created_at: datetime | None = None
    held: int = 0  # decisions it held back so far

    def over(self, now: datetime) -> datetime | None:
        """When it came to its end, if it has."""
        ends = min((at for at in (self.ends, self.ended_at) if at is not None), default=None)
        return ends if ends is not None and ends <= now else None

    def active(self, now: datetime) -> bool:
        """Whether it holds now."""
        return self.starts <= now and self.over(now) is None


# ── what was held back ───────────────────────────────────────────────────────────────────────────────────────────


class Cause(StrEnum):
    """Why something was held back instead of told."""

    SILENCE = "silence"
    QUIET = "quiet"  # quiet hours
    DIGEST = "digest"  # the channel or the rule wants a digest
    CAP = "cap"  # too many in this hour
    AWAY = "away"  # riskbot was not there when it happened


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A decision to tell that waits for a digest, or that a silence swallowed until it ends."""

    story: str
    channel: str
    article: str  # the article that led to it
    cause: Cause
    reason: Reason  # what it would have been told as
    at: datetime  # when it was decided
    due_at: datetime | None = None  # when the digest is due; None: when the silence ends
    silence: str | None = None  # the silence's id
    title: str = ""  # of the digest
    id: str = ""  # of the record; empty: not kept yet


@dataclass(frozen=True, slots=True)
class Away:
    """That riskbot was not there for a while."""

    since: datetime
    until: datetime  # when it came back
