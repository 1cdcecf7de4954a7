"""Whom "it", "the company" or "the newspaper" stands for.

What always holds: a word is resolved only where one answer is safe: "the company" where the article is about one, "the
newspaper" where the article retells one outlet, a pronoun from the sentence right before, and a body's short form from
its full name before; else the speaker stays unknown. Deliberately absent: guessing.
"""

from __future__ import annotations

from collections.abc import Sequence

from riskbot.stories.claims.grammar import Sentence
from riskbot.stories.claims.lexicon import Lexicon
from riskbot.stories.claims.phrases import first_phrase, phrase_after, phrase_before
from riskbot.stories.claims.speakers import Speaker, attributions, speaker
from riskbot.stories.claims.terms import Group

_THING = frozenset(("it",))
_PERSON = frozenset(("he", "she"))
_EARLY = 3  # words: a pronoun that stands so early means the sentence before
_MOST = 64  # sentences kept


class References:
    """Names met so far in an article."""

    def __init__(self, lexicon: Lexicon, companies: Sequence[str], origin: str | None) -> None:
        self._lexicon = lexicon
        self._companies = companies
        self._origin = origin
        self._seen: list[Sentence] = []

    def observe(self, sentence: Sentence) -> None:
        """Take note of a sentence; what it names is looked at when somebody asks."""
        if len(self._seen) < _MOST and sentence.holds(Group.PAPER, Group.BODY):
            self._seen.append(sentence)

    def _in_full(self, word: str) -> str | None:
        """The latest full name that ends in a word: of "the embassy", "Chinese embassy in Washington"."""
        for sentence in reversed(self._seen):
            for group in (Group.PAPER, Group.BODY):
                for place in sentence.each(group):
                    end = sentence.end(place, group)
                    if sentence.low[end - 1].removesuffix("'s") != word:
                        continue
                    phrase = phrase_before(sentence, end - 1)
                    if sentence.low[end : end + 1] in (["in"], ["of"]):
                        phrase = phrase_after(sentence, phrase.start)
                    name = speaker(sentence, phrase).name
                    if name and word in name.lower().split():
                        return name
        return None

    def name(self, found: Speaker, sentence: Sentence | None = None, before: str | None = None) -> str | None:
        """The name of a speaker in a sentence; `before` is the sentence before, None at the beginning."""
        if found.name is not None:
            return self._company(found.name)
        word = found.stands_for
        if word is None:
            return None
        if word in _THING or word in _PERSON:
            person = word in _PERSON
            inside = None
            if sentence is not None and not _begins(sentence, word):
                inside = self._subject_of(sentence, person=person)
            return inside or self._last_subject(before, person=person)
        marks = self._lexicon.groups_of(word)
        if marks & {Group.PAPER, Group.BODY} and (full := self._in_full(word)):
            return full
        if Group.MEDIA in marks and self._origin:
            return self._origin
        if Group.COMPANY in marks and len(self._companies) == 1:
            return self._companies[0]
        return None

    def _company(self, name: str) -> str:
        """A company under the name by which it is watched."""
        key = name.casefold()
        for company in self._companies:
            known = company.casefold()
            if key == known or (key.startswith(known + " ") and _is_form(key[len(known) + 1 :])):
                return company
        return name

    def _last_subject(self, before: str | None, *, person: bool) -> str | None:
        if before is None and not person and len(self._companies) == 1:
            return self._companies[0]  # an article that begins with "it" means what it is about
        if not before or len(before) > 600:
            return None
        sentence = Sentence(before, self._lexicon)
        return self._subject_of(sentence, person=person)

    def _subject_of(self, sentence: Sentence, *, person: bool) -> str | None:
        """Who a sentence is about: whoever speaks in it, else whom it begins with."""
        phrase = first_phrase(sentence, len(sentence.words))
        found = speaker(sentence, phrase)
        for _, said_by in attributions(sentence):
            who = speaker(sentence, said_by)
            if who.name:
                phrase, found = said_by, who
                break
        if found.name is None and not person and len(self._companies) == 1:
            written = " ".join(sentence.raw[phrase.start : phrase.end])
            if self._companies[0].casefold() in written.casefold():
                return self._companies[0]  # "Alibaba's answer was not long in coming. It …"
        if found.name is None:
            return self.name(found) if not person and found.stands_for not in _THING | _PERSON else None
        if phrase.start == 0 and " " not in found.name and found.name.endswith("s") and not found.authority:
            return self._company(found.name) if self._company(found.name) in self._companies else None  # "Sales rose."
        is_person = " " in found.name and not any(
            self._lexicon.groups_of(word.lower()) & {Group.BODY, Group.AUTHORITY, Group.COMPANY}
            for word in found.name.split()
        )
        if found.authority and person:
            return None
        if person and not is_person:
            return None
        return self._company(found.name)


def _begins(sentence: Sentence, word: str) -> bool:
    """Whether a pronoun stands where the sentence begins, behind no more than "in a statement,"."""
    place = sentence.low.index(word)
    return place <= _EARLY or (sentence.low[place - 1] == "," and sentence.low[0] in ("in", "on", "at", "after", "by"))


def _is_form(rest: str) -> bool:
    """Whether what follows a company's name only says what kind of company it is."""
    return all(word.strip(".,()") in _FORMS for word in rest.split())


_FORMS = frozenset(
    """group holding holdings inc ltd limited corp corporation co company plc ag sa nv se llc technologies
    international""".split()
)
