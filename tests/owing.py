"""Messages that a store owes: what the tests of its outbox put in and ask for."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from riskbot.model import Alert, Delivery, DeliveryKind, DeliveryState, Reason, Story
from riskbot.ports import Store, Transaction
from tests.builders import NOW, article, decision, placement, reading

LEASE = timedelta(minutes=1)


async def told(store: Store, title: str = "First", channel: str = "#risk", at: datetime = NOW) -> tuple[Story, Alert]:
    """A new story, and the alert that tells the channel of it."""
    given = reading(article(title))
    made = decision(given.article.id, channel)

    def work(transaction: Transaction) -> tuple[Story, Alert]:
        transaction.add_article(given, 1)
        story = transaction.open_story(given, placement())
        transaction.decide(made, at)
        return story, transaction.alert(story.id, made, "new", at)

    return await store.write(work)


async def updated(store: Store, story: Story, title: str, channel: str = "#risk") -> Alert:
    """One more article in the story, and the update that it leads to."""
    given = reading(article(title))
    made = decision(given.article.id, channel, reason=Reason.MORE_ARTICLES)

    def work(transaction: Transaction) -> Alert:
        transaction.add_article(given, 1)
        transaction.join_story(story.id, given, placement(story.id))
        transaction.decide(made, NOW)
        return transaction.alert(story.id, made, "update", NOW)

    return await store.write(work)


async def claimed(store: Store, at: datetime = NOW, limit: int = 10) -> list[Delivery]:
    return list(await store.claim_deliveries(at, LEASE, limit))


async def send(store: Store, delivery: Delivery, ts: str = "17.1") -> None:
    sent = replace(
        delivery, state=DeliveryState.SENT, attempts=delivery.attempts + 1, ts=ts, sent_as="C1", tried_at=NOW
    )
    await store.set_delivery(sent)


async def posted(store: Store, title: str = "First") -> Story:
    """A story whose message stands in the channel."""
    story, _ = await told(store, title)
    (delivery,) = await store.claim_deliveries(NOW, LEASE, 1, channel="#risk")
    await send(store, delivery)
    return story


async def owed(store: Store, kind: DeliveryKind, story: str | None = None, **fields: Any) -> str:
    channel = fields.pop("channel", "#risk")
    return await store.write(lambda tx: tx.owe(kind, channel, fields.pop("body", {}), NOW, story=story, **fields))
