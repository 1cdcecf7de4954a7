"""What governs a word in its sentence: negation, possibility, the passive, somebody else's mouth.

What always holds: only what stands in the same sentence governs, and nothing reaches over the end of a clause; every
look to the left or right is bounded, so that a sentence costs time linear in its length. Deliberately absent: the words
of the trade (denials, sanctions), which the term file gives; here stand function words only.

Method: cue words with a direction and a reach, after the scope rules of negation and speculation detection (W. Chapman
et al., NegEx, 2001; V. Vincze et al., the BioScope corpus, 2008), on the words around a verb instead of a parse.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from riskbot.stories.claims.lexicon import Lexicon
from riskbot.stories.claims.terms import Group
from riskbot.stories.claims.words import Words

REACH = 12  # words over which something governs

BE = frozenset("be am is are was were been being get gets got 's 're isn't aren't wasn't weren't".split())
_HAVE = frozenset("has have had having 've hasn't haven't hadn't".split())
_DO = frozenset("do does did don't doesn't didn't".split())
_NOT = frozenset(
    "not never n't cannot can't couldn't won't wouldn't shouldn't didn't doesn't don't isn't aren't wasn't weren't "
    "hasn't haven't hadn't neither nor hardly barely scarcely".split()
)
_NOBODY = frozenset("no nobody none neither without nothing".split())
MODAL = frozenset(
    """could may might would will shall should can must ought couldn't wouldn't shouldn't won't can't cannot 'll
    'd""".split()
)
# What makes everything behind it a wish, a plan, a condition or a fear.
_IRREALIS = frozenset(
    """could may might would will shall should must can if whether unless possible possibly potential potentially likely
    unlikely perhaps maybe consider considers considered considering weigh weighs weighed weighing mull mulls mulled
    mulling plan plans planned planning propose proposes proposed proposing proposal proposals urge urges urged urging
    threat threats threaten threatens threatened threatening want wants wanted wanting demand demands demanded demanding
    seek seeks sought seeking expect expects expected expecting fear fears feared fearing warn warns warned warning hope
    hopes hoped hoping vow vows vowed pledge pledges pledged intend intends intended aim aims aimed try tries tried
    trying attempt attempts attempted prepare prepares prepared preparing poised hypothetical hypothetically suppose
    debate debates debated debating discuss discusses discussed discussing ponder ponders eye eyes eyeing risk risks
    risking     call calls calling push pushes pushing lobby lobbies lobbied lobbying recommend recommends recommended
    recommending suggest suggests suggested suggesting support supports supported supporting oppose opposes opposed
    pending looming avoid avoids avoided avoiding escape escaped escapes fail fails failed failing refuse refuses
    refused refusing decline declines declined declining shelve shelved abandon abandoned draft drafts drafted
    maximum punishable""".split()
)
_IF = frozenset("if unless whether once until".split())
_CONDITION = frozenset("if whether could may might would unless should".split())
_NEEDS_FOR = {"call", "calls", "called", "calling", "push", "pushes", "pushed", "pushing", "ask", "asks", "asked"}
# To have done these is to have done what follows: "voted to ban".
_DONE = frozenset(
    "voted votes decided decides agreed agrees opted chose chosen moved ruled resolved began started".split()
)
# Somebody else's mouth: what follows is only what they say.
_MOUTH = frozenset(
    """claim claims claimed claiming allege alleges alleged alleging accuse accuses accused accusing deny denies denied
    denying reject rejects rejected rejecting dispute disputes disputed reports rumours rumors allegations accusations
    allegation accusation claims suggestions reportedly allegedly rumoured rumored refute refutes refuted dismiss
    dismisses dismissed speculation""".split()
)
_SUBORDINATE = frozenset("before after since when once until till because while as".split())
CONJUNCTIONS = frozenset("and but or yet then while although though whereas because as so".split())
RELATIVES = frozenset("which who that whom".split())
_IN_A_ROW = (Group.DENY, Group.CONFIRM, Group.REJECT, Group.ACCUSE)
_BREAKS = frozenset(";:—–?!")
_NEW_CLAUSE = frozenset("but while although though whereas and".split())  # behind a comma
_ADVERBS = frozenset(
    """also again later earlier since yet still then now once further first even so far long just already too thus soon
    itself himself herself themselves always often sometimes once instead both rather quite indeed immediately ever
    previously currently recently today yesterday tomorrow tonight publicly""".split()
)
_DAYS = frozenset(
    """monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december jan feb mar apr jun jul aug sept sep oct nov dec week month year morning
    afternoon evening night weekend spring summer autumn winter""".split()
)
_TIMES = frozenset("on in late last early this next earlier".split())


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb with what stands before it."""

    place: int
    left: int  # the last word of its subject, if that stands before it; -1 for none
    negated: bool = False
    modal: bool = False
    infinitive: bool = False
    passive: bool = False  # a form of "be" stands before it
    perfect: bool = False  # a form of "have" or "do" does
    relative: bool = False  # its subject is what "which" or "who" stands for
    chained: bool = False  # it shares the subject of a verb before it


class Sentence:
    """A sentence with what its words are taken for."""

    def __init__(self, text: str, lexicon: Lexicon) -> None:
        self.words = Words(text)
        marks = lexicon.marks(self.words)
        self._at, self._of = marks.at, marks.of
        self.low, self.raw = self.words.low, self.words.raw
        self._verbs: dict[int, Verb] = {}

    @cached_property
    def asks(self) -> bool:
        """Whether it is a question."""
        return bool(self.raw) and "?" in self.raw[-3:]

    def end(self, place: int, *groups: Group) -> int:
        """Behind which word a term of one of the groups that begins at a place ends; 0 where there is none."""
        marks = self._at.get(place)
        if not marks:
            return 0
        found = 0
        for group in groups:
            ends = marks.get(group, 0)
            found = ends if ends > found else found
        return found

    def each(self, group: Group) -> Iterator[int]:
        """The places at which terms of a group begin, in order; of terms that overlap only the first."""
        free = 0
        for place in self._of.get(group, ()):
            if place >= free:
                free = self._at[place][group]
                yield place

    def holds(self, *groups: Group) -> bool:
        """Whether a term of one of the groups stands in it."""
        return any(group in self._of for group in groups)

    def near(self, groups: tuple[Group, ...], start: int, stop: int, *, clause: bool = True) -> int | None:
        """The first place in a range at which a term of some groups begins; not beyond the end of the clause."""
        if not self.holds(*groups):
            return None
        for place in range(max(0, start), min(stop, len(self.low))):
            if clause and self.low[place] in _BREAKS:
                return None
            if self.end(place, *groups):
                return place
        return None

    def clause(self, place: int) -> int:
        """Where the clause of a word begins."""
        return self._clauses[bisect_right(self._clauses, place) - 1]

    @cached_property
    def _clauses(self) -> list[int]:
        """Where clauses begin, in order."""
        found = [0]
        for place, word in enumerate(self.low):
            if word in _BREAKS:
                found.append(place + 1)
            elif word == "," and place + 1 < len(self.low) and self.low[place + 1] in _NEW_CLAUSE:
                found.append(place + 2)
        return found

    def verb(self, place: int) -> Verb:
        """The verb at a place with what stands before it."""
        found = self._verbs.get(place)
        if found is None:
            found = self._verbs[place] = _verb(self, place)
        return found

    def negated(self, verb: Verb) -> bool:
        """Whether it is said not to be: in the verb, in its subject, or by what governs it."""
        if verb.negated:
            return True
        begin = self.clause(verb.place)
        if verb.chained and self.low[verb.left] in ("or", "nor"):  # "had not deleted or apologised for"
            return any(word in _NOT for word in self.low[max(begin, verb.left - 8) : verb.left])
        for left in range(verb.place - 1, max(begin, verb.place - 8) - 1, -1):
            word = self.low[left]
            if word in _NOBODY or word == "nor" or (word == "one" and left and self.low[left - 1] == "no"):
                return True
            if word in _NOT and verb.infinitive:
                return True
            if word in ("off", "spared", "avoided", "escaped", "fails", "failed", "refused", "declined", "short"):
                return True
            if word in (",", "that", "and", "but"):
                return False
        return False

    def unreal(self, place: int) -> bool:
        """Whether a word is governed by a wish, a plan, a condition or a fear."""
        begin = max(self.clause(place), place - REACH)
        for left in range(place - 1, begin - 1, -1):
            word = self.low[left]
            if word == "to" and left and self.low[left - 1] in _DONE:
                return False
            if word in _IRREALIS:
                after = self.low[left + 1] if left + 1 < len(self.low) else ""
                if word in _NEEDS_FOR and after not in ("for", "on", "to"):
                    continue
                if word in ("may", "will", "risk", "support", "supports") and self.raw[left][0].isupper() and left:
                    continue  # the month, the name
                return True
        return False

    def hypothetical(self, place: int) -> bool:
        """Whether a word is governed by a mere condition or possibility."""
        begin = max(self.clause(place), place - REACH)
        return any(word in _CONDITION for word in self.low[begin:place])

    def conditional(self, place: int) -> bool:
        """Whether a word stands right behind a condition: "if confirmed", "whether it could be verified"."""
        return any(word in _IF for word in self.low[max(self.clause(place), place - 6) : place])

    def told(self, place: int) -> bool:
        """Whether a word stands only in somebody's mouth: behind "claimed that", "after reports that"."""
        return self.told_of(max(self.clause(place), place - 2 * REACH), place)

    def told_of(self, start: int, stop: int) -> bool:
        """Whether somebody's mouth is named among some words."""
        return any(self.low[place] in _MOUTH and not self.words.is_quoted(place) for place in range(start, stop))

    def background(self, place: int) -> bool:
        """Whether a word stands in a clause that only says when or why: "before sanctions were imposed"."""
        begin = self.clause(place)
        for left in range(place - 1, max(begin, place - REACH) - 1, -1):
            word = self.low[left]
            if word in _SUBORDINATE:
                return True
            if word == ",":
                return False
        return False


