"""Whether an article is about a company, or merely mentions it.

What always holds: the answer depends on the article and the names found in it alone, never on the rules. A company
alone in a title is its subject; otherwise place, share of all mentions and number of mentions add up.

Signals after J. Dunietz, D. Gillick, "A new entity salience task with millions of training examples", EACL 2014:
position of the first mention, in the headline or not, number of mentions, share among all entities.
"""

from __future__ import annotations

from dataclasses import dataclass

from riskbot.matching.layout import Layout
from riskbot.matching.occurrences import Found

SUBJECT_FROM = 50  # of 100


@dataclass(frozen=True, slots=True)
class Salience:
    """How much an article is about a company."""

    score: int  # 0-100
    why: str  # the signals in words

    @property
    def subject(self) -> bool:
        """Whether the article is about the company."""
        return self.score >= SUBJECT_FROM


def salience(company: str, found: Found, layout: Layout) -> Salience:
    """How much the article is about a company that occurs in it."""
    mentions = found.companies[company]
    in_title = sum(not mention.in_text for mention in mentions)
    in_lead = any(layout.is_prominent(mention.field, mention.start) for mention in mentions)
    total = sum(len(others) for others in found.companies.values())
    share = len(mentions) / total
    score = 0
    signals = []
    if in_title:
        score += 60
        signals.append("in the title")
    if in_lead and not in_title:
        score += 35
        signals.append("in the lead")
    score += round(25 * share)
    signals.append(f"{len(mentions)} of {total} mentions of companies")
    if len(mentions) >= 3:
        score += 10
        signals.append("named again and again")
    return Salience(min(score, 100), ", ".join(signals))
