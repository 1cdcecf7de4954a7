"""What can go wrong between riskbot and the local Slack, one call at a time, and who says when.

What always holds: a script is asked once for each call and says what goes wrong with it, or None; one that draws is
the same for the same seed and order of calls. A fault says of itself whether the call was carried out.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum


class Fault(StrEnum):
    """What goes wrong with one call."""

    RATE_LIMITED = "429 with Retry-After"
    RATE_LIMITED_SILENTLY = "429 without Retry-After"
    ERROR_500 = "status 500, nothing done"
    ERROR_503 = "status 503, nothing done"
    INTERNAL_ERROR = "internal_error, nothing done"
    FATAL_ERROR = "fatal_error, nothing done"
    ACCEPT_AND_INTERNAL_ERROR = "internal_error, but done"
    ACCEPT_AND_FATAL_ERROR = "fatal_error, but done"
    RESET = "reset before anything is done"
    ACCEPT_AND_RESET = "done, then reset"
    ACCEPT_AND_STALL = "done, but never answered"
    ACCEPT_AND_GARBAGE = "done, answered with half of the JSON"
    LATE = "done a while after the caller gave up, and never answered"
    REFUSED = "not_in_channel"
    HISTORY_REFUSED = "missing_scope"


BEFORE = {  # answered without anything being done
    *(Fault.RATE_LIMITED, Fault.RATE_LIMITED_SILENTLY, Fault.ERROR_500, Fault.ERROR_503),
    *(Fault.INTERNAL_ERROR, Fault.FATAL_ERROR, Fault.REFUSED, Fault.HISTORY_REFUSED),
}
UNANSWERED = {Fault.ACCEPT_AND_STALL, Fault.LATE}  # the caller learns nothing before its own patience ends
PASSING = [fault for fault in Fault if fault not in UNANSWERED | {Fault.REFUSED, Fault.HISTORY_REFUSED}]
WRITES = {"chat.postMessage", "chat.update"}
READS = {"conversations.history", "conversations.replies"}

Script = Callable[[str], Fault | None]  # method → what goes wrong with this call of it


def never(_method: str) -> Fault | None:
    return None


def listed(faults: Mapping[str, Sequence[Fault | None]]) -> Script:
    """For each method the faults of its calls in turn; afterwards all is well."""
    left = {method: iter(each) for method, each in faults.items()}
    return lambda method: next(left.get(method, iter(())), None)


def seeded(seed: int, *, share: float = 0.3, faults: Sequence[Fault] = tuple(PASSING)) -> Script:
    """Faults drawn at random, the same for the same seed and order of calls."""
    draw = random.Random(seed)
    return lambda _method: draw.choice(list(faults)) if draw.random() < share else None


def weighted(
    seed: int,
    *,
    writes: Mapping[Fault, float],
    reads: Mapping[Fault, float],
    refused: float = 0.0,
    stretch: tuple[int, int] = (3, 12),
) -> Script:
    """Faults drawn with these chances for each call that writes, or reads what was written.

    `refused` is the chance that with this reading a stretch begins in which history is refused; it lasts for as many
    readings as are drawn between the bounds of `stretch`.
    """
    draw, left = random.Random(seed), 0

    def script(method: str) -> Fault | None:
        nonlocal left
        if method not in WRITES | READS:
            return None
        if method in READS:
            if left == 0 and draw.random() < refused:
                left = draw.randint(*stretch)
            if left:
                left -= 1
                return Fault.HISTORY_REFUSED
        chances = writes if method in WRITES else reads
        drawn = draw.random()
        for fault, chance in chances.items():
            drawn -= chance
            if drawn < 0:
                return fault
        return None

    return script
