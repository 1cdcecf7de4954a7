"""The pieces of Block Kit that riskbot uses, each made by one function.

What always holds: a piece made from text is `plain_text` or a rich-text text or link element, in which Slack reads
no markup; the one function that makes markup (`times`) takes nothing but moments and names them itself. Deliberately
absent: buttons (`buttons.py`), and attachments, which Slack has retired.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

from riskbot.slack.clean import clean, clean_url

Json = dict[str, Any]  # a piece of a payload, as it is sent
Moment = Literal["published", "seen", "told"]

SMALL_MAX = 300  # units of a small line
_DAY_AND_TIME = "{date_short_pretty} {time}"  # in the reader's own zone and language


def header(text: str) -> Json:
    """The large line. `emoji` is off so that a name such as `:tada:` stays a name."""
    return {"type": "header", "text": _plain(text)}


def context(*elements: Json) -> Json:
    """The small line."""
    return {"type": "context", "elements": list(elements)}


def small(text: str) -> Json:
    """An element of the small line."""
    return _plain(text)


def notes(*said: str | None) -> list[Json]:
    """A small line for each that says anything, of any text."""
    return [context(small(words)) for words in (clean(each or "", SMALL_MAX) for each in said) if words]


def times(moments: Iterable[tuple[Moment, datetime | None]]) -> Json:
    """An element of the small line: moments in order, an unknown one said to be unknown."""
    said = [f"{name} {_mrkdwn_date(at)}" if at else f"{name}: not known" for name, at in moments]
    return {"type": "mrkdwn", "text": " → ".join(said), "verbatim": True}


def rich(*parts: Json) -> Json:
    """A block of sections, lists and quotes."""
    return {"type": "rich_text", "elements": list(parts)}


def section(*elements: Json) -> Json:
    """A paragraph."""
    return {"type": "rich_text_section", "elements": list(elements)}


def quote(*elements: Json) -> Json:
    """A paragraph set off as quoted."""
    return {"type": "rich_text_quote", "elements": list(elements)}


def bullets(items: Sequence[Json]) -> Json:
    """A list of sections."""
    return {"type": "rich_text_list", "style": "bullet", "indent": 0, "elements": list(items)}


def text(words: str, *, bold: bool = False) -> Json:
    """Words, shown as they are."""
    return {"type": "text", "text": words, **_style(bold)}


def mention(who: str) -> Json:
    """An element that pings whom a rule names: a member's ID, a user group's, or `here`; else only their name.

    The one piece that calls anybody: what comes from articles never gets here.
    """
    name = who.strip().strip("<>!@#").partition("|")[0].removeprefix("subteam^")
    if re.fullmatch(r"[UW][A-Z0-9]{6,}", name):
        return {"type": "user", "user_id": name}
    if re.fullmatch(r"S[A-Z0-9]{6,}", name):
        return {"type": "usergroup", "usergroup_id": name}
    if name in ("here", "channel", "everyone"):
        return {"type": "broadcast", "range": name}
    return text(f"@{clean(name, SMALL_MAX) or '?'}")


def link(url: str | None, words: str, *, bold: bool = False) -> Json:
    """Words that lead to an address, or the words alone where the address may not be linked."""
    safe = clean_url(url)
    if safe is None:
        return text(words, bold=bold)
    return {"type": "link", "url": safe, "text": words, **_style(bold)}


def date(at: datetime) -> Json:
    """A moment in the reader's own zone; as text where it lies before the epoch, which Slack's dates do not reach."""
    if at.timestamp() < 0:
        return text(_fallback(at))
    return {"type": "date", "timestamp": int(at.timestamp()), "format": _DAY_AND_TIME, "fallback": _fallback(at)}


def _plain(words: str) -> Json:
    return {"type": "plain_text", "text": words, "emoji": False}


def _style(bold: bool) -> Json:
    return {"style": {"bold": True}} if bold else {}


def _mrkdwn_date(at: datetime) -> str:
    if at.timestamp() < 0:
        return _fallback(at)
    return f"<!date^{int(at.timestamp())}^{_DAY_AND_TIME}|{_fallback(at)}>"


def _fallback(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
