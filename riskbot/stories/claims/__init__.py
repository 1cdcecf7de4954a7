"""The standing of what an article says: who alleged, who denied, who could not verify, who confirmed, who acted, who
took it back.

`ClaimReader` is the way in; `terms` says which words there are, `grammar` what they do in a sentence, `speakers` who
says it, and a file for each standing which words together tell it (`alleging`, `denying`, `checking`, `confirming`,
`acting`, `correcting`). What a claim means for a story is the ledger's and the evidence's matter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from riskbot.model import Article, Claim
from riskbot.stories.claims.about import about
from riskbot.stories.claims.reader import ClaimReader
from riskbot.stories.claims.terms import ClaimGroup, ClaimTerms, Group, group_of

__all__ = ["ClaimGroup", "ClaimReader", "ClaimTerms", "Group", "about", "claims", "group_of"]

_compiled = lru_cache(maxsize=2)(ClaimReader)


def claims(
    article: Article, companies: Mapping[str, Sequence[str]] | Sequence[str] = (), terms: ClaimTerms | None = None
) -> tuple[Claim, ...]:
    """The claims of one article; whoever reads many keeps a `ClaimReader`. Without terms there are none."""
    return _compiled(terms or ClaimTerms()).read(article, companies)
