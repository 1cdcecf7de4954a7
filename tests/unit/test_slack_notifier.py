"""SlackNotifier against a local Slack that misbehaves: what is known, what is not, and nothing repeated."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from riskbot.errors import SettingsError, SlackError
from riskbot.model import DeliveryKind
from riskbot.slack.client import SlackClient
from riskbot.slack.message import build
from riskbot.slack.notifier import SlackNotifier
from tests.slackserver import Fault, SlackServer, listed, seeded
from tests.slacksummaries import DENIAL, FULL, TOLD, delivery, in_thread

POST = "chat.postMessage"


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with SlackServer(clock=TOLD.timestamp) as server:
        yield server


def notifier(slack: SlackServer, *, token: str | None = None, timeout: float = 5) -> SlackNotifier:
    return SlackNotifier(SlackClient(token or slack.token, base_url=slack.url, timeout=timeout))


async def refused(slack: SlackServer, *, patience: float = 5, **fields: Any) -> SlackError:
    with pytest.raises(SlackError) as caught:
        await notifier(slack, timeout=patience).send(delivery(**fields), FULL)
    return caught.value


def methods(slack: SlackServer) -> list[str]:
    return [method for method, _ in slack.calls]


# ── what may have been posted ────────────────────────────────────────────────────────────────────────────────────

DONE = [Fault.ACCEPT_AND_RESET, Fault.ACCEPT_AND_INTERNAL_ERROR, Fault.ACCEPT_AND_GARBAGE, Fault.ACCEPT_AND_STALL]
NOT_DONE = [Fault.RESET, Fault.ERROR_500, Fault.ERROR_503, Fault.INTERNAL_ERROR]


@pytest.mark.parametrize("fault", DONE)
async def test_a_post_of_unknown_outcome_is_ambiguous_tried_once_and_found_again(
    slack: SlackServer, fault: Fault
) -> None:
    slack.script = listed({POST: [fault]})
    error = await refused(slack, patience=0.3 if fault is Fault.ACCEPT_AND_STALL else 5)
    assert error.ambiguous
    assert methods(slack) == [POST]
    (message,) = slack.messages("risk")
    found = await notifier(slack).find(delivery())
    assert found is not None
    assert (found.ts, found.channel) == (message.ts, slack.channels["risk"].id)


@pytest.mark.parametrize("fault", NOT_DONE)
async def test_a_post_that_was_not_taken_is_ambiguous_tried_once_and_not_found(
    slack: SlackServer, fault: Fault
) -> None:
    slack.script = listed({POST: [fault]})
    assert (await refused(slack)).ambiguous
    assert methods(slack) == [POST]
    assert await notifier(slack).find(delivery()) is None


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_goes_wrong_looking_first_keeps_every_message_single(slack: SlackServer, seed: int) -> None:
    slack.script = seeded(seed, share=0.4)
    subject = notifier(slack)
    for number in range(25):
        await until_sent(subject, f"k{number}")
    assert [message.key for message in slack.messages("risk")] == [f"k{number}" for number in range(25)]
    assert len(slack.faults) > 3


async def until_sent(subject: SlackNotifier, key: str) -> None:
    """The outbox's duty in small: after an unknown outcome look, and post only what is not there."""
    look = False
    for _ in range(100):
        try:
            if look and await subject.find(delivery(key)):
                return
            look = False
            await subject.send(delivery(key), FULL)
        except SlackError as error:
            if not error.ambiguous and error.code != "ratelimited" and error.retry_after is None:
                raise  # a refusal for good: no fault in the script is one
            look = look or error.ambiguous
        else:
            return
    pytest.fail("a hundred tries did not suffice")


