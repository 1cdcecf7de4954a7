"""What becomes of a message that Slack did not take, or of which nobody knows whether it did.

What always holds: a post that may have been made stays `sending`, so that it is looked up before anything else, and is
sent again only when it is not there and has had time to settle, each time later; a refusal for good is parked with its
reason, for a person to mend, and so is what riskbot itself fails at; everything else waits and is tried again, later
and later. Where nobody can look, the choice between repeating and asking is made by gravity, and made anew when
material news comes. Deliberately absent: the clock and randomness; both are arguments.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from riskbot.errors import SlackError
from riskbot.model import Delivery, DeliveryKind, DeliveryState, Level
from riskbot.model.calm import WhenUnsure
from riskbot.policy.calm import OUTAGE

FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=10)
LEAST_WAIT = timedelta(milliseconds=100)  # "at once" would make one round of deliveries knock without end
SPREAD = 0.25  # of a wait, either way, so that many who wait do not come back together
LOOKED_LONG = timedelta(hours=1)  # a history that fails "for the moment" for so long cannot be read
SETTLE = timedelta(seconds=30)  # after an unanswered try, before its absence means that it was not made
LONGEST_UNANSWERED = timedelta(minutes=15)  # between two tries of which neither is answered
LONGEST_GRAVE = timedelta(minutes=2)  # the same for what is high or critical: it goes out as soon as Slack is well
FOR_LATER = frozenset({"ratelimited", "rate_limited", "unreachable"})
# What a delivery's body says of its own way.
UNANSWERED = "unanswered"  # how many of its tries, the last ones, had no answer
IN_DOUBT = "in_doubt"  # of a first message: one that was dropped before it may stand
ASKED_AGAIN = "asked_again"  # likewise: it was parked, and material news took it up again
# The story's message cannot be edited any more, whatever anybody mends (docs.slack.dev, chat.update, errors).
UNEDITABLE = frozenset({"message_not_found", "edit_window_closed", "cant_update_message"})
# What a reply hangs on is not there (docs.slack.dev, chat.postMessage, errors).
THREAD_GONE = frozenset({"thread_not_found", "message_not_found", "cannot_reply_to_message"})


def after_refusal(message: Delivery, error: SlackError, now: datetime, jitter: float = 0.0) -> Delivery:
    """The message as it stands after a failed try; `jitter` is uniform in [-1, 1]."""
    if error.ambiguous:
        lost = replace(message, lost_at=now, body={**message.body, UNANSWERED: message.body.get(UNANSWERED, 0) + 1})
        return _later(lost, DeliveryState.SENDING, now + FIRST_WAIT * (1 + SPREAD * jitter), str(error))
    why = in_words(error)
    if error.code != "unreachable":
        message = answered(message)
    backoff = min(FIRST_WAIT * 2 ** min(message.attempts, 16), LONGEST_WAIT) * (1 + SPREAD * jitter)
    if error.retry_after is not None:
        asked = _asked(error.retry_after)
        wait = asked if error.code == "ratelimited" else max(asked, backoff)  # the rest is our own guess
        return _later(message, DeliveryState.OWED, now + wait, why)
    if error.code in FOR_LATER:
        return _later(message, DeliveryState.OWED, now + backoff, why)
    return parked(message, why, now)


def answered(message: Delivery) -> Delivery:
    """The message to whose last try Slack said something."""
    if UNANSWERED not in message.body:
        return message
    return replace(message, body={name: value for name, value in message.body.items() if name != UNANSWERED})


def parked(message: Delivery, why: str, now: datetime) -> Delivery:
    """The message, to be mended by a person."""
    return replace(message, state=DeliveryState.PARKED, error=why, parked_at=now, reported=False)


def defective(message: Delivery, defect: Exception, now: datetime) -> Delivery:
    """The message over which riskbot itself failed, to be mended by a person: tried again, it would only fail again,
    and hold up its channel.

    Only the kind of the defect is told: what it says may hold anything. Where the post may have begun, a resend looks
    for it first.
    """
    begun = message.state is DeliveryState.SENDING
    lost_at = (message.lost_at or message.tried_at) if begun else message.lost_at
    return parked(replace(message, lost_at=lost_at), f"a defect of riskbot: {type(defect).__name__}", now)


def backs_off(message: Delivery) -> bool:
    """Whether a message had so many tries without an answer that it matters how grave it is."""
    return int(message.body.get(UNANSWERED, 0)) > 1


def not_seen(
    message: Delivery, now: datetime, settle: timedelta, jitter: float = 0.0, level: Level | None = None
) -> Delivery | None:
    """The message that was looked for and is not there: to wait, or None when it is to be sent.

    It is looked for until `settle` has passed since its last try, and is then known not to stand (`absent`). After the
    first try without an answer that is the wait, after the second twice as long, and so on: Slack is not well.
    """
    begun = message.lost_at or message.tried_at
    if begun is None or absent(message):
        return None
    if now < begun + settle:
        return replace(_later(message, DeliveryState.SENDING, begun + settle, message.error), lost_at=begun)
    unanswered = int(message.body.get(UNANSWERED, 0))
    backoff = max(settle, SETTLE) * 2 ** min(max(unanswered - 1, 0), 16)
    longest = LONGEST_GRAVE if level and level.rank >= Level.HIGH.rank else LONGEST_UNANSWERED
    wait = min(backoff * (1 + SPREAD * jitter), longest)
    return not_there(message, begun + wait) if unanswered > 1 and now < begun + wait else None


def not_there(message: Delivery, due_at: datetime) -> Delivery:
    """The message that does not stand although it was tried, to be tried again then."""
    return replace(message, state=DeliveryState.SENDING, lost_at=None, due_at=due_at)


def absent(message: Delivery) -> bool:
    """Whether a message was tried, looked for when that had settled, and not found. What somebody died over is not: its
    try has no next time yet."""
    return message.state is DeliveryState.SENDING and message.lost_at is None and message.due_at is not None


def long_unseen(message: Delivery, now: datetime) -> bool:
    """Whether a story's first message, looked for and not there, was owed and tried longer than an outage ago."""
    begun = message.lost_at or message.tried_at
    return (
        message.kind is DeliveryKind.POST
        and not (absent(message) or message.may_repeat)
        and begun is not None
        and now - begun > OUTAGE
    )


