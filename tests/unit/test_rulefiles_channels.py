"""Channels, routes and what rules say of telling, as the files write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from riskbot.errors import RulesError
from riskbot.model import Level
from riskbot.model.calm import EVERY_DAY, ChannelPlan, DigestTime, Plan, QuietHours, Route, RulePlan
from riskbot.rulefiles.cache import load_ready
from riskbot.rulefiles.load import Loaded, load_rules

RULES = """\
companies: [{name: Alibaba}]
topics: [{id: military, terms: [army]}]
rules:
  - {title: Plain, companies: [Alibaba], topics: [military], tests: [{quiet: Nothing.}]}
  - title: Alibaba in America
    companies: [Alibaba]
    topics: [military]
    tags: [us, america]
    digest: weekly mon 08:00 America/New_York
    mention: here
    tests: [{quiet: Nothing.}]
"""
CHANNELS = """\
channels:
  - name: "#risk"
    min_level: medium
    zone: Europe/Berlin
    quiet_hours:
      - {from: 22:00, to: 07:00, days: [mon, tue, wed, thu, Friday]}
      - {from: "00:00", to: "24:00", days: [sat, sun], zone: UTC}
    digest: daily 08:00
    when_unsure: ask
    alerts_per_hour: 20
  - name: geo
    quiet_hours: {from: "23:00", to: "06:00"}
routes:
  - {tags: [us], levels: [high, critical], channel: "#us-urgent"}
  - {levels: [critical], channel: urgent}
"""


def load(folder: Path, text: str) -> Loaded:
    folder.mkdir(exist_ok=True)
    (folder / "rules.yaml").write_text(text, encoding="utf-8")
    return load_rules(folder)


def test_what_the_files_say_of_telling_is_one_plan(tmp_path: Path) -> None:
    assert load(tmp_path, RULES + CHANNELS).plan == Plan(
        channels={
            "risk": ChannelPlan(
                "risk",
                Level.MEDIUM,
                "Europe/Berlin",
                (
                    QuietHours(22 * 60, 7 * 60, frozenset(range(5)), "Europe/Berlin"),
                    QuietHours(0, 24 * 60, frozenset({5, 6}), "UTC"),
                ),
                DigestTime(8 * 60),
                "ask",
                20,
            ),
            "geo": ChannelPlan("geo", quiet=(QuietHours(23 * 60, 6 * 60, EVERY_DAY, "UTC"),)),
        },
        routes=(
            Route("us-urgent", frozenset({"us"}), frozenset({Level.HIGH, Level.CRITICAL})),
            Route("urgent", frozenset(), frozenset({Level.CRITICAL})),
        ),
        rules={
            "alibaba-in-america": RulePlan(
                frozenset({"us", "america"}), DigestTime(8 * 60, frozenset({0}), "America/New_York"), "here"
            )
        },
    )


def test_files_that_say_nothing_of_telling_make_an_empty_plan(tmp_path: Path) -> None:
    assert load(tmp_path, RULES.partition("  - title:")[0]).plan == Plan()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("min_level: medium", "min_level: high"),
        ("digest: daily 08:00", "digest: weekdays 08:00"),
        ("alerts_per_hour: 20", "alerts_per_hour: 21"),
        ("when_unsure: ask", "when_unsure: drop"),
        ('{from: "23:00"', '{from: "22:30"'),
        ("channel: urgent", "channel: pager"),
        ("zone: Europe/Berlin", "zone: Europe/Paris"),
    ],
)
def test_every_change_of_channels_and_routes_changes_the_whole_hash_alone(tmp_path: Path, old: str, new: str) -> None:
    text = RULES + CHANNELS
    assert old in text
    before, after = load(tmp_path / "a", text), load(tmp_path / "b", text.replace(old, new))
    assert before.rule_set.hash == after.rule_set.hash
    assert before.hash != after.hash


@pytest.mark.parametrize(
    ("old", "new"), [("[us, america]", "[us]"), ("weekly mon", "weekly tue"), ("mention: here", "mention: ops")]
)
def test_what_a_rule_says_of_telling_changes_the_hash_of_the_rules(tmp_path: Path, old: str, new: str) -> None:
    before, after = load(tmp_path / "a", RULES), load(tmp_path / "b", RULES.replace(old, new))
    assert before.rule_set.hash != after.rule_set.hash


def test_the_order_of_routes_matters(tmp_path: Path) -> None:
    head, _, routes = CHANNELS.partition("routes:\n")
    first, second = routes.splitlines(keepends=True)
    turned = load(tmp_path / "b", RULES + head + "routes:\n" + second + first)
    assert load(tmp_path / "a", RULES + CHANNELS).hash != turned.hash


def test_a_plan_comes_back_from_the_cache_as_it_was(tmp_path: Path) -> None:
    rules, cache = tmp_path / "rules", tmp_path / "cache"
    rules.mkdir()
    (rules / "rules.yaml").write_text(RULES + CHANNELS, encoding="utf-8")
    read = load_ready(rules, None, cache, worth_keeping=0)
    assert list(cache.glob("*.rules"))
    assert load_ready(rules, None, cache, worth_keeping=0).plan == read.plan == load_rules(rules).plan


def test_an_unknown_tag_of_a_route_is_no_second_mistake_where_a_rule_was_left_out(tmp_path: Path) -> None:
    broken = RULES.replace("companies: [Alibaba]\n    topics", "companis: [Alibaba]\n    topics")
    with pytest.raises(RulesError) as told:
        load(tmp_path, broken + "routes:\n  - {tags: [us], channel: urgent}\n")
    assert [problem.code for problem in told.value.problems] == ["unknown-key"]


def test_a_misspelt_level_of_a_route_is_told_with_its_key_the_levels_and_the_one_meant(tmp_path: Path) -> None:
    with pytest.raises(RulesError) as told:
        load(tmp_path, RULES + "routes:\n  - {levels: [hgh], channel: a}\n  - {levels: [critcal], channel: b}\n")
    assert [(each.code, each.message, each.mend) for each in told.value.problems] == [
        (
            "unknown-value",
            f"{word!r} is no value of `levels`, which knows low, medium, high or critical",
            f"did you mean {meant!r}?",
        )
        for word, meant in (("hgh", "high"), ("critcal", "critical"))
    ]


def test_at_once_leaves_channels_and_routes_and_takes_away_what_waits(tmp_path: Path) -> None:
    plan = load(tmp_path, RULES + CHANNELS).plan
    at_once = plan.at_once()
    assert at_once.routes == plan.routes
    assert at_once.channel("risk") == ChannelPlan(
        "risk", Level.MEDIUM, "Europe/Berlin", when_unsure="ask", alerts_per_hour=0
    )
    assert at_once.rules["alibaba-in-america"].digest is None
