"""Mutes of one thing: whether one holds already, and what a story's message says of it.

What always holds: pure; a story is called muted only by a silence that is about it alone, because people see and end
that one at its message; a silence that asks for something else besides is left to `riskbot silences`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from riskbot.model.calm import Silence

_FOREVER = datetime.max.replace(tzinfo=UTC)


def of_story(story: str, silences: Iterable[Silence], now: datetime) -> list[Silence]:
    """The silences that hold now and are about this story alone, that which lasts longest first."""
    return alike({"story": (story,)}, silences, now)


def alike(matchers: Mapping[str, Sequence[str]], silences: Iterable[Silence], now: datetime) -> list[Silence]:
    """The silences that hold now and are about exactly this, that which lasts longest first."""
    wanted = {key: tuple(values) for key, values in matchers.items()}
    found = [each for each in silences if each.active(now) and dict(each.matchers) == wanted]
    return sorted(found, key=_end, reverse=True)


def story_of(silence: Silence) -> str | None:
    """The one story that a silence is about alone, and whose message says so; None: it is about something else."""
    named = silence.matchers.get("story", ())
    return named[0] if len(named) == 1 and set(silence.matchers) == {"story"} else None


def holding(made: Silence, silences: Iterable[Silence], now: datetime) -> Silence | None:
    """The silence about the same, ended by the same (a time, or something material), that lasts as long or longer.

    A twelfth of the asked time makes no difference: who presses twice, or after a colleague, gets no second one.
    """
    found = same_kind(made, silences, now)
    enough = made.ends - (made.ends - made.starts) / 12 if made.ends else _FOREVER
    return found[0] if found and _end(found[0]) >= enough else None


def same_kind(made: Silence, silences: Iterable[Silence], now: datetime) -> list[Silence]:
    """Those that hold now, about the same and ended by the same, that which lasts longest first."""
    return [each for each in alike(made.matchers, silences, now) if _kind(each) == _kind(made)]


def until(silence: Silence) -> str:
    """Until when a silence lasts, in words."""
    ends = f"until {silence.ends:%Y-%m-%d %H:%M} UTC" if silence.ends else ""
    if not silence.until_material:
        return ends or "until somebody ends it"
    return f"{ends}, or until something material comes" if ends else "until something material comes"


def in_words(story: str, silences: Iterable[Silence], now: datetime) -> str | None:
    """What the message of a muted story says of it: `Muted by ben until …`; None: it is not muted."""
    found = of_story(story, silences, now)
    return f"Muted by {found[0].author} {until(found[0])}" if found else None


def _kind(silence: Silence) -> tuple[bool, bool]:
    return silence.ends is None, silence.until_material


def _end(silence: Silence) -> datetime:
    return silence.ends or _FOREVER
