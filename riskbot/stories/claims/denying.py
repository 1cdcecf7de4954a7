"""Denied: the accused, or someone speaking for them, rejects it openly.

What always holds: "did not deny" is no denial, nor is "denied entry"; what is called false is a denial only in
somebody's mouth and only of an accusation or a report; a court that dismisses charges denies nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from riskbot.model import Standing
from riskbot.stories.claims.findings import Finding
from riskbot.stories.claims.grammar import BE, REACH, Sentence, governed
from riskbot.stories.claims.phrases import DETERMINERS, PREPOSITIONS, Phrase, agent, subject
from riskbot.stories.claims.speakers import NOBODY, Speaker, attributions, doer, speaker
from riskbot.stories.claims.terms import Group

_ABOUT = (Group.ACCUSATION, Group.REPORT)
_JUDGES = frozenset(
    "court courts judge judges jury tribunal magistrate panel senate shareholders investors voters".split()
)
_POINTERS = frozenset("it this these those they them it's that's".split())


def denied(sentence: Sentence) -> Iterator[Finding]:
    """Every denial."""
    yield from _by_verb(sentence, Group.DENY)
    yield from _by_verb(sentence, Group.REJECT)
    yield from _by_calling(sentence)


def _by_verb(sentence: Sentence, group: Group) -> Iterator[Finding]:
    for place in sentence.each(group):
        verb = sentence.verb(place)
        end = sentence.end(place, group)
        if governed(sentence, place) or verb.infinitive or verb.modal or sentence.negated(verb) or sentence.asks:
            continue
        if (
            _grants(sentence, end)
            or (group is Group.DENY and _refused(sentence, place, end))
            or (group is Group.REJECT and _describes(sentence, place))
        ):
            continue
        said_of = verb.passive and not sentence.low[place].endswith("ing") and end - place == 1
        if said_of and (_given(sentence, end) or not _told_of(sentence, place)):
            continue  # "was denied care"
        if group is Group.REJECT and not said_of and not _concerns(sentence, end):
            continue
        if said_of:
            who = agent(sentence, end)
            yield Finding(Standing.DENIED, place, speaker(sentence, who) if who else NOBODY)
            continue
        who = subject(sentence, place) or agent(sentence, end)
        if _judges(sentence, who):
            continue
        found = doer(sentence, place) if who == subject(sentence, place) else speaker(sentence, who)
        yield Finding(Standing.DENIED, place, found if found.somebody else _quoting(sentence, place))


def _describes(sentence: Sentence, place: int) -> bool:
    """Whether a participle describes a noun: "the contested theory"."""
    before = place - 1 if place and not sentence.low[place - 1].endswith("ly") else place - 2
    if before >= 0 and sentence.low[before].endswith("'s") and before < place - 1:
        return True  # "the country's hotly contested election"
    return before >= 0 and sentence.low[before] in ("the", "a", "an", "this", "these", "its", "their", "of", "'s")


def _grants(sentence: Sentence, end: int) -> bool:
    """Whether what is denied is a favour rather than a charge: "denied the steelmaker a licence"."""
    favour = sentence.near((Group.FAVOUR,), end, end + 7)
    return favour is not None and sentence.near(_ABOUT, end, favour) is None and "that" not in sentence.low[end:favour]


def _given(sentence: Sentence, end: int) -> bool:
    """Whether a passive has an object, so that something was denied to somebody: "are denied injections"."""
    after = sentence.low[end] if end < len(sentence.low) else ""
    return after[:1].isalpha() and after not in PREPOSITIONS and not after.endswith("ly") and after not in _BEHIND


_BEHIND = frozenset("and but or because when after again on yesterday today outright".split())


def _refused(sentence: Sentence, place: int, end: int) -> bool:
    """Whether "denied" stands for "who were denied": "women denied tests", unlike "Boeing denied wrongdoing"."""
    verb, low = sentence.verb(place), sentence.low
    after = low[end] if end < len(low) else ""
    if low[place] != "denied" or verb.perfect or verb.passive or verb.relative or verb.chained:
        return False
    plain = after[:1].isalpha() and sentence.raw[end][0].islower() and not after.endswith("ing")
    if not plain or after in DETERMINERS or after in _OBJECTS or sentence.near(_DENIABLE, end, end + 4) is not None:
        return False
    return not speaker(sentence, subject(sentence, place)).somebody


_OBJECTS = frozenset("that it them he she they having being any all everything knowledge responsibility".split())
_DENIABLE = (*_ABOUT, Group.WRONGDOING, Group.PAPER, Group.ACT)


def _told_of(sentence: Sentence, place: int) -> bool:
    """Whether what is denied, in the passive, is an accusation or a report."""
    what = subject(sentence, place)
    begin = max(0, what.start - REACH) if sentence.low[what.start - 1 : what.start] == ["that"] else what.start
    accused = (*_ABOUT, Group.WRONGDOING)
    return sentence.near(accused, begin, what.end) is not None or sentence.near(accused, 0, 2) is not None


def _concerns(sentence: Sentence, end: int) -> bool:
    """Whether an accusation or a report is what is rejected."""
    after = sentence.low[end : end + 1]
    if after and after[0] in _ELSEWHERE:
        return False
    if sentence.near(_ABOUT, end, end + 9) is not None:
        return True
    called = after == [","] or "as" in sentence.low[end : end + 4]
    return called and sentence.near((Group.FALSE,), end, end + 8) is not None


_ELSEWHERE = frozenset("in off near by last this after over when".split())


def _judges(sentence: Sentence, who: Phrase) -> bool:
    return any(sentence.low[place] in _JUDGES for place in range(who.start, who.end))


def _quoting(sentence: Sentence, place: int) -> Speaker:
    """Who the sentence has saying it, where the verb itself has no subject."""
    nearest = min(attributions(sentence), key=lambda pair: abs(pair[0] - place), default=None)
    return speaker(sentence, nearest[1]) if nearest else NOBODY


def _by_calling(sentence: Sentence) -> Iterator[Finding]:
    """Called, said to be or quoted as false; or "has never …", in the mouth of whoever is meant."""
    if not sentence.holds(Group.FALSE) and "never" not in sentence.low:
        return
    said = list(attributions(sentence))
    for place in _words_of_denial(sentence) if said else ():
        if sentence.unreal(place):
            continue
        _, who = min(said, key=lambda pair: abs(pair[0] - place))
        found = speaker(sentence, who)
        if found.paper or not found.somebody:
            continue
        yield Finding(Standing.DENIED, place, found)
        return


def _words_of_denial(sentence: Sentence) -> Iterator[int]:
    low = sentence.low
    for place in sentence.each(Group.FALSE):
        before = low[place - 1] if place else ""
        if before in ("not", "n't", "if", "whether", "or"):
            continue
        if _predicate(sentence, place) and (low[place] == "nothing" or _target(sentence, place)):
            yield place
    for place, word in enumerate(low):
        if word == "never":
            after = sentence.near((Group.NEVER,), place + 1, place + 4)
            if after is not None and _incriminates(sentence):
                yield place


def _predicate(sentence: Sentence, place: int) -> bool:
    """Whether something is called by the word, rather than described in passing: not "false invoices"."""
    low, end = sentence.low, sentence.end(place, Group.FALSE)
    if low[place] in _NOUNS and not _called(sentence, place):
        return False
    if end >= len(low) or sentence.words.is_mark(end) or not low[end][0].isalpha():
        return True
    if low[place] in _WHOLE or low[end] in _AFTER_PREDICATE:
        return True
    if sentence.end(end, *_ABOUT):  # "dismissed it as baseless claims", not "spreads baseless claims"
        return any(word in ("as", "such", "a", "an", "these", "those") for word in low[max(0, place - 3) : place])
    return False


def _called(sentence: Sentence, place: int) -> bool:
    """Whether a noun is what something is called or is, rather than what somebody has to do with."""
    window = sentence.low[max(0, place - 6) : place]
    calls = any(
        word.startswith(("call", "label", "brand", "describ", "dismiss", "reject", "denounc", "dub")) for word in window
    )
    return (
        calls or "as" in window or any(word in BE or word in _IS for word in window) or sentence.words.is_quoted(place)
    )


_IS = frozenset("it's that's this's he's she's they're these're".split())
_NOUNS = frozenset("nonsense lies smear smears slander fabrication fabrications propaganda distortion a".split())
# Phrases that say so whatever follows: "no truth in", "nothing illegal".
_WHOLE = frozenset("no not nothing without never did done contrary".split())
_AFTER_PREDICATE = frozenset(
    """and or but to by on in for of at that as because when after with about from against is was were are meant aimed
    designed intended said says""".split()
)


def _target(sentence: Sentence, place: int) -> bool:
    """Whether it is an accusation or a report that is called so."""
    words = sentence.words
    if sentence.near((*_ABOUT, Group.PAPER), 0, len(words), clause=False) is not None:
        return True
    begin = max(0, place - REACH)
    pointed = any(low in _POINTERS for low in sentence.low[begin:place])
    return pointed and (words.is_quoted(place) or any(low in BE for low in sentence.low[begin:place]))


def _incriminates(sentence: Sentence) -> bool:
    """Whether there is something in the sentence that one would rather not have done."""
    groups = (*_ABOUT, Group.WRONGDOING, Group.FORCE, Group.LIST, Group.MEASURE)
    if sentence.near(groups, 0, len(sentence.words), clause=False) is not None:
        return True
    return any(word in _SENSITIVE for word in sentence.low)


_SENSITIVE = frozenset(
    "government governments regime iran russia china army weapons these parts data sanctioned".split()
)
