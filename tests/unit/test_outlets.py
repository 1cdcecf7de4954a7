"""Outlets by name, by alias, by address; and none that is not known."""

from __future__ import annotations

import pytest

from riskbot.model import Outlet
from riskbot.stories.outlets import Outlets

FT = Outlet("Financial Times", ("=FT", "ft.com"), ("ft.com",), family="Nikkei")
NIKKEI = Outlet("Nikkei Asia", domains=("asia.nikkei.com",), family="Nikkei")
REUTERS = Outlet("Reuters", ("路透社",), ("reuters.com",), kind="wire")
YAHOO = Outlet("Yahoo Finance", domains=("finance.yahoo.com",), kind="aggregator")
MIRROR = Outlet("The Mirror", kind="repost")
OUTLETS = Outlets([FT, NIKKEI, REUTERS, YAHOO, MIRROR])


def named(text: str) -> list[str]:
    return [mention.outlet.name for mention in OUTLETS.mentions(text)]


def test_outlets_are_found_by_name_and_alias_in_order_of_place() -> None:
    text = "Reuters could not verify what the Financial Times, or FT, had seen. 路透社"
    assert named(text) == ["Reuters", "Financial Times", "Financial Times", "Reuters"]
    assert [text[m.start : m.end] for m in OUTLETS.mentions(text)] == ["Reuters", "Financial Times", "FT", "路透社"]


def test_an_exact_alias_in_another_spelling_is_no_mention() -> None:
    assert named("a ft long pipe, and a GIFT") == []


def test_of_names_that_overlap_the_longest_counts() -> None:
    outlets = Outlets([Outlet("Bloomberg"), Outlet("Bloomberg Law")])
    assert [m.outlet.name for m in outlets.mentions("Bloomberg Law reported")] == ["Bloomberg Law"]


@pytest.mark.parametrize("name", ["financial times", "the  Financial  Times", "ft", "FT.com"])
def test_an_outlet_goes_by_its_names_in_any_case(name: str) -> None:
    assert OUTLETS.named(name) == FT


@pytest.mark.parametrize("name", [None, "", "The Daily Nobody", "the"])
def test_an_unknown_outlet_is_not_invented(name: str | None) -> None:
    assert OUTLETS.named(name) is None
    assert not OUTLETS.reports(name)


def test_the_first_of_two_outlets_with_one_alias_has_it() -> None:
    outlets = Outlets([Outlet("One", ("Post",)), Outlet("Two", ("Post",))])
    found = outlets.named("post")
    assert found is not None
    assert found.name == "One"


@pytest.mark.parametrize(
    ("url", "outlet"),
    [
        ("https://www.ft.com/content/1", FT),
        ("https://markets.ft.com/data", FT),
        ("https://asia.nikkei.com/x", NIKKEI),
        ("https://nikkei.com/x", None),
        ("https://notft.com/x", None),
        ("https://ft.com.evil.example/x", None),
        ("not an address", None),
        (None, None),
    ],
)
def test_an_address_belongs_to_the_outlet_whose_domain_it_is(url: str | None, outlet: Outlet | None) -> None:
    assert OUTLETS.at(url) == outlet


def test_aggregators_and_reposts_report_nothing_of_their_own() -> None:
    assert [OUTLETS.reports(name) for name in ("Reuters", "Yahoo Finance", "The Mirror")] == [True, False, False]


def test_a_family_is_the_owners_else_the_outlets_own_name() -> None:
    assert [OUTLETS.family(name) for name in ("FT", "Nikkei Asia", "reuters", "Nobody")] == [
        "Nikkei",
        "Nikkei",
        "Reuters",
        "Nobody",
    ]


def test_an_empty_list_knows_nobody() -> None:
    assert Outlets().mentions("Reuters reported") == []
    assert Outlets().named("Reuters") is None


def test_what_a_bracket_adds_to_a_name_does_not_count() -> None:
    assert OUTLETS.named("Reuters (London)") == REUTERS
    assert OUTLETS.named("Reuters (a bracket that never ends") is None


def test_a_name_with_its_article_is_not_the_one_without() -> None:
    hacker, the_hacker = Outlet("Hacker News", kind="aggregator"), Outlet("The Hacker News")
    outlets = Outlets([the_hacker, hacker])
    assert outlets.named("Hacker News") == hacker
    assert outlets.named("the hacker news") == the_hacker
    assert Outlets([the_hacker]).named("Hacker News") == the_hacker


def test_an_outlet_whose_name_ends_in_a_dot_is_no_companys_legal_form() -> None:
    outlets = Outlets([Outlet("Inc.")])
    assert [m.outlet.name for m in outlets.mentions("according to Inc. magazine")] == ["Inc."]
    assert outlets.mentions("E-Systems Inc said; Acme Inc. said") == []
