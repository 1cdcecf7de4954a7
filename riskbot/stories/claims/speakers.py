"""Who says it: the name of whoever does a verb, says a quotation, or stands behind "by".

What always holds: a speaker is words of the sentence in their order, or nobody; a spokesperson stands for whom they
speak for, a person's title is left out, and people nobody names ("officials", "two sources") are nobody. Deliberately
absent: what "it" or "the company" stands for, which takes the sentences before (`references`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from riskbot.stories.claims.grammar import Sentence
from riskbot.stories.claims.phrases import (
    ADJECTIVES,
    DETERMINERS,
    LINKS,
    PREPOSITIONS,
    Phrase,
    is_noun,
    phrase_after,
    phrase_before,
    subject,
)
from riskbot.stories.claims.terms import Group

# What a sentence or a headline may begin with, and no name does.
_OPENINGS = DETERMINERS | frozenset(
    """however meanwhile still yet also then now later instead moreover separately earlier afterwards exclusive watch
    live update breaking opinion analysis did does do is are was were has have""".split()
)
# Verbs that never stand before who says it: ", said Kyle Chan" but not ", told Kyle Chan".
_NEVER_TURNED = frozenset("saying calling insisting describing told tell tells labelling labeling branding".split())
_PRONOUNS = frozenset("it he she they we i you".split())
_POSSESSIVE = ("'s", "’s", "s'", "s’")


@dataclass(frozen=True, slots=True)
class Speaker:
    """Whoever says it, as the sentence has it."""

    name: str | None  # None: nobody is named
    stands_for: str | None = None  # the word that stands for somebody named before: "it", "company", "newspaper"
    authority: bool = False  # a government, a court, an official
    paper: bool = False  # a document

    @property
    def somebody(self) -> bool:
        """Whether there is a name, or a word that may lead to one."""
        return self.name is not None or self.stands_for is not None


NOBODY = Speaker(None)


def attributions(sentence: Sentence) -> Iterator[tuple[int, Phrase]]:
    """The verbs of saying with who says it: "Alibaba said", "…, said Kyle Chan"; "Moscow: …" in a headline."""
    for place in range(1, min(6, len(sentence.words) - 2)):
        if sentence.low[place] == ":" and sentence.words.is_name(place - 1):
            found = phrase_before(sentence, place - 1)
            if found and found.start == 0:
                yield place, found
    for place in sentence.each(Group.SAY):
        if is_noun(sentence, place):
            continue
        verb = sentence.verb(place)
        if verb.infinitive or verb.negated or (verb.passive and not sentence.low[place].endswith("ing")):
            continue
        before = sentence.low[place - 1] if place else ""
        closes = place and sentence.words.is_quoted(place - 1) and not sentence.words.is_quoted(place)
        found = subject(sentence, place)
        turned = (before == "," or closes) and sentence.low[place] not in _NEVER_TURNED
        if turned and place + 1 < len(sentence.words) and (closes or not speaker(sentence, found).name):
            after = phrase_after(sentence, sentence.end(place, Group.SAY))
            found = after if after and sentence.low[after.start] not in _PRONOUNS else found
        if found or verb.left >= 0:  # "two people familiar with the matter said": somebody does
            yield place, found


def speaker(sentence: Sentence, phrase: Phrase) -> Speaker:
    """Who a noun phrase names."""
    if not phrase:
        return NOBODY
    low, raw = sentence.low, sentence.raw
    start, end = phrase.start, phrase.end
    authority = bool(_head_of(sentence, phrase, Group.AUTHORITY))
    while start < end and (low[start] in DETERMINERS or sentence.words.is_mark(start)):
        start += 1
    if end - start == 1 and low[start] in _PRONOUNS:
        return Speaker(None, low[start])
    owns = start < end and raw[end - 1].lower().endswith(_POSSESSIVE)
    if owns and not sentence.end(end - 1, Group.AUTHORITY):
        return NOBODY  # "Alibaba's …": whose, not who
    voice = next((place for place in range(start, end) if sentence.end(place, Group.VOICE)), None)
    if voice is not None:
        return _voiced(sentence, start, voice, end, authority)
    paper = next((place for place in range(start, end) if sentence.end(place, Group.PAPER)), None)
    if paper is not None:
        stop = min(end, sentence.end(paper, Group.PAPER))
        name = _name(sentence, start, paper)
        written = " ".join(raw[paper:stop]).lower()
        return Speaker(f"{name} {written}" if name else None, None if name else low[stop - 1], False, True)
    title = _behind_title(sentence, start, end)
    if title is not None:
        return Speaker(_name(sentence, title, end) or None, None, authority)
    name = _name(sentence, start, end)
    if name:
        return Speaker(name, None, authority)
    return _stands_for(sentence, start, end, authority)


def doer(sentence: Sentence, place: int) -> Speaker:
    """Who does the verb at a place; of a quotation that says "we", whoever is quoted."""
    found = speaker(sentence, subject(sentence, place))
    if found.stands_for in ("we", "i"):
        quoted = mouth(sentence, place)
        return quoted if quoted.name or quoted.stands_for not in ("we", "i") else found
    return found


def mouth(sentence: Sentence, place: int) -> Speaker:
    """Whoever the sentence has saying what stands at a place: the nearest before it, else the nearest behind."""
    best: tuple[tuple[bool, int], Speaker] | None = None
    for said, phrase in attributions(sentence):
        if said == place or sentence.end(said, Group.ANSWER):
            continue
        found = speaker(sentence, phrase)
        rank = (said > place, abs(said - place))
        if found.somebody and not found.paper and (best is None or rank < best[0]):
            best = rank, found
    return best[1] if best else NOBODY


def _head_of(sentence: Sentence, phrase: Phrase, group: Group) -> bool:
    """Whether the head of a phrase is of a group: "US Treasury" is an authority, "US chipmaker" is not."""
    end = phrase.end
    for place in range(phrase.start + 1, phrase.end):
        if sentence.low[place] in PREPOSITIONS or sentence.low[place] in ("(", ","):
            end = place
            break
    for place in range(phrase.start, end):
        ends = sentence.end(place, group)
        if not ends or _named_after(sentence, phrase, place):
            continue
        if ends >= end or all(sentence.words.is_mark(rest) for rest in range(ends, end)):
            return True
        if group is Group.AUTHORITY and sentence.end(place, Group.TITLE) and sentence.words.is_name(ends):
            return not sentence.end(end - 1, Group.COMPANY, Group.MEDIA)  # "President Joe Biden"
        if sentence.end(place, Group.BODY) and sentence.end(ends, Group.VOICE, Group.TITLE):
            return True  # "Foreign Ministry spokesman"
    return False


def _named_after(sentence: Sentence, phrase: Phrase, place: int) -> bool:
    """Whether a place's name ends somebody else's: "Disneyland Paris", "Bank of China"."""
    if place == phrase.start or sentence.end(place, Group.BODY, Group.TITLE) or sentence.raw[place][0].islower():
        return False
    before = place - 1
    if not sentence.words.is_name(before) or sentence.low[before] in ADJECTIVES | DETERMINERS:
        return False
    return not sentence.end(before, Group.AUTHORITY, Group.TITLE, Group.BODY) and before >= phrase.start


def acts(sentence: Sentence, phrase: Phrase) -> bool:
    """Whether a phrase names an authority, which can act."""
    if sentence.low[phrase.end - 1].endswith("'s"):
        return False
    if any(sentence.end(place, Group.VOICE) for place in range(phrase.start, phrase.end)):
        return False
    return _head_of(sentence, phrase, Group.AUTHORITY)


def _voiced(sentence: Sentence, start: int, voice: int, end: int, authority: bool) -> Speaker:
    """For whom a spokesperson speaks: behind "for", else what stands before, else the person's own name."""
    low = sentence.low
    behind = sentence.end(voice, Group.VOICE)
    if behind < end and low[behind] in ("for", "of", "at", "from", "in"):
        rest = Phrase(behind + 1, end)
        return speaker(sentence, rest)
    before = _name(sentence, start, voice)
    authority = authority or bool(sentence.end(voice - 1, Group.AUTHORITY, Group.BODY) if voice > start else 0)
    if before:
        return Speaker(before, None, authority)
    own = _name(sentence, behind, end)
    if own:
        return Speaker(own)
    return _stands_for(sentence, start, voice, authority)


