"""Official: an authority has acted, long ago or just now: it lists, fines, bans, charges, convicts, orders.

What always holds: a plan, a threat, a call, a condition or what somebody merely says happened is no act; "kept off the
list" is none; whoever is no authority cannot act, though "was fined" tells an act without saying whose. An act that a
subordinate clause or an adjective only mentions ("after the ban", "the sanctioned bank") is not told.
"""

from __future__ import annotations

from collections.abc import Iterator

from riskbot.model import Standing
from riskbot.stories.claims.findings import Finding, past
from riskbot.stories.claims.grammar import BE, REACH, Sentence, Verb
from riskbot.stories.claims.phrases import Phrase, agent, phrase_before, subject
from riskbot.stories.claims.speakers import NOBODY, Speaker, acts, speaker
from riskbot.stories.claims.terms import Group

# What follows a noun in -s, as it cannot follow a verb: "US sanctions on …", "EU fines for …".
_BEHIND_NOUN = frozenset(
    """on against over for of in after as to have has had are is were was will would could may might can and or from by
    that which with hit hits bite begin expire remain take loom threaten aimed imposed announced targeting risk at amid
    look help push force make leave cut drive mean seem fail work weigh cause prompt raise put""".split()
)
_HEADLINE_PASSIVE = frozenset("to for by over from in as with after on end record millions amid at".split())
_LISTING = frozenset("to on onto in into".split())
_OFF = frozenset("off from".split())
_BRINGING = frozenset("brought bring brings filed files file unsealed unseals unseal".split())
_MONEY = frozenset("$€£¥")


def official(sentence: Sentence) -> Iterator[Finding]:
    """Every act of an authority."""
    if sentence.asks:
        return
    yield from _by_verb(sentence, Group.ACT)
    yield from _by_verb(sentence, Group.ORDER)
    yield from _by_measure(sentence)
    yield from _by_list(sentence)
    yield from _by_verdict(sentence)
    for place in sentence.each(Group.PLEAD):
        verb = sentence.verb(place)
        if not (verb.infinitive or verb.modal or sentence.negated(verb) or sentence.unreal(place)):
            yield Finding(Standing.OFFICIAL, place, NOBODY, subject(sentence, place))


def _real(sentence: Sentence, verb: Verb) -> bool:
    """Whether it is told as done, by the sentence itself."""
    place = verb.place
    if verb.modal or sentence.negated(verb) or sentence.told(place) or sentence.unreal(place):
        return False
    if verb.infinitive:
        return place > 1 and sentence.low[place - 2] in (
            "voted",
            "votes",
            "decided",
            "decides",
            "agreed",
            "ruled",
            "chose",
        )
    return not sentence.background(place)


def _by_verb(sentence: Sentence, group: Group) -> Iterator[Finding]:
    low = sentence.low
    for place in sentence.each(group):
        verb, end, word = sentence.verb(place), sentence.end(place, group), low[place]
        after = low[end] if end < len(low) else ""
        if word.endswith("ing") and not verb.passive:
            continue
        if group is Group.ORDER and sentence.words.is_quoted(place) and not sentence.words.is_quoted(place - 1):
            continue  # what is called "forced"
        if group is Group.ORDER and after == "to" and past(word) and not verb.passive:
            continue  # "Bank told to stop": whom it falls on stands before it, who did it nowhere
        if not _real(sentence, verb):
            continue
        if verb.passive and (past(word) or word in ("found", "put", "sentenced")):
            found = _passive(sentence, place, end, strong=group is Group.ACT)
            if found:
                yield found
            continue
        who = subject(sentence, place - 2 if verb.infinitive else place)  # "the EU voted to ban"
        if who and acts(sentence, who) and _active(sentence, place, end, who):
            if word in ("told", "tells", "tell") and not _stops(sentence, end):
                continue
            yield Finding(Standing.OFFICIAL, place, speaker(sentence, who), Phrase(end, _object_end(sentence, end)))
            continue
        if (
            group is Group.ACT
            and past(word)
            and _in_headline(sentence, place, who, after if end == place + 1 else "to")
        ):
            yield Finding(Standing.OFFICIAL, place, _agent(sentence, end), who)


def _by_verdict(sentence: Sentence) -> Iterator[Finding]:
    """A judge or a jury finds somebody guilty: the name stands between the words."""
    for place, word in enumerate(sentence.low):
        if word in ("found", "finds", "find") and "guilty" in sentence.low[place + 2 : place + 9]:
            who = subject(sentence, place)
            if who and acts(sentence, who) and _real(sentence, sentence.verb(place)):
                guilty = sentence.low.index("guilty", place)
                if "not" not in sentence.low[place:guilty]:
                    yield Finding(Standing.OFFICIAL, place, speaker(sentence, who), Phrase(place + 1, guilty))


def _passive(sentence: Sentence, place: int, end: int, *, strong: bool) -> Finding | None:
    if sentence.low[place] == "charged" and _priced(sentence, end):
        return None
    by = agent(sentence, end)
    authority = bool(by) and acts(sentence, by)
    if by and not authority:
        return None
    if not by and not strong:
        return None
    return Finding(Standing.OFFICIAL, place, speaker(sentence, by) if by else NOBODY, subject(sentence, place))


def _priced(sentence: Sentence, end: int) -> bool:
    """Whether somebody is charged money: "charged £45"."""
    after = sentence.low[end : end + 4]
    return after[:1] in (["to"], ["at"], ["up"]) or any(word[:1] in _MONEY or word.isdigit() for word in after)


def _agent(sentence: Sentence, end: int) -> Speaker:
    """The authority behind "by"."""
    by = agent(sentence, end)
    return speaker(sentence, by) if by and acts(sentence, by) else NOBODY


