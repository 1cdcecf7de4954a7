"""`riskbot feeds show`: what riskbot reads from addresses and files, by the very path that polling takes.

What always holds: one line (or list) for each argument, in their order, each as soon as it is ready; how many are in
hand at a time is bounded, so that thousands of arguments take no more memory than a few. A relative link in a file
stays unknown, since nobody knows where the file came from.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.padding import Padding
from rich.text import Text

from riskbot.cli.console import out, tell_error
from riskbot.cli.feedsview import AllowPrivate, indented
from riskbot.errors import FetchError, InputError, RiskbotError
from riskbot.feeds.failures import failure, shown
from riskbot.feeds.fetcher import FeedFetcher
from riskbot.feeds.pool import ParserPool
from riskbot.judging import clock
from riskbot.model import Article, Feed, FeedState
from riskbot.policy.novelty import articles
from riskbot.settings import Settings, load_settings
from riskbot.text.normalise import cut
from riskbot.text.urls import wrapper
from riskbot.usecases.feedlist import read_form

_FIRST_WORDS = 160  # characters


@dataclass(frozen=True, slots=True)
class Read:
    """What came of one argument."""

    argument: str
    articles: Sequence[Article] = ()
    error: RiskbotError | None = None

    @property
    def why(self) -> str | None:
        """The error as machines are told it: a reason and a sentence."""
        if self.error is None:
            return None
        reason = self.error.reason if isinstance(self.error, FetchError) else "no-such-source"
        return f"{reason}: {self.error}"


def show(
    sources: Annotated[list[str], typer.Argument(metavar="URL|FILE…", help="Addresses of feeds, or feed documents.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON for each argument.")] = False,
    allow_private: AllowPrivate = False,
) -> None:
    """What riskbot reads from feeds: titles, texts, links, outlets, dates. Nothing is recorded."""
    settings = load_settings()
    statuses = asyncio.run(_show(sources, settings, as_json=as_json, allow_private=allow_private))
    if any(statuses):
        raise typer.Exit(max(statuses))


async def _show(sources: Sequence[str], settings: Settings, *, as_json: bool, allow_private: bool) -> set[int]:
    statuses = set()
    # Closed by name: when our reader has seen enough, what is still being read must end before the parsers do.
    async with (
        _reader(settings, allow_private=allow_private) as read,
        aclosing(_in_order(sources, read, settings.requests)) as found,
    ):
        async for each in found:
            if as_json:
                _write(read_form(each.argument, each.articles, each.why))
            else:
                _print(each)
            statuses.add(each.error.exit_status if each.error else 0)
    return statuses


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────


@asynccontextmanager
async def _reader(settings: Settings, *, allow_private: bool) -> AsyncIterator[Callable[[str], Awaitable[Read]]]:
    """A function that reads one argument; whatever goes wrong with it stands in what it returns."""
    bounds = settings.bounds()
    pool = ParserPool(bounds)
    files = asyncio.Semaphore(2 * bounds.parsers)  # whose bytes are in memory

    async with FeedFetcher(clock, settings.contact, bounds) as fetcher:

        async def read(argument: str) -> Read:
            try:
                if _is_address(argument):
                    feed = Feed(argument, argument.strip(), allow_private=allow_private)
                    entries = (await fetcher.poll(feed, FeedState(argument))).entries
                else:
                    feed = Feed(argument, "")
                    async with files:
                        body = await asyncio.to_thread(_bytes, argument, bounds.body)
                        parsed = await pool.parse(body, url=argument, content_type=None, now=clock(), known={})
                        entries = parsed.entries
                return Read(argument, articles(entries, feed, clock()))
            except (FetchError, InputError) as error:
                return Read(argument, error=error)

        try:
            yield read
        finally:
            await pool.close()


def _is_address(argument: str) -> bool:
    return argument.strip().lower().startswith(("http://", "https://"))


def _bytes(argument: str, most: int) -> bytes:
    """The bytes of a file. Raises InputError where it cannot be read, FetchError where it is no size for a feed."""
    address = "://" in argument
    # As it was written, for a path would make `ftp:/a` of `ftp://a`; of an address without its secrets.
    file, named = Path(argument), shown(argument) if address else argument
    mend = "name a feed document, or an address that begins with https://"
    try:
        with file.open("rb") as stream:
            body = stream.read(most + 1)
    except FileNotFoundError:
        why = "is not http or https, and no file" if address else "is no file, and no web address"
        raise InputError(f"{named} {why}", mend) from None
    except IsADirectoryError:
        raise InputError(f"{named} is a folder", "name the files in it") from None
    except OSError as error:
        raise InputError(f"{named} cannot be read: {(error.strerror or type(error).__name__).lower()}", mend) from error
    if len(body) > most:
        raise failure("too-large", argument, f"{most:,}")
    if not body:
        raise failure("empty", argument)
    return body


async def _in_order(
    sources: Sequence[str], read: Callable[[str], Awaitable[Read]], window: int
) -> AsyncGenerator[Read, None]:
    """What each source brings, in their order; at most `window` are begun and not yet handed out."""
    ahead: deque[asyncio.Task[Read]] = deque()
    waiting: Iterator[str] = iter(sources)
    try:
        while True:
            while len(ahead) < window and (source := next(waiting, None)) is not None:
                ahead.append(asyncio.ensure_future(read(source)))
            if not ahead:
                return
            yield await ahead.popleft()
    finally:
        for task in ahead:
            task.cancel()
        await asyncio.gather(*ahead, return_exceptions=True)


# ── showing ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _write(form: object) -> None:
    # ASCII alone where a text holds half a surrogate pair, which JSON can say and UTF-8 cannot.
    line = json.dumps(form, ensure_ascii=False)
    data = line.encode() if line.isascii() or _is_whole(line) else json.dumps(form).encode()
    sys.stdout.buffer.write(data + b"\n")
    sys.stdout.buffer.flush()


def _is_whole(line: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in line)


def _print(read: Read) -> None:
    out.print(Text(read.argument, style="bold"), soft_wrap=True)
    if read.error:
        tell_error(read.error)
        return
    count = len(read.articles)
    out.print(indented(f"{count} article{'s' * (count != 1)}", "dim"))
    for article in reversed(read.articles):  # the newest first, as people read news
        at = f"{article.published:%Y-%m-%d %H:%M} UTC" if article.published else "no date"
        out.print(Padding(Text(article.title or "(no title)", style="bold"), (1, 0, 0, 2), expand=False))
        facts = (article.outlet or "outlet unknown", at, article.language or "")
        out.print(Padding(Text(" · ".join(fact for fact in facts if fact), style="dim"), (0, 0, 0, 2), expand=False))
        by = wrapper(article.url)
        out.print(indented(f"{article.url or 'no link'}{f' (sends on, by {by})' if by else ''}", "dim"), soft_wrap=True)
        if article.text:
            words = cut(" ".join(article.text.split()), _FIRST_WORDS)
            out.print(Padding(Text(words), (0, 0, 0, 2), expand=False))
