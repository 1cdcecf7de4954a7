"""A notice as a Slack message: one line of plain text.

What always holds: the line may quote rule files, which are as hostile as articles, so it stands only where Slack
reads no markup. Deliberately absent: any emphasis or link of our own.
"""

from __future__ import annotations

from riskbot.slack import blocks as b
from riskbot.slack.blocks import Json
from riskbot.slack.clean import clean
from riskbot.slack.envelope import envelope
from riskbot.slack.fallback import BANNER_MAX, escape

EVENT_TYPE = "riskbot_notice"
TEXT_MAX = 1_000


def render_notice(text: str, *, channel: str, key: str, banner: str | None = None) -> Json:
    """The payload of `chat.postMessage`. Raises nothing: whatever is too long is cut."""
    begins = f"{clean(banner, BANNER_MAX)}: " if banner and banner.strip() else ""
    line = begins + (clean(text, TEXT_MAX) or "(nothing to say)")
    blocks = [b.rich(b.section(b.text(line)))]
    return envelope(blocks, escape(line), channel=channel, event_type=EVENT_TYPE, key=key)
