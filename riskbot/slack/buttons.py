"""The buttons beneath a message, and what a press of each is called.

What always holds: an `action_id` never changes, because messages posted years ago keep theirs; a value holds an id and
nothing that came from outside. Deliberately absent: what a press does, and `block_id`s, which Slack wants to be new
for every version of a message.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from riskbot.slack.clean import clean

Json = dict[str, Any]

OWN = "riskbot:own"
WHY = "riskbot:why"
MUTE = "riskbot:mute"
USEFUL = "riskbot:useful"
NOT_USEFUL = "riskbot:not_useful"
SAME = "riskbot:same"
RESEND = "riskbot:resend"
DROP = "riskbot:drop"

UNTIL_MATERIAL = "material"
UNMUTE = "unmute"  # what ends a mute, in the place of how long one lasts
MUTES = (("1h", "for 1 hour"), ("1d", "for 1 day"), (UNTIL_MATERIAL, "until something material"))
ID_MAX = 100  # of a story or delivery; an option's value may be 150 long
IDS_MAX = 1_900  # of several; a button's value may be 2,000 long


def for_story(story: str, *, muted: bool = False) -> Json:
    """What people can answer to a story's message. Each button's value is the story's id, a mute's `1h:s7`.

    `muted`: it is, and the menu can end that.
    """
    id_ = _id(story)
    choices = [*MUTES, *([(UNMUTE, "not any more")] if muted else [])]
    return _actions(
        _button(OWN, "I'm on it", id_, style="primary"),
        _button(WHY, "Why?", id_),
        _menu(MUTE, "Mute story", [(f"{how_long}:{id_}", words) for how_long, words in choices]),
        _button(USEFUL, "Useful", id_),
        _button(NOT_USEFUL, "Not useful", id_),
        _button(SAME, "Same as another story", id_),
    )


def for_reminder(story: str) -> Json:
    """What people can answer to a line that says who is on a story, or that nobody is."""
    return _actions(_button(OWN, "I'm on it", _id(story), style="primary"), _button(WHY, "Why?", _id(story)))


def muted(value: str) -> tuple[str, str]:
    """How long (`1h`, `1d`, `material`; `unmute`: no longer) and which story an option of the mute menu stands for.

    Raises ValueError for a value that no menu of ours holds.
    """
    how_long, _, story = value.partition(":")
    if how_long not in (*dict(MUTES), UNMUTE) or not story:
        raise ValueError(f"{value!r} is no option of the mute menu")
    return how_long, story


def for_parked(deliveries: Sequence[str]) -> Json:
    """What people can do about deliveries that are parked. Each button's value is their ids, as many as it holds."""
    ids = ""
    for each in deliveries:
        longer = f"{ids} {_id(each).replace(' ', '')}".strip()
        if len(longer) > IDS_MAX:
            break
        ids = longer
    one = len(deliveries) == 1
    ask = {
        "title": _plain("Drop this message?" if one else f"Drop {len(ids.split())} messages?"),
        "text": _plain(("It" if one else "They") + " will never be sent. What was decided stays on record."),
        "confirm": _plain("Drop"),
        "deny": _plain("Keep"),
    }
    return _actions(
        _button(RESEND, "Resend", ids or "?", style="primary"),
        _button(DROP, "Drop", ids or "?", style="danger", confirm=ask),
    )


def parked(value: str) -> tuple[str, ...]:
    """The deliveries that a press of Resend or Drop is about."""
    return tuple(value.split())


def _actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def _button(action_id: str, words: str, value: str, **more: Any) -> Json:
    return {"type": "button", "action_id": action_id, "text": _plain(words), "value": value, **more}


def _menu(action_id: str, words: str, options: Sequence[tuple[str, str]]) -> Json:
    listed = [{"text": _plain(said), "value": value} for value, said in options]
    return {"type": "static_select", "action_id": action_id, "placeholder": _plain(words), "options": listed}


def _plain(words: str) -> Json:
    return {"type": "plain_text", "text": words, "emoji": False}


def _id(of: str) -> str:
    return clean(of, ID_MAX) or "?"
