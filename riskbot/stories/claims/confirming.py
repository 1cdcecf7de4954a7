"""Confirmed: someone says that it is so, or owns up to it.

What always holds: "refused to confirm" and "if confirmed" confirm nothing, nor does what admits only that nothing can
be said; whoever was admitted to a hospital owned up to nothing, and a study that confirms a theory is nobody's word.
"""

from __future__ import annotations

from collections.abc import Iterator

from riskbot.model import Standing
from riskbot.stories.claims.findings import Finding, past
from riskbot.stories.claims.grammar import REACH, Sentence, Verb, is_day
from riskbot.stories.claims.phrases import Phrase, agent, sharing, subject
from riskbot.stories.claims.speakers import NOBODY, attributions, doer, mouth, speaker
from riskbot.stories.claims.terms import Group

_CHAMBERS = frozenset("senate parliament senators lawmakers".split())  # they confirm nominees
_THINGS = frozenset(
    """results result victory victories win study studies data research evidence records photos photo images image
    footage tests test analysis leak leaks poll polls survey surveys revelations findings move decision incident event
    events figures numbers trailer video election defeat history visit paper reports episode dna sample samples letter
    letters teaser document documents""".split()
)
_SCORES = frozenset("goal goals try tries penalty penalties point points defeat lead one two three four five".split())
# Behind a participle these make it describe what stands before: "galaxies confirmed so far".
_NOT_SAID = frozenset("in at for so hours during ahead as cases deaths infections dead".split())
_BEFORE_NOUN = frozenset(("", ",", "a", "the", "of", "no", "and", "any"))


def confirmed(sentence: Sentence) -> Iterator[Finding]:
    """Everything that somebody says is so."""
    for place in sentence.each(Group.CONFIRM):
        verb, end = sentence.verb(place), sentence.end(place, Group.CONFIRM)
        if not _asserted(sentence, verb, end) or _means_else(sentence, verb, end):
            continue
        participle = past(sentence.low[place]) and not verb.passive
        who = agent(sentence, end, 8)
        if participle and not who and _describes(sentence, place):
            continue
        if (verb.passive and not sentence.low[place].endswith("ing")) or (
            participle and who and _describes(sentence, place)
        ):
            yield Finding(Standing.CONFIRMED, place, speaker(sentence, who) if who else NOBODY)
            continue
        found = doer(sentence, place)
        yield Finding(Standing.CONFIRMED, place, found, Phrase(end, min(end + REACH, len(sentence.low))))
    yield from _genuine(sentence)
    for place in sentence.each(Group.PLEAD):
        verb = sentence.verb(place)
        if not (verb.infinitive or verb.modal or sentence.negated(verb) or sentence.unreal(place)):
            yield Finding(Standing.CONFIRMED, place, speaker(sentence, subject(sentence, place)))


def _asserted(sentence: Sentence, verb: Verb, end: int) -> bool:
    """Whether the sentence itself tells that it is confirmed."""
    place = verb.place
    able = verb.modal and sentence.low[place - 1] == "can"  # "we can confirm that"
    if verb.infinitive or (verb.modal and not able) or sentence.negated(verb) or sentence.asks:
        return False
    if sentence.conditional(place) or _doubted(sentence, end) or _only_told(sentence, verb, end):
        return False
    return able or not sentence.unreal(place)


def _only_told(sentence: Sentence, verb: Verb, end: int) -> bool:
    """Whether it stands in somebody's mouth, rather than beside it: "denied the report, confirmed talks"."""
    place, low = verb.place, sentence.low
    if not sentence.told(place):
        return False
    if low[end : end + 1] == ["by"]:
        return True
    begins = verb.left if verb.chained else subject(sentence, place).start - 1
    head = sharing(sentence, place) if verb.chained else sentence.clause(place)
    if head is None or begins <= head or sentence.told(head):
        return True
    # Without a comma it may go on with what is told: "denied claims that it stole data and admitted it".
    comma = low[begins] == "," or (verb.chained and low[begins - 1] == ",")
    return "that" in low[head:begins] or (not comma and (not verb.chained or sentence.told_of(head + 1, begins)))


def _means_else(sentence: Sentence, verb: Verb, end: int) -> bool:
    """Whether the word is used in another sense, or its subject can say nothing."""
    place, low = verb.place, sentence.low
    after = low[end] if end < len(low) else ""
    if after != "by" and _inanimate(sentence, place):
        return True
    if past(low[place]) and not verb.passive and after in _NOT_SAID and not agent(sentence, end, 8):
        return True
    if low[place].startswith("conced") and any(word in _SCORES or word.isdigit() for word in low[end : end + 5]):
        return True
    if not low[place].startswith("admit"):
        return False
    let_in = verb.passive and low[place] == "admitted"
    return (
        let_in
        or after == "only"
        or after.isdigit()
        or is_day(after)
        or (after == "to" and not _confesses(sentence, end))
    )


def _inanimate(sentence: Sentence, place: int) -> bool:
    """Whether the subject can say nothing: "the victory confirms"; or confirms a nominee: "the Senate confirms"."""
    what = subject(sentence, place)
    if not what:
        return False
    head = sentence.low[what.end - 1]
    return head in _THINGS or (head in _CHAMBERS and sentence.low[place].startswith("confirm"))


def _describes(sentence: Sentence, place: int) -> bool:
    """Whether a participle describes a noun: "40 confirmed cases", "the incident, confirmed by …"."""
    before = sentence.low[place - 1] if place else ""
    after = sentence.low[place + 1] if place + 1 < len(sentence.low) else ""
    return before in _BEFORE_NOUN or before.isdigit() or after == "by"


def _confesses(sentence: Sentence, end: int) -> bool:
    """Whether somebody admits to an act: not "admitted to the club"."""
    after = sentence.low[end + 1] if end + 1 < len(sentence.low) else ""
    return after.endswith("ing") or sentence.near((Group.WRONGDOING, Group.ACCUSATION), end, end + 6) is not None


def _doubted(sentence: Sentence, end: int) -> bool:
    """Whether what is confirmed is that nothing can be said: "admits that they cannot verify"."""
    for place in range(end, min(end + REACH, len(sentence.low))):
        if sentence.end(place, Group.UNPROVEN):
            return True
        if sentence.end(place, Group.VERIFY) and sentence.verb(place).negated:
            return True
    return False


def _genuine(sentence: Sentence) -> Iterator[Finding]:
    """A document or a report that somebody calls genuine."""
    about = (Group.REPORT, Group.PIECE, Group.PAPER, Group.ACCUSATION)
    for place in sentence.each(Group.GENUINE):
        if sentence.negated(sentence.verb(place)) or sentence.conditional(place) or sentence.unreal(place):
            continue
        if sentence.near(about, sentence.clause(place), place) is None:
            continue
        found = mouth(sentence, place)
        if found.somebody or any(True for _ in attributions(sentence)):
            yield Finding(Standing.CONFIRMED, place, found)
            return
