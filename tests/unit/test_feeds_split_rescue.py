"""A document that brings the parser down is read piece by piece: the good items come through, the bad one is named."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from riskbot.errors import FetchError
from riskbot.feeds.child import answer
from riskbot.feeds.failures import failure
from riskbot.feeds.parse import Parsed, parse_new
from riskbot.feeds.split_rescue import UNREAD, rescue

NOW = datetime(2025, 11, 17, 12, 0, tzinfo=UTC)
URL = "https://news.example/feed.xml"
HEADER = {"kind": "feed", "url": URL, "content_type": None, "now": NOW.isoformat(), "limit": 5_000, "known": ""}


def _rss(*titles: str) -> bytes:
    items = "".join(f"<item><title>{title}</title><link>https://n.example/{title}</link></item>" for title in titles)
    return f'<rss version="2.0"><channel><title>c</title><ttl>5</ttl>{items}</channel></rss>'.encode()


class Child:
    """A child that reads as the real one does, but goes down over whatever is called `bad`."""

    def __init__(self, body: bytes, takes: float = 0.01, reason: str = "parse-timeout") -> None:
        self.body, self.takes, self.reason = body, takes, reason
        self.header = HEADER
        self.down = 0
        self.asked = 0

    async def __call__(self, changed: Mapping[str, object], deadline: float) -> tuple[dict[str, Any], float]:
        header = {**self.header, **changed}
        self.asked += 1
        reply = answer(header, self.body)
        if header["kind"] == "feed" and any("bad" in one["title"] for one in reply["entries"]):
            self.down += 1
            raise failure(self.reason, URL, f"{deadline:g}")
        return reply, self.takes


async def _rescued(child: Child, known: tuple[bytes, ...] = ()) -> Parsed:
    child.header = HEADER | {"known": b"".join(known).hex()}
    return await rescue(child, failure("parse-timeout", URL, "5"), known, 5.0)


def _names(parsed: Parsed) -> list[str]:
    return [one.title for one in parsed.entries]


@pytest.mark.parametrize("count", [2, 3, 17, 50, 400])
@pytest.mark.parametrize("at", ["first", "last", "amid"])
async def test_all_but_the_bad_item_come_through_in_their_order(count: int, at: str) -> None:
    titles = [f"t{number}" for number in range(count)]
    titles[{"first": 0, "last": -1, "amid": count // 2}[at]] = "bad"
    child = Child(_rss(*titles))
    parsed = await _rescued(child)
    assert _names(parsed) == [title for title in titles if title != "bad"]
    assert (parsed.count, parsed.whole) == (count, UNREAD)
    assert parsed.lost is not None
    assert f"1 of {count} entries could not be read" in parsed.lost
    assert "because of the entry that begins “bad https://n.example/bad”" in parsed.lost
    assert len(parsed.items) == count - 1, "what was not read is not remembered, and so is read again"
    assert parsed.wishes is not None
    assert child.down <= 3


async def test_what_was_read_is_known_afterwards_as_if_nothing_had_happened() -> None:
    parsed = await _rescued(Child(_rss("a", "bad", "b", "c")))
    well = parse_new(_rss("a", "b", "c"), url=URL, content_type=None, now=NOW, limit=10, known=())
    assert parsed.items == well.items


async def test_known_items_are_not_read_again_and_stay_known() -> None:
    known = parse_new(_rss("a", "b"), url=URL, content_type=None, now=NOW, limit=10, known=())
    hashes = tuple(hash_ for hash_, _ in known.items)
    parsed = await _rescued(Child(_rss("c", "bad", "a", "d", "b")), hashes)
    assert _names(parsed) == ["c", "d"]
    assert [key is None for _, key in parsed.items] == [False, True, False, True]


@pytest.mark.parametrize("titles", [("bad",), ("bad", "bad too")])
async def test_a_document_of_which_nothing_can_be_read_fails_for_the_first_reason_and_names_what_it_is(
    titles: tuple[str, ...],
) -> None:
    with pytest.raises(FetchError, match=r"took longer than 5 s .* because of the entry that begins “bad") as caught:
        await _rescued(Child(_rss(*titles), reason="parse-memory"))
    assert caught.value.reason == "parse-timeout"


async def test_an_item_that_stays_bad_fails_the_next_poll_without_being_tried_twice() -> None:
    first = await _rescued(Child(_rss("a", "bad")))
    child = Child(_rss("a", "bad"))
    with pytest.raises(FetchError, match="begins “bad"):
        await _rescued(child, tuple(hash_ for hash_, _ in first.items))
    assert child.down == 0


async def test_a_document_too_long_for_one_poll_is_read_as_far_as_time_allows() -> None:
    titles = [f"t{number}" for number in range(160)]
    child = Child(_rss(*titles), takes=3.0)
    parsed = await _rescued(child)
    assert 0 < len(parsed.entries) < 160
    assert _names(parsed) == titles[: len(parsed.entries)]
    assert len(parsed.items) == len(parsed.entries)
    assert child.asked <= 4
    rest = await _rescued(Child(_rss(*titles)), tuple(hash_ for hash_, _ in parsed.items))
    assert (_names(rest), rest.whole, rest.lost) == (titles[len(parsed.entries) :], None, None)


async def test_the_parser_is_not_brought_down_without_end() -> None:
    child = Child(_rss(*(f"bad {number}" for number in range(100))))
    with pytest.raises(FetchError):
        await _rescued(child)
    assert child.down <= 4


async def test_what_cannot_be_taken_apart_is_not_rescued() -> None:
    child = Child(b"<!DOCTYPE rss>" + _rss("a", "bad"))
    with pytest.raises(FetchError, match=r"took longer than 5 s to parse and was given up$"):
        await _rescued(child)
    assert child.asked == 1


async def test_other_failures_are_not_for_us_to_mend() -> None:
    child = Child(_rss("a"))
    for reason in ("no-parser", "too-many-entries", "html-not-feed"):
        with pytest.raises(FetchError) as caught:
            await rescue(child, failure(reason, URL), (), 5.0)
        assert caught.value.reason == reason
    assert child.asked == 0
