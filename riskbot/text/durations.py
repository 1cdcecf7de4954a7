"""Durations as people write them in rule files and settings: `30s`, `5m`, `24h`, `90d`.

What always holds: a duration is a whole number of one unit and longer than nothing. Deliberately absent: sums
(`1h30m`), fractions, and months, whose length nobody can name.
"""

from __future__ import annotations

import re
from datetime import timedelta

_DURATION = re.compile(r"([0-9]{1,6})([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def parse_duration(written: str) -> timedelta:
    """`"5m"` → five minutes. Raises ValueError with a sentence for people."""
    found = _DURATION.fullmatch(written.strip())
    if not found:
        raise ValueError(f"{written[:40]!r} is no duration: write a whole number and s, m, h or d, such as 30s or 5m")
    number, unit = int(found[1]), found[2]
    if number == 0:
        raise ValueError(f"{written!r} is no time at all: write at least 1{unit}")
    return timedelta(**{_UNITS[unit]: number})
