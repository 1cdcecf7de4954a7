"""Silences, what was held back, and absences, on the fake and on real databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from riskbot.errors import StoreError
from riskbot.model import DeliveryKind, DeliveryState, Level, Reason
from riskbot.model.calm import Away, Cause, HeldBack, Silence
from riskbot.ports import Store, Transaction
from tests.builders import NOW, article, decision, later, placement, reading

MUTE = Silence("", {"company": ("alibaba", "ten*"), "level": ("low",)}, NOW, later(days=1), "anna", "known")


async def story(store: Store, id_: str = "a", *, into: str | None = None) -> str:
    """A story of one article."""

    def work(tx: Transaction) -> str:
        given = reading(article(id=id_))
        tx.add_article(given, 1)
        return tx.open_story(given, placement()).id

    return await store.write(work)


def held(of: str, article: str = "a", **fields: Any) -> HeldBack:
    fields = {"cause": Cause.QUIET, "reason": Reason.NEW_STORY, "at": NOW, "due_at": later(hours=1)} | fields
    return HeldBack(of, fields.pop("channel", "risk"), article, title=fields.pop("title", "Quiet hours"), **fields)


async def add(store: Store, silence: Silence = MUTE) -> str:
    return await store.write(lambda tx: tx.add_silence(silence))


# ── silences ─────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_silence_is_kept_as_it_is_and_stays_when_it_is_over(store: Store) -> None:
    assert await add(store) == "m1"
    endless = replace(MUTE, ends=None, until_material=True, comment="", starts=later(hours=-1))
    assert await add(store, endless) == "m2"
    kept = [replace(MUTE, id="m1", created_at=NOW), replace(endless, id="m2", created_at=later(hours=-1))]
    assert await store.silences() == kept
    assert await store.silences(NOW) == await store.write(lambda tx: tx.silences(NOW)) == kept
    assert [each.id for each in await store.silences(later(days=1))] == ["m2"]
    assert [each.id for each in await store.silences(later(minutes=-1))] == ["m2"]
    assert len(await store.silences()) == 2


async def test_a_silence_is_ended_once(store: Store) -> None:
    id_ = await add(store)
    assert await store.write(lambda tx: tx.end_silence(id_, "ben", later(hours=1)))
    assert not await store.write(lambda tx: tx.end_silence(id_, "anna", later(hours=2)))
    (kept,) = await store.silences()
    assert (kept.ended_at, kept.ended_by, kept.ends) == (later(hours=1), "ben", later(days=1))
    assert await store.silences(later(hours=1)) == []
    with pytest.raises(StoreError, match="there is no silence 'm9'"):
        await store.write(lambda tx: tx.end_silence("m9", "ben", NOW))


async def test_a_silence_that_ran_out_cannot_be_ended(store: Store) -> None:
    id_ = await add(store)
    assert not await store.write(lambda tx: tx.end_silence(id_, "ben", later(days=1)))


async def test_a_silence_that_is_over_is_summed_up_once(store: Store) -> None:
    first, second = await add(store), await add(store, replace(MUTE, ends=later(days=2)))
    assert await store.write(lambda tx: tx.finished_silences(later(hours=1))) == []
    await store.write(lambda tx: tx.end_silence(second, "ben", later(hours=1)))
    over = await store.write(lambda tx: tx.finished_silences(later(days=1)))
    assert [each.id for each in over] == [first, second]
    await store.write(lambda tx: tx.sum_up(first, later(days=1)))
    assert [each.id for each in await store.write(lambda tx: tx.finished_silences(later(days=1)))] == [second]


# ── what was held back ───────────────────────────────────────────────────────────────────────────────────────────


async def test_what_is_held_back_is_due_at_its_time_and_told_once(store: Store) -> None:
    of = await story(store)
    await store.write(lambda tx: tx.hold(held(of)))
    await store.write(lambda tx: tx.hold(held(of, due_at=later(hours=2), title="Daily digest", cause=Cause.DIGEST)))
    assert await store.write(lambda tx: tx.held_due(later(minutes=59))) == []
    (due,) = await store.write(lambda tx: tx.held_due(later(hours=1)))
    assert due == held(of, id="h1")
    digest = await store.write(lambda tx: tx.owe(DeliveryKind.DIGEST, "risk", {"title": "Quiet hours"}, NOW))
    await store.write(lambda tx: tx.tell_in_digest([due.id], digest, later(hours=1)))
    assert [each.id for each in await store.write(lambda tx: tx.held_due(later(hours=3)))] == ["h2"]


async def test_a_message_of_its_own_releases_a_story_in_its_channel_alone(store: Store) -> None:
    of, other = await story(store), await story(store, "b")
    silence = await add(store)
    for each in (
        held(of),
        held(of, channel="geo"),
        held(other, "b"),
        held(of, cause=Cause.SILENCE, due_at=None, silence=silence, title=""),
    ):
        await store.write(lambda tx, each=each: tx.hold(each))
    await store.write(lambda tx: tx.release(of, "risk", NOW))
    assert [each.id for each in await store.write(lambda tx: tx.held_due(later(hours=1)))] == ["h2", "h3"]
    assert [each.id for each in await store.write(lambda tx: tx.held_by(silence))] == ["h4"]


async def test_what_a_silence_held_back_is_counted_and_told_by_its_summary(store: Store) -> None:
    of, silence = await story(store), await add(store)
    given = held(of, cause=Cause.SILENCE, due_at=None, silence=silence, title="")
    await store.write(lambda tx: tx.hold(given))
    await store.write(lambda tx: tx.hold(replace(given, at=later(hours=1))))
    assert [each.held for each in await store.silences()] == [2]
    assert [each.at for each in await store.write(lambda tx: tx.silenced_since("risk", later(hours=1)))] == [
        later(hours=1)
    ]
    assert await store.write(lambda tx: tx.silenced_since("geo", NOW)) == []
    assert await store.write(lambda tx: tx.in_digest(of)) == {}
    await store.write(lambda tx: tx.tell_in_digest(["h1", "h2"], "d1", later(days=1)))
    assert await store.write(lambda tx: tx.held_by(silence)) == []
    assert await store.write(lambda tx: tx.in_digest(of)) == {"risk": later(days=1)}


async def test_a_story_is_in_the_latest_digest_that_waits_or_was_told_but_not_in_one_it_was_taken_out_of(
    store: Store,
) -> None:
    of = await story(store)
    await store.write(lambda tx: tx.hold(held(of)))
    assert await store.write(lambda tx: tx.in_digest(of)) == {"risk": later(hours=1)}
    await store.write(lambda tx: tx.tell_in_digest(["h1"], "d1", later(hours=1)))
    assert await store.write(lambda tx: tx.in_digest(of)) == {"risk": later(hours=1)}
    await store.write(lambda tx: tx.hold(held(of, due_at=later(hours=9), channel="geo")))
    await store.write(lambda tx: tx.release(of, "geo", later(hours=2)))
    assert await store.write(lambda tx: tx.in_digest(of)) == {"risk": later(hours=1)}


async def test_what_was_held_back_of_a_merged_story_belongs_to_the_older_one(store: Store) -> None:
    older, younger = await story(store), await story(store, "b")
    await store.write(lambda tx: tx.hold(held(younger, "b")))
    await store.write(lambda tx: tx.merge_stories(older, younger, by=None, why="one event", now=NOW))
    assert [each.story for each in await store.write(lambda tx: tx.held_due(later(hours=1)))] == [older]
    assert await store.write(lambda tx: tx.in_digest(older)) == {"risk": later(hours=1)}
    await store.write(lambda tx: tx.release(older, "risk", NOW))
    assert await store.write(lambda tx: tx.held_due(later(hours=1))) == []


async def test_nothing_is_held_back_of_a_story_that_is_not_there(store: Store) -> None:
    with pytest.raises(StoreError, match="there is no story 's9'"):
        await store.write(lambda tx: tx.hold(held("s9")))


async def test_new_stories_are_counted_for_each_channel_and_updates_are_not(store: Store) -> None:
    for id_, at in (("a", later(hours=-1)), ("b", NOW), ("c", later(minutes=5))):
        of = await story(store, id_)

        def tell(tx: Transaction, of: str = of, id_: str = id_, at: Any = at) -> None:
            tx.decide(decision(id_, "risk"), at)
            tx.alert(of, decision(id_, "risk"), "new", at)
            tx.decide(decision(id_, "geo"), at)
            tx.alert(of, decision(id_, "geo"), "new", at)
            tx.alert(of, decision(id_, "risk"), "update", at)

        await store.write(tell)
    assert await store.write(lambda tx: tx.told_since("risk", NOW)) == 2
    assert await store.write(lambda tx: tx.told_since("risk", later(hours=-2))) == 3
    assert await store.write(lambda tx: tx.told_since("ops", NOW)) == 0


async def test_a_backlog_is_taken_back_where_nothing_was_told_since_and_nobody_has_begun(store: Store) -> None:
    stories = [await story(store, id_) for id_ in "abcd"]

    def tell(tx: Transaction) -> None:
        for of, id_ in zip(stories, "abcd", strict=True):
            for channel in ("risk", "geo"):
                tx.decide(decision(id_, channel), NOW)
                tx.alert(of, decision(id_, channel), "new", NOW)
        tx.set_story(stories[2], level=Level.HIGH, score=70)

    await store.write(tell)
    (begun,) = await store.claim_deliveries(NOW, timedelta(minutes=2), 1, channel="risk")
    (sent,) = await store.claim_deliveries(NOW, timedelta(minutes=2), 1, channel="geo")
    done = replace(sent, state=DeliveryState.SENT, ts="1.0", sent_as="C1", tried_at=later(minutes=30))
    await store.set_delivery(done)
    assert await store.write(lambda tx: tx.fold_backlog(later(minutes=-1))) == {}
    assert await store.write(lambda tx: tx.fold_backlog(NOW)) == {"risk": [stories[1], stories[3]]}
    assert await store.write(lambda tx: tx.fold_backlog(NOW)) == {}
    states = {(each.story, each.channel): each.state for each in await store.deliveries()}
    assert states[stories[0], "risk"] is states[stories[2], "risk"] is DeliveryState.OWED
    assert begun.story == stories[0]
    assert states[stories[1], "risk"] is DeliveryState.REPLACED
    assert states[stories[1], "geo"] is DeliveryState.OWED


async def test_a_story_that_only_a_digest_told_gets_a_message_of_its_own_with_its_news(store: Store) -> None:
    of = await story(store)
    update = decision("a", "risk", reason=Reason.DENIED)

    def tell(tx: Transaction) -> None:
        tx.decide(decision("a", "risk"), NOW)
        tx.alert(of, decision("a", "risk"), "new", NOW)

    await store.write(tell)
    await store.write(lambda tx: tx.fold_backlog(NOW))
    await store.write(lambda tx: tx.alert(of, update, "update", later(hours=2)))
    assert [(each.kind, each.state) for each in await store.deliveries()] == [
        (DeliveryKind.POST, DeliveryState.REPLACED),
        (DeliveryKind.POST, DeliveryState.OWED),
    ]


@pytest.mark.parametrize("reason", [Reason.MORE_ARTICLES, Reason.HEADLINE_EDITED])
async def test_a_story_that_only_a_digest_told_is_not_told_again_for_one_more_article(
    store: Store, reason: Reason
) -> None:
    of = await story(store)

    def tell(tx: Transaction) -> None:
        tx.decide(decision("a", "risk"), NOW)
        tx.alert(of, decision("a", "risk"), "new", NOW)

    await store.write(tell)
    await store.write(lambda tx: tx.fold_backlog(NOW))
    await store.write(lambda tx: tx.alert(of, decision("a", "risk", reason=reason), "update", later(hours=2)))
    assert [each.state for each in await store.deliveries()] == [DeliveryState.REPLACED] * 2


async def test_the_last_absence_known_at_a_time_is_found(store: Store) -> None:
    early, late = Away(later(hours=-9), later(hours=-7)), Away(later(hours=-3), NOW)
    assert await store.write(lambda tx: tx.last_away(NOW)) is None
    for away in (early, late):
        await store.write(lambda tx, away=away: tx.was_away(away))
    assert await store.write(lambda tx: tx.last_away(NOW)) == late
    assert await store.write(lambda tx: tx.last_away(later(minutes=-1))) == early


async def test_who_notes_a_tick_learns_when_it_ran_before(store: Store) -> None:
    assert await store.write(lambda tx: tx.tick("digest risk", later(hours=1))) is None
    assert await store.write(lambda tx: tx.tick("digest risk", NOW)) == later(hours=1)  # of two the later one counts
    assert await store.write(lambda tx: tx.tick("digest risk", later(hours=2))) == later(hours=1)
    assert await store.ticks() == {"digest risk": later(hours=2)}
