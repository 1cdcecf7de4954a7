"""What is read in part of the collected feeds is what is read in the whole; skipped where they are not at hand."""

from __future__ import annotations

import asyncio
import random
import re
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from riskbot.errors import FetchError
from riskbot.feeds.bounds import Bounds
from riskbot.feeds.parse import parse, parse_new
from riskbot.feeds.pool import ParserPool
from riskbot.feeds.split import Refusal, Split, split
from riskbot.feeds.split_labels import corrected
from riskbot.model import Feed
from riskbot.policy.novelty import Novelty
from tests.contract.test_feeds_differential import HEADS, assert_part_of
from tests.feedreads import CORPUS, URL, XML, Memory, Read, difference, documents

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SERIES = CORPUS / "ok" / "orx365+rss-arch"


@pytest.mark.slow
def test_every_collected_feed_reads_the_same_in_part() -> None:
    """Three polls of each: all new, two fifths new, nothing new; and what feedparser says of the second, key by key."""
    chance = random.Random(2025)
    told: Counter[str] = Counter()
    for path in documents():
        body = path.read_bytes()
        if path.parent == SERIES and _poll(body):
            continue  # read in the next test
        content_type = corrected(body, XML)
        whole = Read(body, content_type)
        try:
            first = parse_new(body, url=URL, content_type=XML, now=NOW, limit=10_000, known=())
        except FetchError as error:
            with pytest.raises(FetchError, match=re.escape(str(error))):
                parse(body, url=URL, content_type=XML, now=NOW, limit=10_000)
            told[error.reason] += 1
            continue
        told[first.whole or ("apart" if first.items else "without items")] += 1
        if first.items or not body.lstrip().startswith(b"{"):
            assert list(first.entries) == [one for one in whole.made(NOW) if one], path
        if not first.items:
            continue
        hashes = [hash_ for hash_, _ in first.items]
        assert first.count == len(hashes) == len(whole.entries), path
        keep = {place for place in range(len(hashes)) if chance.random() < 0.4}
        found = split(body, url=URL, content_type=content_type)
        assert isinstance(found, Split)
        assert not difference(found, keep, whole, content_type), path
        # By what the split says: an item dated ahead is not remembered under its own hash.
        known = {item.hash for place, item in enumerate(found.items) if place not in keep}
        part = parse_new(body, url=URL, content_type=XML, now=NOW, limit=10_000, known=known)
        assert part.whole is None, path
        assert_part_of(part.entries, known, whole, found, NOW)
        third = parse_new(
            body, url=URL, content_type=XML, now=NOW, limit=10_000, known=[item.hash for item in found.items]
        )
        assert (third.entries, third.whole) == ((), None), path
        told["several"] += len(hashes) > 1
    assert told["apart"] > 1_500
    assert told["several"] > 140
    assert not {"loosely-read", "miscounted"} & told.keys()


@pytest.mark.slow
def test_ten_months_of_six_newspapers_tell_the_same_read_in_part() -> None:
    """The series in the order of its polls: the same articles are new, and the same are edited, poll by poll."""
    series: dict[str, list[tuple[datetime, Path]]] = {}
    for path in documents():
        if path.parent == SERIES and (poll := _poll(path.read_bytes())):
            series.setdefault(poll[0], []).append((poll[1], path))
    told: Counter[Novelty] = Counter()
    parsed = in_documents = 0
    for name, polls in sorted(series.items()):
        in_part, in_whole = Memory(Feed(name, URL)), Memory(Feed(name, URL))
        known: dict[bytes, bytes] = {}
        for now, path in sorted(polls):
            body = path.read_bytes()
            part = parse_new(body, url=URL, content_type=XML, now=now, limit=5_000, known=known.keys())
            whole = Read(body)
            assert_part_of(part.entries, known, whole, split(body, url=URL, content_type=XML), now)
            known = {hash_: known.get(hash_, b"") if key is None else key for hash_, key in part.items}
            news = in_whole.tell([one for one in whole.made(now) if one], now)
            assert in_part.tell(part.entries, now, known) == news, path
            told.update(what for what, *_ in news)
            parsed, in_documents = parsed + len(part.entries), in_documents + part.count
    assert len(series) >= 6
    assert told[Novelty.NEW] > 5_000
    assert told[Novelty.EDITED] > 100
    assert parsed < in_documents


def _poll(body: bytes) -> tuple[str, datetime] | None:
    """The feed that a document of the series is a poll of, and when it was made."""
    title = re.search(rb"<title>(.*?)</title>", body)
    made = re.search(rb"<lastBuildDate>(.*?)</lastBuildDate>", body)
    return (title[1].decode(), parsedate_to_datetime(made[1].decode())) if title and made else None


@pytest.mark.slow
async def test_every_collected_document_is_read_or_refused_within_its_deadline() -> None:
    pool, turns = ParserPool(Bounds()), asyncio.Semaphore(8)

    async def outcome(body: bytes) -> str:
        async with turns:
            try:
                await pool.parse(body, url=URL, content_type=XML, now=NOW, known={})
            except FetchError as error:
                return error.reason
            return "read"

    try:
        outcomes = await asyncio.gather(*(outcome(path.read_bytes()) for path in documents()))
    finally:
        await pool.close()
    assert set(outcomes) <= {"read", "not-a-feed", "html-not-feed", "empty"}
    assert outcomes.count("read") > 0.9 * len(outcomes)


@pytest.mark.slow
def test_items_of_real_feeds_mixed_in_one_document_read_the_same_in_part() -> None:
    """Most real documents at hand have one item: here they stand side by side and may disturb each other."""
    chance = random.Random(7)
    pool: dict[str, set[str]] = {"rss": set(), "feed": set()}
    for path in documents():
        body = path.read_bytes()
        found = split(body, url=URL, content_type=XML)
        kind = "feed" if isinstance(found, Split) and b"<feed" in found.head else "rss"
        if isinstance(found, Split) and b"<rdf:" not in found.head and body.isascii():
            pool[kind] |= {body[item.start : item.end].decode() for item in found.items[:3]}
    compared = 0
    for kind, items in pool.items():
        before, after = HEADS[kind]
        alone = [one for one in sorted(items) if isinstance(_made(before, [one], after), Split)]
        for _ in range(300):
            found = _made(before, chance.sample(alone, 8), after)
            if isinstance(found, Split):
                assert not difference(found, {place for place in range(8) if chance.random() < 0.4}, Read(found.body))
                compared += 1
    assert compared > 350


def _made(before: str, items: Sequence[str], after: str) -> Split | Refusal:
    return split((before + "\n".join(items) + after).encode(), url=URL, content_type=XML)
