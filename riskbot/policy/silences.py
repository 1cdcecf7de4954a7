"""Whether a silence stops something from being told.

What always holds: a silence stops exactly what it names. A story is told because of hits; it is silent only when every
one of them is silenced, so that muting Alibaba never hides what the same article says of Tencent, and muting one topic
never hides another. Matchers are exact, in any case; `*` at the end stands for every ending. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from riskbot.model import Hit, Level
from riskbot.model.calm import Silence

KEYS = ("rule", "company", "topic", "outlet", "story", "level")
_OF_A_HIT: dict[str, Callable[[Hit], Sequence[str]]] = {
    "rule": lambda hit: (hit.rule,),
    "company": lambda hit: (hit.company, hit.company_name),
}


def silenced(
    hits: Sequence[Hit], *, story: str, level: Level, outlet: str | None, silences: Iterable[Silence], now: datetime
) -> Silence | None:
    """The silence that stops these hits from being told, the first where it takes several; None: tell them.

    `outlet` is that of the article which would be told now; an unknown one is matched by no silence.
    """
    of_story = {"story": story, "level": str(level), "outlet": outlet}
    active = [
        silence
        for silence in silences
        if silence.active(now) and all(_met(silence, key, value) for key, value in of_story.items())
    ]
    if not active:
        return None
    by = [next((silence for silence in active if _stops(silence, hit)), None) for hit in hits]
    if not by:  # an article without a hit in a story whose hits are told elsewhere: only the story can be meant
        return next((silence for silence in active if not silence.matchers.keys() & {"rule", "company", "topic"}), None)
    return by[0] if all(by) else None


def matches(pattern: str, value: str) -> bool:
    """Whether a matcher's value means this id or name."""
    pattern, value = pattern.casefold().strip(), value.casefold()
    return value.startswith(pattern[:-1]) if pattern.endswith("*") else value == pattern


def words(silence: Silence) -> str:
    """What a silence is about, for people: `company alibaba, topic military or memo`."""
    named = [f"{key} {' or '.join(silence.matchers[key])}" for key in KEYS if silence.matchers.get(key)]
    return ", ".join(named)


def _stops(silence: Silence, hit: Hit) -> bool:
    of_hit = all(
        _any(silence.matchers[key], names(hit)) for key, names in _OF_A_HIT.items() if silence.matchers.get(key)
    )
    topics = silence.matchers.get("topic")
    return of_hit and (not topics or (bool(hit.topics) and all(_any(topics, (topic,)) for topic in hit.topics)))


def _met(silence: Silence, key: str, value: str | None) -> bool:
    patterns = silence.matchers.get(key)
    return not patterns or (value is not None and _any(patterns, (value,)))


def _any(patterns: Sequence[str], values: Iterable[str]) -> bool:
    return any(matches(pattern, value) for value in values for pattern in patterns)
