"""How stories are scored against a reader's labels."""

from __future__ import annotations

import pytest

from bench.fitting import Sample, area, fit
from bench.scoring import Pair, grouping, halves

LABELS = {"a": "x", "b": "x", "c": "y"}
PAIRS = [Pair("a", "b", True), Pair("a", "c", False)]


def test_perfect_stories_score_one() -> None:
    result = grouping(LABELS, {"a": "s1", "b": "s1", "c": "s2"}, PAIRS)
    assert (result.f1, result.precision, result.recall, result.merged, result.mistaken) == (1, 1, 1, 1, 0)
    assert (result.joined_wrongly, result.left_apart) == ((), ())


def test_everything_in_one_story_costs_precision() -> None:
    result = grouping(LABELS, dict.fromkeys(LABELS, "s1"), PAIRS)
    assert result.recall == 1
    assert result.precision == pytest.approx((2 / 3 + 2 / 3 + 1 / 3) / 3)
    assert (result.merged, result.mistaken) == (1, 1)
    assert result.joined_wrongly == (PAIRS[1],)


def test_everything_apart_costs_recall_and_no_story_at_all_is_apart() -> None:
    for stories in ({"a": "s1", "b": "s2", "c": "s3"}, {}, dict.fromkeys(LABELS)):
        result = grouping(LABELS, stories, PAIRS)
        assert result.precision == 1
        assert result.recall == pytest.approx((0.5 + 0.5 + 1) / 3)
        assert (result.merged, result.mistaken) == (0, 0)
        assert result.left_apart == (PAIRS[0],)


def test_articles_without_a_label_count_for_nothing() -> None:
    with_others = {"a": "s1", "b": "s1", "c": "s2", "d": "s1", "e": "s2"}
    assert grouping(LABELS, with_others, PAIRS).f1 == 1


def test_nothing_labelled_scores_nothing() -> None:
    result = grouping({}, {}, [])
    assert (result.f1, result.merged, result.mistaken) == (0, 0, 0)


def test_halves_keep_kin_together_and_hold_about_as_many_articles() -> None:
    labels = {f"a{n}": f"story{n % 10}" for n in range(40)}
    one, other = halves(labels, [("story1", "story2"), ("story2", "story3"), ("story1", "elsewhere")], seed=1)
    assert one | other == set(labels.values())
    assert not one & other
    assert {"story1", "story2", "story3"} <= one or {"story1", "story2", "story3"} <= other
    assert 3 <= len(one) <= 7
    assert halves(labels, [], seed=1) == halves(labels, [], seed=1)
    assert len({frozenset(halves(labels, [], seed)[0]) for seed in range(9)}) > 1


def test_fitted_weights_tell_the_pairs_apart_that_they_were_fitted_to() -> None:
    samples = [Sample((n / 10, 0.5, 1.0), n > 5, (str(n), "")) for n in range(11)]
    weights = fit(samples)
    assert weights[0] > 0
    assert abs(weights[1]) < 0.5
    assert area(weights, samples) == 1
    assert area((-weights[0], 0, 0), samples) == 0
    assert area((0, 0, 0), samples) == 0.5


def test_of_a_group_with_many_pairs_each_counts_for_less() -> None:
    agree = [Sample((1.0, 1.0), True, ("big", "big"))] * 50
    against = [Sample((1.0, 1.0), False, (str(n), "")) for n in range(50)]
    assert fit([*agree, *against])[-1] < -0.5
