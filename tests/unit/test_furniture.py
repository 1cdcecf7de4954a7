"""Page furniture: what is masked, and above all what is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from riskbot.text.furniture import Furniture, find, mask

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


# ── footers and credits ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("written", "outlet"),
    [
        ("The post Shipyard denies U.S. report appeared first on Harbour Times.", "Harbour Times"),
        ("The post Shipyard denies report first appeared on Harbour Times .", "Harbour Times"),
        ("The post Shipyard denies report appeared on HarbourNews.com.", "HarbourNews.com"),
        ("Der Beitrag Werft weist Bericht zurück erschien zuerst auf Hafenblatt.", "Hafenblatt"),
        ("La entrada El astillero lo niega se publicó primero en Diario del Puerto.", "Diario del Puerto"),
        ("L’article Le chantier dément est apparu en premier sur Le Port.", "Le Port"),
    ],
)
def test_a_syndication_footer_names_its_outlet(written: str, outlet: str) -> None:
    item = only(f"{PROSE}\n{written}")
    assert (item.kind, item.outlet, item.start) == ("footer", outlet, len(PROSE) + 1)


def test_a_footer_inside_a_line_ends_where_the_article_begins() -> None:
    text = f"The post Shipyard denies report appeared on HarbourNews.com. {PROSE}"
    item = only(text)
    assert text[item.end :].strip() == PROSE


@pytest.mark.parametrize(
    "sentence",
    [
        "The post appeared on Friday and was gone by noon.",
        "The post Trump wrote about the shipyard appeared on Truth Social.",
        "The post he shared first appeared on Facebook.",
        "The post of harbour master appeared on the list.",
        "The post office said no. The story the captain told first appeared on television.",
    ],
)
def test_a_post_that_people_write_about_is_article_text(sentence: str) -> None:
    assert find(f"{PROSE}\n{sentence}") == ()


@pytest.mark.parametrize(
    ("line", "outlet", "url"),
    [
        ("Source: CNBC", "CNBC", None),
        ("Source: CNBCPublished: 11/16/2025, 23:08:17 EST", "CNBC", None),
        ("Source: https://example.com/2025/a.html", None, "https://example.com/2025/a.html"),
        ("Quelle: dpa", "dpa", None),
        ("来源：新华社", "新华社", None),
        ("Source: Harbour Times (https://example.com/a)", "Harbour Times", "https://example.com/a"),
    ],
)
def test_a_source_line_is_a_credit(line: str, outlet: str | None, url: str | None) -> None:
    item = only(f"{PROSE}\n\n{line}")
    assert (item.kind, item.outlet, item.url) == ("credit", outlet, url)


def test_a_source_line_that_goes_on_as_a_sentence_is_article_text() -> None:
    assert find(f"Source: shipyard to be put on the sanctions list within days\n{PROSE}") == ()


@pytest.mark.parametrize("line", ["Source: ...", "This story was originally published on Facebook."])
def test_a_credit_that_names_no_outlet_is_article_text(line: str) -> None:
    assert find(f"{PROSE}\n{line}") == ()


def test_an_original_publisher_is_a_credit() -> None:
    item = only(f"{PROSE}\nThis article was originally published by Harbour Times.")
    assert (item.kind, item.outlet) == ("credit", "Harbour Times")


# ── repeats ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_of_a_body_that_stands_twice_the_copy_with_paragraphs_stays() -> None:
    endless = f"{PROSE} {MORE_PROSE}"
    text = f"{endless}\n\n{PROSE}\n\n{MORE_PROSE}"
    assert kinds(text) == {endless: "repeat"}


def test_of_equal_copies_the_first_stays() -> None:
    text = f"{PROSE}\n\n{MORE_PROSE}\n\n{PROSE}"
    item = only(text)
    assert (item.kind, item.start) == ("repeat", len(PROSE) + len(MORE_PROSE) + 4)


def test_a_sentence_broken_off_with_an_ellipsis_is_a_repeat_of_the_whole_one() -> None:
    broken = PROSE[: PROSE.index("without") + 3] + "…"
    assert kinds(f"{broken}\n\n{PROSE}") == {broken: "repeat"}


def test_a_short_sentence_that_stands_twice_is_not_a_repeat_by_itself() -> None:
    assert find(f"The yard denied it.\n{PROSE}\nThe yard denied it.\n{MORE_PROSE}") == ()


def test_a_short_sentence_goes_with_the_repeats_beside_it_and_one_copy_stays() -> None:
    text = f"{PROSE} The yard denied it. {MORE_PROSE}\n\n{PROSE}\nThe yard denied it.\n{MORE_PROSE}"
    visible = mask(text)
    for sentence in (PROSE, "The yard denied it.", MORE_PROSE):
        assert visible.count(sentence) == 1


def test_sentences_that_share_a_phrase_are_no_repeats() -> None:
    other = "The regulator said on Tuesday that the shipyard had delivered nothing at all to anyone."
    assert find(f"{PROSE}\n{other}") == ()


def test_a_chinese_body_that_stands_twice_counts_once() -> None:
    sentence = "白宫备忘录称阿里巴巴协助中国军方针对美国目标开展行动。"
    assert mask(f"{sentence}{sentence}").count(sentence) == 1


# ── teasers ──────────────────────────────────────────────────────────────────────────────────────────────────────

TEASERS = """You May Also Like

