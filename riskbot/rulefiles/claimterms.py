"""The terms by which claims are told, from all files.

What always holds: a group may stand several times and in several files, and its terms add up; a folder that says
nothing of claims has the shipped terms. Terms of one's own are added to the shipped ones by `use: [riskbot/claims]`;
without that they stand alone, and what is then never found is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from riskbot.rulefiles.companies import terms_at
from riskbot.rulefiles.folder import rule_files
from riskbot.rulefiles.source import RuleSource, read_source
from riskbot.rulefiles.suggest import listing
from riskbot.stories.claims import ClaimGroup, ClaimTerms, Group

SHIPPED = "claims"  # the list's name among the shipped files


def with_claims(sources: Sequence[RuleSource], packaged: Path | None, max_bytes: int) -> list[RuleSource]:
    """The files, with the shipped claim terms behind them where they say nothing of claims themselves."""
    if packaged is None or any(source.model.claims or not source.whole for source in sources):
        return list(sources)
    shipped = [path for path in rule_files(packaged) if path.stem == SHIPPED]
    return [*sources, *(read_source(path, max_bytes, shipped=True) for path in shipped)]


def gather_claims(sources: Sequence[RuleSource]) -> ClaimTerms:
    """Every group of claim terms, in the order of the files."""
    found: list[ClaimGroup] = []
    own: list[tuple[RuleSource, ClaimGroup]] = []
    for source in sources:
        for entry, node in source.entries("claims"):
            terms = terms_at(source, node, "terms", entry.terms)
            not_in = terms_at(source, node, "not_in", entry.not_in)
            found.append(ClaimGroup(Group(entry.group), terms, not_in))
            if not source.shipped:
                own.append((source, found[-1]))
    terms_of_all = ClaimTerms(tuple(found))
    missing = terms_of_all.missing() if own and all(source.whole for source in sources) else ()
    if missing:
        source = own[0][0]
        node = next(node for _, node in source.entries("claims"))
        message = f"claims have no terms for {listing([group.value for group in missing])}"
        mend = "add `use: [riskbot/claims]`, which has them all, and keep your own beside it"
        source.tell(node, "claims-incomplete", message, mend, "warning", key=True)
    return terms_of_all
