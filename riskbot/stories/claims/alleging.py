"""Alleged: somebody asserts wrongdoing, or something that is not established.

What always holds: a leaked memo, an indictment or a lawsuit alleges and does not act; allegations that are only the
object of a denial allege nothing; of whom something is merely said ("is alleged to") is not who says it.
"""

from __future__ import annotations

from collections.abc import Iterator

from riskbot.model import Standing
from riskbot.stories.claims.findings import Finding
from riskbot.stories.claims.grammar import REACH, Sentence, governed
from riskbot.stories.claims.phrases import agent, phrase_after, phrase_before, subject
from riskbot.stories.claims.speakers import NOBODY, Speaker, attributions, speaker
from riskbot.stories.claims.terms import Group

_DENYING = (Group.DENY, Group.REJECT)
_NOUN_FORMS = frozenset("claims claim charges blame".split())
# Behind these "claims" is a noun: "claims of", "trademark claims, …".
_BEHIND_NOUN = frozenset(
    ("of", "by", "against", "are", "were", "regarding", "about", "over", "on", "from", ",", ".", "")
)
# What one claims without asserting it.
_CLAIMED = frozenset(
    "around up more nearly government benefits compensation damages insurance refunds expenses".split()
)
_CONTENT = frozenset("that of against about".split())
_FACING = frozenset(
    """face faces faced facing level levelled leveled made make makes making raise raised raises amid
    over""".split()
)
_OF_PAPERS = frozenset(
    """details detail detailed sets lays laid outlines outlined describes described names named shows show showed
    reveals""".split()
)
_OF_PERSONS = frozenset(
    "call calls called tell tells told add adds added respond responds reply replies slams blasts".split()
)


def alleged(sentence: Sentence) -> Iterator[Finding]:
    """Every allegation."""
    found = [*_by_verb(sentence), *_by_repute(sentence), *_by_paper(sentence), *_by_noun(sentence)]
    yield from found or _by_saying(sentence)


def _by_verb(sentence: Sentence) -> Iterator[Finding]:
    low = sentence.low
    for place in sentence.each(Group.ACCUSE):
        word, verb, end = low[place], sentence.verb(place), sentence.end(place, Group.ACCUSE)
        if governed(sentence, place) or verb.infinitive or verb.modal or sentence.negated(verb):
            continue
        if sentence.asks or _denied(sentence, place) or _asserts_nothing(sentence, place, end):
            continue
        after = low[end] if end < len(low) else ""
        if verb.passive and not word.endswith("ing"):
            who = agent(sentence, end)
            yield Finding(Standing.ALLEGED, place, speaker(sentence, who) if who else NOBODY)
        elif word in ("alleged", "accused") and not verb.perfect and _adjective(sentence, place, after):
            yield Finding(Standing.ALLEGED, place)
        else:
            who = subject(sentence, place)
            if not who and place and low[place - 1] == "," and place + 1 < len(low):
                who = phrase_after(sentence, place + 1)
            yield Finding(Standing.ALLEGED, place, speaker(sentence, who))


def _asserts_nothing(sentence: Sentence, place: int, end: int) -> bool:
    """Whether the word is a noun, or claims something that nobody could deny: lives, benefits, responsibility."""
    low, word = sentence.low, sentence.low[place]
    after = low[end] if end < len(low) else ""
    if word in _NOUN_FORMS and (_a_noun(sentence, place) or after in _BEHIND_NOUN):
        return True
    if not word.startswith("claim"):
        return False
    if after.isdigit() or after in _CLAIMED or (sentence.verb(place).passive and word == "claimed"):
        return True
    if "lives" in low[end : end + 4] or "responsibility" in low[end : end + 2]:
        return True
    return not (_clause_follows(sentence, end) or sentence.verb(place).left >= 0)


def _a_noun(sentence: Sentence, place: int) -> bool:
    """Whether "claims" or "blame" is a noun: behind "the", behind a preposition, or where the sentence begins."""
    before = sentence.low[place - 1] if place else ""
    return not before or before in _BEFORE_NOUN or before.endswith("'s")


_BEFORE_NOUN = frozenset(
    """the these those its their his her any such of false and no to over on with against denied denies
    rejects""".split()
)


def _clause_follows(sentence: Sentence, end: int) -> bool:
    return end < len(sentence.low) and not sentence.words.is_mark(end)


def _adjective(sentence: Sentence, place: int, after: str) -> bool:
    """Whether "alleged" or "accused" stands before a noun or behind its own: "alleged ties", "man accused of"."""
    if after in ("of", "in"):
        # "Ukraine accused of" is said of it; a subject that accuses has somebody behind it.
        return True
    if sentence.low[place] == "alleged":
        before = sentence.low[place - 1] if place else "the"
        return after not in ("that", "the", "a", "in", "it", "he", "she", "they") and not (
            sentence.words.is_name(place - 1) if place and before else False
        )
    return False


