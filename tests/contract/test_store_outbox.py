"""The Store port: alerts are owed once, taken by one, and told in order."""

from __future__ import annotations

import asyncio
import threading
import time
from dataclasses import replace
from datetime import timedelta

import pytest

from riskbot.errors import StoreError
from riskbot.model import Alert, Delivery, DeliveryKind, DeliveryState, Level, Reason
from riskbot.ports import Store, Transaction
from tests.builders import NOW, article, decision, later, placement, reading
from tests.owing import LEASE, claimed, posted, send, told, updated


async def test_an_alert_owes_one_delivery_that_is_due_at_once(store: Store) -> None:
    story, alert = await told(store)
    assert alert == Alert("a1", story.id, "#risk", "new", Reason.NEW_STORY, story.members[0].reading.article.id, NOW)
    (delivery,) = await claimed(store)
    post = Delivery("d1", DeliveryKind.POST, "#risk", delivery.key, alert=alert, story=story.id, at=NOW)
    assert delivery == post
    assert len(delivery.key) == 32
    assert await store.alerts() == [alert]
    assert (await store.counts()).owed == 1


async def test_a_story_knows_which_channels_were_told(store: Store) -> None:
    story, alert = await told(store)
    assert story.told == {}
    await updated(store, story, "Second")
    again = await store.story(story.id)
    assert again is not None
    assert again.told == {"#risk": alert.id}


async def test_a_story_is_new_to_a_channel_once(store: Store) -> None:
    story, _ = await told(store)
    made = decision(story.members[0].reading.article.id)
    with pytest.raises(StoreError, match="refused to keep"):
        await store.write(lambda transaction: transaction.alert(story.id, made, "new", NOW))
    elsewhere = replace(made, channel="#china")

    def work(transaction: Transaction) -> Alert:
        transaction.decide(elsewhere, NOW)
        return transaction.alert(story.id, elsewhere, "new", NOW)

    assert (await store.write(work)).channel == "#china"
    assert len(await store.alerts()) == 2


async def test_a_version_is_decided_once_for_each_channel(store: Store) -> None:
    story, _ = await told(store)
    made = decision(story.members[0].reading.article.id)
    with pytest.raises(StoreError, match="refused to keep"):
        await store.write(lambda transaction: transaction.decide(made, NOW))


async def test_an_alert_without_its_decision_is_refused(store: Store) -> None:
    story, _ = await told(store)
    undecided = decision(story.members[0].reading.article.id, "#elsewhere")
    with pytest.raises(StoreError, match="follows from no decision"):
        await store.write(lambda transaction: transaction.alert(story.id, undecided, "new", NOW))
    assert len(await store.alerts()) == 1


async def test_a_claimed_delivery_is_nobody_elses_until_its_lease_ends(store: Store, second: Store) -> None:
    await told(store)
    (delivery,) = await claimed(store)
    assert await claimed(second) == []
    assert await claimed(second, NOW + LEASE) == [delivery]


async def test_a_delivery_left_in_sending_comes_back_as_such(store: Store, second: Store) -> None:
    await told(store)
    (delivery,) = await claimed(store)
    sending = replace(delivery, state=DeliveryState.SENDING, attempts=1, tried_at=NOW)
    await store.set_delivery(sending)
    assert await claimed(second) == []
    assert await claimed(second, NOW + LEASE) == [sending]
    assert (await store.counts()).owed == 1


async def test_a_send_whose_fate_is_unknown_is_looked_up_when_it_is_due(store: Store) -> None:
    await told(store)
    (delivery,) = await claimed(store)
    unsure = replace(delivery, state=DeliveryState.SENDING, due_at=later(seconds=2), error="timed out", tried_at=NOW)
    await store.set_delivery(unsure)
    assert await claimed(store, later(seconds=1)) == []
    assert await claimed(store, later(seconds=2)) == [unsure]
    assert await claimed(store, later(seconds=3)) == []


async def test_a_delivery_put_off_is_owed_again_when_it_is_due(store: Store) -> None:
    await told(store)
    (delivery,) = await claimed(store)
    put_off = replace(delivery, attempts=1, due_at=later(minutes=5), error="Slack asked us to wait", tried_at=NOW)
    await store.set_delivery(put_off)
    assert await claimed(store, later(minutes=4)) == []
    assert await claimed(store, later(minutes=5)) == [put_off]


@pytest.mark.parametrize("state", [DeliveryState.SENT, DeliveryState.PARKED, DeliveryState.REPLACED])
async def test_what_is_over_is_never_claimed_again(store: Store, state: DeliveryState) -> None:
    await told(store)
    (delivery,) = await claimed(store)
    await store.set_delivery(replace(delivery, state=state))
    assert await claimed(store, later(days=9)) == []
    counts = await store.counts()
    assert (counts.owed, counts.parked) == (0, int(state is DeliveryState.PARKED))


