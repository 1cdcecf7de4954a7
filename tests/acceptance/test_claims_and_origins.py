"""Origins and claims against the labels, where the labelled articles lie beside the repository."""

from __future__ import annotations

import pytest

from bench.claims import EVAL, Eyes, claim_figures, origin_figures

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (EVAL / "dev.jsonl").is_file(), reason="the labelled articles are not here"),
]


@pytest.fixture(scope="module")
def eyes() -> Eyes:
    return Eyes()


def test_origins_are_read_as_well_as_they_should_be(eyes: Eyes) -> None:
    ((_, measured, goal, _),) = origin_figures(eyes)
    assert float(measured) >= float(goal.removeprefix("≥ "))


def test_claims_are_read_as_well_as_they_should_be(eyes: Eyes) -> None:
    wanted = [row for row in claim_figures(eyes) if row[2]]
    assert len(wanted) == 2
    assert all(float(measured) >= float(goal.removeprefix("≥ ")) for _, measured, goal, _ in wanted)
