"""The outside as the core sees it, in memory: a store, a fetcher and a notifier that do what they are told.

What always holds: fetcher and notifier follow a script and note every call; without a script the notifier posts, and
the fetcher fails the test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from riskbot.errors import FetchError, SlackError
from riskbot.model import Delivery, DeliveryKind, Entry, Feed, FeedState, Summary
from riskbot.model.saying import Digest, Reply
from riskbot.ports import Polled, Sent
from tests.fakestore import FakeDatabase, FakeStore

__all__ = ["FakeDatabase", "FakeStore"]  # they stand beside this file and are imported from here


def entries(*given: Entry, **fields: Any) -> Polled:
    """A document of these entries."""
    return Polled("entries", given, **fields)


UNCHANGED = Polled("unchanged")


class FakeFetcher:
    """Answers each poll of a feed with the next of its answers; notes who was asked, with the state it was given.

    `shelf` holds the pages that can be read, by address; every other one is refused.
    """

    def __init__(self, **answers: Sequence[Polled | FetchError]) -> None:
        self._answers = {feed: list(given) for feed, given in answers.items()}
        self.asked: list[FeedState] = []
        self.shelf: dict[str, str] = {}

    async def poll(self, feed: Feed, state: FeedState) -> Polled:
        self.asked.append(state)
        answer = self._answers[feed.name].pop(0)
        if isinstance(answer, FetchError):
            raise answer
        return answer

    async def pages(self, feed: Feed, urls: Sequence[str]) -> dict[str, str | FetchError]:
        return {url: self.shelf.get(url) or FetchError("http-404", f"{url} answered with status 404") for url in urls}


class PowerCutError(BaseException):
    """The process dies at this instant: nothing that handles errors gets to handle it."""


@dataclass(frozen=True, slots=True)
class Lost:
    """The message is posted, but this is raised instead of the answer."""

    error: BaseException


class FakeNotifier:
    """A channel that takes every message, unless the script says otherwise.

    `sends`, `finds` and `links` are what the next calls raise, in order; None lets one through. Whatever is posted is
    a send, an address that is asked for a link.
    """

    def __init__(
        self,
        sends: Iterable[BaseException | Lost | None] = (),
        finds: Iterable[BaseException | None] = (),
        links: Iterable[BaseException | None] = (),
    ) -> None:
        self._sends, self._finds, self._links = list(sends), list(finds), list(links)
        self.linked: list[str] = []  # ts of the messages whose addresses were asked for
        self.calls: list[tuple[str, str]] = []  # ("send", "reply", "note", "digest" or "find", id of alert or delivery)
        self.posted: list[str] = []  # keys of the messages that stand in the channel, oldest first
        self.shown: dict[str, Summary] = {}  # ts → what the message says now
        self.listed: list[int] = []  # of each send: how many articles' sources the thread was said to list
        self.noted: list[str] = []  # the notices that stand, oldest first
        self.replied: list[tuple[DeliveryKind, str | None, Reply]] = []  # with the thread, oldest first
        self.digested: list[Digest] = []
        self.repeats: list[str] = []  # keys of what was sent marked as one that may repeat
        self._found: dict[str, Sent] = {}

    async def send(self, delivery: Delivery, summary: Summary, owner: str | None = None) -> Sent:
        self.calls.append(("send", _cited(delivery)))
        self.listed.append(delivery.listed)
        return self._take(delivery, lambda ts: self.shown.update({ts: summary}))

    async def reply(self, delivery: Delivery, reply: Reply) -> Sent:
        self.calls.append(("reply", delivery.id))
        return self._take(delivery, lambda _: self.replied.append((delivery.kind, delivery.thread, reply)))

    async def note(self, delivery: Delivery) -> Sent:
        self.calls.append(("note", delivery.id))
        return self._take(delivery, lambda _: self.noted.append(delivery.text))

    async def digest(self, delivery: Delivery, digest: Digest) -> Sent:
        self.calls.append(("digest", delivery.id))
        return self._take(delivery, lambda _: self.digested.append(digest))

    async def permalink(self, channel: str, ts: str) -> str | None:
        self.linked.append(ts)
        refusal = self._links.pop(0) if self._links else None
        if refusal is not None:
            raise refusal
        return f"https://slack.example/{channel}/{ts}"

    def _take(self, message: Delivery, show: Callable[[str], None]) -> Sent:
        refusal = self._sends.pop(0) if self._sends else None
        if isinstance(refusal, BaseException):
            raise refusal
        sent = Sent(message.ts or f"{len(self.posted) + 1}.0", f"C-{message.channel}")
        if message.ts is None:
            self.posted.append(message.key)
        if message.may_repeat:
            self.repeats.append(message.key)
        show(sent.ts)
        self._found[message.key] = sent
        if refusal is not None:
            raise refusal.error
        return sent

    async def find(self, delivery: Delivery) -> Sent | None:
        self.calls.append(("find", _cited(delivery)))
        refusal = self._finds.pop(0) if self._finds else None
        if refusal is not None:
            raise refusal
        return self._found.get(delivery.key)


def _cited(delivery: Delivery) -> str:
    return delivery.alert.id if delivery.alert else delivery.id


def refused(code: str = "channel_not_found", mend: str = "invite the bot to it", **fields: Any) -> SlackError:
    """Slack said no."""
    return SlackError(code, f"Slack said {code}", mend, **fields)


def unknown() -> SlackError:
    """Nobody knows whether Slack took it."""
    return refused("timed_out", "", ambiguous=True)
