"""How seldom a document asks to be fetched: RSS `ttl`, `skipHours` and `skipDays`, and the syndication module.

What always holds: what cannot be meant (no time at all, every hour of the day) is no wish, and no wish is longer than
a week; a document that wishes nothing has empty Wishes. How far wishes are honoured is `policy/polling.py`'s matter.

Sources: RSS 2.0 specification (`ttl` in minutes; `skipHours` in GMT, 0 to 23; `skipDays` by English names), RSS 0.91
(hours 1 to 24, so that 24 is midnight), RSS 1.0 syndication module (`updatePeriod`, daily where it is left out, and
`updateFrequency`, how often in that period).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from riskbot.model import Wishes

_LONGEST = timedelta(days=7)
_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(days=7),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
_NAMES = {name: day for day, name in enumerate("monday tuesday wednesday thursday friday saturday sunday".split())}
_MOST_BYTES = 256_000  # of what is looked through for the lists
_NO_MARKUP = re.compile(rb"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)", re.DOTALL)
_HOURS = re.compile(rb"<skipHours>((?:\s*<hour>\s*\d{1,2}\s*</hour>)*)\s*</skipHours>", re.IGNORECASE)
_HOUR = re.compile(rb"\d+")
_DAYS = re.compile(rb"<skipDays>((?:\s*<day>\s*[a-z]{6,9}\s*</day>)*)\s*</skipDays>", re.IGNORECASE)
_DAY = re.compile(rb">\s*([a-z]+)", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,9}")


def wishes(feed: Mapping[str, Any], around: bytes) -> Wishes:
    """The wishes of a document.

    `feed` is what feedparser read of the feed itself, `around` the document's bytes without its items: the lists are
    read from there, since feedparser keeps only the last hour of them.
    """
    every = max((one for one in (_ttl(feed), _period(feed)) if one), default=None)
    plain = _NO_MARKUP.sub(b"", around[:_MOST_BYTES])
    hours = {int(hour) % 24 for hour in _listed(_HOURS, _HOUR, plain) if int(hour) <= 24}
    days = {_NAMES[name] for day in _listed(_DAYS, _DAY, plain) if (name := day.decode().lower()) in _NAMES}
    return Wishes(
        min(every, _LONGEST) if every else None,
        frozenset(hours) if len(hours) < 24 else frozenset(),
        frozenset(days) if len(days) < 7 else frozenset(),
    )


def _ttl(feed: Mapping[str, Any]) -> timedelta | None:
    minutes = _number(feed.get("ttl"))
    return timedelta(minutes=minutes) if minutes else None


def _period(feed: Mapping[str, Any]) -> timedelta | None:
    named, often = feed.get("sy_updateperiod"), feed.get("sy_updatefrequency")
    if named is None and often is None:
        return None
    period = _PERIODS.get(str(named or "daily").strip().lower())
    times = 1 if often is None else _number(often)
    return period / times if period and times else None


def _number(value: object) -> int | None:
    text = value.strip() if isinstance(value, str) else ""
    return int(text) if _NUMBER.fullmatch(text) and text.isascii() else None


def _listed(outer: re.Pattern[bytes], inner: re.Pattern[bytes], plain: bytes) -> list[bytes]:
    found = outer.search(plain)
    return inner.findall(found[1]) if found else []
