"""A notice is one line, and nothing in it is markup."""

from __future__ import annotations

import json
from typing import Any

import pytest

from riskbot.errors import SlackError
from riskbot.slack.client import SlackClient
from riskbot.slack.limits import problems
from riskbot.slack.notice import TEXT_MAX, render_notice
from riskbot.slack.notifier import SlackNotifier
from riskbot.slack.recorder import RecordingNotifier
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
