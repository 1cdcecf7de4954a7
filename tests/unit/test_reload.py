"""Hot reload on real files and a store in memory: what is taken over, when, and what goes on meanwhile."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest

from riskbot.app import App
from riskbot.errors import StoreError
from riskbot.judging import load, rules_folder, signature, think
from riskbot.matching.match import Matcher
from riskbot.mind import Mind
from riskbot.model import DeliveryKind, Feed, FeedState
from riskbot.ports import Polled, Transaction
from riskbot.reload import Reloader, build
from riskbot.rulefiles.load import Loaded
from riskbot.scheduler import Runner
from riskbot.settings import Settings
from riskbot.stories.frequencies import Frequencies
from tests.builders import article, entry
from tests.fakes import FakeFetcher, FakeNotifier, FakeStore, entries

T = TypeVar("T")
RULES = """\
companies: [{name: Alibaba}, {name: SMIC}]
topics: [{id: military, terms: [military]}]
rules: [{title: Alibaba and the military, companies: [Alibaba], topics: [military]}]
feeds: [{name: example, url: "https://news.example/rss"}]
"""
MORE = RULES.replace("topics: [military]}]", "topics: [military]}, {title: B, companies: [SMIC], topics: [military]}]")
BROKEN = RULES.replace("topics: [military]", "topics: [militry]")
READDRESSED = MORE.replace("news.example", "new.example")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save(tmp_path, RULES)
    return tmp_path


def save(folder: Path, text: str, name: str = "watch.yaml") -> None:
    """Save at a time of its own, however fast the test is."""
    file = folder / name
    file.write_text(text, encoding="utf-8")
    save.clock += 1_000_000_000  # type: ignore[attr-defined]
    os.utime(file, ns=(save.clock, save.clock))  # type: ignore[attr-defined]


save.clock = 1_700_000_000_000_000_000  # type: ignore[attr-defined]


def app(folder: Path, store: FakeStore, **parts: object) -> App:
    settings = Settings.model_validate({"slack_channel": "risk", "ops_channel": "ops"})
    loaded = load(settings, folder)
    seen, mind = signature(folder, loaded.files), think(settings, loaded)
    whole = App(settings, loaded, mind, store, FakeFetcher(), FakeNotifier(), folder, seen)
    return replace(whole, **parts)  # type: ignore[arg-type]


def said(store: FakeStore) -> list[str]:
    held = store.database.tables.deliveries.values()
    return [each.text for each in held if each.kind is DeliveryKind.NOTICE]


async def looked(reloader: Reloader, times: int = 2) -> None:
    for _ in range(times):
        await reloader.look()


# ── what is taken over ───────────────────────────────────────────────────────────────────────────────────────────


async def test_an_edit_is_taken_over_at_the_second_look_that_sees_it_and_noted_with_its_notice(folder: Path) -> None:
    store = FakeStore()
    reloader = Reloader(app(folder, store))
    await reloader.start()
    first = reloader.mind
    save(folder, MORE)
    await reloader.look()
    assert reloader.mind is first
    await reloader.look()
    assert len(reloader.mind.matcher.rules.rules) == 2
    assert said(store) == ["Rules live: +1 rule, by watch.yaml"]
    (notice,) = await store.notices()
    assert notice.channel == "ops"
    state = await store.rules_state()
    assert state is not None
    assert (state.hash, state.rules) == (reloader.loaded.rule_set.hash, 2)
    await looked(reloader, 3)
    assert len(said(store)) == 1


async def test_what_was_learned_stays_in_force_whatever_the_files_say(folder: Path) -> None:
    reloader = Reloader(app(folder, FakeStore()))
    await reloader.start()
    snapshot = Frequencies(10, {"memo": 3}, "2026-01-02")
    await reloader.weigh_by(snapshot)
    assert reloader.mind.frequencies is snapshot
    save(folder, MORE)
    await looked(reloader)
    assert len(reloader.mind.matcher.rules.rules) == 2
    assert reloader.mind.frequencies is snapshot


async def test_notices_go_to_the_alert_channel_where_no_other_is_set(folder: Path) -> None:
    store = FakeStore()
    whole = app(folder, store)
    reloader = Reloader(replace(whole, settings=Settings.model_validate({"slack_channel": "risk"})))
    await reloader.start()
    save(folder, MORE)
    await looked(reloader)
    assert [notice.channel for notice in await store.notices()] == ["risk"]


async def test_a_broken_edit_changes_nothing_and_is_told_once(folder: Path) -> None:
    store = FakeStore()
    reloader = Reloader(app(folder, store))
    await reloader.start()
    before = (reloader.mind, reloader.loaded)
    save(folder, BROKEN)
    await looked(reloader, 4)
    save(folder, "# a comment\n" + BROKEN)
    await looked(reloader, 4)
    assert (reloader.mind, reloader.loaded) == before
    (told,) = said(store)
    assert told.startswith("Edit refused, old rules still live: watch.yaml:3:")
    assert "unknown topic 'militry', did you mean 'military'?" in told


@pytest.mark.parametrize("gone", ["every rule file", "the folder", "every feed"])
async def test_losing_all_rules_or_feeds_is_a_broken_edit(folder: Path, gone: str) -> None:
    store = FakeStore()
    reloader = Reloader(app(folder, store))
    await reloader.start()
    if gone == "every feed":
        save(folder, RULES.replace('feeds: [{name: example, url: "https://news.example/rss"}]', ""))
    else:
        (folder / "watch.yaml").unlink()
    if gone == "the folder":
        os.rmdir(folder)  # noqa: PTH106
    await looked(reloader)
    assert len(reloader.loaded.feeds) == 1
    (told,) = said(store)
    assert told.startswith("Edit refused, old rules still live: ")


async def test_a_file_that_comes_and_goes_between_two_looks_is_not_looked_at(folder: Path) -> None:
    store = FakeStore()
    reloader = Reloader(app(folder, store))
    await reloader.start()
    save(folder, "rules: [", "half.yaml")
    await reloader.look()
    (folder / "half.yaml").unlink()
    await looked(reloader, 3)
    assert said(store) == []


async def test_what_is_saved_again_while_it_is_read_is_read_again(folder: Path) -> None:
    store = FakeStore()
    saves = [MORE]

    def reading(settings: Settings, where: Path) -> tuple[Loaded, Mind]:
        if saves:
            save(folder, saves.pop())
        return build(settings, where)

    reloader = Reloader(app(folder, store), reading)
    await reloader.start()
    save(folder, BROKEN)
    await looked(reloader)
    assert said(store) == []
    await looked(reloader)
    assert said(store) == ["Rules live: +1 rule, by watch.yaml"]


async def test_a_defect_while_compiling_is_a_broken_edit(folder: Path) -> None:
    def failing(_settings: Settings, _where: Path) -> tuple[Loaded, Mind]:
        raise IndexError("out of range")

    store = FakeStore()
    reloader = Reloader(app(folder, store), failing)
    await reloader.start()
    save(folder, MORE)
    await looked(reloader)
    (told,) = said(store)
    assert "IndexError: out of range" in told
    assert len(reloader.loaded.rule_set.rules) == 1


async def test_a_list_under_another_name_is_watched_once_it_is_read(folder: Path) -> None:
    store = FakeStore()
    save(folder, "name\nTencent\n", "list.txt")
    save(folder, "companies_from: [list.txt]\n", "more.yaml")
    reloader = Reloader(app(folder, store))
    await reloader.start()
    save(folder, "name\nTencent\nHuawei\n", "list.txt")
    await looked(reloader)
    assert said(store) == ["Rules live: +1 company, by list.txt"]


# ── what goes on meanwhile ───────────────────────────────────────────────────────────────────────────────────────


async def test_a_long_compilation_holds_up_no_tick_and_not_the_end(folder: Path) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(settings: Settings, where: Path) -> tuple[Loaded, Mind]:
        begun.set()
        go_on.wait(60)
        return build(settings, where)

    reloader = Reloader(app(folder, FakeStore()), slow)
    await reloader.start()
    save(folder, MORE)
    await reloader.look()
    try:
        for _ in range(20):
            await reloader.tick()
            await asyncio.sleep(0.01)
        await asyncio.to_thread(begun.wait, 60)
        await reloader.finish()
        assert begun.is_set()  # all ticks and the end came while it was still compiling
        assert not go_on.is_set()
    finally:
        go_on.set()
    assert len(reloader.loaded.rule_set.rules) == 1


class FailingStore(FakeStore):
    """Refuses to write while it fails."""

    failing = False

    async def write(self, work: Callable[[Transaction], T]) -> T:
        if self.failing:
            raise StoreError("the database cannot be reached")
        return await super().write(work)


async def test_an_edit_that_could_not_be_noted_is_not_taken_over_and_met_again(folder: Path) -> None:
    store = FailingStore()
    reloader = Reloader(app(folder, store))
    await reloader.start()
    first, store.failing = reloader.mind, True
    save(folder, MORE)
    await reloader.look()
    for _ in range(2):
        with pytest.raises(StoreError):
            await reloader.look()
    assert reloader.mind is first
    store.failing = False
    await reloader.look()
    assert said(store) == ["Rules live: +1 rule, by watch.yaml"]


class HeldFetcher(FakeFetcher):
    """Answers once it is let go."""

    def __init__(self, answer: Polled) -> None:
        super().__init__(example=[answer])
        self.asked_for, self.let_go = asyncio.Event(), asyncio.Event()

    async def poll(self, feed: Feed, state: FeedState) -> Polled:
        self.asked_for.set()
        await self.let_go.wait()
        return await super().poll(feed, state)


async def test_a_poll_in_hand_ends_with_the_rules_it_began_with_and_an_edited_feed_is_due_again(folder: Path) -> None:
    store = FakeStore()
    smic = entry("SMIC helps the military", "SMIC helps the military, it is said.", entry_id="1")
    fetcher = HeldFetcher(entries(smic, etag='"old address"', body_hash="b"))
    runner = Runner(app(folder, store, fetcher=fetcher))
    await runner.prepare()
    await runner.poll_tick()
    await fetcher.asked_for.wait()
    save(folder, READDRESSED)
    await looked(runner.rules)
    assert len(runner.rules.mind.matcher.rules.rules) == 2
    fetcher.let_go.set()
    await runner.finish()
    assert (await store.counts()).articles == 1
    assert (await store.counts()).hits == 0  # the old rules did not know of it
    (state,) = (await store.counts()).feeds.values()
    assert state == FeedState("example")  # what the old address answered says nothing about the new one


async def test_feeds_that_come_go_and_change_are_those_that_are_polled(folder: Path) -> None:
    store = FakeStore()
    runner = Runner(app(folder, store))
    await runner.prepare()
    later = replace(FeedState("example"), due_at=article().at + timedelta(days=36500))  # type: ignore[operator]
    await store.write(lambda tx: tx.finish_poll(later))
    save(folder, RULES.replace('rss"}', 'rss", every: 5m}, {name: new, url: "https://new.example/"}'))
    await looked(runner.rules)
    assert {name: state.due_at for name, state in (await store.counts()).feeds.items()} == {
        "example": None,
        "new": None,
    }
    save(folder, RULES.replace("name: example", "name: other"))
    await looked(runner.rules)
    assert set((await store.counts()).feeds) == {"other"}


async def test_a_feed_of_another_process_with_other_rules_is_left_to_it(folder: Path) -> None:
    store, fetcher = FakeStore(), FakeFetcher(example=[entries()])
    runner = Runner(app(folder, store, fetcher=fetcher))
    await runner.prepare()
    await store.sync_feeds([*runner.rules.loaded.feeds, Feed("theirs", "https://theirs.example/")], article().seen)  # type: ignore[arg-type]
    await runner.poll_tick()
    await runner.finish()
    assert [state.feed for state in fetcher.asked] == ["example"]


# ── rules that fail ──────────────────────────────────────────────────────────────────────────────────────────────


class Ailing(Matcher):
    """A matcher whose rules failed on some article."""

    off: Mapping[str, str] = {}

    @property
    def switched_off(self) -> Mapping[str, str]:
        return self.off


async def test_a_rule_that_was_switched_off_is_told_once(folder: Path) -> None:
    store = FakeStore()
    whole = app(folder, store)
    ailing = Ailing(whole.loaded.rule_set)
    reloader = Reloader(replace(whole, mind=replace(whole.mind, matcher=ailing)))
    await reloader.start()
    ailing.off = {"alibaba-and-the-military": "IndexError: out of range"}
    for _ in range(3):
        await reloader.tick()
        await asyncio.sleep(0.05)
    await reloader.finish()
    (told,) = said(store)
    assert "alibaba-and-the-military (IndexError: out of range)" in told
    state = await store.rules_state()
    assert state is not None
    assert state.switched_off == ailing.off


# ── what the files look like ─────────────────────────────────────────────────────────────────────────────────────


def test_a_look_sees_rule_files_and_lists_and_no_hidden_or_temporary_ones(folder: Path) -> None:
    for name in ("a.csv", "b.yml", ".watch.yaml.swp", "watch.yaml~", "4913", "#watch.yaml#", ".hidden.yaml"):
        save(folder, "x", name)
    (folder / ".git").mkdir()
    save(folder, "x", ".git/c.yaml")
    (folder / "deep").mkdir()
    save(folder, "x", "deep/d.yaml")
    assert [name for name, *_ in signature(folder)] == ["a.csv", "b.yml", "deep/d.yaml", "watch.yaml"]


def test_a_look_follows_links_and_survives_those_that_lead_nowhere(folder: Path) -> None:
    (folder / "link.yaml").symlink_to("..data")
    assert ("link.yaml", -1, 0) in signature(folder)
    save(folder, "12345", "..data")
    assert signature(folder)[0][:2] == ("link.yaml", 5)


def test_a_folder_that_is_not_there_looks_empty(tmp_path: Path) -> None:
    assert signature(tmp_path / "none") == ()
    assert rules_folder(Settings.model_validate({}), tmp_path) == tmp_path
