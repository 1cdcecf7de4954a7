"""Stories that grow and articles that are edited: how a message is brought up to date, and what its thread lists."""

from __future__ import annotations

from collections import Counter

from riskbot.model import DeliveryKind, Entry, Reason
from tests.builders import TEXT, TITLE, entry, later
from tests.fakes import FakeNotifier, FakeStore
from tests.rounds import ALLEGED, delivered, polled


def reasons(store: FakeStore) -> list[Reason]:
    return [decision.reason for decision in store.decisions]


def own_words(number: int) -> Entry:
    """A report of the memo with words of its own, so that it repeats no other."""
    words = " ".join(f"word{number}{letter}" for letter in "abcdefghijklmnopqrstuvw")
    return entry(TITLE, f"{ALLEGED} {words}", entry_id=f"{number}")


async def test_a_long_story_is_edited_at_most_once_in_a_while_unless_the_news_is_material() -> None:
    store, notifier = FakeStore(), FakeNotifier()
    for number in range(11):
        await polled(store, own_words(number), source=f"feed-{number}")
    await delivered(store, notifier)
    for number, minutes in ((11, 1), (12, 2)):
        await polled(store, own_words(number), source=f"feed-{number}", at=later(minutes=minutes))
    await delivered(store, notifier, at=later(minutes=3))
    assert [summary.articles for summary in notifier.shown.values()] == [11]
    assert reasons(store)[-2:] == [Reason.MORE_ARTICLES, Reason.COOLDOWN]
    await delivered(store, notifier, at=later(minutes=10))
    assert [summary.articles for summary in notifier.shown.values()] == [13]

    denial = entry(
        "Alibaba denies White House memo on the Chinese military", f"{TEXT} Alibaba denied it.", entry_id="d"
    )
    await polled(store, denial, source="late", at=later(minutes=12))
    await delivered(store, notifier, at=later(minutes=12))
    assert [summary.articles for summary in notifier.shown.values()] == [14]


async def test_a_wave_of_reposts_in_one_poll_is_one_story_one_message_and_says_so_of_each() -> None:
    store, notifier = FakeStore(), FakeNotifier()
    wave = [entry(TITLE, TEXT, entry_id=f"{number}", url=f"https://n{number}.example/") for number in range(200)]
    report = await polled(store, *wave)
    assert (report.new, report.told) == (200, 5)
    (story,) = await store.stories()
    assert len(story.members) == 200
    assert story == await store.story(story.id)
    assert Counter(reasons(store)) == {
        Reason.NEW_STORY: 1,
        Reason.MORE_ARTICLES: 4,
        Reason.SAME_ORIGIN_REPEAT: 195,
    }
    await delivered(store, notifier)
    assert [summary.articles for summary in notifier.shown.values()] == [200]
    ((kind, _, listing),) = notifier.replied
    assert (kind, listing.sources, listing.news) == (DeliveryKind.REPLY, True, ())
    assert len(notifier.posted) == 2


async def test_a_message_says_that_sources_stand_in_the_thread_only_where_they_do() -> None:
    store, notifier = FakeStore(), FakeNotifier()
    listed = []
    for number in range(13):
        await polled(store, own_words(number), source=f"feed-{number}", at=later(hours=number))
        await delivered(store, notifier, at=later(hours=number))
        listed.append(await store.listed("s1", "risk"))
    assert listed == [0] * 5 + [6] * 6 + [12] * 2
    assert notifier.listed == listed
    sources = [len(reply.summary.sources) for _, _, reply in notifier.replied if reply.sources]
    assert sources == [6, 12]


async def test_an_edited_article_is_published_and_seen_when_it_was_first() -> None:
    store, notifier = FakeStore(), FakeNotifier()
    first = Entry(TITLE, TEXT, published=later(minutes=-8), entry_id="1")
    await polled(store, first, at=later(minutes=-1))
    await delivered(store, notifier)
    edited = Entry(f"{TITLE}, officials say", TEXT, published=later(minutes=4), entry_id="1")
    await polled(store, edited, at=later(minutes=5))
    await delivered(store, notifier, at=later(minutes=5))
    (shown,) = notifier.shown.values()
    assert shown.headline == edited.title
    assert (shown.published, shown.seen) == (later(minutes=-8), later(minutes=-1))
