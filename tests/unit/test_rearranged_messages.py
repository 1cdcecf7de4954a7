"""What Slack says of stories that people merge, split and lower: every message stays true, and no story is lost."""

from __future__ import annotations

from riskbot.model import DeliveryKind, Level, Reason, Story
from riskbot.usecases import stories as ask
from tests.builders import TEXT, TITLE, entry, later, rule
from tests.fakes import FakeNotifier, FakeStore
from tests.rounds import RETOLD, delivered, mind, polled

MUSEUM = entry("Alibaba opens military museum", "A museum of military history.", entry_id="9")
SANCTIONED = entry("Alibaba is put under sanctions", "The Treasury has put Alibaba under sanctions.", entry_id="4")
EDITED = entry(TITLE, f"{TEXT} It was Friday.", entry_id="1")  # of the article that joins last
GRAVE = mind(rule(level=Level.HIGH))


async def merge(store: FakeStore, one: str, other: str) -> Story:
    return await ask.merge(store, GRAVE, one, other, by="ada", why="", now=later(minutes=1))


async def split(store: FakeStore, story: str, *articles: str) -> Story:
    return await ask.split(store, GRAVE, story, articles, by="ada", now=later(minutes=2))


async def lower(store: FakeStore, story: str, level: Level) -> Story:
    return await ask.lower(store, GRAVE, story, level, by="ada", why="", now=later(minutes=1))


async def two_stories() -> tuple[FakeStore, FakeNotifier, str]:
    """Two stories of one article each, both told; and the article of the younger."""
    store, notifier = FakeStore(), FakeNotifier()
    await polled(store, entry(entry_id="1"), by=GRAVE)
    await polled(store, MUSEUM, by=GRAVE)
    await delivered(store, notifier)
    _, younger = await store.stories()
    return store, notifier, younger.members[0].reading.article.id


async def one_story() -> tuple[FakeStore, FakeNotifier, str]:
    """One story of two articles, told; and the second of them."""
    store, notifier = FakeStore(), FakeNotifier()
    await polled(store, entry(entry_id="1"), RETOLD, by=GRAVE)
    await delivered(store, notifier)
    (story,) = await store.stories()
    return store, notifier, story.members[1].reading.article.id


def shown(notifier: FakeNotifier) -> list[tuple[str, str | None, int]]:
    """Of each message that stands: its story, what that was merged into, and how many articles it counts."""
    return [(each.story, each.merged_into, each.articles) for each in notifier.shown.values()]


# ── split ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_what_is_taken_out_of_a_told_story_is_told_at_once_as_a_story_of_its_own() -> None:
    store, notifier, second = await one_story()
    made = await split(store, "s1", second)
    assert made.level is Level.HIGH
    await delivered(store, notifier, at=later(minutes=2))
    assert shown(notifier) == [("s1", None, 1), ("s2", None, 1)]
    (alert,) = [alert for alert in await store.alerts() if alert.story == "s2"]
    assert (alert.kind, alert.reason, alert.article) == ("new", Reason.NEW_STORY, second)
    ((decision, at),) = await store.decided("s2")
    assert (decision.reason, decision.tell, at) == (Reason.NEW_STORY, True, later(minutes=2))
    assert decision.why.startswith("people took it out of s1; before, at ")


async def test_a_merge_that_is_undone_leaves_every_message_true() -> None:
    store, notifier, second = await two_stories()
    await merge(store, "s1", "s2")
    await delivered(store, notifier, at=later(minutes=1))
    assert shown(notifier) == [("s1", None, 2), ("s2", "s1", 2)]
    await split(store, "s1", second)
    await delivered(store, notifier, at=later(minutes=2))
    assert shown(notifier) == [("s1", None, 1), ("s2", "s1", 1), ("s3", None, 1)]
    assert len(notifier.posted) == 3


