"""The shipped claim terms, read once, for tests of what is read with them."""

from __future__ import annotations

from functools import cache

from riskbot.rulefiles.load import load_rules
from riskbot.stories.claims import ClaimReader, ClaimTerms
from tests.places import ROOT


@cache
def shipped_terms() -> ClaimTerms:
    """What `rules/claims.yaml` says."""
    return load_rules(ROOT / "rules", ROOT / "rules").claims


@cache
def shipped_reader() -> ClaimReader:
    """The same, compiled."""
    return ClaimReader(shipped_terms())
