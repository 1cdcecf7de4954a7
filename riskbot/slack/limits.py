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

from riskbot.slack import limits_pieces as pieces
from riskbot.slack.clean import width
from riskbot.slack.limits_pieces import ID, TEXT_OBJECT

BLOCKS = 50
BLOCKS_TOTAL = 12_000  # of all blocks together, as JSON
HEADER_TEXT = 150
CONTEXT_ELEMENTS = 10
RICH_ELEMENTS = 200  # of one rich-text block, at any depth; Slack names no figure
MESSAGE_TEXT = 4_000  # refused beyond 40,000; Slack asks for 4,000
METADATA = 8_000  # of the event payload, as JSON
EVENT_TYPE = 255
FALLBACK = 200

_CONTAINERS = {"rich_text_section", "rich_text_quote", "rich_text_preformatted"}
_STYLES = {"bold", "italic", "strike", "code", "underline"}
_CALLS = {  # elements that ping: what says whom, and how it must look
    "user": ("user_id", re.compile(r"[UW][A-Z0-9]{6,}")),
    "usergroup": ("usergroup_id", re.compile(r"S[A-Z0-9]{6,}")),
    "broadcast": ("range", re.compile("here|channel|everyone")),
}
_MAY_CALL = {"riskbot_notice"}
_CHANNEL_ID = re.compile(r"[CGD][A-Z0-9]{6,}")
_TS = re.compile(r"\d+\.\d{6}")
_KNOWN = {
    *("channel", "ts", "thread_ts", "text", "blocks", "parse", "link_names", "mrkdwn", "unfurl_links", "unfurl_media"),
    *("metadata", "reply_broadcast"),
}
_POST_ONLY = {"mrkdwn", "unfurl_links", "unfurl_media", "thread_ts"}  # arguments that chat.update does not know
_FIELDS = {
    "header": {"text"},
    "context": {"elements"},
    "section": {"text"},
    "actions": {"elements"},
    "rich_text": {"elements"},
    "divider": set[str](),
    "text": {"text", "style"},
    "link": {"url", "text", "style"},
    "date": {"timestamp", "format", "fallback", "style"},
    "user": {"user_id", "style"},
    "usergroup": {"usergroup_id", "style"},
    "broadcast": {"range", "style"},
}


def is_channel_id(channel: str) -> bool:
    """Whether this is Slack's id of a channel rather than its name (names are lower case)."""
    return _CHANNEL_ID.fullmatch(channel) is not None


def blocks_length(blocks: Sequence[Mapping[str, Any]]) -> int:
    """The length that BLOCKS_TOTAL bounds."""
    return width(json.dumps(blocks, ensure_ascii=False))


def problems(payload: Mapping[str, Any]) -> list[str]:
    """Everything for which Slack could refuse this `chat.postMessage` or `chat.update`, in words; empty: nothing."""
    metadata = payload.get("metadata")
    return [*_envelope(payload), *_metadata(metadata), *_calls(payload, metadata), *_blocks(payload.get("blocks"))]


def _calls(payload: Mapping[str, Any], metadata: Any) -> Iterator[str]:
    """Only a notice may ping, and only by an element of its own: whatever else is sent is made of articles."""
    if isinstance(metadata, dict) and metadata.get("event_type") in _MAY_CALL:
        return
    waiting: list[Any] = [payload.get("blocks")]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            if each.get("type") in _CALLS:
                yield f"{each['type']} calls somebody in a message that is made of articles"
            waiting.extend(each.values())
        elif isinstance(each, list):
            waiting.extend(each)


def _envelope(payload: Mapping[str, Any]) -> Iterator[str]:
    if unknown := sorted(set(payload) - _KNOWN):
        yield f"unknown fields {', '.join(unknown)}"
    if not isinstance(payload.get("channel"), str) or not payload["channel"]:
        yield "channel is missing"
    if "ts" in payload and not _TS.fullmatch(str(payload["ts"])):
        yield f"ts {payload['ts']!r} is not a message's ts"
    if "ts" in payload and (foreign := sorted(_POST_ONLY & set(payload))):
        yield f"chat.update does not know {', '.join(foreign)}"
    if "thread_ts" in payload and not _TS.fullmatch(str(payload["thread_ts"])):
        yield f"thread_ts {payload['thread_ts']!r} is not a message's ts"
    if "reply_broadcast" in payload and ("thread_ts" not in payload or payload["reply_broadcast"] is not True):
        yield "reply_broadcast is not true, or there is no thread"
    yield from pieces.text(payload.get("text"), "text", MESSAGE_TEXT)
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
            yield from pieces.text(block["block_id"], f"{place} block_id", ID)
        yield from _block(block, place)


