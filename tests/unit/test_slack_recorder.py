"""The recorder keeps what Slack would have been sent."""

from __future__ import annotations

from typing import Any

from riskbot.slack.recorder import RecordingNotifier
from tests.slacksummaries import FULL, delivery


async def test_the_sink_is_given_each_payload_in_order() -> None:
    seen: list[dict[str, Any]] = []
    recorder = RecordingNotifier(seen.append, banner="REPLAY, not live")
    sent = await recorder.send(delivery("k1"), FULL)
    await recorder.send(delivery("k2", ts=sent.ts), FULL)
    assert seen == recorder.payloads
    assert [payload.get("ts") for payload in seen] == [None, "1.000001"]
    assert all(payload["text"].startswith("REPLAY, not live: ") for payload in seen)


async def test_messages_are_numbered_alike_in_every_run() -> None:
    recorder = RecordingNotifier()
    assert [(await recorder.send(delivery(k), FULL)).ts for k in "abc"] == ["1.000001", "1.000002", "1.000003"]


async def test_an_update_of_an_earlier_run_is_recorded_and_its_number_not_given_again() -> None:
    recorder = RecordingNotifier()
    assert (await recorder.send(delivery("k2", ts="1.000004"), FULL)).ts == "1.000004"
    assert (await recorder.send(delivery("k3"), FULL)).ts == "1.000005"
