"""Claim terms, compiled: which sentences of an article can hold a claim, and what each word is taken for.

What always holds: a sentence without a term that can begin a claim is never looked at word by word; of terms of one
group that begin at the same word the longest counts; a term inside a `not_in` phrase is not there.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from riskbot.matching.rules import Term
from riskbot.matching.terms import TermSet
from riskbot.stories.claims.terms import ClaimTerms, Group
from riskbot.stories.claims.words import Words

# What an article is searched for at first. A sentence holds a claim only with one of these …
_BEGIN = (
    Group.ACCUSE,
    Group.SUSPECT,
    Group.PAPER,
    Group.DENY,
    Group.SILENT,
    Group.UNPROVEN,
    Group.CONFIRM,
    Group.GENUINE,
    Group.PLEAD,
    Group.ACT,
    Group.LIST,
    Group.RETRACT,
    Group.CORRECTION,
    Group.LABEL,
)
# … or with two of these, one of each side.
_TOGETHER: tuple[tuple[Group, frozenset[Group]], ...] = (
    (Group.REJECT, frozenset({Group.ACCUSATION, Group.REPORT, Group.FALSE})),
    (Group.FALSE, frozenset({Group.SAY})),
    (Group.NEVER, frozenset({Group.SAY})),
    (Group.WRONGDOING, frozenset({Group.SAY})),
    (Group.AID, frozenset({Group.FORCE})),
    (Group.ORDER, frozenset({Group.AUTHORITY})),
    (Group.IMPOSE, frozenset({Group.MEASURE})),
    (Group.WITHDRAW, frozenset({Group.PIECE})),
)
# What could not be done is told with one of these.
_FAILING = re.compile(
    r"\b(?:not?|n.t|never|cannot|\w+n['’]t|unable|unwilling|fail\w*|declin\w+|refus\w+|none|neither|nor|yet|impossible)\b",
    re.IGNORECASE,
)
_UNDONE = frozenset({Group.VERIFY, Group.ANSWER})
_NOUNS = frozenset({Group.ACCUSATION})  # an allegation by itself may be told as made, faced or raised
_SEARCHED = frozenset((*_BEGIN, *_UNDONE, *_NOUNS, *(a for a, _ in _TOGETHER), *(g for _, b in _TOGETHER for g in b)))
_ALONE = frozenset(_BEGIN) | _NOUNS
_TELLING = _ALONE | _UNDONE | {one for one, _ in _TOGETHER}
_MOST_KEPT = 1 << 16


@dataclass(frozen=True, slots=True)
class Marks:
    """What the words of a sentence are taken for."""

    at: Mapping[int, Mapping[Group, int]]  # word → what begins there, and behind which word it ends
    of: Mapping[Group, Sequence[int]]  # group → the words where its terms begin, in order


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A term as words."""

    group: Group
    words: tuple[str, ...]
    prefix: bool = False  # the last word may go on
    exact: bool = False  # the written words decide
    masks: bool = False  # a phrase of `not_in`
    plain: bool = False  # one word in any case: it fits wherever it is looked up


# Of one word: the groups it is a term of by itself, and the phrases that it begins, each with its second word.
_Candidates = tuple[tuple[Group, ...], tuple[tuple[str | None, _Pattern], ...]]


@dataclass(slots=True)
class _Table:
    """Patterns by their first word."""

    whole: defaultdict[str, list[_Pattern]] = field(default_factory=lambda: defaultdict(list))
    begun: defaultdict[str, list[_Pattern]] = field(default_factory=lambda: defaultdict(list))  # of one word, going on


def can_tell(groups: set[Group], sentence: str) -> bool:
    """Whether a sentence in which terms of these groups stand can hold a claim at all."""
    if not groups.isdisjoint(_ALONE):
        return True
    if any(one in groups and not groups.isdisjoint(others) for one, others in _TOGETHER):
        return True
    return not groups.isdisjoint(_UNDONE) and _FAILING.search(sentence) is not None


