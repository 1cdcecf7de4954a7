"""No message, however defective, long or slow, keeps others from going out."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from riskbot.delivery import TURN, DeliveryReport, Manner, deliver
from riskbot.errors import StoreError
from riskbot.model import Delivery, DeliveryKind, DeliveryState, Level, Story
from riskbot.parking import TOLD_AFTER
from riskbot.policy.resending import to_resend
from riskbot.policy.saying import LINES
from riskbot.ports import Sent, Transaction
from tests.builders import NOW, article, decision, later, placement, reading
from tests.fakes import FakeNotifier, FakeStore, Lost, refused
from tests.rounds import MIND, delivered, mind

WIDE = Manner(channels=16)
DEFECT = "a defect of riskbot: KeyError"


async def owe(store: FakeStore, *texts: str, channel: str = "ops") -> None:
    for text in texts:
        await store.write(lambda tx, text=text: tx.notice(channel, text, NOW))  # type: ignore[misc]


async def sent(store: FakeStore, notifier: FakeNotifier, manner: Manner = WIDE, at: datetime = NOW) -> DeliveryReport:
    return await deliver(store=store, notifier=notifier, mind=MIND, now=at, manner=manner)


async def parked(store: FakeStore) -> Delivery:
    (found,) = await store.deliveries(DeliveryState.PARKED)
    return found


# ── what nobody foresaw ──────────────────────────────────────────────────────────────────────────────────────────


async def test_a_defective_message_is_parked_and_the_next_one_of_its_channel_goes_out() -> None:
    defect = KeyError("xoxb-secret")
    store, notifier = FakeStore(), FakeNotifier([defect])
    await owe(store, "one", "two")
    assert await delivered(store, notifier) == DeliveryReport(sent=1, parked=(DEFECT,), defects=(defect,))
    assert notifier.noted == ["two"]
    held = await parked(store)
    assert (held.text, held.error, held.parked_at, held.attempts) == ("one", DEFECT, NOW, 1)
    assert await delivered(store, notifier, later(days=1)) == DeliveryReport(), "it is not tried by itself again"


@pytest.mark.parametrize("posted", [True, False])
async def test_a_defect_after_the_post_began_is_looked_up_when_a_person_resends_it(posted: bool) -> None:
    store, notifier = FakeStore(), FakeNotifier([Lost(KeyError()) if posted else KeyError()])
    await owe(store, "one")
    await delivered(store, notifier)
    held = await parked(store)
    assert (held.unsure, held.lost_at) == (True, held.tried_at)
    await store.set_delivery(to_resend(held))
    assert (await delivered(store, notifier, later(minutes=5))).sent == 1
    assert [what for what, _ in notifier.calls] == (["note", "find"] if posted else ["note", "find", "note"])
    assert notifier.noted == ["one"]


async def test_a_defect_before_the_post_leaves_no_doubt_whether_it_stands() -> None:
    store, notifier = FakeStore(), FakeNotifier()
    await store.write(lambda tx: tx.owe(DeliveryKind.DIGEST, "ops", {"stories": []}, NOW))  # without a title
    await owe(store, "two")
    report = await delivered(store, notifier)
    assert (report.sent, report.parked, [type(each) for each in report.defects]) == (1, (DEFECT,), [KeyError])
    held = await parked(store)
    assert (held.unsure, held.attempts, to_resend(held).state) == (False, 0, DeliveryState.OWED)
    assert [what for what, _ in notifier.calls] == ["note"]


async def test_a_defect_of_the_look_up_parks_what_may_stand_as_such() -> None:
    store, notifier = FakeStore(), FakeNotifier([refused("timed_out", ambiguous=True)], [KeyError()])
    await owe(store, "one")
    await delivered(store, notifier)
    assert (await delivered(store, notifier, later(minutes=1))).parked == (DEFECT,)
    held = await parked(store)
    assert (held.unsure, held.lost_at) == (True, NOW)


async def test_those_who_run_riskbot_are_told_of_a_defective_message() -> None:
    store, notifier, by = FakeStore(), FakeNotifier(), mind(ops_channel="ops")
    await store.write(lambda tx: tx.owe(DeliveryKind.DIGEST, "risk", {"stories": []}, NOW))
    for at in (NOW, NOW + TOLD_AFTER):
        await deliver(store=store, notifier=notifier, mind=by, now=at)
    (line,) = notifier.noted
    assert DEFECT in line
    assert "riskbot alerts resend d1" in line


async def test_a_failing_store_is_nobodys_defect_and_parks_nothing() -> None:
    class Failing(FakeStore):
        async def owners(self, stories: Any) -> Any:
            raise StoreError("the database is gone")

    store, notifier = Failing(), FakeNotifier()
    await owe_digest(store)
    with pytest.raises(StoreError, match="gone"):
        await delivered(store, notifier)
    assert [each.state for each in await store.deliveries()] == [DeliveryState.OWED]


# ── the links of a digest ────────────────────────────────────────────────────────────────────────────────────────


async def owe_digest(store: FakeStore, stories: Sequence[str] = ()) -> None:
    body = {"title": "Daily digest", "since": NOW.isoformat(), "until": NOW.isoformat(), "stories": list(stories)}
    await store.write(lambda tx: tx.owe(DeliveryKind.DIGEST, "risk", body, NOW))


async def told(store: FakeStore, notifier: FakeNotifier, *levels: Level) -> list[str]:
    """Stories of these levels, whose messages stand in the channel `risk`."""

    def work(tx: Transaction) -> list[Story]:
        opened = []
        for number, level in enumerate(levels):
            given = reading(article(f"Story {number}"))
            made = decision(given.article.id, "risk")
            tx.add_article(given, 1)
            opened.append(tx.open_story(given, placement()))
            tx.set_story(opened[-1].id, level=level, score=50)
            tx.decide(made, NOW)
            tx.alert(opened[-1].id, made, "new", NOW)
        return opened

    stories = await store.write(work)
    assert (await delivered(store, notifier)).sent == len(levels)
    return [story.id for story in stories]


async def test_only_the_stories_that_a_digest_has_room_for_are_linked_the_gravest_first() -> None:
    store, notifier = FakeStore(), FakeNotifier()
    stories = await told(store, notifier, *[Level.LOW] * (LINES + 5), Level.CRITICAL)
    await owe_digest(store, stories)
    assert (await delivered(store, notifier)).sent == 1
    (digest,) = notifier.digested
    assert (len(digest.lines), digest.lines[0].level, digest.articles) == (LINES + 6, Level.CRITICAL, LINES + 6)
    assert [line.permalink is not None for line in digest.lines] == [True] * LINES + [False] * 6
    assert digest.lines[0].permalink == "https://slack.example/C-risk/1.0"  # what is critical was posted first
    assert len(notifier.linked) == LINES


@pytest.mark.parametrize("busy", [refused("ratelimited", retry_after=30.0), refused("unreachable")])
async def test_a_digest_goes_out_without_the_links_that_slack_has_no_time_for(busy: Exception) -> None:
    store, notifier = FakeStore(), FakeNotifier(links=[None, busy])
    await owe_digest(store, await told(store, notifier, *[Level.LOW] * 5))
    assert await delivered(store, notifier) == DeliveryReport(sent=1)
    (digest,) = notifier.digested
    assert [line.permalink is not None for line in digest.lines] == [True, False, False, False, False]
    assert len(notifier.linked) == 2, "who is asked to wait does not knock for the next one"


async def test_a_link_that_is_refused_is_missing_alone() -> None:
    store, notifier = FakeStore(), FakeNotifier(links=[None, refused("channel_not_found")])
    await owe_digest(store, await told(store, notifier, *[Level.LOW] * 3))
    assert await delivered(store, notifier) == DeliveryReport(sent=1)
    assert [line.permalink is not None for line in notifier.digested[0].lines] == [True, False, True]


async def test_a_digest_does_not_wait_for_links_until_its_lease_is_over() -> None:
    class Slow(FakeNotifier):
        async def permalink(self, channel: str, ts: str) -> str | None:
            link = await super().permalink(channel, ts)
            if len(self.linked) > 1:
                await asyncio.Event().wait()
            return link

    store, notifier = FakeStore(), Slow()
    await owe_digest(store, await told(store, notifier, Level.LOW, Level.LOW))
    report = await sent(store, notifier, Manner(lease=timedelta(seconds=2)))
    assert report == DeliveryReport(sent=1)
    assert [line.permalink is not None for line in notifier.digested[0].lines] == [True, False]


# ── channels side by side ────────────────────────────────────────────────────────────────────────────────────────


class Busy(FakeNotifier):
    """Yields at each send, so that others get their turn; holds what says `stall` until it is let go.

    Whoever is owed something at the time of the first send is told in `late`.
    """

    def __init__(self, store: FakeStore, late: str | None = None) -> None:
        super().__init__()
        self._store, self._late = store, late
        self.stalling, self.go_on = asyncio.Event(), asyncio.Event()

    async def note(self, delivery: Delivery) -> Sent:
        if self._late:
            channel, self._late = self._late, None
            await owe(self._store, "late", channel=channel)
        if delivery.text == "stall":
            self.stalling.set()
            await self.go_on.wait()
        await asyncio.sleep(0)
        return await super().note(delivery)


async def as_far_as_it_goes() -> None:
    """Everybody has had their turn until they wait for something from outside; the fakes never do."""
    for _ in range(1000):
        await asyncio.sleep(0)


async def test_a_channel_that_becomes_due_waits_for_a_turn_of_the_others_and_not_for_their_backlogs() -> None:
    store = FakeStore()
    notifier = Busy(store, late="grave")
    for channel in ("busy", "busier"):
        await owe(store, *[f"{channel} {n}" for n in range(3 * TURN)], channel=channel)
    assert (await sent(store, notifier, Manner(channels=3))).sent == 6 * TURN + 1
    assert notifier.noted.index("late") <= 2 * TURN + 2


async def test_a_place_that_is_free_is_taken_by_whoever_is_due_though_another_channel_stalls() -> None:
    store = FakeStore()
    notifier = Busy(store, late="grave")
    await owe(store, "stall", channel="slow")
    await owe(store, *[str(n) for n in range(2 * TURN + 1)], channel="busy")
    round_ = asyncio.create_task(sent(store, notifier))
    await notifier.stalling.wait()
    await as_far_as_it_goes()
    assert (len(notifier.noted), "late" in notifier.noted, round_.done()) == (2 * TURN + 2, True, False)
    notifier.go_on.set()
    assert (await round_).sent == 2 * TURN + 3
    assert notifier.noted[-1] == "stall"


@pytest.mark.parametrize("channels", [1, 2, 16])
async def test_a_backlog_of_several_turns_goes_out_in_one_round_in_order_and_at_its_pace(channels: int) -> None:
    store, notifier, now = FakeStore(), FakeNotifier(), [NOW]
    texts = [str(n) for n in range(2 * TURN + 5)]
    await owe(store, *texts)

    async def pause(seconds: float) -> None:
        now[0] += timedelta(seconds=seconds)

    manner = Manner(spacing=timedelta(seconds=1), channels=channels, pause=pause)
    report = await deliver(store=store, notifier=notifier, mind=MIND, now=NOW, clock=lambda: now[0], manner=manner)
    assert report == DeliveryReport(sent=len(texts))
    assert notifier.noted == texts
    assert [each.tried_at for each in await store.notices()] == [later(seconds=n) for n in range(len(texts))]


async def test_a_store_that_fails_lets_the_send_in_hand_end_before_the_round_does() -> None:
    class Failing(FakeStore):
        fails = False

        async def claim_deliveries(self, *args: Any, **fields: Any) -> Sequence[Delivery]:
            if self.fails:
                raise StoreError("the database is gone")
            return await super().claim_deliveries(*args, **fields)

    store = Failing()
    notifier = Busy(store)
    await owe(store, "stall", channel="slow")
    await owe(store, "two", channel="quick")
    round_ = asyncio.create_task(sent(store, notifier))
    await notifier.stalling.wait()
    store.fails = True
    await as_far_as_it_goes()
    assert not round_.done()
    notifier.go_on.set()
    with pytest.raises(StoreError, match="gone"):
        await round_
    assert {each.state for each in await store.deliveries()} == {DeliveryState.SENT}


async def test_a_round_that_is_cut_short_sends_nothing_behind_the_back_of_whoever_cut_it() -> None:
    store = FakeStore()
    notifier = Busy(store)
    await owe(store, "stall", "two", channel="slow")
    round_ = asyncio.create_task(sent(store, notifier))
    await notifier.stalling.wait()
    round_.cancel()
    with pytest.raises(asyncio.CancelledError):
        await round_
    notifier.go_on.set()
    await as_far_as_it_goes()
    assert notifier.noted == []
    assert [each.state for each in await store.deliveries()] == [DeliveryState.SENDING, DeliveryState.OWED]
