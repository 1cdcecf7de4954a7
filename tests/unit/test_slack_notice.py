"""A notice is one line, with a list beneath it where there is more, and nothing in it is markup."""

from __future__ import annotations

import json
from typing import Any

import pytest

from riskbot.errors import SlackError
from riskbot.slack.buttons import DROP, RESEND, parked
from riskbot.slack.client import SlackClient
from riskbot.slack.limits import problems
from riskbot.slack.notice import LINES, TEXT_MAX, render_notice
from riskbot.slack.notifier import SlackNotifier
from riskbot.slack.recorder import RecordingNotifier
from tests.slackpayloads import golden, words
from tests.slackserver import Fault, SlackServer, listed
from tests.slacksummaries import NASTY, TOLD, notice


def rendered(text: str, **fields: Any) -> dict[str, Any]:
    return render_notice(text, channel="ops", key="k1", **fields)


def line(payload: dict[str, Any]) -> str:
    (block,) = payload["blocks"]
    (section,) = block["elements"]
    (element,) = section["elements"]
    assert (block["type"], element["type"], set(element)) == ("rich_text", "text", {"type", "text"})
    return str(element["text"])


def test_a_notice_says_its_line_in_the_block_and_in_the_notification() -> None:
    payload = rendered("Rules live: +1 rule, by watch.yaml")
    assert line(payload) == payload["text"] == "Rules live: +1 rule, by watch.yaml"
    assert payload["metadata"] == {"event_type": "riskbot_notice", "event_payload": {"key": "k1"}}
    assert payload["mrkdwn"] is payload["link_names"] is payload["unfurl_links"] is False
    assert problems(payload) == []


@pytest.mark.parametrize("text", [NASTY, "<!channel> & <@U1>", "x" * 50_000, "", "\n\x00", "two\nlines"])
def test_whatever_a_file_says_is_one_fit_line_without_markup(text: str) -> None:
    payload = rendered(f"Edit refused: {text}" if text else "", banner=text or None)
    assert problems(payload) == []
    assert "\n" not in line(payload)
    assert len(line(payload)) <= TEXT_MAX + 150
    assert "<" not in payload["text"]


def test_a_banner_comes_first() -> None:
    assert line(rendered("Rules live", banner="REPLAY, not live")) == "REPLAY, not live: Rules live"


NOTICES: dict[str, dict[str, Any]] = {
    "line": {"text": "Rules live: +1 rule, by watch.yaml"},
    "heartbeat": {"text": "riskbot is well: the last 24 hours", "lines": ("Feeds well: 3: a, b, c", "Parked: none")},
    "parked": {"text": "A message to risk waits for a person: Slack knows no channel risk", "parked": "d7"},
    "reminder": {"text": "Nobody is on story s1 for 30 minutes", "mention": ("U0123ABCD",), "thread_ts": "1.000001"},
    "hostile": {"text": NASTY, "lines": (NASTY, "", "x" * 900), "parked": ("d1", "d2"), "banner": NASTY},
}


@pytest.mark.parametrize("name", NOTICES)
def test_the_notice_is_exactly_the_golden_one(name: str, pytestconfig: pytest.Config) -> None:
    payload = rendered(**NOTICES[name])
    assert problems(payload) == []
    golden(f"notice_{name}", payload, update=pytestconfig.getoption("--update-golden"))


def test_further_lines_stand_beneath_it_and_in_the_notification() -> None:
    payload = rendered("It is well", lines=["Feeds: 3", "two\nlines", ""])
    assert words(payload) == "It is wellFeeds: 3two lines"
    assert payload["text"] == "It is well · Feeds: 3 · two lines"
    assert "+3 more" in words(rendered("It is well", lines=[f"line {n}" for n in range(LINES + 3)]))


def test_a_parked_delivery_can_be_resent_or_dropped_and_dropping_is_asked_about() -> None:
    resend, drop = rendered("Parked", parked="d7")["blocks"][-1]["elements"]
    assert [(each["action_id"], each["value"]) for each in (resend, drop)] == [(RESEND, "d7"), (DROP, "d7")]
    assert drop["confirm"]["title"]["text"] == "Drop this message?"
    assert all(block["type"] != "actions" for block in rendered("Parked")["blocks"])


def test_buttons_name_several_deliveries_as_far_as_a_value_holds_them() -> None:
    (resend, drop) = rendered("Parked", parked=["d1", "d2"])["blocks"][-1]["elements"]
    assert parked(resend["value"]) == ("d1", "d2")
    assert drop["confirm"]["title"]["text"] == "Drop 2 messages?"
    many = [f"d{number}" for number in range(1000)]
    payload = rendered("Parked", parked=many)
    held = parked(payload["blocks"][-1]["elements"][0]["value"])
    assert problems(payload) == []
    assert list(held) == many[: len(held)]
    assert 300 < len(held) < 1000


def test_a_notice_that_may_stand_twice_says_so_and_one_in_a_thread_stands_there() -> None:
    payload = rendered("Nobody is on it", may_repeat=True, thread_ts="1.000001", broadcast=True)
    assert words(payload).startswith("May repeat: ")
    assert (payload["thread_ts"], payload["reply_broadcast"]) == ("1.000001", True)


async def test_the_sink_of_either_notifier_is_given_the_notice() -> None:
    seen: list[dict[str, Any]] = []
    await RecordingNotifier(seen.append).note(notice())
    async with SlackServer(clock=TOLD.timestamp) as slack:
        await SlackNotifier(SlackClient(slack.token, base_url=slack.url), sink=seen.append).note(notice())
    assert json.dumps(seen[0]) == json.dumps(seen[1])


async def test_a_notice_of_unknown_outcome_is_ambiguous_tried_once_and_found_again() -> None:
    async with SlackServer(clock=TOLD.timestamp) as slack:
        slack.script = listed({"chat.postMessage": [Fault.ACCEPT_AND_RESET]})
        subject = SlackNotifier(SlackClient(slack.token, base_url=slack.url))
        with pytest.raises(SlackError) as caught:
            await subject.note(notice())
        assert caught.value.ambiguous
        found = await subject.find(notice())
        assert found is not None
        assert [message.ts for message in slack.messages("risk")] == [found.ts]


def test_a_line_about_a_story_lets_people_take_it_on_where_presses_are_heard() -> None:
    heard = render_notice("Nobody is on story s7", channel="risk", key="k1", own="s7")
    unheard = render_notice("Nobody is on story s7", channel="risk", key="k1")

    assert problems(heard) == []
    assert [each["value"] for each in heard["blocks"][-1]["elements"]] == ["s7", "s7"]
    assert "actions" not in {block["type"] for block in unheard["blocks"]}
