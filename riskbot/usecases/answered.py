"""What people answered to a story, in words.

What always holds: pure; of each person one voice is heard whether a story was useful, the last one; of several presses
that say the same (why, or to have wanted it) none is left out, because who did what and when is on record.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from riskbot.model.answers import Answer, AnswerKind
from riskbot.policy.ownership import reminded, voices

_PLAIN = {
    AnswerKind.OWN: "took it on",
    AnswerKind.RELEASE: "gave it back",
    AnswerKind.WHY: "asked why it was told",
    AnswerKind.UNMUTE: "ended its mute",
    AnswerKind.USEFUL: "found it useful",
    AnswerKind.USELESS: "found it not useful",
}


def heard(answers: Sequence[Answer]) -> list[tuple[Answer, str]]:
    """The answers that count, oldest first, each in words that follow the name of whoever gave it."""
    last = {each.key for each in voices(answers)}
    rated = (AnswerKind.USEFUL, AnswerKind.USELESS)
    names = {each.user: each.user_name for each in answers}
    return [(each, _words(each, names)) for each in answers if each.kind not in rated or each.key in last]


def _words(answer: Answer, names: dict[str, str]) -> str:
    value = answer.value
    match answer.kind:
        case AnswerKind.TRIED:
            return f"wanted to take it on, and {names.get(value, value) or 'somebody else'} was on it"
        case AnswerKind.MUTE:
            return f"muted {_muted(value.split())}"
        case AnswerKind.SAME:
            return f"said that {value} is the same story"
        case AnswerKind.RESEND:
            return f"had {value} sent again"
        case AnswerKind.DROP:
            return f"dropped {value}"
        case AnswerKind.LOWERED:
            return f"lowered its level {value}".rstrip()
        case AnswerKind.REMINDED:
            channel = value.rpartition(" ")[0] or value
            return f"reminded #{channel.removeprefix('#')} that nobody was on it ({reminded(value).capitalize()})"
        case _:
            return _PLAIN[answer.kind]


def _muted(words: Iterable[str]) -> str:
    """`story s7 1 hour` as `it for 1 hour`, `story s7 material` as `it until something material`."""
    what, *rest = words
    named, how_long = (rest[:1], rest[1:]) if what == "story" else (rest[:-2], rest[-2:])
    about = "it" if what == "story" else f"{what} {' '.join(named)}"
    lasts = "until something material" if how_long == ["material"] else f"for {' '.join(how_long)}"
    return f"{about} {lasts}" if how_long else about
