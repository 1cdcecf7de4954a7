"""When the daily heartbeat is due, and what it says.

What always holds: pure; a heartbeat is due at most once for each day of its time zone; where a figure is not known
it says so, and never nought. Deliberately absent: sending it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from riskbot.policy.health import span

_MINUTE = timedelta(minutes=1)
NAMED = 8  # feeds named before the rest is counted
_DAILY = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])(?:\s+(\S{1,64}))?")


@dataclass(frozen=True, slots=True)
class Daily:
    """A time of day, where people live."""

    hour: int  # 0-23
    minute: int = 0
    zone: str = "UTC"  # an IANA name

    def __str__(self) -> str:
        return f"{self.hour:02}:{self.minute:02} {self.zone}"

    def on(self, day: date) -> datetime:
        """The moment on a day, in UTC; of a time that clocks show twice the first."""
        local = datetime(day.year, day.month, day.day, self.hour, self.minute, tzinfo=ZoneInfo(self.zone))
        return local.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Activity:
    """What happened since a moment."""

    articles: int = 0  # read
    hits: int = 0
    stories: int = 0  # opened
    told: int = 0  # messages posted or brought up to date
    lags: tuple[timedelta, ...] = ()  # published → told of each article that was told, where both times are known


@dataclass(frozen=True, slots=True)
class Beat:
    """Everything a heartbeat tells."""

    since: datetime
    until: datetime
    activity: Activity
    feeds: tuple[str, ...]  # names of all
    unhealthy: Mapping[str, str]  # feed → why, in words
    parked: int
    rules: int | None = None  # in force; None: not known
    live_since: datetime | None = None  # since when these rules are in force
    refused: str | None = None  # what is wrong with the last edit of the rules
    overdue: str | None = None  # that a message waits for too long, in words
    unread: frozenset[str] = frozenset()  # feeds that were never polled: neither well nor ill


def parse_daily(text: str) -> Daily:
    """`08:00` or `08:00 Europe/Berlin`. Raises ValueError with a sentence for people."""
    found = _DAILY.fullmatch(text.strip())
    if not found:
        raise ValueError(f"{text[:40]!r} is no time of day: write 08:00, or 08:00 Europe/Berlin")
    zone = found[3] or "UTC"
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{zone!r} is no time zone: write an IANA name such as Europe/Berlin") from None
    return Daily(int(found[1]), int(found[2]), zone)


def latest(daily: Daily, now: datetime) -> datetime:
    """The last moment at or before `now` at which it was that time of day, in UTC."""
    today = now.astimezone(ZoneInfo(daily.zone)).date()
    at = daily.on(today)
    return at if at <= now else daily.on(today - timedelta(days=1))


def due(daily: Daily | None, last: datetime | None, now: datetime) -> bool:
    """Whether a heartbeat is owed: one for each day, and none for days on which riskbot did not run.

    `last` is when the last one was owed. None means that none ever was: the first one waits for its time of day, so
    that a restart on a fresh database does not speak at once; the caller notes `now` as the beginning.
    """
    return daily is not None and last is not None and last < latest(daily, now)


def lines(beat: Beat) -> tuple[str, tuple[str, ...]]:
    """What it says: a headline, and a line for each thing."""
    ill = [f"{name} ({why})" for name, why in beat.unhealthy.items()]
    well = [name for name in beat.feeds if name not in beat.unhealthy and name not in beat.unread]
    state = "needs a look" if ill or beat.parked or beat.overdue or beat.refused else "is well"
    done = beat.activity
    told = [
        f"Feeds well: {_named(well)}",
        f"Feeds ill: {_named(ill)}",
        *([f"Feeds not polled yet: {_named(sorted(beat.unread))}"] if beat.unread else []),
        f"{counted(done.articles, 'article')} read, {counted(done.hits, 'hit')}, "
        f"{counted(done.stories, 'new story', 'new stories')}, {counted(done.told, 'message')} sent",
        *([f"Not told: {beat.overdue}"] if beat.overdue else []),
        f"Published → told: {_median(done.lags)}",
        f"Parked: {counted(beat.parked, 'message') if beat.parked else 'none'}"
        + (", see `riskbot status`" if beat.parked else ""),
        _rules(beat),
    ]
    since = span(max(_MINUTE, beat.until - beat.since)).removeprefix("1 ")  # the last minute, the last 24 hours
    return f"riskbot {state}: the last {since}", tuple(told)


def _rules(beat: Beat) -> str:
    if beat.rules is None:
        return "Rules in force: not known yet"
    since = f" since {beat.live_since:%Y-%m-%d %H:%M} UTC" if beat.live_since else ""
    refused = f"; the last edit is refused: {beat.refused}" if beat.refused else ""
    return f"{counted(beat.rules, 'rule')} in force{since}{refused}"


def _median(lags: Sequence[timedelta]) -> str:
    if not lags:
        return "not known (nothing told that has a date)"
    ordered = sorted(max(timedelta(), lag) for lag in lags)
    middle = (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2
    seconds = round(middle.total_seconds())
    took = span(middle) if middle >= 2 * _MINUTE else f"{seconds} s" if seconds else "under 1 s"
    return f"median {took} (of {counted(len(ordered), 'article')})"


def _named(names: Sequence[str]) -> str:
    if not names:
        return "none"
    more = f" +{len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"{len(names)}: {', '.join(names[:NAMED])}{more}"


def counted(number: int, one: str, many: str = "") -> str:
    """`1 hit`, `2 hits`; `many` where an s at the end does not do."""
    return f"{number} {one if number == 1 else many or one + 's'}"
