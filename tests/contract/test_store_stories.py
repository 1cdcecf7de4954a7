"""The Store port: stories are found by keys, merged, split, and remember what people decided."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

import pytest

from riskbot.errors import StoreError
from riskbot.model import Article, DeliveryState, Level, Reading, Reason, Story
from riskbot.ports import Nominee, Store, Transaction
from riskbot.stories.frequencies import Frequencies
from riskbot.stories.keys import NEAREST, NOMINATED, keys
from riskbot.stories.live import LiveStories
from riskbot.stories.placing import Candidate, place
from riskbot.stories.similarity import weigh
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


# ── found by keys ────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_story_that_shares_words_of_the_title_is_found_with_what_its_articles_are_compared_by(
    store: Store,
) -> None:
    first, second = of(text="It was written in October.", id="a"), of("Memo: Alibaba helps China's military", id="b")
    story = await keep(store, first, second)
    (found,) = await nominees(store, Reading(article("Alibaba memo: what the White House says", "", id="c")))
    assert (found.story, found.articles, found.barred, found.apart) == (story, 2, frozenset(), frozenset())
    assert sorted(found.sketches, key=lambda each: each.article) == sorted(
        (sketch(first), sketch(second)), key=lambda each: each.article
    )


async def test_what_shares_nothing_is_not_found(store: Store) -> None:
    await keep(store, of())
    other = Reading(article("Heron nests counted in the fens", ""))
    assert await nominees(store, other) == []


async def test_a_company_alone_finds_a_story(store: Store) -> None:
    story = await keep(store, of())
    assert await ids(store, of("Jack Ma's quarterly letter")) == [story]


async def test_a_story_is_found_for_its_own_time_only(store: Store) -> None:
    await keep(store, of(id="old", published=later(days=-40)))
    await keep(store, of(id="new", published=later(days=40)))
    near = await keep(store, of(id="near", published=later(days=-20)))
    assert await ids(store, of(id="now")) == [near]


async def test_a_late_article_finds_the_story_of_its_time_however_many_came_since(store: Store) -> None:
    def many(tx: Transaction) -> None:
        for n in range(3 * NEAREST):
            kept(tx, of(id=f"since {n}", published=later(hours=n)))

    own = await keep(store, of(id="own", published=later(days=-10)))
    await store.write(many)
    assert (await ids(store, of(id="late", published=later(days=-10, hours=1))))[0] == own


async def test_no_more_stories_are_nominated_than_are_worth_comparing(store: Store) -> None:
    def many(tx: Transaction) -> None:
        for n in range(40):
            kept(tx, of(id=f"a{n}", published=later(minutes=n)))

    await store.write(many)
    assert len(await nominees(store, of(id="now"))) == NOMINATED


async def test_a_long_story_stands_with_its_articles_nearest_in_time(store: Store) -> None:
    story = await keep(store, *(of(id=f"a{n:03}", published=later(hours=n)) for n in range(150)))
    (found,) = await nominees(store, of(id="late", published=later(hours=70)))
    assert (found.story, found.articles) == (story, 150)
    assert 8 <= len(found.sketches) <= 20
    assert {each.article for each in found.sketches} >= {f"a{n:03}" for n in range(67, 73)}


async def test_an_article_kept_without_a_sketch_is_sketched_when_its_story_is_met(store: Store) -> None:
    given = of()
    own, found = keyed(given)

    def old(tx: Transaction) -> None:
        tx.add_article(given, 1)
        tx.open_story(given, placement(), None, found)

    await store.write(old)
    for _ in range(2):
        (nominee,) = await nominees(store, of(id="b"))
        assert list(nominee.sketches) == [own]


async def test_a_new_version_is_found_under_its_own_words(store: Store) -> None:
    await keep(store, of("Shares of a retailer fall", id="a"))
    edited = of("Pentagon blacklists an online retailer", id="a")

    def edit(tx: Transaction) -> None:
        own, found = keyed(edited)
        tx.add_article(edited, 2)
        tx.join_story("s1", edited, placement("s1"), own, found)

    await store.write(edit)
    (found,) = await nominees(store, Reading(article("Pentagon blacklists more", id="b")))
    assert list(found.sketches) == [sketch(edited)]


async def test_keys_are_looked_for_cheaply_before_anything_is_compared(store: Store) -> None:
    await keep(store, of())
    asked = ["w:memo", "w:heron", "c:alibaba", *(f"w:{n}" for n in range(300))]
    assert await store.write(lambda tx: tx.met_keys(asked, [NOW])) == {"w:memo", "c:alibaba"}
    assert await store.write(lambda tx: tx.met_keys(asked, [later(days=90)])) == set()
    assert await store.write(lambda tx: tx.met_keys(asked, [])) == set()


async def test_the_table_places_articles_as_memory_does(store: Store) -> None:
    """The same articles in the same order make the same stories, here and in `scan`."""
    titles = (
        "White House memo says Alibaba helps the Chinese military",
        "Alibaba denies helping Chinese military after White House memo",
        "Heron nests counted in the fens",
        "Alibaba opens data centre in Thailand",
        "Herons: nests in the fens counted again",
        "Pentagon adds Alibaba to list of military companies",
        "White House memo accuses Alibaba, paper says",
        "Alibaba's new data centre in Thailand opens",
    )
    given = [of(title, id=f"a{n}", published=later(hours=n)) for n, title in enumerate(titles)]
    live = LiveStories(later(hours=72) - NOW, WORDS)

    def in_table(one: Reading, tx: Transaction) -> str | None:
        own, found = keyed(one)
        among = [
            Candidate(n.story, [weigh(each, WORDS) for each in n.sketches], n.articles)
            for n in tx.candidates(own, found)
        ]
        where = place(weigh(own, WORDS), among, opens=True, quiet_after=later(hours=72) - NOW)
        return kept(tx, one, where.story).id

    here = [await store.write(partial(in_table, each)) for each in given]
    assert here == [live.place(sketch(each), opens=True).story for each in given]
    assert 2 < len(set(here)) < len(here)


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


# ── decisions, frequencies ───────────────────────────────────────────────────────────────────────────────────────


async def test_decisions_are_found_by_story_and_by_article_oldest_first(store: Store) -> None:
    story = await keep(store, of(id="a"), of(id="b"))
    await keep(store, of(id="z"))
    made = [
        decision("a", why="the first"),
        decision("b", tell=False, reason=Reason.COOLDOWN),
        decision("z", "#other"),
    ]
    for minute, each in enumerate(made):
        await store.write(lambda tx, each=each, minute=minute: tx.decide(each, later(minutes=minute)))  # type: ignore[misc]
    assert await store.decided(story) == [(made[0], NOW), (made[1], later(minutes=1))]
    assert await store.decided("b") == [(made[1], later(minutes=1))]
    assert await store.decided("s9") == []
    assert await store.decided("nobody") == []


async def test_decisions_of_one_instant_stand_in_the_order_in_which_their_articles_joined(store: Store) -> None:
    story = await keep(store, of(id="b"), of(id="c"), of(id="a"))
    for each in ("c", "a", "b"):
        await store.write(lambda tx, each=each: tx.decide(decision(each), NOW))  # type: ignore[misc]
    assert [made.article for made, _ in await store.decided(story)] == ["b", "c", "a"]


async def test_the_latest_frequencies_are_given_and_older_ones_by_their_id(store: Store) -> None:
    assert await store.frequencies() is None
    old = Frequencies(3, {"memo": 2}, "2025-11-16", {"memo": 1})
    new = Frequencies(5, {"memo": 4, "heron": 1}, "2025-11-17", {"heron": 1})
    await store.keep_frequencies(new, NOW)
    await store.keep_frequencies(old, later(days=-1))
    await store.keep_frequencies(new, later(days=1))
    assert await store.frequencies() == new
    assert await store.frequencies("2025-11-16") == old
    assert await store.frequencies("never") is None
    with pytest.raises(StoreError, match="other word frequencies"):
        await store.keep_frequencies(replace(new, documents=6), NOW)


async def test_an_article_never_seen_before_is_no_ones(store: Store) -> None:
    given = Article("never", "", "")
    assert await store.write(lambda tx: tx.story_of(given.id)) is None
    with pytest.raises(StoreError, match="no story"):
        await store.rearranged("s1")
