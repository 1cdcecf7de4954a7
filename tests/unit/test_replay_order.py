"""Replay: stored articles come in order of time, each at its own time, and a second replay adds nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest

from riskbot.errors import FetchError, InputError
from riskbot.model import Article, Entry, Feed, FeedState, Reason
from riskbot.ports import Polled
from riskbot.usecases.replay import Replayed, in_order, replay, replay_form, stories_of
from tests.builders import NOW, TEXT, TITLE, article, feed, later
from tests.fakes import FakeNotifier, FakeStore, entries, refused
from tests.rounds import ALLEGED, MIND, RETOLD

ONE = article(TITLE, TEXT, published=later(hours=-5))
TWO = article(RETOLD.title, ALLEGED, published=later(hours=-2))
UNDATED = article("Alibaba and the Chinese military: a White House memo", ALLEGED)


def order(*given: Article) -> list[tuple[str, datetime]]:
    return [(each.title, now) for now, each in in_order(given, NOW)]


class Loopback:
    """The feed and its fetcher in one: what was released so far is what a poll brings."""

    def __init__(self, failure: FetchError | None = None) -> None:
        self.released: list[Article] = []
        self.polls: list[int] = []  # how many articles each poll brought
        self._failure = failure

    def feed(self) -> Feed:
        return feed("replay")

    def release(self, article: Article) -> None:
        self.released.append(article)

    async def poll(self, feed: Feed, state: FeedState) -> Polled:
        if self._failure:
            raise self._failure
        self.polls.append(len(self.released))
        return entries(
            *(
                Entry(a.title, a.text, entry_id=a.id, url=a.url, outlet=a.outlet, published=a.published)
                for a in reversed(self.released)
            )
        )


async def replayed(
    store: FakeStore, *given: Article, notifier: FakeNotifier | None = None, loop: Loopback | None = None, **how: Any
) -> Replayed:
    loop = loop or Loopback()
    return await replay(
        given,
        server=loop,
        fetcher=loop,
        store=store,
        notifier=notifier or FakeNotifier(),
        mind=MIND,
        start=NOW,
        **how,
    )


# ── the order ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_articles_come_in_order_of_time_each_at_its_own() -> None:
    assert order(TWO, ONE) == [(ONE.title, later(hours=-5)), (TWO.title, later(hours=-2))]


def test_an_undated_article_comes_right_after_its_predecessor_at_its_time() -> None:
    assert order(ONE, UNDATED, TWO) == [
        (ONE.title, later(hours=-5)),
        (UNDATED.title, later(hours=-5)),
        (TWO.title, later(hours=-2)),
    ]


def test_leading_undated_articles_take_the_first_known_time() -> None:
    assert order(UNDATED, TWO) == [(UNDATED.title, later(hours=-2)), (TWO.title, later(hours=-2))]


def test_without_any_known_time_it_is_the_start() -> None:
    assert order(UNDATED, article("Another")) == [(UNDATED.title, NOW), ("Another", NOW)]
    assert order() == []


def test_the_clock_never_runs_backwards() -> None:
    given: Sequence[Article] = [TWO, UNDATED, ONE, article("Late", published=later(hours=3)), article("Undated too")]
    times = [now for _, now in order(*given)]
    assert times == sorted(times)


# ── the replay ───────────────────────────────────────────────────────────────────────────────────────────────────


async def test_each_article_is_one_poll_with_delivery_after_it() -> None:
    store, notifier, loop = FakeStore(), FakeNotifier(), Loopback()
    done = await replayed(store, TWO, ONE, notifier=notifier, loop=loop)
    assert loop.polls == [1, 2]
    assert notifier.calls == [("send", "a1"), ("send", "a2")]
    assert (done.polls.new, done.polls.told, len(done.articles), done.parked) == (2, 2, 2, ())
    assert [(alert.kind, alert.at) for alert in await store.alerts()] == [
        ("new", later(hours=-5)),
        ("update", later(hours=-2)),
    ]


async def test_at_once_is_one_poll_at_the_last_time() -> None:
    store, notifier, loop = FakeStore(), FakeNotifier(), Loopback()
    await replayed(store, ONE, TWO, notifier=notifier, loop=loop, at_once=True)
    assert loop.polls == [2]
    assert notifier.calls == [("send", "a1")]
    assert {alert.at for alert in await store.alerts()} == {later(hours=-2)}


async def test_replaying_again_into_the_same_database_adds_nothing() -> None:
    store = FakeStore()
    first = await replayed(store, ONE, TWO, UNDATED)
    before = await store.counts()
    notifier = FakeNotifier()
    again = await replayed(store, ONE, TWO, UNDATED, notifier=notifier)
    after = await store.counts()
    assert (after.articles, after.hits, after.stories, after.alerts) == (
        before.articles,
        before.hits,
        before.stories,
        before.alerts,
    )
    assert (again.polls.new, again.polls.told, notifier.calls) == (0, 0, [])
    assert sorted(again.articles) == sorted(first.articles)


async def test_an_undated_article_stays_undated_and_is_told_all_the_same() -> None:
    store = FakeStore()
    done = await replayed(store, UNDATED)
    (kept, story) = (await store.readings(done.articles))[done.articles[0]]
    assert (kept.article.published, kept.article.seen, story) == (None, NOW, "s1")
    assert [decision.reason for decision in store.decisions] == [Reason.NEW_STORY]


async def test_a_replay_feed_is_never_due_by_itself() -> None:
    store = FakeStore()
    await replayed(store, ONE)
    assert await store.claim_feeds(later(days=9), later(hours=1) - NOW, 10, due_only=False) == []


async def test_a_feed_that_cannot_be_polled_ends_the_replay_with_its_error() -> None:
    failure = FetchError("refused", "nobody listens")
    with pytest.raises(FetchError, match="nobody listens"):
        await replayed(FakeStore(), ONE, loop=Loopback(failure))


async def test_what_slack_refuses_for_good_is_reported() -> None:
    done = await replayed(FakeStore(), ONE, notifier=FakeNotifier([refused("channel_not_found", "invite the app")]))
    assert done.parked == ("Slack said channel_not_found (invite the app)",)


async def test_a_replay_takes_no_message_that_others_are_still_owed() -> None:
    store = FakeStore()
    busy = FakeNotifier([refused("ratelimited")])
    await replayed(store, ONE, notifier=busy)
    assert (await store.counts()).owed == 1
    notifier = FakeNotifier()
    with pytest.raises(InputError, match="1 message"):
        await replayed(store, TWO, notifier=notifier)
    assert notifier.calls == []


# ── what comes of it ─────────────────────────────────────────────────────────────────────────────────────────────


async def test_only_the_stories_of_the_replayed_articles_are_shown() -> None:
    store = FakeStore()
    await replayed(store, article("Tencent courts the military", "Tencent showed its maps to the military."))
    done = await replayed(store, ONE, TWO)
    found = await stories_of(done, store, MIND)
    assert [(story.id, summary.articles) for story, summary in found] == [("s2", 2)]
    form = await replay_form(done, [], store, MIND)
    assert [story["id"] for story in form["stories"]] == ["s2"]
    assert [alert["story"] for alert in form["alerts"]] == ["s2", "s2"]


async def test_the_replay_as_json_holds_every_key_of_the_contract() -> None:
    store = FakeStore()
    done = await replayed(store, ONE, article("Airline buys planes", "It ordered forty.", published=NOW))
    message = {"channel": "risk", "text": "High"}
    form = await replay_form(done, [message], store, MIND)
    assert set(form) == {"articles", "stories", "alerts", "messages"}
    told, untold = form["articles"]
    assert set(told) >= {"id", "hits", "story", "outlet", "origin", "claims", "url"}
    assert (told["story"], untold["story"], untold["hits"], untold["url"]) == ("s1", None, [], None)
    (hit,) = told["hits"]
    assert set(hit) == {"rule", "company", "company_name", "topics", "modality", "level", "score", "spans"}
    assert (hit["company_name"], hit["topics"], hit["modality"], hit["level"]) == (
        "Alibaba",
        ["military"],
        "actual",
        "medium",
    )
    for span in hit["spans"]:
        assert set(span) == {"field", "start", "end", "text", "term", "topic"}
        assert told[span["field"]][span["start"] : span["end"]] == span["text"]
    assert {claim["status"] for claim in told["claims"]} >= {"denied"}
    (story,) = form["stories"]
    assert set(story) == {
        "id",
        "headline",
        "level",
        "score",
        "companies",
        "topics",
        "outlets",
        "origins",
        "confirmations",
        "claims",
        "articles",
    }
    assert story["articles"] == [told["id"]]
    assert form["alerts"] == [{"id": "a1", "story": "s1", "kind": "new", "reason": "new_story", "channel": "risk"}]
    assert form["messages"] == [message]
