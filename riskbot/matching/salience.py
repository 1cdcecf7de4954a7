"""Whether an article is about a company, or merely mentions it.

What always holds: the answer depends on the article and the names found in it alone, never on the rules. A company
in the title is its subject; otherwise place, share of all mentions and number of mentions add up. A name that only
says who somebody is ("former Acme engineer") or where something was shown or sold ("a video on Acme") gives no place.

Signals after J. Dunietz, D. Gillick, "A new entity salience task with millions of training examples", EACL 2014:
position of the first mention, in the headline or not, number of mentions, share among all entities.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from riskbot.matching.layout import Layout
from riskbot.matching.occurrences import Found, Occurrence

SUBJECT_FROM = 50  # of 100
_ROLE_BEFORE = re.compile(
    r"\b(?:founder|co-founder|chairman|chairwoman|chief\s+executive|CEO|president|director|head|boss|executive|engineer|"
    r"employee|worker|scientist|analyst|professor|owner|veteran)s?\s+(?:of|at|for)\s+(?:[\w'’-]+\s+){0,4}$|"
    r"\b(?:former|ex-?)\s*(?:[\w'’-]+\s+){0,2}$",
    re.IGNORECASE,
)

# "posted on Acme", "sold on Acme", never "sanctions on Acme" or "sold chips to Acme".
_MEDIUM_BEFORE = re.compile(
    r"\b(?:(?:views?|videos?|posts?|posted|posting|clips?|photos?|pictures?|followers?|stars?|viral|streamed|hashtags?|trending)"
    r"\s+(?:[\w'’-]+\s+){0,6}?(?:on|via)|(?:posted|took)\s+to|(?:sold|available|listed)\s+(?:[\w'’-]+\s+){0,2}?(?:on|at|via)|"
    r"(?:said|says|wrote|writes|shared|famous|live|dance|released)\s+(?:on|via))\s+[\"'“‘]?$",
    re.IGNORECASE,
)


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
    telling = [mention for mention in mentions if not _beside_the_point(mention, layout)]
    in_title = any(not mention.in_text for mention in telling)
    in_lead = any(mention.in_text and layout.is_prominent("text", mention.start) for mention in telling)
    total = sum(len(others) for others in found.companies.values())
    share = len(mentions) / total
    score = 0
    signals = []
    if in_title:
        score += 60
        signals.append("in the title")
    elif in_lead:
        score += 40
        signals.append("in the lead")
    score += round(25 * share)
    signals.append(f"{len(mentions)} of {total} mentions of companies")
    if len(mentions) >= 3:
        score += 30 if share > 0.5 else 10 if share > 0.25 else 0
        signals.append("named again and again")
    return Salience(min(score, 100), ", ".join(signals))


def _beside_the_point(mention: Occurrence, layout: Layout) -> bool:
    source = layout.text if mention.in_text else layout.title
    return _is_medium(source, mention.start) or _introduces(source, mention.start)


def _is_medium(text: str, start: int) -> bool:
    """Whether a name only says where something was shown or sold: "a video released on Acme", "sold on Acme"."""
    return _MEDIUM_BEFORE.search(text, max(0, start - 90), start) is not None


def _introduces(text: str, start: int) -> bool:
    """Whether a name only says who a person is: "founder of chip giant Acme", "former Acme engineer"."""
    return _ROLE_BEFORE.search(text, max(0, start - 80), start) is not None
