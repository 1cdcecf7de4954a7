"""Passages that stand twice in one text: of several copies, one stays.

What always holds: nothing is lost. Each window of words has one best place: in the shortest line, since a body pasted
as one endless line yields to the copy with paragraphs; then the first; and never in a sentence that is broken off, if
it stands whole elsewhere. A sentence is a repeat only when all its windows have their best place elsewhere, in
sentences that stay. Time is linear in the text.

Method: w-shingling (Broder 1997, "On the resemblance and containment of documents"), here of words and with whole
sentences as what is cut, because half a sentence misleads. A sentence broken off with an ellipsis ends one word early.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from riskbot.text.normalise import fold
from riskbot.text.pagelines import Furniture
from riskbot.text.sentences import paragraphs, sentences

WINDOW = 8  # words; fewer recur by chance ("according to a report by the Financial Times")
SHORT = 40  # characters; a shorter sentence may well stand twice on purpose
_WORDS = re.compile(
    "[\u0e00-\u0eff\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\\W_\u0e00-\u0eff\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff]+"
)
# Letters, signs and blanks of which folding makes at least as many words as `_WORDS` does: no marks, no script without
# blanks, nothing invisible.
_PLAIN = re.compile(
    "[\t\n\r -~\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u052f"
    "\u2010-\u2027\u2030-\u205e\u20a0-\u20cf\u2190-\u27ff]*+"
)
_BROKEN_OFF = re.compile(r"(?:…|\.\.\.|\[(?:…|\.\.\.|&hellip;)\])[\s\"'”’»)]*$")


@dataclass(slots=True)
class _Unit:
    """A sentence, or what other furniture leaves of it."""

    start: int
    end: int
    first: int  # its words, as indices of all the words
    last: int
    broken_off: bool  # ends with an ellipsis
    repeat: bool = False

    @property
    def short(self) -> bool:
        """Whether it may well stand twice on purpose; in scripts without blanks a letter counts as a word."""
        return self.end - self.start < SHORT and self.last - self.first < 2 * WINDOW

    @property
    def windows(self) -> range:
        """The windows inside, by their first words; the last word of a broken-off sentence may be half a word."""
        return range(self.first, max(self.first, self.last - WINDOW + 1 - self.broken_off))


def repeats(text: str, taken: Sequence[tuple[int, int]]) -> Iterator[Furniture]:
    """The passages that stand a second time. `taken`: ranges to leave out, in order, not overlapping."""
    if _is_free_of_repeats(text):
        return
    units, words, starts = _units(text, taken)
    if len(words) < 2 * WINDOW:
        return
    costs = _line_lengths(text, starts)
    for unit in units:
        if unit.broken_off:  # it yields to the whole sentence
            for i in range(unit.first, unit.last):
                costs[i] += len(text)
    places = _best_places(words, costs)
    owner = [unit for unit in units for _ in range(unit.first, unit.last)]
    for unit in units:
        if not unit.short:
            unit.repeat = bool(unit.windows) and all(places[i] != i for i in unit.windows)
    for unit in units:  # what a repeat repeats must itself stay
        if unit.repeat:
            gone = (owner[places[i]].repeat or owner[places[i] + WINDOW - 1].repeat for i in unit.windows)
            unit.repeat = not any(gone)
    _take_short_ones(text, units)
    passage: Furniture | None = None
    for unit in units:
        if not unit.repeat:
            continue
        if passage and not text[passage.end : unit.start].strip():
            passage = Furniture(passage.start, unit.end, "repeat")
            continue
        if passage:
            yield passage
        passage = Furniture(unit.start, unit.end, "repeat")
    if passage:
        yield passage


def _is_free_of_repeats(text: str) -> bool:
    """Whether no window of words stands twice, found without looking for sentences: so it is with most texts.

    Folding takes more words for the same than we do, and parts more of them, so what repeats for us repeats here too.
    """
    if not _PLAIN.fullmatch(text):
        return False
    words = fold(text).text.split()
    windows = list(zip(*(words[i:] for i in range(WINDOW)), strict=False))
    return len(set(windows)) == len(windows)


def _units(text: str, taken: Sequence[tuple[int, int]]) -> tuple[list[_Unit], list[str], list[int]]:
    """Sentences cut at what is taken, and all their words with their places."""
    units: list[_Unit] = []
    words: list[str] = []
    starts: list[int] = []
    k = 0
    for start, end in sentences(text):
        pieces = []
        while k < len(taken) and taken[k][1] <= start:
            k += 1
        position, j = start, k
        while j < len(taken) and taken[j][0] < end:
            if taken[j][0] > position:
                pieces.append((position, taken[j][0]))
            position = max(position, taken[j][1])
            j += 1
        if position < end:
            pieces.append((position, end))
        for left, right in pieces:
            first = len(words)
            for match in _WORDS.finditer(text, left, right):
                words.append(match[0].casefold())
                starts.append(match.start())
            if len(words) > first:
                written = text[left:right]
                left += len(written) - len(written.lstrip())
                written = written.strip()
                broken_off = bool(_BROKEN_OFF.search(written[-12:]))
                units.append(_Unit(left, left + len(written), first, len(words), broken_off))
    return units, words, starts


def _best_places(words: list[str], costs: list[int]) -> list[int]:
    """For the window that begins at each word, where its best place is: the cheapest, then the first."""
    numbers: dict[str, int] = {}
    ids = [numbers.setdefault(word, len(numbers)) for word in words]
    windows = [hash(window) for window in zip(*(ids[i:] for i in range(WINDOW)), strict=False)]
    best: dict[int, int] = {}
    for i, window in enumerate(windows):
        known = best.setdefault(window, i)
        if costs[i] < costs[known]:
            best[window] = i
    return [best[window] for window in windows]


def _line_lengths(text: str, starts: list[int]) -> list[int]:
    """For each word the length of its line."""
    lengths: list[int] = []
    i = 0
    for start, end in paragraphs(text):
        while i < len(starts) and starts[i] < end:
            lengths.append(end - start)
            i += 1
    return lengths


def _take_short_ones(text: str, units: list[_Unit]) -> None:
    """A short sentence goes with the repeats beside it, as long as one copy of it stays."""
    short = [unit for unit in units if unit.short]
    copies: dict[str, list[_Unit]] = {}
    for unit in short:
        copies.setdefault(" ".join(_WORDS.findall(text[unit.start : unit.end].casefold())), []).append(unit)
    wanted = set()
    for i, unit in enumerate(units):
        beside = (i > 0 and units[i - 1].repeat) or (i + 1 < len(units) and units[i + 1].repeat)
        if beside and unit.short:
            wanted.add(id(unit))
    for same in copies.values():
        going = [unit for unit in same if id(unit) in wanted]
        if len(going) < len(same):
            for unit in going:
                unit.repeat = True
