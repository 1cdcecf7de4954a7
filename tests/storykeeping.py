"""Stories as a store keeps them: what its tests put in and ask for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from riskbot.model import DeliveryState, Reading, Story
from riskbot.ports import Nominee, Store, Transaction
from riskbot.stories.frequencies import Frequencies
from riskbot.stories.keys import keys
from riskbot.stories.sketch import Sketch, sketch
from tests.builders import NOW, article, decision, later, placement, reading

WORDS = Frequencies()
OF = "White House memo names Alibaba and the Chinese military"


def of(title: str = OF, text: str = "", **fields: object) -> Reading:
    return reading(article(title, text, **fields))


def keyed(given: Reading) -> tuple[Sketch, dict[str, float]]:
    own = sketch(given)
    return own, keys(own, WORDS)


def kept(tx: Transaction, given: Reading, into: str | None = None) -> Story:
    """Keep an article, in a new story or in the one named."""
    own, found = keyed(given)
    tx.add_article(given, 1)
    if into is None:
        return tx.open_story(given, placement(), own, found)
    return tx.join_story(into, given, placement(into), own, found)


async def keep(store: Store, *given: Reading) -> str:
    """A story of these articles."""

    def work(tx: Transaction) -> str:
        story = kept(tx, given[0]).id
        for each in given[1:]:
            kept(tx, each, story)
        return story

    return await store.write(work)


async def nominees(store: Store, given: Reading) -> Sequence[Nominee]:
    return await store.write(lambda tx: tx.candidates(*keyed(given)))


async def ids(store: Store, given: Reading) -> list[str]:
    return [nominee.story for nominee in await nominees(store, given)]


async def tell(store: Store, story: str, article_: str, channel: str = "#risk") -> None:
    """The story is told in a channel, and its message stands there."""

    def work(tx: Transaction) -> None:
        made = decision(article_, channel)
        tx.decide(made, NOW)
        tx.alert(story, made, "new", NOW)

    await store.write(work)
    for each in await store.claim_deliveries(NOW, later(minutes=1) - NOW, 9):
        sent = replace(each, state=DeliveryState.SENT, ts=f"{story}.{channel}", sent_as="C1", tried_at=NOW)
        await store.set_delivery(sent)


def merged(older: str, younger: str, by: str | None = None) -> Callable[[Transaction], Story]:
    return lambda tx: tx.merge_stories(older, younger, by=by, why="they tell of one memo", now=NOW)
