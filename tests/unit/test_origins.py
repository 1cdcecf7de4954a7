"""Whose reporting an article retells: what the words around an outlet's name say."""

from __future__ import annotations

import pytest

from riskbot.model import Outlet
from riskbot.stories.origins import Credit, credit
from riskbot.stories.outlets import Outlets
from tests.builders import article

OUTLETS = Outlets(
    [
        Outlet("Financial Times", ("=FT",), ("ft.com",)),
        Outlet("Reuters", domains=("reuters.com",), kind="wire"),
        Outlet("CNBC", domains=("cnbc.com",)),
        Outlet("Yahoo Finance", kind="aggregator"),
        Outlet("White House", kind="government"),
        Outlet("Mirror Wire", kind="repost"),
    ]
)
PLAIN = "Alibaba named in White House memo"


def of(text: str, title: str = PLAIN, outlet: str | None = None) -> Credit:
    return credit(article(title, text, outlet=outlet), OUTLETS)


@pytest.mark.parametrize(
    "text",
    [
        "The Financial Times reported on Friday that Alibaba helps the military.",
        "Alibaba helps the military, according to the Financial Times.",
        "Alibaba helps the military, says a report by the Financial Times.",
        "The memo was first reported by the Financial Times.",
        "A memo seen by the Financial Times names Alibaba.",
        "Alibaba helps the military, the FT has learned.",
        "The FT's report names Alibaba.",
        "Alibaba fell after a Financial Times story on the memo.",
    ],
)
def test_an_outlet_credited_with_the_report_is_its_origin(text: str) -> None:
    assert of(text).origin == "Financial Times"


@pytest.mark.parametrize(
    "text",
    [
        "A Financial Times reader asked about Alibaba.",
        "Alibaba buys the Financial Times building.",
        "Alibaba and Reuters share a street.",
        "Alibaba helps the military, according to the Daily Nobody.",
        "",
    ],
)
def test_an_outlet_that_is_merely_named_is_no_origin(text: str) -> None:
    assert of(text).origin is None


@pytest.mark.parametrize("title", ["Alibaba helps military: FT", "Alibaba helps military - Reuters", "FT says it"])
def test_a_headline_may_name_the_origin(title: str) -> None:
    assert of("Alibaba is in the news.", title).origin in ("Financial Times", "Reuters")


def test_a_headline_that_speaks_of_an_outlet_names_no_origin() -> None:
    assert of("Alibaba is in the news.", "Alibaba sues the FT over its memo").origin is None


@pytest.mark.parametrize("who", ["White House", "Yahoo Finance", "Mirror Wire"])
def test_who_is_quoted_or_only_carries_is_no_origin(who: str) -> None:
    assert of(f"Alibaba helps the military, according to the {who}.").origin is None
    assert of("Alibaba is in the news.", f"Alibaba helps military: {who}").origin is None


def test_the_report_weighs_more_than_whom_people_talked_to() -> None:
    text = "Alibaba told Reuters that it denies this. The embassy told Reuters so too. The Financial Times reported it."
    assert of(text).origin == "Financial Times"


def test_whom_people_talked_to_is_the_origin_where_nobody_else_is() -> None:
    assert of("Alibaba denied it, a spokesperson told Reuters.").origin == "Reuters"


def test_an_outlet_that_quotes_itself_retells_nobody() -> None:
    assert of("Reuters reported on Friday that Alibaba helps the military.", outlet="Reuters").origin is None


def test_a_publisher_is_never_taken_for_the_origin_because_it_publishes() -> None:
    assert of("Alibaba helps the military.", outlet="Financial Times").origin is None


def test_a_footer_names_who_carried_it_and_stands_in_for_an_origin() -> None:
    text = "Alibaba is in the news today.\nThe post Alibaba named in White House memo appeared first on CNBC."
    assert of(text) == Credit("CNBC", ("CNBC",), ())


def test_a_repost_of_an_unknown_site_keeps_the_sites_own_words() -> None:
    text = "Alibaba is in the news today.\nThe post Alibaba named in White House memo appeared first on CNTechNews.com."
    assert of(text) == Credit(None, ("CNTechNews.com",), ())


