"""What an answer's headers say: when to come again, and what to keep of them. Pure.

What always holds: nothing here raises, whatever a header says; what cannot be read says nothing.
Sources: RFC 9110 (HTTP semantics) and RFC 9111 (caching), at each function.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST_AWAY = timedelta(days=7)  # a server that asks for more would lose us the feed
_LONGEST_FRESH = 2**31  # seconds; RFC 9111, section 1.2.2
_READ = 2_000  # characters of a header
_DIRECTIVE = re.compile(r'([\w!#$%&\'*+.^`|~-]+)(?:[ \t]*=[ \t]*(?:"([^"]*)"|([^\s,;"]*)))?')
_SECONDS = re.compile(r"([0-9]{1,15})(?:\.[0-9]*)?")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_DIGITS = re.compile(r"[0-9]{1,15}")


def kept(value: str | None) -> str | None:
    """A header's value where it can be stored and sent again as it is.

    Bytes that are not UTF-8 cannot be, nor control characters, which a folded line brings (RFC 9112, section 5.2).
    """
    if value is None or not value.strip() or _CONTROL.search(value):
        return None
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return None
    return value


def max_age(cache_control: str, age: str | None = None) -> timedelta | None:
    """How long an answer calls itself fresh from now on, or None where it does not.

    `cache_control` is the header's lines joined by commas, `age` how long the answer has been kept on its way. The
    first `max-age` counts (RFC 9111, section 4.2.1), less the age (4.2.3); `no-cache` and `no-store` mean that it must
    not be relied on (5.2.2.4 and 5; with an argument `no-cache` speaks of single headers only). `s-maxage` is for
    shared caches, which we are not.
    """
    fresh: int | None = None
    for name, quoted, plain in _DIRECTIVE.findall(cache_control[:_READ]):
        match name.lower():
            case "no-store":
                return None
            case "no-cache" if not (quoted or plain):
                return None
            case "max-age" if fresh is None:
                fresh = _number(quoted or plain) or 0
            case _:
                pass
    if fresh is None:
        return None
    left = min(fresh, _LONGEST_FRESH) - (_number(age or "") or 0)
    return timedelta(seconds=left) if left > 0 else None


def retry_after(value: str | None, date: str | None, now: datetime) -> timedelta | None:
    """How long the server asks us to stay away (RFC 9110, section 10.2.3), at most `LONGEST_AWAY`; None: it does not.

    `value` is seconds or a date; a date is read against the answer's own `date`, since both are told by the same
    clock, and against `now` where it has none. What lies in the past says nothing.
    """
    text = (value or "").strip()[:_READ]
    if seconds := _SECONDS.fullmatch(text):
        away = min(timedelta(seconds=min(int(seconds[1]), _LONGEST_FRESH)), LONGEST_AWAY)
    elif until := _date(text):
        away = min(until - (_date(date or "") or now), LONGEST_AWAY)
    else:
        return None
    return away if away > timedelta(0) else None


def _number(text: str) -> int | None:
    found = _DIGITS.fullmatch(text.strip())
    return int(found[0]) if found else None


def _date(text: str) -> datetime | None:
    """Any of HTTP's three forms of a date (RFC 9110, section 5.6.7); a zone that is not named is UTC."""
    try:
        found = parsedate_to_datetime(text[:_READ])
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
