"""When a channel is quiet, and when its digests are due: from clocks on walls to moments.

What always holds: a time that the clocks skip in spring counts as the one an hour later; of a time that they show twice
in autumn, quiet hours begin with the first and end with the second, and a digest is due at the first (PEP 495 says
which is which). Quiet hours that meet or overlap are one quiet time. Pure: the zone's rules are the only outside thing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from riskbot.model.calm import ChannelPlan, DigestTime, QuietHours

DAY = timedelta(days=1)
MINUTES = 24 * 60
MOST_SPANS = 32  # quiet spans followed one into the other: a channel that is always quiet has no end


def quiet_until(hours: Iterable[QuietHours], now: datetime) -> datetime | None:
    """When the quiet time ends in which `now` lies; None when it lies in none."""
    hours, until = tuple(hours), now
    for _ in range(MOST_SPANS):
        ends = [end for each in hours for begin, end in _spans(each, until) if begin <= until < end]
        if not ends:
            break
        until = max(ends)
    return until if until > now else None


def next_digest(when: DigestTime, zone: str, now: datetime) -> datetime:
    """The first time after `now` at which a digest is due; `zone` counts where it names none itself."""
    return min(at for at in _digests(when, zone, now) if at > now)


def last_digest(when: DigestTime, zone: str, now: datetime) -> datetime:
    """The last time until `now` at which a digest was due; `zone` counts where it names none itself."""
    return max(at for at in _digests(when, zone, now) if at <= now)


def loud(plan: ChannelPlan, at: datetime) -> datetime:
    """The moment itself, or the end of the channel's quiet time around it."""
    return quiet_until(plan.quiet, at) or at


def _digests(when: DigestTime, zone: str, around: datetime) -> Iterable[datetime]:
    """The times from more than a week before to more than a week after."""
    known = ZoneInfo(when.zone or zone)
    today = around.astimezone(known).date()
    days = (today + n * DAY for n in range(-8, 9))
    return (_moment(day, when.at, known) for day in days if day.weekday() in when.days)


def _spans(hours: QuietHours, around: datetime) -> Iterable[tuple[datetime, datetime]]:
    """The quiet spans that begin from the day before to the day after."""
    zone = ZoneInfo(hours.zone)
    today = around.astimezone(zone).date()
    length = hours.end if hours.end > hours.begin else hours.end + MINUTES
    for day in (today - DAY, today, today + DAY):
        if day.weekday() in hours.days:
            yield _moment(day, hours.begin, zone), _moment(day, length, zone, last=True)


def _moment(day: date, minutes: int, zone: ZoneInfo, *, last: bool = False) -> datetime:
    """When the clocks of the zone show this time; `last`: the later moment, where they show it twice."""
    days, rest = divmod(minutes, MINUTES)
    on = day + days * DAY
    shown = datetime(on.year, on.month, on.day, rest // 60, rest % 60, tzinfo=zone)
    first = shown.astimezone(UTC)
    return max(first, shown.replace(fold=1).astimezone(UTC)) if last else first
