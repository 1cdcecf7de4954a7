"""Threads, messages that can no longer be edited, and what happens when nobody can look."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from riskbot.delivery import DeliveryReport, deliver
from riskbot.mind import Mind
from riskbot.model import Delivery, DeliveryKind, DeliveryState, Level, Reason
from riskbot.model.calm import ChannelPlan, Plan, WhenUnsure
from riskbot.parking import TOLD_AFTER
from riskbot.policy.replying import written
from riskbot.policy.resending import to_resend
from tests.builders import NOW, entry, later
from tests.fakes import FakeNotifier, FakeStore, Lost, refused, unknown
from tests.rounds import MIND, RETOLD, delivered, mind, polled
from tests.unit.test_replying import news

POSTED = NOW


async def standing(notifier: FakeNotifier, *, level: Level | None = None) -> FakeStore:
    """A story whose message stands in the channel `risk`."""
    store = FakeStore()
    await polled(store, entry(entry_id="1"))
    assert (await delivered(store, notifier)).sent == 1
    if level:
        await store.write(lambda tx: tx.set_story("s1", level=level, score=90))
    return store


async def owe(
    store: FakeStore, kind: DeliveryKind = DeliveryKind.BROADCAST, reason: Reason = Reason.DENIED, why: str = "why"
) -> str:
    body = {"news": [written(news(reason, why=why))]}
    return await store.write(lambda tx: tx.owe(kind, "risk", body, NOW, story="s1"))


async def state(store: FakeStore, id_: str) -> DeliveryState:
    found = await store.delivery(id_)
    assert found is not None
    return found.state


async def sent(store: FakeStore, notifier: FakeNotifier, at: datetime, by: Mind = MIND) -> DeliveryReport:
    return await deliver(store=store, notifier=notifier, mind=by, now=at)


# ── replies ──────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_reply_stands_in_the_thread_of_the_storys_message_and_says_how_the_story_is_now() -> None:
    notifier = FakeNotifier()
    store = await standing(notifier)
    await owe(store, DeliveryKind.REPLY, Reason.NEW_TOPIC)
    await owe(store, DeliveryKind.BROADCAST, Reason.DENIED)
    assert (await delivered(store, notifier)).sent == 2
    (plain, thread, said), (loud, _, _) = notifier.replied
    assert (plain, loud, thread) == (DeliveryKind.REPLY, DeliveryKind.BROADCAST, "1.0")
    assert (said.summary.story, said.news[0].reason, said.link, said.uneditable) == (
        "s1",
        Reason.NEW_TOPIC,
        None,
        False,
    )


@pytest.mark.parametrize("kind", [DeliveryKind.REPLY, DeliveryKind.BROADCAST])
async def test_a_reply_whose_answer_is_lost_is_looked_up_and_said_once(kind: DeliveryKind) -> None:
    notifier = FakeNotifier([None, Lost(unknown())])
    store = await standing(notifier)
    reply = await owe(store, kind)
    assert await delivered(store, notifier) == DeliveryReport(waiting=1)
    assert await delivered(store, notifier, later(seconds=2)) == DeliveryReport(sent=1)
    assert await state(store, reply) is DeliveryState.SENT
    assert len(notifier.replied) == 1


async def test_a_message_that_is_not_there_is_sent_again_only_when_it_has_had_time_to_settle() -> None:
    notifier = FakeNotifier([None, unknown()])
    store = await standing(notifier)
    await owe(store)
    calls = []
    for seconds in (0, 2, 29):
        assert (await delivered(store, notifier, later(seconds=seconds))).sent == 0
    calls = [what for what, _ in notifier.calls]
    assert calls == ["send", "reply", "find"]
    assert await delivered(store, notifier, later(seconds=30)) == DeliveryReport(sent=1)
    assert [what for what, _ in notifier.calls][3:] == ["find", "reply"]


async def test_material_news_of_an_article_is_edited_in_and_broadcast_and_a_retelling_is_only_edited_in() -> None:
    notifier = FakeNotifier()
    store = await standing(notifier)
    await polled(store, RETOLD, at=later(minutes=1))
    denial = entry(
        "Alibaba denies helping the Chinese military, White House memo or not",
        "Alibaba denied that it helps the Chinese military. The White House memo is false, Alibaba said.",
        entry_id="3",
    )
    await polled(store, denial, at=later(minutes=2))
    await delivered(store, notifier, later(minutes=2))
    kinds = [each.kind for each in await store.deliveries() if each.state is DeliveryState.SENT]
    reasons = [reason for _, _, said in notifier.replied for reason in (each.reason for each in said.news)]
    assert kinds.count(DeliveryKind.POST) == 1
    assert DeliveryKind.EDIT in kinds
    alerts = [alert.reason for alert in await store.alerts() if alert.kind == "update"]
    assert reasons == [reason for reason in alerts if reason is not Reason.MORE_ARTICLES]


# ── messages that can no longer be edited ────────────────────────────────────────────────────────────────────────

UNEDITABLE = ["message_not_found", "edit_window_closed", "cant_update_message"]


@pytest.mark.parametrize("code", UNEDITABLE)
async def test_that_a_message_can_no_longer_be_edited_is_said_once_in_its_thread(code: str) -> None:
    notifier = FakeNotifier([None, refused(code, "")])
    store = await standing(notifier)
    await edit(store)
    assert (await delivered(store, notifier)).parked == ()
    assert [(kind, said.uneditable) for kind, _, said in notifier.replied] == [(DeliveryKind.REPLY, True)]
    await edit(store)
    assert await delivered(store, notifier, later(minutes=1)) == DeliveryReport()
    assert len(notifier.replied) == 1
    assert [what for what, _ in notifier.calls].count("send") == 2, "the second edit is not even tried"


async def edit(store: FakeStore) -> None:
    """The message is owed an edit that follows from no decision, as when a story is rearranged."""
    await store.write(lambda tx: tx._owe("s1", replace_decision(store), "update", NOW))  # type: ignore[attr-defined]


def replace_decision(store: FakeStore) -> object:
    return replace(store.decisions[0], reason=Reason.MORE_ARTICLES)


@pytest.mark.parametrize("code", UNEDITABLE)
async def test_material_news_of_a_message_that_can_no_longer_be_edited_is_a_message_that_links_it(code: str) -> None:
    notifier = FakeNotifier([None, refused(code, "")])
    store = await standing(notifier)
    await edit(store)
    await owe(store)
    await delivered(store, notifier)
    loud = [(thread, said) for kind, thread, said in notifier.replied if kind is DeliveryKind.BROADCAST]
    ((thread, said),) = loud
    assert (thread, said.link) == (None, "https://slack.example/C-risk/1.0")


async def test_material_news_whose_thread_is_gone_is_a_message_of_its_own_and_lesser_news_is_left() -> None:
    notifier = FakeNotifier([None, refused("thread_not_found"), None, refused("thread_not_found")])
    store = await standing(notifier)
    loud, plain = await owe(store), await owe(store, DeliveryKind.REPLY, Reason.NEW_TOPIC)
    assert (await delivered(store, notifier)).parked == ()
    assert await state(store, loud) is DeliveryState.SENT
    assert await state(store, plain) is DeliveryState.REPLACED
    assert [(kind, thread) for kind, thread, _ in notifier.replied] == [(DeliveryKind.BROADCAST, None)]


# ── when nobody can look ─────────────────────────────────────────────────────────────────────────────────────────


async def unseeable(level: Level, wish: WhenUnsure | None = None) -> tuple[FakeStore, FakeNotifier, Mind]:
    """A broadcast whose answer was lost, in a channel whose history is refused."""
    notifier = FakeNotifier([None, unknown()], [refused("missing_scope", "add the scope")] * 3)
    store = await standing(notifier, level=level)
    by = mind(plan=Plan({"risk": ChannelPlan("risk", when_unsure=wish)}), ops_channel="ops")
    await owe(store)
    await sent(store, notifier, NOW, by)
    return store, notifier, by


@pytest.mark.parametrize("level", [Level.HIGH, Level.CRITICAL])
async def test_grave_news_that_nobody_can_look_for_is_sent_again_and_says_so(level: Level) -> None:
    store, notifier, by = await unseeable(level)
    assert (await sent(store, notifier, later(seconds=2), by)).sent == 1
    assert len(notifier.repeats) == 1
    assert (await sent(store, notifier, later(days=1), by)).sent == 0


@pytest.mark.parametrize("level", [Level.LOW, Level.MEDIUM])
async def test_lesser_news_that_nobody_can_look_for_is_parked_as_unsure_and_asked_for_once(level: Level) -> None:
    store, notifier, by = await unseeable(level)
    report = await sent(store, notifier, later(seconds=2), by)
    assert report.sent == 0
    assert "nobody can look: Slack said missing_scope (add the scope)" in report.parked[0]
    (parked,) = await store.deliveries(DeliveryState.PARKED)
    assert parked.unsure
    looks = len(notifier.calls)
    await sent(store, notifier, later(days=1), by)
    assert [what for what, _ in notifier.calls[looks:]] == ["note"], "the look-up is not repeated for ever"


async def test_a_channel_may_wish_to_leave_it() -> None:
    store, notifier, by = await unseeable(Level.CRITICAL, "drop")
    assert await sent(store, notifier, later(seconds=2), by) == DeliveryReport()
    assert [each.state for each in await store.deliveries()][-1] is DeliveryState.DROPPED


async def test_what_a_person_wants_sent_is_looked_for_and_else_sent_marked() -> None:
    store, notifier, by = await unseeable(Level.LOW)
    await sent(store, notifier, later(seconds=2), by)
    (parked,) = await store.deliveries(DeliveryState.PARKED)
    await store.set_delivery(to_resend(parked))
    assert (await sent(store, notifier, later(minutes=5), by)).sent == 1
    assert [what for what, _ in notifier.calls][-2:] == ["find", "reply"]
    assert len(notifier.repeats) == 1


# ── what is parked is told ───────────────────────────────────────────────────────────────────────────────────────


async def test_what_is_parked_for_ten_minutes_is_told_once_to_those_who_run_riskbot() -> None:
    notifier = FakeNotifier([refused("not_in_channel", "invite the app"), refused("not_in_channel", "invite the app")])
    store, by = FakeStore(), mind(ops_channel="ops")
    for n in range(2):
        await store.write(
            lambda tx, n=n: tx.owe(DeliveryKind.DIGEST, "risk", digest_body(str(n)), NOW)  # type: ignore[misc]
        )
    assert len((await sent(store, notifier, NOW, by)).parked) == 2
    assert await sent(store, notifier, NOW + TOLD_AFTER - timedelta(seconds=1), by) == DeliveryReport()
    assert await sent(store, notifier, NOW + TOLD_AFTER, by) == DeliveryReport(sent=1)
    (line,) = notifier.noted
    assert line.startswith(
        "2 messages to #risk wait for a person since 2025-11-17 12:00 UTC: Slack said not_in_channel"
    )
    assert line.endswith("riskbot alerts resend d1 d2")
    (notice,) = await store.notices()
    assert notice.body["parked"] == ["d1", "d2"]
    assert await sent(store, notifier, later(days=1), by) == DeliveryReport()


async def test_a_notice_that_is_parked_makes_no_notice() -> None:
    notifier, store, by = FakeNotifier([refused()]), FakeStore(), mind(ops_channel="ops")
    await store.write(lambda tx: tx.notice("ops", "Rules live", NOW))
    await sent(store, notifier, NOW, by)
    assert await sent(store, notifier, later(days=1), by) == DeliveryReport()
    assert len(await store.notices()) == 1


def digest_body(title: str) -> dict[str, object]:
    return {"title": title, "since": NOW.isoformat(), "until": later(hours=8).isoformat(), "stories": ["s1", "s99"]}


async def test_a_digest_lists_the_stories_that_are_still_there_gravest_first() -> None:
    notifier = FakeNotifier()
    store = await standing(notifier)
    body = digest_body("Daily digest") | {"blind": ["feed x: failing"], "muted": ["m1"]}
    await store.write(lambda tx: tx.owe(DeliveryKind.DIGEST, "risk", body, NOW))
    assert (await delivered(store, notifier)).sent == 1
    (digest,) = notifier.digested
    assert (digest.title, digest.since, digest.until) == ("Daily digest", NOW, later(hours=8))
    assert [(line.story, line.permalink) for line in digest.lines] == [("s1", "https://slack.example/C-risk/1.0")]
    assert (digest.blind, digest.muted, digest.articles) == (("feed x: failing",), ("m1",), 1)


def test_what_has_no_alert_is_cited_by_its_delivery() -> None:
    made = Delivery("d9", DeliveryKind.NOTICE, "ops", "k", body={"text": "Rules live"})
    assert (made.text, made.unsure, replace(made, lost_at=NOW).unsure) == ("Rules live", False, True)
