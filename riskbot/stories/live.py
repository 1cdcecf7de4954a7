"""The live stories of one run, kept in memory: for piles of articles that no database holds.

What always holds: memory is bounded: beyond `most` live stories the one that was quiet longest is let go, and of each
only the latest articles are kept, as sketches; the time an article takes does not grow with the number of stories.
Stories are numbered in the order in which they open. A story that was swallowed by an older one is gone, and what was
said of its articles before stays said.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from riskbot.model import Placement
from riskbot.stories.frequencies import Frequencies
from riskbot.stories.index import Index
from riskbot.stories.keys import keys, nominate
from riskbot.stories.placing import Candidate, place
from riskbot.stories.similarity import Weighed, weigh
from riskbot.stories.sketch import Sketch

MOST = 50_000  # live stories
MEMBERS = 20  # articles of a story that stand for it, the latest to come
WEIGHED = 20_000  # sketches whose words are kept weighed
_SWEEPS_FROM = 1000  # stories let go, at least, before the index is swept


class LiveStories:
    """Places articles one after the other."""

    def __init__(self, quiet_after: timedelta, frequencies: Frequencies | None = None, most: int = MOST) -> None:
        self._quiet_after = quiet_after
        self._frequencies = frequencies or Frequencies()
        self._most = most
        self._stories: OrderedDict[int, _Live] = OrderedDict()  # the one that moved last stands last
        self._index = Index()
        self._weighed: deque[_Member] = deque()
        self._opened = 0
        self._gone = 0  # stories since the index was swept

    def __len__(self) -> int:
        return len(self._stories)

    def place(self, sketch: Sketch, *, opens: bool) -> Placement:
        """Where an article belongs; kept there. `opens`: whether it may open a story, if it belongs to none."""
        member = _Member(sketch)
        own = self._weigh(member)
        keyed = keys(sketch, self._frequencies)
        found = nominate(self._index.find(keyed, own.hours, self._stories.__contains__), keyed, own.hours)
        among = [self._candidate(number) for number in found]
        placement = place(own, among, opens=opens, quiet_after=self._quiet_after)
        if placement.story is None:
            if not opens:
                return placement
            self._opened += 1
            placement = replace(placement, story=f"s{self._opened}")
        number = _number(placement.story or "")
        self._keep(number, [member], 1, keyed, own.hours)
        for younger in placement.merges:
            self._swallow(number, self._stories.pop(_number(younger)))
        while len(self._stories) > self._most:
            self._stories.popitem(last=False)
            self._let_go()
        return placement

    def _weigh(self, member: _Member) -> Weighed:
        if member.weighed is None:
            member.weighed = weigh(member.sketch, self._frequencies)
            self._weighed.append(member)
            if len(self._weighed) > WEIGHED:
                self._weighed.popleft().weighed = None
        return member.weighed

    def _candidate(self, number: int) -> Candidate:
        live = self._stories[number]
        return Candidate(f"s{number}", [self._weigh(member) for member in live.members], live.articles)

    def _keep(
        self, number: int, members: Iterable[_Member], articles: int, keyed: Iterable[str], hours: float | None
    ) -> None:
        live = self._stories.setdefault(number, _Live())
        live.members.extend(members)
        live.articles += articles
        self._stories.move_to_end(number)
        self._index.add(number, keyed, hours)

    def _swallow(self, number: int, younger: _Live) -> None:
        """What the younger story was found under finds the older one from now on."""
        self._stories[number].articles += younger.articles
        for member in younger.members:
            own = self._weigh(member)
            self._keep(number, [member], 0, keys(member.sketch, self._frequencies), own.hours)
        self._let_go()

    def _let_go(self) -> None:
        self._gone += 1
        if self._gone > max(_SWEEPS_FROM, len(self._stories)):
            self._index.sweep(self._stories.__contains__)
            self._gone = 0


class _Member:
    """An article of a live story; its words are weighed while it is compared often."""

    __slots__ = ("sketch", "weighed")

    def __init__(self, sketch: Sketch) -> None:
        self.sketch = sketch
        self.weighed: Weighed | None = None


class _Live:
    """A live story."""

    __slots__ = ("articles", "members")

    def __init__(self) -> None:
        self.members: deque[_Member] = deque(maxlen=MEMBERS)
        self.articles = 0


def _number(id_: str) -> int:
    return int(id_[1:])
