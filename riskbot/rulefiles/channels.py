"""What the files say of channels.

What always holds: a channel stands once over all files, with or without its `#`, whatever its case. A channel that no
file speaks of is told everything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from riskbot.model import Level
from riskbot.rulefiles.publishers import is_first
from riskbot.rulefiles.source import RuleSource


def gather_channels(sources: Sequence[RuleSource]) -> Mapping[str, Level]:
    """The least level that each channel is told, by the channel's name without its `#`."""
    found: dict[str, Level] = {}
    places: dict[str, str] = {}
    for source in sources:
        for entry, node in source.entries("channels"):
            name = entry.name.removeprefix("#")
            if is_first(places, source, "channel", name, node):
                found[name] = Level(entry.min_level)
    return found
