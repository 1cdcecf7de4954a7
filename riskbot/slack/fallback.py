"""The one line that notifications and screen readers give instead of the blocks.

What always holds: it is a sentence, begins with how grave and how sure, and is escaped after Slack's rule for `text`
(`&`, `<` and `>`), so that nothing in it can name a channel or a person. Deliberately absent: mrkdwn and links.
"""

from __future__ import annotations

from riskbot.model import Summary
from riskbot.slack import wording as w
from riskbot.slack.clean import clean, width
from riskbot.slack.limits import MESSAGE_TEXT

HEADLINE_MAX = 300
BANNER_MAX = 100
_ROOMS = (MESSAGE_TEXT, MESSAGE_TEXT // 2, MESSAGE_TEXT // 5)  # an ampersand takes the room of five


def fallback(summary: Summary, banner: str | None = None, *, may_repeat: bool = False) -> str:
    """`High, alleged and denied: Alibaba, military. White House memo, per Financial Times; not verified.`"""
    headline = clean(summary.headline, HEADLINE_MAX).rstrip(".") or "No headline"
    per = w.names(summary.origins) or clean(summary.headline_outlet or "", w.NAME_MAX)
    story = headline + (f", per {per}" if per else "")
    caution = w.caution(summary)
    caution = "" if caution in w.certainty(summary) else caution  # it is said once
    said = f"{stands(summary)}. {story}" + (f"; {caution}." if caution else ".")
    return escape(begins(banner, may_repeat=may_repeat) + said)


def stands(summary: Summary) -> str:
    """`High, alleged and denied: Alibaba, military`; `High, possibly: Alibaba, sanctions` where all may yet happen."""
    sure = w.certainty(summary)
    words = "possibly" if sure == [w.POSSIBLE] else w.both(sure)
    grave = w.capital(summary.level) + (f", {words}" if words else "")
    topics = w.names(summary.topics or w.possible(summary))
    return f"{grave}: {w.companies(summary)}" + (f", {topics}" if topics else "")


def begins(banner: str | None, *, may_repeat: bool = False) -> str:
    """What a text begins with: `REPLAY, not live: `, `May repeat: `, both or nothing."""
    said = (clean(banner or "", BANNER_MAX), "May repeat" if may_repeat else "")
    return "".join(f"{each}: " for each in said if each)


def escape(text: str) -> str:
    """`text` with the three characters escaped that Slack reads as markup, cut where it would be too long so."""
    said = _escaped(text)
    for room in _ROOMS:
        if width(said) > MESSAGE_TEXT:
            said = _escaped(clean(text, room))
    return said


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
