"""The replay server: stored articles as a real feed on loopback.

What always holds: what it serves is a valid RSS 2.0 document of the articles released so far, and an article's title
and text come back from it through any path of `feeds/` exactly as they were, since spans count their characters. An
unknown link, date or outlet is left out, never made up. Standard library only; it ends with its process.

Deliberately absent: everything a server on a network would need. It binds to 127.0.0.1.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterable
from datetime import UTC
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from xml.etree import ElementTree as ET

from riskbot.model import Article, Feed

_PATH = "/replay.xml"
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# A sign that would begin an entity or a tag if the reader unescaped once more than we escaped: an empty comment after
# it parts it from what follows, and readers that look for text escaped twice look at each piece by itself.
_AMBIGUOUS = re.compile(r"(&amp;)(?=[#A-Za-z])|(&lt;)(?=[A-Za-z/!?])")
_LATIN = re.compile("[\u0080-\u00ff]")


class ReplayServer:
    """A context manager: `release` articles, poll `url` in between."""

    def __init__(self, title: str = "riskbot replay") -> None:
        self._title = title
        self._articles: list[Article] = []
        self._lock = threading.Lock()
        self._server: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()
        self._server = self._thread = None

    @property
    def url(self) -> str:
        """Where the feed is, once the server runs."""
        if self._server is None:
            raise RuntimeError("ReplayServer is used outside its `with`")
        return f"http://127.0.0.1:{self._server.server_address[1]}{_PATH}"

    def feed(self, name: str = "replay") -> Feed:
        """The feed as the poller takes it."""
        return Feed(name=name, url=self.url, allow_private=True)

    def release(self, article: Article) -> None:
        """Put one more article into the feed; newest first, as feeds have it."""
        with self._lock:
            self._articles.insert(0, article)

    def document(self) -> bytes:
        """The feed as it is now."""
        with self._lock:
            articles = tuple(self._articles)
        return rss(self._title, self.url, articles)


def rss(title: str, url: str, articles: Iterable[Article]) -> bytes:
    """An RSS 2.0 document of these articles; `url` is the feed's own address."""
    root = ET.Element("rss", version="2.0")
    channel = ET.SubElement(root, "channel")
    _add(channel, "title", title)
    _add(channel, "link", url)
    _add(channel, "description", "Stored articles, released one at a time.")
    for article in articles:
        item = ET.SubElement(channel, "item")
        _add(item, "title", _escaped(article.title))
        if article.url:
            _add(item, "link", article.url)
        _add(item, "description", as_html(article.text))
        _add(item, "guid", article.entry_id or article.id, isPermaLink="false")
        if article.published:
            _add(item, "pubDate", format_datetime(article.published.astimezone(UTC), usegmt=True))
        if article.outlet:
            _add(item, "source", _escaped(article.outlet), url=url)
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def as_html(text: str) -> str:
    """Text as HTML: a paragraph for each part between empty lines, a break for each line in it."""
    return "".join(
        f"<p>{'<br>'.join(_escaped(line) for line in part.split(chr(10)))}</p>" for part in text.split("\n\n") if part
    )


def _escaped(text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = _AMBIGUOUS.sub(lambda match: match[0] + "<!---->", text)
    # feedparser takes a text of Latin-1 letters alone for UTF-8 read wrongly where that works out; numbers it lets be.
    return _LATIN.sub(lambda match: f"&#{ord(match[0])};", text)


def _add(parent: ET.Element, name: str, text: str, **attributes: str) -> None:
    element = ET.SubElement(parent, name, attributes)
    element.text = _NOT_XML.sub("", text)


def _handler(server: ReplayServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path != _PATH:
                self.send_error(404)
                return
            body = server.document()
            etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
            unchanged = self.headers.get("If-None-Match") == etag
            self.send_response(304 if unchanged else 200)
            self.send_header("ETag", etag)
            if not unchanged:
                self.send_header("Content-Type", "application/rss+xml; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if not unchanged:
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name http.server gives it
            """Standard error belongs to riskbot's own words."""

    return Handler
