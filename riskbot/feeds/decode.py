"""Unpacking a body as it arrives, never further than its bound.

What always holds: no call ever holds more than the bound of unpacked bytes, however well they were packed: zlib is
told how many it may give, and asked again only for what is still allowed. Standard library only. Deliberately absent:
brotli and zstd, which are not asked for.
"""

from __future__ import annotations

import zlib

_MEMBERS = 1_000  # a gzip body may be several in a row; nobody honest sends this many


class TooLargeError(Exception):
    """More bytes than the bound allows."""


class BadEncodingError(Exception):
    """The bytes are not what their label says; `str()` is the label."""


class Unpacker:
    """Collects one body: `feed` each piece as it arrives, then `finish`."""

    def __init__(self, encoding: str, limit: int) -> None:
        """`encoding` is the Content-Encoding header, empty for none; BadEncodingError where it is unknown.

        Of several encodings, one inside the other, none is undone: nobody honest packs a feed twice.
        """
        labels = [label for word in encoding.lower().split(",") if (label := word.strip()) not in ("", "identity")]
        self._encoding = ", ".join(labels).replace("x-gzip", "gzip")
        if self._encoding not in ("", "gzip", "deflate"):
            raise BadEncodingError(self._encoding)
        self._limit = limit
        self._wire = 0
        self._members = 0
        self._body = bytearray()
        self._zlib: zlib._Decompress | None = None

    def feed(self, data: bytes) -> None:
        """Take one piece. TooLargeError as soon as a bound is passed, BadEncodingError where it cannot be unpacked."""
        self._wire += len(data)
        if self._wire > self._limit:
            raise TooLargeError
        if not self._encoding:
            self._body += data
            return
        try:
            self._inflate(data)
        except zlib.error as error:
            raise BadEncodingError(self._encoding) from error

    def finish(self) -> bytes:
        """The whole body. EOFError where a packed body ends before its end."""
        if self._zlib is not None and not self._zlib.eof:
            raise EOFError
        return bytes(self._body)

    def _inflate(self, data: bytes) -> None:
        while data:
            if self._zlib is None or self._zlib.eof:
                if self._zlib is not None and self._encoding == "deflate":
                    return  # nothing follows a deflate stream
                if self._members and data[:1] != b"\x1f":
                    return  # padding after the last member, as some servers send
                self._members += 1
                if self._members > _MEMBERS:
                    raise TooLargeError
                self._zlib = zlib.decompressobj(self._window(data))
            # One byte more than is allowed, so that a body of exactly the bound is told from one that goes on.
            self._body += self._zlib.decompress(data, self._limit - len(self._body) + 1)
            if len(self._body) > self._limit:
                raise TooLargeError
            data = self._zlib.unused_data if self._zlib.eof else self._zlib.unconsumed_tail

    def _window(self, data: bytes) -> int:
        if self._encoding == "gzip":
            return 16 + zlib.MAX_WBITS
        # "deflate" means zlib, but many servers send it bare (RFC 9110, section 8.4.1.2 tells of it).
        return zlib.MAX_WBITS if data[0] & 0x0F == 8 else -zlib.MAX_WBITS
