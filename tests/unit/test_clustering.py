"""What counts for a story, what may open one, and how long one lives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from riskbot.model import Member, Modality, Placement, Reading, Story
from riskbot.stories.clustering import counts, opens_story
from riskbot.stories.frequencies import Frequencies
from riskbot.stories.life import Life, life
from riskbot.stories.placing import Candidate
from riskbot.stories.placing import place as place_among
from riskbot.stories.similarity import weigh
from riskbot.stories.sketch import sketch
from tests.builders import NOW, article, hit, later, placement, reading

NONE = Frequencies()
QUIET = timedelta(hours=72)
MENTIONED: dict[str, Any] = {"salient": False, "prominent": False}
POSSIBLE: dict[str, Any] = {"modality": Modality.POSSIBLE, "prominent": False}


def story(id_: str, *readings: Reading) -> Story:
    return Story(id_, tuple(Member(given, placement(id_)) for given in readings))


def place(
    given: Reading, candidates: Sequence[Story], frequencies: Frequencies, quiet_after: timedelta = QUIET
) -> Placement:
    """Where a reading belongs among whole stories."""
    among = [
        Candidate(each.id, [weigh(sketch(member.reading), frequencies) for member in each.members])
        for each in candidates
    ]
    own = weigh(sketch(given), frequencies)
    return place_among(own, among, opens=opens_story(given.hits), quiet_after=quiet_after)


# ── readings among whole stories ─────────────────────────────────────────────────────────────────────────────────


def test_a_retold_report_joins_its_story_and_says_why() -> None:
    retold = reading(article("Alibaba helps Chinese military, White House memo says"))
    placed = place(retold, [story("s1", reading())], NONE)
    assert (placed.story, placed.opens) == ("s1", False)
    assert placed.similarity > 0.8
    assert placed.why.startswith(f"{placed.similarity:.2f} with 1 of 1 articles; same company; shared: ")
    assert placed.why.endswith("; frequencies none")


def test_an_article_like_no_live_story_opens_one() -> None:
    assert place(reading(), [], NONE) == replace(placement(), similarity=0.0, why="no live story is like it")


def test_other_news_of_the_same_company_opens_its_own_story_and_names_the_nearest() -> None:
    other = reading(article("Alibaba opens a data centre in Thailand", "Engineers cut a ribbon in Bangkok."))
    placed = place(other, [story("s1", reading())], NONE)
    assert (placed.story, placed.opens) == (None, True)
    assert "the nearest story is s1 at 0." in placed.why


def test_the_same_words_about_another_company_do_not_join() -> None:
    told = "A memo from the White House says Tencent helps the Chinese military. Tencent denied it."
    about_tencent = reading(article("White House memo: Tencent helps the Chinese military", told), hit("tencent"))
    assert place(about_tencent, [story("s1", reading())], NONE).story is None


def test_another_company_that_is_merely_mentioned_ties_no_article_to_its_story() -> None:
    both = reading(article("A memo", "It names Alibaba and more."), hit("alibaba"), hit("tencent", **MENTIONED))
    of_tencent = story("s1", reading(article("The memo", "It names many more."), hit("tencent")))
    assert place(both, [of_tencent], NONE).story is None


def test_articles_that_all_merely_mention_the_company_still_make_one_story() -> None:
    """A rule may ask for mentions; five outlets retelling one report are one story then too."""
    mention = reading(article(), hit("tencent", **MENTIONED))
    assert place(mention, [], NONE).opens
    assert place(mention, [story("s1", mention)], NONE).story == "s1"


def test_an_article_without_a_hit_may_join_by_its_text_but_never_opens_a_story() -> None:
    assert not opens_story(())
    joined = place(reading(article(), hits=()), [story("s1", reading())], NONE)
    assert (joined.story, joined.opens) == ("s1", False)
    apart = place(reading(article("Airline buys planes", "It ordered forty."), hits=()), [story("s1", reading())], NONE)
    assert (apart.story, apart.opens) == (None, False)
    assert apart.why.startswith("it meets no rule, and no live story is like it; the nearest story is s1")


def test_a_possibility_outside_title_and_lead_opens_no_story_but_may_join_one() -> None:
    possible = reading(article(), hit("alibaba", "sanctions", **POSSIBLE))
    apart = place(possible, [], NONE)
    assert (apart.story, apart.opens) == (None, False)
    assert "only a possibility outside title and lead" in apart.why
    assert place(possible, [story("s1", reading())], NONE).story == "s1"


def test_the_same_words_months_later_are_another_event() -> None:
    old = story("s1", reading(article(published=later(days=-90))))
    assert place(reading(article(published=later())), [old], NONE).story is None


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


# ── the life of a story ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_story_lives_while_articles_come_then_is_quiet_then_past() -> None:
    times = [later(days=-9), NOW, later(hours=-2)]
    assert life(times, later(hours=72), QUIET) is Life.LIVE
    assert life(times, later(hours=73), QUIET) is Life.QUIET
    assert life(times, later(days=30), QUIET) is Life.QUIET
    assert life(times, later(days=31), QUIET) is Life.PAST
    assert life(times, later(days=90), QUIET) is Life.PAST


def test_a_clock_that_runs_backwards_leaves_a_story_live() -> None:
    assert life([NOW], later(days=-5), QUIET) is Life.LIVE


def test_a_story_of_no_known_time_lives() -> None:
    assert life([None], NOW, QUIET) is Life.LIVE
    assert life([], NOW, QUIET) is Life.LIVE
