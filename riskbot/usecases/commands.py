"""`/riskbot …` as people type it in Slack: words in, a command or a sentence about what is wrong with them.

What always holds: pure; whatever cannot be understood is answered with the nearest thing that can. A value may be of
several words, with or without quotation marks of any country: it ends where a duration begins. Deliberately absent:
whether what is named exists.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches

from riskbot.errors import InputError
from riskbot.text.durations import parse_duration

MATCHED = ("company", "rule", "topic", "outlet", "story", "level")  # what a silence can be about
MATERIAL = "material"  # instead of a duration: until something material comes
SHORTEST, LONGEST = timedelta(minutes=1), timedelta(days=365)
_VERBS = ("status", "mute", "help", "why", "own", "release", "unmute")
_TIME = re.compile(r"[0-9]{1,6}[smhdw]")
_STORY = re.compile(r"s[1-9][0-9]{0,17}")
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»", '"') | dict.fromkeys("‘’‚‛", "'"))
USAGE = (
    "/riskbot status",
    "/riskbot why s12",
    "/riskbot own s12   (you are on it; /riskbot release s12 gives it back)",
    "/riskbot mute company alibaba 2d they are being reorganised",
    "/riskbot mute story s12 material   (until something material comes)",
    "/riskbot unmute s12",
)


@dataclass(frozen=True, slots=True)
class AskStatus:
    """How riskbot is."""


@dataclass(frozen=True, slots=True)
class AskWhy:
    """Why a story was told."""

    story: str


@dataclass(frozen=True, slots=True)
class Take:
    """To be on a story."""

    story: str


@dataclass(frozen=True, slots=True)
class Release:
    """To give a story back."""

    story: str


@dataclass(frozen=True, slots=True)
class Unmute:
    """The end of a story's mutes."""

    story: str


@dataclass(frozen=True, slots=True)
class AskHelp:
    """What can be typed."""


@dataclass(frozen=True, slots=True)
class Mute:
    """A silence."""

    what: str  # one of MATCHED
    value: str  # as typed
    lasts: timedelta | None  # None: until something material comes
    reason: str  # may be empty


_OF_STORY: Mapping[str, Callable[[str], AskWhy | Take | Release | Unmute]] = {
    "why": AskWhy,
    "own": Take,
    "release": Release,
    "unmute": Unmute,
}
Command = AskStatus | AskWhy | AskHelp | Mute | Take | Release | Unmute


def parse(text: str) -> Command:
    """What is asked. Raises InputError with what is wrong, and how to write it."""
    words = text.translate(_QUOTES).split()
    if not words:
        return AskHelp()
    verb, rest = words[0].casefold(), words[1:]
    if verb == "status":
        _nothing_more(verb, rest)
        return AskStatus()
    if verb == "help":
        return AskHelp()
    if verb in _OF_STORY:
        return _OF_STORY[verb](_story(verb, rest))
    if verb == "mute":
        return _mute(rest)
    near = get_close_matches(verb, _VERBS, n=1, cutoff=0.5)
    mend = f"did you mean `/riskbot {near[0]}`?" if near else f"write one of: {', '.join(_VERBS)}"
    raise InputError(f"there is no command {words[0][:40]!r}", mend)


def _nothing_more(verb: str, rest: list[str]) -> None:
    if rest:
        raise InputError(f"`{verb}` takes nothing more, and there stands {rest[0][:40]!r}", f"write `/riskbot {verb}`")


def _story(verb: str, rest: list[str]) -> str:
    if len(rest) != 1:
        said = "no story is named" if not rest else "more than one word stands there"
        raise InputError(said, f"write its id as the last line of its message gives it: `/riskbot {verb} s12`")
    return story_id(rest[0])


def story_id(word: str) -> str:
    """The id of a story as people write it: `s12`, `S12`, `12`. Raises InputError."""
    folded = word.strip().casefold()
    folded = f"s{folded}" if folded.isdigit() else folded
    if not _STORY.fullmatch(folded):
        raise InputError(
            f"{word[:40]!r} is no story's id", "write it as the last line of its message gives it, such as s12"
        )
    return folded


def _mute(rest: list[str]) -> Mute:
    if not rest:
        raise InputError("it is not said what to mute", f"write `{USAGE[3]}`")
    what = rest[0].casefold()
    if what not in MATCHED:
        near = get_close_matches(what, MATCHED, n=1, cutoff=0.6)
        mend = f"did you mean {near[0]}?" if near else f"write one of: {', '.join(MATCHED)}"
        raise InputError(f"riskbot cannot mute by {rest[0][:40]!r}", mend)
    ends = next((at for at, word in enumerate(rest) if at > 1 and _is_end(word)), None)
    value = " ".join(rest[1:ends]).strip("\"' ")
    if not value:
        raise InputError(f"it is not said which {what} to mute", f"write `/riskbot mute {what} NAME 2d reason`")
    if ends is None:
        raise InputError(
            f"it is not said how long to mute {what} {value[:60]!r}",
            f"write 1h, 2d or 1w after it, or `{MATERIAL}`: until something material comes",
        )
    if what == "story":
        value = story_id(value)
    if rest[ends].casefold() == MATERIAL:
        if what != "story":
            raise InputError(f"only a story can be muted until something {MATERIAL}", f"give the {what} a time: 2d")
        return Mute(what, value, None, " ".join(rest[ends + 1 :]))
    return Mute(what, value, lasting(rest[ends]), " ".join(rest[ends + 1 :]))


def lasting(word: str) -> timedelta:
    """How long a silence lasts. Raises InputError."""
    found = _duration(word)
    if found is None or not SHORTEST <= found <= LONGEST:
        wrong = "is too long or too short for a silence" if found is not None else "is no time for a silence"
        raise InputError(f"{word[:40]!r} {wrong}", "write something from 1m to 365d: 1h, 2d, 1w")
    return found


def _is_end(word: str) -> bool:
    return word.casefold() == MATERIAL or _TIME.fullmatch(word) is not None


def _duration(word: str) -> timedelta | None:
    if week := re.fullmatch(r"([0-9]{1,3})w", word):
        return timedelta(weeks=int(week[1]))
    try:
        return parse_duration(word)
    except ValueError:
        return None
