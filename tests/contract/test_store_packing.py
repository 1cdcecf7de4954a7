"""What is packed into one value of a row comes out as it went in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbot.errors import StoreError
from riskbot.model import FeedState, Wishes
from riskbot.store.base import Found
from riskbot.store.feed_values import feed_state, feed_values
from riskbot.store.items import PackedItems, pack, unpack

ITEMS = st.dictionaries(st.binary(max_size=32), st.binary(max_size=8), max_size=20)
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
WISHES = st.builds(
    Wishes,
    every=st.none() | st.timedeltas(timedelta(0), timedelta(days=999)),
    skip_hours=st.frozensets(st.integers(0, 23)),
    skip_days=st.frozensets(st.integers(0, 6)),
)


@given(ITEMS)
def test_items_come_back_as_they_were_packed_and_in_their_order(items: dict[bytes, bytes]) -> None:
    packed = pack(items)
    back = unpack(packed)
    assert back == items
    assert items == back
    assert list(back.items()) == list(items.items())
    assert len(back) == len(items)
    assert all(key in back and back[key] == value for key, value in items.items())
    assert pack(back) == packed


def test_what_came_packed_is_packed_without_being_looked_into() -> None:
    back = unpack(b"not what anybody packed")
    assert pack(back) == b"not what anybody packed"


def test_no_items_take_no_room() -> None:
    assert pack({}) is None
    assert pack(PackedItems(b"")) is None
    assert unpack(None) == {}


def test_fifty_items_take_about_two_kilobytes() -> None:
    assert len(pack({bytes([n]) * 32: b"12345678" for n in range(50)}) or b"") <= 50 * 42


@pytest.mark.parametrize("items", [{b"h" * 33: b""}, {b"": b"k" * 9}])
def test_an_item_that_would_be_cut_short_is_refused(items: dict[bytes, bytes]) -> None:
    with pytest.raises(StoreError, match="at most 32 bytes"):
        pack(items)


@given(WISHES, st.lists(MOMENTS, max_size=5), ITEMS)
def test_a_state_comes_back_out_of_its_columns(
    wishes: Wishes, arrivals: list[datetime], items: dict[bytes, bytes]
) -> None:
    state = replace(FeedState("a"), wishes=wishes, arrivals=tuple(arrivals), items=items)
    row = SimpleNamespace(name="a", **feed_values(state))
    assert feed_state(cast("Found", row)) == state
