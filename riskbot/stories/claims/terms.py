"""The words by which claims are known, as values: what `rules/claims.yaml` says once it is known to be right.

What always holds: a term is a phrase in any case, `word*` for all its endings or `=Exact`, as everywhere in the rule
files; a group's `not_in` are phrases in which its terms mean something else. Deliberately absent: what the words do in
a sentence (scope, negation, who speaks), which is grammar and stands in the files beside this one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from riskbot.matching.rules import Term


class Group(StrEnum):
    """What a term is taken for. The name is what a term file writes."""

    # alleged
    ACCUSE = "accuse"  # verbs: whoever does it alleges
    SUSPECT = "suspect"  # said of somebody, by whom is open: "allegedly", "suspected of"
    ACCUSATION = "accusation"  # nouns: what is alleged, denied, taken back
    PAPER = "paper"  # nouns: documents that allege, rather than act: a memo, an indictment, a lawsuit
    WRONGDOING = "wrongdoing"  # what makes a mere "said" an allegation
    AID = "aid"  # verbs that are wrongdoing together with a `force`
    FORCE = "force"  # nouns: whom to aid is wrong
    # denied
    DENY = "deny"  # verbs that deny by themselves
    REJECT = "reject"  # verbs that deny when their object is an accusation or a report
    FALSE = "false"  # what an accusation is called by those who deny it
    NEVER = "never"  # verbs that deny behind "never": "has never sold"
    FAVOUR = "favour"  # nouns: what is denied to somebody, rather than denied
    # unverified
    VERIFY = "verify"  # verbs: not done, the matter is unverified
    ANSWER = "answer"  # verbs: not done, the matter is unverified
    SILENT = "silent"  # phrases that say by themselves that there was no answer
    UNPROVEN = "unproven"  # words that say by themselves that a matter is open
    REQUEST = "request"  # nouns: what went unanswered, by whoever stands behind "to"
    # confirmed
    CONFIRM = "confirm"
    GENUINE = "genuine"  # what a document is called by those who confirm it
    PLEAD = "plead"  # phrases: confirmed and official at once
    # official
    ACT = "act"  # verbs of authority, told also in the passive: "was fined"
    ORDER = "order"  # verbs of authority and of everybody else: an act only where an authority does it
    IMPOSE = "impose"  # verbs that need a `measure` as their object
    MEASURE = "measure"  # nouns: sanctions, a fine, a ban
    ENTER = "enter"  # verbs that put on or take off a `list`
    LIST = "list"
    STOP = "stop"  # verbs that make an act of "told … to"
    AUTHORITY = "authority"  # who acts: governments, courts, agencies, countries, capitals
    # retracted
    RETRACT = "retract"  # verbs of taking back what was said
    WITHDRAW = "withdraw"  # verbs that take back when their object is a report
    CORRECTION = "correction"  # phrases that correct by themselves
    LABEL = "label"  # what a correction begins with: "CORRECTED-", "Correction:"
    # speakers
    REPORT = "report"  # nouns: what is told, and denied
    PIECE = "piece"  # nouns: what a publisher can take back
    SAY = "say"
    VOICE = "voice"  # nouns: who speaks for somebody else
    BODY = "body"  # nouns that end an organisation's name, or stand for it: "the ministry"
    COMPANY = "company"  # nouns that stand for the company: "the firm"
    MEDIA = "media"  # nouns that stand for the outlet: "the newspaper"
    TITLE = "title"  # what stands before a person's name
    PEOPLE = "people"  # nouns for people nobody names


@dataclass(frozen=True, slots=True)
class ClaimGroup:
    """Terms that are taken for the same thing."""

    group: Group
    terms: tuple[Term, ...]
    not_in: tuple[Term, ...] = ()  # phrases in which the terms mean something else


@dataclass(frozen=True, slots=True)
class ClaimTerms:
    """Every group of terms; one may stand several times, over several files."""

    groups: tuple[ClaimGroup, ...] = ()

    def of(self, *wanted: Group) -> Iterator[Term]:
        """The terms of some groups."""
        return (term for each in self.groups if each.group in wanted for term in each.terms)

    def missing(self) -> tuple[Group, ...]:
        """The groups without a term: what hangs on them is never found."""
        present = {each.group for each in self.groups if each.terms}
        return tuple(group for group in Group if group not in present)

    def __add__(self, other: ClaimTerms) -> ClaimTerms:
        return ClaimTerms((*self.groups, *other.groups))


def group_of(group: Group, terms: Iterable[str], not_in: Iterable[str] = ()) -> ClaimGroup:
    """A group from terms as a file writes them. Raises ValueError for what cannot be a term."""
    return ClaimGroup(group, tuple(map(Term.parse, terms)), tuple(map(Term.parse, not_in)))
