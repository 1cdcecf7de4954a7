"""Socket Mode against a local Slack: clicks and commands come in, are acknowledged, done once, and answered."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from riskbot.errors import SlackError
from riskbot.matching.match import Matcher
from riskbot.mind import Mind
from riskbot.model import DeliveryKind, DeliveryState
from riskbot.slack.client import SlackClient
from riskbot.slack.desk import Desk
from riskbot.slack.socket import Socket
from riskbot.stories.outlets import Outlets
from riskbot.usecases.answers import Press, Said
from riskbot.usecases.parked import settle
from tests.builders import NOW, article, later, reading, ruleset
from tests.fakes import FakeStore
from tests.slackfaults import Fault, listed
from tests.slacksocket import APP_TOKEN, USER, SocketSlack, until
from tests.storykeeping import keep, tell

BOB = {"id": "U0000BOB", "username": "bob", "name": "bob", "team_id": "T0000001"}
RULES = ruleset()


@dataclass
class Office:
    """A desk with a story in its store, connected to the local Slack."""

    slack: SocketSlack
    store: FakeStore
    socket: Socket
    story: str
    told: list[tuple[str, Exception | None]] = field(default_factory=list)  # to whoever runs riskbot

    async def said(self) -> str:
        """The next answer, as the person who pressed reads it."""
        return words(await self.slack.answered())


def words(answer: dict[str, Any]) -> str:
    """Everything that an answer says, and that only its reader sees it."""
    assert answer["response_type"] == "ephemeral"
    assert answer["replace_original"] is False
    return json.dumps(answer["blocks"], ensure_ascii=False)


@asynccontextmanager
async def opened(**more: Any) -> AsyncIterator[Office]:
    store = FakeStore()
    told: list[tuple[str, Exception | None]] = []
    async with SocketSlack("risk", "ops", script=more.pop("script", lambda _: None)) as slack:
        given = reading(article("White House memo names Alibaba and the military"))
        story = await keep(store, given)
        await tell(store, story, given.article.id, "risk")
        mind = Mind(Matcher(RULES), Outlets(()))

        async def status() -> Said:
            return Said("riskbot is well")

        async def outbox(press: Press, what: str, ids: Sequence[str]) -> Said:
            return await settle(store, press, what, ids)

        desk = Desk(
            store=store,
            mind=lambda: mind,
            rules=lambda: RULES,
            status=more.pop("status", status),
            outbox=outbox,
            client=SlackClient(slack.token, base_url=slack.url),
            clock=lambda: NOW,
            tell=lambda what, error: told.append((what, error)),
            **more,
        )
        socket = Socket(
            desk,
            APP_TOKEN,
            tell=lambda what, error: told.append((what, error)),
            jitter=lambda: 0.01,
            base_url=slack.url,
        )
        running = asyncio.create_task(socket.run())
        try:
            async with asyncio.timeout(20):
                await slack.connected.wait()
            yield Office(slack, store, socket, story, told)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    async with opened() as office:
        yield office


async def test_a_press_is_acknowledged_done_and_answered(office: Office) -> None:
    assert await office.slack.press("riskbot:own", office.story) == {}

    assert f"You are on {office.story}." in await office.said()
    owner = await office.store.owner(office.story)
    assert owner is not None
    assert (owner.user, owner.user_name, owner.since) == (USER["id"], "ann", NOW)


async def test_a_story_that_somebody_took_is_owed_an_edit_that_shows_it(office: Office) -> None:
    await office.slack.press("riskbot:own", office.story)
    await office.said()

    (edit,) = await office.store.deliveries(DeliveryState.OWED)
    assert (edit.kind, edit.story, edit.channel) == (DeliveryKind.EDIT, office.story, "risk")


async def test_a_press_by_another_is_told_who_is_on_it(office: Office) -> None:
    await office.slack.press("riskbot:own", office.story)
    await office.said()

    await office.slack.press("riskbot:own", office.story, user=BOB)

    assert f"ann is on {office.story} since" in await office.said()
    assert (await office.store.owner(office.story)).user == USER["id"]


async def test_a_second_press_gives_it_back(office: Office) -> None:
    for expected in (f"You are on {office.story}.", f"You gave {office.story} back"):
        await office.slack.press("riskbot:own", office.story)
        assert expected in await office.said()

    assert await office.store.owner(office.story) is None


async def test_a_press_that_slack_brings_twice_is_done_once(office: Office) -> None:
    for _ in range(2):
        await office.slack.press("riskbot:own", office.story, trigger="the-same")

    answers = [await office.said(), await office.said()]
    assert sorted("noted already" in each for each in answers) == [False, True]
    assert await office.store.owner(office.story) is not None
    assert len(await office.store.answers(office.story)) == 1


@pytest.mark.parametrize(
    ("option", "says"), [("1h", "13:00"), ("1d", "2025-11-18"), ("material", "until something material")]
)
async def test_a_story_is_muted_from_the_menu(office: Office, option: str, says: str) -> None:
    await office.slack.press("riskbot:mute", f"{option}:{office.story}")

    assert says in await office.said()
    (silence,) = await office.store.silences(NOW)
    assert silence.matchers == {"story": (office.story,)}
    assert silence.author == "ann"
    assert silence.until_material is (option == "material")


async def test_a_muted_story_is_unmuted_from_the_menu_and_by_a_command(office: Office) -> None:
    for end in ("menu", "command"):
        await office.slack.press("riskbot:mute", f"1h:{office.story}")
        assert f"`/riskbot unmute {office.story}` ends it" in await office.said()
        if end == "menu":
            await office.slack.press("riskbot:mute", f"unmute:{office.story}")
        else:
            await office.slack.command(f"unmute {office.story}")
        assert f"{office.story} is told of again" in await office.said()
        assert await office.store.silences(NOW) == []


async def test_a_story_is_taken_and_given_back_by_a_command(office: Office) -> None:
    for _ in range(2):
        await office.slack.command(f"own {office.story}")
        assert f"You are on {office.story}" in await office.said()
    await office.slack.command(f"own {office.story}", user=BOB)
    assert f"ann is on {office.story} since" in await office.said()
    await office.slack.command(f"release {office.story}")
    assert f"You gave {office.story} back" in await office.said()


@pytest.mark.parametrize(("button", "kind"), [("riskbot:useful", "useful"), ("riskbot:not_useful", "useless")])
async def test_who_found_it_useful_is_kept(office: Office, button: str, kind: str) -> None:
    await office.slack.press(button, office.story)
    await office.said()

    (answer,) = await office.store.answers(office.story)
    assert (str(answer.kind), answer.user, answer.at) == (kind, USER["id"], NOW)


async def test_why_tells_spans_score_and_decisions(office: Office) -> None:
    await office.slack.press("riskbot:why", office.story)

    said = await office.said()
    for expected in ("“Alibaba” (title)", "“military” (title, topic military)", "rule level medium", "new story"):
        assert expected in said
    assert "Nobody is on it" in said


async def test_the_same_as_another_story_is_asked_for_and_merged(office: Office) -> None:
    other = await keep(office.store, reading(article("Another memo of the White House on Alibaba")))

    await office.slack.press("riskbot:same", office.story)
    await until(lambda: office.slack.views)
    assert await office.slack.submit(other) == {}

    await until(lambda: office.slack.ephemeral)
    assert f"{other} is part of {office.story} now" in json.dumps(office.slack.ephemeral[0])
    assert (await office.store.story(other)).merged_into == office.story
    (rearranged,) = await office.store.rearranged(other)
    assert rearranged.by == "ann"


@pytest.mark.parametrize(("typed", "error"), [("nonsense", "is no story's id"), ("s1", "this story itself")])
async def test_what_is_no_other_story_is_said_beside_the_field(office: Office, typed: str, error: str) -> None:
    await office.slack.press("riskbot:same", office.story)
    await until(lambda: office.slack.views)

    answer = await office.slack.submit(typed)

    assert answer["response_action"] == "errors"
    assert error in answer["errors"]["which"]


@pytest.mark.parametrize(("button", "state"), [("resend", DeliveryState.OWED), ("drop", DeliveryState.DROPPED)])
async def test_parked_messages_are_resent_or_dropped(office: Office, button: str, state: DeliveryState) -> None:
    await office.store.write(lambda tx: [tx.notice("ops", text, NOW) for text in ("one", "two")])
    ids = []
    for each in await office.store.deliveries(DeliveryState.OWED):
        await office.store.set_delivery(replace(each, state=DeliveryState.PARKED, error="no such channel"))
        ids.append(each.id)

    await office.slack.press(f"riskbot:{button}", " ".join(ids))

    assert ", ".join(ids) in await office.said()
    assert {each.state for each in await office.store.deliveries() if each.id in ids} == {state}
    (answer,) = await office.store.answers()
    assert (str(answer.kind), answer.user_name, answer.value) == (button, "ann", ", ".join(ids))
    await office.slack.press(f"riskbot:{button}", " ".join(ids))
    assert "Nothing of it is parked any more" in await office.said()
    await office.slack.press(f"riskbot:{button}", "d99")
    assert "There is no message 'd99'" in await office.said()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "/riskbot mute company alibaba"),
        ("status", "riskbot is well"),
        ("why s1", "rule level medium"),
        ("why s99", "There is no story 's99'"),
        ("mute company alibaba 2d reorganised", "Silent about company alibaba until 2025-11-19 12:00 UTC"),
        ("mute company alibabba 2d", "did you mean alibaba?"),
        ("statsu", "did you mean `/riskbot status`?"),
    ],
)
async def test_commands_are_answered(office: Office, text: str, says: str) -> None:
    assert await office.slack.command(text) == {}

    assert says in await office.said()


async def test_a_muted_company_is_kept_with_its_reason(office: Office) -> None:
    await office.slack.command("mute company Alibaba 2d they are being reorganised")
    await office.said()

    (silence,) = await office.store.silences(NOW)
    assert silence.matchers == {"company": ("alibaba",)}
    assert (silence.comment, silence.ends) == ("they are being reorganised", later(days=2))


@pytest.mark.parametrize(
    ("typed", "matchers"),
    [
        ("topic Military", {"topic": ("military",)}),
        ("level HIGH", {"level": ("high",)}),
        ("rule Alibaba and the military", {"rule": ("alibaba-and-the-military",)}),
        ("outlet “Daily Example”", {"outlet": ("Daily Example",)}),
        ("story s1", {"story": ("s1",)}),
    ],
)
async def test_whatever_a_silence_can_be_about_can_be_muted(
    office: Office, typed: str, matchers: dict[str, tuple[str, ...]]
) -> None:
    await office.slack.command(f"mute {typed} 1h", trigger="once")
    assert "Silent about" in await office.said()
    await office.slack.command(f"mute {typed} 1h", trigger="once")
    assert "noted already" in await office.said()

    (silence,) = await office.store.silences(NOW)
    assert (silence.matchers, silence.ends) == (matchers, later(hours=1))


@pytest.mark.parametrize("button", ["riskbot:own", "riskbot:why", "riskbot:useful"])
async def test_a_story_that_is_gone_is_answered_with_a_sentence(office: Office, button: str) -> None:
    await office.slack.press(button, "s99")

    assert "There is no story 's99'" in await office.said()


async def test_a_button_of_another_version_is_answered_with_a_sentence(office: Office) -> None:
    await office.slack.press("riskbot:something_new", office.story)

    assert "This button is of another time" in await office.said()


async def test_whoever_may_not_is_told_so_and_nothing_is_done() -> None:
    async with opened(users=frozenset({"U0000BOB"})) as office:
        await office.slack.press("riskbot:own", office.story)
        assert "You are not among those who may act" in await office.said()
        await office.slack.command("mute company alibaba 2d")
        assert "You are not among those who may act" in await office.said()

        assert await office.store.answers() == []
        assert await office.store.silences(NOW) == []

        await office.slack.press("riskbot:own", office.story, user=BOB)
        assert "You are on" in await office.said()


async def test_a_defect_is_answered_too_and_told_to_whoever_runs_it() -> None:
    async def broken() -> Said:
        raise ZeroDivisionError("a defect")

    async with opened(status=broken) as office:
        await office.slack.command("status")

        assert "it is a defect of riskbot" in await office.said()
        assert any(isinstance(error, ZeroDivisionError) for _, error in office.told)

        await office.slack.press("riskbot:own", office.story)  # and it goes on
        assert "You are on" in await office.said()


async def test_a_lost_connection_is_opened_anew(office: Office) -> None:
    await office.slack.hang_up()
    async with asyncio.timeout(20):
        await office.slack.connected.wait()

    await office.slack.press("riskbot:own", office.story)

    assert "You are on" in await office.said()
    assert office.slack.connections == 2


async def test_a_connection_that_slack_wants_renewed_is_renewed(office: Office) -> None:
    await office.slack.renew()
    await until(lambda: office.slack.connections == 2)

    await office.slack.press("riskbot:own", office.story)

    assert "You are on" in await office.said()


async def test_a_connection_that_cannot_be_made_is_told_once_and_tried_again() -> None:
    faults = listed({"apps.connections.open": [Fault.ERROR_500] * 3})
    async with opened(script=faults) as office:
        told = [error for what, error in office.told if "not heard" in what]
        assert len(told) == 1
        assert isinstance(told[0], SlackError)
        assert office.slack.faults[Fault.ERROR_500] == 3


async def test_neither_token_nor_address_of_the_connection_is_logged(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    await office.slack.hang_up()
    async with asyncio.timeout(20):
        await office.slack.connected.wait()
    await office.slack.press("riskbot:own", office.story)
    await office.said()

    ours = [record.getMessage() for record in caplog.records if record.name.startswith("riskbot")]
    assert ours
    for secret in (APP_TOKEN, office.slack.token, "/link/ticket", "/hooks/answer"):
        assert not [line for line in ours if secret in line]


def test_a_socket_shows_no_token() -> None:
    async def run() -> str:
        async with opened() as office:
            return repr(office.socket)

    assert "xapp" not in asyncio.run(run())
