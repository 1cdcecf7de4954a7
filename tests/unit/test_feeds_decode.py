"""Unpacking within a bound."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbot.feeds.decode import BadEncodingError, TooLargeError, Unpacker
from tests.feedserver import bomb


def _unpack(encoding: str, data: bytes, limit: int = 10_000, step: int = 7) -> bytes:
    unpacker = Unpacker(encoding, limit)
    for start in range(0, len(data), step):
        unpacker.feed(data[start : start + step])
    return unpacker.finish()


def _bare(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


@given(st.binary(max_size=2_000), st.integers(1, 700))
def test_what_was_packed_comes_back_however_it_arrives(data: bytes, step: int) -> None:
    assert _unpack("gzip", gzip.compress(data), step=step) == data
    assert _unpack("x-gzip", gzip.compress(data), step=step) == data
    assert _unpack("deflate", zlib.compress(data), step=step) == data
    assert _unpack("deflate", _bare(data), step=step) == data
    assert _unpack("", data, step=step) == data
    assert _unpack("identity", data, step=step) == data


def test_nothing_follows_a_deflate_stream() -> None:
    assert _unpack("deflate", zlib.compress(b"news") + b"more") == b"news"


@pytest.mark.parametrize("encoding", ["GZIP", " gzip ", "identity, gzip", "gzip,", "X-Gzip"])
def test_a_label_may_be_sloppy(encoding: str) -> None:
    assert _unpack(encoding, gzip.compress(b"news")) == b"news"


def test_several_gzip_members_are_one_body_and_padding_after_them_is_none() -> None:
    assert _unpack("gzip", gzip.compress(b"one ") + gzip.compress(b"two") + b"\0" * 20) == b"one two"


def test_a_body_of_exactly_the_bound_passes_and_one_byte_more_does_not() -> None:
    assert len(_unpack("gzip", gzip.compress(bytes(5_000)), limit=5_000)) == 5_000
    assert len(_unpack("", bytes(5_000), limit=5_000)) == 5_000
    for encoding, body in (("gzip", gzip.compress(bytes(5_001))), ("", bytes(5_001))):
        with pytest.raises(TooLargeError):
            _unpack(encoding, body, limit=5_000)


def test_a_bomb_stops_at_the_bound_and_never_holds_more() -> None:
    packed = bomb()
    assert len(packed) < 2 << 20
    tracemalloc.start()
    try:
        with pytest.raises(TooLargeError):
            _unpack("gzip", packed, limit=10_000_000, step=65_536)
        assert tracemalloc.get_traced_memory()[1] < 40_000_000
    finally:
        tracemalloc.stop()


def test_a_train_of_empty_members_ends() -> None:
    with pytest.raises(TooLargeError):
        _unpack("gzip", gzip.compress(b"") * 1_100, limit=1_000_000, step=1 << 20)


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "gzip, br", "nonsense"])
def test_an_encoding_that_was_not_asked_for_is_refused(encoding: str) -> None:
    with pytest.raises(BadEncodingError):
        Unpacker(encoding, 10)


def test_bytes_that_are_not_what_their_label_says_are_refused() -> None:
    with pytest.raises(BadEncodingError):
        _unpack("gzip", b"<rss/>")


def test_a_packed_body_that_ends_too_early_is_not_a_body() -> None:
    with pytest.raises(EOFError):
        _unpack("gzip", gzip.compress(b"x" * 500)[:-9])
