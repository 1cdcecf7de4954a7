"""Page furniture: what holds for any text, and what the seed articles keep."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskbot.text.furniture import Furniture, find, mask
from riskbot.text.normalise import clean
from riskbot.text.repeats import _WORDS, WINDOW, _is_free_of_repeats

SEEDS = Path(__file__).parents[2] / "seeds"
ORIGINALS = Path(__file__).parents[3] / "shared" / "seeds"

PROSE = "The regulator said on Tuesday that the shipyard had delivered two vessels to the navy without a licence."
MORE_PROSE = (
    "Its owner answered that the licence had been granted in spring, and that the papers would be shown in court."
)


def kinds(text: str) -> dict[str, str]:
    """The furniture of a text by what it covers."""
    return {text[item.start : item.end]: item.kind for item in find(text)}


def only(text: str) -> Furniture:
    (item,) = find(text)
    return item


# ── what always holds ────────────────────────────────────────────────────────────────────────────────────────────

PIECES = [
    PROSE,
    MORE_PROSE,
    "The yard denied it.",
    PROSE[:60] + "…",
    "You May Also Like",
    "Airline shares sink",
    "Share",
    "HarbourNews2026/01/20 19:33",
    "The post Airline shares sink appeared first on Harbour Times.",
    "Source: CNBCPublished: 11/16/2025, 23:08:17 EST",
    "Disclaimer",
    "$0.0027",
    "USD",
    "Subscribe now",
    "AlibabaBABA-- gave",
    "What's Happening?",
    "阿里巴巴协助中国军方。",
    "",
]
pages = st.lists(st.tuples(st.sampled_from(PIECES), st.sampled_from(["\n", "\n\n", " ", ""])), max_size=25).map(
    lambda pieces: "".join(piece + gap for piece, gap in pieces)
)


@settings(deadline=None)
@given(st.one_of(st.text(max_size=300), pages))
def test_ranges_are_in_order_within_the_text_and_do_not_overlap(text: str) -> None:
    position = 0
    for item in find(text):
        assert position <= item.start < item.end <= len(text)
        assert text[item.start : item.end] == text[item.start : item.end].strip() != ""
        position = item.end


@settings(deadline=None)
@given(st.one_of(st.text(max_size=300), pages))
def test_a_mask_keeps_every_other_character_in_its_place(text: str) -> None:
    visible = mask(text, "\0")
    assert len(visible) == len(text)
    assert all(seen in (written, "\0") for seen, written in zip(visible, text, strict=True))


SENTENCES = st.lists(
    st.integers(0, 400).map(
        lambda n: f"Frigate number {n} was delivered to the navy of country {n * 7} in the year {n}."
    ),
    min_size=2,
    max_size=8,
    unique=True,
)


@settings(deadline=None)
@given(SENTENCES, st.lists(st.tuples(st.booleans(), st.integers(0, 8), st.integers(0, 8)), min_size=1, max_size=4))
def test_however_a_body_is_doubled_no_sentence_is_lost(body: list[str], copies: list[tuple[bool, int, int]]) -> None:
    parts = ["\n".join(body)]
    for endless, first, last in copies:
        parts.append((" " if endless else "\n\n").join(body[first:last]))
    visible = mask("\n\n".join(parts))
    for sentence in body:
        assert sentence in visible


@settings(deadline=None)
@given(SENTENCES)
def test_a_body_that_stands_thrice_in_one_form_stays_once(body: list[str]) -> None:
    text = "\n\n".join([" ".join(body), "\n".join(body), " ".join(body)])
    assert [mask(text).count(sentence) for sentence in body] == [1] * len(body)


def test_the_work_does_not_explode_on_hostile_lines() -> None:
    # Each of these took a backtracking pattern or a search that begins anew at every line minutes, not moments.
    for hostile in (
        ("1" * 59 + "x\n") * 2000,
        ("By " + "Aa Bb, " * 13 + "1\n") * 1500,
        "Read more\n" * 10_000,
        "The post A " * 10_000,
        "!" * 200_000,
        "\n" * 200_000,
    ):
        for item in find(hostile):
            assert item.end <= len(hostile)


# ── the seeds ────────────────────────────────────────────────────────────────────────────────────────────────────

# Named only in the list of other stories at the end of the first seed.
ELSEWHERE = (
    "Musk",
    "WhiteWhale",
    "airline",
    "Coinbase",
    "Ripple",
    "Bank of America",
    "Barclays",
    "Citi",
    "MEXC",
    "Union",
)


def _body(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    return clean(text.split("---", 2)[2] if text.startswith("---") else text)


SEED_FILES = sorted(SEEDS.glob("*.md")) + sorted(ORIGINALS.glob("*.txt"))


@pytest.mark.parametrize("path", SEED_FILES, ids=lambda path: path.stem)
def test_nothing_of_other_stories_shows_in_a_seed(path: Path) -> None:
    visible = mask(_body(path))
    assert [name for name in ELSEWHERE if name in visible] == []


@pytest.mark.parametrize("path", SEED_FILES, ids=lambda path: path.stem)
def test_every_paragraph_of_a_seed_shows_exactly_once(path: Path) -> None:
    text = _body(path)
    article = text.split("Source: http")[0]  # below it stand widgets, disclaimer and teasers
    furniture = {
        "Subscribe now",
        "Comentarios",
        "Aún no hay comentarios",
        *(line for line in article.split("\n") if "inbox" in line or "by email" in line or line.startswith("Source:")),
    }
    visible = mask(text)
    paragraphs = [
        line.replace("BABA--", "      ")
        for line in article.split("\n")
        if len(line.split()) > 5 and line not in furniture and not line.startswith("The post ")
    ]
    assert len(paragraphs) >= 4
    assert {line: visible.count(line) for line in paragraphs} == dict.fromkeys(paragraphs, 1)


@pytest.mark.skipif(not ORIGINALS.is_dir(), reason="the original articles are not beside the repository")
def test_the_original_repost_names_its_footer_and_its_source() -> None:
    found = find(_body(next(ORIGINALS.glob("000_*.txt"))))
    assert {item.outlet for item in found if item.kind == "footer"} == {"BitcoinEthereumNews.com"}
    assert [item.url for item in found if item.kind == "credit"] == [
        "https://www.cnbc.com/2025/11/17/alibaba-chinese-military-target-us-white-house-memo-ft-.html"
    ]
    assert {item.kind for item in found} == {
        "footer", "repeat", "newsletter", "credit", "widget", "disclaimer", "teasers",
    }  # fmt: skip


@given(
    st.lists(
        st.sampled_from(
            ["the", "firm's", "U.S.", "café", "Café", "ship-to", "x_y", "№", "Ελλάδα", "Нефть", "½", "…", "\n"]
        ),
        min_size=0,
        max_size=60,
    )
)
def test_the_quick_look_for_repeats_never_overlooks_one(words: list[str]) -> None:
    text = " ".join(words)
    if _is_free_of_repeats(text):
        slow = [w.casefold() for w in _WORDS.findall(text)]
        windows = [tuple(slow[i : i + WINDOW]) for i in range(len(slow) - WINDOW + 1)]
        assert len(set(windows)) == len(windows)


@pytest.mark.parametrize("odd", ["cafe\u0301", "al\u00adibaba", "हिन्दी", "阿里巴巴", "a\u200bb", "a\x00b"])
def test_the_quick_look_says_nothing_of_text_that_folding_joins(odd: str) -> None:
    assert not _is_free_of_repeats(f"one {odd} two")
