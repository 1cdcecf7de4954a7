"""Which known items may have the id of a new one behind them.

Of entries with one id the first counts (`policy/novelty.py`), so a new item behind a known one with its id is nothing
new: whoever reads only what is new must read that one again, too. What always holds: a known item with the id of a new
one behind it is found; one that only seems to hold that id may be found in vain, and is read again without harm.
Deliberately absent: reading what an item's id is, which takes a parser.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping

from riskbot.feeds.split import Split

# Written the same in every encoding that a document is taken apart in, and seldom escaped.
_PLAIN = re.compile(r"[A-Za-z0-9._~:/?#@!$*+,;=%()-]+")


def rivals(found: Split, ids: Mapping[int, str]) -> list[int]:
    """The places of such items, in order. `ids` are the new items' own, by place; empty where one has none."""
    known = [place for place in range(max(ids)) if place not in ids]
    starts = [found.items[place].start for place in known]
    places: set[int] = set()
    for place, identity in ids.items():
        end = found.items[place].start
        before = bisect_right(starts, end)
        if not before or not identity:
            continue
        plain = max(_PLAIN.findall(identity), key=len, default="").encode()
        if not plain:
            places.update(known[:before])
            continue
        at = found.body.find(plain, starts[0], end)
        while at >= 0:
            holder = known[bisect_right(starts, at) - 1]
            if at < found.items[holder].end and _stands_alone(found.body, at, at + len(plain)):
                places.add(holder)
            at = found.body.find(plain, at + len(plain), end)
    return sorted(places)


def _stands_alone(body: bytes, start: int, end: int) -> bool:
    """Whether these bytes are no mere part of a longer number or word."""
    return not body[start - 1 : start].isalnum() and not body[end : end + 1].isalnum()
