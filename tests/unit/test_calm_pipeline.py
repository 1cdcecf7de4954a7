"""Routes, quiet hours, digests and caps, from the entry to the message, on the fakes."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskbot.model import DeliveryKind, Entry, FeedState, Level, Reason
from riskbot.model.calm import Away, ChannelPlan, DigestTime, Plan, QuietHours, Route, RulePlan
from riskbot.usecases.calm import note_absence, tell_held
from tests.builders import NOW, entry, feed, later
from tests.calmrounds import DENIAL, FIRST, GRAVE, NIGHT, PORT, SANCTIONED, judging, muted, reasons, told
from tests.fakes import FakeNotifier, FakeStore
from tests.rounds import RETOLD, RULES, delivered, mind, polled

# ── quiet hours ──────────────────────────────────────────────────────────────────────────────────────────────────


async def test_quiet_hours_end_in_one_digest_with_the_gravest_first_and_what_is_critical_passes() -> None:
    by = mind(*RULES[:1], GRAVE, RULES[2], plan=Plan({"risk": ChannelPlan("risk", quiet=(NIGHT,))}))
    store, notifier = FakeStore(), FakeNotifier()
    await polled(store, FIRST, PORT, SANCTIONED, by=by)
    await told(store, notifier, later(minutes=1), by)
    assert [summary.level for summary in notifier.shown.values()] == [Level.CRITICAL]
    assert notifier.digested == []
    await told(store, notifier, later(hours=1), by)
    (digest,) = notifier.digested
    assert (digest.title, digest.since, digest.until) == ("Quiet hours", NOW, later(hours=1))
    assert len(digest.lines) == len(await store.stories()) - 1


async def test_a_story_that_becomes_critical_in_the_night_is_told_at_once_and_not_again_in_the_morning() -> None:
    by = mind(RULES[0], GRAVE, plan=Plan({"risk": ChannelPlan("risk", quiet=(NIGHT,))}))
    store, notifier = FakeStore(), FakeNotifier()
    await polled(store, FIRST, by=by)
    worse = entry(
        "White House memo says Alibaba helps Chinese military, sanctions imposed",
        "A memo from the White House says that Alibaba helps the Chinese military. It put sanctions on Alibaba.",
        entry_id="6",
    )
    await polled(store, worse, at=later(minutes=5), source="other", by=by)
    await told(store, notifier, later(minutes=5), by)
    assert [(summary.level, summary.articles) for summary in notifier.shown.values()] == [(Level.CRITICAL, 2)]
    await told(store, notifier, later(hours=1), by)
    assert notifier.digested == []


async def test_in_the_night_a_standing_message_is_brought_up_to_date_without_a_broadcast() -> None:
    by, store, notifier = judging(quiet=(NIGHT,)), FakeStore(), FakeNotifier()
    await polled(store, FIRST, at=later(hours=-2))
    await delivered(store, notifier, later(hours=-2))
    await polled(store, DENIAL, source="other", by=by)
    await told(store, notifier, NOW, by)
    assert [summary.articles for summary in notifier.shown.values()] == [2]
    assert [kind for kind, _, _ in notifier.replied] == [DeliveryKind.REPLY]
    await told(store, notifier, later(hours=1), by)
    assert [line.story for digest in notifier.digested for line in digest.lines] == ["s1"]


async def test_a_broadcast_that_waits_for_its_half_hour_waits_for_the_morning_too() -> None:
    by, store, notifier = judging(quiet=(QuietHours(12 * 60 + 10, 13 * 60),)), FakeStore(), FakeNotifier()
    await polled(store, FIRST, at=later(minutes=-5), by=by)
    await delivered(store, notifier, later(minutes=-5))
    await polled(store, DENIAL, source="other", by=by)
    await told(store, notifier, NOW, by)
    confirmed = entry(
        "White House confirms memo on Alibaba and Chinese military",
        "The White House confirmed the memo that says that Alibaba helps the Chinese military.",
        entry_id="7",
    )
    await polled(store, confirmed, at=later(minutes=5), source="third", by=by)
    await told(store, notifier, later(minutes=59), by)
    assert [kind for kind, _, _ in notifier.replied] == [DeliveryKind.BROADCAST]
    await told(store, notifier, later(hours=1), by)
    assert [kind for kind, _, _ in notifier.replied] == [DeliveryKind.BROADCAST, DeliveryKind.BROADCAST]


async def test_what_waits_for_the_morning_goes_out_within_half_an_hour_when_the_story_becomes_critical() -> None:
    quiet = QuietHours(12 * 60 + 10, 18 * 60)
    by = mind(RULES[0], GRAVE, plan=Plan({"risk": ChannelPlan("risk", quiet=(quiet,))}))
    store, notifier = FakeStore(), FakeNotifier()
    await polled(store, FIRST, at=later(minutes=-5), by=by)
    await delivered(store, notifier, later(minutes=-5))
    await polled(store, DENIAL, source="other", by=by)
    await told(store, notifier, NOW, by)
    confirmed = entry(
        "White House confirms memo on Alibaba and Chinese military",
        "The White House confirmed the memo that says that Alibaba helps the Chinese military.",
        entry_id="7",
    )
    await polled(store, confirmed, at=later(minutes=5), source="third", by=by)
    worse = entry(
        "White House memo says Alibaba helps Chinese military, sanctions imposed",
        "A memo from the White House says that Alibaba helps the Chinese military. It put sanctions on Alibaba.",
        entry_id="8",
    )
    await polled(store, worse, at=later(minutes=20), source="fourth", by=by)
    assert [story.level for story in await store.stories()] == [Level.CRITICAL]
    await told(store, notifier, later(minutes=51), by)
    assert [kind for kind, _, _ in notifier.replied].count(DeliveryKind.BROADCAST) == 2


# ── digests ──────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_daily_digest_lists_each_story_once_and_says_what_silences_held_back() -> None:
    by, store, notifier = judging(digest=DigestTime(13 * 60)), FakeStore(), FakeNotifier()
    await muted(store, hours=5, company="tencent")
    await polled(store, FIRST, PORT, by=by)
    await polled(store, RETOLD, at=later(minutes=1), source="other", by=by)
    assert sorted(reasons(store)) == [Reason.HELD_FOR_DIGEST, Reason.SILENCED, Reason.TOLD_IN_DIGEST]
    await told(store, notifier, later(hours=1), by)
    (digest,) = notifier.digested
    assert (digest.title, [line.articles for line in digest.lines]) == ("Daily digest", [2])
    assert digest.muted == ("company tencent (silence m1 of anna, we know): 1 article of 1 story",)


async def test_a_digest_without_a_story_still_says_what_was_held_back_and_what_was_not_seen_once() -> None:
    by, store, notifier = judging(digest=DigestTime(13 * 60)), FakeStore(), FakeNotifier()
    await muted(store, hours=50, company="tencent")
    await told(store, notifier, NOW, by)  # from now on its digests count
    await polled(store, PORT, by=by)
    for minutes in (59, 60, 61, 119):
        await told(store, notifier, later(minutes=minutes), by)
    (digest,) = notifier.digested
    assert (digest.title, digest.lines, digest.blind) == ("Daily digest", (), ())
    assert digest.muted == ("company tencent (silence m1 of anna, we know): 1 article of 1 story",)
    await told(store, notifier, later(hours=25), by)  # nothing since, and everything seen: nothing to say
    assert len(notifier.digested) == 1
    await store.sync_feeds([feed("example")], later(hours=26))
    await store.write(lambda tx: tx.finish_poll(FeedState("example", ill="unreachable", ill_since=NOW)))
    await told(store, notifier, later(hours=49), by)
    assert [each.blind for each in notifier.digested[1:]] == [("example: unreachable",)]


async def test_news_of_a_story_is_in_the_next_digest_again_and_a_mere_copy_is_not() -> None:
    by, store, notifier = judging(digest=DigestTime(13 * 60)), FakeStore(), FakeNotifier()
    await polled(store, FIRST, by=by)
    await told(store, notifier, later(hours=1), by)
    await polled(store, RETOLD, at=later(hours=2), source="other", by=by)
    await told(store, notifier, later(hours=25), by)
    assert len(notifier.digested) == 1
    await polled(store, DENIAL, at=later(hours=26), source="third", by=by)
    await told(store, notifier, later(hours=49), by)
    assert [line.standings for digest in notifier.digested for line in digest.lines] == ["alleged", "alleged, denied"]


async def test_a_rule_may_want_a_digest_where_its_channel_does_not() -> None:
    by = mind(plan=Plan(rules={"tencent-and-the-military": RulePlan(digest=DigestTime(13 * 60))}))
    store = FakeStore()
    await polled(store, FIRST, PORT, by=by)
    assert sorted(reasons(store)) == [Reason.HELD_FOR_DIGEST, Reason.NEW_STORY]


# ── caps, absence, routes ────────────────────────────────────────────────────────────────────────────────────────


async def test_more_than_the_cap_is_one_digest_when_the_next_hour_begins() -> None:
    by, store, notifier = judging(alerts_per_hour=1), FakeStore(), FakeNotifier()
    await polled(store, FIRST, PORT, SANCTIONED, by=by)
    await told(store, notifier, later(minutes=1), by)
    assert len(notifier.shown) == 1
    await told(store, notifier, later(hours=1), by)
    (digest,) = notifier.digested
    assert (digest.title, len(digest.lines)) == ("More than 1 alert this hour", len(await store.stories()) - 1)


async def test_after_an_outage_what_is_old_and_not_grave_comes_as_one_digest() -> None:
    by, store, notifier = mind(RULES[0], GRAVE, RULES[2]), FakeStore(), FakeNotifier()
    await store.tick("poll", later(hours=-5))
    assert await note_absence(store, NOW) == Away(later(hours=-5), NOW)
    old = [Entry(e.title, e.text, published=later(hours=-3), entry_id=e.entry_id) for e in (FIRST, PORT, SANCTIONED)]
    await polled(store, *old, at=later(minutes=1), by=by)
    await told(store, notifier, later(minutes=1), by)
    assert [summary.level for summary in notifier.shown.values()] == [Level.CRITICAL]
    await told(store, notifier, later(minutes=10), by)
    (digest,) = notifier.digested
    assert (digest.title, len(digest.lines)) == ("While I was away", len(await store.stories()) - 1)
    assert (digest.since, digest.until) == (later(hours=-5), NOW)
    assert {line.at for line in digest.lines} == {later(hours=-3)}  # not when they were read


async def test_what_piled_up_while_slack_was_away_is_one_digest_and_news_of_it_a_message() -> None:
    by, store, notifier = mind(RULES[0], GRAVE, RULES[2]), FakeStore(), FakeNotifier()
    await polled(store, FIRST, PORT, SANCTIONED, by=by)
    assert await tell_held(store, by.policy.plan, later(minutes=59)) == 0
    await told(store, notifier, later(minutes=61), by)
    assert [summary.level for summary in notifier.shown.values()] == [Level.CRITICAL]
    (digest,) = notifier.digested
    assert (digest.title, len(digest.lines)) == ("While I was away", len(await store.stories()) - 1)
    await polled(store, DENIAL, at=later(hours=2), source="other", by=by)
    await told(store, notifier, later(hours=2), by)
    assert len(notifier.shown) == 2
    assert (await store.counts()).owed == 0


async def test_what_comes_to_wait_while_slack_is_still_away_joins_the_one_digest() -> None:
    by, store, notifier = mind(RULES[0], RULES[2]), FakeStore(), FakeNotifier()
    await polled(store, FIRST, by=by)
    assert await tell_held(store, by.policy.plan, later(minutes=61)) == 1
    await polled(store, PORT, at=later(minutes=5), source="other", by=by)
    assert await tell_held(store, by.policy.plan, later(minutes=66)) == 1
    await delivered(store, notifier, later(minutes=67))
    (digest,) = notifier.digested
    assert (digest.title, [line.story for line in digest.lines]) == ("While I was away", ["s1", "s2"])
    assert (digest.since, digest.until) == (NOW, later(minutes=66))


WORSE = entry(
    "White House memo says Alibaba helps Chinese military, sanctions imposed",
    "A memo from the White House says that Alibaba helps the Chinese military. It put sanctions on Alibaba.",
    entry_id="6",
)


@pytest.mark.parametrize("others", [(), (PORT,)])
@pytest.mark.parametrize("night", [(), (NIGHT,)])
async def test_a_story_that_turns_critical_before_the_digest_of_an_outage_is_out_is_told_once(
    others: tuple[Entry, ...], night: tuple[QuietHours, ...]
) -> None:
    by = mind(RULES[0], GRAVE, RULES[2], plan=Plan({"risk": ChannelPlan("risk", quiet=night)}))
    store, notifier = FakeStore(), FakeNotifier()
    await polled(store, FIRST, *others, at=later(hours=-2), by=by)
    assert await tell_held(store, by.policy.plan, later(minutes=-50)) == (not night)
    await polled(store, WORSE, at=later(minutes=-49), source="other", by=by)
    assert await tell_held(store, by.policy.plan, later(minutes=-48)) == 0
    await told(store, notifier, later(minutes=-40), by)
    (grave,) = notifier.shown.values()
    assert grave.level is Level.CRITICAL
    await told(store, notifier, later(hours=1), by)
    (left,) = {story.id for story in await store.stories()} - {grave.story} or {None}
    assert [[line.story for line in each.lines] for each in notifier.digested] == [[left]] * len(others)
    assert (await store.counts()).owed == 0


async def test_the_digest_of_an_outage_waits_for_the_end_of_quiet_hours_and_takes_in_the_news_of_the_night() -> None:
    by, store, notifier = judging(quiet=(NIGHT,)), FakeStore(), FakeNotifier()
    await polled(store, FIRST, at=later(hours=-2), by=by)
    await told(store, notifier, later(minutes=-50), by)
    await polled(store, DENIAL, at=NOW, source="other", by=by)
    await told(store, notifier, NOW, by)
    assert (notifier.shown, notifier.digested) == ({}, [])
    await told(store, notifier, later(hours=1), by)
    assert notifier.shown == {}
    assert [line.story for digest in notifier.digested for line in digest.lines] == ["s1"]


async def test_what_waits_because_riskbot_was_away_and_because_slack_was_is_one_digest_from_the_first_of_it() -> None:
    by, store, notifier = mind(RULES[0], RULES[2]), FakeStore(), FakeNotifier()
    await polled(store, FIRST, at=later(hours=-5), by=by)
    await store.tick("poll", later(hours=-3))
    assert await note_absence(store, NOW) == Away(later(hours=-3), NOW)
    missed = Entry(PORT.title, PORT.text, published=later(hours=-2), entry_id=PORT.entry_id)
    await polled(store, missed, at=later(minutes=1), source="other", by=by)
    assert await tell_held(store, by.policy.plan, later(minutes=1)) == 1
    assert await tell_held(store, by.policy.plan, later(minutes=10)) == 1
    await delivered(store, notifier, later(minutes=11))
    (digest,) = notifier.digested
    assert [line.story for line in digest.lines] == ["s1", "s2"]
    assert (digest.since, digest.until) == (later(hours=-5), later(minutes=1))


async def test_what_was_taken_back_by_a_tick_that_then_died_is_told_by_the_next_one() -> None:
    by, store, notifier = mind(RULES[0], RULES[2]), FakeStore(), FakeNotifier()
    await polled(store, FIRST, PORT, by=by)
    assert await store.write(lambda tx: tx.fold_backlog(NOW)) != {}
    await delivered(store, notifier, later(minutes=61))
    await told(store, notifier, later(minutes=62), by)
    assert (notifier.shown, [len(digest.lines) for digest in notifier.digested]) == ({}, [2])


async def test_an_old_absence_says_nothing_about_what_piled_up_since() -> None:
    by, store, notifier = mind(RULES[0]), FakeStore(), FakeNotifier()
    await store.write(lambda tx: tx.was_away(Away(later(days=-3), later(days=-2))))
    await polled(store, FIRST, by=by)
    await told(store, notifier, later(minutes=61), by)
    assert [(digest.since, digest.until) for digest in notifier.digested] == [(NOW, later(minutes=61))]


async def test_a_channel_that_is_told_of_other_things_has_no_backlog() -> None:
    by, store, notifier = mind(), FakeStore(), FakeNotifier()
    await polled(store, FIRST, PORT, by=by)
    await delivered(store, notifier, later(minutes=90))
    assert await tell_held(store, by.policy.plan, later(minutes=91)) == 0
    assert len(notifier.shown) == 2


async def test_ticks_in_time_mean_that_riskbot_was_there() -> None:
    store = FakeStore()
    assert await note_absence(store, NOW) is None
    await store.tick("poll", later(minutes=-59))
    assert await note_absence(store, NOW) is None


async def test_a_story_that_rises_is_told_where_its_new_level_leads_too() -> None:
    plan = Plan(routes=(Route("urgent", levels=frozenset({Level.CRITICAL})),))
    by, store = mind(RULES[0], GRAVE, plan=plan), FakeStore()
    await polled(store, FIRST, by=by)
    worse = entry(
        "White House memo says Alibaba helps Chinese military, sanctions imposed",
        "A memo from the White House says that Alibaba helps the Chinese military. It put sanctions on Alibaba.",
        entry_id="6",
    )
    await polled(store, worse, at=later(minutes=5), source="other", by=by)
    assert [(alert.channel, alert.kind) for alert in await store.alerts()] == [
        ("risk", "new"),
        ("urgent", "new"),
        ("risk", "update"),
    ]


# ── nothing is dropped ───────────────────────────────────────────────────────────────────────────────────────────

NEWS = (FIRST, RETOLD, PORT, SANCTIONED, DENIAL)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 300)), min_size=1, max_size=5, unique_by=lambda n: n[0]),
    st.booleans(),
    st.booleans(),
    st.integers(0, 2),
    st.lists(st.sampled_from(["alibaba", "tencent"]), max_size=1),
)
def test_every_story_is_told_in_a_message_or_a_digest_whatever_keeps_it_back(
    news: list[tuple[int, int]], at_night: bool, digest: bool, cap: int, mutes: list[str]
) -> None:
    async def run() -> None:
        by = judging(
            quiet=(NIGHT,) if at_night else (), digest=DigestTime(14 * 60) if digest else None, alerts_per_hour=cap
        )
        store, notifier = FakeStore(), FakeNotifier()
        for company in mutes:
            await muted(store, hours=2, company=company)
        for which, minutes in sorted(news, key=lambda each: each[1]):
            at = later(minutes=minutes)
            await polled(store, NEWS[which], at=at, source=f"feed{which}", by=by)
            await told(store, notifier, at, by)
        for hours in range(6, 60):
            await told(store, notifier, later(hours=hours), by)
        shown = {summary.story for summary in notifier.shown.values()}
        listed = {line.story for each in notifier.digested for line in each.lines}
        assert shown | listed == {story.id for story in await store.stories()}
        assert (await store.counts()).owed == 0
        held = [each for each in store.decisions if each.reason in (Reason.HELD_FOR_DIGEST, Reason.SILENCED)]
        tables = store.database.tables
        assert set(tables.settled) == set(tables.held)
        assert len(held) <= len(tables.held)

    asyncio.run(run())
