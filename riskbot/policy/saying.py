"""From what a delivery keeps to what its message says.

What always holds: pure; a message says how its story stands now, not how it stood when it came to be owed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from riskbot.model import Delivery, DeliveryKind, Standing, Summary
from riskbot.model.saying import Digest, DigestLine, Reply
from riskbot.policy.replying import read

LINES = 25  # stories that a digest has a line for, however short; the others are counted
LISTED = 6  # parked messages that a notice has a line for; the others are counted
NAMED = 10  # of them, in the command that sends them again
HEADLINE = 160  # characters of a headline in such a line
_ID = re.compile(r"[CGD][A-Z0-9]{8,}")  # of a channel (docs.slack.dev, conversation object)
_KINDS = {
    DeliveryKind.POST: "its message",
    DeliveryKind.EDIT: "an edit of its message",
    DeliveryKind.REPLY: "a reply in its thread",
    DeliveryKind.BROADCAST: "news for its channel",
    DeliveryKind.NOTICE: "a notice",
    DeliveryKind.DIGEST: "the digest",
}
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
        standings=", ".join(_standings(summary)),
        owner=owner,
        at=summary.published or summary.seen,
    )


def only_possible(summary: Summary) -> bool:
    """Whether no article speaks of any topic as a fact: what the story tells of may happen, or may not."""
    return bool(summary.possible) and not summary.topics


def _standings(summary: Summary) -> list[str]:
    possible = ["possible"] if only_possible(summary) else []
    return [*possible, *(_SAID.get(each, str(each)) for each in summary.standings)]


def of_parked(parked: Sequence[Delivery], about: Mapping[str, Summary]) -> tuple[str, tuple[str, ...]]:
    """What those who run riskbot are told of messages that were parked in one channel for one reason: a line, and one
    for each message, the gravest first; `about` has the stories that are still there, by id."""
    first = parked[0]
    summaries = {each.id: about.get(each.story or "") for each in parked}
    many = f"{len(parked)} messages" if len(parked) > 1 else "A message"
    wait = "wait" if len(parked) > 1 else "waits"
    since = min(each.parked_at for each in parked if each.parked_at)
    levels = [summary.level for summary in summaries.values() if summary]
    gravest = f", {max(levels, key=lambda level: level.rank)} at the gravest" if len(parked) > 1 and levels else ""
    named = " ".join(_cited(each) for each in parked[:NAMED])
    more = f" and {len(parked) - NAMED} more" if len(parked) > NAMED else ""
    line = (
        f"{many} to {_channel(first.channel)} {wait} for a person since {since:%Y-%m-%d %H:%M} UTC{gravest}: "
        f"{(first.error or 'nobody knows why').removesuffix('.')}. "
        f"When it is mended: riskbot alerts resend {named}{more}"
    )
    graver = sorted(parked, key=lambda each: -(of.level.rank if (of := summaries[each.id]) else -1))
    rest = [f"+{len(graver) - LISTED} more"] if len(graver) > LISTED else []
    return line, (*(_of_one(each, summaries[each.id]) for each in graver[:LISTED]), *rest)


def _of_one(each: Delivery, summary: Summary | None) -> str:
    """One parked message: what it is, and of which story."""
    kind = _KINDS[each.kind]
    if each.kind is DeliveryKind.DIGEST:
        stories = len(each.body.get("stories", ()))
        kind += f" “{each.body.get('title', '')}”, {stories} {'story' if stories == 1 else 'stories'}"
    head = f"{_cited(each)}: {kind}"
    if summary is None:
        return f"{head} of story {each.story}" if each.story else head
    companies = ", ".join(summary.companies[:3])
    return f"{summary.level.capitalize()} · {companies} · {summary.headline[:HEADLINE]} (story {each.story}; {head})"


def _channel(name: str) -> str:
    """A channel as people know it: `#risk`; an id, which only Slack shows as a name, as it is."""
    return name if name.startswith("#") or _ID.fullmatch(name) else f"#{name}"


def _cited(each: Delivery) -> str:
    return each.alert.id if each.alert else each.id
