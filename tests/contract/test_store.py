"""The Store port: what is kept, and that it is kept whole or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta, timezone
from functools import partial

import pytest
from sqlalchemy import event

from riskbot.errors import StoreError
from riskbot.model import Known, Level, Placement, Reading, Standing, Story
from riskbot.ports import Store, Transaction
from riskbot.stories.frequencies import Frequencies
from riskbot.stories.keys import keys
from riskbot.stories.sketch import sketch
from tests.builders import NOW, article, claim, decision, hit, later, placement, reading


def kept(transaction: Transaction, given: Reading) -> Story:
    """Keep an article as the first of a new story."""
    transaction.add_article(given, 1)
    return transaction.open_story(given, placement())


async def open_with(store: Store, given: Reading) -> Story:
    return await store.write(lambda transaction: kept(transaction, given))


def joined(given: Reading, where: Placement, transaction: Transaction) -> Story:
    """Keep an article in the story that the placement names."""
    transaction.add_article(given, 1)
    return transaction.join_story(str(where.story), given, where)


class InterruptedHalfWayError(Exception):
    """Stands for anything that goes wrong half-way."""


async def test_whatever_work_raises_undoes_all_of_it_and_is_raised(store: Store) -> None:
    def work(transaction: Transaction) -> None:
        story = kept(transaction, reading())
        made = decision(reading().article.id)
        transaction.decide(made, NOW)
        transaction.alert(story.id, made, "new", NOW)
        raise InterruptedHalfWayError

    with pytest.raises(InterruptedHalfWayError):
        await store.write(work)
    counts = await store.counts()
    assert (counts.articles, counts.hits, counts.stories, counts.alerts, counts.owed) == (0, 0, 0, 0, 0)
    assert (await open_with(store, reading())).id  # and the store goes on


async def test_a_reading_comes_back_as_it_was_given(store: Store) -> None:
    given = reading(
        article(
            id="a",
            url="https://x.example/1",
            outlet="CNBC",
            feed="f",
            entry_id="e",
            language="en",
            published=later(hours=-1),
            page="read",
        ),
        hit("alibaba", "military", "memo", channel="#china", trial=True),
        hit("腾讯", "sanctions", salient=False, prominent=False, level=Level.CRITICAL),
        origin="Financial Times",
        credits=("CNBC", "Reuters"),
        claims=(claim(article="a", at=NOW), claim(Standing.DENIED, None, article="a")),
        links=("https://y.example/",),
    )
    story = await open_with(store, given)
    assert [member.reading for member in story.members] == [given]
    assert await store.story(story.id) == story
    assert await store.stories() == [story]


async def test_times_come_back_in_utc_whatever_zone_they_were_given_in(store: Store) -> None:
    seen = NOW.astimezone(timezone(timedelta(hours=8)))
    story = await open_with(store, reading(article(seen=seen)))
    back = story.members[0].reading.article.seen
    assert back == NOW
    assert back is not None
    assert back.utcoffset() == timedelta(0)


async def test_a_time_without_a_zone_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="no time zone"):
        await open_with(store, reading(article(published=NOW.replace(tzinfo=None), seen=NOW)))
    assert (await store.counts()).articles == 0


async def test_an_article_that_was_never_seen_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="when it was seen"):
        await open_with(store, reading(article(seen=None)))


# ── what is known ────────────────────────────────────────────────────────────────────────────────────────────────


async def test_an_article_is_known_by_its_id(store: Store) -> None:
    held = article(id="a", url="https://x.example/1")
    await open_with(store, reading(held))
    other = article("Other", id="b")
    assert await store.known([held, other]) == {"a": Known("a", held.fingerprint, 1)}
    assert await store.write(lambda transaction: transaction.known([held, other])) == await store.known([held, other])


async def test_an_article_with_another_id_is_known_by_its_link(store: Store) -> None:
    held = article(id="a", url="https://x.example/1")
    await open_with(store, reading(held))
    elsewhere = article(id="b", feed="another", url="https://x.example/1")
    assert await store.known([elsewhere]) == {"b": Known("a", held.fingerprint, 1)}
    assert await store.known([replace(elsewhere, identity=None)]) == {}


async def test_the_id_decides_before_the_link(store: Store) -> None:
    first = article("First", id="a", url="https://x.example/1")
    second = article("Second", id="b", url="https://x.example/1", seen=later(minutes=1))
    await open_with(store, reading(first))
    await open_with(store, reading(second))
    third = article("Third", id="c", url="https://x.example/1")
    assert {given: known.article for given, known in (await store.known([first, second, third])).items()} == {
        "a": "a",
        "b": "b",
        "c": "a",
    }


async def test_within_a_feed_entries_with_ids_of_their_own_stay_apart_though_they_share_a_link(store: Store) -> None:
    held = article("First", id="a", feed="f", entry_id="1", url="https://x.example/live")
    await open_with(store, reading(held))
    sibling = article("Second", id="b", feed="f", entry_id="2", url="https://x.example/live")
    assert await store.known([sibling]) == {}
    assert set(await store.known([replace(sibling, entry_id=None)])) == {"b"}
    assert set(await store.known([replace(sibling, feed="g")])) == {"b"}


async def test_thousands_of_articles_are_asked_for_at_once(store: Store) -> None:
    await open_with(store, reading(article(id="a7", url="https://x.example/7")))
    given = [article(f"Title {n}", id=f"b{n}", url=f"https://x.example/{n}") for n in range(3000)]
    assert {known.article for known in (await store.known(given)).values()} == {"a7"}


async def test_a_new_version_is_what_is_known_and_what_counts(store: Store) -> None:
    first = reading(article(id="a"), hit(), hit("tencent"))
    edited = reading(article("White House memo says nothing of Alibaba", id="a"), hit())
    await open_with(store, first)
    await store.write(lambda transaction: transaction.add_article(edited, 2))
    assert await store.known([first.article]) == {"a": Known("a", edited.article.fingerprint, 2)}
    counts = await store.counts()
    assert (counts.articles, counts.hits) == (1, 1)


async def test_a_new_version_changes_the_words_and_the_link_and_not_who_brought_the_article(store: Store) -> None:
    first = article(id="a", url="https://x.example/1", feed="f", entry_id="e", page="http-404")
    await open_with(store, reading(first))
    edited = replace(article("Edited", id="a", feed="g", entry_id="h", page="read", seen=later(hours=1)), language="en")
    await store.write(lambda transaction: transaction.add_article(reading(edited), 2))
    kept_as = replace(edited, feed="f", entry_id="e", url=first.url, identity=first.identity)
    assert (await store.readings(["a"]))["a"][0].article == kept_as
    moved = article("Moved", id="a", url="https://x.example/2", seen=later(hours=2))
    await store.write(lambda transaction: transaction.add_article(reading(moved), 3))
    assert (await store.readings(["a"]))["a"][0].article == replace(moved, feed="f", entry_id="e")
    assert set(await store.known([article("Other", id="b", url="https://x.example/2")])) == {"b"}
    assert await store.known([article("Other", id="b", url="https://x.example/1")]) == {}


async def test_what_a_work_adds_is_there_for_what_it_asks_next(store: Store) -> None:
    first, edited = reading(article("First", id="a")), reading(article("Edited", id="a"), hit("tencent"))

    def work(transaction: Transaction) -> list[Known | None]:
        seen = [transaction.known([first.article]).get("a")]
        transaction.add_article(first, 1)
        seen.append(transaction.known([first.article]).get("a"))
        transaction.add_article(edited, 2)
        transaction.add_article(reading(article("Second", id="b")), 1)
        transaction.open_story(edited, placement())
        transaction.decide(decision("a"), NOW)
        seen.append(transaction.known([first.article]).get("a"))
        return seen

    told = await store.write(work)
    assert told == [None, Known("a", first.article.fingerprint, 1), Known("a", edited.article.fingerprint, 2)]
    assert [hit.company for hit in (await store.readings(["a"]))["a"][0].hits] == ["tencent"]
    assert (await store.counts()).articles == 2


async def test_a_refusal_that_comes_last_undoes_the_work_all_the_same(store: Store) -> None:
    def work(transaction: Transaction) -> str:
        transaction.add_article(reading(article(id="a", feed="f", entry_id="e")), 1)
        transaction.add_article(reading(article("Twin", id="b", feed="f", entry_id="e")), 1)
        return "nobody has asked for anything since"

    with pytest.raises(StoreError, match="refused to keep"):
        await store.write(work)
    assert (await store.counts()).articles == 0


@pytest.mark.parametrize("number", [1, 3])
async def test_a_version_out_of_turn_is_refused(store: Store, number: int) -> None:
    await open_with(store, reading())
    with pytest.raises(StoreError, match="cannot follow version 1"):
        await store.write(lambda transaction: transaction.add_article(reading(), number))


async def test_one_entry_of_a_feed_is_one_article(store: Store) -> None:
    await open_with(store, reading(article(id="a", feed="f", entry_id="e")))
    with pytest.raises(StoreError, match="refused to keep"):
        await open_with(store, reading(article(id="b", feed="f", entry_id="e")))
    await open_with(store, reading(article(id="c", feed="g", entry_id="e")))
    assert (await store.counts()).articles == 2


async def test_one_rule_hits_a_version_once_for_a_company(store: Store) -> None:
    with pytest.raises(StoreError, match="refused to keep"):
        await open_with(store, reading(article(), hit(), hit()))


async def test_a_text_that_no_database_can_keep_is_one_plain_error(store: Store) -> None:
    with pytest.raises(StoreError, match="not valid Unicode"):
        await open_with(store, reading(article("half a character: \ud83d")))
    assert (await store.counts()).articles == 0


# ── stories ──────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_members_stand_in_the_order_in_which_they_joined(store: Store) -> None:
    story = await open_with(store, reading(article("First", seen=later(hours=1))))
    for title in ("Second", "Third"):
        where = placement(story.id, similarity=0.5, why=f"as {title} says")
        story = await store.write(partial(joined, reading(article(title)), where))
    assert [member.reading.article.title for member in story.members] == ["First", "Second", "Third"]
    assert [member.placement.story for member in story.members] == [None, story.id, story.id]
    assert story.members[1].placement == placement(story.id, similarity=0.5, why="as Second says")


async def test_a_new_version_keeps_its_place_in_its_story(store: Store) -> None:
    story = await open_with(store, reading(article("First", id="a")))
    second = reading(article("Second", id="b"))
    await store.write(partial(joined, second, placement(story.id)))
    edited = reading(article("First, edited", id="a", seen=later(hours=2)), hit("tencent"))
    where = placement(story.id, why="the same article")

    def edit(transaction: Transaction) -> Story:
        transaction.add_article(edited, 2)
        return transaction.join_story(story.id, edited, where)

    story = await store.write(edit)
    assert [member.reading.article.title for member in story.members] == ["First, edited", "Second"]
    assert story.members[0].placement.why == "the same article"
    assert story.members[0].reading == edited


async def test_a_story_that_is_known_already_is_the_same_without_being_read_again(store: Store) -> None:
    story = await open_with(store, reading(article("First", id="a")))
    second = reading(article("Second", id="b"), hit("tencent"))

    def join(transaction: Transaction) -> Story:
        transaction.add_article(second, 1)
        where = placement(story.id, why="told in the same words", merges=("s9",))
        return transaction.join_story(story.id, second, where, known=story)

    assert await store.write(join) == await store.story(story.id)


async def test_an_article_belongs_to_one_story(store: Store) -> None:
    first = await open_with(store, reading(article("First", id="a")))
    second = await open_with(store, reading(article("Second", id="b")))
    with pytest.raises(StoreError, match="cannot join"):
        await store.write(lambda t: t.join_story(second.id, reading(article("First", id="a")), placement(second.id)))
    held = await store.write(lambda transaction: transaction.story_of("a"))
    assert held == first
    assert await store.write(lambda transaction: transaction.story_of("nobody")) is None


async def test_severity_is_written_and_read(store: Store) -> None:
    story = await open_with(store, reading())
    assert (story.level, story.score) == (Level.LOW, 0)
    await store.write(lambda transaction: transaction.set_story(story.id, level=Level.HIGH, score=71))
    again = await store.story(story.id)
    assert again == replace(story, level=Level.HIGH, score=71)


@pytest.mark.parametrize("cited", ["s999", "s0", "s", "a1", "1", "s1 ", "s99999999999999999999", "'; DROP TABLE story"])
async def test_what_is_no_storys_id_names_no_story(store: Store, cited: str) -> None:
    await open_with(store, reading())
    assert await store.story(cited) is None
    with pytest.raises(StoreError, match="there is no story"):
        await store.write(lambda transaction: transaction.set_story(cited, level=Level.LOW, score=1))


@pytest.mark.usefixtures("address")  # counts what a real database is asked
async def test_fifty_new_articles_cost_no_more_statements_than_one(store: Store) -> None:
    asked: list[str] = []
    event.listen(store._writing, "before_cursor_execute", lambda *given: asked.append(given[2]))  # type: ignore[attr-defined]

    def work(given: list[Reading], transaction: Transaction) -> None:
        assert transaction.known([each.article for each in given]) == {}
        for each in given:
            transaction.add_article(each, 1)

    costs = []
    for count in (1, 50):
        asked.clear()
        given = [reading(article(f"{count}: {n}", url=f"https://x.example/{count}/{n}")) for n in range(count)]
        await store.write(partial(work, given))
        costs.append(len(asked))
    assert costs[0] == costs[1]
    assert (await store.counts()).hits == 51


@pytest.mark.usefixtures("address")  # counts what a real database is asked
async def test_finding_the_stories_of_an_article_costs_no_more_queries_the_more_there_are(store: Store) -> None:
    asked: list[str] = []
    engine = store._writing  # type: ignore[attr-defined]
    event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))

    def opened(given: Reading, transaction: Transaction) -> None:
        transaction.add_article(given, 1)
        own = sketch(given)
        transaction.open_story(given, placement(), own, keys(own, Frequencies()))

    costs = []
    for stories in (3, 20, 20):
        for n in range(stories):
            await store.write(partial(opened, reading(article(f"{len(costs)}: story {n}"))))
        asked.clear()
        own = sketch(reading(article("Now")))
        found = await store.write(lambda t, own=own: t.candidates(own, keys(own, Frequencies())))  # type: ignore[misc]
        assert found
        costs.append(len(asked))
    assert costs[2] <= costs[0] <= 8
