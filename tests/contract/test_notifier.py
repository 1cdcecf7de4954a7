"""What every Notifier must do, on the recorder and on Slack's API as the local server plays it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from riskbot.model import Delivery, DeliveryKind
from riskbot.model.saying import Digest
from riskbot.policy.saying import line_of
from riskbot.ports import Notifier
from riskbot.slack.client import SlackClient
from riskbot.slack.message import build
from riskbot.slack.notice import render_notice
from riskbot.slack.notifier import SlackNotifier
from riskbot.slack.recorder import RecordingNotifier
from tests.slackserver import SlackServer
from tests.slacksummaries import DENIAL, FULL, TOLD, delivery, in_thread, notice


@dataclass
class Subject:
    """A notifier and a way to see what stands in a channel: payloads, oldest first."""

    notifier: Notifier
    recorder: RecordingNotifier | None = None
    server: SlackServer | None = None

    def standing(self) -> list[dict[str, Any]]:
        if self.server:
            return [message.payload for message in self.server.messages("risk")]
        assert self.recorder
        return self.recorder.standing()


@pytest.fixture(params=["recorder", "slack"])
async def subject(request: pytest.FixtureRequest) -> AsyncIterator[Subject]:
    if request.param == "recorder":
        recorder = RecordingNotifier()
        yield Subject(recorder, recorder=recorder)
        return
    async with SlackServer(clock=TOLD.timestamp) as server:
        yield Subject(SlackNotifier(SlackClient(server.token, base_url=server.url)), server=server)


def keys(subject: Subject) -> list[str]:
    return [payload["metadata"]["event_payload"]["key"] for payload in subject.standing()]


async def test_a_new_alert_is_one_message_exactly_as_rendered(subject: Subject) -> None:
    sent = await subject.notifier.send(replace(delivery(), listed=FULL.articles), FULL)
    (standing,) = subject.standing()
    assert standing | {"channel": "risk"} == build(FULL, channel="risk", key="k1", told=TOLD, threaded=True)
    assert sent.ts
    assert sent.channel


async def test_an_update_changes_the_standing_message_and_posts_nothing(subject: Subject) -> None:
    sent = await subject.notifier.send(delivery("k1"), FULL)
    update = delivery("k2", kind="update", ts=sent.ts, sent_as=sent.channel)
    again = await subject.notifier.send(update, replace(FULL, articles=9))
    assert again == sent
    (standing,) = subject.standing()
    assert standing["metadata"]["event_payload"]["key"] == "k2"
    assert "9 articles" in str(standing["blocks"])


async def test_an_update_still_says_when_the_channel_was_first_told(subject: Subject) -> None:
    sent = await subject.notifier.send(delivery("k1"), FULL)
    update = delivery("k2", kind="update", ts=sent.ts, sent_as=sent.channel, tried_at=TOLD.replace(hour=23))
    await subject.notifier.send(update, FULL)
    assert f"told <!date^{int(TOLD.timestamp())}^" in str(subject.standing()[0]["blocks"][-1])


async def test_two_posts_get_two_numbers_in_order(subject: Subject) -> None:
    first = await subject.notifier.send(delivery("k1"), FULL)
    second = await subject.notifier.send(delivery("k2"), FULL)
    assert float(first.ts) < float(second.ts)
    assert keys(subject) == ["k1", "k2"]


async def test_a_message_is_found_by_its_key_with_its_number_and_channel(subject: Subject) -> None:
    await subject.notifier.send(delivery("k1"), FULL)
    sent = await subject.notifier.send(delivery("k2"), FULL)
    assert await subject.notifier.find(delivery("k2")) == sent


async def test_what_was_never_sent_is_not_found(subject: Subject) -> None:
    assert await subject.notifier.find(delivery("k9")) is None
    await subject.notifier.send(delivery("k1"), FULL)
    assert await subject.notifier.find(delivery("k9")) is None


async def test_an_update_is_found_only_once_it_was_made(subject: Subject) -> None:
    sent = await subject.notifier.send(delivery("k1"), FULL)
    update = delivery("k2", kind="update", ts=sent.ts, sent_as=sent.channel)
    assert await subject.notifier.find(update) is None
    await subject.notifier.send(update, FULL)
    assert await subject.notifier.find(update) == sent


async def test_a_key_in_another_channel_is_not_found(subject: Subject) -> None:
    await subject.notifier.send(delivery("k1", channel="ops"), FULL)
    assert await subject.notifier.find(delivery("k1", channel="risk")) is None


async def test_a_notice_is_one_message_exactly_as_rendered_and_found_by_its_key(subject: Subject) -> None:
    assert await subject.notifier.find(notice()) is None
    sent = await subject.notifier.note(notice())
    (standing,) = subject.standing()
    assert standing | {"channel": "risk"} == render_notice("Rules live: +1 rule", channel="risk", key="n-key")
    assert await subject.notifier.find(notice()) == sent
    assert await subject.notifier.find(replace(notice(), key="another")) is None
    assert await subject.notifier.find(replace(notice(), channel="ops")) is None


async def test_a_notice_between_two_messages_has_a_number_of_its_own(subject: Subject) -> None:
    stamps = [await subject.notifier.send(delivery("k1"), FULL), await subject.notifier.note(notice())]
    stamps.append(await subject.notifier.send(delivery("k2"), FULL))
    assert [sent.ts for sent in stamps] == sorted({sent.ts for sent in stamps}, key=float)
    assert keys(subject) == ["k1", "n-key", "k2"]


# ── threads and digests ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", [DeliveryKind.REPLY, DeliveryKind.BROADCAST])
async def test_a_reply_stands_in_the_thread_and_is_found_there_by_its_key(subject: Subject, kind: DeliveryKind) -> None:
    message = await subject.notifier.send(delivery(), FULL)
    reply = in_thread(kind, message)
    assert await subject.notifier.find(reply) is None
    sent = await subject.notifier.reply(reply, DENIAL)
    assert await subject.notifier.find(reply) == sent
    standing = subject.standing()[-1]
    assert standing["thread_ts"] == message.ts
    assert standing.get("reply_broadcast", False) is (kind is DeliveryKind.BROADCAST)
    assert keys(subject) == ["k1", "r1"]


async def test_a_reply_without_a_thread_is_a_message_of_its_own_that_links_the_first(subject: Subject) -> None:
    alone = in_thread(DeliveryKind.BROADCAST, None)
    link = "https://local.slack.example/archives/C1/p1"
    sent = await subject.notifier.reply(alone, replace(DENIAL, link=link))
    assert await subject.notifier.find(alone) == sent
    (standing,) = subject.standing()
    assert "thread_ts" not in standing
    assert link in json.dumps(standing["blocks"])


async def test_a_message_that_may_repeat_says_so(subject: Subject) -> None:
    message = await subject.notifier.send(replace(delivery(), may_repeat=True), FULL)
    await subject.notifier.reply(replace(in_thread(DeliveryKind.REPLY, message), may_repeat=True), DENIAL)
    await subject.notifier.note(replace(notice(), may_repeat=True))
    assert all("ay repeat" in json.dumps(payload["blocks"]) for payload in subject.standing())


async def test_a_digest_is_one_message_and_found_by_its_key(subject: Subject) -> None:
    owed = Delivery("d8", DeliveryKind.DIGEST, "risk", "g1", tried_at=TOLD, at=TOLD)
    digest = Digest("Daily digest", TOLD - timedelta(days=1), TOLD, (line_of(FULL, "Jane"),))
    sent = await subject.notifier.digest(owed, digest)
    assert await subject.notifier.find(owed) == sent
    (standing,) = subject.standing()
    assert "Daily digest" in json.dumps(standing["blocks"])
