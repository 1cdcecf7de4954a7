"""The house as it stands: who imports which library, how long a file is, who asks the clock, what is shipped.

Which way imports point is the layer contract's matter (`.importlinter`), not this file's.
"""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from functools import cache

import pytest

from riskbot.matching.match import Matcher
from riskbot.matching.rules import Rule
from riskbot.model import Article
from riskbot.rulefiles.load import Loaded, load_rules
from tests.places import ROOT

HOUSE = ROOT / "riskbot"
LONGEST = 400  # lines

# Libraries that shape a room stay inside it; every other one is known to a single file.
ROOMS = {
    "typer": ("cli/",),
    "rich": ("cli/",),
    "sqlmodel": ("store/",),
    "sqlalchemy": ("store/",),
    "alembic": ("store/upgrade.py", "store/migrations/"),
    "slack_sdk": ("slack/",),
    # slack_sdk sits on aiohttp and lets its exceptions through.
    "aiohttp": ("slack/client.py", "slack/webhook.py", "feeds/session.py"),
    "pydantic": ("rulefiles/schema.py", "settings.py"),
}
BY_VALUES_ALONE = ("errors.py", "model/", "text/", "matching/", "stories/", "policy/", "pipeline.py", "usecases/")
ASKING = {"now", "utcnow", "today", "time", "monotonic", "uuid4", "uuid1", "urandom", "token_hex", "environ", "getenv"}


@cache
def trees() -> dict[str, ast.Module]:
    """Every module of the house by its place in it."""
    files = sorted(HOUSE.rglob("*.py"))
    return {file.relative_to(HOUSE).as_posix(): ast.parse(file.read_text(encoding="utf-8")) for file in files}


def libraries(tree: ast.Module) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module)
    return {name.partition(".")[0] for name in names} - set(sys.stdlib_module_names) - {"riskbot"}


def test_an_outside_library_is_known_to_one_file_or_to_the_room_it_shapes() -> None:
    importers: dict[str, list[str]] = defaultdict(list)
    for place, tree in trees().items():
        for library in libraries(tree):
            importers[library].append(place)
    assert set(ROOMS) <= set(importers)
    strayed = {
        library: places
        for library, places in importers.items()
        if (not all(p.startswith(ROOMS[library]) for p in places) if library in ROOMS else len(places) != 1)
    }
    assert strayed == {}


def test_no_file_is_longer_than_400_lines() -> None:
    lengths = {place: len((HOUSE / place).read_text(encoding="utf-8").splitlines()) for place in trees()}
    assert {place: lines for place, lines in lengths.items() if lines > LONGEST} == {}


def test_what_judges_is_given_time_chance_and_settings_and_never_asks_for_them() -> None:
    asking = [
        f"{place}:{node.lineno} {node.attr}"
        for place, tree in trees().items()
        if place.startswith(BY_VALUES_ALONE)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in ASKING and not _of_a_value(node)
    ]
    drawing = [
        place
        for place, tree in trees().items()
        if place.startswith(BY_VALUES_ALONE)
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        and {getattr(node, "module", None), *(alias.name for alias in node.names)} & {"random", "secrets", "time"}
    ]
    assert asking + drawing == []


def _of_a_value(node: ast.Attribute) -> bool:
    """Whether it is an attribute of something other than the modules and classes that know the time and the world."""
    return not (isinstance(node.value, ast.Name) and node.value.id in {"datetime", "date", "time", "os", "uuid"})


def test_every_module_says_what_it_is() -> None:
    silent = [
        place
        for place, tree in trees().items()
        if tree.body and not ast.get_docstring(tree) and not place.startswith("store/migrations/versions/")
    ]
    assert silent == []


# ── what is shipped ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def shipped() -> Loaded:
    return load_rules(ROOT / "rules", ROOT / "rules")


@pytest.fixture(scope="module")
def matcher(shipped: Loaded) -> Matcher:
    return Matcher(shipped.rule_set)


def test_every_shipped_rule_has_an_example_that_fires_and_one_that_stays_quiet(shipped: Loaded) -> None:
    assert shipped.rule_set.rules
    for rule in shipped.rule_set.rules:
        assert {example.fires for example in rule.examples} == {True, False}, rule.id


def test_the_examples_of_the_shipped_rules_hold(shipped: Loaded, matcher: Matcher) -> None:
    wrong = [
        f"{rule.file}:{example.line} {'does not fire' if example.fires else 'fires'} {rule.id}: {example.text}"
        for rule in shipped.rule_set.rules
        for example in rule.examples
        if _hits(matcher, rule, example.title, example.text) != example.fires
    ]
    assert wrong == []


def _hits(matcher: Matcher, rule: Rule, title: str, text: str) -> bool:
    return any(hit.rule == rule.id for hit in matcher.match(Article("example", title, text)))


def test_companies_topics_and_feeds_are_shipped_in_numbers(shipped: Loaded) -> None:
    assert len(shipped.rule_set.companies) >= 30
    sizes = {topic.id: len(topic.terms) for topic in shipped.rule_set.topics}
    for topic in ("military", "sanctions", "memo"):
        assert 20 <= sizes[topic] <= 60, topic
    assert shipped.feeds
    assert not any(feed.allow_private for feed in shipped.feeds)


def test_the_shipped_rules_have_no_error_and_no_warning(shipped: Loaded) -> None:
    assert [problem for problem in shipped.problems if problem.severity != "note"] == []


def test_names_in_several_scripts_are_shipped(shipped: Loaded) -> None:
    names = [term.text for company in shipped.rule_set.companies for term in company.aliases]
    for sample in ("阿里巴巴", "Газпром"):
        assert any(sample in name for name in names), sample
