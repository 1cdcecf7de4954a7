"""The channels of the local Slack: the messages that stand in them, and how Slack shows them when it is asked.

What always holds: a message knows everything that it ever said; a channel's own history holds what stands at its top
and the replies that were broadcast, newest first; a thread holds its first message, on every page, and its replies,
oldest first. (https://docs.slack.dev/reference/methods/conversations.history and …/conversations.replies)
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tests.slackrules import SlackRefusal

Json = dict[str, Any]
T = TypeVar("T")
MOST = 999  # of one page, whatever limit is asked for


@dataclass
class Message:
    """A message as it stands, with what it said before."""

    ts: str
    payload: Json
    edits: list[Json] = field(default_factory=list)  # earlier payloads, oldest first

    @property
    def key(self) -> str | None:
        payload: Json = (self.payload.get("metadata") or {}).get("event_payload", {})
        return payload.get("key")

    @property
    def thread_ts(self) -> str | None:
        return self.payload.get("thread_ts")

    @property
    def broadcast(self) -> bool:
        """Whether it is a reply that the whole channel sees."""
        return bool(self.thread_ts) and true(self.payload.get("reply_broadcast"))

    def seen_by(self, *, metadata: bool) -> Json:
        shown = {"type": "message", "ts": self.ts, "text": self.payload["text"], "blocks": self.payload.get("blocks")}
        if self.thread_ts:
            shown["thread_ts"] = self.thread_ts
        if self.broadcast:
            shown |= {"subtype": "thread_broadcast", "root": {"ts": self.thread_ts, "thread_ts": self.thread_ts}}
        if self.edits:
            shown["edited"] = {"user": "U0000001", "ts": self.ts}
        if metadata and "metadata" in self.payload:
            shown["metadata"] = self.payload["metadata"]
        return copy.deepcopy(shown)


@dataclass
class Channel:
    id: str
    name: str
    member: bool = True
    archived: bool = False
    private: bool = False
    history: bool = True  # False: history is refused with missing_scope
    lost: bool = False  # True: Slack knows no such channel, for as long as this holds
    messages: list[Message] = field(default_factory=list)

    def message(self, ts: object) -> Message | None:
        return next((each for each in self.messages if each.ts == ts), None)

    def delete(self, ts: str) -> None:
        """What a person does who deletes a message: its thread stays."""
        self.messages = [each for each in self.messages if each.ts != ts]

    def described(self) -> Json:
        return {
            "id": self.id,
            "name": self.name,
            "is_channel": not self.private,
            "is_group": self.private,
            "is_member": self.member,
            "is_archived": self.archived,
            "is_private": self.private,
        }


def history(channel: Channel, arguments: Json, page: int) -> Json:
    """What `conversations.history` answers; no page is longer than `page`."""
    standing = [each for each in channel.messages if not each.thread_ts or each.broadcast]
    return _shown(_within(standing[::-1], arguments), arguments, page)


def replies(channel: Channel, arguments: Json, page: int) -> Json:
    """What `conversations.replies` answers."""
    asked = arguments.get("ts")
    root = channel.message(asked)
    asked = root.thread_ts or asked if root else asked
    root = channel.message(asked)
    answers = [each for each in channel.messages if each.thread_ts == asked]
    if root is None and not answers:
        raise SlackRefusal("thread_not_found")
    answer = _shown(_within(answers, arguments), arguments, page)
    if root:
        metadata = true(arguments.get("include_all_metadata"))
        answer["messages"].insert(0, root.seen_by(metadata=metadata) | {"reply_count": len(answers)})
    return answer


def _within(messages: Sequence[Message], arguments: Json) -> list[Message]:
    oldest, latest = float(arguments.get("oldest") or 0), float(arguments.get("latest") or "inf")
    ends = (oldest, latest) if true(arguments.get("inclusive")) else ()
    return [each for each in messages if oldest < float(each.ts) < latest or float(each.ts) in ends]


def _shown(messages: Sequence[Message], arguments: Json, page: int) -> Json:
    cut, following = paged(messages, arguments, page)
    metadata = true(arguments.get("include_all_metadata"))
    shown = [each.seen_by(metadata=metadata) for each in cut]
    return {"messages": shown, "has_more": bool(following), "response_metadata": {"next_cursor": following}}


def paged(items: Sequence[T], arguments: Json, page: int) -> tuple[Sequence[T], str]:
    """One page of a list, and the cursor of the next; empty: there is none."""
    start = int(arguments.get("cursor") or 0)
    size = int(arguments.get("limit") or 100)
    if not 1 <= size <= MOST:
        raise SlackRefusal("invalid_limit")
    end = start + min(size, page)
    return items[start:end], str(end) if end < len(items) else ""


def true(value: Any) -> bool:
    return str(value).lower() in ("1", "true")
