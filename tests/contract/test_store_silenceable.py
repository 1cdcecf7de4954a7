"""The Store port: what silences can mean of a story, read without the rest of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from riskbot.model import DeliveryState, Level
from riskbot.model.calm import Silence
from riskbot.policy.silences import silenced
from riskbot.ports import Store, Transaction
from riskbot.usecases.heartbeat import remind
from tests.builders import NOW, article, decision, hit, later, placement, reading
from tests.rounds import mind
from tests.storykeeping import merged

FIRST = reading(article("First", outlet="FT"), hit("alibaba", "military"), hit("tencent", "memo"))
SECOND = reading(article("Second", outlet="CNBC"), hit("alibaba", "sanctions"), hit("baidu", trial=True))


async def kept(store: Store) -> str:
    def work(tx: Transaction) -> str:
        tx.add_article(FIRST, 1)
        story = tx.open_story(FIRST, placement()).id
        tx.set_story(story, level=Level.HIGH, score=60)
        tx.add_article(SECOND, 1)
        tx.join_story(story, SECOND, placement(story))
        return story

    return await store.write(work)


async def test_the_hits_that_count_and_the_last_outlet_are_what_a_silence_can_mean(store: Store) -> None:
    story = await kept(store)
    found = (await store.silenceable([story]))[story]
    assert [(each.company, each.topics) for each in found.hits] == [
        *(("alibaba", ("military",)), ("tencent", ("memo",)), ("alibaba", ("sanctions",))),
    ]
    assert {each.spans for each in found.hits} == {()}
    assert found.outlet == "CNBC"


async def test_of_an_article_that_was_edited_only_the_last_version_counts(store: Store) -> None:
    story = await kept(store)
    edited = reading(article("Second", "edited", outlet="Reuters"), hit("huawei"))

    def work(tx: Transaction) -> None:
        tx.add_article(edited, 2)
        tx.join_story(story, edited, placement(story))

    await store.write(work)
    found = (await store.silenceable([story]))[story]
    assert [each.company for each in found.hits] == ["alibaba", "tencent", "huawei"]
    assert found.outlet == "Reuters"


async def test_a_story_that_was_merged_or_is_not_there_has_nothing_to_be_silenced(store: Store) -> None:
    story = await kept(store)
    third = reading(article("Third"), hits=())

    def work(tx: Transaction) -> str:
        tx.add_article(third, 1)
        return tx.open_story(third, placement()).id

    other = await store.write(work)
    assert [len(each.hits) for each in (await store.silenceable([other])).values()] == [0]
    await store.write(merged(story, other))
    assert set(await store.silenceable([story, other, "s99", "nonsense"])) == {story}
    assert await store.silenceable([]) == {}


@pytest.mark.parametrize(
    ("matchers", "silent"),
    [
        ({"company": ("alibaba", "tencent")}, True),
        ({"company": ("alibaba",)}, False),
        ({"outlet": ("cnbc",)}, True),
        ({"outlet": ("ft",)}, False),
        ({"topic": ("military", "memo", "sanctions")}, True),
        ({"rule": ("alibaba*", "tencent-memo")}, True),
        ({"level": ("high",), "company": ("*",)}, True),
    ],
)
async def test_a_silence_means_the_same_of_it_as_of_the_whole_story(
    store: Store, matchers: dict[str, tuple[str, ...]], *, silent: bool
) -> None:
    id_ = await kept(store)
    story, short = await store.story(id_), (await store.silenceable([id_]))[id_]
    assert story is not None
    silence = Silence("m1", matchers, NOW, later(days=1), "ann", "known")
    whole = [each for member in story.members for each in member.reading.hits if not each.trial]
    outlet = story.members[-1].reading.article.outlet
    meant = [
        bool(silenced(hits, story=id_, level=story.level, outlet=of, silences=[silence], now=NOW))
        for hits, of in ((whole, outlet), (short.hits, short.outlet))
    ]
    assert meant == [silent, silent]


@pytest.mark.parametrize(
    ("matchers", "reminded"),
    [
        ({"story": ("s1",)}, 0),
        ({"story": ("s2",)}, 1),
        ({"company": ("alibaba", "tencent")}, 0),
        ({"company": ("alibaba",)}, 1),
        ({"outlet": ("cnbc",)}, 0),
        ({"level": ("critical",)}, 1),
    ],
)
async def test_nobody_is_reminded_of_a_story_that_a_silence_covers_by_whatever_it_names(
    store: Store, matchers: dict[str, tuple[str, ...]], *, reminded: int
) -> None:
    story = await kept(store)
    made = decision(SECOND.article.id, "risk")

    def work(tx: Transaction) -> None:
        tx.decide(made, NOW)
        tx.alert(story, made, "new", NOW)
        tx.add_silence(Silence("", matchers, NOW, later(days=1), "ann", "known"))

    await store.write(work)
    (post,) = await store.claim_deliveries(NOW, timedelta(minutes=1), 1)
    await store.set_delivery(replace(post, state=DeliveryState.SENT, ts="17.1", sent_as="C1", tried_at=NOW))
    assert await remind(store, mind(), timedelta(hours=1), later(hours=2)) == reminded
