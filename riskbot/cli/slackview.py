"""A Slack payload printed as a person would see it in Slack.

What always holds: it reads nothing but the payload, so what it shows is what the payload says; every link is
clickable where the terminal can, and its host is shown where it cannot; without colour nothing is lost but emphasis.
Deliberately absent: deciding anything, and kinds of blocks that riskbot does not send (they are named, not shown).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from rich.box import Box
from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.style import Style
from rich.table import Table
from rich.text import Text

HEADLINE = Style(bold=True)
MATCHED = Style(bold=True, color="black", bgcolor="yellow")
QUOTED = Style(italic=True)
SMALL = Style(dim=True)
MAX_WIDTH = 100  # about the measure of a message in Slack

# The bar that Slack draws beside a quote: a box with a left side only.
_BAR = Box("\n".join(["    ", "│   ", "    ", "│   ", "    ", "    ", "│   ", "    "]) + "\n")

Json = Mapping[str, Any]


def show(payload: Json, console: Console) -> None:
    """Print one chat.postMessage or chat.update payload to `console`."""
    channel = str(payload.get("channel", "?"))
    edited = f" · message {payload['ts']} brought up to date" if "ts" in payload else ""
    if "thread_ts" in payload:
        seen = ", shown in the channel too" if payload.get("reply_broadcast") else ""
        edited = f" · in the thread of {payload['thread_ts']}{seen}"
    name = channel if channel.startswith("#") else f"#{channel}"
    body: list[RenderableType] = []
    for block in payload.get("blocks", []):
        # a quote ends with an empty line of its own
        if body and block.get("type") != "context" and not isinstance(body[-1], Panel):
            body.append(Text())
        body.extend(_block(block))
    console.print(
        Panel(
            Group(*body),
            title=Text(f"{name}{edited}", style="bold"),
            title_align="left",
            width=min(console.width, MAX_WIDTH),
            padding=(1, 2),
        )
    )
    notification = _unescape(str(payload.get("text", "")))
    console.print(Text(f"As a notification: {notification}", style=SMALL), width=min(console.width, MAX_WIDTH))


def _block(block: Json) -> list[RenderableType]:
    kind = block.get("type")
    if kind == "header":
        return [Text(str(block["text"]["text"]), style=HEADLINE)]
    if kind == "context":
        return [Text(_small(element), style=SMALL) for element in block["elements"]]
    if kind == "rich_text":
        return [shown for part in block["elements"] for shown in _part(part)]
    if kind == "actions":
        return [Text("  ".join(_button(element) for element in block["elements"]))]
    if kind == "divider":
        return [Text("─" * 20, style=SMALL)]
    return [Text(f"({kind} block)", style=SMALL)]


def _button(element: Json) -> str:
    """A button, or a menu with what it offers: `[ Why? ]  [ Mute story: for 1 hour | for 1 day ]`."""
    if "options" not in element:
        return f"[ {element['text']['text']} ]"
    offered = " | ".join(str(option["text"]["text"]) for option in element["options"])
    return f"[ {element['placeholder']['text']}: {offered} ]"


def _part(part: Json) -> list[RenderableType]:
    """A section, a quote with its bar, or a list with its bullets."""
    kind = part.get("type")
    if kind == "rich_text_list":
        listed = Table.grid(padding=(0, 1))
        for item in part["elements"]:
            listed.add_row(Text(" •"), _inline(item["elements"]))
        return [listed]
    if kind == "rich_text_quote":
        return [Panel(_inline(part["elements"], marks=MATCHED, style=QUOTED), box=_BAR, padding=(0, 1))]
    return [_inline(part.get("elements", []))]


def _inline(elements: Iterable[Json], *, marks: Style = HEADLINE, style: Style | None = None) -> Text:
    line = Text(style=style or "")
    for element in elements:
        emphasis = marks if (element.get("style") or {}).get("bold") else Style()
        kind = element.get("type")
        if kind == "link":
            url = str(element["url"])
            host = urlsplit(url).hostname or ""
            said = str(element.get("text", url))
            line.append(said, style=emphasis + Style(link=url, underline=True))
            if said.casefold() != host:  # the label alone would hide where the link leads
                line.append(f" ({host})", style=Style(dim=True, link=url))
        elif kind == "date":
            line.append(_moment(int(element["timestamp"])))
        else:
            line.append(str(element.get("text", f"({kind})")), style=emphasis)
    return line


def _small(element: Json) -> str:
    """A context element; the dates in our own mrkdwn are written out."""
    said = str(element.get("text", ""))
    if element.get("type") != "mrkdwn":
        return said
    before, *dates = said.split("<!date^")
    return before + "".join(_written_out(date) for date in dates)


def _written_out(date: str) -> str:
    """What stands between `<!date^` and the next one: its moment in words, and the text after it."""
    token, _, after = date.partition(">")
    return _moment(int(token.partition("^")[0])) + after


def _moment(timestamp: int) -> str:
    # Slack shows the reader's own zone; a terminal that may be piped to a file is better read in one that is named.
    return f"{datetime.fromtimestamp(timestamp, UTC):%Y-%m-%d %H:%M} UTC"


def _unescape(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
