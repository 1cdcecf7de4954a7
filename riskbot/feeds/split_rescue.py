"""A document that could not be parsed within its deadline, read once more piece by piece.

What always holds: an item that brings the parser down costs itself and not its neighbours, and is named; what was read
is remembered and what was not is asked for again at the next poll, so that a document too long for one poll is read in
several; the second reading takes at most about twice the deadline, and brings the parser down at most four times. A
document of which nothing new could be read is a failure, for the reason that the first reading failed for.

Deliberately absent: parsing and child processes, which `ask` stands for.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from riskbot.errors import FetchError
from riskbot.feeds.child import unpack
from riskbot.feeds.parse import Parsed

# Header fields that differ from those of the first reading, and a deadline → the reply, and the seconds it took.
Ask = Callable[[Mapping[str, object], float], Awaitable[tuple[dict[str, Any], float]]]

UNREAD = "unread-items"  # said of a document of which only a part could be read
_DOWN = frozenset({"parse-timeout", "parse-memory", "parse-crashed"})
_PARTS = 16  # that many items, or a piece of them that cannot be read, are taken apart into
_MOST_DOWN = 4


async def rescue(ask: Ask, failed: FetchError, known: Collection[bytes], deadline: float) -> Parsed:
    """What can be read of a document whose first reading `failed`; raises that where nothing new can."""
    if failed.reason not in _DOWN:
        raise failed
    reply, spent = await ask({"kind": "items"}, deadline)
    new: dict[bytes, str] = {bytes.fromhex(hash_): beginning for hash_, beginning in reply["items"].items()}
    if len(new) < 2:
        raise _naming(failed, [*new.values()])
    groups, read, at_fault = deque(_parts([*new])), list[Parsed](), list[bytes]()
    down = 0
    while groups and down < _MOST_DOWN and spent < 2 * deadline:
        group = groups.popleft()
        others = {*known, *new} - {*group}
        try:
            reply, took = await ask({"known": b"".join(others).hex()}, deadline / 2)
        except FetchError as error:
            if error.reason not in _DOWN:
                raise
            down, spent = down + 1, spent + deadline / 2
            if len(group) > 1:  # one of them is at fault, and found once the others are read
                groups += _parts(group)
            else:
                at_fault += group
            continue
        spent += took
        read.append(unpack(reply))
        if read[-1].whole:
            return read[-1]
    failed = _naming(failed, [new[hash_] for hash_ in at_fault])
    if not read:
        raise failed
    return _together(read, known, failed)


def _parts(hashes: Sequence[bytes]) -> list[Sequence[bytes]]:
    size = -(-len(hashes) // _PARTS)
    return [hashes[at : at + size] for at in range(0, len(hashes), size)]


def _together(read: Sequence[Parsed], known: Collection[bytes], failed: FetchError) -> Parsed:
    # Each has all items, in the document's order, and keys for those that it read.
    items: list[tuple[bytes, bytes | None]] = []
    for versions in zip(*(one.items for one in read), strict=True):
        keyed = next((version for version in versions if version[1] is not None), versions[0])
        if keyed[1] is not None or keyed[0] in known:
            items.append(keyed)
    in_order = sorted(read, key=_first)
    entries = tuple(entry for one in in_order for entry in one.entries)
    unread = read[0].count - len(items)
    if not unread:
        return replace(in_order[-1], entries=entries, items=tuple(items))
    lost = f"{unread} of {read[0].count:,} entries could not be read: {failed}"
    return replace(in_order[-1], entries=entries, items=tuple(items), whole=UNREAD, lost=lost)


def _first(read: Parsed) -> int:
    return next((place for place, (_, key) in enumerate(read.items) if key is not None), 0)


def _naming(failed: FetchError, beginnings: Sequence[str]) -> FetchError:
    """The failure with the items that are at fault."""
    if not beginnings:
        return failed
    named = " and ".join(f"the entry that begins “{beginning}”" for beginning in beginnings)
    return FetchError(failed.reason, f"{failed}, because of {named}", failed.mend)
