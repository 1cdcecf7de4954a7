"""Feeds and outlets from all files.

What always holds: the name of a feed or an outlet stands once over all files, whatever its case.
"""

from __future__ import annotations

from collections.abc import Sequence

from riskbot.model import Feed, Outlet
from riskbot.rulefiles.companies import terms_at
from riskbot.rulefiles.names import name_key
from riskbot.rulefiles.source import RuleSource, child
from riskbot.yamlfile import Value, shorten


def gather_feeds(sources: Sequence[RuleSource]) -> tuple[Feed, ...]:
    """Every feed, in the order of the files."""
    found: list[Feed] = []
    places: dict[str, str] = {}
    for source in sources:
        for entry, node in source.entries("feeds"):
            if not is_first(places, source, "feed", entry.name, node):
                continue
            feed = Feed(
                name=entry.name,
                url=entry.url,
                outlet=entry.outlet,
                kind=entry.kind,
                every=entry.every,
                stale_after=entry.stale_after,
                full_text=entry.full_text,
                allow_private=entry.allow_private,
                tags=tuple(dict.fromkeys(entry.tags)),
            )
            found.append(feed)
    return tuple(found)


def gather_outlets(sources: Sequence[RuleSource]) -> tuple[Outlet, ...]:
    """Every outlet, in the order of the files."""
    found: list[Outlet] = []
    places: dict[str, str] = {}
    for source in sources:
        for entry, node in source.entries("outlets"):
            aliases = terms_at(source, node, "aliases", entry.aliases)
            if not is_first(places, source, "outlet", entry.name, node):
                continue
            outlet = Outlet(
                name=entry.name,
                aliases=tuple(term.written for term in aliases),
                domains=tuple(dict.fromkeys(domain.lower() for domain in entry.domains)),
                kind=entry.kind,
                tier=entry.tier,
                family=entry.family,
            )
            found.append(outlet)
    return tuple(found)


def is_first(places: dict[str, str], source: RuleSource, what: str, name: str, node: Value) -> bool:
    """Whether no entry of that name came before; else it is told."""
    key = name_key(name)
    first = places.setdefault(key, f"{source.name}:{node.line}:{node.column}")
    if first == f"{source.name}:{node.line}:{node.column}":
        return True
    message = f"the {what} {shorten(name)!r} stands already in {first}"
    source.tell(child(node, "name"), "duplicate-id", message, "delete one of them, or give it another name")
    return False
