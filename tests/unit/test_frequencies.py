"""How common words are: a snapshot that never changes, and the one that is learned after it."""

from __future__ import annotations

import gzip

import pytest

from riskbot.stories.frequencies import FEWEST, UNSEEN, Frequencies, Tally, learned, shortened

NONE = Frequencies()


def tally(*articles: tuple[str, str], **fields: int) -> Tally:
    counted = Tally(**fields)
    counted.add_all(articles)
    return counted


def test_a_word_that_stands_everywhere_weighs_little_and_a_new_one_most() -> None:
    common = Frequencies(1000, {"alibaba": 900, "memo": 3}, "2025-11")
    assert common.weight("memo") > common.weight("alibaba") > 0
    assert common.weight("never seen") == common.weight("memo")
    assert UNSEEN == 3


def test_a_word_never_weighs_less_than_nothing() -> None:
    assert Frequencies(1, {"memo": 10}).weight("memo") == 0.0


def test_an_empty_snapshot_weighs_all_words_alike_and_takes_all_for_common() -> None:
    assert NONE.weight("alibaba") == NONE.weight("memo")
    assert NONE.common("alibaba")


def test_a_word_that_is_mostly_written_large_is_a_name() -> None:
    counted = tally(*[("Memo of Alibaba", "The memo names Alibaba.")] * 5)
    snapshot = learned(NONE, counted, 0, "day")
    assert snapshot.common("memo")
    assert not snapshot.common("alibaba")
    assert not snapshot.common("never seen")


def test_what_has_no_letter_case_is_no_name_and_a_figure_says_which_as_names_do() -> None:
    assert Frequencies(10, {}).common("解放")
    assert not Frequencies(10, {}).common("#$300m")


def test_a_word_counts_once_for_an_article_however_often_it_stands_there() -> None:
    counted = tally(("Memo memos", "memo " * 50), ("Other", ""))
    assert (counted.documents, counted.counts["memo"], counted.small["memo"]) == (2, 1, 1)


def test_a_tally_holds_a_bounded_number_of_words_the_commonest() -> None:
    counted = Tally(most=10)
    for n in range(100):
        counted.add("memo", f"word{n}a word{n}b")
    assert len(counted.counts) <= 22
    assert counted.counts["memo"] == 100
    assert set(counted.small) <= set(counted.counts) | {"memo"}


def test_the_next_snapshot_knows_the_last_one_faded_and_what_was_counted_since() -> None:
    before = Frequencies(1000, {"memo": 100, "old": 1}, "start", {"memo": 80})
    after = learned(before, tally(("memo", "a memo")), 90, "2026-11-22")
    assert after.id == "2026-11-22"
    assert after.documents == 501
    assert after.counts == {"memo": 51}
    assert after.small == {"memo": 41}
    assert before.counts == {"memo": 100, "old": 1}


def test_learning_is_repeatable() -> None:
    one = [learned(NONE, tally(("b a", "c"), ("a", "b")), 1, "x") for _ in range(2)]
    assert one[0] == one[1]
    assert one[0].to_bytes() == one[1].to_bytes()


def test_a_snapshot_survives_being_written_and_read() -> None:
    snapshot = Frequencies(1000, {"memo": 30, "解放": 12, "#$300m": 10}, "2026-11-22", {"memo": 20})
    assert Frequencies.from_bytes(snapshot.to_bytes()) == snapshot


def test_what_is_shipped_holds_no_rare_word_and_no_exact_count() -> None:
    kept = shortened(
        Frequencies(50_000, {"memo": 1234, "rare": FEWEST - 1, "few": 17}, "start", {"memo": 987, "few": 0})
    )
    assert kept.counts == {"memo": 1200, "few": 17}
    assert kept.small == {"memo": 990}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no gzip",
        gzip.compress(b"", mtime=0),
        gzip.compress(b"no json\n", mtime=0),
        gzip.compress(b'{"id": "x"}\n', mtime=0),
        gzip.compress(b'{"id": "x", "documents": 3}\nmemo\n', mtime=0),
        gzip.compress(b'{"id": "x", "documents": 3}\nmemo\tmany\t0\n', mtime=0),
        gzip.compress(b"\xff\xfe", mtime=0),
        gzip.compress(b'{"id": "x", "documents": 3}\n', mtime=0)[:-9],
    ],
)
def test_what_is_no_snapshot_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="no table of word frequencies"):
        Frequencies.from_bytes(data)
