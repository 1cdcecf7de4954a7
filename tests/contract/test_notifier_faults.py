"""Every way of telling against every fault: one call is made and no more, and what became of it can be found out.

The outbox stands on exactly this: where the notifier says "ambiguous" the message may stand, and `find` tells whether
it does, wherever it stands; where it says anything else, nothing stands.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from riskbot.errors import SlackError
from riskbot.model import Delivery, DeliveryKind, Level, Reason
from riskbot.model.saying import Digest, DigestLine, News, Reply
from riskbot.ports import Sent
from riskbot.slack.client import SlackClient
from riskbot.slack.notifier import SlackNotifier
from tests.slackfaults import UNANSWERED, Fault, listed
from tests.slackserver import SlackServer
from tests.slacksummaries import FULL, TOLD, delivery, notice

WRITE = {DeliveryKind.EDIT: "chat.update"}
NEWS = News(Reason.DENIED, "first denied in the story, by Alibaba", "a1", TOLD)
LINE = DigestLine("s1", Level.HIGH, "A headline", "https://www.cnbc.com/a", "CNBC", 2, "alleged")
DIGEST = Digest("Daily digest", TOLD - timedelta(days=1), TOLD, (LINE,), articles=2)
STANDS = {
    *(Fault.ACCEPT_AND_INTERNAL_ERROR, Fault.ACCEPT_AND_FATAL_ERROR, Fault.ACCEPT_AND_RESET),
    *(Fault.ACCEPT_AND_STALL, Fault.ACCEPT_AND_GARBAGE, Fault.LATE),
}
UNKNOWN = STANDS | {Fault.ERROR_500, Fault.ERROR_503, Fault.INTERNAL_ERROR, Fault.FATAL_ERROR, Fault.RESET}


@dataclass
class Telling:
    """One way of telling, ready to be told."""

    slack: SlackServer
    notifier: SlackNotifier
    delivery: Delivery
    say: Callable[[], Awaitable[Sent]]

    @property
    def method(self) -> str:
        return WRITE.get(self.delivery.kind, "chat.postMessage")

    def standing(self) -> int:
        """How many messages carry the key."""
        return sum(message.key == self.delivery.key for message in self.slack.messages("risk"))

    def calls(self) -> int:
        return sum(
            method == self.method and (arguments.get("metadata") or {})["event_payload"]["key"] == self.delivery.key
            for method, arguments in self.slack.calls
            if method in ("chat.postMessage", "chat.update")
        )


@pytest.fixture(params=list(DeliveryKind), ids=str)
async def telling(request: pytest.FixtureRequest) -> AsyncIterator[Telling]:
    async with SlackServer(clock=TOLD.timestamp) as slack:
        slack.lateness = 0.0
        notifier = SlackNotifier(SlackClient(slack.token, base_url=slack.url, timeout=5))
        first = await notifier.send(delivery("root"), FULL)
        each = _delivery(request.param, first)
        hasty = SlackNotifier(SlackClient(slack.token, base_url=slack.url, timeout=0.3))
        ways: dict[DeliveryKind, Callable[[], Awaitable[Sent]]] = {
            DeliveryKind.POST: lambda: hasty.send(each, FULL),
            DeliveryKind.EDIT: lambda: hasty.send(each, replace(FULL, articles=9)),
            DeliveryKind.REPLY: lambda: hasty.reply(each, Reply(FULL, (NEWS,))),
            DeliveryKind.BROADCAST: lambda: hasty.reply(each, Reply(FULL, (NEWS,))),
            DeliveryKind.NOTICE: lambda: hasty.note(each),
            DeliveryKind.DIGEST: lambda: hasty.digest(each, DIGEST),
        }
        yield Telling(slack, notifier, each, ways[request.param])


def _delivery(kind: DeliveryKind, first: Sent) -> Delivery:
    if kind is DeliveryKind.NOTICE:
        return notice()
    plain = replace(delivery("k1"), kind=kind)
    if kind is DeliveryKind.EDIT:
        return replace(plain, ts=first.ts, sent_as=first.channel)
    if kind in (DeliveryKind.REPLY, DeliveryKind.BROADCAST):
        return replace(plain, thread=first.ts, sent_as=first.channel, alert=None)
    return replace(plain, alert=None) if kind is DeliveryKind.DIGEST else plain


async def fails(telling: Telling, fault: Fault) -> SlackError:
    telling.slack.script = listed({telling.method: [fault]})
    with pytest.raises(SlackError) as caught:
        await telling.say()
    await telling.slack.watch.quiet()
    return caught.value


async def test_what_is_told_stands_once_and_is_found_where_it_stands(telling: Telling) -> None:
    sent = await telling.say()
    assert telling.standing() == telling.calls() == 1
    assert await telling.notifier.find(telling.delivery) == sent
    assert await telling.notifier.find(replace(telling.delivery, key="another")) is None


@pytest.mark.parametrize("fault", sorted(UNKNOWN), ids=str)
async def test_an_unknown_outcome_is_ambiguous_after_one_call_and_looking_tells(telling: Telling, fault: Fault) -> None:
    error = await fails(telling, fault)
    assert error.ambiguous
    assert telling.calls() == 1
    found = await telling.notifier.find(telling.delivery)
    assert (found is not None, telling.standing()) == ((True, 1) if fault in STANDS else (False, 0))


@pytest.mark.parametrize("fault", [Fault.RATE_LIMITED, Fault.RATE_LIMITED_SILENTLY, Fault.REFUSED], ids=str)
async def test_a_refusal_is_not_ambiguous_and_leaves_nothing(telling: Telling, fault: Fault) -> None:
    telling.slack.retry_after = 2.5
    error = await fails(telling, fault)
    assert not error.ambiguous
    assert error.retry_after == (2.5 if fault is Fault.RATE_LIMITED else None)
    assert (error.code == "ratelimited") == (fault is not Fault.REFUSED)
    assert (telling.calls(), telling.standing()) == (1, 0)


async def test_refused_history_cannot_be_taken_for_absence(telling: Telling) -> None:
    await telling.say()
    telling.slack.channels["risk"].history = False
    with pytest.raises(SlackError) as caught:
        await telling.notifier.find(telling.delivery)
    assert caught.value.code == "missing_scope"
    assert caught.value.retry_after is None


@pytest.mark.parametrize("fault", [Fault.RATE_LIMITED, Fault.ERROR_503, Fault.RESET, Fault.ACCEPT_AND_GARBAGE], ids=str)
async def test_history_that_fails_for_the_moment_may_be_read_again_and_is_no_absence(
    telling: Telling, fault: Fault
) -> None:
    sent = await telling.say()
    telling.slack.script = listed({"conversations.history": [fault], "conversations.replies": [fault]})
    with pytest.raises(SlackError) as caught:
        await telling.notifier.find(telling.delivery)
    assert caught.value.retry_after is not None
    telling.slack.script = listed({})
    assert await telling.notifier.find(telling.delivery) == sent


async def test_it_is_found_behind_many_pages_and_however_small_they_are(telling: Telling) -> None:
    sent = await telling.say()
    for number in range(12):
        more = replace(notice(f"Line {number}"), key=f"more-{number}")
        await telling.notifier.note(
            more if not telling.delivery.thread else replace(more, thread=telling.delivery.thread)
        )
    telling.slack.page = 5
    assert await telling.notifier.find(telling.delivery) == sent


def test_every_fault_of_a_write_is_proven_above() -> None:
    proven = UNKNOWN | {Fault.RATE_LIMITED, Fault.RATE_LIMITED_SILENTLY, Fault.REFUSED}
    assert set(Fault) - proven == {Fault.HISTORY_REFUSED}
    assert UNANSWERED <= STANDS
