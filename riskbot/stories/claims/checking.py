"""Unverified: somebody looked and could not say, or was asked and would not.

What always holds: "refused to confirm" and "neither confirmed nor denied" are unverified; a question that nobody put to
anybody went unanswered by nobody, and an athlete who is unproven leaves nothing open. A request leads to whom it was
put to: "calls to the ministry" to the ministry.
"""

from __future__ import annotations

from collections.abc import Iterator

from riskbot.model import Standing
from riskbot.stories.claims.findings import Finding
from riskbot.stories.claims.grammar import BE, MODAL, REACH, Sentence
from riskbot.stories.claims.phrases import agent, phrase_after, subject
from riskbot.stories.claims.speakers import NOBODY, Speaker, mouth, speaker
from riskbot.stories.claims.terms import Group

_REFUSING = frozenset("declined declines decline declining refused refuses refuse refusing".split())
_UNABLE = frozenset("unable unwilling impossible difficult failed fails yet".split())
_PREVENTED = frozenset(
    "could couldn't can cannot can't did didn't do does doesn't don't has hasn't have haven't had hadn't".split()
)


def unverified(sentence: Sentence) -> Iterator[Finding]:
    """Every failure to verify and every answer that did not come."""
    for place in sentence.each(Group.UNPROVEN):
        if not sentence.unreal(place) and _of_a_matter(sentence, place):
            yield Finding(Standing.UNVERIFIED, place, _of_unproven(sentence, place))
    for place in sentence.each(Group.SILENT):
        if not sentence.hypothetical(place) and _was_asked(sentence, place):
            yield Finding(Standing.UNVERIFIED, place, _of_silence(sentence, place))
    for group in (Group.VERIFY, Group.ANSWER):
        for place in sentence.each(group):
            found = _not_done(sentence, place, group)
            if found:
                yield found
                yield from _neither_of(sentence, found)
    for place, word in enumerate(sentence.low):
        if word in _REFUSING and sentence.low[place + 1 : place + 2] == ["to"] and not sentence.verb(place).infinitive:
            near = sentence.near((Group.ANSWER, Group.VERIFY), place + 2, place + 5)
            near = place + 2 if sentence.low[place + 2 : place + 3] == ["say"] else near
            if near is not None and not sentence.verb(place).modal:
                yield Finding(Standing.UNVERIFIED, place, speaker(sentence, subject(sentence, place)))


def _was_asked(sentence: Sentence, place: int) -> bool:
    """Whether somebody was asked at all: not "reached out to voters", not "had no answer to the goal"."""
    end = sentence.end(place, Group.SILENT)
    last = sentence.low[end - 1]
    if last in ("to", "contacted", "approached"):
        return any(word in _ASKED for word in sentence.low[end : end + REACH])
    if sentence.low[place:end] == ["no", "comment"]:
        before = sentence.low[place - 1] if place else ""
        return before in _GIVING and not any(word in ("not", "n't", "didn't") for word in sentence.low[:place])
    if last in ("answer", "reply", "response", "unanswered", "unsuccessful"):
        return _request(sentence, place) is not None or any(word.startswith("comment") for word in sentence.low)
    return True


_GIVING = frozenset(("", "had", "have", "has", "offered", "gave", "give", "made", "is", "was", "with", ":", ",", "and"))
_ASKED = frozenset("comment comments response reply statement clarification confirmation".split())


def _of_a_matter(sentence: Sentence, place: int) -> bool:
    """Whether it is news that is called unverified, not an athlete that is called unproven."""
    end = sentence.end(place, Group.UNPROVEN)
    if end - place > 1 or end >= len(sentence.low) or not sentence.low[end][0].isalpha():
        return True
    return sentence.near((Group.ACCUSATION, Group.REPORT), end, end + 3) is not None or any(
        word in _NEWS for word in sentence.low[end : end + 2]
    )


