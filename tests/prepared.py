"""A process that has riskbot imported, and forks one command line after another: what a test waits for is riskbot's
work, not two seconds of imports for each call.

Spoken with over the socket it is given, which keeps messages apart: an order in JSON (its number, the arguments, the
folder, the environment) with three file descriptors; the answers are the process id, and when that process has ended,
its status as `Popen.returncode` has it.

What always holds: a command is a process of its own, with nothing of a test's in it; what it runs is what
`python -m riskbot` runs, from `__main__` on. It ends when the socket is closed.
"""

from __future__ import annotations

import gc
import json
import os
import runpy
import selectors
import signal
import socket
import sys
from importlib import import_module
from typing import Any

LOOK = 0.01  # seconds between two looks at whether a command has ended
MOST = 1 << 20  # bytes of an order


def main() -> None:
    """Serve orders; in a forked command, be that command."""
    server = socket.socket(fileno=int(sys.argv[1]))
    from riskbot.cli.verbs import VERBS

    for place in VERBS.values():
        import_module(f"riskbot.cli.{place.partition('.')[0]}")
    gc.freeze()
    order = _serve(server)
    if order is not None:
        _become(order)


def _serve(server: socket.socket) -> dict[str, Any] | None:
    """Fork a command for each order: the order in the command, None in the server when nobody orders any more."""
    running: dict[int, int] = {}  # process id → the number of the order
    with selectors.DefaultSelector() as selector:
        selector.register(server, selectors.EVENT_READ)
        while True:
            if selector.select(LOOK if running else None):
                written, given, _, _ = socket.recv_fds(server, MOST, 3)
                if not written:
                    return None
                order: dict[str, Any] = json.loads(written)
                pid = os.fork()
                if pid == 0:
                    for descriptor, wanted in zip(given, range(3), strict=True):
                        os.dup2(descriptor, wanted)
                        os.close(descriptor)
                    selector.close()
                    server.close()
                    return order
                for descriptor in given:
                    os.close(descriptor)
                running[pid] = order["number"]
                _say(server, number=order["number"], pid=pid)
            for pid in [each for each in running if os.waitid(os.P_PID, each, os.WEXITED | os.WNOHANG | os.WNOWAIT)]:
                _, status = os.waitpid(pid, 0)
                _say(server, number=running.pop(pid), status=os.waitstatus_to_exitcode(status))


def _say(server: socket.socket, **answer: int) -> None:
    server.send(json.dumps(answer).encode())


def _become(order: dict[str, Any]) -> None:
    """What a fresh interpreter does with `-m riskbot …`."""
    os.chdir(order["cwd"])
    os.environ.clear()
    os.environ.update(order["environment"])
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.argv = ["riskbot", *order["arguments"]]
    sys.path[0] = order["cwd"]
    runpy.run_module("riskbot", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
