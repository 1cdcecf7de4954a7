"""What becomes of an alert or a notice that Slack did not take.

What always holds: a post that may have been made stays `sending`, so that it is looked up before anything else; a
refusal for good is parked with its reason, for a person to mend; everything else waits and is tried again.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from riskbot.errors import SlackError
from riskbot.model import Delivery, DeliveryState, Notice

Message = TypeVar("Message", Delivery, Notice)

FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=10)
LEAST_WAIT = timedelta(milliseconds=100)  # "at once" would make one round of deliveries knock without end
_FOR_LATER = frozenset({"ratelimited", "rate_limited", "unreachable"})


def after_refusal(message: Message, error: SlackError, now: datetime) -> Message:
    """The message as it stands after a failed try."""
    why = f"{error} ({error.mend})" if error.mend else str(error)
    backoff = min(FIRST_WAIT * 2 ** min(message.attempts, 16), LONGEST_WAIT)
    if error.retry_after is not None:
        return replace(message, state=DeliveryState.OWED, due_at=now + _asked(error.retry_after), error=why)
    if error.ambiguous:
        return unsure(message, error, now)
    if error.code in _FOR_LATER:
        return replace(message, state=DeliveryState.OWED, due_at=now + backoff, error=why)
    return replace(message, state=DeliveryState.PARKED, error=why)


def unsure(message: Message, error: SlackError, now: datetime) -> Message:
    """The message when nobody knows whether it stands: to be looked up again after a while."""
    wait = _asked(error.retry_after) if error.retry_after is not None else FIRST_WAIT
    return replace(message, state=DeliveryState.SENDING, due_at=now + wait, error=str(error))


def _asked(seconds: float) -> timedelta:
    return max(timedelta(seconds=seconds), LEAST_WAIT)
