"""The command line as its users have it: a process of its own, in a folder of its own, told apart from ours.

What always holds: no `RISKBOT_…` of the environment that runs the tests reaches the process; whatever is awaited is
awaited by looking, up to a generous deadline, never by sleeping for a guess. Where the system can fork, a process that
has everything imported does (`tests/prepared.py`); `test_documents.py` starts one afresh.
"""

from __future__ import annotations

import atexit
import itertools
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import IO, Any

from tests.places import ROOT

DEADLINE = 60.0  # seconds; a machine that is busy with other tests starts a process in several


def environment(**settings: str) -> dict[str, str]:
    """The environment of a process: ours without riskbot's settings, and these."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RISKBOT_")}
    return kept | {"PYTHONPATH": str(ROOT), "COLUMNS": "100", **settings}


def riskbot(*arguments: str | Path, cwd: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the command line to its end."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = _start(arguments, cwd, settings, out, err)
        try:
            status = process.wait(120)
        except (subprocess.TimeoutExpired, TimeoutError):
            process.kill()
            raise
        said = []
        for stream in (out, err):
            stream.seek(0)
            said.append(stream.read().decode())
    return subprocess.CompletedProcess([*map(str, arguments)], status, *said)


class Running:
    """A riskbot that runs beside the test; what it says goes to files, so that it never waits for a reader."""

    def __init__(self, arguments: Sequence[str | Path], cwd: Path, settings: dict[str, str]) -> None:
        self._out, self._err = cwd / "stdout.txt", cwd / "stderr.txt"
        with self._out.open("ab") as out, self._err.open("ab") as err:  # several runs in turn share them
            self.process = _start(arguments, cwd, settings, out, err)

    @property
    def stdout(self) -> str:
        """Everything said so far."""
        return self._out.read_text(encoding="utf-8")

    @property
    def stderr(self) -> str:
        """Everything logged so far."""
        return self._err.read_text(encoding="utf-8")

    def until(self, condition: Callable[[], object], what: str) -> None:
        """Wait for something that this process brings about; fails at once when it ends instead."""

        def met() -> object:
            found = condition()
            assert found or self.process.poll() is None, f"it ended before {what}:\n{self.stderr}"
            return found

        wait_until(met, what, lambda: self.stderr)

    def terminate(self) -> int:
        """Ask it to stop, as a service manager does; its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(DEADLINE)

    def kill(self) -> None:
        """End it as a power cut does."""
        self.process.kill()
        self.process.wait(DEADLINE)


@contextmanager
def running(*arguments: str | Path, cwd: Path, **settings: str) -> Iterator[Running]:
    """Start the command line, and see that it is gone afterwards."""
    process = Running(arguments, cwd, settings)
    try:
        yield process
    finally:
        if process.process.poll() is None:
            process.kill()


def wait_until(condition: Callable[[], object], what: str, said: Callable[[], str] = str) -> None:
    """Look until the condition is met; fails with what was awaited, and what was `said` meanwhile."""
    end = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end, f"{what}: not within {DEADLINE:g} seconds\n{said()}"
        time.sleep(0.05)


def query(database: Path, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """Ask an SQLite database beside the process that uses it, or change it."""
    with closing(sqlite3.connect(database, timeout=30)) as connection, connection:
        return connection.execute(statement, values).fetchall()


# ── starting it ──────────────────────────────────────────────────────────────────────────────────────────────────


class Forked:
    """A command that the prepared process forked; what `subprocess.Popen` tells of one, as far as it is asked for."""

    def __init__(self, started: Future[int], ended: Future[int]) -> None:
        self.pid = started.result(DEADLINE)
        self._ended = ended

    def poll(self) -> int | None:
        """Its status, below zero by a signal; None: it runs."""
        return self._ended.result() if self._ended.done() else None

    def wait(self, timeout: float) -> int:
        """Its status when it has ended. Raises TimeoutError."""
        return self._ended.result(timeout)

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if not self._ended.done():
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it as a power cut does."""
        self.send_signal(signal.SIGKILL)


class _Prepared:
    """The process that forks commands, for all tests of this process."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-m", "tests.prepared", str(theirs.fileno())]
        null = subprocess.DEVNULL
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=environment(), pass_fds=[theirs.fileno()], stdin=null, stdout=null
        )
        theirs.close()
        self._socket, self._numbers, self._lock = ours, itertools.count(), threading.Lock()
        self._started: dict[int, Future[int]] = {}
        self._ended: dict[int, Future[int]] = {}
        threading.Thread(target=self._listen, daemon=True).start()
        atexit.register(self._end)

    def start(
        self, arguments: Sequence[str | Path], cwd: Path, settings: dict[str, str], out: IO[bytes], err: IO[bytes]
    ) -> Forked:
        with self._lock:
            number = next(self._numbers)
            started, ended = self._started[number], self._ended[number] = Future(), Future()
        order = {
            "number": number,
            "arguments": [*map(str, arguments)],
            "cwd": str(cwd),
            "environment": environment(**settings),
        }
        with Path(os.devnull).open("rb") as nothing:
            files = [nothing.fileno(), out.fileno(), err.fileno()]
            socket.send_fds(self._socket, [json.dumps(order).encode()], files)
        return Forked(started, ended)

    def _listen(self) -> None:
        while answer := self._socket.recv(1 << 12):
            told = json.loads(answer)
            if "pid" in told:
                self._started.pop(told["number"]).set_result(told["pid"])
            else:
                self._ended.pop(told["number"]).set_result(told["status"])

    def _end(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._process.wait(DEADLINE)


_prepared = cache(_Prepared)


def _start(
    arguments: Sequence[str | Path], cwd: Path, settings: dict[str, str], out: IO[bytes], err: IO[bytes]
) -> Forked | subprocess.Popen[bytes]:
    # Whatever is no setting of riskbot's may be read by a library as it is imported.
    if hasattr(socket, "SOCK_SEQPACKET") and all(name.startswith("RISKBOT_") for name in settings):
        return _prepared().start(arguments, cwd, settings, out, err)
    command = [sys.executable, "-m", "riskbot", *map(str, arguments)]
    return subprocess.Popen(command, cwd=cwd, env=environment(**settings), stdout=out, stderr=err)
