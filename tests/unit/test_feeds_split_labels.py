"""A document's label for its encoding is believed, unless it is surely wrong."""

from __future__ import annotations

import pytest

from riskbot.feeds.split_labels import corrected

XML = "application/rss+xml"
UTF8 = "application/xml; charset=utf-8"


def _document(label: str, text: str = "Zürich", encoding: str = "utf-8") -> bytes:
    declaration = f'<?xml version="1.0" encoding="{label}"?>' if label else ""
    return f"{declaration}<rss>{text}</rss>".encode(encoding)


@pytest.mark.parametrize("label", ["", "iso-8859-1", "ISO-8859-15", "windows-1252", "cp1252", "us-ascii", "latin1"])
@pytest.mark.parametrize("header", [None, XML, "text/xml", f"{XML}; charset=iso-8859-1", 'text/xml; charset="ASCII"'])
def test_utf_8_that_calls_itself_western_or_nothing_is_utf_8(label: str, header: str | None) -> None:
    assert corrected(_document(label), header) == UTF8


@pytest.mark.parametrize(
    ("body", "header"),
    [
        (_document("utf-8"), XML),
        (_document("utf-8"), f"{XML}; charset=UTF-8"),
        (_document("", "ASCII alone"), "text/xml"),
        (_document("iso-8859-1", encoding="iso-8859-1"), XML),
        (_document("", encoding="iso-8859-1"), None),
        (_document("gbk"), XML),
        (_document("shift_jis"), XML),
        (_document("iso-8859-1"), "text/xml; charset=gb2312"),
        (_document("koi8-r"), XML),
        (b'<?xml version="1.0" encoding="latin1" encoding="latin1"?><rss>\xc3\xa9</rss>', XML),
    ],
)
def test_any_other_label_is_left_as_it_is(body: bytes, header: str | None) -> None:
    assert corrected(body, header) == header


def test_a_declaration_and_a_header_at_odds_are_settled_by_the_bytes() -> None:
    assert corrected(_document("utf-8"), f"{XML}; charset=iso-8859-1") == UTF8
    western = _document("utf-8", encoding="iso-8859-1")
    assert corrected(western, f"{XML}; charset=iso-8859-1") == f"{XML}; charset=iso-8859-1"
