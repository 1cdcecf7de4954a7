"""The content hash of rules: the same for the same content, however it is split, ordered or commented.

What always holds: two rule sets of one hash match alike and are told alike; files and lines do not enter it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import timedelta

from riskbot.matching.rules import Company, Rule, Term, Topic
from riskbot.model import Feed, Outlet
from riskbot.model.calm import ChannelPlan, DigestTime, Plan
from riskbot.stories.claims import ClaimGroup, ClaimTerms, Group

_encode = json.JSONEncoder(ensure_ascii=True, sort_keys=True).encode


def rules_hash(companies: Sequence[Company], topics: Sequence[Topic], rules: Sequence[Rule]) -> str:
    """The hash that is recorded with every hit."""
    digest = hashlib.sha256()
    everyone = {company.id for company in companies}
    for company in sorted(companies, key=lambda each: each.id):
        parts = [_written(company.aliases), sorted(company.tickers), _written(company.not_in)]
        _add(digest, ["company", company.id, company.name, *parts, _written(company.only_with), sorted(company.tags)])
    for topic in sorted(topics, key=lambda each: each.id):
        _add(digest, ["topic", topic.id, topic.weight, _written(topic.terms), _written(topic.not_in)])
    selections: dict[frozenset[str], str] = {}
    for rule in sorted(rules, key=lambda each: each.id):
        chosen = selections.get(rule.companies)
        if chosen is None:  # ten thousand rules may share one selection of a hundred thousand companies
            names = ["*"] if rule.companies == everyone else sorted(rule.companies)
            chosen = selections[rule.companies] = hashlib.sha256("\n".join(names).encode()).hexdigest()
        topics_of = [list(rule.topics), sorted(rule.and_topics), sorted(rule.not_topics)]
        ways = [rule.near, rule.about, rule.level, rule.channel, rule.status, rule.owner, rule.notes, *_telling(rule)]
        examples = sorted([each.fires, each.title, each.text] for each in rule.examples)
        _add(digest, ["rule", rule.id, rule.title, chosen, topics_of, ways, examples])
    return digest.hexdigest()


def whole_hash(
    rules: str,
    feeds: Sequence[Feed],
    outlets: Sequence[Outlet],
    claims: ClaimTerms | None = None,
    plan: Plan | None = None,
) -> str:
    """The hash of everything that the files say, feeds, outlets, channels, routes and claim terms included."""
    digest = hashlib.sha256(rules.encode())
    for feed in sorted(feeds, key=lambda each: each.name):
        values = asdict(feed).items()
        _add(
            digest,
            ["feed", {name: each.total_seconds() if isinstance(each, timedelta) else each for name, each in values}],
        )
    for outlet in sorted(outlets, key=lambda each: each.name):
        _add(digest, ["outlet", asdict(outlet)])
    for name, channel in sorted((plan or Plan()).channels.items()):
        _add(digest, ["channel", name, channel.min_level, *_wishes(channel)])
    for route in (plan or Plan()).routes:  # their order matters
        _add(digest, ["route", route.channel, sorted(route.tags), sorted(route.levels)])
    for group in Group:
        of_it = [each for each in (claims.groups if claims else ()) if each.group is group]
        terms, not_in = ([term for each in of_it for term in part(each)] for part in (_terms, _not_in))
        if terms or not_in:
            _add(digest, ["claims", group.value, _written(set(terms)), _written(set(not_in))])
    return digest.hexdigest()


def _telling(rule: Rule) -> list[object]:
    """What a rule says of telling; nothing where it says nothing, so that older hashes hold."""
    said = [sorted(rule.tags), _time(rule.digest), rule.mention]
    return said if any(said) else []


def _wishes(channel: ChannelPlan) -> list[object]:
    if channel == ChannelPlan(channel.name, channel.min_level):
        return []
    quiet = [[each.begin, each.end, sorted(each.days), each.zone] for each in channel.quiet]
    return [channel.zone, quiet, _time(channel.digest), channel.when_unsure, channel.alerts_per_hour]


def _time(digest: DigestTime | None) -> list[object]:
    return [digest.at, sorted(digest.days), digest.zone] if digest else []


def _terms(group: ClaimGroup) -> tuple[Term, ...]:
    return group.terms


def _not_in(group: ClaimGroup) -> tuple[Term, ...]:
    return group.not_in


def _written(terms: Iterable[Term]) -> list[str]:
    # The kind belongs to it: a company's name may be any case or exact without a mark of its own.
    return sorted(f"{term.kind}:{term.written}" for term in terms)


def _add(digest: hashlib._Hash, values: list[object]) -> None:
    digest.update(_encode(values).encode())
    digest.update(b"\n")
