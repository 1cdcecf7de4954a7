"""What a document and its header say about its encoding, and whether they can be right.

What always holds: bytes are read as feedparser reads them, unless the label is surely wrong. Deliberately absent:
guessing an encoding that nobody names.
"""

from __future__ import annotations

import re

ASCII = frozenset({"ascii", "us-ascii"})
UTF8 = frozenset({"utf-8", "utf8"})
# What people write, or software assumes, where they do not know: the encodings of western Europe.
WESTERN = frozenset({"latin1", "latin-1", "iso-8859-1", "iso-8859-15", "windows-1252", "cp1252"})
_ASSUMED = ASCII | WESTERN
_DECLARED = re.compile(rb"encoding=['\"]([A-Za-z0-9._:-]{1,40})['\"]")


def corrected(body: bytes, content_type: str | None) -> str | None:
    """The Content-Type to read a document by: its own, unless it is UTF-8 that calls itself Western or nothing.

    Western text is not UTF-8 by chance: each letter beyond ASCII would have to be followed by signs that hardly ever
    follow a letter (`Ã©` for `é`). For other encodings that is not so, and their labels are believed.
    """
    declared = declared_encoding(body)
    _, charset = media_type(content_type or "")
    labels = {label for label in (declared, charset.lower()) if label}
    if declared is None or not labels <= _ASSUMED | UTF8 or (labels and labels <= UTF8) or body.isascii():
        return content_type
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return content_type
    return "application/xml; charset=utf-8"


def declared_encoding(body: bytes) -> str | None:
    """The encoding of the XML declaration, empty where there is none; None where feedparser may see another.

    It looks for the last `encoding=` of the first line that has a `?>` behind it.
    """
    text = 3 if body.startswith(b"\xef\xbb\xbf") else 0
    if not body.startswith(b"<?", text):
        return ""
    end = body.find(b"?>", text)
    line = body.find(b"\n", text)
    line = len(body) if line < 0 else line
    if line < end:
        return None if b"encoding" in body[text:end] else ""
    if not body.startswith(b"<?xml", text) or (
        body.find(b"encoding=", end, line) >= 0 and body.find(b"?>", end + 2, line) >= 0
    ):
        return None
    declaration = body[text:end]
    if b"encoding" not in declaration:
        return ""
    named = _DECLARED.findall(declaration)
    return named[0].decode("ascii").lower() if len(named) == 1 else None


def media_type(value: str) -> tuple[str, str]:
    """The media type and the charset of the header, as feedparser takes them apart."""
    mime, *parameters = value.split(";")
    charset = ""
    for parameter in parameters:
        key, _, text = parameter.partition("=")
        if key.strip().lower() == "charset":
            charset = text.strip().strip("\"'")
    return mime.strip(), charset
