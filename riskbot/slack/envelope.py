"""What surrounds every message: the fields of `chat.postMessage` and `chat.update` beside blocks and text.

What always holds: Slack is told to read no markup in what is sent, to link no names and to unfold no links; the key
travels in the metadata, opaque and without content.
"""

from __future__ import annotations

from collections.abc import Sequence

from riskbot.slack.blocks import Json


def envelope(
    blocks: Sequence[Json],
    text: str,
    *,
    channel: str,
    event_type: str,
    key: str,
    ts: str | None = None,
    thread_ts: str | None = None,
    broadcast: bool = False,
) -> Json:
    """The whole payload; `ts` says which message is brought up to date, None that a new one is posted.

    `thread_ts` says in whose thread it is posted, and `broadcast` that the channel sees it too.
    """
    payload: Json = {"channel": channel}
    if ts is not None:
        payload["ts"] = ts
    if thread_ts is not None and ts is None:
        payload |= {"thread_ts": thread_ts} | ({"reply_broadcast": True} if broadcast else {})
    payload |= {"text": text, "blocks": list(blocks), "parse": "none", "link_names": False}
    if ts is None:  # chat.update knows none of these: what it edits keeps them from the post
        payload |= {"mrkdwn": False, "unfurl_links": False, "unfurl_media": False}
    payload["metadata"] = {"event_type": event_type, "event_payload": {"key": key}}
    return payload
