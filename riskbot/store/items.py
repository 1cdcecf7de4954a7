"""The items of a feed's last document, packed: thousands of feeds hold some fifty each, and most polls look at none.

What always holds: what is unpacked equals what was packed, in the same order; a mapping that came packed is written as
it came. Each item is a record of fixed width, so that unpacking is one pass in C.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping

from riskbot.errors import StoreError

HASH, KEY = 32, 8  # bytes: of an item's hash, and of its link's key; either may be shorter
# A Pascal string is its length in one byte, and room for as much as it may hold (Python's `struct`, format `p`).
RECORD = struct.Struct(f"{HASH + 1}p{KEY + 1}p")


class PackedItems(Mapping[bytes, bytes]):
    """What was packed, unpacked when somebody looks into it."""

    __slots__ = ("_unpacked", "packed")

    def __init__(self, packed: bytes) -> None:
        self.packed = packed
        self._unpacked: dict[bytes, bytes] | None = None

    @property
    def _items(self) -> dict[bytes, bytes]:
        if self._unpacked is None:
            self._unpacked = dict(RECORD.iter_unpack(self.packed))
        return self._unpacked

    def __getitem__(self, key: bytes) -> bytes:
        return self._items[key]

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._items)

    def __contains__(self, key: object) -> bool:
        return key in self._items

    def __len__(self) -> int:
        return len(self.packed) // RECORD.size

    def __repr__(self) -> str:
        return repr(self._items)


def pack(items: Mapping[bytes, bytes]) -> bytes | None:
    """The items as one value of a row; None when there are none. Raises StoreError for one that is too long."""
    if isinstance(items, PackedItems):
        return items.packed or None
    for hashed, key in items.items():
        if len(hashed) > HASH or len(key) > KEY:
            raise StoreError(
                f"an item's hash has at most {HASH} bytes and its key {KEY}, not {len(hashed)}, {len(key)}"
            )
    return b"".join(RECORD.pack(hashed, key) for hashed, key in items.items()) or None


def unpack(packed: bytes | None) -> Mapping[bytes, bytes]:
    """The items that were packed."""
    return PackedItems(packed) if packed else {}
