"""From what a delivery keeps to what its message says.

What always holds: pure; a message says how its story stands now, not how it stood when it came to be owed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from riskbot.model import Delivery, Standing, Summary
from riskbot.model.saying import Digest, DigestLine, Reply
from riskbot.policy.replying import read

LINES = 25  # stories that a digest has a line for, however short; the others are counted
_SAID = {Standing.UNVERIFIED: "not verified"}


def reply_of(delivery: Delivery, summary: Summary, link: str | None = None) -> Reply:
    """What a reply or broadcast says; `link`: it is a message of its own, and this leads to the story's first."""
    body = delivery.body
    return Reply(
        summary,
        read(body),
        link=link,
        uneditable=bool(body.get("uneditable")),
        sources=bool(body.get("sources")),
    )


def digest_of(delivery: Delivery, lines: Iterable[DigestLine]) -> Digest:
    """What a digest says."""
    body, listed = delivery.body, tuple(lines)
    return Digest(
        title=str(body["title"]),
        since=datetime.fromisoformat(body["since"]),
        until=datetime.fromisoformat(body["until"]),
        lines=gravest_first(listed),
        blind=tuple(body.get("blind", ())),
        muted=tuple(body.get("muted", ())),
        articles=sum(line.articles for line in listed),
    )


def gravest_first(lines: Iterable[DigestLine]) -> tuple[DigestLine, ...]:
    """The lines as a digest shows them: those of one level stay in the order in which they came."""
    return tuple(sorted(lines, key=lambda line: -line.level.rank))


def line_of(summary: Summary, owner: str | None = None) -> DigestLine:
    """A story in a digest, without the address of its message."""
    return DigestLine(
        story=summary.story,
        level=summary.level,
        headline=summary.headline,
        url=summary.headline_url,
        outlet=summary.headline_outlet,
        articles=summary.articles,
        standings=", ".join(_SAID.get(each, str(each)) for each in summary.standings),
        owner=owner,
        at=summary.seen,
    )


def of_parked(parked: Sequence[Delivery]) -> str:
    """What those who run riskbot are told of messages that were parked in one channel for one reason."""
    first = parked[0]
    many = f"{len(parked)} messages" if len(parked) > 1 else "A message"
    wait = "wait" if len(parked) > 1 else "waits"
    since = min(each.parked_at for each in parked if each.parked_at)
    named = " ".join(each.alert.id if each.alert else each.id for each in parked[:10])
    more = f" and {len(parked) - 10} more" if len(parked) > 10 else ""
    return (
        f"{many} to {first.channel} {wait} for a person since {since:%Y-%m-%d %H:%M} UTC: {first.error}. "
        f"When it is mended: riskbot alerts resend {named}{more}"
    )
