"""Parked messages on the real store and the local Slack: material news gets out, and who settled what is seen."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from riskbot.delivery import Manner, deliver
from riskbot.model import DeliveryState, Level, Reason
from riskbot.parking import TOLD_AFTER
from riskbot.ports import Store, Transaction
from riskbot.usecases.answers import Press
from riskbot.usecases.parked import settle
from tests.builders import NOW, article, decision, placement, reading
from tests.contract.test_delivery import POST, Play
from tests.rounds import mind
from tests.slackserver import Fault, SlackServer, listed

BY = mind(ops_channel="ops")


class Watched(Play):
    """A play in which those who run riskbot are told."""

    async def rounds(self, most: int = 1) -> None:
        for _ in range(most):
            manner = Manner(settle=timedelta(seconds=15))
            report = await deliver(store=self.store, notifier=self.notifier(), mind=BY, now=self.now, manner=manner)
            self.reports.append(report)
            self.now += timedelta(seconds=10)

    async def act(self, story: str, level: Level) -> None:
        """An official act, by which the story is of this level."""
        given = reading(article("Treasury acts"))
        made = decision(given.article.id, "risk", reason=Reason.OFFICIAL_ACTION)

        def work(tx: Transaction) -> None:
            tx.add_article(given, 1)
            tx.join_story(story, given, placement(story))
            tx.set_story(story, level=level, score=90)
            tx.decide(made, self.now)
            tx.alert(story, made, "update", self.now)

        await self.store.write(work)


@pytest.fixture
async def watched(store: Store) -> AsyncIterator[Watched]:
    async with SlackServer(rate=None) as slack:
        play = Watched(store, slack)
        slack._clock = lambda: play.now.timestamp()
        yield play


@pytest.mark.parametrize("lost", [Fault.RESET, Fault.ACCEPT_AND_RESET])
@pytest.mark.parametrize("readable", [True, False])
async def test_an_official_act_brings_out_a_story_of_whose_message_nobody_knows(
    watched: Watched, lost: Fault, readable: bool
) -> None:
    watched.slack.script = listed({POST: [lost]})
    watched.slack.channels["risk"].history = False
    story = await watched.story(1, Level.MEDIUM)
    await watched.rounds(3)
    assert [each.state for each in await watched.store.deliveries()] == [DeliveryState.PARKED]
    watched.slack.channels["risk"].history = readable
    await watched.act(story, Level.CRITICAL)
    await watched.rounds(3)
    stood = lost is Fault.ACCEPT_AND_RESET
    last = watched.slack.messages("risk")[-1]
    assert len(watched.slack.messages("risk")) == (2 if stood and not readable else 1)
    assert "Critical" in last.payload["text"]
    first = (last.edits or [last.payload])[0]
    assert ("May repeat" in first["text"]) is not readable
    assert not await watched.store.deliveries(DeliveryState.PARKED, DeliveryState.OWED, DeliveryState.SENDING)


async def test_an_official_act_tries_a_refused_message_once_more(watched: Watched) -> None:
    watched.slack.channels["risk"].member = False
    story = await watched.story(1, Level.MEDIUM)
    await watched.rounds()
    watched.slack.channels["risk"].member = True
    await watched.act(story, Level.CRITICAL)
    await watched.rounds(2)
    (message,) = watched.slack.messages("risk")
    assert message.payload["text"].startswith("Critical")


async def test_a_notice_names_what_is_parked_and_who_settled_it_stands_beneath_it(watched: Watched) -> None:
    watched.slack.channels["risk"].member = False
    await watched.story(1, Level.MEDIUM)
    await watched.story(2, Level.HIGH)
    await watched.rounds()
    watched.now = NOW + TOLD_AFTER
    await watched.rounds()
    (notice,) = watched.slack.messages("ops")
    for words in ("2 messages to #risk", "high at the gravest", "riskbot alerts resend a1 a2", "story s2; a2"):
        assert words in notice.payload["text"]
    watched.slack.channels["risk"].member = True
    press = Press("U1", "ann", watched.now, "k1")
    await settle(watched.store, press, "resend", ["d1"])
    await settle(watched.store, replace(press, key="k2", user_name="ben"), "drop", ["d2"])
    await watched.rounds(3)
    beneath = [each for each in watched.slack.messages("ops") if each.thread_ts == notice.ts]
    assert [each.payload["text"] for each in beneath] == ["a1: owed again by ann", "a2: dropped by ben"]
    assert len(watched.slack.messages("risk")) == 1
