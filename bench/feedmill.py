"""A local server for the polling bench: many feeds on many loopback addresses, in a process of its own.

What always holds: it runs apart, so that its work is not counted as riskbot's; it ends with its parent (its standard
input closes). A feed is a path `/<number>`; asked with the ETag of its present document it answers 304. `POST /next`
brings out the next document of every feed: so many items of fifty are new.

Run by `polling.py`: `python -m bench.feedmill <items> <new each time>`; its first line on standard output is the port.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache

_WORDS = (
    "ministry company export rules shares quarter plan port government growth court deal city season report prices"
    " trade officials workers team police country percentage analysts border energy supply grain steel ship fund budget"
).split()
_PARAGRAPH = (
    "<p>The {a} said on Tuesday that the <a href='https://news.example/exports?a=1&amp;b=2'>{b} {c}</a> would be read "
    "&ldquo;as they are written&rdquo;; {d} fell by {e}.{f}% – the most since March, said the {g} of the {h}.</p>\n"
)
_START = datetime.now(UTC)  # an item keeps its date however often it is written


def _item(feed: int, number: int) -> str:
    words = [_WORDS[(feed * 7 + number * 13 + place * (3 + number % 11)) % len(_WORDS)] for place in range(96)]
    text = "".join(
        _PARAGRAPH.format(
            a=words[i],
            b=words[i + 1],
            c=words[i + 2],
            d=words[i + 3],
            e=number % 9,
            f=i % 10,
            g=words[i + 4],
            h=words[-i],
        )
        for i in range(1, 41, 4)
    )
    published = format_datetime(_START - timedelta(minutes=600 - number), usegmt=True)
    return f"""<item><title>{words[0].capitalize()} {words[1]} and {words[2]} {words[3]} differ, {feed}/{number}</title>
<link>https://news.example/{feed}/{words[4]}-{number}</link><guid isPermaLink="false">{feed}-{number}</guid>
<pubDate>{published}</pubDate><dc:creator>A. Writer</dc:creator><category>{words[5]}</category>
<description>{words[6].capitalize()} {words[7]} {words[8]}, said the {words[9]}.</description>
<content:encoded><![CDATA[{text}]]></content:encoded></item>
"""


@lru_cache(maxsize=4)
def document(feed: int, items: int, newest: int) -> bytes:
    """A feed's document: `items` items, the newest first, of which the newest has the number `newest`."""
    made = "".join(_item(feed, number) for number in range(newest, newest - items, -1))
    namespaces = 'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" {namespaces}>
<channel><title>Feed {feed}</title><link>https://news.example/{feed}</link><description>News</description>
<language>en-gb</language>
{made}</channel></rss>
""".encode()


class Mill:
    """The feeds, all at the same document."""

    def __init__(self, items: int, new: int) -> None:
        self._items, self._new, self._round = items, new, 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, as long as it is kept alive."""
        try:
            while request := await reader.readuntil(b"\r\n\r\n"):
                writer.write(self._answer(request))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def _answer(self, request: bytes) -> bytes:
        line, _, headers = request.partition(b"\r\n")
        method, path, _ = line.split(b" ", 2)
        if method == b"POST":
            self._round += 1
            return b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
        etag = b'"%d"' % self._round
        if b"If-None-Match: " + etag in headers:
            return b"HTTP/1.1 304 Not Modified\r\nETag: %s\r\n\r\n" % etag
        body = document(int(path[1:]), self._items, self._items + self._round * self._new)
        return (
            b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml; charset=utf-8\r\n"
            b"ETag: %s\r\nContent-Length: %d\r\n\r\n" % (etag, len(body))
        ) + body


async def main() -> None:
    """Serve until standard input closes."""
    mill = Mill(int(sys.argv[1]), int(sys.argv[2]))
    server = await asyncio.start_server(mill.serve, "0.0.0.0", 0)  # all of 127/8 is loopback
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(main())
