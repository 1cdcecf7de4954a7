"""Slack's limits on the pieces that blocks are made of: texts, addresses, buttons and menus.

What always holds: as in `limits.py`: stricter than Slack, never laxer, and each breach said in words with its place.
The figures are those of Slack's reference pages for each block element and composition object.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from riskbot.slack.clean import width

TEXT_OBJECT = 3_000
URL = 3_000
ID = 255  # of a block or an action
ACTIONS = 25  # elements in one block of them
BUTTON_TEXT = 75
BUTTON_VALUE = 2_000
OPTIONS = 100
OPTION_TEXT = 75
OPTION_VALUE = 150
PLACEHOLDER = 150
CONFIRM = {"title": 100, "text": 300, "confirm": 30, "deny": 30}

_HOSTILE = re.compile("[\x00-\x09\x0b-\x1f\x7f\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_TOKENS = (
    "day_divider_pretty|date_num|date_slash|date_long|date_long_full|date_long_pretty|date|date_pretty|"
    "date_short|date_short_half|date_short_pretty|time|time_secs|ago"
)
_DATES = re.compile(r"<!date\^\d{1,12}\^[^<>|^]*\|[^<>|]*>")


def text(value: Any, place: str, limit: int) -> Iterator[str]:
    if not isinstance(value, str) or not value:
        yield f"{place} is empty"
    elif width(value) > limit:
        yield f"{place} is {width(value)} long, at most {limit}"
    elif hostile := _HOSTILE.search(value):
        yield f"{place} holds the character U+{ord(hostile[0]):04X}"


def text_object(value: Any, place: str, limit: int = TEXT_OBJECT, *, only_plain: bool = False) -> Iterator[str]:
    if not isinstance(value, dict) or value.get("type") not in ("plain_text", "mrkdwn"):
        yield f"{place} is not a text object"
        return
    said = value.get("text")
    yield from text(said.strip() if isinstance(said, str) else said, place, limit)
    if value["type"] == "mrkdwn":
        if only_plain:
            yield f"{place} must be plain_text"
        if "emoji" in value:
            yield f"{place}: emoji belongs to plain_text only"
        if re.search(r"[<>&*_~`@#]", _DATES.sub("", str(said))):
            yield f"{place}: mrkdwn holds markup other than dates"


def date_format(value: Any, place: str) -> Iterator[str]:
    tokens = re.findall(r"\{([^{}]*)\}", str(value))
    if not tokens:
        yield f"{place}: a date's format has no token"
    if unknown := [token for token in tokens if not re.fullmatch(_TOKENS, token)]:
        yield f"{place}: Slack knows no date token {unknown[0]!r}"


def url(value: Any, place: str) -> Iterator[str]:
    yield from text(value, f"{place} url", URL)
    if isinstance(value, str) and (urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).netloc):
        yield f"{place} url is not http or https"


def some(value: Any, place: str, limit: int) -> Iterator[str]:
    if not isinstance(value, list) or not 1 <= len(value) <= limit:
        yield f"{place} must have 1 to {limit} elements"


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def actions(block: Mapping[str, Any], place: str) -> Iterator[str]:
    """An `actions` block: buttons and menus."""
    yield from some(block.get("elements"), place, ACTIONS)
    ids = [str(each.get("action_id")) for each in listed(block.get("elements")) if isinstance(each, dict)]
    if len(set(ids)) < len(ids):
        yield f"{place}: two elements have the same action_id"
    for element in listed(block.get("elements")):
        kind = element.get("type") if isinstance(element, dict) else None
        if kind not in ("button", "static_select"):
            yield f"{place}: {kind!r} may not stand here"
            continue
        where = f"{place} {kind}"
        yield from text(element.get("action_id"), f"{where} action_id", ID)
        yield from _button(element, where) if kind == "button" else _menu(element, where)
        if "confirm" in element:
            yield from _confirm(element["confirm"], f"{where} confirm")


def _button(element: Mapping[str, Any], place: str) -> Iterator[str]:
    yield from text_object(element.get("text"), f"{place} text", BUTTON_TEXT, only_plain=True)
    yield from text(element.get("value"), f"{place} value", BUTTON_VALUE)
    if element.get("style", "primary") not in ("primary", "danger"):
        yield f"{place}: style {element['style']!r} is neither primary nor danger"
    if unknown := sorted(set(element) - {"type", "action_id", "text", "value", "style", "confirm"}):
        yield f"{place}: unknown fields {', '.join(unknown)}"


def _menu(element: Mapping[str, Any], place: str) -> Iterator[str]:
    yield from text_object(element.get("placeholder"), f"{place} placeholder", PLACEHOLDER, only_plain=True)
    yield from some(element.get("options"), f"{place} options", OPTIONS)
    options = [each for each in listed(element.get("options")) if isinstance(each, dict)]
    for option in options:
        yield from text_object(option.get("text"), f"{place} option", OPTION_TEXT, only_plain=True)
        yield from text(option.get("value"), f"{place} option value", OPTION_VALUE)
    if len({str(option.get("value")) for option in options}) < len(options):
        yield f"{place}: two options have the same value"
    if unknown := sorted(set(element) - {"type", "action_id", "placeholder", "options", "confirm"}):
        yield f"{place}: unknown fields {', '.join(unknown)}"


def _confirm(value: Any, place: str) -> Iterator[str]:
    if not isinstance(value, dict) or set(value) != set(CONFIRM):
        yield f"{place} is not a title, a text, a confirm and a deny"
        return
    for name, limit in CONFIRM.items():
        yield from text_object(value[name], f"{place} {name}", limit, only_plain=True)
