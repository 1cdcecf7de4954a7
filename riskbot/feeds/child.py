"""The child process in which documents are parsed: `python -m riskbot.feeds.child`, spoken to over its pipes.

What always holds: what comes in is bytes nobody has checked, what goes out is JSON of plain values, so the parent never
unpickles anything. A child knows no secret (its environment is made by `pool.py`), has a ceiling on its memory, ends
when its parent does (its input closes), and ends by itself if a document outlasts the deadline and nobody kills it.

A message is a length (4 bytes) and as many bytes. To the child: a JSON header, then the body. From it: one JSON object
with `entries`, or with `reason` and `detail`; and `{}` once when it is ready.
"""

from __future__ import annotations

import json
import os
import signal
import struct
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, BinaryIO

from riskbot.errors import FetchError
from riskbot.feeds.parse import parse
from riskbot.model import Entry

LENGTH = struct.Struct(">I")
_WARM_UP = {"url": "http://localhost/", "content_type": None, "now": "2000-01-01T00:00:00+00:00", "limit": 1}


def pack(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Entries as JSON takes them."""
    return [asdict(entry) | {"published": entry.published and entry.published.isoformat()} for entry in entries]


def unpack(entries: Sequence[dict[str, Any]]) -> tuple[Entry, ...]:
    """The same entries again."""
    return tuple(
        Entry(**(packed | {"published": packed["published"] and datetime.fromisoformat(packed["published"])}))
        for packed in entries
    )


def answer(header: dict[str, Any], body: bytes) -> dict[str, Any]:
    """What the child says to one document."""
    try:
        entries = parse(
            body,
            url=header["url"],
            content_type=header["content_type"],
            now=datetime.fromisoformat(header["now"]),
            limit=header["limit"],
        )
        return {"entries": pack(entries)}
    except FetchError as error:
        return {"reason": error.reason, "detail": f"{header['limit']:,}"}
    except MemoryError:
        return {"reason": "parse-memory", "detail": ""}
    except Exception as error:  # noqa: BLE001  # whatever the parsers raise is this one document's concern, and is named
        return {"reason": "parse-crashed", "detail": type(error).__name__}


def main() -> None:
    """Serve documents until our input closes. Arguments: bytes of address space, seconds for one document."""
    memory, deadline = int(sys.argv[1]), float(sys.argv[2])
    if sys.platform == "linux":  # elsewhere the kernel does not keep to it, or refuses the call
        import resource

        _, ceiling = resource.getrlimit(resource.RLIMIT_AS)
        memory = memory if ceiling == resource.RLIM_INFINITY else min(memory, ceiling)
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; it is the parent that decides
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints must not speak into our protocol
    # What the parsers import late they import now; and a ceiling too low for any document shows at once.
    if not answer(_WARM_UP, b"<rss><channel><item><title>ready</title></item></channel></rss>").get("entries"):
        sys.exit("riskbot: the parser process cannot parse anything within its memory")
    _send(replies, {})
    requests = sys.stdin.buffer
    while header := _receive(requests):
        body = _receive(requests)
        # The parent kills us before that. Should the parent be gone, nobody would: the default action ends the process.
        signal.setitimer(signal.ITIMER_REAL, deadline + 1)
        reply = answer(json.loads(header), body)
        _send(replies, reply)
        signal.setitimer(signal.ITIMER_REAL, 0)
        if reply.get("reason") == "parse-memory":
            return  # what is left of the address space is in pieces


def _receive(stream: BinaryIO) -> bytes:
    length = stream.read(LENGTH.size)
    return stream.read(LENGTH.unpack(length)[0]) if len(length) == LENGTH.size else b""


def _send(stream: BinaryIO, message: dict[str, Any]) -> None:
    data = json.dumps(message, ensure_ascii=False).encode("utf-8", "replace")
    stream.write(LENGTH.pack(len(data)) + data)
    stream.flush()


if __name__ == "__main__":
    main()
