"""Where the articles of a story differ in how far a share moved."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbot.model import Member, Outlet
from riskbot.stories.figures import figures, market_move, moves
from riskbot.stories.outlets import Outlets
from tests.builders import article, hit, placement, reading

OUTLETS = Outlets([Outlet("CNBC"), Outlet("Reuters", domains=("reuters.com",))])


def found(text: str) -> list[tuple[float, str]]:
    return [(move.percent, move.value) for move in moves(text)]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Alibaba shares fell 4.7%.", [(-4.7, "4.7%")]),
        ("The shares fell nearly 4.7 percent on Friday.", [(-4.7, "nearly 4.7 percent")]),
        ("Alibaba ended the session 3.78% lower after the story came out.", [(-3.78, "3.78%")]),
        ("Its stock dropped as much as 5 per cent.", [(-5.0, "as much as 5 per cent")]),
        ("Shares closed down 3,78 %.", [(-3.78, "3,78 %")]),
        ("Stock Slides 4.7%", [(-4.7, "4.7%")]),
        ("The stock moved −3.78%, the weakest session since May, and fell on.", [(-3.78, "−3.78%")]),
        ("The shares were up over 1% in Hong Kong.", [(1.0, "over 1%")]),
        (
            "Shares had closed 3.78% lower in the U.S. but were up more than 1% in Hong Kong.",
            [(-3.78, "3.78%"), (1.0, "more than 1%")],
        ),
    ],
)
def test_a_movement_is_a_share_a_verb_and_a_percentage(sentence: str, expected: list[tuple[float, str]]) -> None:
    assert found(sentence) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "Sales fell 4.7% last year.",
        "Alibaba holds a 30% stake; its shares fell.",
        "The bank owns 12% of the shares.",
        "Tariffs on 25% of the goods rose, and shares with them.",
        "Shares fell sharply.",
        "",
    ],
)
def test_other_percentages_are_none(sentence: str) -> None:
    assert found(sentence) == []


def test_the_market_is_the_nearest_that_the_sentence_names() -> None:
    text = "Shares had closed 3.78% lower in the U.S. on Friday, but were up more than 1% in Hong Kong on Monday."
    assert [move.where for move in moves(text)] == ["U.S.", "Hong Kong"]


def told(outlet: str | None, text: str, *companies: str, title: str = "", **fields: str) -> Member:
    hits = tuple(hit(name, spans=()) for name in companies or ("alibaba",))
    return Member(
        reading(article(title or f"{outlet}: {text[:20]}", text, outlet=outlet, **fields), *hits), placement("s1")
    )


def shown(*members: Member) -> list[tuple[str, str, str | None]]:
    return [(each.what, each.value, each.outlet) for each in figures(members, OUTLETS)]


def test_where_articles_differ_both_figures_are_shown_with_their_sources() -> None:
    story = (told("CNBC", "Alibaba shares closed 3.78% lower."), told("AInvest", "Alibaba's shares fell nearly 4.7%."))
    assert shown(*story) == [("share-price fall", "3.78%", "CNBC"), ("share-price fall", "nearly 4.7%", "AInvest")]


def test_where_all_say_the_same_nothing_differs() -> None:
    assert shown(told("CNBC", "Alibaba shares fell 4.7%."), told("Reuters", "Alibaba shares slid by 4.70%.")) == []
    assert shown(told("CNBC", "Alibaba shares fell 4.7%.")) == []


def test_an_article_that_says_it_twice_is_quoted_where_it_says_it_with_care() -> None:
    story = (
        told("Blog", "Alibaba shares fell nearly 4.7%.", title="Alibaba Stock Slides 4.7%"),
        told("CNBC", "Its shares fell 3%."),
    )
    assert [value for _, value, _ in shown(*story)] == ["nearly 4.7%", "3%"]


def test_a_repost_says_nothing_of_its_own() -> None:
    body = "Alibaba shares fell 4.7% on Friday after the memo, traders said, and more than a dozen brokers cut targets."
    story = (told("CNBC", body), told("Blog", body), told("Reuters", "Alibaba shares fell 3.8%."))
    assert [outlet for _, _, outlet in shown(*story)] == ["CNBC", "Reuters"]


def test_shares_of_somebody_else_are_no_figure_of_the_story() -> None:
    story = (told("CNBC", "Alibaba shares fell 4.7%."), told("Reuters", "Tencent shares fell 2%."))
    assert shown(*story) == []
    assert market_move(story) == 4.7


def test_figures_of_two_companies_are_not_held_against_each_other() -> None:
    text = "Alibaba shares fell 4.7%. Tencent shares fell 2%."
    assert shown(told("CNBC", text, "alibaba", "tencent")) == []


def test_an_outlet_that_only_its_address_tells_is_named() -> None:
    story = (
        told("CNBC", "Alibaba shares fell 4%."),
        told(None, "Alibaba shares fell 5%.", url="https://reuters.com/1"),
    )
    assert [outlet for _, _, outlet in shown(*story)] == ["CNBC", "Reuters"]


def test_the_greatest_fall_is_the_storys_and_a_rise_is_none() -> None:
    assert (
        market_move((told("CNBC", "Alibaba shares fell 3% and then 5%."), told(None, "Alibaba shares rose 9%."))) == 5.0
    )
    assert market_move((told("CNBC", "Alibaba shares rose 9%."),)) is None
    assert market_move(()) is None


@given(st.text(max_size=400))
def test_any_text_has_moves_that_stand_in_it(text: str) -> None:
    for move in moves(f"shares fell 3% {text}"):
        assert "%" in move.value or "per" in move.value.lower() or "pct" in move.value.lower()
