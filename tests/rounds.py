"""One round of polling or of delivering, on the fakes, for the tests of the order of things."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from riskbot.delivery import DeliveryReport, deliver
from riskbot.errors import FetchError
from riskbot.matching.match import Matcher
from riskbot.matching.rules import Rule, RuleSet
from riskbot.mind import Mind
from riskbot.model import Entry, Outlet
from riskbot.pipeline import PollReport, poll
from riskbot.policy.alerting import Policy
from riskbot.ports import Polled
from riskbot.stories.outlets import Outlets
from tests.builders import NOW, company, entry, feed, rule, topic
from tests.claimterms import shipped_reader
from tests.fakes import FakeFetcher, FakeNotifier, FakeStore, entries

RULES = (
    rule(),
    rule("Alibaba and sanctions", topics=("sanctions",)),
    rule("Tencent and the military", companies=frozenset({"tencent"})),
)
OUTLETS = Outlets([Outlet("Financial Times", ("=FT",)), Outlet("Reuters", kind="wire")])
ALLEGED = "A White House memo names Alibaba and the Chinese military. Officials read it on Friday."
RETOLD = entry("Alibaba helps Chinese military, White House memo says", ALLEGED, entry_id="2")


def mind(*rules: Rule, **policy: Any) -> Mind:
    known = RuleSet(
        companies=(company(), company("Tencent")),
        topics=(topic("military"), topic("sanctions"), topic("memo")),
        rules=rules or RULES,
        hash="0" * 64,
    )
    return Mind(Matcher(known), OUTLETS, Policy(channel="risk", **policy), claims=shipped_reader())


MIND = mind()


async def polled(
    store: FakeStore,
    *given: Entry | Polled | FetchError,
    at: datetime = NOW,
    source: str = "example",
    by: Mind = MIND,
    first_poll: bool = False,
    **fields: Any,
) -> PollReport:
    """One poll of a feed that brings these entries, or this answer."""
    whole = [answer for answer in given if not isinstance(answer, Entry)]
    answer = whole[0] if whole else entries(*(e for e in given if isinstance(e, Entry)))
    from_where = feed(source, **fields)
    state = await store.keep_feed(from_where)
    fetcher = FakeFetcher(**{source: [answer]})
    return await poll(from_where, state, fetcher=fetcher, store=store, mind=by, now=at, first_poll=first_poll)


async def delivered(store: FakeStore, notifier: FakeNotifier, at: datetime = NOW) -> DeliveryReport:
    return await deliver(store=store, notifier=notifier, mind=MIND, now=at)
