"""What is owed becomes messages.

What always holds: what is owed is read from the store, and what became of it is written there before and after each
try, so that a crash at any instant loses nothing; a message whose fate is unknown is looked for before it is posted
again, and posted again only when it is not there and has had time to settle; in one channel one message at a time is
under way, whoever sends; no channel is served without end while others wait, and a message over which riskbot itself
fails is parked, so that the next one of its channel goes out. The times, the pace and the randomness are arguments.

`deliver` needs nothing but a store, a notifier and a mind. A process that only sends is therefore

    store = open_store(url)                                  # riskbot.store
    notifier = SlackNotifier(SlackClient(token, base_url=…)) # riskbot.slack
    while True:
        await deliver(store=store, notifier=notifier, mind=mind, now=clock(), clock=clock, manner=Manner(…))
        await asyncio.sleep(0.1)

and may be killed at any instant: what it had in hand comes back when its lease (`Manner.lease`) ends.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from riskbot.errors import RiskbotError, SlackError
from riskbot.mind import Mind
from riskbot.model import Delivery, DeliveryKind, DeliveryState
from riskbot.parking import report_parked
from riskbot.policy import resending as rules
from riskbot.policy.replying import MATERIAL, news_of, written
from riskbot.ports import Notifier, Sent, Store, Transaction
from riskbot.speech import IN_THREAD, Moot, Speech, said

LEASE = timedelta(minutes=2)  # how long a delivery is ours before someone else may take it up
PATIENCE = 0.75  # of a lease: a send is given up before another could take it over
LINKING = 0.25  # of a lease: for so long a digest waits for the addresses of its stories' messages
# Messages after which a channel's place is given anew, to whoever owes the oldest one: an ordinary burst goes out in
# one go, and while places are free what comes to be owed elsewhere waits ten seconds (at one a second), no backlog.
TURN = 10
GONE = "the story's message can no longer be edited"


def _steady() -> float:
    return 0.0


@dataclass(frozen=True, slots=True)
class Manner:
    """How it is sent."""

    spacing: timedelta = timedelta(0)  # between two messages in one channel
    settle: timedelta = rules.SETTLE  # after an unanswered try, before its absence means that it was not made
    lease: timedelta = LEASE
    channels: int = 1  # served at a time; 1: everything goes out in the order in which it came to be owed
    jitter: Callable[[], float] = _steady  # uniform in [-1, 1]
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What came of one round of deliveries."""

    sent: int = 0
    waiting: int = 0  # to be tried again
    parked: tuple[str, ...] = ()  # why, in words, for each that a person must mend
    defects: tuple[Exception, ...] = ()  # what riskbot failed with and nobody foresaw, for the log; parked as well


async def deliver(
    *,
    store: Store,
    notifier: Notifier,
    mind: Mind,
    now: datetime,
    clock: Callable[[], datetime] | None = None,
    manner: Manner | None = None,
) -> DeliveryReport:
    """Send what is owed and due, until nothing is; what must wait is left with its time.

    `clock` tells the time while it goes on; without one it is `now` throughout. Raises what the store raises, once the
    sends in hand are over.
    """
    clock = clock or (lambda: now)
    round_ = _Round(store, notifier, mind, clock, manner or Manner())
    await report_parked(store, mind, clock())
    await round_.serve()
    return round_.report


