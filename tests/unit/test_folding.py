"""Folding fast is folding right: whatever the text, the quick ways give what one character after the other gives."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbot.text.characters import MOST_ACCENTS, UNSPACED, fold_character, joins
from riskbot.text.folding import fold, fold_both

ODD = (
    "\x00\x01\n\t  \u00a0\u00ad’“–…™®ßıİéê\u0301\u0323ﬁＡ中军，あｶﾞไทย้한\u1112\u1161\u11ab"
    "א\u200b\u200d\u202eʼ½µªÞбЯ\ufe0f😀"
)
ANY_TEXT = st.text(st.one_of(st.characters(), st.sampled_from(ODD), st.sampled_from("abAB .")), max_size=80)

Row = tuple[str, str, int, int]


def one_by_one(text: str) -> list[Row]:
    """(folded, with case, start, end) of each character, by the plainest way there is."""
    rows: list[Row] = []
    unspaced_before: bool | None = None
    position = 0
    while position < len(text):
        after = position + 1
        while after < len(text) and joins(text[after]):
            after += 1
        cluster = text[position:after]
        if len(cluster) > 1:
            cluster = unicodedata.normalize("NFKC", cluster[: MOST_ACCENTS + 1])
        for folded, exact in zip(
            "".join(fold_character(c) for c in cluster), "".join(fold_character(c, True) for c in cluster), strict=True
        ):
            unspaced = None if folded == " " else UNSPACED.match(folded) is not None
            if unspaced is not None and unspaced_before is not None and unspaced != unspaced_before:
                rows.append((" ", " ", position, position))
            unspaced_before = unspaced
            rows.append((folded, exact, position, after))
        position = after
    return rows


@given(ANY_TEXT)
def test_every_way_of_folding_gives_what_one_by_one_gives(text: str) -> None:
    rows = one_by_one(text)
    folded, exact = fold_both(text)
    assert folded.text == "".join(row[0] for row in rows)
    assert exact == "".join(row[1] for row in rows)
    assert [folded.original(i, i + 1) for i in range(len(rows))] == [row[2:] for row in rows]
    assert fold(text) == folded
    assert fold(text, keep_case=True).text == exact


@given(st.text(st.sampled_from("aÄé“”’—…\u00a0 •·😀ё"), max_size=40))
def test_no_map_is_kept_where_every_character_stays_in_its_place(text: str) -> None:
    folded = fold(text)
    assert folded.starts is None
    assert len(folded.text) == len(text)


@pytest.mark.parametrize(
    "text", ["军队的导弹。" * 2_000, "ไทยรัฐ " * 2_000, "армия и флот " * 2_000, "🚀" * 5_000, "a\u0301" * 5_000]
)
def test_long_runs_of_other_scripts_keep_their_places(text: str) -> None:
    folded = fold(text)
    end = len(folded.text)
    assert folded.original(end - 1, end)[1] == len(text)
