"""Slack's limits on a message, checked before every send.

What always holds: `problems` is stricter than Slack, never laxer: lengths count UTF-16 units, unknown kinds of blocks
and elements are a problem, and mrkdwn may hold nothing but a date. Rendering keeps all of this by itself; a problem
found here is therefore a defect of riskbot and not of an article. Deliberately absent: mending.

Block Kit's own figures are on its reference pages. The total of a message's blocks is documented nowhere: Slack
answers `msg_blocks_too_long` from about 13,200 characters of their JSON on, as its own issue tracker tells.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from riskbot.slack.clean import width

BLOCKS = 50
BLOCKS_TOTAL = 12_000  # of all blocks together, as JSON
BLOCK_ID = 255
HEADER_TEXT = 150
TEXT_OBJECT = 3_000
CONTEXT_ELEMENTS = 10
RICH_ELEMENTS = 200  # of one rich-text block, at any depth; Slack names no figure
MESSAGE_TEXT = 4_000  # refused beyond 40,000; Slack asks for 4,000
URL = 3_000
METADATA = 8_000  # of the event payload, as JSON
EVENT_TYPE = 255
FALLBACK = 200

_CONTAINERS = {"rich_text_section", "rich_text_quote", "rich_text_preformatted"}
_STYLES = {"bold", "italic", "strike", "code", "underline"}
_CHANNEL_ID = re.compile(r"[CGD][A-Z0-9]{6,}")
_TS = re.compile(r"\d+\.\d{6}")
_HOSTILE = re.compile("[\x00-\x09\x0b-\x1f\x7f\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_DATES = re.compile(r"<!date\^\d{1,12}\^[^<>|^]*\|[^<>|]*>")
_KNOWN = {
    *("channel", "ts", "thread_ts", "text", "blocks", "parse", "link_names", "mrkdwn", "unfurl_links", "unfurl_media"),
    *("metadata", "reply_broadcast"),
}


def is_channel_id(channel: str) -> bool:
    """Whether this is Slack's id of a channel rather than its name (names are lower case)."""
    return _CHANNEL_ID.fullmatch(channel) is not None


def blocks_length(blocks: Sequence[Mapping[str, Any]]) -> int:
    """The length that BLOCKS_TOTAL bounds."""
    return width(json.dumps(blocks, ensure_ascii=False))


def problems(payload: Mapping[str, Any]) -> list[str]:
    """Everything for which Slack could refuse this `chat.postMessage` or `chat.update`, in words; empty: nothing."""
    return [*_envelope(payload), *_metadata(payload.get("metadata")), *_blocks(payload.get("blocks"))]


def _envelope(payload: Mapping[str, Any]) -> Iterator[str]:
    if unknown := sorted(set(payload) - _KNOWN):
        yield f"unknown fields {', '.join(unknown)}"
    if not isinstance(payload.get("channel"), str) or not payload["channel"]:
        yield "channel is missing"
    if "ts" in payload and not _TS.fullmatch(str(payload["ts"])):
        yield f"ts {payload['ts']!r} is not a message's ts"
    yield from _text(payload.get("text"), "text", MESSAGE_TEXT)
    if isinstance(payload.get("text"), str) and re.search(r"[<>]|&(?!amp;|lt;|gt;)", payload["text"]):
        yield "text is not escaped"
    for name in ("link_names", "mrkdwn", "unfurl_links", "unfurl_media"):
        if payload.get(name, False) is not False:
            yield f"{name} is not off"
    if payload.get("parse") != "none":
        yield "parse is not none"


def _metadata(metadata: Any) -> Iterator[str]:
    if metadata is None:
        return
    if not isinstance(metadata, dict) or set(metadata) != {"event_type", "event_payload"}:
        yield "metadata is not an event type with an event payload"
        return
    if not re.fullmatch(rf"[A-Za-z0-9_]{{1,{EVENT_TYPE}}}", str(metadata["event_type"])):
        yield "metadata's event_type is not letters, digits and underscores"
    if not isinstance(metadata["event_payload"], dict) or len(json.dumps(metadata["event_payload"])) > METADATA:
        yield f"metadata's event_payload is not an object of at most {METADATA} characters"


def _blocks(blocks: Any) -> Iterator[str]:
    if not isinstance(blocks, list) or not blocks:
        yield "there are no blocks"
        return
    if len(blocks) > BLOCKS:
        yield f"{len(blocks)} blocks, at most {BLOCKS}"
    if blocks_length(blocks) > BLOCKS_TOTAL:
        yield f"the blocks are {blocks_length(blocks)} characters long together, at most {BLOCKS_TOTAL}"
    ids = [block["block_id"] for block in blocks if isinstance(block, dict) and "block_id" in block]
    if len(set(map(str, ids))) < len(ids):
        yield "two blocks have the same block_id"
    for at, block in enumerate(blocks):
        if not isinstance(block, dict):
            yield f"block {at} is not an object"
            continue
        place = f"block {at} ({block.get('type')})"
        if "block_id" in block:
            yield from _text(block["block_id"], f"{place} block_id", BLOCK_ID)
        yield from _block(block, place)


