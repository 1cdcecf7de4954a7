"""The written sentences, as they are labelled: one half to the letter, the half set aside by its figures."""

from __future__ import annotations

import pytest

from bench.claims import LABELS
from riskbot.model import Claim
from tests.builders import article
from tests.claimterms import shipped_reader

ROWS = [line.split("\t") for line in (LABELS / "written.tsv").read_text(encoding="utf-8").splitlines()[1:]]
OPEN = [row[2:] for row in ROWS if row[0] == "open"]
ASIDE = [row[2:] for row in ROWS if row[0] == "aside"]
NOBODY = "-"


def read(company: str, sentence: str) -> tuple[Claim, ...]:
    return shipped_reader().read(article("", sentence), [] if company == NOBODY else [company])


def labelled(statuses: str) -> set[str]:
    return set() if statuses == NOBODY else set(statuses.split(","))


def speakers(written: str) -> dict[str, set[str]]:
    parts = [] if written == NOBODY else [part.partition("=") for part in written.split(";")]
    return {status: set(names.split(",")) for status, _, names in parts}


@pytest.mark.parametrize(("statuses", "names", "company", "sentence"), OPEN, ids=lambda text: text[:40])
def test_a_sentence_is_read_as_it_is_labelled(statuses: str, names: str, company: str, sentence: str) -> None:
    found = read(company, sentence)
    assert {str(claim.status) for claim in found} == labelled(statuses)
    said = {
        status: {claim.speaker or NOBODY for claim in found if claim.status == status} for status in labelled(statuses)
    }
    assert said == {status: speakers(names)[status] for status in said}


def test_the_half_that_was_set_aside_is_read_nearly_as_well() -> None:
    right = wrong = missed = 0
    for statuses, _, company, sentence in ASIDE:
        found = {str(claim.status) for claim in read(company, sentence)}
        wanted = labelled(statuses)
        right, wrong, missed = right + len(found & wanted), wrong + len(found - wanted), missed + len(wanted - found)
    assert right / (right + wrong) >= 0.95
    assert right / (right + missed) >= 0.95
