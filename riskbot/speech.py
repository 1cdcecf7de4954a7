"""What a delivery says, read from the store at the moment it is said.

What always holds: a message says how its story stands now, not how it stood when it came to be owed; of a story that
was merged it says what the older one says. Deliberately absent: when it is said, and what becomes of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from riskbot.errors import SlackError
from riskbot.mind import Mind
from riskbot.model import Delivery, DeliveryKind, Summary
from riskbot.model.saying import DigestLine
from riskbot.policy import resending as rules
from riskbot.policy.muting import in_words
from riskbot.policy.ownership import worded
from riskbot.policy.saying import LINES, digest_of, gravest_first, line_of, reply_of
from riskbot.ports import Notifier, Sent, Store
from riskbot.stories.summary import summarise

IN_THREAD = (DeliveryKind.REPLY, DeliveryKind.BROADCAST)
Say = Callable[[Delivery], Awaitable[Sent]]  # one post


@dataclass(frozen=True, slots=True)
class Moot:
    """That a delivery has nothing to say any more."""

    why: str


async def said(store: Store, mind: Mind, story: str | None) -> Summary | None:
    """What a story's message says: of one that was merged, what the older says, and that it is there now."""
    found = await store.story(story) if story else None
    if found is None or found.merged_into is None:
        return summarise(found, mind.outlets) if found else None
    older = await store.story(found.merged_into)
    return replace(summarise(older, mind.outlets), story=found.id, merged_into=older.id) if older else None


class Speech:
    """What each delivery says; `linking` is how long a digest waits for the addresses of its stories' messages."""

    def __init__(
        self, store: Store, notifier: Notifier, mind: Mind, clock: Callable[[], datetime], linking: timedelta
    ) -> None:
        self._store, self._notifier, self._mind = store, notifier, mind
        self._clock, self._linking = clock, linking

    async def of(self, delivery: Delivery) -> Say | Moot | str:
        """How to say it; or why it need not or cannot be said. Raises SlackError."""
        if delivery.body.get("reminder"):
            return await self._reminder(delivery)
        if delivery.kind is DeliveryKind.NOTICE or delivery.text:  # a line of our own, in a thread or not
            return self._notifier.note
        if delivery.kind is DeliveryKind.DIGEST:
            digest = digest_of(delivery, await self._lines(delivery))
            return lambda trying: self._notifier.digest(trying, digest)
        summary = await said(self._store, self._mind, delivery.story)
        if summary is None:
            return f"story {delivery.story} is gone"
        if delivery.kind not in IN_THREAD:
            return await self._message(delivery, summary)
        if delivery.frozen and delivery.kind is DeliveryKind.BROADCAST and delivery.thread and delivery.sent_as:
            link = await self._link(delivery, delivery.sent_as, delivery.thread)
            shown, who = await self._shown(summary)
            alone = replace(reply_of(delivery, shown, link), owner=who)
            return lambda trying: self._notifier.reply(replace(trying, thread=None), alone)
        reply = reply_of(delivery, summary)
        return lambda trying: self._notifier.reply(trying, reply)

    async def _reminder(self, delivery: Delivery) -> Say | Moot:
        """That nobody is on a story, as long as it is so: it may have waited for hours."""
        story = str(delivery.body["own"])
        owner = await self._store.owner(story)
        if owner:
            return Moot(f"{owner.user_name} is on story {story} by now")
        text = worded(story, delivery.body["reminder"], self._clock())
        return lambda trying: self._notifier.note(replace(trying, body={**trying.body, "text": text}))

    async def _message(self, delivery: Delivery, summary: Summary) -> Say:
        """The story's message, new or brought up to date."""
        shown, who = await self._shown(summary)
        listed = await self._store.listed(delivery.story or summary.story, delivery.channel)
        return lambda trying: self._notifier.send(
            replace(trying, may_repeat=rules.marked(trying), listed=listed), shown, who
        )

    async def _shown(self, summary: Summary) -> tuple[Summary, str | None]:
        """What a message with buttons says besides: whether its story is muted, and who is on it."""
        story, now = summary.merged_into or summary.story, self._clock()
        owner = await self._store.owner(story)
        muted = in_words(story, await self._store.silences(now), now)
        return replace(summary, muted=muted), owner.user_name if owner else None

    async def _link(self, delivery: Delivery, channel: str, ts: str) -> str | None:
        """The address of a message that this one links; None where there is none."""
        try:
            return await self._notifier.permalink(channel, ts)
        except SlackError as error:
            # What was never tried has waited since it was owed.
            asked = replace(delivery, tried_at=delivery.tried_at or delivery.at)
            if rules.cannot_look(asked, error, self._clock()):
                return None
            raise

    async def _lines(self, delivery: Delivery) -> Sequence[DigestLine]:
        """A line for each story of a digest that is still there, the gravest first; those that have room are linked."""
        found: dict[str, Summary] = {}
        for id_ in delivery.body.get("stories", ()):
            if summary := await said(self._store, self._mind, id_):
                found.setdefault(summary.merged_into or summary.story, summary)
        owners = await self._store.owners(found)
        lines = gravest_first(
            line_of(summary, owners[story].user_name if story in owners else None) for story, summary in found.items()
        )
        return (*await self._linked(lines[:LINES], delivery.channel), *lines[LINES:])

    async def _linked(self, lines: Sequence[DigestLine], channel: str) -> Sequence[DigestLine]:
        """The lines with the addresses of their stories' messages, as far as Slack tells them soon: a digest without
        a link is better than none, and its channel waits meanwhile."""
        linked = list(lines)
        with suppress(TimeoutError):
            async with asyncio.timeout(self._linking.total_seconds()):
                for number, line in enumerate(lines):
                    stands = await self._store.message(line.story, channel)
                    try:
                        link = await self._notifier.permalink(stands.channel, stands.ts) if stands else None
                    except SlackError as error:
                        if rules.for_the_moment(error):  # as it would be for the next ones
                            break
                        continue
                    linked[number] = replace(line, permalink=link)
        return linked