def _verb(sentence: Sentence, place: int) -> Verb:
    low = sentence.low
    left = place - 1
    negated = modal = infinitive = passive = perfect = chained = False
    commas = 2 if low[place].endswith("ing") else 0  # ", calling it false" begins no second comma of an aside
    while left >= 0:
        word = low[left]
        if word in BE:
            passive = True
        elif word in _HAVE or word in _DO:
            perfect = True
        elif word in MODAL:
            modal = True
        elif not (word in _NOT or _adverb(sentence, left)):
            skip = _aside(sentence, left)
            if word == "to":
                infinitive = True
                left -= 1
                break
            if skip < left and commas < 2:
                commas += word == ","
                left = skip
                continue
            break
        negated = negated or word in _NOT
        left -= 1
    relative = left >= 0 and low[left] in RELATIVES and not (low[left] == "that" and left and low[left - 1] != ",")
    if relative:
        left -= 1
        if left >= 0 and low[left] == ",":
            left -= 1
    elif left >= 0 and (low[left] in CONJUNCTIONS or low[left] in (",", "/")):
        chained = True
    return Verb(place, left, negated, modal, infinitive, passive, perfect, relative, chained)


def _adverb(sentence: Sentence, place: int) -> bool:
    """Whether a word is an adverb, or joins two: "fully and independently"."""
    low = sentence.low
    if low[place] == "and" and place and place + 1 < len(low):
        return low[place - 1].endswith("ly") and low[place + 1].endswith("ly")
    word = low[place]
    return word in _ADVERBS or (word.endswith("ly") and len(word) > 4 and sentence.raw[place].islower())


