"""`slack check` against a local Slack: everything that can be wrong is found, each with its mend."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from riskbot.slack.check import Finding, check
from riskbot.slack.client import SlackClient
from tests.slackchannels import Channel
from tests.slackfaults import Fault, listed
from tests.slacksocket import APP_TOKEN, SocketSlack


@pytest.fixture
async def slack() -> AsyncIterator[SocketSlack]:
    async with SocketSlack("risk", "ops") as slack:
        yield slack


async def checked(
    slack: SocketSlack, *channels: str, token: str = "", app: str | None = APP_TOKEN, post: bool = False
) -> dict[str, Finding]:
    bot = SlackClient(token or slack.token, base_url=slack.url)
    spoken = SlackClient(app, base_url=slack.url) if app else None
    found = await check(bot, spoken, channels or ("risk", "#ops"), post=post)
    return {each.what: each for each in found}


def wrong(found: dict[str, Finding]) -> list[str]:
    return [what for what, each in found.items() if each.judged and not each.well]


def unknown(found: dict[str, Finding]) -> list[str]:
    return [what for what, each in found.items() if not each.judged]


async def test_a_workspace_in_order_has_nothing_wrong(slack: SocketSlack) -> None:
    found = await checked(slack)

    assert wrong(found) == []
    assert list(found) == ["bot token", "scopes", "#risk", "#risk history", "#ops", "#ops history", "socket mode"]
    assert found["bot token"].said == "riskbot in the workspace local"


async def test_it_changes_nothing_unless_it_is_asked_to_post(slack: SocketSlack) -> None:
    await checked(slack)

    assert slack.messages("risk") == slack.messages("ops") == []
    assert not any(method.startswith("chat.") for method, _ in slack.calls)


async def test_a_line_that_is_posted_is_taken_away(slack: SocketSlack) -> None:
    found = await checked(slack, "risk", post=True)

    assert found["#risk posting"].said == "a line was posted and taken away"
    assert slack.messages("risk") == []
    assert [method for method, _ in slack.calls if method.startswith("chat.")] == ["chat.postMessage", "chat.delete"]


async def test_a_wrong_token_is_the_one_thing_told_of_the_bot(slack: SocketSlack) -> None:
    found = await checked(slack, token="xoxb-of-yesterday")

    assert wrong(found) == ["bot token"]
    assert unknown(found) == ["scopes and channels"]
    assert "RISKBOT_SLACK_BOT_TOKEN" in found["bot token"].mend
    assert not any("xoxb" in each.said for each in found.values())


async def test_missing_scopes_are_named_with_what_they_are_for(slack: SocketSlack) -> None:
    slack.scopes -= {"channels:history", "commands"}

    found = await checked(slack)

    assert wrong(found) == ["scopes", "#risk history", "#ops history"]
    assert found["scopes"].said.startswith("missing: channels:history (to look whether")
    assert "commands (for /riskbot)" in found["scopes"].said
    assert "channels:history" in found["#risk history"].mend


async def test_scopes_for_private_channels_and_commands_are_asked_for_only_where_they_are_needed(
    slack: SocketSlack,
) -> None:
    slack.scopes -= {"groups:history", "groups:read", "commands"}
    assert wrong(await checked(slack, app=None)) == []

    slack.scopes |= {"groups:read"}
    slack.channels["secret"] = Channel("C00000009", "secret", private=True)
    found = await checked(slack, "secret", app=None)

    assert wrong(found) == ["scopes", "#secret history"]
    assert "groups:history" in found["scopes"].said


@pytest.mark.parametrize(
    ("state", "said", "mend"),
    [
        ({"member": False}, "not a member", "/invite @riskbot"),
        ({"archived": True}, "archived", "unarchive"),
        ({"lost": True}, "no such channel", "check its spelling"),
    ],
)
async def test_a_channel_that_cannot_be_told_is_found(
    slack: SocketSlack, state: dict[str, bool], said: str, mend: str
) -> None:
    for name, value in state.items():
        setattr(slack.channels["risk"], name, value)

    found = await checked(slack)

    assert wrong(found) == ["#risk"]
    assert said in found["#risk"].said
    assert mend in found["#risk"].mend


async def test_a_channel_named_by_its_id_is_shown_by_its_name_and_looked_at_once(slack: SocketSlack) -> None:
    id_ = slack.channels["risk"].id
    slack.channels["risk"].member = False

    found = await checked(slack, id_, "risk", "#risk")

    assert wrong(found) == ["#risk"]
    assert [method for method, _ in slack.calls].count("conversations.history") == 0


async def test_history_that_cannot_be_read_is_found(slack: SocketSlack) -> None:
    slack.channels["ops"].history = False

    assert wrong(await checked(slack)) == ["#ops history"]


async def test_channels_that_may_not_be_listed_are_not_called_wrong(slack: SocketSlack) -> None:
    slack.scopes -= {"channels:read", "groups:read"}

    found = await checked(slack, "risk")

    assert (wrong(found), unknown(found)) == (["scopes"], ["#risk"])
    assert found["#risk"].said == "the token lacks the scope channels:read"
    assert "add the scope channels:read" in found["#risk"].mend


async def test_a_channel_that_could_not_be_looked_up_is_posted_to_by_its_name(slack: SocketSlack) -> None:
    slack.scopes -= {"channels:read", "groups:read"}

    found = await checked(slack, "risk", post=True)

    assert found["#risk posting"].said == "a line was posted and taken away"
    assert slack.messages("risk") == []


async def test_a_private_channel_that_may_not_be_listed_is_not_called_misspelt(slack: SocketSlack) -> None:
    slack.scopes -= {"groups:read", "groups:history"}
    slack.channels["secret"] = Channel("C00000009", "secret", private=True)

    found = await checked(slack, "secret", "risk")

    assert (wrong(found), unknown(found)) == ([], ["#secret"])
    assert found["#risk"].well
    assert "groups:read" in found["#secret"].mend


@pytest.mark.parametrize("fault", [Fault.RATE_LIMITED, Fault.ERROR_503, Fault.RESET, Fault.INTERNAL_ERROR])
@pytest.mark.parametrize(
    ("method", "concerned"),
    [
        ("auth.test", ["bot token", "scopes and channels"]),
        ("conversations.list", ["#risk", "#ops"]),
        ("conversations.history", ["#risk history", "#ops history"]),
        ("apps.connections.open", ["socket mode"]),
    ],
)
async def test_what_slack_did_not_answer_is_not_checked_and_says_why_and_what_to_do(
    slack: SocketSlack, fault: Fault, method: str, concerned: list[str]
) -> None:
    slack.script = lambda called: fault if called == method else None

    found = await checked(slack)

    assert (wrong(found), unknown(found)) == ([], concerned)
    assert all("again in a minute" in found[what].mend for what in concerned if what != "scopes and channels")
    if fault is not Fault.RATE_LIMITED:
        assert f"no usable answer to {method}: " in found[concerned[0]].said
    else:
        assert found[concerned[0]].said.startswith("Slack limits the rate of ")
        assert "messages" not in found[concerned[0]].said


async def test_channels_listed_before_slack_failed_are_judged(slack: SocketSlack) -> None:
    slack.page = 1
    slack.script = listed({"conversations.list": [None, Fault.ERROR_503]})

    found = await checked(slack)

    assert (wrong(found), unknown(found)) == ([], ["#ops"])
    assert found["#risk history"].well


async def test_scopes_that_could_not_be_asked_hide_nothing_else(slack: SocketSlack) -> None:
    slack.script = listed({"auth.test": [None, Fault.ERROR_503]})

    found = await checked(slack)

    assert (wrong(found), unknown(found)) == ([], ["scopes"])
    assert found["#risk"].well


@pytest.mark.parametrize(("app", "said"), [("xoxb", "no app-level token"), ("xapp-of-yesterday", "does not accept")])
async def test_a_wrong_app_token_names_its_own_setting_and_how_to_make_one(
    slack: SocketSlack, app: str, said: str
) -> None:
    found = await checked(slack, app=slack.token if app == "xoxb" else app)

    assert wrong(found) == ["socket mode"]
    assert said in found["socket mode"].said
    assert "RISKBOT_SLACK_APP_TOKEN" in found["socket mode"].mend
    assert "connections:write" in found["socket mode"].mend
    assert "BOT_TOKEN" not in found["socket mode"].mend


async def test_a_line_that_cannot_be_taken_away_is_told(slack: SocketSlack) -> None:
    slack.script = lambda method: Fault.ERROR_503 if method == "chat.delete" else None

    found = await checked(slack, "risk", post=True)

    assert wrong(found) == ["#risk posting"]
    assert found["#risk posting"].mend == "delete it in Slack"


async def test_without_an_app_token_socket_mode_is_off_and_nothing_is_wrong(slack: SocketSlack) -> None:
    found = await checked(slack, app=None)

    assert wrong(found) == []
    assert found["socket mode"].said.startswith("off")


async def test_every_channel_of_many_pages_is_found(slack: SocketSlack) -> None:
    slack.page = 1

    assert wrong(await checked(slack)) == []


async def test_without_any_token_it_is_said_what_to_do() -> None:
    (found,) = await check(None, None, ["risk"])

    assert not found.well
    assert "riskbot slack manifest" in found.mend


async def test_a_webhook_alone_is_labelled() -> None:
    (found,) = await check(None, None, ["risk"], webhook=True)

    assert found.well
    assert "at least once" in found.said