def _behind_title(sentence: Sentence, start: int, end: int) -> int | None:
    """Where a person's name begins, behind the last title of the phrase; None where there is no title."""
    found = None
    for place in range(start, end - 1):
        if sentence.low[place] in LINKS:
            break
        ends = sentence.end(place, Group.TITLE)
        if not ends or ends >= end or not sentence.words.is_name(ends) or sentence.end(ends, Group.BODY):
            continue
        found = ends
    return found


def _name(sentence: Sentence, start: int, end: int) -> str:
    """The name in some words, without what describes it; empty where there is none."""
    low, raw, words = sentence.low, sentence.raw, sentence.words
    while end > start and ((words.is_mark(end - 1) and low[end - 1] != ")") or low[end - 1] in LINKS):
        end -= 1
    # What describes stands before, in small letters: "state-owned carrier Rosnav".
    for place in range(end - 1, start, -1):
        small = raw[place - 1][0].islower() and low[place - 1] not in LINKS and low[place - 1] not in DETERMINERS
        body = sentence.end(place, Group.BODY, Group.VOICE) or sentence.end(place - 1, Group.BODY, Group.AUTHORITY)
        if words.is_name(place) and small and not body and not words.is_mark(place - 1):
            start = place
            break
    while start < end and (low[start] in _OPENINGS or (low[start] in ADJECTIVES and raw[start][0].islower())):
        start += 1
    named = [place for place in range(start, end) if words.is_name(place)]
    if not named or _describes_only(sentence, start, end):
        return ""
    common = (Group.PEOPLE, Group.REQUEST, Group.REPORT, Group.ACCUSATION)
    if all(sentence.end(place, *common) and low[place] != "us" for place in named):
        return ""
    return _trimmed(words.written(start, end))


def _describes_only(sentence: Sentence, start: int, end: int) -> bool:
    """Whether the phrase ends in a common noun that the name only describes: "Canadian educator", "Alibaba shares"."""
    last = end - 1
    if sentence.raw[last][0].isupper() or not sentence.raw[last][0].isalpha():
        return False
    heads = (Group.BODY, Group.AUTHORITY, Group.PAPER, Group.MEDIA)
    return not any(sentence.end(place, *heads) > last for place in range(start, end))


def _trimmed(text: str) -> str:
    for sign in '"“”„«»‘()[]':
        text = text.replace(sign, "")
    text = " ".join(text.split()).strip(" ,'’")
    return text.removesuffix("'s").removesuffix("’s")


def _stands_for(sentence: Sentence, start: int, end: int, authority: bool) -> Speaker:
    """The word that stands for somebody named before, where the phrase holds one."""
    for place in range(end - 1, start - 1, -1):
        if sentence.end(place, Group.COMPANY, Group.MEDIA, Group.BODY) and not sentence.end(place, Group.PEOPLE):
            return Speaker(None, sentence.low[place].removesuffix("'s"), authority)
    return Speaker(None, None, authority)