def _active(sentence: Sentence, place: int, end: int, who: Phrase) -> bool:
    """Whether the word is the authority's verb rather than a noun behind its name: "US sanctions on"."""
    low = sentence.low
    word = low[place]
    if end >= len(low) or (sentence.words.is_mark(end) and low[end] not in _MONEY):
        return False
    if low[end] in _BEHIND_NOUN and not (low[end] in ("in", "on", "to") and past(word)):
        return low[end] == "that" and not word.endswith("s")
    if past(word) or sentence.verb(place).passive or sentence.verb(place).infinitive:
        return True
    if word.endswith("s"):
        return not sentence.end(end, Group.SAY, Group.MEASURE)
    last = low[who.end - 1]
    return last.endswith("s") or last == "police"


def _stops(sentence: Sentence, end: int) -> bool:
    """Whether somebody is told to stop: "tells manufacturers to stop using"."""
    stop = min(end + REACH, len(sentence.low) - 1)
    return any(
        sentence.low[place] == "to" and sentence.end(place + 1, Group.STOP) for place in range(end, stop)
    ) or any(sentence.end(place, Group.STOP) and sentence.low[place] == "not" for place in range(end, stop))


def _object_end(sentence: Sentence, end: int) -> int:
    for place in range(end, min(end + REACH, len(sentence.low))):
        if sentence.low[place] in (";", ":", ".", ",", "for", "over", "after", "from", "as", "citing", "in"):
            return place
    return min(end + REACH, len(sentence.low))


def _in_headline(sentence: Sentence, place: int, who: Phrase, after: str) -> bool:
    """Whether a participle stands for a passive, as in headlines: "Bank fined for …"."""
    if not who or sentence.verb(place).perfect or sentence.verb(place).relative:
        return False
    if after not in _HEADLINE_PASSIVE and after[:1] not in _MONEY and not after[:1].isdigit():
        return False
    if sentence.raw[-1] in ".!" or any(word in BE for word in sentence.low[:place]):
        return False
    return (
        who.start <= 1
        or sentence.low[who.start - 1] in (":", ",", "-", "–", "—", ";", "'", "'s")
        or sentence.verb(place).chained
    )


_BETWEEN = frozenset("plan plans calls talks whether over after amid despite following under before because as".split())


def _by_measure(sentence: Sentence) -> Iterator[Finding]:
    low = sentence.low
    for place in sentence.each(Group.IMPOSE):
        verb, end, word = sentence.verb(place), sentence.end(place, Group.IMPOSE), low[place]
        if (word.endswith("ing") and not verb.passive) or not _real(sentence, verb):
            continue
        if low[end - 1] == "jury":
            yield Finding(Standing.OFFICIAL, place)
            continue
        imposed = verb.passive and past(word)
        if imposed and sentence.near((Group.MEASURE,), sentence.clause(place), place) is not None:
            yield Finding(Standing.OFFICIAL, place, _agent(sentence, end))
            continue
        measure = sentence.near((Group.MEASURE,), end, end + 9)
        if measure is None or any(low[n] in _BETWEEN for n in range(end, measure)):
            continue
        if low[end - 1] == "with":  # hit with a fine
            yield Finding(Standing.OFFICIAL, place, NOBODY, phrase_before(sentence, verb.left))
            continue
        who = subject(sentence, place)
        plain = not any(low[n] in ("in", "of", "for", "against", "over", "to") for n in range(end, measure))
        if low[place] in _BRINGING and plain and low[measure].startswith(("charge", "indictment")):
            found = speaker(sentence, who)
            yield Finding(Standing.OFFICIAL, place, found, Phrase(measure, _object_end(sentence, measure + 1)))
        elif who and acts(sentence, who):
            yield Finding(
                Standing.OFFICIAL, place, speaker(sentence, who), Phrase(measure, _object_end(sentence, measure + 1))
            )


def _by_list(sentence: Sentence) -> Iterator[Finding]:
    low = sentence.low
    for place in sentence.each(Group.LIST):
        onto = next((n for n in range(place - 1, max(-1, place - 9), -1) if low[n] in _LISTING | _OFF), None)
        if onto is None or not onto:
            continue
        if low[onto] in _LISTING and low[onto - 1] in BE and not sentence.negated(sentence.verb(onto)):
            if _real(sentence, sentence.verb(onto)):
                yield Finding(Standing.OFFICIAL, onto, NOBODY, phrase_before(sentence, sentence.verb(onto - 1).left))
            continue
        for verb_at in range(onto - 1, max(-1, onto - 14), -1):
            if not sentence.end(verb_at, Group.ENTER):
                continue
            verb = sentence.verb(verb_at)
            if low[verb_at].endswith("ing") and not verb.passive:
                break
            if not _real(sentence, verb) or (
                low[onto] == "off" and low[verb_at] not in ("taken", "removed", "took", "struck")
            ):
                break
            if verb.passive and past(low[verb_at]):
                by = agent(sentence, onto)
                yield Finding(
                    Standing.OFFICIAL, verb_at, speaker(sentence, by) if by else NOBODY, subject(sentence, verb_at)
                )
            else:
                who = subject(sentence, verb_at)
                if who and acts(sentence, who):
                    yield Finding(Standing.OFFICIAL, verb_at, speaker(sentence, who), Phrase(verb_at + 1, onto))
                elif low[verb_at] in ("added", "placed", "put") and _in_headline(sentence, verb_at, who, "by"):
                    yield Finding(Standing.OFFICIAL, verb_at, NOBODY, who)
            break
