"""Folding: what readers take for the same is the same, and everything leads back to where it stood."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbot.text.normalise import clean, cut, fingerprint, fold, fold_character, needs_boundary

# Everything a JSON string may hold, with what folding treats in a way of its own drawn more often.
ODD = "\x00\n\t \u00a0\u00ad’“–…™®ßıİéê\u0301\u0323ﬁＡ中あｶﾞไทย한\u1112\u1161\u11abא\u200b\u200d\u202eʼ½"
ANY_TEXT = st.text(st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from(ODD)), max_size=60)


# ── fold ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Ｈｕａｗｅｉ", "huawei"),
        ("L’Ore\u0301al", "l oreal"),
        ("L'Oréal", "l oreal"),
        ("People’s", "people s"),
        ("ali\u00adbaba", "alibaba"),
        ("ali\u200bbaba", "alibaba"),
        ("Bank\u00a0of\u202fChina", "bank of china"),
        ("Rolls–Royce", "rolls royce"),
        ("Rolls‑Royce", "rolls royce"),
        ("TÜRKİYE", "turkiye"),
        ("I\u0307stanbul", "istanbul"),
        ("Diyarbakır", "diyarbakir"),
        ("Straße", "strasse"),
        ("ﬁnance", "finance"),
        ("Mærsk", "maersk"),
        ("Łódź", "lodz"),
        ("Sberbank™ Group", "sberbank  group"),
        ("ΡΟΣΝΈΦΤ", "ροσνεφτ"),
        ("Στρατός", "στρατοσ"),
        ("Йеменский", "иеменскии"),
        ("Соловʼїв", "солов ів"),
        ("مُحَمَّد", "محمد"),
        ("أسلحـــة", "اسلحة"),
        ("शक्ति", "शक्ति"),
        ("葛\U000e0100城", "葛城"),
        ("ｶﾞｽﾌﾟﾛﾑ", "ガスプロム"),
        ("\u1112\u1161\u11ab\u1112\u116a", "한화"),
        ("x²", "x2"),
    ],
)
def test_readers_take_these_for_the_same(written: str, meant: str) -> None:
    assert fold(written).text == meant


def test_scripts_without_blanks_are_set_apart_from_others() -> None:
    assert fold("在Alibaba工作").text == "在 alibaba 工作"
    assert fold("ของAlibabaใน").text.split() == ["ของ", "alibaba", "ใน"]


def test_exact_folding_keeps_case_but_not_accents() -> None:
    assert fold("Pétro CHINA", keep_case=True).text == "Petro CHINA"
    assert fold("İZMİR – 中", keep_case=True).text == "IZMIR   中"


def test_case_is_given_up_where_it_changes_the_length() -> None:
    assert fold_character("ẞ", True) == fold_character("ẞ") == "ss"


def test_every_character_leads_back_to_where_it_stood() -> None:
    text = "“Die Straße” 中ﬁ e\u0301t"
    folded = fold(text)
    for word, written in {"strasse": "Straße", "fi": "ﬁ", "et": "e\u0301t", "die": "Die"}.items():
        start = folded.text.index(word)
        begin, end = folded.original(start, start + len(word))
        assert text[begin:end] == written


@given(ANY_TEXT)
def test_what_is_folded_from_a_range_is_what_the_range_folds_to(text: str) -> None:
    folded = fold(text)
    for start, character in enumerate(folded.text):
        begin, end = folded.original(start, start + 1)
        assert 0 <= begin <= end <= len(text)
        assert character == " " or character in fold(text[begin:end]).text


@given(ANY_TEXT)
def test_places_never_run_backwards(text: str) -> None:
    folded = fold(text)
    places = [folded.original(i, i + 1) for i in range(len(folded.text))]
    assert places == sorted(places)


@given(ANY_TEXT)
def test_exact_and_folded_form_have_the_same_places(text: str) -> None:
    folded, exact = fold(text), fold(text, keep_case=True)
    assert len(folded.text) == len(exact.text)
    assert (folded.starts, folded.ends) == (exact.starts, exact.ends)
    assert [c == " " for c in folded.text] == [c == " " for c in exact.text]


@given(st.text(st.characters(max_codepoint=0x2FF, exclude_characters="\u0300") | st.sampled_from("’“–…™®©″•")))
def test_the_fast_way_and_the_thorough_way_agree(text: str) -> None:
    assert fold(text + " б").text.removesuffix(" б") == fold(text).text


@given(ANY_TEXT)
def test_folding_what_is_folded_changes_no_word(text: str) -> None:
    once = fold(text).text.split()
    assert all(word == word.casefold() for word in once)
    assert fold(" ".join(once)).text.split() == once


@given(ANY_TEXT)
def test_composed_and_decomposed_text_fold_alike(text: str) -> None:
    composed, decomposed = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
    assert fold(composed).text.split() == fold(decomposed).text.split()


def test_a_letter_under_a_heap_of_accents_is_still_that_letter() -> None:
    heap = "a" + "\u0301\u0323" * 50_000
    folded = fold(f"{heap}b")
    assert folded.text == "ab"
    assert folded.original(0, 1) == (0, len(heap))


# ── boundaries ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("letter", list("aяωעعक1"))
def test_these_scripts_ask_for_a_boundary_on_both_sides(letter: str) -> None:
    assert needs_boundary(letter, at_end=False)
    assert needs_boundary(letter, at_end=True)


@pytest.mark.parametrize("letter", list("中あカไຂ"))
def test_these_scripts_ask_for_none(letter: str) -> None:
    assert not needs_boundary(letter, at_end=False)
    assert not needs_boundary(letter, at_end=True)


def test_korean_asks_for_one_only_before_a_word() -> None:
    assert needs_boundary("한", at_end=False)
    assert not needs_boundary("한", at_end=True)


# ── clean, cut, fingerprint ──────────────────────────────────────────────────────────────────────────────────────


def test_clean_drops_what_changes_how_text_looks_without_standing_in_it() -> None:
    assert clean("Ali\u202ebaba\u2066 \x00\x07de\u00adnied\ufeff") == "Alibaba denied"


def test_clean_keeps_joiners_that_languages_need() -> None:
    assert clean("می\u200cخواهم 👩\u200d🚀") == "می\u200cخواهم 👩\u200d🚀"


def test_clean_collapses_blanks_and_empty_lines() -> None:
    assert clean(" a \t b\u00a0\u00a0c \r\n\r\n\r\n\n d\u2028e ") == "a b c\n\nd\ne"


def test_clean_keeps_thirty_accents_and_no_heap() -> None:
    heaped = clean("a" + "\u0323\u0301" * 50_000 + "-" * 80)
    assert sum(unicodedata.combining(c) != 0 for c in heaped) <= 30
    assert heaped.endswith("-" * 80)


@given(ANY_TEXT, st.integers(0, 20))
def test_clean_is_idempotent_and_within_its_limit(text: str, limit: int) -> None:
    once = clean(text)
    assert clean(once) == once
    assert len(clean(text, limit)) <= limit


def test_cut_ends_at_a_word_where_one_ends_near_enough() -> None:
    assert cut("Alibaba denied it", 17) == "Alibaba denied it"
    assert cut("Alibaba denied it", 16) == "Alibaba denied…"
    assert cut("Alibaba denied it", 15) == "Alibaba denied…"
    assert cut("Alibaba denied it", 12) == "Alibaba…"
    assert cut("Donaudampfschiff fährt", 10) == "Donaudamp…"
    assert cut("Alibaba", 0) == ""


def test_case_blanks_and_punctuation_make_no_difference_to_a_fingerprint() -> None:
    assert fingerprint("A Memo", "Said so.") == fingerprint("“A memo”", "Said  so")
    assert fingerprint("A memo", "said so") != fingerprint("A memo said", "so")
    assert fingerprint("A memo", "said so") != fingerprint("A memo", "said no")