def _denied(sentence: Sentence, place: int) -> bool:
    """Whether a denial governs the word: what it denies is not alleged again."""
    begin = max(sentence.clause(place), place - REACH)
    for left in range(place - 1, begin - 1, -1):
        if sentence.low[left] in (",", ";"):
            return False
        if sentence.end(left, *_DENYING) and not sentence.negated(sentence.verb(left)):
            return True
    return False


def _by_repute(sentence: Sentence) -> Iterator[Finding]:
    for place in sentence.each(Group.SUSPECT):
        if not _denied(sentence, place) and not sentence.negated(sentence.verb(place)):
            yield Finding(Standing.ALLEGED, place)


def _by_paper(sentence: Sentence) -> Iterator[Finding]:
    """According to a memo; a memo says."""
    low = sentence.low
    for place in sentence.each(Group.PAPER):
        end = sentence.end(place, Group.PAPER)
        if sentence.low[end - 1].endswith("'s"):
            continue
        phrase = phrase_before(sentence, end - 1)
        before = low[max(0, phrase.start - 2) : phrase.start]
        if before == ["according", "to"] or before[-1:] == ["per"]:
            yield Finding(Standing.ALLEGED, place, speaker(sentence, phrase))
            continue
        for verb in range(end, min(end + REACH, len(low))):
            says = low[verb] in _OF_PAPERS or (
                sentence.end(verb, Group.SAY, Group.ACCUSE) and low[verb] not in _OF_PERSONS
            )
            if not says or sentence.verb(verb).passive or sentence.verb(verb).infinitive:
                continue
            if subject(sentence, verb).end == end:
                yield Finding(Standing.ALLEGED, verb, speaker(sentence, phrase))
            break


def _by_noun(sentence: Sentence) -> Iterator[Finding]:
    """Allegations that are made, faced, or have their content behind them."""
    low = sentence.low
    for place in sentence.each(Group.ACCUSATION):
        word = low[place].removesuffix("'s")
        if word not in (
            "allegation",
            "allegations",
            "accusation",
            "accusations",
            "suspicion",
            "suspicions",
            "claims",
            "claim",
        ):
            continue
        if _denied(sentence, place) or sentence.negated(sentence.verb(place)):
            continue
        end = sentence.end(place, Group.ACCUSATION)
        after = low[end] if end < len(low) else ""
        made = low[end : end + 3]
        if (after in _CONTENT and word != "claim") or made[:2] in (["were", "made"], ["was", "made"], ["made", "by"]):
            who = _owner(sentence, place)
            yield Finding(Standing.ALLEGED, place, who)
        elif word.startswith(("alleg", "accus")) and any(
            low[left] in _FACING for left in range(max(0, place - 4), place)
        ):
            yield Finding(Standing.ALLEGED, place)


def _owner(sentence: Sentence, place: int) -> Speaker:
    """Whose allegations they are: "Beijing's allegations", "made by the ministry"."""
    if place and sentence.raw[place - 1].endswith(("'s", "’s", "s'", "s’")):
        phrase = phrase_before(sentence, place - 1)
        written = sentence.words.written(phrase.start, place)
        name = written.removesuffix("'s").removesuffix("’s").removesuffix("'").removesuffix("’")
        if sentence.words.is_name(place - 1):
            return Speaker(name)
    who = agent(sentence, place, 5)
    return speaker(sentence, who) if who else NOBODY


def _by_saying(sentence: Sentence) -> Iterator[Finding]:
    """Wrongdoing in somebody's mouth, whatever the verb."""
    wrong = _wrong(sentence)
    if wrong is None or sentence.asks or _denied(sentence, wrong):
        return
    for mouth, phrase in attributions(sentence):
        if abs(mouth - wrong) > 3 * REACH or sentence.end(mouth, *_DENYING, Group.CONFIRM):
            continue
        if sentence.low[mouth] in _VERDICTS:
            continue
        found = speaker(sentence, phrase)
        if found.stands_for in ("company", "firm", "group") or _innocent(sentence):
            continue
        if sentence.negated(sentence.verb(wrong)) or sentence.hypothetical(wrong):
            continue
        yield Finding(Standing.ALLEGED, wrong, found)
        return


_VERDICTS = frozenset(
    "condemn condemned condemns denounce denounced denounces tells called calls slam slams slammed".split()
)


def _wrong(sentence: Sentence) -> int | None:
    for place in sentence.each(Group.WRONGDOING):
        return place
    for place in sentence.each(Group.AID):
        before = sentence.low[place - 1] if place else ""
        if before not in ("to", "who", "that") and sentence.near((Group.FORCE,), place + 1, place + 7) is not None:
            return place
    return None


def _innocent(sentence: Sentence) -> bool:
    return next(sentence.each(Group.FALSE), None) is not None or "never" in sentence.low