async def test_an_update_while_the_first_message_waits_is_carried_by_it(store: Store) -> None:
    story, first = await told(store)
    update = await updated(store, story, "Second")
    assert [delivery.alert for delivery in await claimed(store, later(days=1))] == [first]
    assert await store.alerts() == [first, update]
    assert (await store.counts()).owed == 1


async def test_whoever_takes_the_first_message_sees_the_articles_that_rely_on_it(store: Store, second: Store) -> None:
    """A claim in the middle of the write that adds the article: it must wait for it, or take nothing."""
    story, _ = await told(store)
    given, begun = reading(article("Second")), threading.Event()
    made = decision(given.article.id, reason=Reason.MORE_ARTICLES)

    def work(transaction: Transaction) -> None:
        transaction.add_article(given, 1)
        transaction.join_story(story.id, given, placement(story.id))
        transaction.decide(made, NOW)
        transaction.alert(story.id, made, "update", NOW)
        begun.set()
        time.sleep(0.3)

    writing = asyncio.create_task(store.write(work))
    await asyncio.to_thread(begun.wait)
    for delivery in await claimed(second):
        seen = await second.story(delivery.story or "")
        assert seen is not None
        assert len(seen.members) == 2
    await writing


async def test_an_update_while_the_first_message_is_being_sent_comes_after_it(store: Store) -> None:
    story, _ = await told(store)
    (first,) = await claimed(store)
    update = await updated(store, story, "Second")
    assert await claimed(store) == []
    await store.set_delivery(replace(first, state=DeliveryState.SENDING))
    assert await claimed(store) == []
    await send(store, first, ts="17.1")
    (second,) = await claimed(store)
    assert (second.alert, second.ts, second.sent_as) == (update, "17.1", "C1")


async def test_an_update_replaces_the_updates_nobody_has_begun(store: Store) -> None:
    story = await posted(store)
    await updated(store, story, "Second")
    await updated(store, story, "Third")
    newest = await updated(store, story, "Fourth")
    assert [delivery.alert for delivery in await claimed(store)] == [newest]
    assert (await store.counts()).owed == 1
    assert len(await store.alerts()) == 4


async def test_an_update_of_one_story_and_channel_leaves_all_others_alone(store: Store) -> None:
    one, other = await posted(store, "One"), await posted(store, "Other")
    await updated(store, one, "One more")
    await updated(store, other, "Other more")
    (first,) = await claimed(store)
    await send(store, first)
    (then,) = await claimed(store)
    assert {first.story, then.story} == {one.id, other.id}


async def test_updates_of_a_story_go_out_one_after_another(store: Store) -> None:
    story = await posted(store)
    first = await updated(store, story, "Second")
    (one,) = await claimed(store)
    then = await updated(store, story, "Third")
    assert one.alert == first
    assert await claimed(store) == []
    await store.set_delivery(replace(one, tried_at=NOW, due_at=later(minutes=1)))  # put off: still before the later one
    assert await claimed(store) == []
    (again,) = await claimed(store, later(minutes=1))
    await send(store, again)
    assert [delivery.alert for delivery in await claimed(store, later(minutes=1))] == [then]


async def test_an_update_waits_while_the_first_message_is_parked(store: Store) -> None:
    story, _ = await told(store)
    (first,) = await claimed(store)
    await store.set_delivery(replace(first, state=DeliveryState.PARKED, error="the channel does not exist"))
    await updated(store, story, "Second")
    assert await claimed(store, later(days=1)) == []
    await store.set_delivery(replace(first, state=DeliveryState.OWED))
    assert [delivery.id for delivery in await claimed(store)] == [first.id]


async def test_the_message_a_later_send_stands_in_is_the_latest_known(store: Store) -> None:
    story = await posted(store)
    await updated(store, story, "Second")
    (second,) = await claimed(store)
    await send(store, second, ts="18.2")
    await updated(store, story, "Third")
    (third,) = await claimed(store)
    assert third.ts == "18.2"


async def test_deliveries_come_oldest_first_one_for_each_channel_and_no_more_than_asked_for(store: Store) -> None:
    alerts = [(await told(store, f"Story {n}", f"#channel-{n}"))[1] for n in range(5)]
    await told(store, "One more", "#channel-0")
    assert [delivery.alert for delivery in await claimed(store, limit=3)] == alerts[:3]
    assert [delivery.alert for delivery in await claimed(store, limit=3)] == alerts[3:]
    assert await claimed(store) == []


