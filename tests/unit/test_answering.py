"""Who is on a story, whether it was useful, and its mutes: what a press comes to, on the store in memory."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta

from riskbot.delivery import deliver
from riskbot.matching.match import Matcher
from riskbot.mind import Mind
from riskbot.model import Delivery, DeliveryKind, DeliveryState, Level, Reason
from riskbot.model.answers import AnswerKind
from riskbot.model.calm import Cause, HeldBack, Plan, Silence
from riskbot.policy.alerting import Policy
from riskbot.policy.muting import in_words
from riskbot.ports import Transaction
from riskbot.slack.recorder import RecordingNotifier
from riskbot.stories.outlets import Outlets
from riskbot.usecases.answers import Press, mute_story, own, rate, release, take, unmute
from riskbot.usecases.calm import tell_held
from riskbot.usecases.silences import add_silence
from tests.builders import NOW, article, decision, later, placement, reading, ruleset
from tests.fakes import FakeStore


def press(user: str = "ann", at: datetime = NOW, key: str | None = None) -> Press:
    return Press(f"U-{user}", user, at, key or f"{user}{at.isoformat()}")


async def told(store: FakeStore) -> str:
    given = reading(article("White House memo"))
    made = decision(given.article.id, "risk")

    def work(tx: Transaction) -> str:
        tx.add_article(given, 1)
        story = tx.open_story(given, placement())
        tx.set_story(story.id, level=Level.HIGH, score=60)
        tx.decide(made, NOW)
        tx.alert(story.id, made, "new", NOW)
        return story.id

    story = await store.write(work)
    await send(store)
    return story


async def send(store: FakeStore, at: datetime = NOW) -> None:
    for each in await store.claim_deliveries(at, timedelta(minutes=1), 10):
        await store.set_delivery(replace(each, state=DeliveryState.SENT, ts="17.000001", sent_as="C1", tried_at=at))


async def owed(store: FakeStore) -> list[Delivery]:
    return list(await store.deliveries(DeliveryState.OWED))


async def held(store: FakeStore, story: str, silence: str) -> None:
    (member,) = (await store.story(story)).members  # type: ignore[union-attr]
    found = HeldBack(
        story, "risk", member.reading.article.id, Cause.SILENCE, Reason.MORE_ARTICLES, NOW, silence=silence
    )
    await store.write(lambda tx: tx.hold(found))


# ── who is on it ─────────────────────────────────────────────────────────────────────────────────────────────────


async def test_taking_a_story_twice_keeps_it() -> None:
    store = FakeStore()
    story = await told(store)

    first, second = await take(store, press(), story), await take(store, press(at=later(minutes=1)), story)

    assert first.text == f"You are on {story}."
    assert second.text.startswith(f"You are on {story} since ")
    assert (await store.owner(story)).user_name == "ann"  # type: ignore[union-attr]


async def test_only_what_is_ones_own_is_given_back() -> None:
    store = FakeStore()
    story = await told(store)
    assert (await release(store, press(), story)).text == f"Nobody is on {story}."
    await take(store, press(), story)

    assert (await release(store, press("bob"), story)).text.startswith(f"ann is on {story} since ")
    assert (await store.owner(story)).user_name == "ann"  # type: ignore[union-attr]
    assert "nobody is on it" in (await release(store, press(at=later(minutes=1)), story)).text
    assert await store.owner(story) is None


async def test_whoever_wanted_it_is_kept_with_the_name_of_whoever_had_it() -> None:
    store = FakeStore()
    story = await told(store)
    await own(store, press(), story)

    await own(store, press("bob"), story)

    assert [each.value for each in await store.answers(story) if each.kind is AnswerKind.TRIED] == ["ann"]


async def test_where_the_message_can_no_longer_be_edited_the_channel_is_told_who_is_on_it() -> None:
    store = FakeStore()
    story = await told(store)
    await store.write(lambda tx: tx.freeze(story, "risk", "message_not_found"))

    await own(store, press(), story)
    (line,) = await owed(store)
    await own(store, press(at=later(minutes=1)), story)

    assert (line.kind, line.channel, line.story) == (DeliveryKind.NOTICE, "risk", None)
    assert line.body == {"text": f"ann is on story {story} (High): White House memo", "own": story}
    assert (await owed(store))[1].text == f"ann is no longer on story {story} (High): White House memo"


async def test_a_message_that_can_be_edited_shows_it_itself() -> None:
    store = FakeStore()
    story = await told(store)

    await own(store, press(), story)

    assert [each.kind for each in await owed(store)] == [DeliveryKind.EDIT]


# ── whether it was useful ────────────────────────────────────────────────────────────────────────────────────────


async def test_one_person_has_one_voice() -> None:
    store = FakeStore()
    story = await told(store)

    said = [
        (await rate(store, press(at=later(minutes=minute)), story, useful=useful)).text
        for minute, useful in enumerate((True, True, False))
    ]

    assert said == [
        f"Noted: {story} was useful. Thank you.",
        f"You said already that {story} was useful.",
        f"Noted: {story} was not useful, instead of what you said before. Thank you.",
    ]
    assert [each.kind for each in await store.answers(story)] == [AnswerKind.USEFUL, AnswerKind.USELESS]
    assert (await rate(store, press("bob"), story, useful=False)).text.startswith("Noted: ")


# ── mutes ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_story_that_is_muted_as_long_is_not_muted_again() -> None:
    store = FakeStore()
    story = await told(store)
    await mute_story(store, press(), story, "1d")

    said = await mute_story(store, press("bob", later(minutes=1)), story, "1h")

    assert (
        said.text == f"{story} is muted until 2025-11-18 12:00 UTC already, by ann. `/riskbot unmute {story}` ends it."
    )
    assert len(await store.silences()) == 1
    assert [each.user_name for each in await store.answers(story)] == ["ann", "bob"]


async def test_a_mute_until_something_material_is_made_once() -> None:
    store = FakeStore()
    story = await told(store)

    for minute in range(2):
        await mute_story(store, press(at=later(minutes=minute)), story, "material")
    await mute_story(store, press(at=later(minutes=5)), story, "1h")

    assert [(each.until_material, each.over(later(minutes=6))) for each in await store.silences()] == [
        (True, None),
        (False, None),
    ]


async def test_a_longer_mute_takes_the_place_of_a_shorter_one_and_of_what_it_held_back() -> None:
    store = FakeStore()
    story = await told(store)
    await mute_story(store, press(), story, "1h")
    await held(store, story, "m1")

    said = await mute_story(store, press(at=later(minutes=10)), story, "1d")

    assert "(silence m2)" in said.text
    (holds,) = await store.silences(later(minutes=11))
    assert (holds.id, holds.ends) == ("m2", later(days=1, minutes=10))

    def settled(tx: Transaction) -> tuple[list[str], list[str], list[str]]:
        of = [[each.story for each in tx.held_by(id_)] for id_ in ("m1", "m2")]
        return of[0], of[1], [each.id for each in tx.finished_silences(later(minutes=11))]

    assert await store.write(settled) == ([], [story], [])


async def test_a_mute_owes_one_edit_that_shows_it() -> None:
    store = FakeStore()
    story = await told(store)

    await mute_story(store, press(), story, "1h")

    assert [(each.kind, each.story) for each in await owed(store)] == [(DeliveryKind.EDIT, story)]
    assert in_words(story, await store.silences(NOW), NOW) == "Muted by ann until 2025-11-17 13:00 UTC"


async def test_the_end_of_a_mute_owes_one_edit_even_where_nothing_was_held_back() -> None:
    store = FakeStore()
    story = await told(store)
    await mute_story(store, press(), story, "1h")
    await send(store)

    for minutes in (61, 62):
        await tell_held(store, Plan(), later(minutes=minutes))

    assert [(each.kind, each.story) for each in await owed(store)] == [(DeliveryKind.EDIT, story)]


async def test_a_silence_that_the_command_line_makes_of_a_story_is_shown_too() -> None:
    store = FakeStore()
    story = await told(store)
    ahead = Silence("", {"story": (story,)}, later(hours=1), later(hours=2), "ann")

    await add_silence(store, None, ahead, NOW)
    assert await owed(store) == []
    await add_silence(store, None, replace(ahead, starts=NOW), NOW)

    assert [(each.kind, each.story) for each in await owed(store)] == [(DeliveryKind.EDIT, story)]


async def test_unmuting_ends_what_is_about_the_story_alone() -> None:
    store = FakeStore()
    story = await told(store)
    await mute_story(store, press(), story, "1h")
    await mute_story(store, press(at=later(minutes=1)), story, "material")
    broad = Silence("", {"company": ("alibaba",), "story": (story,)}, NOW, later(hours=1), "eve")
    await store.write(lambda tx: tx.add_silence(broad))

    said = await unmute(store, press("bob", later(minutes=2)), story)
    again = await unmute(store, press("bob", later(minutes=3)), story)

    assert said.text.startswith(f"{story} is told of again.")
    assert again.text.startswith(f"{story} is not muted.")
    assert [each.ended_by for each in await store.silences()] == ["bob", "bob", None]
    assert (await store.answers(story))[-1].value == "m1, m2"


async def test_a_press_to_unmute_that_slack_brings_twice_ends_it_once() -> None:
    store = FakeStore()
    story = await told(store)
    await mute_story(store, press(), story, "1h")

    await unmute(store, press("bob", later(minutes=2), "k"), story)
    await mute_story(store, press(at=later(minutes=3)), story, "1h")
    again = await unmute(store, press("bob", later(minutes=4), "k"), story)

    assert again.text == "That was noted already."
    assert len(await store.silences(later(minutes=4))) == 1


# ── what messages show of it ─────────────────────────────────────────────────────────────────────────────────────


async def delivered(store: FakeStore, notifier: RecordingNotifier, at: datetime) -> list[str]:
    """The payloads that go out now."""
    before = len(notifier.payloads)
    mind = Mind(Matcher(ruleset()), Outlets(()), Policy())
    await deliver(store=store, notifier=notifier, mind=mind, now=at, clock=lambda: at)
    return [json.dumps(each, ensure_ascii=False) for each in notifier.payloads[before:]]


async def test_a_message_says_that_its_story_is_muted_until_it_is_no_more() -> None:
    store, notifier = FakeStore(), RecordingNotifier()
    story = await told(store)
    await mute_story(store, press(), story, "1h")
    (muted,) = await delivered(store, notifier, later(minutes=1))
    await unmute(store, press("bob", later(minutes=2)), story)
    await tell_held(store, Plan(), later(minutes=3))

    (open_again,) = await delivered(store, notifier, later(minutes=3))

    assert "Muted by ann until 2025-11-17 13:00 UTC" in muted
    assert "Muted" not in open_again


async def test_news_that_stands_alone_shows_who_is_on_the_story() -> None:
    store, notifier = FakeStore(), RecordingNotifier()
    story = await told(store)
    await store.write(lambda tx: tx.freeze(story, "risk", "message_not_found"))
    await own(store, press(), story)
    await delivered(store, notifier, later(minutes=1))
    await store.write(lambda tx: tx.owe(DeliveryKind.BROADCAST, "risk", {"news": []}, later(minutes=2), story=story))

    (alone,) = await delivered(store, notifier, later(minutes=2))

    assert "Owner: @ann" in alone
    assert "More on a story told before" in alone
