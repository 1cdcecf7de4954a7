"""`riskbot feeds find`: the feeds that a web page names, each read once, ready to be pasted into a rule file."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

import typer
from rich.text import Text

from riskbot.cli.console import err, out, print_json
from riskbot.cli.feedsview import AllowPrivate
from riskbot.errors import FetchError, InputError
from riskbot.feeds.fetcher import FeedFetcher
from riskbot.feeds.html import feed_links
from riskbot.feeds.http import PAGES, Http
from riskbot.judging import clock
from riskbot.model import Feed, FeedState
from riskbot.rulefiles.edit import feed_lines
from riskbot.rulefiles.importing import plan
from riskbot.rulefiles.opml import Outline
from riskbot.settings import Settings, load_settings

_NO_PAGE = ("html-not-feed", "not-a-feed")


@dataclass(frozen=True, slots=True)
class Found:
    """A feed that a page names."""

    url: str
    title: str
    entries: int
    error: FetchError | None


def find(
    page: Annotated[str, typer.Argument(metavar="URL", help="Address of a web page, such as a publisher's home page.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    allow_private: AllowPrivate = False,
) -> None:
    """Find the feeds that a web page names, and read each of them once; exit status 1 if none can be read."""
    settings = load_settings()
    if not page.strip().lower().startswith(("http://", "https://")):
        raise InputError(f"{page} is no web address", "write one such as https://example.com/news")
    found = asyncio.run(_find(page.strip(), settings, allow_private=allow_private))
    if as_json:
        print_json([_form(each) for each in found])
    else:
        _print(found)
    if not any(each.error is None for each in found):
        said = "names no feed" if not found else "names no feed that can be read"
        raise FetchError("no-feed", f"{page} {said}", "look for “RSS” on the publisher's site, or ask the publisher")


async def _find(page: str, settings: Settings, *, allow_private: bool) -> list[Found]:
    bounds = settings.bounds()
    async with FeedFetcher(clock, settings.contact, bounds) as fetcher:

        async def read(url: str, title: str) -> Found:
            home = allow_private and _place(url) == _place(page)
            try:
                polled = await fetcher.poll(Feed(url, url, allow_private=home), FeedState(url))
            except FetchError as error:
                return Found(url, title, 0, error)
            return Found(url, title, len(polled.entries), None)

        itself = await read(page, "")
        if itself.error is None:
            return [itself]
        if itself.error.reason not in _NO_PAGE:
            raise itself.error
        async with Http(clock, settings.contact, bounds) as http:
            answer = await http.get(page, home=page if allow_private else None, accept=PAGES)
        links = feed_links(answer.body or b"", base=answer.url, content_type=answer.content_type)
        return list(await asyncio.gather(*(read(url, title) for url, title in links)))


def _place(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def _print(found: Sequence[Found]) -> None:
    """What can be read as lines of a rule file; the rest beside it."""
    good = [each for each in found if each.error is None]
    entries = {each.url: each.entries for each in good}
    for feed in plan([Outline(each.title, each.url, (), 0) for each in good], []).new:
        count = entries[feed.url]
        err.print(Text(f"{count} entr{'y' if count == 1 else 'ies'}: {feed.url}", style="dim"), soft_wrap=True)
        for line in feed_lines(feed):
            out.print(Text(f"  {line}"), soft_wrap=True)
    for each in found:
        if each.error:
            err.print(Text(f"cannot be read: {each.error}", style="yellow"), soft_wrap=True)


def _form(each: Found) -> dict[str, object]:
    error = f"{each.error.reason}: {each.error}" if each.error else None
    return {"url": each.url, "title": each.title, "entries": each.entries, "error": error}
