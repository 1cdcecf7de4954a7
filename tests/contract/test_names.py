"""Looking names up: dead names take no time from the living, and nothing waits for them at the end."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import threading
from datetime import timedelta

import pytest

from riskbot.feeds.bounds import Bounds
from riskbot.feeds.http import Http
from riskbot.feeds.names import Names, system
from tests.asking import now, reason, refused
from tests.feedserver import RSS, FeedServer


class Resolver:
    """A blocking look-up as the system's is: names that begin with `dead` hang until they are let go."""

    def __init__(self) -> None:
        self.let_go = threading.Event()
        self.asked: list[str] = []

    def __call__(self, host: str, port: int) -> list[str]:
        self.asked.append(host)
        if host.startswith("dead"):
            self.let_go.wait()
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return ["127.0.0.1"]


async def test_dead_names_do_not_hold_up_the_living() -> None:
    resolver = Resolver()
    async with FeedServer() as server, Http(now, resolve=Names(96, resolver)) as http:
        server.answers()
        # One place is left for the living one, of all the requests that may run at a time.
        urls = [server.url(host=f"dead{number}.example") for number in range(Bounds().requests - 1)]
        dead = [asyncio.create_task(reason(http.get(url, home=url))) for url in urls]
        living = server.url(host="living.example")
        assert (await http.get(living, home=living)).body == RSS
        assert not any(task.done() for task in dead)
        resolver.let_go.set()
        assert set(await asyncio.gather(*dead)) == {"dns"}


async def test_waiting_for_our_own_resolver_is_not_the_publishers_time() -> None:
    resolver = Resolver()
    bounds = Bounds(total=timedelta(seconds=1.5))
    async with FeedServer() as server, Http(now, bounds=bounds, resolve=Names(1, resolver)) as http:
        server.answers()
        dead, living = server.url(host="dead.example"), server.url(host="living.example")
        first = asyncio.create_task(reason(http.get(dead, home=dead)))
        second = asyncio.create_task(http.get(living, home=living))
        # The first has used up its time, and its look-up hangs on in the only place there is; the second has waited
        # for as long, and longer.
        assert await first == "timed-out"
        await asyncio.sleep(0.3)
        assert not second.done()
        assert resolver.asked == ["dead.example"]
        resolver.let_go.set()
        async with asyncio.timeout(30):  # else it may hang for ever
            assert (await second).body == RSS


async def test_a_look_up_that_was_given_up_gives_its_place_back_when_it_ends() -> None:
    resolver = Resolver()
    names = Names(1, resolver)
    waiting = asyncio.create_task(names("dead.example", 80))
    await asyncio.sleep(0.05)
    waiting.cancel()
    resolver.let_go.set()
    async with asyncio.timeout(30):  # else it may hang for ever
        assert await names("living.example", 80) == ["127.0.0.1"]


async def test_a_name_that_cannot_be_found_is_a_reason_in_the_resolvers_own_words() -> None:
    resolver = Resolver()
    resolver.let_go.set()
    async with Http(now, resolve=Names(2, resolver)) as http:
        error = await refused(http.get("https://dead.example/feed"))
        assert error.reason == "dns"
        assert "Temporary failure in name resolution" in str(error)


@pytest.mark.parametrize("host", ["a" * 64 + ".example", "a..example"])
async def test_what_can_be_no_name_is_no_address(host: str) -> None:
    async with Http(now) as http:
        assert await reason(http.get(f"https://{host}/feed")) == "bad-address"


def test_the_system_knows_this_machine() -> None:
    assert {"127.0.0.1", "::1"} & set(system("localhost", 80))


def test_the_end_of_the_program_waits_for_no_look_up() -> None:
    program = """
import asyncio, time
from riskbot.feeds.names import Names

async def main():
    try:
        await asyncio.wait_for(Names(1, lambda host, port: time.sleep(3600))("dead.example", 80), 0.1)
    except TimeoutError:
        print("given up")

asyncio.run(main())
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "given up\n", "")