class _Round:
    """One round of deliveries."""

    def __init__(
        self, store: Store, notifier: Notifier, mind: Mind, clock: Callable[[], datetime], manner: Manner
    ) -> None:
        self._store, self._notifier, self._mind = store, notifier, mind
        self._clock, self._manner = clock, manner
        self._speech = Speech(store, notifier, mind, clock, manner.lease * LINKING)
        self.report = DeliveryReport()

    async def serve(self) -> None:
        """Serve channels side by side until nothing is due: a place that becomes free goes to the channel whose next
        message is the oldest."""
        serving: set[asyncio.Task[None]] = set()
        try:
            while True:
                claimed, until = await self._claim(self._manner.channels - len(serving))
                serving |= {asyncio.create_task(self.drain(each, until)) for each in claimed}
                if not serving:
                    return
                ended, serving = await asyncio.wait(serving, return_when=asyncio.FIRST_COMPLETED)
                if failed := [error for each in ended if (error := each.exception())]:
                    raise failed[0]
        except asyncio.CancelledError:
            for each in serving:
                each.cancel()
            raise
        finally:  # a post in hand may end: cut short, it would have to be looked up
            await asyncio.gather(*serving, return_exceptions=True)

    async def _claim(self, limit: int, channel: str | None = None) -> tuple[Sequence[Delivery], datetime]:
        """The next of each channel, or of one, and until when to try: however long the store took to answer, the lease
        counts from when it was asked."""
        now, lease, spacing = self._clock(), self._manner.lease, self._manner.spacing
        claimed = await self._store.claim_deliveries(now, lease, limit, spacing=spacing, channel=channel)
        return claimed, now + lease * PATIENCE

    async def drain(self, first: Delivery, until: datetime) -> None:
        """Send a delivery, and what comes after it in its channel where channels are served side by side; what is
        more than a turn of its channel is left to be claimed anew."""
        claimed: Sequence[Delivery] = [first]
        left = TURN if self._manner.channels > 1 else 1
        while claimed:
            outcome = await self._settled(claimed[0], until)
            self._count(outcome)
            if self._manner.spacing and outcome.tried_at:
                rest = outcome.tried_at + self._manner.spacing - self._clock()
                await self._manner.pause(max(0.0, rest.total_seconds()))
            left -= 1
            claimed, until = await self._claim(1, first.channel) if left else ((), until)

    # ── one delivery ─────────────────────────────────────────────────────────────────────────────────────────────

    async def _settled(self, delivery: Delivery, until: datetime) -> Delivery:
        """The delivery as it stands after one try, kept."""
        try:
            async with asyncio.timeout((until - self._clock()).total_seconds()):
                return await self._tried(delivery)
        except TimeoutError:  # it stands as it was last kept, and comes back when its lease ends
            return replace(delivery, state=DeliveryState.SENDING)
        except RiskbotError:  # of the store: no concern of this one delivery
            raise
        except Exception as defect:  # noqa: BLE001  what nobody foresaw in one message must not stop its channel
            self.report = replace(self.report, defects=(*self.report.defects, defect))
            held = await self._store.delivery(delivery.id)  # whether its post was begun stands there
            return await self._kept(rules.defective(held or delivery, defect, self._clock()))

    async def _tried(self, delivery: Delivery) -> Delivery:
        if delivery.kind is DeliveryKind.NOTICE and delivery.body.get("thread"):
            delivery = replace(delivery, thread=str(delivery.body["thread"]))
        if delivery.state is DeliveryState.SENDING:
            looked_up, delivery = await self._look_up(delivery)
            if looked_up:
                return await self._kept(delivery)
        if delivery.kind is DeliveryKind.EDIT and delivery.frozen:
            return await self._kept(replace(delivery, state=DeliveryState.REPLACED, error=GONE))
        try:
            say = await self._speech.of(delivery)
        except SlackError as error:  # only for the address of the first message, in a broadcast of its own
            return await self._kept(rules.after_refusal(delivery, error, self._clock(), self._manner.jitter()))
        if isinstance(say, Moot):
            return await self._kept(replace(delivery, state=DeliveryState.REPLACED, error=say.why))
        if isinstance(say, str):
            return await self._kept(rules.parked(delivery, say, self._clock()))
        trying = replace(
            delivery,
            state=DeliveryState.SENDING,
            attempts=delivery.attempts + 1,
            tried_at=self._clock(),
            due_at=None,
            lost_at=None,
        )
        if not await self._store.set_delivery(trying):  # before the post: whoever finds it later knows to look
            return trying  # somebody else has it
        try:
            return await self._kept(_sent(trying, await say(trying)))
        except SlackError as error:
            return await self._refused(trying, error)

    async def _kept(self, delivery: Delivery) -> Delivery:
        await self._store.set_delivery(delivery)
        return delivery

    async def _look_up(self, delivery: Delivery) -> tuple[bool, Delivery]:
        """A message whose fate is unknown, as it stands once it was looked for; false where it is to be posted."""
        now, settle, jitter = self._clock(), self._manner.settle, self._manner.jitter()
        if delivery.kind is DeliveryKind.EDIT:  # may be made twice, but not before one that is late
            again = rules.not_seen(delivery, now, settle, jitter)
            return (True, again) if again else (False, delivery)
        try:
            found = await self._notifier.find(delivery)
        except SlackError as error:
            return await self._unseen(delivery, error, now, jitter)
        if found:
            return True, _sent(delivery, found)
        grave = await said(self._store, self._mind, delivery.story) if rules.backs_off(delivery) else None
        again = rules.not_seen(delivery, now, settle, jitter, grave.level if grave else None)
        if again is None and rules.long_unseen(delivery, now):
            summary = await said(self._store, self._mind, delivery.story)
            again = rules.left_to_fold(delivery, summary.level if summary else None, now)
        return (True, again) if again else (False, delivery)

    async def _unseen(
        self, delivery: Delivery, error: SlackError, now: datetime, jitter: float
    ) -> tuple[bool, Delivery]:
        """As `_look_up`, where nobody can look."""
        if rules.absent(delivery):
            return False, delivery
        if not rules.cannot_look(delivery, error, now):
            return True, rules.unsure(delivery, error, now, jitter)
        summary = await said(self._store, self._mind, delivery.story)
        wish = self._mind.policy.plan.channel(delivery.channel).when_unsure
        choice = rules.when_unsure(delivery, summary.level if summary else None, wish)
        if choice != "resend" and rules.for_the_moment(error) and not await self._heard_since(delivery):
            return True, rules.unsure(delivery, error, now, jitter)  # Slack takes nothing at all: nobody can mend that
        outcome = rules.unreadable(delivery, error, choice, now)
        return (True, outcome) if outcome else (False, replace(delivery, may_repeat=True))

    async def _heard_since(self, delivery: Delivery) -> bool:
        """Whether Slack took any message since this one was tried."""
        since, now = delivery.lost_at or delivery.tried_at, self._clock()
        return since is None or (await self._store.activity(since, now)).told > 0

    async def _refused(self, trying: Delivery, error: SlackError) -> Delivery:
        now = self._clock()
        if trying.kind is DeliveryKind.EDIT and error.code in rules.UNEDITABLE:
            return await self._frozen(trying, error)
        if trying.kind is DeliveryKind.BROADCAST and trying.text and error.code in rules.THREAD_GONE:
            return await self._alone(trying, error)
        if trying.kind in IN_THREAD and error.code in rules.THREAD_GONE and not trying.frozen:
            return await self._without_thread(trying, error)
        if (
            trying.kind in (DeliveryKind.REPLY, DeliveryKind.NOTICE)
            and trying.thread
            and error.code in rules.THREAD_GONE
        ):
            return await self._kept(replace(trying, state=DeliveryState.REPLACED, error=rules.in_words(error)))
        return await self._kept(rules.after_refusal(trying, error, now, self._manner.jitter()))

    async def _alone(self, line: Delivery, error: SlackError) -> Delivery:
        """A line of our own whose thread is gone, said outside of it; where Slack still says that, it is left."""
        again = replace(line, attempts=line.attempts + 1, tried_at=self._clock())

        def work(tx: Transaction) -> bool:
            kept = tx.set_delivery(again)  # still `sending`: whoever finds it later looks in the channel too
            if kept and line.story is not None:
                tx.freeze(line.story, line.channel, error.code)
            return kept

        if not await self._store.write(work):
            return again  # somebody else has it
        try:
            return await self._kept(_sent(again, await self._notifier.note(replace(again, thread=None))))
        except SlackError as still:
            if still.code in rules.THREAD_GONE:
                return await self._kept(replace(again, state=DeliveryState.REPLACED, error=rules.in_words(still)))
            return await self._kept(rules.after_refusal(again, still, self._clock(), self._manner.jitter()))

    async def _frozen(self, edit: Delivery, error: SlackError) -> Delivery:
        """Note that the message can no longer be edited, and say it once in its thread, unless the news is material:
        that goes out as a message of its own."""
        now, alert = self._clock(), edit.alert
        over = replace(edit, state=DeliveryState.REPLACED, error=rules.in_words(error))
        decided = await self._store.decided(alert.article) if alert else ()
        news = [
            written(news_of(decision, None, at))
            for decision, at in decided
            if alert and (decision.channel, decision.reason) == (alert.channel, alert.reason) and decision.tell
        ][-1:]

        def work(tx: Transaction) -> None:
            if not tx.set_delivery(over) or edit.story is None:
                return
            first = tx.freeze(edit.story, edit.channel, error.code)
            if first and not (alert and alert.reason in MATERIAL):
                tx.owe(DeliveryKind.REPLY, edit.channel, {"news": news, "uneditable": True}, now, story=edit.story)

        await self._store.write(work)
        return over

    async def _without_thread(self, trying: Delivery, error: SlackError) -> Delivery:
        """What has no thread to stand in: a message of its own where the channel is to hear of it, else nothing."""
        if trying.kind is DeliveryKind.REPLY:
            over = replace(trying, state=DeliveryState.REPLACED, error=rules.in_words(error))
        else:
            over = replace(trying, state=DeliveryState.OWED, error=rules.in_words(error))

        def work(tx: Transaction) -> None:
            if tx.set_delivery(over) and trying.story is not None:
                tx.freeze(trying.story, trying.channel, error.code)

        await self._store.write(work)
        return over

    def _count(self, outcome: Delivery) -> None:
        so_far, state = self.report, outcome.state
        self.report = replace(
            so_far,
            sent=so_far.sent + (state is DeliveryState.SENT),
            waiting=so_far.waiting + (state in (DeliveryState.OWED, DeliveryState.SENDING)),
            parked=(*so_far.parked, outcome.error or "") if state is DeliveryState.PARKED else so_far.parked,
        )


def _sent(delivery: Delivery, sent: Sent) -> Delivery:
    done = rules.answered(delivery)
    return replace(done, state=DeliveryState.SENT, ts=sent.ts, sent_as=sent.channel, error=None, lost_at=None)