@pytest.mark.parametrize(
    ("status", "body", "kind", "code", "ambiguous"),
    [
        (200, "fine", "text/plain", "unreadable-answer", True),
        (200, "[1]", "application/json", "unreadable-answer", True),
        (200, "<html>log in</html>", "text/html", "http-200", True),
        (200, "", "application/json", "http-200", True),
        (502, "bad gateway", "text/plain", "http-502", True),
        (403, "<html>blocked</html>", "text/html", "http-403", False),
    ],
)
async def test_an_answer_that_is_not_slacks_is_no_success(
    status: int, body: str, kind: str, code: str, ambiguous: bool
) -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=status, text=body, content_type=kind)

    app = web.Application()
    app.router.add_post("/api/chat.postMessage", answer)
    async with TestServer(app) as server:
        client = SlackClient("xoxb-1", base_url=str(server.make_url("/api/")))
        with pytest.raises(SlackError) as caught:
            await SlackNotifier(client).send(delivery(), FULL)
    assert (caught.value.code, caught.value.ambiguous, caught.value.retry_after) == (code, ambiguous, None)


# ── what is known not to have been posted ────────────────────────────────────────────────────────────────────────


async def test_a_rate_limit_says_how_long_to_wait_fractions_included(slack: SlackServer) -> None:
    slack.script, slack.retry_after = listed({POST: [Fault.RATE_LIMITED]}), 2.5
    error = await refused(slack)
    assert (error.code, error.retry_after, error.ambiguous) == ("ratelimited", 2.5, False)


async def test_a_rate_limit_that_names_no_time_leaves_it_open(slack: SlackServer) -> None:
    slack.script = listed({POST: [Fault.RATE_LIMITED_SILENTLY]})
    error = await refused(slack)
    assert (error.code, error.retry_after, error.ambiguous) == ("ratelimited", None, False)


async def test_no_connection_at_all_is_not_ambiguous_and_may_be_tried_again() -> None:
    with socket.socket() as closed:  # bound but not listening: the kernel refuses
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/api/"
        with pytest.raises(SlackError) as caught:
            await SlackNotifier(SlackClient("xoxb-1", base_url=url)).send(delivery(), FULL)
    assert (caught.value.code, caught.value.ambiguous) == ("unreachable", False)
    assert caught.value.retry_after is not None


@pytest.mark.parametrize(
    ("code", "channel"),
    [("channel_not_found", "nowhere"), ("not_in_channel", "ops"), ("is_archived", "risk")],
)
async def test_a_channel_that_cannot_be_posted_to_is_refused_for_good(
    slack: SlackServer, code: str, channel: str
) -> None:
    slack.channels["ops"].member = False
    slack.channels["risk"].archived = True
    error = await refused(slack, channel=channel)
    assert (error.code, error.ambiguous, error.retry_after) == (code, False, None)
    assert channel in str(error)
    assert error.mend


async def test_a_wrong_token_is_refused_for_good(slack: SlackServer) -> None:
    with pytest.raises(SlackError) as caught:
        await notifier(slack, token="xoxb-wrong").send(delivery(), FULL)
    assert caught.value.code == "invalid_auth"


async def test_an_update_of_a_deleted_message_is_refused_for_good(slack: SlackServer) -> None:
    error = await refused(slack, ts="1763199240.000100", sent_as=slack.channels["risk"].id)
    assert error.code == "message_not_found"
    assert not error.ambiguous


# ── looking ──────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_find_pages_to_the_end(slack: SlackServer) -> None:
    subject = notifier(slack)
    first = await subject.send(delivery("first"), FULL)
    for number in range(7):
        await subject.send(delivery(f"k{number}"), FULL)
    slack.page = 3
    slack.calls.clear()
    assert await subject.find(delivery("first")) == first
    assert methods(slack) == ["conversations.history"] * 3


async def test_find_begins_a_little_before_the_attempt(slack: SlackServer) -> None:
    subject = notifier(slack)
    await subject.send(delivery(), FULL)
    assert await subject.find(delivery(tried_at=TOLD + timedelta(minutes=1)))  # our clock is ahead of Slack's
    assert not await subject.find(delivery(tried_at=TOLD + timedelta(minutes=10)))
    assert await subject.find(delivery(tried_at=None))  # nothing is known of the attempt: all of history is read