Airline shares sink after profit warning

Airline shares sink after profit warning

The post Airline shares sink after profit warning appeared on HarbourNews.com. The airline told investors on
Share
HarbourNews2026/01/20 19:33
Will a meme coin buy the carmaker?

The post Will a meme coin buy the carmaker? appeared on HarbourNews.com. Traders joked on Monday that the coin could.
Share
HarbourNews2026/01/20 18:46"""


def test_a_list_of_other_stories_is_taken_to_the_end_of_the_text() -> None:
    assert kinds(f"{PROSE}\n\n{TEASERS}") == {TEASERS: "teasers"}


@pytest.mark.parametrize(
    "heading",
    ["Related articles", "## Read more", "MOST READ:", "Das könnte Sie auch interessieren", "Lire aussi", "相关新闻"],
)
def test_a_list_ends_where_prose_goes_on(heading: str) -> None:
    teasers = f"{heading}\nAirline shares sink\nCoin buys carmaker"
    assert kinds(f"{PROSE}\n\n{teasers}\n\n{MORE_PROSE}") == {teasers: "teasers"}


def test_a_short_sentence_ends_a_list_too() -> None:
    text = f"{PROSE}\n\nRead more\nAirline shares sink\n\nThe yard denied the navy's story."
    assert mask(text).split()[-6:] == "The yard denied the navy's story.".split()


def test_a_heading_right_above_the_prose_after_a_list_belongs_to_the_article() -> None:
    text = f"{PROSE}\n\nRead more\nAirline shares sink\n\nA curious date\n{MORE_PROSE}"
    assert "A curious date" in mask(text)
    assert "Airline" not in mask(text)


@pytest.mark.parametrize(
    "item",
    [
        "Why did the airline that nobody wanted to buy suddenly become the darling of all the traders?",
        "Airline shares sink\nAirline shares sink\nThe airline told investors that it would lose money for years.",
        "The airline told its investors that it would lose money in each of the next three years.\n3 hours ago",
        "The post Airline sinks appeared first on Harbour Times and nobody could say why it was written.",
    ],
)
def test_longer_lines_that_belong_to_a_list_are_taken_with_it(item: str) -> None:
    teasers = f"Recommended for you\n{item}"
    assert kinds(f"{PROSE}\n\n{teasers}") == {teasers: "teasers"}


def test_more_from_a_section_is_a_heading_too() -> None:
    assert "Airline" not in mask(f"{PROSE}\n\nMore from Shipping News\nAirline shares sink")


def test_a_line_with_one_link_is_a_teaser() -> None:
    assert kinds(f"{PROSE}\nRead more: Airline shares sink\n{MORE_PROSE}") == {
        "Read more: Airline shares sink": "teasers"
    }


@pytest.mark.parametrize(
    "sentence",
    [
        "Read more books, the admiral told his officers, and fewer memos.",
        "Related: the navy bought the yard in 2019, and its owner was sanctioned a year later by three governments.",
        "You may also like to know that the shipyard builds frigates for the navy of a sanctioned state.",
    ],
)
def test_the_words_of_a_heading_in_a_sentence_are_article_text(sentence: str) -> None:
    assert find(f"{PROSE}\n{sentence}\n{MORE_PROSE}") == ()


def test_headlines_that_are_all_there_is_are_the_article() -> None:
    assert find("Top stories\nShipyard put on sanctions list\nNavy buys frigate\nAirline shares sink") == ()


def test_a_list_of_companies_is_article_text() -> None:
    text = f"{PROSE}\n\nAdded to the list:\nAlibaba\nHuawei\nSMIC\nTencent"
    assert find(text) == ()


# ── the lines of a page ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (
            "Disclaimer: Nothing on this page is advice, and the owner of the page is liable for none of it.",
            "disclaimer",
        ),
        ("免责声明：本文仅供参考。", "disclaimer"),
        ("Subscribe now", "newsletter"),
        ("Get the week in shipping in your inbox", "newsletter"),
        ("Aún no hay comentarios", "comments"),
        ("Comments (12)", "comments"),
        ("暂无评论", "comments"),
        ("What's Happening?", "label"),
        ("What’s Next?", "label"),
        ("News Summary", "label"),
        ("Advertisement", "label"),
        ("By Anna Weber and Li Na", "byline"),
        ("Photo: Weber/Agency", "byline"),
        ("Published: 11/16/2025, 23:08:17 EST", "stamp"),
        ("Nov 17, 2025", "stamp"),
        ("5 min read", "stamp"),
        ("Share", "stamp"),
        ("$0.002697$0.002697", "widget"),
        ("+11.40%", "widget"),
    ],
)
def test_a_line_of_the_page_is_furniture(line: str, kind: str) -> None:
    text = f"{PROSE}\n\n{line}\n\n{MORE_PROSE}"
    assert kinds(text) == {line: kind}


def test_a_disclaimer_under_its_heading_is_taken_with_it() -> None:
    text = f"{PROSE}\n\nDisclaimer\nNothing on this page is advice of any kind.\n\n{MORE_PROSE}"
    assert kinds(text) == {"Disclaimer\nNothing on this page is advice of any kind.": "disclaimer"}


def test_the_pitch_above_a_subscribe_button_is_furniture() -> None:
    text = f"{PROSE}\n\nShipping news of the week, by our newsletter team\nSubscribe now\n\n{MORE_PROSE}"
    assert set(kinds(text).values()) == {"newsletter"}
    assert mask(text).split() == f"{PROSE} {MORE_PROSE}".split()


def test_a_block_of_prices_is_one_widget() -> None:
    widget = "Market Opportunity\nUnion Logo\nUnion Price(U)\n$0.0027\nUSD\nUnion (U) Live Price Chart"
    assert kinds(f"{PROSE}\n\n{widget}\n\n{MORE_PROSE}") == {widget: "widget"}


def test_names_between_two_prices_far_apart_are_article_text() -> None:
    names = "Alibaba\nHuawei\nSMIC\nTencent"
    text = f"{PROSE}\n$5.00\n{names}\n$6.00"
    assert kinds(text) == {"$5.00": "widget", "$6.00": "widget"}


def test_a_footer_inside_a_disclaimer_keeps_its_outlet() -> None:
    footer = "The post Yard denies appeared first on Harbour Times."
    text = f"{PROSE}\nDisclaimer\n{footer} {footer}"
    assert kinds(text) == {"Disclaimer": "disclaimer", footer: "footer"}


def test_a_row_of_tags_beside_the_date_is_a_label_each() -> None:
    text = f"Shipping\nSource: CNBC\nAlibaba\nNavy\n{PROSE}"
    assert kinds(text) == {"Shipping": "label", "Source: CNBC": "credit", "Alibaba": "label", "Navy": "label"}


@pytest.mark.parametrize(
    "text",
    [
        "The figures were those of the year\n1984.\nNobody had seen the like in the whole history of the yard before.",
        f"{PROSE}\nBy the way",
        f"{PROSE}\nTiming Matters\n{MORE_PROSE}",
        f"{PROSE}\nThe newsletter that broke the story is run by two sailors, and the navy subscribes to it.",
        f"{PROSE}\nThe disclaimer of the owner convinced nobody in the court, and the judge said so at length.",
        f"{PROSE}\nComments were few.",
        f"{PROSE}\nShare prices fell",
    ],
)
def test_what_only_resembles_furniture_stays(text: str) -> None:
    assert find(text) == ()


@pytest.mark.parametrize(
    ("written", "debris"),
    [
        ("Alibaba Group Holding Ltd.BABA-- of", "BABA--"),
        ("The memo suggests AlibabaBABA-- gave", "BABA--"),
        ("with BerkshireBRK.B--, which", "BRK.B--"),
    ],
)
def test_of_a_glued_ticker_only_the_debris_is_the_range(written: str, debris: str) -> None:
    assert kinds(written) == {debris: "ticker"}


@pytest.mark.parametrize("written", ["the PLA--which", "the PLA -- which", "a well-known--ABC--name", "IBM-- said"])
def test_dashes_beside_capitals_are_not_ticker_debris(written: str) -> None:
    assert find(written) == ()
