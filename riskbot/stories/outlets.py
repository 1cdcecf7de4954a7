"""The outlets riskbot knows, found by name in a text, by address, or by what a page calls them.

What always holds: an outlet that is not known is not invented; a name is matched as a whole word. The list itself is
`rules/outlets.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from riskbot.matching.rules import Term
from riskbot.matching.terms import TermSet
from riskbot.model import Outlet
from riskbot.text.urls import host

_BRACKET = re.compile(r"\s*\([^()]{1,40}\)\s*$")  # "Reuters (London)", "Hacker News (link post)"
REMEMBERED = 10_000  # names, and addresses, whose outlets are remembered
_NOT_REPORTING = frozenset({"aggregator", "repost"})  # they carry what others wrote


@dataclass(frozen=True, slots=True)
class Mention:
    """An outlet's name in a text."""

    start: int
    end: int
    outlet: Outlet


class Outlets:
    """A compiled list of outlets."""

    def __init__(self, outlets: Iterable[Outlet] = ()) -> None:
        self.all = tuple(outlets)
        self._terms: TermSet[str] = TermSet(
            (outlet.name, Term.parse(name))
            for outlet in self.all
            # Its own name is a proper name: "Time reported", never "time reported". Aliases say so themselves.
            for name in (f"={outlet.name}", *outlet.aliases)
        )
        self._by_name = {outlet.name: outlet for outlet in self.all}
        named = [(name, outlet) for outlet in reversed(self.all) for name in (*outlet.aliases, outlet.name)]
        # With its article a name goes first: "The Hacker News" is not "Hacker News".
        self._by_alias = {_key(name).removeprefix("the "): outlet for name, outlet in named}
        self._by_alias |= {_key(name): outlet for name, outlet in named}
        # A long story asks for the same few names again and again.
        self._named: dict[str, Outlet | None] = {}
        self._at: dict[str, Outlet | None] = {}
        self._by_domain = {domain.lower(): outlet for outlet in self.all for domain in outlet.domains}

    def mentions(self, text: str) -> list[Mention]:
        """Where outlets are named in a text, in order; of names that overlap the longest."""
        found = sorted(self._terms.scan(text).matches(), key=lambda m: (m.start, -m.end, m.key))
        mentions: list[Mention] = []
        for match in found:
            if match.term.endswith(".") and not _has_dot(text, match.start, match.end):
                continue
            if not mentions or match.start >= mentions[-1].end:
                mentions.append(Mention(match.start, match.end, self._by_name[match.key]))
        return mentions

    def named(self, name: str | None) -> Outlet | None:
        """The outlet that goes by a name, in any letter case; what a bracket behind the name adds does not count."""
        if not name:
            return None
        if name not in self._named:
            _remember(self._named, name, self._find_name(name))
        return self._named[name]

    def _find_name(self, name: str) -> Outlet | None:
        for key in (_key(name), _key(_BRACKET.sub("", name))):
            found = self._by_alias.get(key) or self._by_alias.get(key.removeprefix("the "))
            if found:
                return found
        return None

    def at(self, url: str | None) -> Outlet | None:
        """The outlet whose site an address belongs to."""
        if not url:
            return None
        if url not in self._at:
            _remember(self._at, url, self._find_site(host(url)))
        return self._at[url]

    def _find_site(self, where: str) -> Outlet | None:
        labels = where.split(".")
        for start in range(len(labels) - 1):
            outlet = self._by_domain.get(".".join(labels[start:]))
            if outlet:
                return outlet
        return None

    def reports(self, name: str | None) -> bool:
        """Whether what an outlet publishes can be its own reporting; unknown outlets are not counted."""
        outlet = self.named(name)
        return outlet is not None and outlet.kind not in _NOT_REPORTING

    def family(self, name: str) -> str:
        """The publisher family an outlet belongs to, or its own name."""
        outlet = self.named(name)
        return (outlet.family or outlet.name) if outlet else name


def _remember(held: dict[str, Outlet | None], key: str, outlet: Outlet | None) -> None:
    if len(held) >= REMEMBERED:
        held.clear()
    held[key] = outlet


def _has_dot(text: str, start: int, end: int) -> bool:
    """Whether an outlet whose name ends in a dot is meant, not a company's legal form: "Inc." but not "Acme Inc."."""
    before = text[:start].rstrip().rpartition(" ")[2]
    return text.startswith(".", end) and not before[:1].isupper()


def _key(name: str) -> str:
    return " ".join(name.removeprefix("=").casefold().split())
