"""Lines that come in numbers are told together: an outage that turns all feeds ill is a few messages, not thousands."""

from __future__ import annotations

from riskbot.pipeline import gather
from riskbot.policy.gathering import KEPT
from tests.builders import later
from tests.fakes import FakeNotifier, FakeStore
from tests.rounds import delivered


async def turned(store: FakeStore, *lines: str, minutes: float = 0) -> None:
    for line in lines:
        await store.write(lambda tx, line=line: gather(tx, "ops", line, later(minutes=minutes)))


async def bodies(store: FakeStore) -> list[tuple[str, int]]:
    return [(each.text, len(each.body.get("lines", ()))) for each in await store.notices()]


async def test_one_line_is_told_as_it_is_and_at_once() -> None:
    store, notifier = FakeStore(), FakeNotifier()
    await turned(store, "Feed ft is unhealthy")
    await delivered(store, notifier)
    assert notifier.noted == ["Feed ft is unhealthy"]


async def test_what_turns_before_anything_is_sent_is_one_message_with_every_line() -> None:
    store = FakeStore()
    await turned(store, *(f"Feed {number} is unhealthy" for number in range(30)))
    assert await bodies(store) == [("30 feeds turned", 30)]
    (notice,) = await store.notices()
    assert notice.body["lines"][0] == "Feed 0 is unhealthy"


async def test_an_outage_of_thousands_is_counted_whole_and_listed_in_part() -> None:
    store = FakeStore()
    await turned(store, *(f"Feed {number} is unhealthy" for number in range(KEPT + 50)))
    assert await bodies(store) == [(f"{KEPT + 50} feeds turned", KEPT)]


async def test_once_messages_come_thick_and_fast_the_next_waits_and_takes_in_what_comes() -> None:
    store, notifier = FakeStore(), FakeNotifier()
    for minute in range(18):
        await turned(store, f"Feed {minute} is unhealthy", minutes=minute)
        await delivered(store, notifier, later(minutes=minute))
    assert notifier.noted == ["Feed 0 is unhealthy", "Feed 1 is unhealthy", "Feed 2 is unhealthy", "15 feeds turned"]


async def test_after_a_calm_while_a_line_is_told_at_once_again() -> None:
    store, notifier = FakeStore(), FakeNotifier()
    for minute in (0, 1, 2, 40):
        await turned(store, f"Feed {minute} is unhealthy", minutes=minute)
        await delivered(store, notifier, later(minutes=minute))
    assert len(notifier.noted) == 4
    assert (await store.notices())[-1].due_at is None
