"""The Store port: stories are found by keys and remember what was decided."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from riskbot.errors import StoreError
from riskbot.model import Article, Reading, Reason
from riskbot.policy.alerting import Spoken
from riskbot.ports import Store, Transaction
from riskbot.stories.frequencies import Frequencies
from riskbot.stories.keys import NEAREST, NOMINATED
from riskbot.stories.live import LiveStories
from riskbot.stories.placing import Candidate, place
from riskbot.stories.similarity import weigh
from riskbot.stories.sketch import sketch
from tests.builders import NOW, article, decision, later, placement
from tests.storykeeping import WORDS, ids, keep, kept, keyed, nominees, of, tell

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


async def test_texts_are_those_of_a_time_by_id_and_page_by_page_in_their_first_wording(store: Store) -> None:
    early, late = later(days=-2), later(hours=-1)
    one, two, three = (of(f"Memo {number}", "As it began.", seen=early) for number in (1, 2, 3))
    new = of("Memo 4", "Today.", seen=late)

    def work(tx: Transaction) -> None:
        for each in (one, two, three, new):
            tx.add_article(each, 1)
        tx.add_article(of("Memo 1", "As it ended.", seen=late), 2)

    await store.write(work)
    began = sorted((each.article.id, each.article.title, "As it began.") for each in (one, two, three))
    assert list(await store.texts(early, late, 9)) == began
    assert list(await store.texts(early, late, 2)) == began[:2]
    assert list(await store.texts(early, late, 2, began[1][0])) == began[2:]
    assert [title for _, title, _ in await store.texts(late, NOW, 9)] == ["Memo 4"]
    assert list(await store.texts(later(days=-9), early, 9)) == []


# ── what a channel has heard ─────────────────────────────────────────────────────────────────────────────────────


async def test_a_story_knows_when_each_channel_last_heard_of_it_and_what_is_put_off(store: Store) -> None:
    story = await keep(store, of(), of("Alibaba denies the White House memo"))
    other = await keep(store, of("SMIC loses its licence"))
    await tell(store, story, of().article.id)
    await tell(store, other, of("SMIC loses its licence").article.id, "#chips")
    assert await store.write(lambda tx: tx.spoken(story, later(minutes=1))) == {"#risk": Spoken(NOW)}

    second = of("Alibaba denies the White House memo").article.id
    put_off = replace(decision(second), reason=Reason.MORE_ARTICLES, due_at=later(minutes=10))

    def update(tx: Transaction) -> None:
        tx.decide(put_off, later(minutes=2))
        tx.alert(story, put_off, "update", later(minutes=2))

    await store.write(update)
    waiting = {"#risk": Spoken(later(minutes=2), later(minutes=10))}
    assert await store.write(lambda tx: tx.spoken(story, later(minutes=3))) == waiting
    assert await store.write(lambda tx: tx.spoken(story, later(minutes=11))) == {"#risk": Spoken(later(minutes=2))}
    minute = later(minutes=1) - NOW
    assert await store.claim_deliveries(later(minutes=9), minute, 9) == []
    (edit,) = await store.claim_deliveries(later(minutes=10), minute, 9)
    assert edit.alert.kind == "update"
