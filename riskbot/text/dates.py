"""Dates as people write them on pages, in addresses and in front matter, read strictly.

What always holds: what comes back is aware and in UTC, or None; nothing is guessed. A date alone is its midnight in
UTC, and so is a date whose time of day has no zone that we know. `03/04/2025` has two readings and therefore none,
unless a zone of the United States stands beside it. Deliberately absent: dates relative to now ("2 hours ago").
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone

_MONTH_NAMES = (
    "jan january januar janvier enero gennaio janeiro januari",
    "feb february februar février febrero febbraio fevereiro februari",
    "mar march märz mars marzo março maart",
    "apr april avril abril aprile",
    "may mai mayo maggio maio mei",
    "jun june juni juin junio giugno junho",
    "jul july juli juillet julio luglio julho",
    "aug august août agosto augustus",
    "sep sept september septembre septiembre settembre setembro",
    "oct october oktober octobre octubre ottobre outubro okt",
    "nov november novembre noviembre novembro",
    "dec december dezember décembre diciembre dicembre dezembro dez",
)
MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names.split()}

# Hours from UTC. Abbreviations with more than one meaning in the news (CST: Chicago or China; IST) are left out, but
# for the American ones, which on pages with an American date mean what they say there.
_ZONES = {
    "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "BST": 1, "WEST": 1, "CET": 1, "MEZ": 1, "CEST": 2, "MESZ": 2, "EET": 2,
    "EEST": 3, "MSK": 3, "GST": 4, "HKT": 8, "SGT": 8, "AWST": 8, "JST": 9, "KST": 9, "AEST": 10, "AEDT": 11,
    "NZST": 12, "NZDT": 13, "EST": -5, "EDT": -4, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
}  # fmt: skip
_US_CLOCKS = {"ET": -5, "CT": -6, "MT": -7, "PT": -8}  # standard time; an hour more in summer
_US_ZONES = frozenset({"EST", "EDT", "CST", "CDT", "MST", "MDT", "PST", "PDT", *_US_CLOCKS})

_MONTH = "(?P<month>" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\b\.?"
_YEAR = r"(?P<year>(?:19|20)\d\d)(?!\d)"
_DATES = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_YEAR}[-/.](?P<month>\d{{1,2}})[-/.](?P<day>\d{{1,2}})(?!\d)",
        rf"{_YEAR}\s?年\s?(?P<month>\d{{1,2}})\s?月\s?(?P<day>\d{{1,2}})\s?日",
        rf"\b{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+{_YEAR}",
        rf"(?<!\d)(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)?\s+(?:de\s+)?{_MONTH},?\s+(?:de\s+)?{_YEAR}",
        rf"(?<![\d/.-])(?P<one>\d{{1,2}})(?P<mark>[/.-])(?P<two>\d{{1,2}})(?P=mark){_YEAR}(?!\.\d)",
    )
]
_TIME = re.compile(
    r"(?<!\d)(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.\d{1,9})?)?(?![\d:])\s?(?P<half>[ap]\.?m\b\.?)?"
    r"|(?<!\d)(?P<hour2>\d{1,2})\s?(?P<half2>[ap]\.?m\b\.?)",
    re.IGNORECASE,
)
_OFFSET = re.compile(r"^\s?(?:UTC|GMT)?\s?(?P<sign>[+−-])(?P<hours>\d{1,2})(?::?(?P<minutes>\d\d))?(?!\d)")
_ZONE = re.compile(r"^[\s,(]{0,3}(?P<zone>[A-Z]{1,4})\b")
_IN_PATH = re.compile(r"/(?P<year>(?:19|20)\d\d)(?P<mark>[/-]?)(?P<month>\d\d?)(?P=mark)(?P<day>\d\d?)(?=[/_-]|$)")


def iso(written: str) -> datetime | None:
    """An ISO 8601 date or date-time; without a zone it is read as UTC. None where it is not one."""
    try:
        moment = datetime.fromisoformat(written.strip())
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def on_page(written: str) -> datetime | None:
    """The first date with a year in a line of a page, with its time of day where zone and time are certain."""
    written = written[:400]
    for pattern in _DATES:
        match = pattern.search(written)
        if match:
            return _moment(match, written)
    return None


def in_path(url: str | None) -> datetime | None:
    """The date in an address's path (`/2025/11/17/`), as midnight UTC; None where there is none."""
    match = _IN_PATH.search((url or "").partition("?")[0][:2000])
    if not match or (not match["mark"] and len(match["month"] + match["day"]) != 4):
        return None
    return _midnight(int(match["year"]), int(match["month"]), int(match["day"]))


def _moment(match: re.Match[str], written: str) -> datetime | None:
    time = _TIME.search(written, match.end()) or _TIME.search(written[: match.start()])
    zone = ""
    offset: float | None = None
    if time:
        after = written[time.end() : time.end() + 12]
        named = _ZONE.match(after)
        zone = named["zone"] if named else ""
        offset = _offset(after, zone)
    day = _day(match, american=zone in _US_ZONES)
    if day is None or time is None:
        return day
    if zone in _US_ZONES and offset is None:  # its offset depends on the season, or on the country the date tells of
        if zone in _US_CLOCKS:
            offset = _US_CLOCKS[zone] + _summer_time(day.date())
        elif zone == "CST" and "one" in match.groupdict():
            offset = -6.0
    clock = _clock(time)
    if offset is None or clock is None:
        return day
    local = datetime(day.year, day.month, day.day, *clock, tzinfo=timezone(timedelta(hours=offset)))
    return local.astimezone(UTC)


def _day(match: re.Match[str], *, american: bool) -> datetime | None:
    groups = match.groupdict()
    year = int(match["year"])
    if "one" not in groups:
        month = MONTHS[match["month"].lower()] if not match["month"].isdigit() else int(match["month"])
        return _midnight(year, month, int(match["day"]))
    one, two = int(match["one"]), int(match["two"])
    if one > 12 or one == two:
        return _midnight(year, two, one)
    if two > 12 or american:
        return _midnight(year, one, two)
    return _midnight(year, two, one) if match["mark"] == "." else None  # dots: day first, wherever they are written


def _midnight(year: int, month: int, day: int) -> datetime | None:
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None


def _clock(time: re.Match[str]) -> tuple[int, int, int] | None:
    hour = int(time["hour"] or time["hour2"])
    half = (time["half"] or time["half2"] or "").lower()[:1]
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    minute, second = int(time["minute"] or 0), int(time["second"] or 0)
    return (hour, minute, second) if hour < 24 and minute < 60 and second < 60 else None


def _offset(after: str, zone: str) -> float | None:
    written = _OFFSET.match(after)
    if written:
        hours = int(written["hours"]) + int(written["minutes"] or 0) / 60
        return (hours if written["sign"] == "+" else -hours) if hours <= 14 else None
    return _ZONES.get(zone)


def _summer_time(day: date) -> int:
    """1 while the United States keep daylight saving time: second Sunday of March to first Sunday of November."""
    march, november = date(day.year, 3, 8), date(day.year, 11, 1)
    begins = march + timedelta(days=(6 - march.weekday()) % 7)
    ends = november + timedelta(days=(6 - november.weekday()) % 7)
    return int(begins <= day < ends)
