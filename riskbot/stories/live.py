"""The live stories of one run, kept in memory: for piles of articles that no database holds.

What always holds: a story takes only articles that share a company with it, or, where an article hits nothing, ones
near it in time; memory is bounded: beyond `most` live stories the one that was quiet longest is let go, and of each
only the latest articles are kept, long ones cut. Stories are numbered in the order in which they open.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice

from riskbot.model import Member, Placement, Reading, Story
from riskbot.stories.clustering import place
from riskbot.stories.similarity import Frequencies

MOST = 50_000  # live stories
LOOKED_AT = 50  # candidates for one article, the newest
MEMBERS = 20  # articles of a story that stand for it
CHARACTERS = 20_000  # kept of an article's text: what it tells stands at its beginning


class LiveStories:
    """Places articles one after the other."""

    def __init__(self, quiet_after: timedelta, frequencies: Frequencies | None = None, most: int = MOST) -> None:
        self._quiet_after = quiet_after
        self._frequencies = frequencies or Frequencies()
        self._most = most
        self._stories: OrderedDict[str, Story] = OrderedDict()  # the one that moved last stands last
        self._of_company: defaultdict[str, OrderedDict[str, None]] = defaultdict(OrderedDict)
        self._moved: dict[str, int] = {}  # when each story last moved, in articles placed
        self._placed = 0
        self._opened = 0

    def place(self, reading: Reading, *, always: bool = False) -> str | None:
        """The story an article belongs to, or None where it opens none. `always`: every article gets one."""
        if not reading.hits and not always:
            return None
        placement = place(reading, self._candidates(reading), self._frequencies)
        if placement.story is None:
            if not (placement.opens or always):
                return None
            self._opened += 1
            placement = replace(placement, story=f"s{self._opened}")
        self._keep(placement, reading)
        return placement.story

    def _candidates(self, reading: Reading) -> list[Story]:
        at = reading.article.at
        names = {hit.company for hit in reading.hits}
        ids: set[str] = set()
        for of_one in (
            [self._of_company[name] for name in names if name in self._of_company] if names else [self._moved]
        ):
            ids.update(islice(reversed(of_one), LOOKED_AT))
        newest = sorted(ids, key=self._moved.__getitem__, reverse=True)[:LOOKED_AT]
        found = [self._stories[id_] for id_ in newest]
        return [story for story in found if self._near(story, at)]

    def _near(self, story: Story, at: datetime | None) -> bool:
        times = [member.reading.article.at for member in story.members]
        return at is None or any(time is None or abs(time - at) <= self._quiet_after for time in times)

    def _keep(self, placement: Placement, reading: Reading) -> None:
        id_ = placement.story or ""
        story = self._stories.get(id_) or Story(id_, ())
        members = (*story.members, Member(_cut(reading), placement))[-MEMBERS:]
        self._stories[id_] = replace(story, members=members)
        self._stories.move_to_end(id_)
        self._placed += 1
        self._moved.pop(id_, None)  # so that it stands last here too
        self._moved[id_] = self._placed
        for company in _companies(story.members) - _companies(members):
            self._of_company[company].pop(id_, None)
        for hit in reading.hits:
            self._of_company[hit.company][id_] = None
            self._of_company[hit.company].move_to_end(id_)
        while len(self._stories) > self._most:
            gone, story = self._stories.popitem(last=False)
            del self._moved[gone]
            for company in _companies(story.members):
                self._of_company[company].pop(gone, None)


def _cut(reading: Reading) -> Reading:
    article = reading.article
    if len(article.text) <= CHARACTERS:
        return reading
    return replace(reading, article=replace(article, text=article.text[:CHARACTERS]))


def _companies(members: Sequence[Member]) -> set[str]:
    return {hit.company for member in members for hit in member.reading.hits}