def test_a_footers_own_outlet_is_no_origin() -> None:
    text = "Alibaba is in the news today.\nThe post Alibaba named in White House memo appeared first on CNBC."
    assert of(text, outlet="CNBC").origin is None


def test_a_footer_of_an_aggregator_names_no_origin() -> None:
    text = "Alibaba is in the news today.\nThe post Alibaba named in White House memo appeared first on Yahoo Finance."
    assert of(text) == Credit(None, ("Yahoo Finance",), ())


def test_a_source_line_gives_the_link_and_names_the_outlet_of_its_address() -> None:
    text = "Alibaba is in the news today.\nSource: https://www.reuters.com/world/alibaba-memo"
    assert of(text) == Credit("Reuters", ("Reuters",), ("https://www.reuters.com/world/alibaba-memo",))


def test_a_source_line_with_an_unknown_address_gives_the_link_alone() -> None:
    text = "Alibaba is in the news today.\nSource: https://blog.example/alibaba"
    assert of(text) == Credit(None, (), ("https://blog.example/alibaba",))


def test_what_the_article_says_wins_over_where_the_page_was_taken_from() -> None:
    text = "The Financial Times reported that Alibaba helps the military.\nSource: CNBC"
    assert of(text) == Credit("Financial Times", ("CNBC",), ())


def test_footers_stand_before_source_lines() -> None:
    text = (
        "Alibaba is in the news today.\nSource: Reuters\n"
        "The post Alibaba named in White House memo appeared first on CNBC."
    )
    assert of(text).chain == ("CNBC", "Reuters")


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("BEIJING (Reuters) - Alibaba fell on Monday.", "Reuters"),
        ("By Jane Doe, Reuters\nAlibaba fell on Monday in Hong Kong.", "Reuters"),
        ("Alibaba fell on Monday.\nMore to follow.\n(Reuters)", "Reuters"),
        ("A source informed Reuters that Alibaba is named.", "Reuters"),
        ("In an interview with the FT, its chief executive denied it.", "Financial Times"),
        ("“It is not true,” he told the FT's Jane Doe on Monday.", "Financial Times"),
        ("The FT quoted a memo that names Alibaba.", "Financial Times"),
        ("That was the finding of a new Financial Times poll.", "Financial Times"),
        ("Alibaba is named in a memo, reports the Financial Times .", "Financial Times"),
        ("The memo was obtained by the FT and names Alibaba.", "Financial Times"),
    ],
)
def test_the_ways_in_which_an_outlet_is_credited(text: str, origin: str) -> None:
    assert of(text).origin == origin


def test_a_detail_credited_far_down_makes_no_origin() -> None:
    own = "Alibaba fell on Monday in Hong Kong, and its rivals with it. " * 20
    assert of(own + "In a memo obtained by Reuters, the staff were told of it.").origin is None
    assert of(own + "The news was first reported by Reuters.").origin == "Reuters"
    assert of(own + "Reuters reported it. Later Reuters reported more.").origin == "Reuters"


def test_a_pictures_source_is_no_origin() -> None:
    assert of("(Image: Jane Doe via Reuters) Alibaba fell on Monday.").origin is None
    assert of("Alibaba is named in a memo (via Reuters), which it denies.").origin == "Reuters"


def test_a_post_that_only_links_has_the_linked_outlet_as_its_origin() -> None:
    linked = "https://www.reuters.com/world/alibaba-memo"
    post = article(PLAIN, f"Article URL: {linked} Comments URL: https://news.example/1", outlet="Yahoo Finance")
    assert credit(post, OUTLETS).origin == "Reuters"
    assert credit(article(PLAIN, "", url=linked, outlet="Yahoo Finance (link post)"), OUTLETS).origin == "Reuters"
    assert credit(article(PLAIN, "", url=linked, outlet="CNBC"), OUTLETS).origin is None
    assert credit(article(PLAIN, "", url=linked), OUTLETS).origin is None  # it is the publisher itself
    assert credit(article(PLAIN, "", url="https://blog.example/1", outlet="Yahoo Finance"), OUTLETS).origin is None
