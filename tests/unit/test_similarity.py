"""How alike two articles are: by their words, by their time, and by nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskbot.stories.similarity import Frequencies, closeness, cosine, shared_words, weights
from tests.builders import NOW, article, later

NONE = Frequencies()
OTHER = article("Airline buys planes in Toulouse", "The carrier ordered forty aircraft, its largest purchase.")


def likeness(a: str, b: str, frequencies: Frequencies = NONE) -> float:
    return cosine(weights(article(a, ""), frequencies), weights(article(b, ""), frequencies))


def test_the_same_text_is_wholly_alike_and_another_is_not() -> None:
    own = weights(article(), NONE)
    assert cosine(own, own) == pytest.approx(1.0)
    assert cosine(own, weights(OTHER, NONE)) == 0.0


def test_case_accents_and_little_words_do_not_matter() -> None:
    assert likeness("The Société and the MEMO", "société memo") == pytest.approx(1.0)


def test_the_title_weighs_more_than_the_text() -> None:
    in_title = weights(article("memo", "alibaba"), NONE)
    assert in_title["memo"] > in_title["alibaba"] > 0


def test_an_article_without_words_is_like_nothing() -> None:
    empty = weights(article("", "the of and"), NONE)
    assert empty == {}
    assert cosine(empty, weights(article(), NONE)) == 0.0


def test_shared_furniture_makes_no_likeness() -> None:
    teasers = "\n\nYou may also like\nMeme coin doubles in a week\nAirline cancels a thousand flights\n"
    a = article("Alibaba falls", f"Shares of the group fell four percent in Hong Kong on Monday.{teasers}")
    b = article("Chipmaker sued", f"Prosecutors charged three engineers over stolen blueprints.{teasers}")
    assert cosine(weights(a, NONE), weights(b, NONE)) == 0.0


def test_only_the_beginning_of_an_article_tells_its_story() -> None:
    text = "Alibaba helps the military. " * 200
    assert weights(article("Memo", text), NONE) == weights(article("Memo", text + "Cricket scores from Lahore."), NONE)


def test_a_word_that_stands_everywhere_weighs_little() -> None:
    common = Frequencies(1000, {"alibaba": 900, "memo": 3}, "2025-11")
    assert common.weight("memo") > common.weight("alibaba") > 0
    assert common.weight("never seen") == max(common.weight(word) for word in ("memo", "alibaba", "never seen"))
    assert likeness("alibaba memo", "alibaba earnings", common) < likeness("alibaba memo", "alibaba earnings")


def test_without_frequencies_every_word_weighs_the_same() -> None:
    assert NONE.weight("alibaba") == NONE.weight("memo") == 1.0


def test_likeness_fades_with_the_time_between() -> None:
    near, far = closeness(NOW, later(hours=2)), closeness(NOW, later(days=7))
    assert 1 > near > 0.99
    assert far < 0.03
    assert closeness(NOW, later(days=-7)) == far


def test_an_unknown_time_takes_nothing_away() -> None:
    assert closeness(None, NOW) == closeness(NOW, None) == closeness(NOW, NOW) == 1.0


def test_the_words_that_make_two_articles_alike_come_weightiest_first() -> None:
    a = {"memo": 0.5, "alibaba": 0.7, "shares": 0.1, "alone": 0.9}
    b = {"memo": 0.5, "alibaba": 0.7, "shares": 0.1, "other": 0.9}
    assert shared_words(a, b) == ["alibaba", "memo", "shares"]
    assert shared_words(a, b, most=1) == ["alibaba"]
    assert shared_words(a, {}) == []


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80), st.text(max_size=80))
def test_likeness_is_symmetric_and_between_nothing_and_one(one: str, other: str) -> None:
    a, b = weights(article(one, other), NONE), weights(article(other, one), NONE)
    assert 0 <= cosine(a, b) <= 1
    assert cosine(a, b) == pytest.approx(cosine(b, a))
