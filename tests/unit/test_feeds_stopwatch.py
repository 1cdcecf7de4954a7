"""The publisher's time, and what of it is ours."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta

import pytest

from riskbot.feeds.stopwatch import Stopwatch, ours

MOMENT = timedelta(seconds=0.05)


async def _forever() -> None:
    await asyncio.Event().wait()


async def test_time_that_is_used_up_is_over() -> None:
    with pytest.raises(TimeoutError):
        async with Stopwatch(MOMENT).running():
            await _forever()


async def test_time_is_counted_over_all_its_bits() -> None:
    watch = Stopwatch(timedelta(seconds=0.2))

    async def bits() -> None:
        for _ in range(100):
            async with watch.running():
                await asyncio.sleep(0.03)

    with pytest.raises(TimeoutError):
        await bits()
    with pytest.raises(TimeoutError):  # and stays over
        await bits()


async def test_between_its_bits_it_stands_still() -> None:
    watch = Stopwatch(timedelta(seconds=5))
    async with watch.running():
        pass
    await asyncio.sleep(0.01)
    async with watch.running():
        await asyncio.sleep(0)


async def test_what_is_ours_is_not_charged() -> None:
    passed = asyncio.Event()

    async def fetch() -> None:
        async with Stopwatch(MOMENT).running():
            for _ in range(4):
                with ours():
                    with ours():
                        await asyncio.sleep(0)
                    await asyncio.sleep(MOMENT.total_seconds())
            passed.set()
            await _forever()

    with pytest.raises(TimeoutError):
        await fetch()
    assert passed.is_set()


async def test_what_is_ours_ends_even_when_it_fails() -> None:
    async def fetch() -> None:
        async with Stopwatch(MOMENT).running():
            with contextlib.suppress(KeyError), ours():
                raise KeyError
            await _forever()

    with pytest.raises(TimeoutError):
        await fetch()


async def test_without_a_fetch_nothing_is_charged_to_anyone() -> None:
    with ours():
        await asyncio.sleep(0)


async def test_two_fetches_have_their_own_time() -> None:
    async def one(allowed: timedelta) -> bool:
        try:
            async with Stopwatch(allowed).running():
                with ours():
                    await asyncio.sleep(0)
                await asyncio.sleep(0.1)
        except TimeoutError:
            return False
        return True

    assert await asyncio.gather(one(MOMENT), one(timedelta(minutes=1))) == [False, True]


async def test_a_fetch_that_is_cancelled_stays_cancelled() -> None:
    async def fetch() -> None:
        async with Stopwatch(timedelta(minutes=1)).running():
            with ours():
                await _forever()

    task = asyncio.create_task(fetch())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
