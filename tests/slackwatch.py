"""What is in hand at the local Slack, and what a bot must never do: counted, not refused.

What always holds: a sender whose connection is gone by a tenth of a second later counts as dead, for a farewell and
the next sender's first word may be read in either order.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from aiohttp import web

BURST = 1  # Slack lets short bursts pass; a process that starts anew cannot know when the dead one last spoke


class Call:
    """One request, and whether there is still somebody who waits for its answer."""

    def __init__(self, request: web.Request, channel: str) -> None:
        self.request = request
        self.channel = channel  # the id of the channel that it writes to; empty: it only reads
        self.answered = False

    @property
    def waited_for(self) -> bool:
        transport = self.request.transport
        return not self.answered and transport is not None and not transport.is_closing()

    async def given_up(self, closing: asyncio.Event) -> None:
        """Return when nobody waits for the answer any more, or the server closes."""
        while self.waited_for and not closing.is_set():  # noqa: ASYNC110  nobody tells of a connection's end
            await asyncio.sleep(0.01)


class Watch:
    """The calls in hand."""

    def __init__(self, rate: float | None, clock: Callable[[], float]) -> None:
        self.rate = rate  # messages a second and channel beyond which `too_fast` counts; None: not counted
        self.together: list[str] = []  # the channel of each write that began while another one's sender waited
        self.too_fast: list[str] = []  # the channel of each write beyond the rate
        self._clock = clock
        self._calls: set[Call] = set()
        self._came: dict[str, deque[float]] = {}  # channel → when its last writes arrived

    def begin(self, call: Call) -> None:
        if call.channel:
            others = [each for each in self._calls if each.channel == call.channel and each.waited_for]
            if others:
                asyncio.get_running_loop().call_later(0.1, self._judge, others, call.channel)
            self._pace(call.channel)
        self._calls.add(call)

    def end(self, call: Call, *, answered: bool) -> None:
        call.answered = answered
        self._calls.discard(call)

    async def quiet(self) -> None:
        """Return when nothing is in hand any more: whatever a dead process had sent has arrived."""
        while self._calls:  # noqa: ASYNC110  as long as a call takes, no more
            await asyncio.sleep(0.01)

    def _judge(self, others: list[Call], channel: str) -> None:
        if any(each.answered or each.waited_for for each in others):
            self.together.append(channel)

    def _pace(self, channel: str) -> None:
        if self.rate is None:
            return
        came, now = self._came.setdefault(channel, deque()), self._clock()
        while came and came[0] <= now - 1:
            came.popleft()
        came.append(now)
        if len(came) > self.rate + BURST:
            self.too_fast.append(channel)
