"""The one line that notifications and screen readers give instead of the blocks.

What always holds: it is a sentence, begins with how grave and how sure, and is escaped after Slack's rule for `text`
(`&`, `<` and `>`), so that nothing in it can name a channel or a person. Deliberately absent: mrkdwn and links.
"""

from __future__ import annotations

from riskbot.model import Summary
from riskbot.slack import wording as w
from riskbot.slack.clean import clean

HEADLINE_MAX = 300
BANNER_MAX = 100


def fallback(summary: Summary, banner: str | None = None) -> str:
    """`High, alleged and denied: Alibaba, military. White House memo, per Financial Times; not verified.`"""
    sure = " and ".join(w.certainty(summary))
    grave = w.capital(summary.level) + (f", {sure}" if sure else "")
    topics = w.names(summary.topics) or w.possibilities(summary)
    about = w.companies(summary) + (f", {topics}" if topics else "")
    headline = clean(summary.headline, HEADLINE_MAX).rstrip(".") or "No headline"
    per = w.names(summary.origins) or clean(summary.headline_outlet or "", w.NAME_MAX)
    story = headline + (f", per {per}" if per else "")
    caution = w.caution(summary)
    said = f"{grave}: {about}. {story}" + (f"; {caution}." if caution else ".")
    begins = f"{clean(banner, BANNER_MAX)}: " if banner else ""
    return escape(begins + said)


def escape(text: str) -> str:
    """The three characters that Slack reads as markup in `text`."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
