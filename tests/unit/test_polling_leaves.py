"""What a poll leaves behind of a feed, besides when it is due."""

from __future__ import annotations

from typing import Any

import pytest

from riskbot.errors import FetchError
from riskbot.model import Document, FeedState
from riskbot.ports import Polled
from tests.builders import NOW, article, entry, later
from tests.polls import BUSY, DOWN, FEED, GONE, NOT_THERE, RARE, UNCHANGED, entries, failed, read, state

# ── failures ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_failure_is_kept_in_words_with_its_reason_and_its_mend() -> None:
    assert failed(error=NOT_THERE).error == "http-404: the server answered 404 (correct the `url`)"
    assert failed().error == "timed-out: it did not answer"


def test_a_failure_leaves_what_the_last_success_brought() -> None:
    well = state(
        etag='"1"', last_modified="Mon", body_hash="abc", succeeded_at=later(hours=-1), arrivals=RARE, parses=3
    )
    ill = failed(well)
    assert (ill.etag, ill.last_modified, ill.body_hash) == ('"1"', "Mon", "abc")
    assert (ill.succeeded_at, ill.arrivals, ill.parses, ill.polled_at) == (later(hours=-1), RARE, 3, NOW)


# ── gone ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_feed_that_is_gone_is_due_no_more_and_keeps_the_time_at_which_it_said_so() -> None:
    gone = failed(error=GONE)
    assert (gone.gone_at, gone.due_at) == (NOW, None)
    again = failed(gone, GONE, now=later(days=1))
    assert (again.gone_at, again.due_at, again.polled_at) == (NOW, None, later(days=1))
    assert failed(again, DOWN, now=later(days=2)).gone_at == NOW


def test_a_gone_feed_that_answers_when_it_is_asked_by_hand_is_back() -> None:
    back = read(failed(error=GONE), now=later(days=1))
    assert back.gone_at is None
    assert back.due_at is not None


# ── moved ────────────────────────────────────────────────────────────────────────────────────────────────────────


def moved_state(**fields: Any) -> FeedState:
    return state(moved_to="https://new.example/rss", etag='"new"', last_modified="Mon", **fields)


def test_where_permanent_redirects_led_is_kept_until_they_lead_elsewhere_or_back() -> None:
    there = read(answer=Polled("unchanged", moved="https://new.example/rss"))
    assert there.moved_to == "https://new.example/rss"
    assert read(there).moved_to == "https://new.example/rss"
    assert read(there, Polled("unchanged", moved="https://newer.example/rss")).moved_to == "https://newer.example/rss"
    assert read(there, Polled("unchanged", moved=FEED.url)).moved_to is None


def test_validators_belong_to_the_address_that_gave_them() -> None:
    old = state(etag='"old"', last_modified="Sun")
    there = read(old, Polled("unchanged", etag='"new"', moved="https://new.example/rss"))
    assert (there.etag, there.last_modified) == ('"new"', None)


def test_what_a_confirmation_leaves_out_stays_as_it_was() -> None:
    held = state(etag='"1"', last_modified="Mon", body_hash="abc")
    again = read(held, Polled("unchanged"))
    assert (again.etag, again.last_modified, again.body_hash) == ('"1"', "Mon", "abc")


def test_a_new_body_comes_with_its_own_validators_or_with_none() -> None:
    held = state(etag='"1"', last_modified="Mon", body_hash="abc")
    again = read(held, entries(entry(), body_hash="def", last_modified="Tue"))
    assert (again.etag, again.last_modified, again.body_hash) == (None, "Tue", "def")


def test_a_moved_address_that_is_gone_is_forgotten_and_the_feeds_own_is_asked_first() -> None:
    after = failed(moved_state(), GONE)
    assert (after.moved_to, after.gone_at, after.etag, after.last_modified) == (None, None, None, None)
    assert after.due_at is not None
    assert failed(after, GONE, now=later(hours=1)).gone_at == later(hours=1)