def _aside(sentence: Sentence, left: int) -> int:
    """Where to go on to the left of what stands between subject and verb: a time, a bracket, an aside in commas."""
    low = sentence.low
    word = low[left]
    if word in _DAYS or word.isdigit():
        step = left - 1
        while step >= 0 and (low[step] in _DAYS or low[step].isdigit() or low[step] in ("the", ",")):
            step -= 1
        return step - 1 if step >= 0 and low[step] in _TIMES else (left - 1 if word in _DAYS and left else left)
    if word == ")":
        for step in range(left - 1, max(-1, left - 15), -1):
            if low[step] == "(":
                return step - 1
        return left
    if word == ",":
        for step in range(left - 1, max(-1, left - 16), -1):
            if low[step] in _BREAKS:
                return left
            if low[step] == ",":
                opens = low[step + 1]
                if opens in RELATIVES:
                    return step - 1
                says = any(sentence.end(inner, Group.SAY) for inner in range(step + 1, left))
                # ", denies spying, confirms": a verb of its own, as headlines put them in a row
                says = says or (opens.endswith("s") and sentence.end(step + 1, *_IN_A_ROW) > 0)
                return left if says or opens in CONJUNCTIONS or left - step < 2 else step - 1
        return left
    if word in ("part", "statement", "turn", "interview", "email") and left >= 2:
        for step in range(left - 1, max(-1, left - 5), -1):
            if low[step] in ("in", "for"):
                return step - 1
    return left


def governed(sentence: Sentence, place: int) -> bool:
    """Whether an -ing form hangs on a preposition and tells nothing: "by denying the story"."""
    return sentence.low[place].endswith("ing") and place > 0 and sentence.low[place - 1] in _GOVERNING


_GOVERNING = frozenset("by of for in from about against without before instead than".split())


def is_day(word: str) -> bool:
    """Whether a word names a day, a month or a part of one."""
    return word in _DAYS
