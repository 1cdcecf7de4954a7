"""One raw item of a feed, as feedparser or JSON Feed gives it → an Entry of clean text.

What always holds: title is one line; text is clean paragraphs; the link is absolute http(s) or None; an outlet is what
the item itself names as its source, never a guess; a date is what `dates.py` believes. Deliberately absent: what a
feed as a whole knows (its own outlet, tags), canonical links, joining entries with known articles.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from time import struct_time
from typing import Any
from urllib.parse import urljoin, urlsplit

from riskbot.feeds.dates import believable
from riskbot.feeds.html import looks_like_html, to_line, to_text
from riskbot.model import Entry
from riskbot.text.normalise import clean

Raw = Mapping[str, Any]

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
_LONGEST_URL = 4_096
_LONGEST_ID = 2_048
_LONGEST_TITLE = 1_000  # as `html.to_line` has it
_DATES = ("published", "created", "updated")  # the first that says anything; an Atom entry may have only the last
# What an item is said to link, before what it links: services that count readers name the address they stand before.
_ORIGINALS = ("feedburner_origlink", "pheedo_origlink")
_HTML = frozenset({"text/html", "html", "xhtml", "application/xhtml+xml"})
_YEARS = timedelta(days=9 * 365)  # how long a date that is too early is waited for


def entry(raw: Raw, *, base: str, now: datetime, language: str | None = None) -> Entry | None:
    """The entry of a raw item, or None where it holds neither title nor text nor link.

    `base` is where the document came from, for links that are relative; `language` is the feed's own.
    """
    title = _title(raw)
    text, named = _text(raw)
    originals = (_link(_string(raw.get(name)), base) for name in _ORIGINALS)
    url = next((one for one in originals if one), None) or _link(_string(raw.get("link")), base)
    if not (title or text or url):
        return None
    source = raw.get("source")
    return Entry(
        title=title,
        text=text,
        entry_id=clean(_string(raw.get("id")))[:_LONGEST_ID] or None,
        url=url,
        outlet=(to_line(_string(source.get("title"))) or None) if isinstance(source, Mapping) else None,
        published=_published(raw, now),
        language=_language(named) or _language(_detail(raw, "title_detail")) or _language(language),
    )


def settled(raw: Raw, now: datetime) -> bool:
    """Whether the item gives the same entry at any later time: it has no date that is too early to be believed yet."""
    # Seen from years ahead, what lies before that and is not believed now can only be what lies ahead of now.
    return _published(raw, now) is not None or _published(raw, now + _YEARS) is None


def _title(raw: Raw) -> str:
    value = _string(raw.get("title"))
    detail = raw.get("title_detail")
    if isinstance(detail, Mapping) and _string(detail.get("type")) in _HTML and (text := to_text(value)):
        return clean(" ".join(text.split()), _LONGEST_TITLE)
    return to_line(value)


def _text(raw: Raw) -> tuple[str, object]:
    """The fullest of its contents, else its summary; and the language that this part names."""
    contents = raw.get("content")
    best, language = "", None
    for part in contents if isinstance(contents, Sequence) and not isinstance(contents, str) else ():
        if isinstance(part, Mapping) and _is_text(_string(part.get("type"))):
            text = _body(_string(part.get("value")), _string(part.get("type")))
            if len(text) > len(best):
                best, language = text, part.get("language")
    if best:
        return best, language
    detail = raw.get("summary_detail")
    kind = _string(detail.get("type")) if isinstance(detail, Mapping) else ""
    return _body(_string(raw.get("summary")), kind), _detail(raw, "summary_detail")


def _is_text(kind: str) -> bool:
    """An empty type is HTML or plain text; a PDF or a picture inside an entry is neither."""
    return not kind or kind.startswith("text/") or kind in ("html", "xhtml", "text", "application/xhtml+xml")


def _body(value: str, kind: str) -> str:
    # What calls itself plain is mostly escaped HTML all the same; only where nothing looks like it, it is as it stands.
    if kind == "text/plain" and not looks_like_html(value):
        return clean(value[: 1 << 20])
    return to_text(value)


def _link(link: str, base: str) -> str | None:
    link = link.strip()
    if not link or len(link) > _LONGEST_URL or re.search(r"[\x00-\x1f\x7f]", link):
        return None
    try:
        absolute = urljoin(base, link)
        parts = urlsplit(absolute)
    except ValueError:
        return None
    return absolute if parts.scheme in ("http", "https") and parts.hostname else None


def _published(raw: Raw, now: datetime) -> datetime | None:
    for name in _DATES:
        parsed, words = raw.get(f"{name}_parsed"), _string(raw.get(name))
        if parsed is not None or words:
            return believable(parsed if isinstance(parsed, struct_time) else None, words, now)
    return None


def _language(value: object) -> str | None:
    text = _string(value).strip().replace("_", "-")
    return text if len(text) <= 35 and _LANGUAGE.fullmatch(text) else None


def _detail(raw: Raw, name: str) -> object:
    detail = raw.get(name)
    return detail.get("language") if isinstance(detail, Mapping) else None


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""