async def test_a_channel_name_is_resolved_once_over_all_pages_of_the_list() -> None:
    names = [f"channel-{number}" for number in range(5)]
    async with SlackServer(*names, "risk", clock=TOLD.timestamp) as slack:
        slack.page = 2
        subject = notifier(slack)
        assert await subject.find(delivery(channel="#risk")) is None
        assert await subject.find(delivery(channel="risk")) is None
        assert methods(slack) == ["conversations.list"] * 3 + ["conversations.history"] * 2


async def test_a_channel_that_is_in_no_list_is_said_not_to_exist(slack: SlackServer) -> None:
    with pytest.raises(SlackError, match="no channel #nowhere") as caught:
        await notifier(slack).find(delivery(channel="nowhere"))
    assert caught.value.code == "channel_not_found"


async def test_a_token_without_the_scope_for_private_channels_finds_the_public_ones(slack: SlackServer) -> None:
    slack.scopes -= {"groups:read", "groups:history"}
    assert await notifier(slack).find(delivery(channel="risk")) is None

    with pytest.raises(SlackError) as caught:
        await notifier(slack).find(delivery(channel="nowhere"))
    assert (caught.value.code, "groups:read" in caught.value.mend) == ("missing_scope", True)


async def test_an_error_names_the_channel_as_the_rules_do(slack: SlackServer) -> None:
    sent = await notifier(slack).send(delivery(), FULL)
    slack.channels["risk"].member = False
    standing = replace(delivery(kind="update"), ts=sent.ts, sent_as=sent.channel)

    with pytest.raises(SlackError, match="not a member of #risk"):
        await notifier(slack).send(standing, FULL)
    with pytest.raises(SlackError, match="not a member of #risk"):
        await notifier(slack).find(standing)


async def test_refused_history_is_for_good_and_names_the_scope(slack: SlackServer) -> None:
    slack.channels["risk"].history = False
    with pytest.raises(SlackError) as caught:
        await notifier(slack).find(delivery())
    assert (caught.value.code, caught.value.retry_after) == ("missing_scope", None)
    assert "channels:history" in caught.value.mend


@pytest.mark.parametrize("fault", [Fault.ERROR_500, Fault.INTERNAL_ERROR, Fault.RESET])
async def test_history_that_fails_for_the_moment_may_be_read_again(slack: SlackServer, fault: Fault) -> None:
    slack.script = listed({"conversations.history": [fault]})
    with pytest.raises(SlackError) as caught:
        await notifier(slack).find(delivery())
    assert not caught.value.ambiguous
    assert caught.value.retry_after is not None


async def test_an_update_by_name_alone_finds_the_id_it_needs(slack: SlackServer) -> None:
    sent = await notifier(slack).send(delivery(), FULL)
    update = delivery("k2", kind="update", ts=sent.ts)
    assert await notifier(slack).send(update, replace(FULL, articles=8)) == sent
    assert len(slack.messages("risk")) == 1


async def test_a_reply_is_looked_for_on_every_page_of_its_thread(slack: SlackServer) -> None:
    subject = notifier(slack)
    message = await subject.send(delivery(), FULL)
    replies = [in_thread(DeliveryKind.REPLY, message, f"r{number}") for number in range(7)]
    sent = [await subject.reply(each, DENIAL) for each in replies]
    slack.page = 3
    slack.calls.clear()
    assert await subject.find(replies[-1]) == sent[-1]
    assert set(methods(slack)) == {"conversations.replies"}
    assert len(slack.calls) == 3


async def test_a_broadcast_that_had_to_stand_alone_is_found_in_the_channel(slack: SlackServer) -> None:
    subject = notifier(slack)
    message = await subject.send(delivery(), FULL)
    loud = in_thread(DeliveryKind.BROADCAST, message)
    sent = await subject.reply(replace(loud, thread=None), DENIAL)
    assert await subject.find(loud) == sent
    slack.messages("risk").pop(0)  # the thread goes with its message
    assert await subject.find(loud) == sent
    assert await subject.find(in_thread(DeliveryKind.REPLY, message, "r2")) is None


