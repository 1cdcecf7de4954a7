"""Noun phrases: what does a verb, what stands behind "by", what a sentence begins with.

What always holds: a phrase is a range of words; it reaches over no sign but a hyphen, over no verb, and over no more
than a dozen words. Deliberately absent: whom a phrase names (`speakers`). There is no parse behind this: a phrase ends
where function words, capitals and the term file's nouns say so.
"""

from __future__ import annotations

from dataclasses import dataclass

from riskbot.stories.claims.grammar import BE, CONJUNCTIONS, MODAL, REACH, RELATIVES, Sentence, is_day
from riskbot.stories.claims.terms import Group

DETERMINERS = frozenset(
    "the a an its their his her our this that these those both two three four several some many".split()
)
LINKS = frozenset("of for in at and & de du der von van al el bin".split())
PREPOSITIONS = frozenset(
    """of for in at on by with from to into over under about against between through during after before since despite
    amid following via per within without around among towards toward including as than like near""".split()
)
ADJECTIVES = frozenset(
    """senior top former foreign defence defense chinese russian us american british european iranian indian japanese
    state national federal local anonymous unnamed new another one other unidentified""".split()
)
VERBAL = (Group.SAY, Group.DENY, Group.ACCUSE, Group.CONFIRM, Group.REJECT)
_TOLD_OF = (Group.REPORT, Group.ACCUSATION)  # of the nouns among them what is told: "confirms FT claims"
_SIGNS = frozenset(",;:—–")
# What a phrase behind one of these is about; it does nothing itself.
_HANGING = frozenset(
    """of for in at on by with from into over under about against between through during without among towards including
    per via near within""".split()
)
_NEVER_INSIDE = frozenset("to has have had not if whether when where there how why what".split())
_STOPS = CONJUNCTIONS | RELATIVES | BE | MODAL | _NEVER_INSIDE
_PAST = frozenset(
    """went came took made gave got met sat won lost saw set cut kept held left led ran rose fell grew began sold bought
    paid built spent sent found wrote spoke struck drew knew thought sought fought threw broke chose hit""".split()
)
_PARTICLES = frozenset("de du der von van al el bin".split())  # of names, which may begin with them
_LATER = frozenset("last this earlier later next after ago while".split())
_LONGEST = 14  # words


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase: words from start to before end."""

    start: int
    end: int

    def __bool__(self) -> bool:
        return self.end > self.start


def subject(sentence: Sentence, place: int) -> Phrase:
    """The phrase that does the verb at a place; empty where there is none before it."""
    while True:  # each step goes to an earlier verb
        verb = sentence.verb(place)
        if not verb.chained:
            return phrase_before(sentence, verb.left, hanging=verb.relative or sentence.low[place].endswith("ing"))
        earlier = sharing(sentence, place)
        if earlier is None:
            if sentence.low[verb.left] == "," and verb.left and not sentence.low[place].endswith("ing"):
                return _before_comma(sentence, verb.left)
            return first_phrase(sentence, verb.left)
        place = earlier


def sharing(sentence: Sentence, place: int) -> int | None:
    """The verb whose subject the chained verb at a place shares: the nearest before it that has one of its own."""
    left = sentence.verb(place).left
    for earlier in range(left, max(-1, left - 40), -1):
        if sentence.low[earlier] in (";", ":", "—", "–"):
            return None
        if sentence.end(earlier, *VERBAL, Group.ORDER, Group.ACT) and sentence.verb(earlier).left >= 0:
            verb = sentence.verb(earlier)
            if verb.infinitive or sentence.low[earlier].endswith("ing") or is_noun(sentence, earlier):
                continue
            if not _is_object(sentence, earlier, left):
                return earlier
    return None


def _is_object(sentence: Sentence, place: int, left: int) -> bool:
    """Whether what may be a verb only tells what an earlier one is about: "confirms Treasury sanctions, denies"."""
    low = sentence.low
    noun = not (low[place].endswith("ed") or low[place] in _PAST)
    behind = low[left] == "," or low[left - 1] == ","
    ends = sentence.end(place, *VERBAL, Group.ORDER, Group.ACT)
    bare = noun and ends in (left, left - behind)  # an act needs somebody on whom it falls
    if sentence.end(place, *VERBAL):
        return bare and bool(sentence.end(place, *_TOLD_OF)) and _governed(sentence, place)
    return bare or ((noun or behind) and _governed(sentence, place))


def _governed(sentence: Sentence, place: int) -> bool:
    """Whether a verb of saying stands before a word, with no sign between them."""
    for earlier in range(place - 1, max(0, place - REACH), -1):
        if sentence.low[earlier] in _SIGNS:
            return False
        if is_saying(sentence, earlier):
            return True
    return False


def _before_comma(sentence: Sentence, comma: int) -> Phrase:
    """Who does a verb behind a comma, where none before it is known: a comma too many ("the head of the division,
    announced"), or an unknown verb with its object ("Hanwei faces sanctions, denies")."""
    whole = phrase_before(sentence, comma - 1)
    hangs = whole.start > 0 and sentence.low[whole.start - 1] in _HANGING
    first = first_phrase(sentence, comma) if hangs else phrase_after(sentence, whole.start, comma)
    return first if hangs or (first and first.end < comma - 1) else whole


def is_noun(sentence: Sentence, place: int) -> bool:
    """Whether what may be a verb is a noun here: "the claims", "their reports"."""
    before = sentence.low[place - 1] if place else ""
    return before in DETERMINERS or before in PREPOSITIONS or before.endswith("'s") or before in ADJECTIVES


def phrase_before(sentence: Sentence, last: int, *, hanging: bool = True) -> Phrase:
    """The noun phrase that ends with the word `last`; `hanging`: also where it only belongs to another phrase."""
    low, words = sentence.low, sentence.words
    start = last + 1
    place = last
    while place >= 0 and last - place < _LONGEST:
        word = low[place]
        if words.is_mark(place):
            if 0 < place < last and _joins(sentence, place):
                start, place = place, place - 1
                continue
            if word == ")" and (opens := _bracket(sentence, place)) is not None:
                place = opens - 1
                continue
            break
        if word in DETERMINERS:
            start = place
            if place and low[place - 1] in LINKS and is_nominal(sentence, place - 2):
                place -= 2  # "a spokesman for the Chinese foreign ministry"
                start = place + 1
                continue
            break
        if word in LINKS and not (word in _PARTICLES and words.is_name(place)):
            joins = word in ("and", "&") and place and words.is_name(place - 1) and words.is_name(place + 1)
            hangs = word != "and" and place and start > place and is_nominal(sentence, place - 1)
            if not (joins or hangs):
                break
            place -= 1
            continue
        if word in _STOPS or word in PREPOSITIONS or (start <= last and is_saying(sentence, place)):
            break
        start = place
        place -= 1
    while start < last and (is_day(low[start]) or _is_year(low[start]) or _is_link(sentence, start)):
        start += 1
    if start and not hanging and _hangs(sentence, start):
        return Phrase(0, 0)  # "a man from Minnesota pleaded": whom it hangs on is out of sight
    return Phrase(start, last + 1)


def _is_year(word: str) -> bool:
    return len(word) == 4 and word.isdigit()


def _is_link(sentence: Sentence, place: int) -> bool:
    return sentence.low[place] in LINKS and not sentence.words.is_name(place)


def _joins(sentence: Sentence, place: int) -> bool:
    """Whether a sign joins what stands on its sides: "U.S.-backed", "A & B", "A/B"; a dash with blanks does not."""
    return sentence.low[place] in "&/" or (sentence.low[place] == "-" and sentence.low[place - 1].endswith("."))


def _hangs(sentence: Sentence, start: int) -> bool:
    """Whether a phrase is what a preposition or a participle is about, rather than somebody who does something."""
    before = sentence.low[start - 1]
    if before in _HANGING or (before.endswith("ing") and len(before) > 4 and sentence.raw[start - 1][0].islower()):
        return start > 1 and sentence.low[start - 2] != ","
    return False


def _bracket(sentence: Sentence, place: int) -> int | None:
    for step in range(place - 1, max(-1, place - 12), -1):
        if sentence.low[step] == "(":
            return step
    return None


def is_nominal(sentence: Sentence, place: int) -> bool:
    """Whether a word can be the head that a phrase with "of" or "in" hangs on."""
    if place < 0 or sentence.words.is_mark(place):
        return False
    groups = (Group.VOICE, Group.BODY, Group.AUTHORITY, Group.TITLE, Group.PAPER, Group.COMPANY, Group.MEDIA)
    return sentence.words.is_name(place) or bool(sentence.end(place, *groups))


def is_saying(sentence: Sentence, place: int) -> bool:
    """Whether a word is a verb of saying with a subject of its own rather than part of a name."""
    if not sentence.end(place, *VERBAL) or is_noun(sentence, place):
        return False
    return sentence.words.headline or not sentence.words.is_name(place)


def phrase_after(sentence: Sentence, first: int, stop: int | None = None) -> Phrase:
    """The noun phrase that begins with the word `first`, and ends before `stop`."""
    low, words = sentence.low, sentence.words
    stop = min(len(words), first + _LONGEST) if stop is None else min(len(words), first + _LONGEST, stop)
    place = first
    named = False
    if first < len(words) and (low[first] in PREPOSITIONS or low[first] in _STOPS):
        return Phrase(0, 0)
    while place < stop:
        word = low[place]
        if words.is_mark(place):
            if place > first and _joins(sentence, place):
                place += 1
                continue
            break
        if is_day(word) and named and not sentence.words.headline:
            break
        if word in LINKS and place > first:
            after = place + 1 if place + 1 < len(words) else place
            further = after + 1 if low[after] in DETERMINERS and after + 1 < len(words) else after
            linked = words.is_name(further) and not is_day(low[further])
            if word == "and" or not (linked or sentence.end(further, Group.BODY, Group.AUTHORITY)):
                break
            if not is_nominal(sentence, place - 1):
                break
            place = further
            continue
        if word in _STOPS or (word in PREPOSITIONS and place > first):
            break
        verb = is_saying(sentence, place) or sentence.end(place, Group.ACT, Group.ORDER)
        if place > first and named and verb and not words.is_name(place):
            break
        if named and words.is_name(place - 1) and _goes_on(sentence, place):
            break  # "by Huawei last year", "Huawei helped"
        named = named or (words.is_name(place) and word not in DETERMINERS) or is_nominal(sentence, place)
        place += 1
    return Phrase(first, place)


def _goes_on(sentence: Sentence, place: int) -> bool:
    """Whether a word in small letters behind a name is no part of its phrase: a time, an adverb, a verb."""
    word = sentence.low[place]
    if sentence.words.is_name(place) or is_nominal(sentence, place):
        return False
    return word in _LATER or word in _PAST or (len(word) > 3 and word.endswith(("ly", "ed", "s")))


def first_phrase(sentence: Sentence, last: int) -> Phrase:
    """The phrase that the sentence begins with, behind what only says when or where."""
    start = 0
    if sentence.low and sentence.low[0] in PREPOSITIONS:
        for place in range(1, min(last, 16)):
            if sentence.low[place] == ",":
                start = place + 1
                break
    found = phrase_after(sentence, start)
    return found if found.end <= last + 1 else Phrase(0, 0)


def agent(sentence: Sentence, start: int, reach: int = 14) -> Phrase:
    """The phrase behind "by", within reach of a passive."""
    for place in range(start, min(start + reach, len(sentence.words) - 1)):
        word = sentence.low[place]
        if word == "by":
            found = phrase_after(sentence, place + 1)
            if sentence.low[place + 1].endswith("ing"):
                return Phrase(0, 0)
            return found
        if word in ";:—–":
            break
    return Phrase(0, 0)
