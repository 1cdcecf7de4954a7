"""The desk: takes what people press and type, has it done, and answers them.

What always holds: everybody who pressed is answered, also when something fails; what fails is told to whoever runs
riskbot as well. A lost answer changes nothing of what was done. Deliberately absent: the socket, and the clock.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from riskbot.errors import RiskbotError, SlackError
from riskbot.matching.rules import RuleSet
from riskbot.mind import Mind
from riskbot.ports import Store
from riskbot.slack import actions, buttons
from riskbot.slack.actions import Json
from riskbot.slack.client import SlackClient
from riskbot.slack.webhook import Hook
from riskbot.usecases import answers
from riskbot.usecases.answers import Press, Said
from riskbot.usecases.commands import USAGE, AskHelp, AskStatus, AskWhy, Mute, Release, Take, Unmute, parse
from riskbot.usecases.whytold import why

OF_ADDRESSES = ("response_type", "replace_original")  # what only an address for answers takes
Tell = Callable[[str, Exception | None], None]  # what happened, and what went wrong; None: nothing did


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that an answer may need."""

    store: Store
    mind: Callable[[], Mind]  # by what riskbot judges now
    rules: Callable[[], RuleSet]  # that are in force now
    status: Callable[[], Awaitable[Said]]  # how riskbot is
    outbox: Callable[[Press, str, Sequence[str]], Awaitable[Said]]  # press, `resend` or `drop`, parked deliveries
    client: SlackClient
    clock: Callable[[], datetime]
    tell: Tell
    outlets: Callable[[], Mapping[str, str] | None] = lambda: None  # that rule files name; None: none is doubted
    users: Collection[str] = field(default_factory=frozenset)  # who may; empty: everybody
    proxy: str | None = None

    async def pressed(self, body: Json) -> None:
        """A button was pressed."""

        async def work() -> Said | None:
            pressed = actions.pressed(body, self.clock())
            answers.allowed(pressed.press.user, self.users)
            return await self._button(pressed)

        await self._answer(await self._said(work()), *_where(body))

    async def typed(self, body: Json) -> None:
        """Somebody typed `/riskbot …`."""

        async def work() -> Said:
            typed = actions.typed(body, self.clock())
            answers.allowed(typed.press.user, self.users)
            return await self._command(typed)

        await self._answer(await self._said(work()), *_where(body))

    async def submitted(self, submitted: actions.Submitted) -> None:
        """Somebody said which story is the same."""
        press = submitted.press

        async def work() -> Said:
            answers.allowed(press.user, self.users)
            return await answers.same(self.store, self.mind(), press, submitted.story, submitted.other)

        await self._answer(await self._said(work()), None, press.user, submitted.channel)

    async def _said(self, work: Awaitable[Said | None]) -> Said | None:
        """What is said of it, whatever becomes of it; None: nothing."""
        try:
            return await work
        except RiskbotError as error:
            if error.exit_status != 2:  # the work failed, and not what was asked
                self.tell("a click or a command could not be carried out", error)
            return actions.refused(error)
        except Exception as error:  # noqa: BLE001  a defect: told, and whoever pressed is not left waiting
            self.tell("a click or a command could not be carried out", error)
            return Said("That did not work, and it is a defect of riskbot. Its log says more.")

    async def _button(self, pressed: actions.Pressed) -> Said | None:
        press, story = pressed.press, pressed.value
        match pressed.action:
            case buttons.OWN:
                return await answers.own(self.store, press, story, self.mind())
            case buttons.WHY:
                return await why(self.store, self.mind(), story, press)
            case buttons.MUTE:
                how_long, story = _option(pressed.value)
                if how_long == buttons.UNMUTE:
                    return await answers.unmute(self.store, press, story)
                return await answers.mute_story(self.store, press, story, how_long)
            case buttons.USEFUL | buttons.NOT_USEFUL:
                return await answers.rate(self.store, press, story, useful=pressed.action == buttons.USEFUL)
            case buttons.SAME:
                # First of all: the trigger that lets a dialogue be opened is good for three seconds.
                view = actions.asking(story, pressed.channel)
                await self.client.write("views.open", {"trigger_id": pressed.trigger, "view": view})
                return None
            case _:
                what = "resend" if pressed.action == buttons.RESEND else "drop"
                return await self.outbox(press, what, buttons.parked(pressed.value))

    async def _command(self, typed: actions.Typed) -> Said:
        match parse(typed.text):
            case AskHelp():
                return Said("What riskbot understands", (("Commands", USAGE),))
            case AskStatus():
                return await self.status()
            case AskWhy(story):
                return await why(self.store, self.mind(), story, typed.press)
            case Take(story):
                return await answers.take(self.store, typed.press, story, self.mind())
            case Release(story):
                return await answers.release(self.store, typed.press, story, self.mind())
            case Unmute(story):
                return await answers.unmute(self.store, typed.press, story)
            case Mute() as asked:
                return await answers.mute(self.store, self.rules(), typed.press, asked, self.outlets())

    async def _answer(self, said: Said | None, address: str | None, user: str, channel: str) -> None:
        if said is None:
            return
        payload = actions.shown(said)
        try:
            if address:
                await Hook(address, what="an answer", proxy=self.proxy).post(payload)
            elif channel and user:
                told = {name: value for name, value in payload.items() if name not in OF_ADDRESSES}
                told |= {"channel": channel, "user": user}
                await self.client.write("chat.postEphemeral", told)
        except SlackError as error:
            self.tell("an answer was not delivered", error)


def _where(body: Json) -> tuple[str | None, str, str]:
    """Where an answer goes: an address, else a person in a channel."""
    user, channel = body.get("user"), body.get("channel")
    return (
        actions.address(body.get("response_url")),
        str((user.get("id") if isinstance(user, dict) else body.get("user_id")) or ""),
        str((channel.get("id") if isinstance(channel, dict) else body.get("channel_id")) or ""),
    )


def _option(value: str) -> tuple[str, str]:
    try:
        return buttons.muted(value)
    except ValueError as error:
        raise SlackError("unknown-option", str(error), "use `/riskbot mute story`") from None
