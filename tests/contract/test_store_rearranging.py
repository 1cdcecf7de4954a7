"""The Store port: stories are merged and split, and stay as people arranged them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from riskbot.errors import StoreError
from riskbot.model import Delivery, DeliveryKind, DeliveryState, Level, Modality, Reading, Reason, Story
from riskbot.model.calm import Cause, HeldBack
from riskbot.ports import Store, Transaction
from tests.builders import NOW, article, decision, hit, later, placement
from tests.storykeeping import ids, keep, kept, merged, nominees, of, tell

# ── merged ───────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_merged_story_leads_to_the_older_which_has_its_articles_its_keys_and_its_gravity(store: Store) -> None:
    older = await keep(store, of(id="a"))
    younger = await keep(store, of("Pentagon blacklists a retailer", id="b", published=later(hours=9)))
    await store.write(lambda tx: tx.set_story(younger, level=Level.HIGH, score=71))
    story = await store.write(merged(older, younger))
    assert [member.reading.article.id for member in story.members] == ["a", "b"]
    assert (story.id, story.level, story.score, story.merged_into) == (older, Level.HIGH, 71, None)
    assert await store.story(younger) == Story(younger, (), Level.HIGH, 71, {}, merged_into=older)
    assert [each.id for each in await store.stories()] == [older]
    assert (await store.counts()).stories == 1
    assert await ids(store, Reading(article("Pentagon blacklists more", published=later(hours=9)))) == [older]
    (change,) = await store.rearranged(older)
    assert await store.rearranged(younger) == [change]
    assert (change.kind, change.story, change.other, change.by) == ("merged", older, younger, None)
    assert (change.why, change.at) == ("they tell of one memo", NOW)


async def test_of_a_channel_told_of_both_the_younger_message_is_owed_one_edit_and_nothing_is_new(store: Store) -> None:
    older, younger = await keep(store, of(id="a")), await keep(store, of(id="b"))
    await tell(store, older, "a")
    await tell(store, younger, "b")
    story = await store.write(merged(older, younger))
    assert set(story.told) == {"#risk"}
    (owed,) = await store.claim_deliveries(NOW, later(minutes=1) - NOW, 9)
    assert (owed.alert.story, owed.alert.kind, owed.alert.reason) == (younger, "update", Reason.MORE_ARTICLES)
    assert (owed.ts, owed.alert.article) == (f"{younger}.#risk", "b")
    assert [alert.kind for alert in await store.alerts()] == ["new", "new", "update"]


async def test_in_a_channel_told_only_of_the_younger_its_message_becomes_the_olders(store: Store) -> None:
    older, younger = await keep(store, of(id="a")), await keep(store, of(id="b"))
    await tell(store, older, "a")
    await tell(store, younger, "b", "#china")
    story = await store.write(merged(older, younger))
    assert set(story.told) == {"#risk", "#china"}
    assert (await store.counts()).owed == 0

    def more(tx: Transaction) -> None:
        kept(tx, of(id="c"), older)
        made = decision("c", "#china", reason=Reason.MORE_ARTICLES)
        tx.decide(made, NOW)
        tx.alert(older, made, "update", NOW)

    await store.write(more)
    (owed,) = await store.claim_deliveries(NOW, later(minutes=1) - NOW, 9)
    assert (owed.alert.story, owed.ts) == (older, f"{younger}.#china")


async def test_a_message_nobody_has_begun_to_send_is_never_sent_once_its_story_is_merged(store: Store) -> None:
    older, younger = await keep(store, of(id="a")), await keep(store, of(id="b"))
    await tell(store, older, "a")

    def owe(tx: Transaction) -> None:
        made = decision("b")
        tx.decide(made, NOW)
        tx.alert(younger, made, "new", NOW)

    await store.write(owe)
    await store.write(merged(older, younger))
    assert (await store.counts()).owed == 0


async def test_a_message_that_is_on_its_way_is_edited_once_it_stands(store: Store) -> None:
    older, younger = await keep(store, of(id="a")), await keep(store, of(id="b"))
    await tell(store, older, "a")

    def owe(tx: Transaction) -> None:
        made = decision("b")
        tx.decide(made, NOW)
        tx.alert(younger, made, "new", NOW)

    await store.write(owe)
    (sending,) = await store.claim_deliveries(NOW, later(minutes=1) - NOW, 9)
    await store.write(merged(older, younger))
    assert list(await store.claim_deliveries(NOW, later(minutes=1) - NOW, 9)) == []
    await store.set_delivery(replace(sending, state=DeliveryState.SENT, ts="7.0", sent_as="C1"))
    (edit,) = await store.claim_deliveries(NOW, later(minutes=1) - NOW, 9)
    assert (edit.alert.story, edit.alert.kind, edit.ts) == (younger, "update", "7.0")


async def test_people_who_merge_are_shown_it_in_the_older_message_too(store: Store) -> None:
    older, younger = await keep(store, of(id="a")), await keep(store, of(id="b"))
    await tell(store, older, "a")
    await store.write(merged(older, younger, by="ada"))
    (owed,) = await store.claim_deliveries(NOW, later(minutes=1) - NOW, 9)
    assert (owed.alert.story, owed.alert.kind) == (older, "update")
    assert [change.by for change in await store.rearranged(older)] == ["ada"]


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        ((Level.MEDIUM, 67), (Level.HIGH, 61), (Level.MEDIUM, 67)),  # people lowered the graver
        ((Level.MEDIUM, 67), (Level.MEDIUM, 67), (Level.MEDIUM, 67)),
        ((Level.MEDIUM, 67), (Level.HIGH, 67), (Level.MEDIUM, 67)),
        ((Level.MEDIUM, 90), (Level.LOW, 90), (Level.MEDIUM, 90)),  # people lowered both
        ((Level.MEDIUM, 67), (Level.HIGH, 68), (Level.HIGH, 68)),
        ((Level.HIGH, 67), (Level.HIGH, 67), (Level.HIGH, 67)),
        ((Level.LOW, 5), (Level.MEDIUM, 5), (Level.MEDIUM, 5)),  # nobody lowered it: it was low by its score
    ],
)
async def test_two_stories_are_as_grave_as_the_graver_and_what_people_lowered_does_not_rise(
    store: Store, one: tuple[Level, int], other: tuple[Level, int], both: tuple[Level, int]
) -> None:
    stories = [await keep(store, of(id=each)) for each in "abcd"]

    def weigh(tx: Transaction) -> None:
        for story, (level, score) in zip(stories, (one, other, other, one), strict=True):
            tx.set_story(story, level=level, score=score)

    await store.write(weigh)
    made = [await store.write(merged(*pair, by="ada")) for pair in (stories[:2], stories[2:])]
    assert [(story.level, story.score) for story in made] == [both, both]


async def test_no_level_falls_where_riskbot_itself_sees_that_two_stories_are_one(store: Store) -> None:
    one, other = [await keep(store, of(id=each)) for each in "ab"]
    await store.write(lambda tx: tx.set_story(one, level=Level.MEDIUM, score=67))
    await store.write(lambda tx: tx.set_story(other, level=Level.HIGH, score=61))
    made = await store.write(merged(one, other))
    assert (made.level, made.score) == (Level.HIGH, 67)


async def test_a_story_merged_twice_over_leads_to_the_one_that_lives(store: Store) -> None:
    first, second, third = [await keep(store, of(id=each)) for each in "abc"]
    await store.write(merged(second, third))
    await store.write(merged(first, second))
    found = [await store.story(each) for each in (second, third)]
    assert [each.merged_into for each in found if each] == [first, first]


@pytest.mark.parametrize(
    ("older", "younger", "why"),
    [("s1", "s1", "with itself"), ("s1", "s9", "no story"), ("s1", "s2", "was merged into s1")],
)
async def test_what_cannot_be_merged_is_refused_and_changes_nothing(
    store: Store, older: str, younger: str, why: str
) -> None:
    await keep(store, of(id="a"))
    await keep(store, of(id="b"))
    await store.write(merged("s1", "s2"))
    before = await store.stories()
    with pytest.raises(StoreError, match=why):
        await store.write(merged(older, younger))
    with pytest.raises(StoreError, match="was merged"):
        await store.write(lambda tx: tx.join_story("s2", of(id="b"), placement("s2")))
    assert await store.stories() == before


# ── split ────────────────────────────────────────────────────────────────────────────────────────────────────────


def apart(*articles: str, at: datetime = NOW) -> Callable[[Transaction], Story]:
    return lambda tx: tx.split_story(articles, by="ada", now=at)


async def test_articles_that_people_take_out_are_a_story_of_their_own_and_never_come_back(store: Store) -> None:
    story = await keep(store, of(id="a"), of(id="b", published=later(hours=3)), of(id="c"))
    await tell(store, story, "a")
    made = await store.write(apart("b", "c"))
    assert [member.reading.article.id for member in made.members] == ["b", "c"]
    assert {member.placement.why for member in made.members} == {f"taken out of {story} by ada"}
    left = await store.story(story)
    assert left
    assert [member.reading.article.id for member in left.members] == ["a"]
    found = {nominee.story: nominee for nominee in await nominees(store, of(id="d"))}
    assert found[story].barred == {"b", "c"}
    assert (found[story].apart, found[made.id].apart) == ({made.id}, {story})
    (change,) = await store.rearranged(made.id)
    assert (change.kind, change.story, change.other, change.by) == ("split", story, made.id, "ada")
    assert set(change.articles) == {"b", "c"}
    (owed,) = await store.claim_deliveries(NOW, later(minutes=1) - NOW, 9)
    assert (owed.alert.story, owed.alert.kind) == (story, "update")


async def test_the_first_article_may_leave_and_the_next_opens_the_story(store: Store) -> None:
    story = await keep(store, of(id="a"), of(id="b"))
    await store.write(apart("a"))
    left = await store.story(story)
    assert left
    assert [(m.reading.article.id, m.placement.opens) for m in left.members] == [("b", True)]


async def test_what_people_merge_again_is_apart_no_more(store: Store) -> None:
    story = await keep(store, of(id="a"), of(id="b"))
    made = await store.write(apart("b"))
    await store.write(merged(story, made.id, by="bob"))
    (found,) = await nominees(store, of(id="c"))
    assert (found.barred, found.apart) == (frozenset(), frozenset())


async def test_what_was_kept_apart_from_the_younger_is_kept_apart_from_the_older(store: Store) -> None:
    older = await keep(store, of(id="x"))
    story = await keep(store, of(id="a"), of(id="b"))
    made = await store.write(apart("b"))
    await store.write(merged(older, story))
    found = {nominee.story: nominee for nominee in await nominees(store, of(id="c"))}
    assert (found[older].barred, found[older].apart) == ({"b"}, {made.id})
    assert found[made.id].apart == {older}


@pytest.mark.parametrize(
    ("articles", "why"),
    [(("a", "b"), "without an article"), (("nobody",), "in no story"), (("a", "z"), "of two"), ((), "none was named")],
)
async def test_what_cannot_be_split_is_refused(store: Store, articles: tuple[str, ...], why: str) -> None:
    await keep(store, of(id="a"), of(id="b"))
    await keep(store, of(id="z"))
    with pytest.raises(StoreError, match=why):
        await store.write(apart(*articles))
    assert (await store.counts()).stories == 2


# ── what is told of what was split ───────────────────────────────────────────────────────────────────────────────


async def all_owed(store: Store) -> list[Delivery]:
    return [each for each in await store.deliveries(DeliveryState.OWED) if each.alert]


async def test_every_channel_that_was_told_of_a_story_is_owed_a_first_message_of_what_left_it(store: Store) -> None:
    story = await keep(store, of(id="a"), of(id="b"))
    await tell(store, story, "a")
    await tell(store, story, "b", "#china")
    made = await store.write(apart("b", at=later(hours=1)))
    assert set(made.told) == {"#risk", "#china"}
    owed = {(each.story, each.channel): each for each in await all_owed(store)}
    assert {at: each.kind for at, each in owed.items()} == {
        (story, "#risk"): DeliveryKind.EDIT,
        (story, "#china"): DeliveryKind.EDIT,
        (made.id, "#risk"): DeliveryKind.POST,
        (made.id, "#china"): DeliveryKind.POST,
    }
    alert = owed[made.id, "#risk"].alert
    assert alert
    assert (alert.kind, alert.reason, alert.article, alert.at) == ("new", Reason.NEW_STORY, "b", later(hours=1))
    decided = {each.channel: each for each, _ in await store.decided(made.id)}
    assert decided["#risk"].why == f"people took it out of {story}"
    assert decided["#china"].why.startswith(
        f"people took it out of {story}; before, at 2025-11-17 12:00 UTC: told, new_story"
    )
    assert all(each.tell and each.reason is Reason.NEW_STORY for each in decided.values())


async def test_what_left_a_story_and_does_not_count_is_told_to_nobody(store: Store) -> None:
    possible = replace(of(id="c"), hits=(hit(modality=Modality.POSSIBLE, prominent=False),))
    without_a_hit = replace(of(id="b"), hits=())
    story = await keep(store, of(id="a"), without_a_hit, possible)
    await tell(store, story, "a")
    made = await store.write(apart("b", "c"))
    assert made.told == {}
    assert [each.story for each in await all_owed(store)] == [story]


async def test_a_story_that_nobody_was_told_of_is_split_without_a_word(store: Store) -> None:
    await keep(store, of(id="a"), of(id="b"))
    made = await store.write(apart("b"))
    assert (made.told, await all_owed(store)) == ({}, [])


async def test_how_long_an_article_took_to_be_told_is_not_counted_anew_when_it_leaves_its_story(store: Store) -> None:
    story = await keep(store, of(id="a"), of(id="b"))
    await tell(store, story, "b")
    before = await store.delays()
    await store.write(apart("b", at=later(hours=9)))
    for _ in range(2):
        for each in await store.claim_deliveries(later(hours=9), later(minutes=1) - NOW, 9):
            await store.set_delivery(replace(each, state=DeliveryState.SENT, ts="9.9", tried_at=later(hours=9)))
    assert [delay.told for delay in before] == [NOW]
    assert before[0] in await store.delays()
    assert await all_owed(store) == []


async def test_the_message_of_a_swallowed_story_is_owed_an_edit_when_its_articles_leave_again(store: Store) -> None:
    older, younger = await keep(store, of(id="a")), await keep(store, of(id="b"))
    await tell(store, older, "a")
    await tell(store, younger, "b")
    await store.write(merged(older, younger, by="ada"))
    made = await store.write(apart("b"))
    owed = [(each.story, each.kind) for each in await all_owed(store)]
    assert owed == [(older, DeliveryKind.EDIT), (younger, DeliveryKind.EDIT), (made.id, DeliveryKind.POST)]


async def test_a_swallowed_story_whose_message_was_never_sent_stays_without_one(store: Store) -> None:
    older, younger = await keep(store, of(id="a")), await keep(store, of(id="b"))
    await tell(store, older, "a")

    def owe(tx: Transaction) -> None:
        made = decision("b")
        tx.decide(made, NOW)
        tx.alert(younger, made, "new", NOW)

    await store.write(owe)
    await store.write(merged(older, younger))
    made = await store.write(apart("b"))
    assert {each.story for each in await all_owed(store)} == {older, made.id}


@pytest.mark.parametrize(("due", "told"), [(NOW, {"#risk"}), (later(hours=2), set[str]())])
async def test_a_channel_that_knows_a_story_from_a_digest_is_told_of_what_left_it(
    store: Store, due: datetime, told: set[str]
) -> None:
    story = await keep(store, of(id="a"), of(id="b"))
    held = HeldBack(story, "#risk", "a", Cause.DIGEST, Reason.NEW_STORY, NOW, due)
    await store.write(lambda tx: tx.hold(held))
    made = await store.write(apart("b", at=later(hours=1)))
    assert set(made.told) == told
