"""A feed's dates → times in UTC, or None. The only file of `feeds/` that imports dateutil.

What always holds (invariant 7): a date is a claim. What is missing from it is never filled in from today, and what lies
outside [now − 10 years, now + 1 day] is not believed. A time without a zone is taken as UTC, as feedparser does.
"""

from __future__ import annotations

import warnings
from datetime import UTC, datetime, timedelta
from time import struct_time

from dateutil.parser import ParserError, parse

_PAST = timedelta(days=3653)  # ten years, at most three of them leap years
_FUTURE = timedelta(days=1)
_LONGEST = 100  # characters; no date is longer, and the parser's time grows with the length

# Two days that share no part: what comes out the same over both was written, not filled in.
_BLANKS = (datetime(2003, 3, 3), datetime(2004, 4, 4))  # noqa: DTZ001  # naive on purpose: only parts are compared


def believable(parsed: struct_time | None, text: str | None, now: datetime) -> datetime | None:
    """The time that feedparser read (UTC), else what can be read from the words, where `now` lets it be believed."""
    at = _from_struct(parsed) if parsed is not None else _from_words(text or "")
    if at is None or not now - _PAST <= at <= now + _FUTURE:
        return None
    return at


def _from_struct(parsed: struct_time) -> datetime | None:
    try:
        return datetime(*parsed[:6], tzinfo=UTC)
    except ValueError:  # a leap second, or a part out of range
        return None


def _from_words(text: str) -> datetime | None:
    text = text.strip()
    if not text or len(text) > _LONGEST:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        read = _one_reading(text)
        if read is None:
            return None
        at = read
    try:
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except OverflowError:  # at the very ends of the calendar
        return None


def _one_reading(text: str) -> datetime | None:
    """What dateutil reads, where no part of it was filled in and day and month cannot be mistaken for each other."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a zone it does not know would be ignored with a warning: not known then
            readings = {
                parse(text, default=blank, dayfirst=dayfirst) for blank in _BLANKS for dayfirst in (True, False)
            }
    except (ParserError, OverflowError, ValueError, TypeError, Warning):
        return None
    return readings.pop() if len(readings) == 1 else None
