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
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from riskbot.errors import FetchError
from riskbot.feeds.bounds import Bounds
from riskbot.feeds.child import LENGTH, unpack
from riskbot.feeds.failures import failure
from riskbot.feeds.parse import Parsed
from riskbot.feeds.split_rescue import rescue

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

    async def parse(
        self, body: bytes, *, url: str, content_type: str | None, now: datetime, known: Mapping[bytes, bytes]
    ) -> Parsed:
        """What is new in a feed's document; `known` are its items of the last time (`FeedState.items`).

        Raises FetchError with a reason of `failures.py`. A document that outlasts its deadline is read once more piece
        by piece (`split_rescue.py`), where it can be taken apart.
        """
        header: dict[str, object] = {
            "kind": "feed",
            "url": url,
            "content_type": content_type,
            "now": now.isoformat(),
            "limit": self._bounds.entries,
            "known": b"".join(known).hex(),
        }

        async def ask(changed: Mapping[str, object], deadline: float) -> tuple[dict[str, Any], float]:
            return await self._ask({**header, **changed}, body, deadline)

        deadline = self._bounds.parse_time.total_seconds()
        try:
            parsed = unpack((await ask({}, deadline))[0])
        except FetchError as error:
            parsed = await rescue(ask, error, known, deadline)
        return replace(parsed, items=tuple((hash_, known.get(hash_, key)) for hash_, key in parsed.items))

    async def extract(self, body: bytes, *, url: str, content_type: str | None) -> str:
        """The text of an article's page. Raises FetchError with a reason of `failures.py`."""
        header = {"kind": "page", "url": url, "content_type": content_type}
        reply, _ = await self._ask(header, body, self._bounds.parse_time.total_seconds())
        text: str = reply["text"]
        return text

    async def _ask(self, header: Mapping[str, Any], body: bytes, deadline: float) -> tuple[dict[str, Any], float]:
        """A child's reply, and the seconds it took. Raises FetchError."""
        url: str = header["url"]
        child = await self._places.get()
        kept: _Child | None = None
        try:
            if child is None:
                child = await _Child.start(self._bounds)
            begun = asyncio.get_running_loop().time()
            reply = await child.ask(json.dumps(header).encode(), body, deadline)
            took = asyncio.get_running_loop().time() - begun
            if child.documents < _DOCUMENTS and reply.get("reason") != "parse-memory":
                kept = child
        except _NotStartedError as error:
            raise failure("no-parser", url, error) from error
        except TimeoutError:
            raise failure("parse-timeout", url, f"{deadline:g}") from None
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            code = await child.end() if child is not None else None
            if code == -signal.SIGALRM:  # its own alarm: we were too busy to kill it in time
                raise failure("parse-timeout", url, f"{deadline:g}") from error
            raise failure("parse-crashed", url, f"exit status {code}") from error
        finally:
            # A child that overran, was interrupted or has done its share is in no state to be asked again.
            if child is not None and kept is None:
                child.kill()
            self._places.put_nowait(kept)
            if child is not None and kept is None:
                await child.end()
        if "reason" in reply:
            raise FetchError(reply["reason"], reply["message"], reply["mend"])
        return reply, took

    async def close(self) -> None:
        """End all children. Nothing may be parsing any more."""
        for _ in range(self._places.qsize()):
            if (child := self._places.get_nowait()) is not None:
                await child.end()
            # The place stays, so that a pool can be used again: children start when needed.
        for _ in range(self._bounds.parsers):
            self._places.put_nowait(None)


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


def _environment() -> dict[str, str]:
    """What a child needs to run this same Python with these same modules: no token, no proxy, no setting."""
    passed = {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR") if name in os.environ}
    modules = os.pathsep.join(str(Path(place).resolve()) for place in sys.path)
    return passed | {"PYTHONPATH": modules, "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}
