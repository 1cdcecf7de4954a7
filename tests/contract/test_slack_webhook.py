"""Telling through an incoming webhook: at least once, without edits, threads and buttons."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from riskbot.errors import SlackError
from riskbot.model import Delivery, DeliveryKind, DeliveryState, Reason
from riskbot.model.saying import News, Reply
from riskbot.policy.resending import THREAD_GONE, UNEDITABLE
from riskbot.ports import Sent
from riskbot.slack.webhook import Hook, WebhookNotifier
from tests.builders import NOW
from tests.slacksocket import SocketSlack
from tests.slacksummaries import FULL

POST = Delivery("d1", DeliveryKind.POST, "risk", "key", DeliveryState.SENDING, tried_at=NOW, story="s1")


@pytest.fixture
async def slack() -> AsyncIterator[SocketSlack]:
    async with SocketSlack("risk") as slack:
        yield slack


def hook(slack: SocketSlack, **more: float) -> Hook:
    return Hook(f"{slack.hooks}/hooks/secret-path", **more)


def notifier(slack: SocketSlack) -> WebhookNotifier:
    return WebhookNotifier(hook(slack))


async def test_a_story_is_posted_with_what_a_webhook_takes(slack: SocketSlack) -> None:
    sent = await notifier(slack).send(POST, FULL)

    ((_, body),) = slack.posted
    assert set(body) == {"text", "blocks", "unfurl_links", "unfurl_media"}
    assert not any(block["type"] == "actions" for block in body["blocks"])
    assert sent == Sent(f"{int(NOW.timestamp())}.000000", "risk")


async def test_what_would_edit_a_message_is_refused_as_by_slack_and_not_sent(slack: SocketSlack) -> None:
    standing = replace(POST, kind=DeliveryKind.EDIT, ts="17.000000", sent_as="risk")

    with pytest.raises(SlackError) as caught:
        await notifier(slack).send(standing, FULL)

    assert caught.value.code in UNEDITABLE
    assert "webhook" in str(caught.value)
    assert "bot token" in caught.value.mend
    assert slack.posted == []


async def test_of_replies_those_are_sent_that_the_channel_is_to_hear(slack: SocketSlack) -> None:
    reply = Reply(FULL, (News(Reason.DENIED, "first denied", "a", NOW),))

    await notifier(slack).reply(replace(POST, kind=DeliveryKind.BROADCAST, thread="17.000000"), reply)

    ((_, body),) = slack.posted
    assert "thread_ts" not in body


async def test_what_would_stand_in_a_thread_alone_is_refused_as_by_slack_and_not_sent(slack: SocketSlack) -> None:
    quiet = replace(POST, kind=DeliveryKind.REPLY, thread="17.000000", body={"text": "a line of our own"})

    for say in (notifier(slack).note(quiet), notifier(slack).reply(quiet, Reply(FULL, ()))):
        with pytest.raises(SlackError, match="webhook has no threads") as caught:
            await say
        assert caught.value.code in THREAD_GONE

    assert slack.posted == []


async def test_a_notice_is_posted(slack: SocketSlack) -> None:
    notice = replace(POST, kind=DeliveryKind.NOTICE, body={"text": "a line <!channel>", "lines": ["more"]})

    await notifier(slack).note(notice)

    ((_, body),) = slack.posted
    assert "a line <!channel>" in json.dumps(body["blocks"])  # as text, in which Slack reads no markup
    assert "<!channel>" not in body["text"]


async def test_nobody_can_look_what_stands(slack: SocketSlack) -> None:
    assert await notifier(slack).find(POST) is None
    assert await notifier(slack).permalink("C1", "17.000000") is None


@pytest.mark.parametrize(
    ("status", "answer", "code", "mend"),
    [
        (404, "no_service", "no_service", "RISKBOT_SLACK_WEBHOOK_URL"),
        (403, "invalid_token", "invalid_token", "RISKBOT_SLACK_WEBHOOK_URL"),
        (410, "channel_is_archived", "channel_is_archived", "unarchive it"),
        (400, "invalid_payload", "invalid_payload", "defect"),
        (418, "short and stout", "http-418", "new webhook"),
    ],
)
async def test_a_refusal_is_for_good_and_says_what_to_do(
    slack: SocketSlack, status: int, answer: str, code: str, mend: str
) -> None:
    slack.hook_status, slack.hook_answer = status, answer

    with pytest.raises(SlackError) as caught:
        await notifier(slack).send(POST, FULL)

    error = caught.value
    assert (error.code, error.ambiguous, error.retry_after) == (code, False, None)
    assert mend in error.mend


async def test_a_rate_limit_is_for_later(slack: SocketSlack) -> None:
    slack.hook_status = 429

    with pytest.raises(SlackError) as caught:
        await hook(slack).post({"text": "x"})

    assert (caught.value.ambiguous, caught.value.retry_after) == (False, 5.0)


async def test_a_fault_of_slack_leaves_it_unknown(slack: SocketSlack) -> None:
    slack.hook_status = 500

    with pytest.raises(SlackError) as caught:
        await hook(slack).post({"text": "x"})

    assert caught.value.ambiguous
    assert len(slack.posted) == 1  # and was not tried again


async def test_no_connection_is_for_later_and_the_address_is_never_shown() -> None:
    with pytest.raises(SlackError) as caught:
        await Hook("http://127.0.0.1:9/hooks/secret-path").post({"text": "x"})

    error = caught.value
    assert (error.ambiguous, error.retry_after) == (False, 5.0)
    assert "secret-path" not in f"{error!r}{error}{error.mend}{error.__cause__!r}"
    assert "secret-path" not in repr(WebhookNotifier(Hook("http://127.0.0.1:9/hooks/secret-path")))
