"""The child process in which documents are parsed: `python -m riskbot.feeds.child`, spoken to over its pipes.

What always holds: what comes in is bytes nobody has checked, what goes out is JSON of plain values, so the parent never
unpickles anything. A child knows no secret (its environment is made by `pool.py`), has a ceiling on its memory, ends
when its parent does (its input closes), and ends by itself if a document outlasts the deadline and nobody kills it.

A message is a length (4 bytes) and as many bytes. To the child: a JSON header, then the body. From it: one JSON object,
and `{}` once when it is ready. The header's `kind` says what is asked for:

- `feed`: the entries that are new (`parse.parse_new`);
- `items`: the hashes of a feed's items that are new, and how they begin, without parsing any of them;
- `page`: the text of an article's page (`extract.extract`).

Whatever cannot be done is answered with `reason`, `message` and `mend`.
"""

from __future__ import annotations

import json
import os
import signal
import struct
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, BinaryIO

from riskbot.errors import FetchError
from riskbot.feeds.failures import failure, shown
from riskbot.feeds.html import feed_links
from riskbot.feeds.parse import Parsed, new_items, parse_new
from riskbot.feeds.split import HASH
from riskbot.model import Entry, Wishes

LENGTH = struct.Struct(">I")
_NAMED_FEEDS = 3
_WARM_UP = {
    "kind": "feed",
    "url": "http://localhost/",
    "content_type": None,
    "now": "2000-01-01T00:00:00+00:00",
    "limit": 1,
    "known": "",
}


def pack(parsed: Parsed) -> dict[str, Any]:
    """What was parsed, as JSON takes it."""
    wishes = parsed.wishes
    return {
        "entries": [asdict(one) | {"published": one.published and one.published.isoformat()} for one in parsed.entries],
        "count": parsed.count,
        "hashes": b"".join(hash_ for hash_, _ in parsed.items).hex(),
        "keys": {place: key.hex() for place, (_, key) in enumerate(parsed.items) if key is not None},
        "whole": parsed.whole,
        "wishes": wishes
        and {
            "every": wishes.every and wishes.every.total_seconds(),
            "skip_hours": sorted(wishes.skip_hours),
            "skip_days": sorted(wishes.skip_days),
        },
    }


def unpack(packed: dict[str, Any]) -> Parsed:
    """The same again."""
    wishes = packed["wishes"]
    keys = {int(place): bytes.fromhex(key) for place, key in packed["keys"].items()}
    return Parsed(
        entries=tuple(
            Entry(**(one | {"published": one["published"] and datetime.fromisoformat(one["published"])}))
            for one in packed["entries"]
        ),
        count=packed["count"],
        items=tuple((hash_, keys.get(place)) for place, hash_ in enumerate(unhex(packed["hashes"]))),
        whole=packed["whole"],
        wishes=wishes
        and Wishes(
            None if wishes["every"] is None else timedelta(seconds=wishes["every"]),
            frozenset(wishes["skip_hours"]),
            frozenset(wishes["skip_days"]),
        ),
    )


def unhex(hashes: str) -> list[bytes]:
    """Hashes from one text of all of them: thousands are sent with each document, and one text is read faster."""
    joined = bytes.fromhex(hashes)
    return [joined[at : at + HASH] for at in range(0, len(joined), HASH)]


def answer(header: dict[str, Any], body: bytes) -> dict[str, Any]:
    """What the child says to one document."""
    url = header["url"]
    try:
        return _answer(header, body)
    except FetchError as error:
        failed = error
    except MemoryError:
        failed = failure("parse-memory", url)
    except Exception as error:  # noqa: BLE001  # whatever the parsers raise is this one document's concern, and is named
        failed = failure("parse-crashed", url, type(error).__name__)
    return {"reason": failed.reason, "message": str(failed), "mend": failed.mend}


def _answer(header: dict[str, Any], body: bytes) -> dict[str, Any]:
    url, content_type = header["url"], header["content_type"]
    if header["kind"] == "page":
        # It takes its time and its memory to load, and most children never see a page.
        from riskbot.feeds.extract import extract

        return {"text": extract(body, url=url, content_type=content_type)}
    known = frozenset(unhex(header["known"]))
    if header["kind"] == "items":
        new = new_items(body, url=url, content_type=content_type, known=known)
        return {"items": {hash_.hex(): beginning for hash_, beginning in new.items()}}
    try:
        return pack(
            parse_new(
                body,
                url=url,
                content_type=content_type,
                now=datetime.fromisoformat(header["now"]),
                limit=header["limit"],
                known=known,
            )
        )
    except FetchError as error:
        if error.reason == "html-not-feed":
            raise _pointing(error, feed_links(body, base=url, content_type=content_type)) from error
        raise


def _pointing(error: FetchError, links: Sequence[tuple[str, str]]) -> FetchError:
    """The error about a page, with the feeds that the page itself names."""
    if not links:
        return error
    named = ", ".join(f"{shown(url)} ({title})" if title else shown(url) for url, title in links[:_NAMED_FEEDS])
    more = f" and {len(links) - _NAMED_FEEDS} more" if len(links) > _NAMED_FEEDS else ""
    return FetchError(
        error.reason, str(error), f"give the feed one of the addresses that the page names: {named}{more}"
    )


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