async def test_critical_news_overtakes_what_its_channel_owes_for_other_stories(store: Store) -> None:
    await told(store, "One")
    await told(store, "Two")
    grave, alert = await told(store, "Three")
    await told(store, "Four", "#other")
    await store.write(lambda tx: tx.set_story(grave.id, level=Level.CRITICAL, score=90))
    first, other = await claimed(store)
    assert (first.alert, other.channel) == (alert, "#other")
    await send(store, first)
    update = await updated(store, grave, "Three, again")  # an edit rings no bell and waits for its turn
    for title in ("One", "Two"):
        (then,) = await claimed(store)
        assert then.alert is not None
        assert then.alert != update
        await send(store, then, ts=title)
    assert [each.alert for each in await claimed(store)] == [update]


async def test_a_channel_has_one_delivery_in_hand_whoever_asks(store: Store, second: Store) -> None:
    await told(store, "One")
    await told(store, "Other")
    (first,) = await claimed(store)
    assert await claimed(store) == await claimed(second) == []
    await send(store, first)
    (then,) = await claimed(second)
    assert await claimed(store) == []
    assert await claimed(store, NOW + LEASE) == [then], "who had it may have died"


async def test_what_another_took_since_can_no_longer_be_written(store: Store, second: Store) -> None:
    await told(store)
    (delivery,) = await claimed(store)
    (again,) = await claimed(second, NOW + LEASE)
    assert not await store.set_delivery(replace(delivery, state=DeliveryState.SENDING, tried_at=NOW))
    assert await store.delivery(delivery.id) == again
    assert await second.set_delivery(replace(again, state=DeliveryState.SENDING, tried_at=NOW))


async def test_one_channel_can_be_asked_for(store: Store) -> None:
    await told(store, "One", "#risk")
    await told(store, "Other", "#china")
    (china,) = await store.claim_deliveries(NOW, LEASE, 9, channel="#china")
    assert china.channel == "#china"
    assert list(await store.claim_deliveries(NOW, LEASE, 9, channel="#nowhere")) == []


async def test_a_try_that_slack_put_off_puts_off_its_channel_and_no_other(store: Store) -> None:
    await told(store, "One")
    await told(store, "Other")
    await told(store, "Elsewhere", "#china")
    first, elsewhere = await claimed(store)
    await store.set_delivery(replace(first, attempts=1, tried_at=NOW, due_at=later(seconds=30), error="wait"))
    await send(store, elsewhere)
    assert await claimed(store, later(seconds=29)) == []
    assert [each.id for each in await claimed(store, later(seconds=30))] == [first.id]


async def test_a_message_whose_fate_is_unknown_holds_up_no_other_story(store: Store) -> None:
    await told(store, "One")
    _, other = await told(store, "Other")
    (first,) = await claimed(store)
    lost = replace(first, state=DeliveryState.SENDING, tried_at=NOW, lost_at=NOW, due_at=later(seconds=30))
    await store.set_delivery(lost)
    assert [each.alert for each in await claimed(store)] == [other]
    assert await store.delivery(first.id) == lost


async def test_a_channel_rests_between_two_messages(store: Store) -> None:
    await told(store, "One")
    await told(store, "Other")
    (first,) = await claimed(store)
    await send(store, first)
    rest = timedelta(seconds=2)
    assert list(await store.claim_deliveries(later(seconds=1), LEASE, 9, spacing=rest)) == []
    assert len(await store.claim_deliveries(later(seconds=2), LEASE, 9, spacing=rest)) == 1


async def test_everything_that_became_of_a_delivery_is_kept(store: Store) -> None:
    await told(store)
    (delivery,) = await claimed(store)
    parked = replace(
        delivery,
        state=DeliveryState.PARKED,
        attempts=3,
        error="why",
        tried_at=NOW,
        lost_at=later(seconds=1),
        parked_at=later(seconds=2),
        reported=True,
        may_repeat=True,
    )
    await store.set_delivery(parked)
    assert await store.delivery("a1") == await store.delivery("d1") == parked
    assert list(await store.deliveries(DeliveryState.PARKED)) == [parked]
    assert list(await store.deliveries(DeliveryState.SENT, DeliveryState.OWED)) == []
    assert await store.delivery("a99") is await store.delivery("nonsense") is None


async def test_a_delivery_nobody_knows_is_refused(store: Store) -> None:
    _, alert = await told(store)
    for unknown in ("d999", "nonsense"):
        with pytest.raises(StoreError, match="there is no delivery"):
            await store.set_delivery(Delivery(unknown, DeliveryKind.POST, "#risk", "k", alert=alert))


async def test_two_stores_that_claim_at_once_take_each_delivery_once(store: Store, second: Store) -> None:
    for n in range(20):
        await told(store, f"Story {n}", f"#channel-{n}")
    rounds = await asyncio.gather(*(claimed(which, limit=2) for _ in range(8) for which in (store, second)))
    taken = [delivery.id for part in rounds for delivery in part]
    taken += [delivery.id for delivery in await claimed(store, limit=20)]
    assert len(taken) == len(set(taken)) == 20
