"""The Store port with several processes at once: nothing is lost, nothing is done twice, nothing fails."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Coroutine
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from riskbot.errors import StoreError
from riskbot.pipeline import keep
from riskbot.ports import Store, Transaction
from riskbot.store import open_store
from tests.builders import NOW, article, decision, feed, placement, reading
from tests.rounds import MIND

ROOT = Path(__file__).parents[2]
STORIES = 30


def start(work: str, address: str, *given: str) -> subprocess.Popen[str]:
    """A process of its own that runs one of the functions below."""
    program = "import sys; from test_store_processes import main; main(*sys.argv[1:])"
    paths = os.pathsep.join([str(ROOT), str(Path(__file__).parent)])
    return subprocess.Popen(
        [sys.executable, "-c", program, work, address, *given],
        env={**os.environ, "PYTHONPATH": paths},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def results(*processes: subprocess.Popen[str]) -> list[list[str]]:
    """What each printed, line by line; a process that failed fails the test with its words."""
    output = [process.communicate(timeout=120) for process in processes]
    for process, (_, complaint) in zip(processes, output, strict=True):
        assert process.returncode == 0, complaint
    return [said.split() for said, _ in output]


def main(work: str, address: str, *given: str) -> None:
    """The other process."""
    if work == "upgrade":
        from riskbot.store import upgrade

        upgrade(address)
    else:
        asyncio.run(WORK[work](address, *given))


def say(word: str) -> None:
    """Tell the test, at once."""
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


async def write_stories(address: str, who: str) -> None:
    store = open_store(address)
    for number in range(STORIES):
        await store.write(partial(one_story, f"{who} {number}"))
        say(str(number))
    await store.close()


async def write_together(address: str, who: str) -> None:
    """Many writes at once, again and again; each is told as soon as it is known to be kept."""
    store = open_store(address)

    async def one(number: int) -> None:
        await store.write(partial(one_story, f"{who} {number}"))
        say(f"{who}-{number}")

    for start_at in range(0, 100 * STORIES, STORIES):
        await asyncio.gather(*(one(number) for number in range(start_at, start_at + STORIES)))
    await store.close()


async def take_feeds(address: str) -> None:
    store = open_store(address)
    while taken := await store.claim_feeds(NOW, timedelta(minutes=1), 5):
        for name, _ in taken:
            say(name)
    await store.close()


async def share_a_story(address: str, who: str) -> None:
    """What a poller does with an article of one event that others tell of at the same instant."""
    store = open_store(address)
    told = reading(article(f"White House memo says Alibaba helps the Chinese military: as {who} tells it"))
    report = await store.write(lambda tx: keep(tx, [told], MIND, NOW, first_poll=False))
    assert report.new == 1
    (story,) = {story for _, story in (await store.readings([told.article.id])).values()}
    say(str(story))
    await store.close()


async def bridge_stories(address: str, who: str) -> None:
    """Merge the same stories as others do, at the same instant: one does, the others find it done."""
    store = open_store(address)
    try:
        await store.write(lambda tx: tx.merge_stories("s1", "s2", by=who, why="", now=NOW))
        say("merged")
    except StoreError as refusal:
        say("refused" if "was merged into s1" in str(refusal) else "failed")
    await store.close()


WORK: dict[str, Callable[..., Coroutine[Any, Any, None]]] = {
    "write": write_stories,
    "together": write_together,
    "take": take_feeds,
    "share": share_a_story,
    "merge": bridge_stories,
}


def one_story(title: str, transaction: Transaction) -> None:
    given = reading(article(title))
    made = decision(given.article.id)
    transaction.add_article(given, 1)
    story = transaction.open_story(given, placement())
    transaction.decide(made, NOW)
    transaction.alert(story.id, made, "new", NOW)


def test_two_processes_may_upgrade_one_database_at_once(empty: str) -> None:
    results(start("upgrade", empty), start("upgrade", empty), start("upgrade", empty))
    (said,) = results(start("share", empty, "someone"))
    assert said == ["s1"]


async def test_two_processes_that_write_at_once_lose_nothing(address: str, store: Store) -> None:
    results(start("write", address, "one"), start("write", address, "other"))
    counts = await store.counts()
    assert (counts.articles, counts.hits, counts.stories, counts.alerts, counts.owed) == (2 * STORIES,) * 5


async def test_processes_that_place_articles_of_one_event_make_one_story(address: str, store: Store) -> None:
    said = results(*(start("share", address, who) for who in ("one", "two", "three")))
    assert len({story for (story,) in said}) == 1
    (story,) = await store.stories()
    assert len(story.members) == 3


async def test_processes_that_tell_one_event_tell_its_channel_of_one_new_story(address: str, store: Store) -> None:
    results(*(start("share", address, who) for who in ("one", "two", "three")))
    assert [alert.kind for alert in await store.alerts()] == ["new", "update", "update"]


async def test_of_processes_that_merge_the_same_stories_one_does_and_nothing_is_lost(
    address: str, store: Store
) -> None:
    await store.write(partial(one_story, "one"))
    await store.write(partial(one_story, "two"))
    said = results(*(start("merge", address, who) for who in ("ada", "bob", "eve")))
    assert sorted(word for (word,) in said) == ["merged", "refused", "refused"]
    (story,) = await store.stories()
    assert len(story.members) == 2


async def test_two_processes_that_claim_at_once_share_the_feeds_out(address: str, store: Store) -> None:
    names = [f"feed-{n:03}" for n in range(60)]
    await store.sync_feeds([feed(name) for name in names], NOW)
    one, other = results(start("take", address), start("take", address))
    assert not set(one) & set(other)
    left = [name for name, _ in await store.claim_feeds(NOW, timedelta(minutes=1), 100)]
    assert sorted(one + other + left) == names


async def test_a_process_killed_while_it_writes_leaves_whole_stories_only(address: str, store: Store) -> None:
    process = start("write", address, "victim")
    assert process.stdout is not None
    while int(process.stdout.readline()) < 5:
        pass
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=30)
    counts = await store.counts()
    assert 5 < counts.stories <= STORIES
    assert counts.articles == counts.hits == counts.alerts == counts.owed == counts.stories
    results(start("write", address, "next"))
    assert (await store.counts()).stories == counts.stories + STORIES


async def test_a_process_killed_amid_writes_that_share_a_transaction_keeps_all_it_told_of_and_each_whole(
    address: str, store: Store
) -> None:
    process = start("together", address, "victim")
    assert process.stdout is not None
    told = [process.stdout.readline() for _ in range(STORIES + 5)]
    process.send_signal(signal.SIGKILL)
    told += process.communicate(timeout=30)[0].splitlines()
    titles = {member.reading.article.title for story in await store.stories() for member in story.members}
    assert {line.strip().replace("-", " ") for line in told} <= titles
    counts = await store.counts()
    assert counts.articles == counts.hits == counts.alerts == counts.owed == counts.stories == len(titles)
    results(start("write", address, "next"))
    assert (await store.counts()).stories == counts.stories + STORIES
