"""A few child processes that parse, each killed when a document takes too long.

What always holds: a document has its deadline to itself (waiting for a free child and starting one do not count); a
child that overruns, dies or is interrupted is killed and replaced, and only its own document fails; nothing is sent to
a child whose state is not known. Children start when first needed and are renewed now and then, so that memory they
have not given back cannot pile up.

Plain subprocesses rather than `multiprocessing`: they are awaited instead of threads, import nothing but the parser,
and get an environment without our secrets.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from riskbot.errors import FetchError
from riskbot.feeds.bounds import Bounds
from riskbot.feeds.child import LENGTH, unpack
from riskbot.feeds.failures import failure
from riskbot.model import Entry

_DOCUMENTS = 500  # by one child, before a new one takes over
_START = 60.0  # seconds; a loaded machine takes its time to import a parser


class ParserPool:
    """Parses documents in child processes. Close it when done."""

    def __init__(self, bounds: Bounds | None = None) -> None:
        self._bounds = bounds or Bounds()
        # Last in, first out: under light load one child does it all and the others are never started.
        self._places: asyncio.LifoQueue[_Child | None] = asyncio.LifoQueue()
        for _ in range(self._bounds.parsers):
            self._places.put_nowait(None)

    async def parse(self, body: bytes, *, url: str, content_type: str | None, now: datetime) -> tuple[Entry, ...]:
        """The entries of a document. Raises FetchError with a reason of `failures.py`."""
        header = {"url": url, "content_type": content_type, "now": now.isoformat(), "limit": self._bounds.entries}
        child = await self._places.get()
        kept: _Child | None = None
        try:
            if child is None:
                child = await _Child.start(self._bounds)
            reply = await child.ask(json.dumps(header).encode(), body, self._bounds.parse_time.total_seconds())
            if child.documents < _DOCUMENTS and reply.get("reason") != "parse-memory":
                kept = child
        except _NotStartedError as error:
            raise failure("no-parser", url, error) from error
        except TimeoutError:
            raise self._overran(url) from None
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            code = await child.end() if child is not None else None
            # Its own alarm: we were too busy to kill it in time.
            raise self._overran(url) if code == -signal.SIGALRM else _crashed(url, code) from error
        finally:
            # A child that overran, was interrupted or has done its share is in no state to be asked again.
            if child is not None and kept is None:
                child.kill()
            self._places.put_nowait(kept)
            if child is not None and kept is None:
                await child.end()
        if "reason" in reply:
            raise failure(reply["reason"], url, reply["detail"])
        return unpack(reply["entries"])

    async def close(self) -> None:
        """End all children. Nothing may be parsing any more."""
        for _ in range(self._places.qsize()):
            if (child := self._places.get_nowait()) is not None:
                await child.end()
            # The place stays, so that a pool can be used again: children start when needed.
        for _ in range(self._bounds.parsers):
            self._places.put_nowait(None)

    def _overran(self, url: str) -> FetchError:
        return failure("parse-timeout", url, f"{self._bounds.parse_time.total_seconds():g}")


class _NotStartedError(Exception):
    """No child could be started; `str()` says why. It never leaves this file."""


class _Child:
    """One child process, and what has been asked of it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.documents = 0

    @classmethod
    async def start(cls, bounds: Bounds) -> _Child:
        """A child that is ready. Raises _NotStartedError when this machine cannot run one just now."""
        # -P: the folder we happen to stand in must not provide modules.
        command = (sys.executable, "-P", "-m", "riskbot.feeds.child")
        try:
            process = await asyncio.create_subprocess_exec(
                *(*command, str(bounds.parse_memory), str(bounds.parse_time.total_seconds())),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                env=_environment(),
            )
        except OSError as error:
            raise _NotStartedError(error.strerror) from error
        child = cls(process)
        try:
            async with asyncio.timeout(_START):
                await child._receive()
        except (TimeoutError, asyncio.IncompleteReadError) as error:
            code = await child.end()
            raise _NotStartedError(f"exit status {code}") from error
        except BaseException:
            await child.end()
            raise
        return child

    async def ask(self, header: bytes, body: bytes, deadline: float) -> dict[str, Any]:
        """Send one document and wait for the reply. TimeoutError, IncompleteReadError, ConnectionError: it must go."""
        self.documents += 1
        pipe = self._process.stdin
        assert pipe is not None  # noqa: S101  # asked for above
        async with asyncio.timeout(deadline):
            pipe.write(LENGTH.pack(len(header)) + header + LENGTH.pack(len(body)))
            pipe.write(body)
            await pipe.drain()
            return await self._receive()

    async def _receive(self) -> dict[str, Any]:
        pipe = self._process.stdout
        assert pipe is not None  # noqa: S101  # asked for above
        (length,) = LENGTH.unpack(await pipe.readexactly(LENGTH.size))
        reply: dict[str, Any] = json.loads(await pipe.readexactly(length))
        return reply

    def kill(self) -> None:
        """Stop it at once; again is nothing."""
        with contextlib.suppress(ProcessLookupError):  # it was faster
            self._process.kill()

    async def end(self) -> int | None:
        """Stop it and wait until it is gone; its exit status."""
        self.kill()
        await self._process.communicate()  # reads what is left, so that the pipes close
        return self._process.returncode


def _crashed(url: str, code: int | None) -> FetchError:
    return failure("parse-crashed", url, f"exit status {code}")


def _environment() -> dict[str, str]:
    """What a child needs to run this same Python with these same modules: no token, no proxy, no setting."""
    passed = {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR") if name in os.environ}
    modules = os.pathsep.join(str(Path(place).resolve()) for place in sys.path)
    return passed | {"PYTHONPATH": modules, "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}
