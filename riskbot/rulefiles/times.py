"""Times of day as people write them in rule files: `22:00`, `mon`, `daily 08:00 Europe/Berlin`.

What always holds: whatever cannot be read raises ValueError with a sentence and, after a colon and a space, its mend.
Deliberately absent: 12-hour clocks, and abbreviations of zones, of which many mean several places.
"""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from riskbot.model.calm import EVERY_DAY, DigestTime
from riskbot.rulefiles.suggest import did_you_mean

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAYS = frozenset(range(5))
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})")
_LONGEST = 60  # characters that are quoted
_EXAMPLES = "write daily 08:00, weekdays 08:00 or weekly mon 08:00, and a zone after it where it is not the channel's"


def time_of_day(written: str) -> int:
    """`22:00` → minutes after midnight; `24:00` is the end of the day."""
    found = _TIME.fullmatch(written.strip())
    minutes = int(found[1]) * 60 + int(found[2]) if found and int(found[2]) < 60 else -1
    if not 0 <= minutes <= 24 * 60:
        raise ValueError(f"{written[:_LONGEST]!r} is no time of day: write hours and minutes, such as 07:30 or 22:00")
    return minutes


def day(written: str) -> int:
    """`mon` or `Monday` → 0."""
    word = written.strip().casefold()
    for names in (DAYS, _NAMES):
        if word in names:
            return names.index(word)
    near = did_you_mean(word, (*DAYS, *_NAMES), "the days are mon, tue, wed, thu, fri, sat and sun")
    raise ValueError(f"{written[:_LONGEST]!r} is no day: {near}")


def zone(written: str) -> str:
    """The name of a time zone that this machine knows."""
    name = written.strip()
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        near = did_you_mean(name, available_timezones(), "write one such as Europe/Berlin, America/New_York or UTC")
        raise ValueError(f"{written[:_LONGEST]!r} is no time zone: {near}") from error


def digest_time(written: str) -> DigestTime:
    """`daily 08:00`, `weekdays 08:00` or `weekly mon 08:00`, with a zone after it or without."""
    words = written.split()
    kind = words[0].casefold() if words else ""
    head = 2 if kind == "weekly" else 1
    if kind not in ("daily", "weekdays", "weekly") or not head + 1 <= len(words) <= head + 2:
        raise ValueError(f"{written[:_LONGEST]!r} says not when: {_EXAMPLES}")
    days = {"daily": EVERY_DAY, "weekdays": _WEEKDAYS}.get(kind) or frozenset({day(words[1])})
    return DigestTime(time_of_day(words[head]), days, zone(words[head + 1]) if len(words) > head + 1 else None)
