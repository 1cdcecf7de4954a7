"""The local Slack itself: that it answers as Slack documents, and sees what a bot must never do.

What the notifier and the crash run prove, they prove against this server; so it is held to Slack's reference here,
through riskbot's own client where one call at a time is enough.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from riskbot.errors import SlackError
from riskbot.slack.client import SlackClient
from tests.slackfaults import Fault, listed, weighted
from tests.slackserver import SlackServer

POST, UPDATE, HISTORY, REPLIES = "chat.postMessage", "chat.update", "conversations.history", "conversations.replies"
TEXT = {"type": "plain_text", "text": "x"}


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with SlackServer("risk", "ops") as server:
        yield server


def client(slack: SlackServer, patience: float = 5) -> SlackClient:
    return SlackClient(slack.token, base_url=slack.url, timeout=patience)


def risk(slack: SlackServer) -> str:
    return slack.channels["risk"].id


async def post(slack: SlackServer, text: str = "said", **fields: Any) -> str:
    answer = await client(slack).write(POST, {"channel": "risk", "text": text, **fields})
    return str(answer["ts"])


async def refused(slack: SlackServer, method: str, **payload: Any) -> str:
    with pytest.raises(SlackError) as caught:
        await client(slack).write(method, payload)
    return caught.value.code


async def texts(slack: SlackServer, method: str = HISTORY, **params: Any) -> list[str]:
    page = await client(slack).read(method, {"channel": risk(slack), **params})
    return [message["text"] for message in page["messages"]]


# ── threads ──────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_reply_stands_in_its_thread_and_not_in_the_channel_unless_it_is_broadcast(slack: SlackServer) -> None:
    root = await post(slack, "root")
    await post(slack, "quiet", thread_ts=root)
    await post(slack, "loud", thread_ts=root, reply_broadcast=True)
    assert await texts(slack) == ["loud", "root"]
    assert await texts(slack, REPLIES, ts=root) == ["root", "quiet", "loud"]
    page = await client(slack).read(HISTORY, {"channel": risk(slack)})
    assert [message.get("subtype") for message in page["messages"]] == ["thread_broadcast", None]


async def test_every_page_of_a_thread_begins_with_its_first_message(slack: SlackServer) -> None:
    root = await post(slack, "root")
    for text in ("one", "two", "three"):
        await post(slack, text, thread_ts=root)
    asked = {"channel": risk(slack), "ts": root, "limit": 2}
    first = await client(slack).read(REPLIES, asked)
    cursor = first["response_metadata"]["next_cursor"]
    second = await client(slack).read(REPLIES, asked | {"cursor": cursor})
    assert [[message["text"] for message in page["messages"]] for page in (first, second)] == [
        ["root", "one", "two"],
        ["root", "three"],
    ]
    assert (first["has_more"], second["has_more"]) == (True, False)


async def test_replies_hang_on_first_messages_that_stand_and_on_nothing_else(slack: SlackServer) -> None:
    root = await post(slack, "root")
    reply = await post(slack, "reply", thread_ts=root)
    assert await refused(slack, POST, channel="risk", text="x", thread_ts=reply) == "cannot_reply_to_message"
    assert await refused(slack, POST, channel="risk", text="x", thread_ts="1.000001") == "thread_not_found"
    slack.channels["risk"].delete(root)
    assert await refused(slack, POST, channel="risk", text="x", thread_ts=root) == "thread_not_found"
    assert await refused(slack, UPDATE, channel=risk(slack), text="x", ts=root) == "message_not_found"


async def test_a_permalink_leads_to_a_message_and_into_its_thread(slack: SlackServer) -> None:
    root = await post(slack, "root")
    reply = await post(slack, "reply", thread_ts=root)
    links = [
        (await client(slack).read("chat.getPermalink", {"channel": risk(slack), "message_ts": ts}))["permalink"]
        for ts in (root, reply)
    ]
    assert links[0].endswith(f"/archives/{risk(slack)}/p{root.replace('.', '')}")
    assert f"thread_ts={root}" in links[1]
    assert await refused(slack, "chat.getPermalink", channel=risk(slack), message_ts="1.000001") == "message_not_found"


async def test_history_is_bounded_by_times_that_count_only_when_inclusive(slack: SlackServer) -> None:
    first, second, third = [await post(slack, text) for text in ("one", "two", "three")]
    assert await texts(slack, oldest=first, latest=third) == ["two"]
    assert await texts(slack, oldest=first, latest=second, inclusive=True) == ["two", "one"]


# ── limits ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "block",
    [
        {"type": "header", "text": {"type": "mrkdwn", "text": "x"}},
        {"type": "header", "text": {"type": "plain_text", "text": "x" * 151}},
        {"type": "header", "text": {"type": "plain_text", "text": "🟠" * 76}},
        {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}},
        {"type": "section"},
        {"type": "context", "elements": [TEXT] * 11},
        {"type": "context", "elements": []},
        {"type": "actions", "elements": [{"type": "button", "text": TEXT, "action_id": "same"}] * 2},
        {"type": "actions", "elements": [{"type": "button", "text": {"type": "plain_text", "text": "x" * 76}}]},
        {"type": "actions", "elements": [{"type": "button", "text": TEXT, "value": "x" * 2001}]},
        {"type": "actions", "elements": [{"type": "overflow", "options": [{"text": TEXT, "value": "v"}] * 6}]},
        {"type": "rich_text", "elements": [{"type": "text", "text": "bare"}]},
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": ""}]}]},
        {"type": "divider", "block_id": "x" * 256},
        {"type": "marquee"},
        "no object",
    ],
)
async def test_a_block_beyond_the_reference_is_refused(slack: SlackServer, block: Any) -> None:
    assert await refused(slack, POST, channel="risk", text="x", blocks=[block]) == "invalid_blocks"
    assert slack.messages("risk") == []


async def test_what_is_too_long_as_a_whole_is_refused_by_its_own_name(slack: SlackServer) -> None:
    divider, section = {"type": "divider"}, {"type": "section", "text": {"type": "plain_text", "text": "x" * 2900}}
    meta = {"event_type": "t", "event_payload": {"key": "x" * 16_000}}
    assert await refused(slack, POST, channel="risk", text="x", blocks=[divider] * 51) == "invalid_blocks"
    assert await refused(slack, POST, channel="risk", text="x", blocks=[section] * 5) == "msg_blocks_too_long"
    assert await refused(slack, POST, channel="risk", text="x" * 40_001) == "msg_too_long"
    assert (
        await refused(slack, POST, channel="risk", text="x", metadata={"event_type": "t"}) == "invalid_metadata_format"
    )
    assert await refused(slack, POST, channel="risk", text="x", metadata=meta) == "metadata_too_large"
    assert await refused(slack, POST, channel="risk") == "no_text"


async def test_a_message_is_edited_only_within_the_window_that_the_workspace_gives(slack: SlackServer) -> None:
    sent = await post(slack)
    slack.edit_window = -1
    assert await refused(slack, UPDATE, channel=risk(slack), text="x", ts=sent) == "edit_window_closed"


async def test_a_missing_scope_is_named(slack: SlackServer) -> None:
    slack.scopes -= {"channels:history"}
    with pytest.raises(SlackError) as caught:
        await texts(slack)
    assert "channels:history" in (caught.value.mend or "")


async def test_the_token_check_tells_which_scopes_the_token_has(slack: SlackServer) -> None:
    headers = {"Authorization": f"Bearer {slack.token}"}
    async with aiohttp.ClientSession(headers=headers) as session, session.post(slack.url + "auth.test") as answer:
        assert (await answer.json())["ok"]
        assert set(answer.headers["X-OAuth-Scopes"].split(",")) == slack.scopes


async def test_a_channel_may_vanish_and_come_back_with_what_stood_in_it(slack: SlackServer) -> None:
    await post(slack, "before")
    slack.channels["risk"].lost = True
    assert await refused(slack, POST, channel="risk", text="x") == "channel_not_found"
    slack.channels["risk"].lost = False
    assert await texts(slack) == ["before"]


# ── faults ───────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_late_call_is_taken_although_its_caller_has_long_gone(slack: SlackServer) -> None:
    slack.script, slack.lateness = listed({POST: [Fault.LATE]}), 0.0
    with pytest.raises(SlackError) as caught:
        await client(slack, patience=0.1).write(POST, {"channel": "risk", "text": "late"})
    assert caught.value.ambiguous
    await slack.watch.quiet()
    assert await texts(slack) == ["late"]


@pytest.mark.parametrize("seed", range(3))
def test_drawn_faults_are_the_same_for_the_same_seed_and_history_is_refused_for_a_stretch(seed: int) -> None:
    calls = [method for _ in range(300) for method in (POST, HISTORY, "auth.test")]
    writes, reads = {Fault.RESET: 0.2, Fault.LATE: 0.1}, {Fault.ERROR_500: 0.1}
    drawn = [list(map(weighted(seed, writes=writes, reads=reads, refused=0.05), calls)) for _ in range(2)]
    assert drawn[0] == drawn[1]
    assert {fault for method, fault in zip(calls, drawn[0], strict=True) if method == POST} == {None, *writes}
    refusals = [fault is Fault.HISTORY_REFUSED for fault in drawn[0][1::3]]
    longest = max(len(run) for run in "".join("x" if each else " " for each in refusals).split())
    assert longest >= 3
    assert set(drawn[0][2::3]) == {None}


# ── what a bot must never do ─────────────────────────────────────────────────────────────────────────────────────


async def test_two_senders_at_once_in_one_channel_are_seen_and_two_channels_are_none_of_it(slack: SlackServer) -> None:
    slack.script = listed({POST: [Fault.ACCEPT_AND_STALL] * 3})

    async def say(channel: str) -> None:
        with pytest.raises(SlackError):
            await client(slack, patience=0.4).write(POST, {"channel": channel, "text": "x"})

    await asyncio.gather(say("risk"), say("ops"))
    assert slack.watch.together == []
    slack.script = listed({POST: [Fault.ACCEPT_AND_STALL] * 2})
    await asyncio.gather(say("risk"), say("#risk"))
    await slack.watch.quiet()
    assert slack.watch.together == [risk(slack)]


async def test_one_sender_after_another_is_no_offence_even_when_the_first_gave_up(slack: SlackServer) -> None:
    slack.script = listed({POST: [Fault.ACCEPT_AND_STALL]})
    with pytest.raises(SlackError):
        await client(slack, patience=0.1).write(POST, {"channel": "risk", "text": "x"})
    await post(slack)
    await asyncio.sleep(0.2)  # judged a moment later
    assert slack.watch.together == []


async def test_more_messages_a_second_than_allowed_are_seen_in_the_channel_that_gets_them() -> None:
    now = 1000.0
    async with SlackServer("risk", "ops", rate=2, clock=lambda: now) as slack:
        for _ in range(3):  # a burst of one is let pass
            await post(slack)
        assert slack.watch.too_fast == []
        await post(slack)
        assert slack.watch.too_fast == [risk(slack)]
        now += 1.5
        await post(slack)
        assert len(slack.watch.too_fast) == 1
