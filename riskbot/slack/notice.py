"""A notice as a Slack message: one line of plain text, a list beneath it where there is more to say.

What always holds: a notice may quote rule files, which are as hostile as articles, so it stands only where Slack
reads no markup, and a line break in a quotation makes no line of its own. Deliberately absent: any emphasis or link of
our own.
"""

from __future__ import annotations

from collections.abc import Sequence

from riskbot.slack import blocks as b
from riskbot.slack import buttons
from riskbot.slack import wording as w
from riskbot.slack.blocks import Json
from riskbot.slack.clean import clean
from riskbot.slack.envelope import envelope
from riskbot.slack.fallback import begins, escape

EVENT_TYPE = "riskbot_notice"
TEXT_MAX = 1_000
LINE_MAX = 400
LINES = 12
CALLED = 10  # people or groups pinged by one notice
SAID_MAX = 3_000  # of the whole notification, before it is escaped


def render_notice(
    text: str,
    *,
    channel: str,
    key: str,
    banner: str | None = None,
    lines: Sequence[str] = (),
    parked: str | Sequence[str] | None = None,
    may_repeat: bool = False,
    thread_ts: str | None = None,
    broadcast: bool = False,
    mention: Sequence[str] = (),
    own: str | None = None,
) -> Json:
    """The payload of `chat.postMessage`. Raises nothing: whatever is too long is cut.

    `lines` stand beneath `text` as a list; `parked` is the delivery, or are the deliveries, of which it tells: it gets
    Resend and Drop buttons for them, so they are given only where presses are heard; `thread_ts`, `broadcast`: where
    it stands, as for a reply; `mention` is whom it pings, as the rules name them; `own` is the
    story that can be taken on beneath it, given only where presses are heard.
    """
    line = begins(banner) + (clean(text, TEXT_MAX) or "(nothing to say)")
    listed = [said for said in (clean(each, LINE_MAX) for each in lines) if said]
    more = [f"+{len(listed) - LINES} more"] if len(listed) > LINES else []
    listed = [*listed[:LINES], *more]
    items = [b.bullets([b.section(b.text(each)) for each in listed])] if listed else []
    ids = [parked] if isinstance(parked, str) else list(parked or ())
    blocks = [
        *b.notes(w.MAY_REPEAT if may_repeat else None),
        b.rich(
            b.section(*[part for who in mention[:CALLED] for part in (b.mention(who), b.text(" "))], b.text(line)),
            *items,
        ),
        *([buttons.for_parked(ids)] if ids else []),
        *([buttons.for_reminder(own)] if own else []),
    ]
    whole = escape(begins(None, may_repeat=may_repeat) + clean(" · ".join([line, *listed]), SAID_MAX))
    return envelope(
        blocks, whole, channel=channel, event_type=EVENT_TYPE, key=key, thread_ts=thread_ts, broadcast=broadcast
    )