def _unknown(of: Mapping[str, Any], place: str, *more: str) -> Iterator[str]:
    """What stands in a block or element that Slack does not know there, and would refuse."""
    if unknown := sorted(set(of) - _FIELDS.get(str(of.get("type")), set(of)) - {"type", *more}):
        yield f"{place}: unknown fields {', '.join(unknown)}"


def _block(block: Mapping[str, Any], place: str) -> Iterator[str]:
    kind = block.get("type")
    yield from _unknown(block, place, "block_id")
    if kind == "header":
        yield from pieces.text_object(block.get("text"), f"{place} text", HEADER_TEXT, only_plain=True)
    elif kind == "context":
        yield from pieces.some(block.get("elements"), place, CONTEXT_ELEMENTS)
        for element in pieces.listed(block.get("elements")):
            yield from pieces.text_object(element, f"{place} element", TEXT_OBJECT)
    elif kind == "section":
        yield from pieces.text_object(block.get("text"), f"{place} text", TEXT_OBJECT)
    elif kind == "actions":
        yield from pieces.actions(block, place)
    elif kind == "rich_text":
        yield from _rich_text(block, place)
    elif kind != "divider":
        yield f"{place} is a kind of block that riskbot does not send"


def _rich_text(block: Mapping[str, Any], place: str) -> Iterator[str]:
    yield from pieces.some(block.get("elements"), place, RICH_ELEMENTS)
    total = 0
    for part in pieces.listed(block.get("elements")):
        listed = isinstance(part, dict) and part.get("type") == "rich_text_list"
        if listed and part.get("style") not in ("bullet", "ordered"):
            yield f"{place}: a list is neither bullet nor ordered"
        if listed:
            yield from pieces.some(part.get("elements"), f"{place} list", RICH_ELEMENTS)
        for container in pieces.listed(part.get("elements")) if listed else [part]:
            kind = container.get("type") if isinstance(container, dict) else None
            if kind not in _CONTAINERS or (listed and kind != "rich_text_section"):
                yield f"{place}: {kind!r} may not stand here"
                continue
            yield from pieces.some(container.get("elements"), f"{place} {kind}", RICH_ELEMENTS)
            for element in pieces.listed(container.get("elements")):
                total += 1
                yield from _inline(element, f"{place} {kind}")
    if total > RICH_ELEMENTS:
        yield f"{place} has {total} elements, at most {RICH_ELEMENTS}"


def _inline(element: Any, place: str) -> Iterator[str]:
    kind = element.get("type") if isinstance(element, dict) else None
    if kind == "text":
        yield from pieces.text(element.get("text"), f"{place} text", TEXT_OBJECT)
    elif kind == "link":
        yield from pieces.text(element.get("text"), f"{place} link", TEXT_OBJECT)
        yield from pieces.url(element.get("url"), f"{place} link")
    elif kind == "date":
        if type(element.get("timestamp")) is not int:
            yield f"{place}: a date's timestamp is not a whole number of seconds"
        yield from pieces.date_format(element.get("format"), place)
        yield from pieces.text(element.get("fallback"), f"{place} date fallback", FALLBACK)
    elif kind in _CALLS:
        if not _CALLS[kind][1].fullmatch(str(element.get(_CALLS[kind][0]))):
            yield f"{place}: {kind} calls nobody that Slack knows"
    else:
        yield f"{place}: element {kind!r} is one that riskbot does not send"
        return
    yield from _unknown(element, place)
    style = element.get("style", {})
    if not isinstance(style, dict) or set(style) - _STYLES or any(v not in (True, False) for v in style.values()):
        yield f"{place}: style {style!r} is not known"
