"""Full text: the page's text where it can be had, the feed's where not, and the reason either way."""

from __future__ import annotations

from dataclasses import replace

from riskbot.errors import FetchError
from riskbot.policy.fulltext import unread, wanted, with_page
from tests.builders import article

TEASER = replace(article(text="A short teaser."), url="https://news.example/a", fingerprint="of the feed's words")
PAGE = "The whole report, as its page tells it, at some length."


def test_an_article_takes_the_text_of_its_page_and_keeps_the_fingerprint_of_its_feeds_words() -> None:
    told = with_page(TEASER, {"https://news.example/a": PAGE})
    assert (told.text, told.page, told.fingerprint) == (PAGE, "read", "of the feed's words")


def test_a_page_that_cannot_be_had_leaves_the_feeds_text_and_says_why() -> None:
    refused = FetchError("robots", "https://news.example/a may not be read by programs")
    told = with_page(TEASER, {"https://news.example/a": refused})
    assert told.text == "A short teaser."
    assert told.page == "robots: https://news.example/a may not be read by programs"


def test_a_page_with_less_text_than_the_feed_gave_is_not_taken() -> None:
    told = with_page(TEASER, {"https://news.example/a": "Subscribe."})
    assert (told.text, told.page) == ("A short teaser.", "shorter: its page holds less text than its feed")


def test_an_article_without_a_link_and_one_nobody_asked_for_say_so() -> None:
    assert (with_page(replace(TEASER, url=None), {}).page or "").startswith("no-link")
    assert (with_page(TEASER, {}).page or "").startswith("not-asked")


def test_the_newest_article_is_asked_for_first_and_each_page_once() -> None:
    articles = [replace(TEASER, id=str(n), url=f"https://news.example/{n % 2}") for n in range(3)]
    assert wanted([*articles, replace(TEASER, url=None)]) == ["https://news.example/0", "https://news.example/1"]


def test_articles_are_counted_whose_page_should_have_been_read_and_was_not() -> None:
    read = with_page(TEASER, {"https://news.example/a": PAGE})
    assert unread([TEASER, read, with_page(TEASER, {})]) == 1