_NEWS = frozenset("footage video videos image images photo photos picture pictures".split())


def _not_done(sentence: Sentence, place: int, group: Group) -> Finding | None:
    verb, low = sentence.verb(place), sentence.low
    if group is Group.VERIFY and low[place] in ("confirmation", "verification"):
        return None
    governor = _governor(sentence, place) if verb.infinitive else None
    missing = verb.negated and (verb.modal or verb.perfect or verb.passive)
    if governor is not None and not missing:
        missing = (
            low[governor] in _UNABLE
            and not _negated_before(sentence, governor)
            and not (low[governor] == "yet" and low[governor - 1] not in BE | _PREVENTED)
        )
        missing = missing or (low[governor] in ("able", "possible", "willing") and _negated_before(sentence, governor))
    if not missing and group is Group.ANSWER:
        missing = _neither(sentence, place)
    if not missing and group is Group.VERIFY:
        missing = _none_of(sentence, place) or _neither(sentence, place)
    if not missing or sentence.conditional(place):
        return None
    if group is Group.VERIFY and low[place] in _GENERAL and not _about_a_matter(sentence, place):
        return None
    if group is Group.ANSWER and low[place].startswith(("discuss", "issue", "say")) and not verb.modal:
        return None
    if group is Group.ANSWER and not (_unanswered(sentence, place) and _asked(sentence, place)):
        return None
    return Finding(Standing.UNVERIFIED, place, _who(sentence, place if governor is None else governor))


def _asked(sentence: Sentence, place: int) -> bool:
    """Whether somebody was asked: a request or an accusation is spoken of, or who did not answer is named."""
    low, verb = sentence.low, sentence.verb(place)
    after = low[sentence.end(place, Group.ANSWER) :][:1]
    if low[place] == "be" and after not in ([], ["for"], ["."], [","], ["on"]):
        return False  # "cannot be reached by force"
    if low[place].startswith("discuss") and "never" in low[verb.left + 1 : place]:
        return False
    who = speaker(sentence, subject(sentence, place))
    orders = verb.left < 0 or low[verb.left] in ("please", ":")
    if who.stands_for in ("you", "i", "we") or (verb.perfect and not verb.modal and orders):
        return False  # "don't reply to this"
    if sentence.holds(Group.REQUEST, Group.ACCUSATION, Group.REPORT) or any(word.startswith("comment") for word in low):
        return True
    return who.somebody or not low[place].startswith(("respond", "repl", "answer"))


def _unanswered(sentence: Sentence, place: int) -> bool:
    """Whether it is a request that was not answered: not a question left open, not a horse that could not respond."""
    verb, low = sentence.verb(place), sentence.low
    if low[place].startswith(("respond", "repl", "answer")):
        if verb.modal and any(
            word in ("could", "couldn't", "can", "can't", "cannot") for word in low[verb.left + 1 : place]
        ):
            return False
        if verb.passive:
            return _request(sentence, place) is not None
    return True


_GENERAL = frozenset("determine determined establish established proven proved ascertain ascertained".split())


def _about_a_matter(sentence: Sentence, place: int) -> bool:
    """ "Could not determine if": verbs that also mean to decide or to found need a question or a report behind them."""
    after = sentence.low[place + 1 : place + 4]
    if any(word in ("if", "whether", "how", "who", "what", "why", "that") for word in after):
        return True
    return sentence.verb(place).passive or sentence.near((Group.ACCUSATION, Group.REPORT), place, place + 6) is not None


def _governor(sentence: Sentence, place: int) -> int | None:
    """The word an infinitive hangs on: "unable to verify"."""
    to = next(left for left in range(place - 1, -1, -1) if sentence.low[left] == "to")
    return to - 1 if to else None


def _negated_before(sentence: Sentence, place: int) -> bool:
    return sentence.verb(place).negated


