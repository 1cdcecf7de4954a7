"""What is shown of feeds: how they fare, what one look at them finds, what riskbot reads from them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from riskbot.errors import FetchError
from riskbot.model import FeedState
from riskbot.policy.alerting import Policy
from riskbot.ports import Document, Polled
from riskbot.usecases.feedlist import checked, checked_form, feed_form, listed, read_form
from tests.builders import NOW, article, entry, feed, later


def one(**fields: Any) -> Any:
    """The one feed, with this state."""
    (each,) = listed([feed()], {"example": FeedState("example", **fields)}, Policy(), NOW)
    return each


# ── the list ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_feeds_come_in_the_order_of_the_files_and_paused_ones_not_at_all() -> None:
    states = {name: FeedState(name, polled_at=NOW, succeeded_at=NOW) for name in ("paused", "a", "b")}
    assert [each.feed.name for each in listed([feed("b"), feed("a")], states, Policy(), NOW)] == ["b", "a"]


def test_a_feed_that_was_never_polled_is_neither_well_nor_ill() -> None:
    (each,) = listed([feed()], {}, Policy(), NOW)
    assert (each.why, each.median, each.per_day, each.interval) == (None, None, None, None)
    form = feed_form(each)
    assert form["feed"] == "example"
    assert {form[name] for name in ("polled", "succeeded", "new_entry", "due", "unhealthy", "median_seconds")} == {None}


def test_health_is_judged_for_the_moment_of_asking() -> None:
    state = FeedState("example", polled_at=NOW, succeeded_at=NOW, entries=3, newest_at=NOW, ill=None)
    (then,) = listed([feed()], {"example": state}, Policy(), NOW)
    (now,) = listed([feed()], {"example": state}, Policy(), later(days=40))
    assert then.why is None
    assert now.why is not None
    assert now.why.startswith("stale: ")


def test_the_form_tells_when_how_often_and_how_well() -> None:
    arrivals = tuple(later(hours=hours) for hours in (-8, -6, -4, -2))
    form = feed_form(
        one(
            polled_at=NOW,
            succeeded_at=NOW,
            due_at=later(minutes=5),
            new_at=later(hours=-2),
            newest_at=later(hours=-2),
            arrivals=arrivals,
            entries=30,
            parses=40,
            whole=3,
            whole_why="doctype",
            moved_to="https://new.example/rss",
        )
    )
    assert form["interval_seconds"] == 300
    assert form["median_seconds"] == 7200
    assert form["per_day"] == 9.0
    assert (form["parses"], form["whole"], form["whole_why"]) == (40, 3, "doctype")
    assert form["moved_to"] == "https://new.example/rss"
    assert form["due"] == "2025-11-17T12:05:00+00:00"
    assert json.loads(json.dumps(form)) == form


def test_a_feed_that_is_gone_is_due_no_more() -> None:
    each = one(polled_at=NOW, gone_at=NOW, due_at=later(days=1))
    assert each.interval is None
    assert each.why.startswith("gone: ")
    assert feed_form(each)["gone_since"] == "2025-11-17T12:00:00+00:00"


# ── one look ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_look_tells_how_much_there_is_and_how_new() -> None:
    brought = Polled(
        "entries",
        (entry(published=later(hours=-3)), entry(published=later(hours=-1)), entry()),
        document=Document(entries=50),
        moved="https://new.example/rss",
    )
    found = checked(feed(), brought, Policy(), NOW)
    assert (found.entries, found.newest, found.moved_to) == (50, later(hours=-1), "https://new.example/rss")
    assert (found.error, found.why) == (None, None)
    assert checked_form(found) == {
        "feed": "example",
        "url": "https://example.example/rss",
        "moved_to": "https://new.example/rss",
        "entries": 50,
        "newest": "2025-11-17T11:00:00+00:00",
        "error": None,
        "unhealthy": None,
    }


@pytest.mark.parametrize(
    ("entries", "kind"),
    [((), "empty"), ((entry(),), "undated"), ((entry(published=later(days=-40)),), "stale")],
)
def test_a_feed_that_can_be_read_may_be_unhealthy_all_the_same(entries: tuple[Any, ...], kind: str) -> None:
    found = checked(feed(), Polled("entries", entries), Policy(), NOW)
    assert found.error is None
    assert found.why is not None
    assert found.why.startswith(f"{kind}: ")


def test_a_feed_that_cannot_be_read_has_a_reason() -> None:
    found = checked(feed(), FetchError("http-404", "not there", "mend it"), Policy(), NOW)
    assert found.entries is None
    form = checked_form(found)
    assert (form["entries"], form["error"]) == (0, "http-404: not there")


# ── what is read ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_read_is_told_with_what_is_not_known_left_open() -> None:
    at = datetime(2025, 11, 17, 9, tzinfo=UTC)
    known = article(
        "Memo",
        "Says so.",
        id="i",
        url="https://news.google.com/rss/articles/x",
        outlet="FT",
        published=at,
        language="en",
        entry_id="e",
    )
    form = read_form("a.xml", [known, article("Bare", "", id="b")], None)
    assert form["feed"] == "a.xml"
    assert form["error"] is None
    assert form["articles"] == [
        {
            "id": "i",
            "title": "Memo",
            "text": "Says so.",
            "url": "https://news.google.com/rss/articles/x",
            "outlet": "FT",
            "published": "2025-11-17T09:00:00+00:00",
            "language": "en",
            "entry_id": "e",
            "wrapper": "Google News",
        },
        {
            "id": "b",
            "title": "Bare",
            "text": "",
            "url": None,
            "outlet": None,
            "published": None,
            "language": None,
            "entry_id": None,
            "wrapper": None,
        },
    ]