async def test_a_message_has_an_address_until_it_is_gone(slack: SlackServer) -> None:
    subject = notifier(slack)
    message = await subject.send(delivery(), FULL)
    assert str(await subject.permalink(message.channel, message.ts)).startswith("https://")
    slack.messages("risk").clear()
    assert await subject.permalink(message.channel, message.ts) is None


# ── secrets ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("fault", [Fault.RESET, Fault.ERROR_500, Fault.REFUSED, Fault.RATE_LIMITED])
async def test_the_token_is_in_no_error_no_repr_and_no_log(
    slack: SlackServer, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    slack.script = listed({POST: [fault]})
    with caplog.at_level(logging.DEBUG):
        error = await refused(slack)
    chain = [repr(error), str(error), error.mend, repr(error.__cause__), repr(notifier(slack)), caplog.text]
    assert POST in caplog.text
    assert not any(slack.token in each for each in chain)


@pytest.mark.parametrize("token", ["", " ", "xoxb-\u2026", "xoxb-a b", "xoxb-a\nb"])
def test_a_token_that_cannot_be_one_is_refused_without_being_repeated(token: str) -> None:
    with pytest.raises(SettingsError) as caught:
        SlackClient(token)
    assert token.strip() == "" or token not in str(caught.value)


def test_a_proxy_comes_from_settings_and_never_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    assert SlackClient("xoxb-1")._client.proxy is None
    assert SlackClient("xoxb-1", proxy="http://other.example:1")._client.proxy == "http://other.example:1"


# ── the local Slack itself ───────────────────────────────────────────────────────────────────────────────────────


def test_the_local_slack_serves_from_a_thread_for_another_loop() -> None:
    with SlackServer(script=listed({POST: [Fault.ACCEPT_AND_STALL]})).in_thread() as slack:
        error = asyncio.run(refused(slack, patience=0.2))
        sent = asyncio.run(notifier(slack).send(delivery("k2"), FULL))
        assert error.code == "timed-out"
        assert [message.key for message in slack.messages("risk")] == ["k1", "k2"]
        assert slack.messages("risk")[1].ts == sent.ts


async def test_the_local_slack_shows_metadata_only_when_asked_and_keeps_what_was_said_before(
    slack: SlackServer,
) -> None:
    client = SlackClient(slack.token, base_url=slack.url)
    sent = await notifier(slack).send(delivery(), FULL)
    await notifier(slack).send(delivery("k2", ts=sent.ts, sent_as=sent.channel), FULL)
    asked = {"channel": sent.channel}
    plain = await client.read("conversations.history", asked)
    full = await client.read("conversations.history", asked | {"include_all_metadata": True})
    assert ["metadata" in page["messages"][0] for page in (plain, full)] == [False, True]
    assert [edit["metadata"]["event_payload"]["key"] for edit in slack.messages("risk")[0].edits] == ["k1"]


async def test_the_local_slack_refuses_what_slack_would_refuse(slack: SlackServer) -> None:
    client = SlackClient(slack.token, base_url=slack.url)
    sent = await notifier(slack).send(delivery(), FULL)
    good = build(FULL, channel="risk", key="k1", told=TOLD)
    wrong = [
        (POST, good | {"blocks": [{"type": "image"}]}, "invalid_blocks"),
        (POST, good | {"text": "x" * 40_001}, "msg_too_long"),
        (POST, good | {"metadata": {"event_type": "x"}}, "invalid_metadata_format"),
        (POST, good | {"thread_ts": "1.000000"}, "thread_not_found"),
        (POST, {"channel": "risk"}, "no_text"),
        ("chat.update", good | {"ts": sent.ts}, "channel_not_found"),  # the name of the channel is not its id
        ("no.such", {}, "unknown_method"),
    ]
    for method, payload, code in wrong:
        with pytest.raises(SlackError) as caught:
            await client.write(method, payload)
        assert caught.value.code == code
    assert len(slack.messages("risk")) == 1
