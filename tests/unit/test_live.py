"""Live stories in memory: bounded, numbered as they open, merged when shown to be one; nothing let go comes back."""

from __future__ import annotations

from datetime import timedelta

from riskbot.model import Placement
from riskbot.stories import live as house
from riskbot.stories.live import MEMBERS, LiveStories
from riskbot.stories.similarity import Weighed
from tests.builders import later
from tests.newsroom import BAN, BAN_TEXT, FREQUENCIES, RETOLD, RETOLD_TEXT, ban, of_company, other, retold, told

QUIET = timedelta(hours=72)


def stories(most: int = 1000) -> LiveStories:
    return LiveStories(QUIET, FREQUENCIES, most)


def put(live: LiveStories, *given: Weighed, opens: bool = True) -> list[str | None]:
    return [live.place(each.sketch, opens=opens).story for each in given]


def test_a_retold_report_joins_and_other_news_opens_the_next_story() -> None:
    assert put(stories(), ban(), retold(), other()) == ["s1", "s1", "s2"]


def test_what_may_not_open_stays_apart_and_leaves_no_trace() -> None:
    live = stories()
    assert put(live, other(), opens=False) == [None]
    assert len(live) == 0
    assert put(live, other(), ban()) == ["s1", "s2"]
    assert put(live, retold(), opens=False) == ["s2"]


def test_without_frequencies_every_word_weighs_the_same_and_reposts_still_join() -> None:
    live = LiveStories(QUIET)
    assert put(live, ban(), ban(id_="b"), other()) == ["s1", "s1", "s2"]


def test_a_story_takes_articles_of_its_own_company_only() -> None:
    live = stories()
    given = (told(BAN, BAN_TEXT, of_company("acme")), told(RETOLD, RETOLD_TEXT, of_company("bolt")))
    assert put(live, *given) == ["s1", "s2"]


def test_the_answer_and_its_reason_are_those_of_placing() -> None:
    live = stories()
    put(live, ban())
    placed = live.place(retold().sketch, opens=True)
    assert isinstance(placed, Placement)
    assert "with 1 of 1 articles" in placed.why


def test_an_article_is_placed_by_its_own_time_whenever_it_comes() -> None:
    live = stories()
    assert put(live, ban(), ban(id_="b", at=later(days=40))) == ["s1", "s2"]
    assert put(live, retold(at=later(hours=2)), retold(at=later(days=40, hours=2))) == ["s1", "s2"]
    assert put(live, retold(at=later(days=-80))) == ["s3"]


def test_a_clock_that_runs_backwards_changes_no_answer() -> None:
    times = [later(hours=-n) for n in range(20)]
    assert set(put(stories(), *(ban(id_=f"a{n}", at=at) for n, at in enumerate(times)))) == {"s1"}


def test_a_thousand_reposts_in_a_minute_are_one_story_and_what_is_kept_is_bounded() -> None:
    live = stories()
    given = [ban(id_=f"a{n}", at=later(seconds=n / 20)) for n in range(1000)]
    assert set(put(live, *given)) == {"s1"}
    placed = live.place(retold().sketch, opens=True)
    assert placed.story == "s1"
    assert "of 8 articles" in placed.why
    assert len(live) == 1
    assert MEMBERS == 20


def test_a_late_article_between_two_stories_shows_them_to_be_one() -> None:
    live = stories()
    first = told("Acme app row over phones in Canada", "Officials worry about security.")
    second = told("Canada: Acme app off phones", "A row over security, officials say.", at=later(days=4))
    assert put(live, first, second) == ["s1", "s2"]
    between = told("Acme app off phones in Canada after row", "Officials worry, they say.", at=later(days=2))
    merged = live.place(between.sketch, opens=True)
    assert (merged.story, merged.merges) == ("s1", ("s2",))
    assert len(live) == 1
    again = told("Canada: Acme app off phones", "A row over security, officials say.", at=later(days=4), id_="again")
    assert "of 3 articles" in (placed := live.place(again.sketch, opens=True)).why
    assert placed.story == "s1"


def test_beyond_the_bound_the_story_that_was_quiet_longest_is_let_go() -> None:
    live = stories(most=2)
    third = told("Carrier buys aircraft", "A large purchase.")
    assert put(live, ban(), other(), retold(), third) == ["s1", "s2", "s1", "s3"]
    assert len(live) == 2
    assert put(live, ban(id_="b"), other(id_="o")) == ["s1", "s4"]


def test_the_index_is_swept_once_many_stories_are_gone() -> None:
    live = stories(most=1)
    for n in range(2 * house._SWEEPS_FROM):
        put(live, told(f"word{n}a word{n}b word{n}c"))
    assert len(live) == 1
    assert len(live._index) < 8 * (house._SWEEPS_FROM + 10)


def test_weighed_words_are_kept_for_a_bounded_number_of_articles_and_weighed_again_when_asked() -> None:
    live = stories(most=10**6)
    kept = house.WEIGHED
    put(live, ban())
    for n in range(kept + 10):
        live._weigh(house._Member(told(f"w{n}").sketch if n < 2 else other().sketch))
    assert len(live._weighed) == kept
    assert put(live, retold()) == ["s1"]


def test_every_order_has_an_answer_for_articles_without_date_title_or_text() -> None:
    live = stories()
    bare = [told("", "", at=None, id_=f"n{n}") for n in range(3)] + [
        told("", BAN_TEXT, at=None),
        told(BAN, "", at=None),
    ]
    answers = put(live, *bare, ban())
    assert all(answers)