def _block(block: Mapping[str, Any], place: str) -> Iterator[str]:
    kind = block.get("type")
    if kind == "header":
        yield from _text_object(block.get("text"), f"{place} text", HEADER_TEXT, only_plain=True)
    elif kind == "context":
        yield from _some(block.get("elements"), place, CONTEXT_ELEMENTS)
        for element in _list(block.get("elements")):
            yield from _text_object(element, f"{place} element", TEXT_OBJECT)
    elif kind == "section":
        yield from _text_object(block.get("text"), f"{place} text", TEXT_OBJECT)
    elif kind == "rich_text":
        yield from _rich_text(block, place)
    elif kind != "divider":
        yield f"{place} is a kind of block that riskbot does not send"


def _text_object(value: Any, place: str, limit: int, *, only_plain: bool = False) -> Iterator[str]:
    if not isinstance(value, dict) or value.get("type") not in ("plain_text", "mrkdwn"):
        yield f"{place} is not a text object"
        return
    yield from _text(value.get("text"), place, limit)
    if value["type"] == "mrkdwn":
        if only_plain:
            yield f"{place} must be plain_text"
        if "emoji" in value:
            yield f"{place}: emoji belongs to plain_text only"
        if re.search(r"[<>&*_~`@#]", _DATES.sub("", str(value.get("text")))):
            yield f"{place}: mrkdwn holds markup other than dates"


def _rich_text(block: Mapping[str, Any], place: str) -> Iterator[str]:
    yield from _some(block.get("elements"), place, RICH_ELEMENTS)
    total = 0
    for part in _list(block.get("elements")):
        listed = isinstance(part, dict) and part.get("type") == "rich_text_list"
        if listed and part.get("style") not in ("bullet", "ordered"):
            yield f"{place}: a list is neither bullet nor ordered"
        if listed:
            yield from _some(part.get("elements"), f"{place} list", RICH_ELEMENTS)
        for container in _list(part.get("elements")) if listed else [part]:
            kind = container.get("type") if isinstance(container, dict) else None
            if kind not in _CONTAINERS or (listed and kind != "rich_text_section"):
                yield f"{place}: {kind!r} may not stand here"
                continue
            yield from _some(container.get("elements"), f"{place} {kind}", RICH_ELEMENTS)
            for element in _list(container.get("elements")):
                total += 1
                yield from _inline(element, f"{place} {kind}")
    if total > RICH_ELEMENTS:
        yield f"{place} has {total} elements, at most {RICH_ELEMENTS}"


def _inline(element: Any, place: str) -> Iterator[str]:
    kind = element.get("type") if isinstance(element, dict) else None
    if kind == "text":
        yield from _text(element.get("text"), f"{place} text", TEXT_OBJECT)
    elif kind == "link":
        yield from _text(element.get("text"), f"{place} link", TEXT_OBJECT)
        yield from _url(element.get("url"), f"{place} link")
    elif kind == "date":
        if type(element.get("timestamp")) is not int:
            yield f"{place}: a date's timestamp is not a whole number of seconds"
        if not re.search(r"\{[a-z_]+\}", str(element.get("format"))):
            yield f"{place}: a date's format has no token"
        yield from _text(element.get("fallback"), f"{place} date fallback", FALLBACK)
    else:
        yield f"{place}: element {kind!r} is one that riskbot does not send"
        return
    style = element.get("style", {})
    if not isinstance(style, dict) or set(style) - _STYLES or any(v not in (True, False) for v in style.values()):
        yield f"{place}: style {style!r} is not known"


def _text(value: Any, place: str, limit: int) -> Iterator[str]:
    if not isinstance(value, str) or not value:
        yield f"{place} is empty"
    elif width(value) > limit:
        yield f"{place} is {width(value)} long, at most {limit}"
    elif hostile := _HOSTILE.search(value):
        yield f"{place} holds the character U+{ord(hostile[0]):04X}"


def _url(value: Any, place: str) -> Iterator[str]:
    yield from _text(value, f"{place} url", URL)
    if isinstance(value, str) and (urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).netloc):
        yield f"{place} url is not http or https"


def _some(value: Any, place: str, limit: int) -> Iterator[str]:
    if not isinstance(value, list) or not 1 <= len(value) <= limit:
        yield f"{place} must have 1 to {limit} elements"


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
