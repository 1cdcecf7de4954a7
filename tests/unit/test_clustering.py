"""Which story an article belongs to, and what may open one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from riskbot.model import Member, Modality, Reading, Story
from riskbot.stories.clustering import NEAREST_ONLY, counts, opens_story, place
from riskbot.stories.similarity import Frequencies
from tests.builders import article, hit, later, placement, reading

NONE = Frequencies()
MENTIONED: dict[str, Any] = {"salient": False, "prominent": False}
POSSIBLE: dict[str, Any] = {"modality": Modality.POSSIBLE, "prominent": False}


def story(id_: str, *readings: Reading) -> Story:
    return Story(id_, tuple(Member(given, placement(id_)) for given in readings))


def test_a_retold_report_joins_its_story_and_says_why() -> None:
    retold = reading(article("Alibaba helps Chinese military, White House memo says"))
    placed = place(retold, [story("s1", reading())], NONE)
    assert (placed.story, placed.opens) == ("s1", False)
    assert placed.similarity > 0.8
    assert placed.why.startswith(f"{placed.similarity:.2f} with 1 of 1 articles; same company; shared: ")
    assert "memo" in placed.why


def test_an_article_like_no_live_story_opens_one() -> None:
    assert place(reading(), [], NONE) == replace(placement(), similarity=0.0, why="no live story is like it")


def test_other_news_of_the_same_company_opens_its_own_story_and_names_the_nearest() -> None:
    other = reading(article("Alibaba opens a data centre in Thailand", "Engineers cut a ribbon in Bangkok."))
    placed = place(other, [story("s1", reading())], NONE)
    assert (placed.story, placed.opens) == (None, True)
    assert placed.similarity < 0.2
    assert "the nearest story is s1 at 0." in placed.why


def test_the_same_words_about_another_company_do_not_join() -> None:
    other = reading(article(), hit("tencent"))
    placed = place(other, [story("s1", reading())], NONE)
    assert (placed.story, placed.opens, placed.similarity) == (None, True, 0.0)


def test_another_company_that_is_merely_mentioned_ties_no_article_to_its_story() -> None:
    both = reading(article(), hit("alibaba"), hit("tencent", **MENTIONED))
    of_tencent = story("s1", reading(article(), hit("tencent")))
    assert place(both, [of_tencent], NONE).story is None
    assert place(reading(article(), hit("tencent")), [story("s2", both)], NONE).story is None


def test_articles_that_all_merely_mention_the_company_still_make_one_story() -> None:
    """A rule may ask for mentions; five outlets retelling one report are one story then too."""
    mention = reading(article(), hit("tencent", **MENTIONED))
    assert place(mention, [], NONE).opens
    assert place(mention, [story("s1", mention)], NONE).story == "s1"


def test_the_story_most_like_it_is_joined() -> None:
    far = story("s1", reading(article("Alibaba memo", "A word on Alibaba and a memo of the White House.")))
    near = story("s2", reading())
    assert place(reading(), [far, near], NONE).story == "s2"
    assert place(reading(), [near, far], NONE).story == "s2"


def test_likeness_is_the_average_over_the_storys_latest_articles() -> None:
    odd = [
        reading(article(f"Row {n}", "Courts, cricket, cheese and a quarrel over unpaid parking fines."))
        for n in range(NEAREST_ONLY)
    ]
    assert place(reading(), [story("s1", *odd, reading())], NONE).similarity < 0.2
    forgotten = place(reading(), [story("s1", *odd, *[reading()] * NEAREST_ONLY)], NONE)
    assert forgotten.similarity == 1.0
    assert f"{NEAREST_ONLY} of {NEAREST_ONLY} articles" in forgotten.why


def test_the_same_words_weeks_later_are_another_event() -> None:
    old = story("s1", reading(article(published=later(days=-21))))
    assert place(reading(article(published=later())), [old], NONE).story is None


def test_an_article_without_a_hit_may_join_by_its_text_but_never_opens_a_story() -> None:
    assert not opens_story(())
    joined = place(reading(article(), hits=()), [story("s1", reading())], NONE)
    assert (joined.story, joined.opens) == ("s1", False)
    assert "company" not in joined.why
    apart = place(reading(article("Airline buys planes", "It ordered forty."), hits=()), [story("s1", reading())], NONE)
    assert (apart.story, apart.opens) == (None, False)
    assert apart.why.startswith("it meets no rule, and no live story is like it; the nearest story is s1")


def test_a_possibility_outside_title_and_lead_opens_no_story_but_may_join_one() -> None:
    possible = reading(article(), hit("alibaba", "sanctions", **POSSIBLE))
    apart = place(possible, [], NONE)
    assert (apart.story, apart.opens) == (None, False)
    assert "only a possibility outside title and lead" in apart.why
    assert place(possible, [story("s1", reading())], NONE).story == "s1"


def test_what_weighs_for_a_story() -> None:
    assert counts(hit())
    assert counts(hit(modality=Modality.POSSIBLE, prominent=True))
    assert counts(hit(prominent=False))
    assert not counts(hit(**POSSIBLE))
    assert not counts(hit(trial=True))
    assert opens_story((hit(**POSSIBLE), hit()))
    assert not opens_story((hit(**POSSIBLE), hit(trial=True)))


def test_a_hit_of_a_rule_on_trial_opens_no_story() -> None:
    assert not place(reading(article(), hit(trial=True)), [], NONE).opens


def test_the_placement_is_the_same_every_time() -> None:
    candidates = [story("s1", reading()), story("s2", reading(article("Alibaba memo again")))]
    assert len({place(reading(), candidates, NONE) for _ in range(3)}) == 1
