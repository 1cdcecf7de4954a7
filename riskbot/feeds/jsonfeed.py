"""JSON Feed (jsonfeed.org, versions 1 and 1.1) → raw items in the shape that `entries.py` reads.

What always holds: only the names of the standard are read; a value of the wrong type counts as absent, and one bad
item never costs the others. Standard library only.
"""

from __future__ import annotations

import json
from typing import Any


def items(body: bytes) -> tuple[list[dict[str, Any]], str | None] | None:
    """The raw items and the feed's language, or None where the body is no JSON Feed."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):  # bytes that are not Unicode raise a ValueError, too
        return None
    if not isinstance(document, dict) or not isinstance(listed := document.get("items"), list):
        return None
    if "jsonfeed.org/version" not in str(document.get("version", "")):
        return None
    language = document.get("language")
    return [_item(item) for item in listed if isinstance(item, dict)], language if isinstance(language, str) else None


def _item(item: dict[str, Any]) -> dict[str, Any]:
    language = item.get("language")
    content = [
        {"value": item[name], "type": kind, "language": language}
        for name, kind in (("content_html", "text/html"), ("content_text", "text/plain"))
        if isinstance(item.get(name), str) and item[name].strip()
    ]
    identity = item.get("id")
    return {
        "title": item.get("title"),
        "title_detail": {"language": language},
        "content": content[:1],  # HTML where there is any: it knows its paragraphs
        "summary": item.get("summary"),
        "summary_detail": {"type": "text/plain", "language": language},
        # The standard asks for a string, and for numbers to be taken as one.
        "id": str(identity) if isinstance(identity, (str, int, float)) and not isinstance(identity, bool) else None,
        "link": item.get("url") or item.get("external_url"),
        "published": item.get("date_published") or item.get("date_modified"),
    }
