"""Live stories in memory: bounded, numbered as they open, and nothing let go comes back."""

from __future__ import annotations

from datetime import timedelta

from riskbot.model import Modality
from riskbot.stories.live import CHARACTERS, LOOKED_AT, MEMBERS, LiveStories
from tests.builders import article, hit, later, reading
from tests.rounds import RETOLD

QUIET = timedelta(hours=72)
AIRLINE = article("Airline strike in Toulouse", "Crews walked out at noon.")
RETELLING = article(RETOLD.title, RETOLD.text)


def test_a_retold_report_joins_and_other_news_opens_the_next_story() -> None:
    live = LiveStories(QUIET)
    assert [live.place(reading(of)) for of in (article(), RETELLING, AIRLINE)] == ["s1", "s1", "s2"]


def test_an_article_without_a_hit_gets_a_story_only_when_every_article_shall() -> None:
    live = LiveStories(QUIET)
    assert live.place(reading(AIRLINE, hits=())) is None
    assert live.place(reading(AIRLINE, hits=()), always=True) == "s1"
    assert live.place(reading(AIRLINE, hits=()), always=True) == "s1"
    assert live.place(reading(article(), hits=()), always=True) == "s2"


def test_a_hit_of_a_rule_on_trial_opens_no_story() -> None:
    assert LiveStories(QUIET).place(reading(article(), hit(trial=True))) is None


def test_when_every_article_shall_have_a_story_a_mere_possibility_in_the_body_has_one_too() -> None:
    possible = reading(article(), hit(modality=Modality.POSSIBLE, prominent=False))
    assert LiveStories(QUIET).place(possible) is None
    assert LiveStories(QUIET).place(possible, always=True) == "s1"


def test_the_latest_stories_of_all_its_companies_are_looked_at() -> None:
    live = LiveStories(QUIET)
    words = [f"{chr(97 + n // 26)}{chr(97 + n % 26)}word" for n in range(LOOKED_AT)]
    live.place(reading(article(), hit("tencent")))
    for word in words:
        live.place(reading(article(f"{word} {word}x", f"{word}y {word}z"), hit("alibaba")))
    live.place(reading(article(), hit("tencent")))  # the story of one company moves, those of the other crowd
    assert live.place(reading(article(), hit("tencent"), hit("alibaba"))) == "s1"


def test_an_endless_article_is_compared_by_its_beginning() -> None:
    live = LiveStories(QUIET)
    endless = article(text=article().text + " More of the same." * CHARACTERS)
    assert [live.place(reading(of)) for of in (endless, article(), endless)] == ["s1", "s1", "s1"]


def test_a_story_takes_articles_of_its_own_company_only() -> None:
    live = LiveStories(QUIET)
    assert [live.place(reading(article(), hit(company))) for company in ("alibaba", "tencent")] == ["s1", "s2"]


def test_a_story_that_was_quiet_for_too_long_takes_no_more() -> None:
    live = LiveStories(timedelta(hours=1))
    early, late = article(published=later()), article(published=later(hours=2))
    assert [live.place(reading(of)) for of in (early, late, early)] == ["s1", "s2", "s1"]


def test_an_article_of_no_known_time_is_near_every_story() -> None:
    live = LiveStories(timedelta(hours=1))
    undated = article(seen=None)
    assert [live.place(reading(of)) for of in (article(published=later(days=-9)), undated)] == ["s1", "s1"]


def test_beyond_the_bound_the_story_that_was_quiet_longest_is_let_go() -> None:
    live = LiveStories(QUIET, most=2)
    one, two, three = (reading(article(), hit(company)) for company in ("alibaba", "tencent", "baidu"))
    assert [live.place(given) for given in (one, two, one, three)] == ["s1", "s2", "s1", "s3"]
    assert live.place(one) == "s1"
    assert live.place(two) == "s4"


def test_a_long_story_that_was_let_go_is_forgotten_under_every_company() -> None:
    live = LiveStories(QUIET, most=1)
    live.place(reading(article(), hit("tencent"), hit("alibaba")))
    for _ in range(MEMBERS + 1):
        live.place(reading(article(), hit("alibaba")))
    assert live.place(reading(AIRLINE, hit("baidu"))) == "s2"
    assert live.place(reading(article(), hit("tencent"))) == "s3"


def test_only_the_newest_stories_of_a_company_are_looked_at() -> None:
    live = LiveStories(QUIET)
    words = [f"{chr(97 + n // 26)}{chr(97 + n % 26)}word" for n in range(LOOKED_AT + 1)]
    opened = [live.place(reading(article(f"{word} {word}x", f"{word}y {word}z"))) for word in words]
    assert opened == [f"s{n}" for n in range(1, LOOKED_AT + 2)]
    again = article(f"{words[0]} {words[0]}x", f"{words[0]}y {words[0]}z")
    assert live.place(reading(again)) == f"s{LOOKED_AT + 2}"
