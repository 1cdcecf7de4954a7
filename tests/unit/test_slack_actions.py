"""What Slack's payloads of clicks and commands mean, and what goes back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbot.errors import InputError
from riskbot.slack import actions, buttons
from riskbot.slack.blocks import mention
from riskbot.slack.limits import problems
from riskbot.slack.manifest import NAME_MAX, SCOPES, manifest
from riskbot.usecases.answers import Said
from tests.builders import NOW

USER = {"id": "U0000ANN", "username": "ann"}


def click(action: str = buttons.OWN, value: str = "s1", **fields: Any) -> dict[str, Any]:
    body = {
        "user": USER,
        "trigger_id": "1.2.secret",
        "channel": {"id": "C00000001"},
        "response_url": "https://hooks.slack.com/actions/T/1/secret",
        "actions": [{"action_id": action, "value": value}],
    }
    return body | fields


def test_a_click_is_read() -> None:
    found = actions.pressed(click(), NOW)

    assert (found.action, found.value, found.channel, found.trigger) == (buttons.OWN, "s1", "C00000001", "1.2.secret")
    assert (found.press.user, found.press.user_name, found.press.at) == ("U0000ANN", "ann", NOW)
    assert found.answer_to == "https://hooks.slack.com/actions/T/1/secret"


def test_a_choice_from_a_menu_is_read() -> None:
    body = click(actions=[{"action_id": buttons.MUTE, "selected_option": {"value": "1h:s7"}}])

    assert actions.pressed(body, NOW).value == "1h:s7"


def test_a_press_is_known_again_and_its_trigger_is_not_kept() -> None:
    one, again, other = (actions.pressed(click(trigger_id=t), NOW).press.key for t in ("1.a", "1.a", "1.b"))

    assert one == again != other
    assert "1.a" not in one


@pytest.mark.parametrize(
    "body",
    [
        {},
        click(actions=[]),
        click(actions="none"),
        click("somebody:elses"),
        click(value=""),
        click(user={}),
        click(user="ann"),
        click(trigger_id=""),
    ],
)
def test_what_cannot_be_believed_is_answered_with_a_sentence(body: dict[str, Any]) -> None:
    with pytest.raises(InputError) as caught:
        actions.pressed(body, NOW)
    assert caught.value.mend


@pytest.mark.parametrize("address", [None, 7, "", "javascript:alert(1)", "file:///etc/passwd"])
def test_answers_go_to_web_addresses_alone(address: object) -> None:
    assert actions.pressed(click(response_url=address), NOW).answer_to is None


def test_somebody_without_a_name_goes_by_their_id() -> None:
    assert actions.pressed(click(user={"id": "U7"}), NOW).press.user_name == "U7"


def test_a_command_is_read() -> None:
    found = actions.typed({"user_id": "U7", "user_name": "eve", "text": "status", "trigger_id": "t"}, NOW)

    assert (found.press.user_name, found.text, found.answer_to) == ("eve", "status", None)


def test_the_dialogue_gives_back_which_stories_were_meant() -> None:
    view = actions.asking("s1", "C00000001")
    filled = view | {"state": {"values": {"which": {"which": {"value": " S12 "}}}}}

    found = actions.submitted({"user": USER, "trigger_id": "t", "view": filled}, NOW)

    assert (found.story, found.other, found.channel) == ("s1", "s12", "C00000001")


@pytest.mark.parametrize("typed", ["", "s1", "nonsense", None])
def test_a_dialogue_filled_in_wrongly_is_refused(typed: str | None) -> None:
    view = actions.asking("s1", "C1") | {"state": {"values": {"which": {"which": {"value": typed}}}}}
    with pytest.raises(InputError):
        actions.submitted({"user": USER, "trigger_id": "t", "view": view}, NOW)


lines = st.lists(st.text(max_size=400), max_size=60)


@given(st.text(max_size=5_000), st.lists(st.tuples(st.text(max_size=100), lines.map(tuple)), max_size=20).map(tuple))
def test_whatever_is_said_keeps_slacks_limits(text: str, parts: tuple[tuple[str, tuple[str, ...]], ...]) -> None:
    payload = actions.shown(Said(text, parts))

    of_addresses = {"response_type", "replace_original"}
    told = {name: value for name, value in payload.items() if name not in of_addresses}
    key = {"event_type": "riskbot_alert", "event_payload": {"key": "k"}}
    posted = {"channel": "C00000001", "metadata": key, "unfurl_links": False, "unfurl_media": False}
    assert problems(told | posted) == []


def test_what_is_left_out_is_counted() -> None:
    payload = actions.shown(Said("Story s1", (("Decisions", tuple("x" * 290 for _ in range(40))),)))

    assert "more lines" in json.dumps(payload["blocks"][-1])


def test_hostile_words_stay_words() -> None:
    payload = actions.shown(Said("<!channel> *bold* `code`", (("<@U1>", ("javascript:alert(1)",)),)))

    kinds = {element["type"] for block in payload["blocks"] for part in block["elements"] for element in _inner(part)}
    assert kinds == {"text"}
    assert payload["text"] == "&lt;!channel&gt; *bold* `code`"


def _inner(part: dict[str, Any]) -> list[dict[str, Any]]:
    found = part.get("elements", [])
    return [e for each in found for e in (_inner(each) if "elements" in each else [each])]


@pytest.mark.parametrize(
    ("who", "element"),
    [
        ("U0000ANN", {"type": "user", "user_id": "U0000ANN"}),
        ("<@U0000ANN>", {"type": "user", "user_id": "U0000ANN"}),
        ("S0000RISK", {"type": "usergroup", "usergroup_id": "S0000RISK"}),
        ("<!subteam^S0000RISK|@risk>", {"type": "usergroup", "usergroup_id": "S0000RISK"}),
        ("here", {"type": "broadcast", "range": "here"}),
        ("@here", {"type": "broadcast", "range": "here"}),
        ("ann", {"type": "text", "text": "@ann"}),
        ("", {"type": "text", "text": "@?"}),
    ],
)
def test_a_rule_calls_a_member_a_group_or_everybody_here(who: str, element: dict[str, str]) -> None:
    assert mention(who) == element


def test_the_manifest_asks_for_the_least_and_needs_no_address_of_ours() -> None:
    made = manifest()

    assert made["oauth_config"]["scopes"] == {"bot": list(SCOPES)}
    assert made["settings"]["socket_mode_enabled"] is True
    assert made["features"]["slash_commands"][0]["command"] == "/riskbot"
    assert "url" not in json.dumps(made).casefold()
    assert not any("write" in scope and scope != "chat:write" for scope in SCOPES)


@pytest.mark.parametrize("name", ["", "  ", "x" * 100, "Risk  Desk"])
def test_an_app_has_a_name_that_slack_takes(name: str) -> None:
    shown = manifest(name)["display_information"]["name"]
    assert 0 < len(shown) <= NAME_MAX
    assert shown == (" ".join(name.split())[:NAME_MAX] or "riskbot")


@pytest.mark.parametrize(
    ("mend", "said"),
    [
        ("did you mean alibaba?", "No company is called alibbaba — did you mean alibaba?"),
        ("write its name", "No company is called alibbaba — write its name."),
        ("", "No company is called alibbaba."),
    ],
)
def test_a_refusal_ends_with_one_mark(mend: str, said: str) -> None:
    assert actions.refused(InputError("no company is called alibbaba", mend)).text == said