class Lexicon:
    """Compiled terms. Build once, use for every article; it keeps nothing but a memory of words."""

    def __init__(self, terms: ClaimTerms) -> None:
        self._triggers: TermSet[Group] = TermSet(
            (each.group, term) for each in terms.groups if each.group in _SEARCHED for term in each.terms
        )
        self._table = _Table()
        self._memory: dict[str, _Candidates] = {}
        for each in terms.groups:
            for masks, listed in ((False, each.terms), (True, each.not_in)):
                for term in listed:
                    self._add(each.group, term, masks=masks)

    def _add(self, group: Group, term: Term, *, masks: bool) -> None:
        words = Words(term.text)
        exact, prefix = term.kind == "exact", term.kind == "prefix"
        plain = len(words) == 1 and not exact
        pattern = _Pattern(group, tuple(words.raw if exact else words.low), prefix, exact, masks, plain)
        if prefix and len(words) == 1:
            self._table.begun[words.low[0]].append(pattern)
        elif len(words):
            self._table.whole[words.low[0]].append(pattern)

    def search(self, *texts: str) -> list[list[tuple[int, Group]]]:
        """For each text, in order, the places of the terms that a claim can be told by, with their groups."""
        found: list[list[tuple[int, Group]]] = [[] for _ in texts]
        scan = self._triggers.scan(*texts)
        if not scan.present.isdisjoint(_TELLING):
            for match in scan.matches():
                found[match.field].append((match.start, match.key))
            for places in found:
                places.sort()
        return found

    def groups_of(self, word: str) -> set[Group]:
        """What a single word can be taken for."""
        plain, phrases = self._memory.get(word) or self._candidates(word)
        return {*plain, *(p.group for _, p in phrases if len(p.words) == 1 and not p.masks)}

    def marks(self, words: Words) -> Marks:
        """What each word of a sentence is taken for."""
        at: dict[int, dict[Group, int]] = {}
        masked: list[tuple[Group, int, int]] = []
        memory, low = self._memory, words.low
        for place, word in enumerate(low):
            candidates = memory.get(word)
            if candidates is None:
                candidates = self._candidates(word)
            plain, phrases = candidates
            found = dict.fromkeys(plain, place + 1) if plain else {}
            for second, pattern in phrases:
                if second is not None and (place + 1 >= len(low) or not low[place + 1].startswith(second)):
                    continue
                end = _fits(pattern, words, place)
                if not end:
                    continue
                if pattern.masks:
                    masked.append((pattern.group, place, end))
                elif found.get(pattern.group, 0) < end:
                    found[pattern.group] = end
            if found:
                at[place] = found
        for group, start, end in masked:
            for place in range(start, end):
                if at.get(place, _NOTHING).get(group, end + 1) <= end:
                    del at[place][group]
        of: dict[Group, list[int]] = {}
        for place, found in at.items():
            for group in found:
                of.setdefault(group, []).append(place)
        return Marks(at, of)

    def _candidates(self, word: str) -> _Candidates:
        stem = word.removesuffix("'s") if word.endswith("'s") else word.removesuffix("'")
        found: list[_Pattern] = [*self._table.whole.get(word, ())]
        if stem != word:
            found += [p for p in self._table.whole.get(stem, ()) if len(p.words) == 1]
        for length in range(3, len(stem) + 1):
            found += self._table.begun.get(stem[:length], ())
        plain = tuple(dict.fromkeys(p.group for p in found if p.plain and not p.masks))
        phrases = tuple((_second(p), p) for p in found if not p.plain or p.masks)
        candidates = plain, phrases
        if len(self._memory) < _MOST_KEPT:
            self._memory[word] = candidates
        return candidates


def _second(pattern: _Pattern) -> str | None:
    """What the second word begins with, for a quick look; None where that is not known."""
    return pattern.words[1] if len(pattern.words) > 1 and not pattern.exact else None


_NOTHING: Mapping[Group, int] = {}


def _fits(pattern: _Pattern, words: Words, place: int) -> int:
    """Behind which word a term that begins at a place ends; 0 when it does not stand there."""
    size = len(pattern.words)
    end = place + size
    if end > len(words):
        return 0
    if pattern.exact:
        written: Sequence[str] = words.raw[place:end]
        last = written[-1]
        return end if (*written[:-1], _bare(last)) == pattern.words or tuple(written) == pattern.words else 0
    if size == 1:
        return end
    said = words.low[place:end]
    if tuple(said[:-1]) != pattern.words[:-1]:
        return 0
    last = pattern.words[-1]
    same = said[-1].startswith(last) if pattern.prefix else (said[-1] == last or _bare(said[-1]) == last)
    return end if same else 0


def _bare(word: str) -> str:
    return word.replace("’", "'").removesuffix("'s").removesuffix("'")
