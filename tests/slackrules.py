"""What Slack refuses, as its reference documents it: lengths, kinds of blocks, what may stand in what.

What always holds: this knows nothing of riskbot's own validator (`riskbot/slack/limits.py`), so that each proves the
other; what it does not know it refuses. Figures: https://docs.slack.dev/reference/block-kit and
https://docs.slack.dev/reference/methods/chat.postMessage (the sum of all blocks is documented nowhere; Slack answers
`msg_blocks_too_long` from about 13,200 characters of JSON on).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

Json = dict[str, Any]
TEXT, BLOCKS, BLOCKS_JSON, METADATA_JSON = 40_000, 50, 13_200, 16_000
_RICH = {"rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted"}
_INLINE = {"text", "link", "date", "emoji", "user", "usergroup", "channel", "broadcast", "color"}
_ELEMENTS = {"button", "static_select", "overflow"}


class SlackRefusal(Exception):  # noqa: N818  an answer, as Slack gives it
    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error)
        self.body: Json = {"ok": False, "error": error, **more}


def fit(arguments: Json) -> None:
    """Pass what Slack would take. Raises SlackRefusal with the error that Slack gives for it."""
    blocks = arguments.get("blocks")
    if not arguments.get("text") and not blocks:
        raise SlackRefusal("no_text")
    if _long(arguments.get("text", ""), TEXT):
        raise SlackRefusal("msg_too_long")
    _metadata(arguments.get("metadata"))
    if blocks is None:
        return
    if not isinstance(blocks, list):
        raise SlackRefusal("invalid_blocks_format")
    if len(json.dumps(blocks, ensure_ascii=False)) > BLOCKS_JSON:
        raise SlackRefusal("msg_blocks_too_long")
    if wrong := [*_blocks(blocks)]:
        raise SlackRefusal("invalid_blocks", response_metadata={"messages": [f"[ERROR] {each}" for each in wrong]})


def _metadata(metadata: Any) -> None:
    if metadata is None:
        return
    if not isinstance(metadata, dict) or not isinstance(metadata.get("event_type"), str) or not metadata["event_type"]:
        raise SlackRefusal("invalid_metadata_format")
    if not isinstance(metadata.get("event_payload"), dict):
        raise SlackRefusal("invalid_metadata_format")
    if len(json.dumps(metadata)) > METADATA_JSON:
        raise SlackRefusal("metadata_too_large")


def _blocks(blocks: list[Any]) -> Iterator[str]:
    if len(blocks) > BLOCKS:
        yield f"no more than {BLOCKS} items allowed"
    ids = [block.get("block_id") for block in blocks if isinstance(block, dict) and block.get("block_id")]
    if len(ids) > len(set(ids)):
        yield "block_id must be unique"
    actions = [each for block in blocks if isinstance(block, dict) for each in _action_ids(block)]
    if len(actions) > len(set(actions)):
        yield "action_id must be unique within a message's block"
    for number, block in enumerate(blocks):
        known = _KINDS.get(block.get("type", "")) if isinstance(block, dict) else None
        found = known(block) if known else iter(["unsupported type"])
        yield from (f"{each} [json-pointer:/blocks/{number}]" for each in found)
        if isinstance(block, dict) and _long(block.get("block_id", ""), 255):
            yield "block_id is too long"


def _action_ids(block: Json) -> Iterator[tuple[str, str]]:
    for element in block.get("elements", []) if block.get("type") == "actions" else []:
        if isinstance(element, dict) and element.get("action_id"):
            yield str(block.get("block_id", id(block))), element["action_id"]


def _header(block: Json) -> Iterator[str]:
    yield from _text(block.get("text"), 150, plain=True)


def _section(block: Json) -> Iterator[str]:
    if "text" not in block and not block.get("fields"):
        yield "a section needs text or fields"
    if "text" in block:
        yield from _text(block["text"], 3_000)
    fields = block.get("fields", [])
    if len(fields) > 10:
        yield "no more than 10 fields allowed"
    for each in fields:
        yield from _text(each, 2_000)
    if "accessory" in block:
        yield from _element(block["accessory"])


def _context(block: Json) -> Iterator[str]:
    yield from _count(block.get("elements"), 10)
    for each in block.get("elements") or []:
        yield from _text(each, 3_000)


def _actions(block: Json) -> Iterator[str]:
    yield from _count(block.get("elements"), 25)
    for each in block.get("elements") or []:
        yield from _element(each)


def _element(element: Any) -> Iterator[str]:
    if not isinstance(element, dict) or element.get("type") not in _ELEMENTS:
        yield "unsupported element"
        return
    if _long(element.get("action_id", ""), 255):
        yield "action_id is too long"
    if element["type"] == "button":
        yield from _text(element.get("text"), 75, plain=True)
        if _long(element.get("value", ""), 2_000) or _long(element.get("accessibility_label", ""), 75):
            yield "value or accessibility_label is too long"
        if element.get("style", "primary") not in ("primary", "danger"):
            yield "invalid style"
        if "url" in element:
            yield from _address(element["url"])
    else:
        most = 5 if element["type"] == "overflow" else 100
        groups = [group.get("options") for group in element.get("option_groups", [])] or [element.get("options")]
        for options in groups:
            yield from _count(options, most)
            for option in options or []:
                yield from _text(option.get("text"), 75)
                if not option.get("value") or _long(option["value"], 150):
                    yield "an option's value must have 1 to 150 characters"
        if "placeholder" in element:
            yield from _text(element["placeholder"], 150, plain=True)
    if confirm := element.get("confirm"):
        for name, most in (("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)):
            yield from _text(confirm.get(name), most, plain=name != "text")


def _rich_text(block: Json) -> Iterator[str]:
    yield from _count(block.get("elements"), 10_000)
    for part in block.get("elements") or []:
        if not isinstance(part, dict) or part.get("type") not in _RICH or not isinstance(part.get("elements"), list):
            yield "a rich text holds sections, lists, quotes and preformatted parts"
            continue
        if part["type"] == "rich_text_list" and part.get("style") not in ("bullet", "ordered"):
            yield "a list is bullet or ordered"
        inner = part["elements"]
        for element in [e for each in inner for e in each["elements"]] if part["type"] == "rich_text_list" else inner:
            kind = element.get("type")
            if kind not in _INLINE:
                yield f"unsupported element {kind}"
            elif kind == "text" and not element.get("text"):
                yield "must be more than 0 characters"
            elif kind == "link":
                yield from _address(element.get("url"))
            elif kind == "date" and (type(element.get("timestamp")) is not int or not element.get("format")):
                yield "a date needs a timestamp in seconds and a format"


def _divider(_block: Json) -> Iterator[str]:
    return iter(())


_KINDS: dict[str, Callable[[Json], Iterator[str]]] = {
    "header": _header,
    "section": _section,
    "context": _context,
    "actions": _actions,
    "rich_text": _rich_text,
    "divider": _divider,
}


def _text(value: Any, most: int, *, plain: bool = False) -> Iterator[str]:
    kinds = ("plain_text",) if plain else ("plain_text", "mrkdwn")
    if not isinstance(value, dict) or value.get("type") not in kinds or not isinstance(value.get("text"), str):
        yield f"a text object must be {' or '.join(kinds)}"
    elif not value["text"]:
        yield "must be more than 0 characters"
    elif _long(value["text"], most):
        yield f"must be less than {most + 1} characters"
    elif value["type"] == "mrkdwn" and "emoji" in value:
        yield "emoji is for plain_text only"


def _address(value: Any) -> Iterator[str]:
    if not isinstance(value, str) or _long(value, 3_000) or not urlsplit(value).scheme:
        yield "invalid url"


def _count(value: Any, most: int) -> Iterator[str]:
    if not isinstance(value, list) or not 1 <= len(value) <= most:
        yield f"must have 1 to {most} elements"


def _long(value: Any, most: int) -> bool:
    """Slack counts as JavaScript does: characters outside the first plane count twice."""
    return not isinstance(value, str) or len(value.encode("utf-16-le", "surrogatepass")) // 2 > most
