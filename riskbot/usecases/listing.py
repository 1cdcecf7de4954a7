"""Companies, topics and rules that go by a word.

What always holds: without a word everything is chosen; letter case makes no difference; a word is met by any part of a
name, so that whoever half remembers one finds it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from riskbot.matching.rules import Company, Rule, RuleSet, Topic
from riskbot.usecases.explain import names
from riskbot.usecases.forms import Form


@dataclass(frozen=True, slots=True)
class Chosen:
    """What goes by a word."""

    companies: tuple[Company, ...]
    topics: tuple[Topic, ...]
    rules: tuple[Rule, ...]


def choose(rules: RuleSet, word: str = "") -> Chosen:
    """Companies by id, names, tickers and tags, topics by id and terms, rules by id, title and topics."""
    wanted = " ".join(word.casefold().split())

    def met(written: Iterable[str]) -> bool:
        return not wanted or any(wanted in each.casefold() for each in written)

    return Chosen(
        tuple(
            each for each in rules.companies if met((*names(each), *each.tags, *(f"tag:{tag}" for tag in each.tags)))
        ),
        tuple(each for each in rules.topics if met((each.id, *(term.written for term in each.terms)))),
        tuple(each for each in rules.rules if met((each.id, each.title, *each.topics, *each.and_topics))),
    )


def chosen_form(chosen: Chosen, derived: Mapping[str, tuple[str, ...]]) -> Form:
    """What was chosen, as one JSON document; `derived` are the short forms that were added to a company's names."""
    return {
        "companies": [
            {
                "id": each.id,
                "name": each.name,
                "aliases": [term.written for term in each.aliases if term.written not in derived.get(each.id, ())],
                "derived": list(derived.get(each.id, ())),
                "tickers": list(each.tickers),
                "not_in": [term.written for term in each.not_in],
                "only_with": [term.written for term in each.only_with],
                "tags": list(each.tags),
            }
            for each in chosen.companies
        ],
        "topics": [
            {
                "id": each.id,
                "weight": each.weight,
                "terms": [term.written for term in each.terms],
                "not_in": [term.written for term in each.not_in],
            }
            for each in chosen.topics
        ],
        "rules": [
            {
                "id": each.id,
                "title": each.title,
                "companies": len(each.companies),
                "topics": list(each.topics),
                "and_topics": list(each.and_topics),
                "not_topics": list(each.not_topics),
                "near": each.near,
                "about": each.about,
                "level": str(each.level),
                "channel": each.channel,
                "status": each.status,
                "owner": each.owner,
                "file": each.file,
                "line": each.line,
            }
            for each in chosen.rules
        ],
    }
