"""What becomes of a delivery that Slack did not take.

What always holds: a post that may have been made stays `sending`, so that it is looked up before anything else; a
refusal for good is parked with its reason, for a person to mend; everything else waits and is tried again.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from riskbot.errors import SlackError
from riskbot.model import Delivery, DeliveryState

FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=10)
LEAST_WAIT = timedelta(milliseconds=100)  # "at once" would make one round of deliveries knock without end
_FOR_LATER = frozenset({"ratelimited", "rate_limited", "unreachable"})


def after_refusal(delivery: Delivery, error: SlackError, now: datetime) -> Delivery:
    """The delivery as it stands after a failed try."""
    why = f"{error} ({error.mend})" if error.mend else str(error)
    backoff = min(FIRST_WAIT * 2 ** min(delivery.attempts, 16), LONGEST_WAIT)
    if error.retry_after is not None:
        return replace(delivery, state=DeliveryState.OWED, due_at=now + _asked(error.retry_after), error=why)
    if error.ambiguous:
        return unsure(delivery, error, now)
    if error.code in _FOR_LATER:
        return replace(delivery, state=DeliveryState.OWED, due_at=now + backoff, error=why)
    return replace(delivery, state=DeliveryState.PARKED, error=why)


def unsure(delivery: Delivery, error: SlackError, now: datetime) -> Delivery:
    """The delivery when nobody knows whether its message stands: to be looked up again after a while."""
    wait = _asked(error.retry_after) if error.retry_after is not None else FIRST_WAIT
    return replace(delivery, state=DeliveryState.SENDING, due_at=now + wait, error=str(error))


def _asked(seconds: float) -> timedelta:
    return max(timedelta(seconds=seconds), LEAST_WAIT)
