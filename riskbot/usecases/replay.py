"""Replay: stored articles run through the whole pipeline as a feed.

What always holds: articles come in order of time, each at a `now` that is its own time and never runs backwards; an
undated article stays undated and comes right after its predecessor; the feed is a real one, polled by the ordinary
fetcher; replaying again into the same database adds nothing. The rules for a feed's first poll do not apply.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from riskbot.delivery import DeliveryReport, deliver
from riskbot.errors import InputError
from riskbot.mind import Mind
from riskbot.model import Article, Story, Summary
from riskbot.pipeline import PollReport, poll, total
from riskbot.policy.heartbeat import counted
from riskbot.ports import Fetcher, Notifier, ReplayFeed, Store
from riskbot.stories.summary import summarise
from riskbot.usecases.forms import Form, alert_form, article_form, story_form


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of a replay."""

    polls: PollReport  # all polls together
    articles: tuple[str, ...]  # ids of the articles that the feed carried, in order
    parked: tuple[str, ...]  # deliveries that a person must mend, in words


def in_order(articles: Sequence[Article], start: datetime) -> list[tuple[datetime, Article]]:
    """The articles with the time at which each is released.

    An undated article takes its predecessor's time, leading ones the first known time, all of them `start` where no
    time is known at all.
    """
    now = next((article.published for article in articles if article.published), start)
    timed = []
    for article in articles:
        now = article.published or now
        timed.append((now, article))
    return sorted(timed, key=lambda pair: pair[0])  # stable: an undated article stays behind its predecessor


async def replay(
    articles: Sequence[Article],
    *,
    server: ReplayFeed,
    fetcher: Fetcher,
    store: Store,
    notifier: Notifier,
    mind: Mind,
    start: datetime,
    at_once: bool = False,
) -> Replayed:
    """Serve the articles as a feed and run it through everything. Raises FetchError when the feed cannot be polled,
    and InputError when the database holds messages of others that are still to be sent."""
    waiting = (await store.counts()).owed
    if waiting:
        # Draining after each release would take them for the replay's own, and nobody would be told of them.
        mend = "let `riskbot run` or `riskbot poll` send them first, or replay into another database"
        raise InputError(f"the database has {counted(waiting, 'message')} still to be sent", mend)
    # The feed of a replay is nobody's to mend: its old articles make it stale, and nobody is told. And its clock stops
    # with its last article: an edit put off until later would never be seen.
    policy = mind.policy
    mind = replace(mind, policy=replace(policy, ops_channel=None, cooldown=timedelta(0), plan=policy.plan.at_once()))
    feed = server.feed()
    state = await store.keep_feed(feed)
    timed = in_order(articles, start)
    polls: list[PollReport] = []
    delivered: list[DeliveryReport] = []
    for number, (now, article) in enumerate(timed, 1):
        server.release(article)
        if at_once and number < len(timed):
            continue
        report = await poll(feed, state, fetcher=fetcher, store=store, mind=mind, now=now, first_poll=False)
        if report.failed:
            raise report.failed
        state = report.state or state
        polls.append(report)
        delivered.append(await deliver(store=store, notifier=notifier, mind=mind, now=now))
    carried = tuple(dict.fromkeys(article for report in polls for article in report.articles))
    return Replayed(total(polls), carried, tuple(why for report in delivered for why in report.parked))


async def stories_of(replayed: Replayed, store: Store, mind: Mind) -> list[tuple[Story, Summary]]:
    """The stories that the replayed articles belong to, oldest first."""
    told = {story for _, story in (await store.readings(replayed.articles)).values()}
    return [(story, summarise(story, mind.outlets)) for story in await store.stories() if story.id in told]


async def replay_form(replayed: Replayed, messages: Sequence[dict[str, Any]], store: Store, mind: Mind) -> Form:
    """The replay as one JSON document; `messages` are the exact payloads that were sent, in order."""
    readings = await store.readings(replayed.articles)
    stories = await stories_of(replayed, store, mind)
    ids = {story.id for story, _ in stories}
    return {
        "articles": [
            article_form(reading, story)
            | {"url": reading.article.url, "title": reading.article.title, "text": reading.article.text}
            for reading, story in (readings[article] for article in replayed.articles)
        ],
        "stories": [story_form(summary, story) for story, summary in stories],
        "alerts": [alert_form(alert) for alert in await store.alerts() if alert.story in ids],
        "messages": list(messages),
    }
