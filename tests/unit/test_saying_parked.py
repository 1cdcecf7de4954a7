"""What those who run riskbot are told of parked messages: which story, how grave, where, and what to type."""

from __future__ import annotations

from dataclasses import replace

import pytest

from riskbot.model import Alert, Delivery, DeliveryKind, DeliveryState, Level, Reason
from riskbot.policy.saying import HEADLINE, LISTED, NAMED, of_parked
from tests.builders import NOW
from tests.slacksummaries import FULL

PARKED = Delivery(
    "d1",
    DeliveryKind.POST,
    "risk",
    "k",
    state=DeliveryState.PARKED,
    alert=Alert("a1", "s1", "risk", "new", Reason.NEW_STORY, "a", NOW),
    story="s1",
    error="the app is not a member of #risk (invite it)",
    parked_at=NOW,
)
GRAVE = replace(FULL, story="s1", level=Level.CRITICAL, companies=("Alibaba",), headline="Drones draw sanctions")
LESSER = replace(GRAVE, story="s2", level=Level.LOW, headline="Maps sold")


def test_one_message_is_told_with_its_story_level_headline_and_channel() -> None:
    line, lines = of_parked([PARKED], {"s1": GRAVE})
    assert line == (
        "A message to #risk waits for a person since 2025-11-17 12:00 UTC: "
        "the app is not a member of #risk (invite it). When it is mended: riskbot alerts resend a1"
    )
    assert lines == ("Critical · Alibaba · Drones draw sanctions (story s1; a1: its message)",)


def test_several_are_told_the_gravest_first_and_those_without_room_are_counted() -> None:
    lesser = [
        replace(PARKED, id=f"d{n}", alert=None, story="s2", kind=DeliveryKind.BROADCAST) for n in range(2, NAMED + 4)
    ]
    line, lines = of_parked([*lesser, PARKED], {"s1": GRAVE, "s2": LESSER})
    assert line.startswith(f"{NAMED + 3} messages to #risk wait for a person")
    assert ", critical at the gravest: " in line
    assert line.endswith("and 3 more")
    assert lines[0].startswith("Critical · ")
    assert lines[1] == "Low · Alibaba · Maps sold (story s2; d2: news for its channel)"
    assert (len(lines), lines[-1]) == (LISTED + 1, f"+{NAMED + 3 - LISTED} more")


@pytest.mark.parametrize("kind", list(DeliveryKind))
def test_a_message_of_no_story_or_of_one_that_is_gone_is_named_by_what_it_is(kind: DeliveryKind) -> None:
    body = {"title": "Daily digest", "stories": ["s1", "s2"]}
    (line,) = of_parked([replace(PARKED, kind=kind, story=None, alert=None, body=body)], {})[1]
    assert line.startswith("d1: ")
    assert ("“Daily digest”, 2 stories" in line) is (kind is DeliveryKind.DIGEST)
    (gone,) = of_parked([replace(PARKED, kind=kind, story="s9", body=body)], {})[1]
    assert gone.endswith("of story s9")


@pytest.mark.parametrize(("channel", "shown"), [("#risk", "#risk"), ("risk", "#risk"), ("C012ABCDEF", "C012ABCDEF")])
def test_a_channel_is_called_as_people_know_it(channel: str, shown: str) -> None:
    assert f"A message to {shown} waits" in of_parked([replace(PARKED, channel=channel)], {})[0]


def test_a_long_headline_and_a_reason_that_is_a_sentence_stay_one_line_each() -> None:
    line, (listed,) = of_parked([replace(PARKED, error="It is gone.")], {"s1": replace(GRAVE, headline="x" * 900)})
    assert "It is gone. When" in line
    assert len(listed) < HEADLINE + 80
