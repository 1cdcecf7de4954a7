"""`riskbot scan` as its users have it: in a pipe, on all cores, on any pile, and when things go wrong."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.commandline import DEADLINE, environment, riskbot, wait_until
from tests.places import ORIGINALS, ROOT

pytestmark = pytest.mark.slow

RULES = """
companies: [{name: Alibaba}, {name: Tencent}]
topics: [{id: military, terms: [military]}, {id: memo, terms: [memo]}]
rules:
  - {id: military, title: The military, companies: [everyone], topics: [military]}
  - {id: memo, title: Memos, companies: [everyone], topics: [memo], status: trial}
"""
HIT = {"title": "Alibaba helps the military, a memo says", "text": "Alibaba denied it."}
QUIET = {"title": "Airline strike in Toulouse", "text": "Crews walked out at noon."}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A working folder with rules in `rules/`."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "watch.yaml").write_text(RULES, encoding="utf-8")
    return tmp_path


def write(path: Path, *articles: dict[str, Any]) -> Path:
    text = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in articles)
    path.write_text(text, encoding="utf-8")
    return path


def lines_of(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return [json.loads(line) for line in done.stdout.splitlines()]


@contextmanager
def piped(folder: Path, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """A scan between two pipes, that is gone afterwards."""
    process = subprocess.Popen(
        [sys.executable, "-m", "riskbot", "scan", "-", *options],
        cwd=folder,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait(DEADLINE)
        for stream in (process.stdin, process.stdout, process.stderr):
            assert stream is not None
            stream.close()


def say(process: subprocess.Popen[bytes], *articles: dict[str, Any]) -> None:
    assert process.stdin is not None
    process.stdin.write(b"".join(json.dumps(each).encode() + b"\n" for each in articles))


def hear(process: subprocess.Popen[bytes]) -> dict[str, Any]:
    assert process.stdout is not None
    line: dict[str, Any] = json.loads(process.stdout.readline())
    return line


def ends(process: subprocess.Popen[bytes]) -> tuple[int, str]:
    """Its exit status and what it said; standard input must be closed, or the process be told to stop."""
    assert process.stderr is not None
    said = process.stderr.read().decode()
    return process.wait(DEADLINE), said


# ── what comes out ───────────────────────────────────────────────────────────────────────────────────────────────


def test_several_workers_write_the_same_as_one_in_the_order_of_the_lines(folder: Path) -> None:
    pile = [{"id": n, **(HIT if n % 50 == 0 else QUIET)} for n in range(9000)]
    pile[4321]["text"] = "Tencent. " * 200_000  # a slow one
    file = write(folder / "pile.jsonl", *pile)
    one = riskbot("scan", file, "--workers", "1", cwd=folder)
    three = riskbot("scan", file, "--workers", "3", cwd=folder)
    assert [line["id"] for line in lines_of(one)] == list(range(9000))
    assert three.stdout == one.stdout
    assert three.stderr == ""
    stories = [line["story"] for line in lines_of(one)]
    assert stories[0] == stories[50] == "s1"
    assert stories[1] is None


def test_a_packed_file_and_a_pipe_give_what_the_file_gives(folder: Path) -> None:
    file = write(folder / "pile.jsonl", {"id": "a"} | HIT, {"id": "b"} | QUIET)
    packed = folder / "pile.jsonl.gz"
    packed.write_bytes(gzip.compress(file.read_bytes()))
    plain = riskbot("scan", file, cwd=folder)
    assert [len(line["hits"]) for line in lines_of(plain)] == [1, 0]
    assert riskbot("scan", packed, cwd=folder).stdout == plain.stdout
    with piped(folder) as process:
        say(process, {"id": "a"} | HIT, {"id": "b"} | QUIET)
        assert process.stdin is not None
        process.stdin.close()
        assert process.stdout is not None
        assert process.stdout.read().decode() == plain.stdout
        assert ends(process) == (0, "")


def test_nothing_in_is_nothing_out(folder: Path) -> None:
    (folder / "empty.jsonl").touch()
    assert lines_of(riskbot("scan", "empty.jsonl", cwd=folder)) == []


def test_rules_on_trial_and_stories_follow_the_options(folder: Path) -> None:
    write(folder / "two.jsonl", {"id": 1} | HIT, {"id": 2} | QUIET)
    found = {
        options: [(sorted(hit["rule"] for hit in line["hits"]), line["story"]) for line in lines_of(done)]
        for options in ("", "--trial", "--stories none", "--stories all")
        for done in [riskbot("scan", "two.jsonl", *options.split(), cwd=folder)]
    }
    assert found[""] == [(["military"], "s1"), ([], None)]
    assert found["--trial"] == [(["memo", "military"], "s1"), ([], None)]
    assert found["--stories none"] == [(["military"], None), ([], None)]
    assert found["--stories all"] == [(["military"], "s1"), ([], "s2")]
    refused = riskbot("scan", "two.jsonl", "--stories", "some", cwd=folder)
    assert (refused.returncode, refused.stdout) == (2, "")


@pytest.mark.parametrize(
    "seeds",
    [
        pytest.param(ROOT / "seeds", id="retold"),
        pytest.param(ORIGINALS, id="originals", marks=pytest.mark.skipif(not ORIGINALS.is_dir(), reason="not here")),
    ],
)
def test_the_seeds_as_lines_give_the_hits_stories_and_claims_of_their_replay(seeds: Path, tmp_path: Path) -> None:
    replay = riskbot("replay", seeds, "--json", "--rules", ROOT / "rules", cwd=tmp_path)
    assert replay.returncode == 0, replay.stderr
    replayed = json.loads(replay.stdout)["articles"]
    file = write(
        tmp_path / "seeds.jsonl", *({key: each[key] for key in ("id", "title", "text", "outlet")} for each in replayed)
    )
    scanned = lines_of(riskbot("scan", file, "--rules", ROOT / "rules", cwd=tmp_path))
    assert len(scanned) == 5
    assert all(line["hits"] for line in scanned)
    for line, article in zip(scanned, replayed, strict=True):
        assert in_order(line) == in_order({key: article[key] for key in line})


def in_order(line: dict[str, Any]) -> dict[str, Any]:
    """A line with the spans of each hit in one order: of two terms at one place either may come first."""
    hits = [hit | {"spans": sorted(hit["spans"], key=json.dumps)} for hit in line["hits"]]
    return line | {"hits": hits}


# ── a pipe ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("workers", ["1", "2"])
def test_each_line_is_answered_before_the_next_one_comes(folder: Path, workers: str) -> None:
    with piped(folder, "--workers", workers) as process:
        for number in range(3):
            say(process, {"id": number} | HIT)
            assert hear(process)["id"] == number


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_reader_who_has_seen_enough_ends_it_quietly(folder: Path, workers: str) -> None:
    with piped(folder, "--workers", workers) as process:
        writer = Thread(target=_pour, args=(process,), daemon=True)
        writer.start()
        assert [hear(process)["id"] for _ in range(3)] == [0, 1, 2]
        assert process.stdout is not None
        process.stdout.close()
        status, said = ends(process)
        assert (status, said) == (1, "")
        writer.join(DEADLINE)
        assert not writer.is_alive()


def _pour(process: subprocess.Popen[bytes], poured: list[int] | None = None) -> None:
    """Write lines without end, until nobody reads them any more."""
    try:
        for number in range(10**9):
            say(process, {"id": number} | QUIET)
            if poured is not None:
                poured[0] = number
    except (BrokenPipeError, ValueError):
        pass  # the end that is waited for


@pytest.mark.parametrize("workers", ["1", "2"])
def test_lines_that_come_faster_than_they_are_read_have_to_wait(folder: Path, workers: str) -> None:
    poured = [-1]
    with piped(folder, "--workers", workers) as process:
        Thread(target=_pour, args=(process, poured), daemon=True).start()
        hear(process)  # it runs; from here on nobody reads
        seen: list[int] = []

        def stands_still() -> bool:
            seen.append(poured[0])
            return len(seen) > 40 and len(set(seen[-40:])) == 1  # two seconds without a line

        wait_until(stands_still, "the input stands still")
        assert 0 < poured[0] < 60_000  # about 6 MB, of which most is what the pipes hold


def test_an_interrupt_ends_it_without_a_word_from_its_workers(folder: Path) -> None:
    with piped(folder, "--workers", "2") as process:
        say(process, {"id": 1} | HIT)
        hear(process)
        children = children_of(process.pid)
        assert len(children) == 2
        for pid in (process.pid, *children):  # as a terminal does
            os.kill(pid, signal.SIGINT)
        status, said = ends(process)
        assert status != 0
        assert "Traceback" not in said
        assert "error" not in said.lower()


# ── what goes wrong ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (b"{broken", "line 4 is no JSON object"),
        (b'{"title": "A memo"}', "line 4 has no id"),
        (b'{"id": 3}', "line 4 has neither title nor text"),
        (b'{"id": 3, "title": "\xff"}', "line 4 is not UTF-8"),
    ],
)
def test_a_bad_line_is_named_when_all_before_it_are_written(folder: Path, bad: bytes, said: str, workers: str) -> None:
    good = [json.dumps({"id": n} | HIT).encode() for n in range(3)]
    (folder / "bad.jsonl").write_bytes(b"\n".join([good[0], b"", good[1], bad, good[2]]))
    done = riskbot("scan", "bad.jsonl", "--workers", workers, cwd=folder)
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == [0, 1]
    assert done.returncode == 2
    error, mend = done.stderr.splitlines()
    assert error.startswith(f"error: {said}")
    assert mend.startswith("  mend: ")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("missing.jsonl", None, "missing.jsonl cannot be read: no such file"),
        (".", None, ". cannot be read: is a directory"),
        ("plain.jsonl.gz", b'{"id": 1, "title": "a"}\n', "plain.jsonl.gz is not a whole gzip file"),
        ("half.jsonl.gz", gzip.compress(os.urandom(50_000))[:9000], "half.jsonl.gz ends in the middle"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(folder: Path, name: str, content: bytes | None, said: str) -> None:
    if content is not None:
        (folder / name).write_bytes(content)
    done = riskbot("scan", name, cwd=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"error: {said}" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_full_disk_is_a_sentence(folder: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    write(folder / "one.jsonl", {"id": 1} | HIT)
    command = [sys.executable, "-m", "riskbot", "scan", "one.jsonl"]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            command, cwd=folder, env=environment(), stdout=full, stderr=subprocess.PIPE, timeout=DEADLINE, check=False
        )
    assert done.returncode == 1
    assert b"error: standard output cannot be written: no space left on device" in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_worker_that_dies_is_an_error_and_not_a_gap(folder: Path) -> None:
    with piped(folder, "--workers", "2") as process:
        Thread(target=_pour, args=(process,), daemon=True).start()
        assert hear(process)["id"] == 0
        os.kill(children_of(process.pid)[0], signal.SIGKILL)
        assert process.stdout is not None
        rest = [json.loads(line)["id"] for line in process.stdout.read().splitlines()]
        assert rest == list(range(1, len(rest) + 1))
        status, said = ends(process)
        assert status == 1
        assert "error: a worker process died" in said
        assert "mend: " in said
        assert "Traceback" not in said


def test_workers_do_not_outlive_a_scan_that_is_killed(folder: Path) -> None:
    with piped(folder, "--workers", "2") as process:
        say(process, {"id": 1} | HIT)
        hear(process)
        children = children_of(process.pid)
        process.kill()
        process.wait(DEADLINE)
        wait_until(lambda: not any(alive(pid) for pid in children), "the workers end")


def children_of(pid: int) -> list[int]:
    """The processes that a process started; asked of Linux, which alone tells them in a file."""
    file = Path(f"/proc/{pid}/task/{pid}/children")
    if not file.exists():
        pytest.skip("this system does not tell the children of a process")
    return [int(child) for child in file.read_text(encoding="ascii").split()]


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits to be noticed does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
