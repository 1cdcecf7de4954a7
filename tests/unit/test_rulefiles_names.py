"""Ids, the key names are compared by, and short forms without the legal form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbot.matching.rules import Term
from riskbot.rulefiles.names import name_key, short_form, slug
from riskbot.rulefiles.suggest import did_you_mean, nearest


def phrase(text: str) -> Term:
    return Term(text, "phrase", text)


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Alibaba Group Holding Ltd", "=Alibaba Group Holding"),
        ("Semiconductor Manufacturing Co., Ltd.", "=Semiconductor Manufacturing"),
        ("Xiaomi Corp", "=Xiaomi"),
        ("Siemens Energy AG", "=Siemens Energy"),
        ("Telefónica S.A.", "=Telefónica"),
        ("PJSC Gazprom", "=Gazprom"),
        ("ПАО Газпром", "=Газпром"),
        ("华为技术有限公司", "华为技术"),
        ("阿里巴巴集团", "阿里巴巴"),
        ("株式会社ソニー", "ソニー"),
    ],
)
def test_the_legal_form_is_dropped(name: str, short: str) -> None:
    form = short_form(phrase(name))
    assert form is not None
    assert form.written == short


@pytest.mark.parametrize(
    "name",
    [
        "Alibaba",
        "Gap Inc",
        "小米集团",
        "中国船舶集团",
        "Tiffany & Co.",
        "Marks and Co",
        "Ltd",
        "Inc Ltd",
        "SE",
        "腾讯有限公司",
    ],
)
def test_too_little_or_nothing_new_is_no_short_form(name: str) -> None:
    assert short_form(phrase(name)) is None


def test_an_exact_name_is_never_changed() -> None:
    assert short_form(Term("=Xiaomi Corp", "exact", "Xiaomi Corp")) is None


@given(st.text(max_size=60))
def test_a_short_form_is_a_part_of_its_name(name: str) -> None:
    form = short_form(phrase(name))
    if form:
        assert form.text in " ".join(name.split())
        assert len(form.text) < len(name)
        assert form == Term.parse(form.written)


@pytest.mark.parametrize(
    ("name", "id_"),
    [
        ("Tencent Holdings", "tencent-holdings"),
        ("L'Oréal S.A.", "l-oreal-s-a"),
        ("AT&T", "at-t"),
        ("腾讯", "腾讯"),
        ("!", ""),
    ],
)
def test_an_id_is_made_from_a_name(name: str, id_: str) -> None:
    assert slug(name) == id_


def test_case_spacing_and_width_do_not_tell_names_apart() -> None:
    assert name_key("  Bank  of CHINA ") == name_key("Bank of China") == name_key("Ｂａｎｋ of China")


def test_the_nearest_name_is_offered_and_a_far_one_is_not() -> None:
    assert nearest("militry", ["memo", "military", "sanctions"]) == "military"
    assert nearest("zebra", ["memo", "military"]) is None
    assert did_you_mean("zebra", ["memo"], "write memo") == "write memo"
    assert nearest("x" * 1_000_000, ["x" * 1_000_000]) is None
