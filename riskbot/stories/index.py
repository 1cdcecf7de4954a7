"""The keys of the live stories, in memory.

What always holds: what is looked at for one article is bounded, however many stories there are and however often one
of them moved; a story that is gone is not found, and leaves no trace once the index was swept. The rows are those that
a table (key, story, time) would hold, by the hour.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable

from riskbot.stories.keys import NEAREST, ROWS

_STEPS = 8 * NEAREST  # rows that are walked over on either side, of stories that are gone or were seen already
_NUMBERS = 1 << 40  # numbers of stories
_EPOCH = 1 << 32  # hours; puts times before 1970 above 0, which stands for no time


class Index:
    """Which stories have which keys, and when."""

    def __init__(self) -> None:
        self._rows: dict[str, list[int]] = {}  # key → hour and number of the story as one integer, in order

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, number: int, keys: Iterable[str], hours: float | None) -> None:
        """An article of the story with this number has these keys."""
        row = _row(number, hours)
        for key in keys:
            rows = self._rows.setdefault(key, [])
            place = bisect_left(rows, row)
            if place == len(rows) or rows[place] != row:
                rows.insert(place, row)

    def find(
        self, keys: Iterable[str], hours: float | None, lives: Callable[[int], bool]
    ) -> list[tuple[str, int, float | None]]:
        """For each key, in order, the stories nearest in time on either side, and undated ones: key, number, hour.

        At most `ROWS` of them; an article that has no time itself finds the latest.
        """
        found: list[tuple[str, int, float | None]] = []
        for key in keys:
            rows = self._rows.get(key)
            if rows is None:
                continue
            dated = bisect_left(rows, _NUMBERS) if rows[0] < _NUMBERS else 0
            here = len(rows) if hours is None else bisect_left(rows, _row(0, hours))
            seen: set[int] = set()
            for walk in (
                range(here - 1, max(dated, here - _STEPS) - 1, -1),
                range(here, min(len(rows), here + _STEPS)),
                range(dated - 1, max(0, dated - _STEPS) - 1, -1),
            ):
                enough = len(seen) + NEAREST
                for place in walk:
                    hour, number = divmod(rows[place], _NUMBERS)
                    if number not in seen and lives(number):
                        seen.add(number)
                        found.append((key, number, float(hour - _EPOCH) if hour else None))
                        if len(seen) == enough:
                            break
            if len(found) >= ROWS:
                return found[:ROWS]
        return found

    def sweep(self, lives: Callable[[int], bool]) -> None:
        """Forget the stories that are gone."""
        kept = {key: [row for row in rows if lives(row % _NUMBERS)] for key, rows in self._rows.items()}
        self._rows = {key: rows for key, rows in kept.items() if rows}


def _row(number: int, hours: float | None) -> int:
    return (0 if hours is None else int(hours) + _EPOCH) * _NUMBERS + number
