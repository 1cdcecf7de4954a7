"""What is said in the thread of a story's message, and when it is said loudly.

What always holds: what only adds to the count of articles is edited into the message and said nowhere else; a first
denial, confirmation, official action or retraction, and a raised level, are broadcast to the channel; anything else
that is new is a plain reply. A story is broadcast at most once in half an hour, and what comes meanwhile is bundled;
retractions and official actions never wait, and take along what waits. Nothing is said in a thread whose message
nobody has begun to send: that will carry everything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from riskbot.model import Decision, DeliveryKind, Reason, Standing, Summary, Thread
from riskbot.model.saying import News
from riskbot.policy.alerting import SHOWN

BROADCAST_EVERY = timedelta(minutes=30)
AT_ONCE = frozenset({Reason.RETRACTED, Reason.OFFICIAL_ACTION})
MATERIAL = AT_ONCE | {Reason.DENIED, Reason.CONFIRMED, Reason.LEVEL_RAISED}
LISTED = tuple((SHOWN + 1) * 2**times for times in range(8))  # articles at which a thread lists all its sources
ROOM = 34  # sources that one list in a thread has room for
SAID = MATERIAL | {Reason.NEW_ORIGIN, Reason.NEW_TOPIC, Reason.HEADLINE_EDITED}


@dataclass(frozen=True, slots=True)
class Saying:
    """What is owed to a thread."""

    kind: DeliveryKind
    body: Mapping[str, Any]
    due_at: datetime | None = None
    into: str | None = None  # the broadcast that takes it in; None: a message of its own


def news_of(decision: Decision, before: Summary | None, now: datetime) -> News:
    """The news in a decision; `before` is what the story said without it."""
    again = decision.reason is Reason.DENIED and before is not None and Standing.DENIED in before.standings
    return News(decision.reason, decision.why, decision.article, now, not again)


def is_material(news: News) -> bool:
    """Whether the channel is told, and not the thread alone: a further denier changes nothing much."""
    return news.reason in MATERIAL and news.first


def lists_sources(before: int, after: int) -> bool:
    """Whether a story that grew from so many articles to so many has its sources listed in its thread, again or first.

    Each time they have doubled: the message itself shows five, and one list for each article would be as long as all.
    """
    return any(before < articles <= after for articles in LISTED)


def lists(body: Mapping[str, Any]) -> int:
    """Of how many articles a delivery of this body lists the sources; 0: it is no list."""
    return int(body.get("sources") or 0)


def in_thread(articles: int, listed: int) -> bool:
    """Whether the sources that a story's message has no room for stand in its thread.

    `listed` is of how many articles the thread lists the sources. The message shows the latest ones itself.
    """
    return articles > SHOWN and articles - listed < SHOWN and listed <= ROOM


def to_say(news: News, thread: Thread, now: datetime, *, hushed: bool = False) -> Saying | None:
    """What is owed to the thread of a story because of its news; None: the message itself says it.

    `hushed`: nobody is to be disturbed now; what would be broadcast is a plain reply.
    """
    if not thread.begun or news.reason not in SAID:
        return None
    said = [written(news)]
    if hushed or not is_material(news):
        return Saying(DeliveryKind.REPLY, {"news": said})
    if thread.waiting is not None:
        body = {**thread.waiting.body, "news": [*thread.waiting.body.get("news", []), *said]}
        due_at = None if news.reason in AT_ONCE else thread.waiting.due_at
        return Saying(DeliveryKind.BROADCAST, body, due_at, thread.waiting.id)
    free = thread.broadcast_at + BROADCAST_EVERY if thread.broadcast_at else None
    wait = free is not None and free > now and news.reason not in AT_ONCE
    return Saying(DeliveryKind.BROADCAST, {"news": said}, free if wait else None)


def written(news: News) -> dict[str, Any]:
    """The news as a delivery keeps it."""
    return {
        "reason": news.reason.value,
        "why": news.why,
        "article": news.article,
        "at": news.at.isoformat(),
        "first": news.first,
    }


def read(body: Mapping[str, Any]) -> tuple[News, ...]:
    """The news that a delivery keeps, oldest first."""
    return tuple(
        News(Reason(each["reason"]), each["why"], each["article"], datetime.fromisoformat(each["at"]), each["first"])
        for each in body.get("news", ())
    )