def _neither(sentence: Sentence, place: int) -> bool:
    """ "Neither Sinochem nor the department responded"."""
    begin = sentence.clause(place)
    window = sentence.low[max(begin, place - 20) : place]
    return "neither" in window


def _neither_of(sentence: Sentence, found: Finding) -> Iterator[Finding]:
    """The first of "neither A nor B", who did not do it either."""
    window = range(max(sentence.clause(found.place), found.place - 20), found.place)
    start = next((place for place in window if sentence.low[place] == "neither"), None)
    if start is not None and "nor" in sentence.low[start : found.place]:
        stop = sentence.low.index("nor", start)
        yield Finding(found.status, found.place, speaker(sentence, phrase_after(sentence, start + 1, stop)))


def _none_of(sentence: Sentence, place: int) -> bool:
    window = sentence.low[max(sentence.clause(place), place - REACH) : place]
    return any(window[n : n + 2] == ["none", "of"] for n in range(len(window)))


def _who(sentence: Sentence, place: int) -> Speaker:
    """Who did not verify or answer; a request that went unanswered leads to whoever it was put to."""
    verb = sentence.verb(place)
    phrase = subject(sentence, place)
    request = _request(sentence, place)
    if request is not None and (verb.passive or not phrase):
        return _addressed(sentence, request, place)
    if verb.passive and not sentence.near((Group.ANSWER,), place, place + 1):
        who = agent(sentence, place)
        found = speaker(sentence, who) if who else NOBODY
        if found.somebody:
            return found
        if sentence.end(place, Group.VERIFY):
            return mouth(sentence, place)
    if phrase and sentence.low[phrase.start] == "it" and verb.passive:
        return NOBODY
    found = speaker(sentence, phrase)
    if found.stands_for in ("it", "they", "he", "she", "we"):
        other = mouth(sentence, place)
        return other if other.name or other.stands_for not in (None, "it", "they") else found
    return found


def _request(sentence: Sentence, place: int) -> int | None:
    """The request before a place that was put to somebody: "emails to the ministry"."""
    begin = max(sentence.clause(place), place - 14)
    for left in range(place - 1, begin - 1, -1):
        if sentence.end(left, Group.REQUEST) and any(word in ("to", "from", "at") for word in sentence.low[left:place]):
            return left
        if sentence.low[left] in (",", "that"):
            return None
    return None


def _addressed(sentence: Sentence, start: int, stop: int) -> Speaker:
    """Whom a request was put to: "calls to Huaxin", "attempts to reach Xu Ming"."""
    for place in range(start + 1, min(stop, len(sentence.low) - 1)):
        if sentence.low[place] in ("to", "from", "at", "reach", "contact"):
            found = speaker(sentence, phrase_after(sentence, place + 1, stop if stop > place + 1 else None))
            if found.somebody and sentence.low[place + 1] not in ("reach", "contact"):
                return found
    return NOBODY


def _of_silence(sentence: Sentence, place: int) -> Speaker:
    end = sentence.end(place, Group.SILENT)
    phrase = subject(sentence, place)
    request = _request(sentence, place)
    if request is not None:
        return _addressed(sentence, request, place)
    if end < len(sentence.low) and sentence.low[end] in ("from", "by"):
        return speaker(sentence, phrase_after(sentence, end + 1))
    had = place - 1
    if had > 0 and sentence.low[had] in ("had", "has", "have", "offered", "gave", "made"):
        return speaker(sentence, subject(sentence, had))
    if phrase:
        found = speaker(sentence, phrase)
        if found.somebody:
            return found
    return mouth(sentence, place)


def _of_unproven(sentence: Sentence, place: int) -> Speaker:
    if sentence.low[place] in ("neither", "no"):
        had = place - 1
        if had >= 0 and sentence.low[had] in MODAL | _PREVENTED | {"had", "has", "have"}:
            return (
                _who(sentence, had) if sentence.low[had] not in MODAL else speaker(sentence, subject(sentence, place))
            )
    return NOBODY
