"""Terms in texts: found however they are written, only where they stand, and shown as they were written."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbot.errors import RiskbotError
from riskbot.matching.engine import PatternSet
from riskbot.matching.haystack import Haystack
from riskbot.matching.rules import RuleSet, Term
from riskbot.matching.terms import TermSet
from tests.builders import company


def found(term: str, text: str) -> list[str]:
    """What of the text the term is found in, in order."""
    matches = TermSet([("key", Term.parse(term))]).scan(text).matches()
    return [text[match.start : match.end] for match in sorted(matches, key=lambda match: match.start)]


# ── reading a term's marks ───────────────────────────────────────────────────────────────────────────────────────


def test_the_marks_of_a_term_say_its_kind() -> None:
    assert Term.parse(" People's Liberation Army ").text == "People's Liberation Army"
    assert Term.parse("missile*") == Term("missile*", "prefix", "missile")
    assert Term.parse("= PLA") == Term("= PLA", "exact", "PLA")


@pytest.mark.parametrize("written", ["", "*", "=", "!?", "ab*", "mis*le", "=PLA*", "miss-*", "missile *", "**"])
def test_what_cannot_be_looked_for_is_refused_in_words(written: str) -> None:
    with pytest.raises(ValueError, match=r"letter or digit|`\*`"):
        Term.parse(written)


# ── one term, many spellings ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("People's Liberation Army", "the People’s Liberation Army"),
        ("People's Liberation Army", "the PEOPLE`S  LIBERATION\nARMY"),
        ("People's Liberation Army", "the Peopleʼs Liberation Army"),
        ("dual-use", "dual–use"),
        ("dual-use", "dual use"),
        ("dual use", "Dual‑Use"),
        ("dual-use", "dual - use"),
        ("dual-use", "dual — use"),
        ("Alibaba", "ALI\u00adBABA"),
        ("Bank of China", "Bank\u00a0of\u00a0China"),
        ("Bank of China", "Bank of\nChina"),
        ("Bank of China", "Bank of\n        China"),
        ("Bank of China", "Bank\r\n  of \r\n\tChina"),
        ("Bank of China", "Bank  of   China"),
        ("Bank of China", "Bank\t\t\tof China"),
        ("Bank of China", "Bank\u00a0\u00a0 of \u00a0\u00a0China"),
        ("Huawei", "ＨＵＡＷＥＩ"),
        ("Türkiye", "TÜRKİYE"),
        ("Türkiye", "Tu\u0308rki\u0307ye"),
        ("Diyarbakir", "Diyarbakır"),
        ("U.S.", "U.S."),
        ("U.S.", "U. S."),
        ("U.S.", "u.s"),
        ("9988.HK", "9988.HK"),
        ("=9988.HK", "9988.HK"),
        ("AT&T", "AT&T"),
        ("AT&T", "AT & T"),
        ("AT&T", "ＡＴ＆Ｔ"),
        ("AT & T", "AT&T"),
        ("Yahoo!", "Yahoo!"),
        ("Yahoo!", "Yahoo"),
        ("L'Oréal", "L’Oréal"),
        ("L'Oréal", "L'OREAL"),
        ("L'Oreal", "L’Ore\u0301al"),
        ("L'Oréal", "L'Ore\u00adal"),
        ("Pratt & Whitney", "Pratt & Whitney"),
        ("Pratt & Whitney", "Pratt &\n    Whitney"),
        ("Pratt & Whitney", "Pratt  &  Whitney"),
        ("Pratt & Whitney", "Pratt&Whitney"),
        ("Pratt & Whitney", "Pratt-Whitney"),
        ("Goldman Sachs", "Goldman, Sachs"),
        ("Goldman, Sachs & Co.", "Goldman, Sachs & Co."),
        ("Goldman, Sachs & Co.", "Goldman Sachs & Co"),
        ("A.P. Moller-Maersk", "A.P. Møller – Mærsk"),
        ("A.P. Moller - Maersk", "A.P. Moller-Maersk"),
        ("Berkshire Hathaway (B)", "Berkshire Hathaway (B)"),
        ("C++", "C++"),
        ("(X) Corp", "(X) Corp."),
        ("腾讯", "腾讯"),
        ("ｶﾞｽﾌﾟﾛﾑ", "ガスプロム"),
        ("γαλάζιος", "ΓΑΛΑΖΙΟΣ"),
        ("أسلحة", "اسلحة"),
        ("=PLA", "PLA"),
        ("=Pétro", "Petro"),
        ("missile*", "missiles"),
        ("missile*", "Missile"),
    ],
)
def test_a_term_is_found_however_it_is_written(term: str, text: str) -> None:
    body = f"It says: “{text}”, today."
    (piece,) = found(term, body)
    assert piece.strip("()") in text


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("AT&T", "It is sold at T. J. Maxx; look at T, or at t."),
        ("U.S.", "u s"),
        ("L'Oréal", "l oreal"),
        ("C++", "plan C and C-, C#"),
        ("Berkshire Hathaway (B)", "Berkshire Hathaway B"),
        ("Alibaba", "Alibabas Alibaba1 xAlibaba"),
        ("army", "Armys armyx"),
        ("=PLA", "Pla pla PLAs"),
        ("missile*", "dismissile, a miss"),
        ("Bank of China", "Bank of\n\nChina"),
        ("Bank of China", "Bank\n \t\n\n   of China"),
        ("Bank of China", "Bank of. . . China"),
        ("Россия", "Россиянин"),
        ("στρατός", "στρατόσφαιρα"),
        ("جيش", "تجييش"),
        ("सेना", "सेनापति"),
        ("शक", "शक्ति"),
        ("한화", "대한화학"),
    ],
)
def test_a_term_is_not_found_in_what_is_something_else(term: str, text: str) -> None:
    assert found(term, text) == []


@pytest.mark.parametrize(
    ("term", "text", "pieces"),
    [
        ("Alibaba", "Alibaba's cloud, Alibaba-owned, pro-Alibaba, (Alibaba)", ["Alibaba"] * 4),
        (
            "missile*",
            "anti-missile, missiles; missile-like. MISSILERY",
            ["missile", "missiles", "missile", "MISSILERY"],
        ),
        ("军", "解放军和军队", ["军", "军"]),
        ("阿里巴巴", "在阿里巴巴工作", ["阿里巴巴"]),
        ("アリババ", "中国のアリババは", ["アリババ"]),
        ("อาลีบาบา", "บริษัทอาลีบาบาของจีน", ["อาลีบาบา"]),
        ("Alibaba", "在Alibaba工作，ของAlibabaใน", ["Alibaba", "Alibaba"]),
        ("한화", "한화는 한화에 한화", ["한화"] * 3),
        ("미사일*", "미사일을 쏘다", ["미사일을"]),
        ("弾道ミサイル*", "弾道ミサイルを発射した", ["弾道ミサイル"]),
        ("армия", "Армия, армия.", ["Армия", "армия"]),
        ("الجيش", "قال الجيش إن", ["الجيش"]),
        ("सेना", "भारतीय सेना। सेना ने", ["सेना", "सेना"]),
        ("aba aba", "aba aba aba", ["aba aba", "aba aba"]),
        ("strasse", "Die Straße, Strasse", ["Straße", "Strasse"]),
    ],
)
def test_what_is_found_is_shown_as_it_was_written(term: str, text: str, pieces: list[str]) -> None:
    assert found(term, text) == pieces


def test_a_term_reaches_from_no_text_into_the_next() -> None:
    terms = TermSet([("key", Term.parse("Bank of China"))])
    assert list(terms.scan("Bank", "of China").matches()) == []
    assert [m.field for m in terms.scan("Bank of China", "", "Bank  of China").matches()] == [0, 2]


def test_overlapping_terms_are_all_found() -> None:
    written = ["Bank of China", "China", "China Mobile", "=China", "Chin*", "bank"]
    terms = TermSet((term, Term.parse(term)) for term in written)
    scan = terms.scan("Bank of China Mobile")
    assert scan.present == {match.key for match in scan.matches()} == set(written)


def test_one_term_may_stand_for_several_keys_and_counts_once_for_each() -> None:
    terms = TermSet([("a", Term.parse("Alibaba")), ("b", Term.parse("ALIBABA")), ("a", Term.parse("alibaba"))])
    assert sorted((match.key, match.term) for match in terms.scan("Alibaba").matches()) == [
        ("a", "Alibaba"),
        ("b", "ALIBABA"),
    ]


def test_terms_that_differ_in_signs_alone_are_each_found_in_their_own_way() -> None:
    terms = TermSet([("a", Term.parse("A-B Corp")), ("a", Term.parse("A&B Corp")), ("b", Term.parse("A B Corp"))])
    assert terms.scan("the A&B Corp").present == {"a", "b"}
    for text, keys in (("A-B Corp", "a"), ("A&B Corp", "a"), ("A + B Corp", ""), ("A B Corp", "b")):
        assert sorted(match.key for match in terms.scan(text).matches()) == list(keys)


def test_the_roomier_of_two_terms_of_one_key_decides_how_far_apart_words_may_stand() -> None:
    for written in (["Pratt Whitney", "Pratt & Whitney"], ["Pratt & Whitney", "Pratt Whitney"]):
        terms = TermSet([("key", Term.parse(term)) for term in written])
        assert [match.term for match in terms.scan("at Pratt & Whitney").matches()] == [written[0]]


def test_a_term_with_a_wide_gap_of_its_own_is_found_with_it_and_without() -> None:
    for written in (["Made ... Good"], ["Made Good", "Made ... Good"]):
        terms = TermSet([("key", Term.parse(term)) for term in written])
        for text in ("Made ... Good", "Made Good", "Made, Good"):
            assert len(list(terms.scan(text).matches())) == 1
        assert list(terms.scan("Made ..... Good").matches()) == []


def test_an_empty_set_of_terms_finds_nothing() -> None:
    scan = TermSet[str]([]).scan("Alibaba")
    assert scan.present == set()
    assert PatternSet([]).find("Alibaba") == []


def test_a_term_that_folds_to_nothing_is_never_found() -> None:
    nothing = Term(written="!", kind="phrase", text="!")
    assert TermSet([("key", nothing)]).scan("! !! a").present == set()


def test_a_company_is_had_by_its_id_and_an_unknown_one_is_a_defect() -> None:
    rules = RuleSet(companies=(company("Baidu"), company("Alibaba")))
    assert rules.company("alibaba").name == "Alibaba"
    with pytest.raises(RiskbotError, match="no company 'nobody'"):
        rules.company("nobody")


# ── whatever the text ────────────────────────────────────────────────────────────────────────────────────────────

WORDS = [
    "Alibaba",
    "AT&T",
    "Pratt & Whitney",
    "missile*",
    "=PLA",
    "军",
    "सेना",
    "army",
    "U.S.",
    "L'Oréal",
    "ไทย",
    "한화",
]
TEXTS = st.lists(
    st.one_of(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=6),
        st.sampled_from([word.strip("=*") for word in WORDS]),
        st.sampled_from(
            [" ", "  ", "\n", "\n   ", "\r\n", "\t", "\x00", "\u00ad", "’", "ß", "\u0301", "ﬁ", "x", ". ", "\u00a0"]
        ),
    ),
    max_size=20,
).map("".join)
ALL = TermSet((word, Term.parse(word)) for word in WORDS)


@given(TEXTS, TEXTS)
def test_every_match_is_the_term_at_the_place_it_names(title: str, text: str) -> None:
    for match in ALL.scan(title, text).matches():
        source = (title, text)[match.field]
        assert 0 <= match.start < match.end <= len(source)
        piece = source[match.start : match.end]
        assert found(match.term, piece) == [piece], "it is found there alone, too"


@given(TEXTS)
def test_what_a_blank_sets_apart_is_found(text: str) -> None:
    around = f"{text} ; Alibaba ; {text}"
    assert len(text) + 3 in [match.start for match in ALL.scan(around).matches() if match.key == "Alibaba"]


@given(st.text(st.sampled_from("ab \n\t\r.中")), st.text(st.sampled_from("ab \n\t\r.中")))
def test_a_haystack_leads_back_to_the_letter_in_the_text(title: str, text: str) -> None:
    haystack = Haystack([title, text], exact=True)
    assert len(haystack.exact) == len(haystack.folded)
    letters = [i for i, character in enumerate(haystack.folded) if character.isalnum()]
    places = [haystack.place(i, i + 1) for i in letters]
    assert places == [
        (number, i, i + 1) for number, source in enumerate((title, text)) for i, c in enumerate(source) if c.isalnum()
    ]
    assert [(title, text)[number][start] for number, start, _ in places] == [haystack.folded[i] for i in letters]


def test_a_megabyte_of_anything_is_searched_in_good_time() -> None:
    shuffle = random.Random(7)
    words = [word.strip("=*") for word in WORDS] + ["the", "of", "report", "said", "it,"] * 20
    prose = " ".join(shuffle.choice(words) for _ in range(200_000))
    for text in (prose[:1_000_000], "a" * 1_000_000, "军" * 50_000, " " * 1_000_000, "\n " * 300_000, "😀" * 50_000):
        scan = ALL.scan("", text)
        assert all(text[match.start : match.end] for match in scan.matches())
