"""Feeds in hand: when a round of them is complete, which is what a sign of life is given for."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from riskbot.app import App
from riskbot.errors import FetchError, StoreError
from riskbot.mind import Mind
from riskbot.model import Feed, FeedState
from riskbot.ports import Polled
from riskbot.reload import Reloader
from riskbot.watching import Watcher
from tests.builders import NOW, feed
from tests.fakes import UNCHANGED, FakeStore
from tests.rounds import MIND

SLOW, QUICK = feed("slow"), feed("quick")


class Fetcher:
    """A feed called slow hangs until it is let go; whatever is in `refused` fails."""

    def __init__(self) -> None:
        self.let_go = asyncio.Event()
        self.refused: set[str] = set()

    async def poll(self, feed: Feed, state: FeedState) -> Polled:
        if feed.name == "slow":
            await self.let_go.wait()
        if feed.name in self.refused:
            raise FetchError("timed-out", "no answer")
        return UNCHANGED

    async def pages(self, feed: Feed, urls: Sequence[str]) -> dict[str, str | FetchError]:
        return {}


class Leaky(FakeStore):
    """A store that keeps no poll while it is broken."""

    broken = False

    async def write(self, work: Any) -> Any:
        if self.broken:
            raise StoreError("the disk is full")
        return await super().write(work)


@dataclass
class _Settings:
    requests: int = 4


@dataclass
class _App:
    store: FakeStore
    fetcher: Fetcher
    settings: _Settings = field(default_factory=_Settings)


@dataclass
class _Loaded:
    feeds: tuple[Feed, ...]


class _Rules:
    def __init__(self, *feeds: Feed) -> None:
        self.loaded, self.mind, self.changing = _Loaded(feeds), cast(Mind, MIND), asyncio.Lock()


async def watching(*feeds: Feed) -> tuple[Watcher, Fetcher, Leaky]:
    store, fetcher = Leaky(), Fetcher()
    await store.sync_feeds(feeds, NOW)
    watcher = Watcher(cast(App, _App(store, fetcher)), cast(Reloader, _Rules(*feeds)))
    return watcher, fetcher, store


async def tick(watcher: Watcher) -> bool:
    """One tick, and whether a round is complete once what can end has ended."""
    watcher.begin()
    for _ in range(50):
        await asyncio.sleep(0)
    return watcher.completed()


async def test_a_round_is_complete_once_and_only_when_every_poll_that_was_begun_has_ended() -> None:
    watcher, fetcher, _ = await watching(SLOW)
    assert not await tick(watcher)  # it hangs
    assert not await tick(watcher)  # nothing is due, and what was begun has still not ended
    fetcher.let_go.set()
    assert await tick(watcher)
    assert not watcher.completed()
    assert await tick(watcher)


async def test_a_slow_feed_holds_up_the_sign_and_not_the_other_feeds() -> None:
    watcher, fetcher, store = await watching(SLOW, QUICK)
    assert not await tick(watcher)
    assert (await store.counts()).feeds["quick"].polled_at is not None
    fetcher.let_go.set()
    assert await tick(watcher)


async def test_a_feed_that_fails_ends_its_round_and_what_could_not_be_kept_is_known_as_lost() -> None:
    watcher, fetcher, store = await watching(QUICK)
    fetcher.refused = {"quick"}
    assert await tick(watcher)
    assert (watcher.lost, (await store.counts()).feeds["quick"].failures) == (set(), 1)
    store.broken = True
    await store.sync_feeds([QUICK], NOW, edited=["quick"])
    assert await tick(watcher)
    assert watcher.lost == {"quick"}


async def test_a_round_whose_feeds_could_not_be_claimed_is_not_complete() -> None:
    watcher, _, store = await watching(QUICK)
    await store.close()  # every call of it fails from now on
    assert not await tick(watcher)
