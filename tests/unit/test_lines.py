"""Articles as lines of JSON: what is read, and what is said of a line that is none."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbot.errors import ArticleFileError
from riskbot.usecases import lines
from riskbot.usecases.lines import Chunk, chunks, parse, published


def line_of(**fields: object) -> bytes:
    return json.dumps({"id": "a1", "title": "A memo"} | fields).encode()


class Trickle:
    """A pipe that brings these pieces, one at a time."""

    def __init__(self, *pieces: bytes) -> None:
        self._pieces = list(pieces)

    def read(self, size: int, /) -> bytes:
        return self._pieces.pop(0) if self._pieces else b""


def test_fields_are_kept_as_given_and_missing_ones_are_unknown() -> None:
    read = parse(line_of(text="  Two\r\n lines\u00ad ", outlet="FT", url="HTTPS://ft.com/a?utm_source=x"), 1)
    assert read is not None
    article = read.article
    assert (article.title, article.text) == ("A memo", "  Two\r\n lines\u00ad ")
    assert (article.outlet, article.published) == ("FT", None)
    bare = parse(line_of(title=None, text="A memo", url=None, outlet=None), 1)
    assert bare is not None
    assert (bare.article.title, bare.article.outlet) == ("", None)


@pytest.mark.parametrize("id_", ["a1", "007", 7, 0, 1.5, 10**30])
def test_an_id_is_given_back_as_it_came(id_: object) -> None:
    read = parse(line_of(id=id_), 1)
    assert read is not None
    assert read.id == id_
    assert type(read.id) is type(id_)
    assert read.article.id == str(id_)


@pytest.mark.parametrize("blank", [b"", b"  ", b"\r", b"\t"])
def test_an_empty_line_is_no_article(blank: bytes) -> None:
    assert parse(blank, 1) is None


def test_what_some_tools_write_for_nothing_is_nothing() -> None:
    read = parse(b'{"id": 1, "title": "A memo", "text": NaN}', 1)
    assert read is not None
    assert read.article.text == ""


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (b"{", "no JSON object"),
        (b"plain text", "no JSON object"),
        (b"[1]", "is a list"),
        (b"null", "is null"),
        (b'"text"', "is a text"),
        (b"true", "is true or false"),
        (b"12", "is a number"),
        (b'{"title": "A memo"}', "has no id"),
        (b'{"id": null, "title": "A memo"}', "has no id"),
        (b'{"id": "", "title": "A memo"}', "has no id"),
        (b'{"id": NaN, "title": "A memo"}', "has no id"),
        (b'{"id": true, "title": "A memo"}', "id is true or false"),
        (b'{"id": {}, "title": "A memo"}', "id is an object"),
        (b'{"id": 1}', "neither title nor text"),
        (b'{"id": 1, "title": null, "text": null}', "neither title nor text"),
        (b'{"id": 1, "title": 5}', "title is a number"),
        (b'{"id": 1, "title": "A memo", "url": []}', "url is a list"),
        (b'{"id": 1, "title": "caf\xe9"}', "not UTF-8"),
        (b"[" * 100_000, "beyond all measure"),
        (b'{"id": ' + b"9" * 5000 + b', "title": "x"}', "beyond all measure"),
    ],
)
def test_a_line_that_is_no_article_is_named_with_its_number_and_a_mend(given: bytes, said: str) -> None:
    with pytest.raises(ArticleFileError) as refused:
        parse(given, 17)
    assert str(refused.value).startswith("line 17")
    assert said in str(refused.value)
    assert refused.value.mend
    assert refused.value.exit_status == 2


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2023-09-06T06:23:00+00:00", datetime(2023, 9, 6, 6, 23, tzinfo=UTC)),
        ("2023-04-18 04:00:48+00:00", datetime(2023, 4, 18, 4, 0, 48, tzinfo=UTC)),
        ("2012-06-28", datetime(2012, 6, 28, tzinfo=UTC)),
        ("2025-11-16T23:08:17-05:00", datetime(2025, 11, 17, 4, 8, 17, tzinfo=UTC)),
        ("Mon, 17 Nov 2025 04:08:17 GMT", datetime(2025, 11, 17, 4, 8, 17, tzinfo=UTC)),
        ("17 Nov 2025 04:08:17 -0500", datetime(2025, 11, 17, 9, 8, 17, tzinfo=UTC)),
        ("yesterday", None),
        ("", None),
        ("Mon, 99 Nov 2025 04:08:17 GMT", None),
        ("0001-01-01T00:00:00+14:00", None),
        (1_700_000_000, None),
        (None, None),
        ({}, None),
    ],
)
def test_dates_are_iso_8601_or_rfc_2822_and_whatever_else_is_unknown(written: object, meant: datetime | None) -> None:
    assert published(written) == meant


@given(st.text())
def test_no_date_is_an_error(written: str) -> None:
    read = published(written)
    assert read is None or read.tzinfo is UTC


# ── lines out of bytes ───────────────────────────────────────────────────────────────────────────────────────────


def test_what_a_pipe_brings_is_handed_on_at_once_and_a_half_line_waits_for_its_end() -> None:
    came = list(chunks(Trickle(b"one\ntwo\nthr", b"e", b"e\n", b"four")))
    assert came == [Chunk(1, (b"one", b"two")), Chunk(3, (b"three",)), Chunk(4, (b"four",))]


def test_a_byte_order_mark_is_no_part_of_the_first_line() -> None:
    assert list(chunks(io.BytesIO(b"\xef\xbb\xbfone\n"))) == [Chunk(1, (b"one",))]


def test_only_a_line_feed_ends_a_line() -> None:
    assert list(chunks(io.BytesIO("a\u2028b\x85c\x0bd\re\n".encode()))) == [
        Chunk(1, ("a\u2028b\x85c\x0bd\re".encode(),))
    ]


def test_an_empty_source_has_no_lines() -> None:
    assert list(chunks(io.BytesIO(b""))) == []


def test_a_line_without_end_is_refused_before_it_fills_the_memory() -> None:
    piece = b"x" * 5_000_000
    endless = iter(chunks(Trickle(b"one\n", *[piece] * 1000)))
    assert next(endless) == Chunk(1, (b"one",))
    with pytest.raises(ArticleFileError, match="line 2 is longer than 50 MB"):
        next(endless)
    assert lines.LONGEST_LINE == 50_000_000


@given(st.lists(st.binary().map(lambda piece: piece.replace(b"\xef\xbb\xbf", b"")), max_size=8))
def test_however_the_bytes_come_the_lines_and_their_numbers_are_the_same(pieces: list[bytes]) -> None:
    given_ = [piece for piece in pieces if piece]
    whole = b"".join(given_)
    if whole.startswith(b"\xef\xbb\xbf"):
        return  # a mark that pieces tear apart at the very beginning
    came = [(chunk.first + n, text) for chunk in chunks(Trickle(*given_)) for n, text in enumerate(chunk.lines)]
    wanted = list(enumerate(whole.split(b"\n"), 1))
    if not wanted[-1][1]:
        wanted.pop()
    assert came == wanted
