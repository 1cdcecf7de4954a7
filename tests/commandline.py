"""The command line as its users have it: a process of its own, in a folder of its own, told apart from ours.

What always holds: no `RISKBOT_…` of the environment that runs the tests reaches the process; whatever is awaited is
awaited by looking, up to a generous deadline, never by sleeping for a guess.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from tests.places import ROOT

DEADLINE = 60.0  # seconds; a machine that is busy with other tests starts a process in several


def environment(**settings: str) -> dict[str, str]:
    """The environment of a process: ours without riskbot's settings, and these."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RISKBOT_")}
    return kept | {"PYTHONPATH": str(ROOT), "COLUMNS": "100", **settings}


def riskbot(*arguments: str | Path, cwd: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the command line to its end."""
    return subprocess.run(
        _command(arguments),
        cwd=cwd,
        env=environment(**settings),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


class Running:
    """A riskbot that runs beside the test; what it says goes to files, so that it never waits for a reader."""

    def __init__(self, arguments: Sequence[str | Path], cwd: Path, settings: dict[str, str]) -> None:
        self._out, self._err = cwd / "stdout.txt", cwd / "stderr.txt"
        with self._out.open("ab") as out, self._err.open("ab") as err:  # several runs in turn share them
            self.process = subprocess.Popen(
                _command(arguments), cwd=cwd, env=environment(**settings), stdout=out, stderr=err
            )

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


def _command(arguments: Sequence[str | Path]) -> list[str]:
    return [sys.executable, "-m", "riskbot", *map(str, arguments)]
