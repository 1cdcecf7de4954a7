"""Titles and dates of texts that come without them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskbot.text.headlines import LONGEST, best_sentence, headline, published

PROSE = "The regulator said on Tuesday that the shipyard had delivered two vessels to the navy without a licence."
TITLE = "Shipyard Delivered Vessels to the Navy"


def title(text: str) -> str | None:
    found = headline(text)
    return text[found[0] : found[1]] if found else None


@pytest.mark.parametrize(
    "above",
    [
        "",
        "What's Happening?\n",
        "Share\nNov 17, 2025\n",
        "By Anna Weber\n\n",
        "Source: Harbour Times\n",
        "Skip to main content\nMenu\n",
        f"{PROSE} The owner of the yard denied on Wednesday that any such thing had ever happened there.\n\n",
    ],
)
def test_the_title_is_the_first_line_that_reads_as_a_headline(above: str) -> None:
    body = f"{PROSE}\nThe owner of the yard denied on Wednesday that any such thing had ever happened there."
    assert title(f"{above}{TITLE}\n\n{body}") == TITLE


@pytest.mark.parametrize(
    "text",
    [
        f"{PROSE}\n{TITLE}",
        "The regulator said on Tuesday that the shipyard\nhad delivered two vessels to the navy.",
        f"What's Happening?\n{PROSE}",
        "x " * 160 + "\n" + TITLE,
        "",
    ],
)
def test_after_prose_begins_no_line_is_a_headline(text: str) -> None:
    assert headline(text) is None


def test_a_headline_may_end_with_an_abbreviation_or_a_question() -> None:
    assert title(f"Shipyard Helps Navy Target U.S.\n{PROSE}") == "Shipyard Helps Navy Target U.S."
    assert title(f"Did the Shipyard Help the Navy?\n{PROSE}") == "Did the Shipyard Help the Navy?"


def test_the_best_sentence_tells_what_recurs() -> None:
    text = (
        "It was raining. The Northyard shipyard is accused of helping the navy. He shrugged. "
        "The navy said the Northyard shipyard did nothing. Northyard is a shipyard."
    )
    assert best_sentence(text) == "The Northyard shipyard is accused of helping the navy"


def test_of_an_overlong_lead_what_follows_the_colon_serves() -> None:
    lead = (
        "Here is one more story that nobody on either shore of the wide northern strait will like to read: "
        "a leaked report claims that the Northyard shipyard has been helping the navy of a sanctioned state for years."
    )
    assert len(lead) > LONGEST
    assert best_sentence(f"{lead} It is long.").startswith("A leaked report claims that the Northyard shipyard")


def test_an_endless_sentence_is_cut_at_a_word() -> None:
    best = best_sentence("navy " * 100)
    assert len(best) <= LONGEST
    assert best.endswith("avy…")


@settings(deadline=None)
@given(st.text(max_size=400))
def test_a_text_with_words_always_has_a_title_of_its_own_words(text: str) -> None:
    best = best_sentence(text)
    assert len(best) <= LONGEST + 4  # the first letter's capital may be longer ("ß" is "SS")
    assert bool(best) or not any(c.isalnum() for c in text)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        (f"{TITLE}\nNov 17, 2025\n{PROSE}", utc(2025, 11, 17)),
        (f"{TITLE}\nBy Anna Weber | Nov 17, 2025\n{PROSE}", utc(2025, 11, 17)),
        (f"{TITLE}\nUpdated: Nov 18, 2025\nPublished: Nov 17, 2025\n{PROSE}", utc(2025, 11, 17)),
        (f"{PROSE}\n\nPublished: 11/16/2025, 23:08:17 EST", utc(2025, 11, 17, 4, 8, 17)),
        (f"LONDON, Nov. 17, 2025 (Wire) -- {PROSE}", utc(2025, 11, 17)),
        (f"{PROSE}\nSource: https://example.com/2025/11/17/a.html", utc(2025, 11, 17)),
    ],
)
def test_a_date_comes_from_the_articles_own_lines(text: str, moment: datetime) -> None:
    assert published(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        PROSE,
        f"{PROSE}\nThe memo is dated November 1, 2025, and nobody on the yard remembers having read it before then.",
        f"{PROSE}\n\nRelated\nAirline sinks\nHarbourNews2026/01/20 19:33\nPublished: Nov 3, 2025",
        f"{PROSE}\n\nRelated\nAirline sinks\nSource: https://example.com/2025/11/17/a.html",
        f"{PROSE}\n\nNov 17, 2025",
    ],
)
def test_a_date_of_anything_else_is_not_the_articles(text: str) -> None:
    assert published(text) is None


def test_the_articles_own_address_comes_before_its_sources() -> None:
    text = f"{PROSE}\nSource: https://example.com/2025/11/17/a.html"
    assert published(text, "https://example.org/2025/11/18/b") == utc(2025, 11, 18)
