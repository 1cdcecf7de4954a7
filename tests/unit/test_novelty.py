"""What is new: articles out of entries, and which of them are the same."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskbot.model import Article, Known
from riskbot.policy.novelty import Novelty, article_id, articles, novelty
from riskbot.text.urls import link_key
from tests.builders import NOW, TEXT, TITLE, entry, feed, later

FEED = feed(outlet="Example News")


def of(*entries: object, source: object = FEED) -> list[Article]:
    return articles(entries, source, NOW)  # type: ignore[arg-type]


def test_an_entry_becomes_an_article_and_what_is_missing_stays_missing() -> None:
    (made,) = of(entry(), source=feed())
    assert (made.title, made.text, made.feed, made.seen) == (TITLE, TEXT, "example", NOW)
    assert (made.published, made.outlet, made.url, made.identity, made.entry_id) == (None, None, None, None, None)


def test_the_entrys_own_outlet_wins_over_the_feeds() -> None:
    assert [a.outlet for a in of(entry(outlet="CNBC"), entry("Other"))] == ["Example News", "CNBC"]


def test_within_a_feed_the_entrys_id_decides_whatever_else_changes() -> None:
    (first,) = of(entry(entry_id="1", url="https://x.example/a"))
    (again,) = of(entry("New title", "New text", entry_id="1", url="https://x.example/b"))
    assert first.id == again.id
    assert first.fingerprint != again.fingerprint


def test_one_entry_id_in_two_feeds_is_two_articles() -> None:
    (here,) = of(entry(entry_id="1"))
    (there,) = of(entry(entry_id="1"), source=feed("other"))
    assert here.id != there.id


def test_without_an_id_the_canonical_link_decides() -> None:
    (first,) = of(entry(url="https://X.example/a?utm_source=rss#top"))
    (again,) = of(entry("New title", url="https://x.example/a"))
    assert first.id == again.id
    assert first.url == first.identity == "https://x.example/a"


def test_without_id_and_link_the_words_decide() -> None:
    (first,), (again,), (other,) = of(entry()), of(entry()), of(entry("Other"))
    assert first.id == again.id != other.id


@pytest.mark.parametrize("root", ["https://x.example/", "https://x.example"])
def test_a_sites_root_identifies_nothing(root: str) -> None:
    one, two = of(entry("One", url=root)), of(entry("Two", url=root))
    assert one[0].identity is two[0].identity is None
    assert one[0].id != two[0].id
    assert one[0].url == "https://x.example/"


def test_a_link_that_several_entries_share_identifies_none_of_them() -> None:
    one, two = of(entry("One", url="https://x.example/live"), entry("Two", url="https://x.example/live?utm_medium=rss"))
    assert one.id != two.id
    assert one.identity is two.identity is None
    assert one.url == two.url == "https://x.example/live"


def test_entries_that_share_a_link_but_not_an_id_stay_different() -> None:
    found = of(*(entry(f"Minute {n}", entry_id=str(n), url="https://x.example/live") for n in range(3)))
    assert len({article.id for article in found}) == 3


def test_a_link_that_an_item_not_read_again_carries_too_identifies_nothing() -> None:
    live, other = "https://x.example/live", "https://x.example/a"
    held = {b"minute 1": link_key(live), b"minute 2": link_key(live), b"a": link_key(other), b"no link": b""}
    (shared,) = articles([entry("Minute 2", url=live + "?utm_source=rss")], FEED, NOW, others=held)
    (alone,) = articles([entry("A", url=other)], FEED, NOW, others=held)
    assert (shared.url, shared.identity) == (live, None)
    assert alone.identity == other


def test_items_without_a_link_share_none() -> None:
    held = {b"1": b"", b"2": b"", b"3": link_key("https://x.example/a")}
    without, with_ = articles([entry("A", url="https://x.example/a"), entry("None")], FEED, NOW, others=held)
    assert (without.identity, with_.identity) == (None, "https://x.example/a")


def test_without_the_items_of_the_document_its_entries_are_all_there_is() -> None:
    (alone,) = articles([entry(url="https://x.example/a")], FEED, NOW, others={})
    assert alone.identity == "https://x.example/a"


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from(["a", "b", "c", "", None]), max_size=8), st.data())
def test_an_article_is_the_same_whether_all_items_are_read_or_only_the_new_ones(
    paths: list[str | None], data: st.DataObject
) -> None:
    every = [
        entry(f"Title {n}", url=None if path is None else f"https://x.example/{path}") for n, path in enumerate(paths)
    ]
    new = data.draw(st.lists(st.sampled_from(every), unique=True)) if every else []
    held = {each.title.encode(): link_key(each.url) for each in every}
    whole = {article.title: article for article in of(*every)}
    for article in articles(new, FEED, NOW, others=held):
        assert article == whole[article.title]


def test_an_entry_that_a_document_repeats_word_for_word_shares_its_link_with_nobody() -> None:
    (made,) = of(entry(url="https://x.example/a"), entry(url="https://x.example/a"))
    assert made.identity == "https://x.example/a"


def test_an_entry_that_stands_twice_in_a_document_is_one_article() -> None:
    found = of(entry("As listed first", entry_id="1"), entry("As listed later", entry_id="1"))
    assert [article.title for article in found] == ["As listed first"]


def test_a_link_that_is_no_web_address_is_no_link() -> None:
    (made,) = of(entry(url="javascript:alert(1)"))
    assert (made.url, made.identity) == (None, None)


def test_articles_come_oldest_first_and_of_equals_the_last_listed() -> None:
    found = of(
        entry("Undated, listed first"),
        entry("Newest", published=later(hours=-1)),
        entry("Oldest", published=later(hours=-9)),
        entry("Undated, listed last"),
    )
    assert [article.title for article in found] == ["Oldest", "Newest", "Undated, listed last", "Undated, listed first"]


def test_an_empty_document_holds_nothing() -> None:
    assert of() == []


def test_an_article_nobody_knows_is_new() -> None:
    (made,) = of(entry())
    assert novelty(made, None) is Novelty.NEW


def test_the_same_words_are_known_and_changed_words_are_an_edit() -> None:
    (made,) = of(entry(entry_id="1"))
    assert novelty(made, Known(made.id, made.fingerprint, 1)) is Novelty.KNOWN
    assert novelty(made, Known(made.id, "another", 1)) is Novelty.EDITED


def test_a_changed_date_alone_is_nothing() -> None:
    (first,) = of(entry(entry_id="1", published=later(hours=-2)))
    (again,) = of(entry(entry_id="1", published=later(hours=-1)))
    assert novelty(again, Known(first.id, first.fingerprint, 1)) is Novelty.KNOWN


def test_an_entry_that_left_the_feed_and_comes_back_months_later_is_still_known() -> None:
    (first,) = of(entry(entry_id="1", url="https://x.example/a"))
    (back,) = articles([entry(entry_id="1", url="https://x.example/moved")], FEED, later(days=200))
    assert back.id == first.id
    assert novelty(back, Known(first.id, first.fingerprint, 1)) is Novelty.KNOWN


def test_an_undated_entry_stays_undated_and_takes_the_time_at_which_it_was_seen() -> None:
    (made,) = of(entry())
    assert (made.published, made.at) == (None, NOW)


def test_what_another_feed_brought_is_known_though_its_words_differ() -> None:
    (made,) = of(entry(url="https://x.example/a"))
    assert novelty(made, Known("of another feed", "another", 1)) is Novelty.KNOWN


@settings(max_examples=50, deadline=None)
@given(st.text(), st.text(), st.one_of(st.none(), st.text()), st.one_of(st.none(), st.text()))
def test_whatever_an_entry_holds_its_article_has_an_id_of_its_own(
    title: str, text: str, entry_id: str | None, url: str | None
) -> None:
    given_ = entry(title, text, entry_id=entry_id, url=url)
    (one,), (again,) = of(given_), of(given_)
    assert one.id == again.id
    assert len(one.id) == 20


def test_an_id_that_is_not_valid_unicode_is_an_id_all_the_same() -> None:
    assert article_id("f", "\ud83d") != article_id("f", "\ud83e")
