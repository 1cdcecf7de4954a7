"""Silences from the entry to the message, on the fakes: what they hold back, what ends them, and their summaries."""

from __future__ import annotations

from riskbot.model import Reason
from tests.builders import later
from tests.calmrounds import DENIAL, FIRST, PORT, SANCTIONED, muted, reasons, told
from tests.fakes import FakeNotifier, FakeStore
from tests.rounds import RETOLD, delivered, mind, polled


async def test_a_silence_stops_telling_and_never_recording_and_its_end_is_one_summary() -> None:
    store, notifier, by = FakeStore(), FakeNotifier(), mind()
    await muted(store, company="alibaba")
    await polled(store, FIRST, RETOLD, PORT)
    await told(store, notifier, later(minutes=1), by)
    assert [summary.companies for summary in notifier.shown.values()] == [("Tencent",)]
    counts = await store.counts()
    assert (counts.articles, counts.stories) == (3, 2)
    assert sorted(reasons(store)) == [Reason.NEW_STORY, Reason.SILENCED, Reason.SILENCED]
    assert [silence.held for silence in await store.silences()] == [2]
    await told(store, notifier, later(hours=1), by)
    (digest,) = notifier.digested
    assert (digest.title, [line.articles for line in digest.lines]) == ("Silence ended: company alibaba", [2])
    assert digest.muted == ("company alibaba (silence m1 of anna, we know): 2 articles of 1 story",)
    await told(store, notifier, later(hours=2), by)
    assert len(notifier.digested) == 1


async def test_a_silence_that_held_nothing_back_ends_without_a_word() -> None:
    store, notifier, by = FakeStore(), FakeNotifier(), mind()
    await muted(store, company="tencent")
    await told(store, notifier, later(hours=1), by)
    assert notifier.calls == []


async def test_after_the_summary_only_news_is_told_and_not_another_copy() -> None:
    store, notifier, by = FakeStore(), FakeNotifier(), mind()
    await muted(store, company="alibaba")
    await polled(store, FIRST)
    await told(store, notifier, later(hours=1), by)
    await polled(store, RETOLD, at=later(hours=2), source="other")
    assert reasons(store)[-1] is Reason.TOLD_IN_DIGEST
    await polled(store, DENIAL, at=later(hours=3), source="third")
    await told(store, notifier, later(hours=3), by)
    assert reasons(store)[-1] is Reason.DENIED
    assert [summary.articles for summary in notifier.shown.values()] == [3]


async def test_a_story_muted_until_something_material_is_told_of_the_first_denial() -> None:
    store, notifier, by = FakeStore(), FakeNotifier(), mind()
    await polled(store, FIRST)
    await delivered(store, notifier)
    await muted(store, story="s1", material=True, hours=None)
    await polled(store, RETOLD, at=later(minutes=1), source="other")
    await told(store, notifier, later(minutes=1), by)
    assert reasons(store)[-1] is Reason.SILENCED
    assert [summary.articles for summary in notifier.shown.values()] == [1]
    await polled(store, DENIAL, at=later(minutes=2), source="third")
    await told(store, notifier, later(minutes=2), by)
    assert [summary.articles for summary in notifier.shown.values()] == [3]
    (silence,) = await store.silences()
    assert (silence.ended_at, silence.ended_by) == (later(minutes=2), "first denied, in s1")


async def test_what_news_ends_a_mute_is_not_summed_up_beside_it() -> None:
    store, notifier, by = FakeStore(), FakeNotifier(), mind()
    await polled(store, FIRST)
    await delivered(store, notifier)
    await muted(store, company="alibaba", material=True, hours=None)
    await polled(store, RETOLD, SANCTIONED, at=later(minutes=1), source="other")
    await polled(store, DENIAL, at=later(minutes=2), source="third")
    await told(store, notifier, later(minutes=2), by)
    assert len(notifier.replied) == 1  # the denial
    (digest,) = notifier.digested
    assert [line.story for line in digest.lines] == ["s2"]


async def test_what_another_silence_still_covers_is_told_by_its_summary_alone() -> None:
    store, notifier, by = FakeStore(), FakeNotifier(), mind()
    await polled(store, FIRST)
    await delivered(store, notifier)
    await muted(store, story="s1", material=True, hours=None)
    await polled(store, RETOLD, at=later(minutes=1), source="other")
    await muted(store, story="s1", hours=1)
    await polled(store, DENIAL, at=later(minutes=2), source="third")
    await told(store, notifier, later(minutes=2), by)
    first, second = await store.silences()
    assert (first.ended_by, second.ended_at) == ("first denied, in s1", None)
    assert notifier.digested == []
    await told(store, notifier, later(hours=1), by)
    await told(store, notifier, later(hours=2), by)
    (digest,) = notifier.digested
    assert (digest.title, [line.story for line in digest.lines]) == ("Silence ended: story s1", ["s1"])
    assert [summary.articles for summary in notifier.shown.values()] == [3]


async def test_what_a_poll_brings_that_began_before_the_silence_ended_is_told_by_another_summary() -> None:
    store, notifier, by = FakeStore(), FakeNotifier(), mind()
    await muted(store, company="alibaba")
    await polled(store, FIRST)
    await told(store, notifier, later(hours=1), by)
    assert len(notifier.digested) == 1
    await polled(store, SANCTIONED, at=later(minutes=59), source="slow")  # kept only after the summary was owed
    await told(store, notifier, later(minutes=61), by)
    assert [line.story for line in notifier.digested[-1].lines] == ["s2"]
    assert len(notifier.digested) == 2


async def test_nothing_is_said_in_the_thread_of_a_silenced_story() -> None:
    store, notifier, by = FakeStore(), FakeNotifier(), mind()
    await polled(store, FIRST)
    await delivered(store, notifier)
    await muted(store, story="s1")
    await polled(store, DENIAL, at=later(minutes=1), source="other")
    await told(store, notifier, later(minutes=1), by)
    assert notifier.replied == []


async def test_a_message_that_stands_is_brought_up_to_date_when_its_silence_ends() -> None:
    store, notifier, by = FakeStore(), FakeNotifier(), mind()
    await polled(store, FIRST)
    await delivered(store, notifier)
    await muted(store, story="s1")
    await polled(store, DENIAL, at=later(minutes=1), source="other")
    await told(store, notifier, later(minutes=1), by)
    assert [summary.articles for summary in notifier.shown.values()] == [1]
    await told(store, notifier, later(hours=1), by)
    assert [summary.articles for summary in notifier.shown.values()] == [2]
    assert len(notifier.digested) == 1
