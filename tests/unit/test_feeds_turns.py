"""Taking turns."""

from __future__ import annotations

import asyncio

from riskbot.feeds.turns import Turns


class Crowd:
    """Who is inside, until they are let go."""

    def __init__(self, turns: Turns) -> None:
        self.turns = turns
        self.inside: list[str] = []
        self.let_go = asyncio.Event()
        self.tasks: list[asyncio.Task[None]] = []

    async def come(self, *hosts: str) -> None:
        self.tasks += [asyncio.create_task(self._one(host)) for host in hosts]
        for _ in range(10):
            await asyncio.sleep(0)

    async def _one(self, host: str) -> None:
        async with self.turns.turn(host):
            self.inside.append(host)
            await self.let_go.wait()

    async def leave(self) -> None:
        self.let_go.set()
        await asyncio.gather(*self.tasks)


async def test_each_host_and_all_together_have_so_many_places() -> None:
    crowd = Crowd(Turns(3, 2))
    await crowd.come("a", "a", "a", "b", "b", "c")
    assert crowd.inside == ["a", "a", "b"]
    await crowd.leave()
    assert sorted(crowd.inside) == ["a", "a", "a", "b", "b", "c"]


async def test_whoever_waits_for_a_host_takes_no_common_place() -> None:
    crowd = Crowd(Turns(3, 1))
    await crowd.come(*["slow"] * 50, "b", "c")
    assert crowd.inside == ["slow", "b", "c"]
    await crowd.leave()


async def test_a_host_that_nobody_asks_is_forgotten() -> None:
    turns = Turns(4, 2)
    crowd = Crowd(turns)
    await crowd.come(*(f"host{number}" for number in range(1_000)))
    assert len(turns) == 1_000
    await crowd.leave()
    crowd.tasks.clear()
    assert len(turns) == 0


async def test_one_who_gives_up_waiting_leaves_the_line() -> None:
    turns = Turns(1, 1)
    crowd = Crowd(turns)
    await crowd.come("a", "a", "b")
    for task in crowd.tasks[1:]:
        task.cancel()
    await asyncio.gather(*crowd.tasks[1:], return_exceptions=True)
    del crowd.tasks[1:]
    await crowd.come("a")
    assert crowd.inside == ["a"]
    await crowd.leave()
    assert crowd.inside == ["a", "a"]