def left_to_fold(message: Delivery, level: Level | None, now: datetime) -> Delivery | None:
    """What was looked for after an outage and is not there: left for the digest that tells of what is not grave, until
    the others of the outage were looked for too. None: it is sent now."""
    if level is None or level.rank >= Level.HIGH.rank:
        return None
    return not_there(message, now + LONGEST_UNANSWERED)


def unsure(message: Delivery, error: SlackError, now: datetime, jitter: float = 0.0) -> Delivery:
    """The message when the look-up failed for the moment: to be looked up again, later and later."""
    since = now - (message.lost_at or message.tried_at or now)
    wait = min(max(since, FIRST_WAIT), LONGEST_WAIT) * (1 + SPREAD * jitter)
    if error.code == "ratelimited" and error.retry_after is not None:
        wait = _asked(error.retry_after)
    elif error.retry_after is not None:
        wait = max(wait, _asked(error.retry_after))
    lost = replace(message, lost_at=message.lost_at or message.tried_at)
    return _later(lost, DeliveryState.SENDING, now + wait, str(error))


def for_the_moment(error: SlackError) -> bool:
    """Whether a call that changes nothing may succeed a little later."""
    return error.ambiguous or error.retry_after is not None or error.code in FOR_LATER


def cannot_look(message: Delivery, error: SlackError, now: datetime) -> bool:
    """Whether a failed look-up is failed for good: refused, or failing for so long that it comes to the same."""
    if not for_the_moment(error):
        return True
    begun = message.lost_at or message.tried_at
    return begun is not None and now - begun > LOOKED_LONG


def when_unsure(message: Delivery, level: Level | None, wish: WhenUnsure | None) -> WhenUnsure:
    """What to do with a message of which nobody knows and nobody can look whether it stands.

    `level` is its story's, None of a message of no one story; `wish` what is set for its channel. A person who asked
    for it to be sent has decided already.
    """
    if message.may_repeat:
        return "resend"
    if wish is not None:
        return wish
    # A line to those who run riskbot, and a digest, do no harm twice.
    return "resend" if level is None or level.rank >= Level.HIGH.rank else "ask"


def unreadable(message: Delivery, error: SlackError, choice: WhenUnsure, now: datetime) -> Delivery | None:
    """The message of which nobody can know; None when it is to be sent, marked as one that may repeat."""
    why = f"it is not known whether this message stands, and nobody can look: {in_words(error)}"
    lost = replace(message, lost_at=message.lost_at or message.tried_at)
    if choice == "resend":
        return None
    if choice == "drop":
        return replace(lost, state=DeliveryState.DROPPED, error=why)
    return parked(lost, why, now)


def asked_again(message: Delivery) -> Delivery:
    """A parked message whose story has material news: taken up again, because what parked it may be mended, or because
    what was chosen for a lesser story is no choice for this one. Looked up first where it may stand already."""
    state = DeliveryState.SENDING if message.unsure and message.kind is not DeliveryKind.EDIT else DeliveryState.OWED
    # `due_at` is in the past of whoever claims it, and not behind the last try: that would be a try put off.
    return replace(message, state=state, due_at=None, parked_at=None, reported=False)


def to_resend(message: Delivery) -> Delivery:
    """A parked message that a person wants sent: also where nobody can look whether it stands already."""
    return replace(asked_again(message), may_repeat=message.may_repeat or message.unsure)


def marked(message: Delivery) -> bool:
    """Whether a message says that it may repeat: it was sent again in doubt, or is a story's first message after one
    that was dropped in doubt (which leaves the choice for this one open)."""
    return message.may_repeat or bool(message.body.get(IN_DOUBT))


def in_words(error: SlackError) -> str:
    """What is wrong and how to mend it, in one line."""
    return f"{error} ({error.mend.removesuffix('.')})" if error.mend else str(error)


def _later(message: Delivery, state: DeliveryState, due_at: datetime, why: str | None) -> Delivery:
    return replace(message, state=state, due_at=due_at, error=why)


def _asked(seconds: float) -> timedelta:
    return max(timedelta(seconds=seconds), LEAST_WAIT)
