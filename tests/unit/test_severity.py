"""How grave a story is, and what the score is made of."""

from __future__ import annotations

import pytest

from riskbot.model import Level, Member, Modality, Reading, Standing, Story
from riskbot.stories.severity import Gravity, gravity, higher
from tests.builders import article, claim, hit, later, placement, reading, span

IN_TEXT = (span("Alibaba", field="text", within="Alibaba"),)


def of(*readings: Reading) -> Gravity:
    return gravity(Story("s1", tuple(Member(given, placement("s1")) for given in readings)))


@pytest.mark.parametrize(
    ("level", "score"), [(Level.LOW, 20), (Level.MEDIUM, 40), (Level.HIGH, 60), (Level.CRITICAL, 85)]
)
def test_the_rules_level_is_the_floor(level: Level, score: int) -> None:
    found = of(reading(article(), hit(level=level, spans=IN_TEXT)))
    assert found == Gravity(score, ((f"rule level {level}", score),))
    assert found.level is level


def test_the_gravest_rule_of_any_article_counts() -> None:
    one, two = hit(level=Level.LOW, spans=IN_TEXT), hit(level=Level.HIGH, spans=IN_TEXT)
    assert of(reading(article(), one), reading(article("Other"), two)).level is Level.HIGH


def test_the_score_can_be_taken_apart() -> None:
    found = of(
        reading(article(), hit("alibaba", "military")),
        reading(article("Other"), hit("alibaba", "memo"), claims=(claim(Standing.OFFICIAL),)),
    )
    assert dict(found.parts) == {
        "rule level medium": 40,
        "in a title": 5,
        "2 topics met together": 5,
        "an official act": 10,
    }
    assert found.score == 60
    assert found.level is Level.HIGH


def test_only_a_topic_in_a_title_weighs_and_not_the_company_alone() -> None:
    assert of(reading(article(), hit(spans=(span("Alibaba"),)))).score == 40


def test_a_possible_topic_is_not_met_together_with_another() -> None:
    possible = hit("alibaba", "sanctions", modality=Modality.POSSIBLE, spans=IN_TEXT)
    assert of(reading(article(), hit(spans=IN_TEXT), possible)).score == 40


def test_a_possibility_outside_title_and_lead_raises_nothing() -> None:
    aside = hit("alibaba", "sanctions", modality=Modality.POSSIBLE, prominent=False, level=Level.CRITICAL)
    assert of(reading(article(), hit(spans=IN_TEXT), aside)).score == 40
    assert of(reading(article(), aside)) == Gravity(0, ())


def test_a_rule_on_trial_raises_nothing() -> None:
    assert of(reading(article(), hit(level=Level.CRITICAL, trial=True))) == Gravity(0, ())


def test_an_article_without_a_hit_leaves_the_gravity_alone() -> None:
    assert of(reading(article("Other"), hits=()), reading()) == of(reading())


def test_the_time_has_no_part_in_it() -> None:
    assert of(reading(article(published=later(days=-90)))) == of(reading())


def test_the_score_ends_at_a_hundred() -> None:
    grave = reading(
        article(), hit("alibaba", "military", "memo", level=Level.CRITICAL), claims=(claim(Standing.OFFICIAL),)
    )
    assert of(grave).score == 100


def test_nothing_amounts_to_low() -> None:
    assert Gravity(0, ()).level is Level.LOW


def test_of_two_levels_the_graver_is_kept() -> None:
    assert higher(Level.HIGH, Level.MEDIUM) is higher(Level.MEDIUM, Level.HIGH) is Level.HIGH
    assert higher(Level.LOW, Level.LOW) is Level.LOW
