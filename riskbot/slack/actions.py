"""Clicks and commands from Slack: what their payloads mean, and what goes back.

What always holds: whatever comes from Slack is looked at before it is believed; whoever pressed gets a sentence that
only they see, also where something cannot be done; it is plain text in blocks, so that nothing in it pings anybody.
Deliberately absent: the socket (`socket.py`), and what a press does (`usecases/answers.py`).
Source of the payloads: https://docs.slack.dev/reference/interaction-payloads,
https://docs.slack.dev/interactivity/implementing-slash-commands.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from riskbot.errors import InputError, RiskbotError
from riskbot.slack import blocks as b
from riskbot.slack import buttons
from riskbot.slack.clean import clean
from riskbot.slack.fallback import escape
from riskbot.usecases.answers import Press, Said
from riskbot.usecases.commands import story_id

Json = dict[str, Any]
LINE_MAX = 300
TEXT_MAX = 3_000  # of everything that is said together: an answer is read, not studied
PARTS = 12
SAME_MODAL = "riskbot:same_as"
WHICH = "which"  # block and action of the one field of the modal
STORY_BUTTONS = (buttons.OWN, buttons.WHY, buttons.MUTE, buttons.USEFUL, buttons.NOT_USEFUL, buttons.SAME)
OUTBOX_BUTTONS = (buttons.RESEND, buttons.DROP)


@dataclass(frozen=True, slots=True)
class Pressed:
    """One press of one button, as far as it can be believed."""

    press: Press
    action: str  # which button
    value: str  # what it stands for: the id of a story or delivery, a mute's `1h:s7`
    answer_to: str | None  # the address for answers, a secret for half an hour
    channel: str  # Slack's id of where it was pressed; empty where Slack says none
    trigger: str  # lets a dialogue be opened, for three seconds


def pressed(body: Mapping[str, Any], at: datetime) -> Pressed:
    """A `block_actions` payload. Raises InputError where it is none of ours."""
    actions = body.get("actions") or [{}]
    action = actions[0] if isinstance(actions, list) and isinstance(actions[0], dict) else {}
    chosen = action.get("selected_option") or {}
    value = chosen.get("value") if chosen else action.get("value")
    name = action.get("action_id")
    if name not in (*STORY_BUTTONS, *OUTBOX_BUTTONS) or not isinstance(value, str) or not value:
        raise InputError("this button is of another time", "look the story up with `/riskbot why`, or ask again")
    channel = body.get("channel") or {}
    return Pressed(
        press=_press(body.get("user"), str(body.get("trigger_id", "")), at),
        action=name,
        value=value,
        answer_to=address(body.get("response_url")),
        channel=str(channel.get("id", "")) if isinstance(channel, dict) else "",
        trigger=str(body.get("trigger_id", "")),
    )


@dataclass(frozen=True, slots=True)
class Typed:
    """One `/riskbot …`."""

    press: Press
    text: str
    answer_to: str | None


def typed(body: Mapping[str, Any], at: datetime) -> Typed:
    """The payload of a slash command."""
    user = {"id": body.get("user_id"), "username": body.get("user_name")}
    return Typed(
        _press(user, str(body.get("trigger_id", "")), at), str(body.get("text", "")), address(body.get("response_url"))
    )


@dataclass(frozen=True, slots=True)
class Submitted:
    """The dialogue that asks which story is the same, filled in."""

    press: Press
    story: str
    other: str
    channel: str


def submitted(body: Mapping[str, Any], at: datetime) -> Submitted:
    """A `view_submission` payload of our dialogue. Raises InputError where what was typed is no story's id."""
    view = body.get("view") or {}
    story, _, channel = str(view.get("private_metadata", "")).partition(" ")
    field = ((view.get("state") or {}).get("values") or {}).get(WHICH, {}).get(WHICH, {})
    other = story_id(str(field.get("value") or ""))
    if other == story:
        raise InputError("that is this story itself", "write the id of the other one")
    key = str(body.get("trigger_id") or view.get("hash") or view.get("id") or "")
    return Submitted(_press(body.get("user"), key, at), story_id(story), other, channel)


def asking(story: str, channel: str) -> Json:
    """The dialogue that asks which story is the same. A story's id is short, so nobody needs a list to choose from."""
    return {
        "type": "modal",
        "callback_id": SAME_MODAL,
        "private_metadata": f"{story} {channel}",
        "title": b.small("Same story"),
        "submit": b.small("Merge"),
        "close": b.small("Cancel"),
        "blocks": [
            {
                "type": "input",
                "block_id": WHICH,
                "label": b.small(f"Which story is {clean(story, 30)} the same as?"),
                "hint": b.small("Its id, such as s12, is the last line of its message. The older of the two remains."),
                "element": {"type": "plain_text_input", "action_id": WHICH, "max_length": 20},
            }
        ],
    }


def shown(said: Said) -> Json:
    """An answer that only whoever pressed sees. What is too long is cut, and says so."""
    first = clean(said.text, LINE_MAX) or "Done."
    blocks: list[Json] = [b.rich(b.section(b.text(first)))]
    room, left_out = TEXT_MAX, 0
    for title, given in said.parts[:PARTS]:
        lines = []
        for line in (clean(each, LINE_MAX) for each in given):
            if line and len(line) <= room:
                lines.append(b.section(b.text(line)))
                room -= len(line)
            else:
                left_out += bool(line)
        if lines:
            heading = b.section(b.text(clean(title, LINE_MAX) or "…", bold=True))
            blocks.append(b.rich(heading, b.bullets(lines)))
    left_out += sum(len(given) for _, given in said.parts[PARTS:])
    if left_out:
        blocks.append(b.context(b.small(f"+{left_out} more lines: `riskbot stories show` tells all of it")))
    told = {"text": escape(first), "blocks": blocks, "parse": "none", "link_names": False, "mrkdwn": False}
    return {"response_type": "ephemeral", "replace_original": False, **told}


def refused(error: RiskbotError) -> Said:
    """An error as whoever pressed is told of it."""
    words = str(error)
    mend = f" — {error.mend}" if error.mend else ""
    end = "" if mend.endswith((".", "?", "!")) else "."  # a question keeps its own mark
    return Said(f"{words[:1].upper()}{words[1:]}{mend}{end}")


def _press(user: object, key: str, at: datetime) -> Press:
    """Who it was. Raises InputError where Slack does not say."""
    given: Mapping[str, Any] = user if isinstance(user, dict) else {}
    id_ = str(given.get("id") or "")
    if not id_ or not key:
        raise InputError("Slack does not say who pressed", "press again")
    name = clean(str(given.get("username") or given.get("name") or id_), 80)
    # A trigger is a secret for a few seconds, and one for each press: its hash is enough to know it again.
    return Press(id_, name or id_, at, hashlib.sha256(key.encode()).hexdigest()[:32])


def address(url: object) -> str | None:
    """The address that takes answers, where Slack gives one."""
    return url if isinstance(url, str) and url.startswith(("https://", "http://")) else None
