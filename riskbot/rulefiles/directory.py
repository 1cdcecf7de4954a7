"""Whom a rule means: companies found by id, name, alias, ticker, `tag:…` or `everyone`.

What always holds: case and spacing do not count; an id goes before a name and a name before aliases and tickers; a
word that still fits several companies is refused with the choices, never guessed. The same selection is one set,
however many rules make it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from riskbot.matching.rules import Company
from riskbot.rulefiles.companies import RESERVED
from riskbot.rulefiles.names import name_key
from riskbot.rulefiles.suggest import MOST_GUESSES, did_you_mean, listing
from riskbot.yamlfile import shorten

_TAG = "tag:"


@dataclass(frozen=True, slots=True)
class Miss:
    """Why a word selects no company."""

    code: str
    message: str
    mend: str


class Directory:
    """All companies, to be looked up."""

    def __init__(self, companies: Sequence[Company]) -> None:
        self._companies = companies
        self._memo: dict[str, frozenset[str] | Miss] = {}
        self._guesses = 0
        self._unions: dict[tuple[tuple[str, ...], tuple[str, ...]], frozenset[str]] = {}

    def find(self, word: str) -> frozenset[str] | Miss:
        """The ids that one selector means."""
        found = self._memo.get(word)
        if found is None:
            found = self._memo[word] = self._look_up(word)
        return found

    def select(self, words: Iterable[str], but: Iterable[str]) -> frozenset[str]:
        """The ids that the first selectors mean and the others do not; selectors that miss count as nothing."""
        key = tuple(sorted(set(words))), tuple(sorted(set(but)))
        found = self._unions.get(key)
        if found is None:
            chosen = [ids for ids in map(self.find, key[0]) if isinstance(ids, frozenset)]
            found = chosen[0] if len(chosen) == 1 else frozenset().union(*chosen)
            for ids in map(self.find, key[1]):
                found = found - ids if isinstance(ids, frozenset) else found
            self._unions[key] = found
        return found

    def _look_up(self, word: str) -> frozenset[str] | Miss:
        key = name_key(word)
        if key == RESERVED:
            return self._everyone
        if key.startswith(_TAG):
            return self._by_tag(key.removeprefix(_TAG).strip(), word)
        for names in (self._ids, self._names, self._others):
            found = names.get(key)
            if found and len(found) == 1:
                return frozenset(found)
            if found:
                choices = listing(sorted(found))
                message = f"{shorten(word)!r} may be {len(found)} companies"
                return Miss("ambiguous-company", message, f"write one of the ids: {choices}")
        if key in self._tags:
            return Miss("unknown-company", f"unknown company {shorten(word)!r}", f'for the tag write "tag:{word}"')
        mend = "define it under `companies`, or write its id, name, alias or ticker"
        if self._guesses < MOST_GUESSES:
            self._guesses += 1
            known = (name for each in self._companies for name in (each.id, each.name, *_others_of(each)))
            mend = did_you_mean(word, known, mend)
        return Miss("unknown-company", f"unknown company {shorten(word)!r}", mend)

    def _by_tag(self, tag: str, word: str) -> frozenset[str] | Miss:
        if tag in self._tags:
            return self._tags[tag]
        mend = did_you_mean(tag, self._tags, f"the tags are {listing(sorted(self._tags)) or 'none yet'}")
        return Miss("unknown-tag", f"no company has the tag {shorten(word[len(_TAG) :].strip())!r}", mend)

    @cached_property
    def _everyone(self) -> frozenset[str]:
        return frozenset(company.id for company in self._companies)

    @cached_property
    def _tags(self) -> dict[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for company in self._companies:
            for tag in company.tags:
                found.setdefault(name_key(tag), set()).add(company.id)
        return {tag: frozenset(ids) for tag, ids in found.items()}

    @cached_property
    def _ids(self) -> dict[str, set[str]]:
        return self._index(lambda company: (company.id,))

    @cached_property
    def _names(self) -> dict[str, set[str]]:
        return self._index(lambda company: (company.name,))

    @cached_property
    def _others(self) -> dict[str, set[str]]:
        return self._index(_others_of)

    def _index(self, names_of: Callable[[Company], Iterable[str]]) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for company in self._companies:
            for name in names_of(company):
                found.setdefault(name_key(name), set()).add(company.id)
        return found


def _others_of(company: Company) -> list[str]:
    return [*(term.text for term in company.aliases), *company.tickers]
