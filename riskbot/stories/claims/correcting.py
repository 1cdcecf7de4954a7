"""Retracted: a report or an accusation is withdrawn or corrected.

What always holds: only words are taken back: not a bid, not a landing gear; a market's correction is none. A correction
that stands at an article's foot names nobody: it is the article's own.
"""

from __future__ import annotations

from collections.abc import Iterator

from riskbot.model import Standing
from riskbot.stories.claims.findings import Finding, past
from riskbot.stories.claims.grammar import Sentence
from riskbot.stories.claims.phrases import agent, subject
from riskbot.stories.claims.speakers import NOBODY, Speaker, speaker
from riskbot.stories.claims.terms import Group

_WORDS = (Group.PIECE,)
_POINTERS = frozenset("it them".split())
_BEHIND_LABEL = frozenset(":-–—(/")


def retracted(sentence: Sentence) -> Iterator[Finding]:
    """Everything that is taken back."""
    if _labelled(sentence):
        yield Finding(Standing.RETRACTED, 0)
        return
    for place in sentence.each(Group.CORRECTION):
        if sentence.unreal(place) or sentence.verb(place).negated:
            continue
        who = speaker(sentence, subject(sentence, place)) if sentence.low[place] in _ACTIVE else NOBODY
        yield Finding(Standing.RETRACTED, place, who)
    for group in (Group.RETRACT, Group.WITHDRAW):
        for place in sentence.each(group):
            found = _taken_back(sentence, place, group)
            if found:
                yield found


_ACTIVE = frozenset("issued issues published publishes printed regrets regret regretted no".split())


def _labelled(sentence: Sentence) -> bool:
    """Whether the sentence begins as corrections do: "CORRECTED-Bank …", "Correction:", "Correction (May 5)"."""
    start = 1 if sentence.low[:1] == ["("] else 0
    head, hyphen, _ = sentence.raw[start].partition("-")
    if hyphen and head.isupper():
        return head.lower().startswith(_STAMPS)
    end = sentence.end(start, Group.LABEL)
    if not end:
        return False
    after = sentence.low[end] if end < len(sentence.low) else ""
    return after in _BEHIND_LABEL or (start == 1 and sentence.low[start].startswith("correct"))


_STAMPS = ("correct", "refile", "retract", "withdraw", "clarif")


def _taken_back(sentence: Sentence, place: int, group: Group) -> Finding | None:
    low, verb, end = sentence.low, sentence.verb(place), sentence.end(place, group)
    if verb.infinitive or verb.modal or sentence.negated(verb) or sentence.unreal(place):
        return None
    passive = verb.passive and not low[place].endswith("ing")
    if passive and not past(low[place]):
        return None  # "the article was correct"
    if passive:
        begin = sentence.clause(place)
        if sentence.near(_WORDS, begin, place) is None:
            return None
        who = agent(sentence, end)
        return Finding(Standing.RETRACTED, place, speaker(sentence, who) if who else NOBODY)
    what = sentence.near(_WORDS, end, end + 7)
    pointed = group is Group.RETRACT and end < len(low) and low[end] in _POINTERS
    if what is None and not pointed:
        return None
    who = subject(sentence, place)
    if group is Group.WITHDRAW and not _of_words(sentence, place, what):
        return None
    found = speaker(sentence, who)
    return Finding(Standing.RETRACTED, place, found if found.somebody else Speaker(None))


_APART = frozenset("after from over in following amid because as at on with".split())


def _of_words(sentence: Sentence, place: int, what: int | None) -> bool:
    """Whether the object itself is words: "withdrew its report", not "withdrew troops after the report"."""
    between = sentence.low[place + 1 : what]
    if what is not None and sentence.low[what + 1 : what + 2] == ["by"]:
        return False  # somebody else's: "deleted a post by the minister"
    if "and" in between:
        return False  # "removes and reports"
    return not any(word in _APART for word in between)
