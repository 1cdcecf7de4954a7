"""What the files say of telling: channels, routes, and what rules say of it besides their channel.

What always holds: a channel stands once over all files, with or without its `#`, whatever its case. A channel that no
file speaks of is told everything at once. Routes count in the order of the files. A route that can never count, and a
channel that is never loud, are told.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from riskbot.matching.rules import Rule
from riskbot.model import Level
from riskbot.model.calm import ChannelPlan, Plan, QuietHours, Route, RulePlan
from riskbot.policy.hours import quiet_until
from riskbot.rulefiles.publishers import is_first
from riskbot.rulefiles.schema import ChannelEntry, QuietEntry
from riskbot.rulefiles.source import RuleSource, child
from riskbot.rulefiles.suggest import did_you_mean, listing
from riskbot.yamlfile import Value, shorten

_A_MONDAY = datetime(2024, 1, 1, tzinfo=UTC)
_WEEK = timedelta(days=7)


def gather_plan(sources: Sequence[RuleSource], rules: Iterable[Rule]) -> Plan:
    """Everything that bears on which channel hears what, and when."""
    said = {
        rule.id: RulePlan(frozenset(rule.tags), rule.digest, rule.mention)
        for rule in rules
        if rule.tags or rule.digest or rule.mention
    }
    return Plan(_channels(sources), _routes(sources, {tag for each in said.values() for tag in each.tags}), said)


def _channels(sources: Sequence[RuleSource]) -> dict[str, ChannelPlan]:
    """What each channel wants, by the channel's name without its `#`."""
    found: dict[str, ChannelPlan] = {}
    places: dict[str, str] = {}
    for source in sources:
        for entry, node in source.entries("channels"):
            name = entry.name.removeprefix("#")
            if is_first(places, source, "channel", name, node):
                found[name] = ChannelPlan(
                    name,
                    min_level=Level(entry.min_level),
                    zone=entry.zone,
                    quiet=_quiet(source, entry, node),
                    digest=entry.digest,
                    when_unsure=entry.when_unsure,
                    alerts_per_hour=entry.alerts_per_hour,
                )
    return found


def _quiet(source: RuleSource, entry: ChannelEntry, node: Value) -> tuple[QuietHours, ...]:
    for position, each in enumerate(entry.quiet_hours):
        _check(source, each, child(node, "quiet_hours", position))
    quiet = tuple(
        QuietHours(each.from_, each.to, frozenset(each.days), each.zone or entry.zone) for each in entry.quiet_hours
    )
    until = quiet_until(quiet, _A_MONDAY + _WEEK)
    if until and until - _A_MONDAY > 3 * _WEEK:
        message = f"the channel {shorten(entry.name)!r} is quiet at every hour of the week"
        mend = "leave some hours in which its digest can be told"
        source.tell(child(node, "quiet_hours"), "never-loud", message, mend, key=True)
        return ()
    return quiet


def _check(source: RuleSource, each: QuietEntry, at: Value) -> None:
    if each.from_ == each.to:
        message = "quiet hours that end when they begin are a whole day, or none"
        source.tell(child(at, "to"), "bad-time", message, "write from 00:00 to 24:00 for a whole day")


def _routes(sources: Sequence[RuleSource], tags: set[str]) -> tuple[Route, ...]:
    whole = all(source.whole for source in sources)
    found: list[Route] = []
    for source in sources:
        for entry, node in source.entries("routes"):
            for position, tag in enumerate(entry.tags):
                if tag not in tags and whole:
                    known = f"the tags of rules are {listing(sorted(tags))}" if tags else "no rule has a tag yet"
                    mend = did_you_mean(tag, tags, f"{known}: give one `tags: [{shorten(tag)}]`")
                    source.tell(
                        child(node, "tags", position), "unknown-tag", f"no rule has the tag {shorten(tag)!r}", mend
                    )
            route = Route(entry.channel.removeprefix("#"), frozenset(entry.tags), frozenset(map(Level, entry.levels)))
            before = next((each for each in found if _takes(each, route)), None)
            if before and whole:  # a value that was left out would make a route of fewer words
                message = f"an earlier route, to {shorten(before.channel)!r}, takes everything that this one would"
                source.tell(node, "never-counts", message, "put this one before it, or delete one", "warning", key=True)
            found.append(route)
    return tuple(found)


def _takes(earlier: Route, later: Route) -> bool:
    """Whether everything that fits the later one fits the earlier one."""
    tags = not earlier.tags or (bool(later.tags) and later.tags <= earlier.tags)
    levels = not earlier.levels or (bool(later.levels) and later.levels <= earlier.levels)
    return tags and levels
