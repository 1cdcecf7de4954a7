"""Whether messages wait for too long, and whether riskbot does its work as far as that can be seen from inside.

What always holds: pure; what we put off ourselves (to bundle it, or because of quiet hours) does not wait before its
time; what waits behind a parked message is no concern of this, because the parked one is told of. Deliberately absent:
why Slack does not take a message, beyond what its last try was told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from riskbot.model import DeliveryKind, FeedState
from riskbot.policy.health import span

PATIENCE = timedelta(minutes=15)  # so long a message may wait: as long as the longest pause between two tries
_AT_ONCE = (DeliveryKind.POST, DeliveryKind.NOTICE)  # never put off by us for longer than lines take to gather


@dataclass(frozen=True, slots=True)
class Waits:
    """The message that waits the longest of those that nobody parked."""

    channel: str
    since: datetime  # when it came to be due; ahead of now: it was put off by us, and so was everything else
    why: str | None = None  # what its last try failed with; None: it was not tried, or is being tried


def due_since(
    kind: DeliveryKind, owed_at: datetime, due_at: datetime | None, tried_at: datetime | None, attempts: int
) -> datetime:
    """Since when a message that was not sent yet has been due.

    The time to which we put it off is overwritten by its first try. Of one tried once it is the time of that try; of
    one tried again it is taken to be when it came to be owed, which may be too early and is never too late.
    """
    if tried_at is None:
        return max(owed_at, due_at or owed_at)
    return tried_at if attempts <= 1 and kind not in _AT_ONCE else owed_at


def overdue(waits: Waits | None, now: datetime, patience: timedelta = PATIENCE) -> str | None:
    """That a message waits for longer than that, in words with the cause; None: none does."""
    if waits is None or now - waits.since <= patience:
        return None
    cause = f"Slack does not take it ({waits.why})" if waits.why else "it was not sent yet"
    since = f"{waits.since:%Y-%m-%d %H:%M} UTC ({span(now - waits.since)})"
    return f"a message to {_named(waits.channel)} waits since {since}: {cause}"


def unwell(
    states: Iterable[FeedState], lost: Collection[str], waits: Waits | None, now: datetime, patience: timedelta
) -> str | None:
    """Why a complete round is no sign of life; None: it is one.

    `lost` are feeds of which the last poll could not be kept. A watch of which no feed can be read is blind, and one
    whose messages do not get out is mute, however regularly it ticks.
    """
    polled = [state for state in states if state.polled_at is not None or state.feed in lost]
    if polled and all(state.failures or state.feed in lost for state in polled):
        return "no feed could be read" if len(polled) > 1 else f"the feed {polled[0].feed} could not be read"
    return overdue(waits, now, patience)


def _named(channel: str) -> str:
    """A channel as people know it; Slack's own ids alone have capital letters."""
    return channel if channel.startswith("#") or channel != channel.lower() else f"#{channel}"
