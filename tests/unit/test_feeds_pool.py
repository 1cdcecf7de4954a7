"""Documents are parsed in children that can be lost without loss."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from riskbot.errors import FetchError
from riskbot.feeds.bounds import Bounds
from riskbot.feeds.parse import Parsed
from riskbot.feeds.pool import ParserPool
from riskbot.feeds.split_rescue import UNREAD
from riskbot.text.urls import link_key
from tests.feedserver import RSS, slow_author

NOW = datetime(2025, 11, 17, 12, 0, tzinfo=UTC)
URL = "https://news.example/feed.xml"
_LISTED = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").exists()
lists_children = pytest.mark.skipif(not _LISTED, reason="this system keeps no list of children")
limits_memory = pytest.mark.skipif(sys.platform != "linux", reason="this system does not limit address space")
SHORT = Bounds(parse_time=timedelta(seconds=0.5))


@asynccontextmanager
async def _pool(bounds: Bounds) -> AsyncIterator[ParserPool]:
    pool = ParserPool(bounds)
    try:
        yield pool
    finally:
        await pool.close()


async def _parsed(pool: ParserPool, body: bytes, known: Mapping[bytes, bytes] | None = None) -> Parsed:
    return await pool.parse(body, url=URL, content_type=None, now=NOW, known=known or {})


async def _titles(pool: ParserPool, body: bytes = RSS) -> list[str]:
    return [one.title for one in (await _parsed(pool, body)).entries]


async def _reason(pool: ParserPool, body: bytes) -> str:
    with pytest.raises(FetchError) as caught:
        await _titles(pool, body)
    return caught.value.reason


def _children() -> set[int]:
    """Process ids of our children (Linux keeps a list of them for each thread)."""
    found: set[int] = set()
    for task in Path(f"/proc/{os.getpid()}/task").iterdir():
        found |= {int(pid) for pid in (task / "children").read_text().split()}
    return found


def _environment(pid: int) -> bytes:
    return Path(f"/proc/{pid}/environ").read_bytes()


async def test_a_document_that_takes_too_long_is_given_up_and_the_others_go_on() -> None:
    async with _pool(SHORT) as pool:
        assert await _titles(pool) == ["White House memo names Alibaba"]
        slow, *quick = await asyncio.gather(_reason(pool, slow_author()), *(_titles(pool) for _ in range(8)))
        assert slow == "parse-timeout"
        assert all(titles == ["White House memo names Alibaba"] for titles in quick)
        assert await _titles(pool) == ["White House memo names Alibaba"]


@lists_children
async def test_one_child_does_what_one_child_can_and_none_outlives_the_pool() -> None:
    before = _children()
    async with _pool(SHORT) as pool:
        assert _children() == before, "none is started before it is needed"
        for _ in range(5):
            await _titles(pool)
        assert len(_children() - before) == 1
        await asyncio.gather(*(_titles(pool) for _ in range(6)))
        assert len(_children() - before) <= 2
        await _reason(pool, slow_author())
    assert _children() == before


@lists_children
async def test_a_child_that_dies_costs_its_own_document_only() -> None:
    before = _children()
    async with _pool(Bounds(parsers=1)) as pool:
        await _titles(pool)
        (child,) = _children() - before
        doomed = asyncio.create_task(_reason(pool, slow_author()))
        waiting = asyncio.create_task(_titles(pool))
        await asyncio.sleep(0.2)
        os.kill(child, 9)
        assert await doomed == "parse-crashed"
        assert await waiting == ["White House memo names Alibaba"]


async def test_an_interrupted_parse_leaves_the_pool_whole() -> None:
    async with _pool(Bounds(parsers=1)) as pool:
        await _titles(pool)
        task = asyncio.create_task(_titles(pool, slow_author()))
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await _titles(pool) == ["White House memo names Alibaba"]


@limits_memory
async def test_a_document_that_needs_too_much_memory_is_named_and_the_next_is_read() -> None:
    async with _pool(Bounds(parse_memory=64 << 20, parse_time=timedelta(seconds=20), parsers=1)) as pool:
        greedy = RSS.replace(b"memo", b"x" * 9_000_000)
        assert await _reason(pool, greedy) == "parse-memory"
        assert await _titles(pool) == ["White House memo names Alibaba"]


@lists_children
async def test_a_child_knows_none_of_our_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISKBOT_SLACK_BOT_TOKEN", "xoxb-secret")
    before = _children()
    async with _pool(SHORT) as pool:
        await _titles(pool)
        (child,) = _children() - before
        environment = _environment(child)
        assert b"PYTHONPATH" in environment
        assert b"xoxb" not in environment


async def test_a_child_ends_when_nobody_speaks_to_it_any_more() -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "riskbot.feeds.child", str(1 << 30), "5"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(20):
        assert await process.communicate(b"") == (b"\0\0\0\2{}", None)
    assert process.returncode == 0


@limits_memory
async def test_a_machine_that_cannot_run_a_child_says_so(capfd: pytest.CaptureFixture[str]) -> None:
    async with _pool(Bounds(parse_memory=1 << 20)) as pool:
        assert await _reason(pool, RSS) == "no-parser"
        assert await _reason(pool, RSS) == "no-parser", "and the place is still there"
    capfd.readouterr()  # the child's own last words


# ── only what is new ─────────────────────────────────────────────────────────────────────────────────────────────

OTHER = RSS[RSS.index(b"<item>") : RSS.index(b"</channel>")].replace(b"memo", b"letter").replace(b"n-1", b"n-2")


async def test_what_is_known_is_not_read_again_and_keeps_its_key() -> None:
    async with _pool(SHORT) as pool:
        first = await _parsed(pool, RSS)
        assert [key for _, key in first.items] == [link_key("https://news.example/a/1")]
        known = {hash_: b"its key" for hash_, _ in first.items}
        second = await _parsed(pool, RSS.replace(b"<item>", OTHER + b"<item>"), known)
        assert [one.title for one in second.entries] == ["White House letter names Alibaba"]
        assert [key for _, key in second.items] == [link_key("https://news.example/a/1"), b"its key"]
        assert (second.count, second.whole, second.lost) == (2, None, None)


def _items(start: int, end: int) -> bytes:
    return b"".join(OTHER.replace(b"n-2", b"m-%d" % number) for number in range(start, end))


async def test_an_item_that_takes_too_long_is_named_and_the_others_come_through() -> None:
    slow = slow_author()
    poisoned = slow[slow.index(b"<item>") : slow.index(b"</channel>")].replace(b"n-1", b"n-3")
    body = RSS.replace(b"<item>", _items(0, 20) + poisoned + _items(20, 40) + b"<item>")
    async with _pool(Bounds(parse_time=timedelta(seconds=1))) as pool:
        await _titles(pool)
        parsed = await _parsed(pool, body)
        assert len(parsed.entries) == 41
        assert (parsed.count, parsed.whole) == (42, UNREAD)
        assert parsed.lost is not None
        assert "1 of 42 entries could not be read" in parsed.lost
        assert "begins “White House memo names Alibaba" in parsed.lost
        known = {hash_: key or b"" for hash_, key in parsed.items}
        with pytest.raises(FetchError, match="because of the entry that begins “White House memo") as caught:
            await _parsed(pool, body, known)
        assert caught.value.reason == "parse-timeout"
        more = await _parsed(pool, body.replace(b"<item>", OTHER + b"<item>", 1), known)
        assert [one.entry_id for one in more.entries] == ["n-2"]
        assert await _titles(pool) == ["White House memo names Alibaba"]


async def _outcome(pool: ParserPool, body: bytes) -> str:
    try:
        return ", ".join(await _titles(pool, body))
    except FetchError as error:
        return error.reason


async def test_hundreds_of_kilobytes_of_comment_signs_end_in_time() -> None:
    item, signs = b"<item><title>signs</title><description>%b</description></item>", b"<!--" * 76_800
    async with _pool(SHORT) as pool:
        await _titles(pool)
        outcome = await _outcome(pool, RSS.replace(b"<item>", item % signs + b"<item>"))
        assert outcome == "parse-timeout" or outcome.startswith("signs")
        marked = await _outcome(pool, RSS.replace(b"<item>", item % (b"<![CDATA[" + signs + b"]]>") + b"<item>"))
        assert marked in ("parse-timeout", "signs, White House memo names Alibaba")
        assert await _titles(pool) == ["White House memo names Alibaba"]


async def test_a_hundred_thousand_entries_are_refused() -> None:
    async with _pool(Bounds()) as pool:
        body = RSS.replace(b"<item>", b"<item><title>t</title></item>" * 100_000 + b"<item>")
        assert await _reason(pool, body) == "too-many-entries"


# ── pages ────────────────────────────────────────────────────────────────────────────────────────────────────────

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
PAGE = (
    "<!doctype html><html><head><title>T</title></head><body><nav>Home</nav><article><h1>T</h1>"
    + "".join(f"<p>The ministry said on {day} that the rules would be read as they are written.</p>" for day in DAYS)
    + "</article></body></html>"
).encode()


async def test_the_text_of_a_page_is_extracted_in_a_child() -> None:
    async with _pool(Bounds(parse_time=timedelta(seconds=30))) as pool:
        text = await pool.extract(PAGE, url=URL, content_type="text/html; charset=utf-8")
        assert "The ministry said on Monday" in text
        assert "Home" not in text
        with pytest.raises(FetchError) as caught:
            await pool.extract(b"<html><body>Sorry</body></html>", url=URL, content_type="text/html")
        assert caught.value.reason == "no-text"
        assert await _titles(pool) == ["White House memo names Alibaba"]