@pytest.mark.parametrize("error", [DOWN, NOT_THERE, FetchError("dns", "no such host")])
def test_a_moved_address_that_fails_three_times_in_a_row_is_forgotten(error: FetchError) -> None:
    twice = failed(failed(moved_state(), error), error)
    assert (twice.moved_to, twice.etag) == ("https://new.example/rss", '"new"')
    thrice = failed(twice, error)
    assert (thrice.moved_to, thrice.etag, thrice.last_modified) == (None, None, None)


def test_of_a_feed_that_never_moved_failures_forget_nothing() -> None:
    after = failed(state(etag='"1"', failures=9))
    assert (after.moved_to, after.etag) == (None, '"1"')


# ── what documents leave behind ──────────────────────────────────────────────────────────────────────────────────


def test_what_is_known_of_a_document_is_kept_and_parses_are_counted() -> None:
    apart = read(answer=entries(entry(), document=Document(50, {b"hash": b"link"})))
    assert (apart.entries, apart.items, apart.parses, apart.whole, apart.whole_why) == (
        50,
        {b"hash": b"link"},
        1,
        0,
        None,
    )
    whole = read(apart, entries(entry(), document=Document(49, whole="doctype")))
    assert (whole.entries, whole.items, whole.parses, whole.whole, whole.whole_why) == (49, {}, 2, 1, "doctype")
    same = read(whole)
    assert (same.entries, same.parses, same.whole, same.whole_why) == (49, 2, 1, "doctype")
    assert read(same, entries(entry())).whole_why == "doctype"


def test_the_newest_date_is_the_latest_of_any_entry_so_far_but_never_later_than_its_poll() -> None:
    first = read(answer=entries(entry(published=later(hours=-3)), entry(published=later(hours=-5)), entry()))
    assert first.newest_at == later(hours=-3)
    assert read(first, entries(entry(published=later(hours=-9)))).newest_at == later(hours=-3)
    assert read(first, entries(entry(published=later(hours=20)))).newest_at == NOW
    assert read(first).newest_at == later(hours=-3)
    assert read(answer=entries(entry())).newest_at is None


def test_a_document_is_undated_when_it_holds_entries_and_none_with_a_date() -> None:
    undated = read(answer=entries(entry("One"), entry("Two")))
    assert undated.undated
    assert read(undated).undated
    assert not read(undated, entries(entry("Three", published=NOW))).undated
    assert not read(undated, entries()).undated


def test_where_only_new_entries_were_read_they_cannot_make_a_dated_document_undated() -> None:
    items = {bytes([n]): b"" for n in range(20)}
    new = entries(entry(), document=Document(20, items))
    assert not read(state(), new).undated
    assert read(state(undated=True), new).undated
    assert read(state(), entries(entry(), document=Document(1, {b"1": b""}))).undated


def test_a_document_whose_entries_hold_nothing_says_nothing_of_dates() -> None:
    assert not read(answer=entries(document=Document(3))).undated


def test_arrivals_are_when_the_new_articles_came_out_oldest_first() -> None:
    after = read(None, UNCHANGED, article("b", published=later(hours=-1)), article("a", published=later(hours=-9)))
    assert after.arrivals == (later(hours=-9), later(hours=-1))
    assert after.new_at == NOW


def test_a_missing_or_future_date_arrives_when_it_is_seen() -> None:
    assert read(None, UNCHANGED, article("a"), article("b", published=later(hours=20))).arrivals == (NOW, NOW)


def test_what_the_last_poll_did_not_see_came_after_it_whatever_its_date_says() -> None:
    before = state(succeeded_at=later(minutes=-10))
    assert read(before, UNCHANGED, article(published=later(days=-3))).arrivals == (later(minutes=-10),)
    assert read(before, UNCHANGED, article(published=later(minutes=-4))).arrivals == (later(minutes=-4),)


def test_a_poll_that_brings_nothing_new_leaves_the_arrivals_alone() -> None:
    after = read(state(arrivals=BUSY, new_at=later(hours=-1)), entries(entry()))
    assert (after.arrivals, after.new_at) == (BUSY, later(hours=-1))


def test_no_more_than_the_latest_arrivals_are_kept() -> None:
    fifty = [article(str(n), published=later(hours=-n)) for n in range(50)]
    after = read(None, UNCHANGED, *fifty)
    assert len(after.arrivals) == 32
    assert after.arrivals[-1] == NOW
