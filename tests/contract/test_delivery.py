"""The outbox, the sender and Slack together: whatever Slack answers, each message stands once and in order."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from riskbot.delivery import DeliveryReport, Manner, deliver
from riskbot.model import DeliveryKind, DeliveryState, Level, Reason
from riskbot.policy.replying import written
from riskbot.ports import Store, Transaction
from riskbot.slack.client import SlackClient
from riskbot.slack.notifier import SlackNotifier
from tests.builders import NOW, article, decision, placement, reading
from tests.rounds import MIND
from tests.slackserver import Fault, SlackServer, listed, never, seeded
from tests.unit.test_replying import news

POST, HISTORY = "chat.postMessage", "conversations.history"


@dataclass
class Play:
    """A store, a Slack and a clock that both go by; each round ten seconds later."""

    store: Store
    slack: SlackServer
    now: datetime = NOW
    reports: list[DeliveryReport] = field(default_factory=list)

    def notifier(self) -> SlackNotifier:
        return SlackNotifier(SlackClient(self.slack.token, base_url=self.slack.url, timeout=0.5))

    async def rounds(self, most: int = 1) -> None:
        for _ in range(most):
            manner = Manner(settle=timedelta(seconds=15))
            self.reports.append(
                await deliver(store=self.store, notifier=self.notifier(), mind=MIND, now=self.now, manner=manner)
            )
            self.now += timedelta(seconds=10)

    async def until_over(self) -> None:
        for _ in range(400):
            await self.rounds()
            if not (await self.store.counts()).owed:
                return
        pytest.fail("it never comes to an end")

    async def story(self, number: int, level: Level = Level.LOW) -> str:
        """A story that the channel is told of."""
        given = reading(article(f"Story {number}"))
        made = decision(given.article.id, "risk")

        def work(tx: Transaction) -> str:
            tx.add_article(given, 1)
            story = tx.open_story(given, placement())
            tx.set_story(story.id, level=level, score=50)
            tx.decide(made, self.now)
            tx.alert(story.id, made, "new", self.now)
            return story.id

        return await self.store.write(work)

    async def say(self, story: str, *kinds: DeliveryKind) -> None:
        body = {"news": [written(news(Reason.DENIED))]}
        for kind in kinds:
            await self.store.write(lambda tx, kind=kind: tx.owe(kind, "risk", body, self.now, story=story))  # type: ignore[misc]


@pytest.fixture
async def play(store: Store) -> object:
    async with SlackServer(rate=None) as slack:
        play = Play(store, slack)
        slack._clock = lambda: play.now.timestamp()
        yield play


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_slack_answers_each_message_stands_once_and_replies_follow_in_order(
    play: Play, seed: int
) -> None:
    play.slack.script = seeded(seed, share=0.4)
    for number in range(6):
        story = await play.story(number)
        await play.say(story, DeliveryKind.REPLY, DeliveryKind.BROADCAST, DeliveryKind.REPLY)
    await play.until_over()
    owed = await play.store.deliveries()
    assert {each.state for each in owed} == {DeliveryState.SENT}
    standing = play.slack.messages("risk")
    assert Counter(message.key for message in standing) == Counter(each.key for each in owed)
    for each in owed:
        if each.kind is DeliveryKind.POST:
            thread = [m.key for m in standing if m.thread_ts == each.ts]
            assert thread == [o.key for o in owed if o.story == each.story and o.kind is not DeliveryKind.POST]
    assert len(play.slack.faults) > 3


async def test_a_channel_that_is_lost_parks_its_messages_and_holds_up_no_other(play: Play) -> None:
    play.slack.lose("risk")
    await play.story(1)
    await play.store.write(lambda tx: tx.notice("ops", "Rules live", NOW))
    await play.rounds()
    assert [message.key for message in play.slack.messages("ops")] == [(await play.store.notices())[0].key]
    (parked,) = await play.store.deliveries(DeliveryState.PARKED)
    assert "Slack knows no channel #risk" in str(parked.error)


@pytest.mark.parametrize(
    ("level", "stands", "state"),
    [
        (Level.HIGH, 2, DeliveryState.SENT),
        (Level.MEDIUM, 1, DeliveryState.PARKED),
    ],
)
async def test_a_post_that_nobody_can_look_for_is_repeated_or_asked_for(
    play: Play, level: Level, stands: int, state: DeliveryState
) -> None:
    play.slack.script = listed({POST: [Fault.ACCEPT_AND_RESET]})
    play.slack.channels["risk"].history = False
    await play.story(1, level)
    await play.rounds(4)
    (delivery,) = await play.store.deliveries()
    assert delivery.state is state
    assert len(play.slack.messages("risk")) == stands
    asked = [method for method, _ in play.slack.calls if method == HISTORY]
    await play.rounds(10)
    assert [method for method, _ in play.slack.calls if method == HISTORY] == asked, "not asked for ever"


async def test_what_can_no_longer_be_edited_is_said_once_and_material_news_is_a_message_with_a_link(play: Play) -> None:
    play.slack.script = never
    story = await play.story(1)
    await play.rounds()
    play.slack.edit_window = 5.0
    first = play.slack.messages("risk")[0]
    for number in (2, 3):
        given = reading(article(f"More {number}"))
        made = decision(given.article.id, "risk", reason=Reason.MORE_ARTICLES)

        def work(tx: Transaction, given=given, made=made) -> None:  # type: ignore[no-untyped-def]
            tx.add_article(given, 1)
            tx.join_story(story, given, placement(story))
            tx.decide(made, play.now)
            tx.alert(story, made, "update", play.now)

        await play.store.write(work)
        await play.rounds()
    said = play.slack.messages("risk")[1:]
    assert [message.thread_ts for message in said] == [first.ts]
    assert "can no longer be edited" in str(said[0].payload["blocks"])
    await play.say(story, DeliveryKind.BROADCAST)
    await play.rounds()
    alone = play.slack.messages("risk")[-1]
    assert alone.thread_ts is None
    assert first.ts.replace(".", "") in str(alone.payload["blocks"])
    assert (await play.store.counts()).parked == 0


async def test_no_token_is_kept_with_what_went_wrong(play: Play) -> None:
    play.slack.script = seeded(1, share=0.9, faults=list(Fault))
    for number in range(5):
        await play.say(await play.story(number), DeliveryKind.REPLY)
    await play.rounds(10)
    errors = [each.error for each in await play.store.deliveries()]
    assert any(errors)
    assert play.slack.token not in repr(await play.store.deliveries())
