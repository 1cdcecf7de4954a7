"""What is known of each feed, what a live look at it finds, and what riskbot reads from it: values and JSON forms.

What always holds: health is judged anew for the moment of asking, since a feed turns silent without any poll; what is
not known yet (never polled, too few entries) is None, never nought. Times in forms are ISO 8601 in UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from riskbot.errors import FetchError
from riskbot.model import Article, Feed, FeedState
from riskbot.policy.alerting import Policy
from riskbot.policy.health import illness
from riskbot.policy.rhythm import median_gap, per_day
from riskbot.ports import Polled
from riskbot.text.urls import wrapper
from riskbot.usecases.forms import Form


@dataclass(frozen=True, slots=True)
class Listed:
    """A feed of the rule files with what its polls left behind."""

    feed: Feed
    state: FeedState  # an empty one where it was never polled
    why: str | None  # why it is unhealthy; None: it is well, or was never polled
    median: timedelta | None  # between its entries
    per_day: float | None

    @property
    def interval(self) -> timedelta | None:
        """How long after its last poll it is polled again; None: it is not, or was not polled yet."""
        state = self.state
        if state.gone_at or state.polled_at is None or state.due_at is None:
            return None
        return state.due_at - state.polled_at


def listed(feeds: Iterable[Feed], states: Mapping[str, FeedState], policy: Policy, now: datetime) -> list[Listed]:
    """The feeds in the order of the rule files."""
    found = []
    for feed in feeds:
        state = states.get(feed.name, FeedState(feed.name))
        why = illness(feed, state, policy, now) if state.polled_at else None
        found.append(Listed(feed, state, why, median_gap(state.arrivals), per_day(state, now)))
    return found


def feed_form(each: Listed) -> Form:
    """A feed as `feeds list` writes it."""
    feed, state = each.feed, each.state
    return {
        "feed": feed.name,
        "url": feed.url,
        "moved_to": state.moved_to,
        "gone_since": _iso(state.gone_at),
        "outlet": feed.outlet,
        "kind": feed.kind,
        "tags": list(feed.tags),
        "polled": _iso(state.polled_at),
        "succeeded": _iso(state.succeeded_at),
        "new_entry": _iso(state.new_at),
        "newest": _iso(state.newest_at),
        "due": _iso(state.due_at),
        "interval_seconds": _seconds(each.interval),
        "failures": state.failures,
        "error": state.error,
        "entries": state.entries,
        "median_seconds": _seconds(each.median),
        "per_day": round(each.per_day, 2) if each.per_day is not None else None,
        "parses": state.parses,
        "whole": state.whole,
        "whole_why": state.whole_why,
        "unhealthy": each.why,
        "unhealthy_since": _iso(state.ill_since) if state.ill else None,
    }


@dataclass(frozen=True, slots=True)
class Checked:
    """What one live look at a feed found."""

    feed: Feed
    entries: int | None  # None: it could not be read
    newest: datetime | None
    moved_to: str | None
    error: FetchError | None  # why it could not be read
    why: str | None  # it can be read, and is unhealthy all the same


def checked(feed: Feed, brought: Polled | FetchError, policy: Policy, now: datetime) -> Checked:
    """Judge what a feed answered, as far as one answer can tell."""
    if isinstance(brought, FetchError):
        return Checked(feed, None, None, None, brought, None)
    count = brought.document.entries if brought.document else len(brought.entries)
    dates = [entry.published for entry in brought.entries if entry.published]
    newest = max(dates, default=None)
    state = FeedState(
        feed.name,
        polled_at=now,
        succeeded_at=now,
        entries=count,
        undated=bool(brought.entries) and not dates,
        newest_at=newest,
    )
    return Checked(feed, count, newest, brought.moved, None, illness(feed, state, policy, now))


def checked_form(each: Checked) -> Form:
    """A look at a feed as `feeds check` writes it."""
    return {
        "feed": each.feed.name,
        "url": each.feed.url,
        "moved_to": each.moved_to,
        "entries": each.entries or 0,
        "newest": _iso(each.newest),
        "error": f"{each.error.reason}: {each.error}" if each.error else None,
        "unhealthy": each.why,
    }


def read_form(argument: str, articles: Iterable[Article], error: str | None) -> Form:
    """What riskbot reads from one feed, as `feeds show` writes it."""
    return {"feed": argument, "articles": [_article_form(article) for article in articles], "error": error}


def _article_form(article: Article) -> Form:
    return {
        "id": article.id,
        "title": article.title,
        "text": article.text,
        "url": article.url,
        "outlet": article.outlet,
        "published": _iso(article.published),
        "language": article.language,
        "entry_id": article.entry_id,
        "wrapper": wrapper(article.url),
    }


def _iso(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat() if at else None


def _seconds(span: timedelta | None) -> float | None:
    return span.total_seconds() if span is not None else None
