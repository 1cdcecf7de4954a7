"""The Store port: what people answered, who is on a story, and what happened meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from riskbot.errors import StoreError
from riskbot.model import Delivery, DeliveryKind, DeliveryState, Level, Reason
from riskbot.model.answers import Answer, AnswerKind, Owner, Waiting
from riskbot.policy.heartbeat import Activity
from riskbot.ports import Store
from tests.builders import NOW, article, decision, later, placement, reading

LEASE = timedelta(minutes=1)
GRAVE = (Level.HIGH, Level.CRITICAL)
LONG_AGO = later(days=-30)


def answer(kind: AnswerKind, story: str | None, user: str = "ann", at: datetime = NOW, **fields: str) -> Answer:
    key = fields.pop("key", f"{kind}-{story}-{user}-{at.isoformat()}")
    return Answer(kind, story, f"U-{user}", user, at, key, **fields)


async def keep(store: Store, *given: Answer) -> list[bool]:
    return [await store.write(lambda tx, each=each: tx.answer(each)) for each in given]


async def told(
    store: Store, title: str = "First", *, level: Level = Level.HIGH, at: datetime = NOW, channel: str = "risk"
) -> str:
    """A story of this level, of which the channel was told."""
    given = reading(article(title))
    made = decision(given.article.id, channel)

    def work(tx) -> str:
        tx.add_article(given, 1)
        story = tx.open_story(given, placement())
        tx.set_story(story.id, level=level, score=60)
        tx.decide(made, at)
        tx.alert(story.id, made, "new", at)
        return story.id

    story = await store.write(work)
    (delivery,) = await store.claim_deliveries(at, LEASE, 10)
    await store.set_delivery(
        replace(delivery, state=DeliveryState.SENT, ts="17.000001", sent_as="C1", tried_at=at, attempts=1)
    )
    return story


async def open_ones(store: Store) -> list[Delivery]:
    return list(await store.deliveries(DeliveryState.OWED))


async def test_a_press_is_kept_once_however_often_it_comes(store: Store) -> None:
    story = await told(store)
    press = answer(AnswerKind.USEFUL, story, value="x")

    assert await keep(store, press, press, replace(press, user="U-bob")) == [True, False, False]
    assert await store.answers(story) == [press]


async def test_a_press_on_no_story_at_all_is_kept_too(store: Store) -> None:
    muted = answer(AnswerKind.MUTE, None, value="company alibaba 2 days")

    await keep(store, muted)

    assert await store.answers() == [muted]


async def test_a_press_on_a_story_that_is_not_there_is_refused(store: Store) -> None:
    with pytest.raises(StoreError):
        await keep(store, answer(AnswerKind.OWN, "s77"))


async def test_whoever_takes_a_story_is_on_it_until_it_is_given_back(store: Store) -> None:
    story, other = await told(store), await told(store, "Second")
    assert await store.owner(story) is None

    await keep(store, answer(AnswerKind.OWN, story))
    assert await store.owner(story) == Owner(story, "U-ann", "ann", NOW)
    assert await store.write(lambda tx: tx.owner(story)) == await store.owner(story)
    assert await store.owners([story, other]) == {story: Owner(story, "U-ann", "ann", NOW)}

    await keep(store, answer(AnswerKind.RELEASE, story, at=later(minutes=1)))
    assert await store.owner(story) is None


async def test_who_was_on_a_story_is_on_the_one_that_swallowed_it(store: Store) -> None:
    older, younger = await told(store), await told(store, "Second")
    await keep(store, answer(AnswerKind.OWN, younger, "bob"))
    await store.write(lambda tx: tx.merge_stories(older, younger, by="ann", why="same", now=NOW))

    owner = await store.owner(older)
    assert owner == Owner(older, "U-bob", "bob", NOW)
    assert await store.answers(older) == [answer(AnswerKind.OWN, younger, "bob")]

    await keep(store, answer(AnswerKind.RELEASE, older, "bob", later(minutes=1)))
    assert await store.owner(older) is None


async def test_nobody_is_on_a_story_that_is_not_there(store: Store) -> None:
    assert await store.owner("s77") is None
    assert await store.owners(["s77", "nonsense"]) == {}


async def test_a_message_that_shows_something_else_is_owed_one_edit_at_once(store: Store) -> None:
    story = await told(store)

    for _ in range(2):
        await store.write(lambda tx: tx.refresh(story, later(minutes=1)))

    (edit,) = await open_ones(store)
    assert (edit.kind, edit.channel, edit.story, edit.due_at) == (DeliveryKind.EDIT, "risk", story, None)
    (claimed,) = await store.claim_deliveries(later(minutes=1), LEASE, 10)
    assert claimed.id == edit.id
    assert claimed.ts == "17.000001"


async def test_the_message_of_a_swallowed_story_is_owed_the_edit_too(store: Store) -> None:
    older, younger = await told(store), await told(store, "Younger")
    await store.write(lambda tx: tx.merge_stories(older, younger, by=None, why="", now=NOW))
    for each in await store.claim_deliveries(later(minutes=1), LEASE, 10):
        await store.set_delivery(replace(each, state=DeliveryState.SENT))

    await store.write(lambda tx: tx.refresh(older, later(minutes=1)))

    assert [each.story for each in await open_ones(store)] == [younger, older]


async def test_an_edit_at_once_carries_one_that_was_put_off(store: Store) -> None:
    story = await told(store)
    more = reading(article("More"))
    late = decision(more.article.id, "risk", reason=Reason.MORE_ARTICLES, due_at=later(minutes=10))

    def work(tx) -> None:
        tx.add_article(more, 1)
        tx.join_story(story, more, placement(story))
        tx.decide(late, NOW)
        tx.alert(story, late, "update", NOW)
        tx.refresh(story, NOW)

    await store.write(work)

    (edit,) = await open_ones(store)
    assert edit.due_at is None


async def test_a_message_that_was_not_sent_yet_needs_no_edit(store: Store) -> None:
    given = reading(article("First"))
    made = decision(given.article.id, "risk")

    def work(tx) -> None:
        tx.add_article(given, 1)
        story = tx.open_story(given, placement())
        tx.decide(made, NOW)
        tx.alert(story.id, made, "new", NOW)
        tx.refresh(story.id, NOW)

    await store.write(work)

    (only,) = await open_ones(store)
    assert only.kind is DeliveryKind.POST


async def test_grave_stories_that_nobody_is_on_are_found(store: Store) -> None:
    grave = await told(store)
    await told(store, "Harmless", level=Level.MEDIUM)

    assert await store.waiting(GRAVE, LONG_AGO, NOW) == [Waiting(grave, "risk", Level.HIGH, (NOW,))]
    assert await store.waiting(GRAVE, LONG_AGO, later(minutes=-1)) == []
    assert await store.waiting(GRAVE, later(minutes=1), later(minutes=2)) == []


async def test_a_story_waits_with_everything_that_told_of_it(store: Store) -> None:
    story = await told(store)
    await store.write(lambda tx: tx.refresh(story, later(hours=30)))
    (edit,) = await store.claim_deliveries(later(hours=30), LEASE, 10)
    sent = replace(edit, state=DeliveryState.SENT, tried_at=later(hours=30), attempts=1)
    await store.set_delivery(sent)

    (waiting,) = await store.waiting(GRAVE, later(hours=29), later(hours=31))

    assert (waiting.told, waiting.thread) == ((NOW, later(hours=30)), True)


async def test_a_story_waits_in_every_channel_that_was_told_of_it(store: Store) -> None:
    story = await told(store)
    again = decision((await store.story(story)).members[0].reading.article.id, "desk")

    def work(tx) -> None:
        tx.decide(again, later(minutes=5))
        tx.alert(story, again, "new", later(minutes=5))

    await store.write(work)
    (post,) = await store.claim_deliveries(later(minutes=5), LEASE, 10)
    sent = replace(post, state=DeliveryState.SENT, ts="17.000002", sent_as="C2", tried_at=later(minutes=5), attempts=1)
    await store.set_delivery(sent)

    found = [(each.channel, each.told) for each in await store.waiting(GRAVE, LONG_AGO, NOW)]
    assert found == [("desk", (later(minutes=5),)), ("risk", (NOW,))]


async def test_a_story_that_somebody_is_on_waits_for_nobody(store: Store) -> None:
    story = await told(store)

    await keep(store, answer(AnswerKind.OWN, story))

    assert await store.waiting(GRAVE, LONG_AGO, NOW) == []


@pytest.mark.parametrize(
    ("level", "kept", "waits"),
    [
        (Level.HIGH, "risk high", False),
        (Level.HIGH, "desk critical", False),
        (Level.HIGH, "risk", False),  # of before levels were kept
        (Level.CRITICAL, "risk high", True),
        (Level.CRITICAL, "risk critical", False),
    ],
)
async def test_a_story_waits_until_somebody_was_reminded_of_its_level(
    store: Store, level: Level, kept: str, waits: bool
) -> None:
    story = await told(store, level=level)

    await keep(store, answer(AnswerKind.REMINDED, story, "", value=kept))

    assert [each.story for each in await store.waiting(GRAVE, LONG_AGO, NOW)] == [story] * waits


async def test_what_was_reminded_of_a_story_holds_for_the_one_that_swallowed_it(store: Store) -> None:
    older, younger = await told(store), await told(store, "Second")
    await keep(store, answer(AnswerKind.REMINDED, younger, "", value="risk high"))
    await store.write(lambda tx: tx.merge_stories(older, younger, by="ann", why="same", now=NOW))

    assert await store.waiting(GRAVE, LONG_AGO, NOW) == []


async def test_a_story_that_only_a_digest_told_waits_without_a_thread(store: Store) -> None:
    def work(tx) -> list[str]:
        made = []
        for title in ("First", "Second"):
            given = reading(article(title))
            tx.add_article(given, 1)
            made.append(tx.open_story(given, placement()).id)
            tx.set_story(made[-1], level=Level.HIGH, score=60)
        tx.owe(DeliveryKind.DIGEST, "risk", {"title": "Daily digest", "stories": made[::-1]}, NOW)
        return made

    older, younger = await store.write(work)
    assert await store.waiting(GRAVE, LONG_AGO, NOW) == []
    (digest,) = await store.claim_deliveries(NOW, LEASE, 10)
    sent = replace(digest, state=DeliveryState.SENT, ts="17.000009", sent_as="C1", tried_at=NOW, attempts=1)
    await store.set_delivery(sent)

    waiting = [Waiting(story, "risk", Level.HIGH, (NOW,), thread=False) for story in (older, younger)]
    assert await store.waiting(GRAVE, LONG_AGO, NOW) == waiting
    assert await store.waiting(GRAVE, later(minutes=1), later(minutes=2)) == []
    await store.write(lambda tx: tx.merge_stories(older, younger, by="ann", why="same", now=NOW))
    assert [each.story for each in await store.waiting(GRAVE, LONG_AGO, NOW)] == [older]


async def test_a_message_that_can_no_longer_be_edited_is_named_and_owed_no_edit(store: Store) -> None:
    story = await told(store)
    assert list(await store.write(lambda tx: tx.refresh(story, NOW))) == []
    (edit,) = await open_ones(store)
    await store.set_delivery(replace(edit, state=DeliveryState.REPLACED))
    await store.write(lambda tx: tx.freeze(story, "risk", "message_not_found"))

    assert list(await store.write(lambda tx: tx.refresh(story, later(minutes=1)))) == ["risk"]
    assert await open_ones(store) == []


async def test_a_story_that_was_never_told_waits_for_nobody(store: Store) -> None:
    given = reading(article("First"))
    made = decision(given.article.id, "risk")

    def work(tx) -> None:
        tx.add_article(given, 1)
        story = tx.open_story(given, placement())
        tx.set_story(story.id, level=Level.CRITICAL, score=90)
        tx.decide(made, NOW)
        tx.alert(story.id, made, "new", NOW)

    await store.write(work)

    assert await store.waiting(GRAVE, LONG_AGO, later(hours=1)) == []


async def test_what_happened_between_two_moments_is_counted(store: Store) -> None:
    published = later(minutes=-5)
    given = reading(article("Dated", published=published))
    made = decision(given.article.id, "risk")

    def work(tx) -> None:
        tx.add_article(given, 1)
        story = tx.open_story(given, placement())
        tx.decide(made, NOW)
        tx.alert(story.id, made, "new", NOW)
        tx.notice("ops", "a line", NOW)
        other = reading(article("Plain"), hits=())
        tx.add_article(other, 1)

    await store.write(work)
    for delivery in await store.claim_deliveries(NOW, LEASE, 10):
        sent = replace(delivery, state=DeliveryState.SENT, ts="17.000001", sent_as="C1", tried_at=NOW)
        await store.set_delivery(sent)

    assert await store.activity(NOW, later(minutes=1)) == Activity(
        articles=2, hits=1, stories=1, told=2, lags=(timedelta(minutes=5),)
    )
    assert await store.activity(later(hours=-1), NOW) == Activity()
