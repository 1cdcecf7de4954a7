"""What riskbot judges by, and what it sees in one article by itself.

What always holds: pure; a mind is a value that is exchanged as a whole when rules, settings or word frequencies change,
so that one poll is judged by one mind from its first article to its last.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from riskbot.matching.match import Matcher
from riskbot.model import Article, Reading
from riskbot.policy.alerting import Policy
from riskbot.stories.claims import ClaimReader, about
from riskbot.stories.frequencies import Frequencies
from riskbot.stories.origins import credit
from riskbot.stories.outlets import Outlets
from riskbot.stories.similarity import Weighed, weigh
from riskbot.stories.sketch import Sketch

WEIGHED = 2000  # sketches whose weighed words are remembered


@dataclass(frozen=True, slots=True)
class Mind:
    """What riskbot judges by: everything the pure core needs besides an article and the time."""

    matcher: Matcher
    outlets: Outlets
    policy: Policy = field(default_factory=Policy)
    frequencies: Frequencies = field(default_factory=Frequencies)
    claims: ClaimReader = field(default_factory=ClaimReader)
    _weighed: dict[str, Weighed] = field(default_factory=dict, init=False, repr=False, compare=False)

    def weigh(self, of: Sketch) -> Weighed:
        """The sketch with its words weighed; what was weighed last is remembered, for stories are met often."""
        found = self._weighed.pop(of.article, None)
        if found is None or found.sketch != of:  # an article that was edited is sketched anew
            found = weigh(of, self.frequencies)
        self._weighed[of.article] = found
        if len(self._weighed) > WEIGHED:
            del self._weighed[next(iter(self._weighed))]
        return found


def read(article: Article, mind: Mind, *, every: bool = False, in_story: bool = True) -> Reading:
    """Everything the pure core sees in one article by itself; `every`: what it claims also where it meets no rule.

    `in_story` false: it belongs to no story yet, so that nobody asks for its origin unless it has a hit. That saves
    nine tenths of the time that most articles take.
    """
    hits = mind.matcher.match(article)
    if not (hits or every or in_story):
        return Reading(article)
    told_of = credit(article, mind.outlets)
    said = mind.claims.read(article, about(hits), told_of.origin) if hits or every else ()
    return Reading(article, hits, told_of.origin, told_of.chain, said, told_of.links)
