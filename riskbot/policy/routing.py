"""Which channel a hit is told to.

What always holds: a rule's own channel wins, then the first route that fits, then the default channel; a replay that
posts to one channel only posts to no other. Pure.
"""

from __future__ import annotations

from riskbot.model import Hit, Level
from riskbot.model.calm import Plan, Route, RulePlan

_NOTHING = RulePlan()


def routed(hit: Hit, level: Level, plan: Plan, default: str) -> str:
    """The channel of a hit in a story of this level, without `#`."""
    tags = plan.rules.get(hit.rule, _NOTHING).tags
    route = None if hit.channel else next((each for each in plan.routes if _fits(each, tags, level)), None)
    channel = hit.channel or (route.channel if route else default)
    return channel.removeprefix("#")  # "#geo" and "geo" are one channel


def _fits(route: Route, tags: frozenset[str], level: Level) -> bool:
    return (not route.tags or bool(route.tags & tags)) and (not route.levels or level in route.levels)
