"""Killed a hundred times by SIGKILL while Slack fails in every way: nothing is lost, nothing is said twice.

In half of it bots run alone, in half two side by side on one database, as in a rolling update. The run itself, and how
it judges, is `bench/crash.py`; `python -m bench.crash --kills 500 --seed 7 --bots 3` is a longer one.
"""

from __future__ import annotations

import copy
import json
import os
from pathlib import Path

import pytest

from bench.crash import Run
from bench.crashcheck import judge
from tests.slackfaults import Fault

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="bots are forked, and this system cannot"),
]

KILLS, SEED, STORIES = 100, 20, 60


async def test_a_hundred_kills_lose_nothing_and_say_nothing_twice(tmp_path: Path) -> None:
    run = Run(KILLS, SEED, STORIES, bots=2, alone=0.5)
    verdict = await run.go(tmp_path)
    print(verdict.table())  # noqa: T201  the figures; shown by `pytest -s`, and whenever a promise is broken

    assert verdict.broken == {}
    assert sum(run.killed.values()) == KILLS
    # The run proves nothing unless it met what it is about.
    assert len([moment for moment, kills in run.killed.items() if kills]) >= 4
    assert {Fault.ACCEPT_AND_RESET, Fault.ACCEPT_AND_STALL, Fault.RESET, Fault.RATE_LIMITED} <= set(run.slack.faults)
    assert run.slack.refusals["channel_not_found"] + run.slack.faults[Fault.HISTORY_REFUSED] > 0
    assert {"post", "edit", "broadcast", "notice"} <= verdict.told_kinds
    # Two were at work at once and each delivered while the other was; some died beside another, some alone.
    assert run.both_told
    assert KILLS // 10 <= run.bereft <= KILLS - KILLS // 10


async def test_the_judge_sees_what_is_lost_doubled_or_left_behind(tmp_path: Path) -> None:
    run = Run(1, 5, 7)
    assert (await run.go(tmp_path)).broken == {}
    channel, message = next(
        (channel, each)
        for channel in run.slack.channels.values()
        for each in channel.messages
        if " articles" in json.dumps(each.payload) and not each.thread_ts
    )
    channel.messages.append(copy.deepcopy(message))
    assert list(judge(run, tmp_path / "crash.db").broken) == ["twice"]
    channel.messages = [each for each in channel.messages if each.ts != message.ts]
    assert "missing" in judge(run, tmp_path / "crash.db").broken
    message.payload = json.loads(json.dumps(message.payload).replace(" articles", " words"))
    channel.messages.append(message)
    assert "stale" in judge(run, tmp_path / "crash.db").broken
