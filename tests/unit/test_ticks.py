"""A tick that takes longer than the time between two."""

from __future__ import annotations

import asyncio

from riskbot.scheduler import calmly


async def test_a_tick_that_is_still_under_way_leaves_the_next_ones_out_and_goes_on_afterwards() -> None:
    begun, gate = 0, asyncio.Event()

    async def work() -> None:
        nonlocal begun
        begun += 1
        await gate.wait()

    tick = calmly("poll", work, 1)
    first = asyncio.create_task(tick())
    await asyncio.sleep(0)
    await asyncio.gather(tick(), tick())  # they leave at once
    assert begun == 1
    gate.set()
    await first
    await tick()
    assert begun == 2


async def test_so_many_as_may_are_under_way_at_once() -> None:
    begun, gate = 0, asyncio.Event()

    async def work() -> None:
        nonlocal begun
        begun += 1
        await gate.wait()

    tick = calmly("deliver", work, 2)
    running = [asyncio.create_task(tick()) for _ in range(4)]
    await asyncio.sleep(0)
    assert begun == 2
    gate.set()
    await asyncio.gather(*running)


async def test_a_tick_that_fails_by_a_defect_lets_the_next_one_run() -> None:
    begun = 0

    async def work() -> None:
        nonlocal begun
        begun += 1
        raise ZeroDivisionError

    tick = calmly("poll", work, 1)
    await tick()
    await tick()
    assert begun == 2
