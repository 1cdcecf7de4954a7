"""What the tests of a calm riskbot tell of, and one round of its two ticks, on the fakes."""

from __future__ import annotations

from datetime import datetime

from riskbot.mind import Mind
from riskbot.model import Level, Reason
from riskbot.model.calm import ChannelPlan, Plan, QuietHours, Silence
from riskbot.usecases.calm import tell_held
from tests.builders import NOW, TITLE, entry, later, rule
from tests.fakes import FakeNotifier, FakeStore
from tests.rounds import ALLEGED, delivered, mind

NIGHT = QuietHours(11 * 60, 13 * 60)  # around NOW, which is noon in UTC
GRAVE = rule("Alibaba and sanctions", topics=("sanctions",), level=Level.CRITICAL)
PORT = entry("Tencent sells maps to the military", "Tencent sells maps to the Chinese military.", entry_id="3")
SANCTIONED = entry("Alibaba is put under sanctions", "The Treasury has put Alibaba under sanctions.", entry_id="4")
DENIAL = entry(
    "Alibaba denies White House memo on Chinese military",
    "Alibaba denies the White House memo that says it helps the Chinese military.",
    entry_id="5",
)
FIRST = entry(TITLE, ALLEGED, entry_id="1")


def judging(**wishes: object) -> Mind:
    """A mind by which the one channel wants this."""
    return mind(plan=Plan({"risk": ChannelPlan("risk", **wishes)}))  # type: ignore[arg-type]


def reasons(store: FakeStore) -> list[Reason]:
    return [decision.reason for decision in store.decisions]


async def told(store: FakeStore, notifier: FakeNotifier, at: datetime, by: Mind) -> None:
    """One round of the two ticks."""
    await tell_held(store, by.policy.plan, at)
    await delivered(store, notifier, at)


async def muted(store: FakeStore, *, material: bool = False, hours: float | None = 1, **matchers: str) -> str:
    given = {key: (value,) for key, value in matchers.items()}
    ends = later(hours=hours) if hours else None
    silence = Silence("", given, NOW, ends, "anna", "we know", until_material=material)
    return await store.write(lambda tx: tx.add_silence(silence))
