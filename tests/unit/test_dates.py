"""Dates on pages: read strictly, or not at all."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbot.text.dates import in_path, iso, on_page


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("Published: 11/16/2025, 23:08:17 EST", utc(2025, 11, 17, 4, 8, 17)),
        ("Nov 17, 2025", utc(2025, 11, 17)),
        ("Updated Sept. 3, 2025 9:30 am ET", utc(2025, 9, 3, 13, 30)),
        ("Jan 3, 2025 9:30 p.m. ET", utc(2025, 1, 4, 2, 30)),
        ("Jan 3, 2025, 12 am PT", utc(2025, 1, 3, 8)),
        ("17 November 2025", utc(2025, 11, 17)),
        ("17th November 2025, 08:00 HKT", utc(2025, 11, 17)),
        ("17. März 2025", utc(2025, 3, 17)),
        ("17 de noviembre de 2025", utc(2025, 11, 17)),
        ("1 août 2025", utc(2025, 8, 1)),
        ("2025年11月17日", utc(2025, 11, 17)),
        ("BitcoinNews2026/01/20 19:33", utc(2026, 1, 20)),
        ("2025-11-17 10:00 GMT+2", utc(2025, 11, 17, 8)),
        ("2025-11-17T10:00:00+05:30", utc(2025, 11, 17, 4, 30)),
        ("10:00 UTC, 17 Nov 2025", utc(2025, 11, 17, 10)),
        ("17.11.2025", utc(2025, 11, 17)),
        ("03.04.2025", utc(2025, 4, 3)),
        ("16/11/2025", utc(2025, 11, 16)),
        ("11/16/2025", utc(2025, 11, 16)),
        ("03/04/2025, 10:00 EST", utc(2025, 3, 4, 15)),
        ("04/04/2025", utc(2025, 4, 4)),
        ("03/04/2025, 10:00 CST", utc(2025, 3, 4, 16)),
    ],
)
def test_a_date_on_a_page_is_read(written: str, moment: datetime) -> None:
    assert on_page(written) == moment


@pytest.mark.parametrize(
    "written",
    [
        "03/04/2025",
        "03/04/2025, 10:00 GMT",
        "November 1",
        "Nov. 25",
        "31/02/2025",
        "Feb 30, 2025",
        "2 hours ago",
        "version 3.12.2025.1x",
        "1/2/34",
        "",
    ],
)
def test_what_has_two_readings_or_none_is_unknown(written: str) -> None:
    assert on_page(written) is None


@pytest.mark.parametrize(
    "written", ["Nov 17, 2025 10:00", "Nov 17, 2025 10:00 CST", "Nov 17, 2025 25:61 GMT", "Nov 17, 2025 13:00 pm GMT"]
)
def test_a_time_whose_zone_is_not_certain_leaves_the_date_alone(written: str) -> None:
    assert on_page(written) == utc(2025, 11, 17)


@pytest.mark.parametrize(
    ("url", "moment"),
    [
        ("https://www.cnbc.com/2025/11/17/memo.html", utc(2025, 11, 17)),
        ("https://example.com/news/2025-11-17/memo", utc(2025, 11, 17)),
        ("https://example.com/20251117/memo", utc(2025, 11, 17)),
        ("https://example.com/2025/13/17/memo", None),
        ("https://example.com/2025111/memo", None),
        ("https://example.com/memo?d=/2025/11/17/", None),
        (None, None),
    ],
)
def test_a_date_in_an_address_is_read_from_its_path(url: str | None, moment: datetime | None) -> None:
    assert in_path(url) == moment


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2025-11-17", utc(2025, 11, 17)),
        ("2025-11-16T23:08:17-05:00", utc(2025, 11, 17, 4, 8, 17)),
        ("2025-11-16T23:08:17Z", utc(2025, 11, 16, 23, 8, 17)),
        ("2025-11-16 23:08", utc(2025, 11, 16, 23, 8)),
        ("0001-01-01T00:00:00+14:00", None),
        ("yesterday", None),
    ],
)
def test_iso_dates_are_utc(written: str, moment: datetime | None) -> None:
    assert iso(written) == moment


@given(
    st.one_of(st.text(max_size=80), st.from_regex(r"[0-9]{1,4}[/.-][0-9]{1,2}[/.-][0-9]{1,4} [0-9:]{0,8} [A-Z]{0,4}"))
)
def test_whatever_is_written_a_date_is_aware_or_unknown(written: str) -> None:
    for moment in (on_page(written), iso(written), in_path(written)):
        assert moment is None or moment.utcoffset() == UTC.utcoffset(None)
