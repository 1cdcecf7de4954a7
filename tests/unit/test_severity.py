"""How grave a story is and how sure, and what both are made of."""

from __future__ import annotations

from dataclasses import replace

import pytest

from riskbot.model import Level, Member, Modality, Outlet, Reading, Standing, Story, Summary
from riskbot.stories.outlets import Outlets
from riskbot.stories.severity import Gravity, certainty, gravity, higher, risen
from riskbot.stories.summary import summarise
from tests.builders import article, claim, hit, later, placement, reading, span

OUTLETS = Outlets([Outlet("Financial Times", tier=1), Outlet("Daily", tier=2), Outlet("Blog", tier=3)])
ASIDE = {"spans": (span("Alibaba", field="text", within="Alibaba"),), "prominent": False}


def story(*readings: Reading) -> Story:
    return Story("s1", tuple(Member(given, placement("s1")) for given in readings))


def of(*readings: Reading) -> Gravity:
    return gravity(story(*readings), OUTLETS)


@pytest.mark.parametrize(
    ("level", "score"), [(Level.LOW, 20), (Level.MEDIUM, 40), (Level.HIGH, 60), (Level.CRITICAL, 85)]
)
def test_the_rules_level_is_the_floor(level: Level, score: int) -> None:
    found = of(reading(article(), hit(level=level, **ASIDE)))
    assert found == Gravity(score, ((f"rule level {level}", score),))
    assert found.level is level


def test_the_gravest_rule_of_any_article_counts() -> None:
    one, two = hit(level=Level.LOW, **ASIDE), hit(level=Level.HIGH, **ASIDE)
    assert of(reading(article(), one), reading(article("Other"), two)).level is Level.HIGH


def test_the_score_can_be_taken_apart() -> None:
    grave = reading(
        article(text="Alibaba shares fell 5.2% in Hong Kong.", outlet="Financial Times"),
        hit("alibaba", "military"),
        hit("alibaba", "memo"),
        claims=(claim(Standing.OFFICIAL, "Commerce Department", bearing="entitled"),),
    )
    found = of(grave)
    assert dict(found.parts) == {
        "rule level medium": 40,
        "in a title": 5,
        "2 topics met together": 2,
        "told by an outlet of tier 1": 3,
        "an official act": 8,
        "shares fell 5.2 %": 4,
    }
    assert found.score == 62
    assert found.level is Level.HIGH


def test_what_stands_in_the_lead_weighs_less_than_a_title_and_a_company_is_no_topic() -> None:
    assert dict(of(reading(article(), hit(spans=(span("Alibaba"),)))).parts) == {
        "rule level medium": 40,
        "in a lead": 2,
    }


@pytest.mark.parametrize(("outlet", "points"), [("Financial Times", 3), ("Daily", 1), ("Blog", 0), (None, 0)])
def test_the_best_outlet_that_tells_of_it_counts(outlet: str | None, points: int) -> None:
    assert of(reading(article(outlet=outlet), hit(**ASIDE))).score == 40 + points


@pytest.mark.parametrize(("fall", "points"), [("2.9", 0), ("3", 2), ("5", 4), ("12.5", 6)])
def test_a_fall_of_its_shares_weighs_by_its_size_and_a_rise_nothing(fall: str, points: int) -> None:
    fell = article(text=f"Alibaba shares fell {fall}% on Friday.")
    rose = article(text=f"Alibaba shares rose {fall}% on Friday.")
    assert of(reading(fell, hit(**ASIDE))).score == 40 + points
    assert of(reading(rose, hit(**ASIDE))).score == 40


def test_a_possible_topic_is_not_met_together_with_another() -> None:
    possible = hit("alibaba", "sanctions", modality=Modality.POSSIBLE, **(ASIDE | {"prominent": True}))
    assert of(reading(article(), hit(**ASIDE), possible)).score == 42


def test_a_possibility_outside_title_and_lead_raises_nothing() -> None:
    aside = hit("alibaba", "sanctions", modality=Modality.POSSIBLE, prominent=False, level=Level.CRITICAL)
    assert of(reading(article(), hit(**ASIDE), aside)).score == 40
    assert of(reading(article(), aside)) == Gravity(0, ())


def test_a_rule_on_trial_raises_nothing() -> None:
    assert of(reading(article(), hit(level=Level.CRITICAL, trial=True))) == Gravity(0, ())


def test_an_article_without_a_hit_leaves_the_gravity_alone() -> None:
    assert of(reading(article("Other"), hits=()), reading()) == of(reading())


def test_the_time_has_no_part_in_it() -> None:
    assert of(reading(article(published=later(days=-90)))) == of(reading())


def test_the_score_ends_at_a_hundred() -> None:
    everything = reading(
        article(text="Alibaba shares fell 15% on Friday.", outlet="Financial Times"),
        hit("alibaba", "military", "memo", "sanctions", level=Level.CRITICAL),
        claims=(claim(Standing.OFFICIAL, "Commerce Department", bearing="entitled"),),
    )
    assert of(everything).score == 100


def test_nothing_amounts_to_low() -> None:
    assert Gravity(0, ()).level is Level.LOW


def test_of_two_levels_the_graver_is_kept() -> None:
    assert higher(Level.HIGH, Level.MEDIUM) is higher(Level.MEDIUM, Level.HIGH) is Level.HIGH
    assert higher(Level.LOW, Level.LOW) is Level.LOW


# ── how sure ─────────────────────────────────────────────────────────────────────────────────────────────────────


def said(**changes: object) -> Summary:
    plain = summarise(story(reading(claims=(claim(),))), OUTLETS)
    blank = {"origins": ("Financial Times",), "confirmations": 0, "official": 0}
    return replace(plain, **(blank | changes))  # type: ignore[arg-type]


def test_one_report_is_one_origin_however_many_retell_it() -> None:
    sure = certainty(said(articles=5))
    assert (sure.degree, sure.why) == ("one origin", "1 origin (Financial Times), 0 confirmations")


def test_what_was_denied_or_could_not_be_verified_is_said() -> None:
    assert certainty(said(standings=(Standing.ALLEGED, Standing.DENIED, Standing.UNVERIFIED))).why == (
        "1 origin (Financial Times), 0 confirmations; denied, unverified"
    )


@pytest.mark.parametrize(
    ("changes", "degree"),
    [
        ({"origins": ()}, "no known origin"),
        ({"origins": ("Financial Times", "Daily")}, "several origins"),
        ({"confirmations": 1}, "confirmed"),
        ({"confirmations": 1, "official": 1}, "official"),
        ({"official": 1, "standings": (Standing.OFFICIAL, Standing.RETRACTED)}, "retracted"),
    ],
)
def test_the_surest_thing_counts_and_a_retraction_takes_all_of_it_back(changes: dict[str, object], degree: str) -> None:
    assert certainty(said(**changes)).degree == degree


@pytest.mark.parametrize(
    ("score", "rises"),
    [(64, False), (65, False), (66, True), (90, True)],
)
def test_a_level_that_people_lowered_stays_until_something_graver_comes_than_they_judged(
    score: int, rises: bool
) -> None:
    lowered = replace(story(reading()), level=Level.LOW, score=65)
    found = Gravity(score, (("rule level high", score),))
    assert risen(lowered, found) == ((found.level, score) if rises else (Level.LOW, 65))
