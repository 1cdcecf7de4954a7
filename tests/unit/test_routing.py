"""Which channel a hit is told to."""

from __future__ import annotations

from riskbot.model import Hit, Level
from riskbot.model.calm import Plan, Route, RulePlan
from riskbot.policy.routing import routed
from tests.builders import hit

HIGH = frozenset({Level.HIGH, Level.CRITICAL})
PLAN = Plan(
    routes=(
        Route("us-urgent", frozenset({"us"}), HIGH),
        Route("us", frozenset({"us", "america"})),
        Route("urgent", levels=frozenset({Level.CRITICAL})),
    ),
    rules={"alibaba-military": RulePlan(frozenset({"us", "china"}))},
)
OTHER = hit("tencent")


def channel(of: Hit, level: Level) -> str:
    return routed(of, level, PLAN, "#risk")


def test_the_first_route_that_fits_counts() -> None:
    assert channel(hit(), Level.CRITICAL) == "us-urgent"
    assert channel(hit(), Level.MEDIUM) == "us"


def test_a_route_without_tags_takes_any_rule_of_its_levels() -> None:
    assert channel(OTHER, Level.CRITICAL) == "urgent"


def test_what_no_route_fits_goes_to_the_default_channel_without_its_sign() -> None:
    assert channel(OTHER, Level.HIGH) == "risk"


def test_the_channel_of_a_rule_wins_over_every_route() -> None:
    assert channel(hit(channel="#geo"), Level.CRITICAL) == "geo"