async def test_a_merge_rings_where_only_the_lesser_story_was_known() -> None:
    urgent = rule("Alibaba and sanctions", topics=("sanctions",), level=Level.CRITICAL, channel="urgent")
    store, notifier, by = FakeStore(), FakeNotifier(), mind(rule(level=Level.MEDIUM), urgent)
    await polled(store, entry(entry_id="1"), SANCTIONED, by=by)
    await delivered(store, notifier)
    merged = await ask.merge(store, by, "s1", "s2", by="ada", why="", now=later(minutes=40))
    assert (merged.level, set(merged.told)) == (Level.CRITICAL, {"risk", "urgent"})
    await delivered(store, notifier, at=later(minutes=40))
    ((kind, _, reply),) = notifier.replied
    assert kind is DeliveryKind.BROADCAST
    assert [(news.reason, news.why) for news in reply.news] == [
        (Reason.LEVEL_RAISED, "medium → critical: one story with s1 now")
    ]
    assert [each.channel for each in await store.deliveries() if each.kind is kind] == ["risk"]


async def test_what_was_taken_out_is_edited_in_its_own_message_when_it_moves_on() -> None:
    store, notifier, second = await one_story()
    await split(store, "s1", second)
    await delivered(store, notifier, at=later(minutes=2))
    await polled(store, EDITED, by=GRAVE, at=later(minutes=5))
    await delivered(store, notifier, at=later(minutes=5))
    assert len(notifier.posted) == 2
    assert [alert.kind for alert in await store.alerts() if alert.story == "s2"] == ["new", "update"]


async def test_a_split_before_anything_was_sent_is_two_messages_of_one_article_each() -> None:
    store, notifier = FakeStore(), FakeNotifier()
    await polled(store, entry(entry_id="1"), RETOLD, by=GRAVE)
    (story,) = await store.stories()
    await split(store, "s1", story.members[1].reading.article.id)
    await delivered(store, notifier, at=later(minutes=2))
    assert shown(notifier) == [("s1", None, 1), ("s2", None, 1)]


# ── lowered ──────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_what_leaves_a_lowered_story_is_no_graver_and_merging_it_again_raises_nothing() -> None:
    for first, then in (("s1", "s2"), ("s2", "s1")):
        store, _, second = await one_story()
        assert (await lower(store, "s1", Level.MEDIUM)).level is Level.MEDIUM
        judged = (await store.stories())[0].score
        made = await split(store, "s1", second)
        assert (made.level, made.score) == (Level.MEDIUM, judged)
        again = await merge(store, first, then)
        assert (again.id, again.level, again.score) == ("s1", Level.MEDIUM, judged)


async def test_what_leaves_a_story_lowered_far_stays_as_low_as_its_own_articles_make_it() -> None:
    store, _, second = await one_story()
    await lower(store, "s1", Level.LOW)
    assert (await split(store, "s1", second)).level is Level.LOW


async def test_what_leaves_a_story_that_something_graver_raised_again_is_weighed_by_itself() -> None:
    store, _, second = await one_story()
    await lower(store, "s1", Level.MEDIUM)
    await store.write(lambda tx: tx.set_story("s1", level=Level.CRITICAL, score=95))
    made = await split(store, "s1", second)
    assert made.level is Level.HIGH
    assert made.score < 95


async def test_something_graver_raises_what_left_a_lowered_story() -> None:
    store, _, second = await one_story()
    await lower(store, "s1", Level.MEDIUM)
    made = await split(store, "s1", second)
    worst = mind(rule(level=Level.CRITICAL))
    await polled(store, EDITED, by=worst, at=later(minutes=5))
    found = await store.story(made.id)
    assert found
    assert found.level is Level.CRITICAL


async def test_merging_with_a_graver_story_raises_a_lowered_one() -> None:
    store, _, _ = await two_stories()
    await lower(store, "s1", Level.MEDIUM)
    await store.write(lambda tx: tx.set_story("s2", level=Level.CRITICAL, score=95))
    assert (await merge(store, "s1", "s2")).level is Level.CRITICAL
